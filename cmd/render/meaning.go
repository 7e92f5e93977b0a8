package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// shortMeaning is the first clause of a member's meaning, to be shown beside its value. --claim
// shows all of it.
func shortMeaning(part, name string) string {
	info, ok := inspect.Claim(name)
	if part == "header" {
		info, ok = inspect.HeaderMember(name)
	}
	if !ok {
		return ""
	}
	text := info.Meaning
	if end := strings.IndexAny(text, ":;,."); end > 0 {
		text = text[:end]
	}
	first, size := utf8.DecodeRuneInString(text)
	if next, _ := utf8.DecodeRuneInString(text[size:]); unicode.IsLower(next) || next == ' ' {
		text = string(unicode.ToLower(first)) + text[size:]
	}
	if info.Personal && info.Fitness == inspect.Unfit {
		text += "; must not decide who gets access"
	}
	return text
}

// meaning is the short meaning of a member of this token. The token's kind or flow may narrow
// it down.
func (d decoding) meaning(part, name string) string {
	switch {
	case part != "claims":
	case name == "aud" && d.Profile.Kind == inspect.KindID:
		return "the app that the ID token is for"
	case name == "roles" && d.Profile.Flow == inspect.Delegated:
		return "the app roles of the user"
	case name == "roles" && d.Profile.Flow != inspect.AppOnly:
		return "the application permissions or app roles that were granted"
	}
	return shortMeaning(part, name)
}

// valueMeaning says what a value means, if we know more than the value says.
func (d decoding) valueMeaning(name string) string {
	p := d.Profile
	switch {
	case name == "aud":
		return p.Resource
	case name == p.ClientID.Claim && name != "":
		return p.ClientName
	case name == "appidacr" || name == "azpacr":
		return proofText(p.ClientProof)
	}
	return ""
}

func proofText(proof string) string {
	return map[string]string{
		"none":        "public client, no credentials",
		"secret":      "authenticated with a secret",
		"certificate": "authenticated with a certificate",
	}[proof]
}

// isTime reports whether a claim holds a time (RFC 7519, section 4.1; OpenID Connect Core,
// section 2; learn.microsoft.com/entra/identity-platform/optional-claims-reference).
func isTime(claim string) bool {
	switch claim {
	case "exp", "nbf", "iat", "auth_time", "updated_at", "xms_tcdt":
		return true
	}
	return false
}

// valueText writes a value as a person reads it: lists of strings without brackets, times with
// their date, strings without quotes unless a reader would take them for something else. The
// value is masked already, but not yet safe to print.
func (d decoding) valueText(name string, v *source.Value) string {
	if list, ok := v.Strings(); ok && v.Is(source.List) && len(list) > 0 {
		text := strings.Join(list, ", ")
		if len(list) > fewValues { // the text may be shortened
			text = fmt.Sprintf("%d values: ", len(list)) + text
		}
		return text
	}
	text := v.JSON()
	if s, ok := v.Str(); ok && !needsQuotes(s) {
		text = s
	}
	if instant := inspect.ReadInstant(v); isTime(name) && instant.Known() {
		text += " = " + instant.String() + ", " + inspect.Relative(instant.At, d.At)
	}
	return text
}

// fewValues is how many values of a list a reader sees at a glance.
const fewValues = 4

// needsQuotes reports whether a reader could take a string for a number, for nothing, or for
// several values.
func needsQuotes(s string) bool {
	_, number := strconv.ParseFloat(s, 64)
	return s == "" || number == nil || s == "true" || s == "false" || s == "null" ||
		strings.TrimSpace(s) != s
}

type claim struct {
	decoding
	*report.Claim
	Value *source.Value // with what must not be shown replaced
}

func newClaim(r *report.Claim) *claim {
	c := &claim{decoding: newDecoding(r.Decoding), Claim: r}
	if r.Value != nil {
		c.Value = c.Mask.Claims(r.Token.Claims).Member(r.Name)
	}
	return c
}

// ClaimText writes one claim: its whole value on the first line, or that there is none, then
// what is known about it.
func ClaimText(t *Text, r *report.Claim) {
	c := newClaim(r)
	switch {
	case c.Value != nil:
		for _, m := range c.Mask.Claims(c.Claim.Token.Claims).Members {
			if m.Key == c.Name { // a claim that appears twice has two values
				t.line(safe(c.valueText(c.Name, m.Value)))
			}
		}
	case c.Claim.Token != nil && c.Claim.Token.Claims == nil:
		t.answer(safe("not known: " + c.Claim.Token.Fault.Cause))
	case c.Claim.Token != nil:
		t.answer(safe("the token has no claim " + c.Name))
	case c.Known && t.Detail == Answer:
		t.answer(c.Info.Meaning)
	}
	if c.Known && t.Detail != Answer {
		t.Blank()
		t.Para(1, c.Info.Meaning)
		t.Blank()
		t.Rows(1, claimRows(c.Info))
	}
}

// answer adds a text that answers by itself: on one line where nothing else is asked for.
func (t *Text) answer(text string) {
	if t.Detail == Answer {
		t.OneLine(text)
		return
	}
	t.Para(0, text)
}

func claimRows(info inspect.ClaimInfo) []Row {
	versions := map[string]string{
		"":           "not documented",
		"both":       "v1.0 and v2.0",
		"on request": "where the API's app registration asks for it",
	}[info.Versions]
	rows := []Row{
		{"set by", info.SetBy},
		{"may decide access", string(info.Fitness)},
		{"in Entra's tokens", cmp.Or(versions, "v"+info.Versions)},
	}
	if info.Personal {
		rows = append(rows, Row{"personal", "yes"})
	}
	if info.Reference != "" {
		rows = append(rows, Row{"reference", info.Reference})
	}
	return rows
}

// claimJSON is the JSON of decode --claim. What we do not know about the claim is null.
type claimJSON struct {
	SchemaVersion int             `json:"schema_version"`
	Claim         string          `json:"claim"`
	Present       *bool           `json:"present"`
	Value         json.RawMessage `json:"value"`
	Meaning       *string         `json:"meaning"`
	SetBy         *string         `json:"set_by"`
	MayDecide     *string         `json:"may_decide_access"`
	Versions      *string         `json:"versions"`
	Reference     *string         `json:"reference"`
}

// ClaimJSON writes one claim as JSON.
func ClaimJSON(w io.Writer, r *report.Claim) error {
	c := newClaim(r)
	out := claimJSON{
		SchemaVersion: SchemaVersion, Claim: c.Name, Value: rawJSON(c.Value),
		Meaning: known(c.Info.Meaning), SetBy: known(c.Info.SetBy),
		MayDecide: known(string(c.Info.Fitness)),
		Versions:  known(c.Info.Versions), Reference: known(c.Info.Reference),
	}
	if c.Claim.Token != nil && c.Claim.Token.Claims != nil {
		present := c.Value != nil
		out.Present = &present
	}
	return c.Mask.JSON(w, out)
}
