package inspect

import (
	"strings"
	"testing"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", ".", "..", signed(`{"aud":"a"}`), signed(`{"a":1,"a":2}`), signed(`[]`),
		withHeader(`{"alg":"none"}`), "a.b.c.d.e", "eyJ…",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		token := Parse(text)
		if token.Fault == nil &&
			(token.Shape != Signed || token.Header == nil || token.Claims == nil) {
			t.Fatalf("a token without a fault lacks a part: %q", text)
		}
		if token.Fault != nil {
			mustBePrintable(t, token.Fault.Cause)
		}
		for _, o := range token.Observations {
			mustBePrintable(t, o.Path)
			mustBePrintable(t, o.Message)
		}
		if token.Shape == Signed && !strings.HasPrefix(token.Compact(), token.SigningInput()+".") {
			t.Fatalf("%q does not start with %q", token.Compact(), token.SigningInput())
		}
	})
}

func mustBePrintable(t *testing.T, text string) {
	t.Helper()
	if Safe(text) != text {
		t.Fatalf("not fit for a terminal: %q", text)
	}
}

func FuzzLocate(f *testing.F) {
	access := entraToken(v2User)
	for _, seed := range []string{
		"", access, "Bearer " + access, wrap(access, 76, "> ", ""),
		`{"access_token":"` + access + `"}`, "curl -H 'Authorization: Bearer " + access + "'",
		access[:40] + "…", "null", "https://a.example/#access_token=" + access,
		`{"error":"invalid_grant","error_description":"AADSTS70008: x"}`, utf16le(access),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found, err := Locate(text)
		if err != nil {
			mustNotEcho(t, text, err.Error())
			mustBePrintable(t, err.Error())
			return
		}
		if found.Text == "" || strings.ContainsAny(found.Text, " \t\r\n") {
			t.Fatalf("found %q", found.Text)
		}
		mustBePrintable(t, found.From)
		for _, note := range found.Notes {
			mustBePrintable(t, note.Message)
			mustNotEcho(t, found.Text, note.Message)
		}
	})
}

// mustNotEcho fails if a message shows as much of a text as a secret has.
func mustNotEcho(t *testing.T, text, message string) {
	t.Helper()
	for _, word := range strings.Fields(text) {
		if len(word) >= minOpaque && strings.Contains(message, word) {
			t.Fatalf("the message %q shows %q", message, word)
		}
	}
}

func FuzzDescribe(f *testing.F) {
	for _, claims := range []string{
		v1App, v1User, v2App, v2User, v2ID, `"aud":["a",1]`, `"exp":1e400`,
		`"_claim_names":{"groups":1}`,
	} {
		f.Add(entraRS, "{"+claims+"}")
	}
	f.Add(`{"alg":"none","crit":[],"jku":1,"kid":[]}`, `{}`)
	f.Fuzz(func(t *testing.T, header, claims string) {
		token := Parse(b64(header) + "." + b64(claims) + "." + signature)
		p := Describe(token)
		for _, o := range append(p.Observations, p.Traits...) {
			mustBePrintable(t, o.Path)
			mustBePrintable(t, o.Message)
		}
		for _, s := range p.Signs {
			mustBePrintable(t, s.Path+s.Message)
		}
		if p.Audience == nil || p.Scopes == nil || p.Roles == nil || p.Kind == "" ||
			p.Flow == "" || p.IssuedBy == "" {
			t.Fatalf("a field is empty: %+v", p)
		}
		mustHideMail(t, &p, token)
	})
}

// mustHideMail fails if masked claims still show the user's address.
func mustHideMail(t *testing.T, p *Profile, token *Token) {
	t.Helper()
	var m Masker
	m.Learn(p, token.Claims)
	for _, name := range []string{"upn", "email"} {
		before, _ := token.Claims.Member(name).Str()
		after, _ := m.Claims(p, token.Claims).Member(name).Str()
		if before != "" && before == after && !strings.HasPrefix(before, "user-") {
			t.Fatalf("%s is still %q", name, after)
		}
	}
}
