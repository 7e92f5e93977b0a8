package oauth2proxy

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// The program decodes an alpha configuration strictly, and takes the options that it has at
// another place for unknown (pkg/apis/options/load.go, Decode; main.go, loadYamlOptions). The
// real program of 7.15.6 starts with each of these, or does not.
func TestAnAlphaConfigurationIsReadStrictly(t *testing.T) {
	t.Parallel()
	for _, of := range []struct {
		name, alpha, core, flags string
		starts                   bool
	}{
		{"as it is", "", "", "", true},
		{"a list", "    allowedGroups: [a]\n", "", "", true},
		{"a name in another case", "    AllowedGroups: [a]\n", "", "", true},
		{"a name that it does not know", "    allowedGroup: [a]\n", "", "", false},
		{"a text for a list", "    allowedGroups: a\n", "", "", false},
		{"a number in a list", "    allowedGroups: [1]\n", "", "", false},
		{"nothing for a list", "    allowedGroups: null\n", "", "", true},
		{"a list for a text", "    clientID: [a]\n", "", "", false},
		{"a name of no use at the top", "upstreams: []\n", "", "", false},
		{
			"upstreams",
			"upstreamConfig: {upstreams: [{id: a, path: /, uri: \"http://a\"}]}\n",
			"", "", true,
		},
		{
			"an upstream's address under another name",
			"upstreamConfig: {upstreams: [{id: a, path: /, url: \"http://a\"}]}\n",
			"", "", false,
		},
		{
			"a header",
			"injectRequestHeaders: [{name: A, values: [{claimSource: {claim: sub}}]}]\n",
			"", "", true,
		},
		{
			"a header as before 7.14",
			"injectRequestHeaders: [{name: A, values: [{claim: sub}]}]\n",
			"", "", false,
		},
		{"a switch with quotes", "    oidcConfig: {skipDiscovery: \"false\"}\n", "", "", false},
		{"an option of the provider in the file", "", "client_id = \"a\"\n", "", false},
		{"upstreams in the file", "", "upstreams = [\"http://a\"]\n", "", false},
		{"what the upstream is told in the file", "", "pass_user_headers = true\n", "", false},
		{"routes in the file", "", "api_routes = [\"^/api\"]\n", "", true},
		{"an option of the provider as a flag", "", "", " --oidc-extra-audience=a", false},
		{"routes as a flag", "", "", " --api-route=^/api", true},
		{"a variable, which is ignored", "", "", " # OAUTH2_PROXY_CLIENT_ID", true},
	} {
		alpha := alphaConfig
		if strings.HasPrefix(of.alpha, " ") {
			name, _, _ := strings.Cut(strings.TrimSpace(of.alpha), ":")
			alpha = withoutMember(alpha, name) + of.alpha
		} else {
			alpha += of.alpha
		}
		run := "oauth2-proxy --config=proxy.cfg --alpha-config=alpha.yaml" + of.flags + "\n"
		if strings.Contains(of.flags, "#") {
			run = "OAUTH2_PROXY_CLIENT_ID=a " + run
		}
		policies := policiesOf(t,
			"alpha.yaml", alpha, "proxy.cfg", core+of.core, "run.sh", run)
		v := rules.Evaluate(policies, requestOf(`groups=["a"]`))
		if (v.Outcome == rules.Undetermined) == of.starts {
			t.Errorf("%s: got %v: %s", of.name, short(v), v.Why())
		}
		subject := &rules.Subject{Policies: policies}
		found := append(optionValueRefused().Check(subject), optionNotKnown().Check(subject)...)
		if (len(found) == 0) != of.starts {
			t.Errorf("%s: %d findings", of.name, len(found))
		}
	}
}

// From 7.14 on the values of a header have a source, whose fields they had themselves before
// (CHANGELOG of 7.14.0; pkg/apis/options/header.go).
func TestTheFormOfAHeadersValuesDependsOnTheVersion(t *testing.T) {
	t.Parallel()
	const now, before = "{claimSource: {claim: sub}}", "{claim: sub}"
	unknown := open(rules.TokenPresent)
	for _, of := range []struct {
		version, value string
		want           decided
		found          int
	}{
		{"", now, accepted(), 0},
		{"", before, unknown, 1},
		{"7.15.6", now, accepted(), 0},
		{"v7.14.0", before, unknown, 1},
		{"7.13", now, unknown, 1},
		{"7.8.1", before, accepted(), 0},
	} {
		text := alphaConfig + "injectResponseHeaders: [{name: A, values: [" + of.value + "]}]\n"
		read, err := newCommon().read(requests.Files(t, "alpha.yaml", text, "proxy.cfg", core),
			rules.Options{Runtime: of.version})
		if err != nil {
			t.Fatal(err)
		}
		policies := compile(read).Policies
		v := rules.Evaluate(policies, requestOf(""))
		if got := short(v); got != of.want {
			t.Errorf("%s of %s: got %v: %s", of.value, of.version, got, v.Why())
		}
		found := optionNotKnown().Check(&rules.Subject{Policies: policies})
		if len(found) != of.found {
			t.Errorf("%s of %s: %d findings", of.value, of.version, len(found))
		}
		if of.found > 0 && (found[0].Severity == rules.Warning) != (of.version == "") {
			t.Errorf("%s of %s: %q", of.value, of.version, found[0].Severity)
		}
	}
}

// withoutMember leaves out the lines of a member of the provider.
func withoutMember(text, name string) string {
	var kept []string
	in := false
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "     ") {
			in = strings.HasPrefix(line, "    "+name+":")
		}
		if !in {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

func TestAProviderOfAnAlphaConfigurationNeedsAnID(t *testing.T) {
	t.Parallel()
	text := strings.Replace(alphaConfig, "- id: entra\n    provider", "- provider", 1)
	policies := policiesOf(t, "alpha.yaml", text, "proxy.cfg", core)
	if got := short(rules.Evaluate(policies, requestOf(""))); got != open(rules.TokenPresent) {
		t.Errorf("got %v", got)
	}
}

// The program puts the value of a variable in the place of its name, with braces or without.
func TestAVariableInAnAlphaConfigurationIsNotItsName(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]decided{
		"$CLIENT":      open(rules.Audience),
		"${CLIENT}":    open(rules.Audience),
		"pre-$_CLIENT": open(rules.Audience),
		"\"$1\"":       rejected(403, rules.Audience),
		"\"a$\"":       rejected(403, rules.Audience),
		app:            accepted(),
	} {
		text := strings.Replace(alphaConfig, app, written, 1)
		text = strings.Replace(text, "api://orders", "api://other", 1)
		policies := policiesOf(t, "alpha.yaml", text, "proxy.cfg", core)
		if got := short(rules.Evaluate(policies, requestOf(""))); got != want {
			t.Errorf("%s: got %v, want %v", written, got, want)
		}
	}
}

// A switch without a text is false (spf13/cast): the real program starts.
func TestAnEmptySwitchInTheFileIsOff(t *testing.T) {
	t.Parallel()
	text := strings.Replace(basic, "skip_jwt_bearer_tokens = true",
		"skip_jwt_bearer_tokens = \"\"", 1)
	policies := policiesOf(t, "proxy.cfg", text)
	want := rejected(403, rules.TokenPresent)
	if got := short(rules.Evaluate(policies, requestOf(""))); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	found := optionValueRefused().Check(&rules.Subject{Policies: policies})
	if len(found) > 0 {
		t.Errorf("lint says %s", found[0].Message)
	}
}
