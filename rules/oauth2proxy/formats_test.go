package oauth2proxy

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: orders-proxy
spec:
  template:
    spec:
      containers:
        - name: app
          image: registry.example/orders:1
        - name: proxy
          image: quay.io/oauth2-proxy/oauth2-proxy:v7.15.6
          args:
            - --provider=oidc
            - --oidc-issuer-url
            - ` + v2Issuer + `
            - --client-id=$(OAUTH2_PROXY_CLIENT_ID)
            - --email-domain=*
            - --skip-jwt-bearer-tokens
          env:
            - name: OAUTH2_PROXY_CLIENT_ID
              value: ` + app + `
`

const alphaConfig = `providers:
  - id: entra
    provider: oidc
    clientID: ` + app + `
    oidcConfig:
      issuerURL: ` + v2Issuer + `
      extraAudiences: [api://orders]
`

const core = "skip_jwt_bearer_tokens = true\nemail_domains = [\"*\"]\n"

// shellCommand has the same arguments as the deployment.
const shellCommand = "--provider=oidc --oidc-issuer-url=" + v2Issuer + " --client-id " + app +
	" --email-domain='*' --skip-jwt-bearer-tokens"

// inShell is the deployment with a shell that runs a script.
func inShell(script string) string {
	before, _, _ := strings.Cut(deployment, "          args:\n")
	return before + "          command: [/bin/sh, -c]\n          args:\n            - >-\n" +
		"              " + script + "\n"
}

func indented(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+by) + "\n"
}

// Every format below says the same: the app's v2.0 tokens are accepted.
func TestEveryFormatSaysTheSame(t *testing.T) {
	t.Parallel()
	const command = shellCommand
	configMap := "kind: ConfigMap\nmetadata:\n  name: conf\ndata:\n  proxy.cfg: |\n" +
		indented(basic, "    ")
	usesFile := strings.NewReplacer(
		"            - --provider=oidc\n", "            - --config=/etc/proxy.cfg\n",
	).Replace(deployment)
	usesFile = usesFile[:strings.Index(usesFile, "            - --oidc-issuer-url")]
	tests := []struct {
		name  string
		files []string
	}{
		{"the configuration file", []string{"proxy.cfg", basic}},
		{"in capitals", []string{
			"proxy.toml", strings.Replace(basic, "client_id", "Client_ID", 1),
		}},
		{"the alpha configuration with the core options", []string{
			"alpha.yaml", alphaConfig, "proxy.cfg", core,
		}},
		{"a Deployment", []string{"d.yaml", deployment}},
		{"a List of one", []string{"d.yaml", "kind: List\nitems:\n  -\n" +
			indented(deployment, "    ")}},
		{"a Deployment that reads a ConfigMap", []string{"d.yaml", usesFile, "c.yaml", configMap}},
		{"a Deployment and its ConfigMap in one file", []string{
			"d.yaml", usesFile + "---\n" + configMap,
		}},
		{"a ConfigMap alone", []string{"c.yaml", configMap}},
		{"a Deployment with its variables from a ConfigMap", []string{
			"d.yaml", strings.Replace(deployment, deployment[strings.Index(deployment,
				"          args:"):], "          envFrom:\n            - configMapRef:\n"+
				"                name: vars\n", 1),
			"c.yaml", "kind: ConfigMap\nmetadata:\n  name: vars\ndata:\n" +
				"  OAUTH2_PROXY_PROVIDER: oidc\n  OAUTH2_PROXY_OIDC_ISSUER_URL: " + v2Issuer +
				"\n  OAUTH2_PROXY_CLIENT_ID: " + app + "\n  OAUTH2_PROXY_EMAIL_DOMAINS: \"*\"\n" +
				"  OAUTH2_PROXY_SKIP_JWT_BEARER_TOKENS: \"true\"\n",
		}},
		{"a compose file with a list", []string{
			"compose.yaml", "services:\n  proxy:\n    image: " +
				"quay.io/oauth2-proxy/oauth2-proxy\n    command: [--provider=oidc," +
				" --email-domain=*, --oidc-issuer-url=" + v2Issuer + "]\n    environment:\n" +
				"      " +
				"OAUTH2_PROXY_CLIENT_ID: " + app + "\n      " +
				"OAUTH2_PROXY_SKIP_JWT_BEARER_TOKENS: true\n",
		}},
		{"a compose file with a text", []string{
			"compose.yaml", "services:\n  proxy:\n    image: " +
				"oauth2-proxy\n    command: >-\n      " + command + "\n    environment:\n      " +
				"- OAUTH2_PROXY_FORCE_JSON_ERRORS=1\n",
		}},
		{"a compose file with a shell", []string{
			"compose.yaml", "services:\n  proxy:\n    image: quay.io/oauth2-proxy/oauth2-proxy\n" +
				"    entrypoint: [/bin/sh, -c]\n    command: ['oauth2-proxy " +
				strings.ReplaceAll(command, "'", "''") + "']\n",
		}},
		{"a manifest with a shell", []string{"d.yaml", inShell("exec oauth2-proxy " + command)}},
		{"a manifest with a sidecar", []string{
			"d.yaml", strings.NewReplacer("containers:", "initContainers:", "- name: proxy",
				"- restartPolicy: Always\n          name: proxy").Replace(deployment),
		}},
		{"a command line", []string{"run.txt", "./oauth2-proxy " + command + "\n"}},
		{"a command line over several lines, with a variable", []string{
			"run.sh", "export OAUTH2_PROXY_CLIENT_ID=" + app + "\nexec oauth2-proxy \\\n  " +
				strings.ReplaceAll(strings.Replace(command, "--client-id "+app, "", 1), " ",
					" \\\n  ") + "\n",
		}},
		{"docker run", []string{
			"run.txt", "docker run -p 4180:4180 -e OAUTH2_PROXY_COOKIE_SECRET=x " +
				"quay.io/oauth2-proxy/oauth2-proxy:latest " + command + "\n",
		}},
		{"variables alone", []string{
			".env", "OAUTH2_PROXY_PROVIDER=oidc\nOAUTH2_PROXY_OIDC_ISSUER_URL=" + v2Issuer +
				"\nOAUTH2_PROXY_CLIENT_ID=" + app + "\nOAUTH2_PROXY_EMAIL_DOMAINS='*'\n" +
				"OAUTH2_PROXY_SKIP_JWT_BEARER_TOKENS=t\n",
		}},
		{"the values of the chart", []string{
			"values.yaml", "config:\n  clientID: " + app + "\n  configFile: |\n" +
				indented(basic, "    ") + "extraArgs:\n  skip-provider-button: \"true\"\n",
		}},
		{"the values of the chart with variables that replace its own", []string{
			"values.yaml", "config:\n  clientID: x\n  configFile: |\n" + indented(basic, "    ") +
				"extraEnv: [{name: OAUTH2_PROXY_CLIENT_ID, value: " + app + "}]\n",
		}},
		{"the values of the chart that sets no secrets", []string{
			"values.yaml", "config:\n  clientID: x\n  configFile: |\n" + indented(basic, "    ") +
				"proxyVarsAsSecrets: false\n",
		}},
		{"the values of a chart that has it as a part", []string{
			"values.yaml", "oauth2-proxy:\n  config:\n    clientID: " + app +
				"\n    configFile: |\n" + indented(core, "      ") +
				"  extraArgs: [--provider=oidc, --oidc-issuer-url=" + v2Issuer + "]\n",
		}},
		{"the values of the chart with the alpha configuration", []string{
			"values.yaml", "config:\n  clientID: x\n  configFile: |\n" + indented(core, "    ") +
				"alphaConfig:\n  enabled: true\n  configData:\n" +
				indented(alphaConfig, "    "),
		}},
		{"the values of the chart with an alpha configuration that is not enabled", []string{
			"values.yaml", "config:\n  clientID: " + app + "\n  configFile: |\n" +
				indented(basic, "    ") + "alphaConfig:\n  configData:\n" +
				indented(strings.Replace(alphaConfig, app, "x", 1), "    "),
		}},
	}
	for _, test := range tests {
		policies := policiesOf(t, test.files...)
		if len(policies) != 1 {
			t.Errorf("%s: got %d policies, want 1", test.name, len(policies))
			continue
		}
		if got := short(rules.Evaluate(policies, requestOf(""))); got != accepted() {
			t.Errorf("%s: got %v", test.name, got)
		}
		v := rules.Evaluate(policies, requestOf(`aud="other"`))
		if v.Outcome != rules.Rejected || v.Decided.Check.ID != rules.Audience {
			t.Errorf("%s: another audience gives %v", test.name, short(v))
		}
	}
}

func TestFlagsComeBeforeVariablesAndVariablesBeforeTheFile(t *testing.T) {
	t.Parallel()
	const file = basic + "force_json_errors = true\n"
	start := func(flags, variables string) []string {
		return []string{
			"run.sh", variables + "oauth2-proxy --config=proxy.cfg " + flags + "\n",
			"proxy.cfg", file,
		}
	}
	const variable = "export OAUTH2_PROXY_FORCE_JSON_ERRORS=false\n"
	for name, test := range map[string]struct {
		files []string
		want  int
	}{
		"the file":                  {start("", ""), 401},
		"a variable":                {start("", variable), 403},
		"a flag over a variable":    {start("--force-json-errors", variable), 401},
		"a flag over the file":      {start("--force-json-errors=false", ""), 403},
		"an empty variable is none": {start("", "export OAUTH2_PROXY_FORCE_JSON_ERRORS=\n"), 401},
		"the last of two flags": {
			start("--force-json-errors --force-json-errors=false", ""), 403,
		},
	} {
		v := rules.Evaluate(policiesOf(t, test.files...), requestOf("aud="))
		if v.Status != test.want {
			t.Errorf("%s: got %d, want %d", name, v.Status, test.want)
		}
	}
	lists := start("--oidc-extra-audience=a,b --oidc-extra-audience=api://orders", "")
	v := rules.Evaluate(policiesOf(t, lists...), requestOf(`aud="api://orders"`))
	if v.Outcome != rules.Accepted {
		t.Errorf("a flag of a list that is given twice: got %v", short(v))
	}
}

func TestWhatOnlyADeploymentKnowsIsUnknown(t *testing.T) {
	t.Parallel()
	fromSecret := strings.Replace(deployment, "              value: "+app,
		"              valueFrom:\n                secretKeyRef:\n                  name: s", 1)
	envFrom := strings.Replace(deployment, "          env:\n            - name: "+
		"OAUTH2_PROXY_CLIENT_ID\n              value: "+app,
		"          envFrom:\n            - secretRef:\n                name: s", 1)
	const composed = "services:\n  proxy:\n    image: oauth2-proxy/oauth2-proxy\n" +
		"    command: [--provider=oidc, --oidc-issuer-url=" + v2Issuer +
		", --email-domain=*, --skip-jwt-bearer-tokens]\n"
	for name, test := range map[string]struct {
		files []string
		by    rules.ID
	}{
		"a secret":        {[]string{"d.yaml", fromSecret}, rules.Audience},
		"all of a secret": {[]string{"d.yaml", envFrom}, rules.Audience},
		"a file not given": {
			[]string{"run.sh", "oauth2-proxy --config=x.cfg\n"}, rules.TokenPresent,
		},
		"a script not given": {[]string{"d.yaml", inShell("/run.sh")}, rules.TokenPresent},
		"a script with a choice": {[]string{
			"d.yaml", inShell("test $A && oauth2-proxy " + shellCommand + " || oauth2-proxy"),
		}, rules.TokenPresent},
		"a variable of Compose": {[]string{
			"compose.yaml", strings.Replace(composed, "]", ", --client-id=$ID]", 1),
		}, rules.Audience},
		"a variable of Compose in another one": {[]string{
			"compose.yaml", composed + "    environment: [OAUTH2_PROXY_CLIENT_ID=$ID]\n",
		}, rules.Audience},
		"a variable that Compose takes from where it is started": {[]string{
			"compose.yaml", composed + "    environment: [OAUTH2_PROXY_CLIENT_ID]\n",
		}, rules.Audience},
		"the same without a value": {[]string{
			"compose.yaml", composed + "    environment: {OAUTH2_PROXY_CLIENT_ID: }\n",
		}, rules.Audience},
		"a file of variables of Compose": {[]string{
			"compose.yaml", composed + "    env_file: proxy.env\n",
		}, rules.Audience},
		"a command of Compose that no shell reads": {[]string{
			"compose.yaml", "services:\n  proxy:\n    image: oauth2-proxy/oauth2-proxy\n" +
				"    command: \"--provider=oidc '\"\n",
		}, rules.TokenPresent},
		"a chart's configuration that is elsewhere": {[]string{
			"values.yaml", "config:\n  clientID: x\n  existingConfig: c\n",
		}, rules.TokenPresent},
		"a chart's configuration that can't be read": {[]string{
			"values.yaml", "config:\n  clientID: x\n  configFile: \"client_id = [\"\n",
		}, rules.TokenPresent},
		"a chart's alpha configuration that can't be read": {[]string{
			"values.yaml", "config:\n  clientID: x\n  configFile: |\n" + indented(core, "    ") +
				"alphaConfig:\n  enabled: true\n  configData: \"{\"\n",
		}, rules.Issuer},
		"a shell's variable": {[]string{
			"run.sh", "oauth2-proxy --provider=oidc --oidc-issuer-url=$ISSUER --client-id=" + app +
				" --email-domain=* --skip-jwt-bearer-tokens\n",
		}, rules.Issuer},
		"a chart's client id in a Secret": {[]string{
			"values.yaml", "config:\n  configFile: |\n" + indented(basic, "    "),
		}, rules.Audience},
		"a chart's client id in a Secret that there is": {[]string{
			"values.yaml", "config:\n  existingSecret: s\n  clientID: " + app +
				"\n  configFile: |\n" + indented(basic, "    "),
		}, rules.Audience},
		"a chart's alpha configuration that may be enabled": {[]string{
			"values.yaml", "config:\n  clientID: x\n  configFile: |\n" + indented(core, "    ") +
				"alphaConfig:\n  enabled: '{{ .Values.alpha }}'\n  configData:\n" +
				indented(alphaConfig, "    "),
		}, rules.Issuer},
		"a chart's alpha configuration that is elsewhere": {[]string{
			"values.yaml", "config:\n  clientID: x\n  configFile: |\n" + indented(core, "    ") +
				"alphaConfig:\n  enabled: true\n  existingSecret: s\n",
		}, rules.Issuer},
		"an alpha configuration alone": {[]string{"a.yaml", alphaConfig}, rules.TokenPresent},
		"an alpha configuration not given": {[]string{
			"run.sh", "oauth2-proxy --alpha-config=a.yaml --skip-jwt-bearer-tokens " +
				"--email-domain=*\n",
		}, rules.Issuer},
		"a switch that is neither": {[]string{
			"proxy.cfg", basic + "insecure_oidc_skip_issuer_verification = \"maybe\"\n",
		}, rules.TokenPresent},
	} {
		v := rules.Evaluate(policiesOf(t, test.files...), requestOf(""))
		if got := short(v); got != open(test.by) {
			t.Errorf("%s: got %v, want it open at %s", name, got, test.by)
		}
	}
}

func TestOtherFilesAreNotOurs(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"other.toml":   "[package]\nname = \"x\"\n",
		"one.cfg":      "banner = \"x\"\n",
		"d.yaml":       strings.Replace(deployment, "oauth2-proxy/oauth2-proxy", "o/p", 1),
		"init.yaml":    strings.Replace(deployment, "containers:", "initContainers:", 1),
		"values.yaml":  "config:\n  x: 1\n",
		"c.yaml":       "kind: ConfigMap\ndata:\n  a.cfg: |\n    x = 1\n",
		"p.json":       `{"assetId": "jwt-validation", "configurationData": {}}`,
		"run.sh":       "nginx --config=x\n",
		"compose.yaml": "services:\n  a:\n    image: nginx\n",
	} {
		file, err := source.Read(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if newCommon().detect(file) {
			t.Errorf("%s is taken for ours", name)
		}
		if _, err := newCommon().read([]*source.File{file}, rules.Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTheTableOfOptionsIsWhole(t *testing.T) {
	t.Parallel()
	all := options()
	if len(all) < 150 {
		t.Errorf("got %d options", len(all))
	}
	seen := map[string]bool{}
	for _, o := range all {
		if o.name == "" || o.flag == "" || seen[o.name] {
			t.Errorf("the option %q is odd, or there twice", o.name)
		}
		seen[o.name] = true
	}
	for _, name := range []string{
		"skip_jwt_bearer_tokens", "extra_jwt_issuers", "oidc_audience_claims", "api_routes",
	} {
		if !seen[name] {
			t.Errorf("no option %s", name)
		}
	}
}

// A file is the program's configuration where an instance names it, whatever is in it: one option,
// or one that the program does not know.
func TestAFileThatAnInstanceNamesIsItsConfiguration(t *testing.T) {
	t.Parallel()
	const run = "oauth2-proxy --provider=oidc --oidc-issuer-url=" + v2Issuer +
		" --email-domain=* --skip-jwt-bearer-tokens --config=proxy.cfg\n"
	const client = "client_id = \"" + app + "\"\n"
	inMap := strings.NewReplacer(
		"            - --client-id=$(OAUTH2_PROXY_CLIENT_ID)\n",
		"            - --config=/etc/proxy.cfg\n", "OAUTH2_PROXY_CLIENT_ID", "OTHER",
	).Replace(deployment) + "---\nkind: ConfigMap\nmetadata: {name: conf}\ndata:\n" +
		"  proxy.cfg: |\n    " + client
	for name, test := range map[string]struct {
		files []string
		want  decided
	}{
		"one option":         {[]string{"run.sh", run, "proxy.cfg", client}, accepted()},
		"one in a ConfigMap": {[]string{"d.yaml", inMap}, accepted()},
		"none that it knows": {
			[]string{"run.sh", run, "proxy.cfg", "clientid = 1\n"},
			open(rules.TokenPresent),
		},
		"another name than it": {
			[]string{"run.sh", run, "other.cfg", basic},
			open(rules.Audience),
		},
	} {
		v := rules.Evaluate(policiesOf(t, test.files...)[:1], requestOf(""))
		if got := short(v); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
	cased := strings.ToUpper(alphaConfig[:1]) + strings.NewReplacer("clientID", "ClientId",
		"oidcConfig", "OIDCConfig", "issuerURL", "IssuerUrl").Replace(alphaConfig[1:])
	if !Adapter().Detect(requests.Files(t, "alpha.yaml", cased)[0], rules.Options{}) {
		t.Error("an alpha configuration whose names are in another case is not recognised")
	}
	for text, want := range map[string]bool{client: true, "[package]\nname = \"x\"\n": false} {
		files := requests.Files(t, "proxy.cfg", text)
		if Adapter().Beside(files[0]) != want {
			t.Errorf("%q: it may be named: %t", text, !want)
		}
	}
}

// Every file that is linted is shown to each adapter. AllocsPerRun may not run in parallel.
func TestAFileOfAnotherGatewayIsPassedOverWithoutTheTableOfOptions(t *testing.T) {
	file := requests.Files(t, "policy.json", `{"assetId": "jwt-validation"}`)[0]
	made := testing.AllocsPerRun(5, func() { Adapter() })
	asked := testing.AllocsPerRun(5, func() {
		a := Adapter()
		if a.Detect(file, rules.Options{}) || a.Beside(file) {
			t.Error("it is taken for OAuth2 Proxy's")
		}
	})
	if asked > made {
		t.Errorf("it takes %v allocations, and %v where it is shown the file", made, asked)
	}
}

// To look at a file of another gateway costs as much as the rest of a short run.
func TestMostFilesOfOthersAreNotLookedAt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`{"skipClientIdValidation": true, "clientIdExpression": "a"}`: false,
		`{"providers": [{"clientid": "a"}]}`:                          true,
	} {
		file, err := source.Read("a.json", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if mayBeOurs(file) != want {
			t.Errorf("%s: %t", text, !want)
		}
	}
}
