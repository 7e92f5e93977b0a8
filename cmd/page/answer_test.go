package main

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/cmd/demo"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

func TestALinkHasPoliciesWithoutSecretsAndTokens(t *testing.T) {
	t.Parallel()
	const token = "eyJhbGciOiJub25lIn0.eyJhdWQiOiJhcGk6Ly9vcmRlcnMifQ." +
		"c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw"
	q := question{Command: "share", Asked: report.Asked{Text: token}, Files: []file{
		{"a.json", `{"assetId": "jwt-validation", "configurationData": {"textKey": "hunter2",
			"supportedAudiences": "` + token + `"}}`},
		{"broken.json", `{"textKey": "hunter2"`},
		{token, `{"a": 1}`},
	}}
	r := askPage(t, &q)
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hunter2", token, token[20:]} {
		if strings.Contains(string(text), secret) {
			t.Errorf("the link has %q:\n%s", secret, text)
		}
	}
	if len(r.Files) != 2 || !strings.Contains(r.Files[0].Text, "jwt-validation") {
		t.Errorf("the link has %+v", r.Files)
	}
}

func TestEveryReportCanBeCopiedForATicket(t *testing.T) {
	t.Parallel()
	all, err := scenes()
	if err != nil {
		t.Fatal(err)
	}
	policy, token := all[0].Files[0].file, all[0].Token
	for _, command := range []string{"decode", "verify", "explain", "lint"} {
		q := question{Command: command, Files: []file{policy}}
		q.Text, q.Policies = token, []string{policy.Name}
		r := askPage(t, &q)
		if !strings.HasPrefix(r.Markdown, "### gatewhy "+command+": ") {
			t.Errorf("%s: %q, %q", command, r.Markdown, r.Errors)
		}
		if signature := token[strings.LastIndex(token, ".")+1:]; strings.Contains(r.Markdown,
			signature[:16]) {
			t.Errorf("%s: the block has the token's signature", command)
		}
	}
}

func TestAFaultOfTheProgramIsAnAnswer(t *testing.T) {
	t.Parallel()
	for _, asked := range []string{"", "null", "{", `{"Files": 1}`, `{"Command": "fly"}`} {
		var r reply
		page := &page{} // which knows no clock
		err := json.Unmarshal(page.answer([]byte(asked)), &r)
		if err != nil || len(r.Errors) == 0 {
			t.Errorf("%q: %v, %+v", asked, err, r)
		}
	}
	text := string((&page{}).answer([]byte(`{"Command": "decode", "Text": "e30.e30.AA"}`)))
	if !strings.Contains(text, "fault of gatewhy") {
		t.Errorf("without a clock: %s", text)
	}
}

func TestTheRealAnswerAndAnotherTokenAreCompared(t *testing.T) {
	t.Parallel()
	all, err := scenes()
	if err != nil {
		t.Fatal(err)
	}
	q := question{Command: "explain", Asked: report.Asked{
		Text: all[0].Token, At: "issued", Other: all[0].Token, ObservedStatus: 418,
		ObservedBody: "teapot", ObservedHeaders: []string{"HTTP/2 418", "server: kettle"},
	}}
	for _, f := range all[0].Files {
		q.Files = append(q.Files, f.file)
		switch f.Kind {
		case "a policy":
			q.Policies = append(q.Policies, f.Name)
		case "a key set":
			q.Keys = f.Name
		}
	}
	r := askPage(t, &q)
	for _, member := range []string{`"observed"`, `"other"`, "418"} {
		if !strings.Contains(r.JSON, member) {
			t.Errorf("%s is not in %s", member, r.JSON)
		}
	}
	q.ObservedStatus = 7
	if r := askPage(t, &q); len(r.Errors) != 1 || !strings.Contains(r.Errors[0], "HTTP status") {
		t.Errorf("of the status 7: %+v", r.Errors)
	}
	q.ObservedStatus, q.ObservedHeaders = 401, []string{"nonsense"}
	if r := askPage(t, &q); len(r.Errors) != 1 || !strings.Contains(r.Errors[0], "no colon") {
		t.Errorf("of a header without a colon: %+v", r.Errors)
	}
	q.ObservedHeaders = nil
	q.ObservedStatus, q.Other = 0, "not a token"
	if r := askPage(t, &q); len(r.Errors) != 1 {
		t.Errorf("an other token that can't be read: %+v", r.Errors)
	}
}

func TestADroppedFileIsKnownByWhatItIs(t *testing.T) {
	t.Parallel()
	all, err := scenes()
	if err != nil {
		t.Fatal(err)
	}
	q := question{Command: "kinds"}
	var want []string
	for _, f := range all[0].Files {
		q.Files, want = append(q.Files, f.file), append(want, f.Kind)
	}
	q.Files = append(q.Files, file{"session.har", har(all[0].Token)}, file{"x.json", `{"a": 1}`})
	want = append(want, "a HAR file", "")
	if got := askPage(t, &q).Kinds; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Nothing may be loaded but the page's own files, and nothing sent.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"

func TestThePageMayLoadOnlyItsOwnFiles(t *testing.T) {
	t.Parallel()
	html := string(read(t, "site/index.html"))
	meta := strings.Index(html, `<meta http-equiv="Content-Security-Policy" content="`+policy+`">`)
	if meta < 0 {
		t.Error("index.html has another Content-Security-Policy")
	}
	if meta > strings.Index(html, "<script") {
		t.Error("a script comes before the Content-Security-Policy")
	}
	for _, outside := range []string{"http://", "https://", "<style", " style=", " onclick"} {
		if strings.Contains(html, outside) {
			t.Errorf("index.html has %s", outside)
		}
	}
	script := string(read(t, "site/page.js"))
	for _, way := range []string{
		"localStorage", "sessionStorage", "indexedDB", "XMLHttpRequest", "sendBeacon", "WebSocket",
		"pushState", "replaceState", "eval(", "import(",
	} {
		if strings.Contains(script, way) {
			t.Errorf("page.js has %s", way)
		}
	}
}

// What the module links is what each reader of the page loads.
func TestTheModuleLinksNoNetworkAndNoCommandLine(t *testing.T) {
	t.Parallel()
	list := exec.Command("go", "list", "-deps", ".")
	list.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(out)) {
		for _, unwanted := range []string{
			"net/http", "crypto/tls", "os/exec", "github.com/spf13/cobra",
			"github.com/gatewhy/gatewhy/cmd", "github.com/gatewhy/gatewhy/inspect/network",
			"github.com/gatewhy/gatewhy/inspect/keys/fetch",
			"github.com/gatewhy/gatewhy/rules/mulesoft/anypoint",
		} {
			if name == unwanted {
				t.Errorf("the module links %s", name)
			}
		}
	}
}

var update = flag.Bool("update", false, "sign the examples anew")

// The instant at which the examples' tokens were issued.
var issuedAt = time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC)

func TestTheExamplesHaveTheTokensOfTheDemonstration(t *testing.T) {
	if *update {
		signExamples(t)
	}
	all, err := scenes()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range demo.Scenes() {
		got := all[i]
		payload := strings.Split(got.Token, ".")
		if len(payload) != 3 {
			t.Fatalf("%s: %q is no token; -update signs the examples anew", s.Title, got.Token)
		}
		if claims := decoded(t, payload[1]); claims != s.Tokens[0].Claims(issuedAt) {
			t.Errorf("%s: the token has other claims; -update signs the examples anew\n%s",
				s.Title, claims)
		}
	}
}

// signExamples signs the scenes' tokens with a new key, of which only the public half is kept.
func signExamples(t *testing.T) {
	t.Helper()
	key, err := mint.NewKey("RS256")
	if err != nil {
		t.Fatal(err)
	}
	set, err := mint.Set(key)
	if err != nil {
		t.Fatal(err)
	}
	signed := examples{Keys: set, Tokens: map[string]string{}}
	header, err := json.Marshal(map[string]string{"alg": "RS256", "typ": "JWT", "kid": key.ID})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range demo.Scenes() {
		for _, token := range s.Tokens {
			text, err := key.Sign("RS256", header, []byte(token.Claims(issuedAt)))
			if err != nil {
				t.Fatal(err)
			}
			signed.Tokens[token.String()] = text
		}
	}
	text, err := json.MarshalIndent(signed, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("examples.json", append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
	signedExamples = text
}

// decoded is the text of a part of a token.
func decoded(t *testing.T, part string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// encode is a text as a part of a token.
func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
