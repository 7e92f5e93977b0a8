package cmd

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/cmd/gateways"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// nextWorld is a folder with policies, keys and tokens in which screens are printed.
type nextWorld struct {
	t       *testing.T
	dir     string
	network documents
	shell   report.Shell
	width   int // of the terminal; 0 where there is none
}

// strictJWT is a policy that checks audience, issuer and a role, and looks for no contract.
const strictJWT = `{
  "assetId": "jwt-validation",
  "assetVersion": "1.4.0",
  "apiId": 18903,
  "configurationData": {
    "signingMethod": "rsa",
    "signingKeyLength": 256,
    "jwtKeyOrigin": "jwks",
    "jwksUrl": "https://login.microsoftonline.com/` + mint.Tenant + `/discovery/keys",
    "skipClientIdValidation": SKIP,
    "clientIdExpression": "#[vars.claimSet.appid]",
    "validateAudClaim": true,
    "mandatoryAudClaim": true,
    "supportedAudiences": "api://orders-uat",
    "mandatoryExpClaim": true,
    "mandatoryNbfClaim": true,
    "validateCustomClaim": true,
    "mandatoryCustomClaims": [
      {"key": "iss", "value": "https://sts.windows.net/` + mint.Tenant + `/"},
      {"key": "CLAIM", "value": "VALUE"}
    ]
  }
}
`

func strictPolicy(skip, claim, value string) string {
	return strings.NewReplacer("SKIP", skip, "CLAIM", claim, "VALUE", value).Replace(strictJWT)
}

func newNextWorld(t *testing.T) *nextWorld {
	t.Helper()
	set := keySet(t, "", "signing")
	w := &nextWorld{t: t, dir: t.TempDir(), network: documents{
		"login.microsoftonline.com/" + mint.Tenant + "/discovery/keys": set,
	}.issuer(v1Metadata, v1Issuer, set).issuer(
		"login.microsoftonline.com/"+mint.Tenant+"/v2.0/.well-known/openid-configuration",
		"https://login.microsoftonline.com/"+mint.Tenant+"/v2.0", set)}
	noRoles := strictPolicy("true", "ver", "1.0")
	for name, text := range map[string]string{
		"keys.json":     set,
		"uat.json":      noRoles,
		"contract.json": strictPolicy("false", "ver", "1.0"),
		"role.json": strictPolicy("true", "roles",
			"#[vars.claimSet.roles contains 'Orders.Read']"),
		"scope.json": strictPolicy("true", "scp",
			"#[(vars.claimSet.scp splitBy ' ') contains 'Orders.Write']"),
		"strict.json": `{"policies": [{"order": 1,
  "configuration": {"skipClientIdValidation": false},
  "template": {"groupId": "68ef9520-24e9-4cf2-b2f5-620025690913",
  "assetId": "openidconnect-access-token-enforcement", "assetVersion": "1.3.0"}}]}`,
		"open.json": `{"assetVersion": "1.3.0",
  "assetId": "openidconnect-access-token-enforcement",
  "configurationData": {"scopes": "", "skipClientIdValidation": true}}`,
		"own.json":   `{"assetId": "our-own-policy", "configurationData": {}}`,
		"clean.json": strictPolicy("false", "tid", mint.Tenant),
		"failing.yaml": `version: 1
policies: [uat.json]
at: 2026-05-06T10:00:00Z
tests:
  - name: a DEV token is let in
    token: {shape: entra-v1-app-only, claims: {aud: api://orders-dev}}
    expect: {outcome: accepted}
`,
		"contracts.txt": mint.Client + "\n",
		"nobody.txt":    "# nobody\n",
	} {
		writeFile(t, filepath.Join(w.dir, name), text)
	}
	for name, estate := range map[string]string{
		"wrong": "oidc-skipped", "right": "solution-a-right", "own": "solution-a-right",
	} {
		from := os.DirFS(filepath.Join("..", "testdata", "environments", estate))
		if err := os.CopyFS(filepath.Join(w.dir, name), from); err != nil {
			t.Fatal(err)
		}
	}
	own := filepath.Join(w.dir, "own", "policies", "uat.json")
	writeFile(t, own, strings.Replace(string(readFile(t, own)), `"policies": [`, `"policies": [
    {"policyId": 9, "template": {"groupId": "`+mint.Client+`", "assetId": "our-own-policy"},
      "configuration": {}, "order": 9},`, 1))
	good := w.token("v1", `{}`, 0)
	for name, token := range map[string]string{
		"good.jwt":    good,
		"dev.jwt":     w.token("v1", `{"aud": "api://orders-dev"}`, 0),
		"expired.jwt": w.token("v1", `{}`, -72*time.Hour),
		"noexp.jwt":   w.token("v1", `{"exp": null}`, 0),
		"altered.jwt": altered(good),
		"cut.jwt":     good[:len(good)-40],
		"half.jwt":    good[:len(good)/2],
		"opaque.jwt":  "a-token-of-somebody-else-that-says-nothing",
		"graph.jwt":   w.token("v1", `{"aud": "https://graph.microsoft.com"}`, 0),
		"id.jwt":      w.token("id", `{}`, 0),
		"user.jwt":    w.token("v1-user", `{"scp": "Orders.Read"}`, 0),
		"v2.jwt":      w.token("v2", `{}`, 0),
		"tenant.jwt": w.token("v1", `{"tid": "`+otherTenant+`", "iss": "https://sts.windows.net/`+
			otherTenant+`/"}`, 0),
		"stranger.jwt": signed(t, "stranger", `{}`),
		"kid.jwt":      signedWithKid(t, "v1", "signing", "another", `{}`),
		"noroles.jwt":  w.token("v1-user", `{"roles": null}`, 0),
		"writer.jwt":   w.token("v1-user", `{"scp": "Orders.Write"}`, 0),
		"role.jwt":     w.token("v1", `{"roles": ["Orders.Read"]}`, 0),
	} {
		writeFile(t, filepath.Join(w.dir, name), token+"\n")
	}
	return w
}

// token is a token of a shape with further claims, issued so much before the clock. A claim that
// is null is taken away.
func (w *nextWorld) token(shape, claims string, ago time.Duration) string {
	w.t.Helper()
	all, err := mint.Claims(shape, clock.Add(ago))
	if err == nil {
		err = json.Unmarshal([]byte(claims), &all)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	maps.DeleteFunc(all, func(_ string, value any) bool { return value == nil })
	text, err := json.Marshal(all)
	if err != nil {
		w.t.Fatal(err)
	}
	return signedAs(w.t, "none", "signing", string(text))
}

// run runs gatewhy in the folder.
func (w *nextWorld) run(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, problems bytes.Buffer
	code = Main(Env{
		Args: args, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &problems, Dir: w.dir,
		Now: func() time.Time { return clock }, Connect: always(w.network),
		LookupEnv: func(string) (string, bool) { return "", false },
		CacheDir:  func() (string, error) { return "", os.ErrNotExist },
		Terminal:  Terminal{UTF8: true, Width: w.width}, Gateways: gateways.All(), Shell: w.shell,
	})
	return code, out.String(), problems.String()
}

// call is a program with its arguments, as the shell starts it.
type call []string

// calls are the programs that a shell starts for each command line: those of a pipe in its order.
// The programs are stand-ins, which note their arguments.
func calls(t *testing.T, lines []string) [][]call {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here")
	}
	record := filepath.Join(t.TempDir(), "calls")
	var script strings.Builder
	for _, program := range []string{"gatewhy", "az", "curl", "kubectl"} {
		note := ` "$@" '' >> ` + record + "; }\n"
		script.WriteString(program + `() { printf '%s\0' ` + program + note)
	}
	for _, line := range lines {
		// not in a pipe, whose parts run at once
		script.WriteString(strings.ReplaceAll(line, " | ", "\n"))
		script.WriteString("\nprintf 'line\\0\\0' >> " + record + "\n")
	}
	run := exec.Command(bash, "-eu") // from its input: an argument has 128 KiB at most
	run.Stdin = strings.NewReader(script.String())
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, script.String())
	}
	text, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	var all [][]call
	var line []call
	for _, part := range strings.Split(strings.TrimSuffix(string(text), "\x00\x00"), "\x00\x00") {
		words := strings.Split(part, "\x00")
		if len(words) == 1 && words[0] == "line" {
			all, line = append(all, line), nil
			continue
		}
		line = append(line, words)
	}
	return all
}

// printed lists the commands of a screen: lines that begin with a program's name, and hints.
func printed(stdout, stderr string) []string {
	var all []string
	for line := range strings.Lines(stdout) {
		line = strings.TrimSuffix(line, "\n")
		command := strings.TrimLeft(line, " ")
		if len(line) > len(command) && isCommand(command) {
			all = append(all, command)
		}
	}
	for line := range strings.Lines(stderr) {
		hint, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "gatewhy: hint: ")
		if at := strings.LastIndex(hint, ": gatewhy "); at >= 0 {
			hint = hint[at+len(": "):]
		}
		if ok && isCommand(hint) {
			all = append(all, hint)
		}
	}
	return all
}

func isCommand(text string) bool {
	if strings.HasPrefix(text, "gatewhy does not ") { // the line of a sentence
		return false
	}
	return slices.ContainsFunc([]string{"gatewhy ", "az ", "curl ", "kubectl "},
		func(program string) bool { return strings.HasPrefix(text, program) })
}

// follow runs a command as a reader would: what it has in capitals is filled in, curl answers
// as Entra ID does, and where a token is read from standard input, the reader pastes one.
func (w *nextWorld) follow(line, paste string) (code int, stdout, stderr string) {
	w.t.Helper()
	for _, c := range calls(w.t, []string{fillIn(line)})[0] {
		switch c[0] {
		case "gatewhy":
			code, stdout, stderr = w.run(paste, c[1:]...)
		case "curl":
			paste = w.tokenEndpoint(c)
		}
	}
	return code, stdout, stderr
}

// tokenEndpoint answers a request for a token as Entra ID does: the audience is that of the scope.
func (w *nextWorld) tokenEndpoint(c call) string {
	w.t.Helper()
	audience := ""
	for _, word := range c {
		if scope, ok := strings.CutPrefix(word, "scope="); ok {
			audience = strings.TrimSuffix(scope, "/.default")
		}
	}
	address := c[len(c)-1]
	tenant, ok := strings.CutPrefix(address, "https://login.microsoftonline.com/")
	tenant, ends := strings.CutSuffix(tenant, "/oauth2/v2.0/token")
	if !ok || !ends || audience == "" {
		w.t.Fatalf("%q asks for no token", c)
	}
	claims := `{"aud": "` + audience + `", "roles": ["Orders.Read"], "tid": "` + tenant +
		`", "iss": "https://sts.windows.net/` + tenant + `/"}`
	return `{"token_type": "Bearer", "access_token": "` + w.token("v1", claims, 0) + `"}`
}

// fillIn fills in what a command has in capitals.
func fillIn(line string) string {
	for _, word := range [...]struct{ capital, value string }{
		{"SECRET-FILE", "secret.txt"},
		{"@FILE", "@good.jwt"},
		{"-p POLICY", "-p uat.json"},
		{"--audience AUDIENCE", "--audience " + mint.APIURI},
		{"--gateway-version VERSION", "--gateway-version 1.9.1"},
		{"--tenant ID", "--tenant " + mint.Tenant},
		{"--cloud CLOUD", "--cloud public"},
		{"--tenant TENANT", "--tenant " + mint.Tenant},
		{"keys FILE", "keys keys.json"},
		{"--jwks FILE", "--jwks keys.json"},
		{"--scope SCOPE", "--scope Orders.Write"},
		{"--token-version VERSION", "--token-version 1"},
		{"api://API-ID/", mint.APIURI + "/"},
	} {
		line = strings.ReplaceAll(line, word.capital, word.value)
	}
	return line
}
