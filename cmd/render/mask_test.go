package render

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

const innerToken = "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2ln"

func TestAMaskHidesTokensAndPartsOfThem(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"plain text stays", "an app-only token", "an app-only token"},
		{
			"a token goes, whatever stands around it",
			`{"t":"` + innerToken + `"}`, `{"t":"(token)"}`,
		},
		{"one without a signature goes too", "x eyJhbGciOiJub25lIn0.eyJhIjoxfQ. y", "x (token) y"},
		{"two tokens go both", "eyJhIjoxfQ.b.c eyJhIjoxfQ.b.c", "(token) (token)"},
		{"a header alone is a part of one", "x eyJhbGciOiJub25lIn0", "x (token)"},
		{
			"one whose dots are escaped goes with its signature",
			"u?t=eyJhIjoxfQ%2EeyJhIjoxfQ%2Ec2ln&x", "u?t=(token)&x",
		},
		{"what one starts with may be said", "it starts with eyJ", "it starts with eyJ"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := (*Mask)(nil).Text(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func maskOf(t *testing.T, claims string, redact bool) (*Mask, *source.Value) {
	t.Helper()
	file, err := source.ReadJSON("claims", []byte(claims))
	if err != nil {
		t.Fatal(err)
	}
	token := &inspect.Token{Shape: inspect.Signed, Claims: file.Documents[0]}
	return NewMask(token, inspect.Describe(token), redact), token.Claims
}

func TestAMaskGivesTheSameValueTheSameLabelEverywhere(t *testing.T) {
	const claims = `{"aud":"api://orders","upn":"abe@contoso.com",` +
		`"emails":["a@b.c","abe@contoso.com"],"name":"Abe Lincoln","note":"for abe@contoso.com"}`
	tests := []struct {
		name   string
		redact bool
		want   string
	}{
		{"without redaction everything is shown", false, claims},
		{
			"with it the same value has the same label, in sentences too", true,
			`{"aud":"api://orders","upn":"user-1","emails":["user-2","user-1"],` +
				`"name":"name-1","note":"for user-1"}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			mask, claims := maskOf(t, claims, test.redact)
			if got := mask.Claims(claims).JSON(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestAMaskLeavesTheNamesOfMembers(t *testing.T) {
	t.Parallel()
	mask, _ := maskOf(t, `{"scp":"a","department":"status"}`, true)
	var out strings.Builder
	err := mask.JSON(&out, map[string]string{"status": "pass", "why": "department is status"})
	want := `{
  "status": "pass",
  "why": "department is personal-1"
}
`
	if err != nil || out.String() != want {
		t.Errorf("%v: %s", err, out.String())
	}
}

func TestAMaskHidesInEveryKindOfOutput(t *testing.T) {
	mask, _ := maskOf(t, `{"upn":"abe@contoso.com"}`, true)
	const said = "wanted abe@contoso.com, found " + innerToken
	var asJSON bytes.Buffer
	if err := mask.JSON(&asJSON,
		map[string]any{`a "quoted" name`: []string{said, `\` + "\u202e"}}); err != nil {
		t.Fatal(err)
	}
	text := &Text{Style: Style{Color: true}, mask: mask}
	text.Para(1, text.Paint(Bad, said))
	text.Rows(1, []Row{{text.Paint(Good, "abe@contoso.com"), said}})
	page := markdown{mask: mask}
	page.para(said)
	page.row("found", said)
	for name, test := range map[string]struct{ got, want string }{
		"JSON": {asJSON.String(), "{\n  \"a \\\"quoted\\\" name\": [\n    \"wanted user-1, " +
			"found (token)\",\n    \"\\\\\\u202e\"\n  ]\n}\n"},
		"text": {text.b.String(), "  \x1b[31;1mwanted user-1, found (token)\x1b[0;22m\n  " +
			"\x1b[1muser-1\x1b[22m  wanted user-1, found (token)\n"},
		"markdown": {page.b.String(), "wanted user-1, found (token)\n\n| found | `wanted " +
			"user-1, found (token)` |\n"},
	} {
		if test.got != test.want {
			t.Errorf("%s: got  %q\nwant %q", name, test.got, test.want)
		}
	}
}

func TestNoMaskHidesTokensAllTheSame(t *testing.T) {
	var none *Mask
	if got := none.Text("abe@contoso.com " + innerToken); got != "abe@contoso.com (token)" {
		t.Errorf("got %q", got)
	}
}

// An expression of a policy can cut the signature out of the token, and the check shows what it
// read.
func TestASignatureIsHiddenWhereverItIsCutOut(t *testing.T) {
	t.Parallel()
	const signature = "c2lnbmVkLWJ5LW5vYm9keS1hdC1hbGw"
	raw, err := base64.RawURLEncoding.DecodeString(signature)
	if err != nil {
		t.Fatal(err)
	}
	mask := NewMask(&inspect.Token{Signature: raw}, inspect.Profile{}, false)
	for text, want := range map[string]string{
		"found " + signature:                        "found (signature)",
		"found " + signature[:16] + "…" + "LW5vYm9": "found (signature)…LW5vYm9",
		"found c2lnbm, an id":                       "found c2lnbm, an id",
	} {
		if got := mask.Text(text); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWhatOthersInterpretIsPlainInMarkdown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a & b &lt;b&gt;":       "a &amp; b &amp;lt;b&amp;gt;",
		"~~no~~ $x$ {code}":     "&#126;&#126;no&#126;&#126; &#36;x&#36; &#123;code&#125;",
		"![x](https://x.test)":  `\!\[x\](https&#58;//x.test)`,
		"www.x.test, @a/b, #12": `www&#46;x.test, &#64;a/b, \#12`,
		"- a list":              `\- a list`,
		"12. a list":            `12\. a list`,
		"=== a heading":         `\=== a heading`,
		"api://orders":          "api://orders",
	} {
		if got := escapeMarkdown(text); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

func TestNothingIsACommandToABuildAgent(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"::error::EVIL":              `\u003a:error::EVIL`,
		"  ::error::EVIL":            `  \u003a:error::EVIL`,
		"x ##vso[task.complete]":     `x #\u0023vso[task.complete]`,
		"x ##[add-path]/tmp":         `x #\u0023[add-path]/tmp`,
		"dw::core::Strings ## first": "dw::core::Strings ## first",
	} {
		if got := safe(text); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	var out bytes.Buffer
	if err := JSON(&out, "x ##vso[task.complete]"); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), "\"x #\\u0023vso[task.complete]\"\n"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Whatever is shown goes through the mask: a renderer that escapes by itself would show tokens.
func TestNothingIsEscapedWithoutBeingMasked(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		own := name == "mask.go" || name == "json.go" || strings.HasSuffix(name, "_test.go")
		if !own && bytes.Contains(text, []byte("inspect.Safe")) {
			t.Errorf("%s calls inspect.Safe, not safe", name)
		}
	}
}
