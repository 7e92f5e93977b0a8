package cmd

import (
	"encoding/json"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// screen is what a command prints, with the last command on it and what that one is to find.
type screen struct {
	name, args string
	code       int
	paste      string // the file with the token that the reader pastes
	command    string // how the last command begins
	then       int
	finds      string
}

// screens are the ones that people see most.
func screens() []screen {
	const jwks = " --jwks keys.json"
	return []screen{
		{
			"wrong audience", "explain @dev.jwt -p uat.json" + jwks, exitRejected,
			"", "curl -sS -d grant_type=client_credentials ", exitOK, "200: accepted",
		},
		{
			"null client id",
			"explain @good.jwt -p strict.json --contracts contracts.txt" + jwks, exitRejected,
			"", "gatewhy fix strict.json --solution jwt --token @good.jwt ", exitOK,
			"→ 200 accepted",
		},
		{
			"expired", "explain @expired.jwt -p uat.json" + jwks, exitRejected,
			"", "curl ", exitOK, "200: accepted",
		},
		{
			"without an expiry", "explain @noexp.jwt -p uat.json" + jwks, exitRejected,
			"", "curl ", exitOK, "200: accepted",
		},
		{
			"expired, and introspected", "explain @expired.jwt -p open.json" + jwks, exitRejected,
			"", "curl ", exitOK, "200: accepted",
		},
		{
			"altered", "explain @altered.jwt -p uat.json" + jwks, exitRejected,
			"good.jwt", "gatewhy explain - -p uat.json", exitOK, "200: accepted",
		},
		{
			"altered, and introspected", "explain @altered.jwt -p open.json" + jwks, exitRejected,
			"good.jwt", "gatewhy explain - -p open.json", exitOK, "200: accepted",
		},
		{
			"another kid", "explain @kid.jwt -p uat.json" + jwks, exitRejected,
			"good.jwt", "gatewhy explain - -p uat.json", exitOK, "200: accepted",
		},
		{
			"altered, without a policy", "verify @altered.jwt" + jwks, exitRejected,
			"good.jwt", "gatewhy verify - --jwks keys.json", exitOK, "verified",
		},
		{
			"issuer without its slash",
			"verify @good.jwt --issuer " +
				strings.TrimSuffix(mint.V1Issuer(mint.Tenant), "/") + jwks,
			exitRejected, "", "gatewhy verify @good.jwt --issuer ", exitOK, "verified",
		},
		{
			"issuer of another tenant", "verify @tenant.jwt --issuer " +
				mint.V1Issuer(mint.Tenant) + jwks,
			exitRejected, "", "curl ", exitOK, "verified",
		},
		{
			"expired, without keys", "verify @expired.jwt --offline", exitRejected,
			"", "curl ", exitUndetermined, "left",
		},
		{
			"truncated", "explain @half.jwt -p uat.json" + jwks, exitUsage,
			"good.jwt", "gatewhy explain - -p uat.json", exitOK, "200: accepted",
		},
		{
			"opaque", "explain @opaque.jwt -p uat.json" + jwks, exitRejected,
			"good.jwt", "gatewhy explain - -p uat.json", exitOK, "200: accepted",
		},
		{
			"Graph token", "explain @graph.jwt -p uat.json" + jwks, exitRejected,
			"", "curl ", exitOK, "200: accepted",
		},
		{
			"Graph token, without a policy", "verify @graph.jwt" + jwks, exitOK,
			"", "curl ", exitOK, "for api://orders-uat",
		},
		{
			"ID token", "explain @id.jwt -p uat.json" + jwks, exitRejected,
			"good.jwt", "gatewhy explain - -p uat.json", exitOK, "200: accepted",
		},
		{
			"no contract", "explain @good.jwt -p contract.json --contracts nobody.txt" + jwks,
			exitRejected, "", "gatewhy collect contracts --api 18903", exitOK,
			"/apis/18903/contracts",
		},
		{
			"missing scope", "explain @user.jwt -p scope.json" + jwks, exitRejected,
			"writer.jwt", "gatewhy explain - -p scope.json", exitOK, "200: accepted",
		},
		{
			"missing role", "explain @good.jwt -p role.json" + jwks, exitRejected,
			"", "curl ", exitOK, "200: accepted",
		},
		{
			"unknown policy", "explain @good.jwt -p own.json" + jwks, exitUndetermined,
			"", "gatewhy collect request", exitOK, "--observed-status",
		},
		{
			"unknown key", "explain @stranger.jwt -p uat.json" + jwks, exitRejected,
			"", "gatewhy collect keys --tenant ", exitOK, "> keys-v1.json",
		},
		{
			"unknown key, without a policy", "verify @stranger.jwt" + jwks + " --offline",
			exitRejected, "", "gatewhy keys --tenant ", exitOK, "Verify a token with these keys",
		},
		{
			"another tenant", "explain @tenant.jwt -p uat.json" + jwks, exitRejected,
			"", "curl ", exitOK, "200: accepted",
		},
		{
			"observed differs",
			"explain @expired.jwt -p uat.json --observed-status 200" + jwks, exitRejected,
			"", "gatewhy explain @expired.jwt -p uat.json", exitOK, "200: accepted",
		},
		{
			"lint error", "lint open.json --color always", exitRejected,
			"", "gatewhy fix open.json --solution jwt --token @FILE", exitOK, "→ 200 accepted",
		},
		{
			"lint clean", "lint clean.json --color always", exitOK,
			"good.jwt", "gatewhy explain - -p clean.json", exitUndetermined, "contract",
		},
		{
			"fix", "fix open.json --solution jwt --token @good.jwt", exitOK,
			"", "gatewhy fix open.json ", exitOK, "written to open.json",
		},
		{
			"fix, what is asked for", "fix open.json --solution jwt", exitUsage,
			"", "gatewhy fix open.json --solution jwt --token @FILE", exitOK, "→ 200 accepted",
		},
		{
			"matrix wrong", "matrix -c wrong/gatewhy.yaml --offline", exitRejected,
			"", "gatewhy matrix --fix ", exitRejected, "Every cell is right",
		},
		{
			"matrix right", "matrix -c right/gatewhy.yaml --offline", exitOK,
			"", "gatewhy matrix -o junit ", exitOK, `failures="0"`,
		},
		{
			"matrix with an unknown policy", "matrix -c own/gatewhy.yaml --offline",
			exitUndetermined, "", "gatewhy collect request", exitOK, "--observed-status",
		},
		{
			"no environments file", "matrix", exitUsage,
			"", "gatewhy init", exitOK, "gatewhy.yaml",
		},
		{
			"decode", "decode @good.jwt", exitOK,
			"", "gatewhy explain @good.jwt -p POLICY", exitOK, "200: accepted",
		},
		{
			"decode of a text that is cut off", "decode @half.jwt", exitUsage,
			"good.jwt", "gatewhy decode -", exitOK, "access token",
		},
		{
			"keys", "keys keys.json", exitOK,
			"good.jwt", "gatewhy verify - --jwks keys.json", exitOK, "verified",
		},
		{
			"a test that fails", "test failing.yaml", exitRejected,
			"", "gatewhy test failing.yaml", exitRejected, "1 failed",
		},
		{
			"usage error", "explain @good.jwt", exitUsage,
			"", "gatewhy collect policies", exitOK, "policies.json",
		},
		{
			"a mistyped policy", "explain @good.jwt -p uta.json" + jwks, exitUsage,
			"", "gatewhy explain @good.jwt -p uat.json --jwks keys.json", exitOK, "200: accepted",
		},
	}
}

// Of each screen the last command that it prints is run, and finds the state that it promised.
func TestTheLastCommandOfAScreenDoesWhatItPromises(t *testing.T) {
	t.Parallel()
	for _, test := range screens() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := newNextWorld(t)
			code, stdout, stderr := w.run("", strings.Fields(test.args)...)
			commands := printed(stdout, stderr)
			if code != test.code || len(commands) == 0 {
				t.Fatalf("exit code %d, %d commands\n%s%s", code, len(commands), stdout, stderr)
			}
			last := commands[len(commands)-1]
			if !strings.HasPrefix(last, test.command) {
				t.Errorf("the last command is %s", last)
			}
			w.width = 80
			_, narrow, messages := w.run("", strings.Fields(test.args)...)
			if got := printed(narrow, messages); !slices.Equal(got, commands) {
				t.Errorf("at 80 columns the commands are %q, and not %q", got, commands)
			}
			w.width = 0
			paste := ""
			if test.paste != "" {
				text, err := os.ReadFile(filepath.Join(w.dir, test.paste))
				if err != nil {
					t.Fatal(err)
				}
				paste = string(text)
			}
			then, stdout, stderr := w.follow(last, paste)
			if then != test.then || !strings.Contains(stdout, test.finds) {
				t.Errorf("%s\nexit code %d, want %d with %q\n%s%s",
					last, then, test.then, test.finds, stdout, stderr)
			}
		})
	}
}

// What must stay out is no reason to change a policy: a Microsoft API's token, an ID token, one of
// another tenant or of another environment, one that was altered, one that nobody can read.
func TestNoRepairIsBuiltOnATokenThatMustStayOut(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	out := []string{
		"graph.jwt", "id.jwt", "tenant.jwt", "dev.jwt", "altered.jwt", "cut.jwt", "opaque.jwt",
		"stranger.jwt",
	}
	guarded := []string{"uat.json", "contract.json", "role.json", "scope.json", "clean.json"}
	for _, token := range out {
		policies := guarded
		if token == "graph.jwt" || token == "id.jwt" || token == "opaque.jwt" {
			policies = append([]string{"open.json", "strict.json"}, guarded...)
		}
		for _, policy := range policies {
			_, stdout, stderr := w.run("",
				"explain", "@"+token, "-p", policy, "--jwks", "keys.json")
			for _, line := range printed(stdout, stderr) {
				if strings.HasPrefix(line, "gatewhy fix ") {
					t.Errorf("%s at %s: %s", token, policy, line)
				}
			}
		}
	}
}

// Where an app registration shows that a token is for another API, the client is sent for one for
// this, whichever check rejects it.
func TestATokenOfAnotherAPIIsNoGroundForARepair(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	for _, args := range []string{
		"explain @dev.jwt -p strict.json --jwks keys.json --app wrong/entra/orders-uat.json",
		"explain @graph.jwt -p strict.json --jwks keys.json --app wrong/entra/orders-uat.json",
	} {
		_, stdout, stderr := w.run("", strings.Fields(args)...)
		last := strings.Join(printed(stdout, stderr), "\n")
		if !strings.Contains(last, "scope=api://orders-uat/.default") ||
			strings.Contains(last, "gatewhy fix") {
			t.Errorf("%s\n%s%s", args, stdout, stderr)
		}
	}
}

// Who is let in by a claim that tokens of this version do not have, a token of another client does
// not show.
func TestAnotherClientIsNamedWhereItsTokenHelps(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	const client = "11111111-2222-4333-8444-555555555555"
	for claim, told := range map[string]bool{"appid": true, "azp": false} {
		policy := claim + ".json"
		writeFile(t, filepath.Join(w.dir, policy), strictPolicy("true", claim, client))
		_, stdout, _ := w.run("", "explain", "@good.jwt", "-p", policy, "--jwks", "keys.json")
		if strings.Contains(stdout, "Only "+client+" is let in") != told {
			t.Errorf("%s is to be %s:\n%s", claim, client, stdout)
		}
		// Where the audience is wrong too, it is that client that must ask.
		_, stdout, _ = w.run("", "explain", "@dev.jwt", "-p", policy, "--jwks", "keys.json")
		if strings.Contains(stdout, " -d client_id="+client+" ") != told {
			t.Errorf("%s is to be %s, and the audience another:\n%s", claim, client, stdout)
		}
	}
}

// An audience that a token alone shows may be another API's: no advice takes it for this one's.
func TestAnotherAudienceIsAcceptedOnlyIfItIsThisAPI(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	writeFile(t, filepath.Join(w.dir, "proxy.cfg"), `provider = "oidc"
oidc_issuer_url = "`+mint.V2Issuer(mint.Tenant)+`"
client_id = "11111111-2222-4333-8444-555555555555"
skip_jwt_bearer_tokens = true
email_domains = ["*"]
`)
	for _, token := range []string{"@good.jwt", "@v2.jwt"} {
		_, stdout, _ := w.run("", "explain", token, "-p", "proxy.cfg", "--jwks", "keys.json")
		if !strings.Contains(strings.Join(strings.Fields(stdout), " "), "if that is this API") {
			t.Errorf("%s:\n%s", token, stdout)
		}
	}
}

// Each cloud has keys and a Graph of its own: a command for a token of another cloud than the
// public one names it.
func TestACommandIsForTheCloudOfTheToken(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	const ofUSGov = `{"roles": null, "iss": "https://login.microsoftonline.us/` + mint.Tenant +
		`/v2.0"}`
	writeFile(t, filepath.Join(w.dir, "gov.jwt"), w.token("v2", ofUSGov, 0))
	writeFile(t, filepath.Join(w.dir, "gov-user.jwt"), w.token("v2-user", ofUSGov, 0))
	writeFile(t, filepath.Join(w.dir, "gov-v1.jwt"), w.token("v1", `{}`, 0))
	writeFile(t, filepath.Join(w.dir, "gov-kid.jwt"),
		signedWithKid(t, "v2", "stranger", "another", ofUSGov))
	govKeys := strings.NewReplacer(
		"login.microsoftonline.com", "login.microsoftonline.us",
		`"https://sts.windows.net/`+mint.Tenant+`/"`,
		`"https://login.microsoftonline.us/`+mint.Tenant+`/v2.0"`)
	writeFile(t, filepath.Join(w.dir, "gov.json"), govKeys.Replace(strictPolicy("true", "roles",
		"#[vars.claimSet.roles contains 'Orders.Read']")))
	writeFile(t, filepath.Join(w.dir, "gov-any.json"), `{"assetId": "jwt-validation",
  "assetVersion": "1.4.0", "configurationData": {"signingMethod": "rsa", "signingKeyLength": 256,
  "jwtKeyOrigin": "jwks", "skipClientIdValidation": true, "validateAudClaim": false,
  "jwksUrl": "https://login.microsoftonline.us/common/discovery/v2.0/keys"}}`)
	estate, err := os.ReadFile(filepath.Join(w.dir, "right", "gatewhy.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	withoutClients := regexp.MustCompile(` +clients: .*\n`).ReplaceAllString(string(estate), "")
	writeFile(t, filepath.Join(w.dir, "right", "gov.yaml"), "cloud: usgov\n"+withoutClients)
	const tenant = " --tenant " + mint.Tenant + " --cloud usgov"
	for args, want := range map[string]string{
		"verify @gov.jwt --offline":                             "gatewhy collect keys" + tenant,
		"verify @gov-kid.jwt --jwks keys.json":                  "gatewhy keys" + tenant,
		"explain @gov.jwt -p gov.json --offline":                "gatewhy collect keys" + tenant,
		"explain @gov-v1.jwt -p gov.json --offline":             "gatewhy collect keys" + tenant,
		"explain @gov-user.jwt -p gov.json --jwks keys.json -v": "https://graph.microsoft.us/",
		"explain @gov.jwt -p gov-any.json --jwks keys.json":     "--tenant ID --cloud usgov",
		"explain @good.jwt -p role.json --offline":              "--tenant " + mint.Tenant + "\n",
		"explain @noroles.jwt -p role.json --jwks keys.json -v": "https://graph.microsoft.com/",
		"matrix -c right/gov.yaml --offline":                    "collect app --cloud usgov",
		"collect service-principal --cloud bleu":                "https://GRAPH-HOST/v1.0/",
	} {
		_, stdout, stderr := w.run("", strings.Fields(args)...)
		if !strings.Contains(stdout, want) {
			t.Errorf("%s has no %q:\n%s%s", args, want, stdout, stderr)
		}
	}
}

// Azure AD B2C and External ID sign with other keys than Entra ID proper does in the same tenant.
func TestTheKeysOfCustomersAreNotThoseOfTheTenant(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	for name, row := range map[string]struct{ issuer, keys string }{
		"b2c": {
			"https://contoso.b2clogin.com/" + mint.Tenant + "/v2.0/",
			"https://contoso.b2clogin.com/contoso.onmicrosoft.com/b2c_1_in/discovery/v2.0/keys",
		},
		"external": {
			"https://" + mint.Tenant + ".ciamlogin.com/" + mint.Tenant + "/v2.0",
			"https://contoso.ciamlogin.com/" + mint.Tenant + "/discovery/v2.0/keys",
		},
	} {
		claims := `{"tfp": "b2c_1_in", "iss": "` + row.issuer + `"}`
		writeFile(t, filepath.Join(w.dir, name+".jwt"), w.token("v2", claims, 0))
		writeFile(t, filepath.Join(w.dir, name+".json"), strings.ReplaceAll(
			strictPolicy("true", "ver", "2.0"),
			"https://login.microsoftonline.com/"+mint.Tenant+"/discovery/keys", row.keys))
		for args, want := range map[string]string{
			"verify @" + name + ".jwt --offline": "/v2.0/.well-known/openid-configuration",
			"explain @" + name + ".jwt -p " + name + ".json --offline": "curl -sSf " + row.keys +
				" -o keys.json",
		} {
			_, stdout, stderr := w.run("", strings.Fields(args)...)
			if !strings.Contains(stdout, want) || strings.Contains(stdout, "collect keys") {
				t.Errorf("%s has no %q:\n%s%s", args, want, stdout, stderr)
			}
		}
	}
}

// Newer keys do not help where the token is of another cloud or product than the keys, and another
// token does not where an earlier policy takes it away.
func TestTheWayOnIsNotMoreOfWhatFailed(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	writeFile(t, filepath.Join(w.dir, "china.jwt"), signedWithKid(t, "v2-user", "stranger", "cn",
		`{"iss": "https://login.partner.microsoftonline.cn/`+mint.Tenant+`/v2.0"}`))
	const external = "https://" + mint.Tenant + ".ciamlogin.com/" + mint.Tenant + "/v2.0"
	writeFile(t, filepath.Join(w.dir, "external.jwt"), signedWithKid(t, "v2", "stranger", "ext",
		`{"iss": "`+external+`"}`))
	writeFile(t, filepath.Join(w.dir, "removed.json"), `[{"assetId": "header-removal", "order": 1,
  "assetVersion": "1.1.2", "configurationData": {"inboundHeaders": ["authorization"]}},
  `+strings.Replace(strictPolicy("true", "ver", "1.0"), "{", `{"order": 2, `, 1)+`]`)
	const asked = "at https://login.microsoftonline.com/" + mint.Tenant + " when it signs"
	for args, want := range map[string]string{
		"explain @china.jwt -p uat.json --jwks keys.json":    asked,
		"explain @external.jwt -p uat.json --jwks keys.json": "gatewhy verify @external.jwt",
		"verify @external.jwt --jwks keys.json":              "gatewhy keys --issuer " + external,
		"explain @good.jwt -p removed.json --jwks keys.json": "Put the policy header-removal ",
	} {
		_, stdout, stderr := w.run("", strings.Fields(args)...)
		if !strings.Contains(strings.Join(strings.Fields(stdout), " "), want) {
			t.Errorf("%s has no %q:\n%s%s", args, want, stdout, stderr)
		}
	}
}

// A repair that no command writes has its fields on the screen that is to show them.
func TestTheScreenThatIsToShowTheFieldsShowsThem(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	writeFile(t, filepath.Join(w.dir, "scoped.json"), `{"assetVersion": "1.3.0",
  "assetId": "openidconnect-access-token-enforcement",
  "configurationData": {"scopes": "Orders.Write", "skipClientIdValidation": true}}`)
	_, stdout, stderr := w.run("", "explain", "@good.jwt", "-p", "scoped.json", "--jwks",
		"keys.json")
	commands := printed(stdout, stderr)
	words := strings.Join(strings.Fields(stdout), " ")
	if !strings.Contains(words, "it gets 200. This shows the fields.") || len(commands) == 0 {
		t.Fatal(stdout)
	}
	_, stdout, _ = w.follow(commands[len(commands)-1], "")
	if !strings.Contains(stdout, "supportedAudiences: api://orders-uat") {
		t.Error(stdout)
	}
}

// What has no exp never expires: no screen says that it has.
func TestATokenWithoutAnExpiryHasNotExpired(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	_, stdout, _ := w.run("", "explain", "@noexp.jwt", "-p", "uat.json", "--jwks", "keys.json")
	if strings.Contains(stdout, "expired") || !strings.Contains(stdout, "writes exp into every") {
		t.Error(stdout)
	}
}

// Each format of a report has what to do, with the command as it is.
func TestEveryFormatHasTheWayOn(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	for _, test := range []struct{ args, formats, command string }{
		{
			"explain @good.jwt -p open.json --jwks keys.json", "text json markdown html",
			"gatewhy fix open.json --solution jwt --token @good.jwt",
		},
		{
			"verify @altered.jwt --jwks keys.json", "text json markdown",
			"gatewhy verify - --jwks keys.json",
		},
		{"decode @good.jwt", "text json markdown", "gatewhy explain @good.jwt -p POLICY"},
		{
			"matrix -c wrong/gatewhy.yaml --offline", "text json markdown html",
			"gatewhy matrix --fix -c wrong/gatewhy.yaml --offline",
		},
		{"lint open.json --color always", "text json", "gatewhy rules scope-list-empty"},
		{
			"fix open.json --solution jwt --token @good.jwt", "text json",
			"gatewhy fix open.json --solution jwt --token @good.jwt --write",
		},
		{"keys keys.json", "text json", "gatewhy verify - --jwks keys.json"},
		{"test failing.yaml", "text json", "gatewhy test failing.yaml"},
	} {
		for _, format := range strings.Fields(test.formats) {
			args := append(strings.Fields(test.args), "-o", format)
			_, stdout, stderr := w.run("", args...)
			if format == "json" {
				stdout = nextIn(t, stdout)
			}
			if !strings.Contains(html.UnescapeString(stdout), test.command) {
				t.Errorf("%q does not name %s\n%s%s", args, test.command, stdout, stderr)
			}
		}
	}
}

// An explanation of what the real gateway answered says in HTML too what to check.
func TestEveryCauseInHTMLSaysWhatToCheck(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	for _, status := range []string{"200", "403", "500"} {
		_, stdout, stderr := w.run("", "explain", "@expired.jwt", "-p", "uat.json", "--jwks",
			"keys.json", "--observed-status", status, "-o", "html")
		if !strings.Contains(stdout, "<br>check: ") || strings.Contains(stdout, "check: </li>") {
			t.Errorf("%s\n%s%s", status, stdout, stderr)
		}
	}
}

// nextIn lists the commands of a report in JSON.
func nextIn(t *testing.T, text string) string {
	t.Helper()
	var out struct {
		Next []struct{ Text, Command string }
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, step := range out.Next {
		if step.Text == "" {
			t.Error("a step without words")
		}
		all += step.Command + "\n"
	}
	return all
}

// On Windows the commands are PowerShell's: @ would splat a variable, and curl is another command.
func TestOnWindowsCommandsAreForPowerShell(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	w.shell = report.PowerShell
	for args, want := range map[string]string{
		"-p open.json @good.jwt":       "gatewhy fix open.json --solution jwt --token '@good.jwt'",
		"-p uat.json @dev.jwt":         "curl.exe -sS -d grant_type=client_credentials",
		"-v -p role.json @noroles.jwt": `'{\"principalId\":\"`,
	} {
		_, stdout, stderr := w.run("",
			strings.Fields("explain --jwks keys.json "+args)...)
		if !strings.Contains(stdout, want) {
			t.Errorf("%s does not print %s\n%s%s", args, want, stdout, stderr)
		}
	}
}

func TestOnWindowsTheExamplesOfHelpAreForPowerShell(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	w.shell = report.PowerShell
	const text = "read as @FILE\n  gatewhy fix p --token @a.jwt --token @b-1.jwt     # both\n"
	const quoted = "read as @FILE\n  gatewhy fix p --token '@a.jwt' --token '@b-1.jwt'   # both\n"
	if got := (&Env{Shell: report.PowerShell}).examples(text); got != quoted {
		t.Error(got)
	}
	hints := map[string]string{
		"pass @FILE: it is sent": "pass '@FILE': it is sent",
		"write @a.jwt, such as":  "write '@a.jwt', such as",
		`@ before @C:\t\a.jwt`:   `@ before '@C:\t\a.jwt'`,
		"explain '@a.jwt' - a@b": "explain '@a.jwt' - a@b",
	}
	for hint, quoted := range hints {
		if got := (&Env{Shell: report.PowerShell}).quoted(hint); got != quoted {
			t.Error(got)
		}
	}
	_, _, stderr := w.run("", "explain", "good.jwt x", "-p", "open.json")
	if strings.Contains(strings.ReplaceAll(stderr, "put @ before", ""), " @") {
		t.Error(stderr)
	}
	for _, args := range []string{"--help", "explain --help", "help tokens"} {
		_, stdout, _ := w.run("", strings.Fields(args)...)
		for line := range strings.Lines(stdout) {
			if strings.Contains(line, "  gatewhy ") && strings.Contains(line, " @") {
				t.Errorf("%s: %s", args, line)
			}
		}
		if !strings.Contains(stdout, " '@") {
			t.Errorf("%s shows no file of a token:\n%s", args, stdout)
		}
	}
}

// What a token says is one word of a command, whatever it says.
func TestWhatATokenSaysIsNoPartOfACommand(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	const hostile = `api://x'; touch pwned; echo "$(id)" `
	claims, err := json.Marshal(map[string]string{"aud": hostile})
	if err != nil {
		t.Fatal(err)
	}
	token := w.token("v1", string(claims), -72*time.Hour)
	writeFile(t, filepath.Join(w.dir, "hostile.jwt"), token)
	_, stdout, stderr := w.run("", "verify", "@hostile.jwt", "--jwks", "keys.json")
	commands := printed(stdout, stderr)
	if len(commands) != 1 {
		t.Fatalf("%q", commands)
	}
	if called := calls(t, commands)[0]; len(called) != 2 ||
		!slices.Contains(called[0], "scope="+hostile+"/.default") {
		t.Errorf("%q", called)
	}
}

// A command names no secret that was given on the command line, but a word for it.
func TestNoSecretIsRepeatedInACommand(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	const secret = "hunter2-of-the-client"
	for _, given := range [][]string{
		{"-H", "client_secret: " + secret}, {"-H", "X-Api-Key: " + secret}, {"--other", secret},
	} {
		args := append([]string{
			"explain", "@altered.jwt", "-p", "uat.json", "--jwks",
			"keys.json",
		}, given...)
		_, stdout, stderr := w.run("", args...)
		if strings.Contains(stdout+stderr, secret) || len(printed(stdout, stderr)) == 0 {
			t.Errorf("%q\n%s%s", given, stdout, stderr)
		}
	}
}
