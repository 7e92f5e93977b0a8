package cmd

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// plantedSignature is the signature of the token that is planted.
const plantedSignature = "UExBTlRFRC1zaWduYXR1cmUtb2YtYS10b2tlbi10aGF0LWlzLWEtc2VjcmV0"

// plantedToken is a token as it may turn up in the wrong place.
var plantedToken = part(`{"alg":"RS256","typ":"JWT","kid":"k"}`) + "." +
	part(`{"aud":"api://planted","iss":"https://sts.windows.net/x/"}`) + "." + plantedSignature

// plants are what is planted: texts that a terminal, a build agent, a browser or a ticket
// interprets, and tokens.
func plants() []string {
	return []string{
		rawEscapes, "\x1b[2JEVIL", "\u202eLIVE", "a\u0085b\u2028c\u2029d",
		"\ufeffEVIL\u200b", "\u00adEVIL",
		plantedToken, "Bearer " + plantedToken, "https://x.test/?t=" + plantedToken + "#x",
		strings.ReplaceAll(plantedToken, ".", "%2E"), plantedToken[:60],
		"#['" + plantedToken + "']", strings.ReplaceAll(plantedToken, ".", "%252e"),
		strings.ReplaceAll(plantedToken, ".", " . "), plantedToken[:90] + "\n" + plantedToken[90:],
		"\n::error::EVIL", "::error::EVIL", "  ::set-output name=x::EVIL", "\r\n::add-mask::EVIL",
		strings.Repeat("x ", 30) + "::stop-commands::EVIL",
		strings.Repeat("x", 76) + "::error::EVIL",
		"##vso[task.setvariable variable=x]EVIL", "##[add-path]EVIL", "x,title=EVIL::EVIL",
		"<script>EVIL</script>", `"><img src=x onerror=EVIL>`, "'><svg onload=EVIL>",
		"<!--EVIL", "]]>EVIL<x>",
		"[EVIL](https://evil.test)", "![EVIL](https://evil.test/x)", "https://evil.test/x",
		"www.evil.test",
		"<https://evil.test>", "[x]: https://evil.test", "@evil/team", "&lt;b&gt;EVIL&#60;b&#62;",
		"# EVIL", "\n# EVIL\n", "\n\nEVIL\n====\n", "- EVIL", "1. EVIL",
		"| EVIL |\n| --- |", "`EVIL", "``` EVIL\n",
		"~~EVIL~~", "$EVIL$", "{code}EVIL{code}", `\<b>EVIL`, "%0A::error::EVIL",
		"`<b>EVIL`", "*EVIL* __EVIL__",
	}
}

// sower plants texts into places, which stand in «» with what is there otherwise.
type sower struct {
	*rand.Rand
	plants []string
	share  int // one of so many places is planted
}

var places = regexp.MustCompile("«[^»]*»")

// in returns a text with something planted in some of its places.
func (s *sower) in(text string, write func(string) string) string {
	return places.ReplaceAllStringFunc(text, func(place string) string {
		value := strings.Trim(place, "«»")
		if s.IntN(s.share) == 0 {
			value = s.plant(value)
		}
		return write(value)
	})
}

// plant is one of the plants, or two, alone or beside what belongs there.
func (s *sower) plant(value string) string {
	one := s.plants[s.IntN(len(s.plants))]
	switch s.IntN(6) {
	case 0:
		return value + one
	case 1:
		return one + value
	case 2:
		return one + s.plants[s.IntN(len(s.plants))]
	}
	return one
}

// quoted writes a text between the quotes of JSON, or of YAML.
func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		return ""
	}
	return string(out[1 : len(out)-1])
}

func raw(text string) string { return text }

// named writes a text as a part of a file's name.
func named(text string) string {
	text = strings.NewReplacer("/", "", "\x00", "").Replace(text)
	return text[:min(len(text), 200)]
}

// hostileCommand is a command line with places, and the formats that it has.
type hostileCommand struct{ args, formats string }

// hostileCommands are every command that shows something of an input. Words are apart by a bar.
func hostileCommands() []hostileCommand {
	return []hostileCommand{
		{"decode", "text json markdown"},
		{"decode|--redact", "text json markdown"},
		{"decode|--redact|-v", "text"},
		{"decode|--claim|«aud»", "text json"},
		{"verify|--jwks|keys.json", "text json markdown"},
		{"verify|--jwks|keys.json|-v", "text"},
		{"verify|--jwks|«keys.json»|--issuer|«https://x.test/»", "text json markdown"},
		{
			"explain|-p|policy.json|--jwks|keys.json|--contracts|contracts.json",
			"text json markdown html",
		},
		{
			"explain|-p|policy.json|-p|flex.yaml|--jwks|keys.json|--observed-status|401|" +
				"--observed-body|«no»|-v",
			"text json markdown html",
		},
		{
			"explain|-p|policy.json|--method|«GET»|--path|«/orders»|-H|«x-id»: «one»|--offline",
			"text json markdown html",
		},
		{"explain|-p|«policy.json»|--api|«17»|--tenant|«x»", "text json markdown html"},
		{"explain|-p|policy.json|--jwks|keys.json|-v", "text"},
		{
			"explain|-p|policy.json|--app|app.json|--introspection|answer.json",
			"text json markdown html",
		},
		{"lint|.", "text json sarif junit github azure"},
		{
			"lint|policy.json|flex.yaml|«none.json»|--app|app.json",
			"text json sarif junit github azure",
		},
		{"lint|-|--stdin-filename|«policy.json»", "text json sarif junit github azure"},
		{"matrix|--offline", "text json markdown html junit"},
		{"matrix|--offline|-v", "text"},
		{"matrix|--offline|--fix", "text json markdown html junit"},
		{"test|tests.yaml", "text json junit github azure"},
		{"test|tests.yaml|--coverage", "text json junit github azure"},
		{"fix|policy.json|--audience|«api://orders»", "text json"},
		{"fix|.|--audience|«api://orders»", "text json"},
		{"fix|flex.yaml|--token|@token.jwt|--contracts|contracts.json", "text json"},
		{"scan|-p|policy.json|--jwks|keys.json|--app|app.json", "text json ndjson"},
		{
			"scan|token.jwt|--before|policy.json|--after|flex.yaml|--contracts|contracts.json|" +
				"--offline",
			"text json ndjson",
		},
		{"scan|«token.jwt»|-p|«policy.json»|--json-path|«a.b»|--path|«/x»", "text json"},
		{"keys|keys.json", "text json"},
		{"keys|keys.json|-v", "text"},
		{"keys|«keys.json»", "text json"},
		{"init|-c|-", ""},
		{"init|-c|«own.yaml»", ""},
		{"rules|«no-such-rule»", "text json markdown"},
		{"collect|«keys»|--tenant|«x»", "text json"},
		{"«decode»|«x»", ""},
		{"explain|--«flag»", ""},
	}
}

// hostileInputs are the files by their names, both with places.
func hostileInputs() map[string]string {
	const tenant = mint.Tenant
	return map[string]string{
		"policy.json": `[{"assetId": "«jwt-validation»", "assetVersion": "«1.4.0»",
			"policyTemplateId": "«17»",
			"id": "«1»", "apiId": "«17»", "«order»": 1, "disabled": false,
			"pointcutData": [{"methodRegex": "«GET|POST»", "uriTemplateRegex": "«/.*»"}],
			"configurationData": {"jwtKeyOrigin": "jwks", "signingMethod": "«rsa»",
			"jwksUrl": "«https://login.microsoftonline.com/` + tenant + `/discovery/v2.0/keys»",
			"clientIdExpression": "«#[vars.claimSet.appid]»", "«validateAudClaim»": true,
			"supportedAudiences": "«api://orders-uat»", "textKey": "«secret»",
			"validateCustomClaim": true, "«x-field»": "«value»",
			"mandatoryCustomClaims": [{"key": "«iss»", "value": "«https://sts.windows.net/x/»"},
			{"key": "scp", "value": "«#[vars.claimSet.scp contains 'a']»"}]}}]`,
		"flex.yaml": "apiVersion: gateway.mulesoft.com/v1alpha1\n" +
			"kind: PolicyBinding # «comment»\n" +
			"metadata:\n  name: \"«orders»\"\nspec:\n  targetRef:\n    name: \"«api»\"\n" +
			"  policyRef:\n" +
			"    name: jwt-validation-flex\n  config:\n" +
			"    jwtOrigin: httpBearerAuthenticationHeader\n" +
			"    signingMethod: rsa\n    jwtKeyOrigin: jwks\n" +
			"    jwksUrl: \"«https://x.test/keys»\"\n" +
			"    \"«clientIdExpression»\": \"«#[vars.claimSet.azp]»\"\n" +
			"    validateAudClaim: true\n" +
			"    supportedAudiences: \"«api://orders»\"\n",
		"«other»-dev.json": `{"assetId": "jwt-validation", "configurationData": {
			"jwtKeyOrigin": "jwks",
			"jwksUrl": "«https://x.test/keys»", "validateAudClaim": false}}`,
		"contracts.json": `["«6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3»", "«other»"]`,
		"answer.json": `{"active": true, "«client_id»": "«one»", "scope": "«a b»",
			"exp": 1778065200}`,
		"app.json": `{"appId": "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3", "displayName": "«orders»",
			"identifierUris": ["«api://orders-uat»"], "api": {"requestedAccessTokenVersion": 2,
			"oauth2PermissionScopes": [{"value": "«read»", "type": "User", "isEnabled": true}]},
			"appRoles": [{"value": "«orders.read»", "isEnabled": true,
				"allowedMemberTypes": ["Application"]}]}`,
		"gatewhy.yaml": "version: 1\ntenant: " + tenant + "\nenvironments:\n" +
			"  \"«dev»\": {gateway: mule, policies: [policy.json], api: app.json, " +
			"contracts: contracts.json}\n" +
			"  \"«uat»\": {gateway: flex, policies: [flex.yaml], tokens: [token.jwt]}\n" +
			"  \"lab\": {gateway: mule, policies: []}\n" +
			"allow:\n  - {from: dev, to: lab, reason: \"«meant»\"}\n" +
			"lint:\n  ignore: [{rule: issuer-not-pinned, path: \"«none/**»\", " +
			"reason: \"«known»\"}]\n",
		"tests.yaml": "version: 1\npolicies: [policy.json]\nat: 2026-05-06T10:00:00Z\ntests:\n" +
			"  - name: \"«a DEV token gets in»\"\n" +
			"    token: {shape: entra-v1-app-only, " +
			"claims: {aud: \"«api://orders-dev»\", \"«appid»\": \"«one»\"}}\n" +
			"    contracts: [\"«one»\"]\n    expect: {outcome: accepted, status: 200}\n",
	}
}

// hostileRun is one run of a command on planted inputs.
type hostileRun struct {
	format         string
	shown          string // the command, for a failure's message
	stdout, stderr string
}

// sow writes the inputs into a folder, runs a command there, and returns what it said.
func (s *sower) sow(t *testing.T, dir string, command hostileCommand) hostileRun {
	t.Helper()
	inputs := hostileInputs()
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		text := s.in(inputs[name], quoted)
		name = s.in(name, named)
		// not every name can be had
		_ = os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600)
	}
	token := s.token(t)
	writeFile(t, filepath.Join(dir, "token.jwt"), token)
	writeFile(t, filepath.Join(dir, "keys.json"), s.keys(t))

	run := hostileRun{}
	args := strings.Split(command.args, "|")
	for i := range args {
		args[i] = s.in(args[i], raw)
	}
	if formats := strings.Fields(command.formats); len(formats) > 0 {
		run.format = formats[s.IntN(len(formats))]
		args = append(args, "-o", run.format)
	}
	stdin := token
	if slices.Contains(args, "lint") {
		stdin = s.in(inputs["policy.json"], quoted)
	}
	var stdout, stderr bytes.Buffer
	Main(Env{
		Args: args, Dir: dir, Stdin: strings.NewReader(stdin), Stdout: &stdout, Stderr: &stderr,
		Now: func() time.Time { return clock }, Gateways: everyGateway(),
		LookupEnv: func(string) (string, bool) { return "", false },
		CacheDir:  func() (string, error) { return "", errors.New("there is none") },
		Connect:   always(answering{s.keys(t)}),
		Terminal:  Terminal{Stdout: s.IntN(2) == 0, Width: s.IntN(160), UTF8: s.IntN(2) == 0},
	})
	run.shown = fmt.Sprintf("%q", args)
	run.stdout, run.stderr = stdout.String(), stderr.String()
	return run
}

// answering is a network in which every address answers the same.
type answering struct{ text string }

func (a answering) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Request: request, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader(a.text)),
	}, nil
}

// token signs a token with something planted in its header and its claims.
func (s *sower) token(t *testing.T) string {
	t.Helper()
	header := `,"typ":"«JWT»","x5t":"«x»","«x»":"«y»"`
	claims := `{"iss":"«https://login.microsoftonline.com/` + mint.Tenant + `/v2.0»",` +
		`"ver":"2.0",` +
		`"aud":"«api://orders-uat»","azp":"«one»","scp":"«read»","name":"«Ann»","roles":["«a»"],` +
		`"tid":"` + mint.Tenant + `","«x»":{"«y»":"«z»"},` + hostileTimes + `}`
	if s.IntN(4) == 0 {
		header = s.in(`{"alg":"«RS256»","kid":"«k»"`+header+`}`, quoted)
		return tokenOf(header, s.in(claims, quoted))
	}
	return newSigner(t, "signing").sign("RS256", s.in(header, quoted), s.in(claims, quoted))
}

// keys writes a key set with something planted in one key of it.
func (s *sower) keys(t *testing.T) string {
	t.Helper()
	key := s.in(`{"kty":"«RSA»","kid":"«k»","use":"«sig»","alg":"«RS256»","issuer":"«x»",`+
		`"x5t":"«t»",`+
		`"cloud_instance_name":"«c»","n":"«AQAB»","e":"«AQAB»","«m»":1},`, quoted)
	return strings.Replace(keySet(t, "", "signing"), `{"keys":[`, `{"keys":[`+key, 1)
}

// faults are what must not be in an output.
func (r *hostileRun) faults() []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	both := r.stdout + "\n" + r.stderr
	if !utf8.ValidString(both) {
		add("bytes that are no UTF-8")
	}
	for _, c := range ownColours.ReplaceAllString(both, "") {
		if c != '\n' && c != '\t' &&
			unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			add("%U got out: %s", c, around(both, string(c)))
			break
		}
	}
	for _, secret := range []string{
		plantedToken[:8], plantedSignature[:16], plantedSignature[40:],
	} {
		if strings.Contains(both, secret) {
			add("a part of a token got out: %s", around(both, secret))
		}
	}
	plain := both
	if r.format == "azure" {
		plain = ownIssue.ReplaceAllString(both, "")
	}
	for _, command := range []string{"##vso[", "##["} {
		if strings.Contains(plain, command) {
			add("a command of a build agent: %s", around(plain, command))
		}
	}
	for line := range strings.Lines(both) {
		if text := strings.TrimSpace(line); strings.HasPrefix(text, "::") &&
			(r.format != "github" || !ownCommand.MatchString(text)) {
			add("a command of GitHub Actions: %s", text)
		}
	}
	switch r.format {
	case "json", "sarif", "gitlab":
		if r.stdout != "" && !json.Valid([]byte(r.stdout)) {
			add("no JSON")
		}
	case "junit":
		all = append(all, faultsOfXML(r.stdout)...)
	case "html":
		all = append(all, faultsOfHTML(r.stdout)...)
	case "markdown":
		all = append(all, faultsOfMarkdown(r.stdout)...)
	}
	return all
}

// ownColours are the codes with which the program colours text on a terminal. No plant has one.
var ownColours = regexp.MustCompile(`\x1b\[(0|1|2|22|32|36|31;1|0;22)m`)

// ownCommand is a workflow command as the program writes it.
var ownCommand = regexp.MustCompile(
	`^::(error|warning|notice) ((file|line|endLine|col|endColumn|title)=[^:,]*(,|::))+`,
)

// ownIssue is the beginning of a logging command as the program writes it. The agent ends it at
// the
// first closing bracket.
var ownIssue = regexp.MustCompile(
	`(?m)^##vso\[task\.logissue type=(error|warning);(sourcepath=[^;\]]+;)?` +
		`(linenumber=\d+;columnnumber=\d+;)?(code=[a-z-]+;)?\]`,
)

func around(text, part string) string {
	at := strings.Index(text, part)
	return fmt.Sprintf("%q", text[max(0, at-80):min(len(text), at+120)])
}

func faultsOfXML(text string) (all []string) {
	own := []string{"testsuites", "testsuite", "testcase", "failure", "error", "skipped"}
	for decoder := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			return append(all, err.Error())
		}
		if start, ok := token.(xml.StartElement); ok && !slices.Contains(own, start.Name.Local) {
			all = append(all, "an element "+start.Name.Local)
		}
	}
}

var tags = regexp.MustCompile(`(?s)<[a-zA-Z/!][^>]*>`)

// attributes are the values of attributes, in which nothing is a tag.
var attributes = regexp.MustCompile(`"[^"]*"`)

// faultsOfHTML looks for tags and attributes that were planted.
func faultsOfHTML(text string) (all []string) {
	for _, tag := range tags.FindAllString(text, -1) {
		lower := attributes.ReplaceAllString(strings.ToLower(tag), "")
		if strings.HasPrefix(lower, "<img") || strings.HasPrefix(lower, "<svg") ||
			strings.Contains(lower, "onerror=") || strings.Contains(lower, "onload=") ||
			strings.Contains(lower, "evil.test") || lower == "<b>" || lower == "<x>" {
			all = append(all, "a tag: "+tag)
		}
	}
	if strings.Contains(text, "<script>EVIL") || strings.Contains(text, "<!--EVIL") {
		all = append(all, "a script or a comment")
	}
	return all
}

var markups = map[string]*regexp.Regexp{
	"a tag":     regexp.MustCompile(`(?i)<(script|img|svg|b|x|/|!--)`),
	"a link":    regexp.MustCompile(`(?i)https?://evil|www\.evil|(^|[^\\])\]\(https?://evil`),
	"a mention": regexp.MustCompile(`@evil`),
	"struck":    regexp.MustCompile(`~~`),
	"a formula": regexp.MustCompile(`\$EVIL`),
	"a macro":   regexp.MustCompile(`\{code`),
	"emphasis":  regexp.MustCompile(`(^|[^\\*])\*EVIL`),
	"an entity": regexp.MustCompile(`(^|[^;])&lt;b&gt;EVIL&#60;`),
	"a heading": regexp.MustCompile(`(?m)^\s*(#{1,2} |#{4,}|=+\s*$|# EVIL|### EVIL)`),
	"a list":    regexp.MustCompile(`(?m)^(-|1\.) EVIL`),
	"a row":     regexp.MustCompile(`(?m)^\| EVIL \|\s*$`),
}

func faultsOfMarkdown(text string) (all []string) {
	text = withoutCode(withoutBlocks(text))
	for name, markup := range markups {
		if found := markup.FindString(text); found != "" {
			all = append(all, name+": "+around(text, found))
		}
	}
	return all
}

// fence begins a block of code (CommonMark 0.31, section 4.5).
var fence = regexp.MustCompile("^ *(```+)[^`]*$")

// withoutBlocks returns Markdown without its blocks of code, in which nothing is markup: from a
// fence to the line that is a fence as long, or longer. One without an end is left as it is.
func withoutBlocks(text string) string {
	lines := strings.Split(text, "\n")
	var kept []string
	for i := 0; i < len(lines); i++ {
		if open := fence.FindStringSubmatch(lines[i]); open != nil {
			closes := func(line string) bool {
				line = strings.TrimSpace(line)
				return strings.HasPrefix(line, open[1]) && strings.Trim(line, "`") == ""
			}
			if n := slices.IndexFunc(lines[i+1:], closes); n >= 0 {
				kept = append(kept, "CODE")
				i += n + 1
				continue
			}
		}
		kept = append(kept, lines[i])
	}
	return strings.Join(kept, "\n")
}

// withoutCode returns Markdown without its code spans, in which nothing is markup: from a run of
// backticks to the next as long (CommonMark 0.31, section 6.1). A span ends with its paragraph.
func withoutCode(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		if text[i] == '\\' && i+1 < len(text) {
			b.WriteString(text[i : i+2])
			i += 2
			continue
		}
		n := len(text[i:]) - len(strings.TrimLeft(text[i:], "`"))
		if n == 0 {
			b.WriteByte(text[i])
			i++
			continue
		}
		end := endOfCode(text[i+n:], n)
		if end < 0 {
			b.WriteString(text[i : i+n])
			i += n
			continue
		}
		b.WriteString("CODE")
		i += n + end
	}
	return b.String()
}

func endOfCode(text string, n int) int {
	paragraph, _, _ := strings.Cut(text, "\n")
	for at := 0; at < len(paragraph); {
		run := len(paragraph[at:]) - len(strings.TrimLeft(paragraph[at:], "`"))
		if run == n {
			return at + n
		}
		at += max(run, 1)
	}
	return -1
}

// Each output is that of a command on inputs with something planted.
func TestNothingPlantedGetsOut(t *testing.T) {
	t.Parallel()
	if _, err := base64.RawURLEncoding.DecodeString(plantedSignature); err != nil {
		t.Fatal(err)
	}
	commands := hostileCommands()
	said := 0
	root := t.TempDir()
	for i := range plantedOutputs {
		s := &sower{rand.New(rand.NewPCG(plantedSeed, uint64(i))), plants(), 0}
		s.share = []int{1, 3, 10, 40}[s.IntN(4)]
		dir := filepath.Join(root, strconv.Itoa(i))
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		run := s.sow(t, dir, commands[i%len(commands)])
		if err := os.RemoveAll(dir); err != nil { // thousands of them would fill a small disk
			t.Fatal(err)
		}
		if run.stdout != "" {
			said++
		}
		for _, fault := range run.faults() {
			t.Errorf("output %d, %s: %s", i, run.shown, fault)
		}
	}
	t.Logf("%d of %d have a result", said, plantedOutputs)
	if said < plantedOutputs/3 {
		t.Errorf("only %d of %d have a result: too much is planted", said, plantedOutputs)
	}
}
