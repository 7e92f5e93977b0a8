package cmd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/mint"
	"github.com/gatewhy/gatewhy/testdata/tinygateway"
)

// explainedJSON is what these tests read of explain's JSON.
type explainedJSON struct {
	Verdict struct {
		Outcome, Body, Group string
		Status               int
		DecidedBy            *string `json:"decided_by"`
	}
	Checks []struct {
		ID, Group, Outcome string
		Status             *int
	}
	Remedies []struct{ ID string }
}

// explained runs explain -o json, and holds the output against its schema.
func (w *tinyWorld) explained(token string, more ...string) explainedJSON {
	w.t.Helper()
	stdout, stderr, _ := w.explain(token, append(more, "-o", "json")...)
	w.valid("explain", stdout)
	var x explainedJSON
	if err := json.Unmarshal([]byte(stdout), &x); err != nil {
		w.t.Fatalf("%v: %s%s", err, stdout, stderr)
	}
	return x
}

// valid holds an output against its published schema.
func (w *tinyWorld) valid(name, output string) {
	w.t.Helper()
	if err := asPublished(name, output); err != nil {
		w.t.Errorf("%v: %s", err, output)
	}
}

// wants fails for each text that an output does not have.
func wants(t *testing.T, output string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(output, text) {
			t.Errorf("%q is not in:\n%s", text, output)
		}
	}
}

func TestExplainSaysWhichAlternativeOfATinyGatewayDecides(t *testing.T) {
	t.Parallel()
	uat := map[string]any{"aud": "api://orders-uat"}
	tests := []struct {
		name, shape string
		over        map[string]any
		flags       []string
		status      int
		by, group   string
		says        string
	}{
		{
			"a good token of the first issuer", "v1", uat, nil, 200, "", "",
			"200: accepted, every required check passes",
		},
		{
			"one of the second issuer, for whatever audience", "v2",
			map[string]any{"aud": "api://other"},
			nil, 200, "", "", "alternative 2",
		},
		{
			"another audience at the first issuer", "v1",
			map[string]any{"aud": "api://orders-dev"},
			nil,
			499, "audience", "all[2].any[0].all[1]",
			"499: rejected at the audience check (alternative 1)",
		},
		{
			"another issuer", "v1",
			map[string]any{"iss": "https://other.example"},
			nil,
			401, "issuer", "all[2].any[1].all[0]", "who are you",
		},
		{
			"a token that expired within the leeway", "v1",
			map[string]any{"aud": "api://orders-uat", "exp": clock.Unix() - 29},
			nil,
			200, "", "", "accepted",
		},
		{
			"one that expired longer ago", "v1",
			map[string]any{"aud": "api://orders-uat", "exp": clock.Unix() - 31},
			nil,
			401, "expiry", "all[2].any[0].all[3]", "rejected at the expiry check (alternative 1)",
		},
		{
			"a token without the role of a path", "v1", uat,
			[]string{"--path", "/admin/users"},
			418, "custom-claim", "all[3].first[0].then",
			"418 I'm a teapot: rejected at the custom claim roles check (rule 1)",
		},
		{
			"one with the role", "v1",
			map[string]any{"aud": "api://orders-uat", "roles": []string{"Orders.Admin"}},
			[]string{"--path", "/admin"},
			200, "", "", "rule 1, its condition",
		},
		{
			"a path that nobody gets at", "v1", uat,
			[]string{"--path", "/metrics"},
			403, "request", "all[3].first[1].if",
			"A rule that rejects applies: it looks for the request's path that begins with",
		},
		{
			"a token behind another prefix", "v1", uat,
			[]string{"-H", "X-Token: Basic abc"},
			400, "token-present", "",
			`is in the X-Token header; the policy wants "Tiny " and the token`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newTinyWorld(t)
			token := w.token(test.shape, test.over)
			x := w.explained(token, test.flags...)
			by := ""
			if x.Verdict.DecidedBy != nil {
				by = *x.Verdict.DecidedBy
			}
			if x.Verdict.Status != test.status || by != test.by || x.Verdict.Group != test.group {
				t.Errorf("got %d by %s in %q", x.Verdict.Status, by, x.Verdict.Group)
			}
			stdout, stderr, _ := w.explain(token, append(test.flags, "-v")...)
			wants(t, strings.ToLower(join(stdout, stderr)), strings.ToLower(test.says))
		})
	}
}

// join undoes the wrapping of lines.
func join(texts ...string) string {
	return strings.Join(strings.Fields(strings.Join(texts, " ")),
		" ")
}

func TestChecksOfATinyGatewayNameTheirGroup(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	x := w.explained(w.token("v1", map[string]any{"aud": "api://orders-dev"}))
	var groups []string
	for _, check := range x.Checks {
		groups = append(groups, check.Group)
		decides := check.Group == x.Verdict.Group
		if decides && (check.Status == nil || *check.Status != x.Verdict.Status) {
			t.Errorf("the deciding check has status %v, the verdict %d", check.Status,
				x.Verdict.Status)
		}
	}
	want := []string{
		"", "",
		"all[2].any[0].all[0]", "all[2].any[0].all[1]", "all[2].any[0].all[2]",
		"all[2].any[0].all[3]",
		"all[2].any[1].all[0]", "all[2].any[1].all[1]", "all[2].any[1].all[2]",
		"all[2].any[1].all[3]",
		"all[3].first[0].if", "all[3].first[0].then", "all[3].first[1].if",
	}
	if !slices.Equal(groups, want) {
		t.Errorf("got %q", groups)
	}
}

func TestExplainWithoutAPathNamesTheRequestsThatATinyGatewayTellsApart(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	token := w.token("v1", map[string]any{"aud": "api://orders-uat"})
	stdout, _, code := w.run("explain", token, "-p", "door.yaml", "--jwks", "keys.json")
	if code != exitUndetermined {
		t.Errorf("exit code %d", code)
	}
	wants(t, join(stdout),
		"GET / is accepted, GET /admin is rejected (custom-claim), GET /metrics is rejected",
		"gatewhy collect tiny-request --api orders")
}

func TestEveryFormatOfExplainKnowsATinyGateway(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	token := w.token("v1", map[string]any{"aud": "api://orders-dev"})
	for format, text := range map[string]string{
		"markdown": "audience (alternative 1)", "html": "Checks: alternative 1",
		"text": "alternative 1",
	} {
		stdout, _, _ := w.explain(token, "-o", format)
		wants(t, stdout, text, "wrong door")
	}
}

func TestAnObservedAnswerOfATinyGatewayIsCompared(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	token := w.token("v1", map[string]any{"aud": "api://orders-dev"})
	stdout, _, _ := w.explain(token, "--observed-status", "499", "--observed-body", "wrong door")
	wants(t, stdout, "as predicted", "The status agrees, and the body ")
	stdout, _, _ = w.explain(token, "--observed-status", "418")
	if strings.Contains(stdout, "as predicted") {
		t.Errorf("418 is said to agree:\n%s", stdout)
	}
}

func TestLintFindsTheHoleInOneAlternativeOfATinyGateway(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	stdout, _, code := w.run("lint", "door.yaml")
	if code != exitRejected {
		t.Errorf("exit code %d", code)
	}
	wants(t, stdout, "door.yaml:9:5: error: the audience is not checked", "[audience-not-checked]")
	if strings.Contains(stdout, "door.yaml:8:16: error") ||
		strings.Contains(stdout, "door.yaml:6:") {
		t.Errorf("the alternative that checks it is blamed:\n%s", stdout)
	}
	w.write("door.yaml", strings.Replace(tinyDoor, "discovery/v2.0/keys\n",
		"discovery/v2.0/keys\n    audiences: ["+mint.API+"]\n", 1))
	stdout, _, _ = w.run("lint", "door.yaml")
	if strings.Contains(stdout, "audience-not-checked") {
		t.Errorf("every alternative checks it:\n%s", stdout)
	}
}

func TestLintRunsTheRulesOfATinyGateway(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	w.write("door.yaml", strings.Replace(tinyDoor, "{path: /metrics}",
		"{path: /admin/users, roles: [A]}", 1))
	stdout, _, _ := w.run("lint", "door.yaml")
	wants(t, stdout,
		"door.yaml:13:12: warning: the rule for /admin decides before this one [rule-never")
	w.write("broken.yaml", "tiny: 1\nissuers: [\n")
	if _, stderr, code := w.run("lint", "."); code != exitUsage || !strings.Contains(stderr,
		"broken.yaml") {
		t.Errorf("a file that looks like the gateway's, and can't be read, is passed over: %d %s",
			code, stderr)
	}
}

func TestSARIFAndTheOtherFormatsOfLintKnowATinyGateway(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	sarif, _, _ := w.run("lint", "door.yaml", "-o", "sarif")
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(sarif))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiledSARIF(t).Validate(value); err != nil {
		t.Error(err)
	}
	wants(t, sarif, `"ruleId": "audience-not-checked"`, "rule-never-reached",
		"At a tiny gateway that is audiences, of each issuer.")
	lintJSON, _, _ := w.run("lint", "door.yaml", "-o", "json")
	w.valid("lint", lintJSON)
	for _, format := range []string{"junit", "github", "azure", "gitlab"} {
		stdout, _, _ := w.run("lint", "door.yaml", "-o", format)
		wants(t, stdout, "audience-not-checked")
	}
}

func TestMatrixOfTwoTinyGateways(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	w.estate()
	stdout, stderr, code := w.run("matrix", "--offline", "-o", "json")
	if code != exitRejected {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	w.valid("matrix", stdout)
	var x struct {
		Cells []struct {
			Token, Gateway, Outcome string
			Status                  int
			OK                      *bool
			DecidedBy               string `json:"decided_by"`
		}
		Findings []struct {
			Rule, Gateway string
			Source        struct {
				File string
				Line int
			}
		}
	}
	if err := json.Unmarshal([]byte(stdout), &x); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"dev/app-Orders.Admin at dev": "accepted", "uat/app-Orders.Admin at uat": "accepted",
		"dev/app-Orders.Admin at uat": "rejected", "uat/app-Orders.Admin at dev": "accepted",
	}
	for _, cell := range x.Cells {
		name := cell.Token + " at " + cell.Gateway
		if outcome, ok := want[name]; ok && cell.Outcome != outcome {
			t.Errorf("%s is %s, want %s", name, cell.Outcome, outcome)
		}
		delete(want, name)
		byAudience := cell.Status == 499 && cell.DecidedBy == "audience"
		if name == "dev/app-Orders.Admin at uat" && !byAudience {
			t.Errorf("%s is %d by %s", name, cell.Status, cell.DecidedBy)
		}
	}
	if len(want) > 0 {
		t.Errorf("no cells for %v", want)
	}
	replayed := false
	for _, f := range x.Findings {
		if f.Rule != "cross-environment-replay" || f.Gateway != "dev" {
			continue
		}
		replayed = true
		if f.Source.File != "dev/door.yaml" || f.Source.Line != 8 {
			t.Errorf("the hole is said to be at %v", f.Source)
		}
	}
	if !replayed {
		t.Errorf("UAT's token at DEV is no finding: %+v", x.Findings)
	}
	for _, format := range []string{"text", "markdown", "html", "junit"} {
		if stdout, stderr, code := w.run("matrix", "--offline", "-o",
			format); code != exitRejected {
			t.Errorf("%s: exit code %d: %s%s", format, code, stdout, stderr)
		}
	}
}

func TestMatrixRepairsATinyGateway(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	w.estate()
	stdout, _, _ := w.run("matrix", "--offline", "--fix")
	wants(t, stdout, "dev: accept tokens for api://orders-dev",
		"The tokens that still get in are ones that Entra ID issues to")
}

func TestPolicyTestsOfATinyGateway(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	w.write("suite.yaml", tinySuite)
	stdout, stderr, code := w.run("test", "suite.yaml", "--coverage")
	if code != exitOK {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
	wants(t, stdout, "4 passed, 0 failed")
	stdout, _, _ = w.run("test", "suite.yaml", "-o", "json")
	w.valid("test", stdout)
	w.write("suite.yaml", strings.Replace(w.read("suite.yaml"), "499", "401", 1))
	stdout, _, code = w.run("test", "suite.yaml")
	if code != exitRejected {
		t.Errorf("exit code %d", code)
	}
	wants(t, stdout, "status: expected 401, got 499", "alternative 1")
}

func TestFixRepairsATinyGatewayAndKeepsEveryOtherByte(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	args := []string{"fix", "door.yaml", "--rule", "audience-not-checked", "--audience", mint.API}
	stdout, stderr, code := w.run(args...)
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	const line = "    audiences:\n      - \"" + mint.API + "\"\n"
	wants(t, stdout, "--- a/door.yaml", "+    audiences:\n+      - \""+mint.API+"\"\n")
	if w.read("door.yaml") != tinyDoor {
		t.Error("the file was written without --write")
	}
	if stdout, stderr, code := w.run(append(args, "--write")...); code != exitOK {
		t.Fatalf("exit code %d: %s%s", code, stdout, stderr)
	}
	if got := w.read("door.yaml"); got != strings.Replace(tinyDoor, "rules:\n", line+"rules:\n",
		1) {
		t.Errorf("other bytes were changed:\n%s", got)
	}
	stdout, _, _ = w.run("fix", "door.yaml", "--rule", "audience-not-checked", "-o", "json")
	w.valid("fix", stdout)
	w.write("door.yaml", tinyDoor)
	if _, stderr, code := w.run("fix", "door.yaml", "--rule",
		"audience-not-checked"); code != exitUsage || !strings.Contains(stderr,
		"--audience AUDIENCE: this environment's audience") {
		t.Errorf("without an audience: %d %s", code, stderr)
	}
}

func TestExplainProvesTheRepairOfATinyGateway(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	x := w.explained(w.token("v1", map[string]any{"aud": "api://orders-sit"}))
	if len(x.Remedies) != 1 || x.Remedies[0].ID != "accept-audience" {
		t.Errorf("got %+v", x.Remedies)
	}
}

func TestTheCataloguesKnowATinyGateway(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	for _, row := range []struct {
		args  string
		texts []string
	}{
		{"gateways tiny", []string{
			"Tiny Gateway (tiny, tinyvendor)",
			"418 I'm a teapot short and stout", "499 wrong door",
		}},
		{"gateways tiny --expressions", []string{"Tiny Gateway"}},
		{"gateways", []string{"Tiny Gateway", "Mule Gateway"}},
		{"rules", []string{"rule-never-reached"}},
		{"rules rule-never-reached", []string{
			"a rule is never reached",
			"Put the rule with the longer path first.",
		}},
		{"rules rule-never-reached -o markdown", []string{"# rule-never-reached"}},
		{
			"rules audience-not-checked",
			[]string{"At a tiny gateway that is audiences, of each issuer."},
		},
		{"collect tiny-policy --api 12", []string{"tinyctl door get 12 > door.yaml"}},
		{"explain --help", []string{"mule, flex,", "oauth2-proxy, istio, envoy-gateway, tiny"}},
	} {
		stdout, stderr, code := w.run(strings.Fields(row.args)...)
		if code != exitOK {
			t.Errorf("%s: exit code %d: %s", row.args, code, stderr)
		}
		if strings.HasSuffix(row.args, "--help") { // which is as wide as the terminal
			stdout = strings.Join(strings.Fields(stdout), " ")
		}
		wants(t, stdout, row.texts...)
	}
	for name, args := range map[string][]string{
		"gateways": {"gateways", "tiny", "-o", "json"}, "rules": {
			"rules", "rule-never-reached",
			"-o", "json",
		}, "collect": {"collect", "-o", "json"},
	} {
		stdout, _, _ := w.run(args...)
		w.valid(name, stdout)
	}
	if stdout, _, _ := w.run("gateways", "tiny", "--expressions"); strings.Contains(stdout,
		"payload") || strings.Contains(stdout, "#[") {
		t.Errorf("another gateway's expressions are shown for its own:\n%s", stdout)
	}
}

func TestInitFindsATinyGateway(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	w.write("uat/door.yaml", tinyDoor)
	stdout, stderr, code := w.run("init", ".", "-c", "-")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	wants(t, stdout, "uat/door.yaml", "tenant: "+mint.Tenant)
}

// What a door refuses is not what it wants.
func TestWhatATinyGatewayRefusesIsNotItsOwn(t *testing.T) {
	t.Parallel()
	const other = "0b7f4a51-93c6-4c1d-9a55-3e1f2d7c8b60"
	w := newTinyWorld(t)
	w.write("door.yaml", strings.Replace(tinyDoor, "issuers:\n", "refuses:\n"+
		"  issuer: https://login.microsoftonline.com/"+other+"/v2.0\n"+
		"  keys: https://login.microsoftonline.com/"+other+"/discovery/v2.0/keys\n"+
		"  audiences: [api://refused]\n"+"issuers:\n", 1))
	token := w.token("v1", map[string]any{"aud": "api://orders-dev"})
	stdout, _, _ := w.explain(token)
	wants(t, stdout, "scope=api://orders-uat//.default", mint.Tenant+"/oauth2")
	w.write("uat/door.yaml", w.read("door.yaml"))
	stdout, _, _ = w.run("init", ".", "-c", "-")
	wants(t, stdout, "tenant: "+mint.Tenant)
	w.write("gatewhy.yaml", "version: 1\nenvironments: {uat: {policies: [door.yaml]}}\n")
	maker := &report.Maker{
		Gateways: w.gateways, Dir: w.dir, Now: func() time.Time { return clock },
	}
	wanted, err := maker.WantedApps("gatewhy.yaml", nil)
	if err != nil || !slices.Equal(wanted.Audiences, []string{"api://orders-uat/"}) {
		t.Errorf("%v: %v", wanted, err)
	}
}

func TestFilesOfTwoVendorsAreNotOneChain(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	w.write("mule.json", `{"assetId": "jwt-validation", "configurationData": {}}`)
	token := w.token("v1", nil)
	_, stderr, code := w.run("explain", token, "-p", "mule.json", "-p", "door.yaml", "--offline")
	if code != exitUsage || !strings.Contains(stderr, "for another vendor's gateway") {
		t.Errorf("%d: %s", code, stderr)
	}
	for _, row := range []struct{ file, flag, says string }{
		{"mule.json", "tiny", "--gateway tiny: the policies in mule.json are for mule or flex"},
		{"door.yaml", "mule", "--gateway mule: the policies in door.yaml are for tiny"},
	} {
		for _, args := range [][]string{
			{"explain", token, "-p", row.file, "--offline"}, {"lint", row.file}, {"fix", row.file},
		} {
			_, stderr, code := w.run(append(args, "--gateway", row.flag)...)
			if code != exitUsage {
				t.Errorf("%s: exit code %d", args[0], code)
			}
			wants(t, stderr, row.says, "leave out --gateway")
		}
		w.write("gatewhy.yaml", "version: 1\ndefaults: {gateway: "+row.flag+"}\n"+
			"environments: {dev: {policies: ["+row.file+"]}}\n")
		_, stderr, code := w.run("explain", token, "-p", row.file, "--offline")
		if wants(t, stderr, "--gateway "+row.flag+" has no effect"); code == exitUsage {
			t.Errorf("a default: exit code %d", code)
		}
		if err := os.Remove(filepath.Join(w.dir, "gatewhy.yaml")); err != nil {
			t.Fatal(err)
		}
	}
	stdout, _, _ := w.run("lint", ".")
	wants(t, stdout, "mule.json", "door.yaml")
	w.write("bare.json", `{"jwtOrigin": "httpBearerAuthenticationHeader"}`)
	if _, stderr, code := w.run("lint", "bare.json", "--policy-type",
		"tiny-door"); code != exitUsage {
		t.Errorf("a bare configuration is read as another vendor's kind: %d %s", code, stderr)
	}
}

// Whatever an adapter may leave out, every command does its work without.
func TestAnAdapterMayLeaveOutWhatIsOptional(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t).with(tinygateway.Bare())
	token := w.token("v1", map[string]any{"aud": "api://orders-dev"})
	w.estate()
	explain := "explain " + token + " -p door.yaml --jwks keys.json"
	for args, want := range map[string]int{
		explain:                             exitRejected,
		explain + " --path /x --method GET": exitRejected,
		explain + " --path /x --method GET --observed-status 401": exitRejected,
		"lint door.yaml":             exitRejected,
		"lint door.yaml -o sarif":    exitRejected,
		"fix door.yaml":              exitRejected,
		"matrix --offline --fix":     exitRejected,
		"rules":                      exitOK,
		"gateways":                   exitOK,
		"gateways --expressions":     exitOK,
		"collect":                    exitOK,
		"collect contracts":          exitUsage,
		"init . -c -":                exitOK,
		"lint door.yaml --help":      exitOK,
		"explain --policy-type x":    exitUsage,
		"fix door.yaml --solution x": exitUsage,
	} {
		stdout, stderr, code := w.run(strings.Fields(args)...)
		if code != want {
			t.Errorf("%s: exit code %d, want %d: %s%s", args, code, want, stdout, stderr)
		}
	}
	none := w.with()
	for _, args := range [][]string{{"rules"}, {"gateways"}, {
		"explain", token, "-p",
		"door.yaml",
	}, {"matrix"}} {
		if _, stderr,
			code := none.run(args...); code == exitOK ==
			(args[0] != "rules" && args[0] != "gateways") {
			t.Errorf("without any gateway, %v: exit code %d: %s", args, code, stderr)
		}
	}
}

func TestARejectionThatNoCheckDecidesIsShown(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	w.write("door.yaml", "tiny: 1\ntoken: {header: X-Token}\n")
	token := w.token("v1", nil)
	x := w.explained(token)
	if x.Verdict.Outcome != "rejected" || x.Verdict.Status != 503 || x.Verdict.DecidedBy != nil {
		t.Errorf("got %+v", x.Verdict)
	}
	for _, format := range []string{"text", "markdown", "html"} {
		stdout, _, code := w.explain(token, "-o", format)
		if code != exitRejected {
			t.Errorf("%s: exit code %d", format, code)
		}
		wants(t, stdout, "503 Service Unavailable",
			"The policy lets no request in, whatever it carries.")
	}
	expired := w.token("v1", map[string]any{"exp": clock.Unix() - 3600})
	if _, stderr, code := w.explain(expired, "--observed-status", "401"); code != exitRejected {
		t.Errorf("%d: %s", code, stderr)
	}
	w.write("suite.yaml", `version: 1
policies: [door.yaml]
tests:
  - {name: nobody gets in, token: {shape: entra-v1-app-only}, expect: {outcome: accepted}}
`)
	stdout, _, _ := w.run("test", "suite.yaml")
	wants(t, stdout, "expected accepted, got rejected", "The policy lets no request in")
	w.estate()
	w.write("dev/door.yaml", w.read("door.yaml"))
	for _, format := range []string{"text", "json", "markdown", "html", "junit"} {
		stdout, stderr, code := w.run("matrix", "--offline", "-o", format)
		if code != exitRejected {
			t.Errorf("%s: exit code %d: %s%s", format, code, stdout, stderr)
		}
	}
	if stdout, stderr, code := w.run("lint", "door.yaml"); code != exitOK {
		t.Errorf("lint of a door that lets nobody in: %d %s%s", code, stdout, stderr)
	}
}

func TestAnExpiredTokenThatIsLetInAllTheSame(t *testing.T) {
	t.Parallel()
	w := newTinyWorld(t)
	w.write("disabled.json",
		`{"assetId": "jwt-validation", "assetVersion": "1.4.0", "disabled": true, `+
			`"configurationData": {}}`)
	expired := w.token("v1", map[string]any{"exp": clock.Unix() - 3600})
	stdout, stderr, code := w.run("explain", expired, "-p", "disabled.json", "--offline")
	if code != exitOK {
		t.Fatalf("exit code %d: %s", code, stderr)
	}
	wants(t, stdout, "200: accepted")
	if strings.Contains(stdout, "--at issued") {
		t.Errorf("when it was issued it got the same:\n%s", stdout)
	}
}

// The tiny gateway's adapter is whole, and its bare form has what an adapter must have.
func TestTheTinyAdapterIsComplete(t *testing.T) {
	t.Parallel()
	bare := tinygateway.Bare()
	whole := bare.Complete()
	lists := len(whole.Kinds()) + len(whole.Rules()) + len(whole.Solutions()) + len(whole.Causes())
	if whole.Knows("tiny-door") || lists > 0 {
		t.Error("what was left out is there")
	}
	changes := whole.Changes(nil, rules.Goal{Finding: &rules.Finding{Rule: "x"}})
	if len(changes) != 1 || changes[0].Refused == "" {
		t.Errorf("a finding has no change and no reason: %v", changes)
	}
}
