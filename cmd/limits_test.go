package cmd

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// limited is a command on a file that is one over a limit, and what it says.
type limited struct {
	name, file, text string
	args             string // with the file's name as FILE
	says             string
}

// A limit is one of this program's, and says nothing about the gateway. Whoever runs into it is
// told which one, and how large it is.
func TestEachLimitNamesItselfAndItsSize(t *testing.T) {
	t.Parallel()
	token := tokenOf(`{"alg":"RS256","kid":"k"}`, `{"a":"`+strings.Repeat("x", 60_000)+`"}`)
	for _, test := range slices.Concat(
		limitsOfFiles(), limitsOfPolicies(), limitsOfCounts(),
	) {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, test.file), test.text)
			writeFile(t, filepath.Join(dir, "token.jwt"), token)
			writeFile(t, filepath.Join(dir, "policy.json"), limitedPolicy("", ""))
			writeFile(t, filepath.Join(dir, "estate.yaml"), "version: 1\nenvironments:\n"+
				"  dev: {policies: [policy.json], clients: [apps.json]}\n"+
				"  uat: {policies: [policy.json], clients: [apps.json]}\n")
			said := saidIn(dir, strings.ReplaceAll(test.args, "FILE", test.file))
			if !strings.Contains(said, test.says) {
				t.Errorf("want %q in\n%.3000s", test.says, said)
			}
		})
	}
}

// saidIn runs a command in a folder, without a network, and returns what it says, on one line.
func saidIn(dir, args string) string {
	var said bytes.Buffer
	Main(Env{
		Args: strings.Fields(args), Dir: dir, Stdin: strings.NewReader(""),
		Stdout: &said, Stderr: &said, Gateways: everyGateway(),
		Now:       func() time.Time { return clock },
		LookupEnv: func(string) (string, bool) { return "", false },
		CacheDir:  func() (string, error) { return "", errors.New("there is none") },
	})
	return strings.Join(strings.Fields(said.String()), " ")
}

func limitsOfFiles() []limited {
	ids := make([]string, 100_001)
	for i := range ids {
		ids[i] = fmt.Sprintf("client-%d", i)
	}
	const lint, keys = "lint FILE", "keys FILE"
	const contracts = "explain @token.jwt -p policy.json --offline --contracts FILE"
	return []limited{
		{
			"a file", "a.json", "{" + strings.Repeat(" ", 16<<20), lint,
			"a.json is larger than 16 MiB",
		},
		{
			"a file of JSON, in levels", "a.json",
			`{"assetId":"jwt-validation","configurationData":` + strings.Repeat("[", 5001), lint,
			"nested more than 5000 levels deep",
		},
		{
			"a file of JSON, in values", "a.json", "[" + strings.Repeat("1,", 1_000_000) + "1]",
			lint, "the file has more than 300000 values",
		},
		{
			"aliases of YAML", "a.yaml",
			"a: &a [" + strings.Repeat("1,", 999) + "1]\n" +
				"b: [" + strings.Repeat("*a,", 101) + "]\n",
			lint, "the aliases of the file stand for more than 100000 values",
		},
		{
			"a file of Terraform", "a.tf", `a = "` + strings.Repeat("x", 256<<10) + `"`, lint,
			"the text has more than 256 KiB",
		},
		{
			"a file of Terraform, in levels", "a.tf", "a = " + strings.Repeat("[", 501), lint,
			"values are nested more than 500 levels deep",
		},
		{
			"a file of Terraform, in operators", "a.tf",
			"a = " + strings.Repeat("!", 20_001) + "b", lint,
			"the file has more than 20000 operators",
		},
		{
			"a file of Terraform, in lines of a string", "a.tf",
			"a = <<EOT\n" + strings.Repeat("x\n", 20_000), lint,
			"to put a string of the file together takes more than 256 MiB",
		},
		{
			"contracts, one a line", "c.txt", strings.Join(ids, "\n"), contracts,
			"c.txt:100001:1: the file has more than 100000 contracts",
		},
		{
			"contracts, as a list", "c.json", `["` + strings.Join(ids, `","`) + `"]`, contracts,
			"the file has more than 100000 contracts",
		},
		{
			"a client id", "c.txt", strings.Repeat("x", 201), contracts,
			"the line has 201 characters, and a client id has no more than 200",
		},
		{
			"a key set", "k.json", `{"keys":[` + strings.Repeat(" ", 5<<20) + `]}`, keys,
			"the text has more than 5 MiB",
		},
		{
			"a key set, in keys", "k.json", `{"keys":[` + strings.Repeat("{},", 20_000) + "{}]}",
			keys, "the set has 20001 keys, but gatewhy reads at most 20000",
		},
		{
			"a key", "k.json", `{"keys":[{"kty":"RSA","e":"AQAB","n":"` +
				strings.Repeat("A", 1<<18+1) + `"}]}`,
			keys, "n has 262145 characters; more than 262144 are not read",
		},
		{
			"a token", "t", part(`{"alg":"RS256"}`) + "." + strings.Repeat("A", 1<<20) + ".A",
			"decode @FILE", "more than the 1048576 that gatewhy accepts for a token",
		},
		{
			"a token, in values", "t",
			tokenOf(`{"alg":"RS256"}`, `{"a":[`+strings.Repeat("1,", 20_000)+`1]}`),
			"decode @FILE", "it has more than 20000 values",
		},
	}
}

// limitedPolicy is a policy with further members, of its configuration and of itself.
func limitedPolicy(configuration, beside string) string {
	return `{"assetId": "jwt-validation", "assetVersion": "1.4.0", "configurationData": {
		"jwtOrigin": "httpBearerAuthenticationHeader", "signingMethod": "rsa",
		"signingKeyLength": 256, "jwtKeyOrigin": "jwks",
		"jwksUrl": "https://login.microsoftonline.com/common/discovery/keys"` +
		configuration + "}" + beside + "}"
}

func limitsOfPolicies() []limited {
	route := func(method, path string) string {
		return `{"methodRegex":"` + method + `","uriTemplateRegex":"` + path + `"}`
	}
	routed := func(routes ...string) string {
		return limitedPolicy("", `, "pointcutData": [`+strings.Join(routes, ",")+"]")
	}
	asking := func(expression string) string {
		return limitedPolicy(`, "clientIdExpression": "#[`+expression+`]"`, "")
	}
	var methods []string
	for i := range 101 {
		methods = append(methods, route("M"+string(rune('A'+i/26))+string(rune('A'+i%26)), "/"))
	}
	const explain = "explain @token.jwt -p FILE --offline"
	deep := strings.Repeat("(", 251) + "vars.claimSet.a" + strings.Repeat(")", 251)
	return []limited{
		{
			"the expression of a route", "p.json",
			routed(route("GET", strings.Repeat("a", 4<<10+1))), explain,
			"expression of a route is longer than 4 KiB, the most that gatewhy reads",
		},
		{
			"routes", "p.json",
			routed(strings.Repeat(route("GET", "/")+",", 4096) + route("GET", "/")),
			explain, "has more than 4096 routes, the most that gatewhy reads",
		},
		{
			"methods of routes", "p.json", routed(methods...), explain,
			"takes more than 100 methods, the most that gatewhy does",
		},
		{
			"groups of paths", "p.json", routed(route("GET", "/.*a[ab]{13}")), explain,
			"takes more than 4096 groups of paths, the most that gatewhy does",
		},
		{
			"an expression", "p.json", asking("'" + strings.Repeat("a", 32<<10) + "'"), explain,
			"the expression is longer than 32768 bytes",
		},
		{
			"an expression, in levels", "p.json", asking(deep), explain,
			"the expression is nested more than 250 levels deep",
		},
		{
			"expressions for a large token", "p.json",
			limitedPolicy(`, "validateCustomClaim": true, "mandatoryCustomClaims": [`+
				strings.TrimSuffix(strings.Repeat(`{"key": "a", "value": "#[(vars.claimSet.a `+
					`splitBy ' ') contains 'b']"},`, 500), ",")+"]", ""),
			explain,
			"to evaluate these policies for so large a token takes a look at more than 6000000",
		},
		{
			"rules with an expression", "p.yaml",
			"apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: SecurityPolicy\n" +
				"metadata: {name: p}\nspec:\n  authorization:\n    rules:\n" +
				strings.Repeat("    - {action: Allow, cel: 'true'}\n", 6001),
			explain, "the policy has 6001 rules with an expression (cel), and no more than 6000",
		},
		{
			"an expression, in steps", "p.json",
			asking(strings.Repeat("vars.claimSet.a ++ ", 20) + "''"), explain,
			"the evaluation takes more than 1048576 steps, the most that gatewhy takes",
		},
	}
}

// limitsOfCounts are those of how many there are of something in one file: they are counted before
// anything that is read or done for each of them.
func limitsOfCounts() []limited {
	many := func(of string, n int) string { return strings.Repeat(of, n) }
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	chain := func(n int) string {
		return "[" + strings.TrimSuffix(many(limitedPolicy("", "")+",", n), ",") + "]"
	}
	claims := `, "validateCustomClaim": true, "mandatoryCustomClaims": [` + strings.TrimSuffix(
		numbered(`{"key": "c%[1]d", "value": "v"},`, 40_001), ",") + "]"
	audiences := `, "validateAudClaim": true, "supportedAudiences": "` + strings.TrimSuffix(
		numbered("a%d,", 100_001), ",") + `"`
	const proxy = "provider = \"oidc\"\nskip_jwt_bearer_tokens = true\n"
	const explain = "explain @token.jwt --offline -p FILE"
	const tooMany = "the file has 2001 policies, and no more than 2000 of one file are read"
	return []limited{
		{"policies of a file, linted", "p.json", chain(2001), "lint FILE", tooMany},
		{"policies of a file, explained", "p.json", chain(2001), explain, tooMany},
		{"policies of a file, repaired", "p.json", chain(2001), "fix FILE", tooMany},
		{"policies of a file, tested", "p.json", chain(2001), "test FILE -p FILE", tooMany},
		{"policies of a file, gathered", "p.json", chain(2001), "init . -c -", tooMany},
		{
			"policies of an API", "p.json", chain(1001), "lint FILE",
			"one API instance has 1001 policies, and no more than 1000 are looked at together",
		},
		{
			"policies of an API, explained", "p.json", chain(1001), explain,
			"one API instance has 1001 policies, and no more than 1000 are looked at together",
		},
		{
			"conditions of an API", "p.json", "[" + limitedPolicy(claims, "") + "]", "lint FILE",
			"with this policy an API instance has more than 40000 conditions",
		},
		{
			"values of an API", "p.json", "[" + limitedPolicy(audiences, "") + "]", "lint FILE",
			"an API instance has more than 100000 values to compare with",
		},
		{
			"app registrations", "apps.json",
			"[" + strings.TrimSuffix(
				numbered(`{"appId": "%08x-0000-4000-8000-000000000000", "identifierUris": []},`,
					40_000), ",") + "]",
			"matrix -c estate.yaml",
			"apps.json: with this file there are more than 75000 app registrations",
		},
		{
			"findings times policies", "p.json", chain(250), "fix FILE",
			"in 250 policies, and no more than 40000, one times the other, are " +
				"looked at gatewhy: hint: one rule at a time: --rule NAME gatewhy: hint: split",
		},
		{
			"findings of a rule times policies", "p.json", chain(250),
			"fix FILE --rule issuer-not-pinned", "are looked at gatewhy: hint: split the file",
		},
		{
			"environments", "e.yaml", "version: 1\nenvironments:\n" +
				numbered("  e%d: {policies: [not-there.json]}\n", 1001),
			"matrix -c FILE", "the file has 1001 environments, and no more than 1000 are read",
		},
		{
			"entries that ignore findings", "e.yaml", "version: 1\nlint:\n  ignore:\n" +
				many("    - {rule: any-client-accepted, reason: x}\n", 2001),
			"lint policy.json -c FILE",
			"lint.ignore has 2001 entries, and no more than 2000 are read",
		},
		{
			"values of an environments file", "e.yaml",
			"version: 1\nenvironments: {a: {clients: [x" + many(",x", 200_000) + "]}}\n",
			"matrix -c FILE", "the file has more than 200000 values gatewhy: hint: an " +
				"environments file is not so large; is this the right file?",
		},
		{
			"tests", "t.yaml", "version: 1\npolicies: [not-there.json]\ntests:\n" +
				numbered("  - {name: t%d, token: none, expect: {outcome: rejected}}\n", 5001),
			"test FILE", "the file has 5001 tests, and no more than 5000 are run",
		},
		{
			"fields of a policy", "p.json", limitedPolicy(numbered(`, "x%d": 1`, 4096), ""),
			explain, "the configuration of a policy has 4101 fields, and no more than 4096",
		},
		{
			"App ID URIs", "app.json", `{"appId": "00000064-0000-4000-8000-000000000064", ` +
				`"identifierUris": ["x"` + many(`,"x"`, 10_000) + `]}`,
			"lint policy.json --app FILE",
			"the app registration has more than 10000 App ID URIs, the most that are read",
		},
		{
			"preauthorised clients", "app.json",
			`{"appId": "00000064-0000-4000-8000-000000000064", ` +
				`"api": {"preAuthorizedApplications": [{"appId": "x"}` +
				many(`,{"appId": "x"}`, 10_000) + `]}}`,
			"lint policy.json --app FILE",
			"the app registration has more than 10000 preauthorised clients, " +
				"the most that are read",
		},
		{
			"options of OAuth2 Proxy", "o.cfg", proxy + numbered("x%d = 1\n", manyOptions),
			"lint FILE",
			fmt.Sprintf("an instance has %d options and values of them, and no more than 4096",
				manyOptions+2),
		},
		{
			"values of an option", "o.cfg", proxy + `email_domains = ["x"` +
				many(`,"x"`, 4094) + "]\n",
			explain, "an instance has 4097 options and values of them, and no more than 4096",
		},
		{
			"arguments of OAuth2 Proxy", "o.sh", "oauth2-proxy --provider=oidc" +
				many(" --email-domain=x", manyArguments),
			"lint FILE",
			fmt.Sprintf("an instance has %d options and values of them", manyArguments+1),
		},
		{
			"issuers of OAuth2 Proxy", "o.cfg", proxy + `extra_jwt_issuers = ["x=y"` +
				many(`,"x=y"`, 100) + "]\n",
			explain, "an instance has 101 extra_jwt_issuers, and no more than 100 are read",
		},
		{
			"a map of OAuth2 Proxy", "m.yaml", "kind: ConfigMap\nmetadata: {name: p}\ndata:\n" +
				"  oauth2_proxy.cfg: |\n    provider = \"oidc\"\n    email_domains = \"x\"\n" +
				numbered("    x%d = 1\n", manyEntries),
			"lint FILE",
			fmt.Sprintf("an instance has %d options and values of them", manyEntries+2),
		},
	}
}

// What the matrix does not do for so many environments, or tokens, it refuses before it begins.
func TestTheMatrixNamesItsLimits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) { writeFile(t, filepath.Join(dir, name), text) }
	var scopes, roles []string
	for i := range 80 {
		scopes = append(scopes, fmt.Sprintf(`{"id":"s%d","value":"Scope.%[1]d"}`, i))
		roles = append(roles, fmt.Sprintf(`{"id":"r%d","value":"Role.%[1]d",`+
			`"allowedMemberTypes":["Application","User"]}`, i))
	}
	write("api.json", `{"appId":"00000064-0000-4000-8000-000000000064",`+
		`"identifierUris":["api://orders"],"api":{"oauth2PermissionScopes":[`+
		strings.Join(scopes, ",")+`]},"appRoles":[`+strings.Join(roles, ",")+`]}`)
	estate := func(environments int, policy string) string {
		var b strings.Builder
		b.WriteString("version: 1\ntenant: 5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11\nenvironments:\n")
		for i := range environments {
			fmt.Fprintf(&b, "  e%d:\n    policies: [%s]\n    api: api.json\n", i, policy)
		}
		return b.String()
	}
	var apps []string
	for i := range 6000 {
		apps = append(apps, fmt.Sprintf(
			`{"appId":"%08x-0000-4000-8000-000000000000","identifierUris":[]}`, i))
	}
	write("apps.json", "["+strings.Join(apps, ",")+"]")
	write("one.json", `{"appId":"00000064-0000-4000-8000-000000000064",`+
		`"identifierUris":["api://orders"],"appRoles":[`+strings.Join(roles[:10], ",")+`]}`)
	write("each.json", limitedPolicy(
		`, "validateCustomClaim": true, "mandatoryCustomClaims": [{"key": "appid", "value": `+
			`"#[(vars.claimSet.roles default []) contains vars.claimSet.appid]"}]`, ""))
	write("each.yaml", "version: 1\ntenant: "+mint.Tenant+"\nenvironments:\n"+
		"  one: {policies: [each.json], api: one.json, clients: apps.json}\n")
	write("plain.json", limitedPolicy("", ""))
	write("told.json", limitedPolicy(
		`, "validateCustomClaim": true, "mandatoryCustomClaims": [{"key": "scp", "value": `+
			`"#[vars.claimSet.scp == vars.claimSet.roles[0]]"}]`, ""))
	var claims []string
	for i := range 16_750 {
		claims = append(claims, fmt.Sprintf(`{"key": "c%d", "value": "v"}`, i))
	}
	write("conditions.json", limitedPolicy(
		`, "validateCustomClaim": true, "mandatoryCustomClaims": [`+strings.Join(claims, ",")+"]",
		""))
	write("conditions.yaml", estate(3, "conditions.json"))
	write("contracts.txt", numberedLines(100_000))
	write("contracts.yaml", strings.ReplaceAll(
		estate(4, "plain.json"), "    api:", "    contracts: contracts.txt\n    api:"))
	var named []string
	for i := range 9 {
		values := strings.Repeat("1,", 60_000) + "1"
		named = append(named, fmt.Sprintf("app%d.json", i))
		write(named[i], fmt.Sprintf(`{"appId": "%08x-0000-4000-8000-000000000000", `+
			`"identifierUris": [], "x": [%s]}`, i, values))
	}
	write("values.yaml", strings.Replace(estate(1, "plain.json"), "    api:",
		"    clients: ["+strings.Join(named, ", ")+"]\n    api:", 1))
	write("uris.json", `{"appId":"00000064-0000-4000-8000-000000000064","identifierUris":["`+
		strings.ReplaceAll(strings.TrimSpace(numberedLines(9000)), "\n", `","`)+`"],`+
		`"appRoles":[`+strings.Join(roles[:10], ",")+`]}`)
	write("uris.yaml", strings.ReplaceAll(estate(1, "plain.json"), "api.json", "uris.json"))
	write("many.yaml", estate(21, "plain.json"))
	write("told.yaml", estate(3, "told.json"))
	var asking, asked []string
	for i := range 4500 {
		asking = append(asking, fmt.Sprintf(`{"appId":"%08x-0000-4000-8000-000000000000",`+
			`"requiredResourceAccess":[{"resourceAppId":"00000064-0000-4000-8000-000000000064",`+
			`"resourceAccess":[]}]}`, i))
		asked = append(asked, fmt.Sprintf(`{"id":"r%d","value":"R.%[1]d"}`, i))
	}
	write("asking.json", "["+strings.Join(asking, ",")+"]")
	write("asked.json", `{"appId":"00000064-0000-4000-8000-000000000064",`+
		`"identifierUris":["api://orders"],"appRoles":[`+strings.Join(asked, ",")+`]}`)
	write("asked.yaml", "version: 1\ntenant: "+mint.Tenant+"\nenvironments:\n"+
		"  one: {policies: [plain.json], api: asked.json, clients: asking.json}\n")
	var allowed, allow strings.Builder
	for i := range 115 {
		write(fmt.Sprintf("own%d.json", i), fmt.Sprintf(
			`{"appId":"%08x-0000-4000-8000-000000000000","identifierUris":["api://%[1]d"],`+
				`"appRoles":[%[2]s]}`, i, roles[0]))
		fmt.Fprintf(&allowed, "  e%d: {policies: [plain.json], api: own%[1]d.json}\n", i)
		fmt.Fprintf(&allow, "  - {from: e%d, to: e%d, reason: x}\n", i, (i+1)%115)
	}
	write("allowed.yaml", "version: 1\ntenant: "+mint.Tenant+"\nenvironments:\n"+
		allowed.String()+"allow:\n"+allow.String())
	write("open.json", limitedPolicy(`, "skipClientIdValidation": true`, ""))
	write("open.yaml", estate(21, "open.json"))
	for args, want := range map[string]string{
		"matrix -c conditions.yaml": "conditions.yaml:10:3: with the environment e2 there are " +
			"more than 100000 conditions of policies, the most that are looked at together",
		"matrix -c contracts.yaml": "contracts.txt: with this file there are more than 300000 " +
			"contracts, the most that are looked at together",
		"matrix -c values.yaml": "app8.json: with this file there are more than 500000 values " +
			"of app registrations, the most that are looked at together",
		"matrix -c uris.yaml":           "sorts of tokens to model, and no more than 1200000 are",
		"matrix -c open.yaml --offline": "See what is wrong in open.json", // --fix is refused
		"matrix -c many.yaml --fix":     "--fix looks for repairs of no more than 20 environments",
		"matrix -c many.yaml -o html":   "-o html is made for no more than 20 environments",
		"matrix -c many.yaml -o junit":  "-o junit is made for no more than 20 environments",
		"matrix -c told.yaml --offline": "sorts of tokens to model, and no more than 1200000 are",
		"matrix -c asked.yaml": "20250000 scopes and roles to compare with what clients ask " +
			"for or are assigned, and no more than 20000000 are",
		"matrix -c allowed.yaml":        "cells, rows times gateways, and no more than 4000000",
		"matrix -c each.yaml --offline": "one client after the other, and no more than 300000 are",
	} {
		if said := saidIn(dir, args); !strings.Contains(said, want) {
			t.Errorf("%s: want %q in\n%.500s", args, want, said)
		}
	}
}

func numberedLines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%08x-0000-4000-8000-000000000000\n", i)
	}
	return b.String()
}

// What tests find out of each check is in the memory until the end, and a token may be so large
// that each condition takes long.
func TestTestsOfLargePoliciesNameTheirLimits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) { writeFile(t, filepath.Join(dir, name), text) }
	var claims, roles []string
	for i := range 2000 {
		claims = append(claims, fmt.Sprintf(`{"key": "roles", "value": "r%d"}`, i))
		roles = append(roles, fmt.Sprintf(`"a-role-with-a-longer-name-%d"`, i))
	}
	write("p.json", limitedPolicy(`, "validateCustomClaim": true, "mandatoryCustomClaims": [`+
		strings.Join(claims, ", ")+"]", ""))
	write("token.jwt", tokenOf(`{"alg":"RS256"}`, `{"roles":[`+strings.Join(roles, ",")+"]}"))
	for name, row := range map[string]struct {
		token string
		tests int
		says  string
	}{
		"few.yaml":  {"none", 80, "80 passed"},
		"many.yaml": {"none", 120, "with this test there are more than 200000 outcomes of checks"},
		"large.yaml": {
			"{file: token.jwt}", 80,
			"with this test there are more than 6000000 conditions of policies to look at",
		},
	} {
		suite := "version: 1\npolicies: [p.json]\ntests:\n"
		for i := range row.tests {
			suite += fmt.Sprintf("  - {name: t%d, token: %s, expect: {outcome: rejected}}\n",
				i, row.token)
		}
		write(name, suite)
		if said := saidIn(dir, "test "+name); !strings.Contains(said, row.says) {
			t.Errorf("%s: want %q in\n%.500s", name, row.says, said)
		}
	}
}

func TestMoreFilesThanAreLookedAtTogetherAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "token.jwt"), tokenOf(`{"alg":"RS256"}`, `{}`))
	if err := os.Mkdir(filepath.Join(dir, "policies"), 0o700); err != nil {
		t.Fatal(err)
	}
	policy := filepath.Join(dir, "policies", "p.json")
	writeFile(t, policy, limitedPolicy("", ""))
	for i := range rules.MostFiles { // each is another name of the one file
		name := filepath.Join(dir, "policies", fmt.Sprintf("p%d.json", i))
		if err := os.Link(policy, name); err != nil {
			t.Fatal(err)
		}
	}
	said := saidIn(dir, "explain @token.jwt -p policies --offline")
	const want = "policies: there are more than 5000 files with policies"
	if !strings.Contains(said, want) {
		t.Errorf("want %q in\n%.3000s", want, said)
	}
}

// Where a folder has thousands of files that are kept out, some of them are named.
func TestInitNamesSomeOfManyFilesThatItLeavesOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	chain := "[" + limitedPolicy("", "") + strings.Repeat(","+limitedPolicy("", ""), 1000) + "]"
	for i := range 22 {
		writeFile(t, filepath.Join(dir, fmt.Sprintf("p%02d.json", i)), chain)
	}
	said := saidIn(dir, "init . -c -")
	if strings.Count(said, ".json: ") != 20 || !strings.Contains(said, "2 more files left out") {
		t.Errorf("want 20 files, and that 2 more were left out, in\n%.5000s", said)
	}
}

// What each environment shares with the others grows with their square.
func TestInitNamesTheLimitsOfWhatItWrites(t *testing.T) {
	t.Parallel()
	for want, environments := range map[string]struct {
		count int
		files map[string]string
	}{
		"init finds 1001 environments, and no more than 1000 are written": {
			1001, map[string]string{"dev%d.json": limitedPolicy("", "")},
		},
		"the 274 environments would name 75350 files, and no more than 75000 are written": {
			274, map[string]string{
				"e%d/p.json": limitedPolicy(`, "validateAudClaim": true, "supportedAudiences": `+
					`"api://a%[1]d"`, ""),
				"e%d/app.json": `{"appId": "%08[1]x-0000-4000-8000-000000000000", ` +
					`"identifierUris": ["api://a%[1]d"]}`,
			},
		},
	} {
		dir := t.TempDir()
		for i := range environments.count {
			for name, text := range environments.files {
				if strings.Contains(text, "%") {
					text = fmt.Sprintf(text, i)
				}
				name = filepath.Join(dir, fmt.Sprintf(name, i))
				if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
					t.Fatal(err)
				}
				writeFile(t, name, text)
			}
		}
		if said := saidIn(dir, "init . -c -"); !strings.Contains(said, want) {
			t.Errorf("want %q in\n%.500s", want, said)
		}
	}
}

// blank is so many bytes that say nothing in any format, in lines of a kilobyte.
func blank(size int) string {
	return strings.Repeat(strings.Repeat(" ", 1023)+"\n", size>>10)
}

// What was repaired is held until the end, to be shown: of large files no more than one or two.
func TestOfLargeFilesFewAreRepairedAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.json", "b.json", "c.json"} {
		writeFile(t, filepath.Join(dir, name), limitedPolicy("", "")+blank(7<<20))
	}
	said := saidIn(dir, "fix a.json b.json c.json")
	const want = "c.json: this file and those after it were not looked at: no more than 16 MiB " +
		"of files are repaired at once"
	if !strings.Contains(said, want) {
		t.Errorf("want %q in\n%s", want, said[max(0, len(said)-1000):])
	}
}

// What was repaired before the limit is shown, and the files behind it are not looked at.
func TestMoreFilesThanAreRepairedAtOnceAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) { writeFile(t, filepath.Join(dir, name), text) }
	for i := range 501 {
		write(fmt.Sprintf("apart-%04d.json", i), limitedPolicy("", ""))
	}
	for name, n := range map[string]int{"cluster": 301, "large": 2001} {
		for i := range n {
			write(fmt.Sprintf("%s-%04d.yaml", name, i), fmt.Sprintf(`
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: allow, namespace: team-%d}
spec: {rules: [{when: [{key: 'request.auth.claims[scp]', values: [a]}]}]}
`, i))
		}
	}
	for args, want := range map[string]string{
		"fix large-*.yaml": "large-0000.yaml: this file and those after it were not looked at: " +
			"2001 files make up one configuration, and no more than 2000 are read at once",
		"fix apart-*.json": "apart-0500.json: this file and those after it were not looked " +
			"at: no more than 500 files are repaired at once",
		"fix cluster-*.yaml": "cluster-0099.yaml: this file and those after it were not looked " +
			"at: 301 files make up one configuration, each repair reads all of them, and no " +
			"more than 30000 are read at once",
	} {
		if said := saidIn(dir, args); !strings.Contains(said, want) {
			t.Errorf("%s: want %q in\n%s", args, want, said[max(0, len(said)-1000):])
		}
	}
}

func TestTheTestsOfSeveralFilesAreCountedTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("version: 1\npolicies: [p.json]\ntests:\n")
	for i := range 2501 {
		fmt.Fprintf(&b, "  - {name: t%d, token: none, expect: {outcome: rejected}}\n", i)
	}
	writeFile(t, filepath.Join(dir, "p.json"), limitedPolicy("", ""))
	writeFile(t, filepath.Join(dir, "a.yaml"), b.String())
	writeFile(t, filepath.Join(dir, "b.yaml"), b.String())
	said := saidIn(dir, "test a.yaml b.yaml")
	const want = "b.yaml: with this file there are more than 5000 tests"
	if !strings.Contains(said, want) {
		t.Errorf("want %q in\n%.3000s", want, said)
	}
	large := "version: 1\npolicies: [p.json]\ntests:\n" +
		"  - {name: t, token: none, expect: {outcome: rejected}}\n" + blank(9<<20)
	writeFile(t, filepath.Join(dir, "a.yaml"), large)
	writeFile(t, filepath.Join(dir, "b.yaml"), large)
	said = saidIn(dir, "test a.yaml b.yaml")
	const beyond = "b.yaml: with this file there are more than 16 MiB of tests"
	if !strings.Contains(said, beyond) {
		t.Errorf("want %q in\n%.3000s", beyond, said)
	}
}
