package inspect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func maskerFor(claims string) (*Masker, *Token, Profile) {
	token := Parse(entraToken(claims))
	p := Describe(token)
	m := &Masker{}
	m.Learn(&p, token.Claims)
	return m, token, p
}

func TestMaskerGivesTheSameValueTheSameLabel(t *testing.T) {
	t.Parallel()
	m, token, p := maskerFor(
		v1User +
			`,"email":"A@B.example","name":"Ann Bee","given_name":"Ann","ipaddr":"203.0.113.7",` +
			`"custom":"c@d.example","amr":["pwd"],"extension_x_Room":"42"`)
	masked := m.Claims(&p, token.Claims)
	want := map[string]string{
		"upn": "user-1", "email": "user-1", "name": "name-1", "given_name": "name-2",
		"ipaddr": "address-1", "custom": "user-2",
		"oid": "person-1", "sub": "person-2", "extension_x_Room": "personal-1", "appid": clientA,
		"aud": "api://orders-uat",
	}
	for name, label := range want {
		if got, _ := masked.Member(name).Str(); got != label {
			t.Errorf("%s is %q, want %q", name, got, label)
		}
	}
	if original, _ := token.Claims.Member("upn").Str(); original != "a@b.example" {
		t.Errorf("the claims themselves were changed: %q", original)
	}
}

func TestMaskerLeavesTheServicePrincipalOfAnAppOnlyToken(t *testing.T) {
	t.Parallel()
	m, token, p := maskerFor(v2App)
	if diff := cmp.Diff(token.Claims.JSON(), m.Claims(&p, token.Claims).JSON()); diff != "" {
		t.Error(diff)
	}
}

func TestMaskerReplacesLearnedValuesInText(t *testing.T) {
	t.Parallel()
	m, _, _ := maskerFor(
		v1User +
			`,"name":"Ann Bee","given_name":"Anna","family_name":"Li","ctry":"ID","nickname":"7"`)
	tests := []struct{ name, in, want string }{
		{"a value in a sentence", "the user a@b.example signed in", "the user user-1 signed in"},
		{"a value in other case", "the user A@B.Example signed in", "the user user-1 signed in"},
		{"a value beside text that is no UTF-8", "\xffA@B.example\xfe", "\xffuser-1\xfe"},
		{"the longest value first", "Ann Bee, Anna", "name-1, name-2"},
		{
			"a short value as it is written", "Li is found, li and Lie are not",
			"name-3 is found, li and Lie are not",
		},
		{
			"nothing that stands everywhere", "the ID token has 7 claims",
			"the ID token has 7 claims",
		},
		{"no value within a word", "Annabel", "Annabel"},
		{"a token", "token " + entraToken(v1User) + " here", "token (token) here"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := m.Text(test.in); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestMaskerKnowsAddressesAndDirectoryAttributesByTheirLook(t *testing.T) {
	t.Parallel()
	m, token, p := maskerFor(
		v1User +
			`,"unique_name":"live.com#ann@home.example","note":"call Ann <ann@home.example>, or ` +
			`x.y+z@c.example.",` +
			`"employeeId":"77812","jobTitle":"head of sales","postalCode":"53111",` +
			`"extensionAttribute3":"e3","winaccountname":"jdoe",` +
			`"handle":"@ann","xms_az_rid":"/subscriptions/a"`)
	masked := m.Claims(&p, token.Claims)
	want := map[string]string{
		"unique_name": "user-2", "note": "call Ann <user-3>, or user-4.",
		"employeeId": "personal-1", "jobTitle": "personal-2",
		"postalCode": "personal-3", "extensionAttribute3": "personal-4",
		"winaccountname": "personal-5", "handle": "@ann",
		"xms_az_rid": "/subscriptions/a",
	}
	for name, label := range want {
		if got, _ := masked.Member(name).Str(); got != label {
			t.Errorf("%s is %q, want %q", name, got, label)
		}
	}
}

func TestMaskerMasksPersonalClaimsInsideObjectsAndLists(t *testing.T) {
	t.Parallel()
	m, token, p := maskerFor(
		v1User + `,"address":{"street":"Elm 1"},"emails":["x@y.example"],"birthdate":19700101`)
	masked := m.Claims(&p, token.Claims).JSON()
	for _, value := range []string{"Elm 1", "x@y.example", "19700101"} {
		if strings.Contains(masked, value) {
			t.Errorf("%q is still in %s", value, masked)
		}
	}
}

func TestMaskerLeavesOutWhatAnObservationSaysOfAPersonalClaim(t *testing.T) {
	t.Parallel()
	m, token, p := maskerFor(v1User + `,"email":"one@b.example","email":"two@b.example"`)
	for _, o := range token.Observations {
		if got := m.Observation(&p, o); strings.Contains(got.Message, "@") {
			t.Errorf("the observation says %q", got.Message)
		}
	}
	if len(token.Observations) == 0 {
		t.Error("nothing was observed")
	}
}

func TestMaskTokensReplacesTokensByTheirShape(t *testing.T) {
	t.Parallel()
	token := entraToken(v1User)
	signed := token[:strings.LastIndex(token, ".")+1] + strings.Repeat("aB3-_x", 12)
	const masked = "(token)"
	tests := []struct{ name, in, want string }{
		{
			"nothing to mask", "api://orders-uat is not api://orders-dev",
			"api://orders-uat is not api://orders-dev",
		},
		{"a token without Bearer before it", "got " + token + ".", "got (token)"},
		{
			"a token in a URL", "https://x.example/#access_token=" + token + "&a=b",
			"https://x.example/#access_token=(token)&a=b",
		},
		{"a part of a token", "payload " + b64(`{"aud":"api://x"}`), "payload (token)"},
		{"a token whose dots are escaped", strings.ReplaceAll(signed, ".", "%2E"), masked},
		{"a token whose dots are escaped twice", strings.ReplaceAll(signed, ".", "%252e"), masked},
		{"a token with spaces", strings.ReplaceAll(signed, ".", " . "), masked},
		{"a token with what does not show", strings.ReplaceAll(signed, ".", ".\u200b"), masked},
		{"a token that is wrapped", signed[:50] + "\r\n" + signed[50:] + " here", "(token) here"},
		{
			"a token that is wrapped in JSON", signed[:50] + `\n` + signed[50:] + `"`,
			`(token)"`,
		},
		{"a GUID behind a token stays", token + " " + clientA, "(token) " + clientA},
		{"two tokens", token + " " + token, "(token) (token)"},
		{
			"an opaque token behind Bearer", "Authorization: Bearer AbCdEfGhIjKlMnOpQrStUvWxYz",
			"Authorization: Bearer (token)",
		},
		{"a client secret", "secret abc8Q~" + strings.Repeat("x", 34), "secret (token)"},
		{"a name and a password", "Basic bWU6aHVudGVyMg==", "Basic (token)"},
		{"prose about Basic stays", "Basic credentials", "Basic credentials"},
		{
			"a connection string", "SharedAccessKeyName=a;SharedAccessKey=h2+/=",
			"SharedAccessKeyName=a;SharedAccessKey=(token)",
		},
		{"a database's password", "Server=a;Password=h2;", "Server=a;Password=(token);"},
		{"a signature without a URL", "sr=a&sig=h2%3D&se=1", "sr=a&sig=(token)&se=1"},
		{"a GUID stays", clientA, clientA},
		{"a key id stays", "nOo3ZDrODXEK1jKWhXslHR_KXEg", "nOo3ZDrODXEK1jKWhXslHR_KXEg"},
		{
			"the code of an error at Entra ID's own page stays",
			"at https://login.microsoftonline.com/error?code=7000215",
			"at https://login.microsoftonline.com/error?code=7000215",
		},
		{
			"what only begins like one does not",
			"at https://login.microsoftonline.com/error?code=7000215%41b&sig=h2",
			"at https://login.microsoftonline.com/error?code=(token)&sig=(token)",
		},
		{
			"a code elsewhere does not, whatever it looks like",
			"at https://app.example/error?code=7000215",
			"at https://app.example/error?code=(token)",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := MaskTokens(test.in); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTheEndOfATokenIsMaskedWithoutItsBeginning(t *testing.T) {
	t.Parallel()
	signature := strings.Repeat("aB3_", 12)
	for text, want := range map[string]string{
		"ImlzcyI6IngifQ." + signature:         "(token)",
		"a LCJhIjoxfX0." + signature + " b":   "a (token) b",
		"x.ImEiOiJ4In0." + signature + ".txt": "x.(token)",
		"api9." + signature:                   "api9." + signature, // too short for claims
		"example.host." + signature:           "example.host." + signature,
		"ImlzcyI6IngifQ.short":                "ImlzcyI6IngifQ.short",
		"eyJhbGciOiJ…aGF0LWlz":                "(token)",
	} {
		if got := MaskTokens(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
