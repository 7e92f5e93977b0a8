//go:build long

package cmd

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/mint"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

// What is looked for in a file is looked for in an index of it, not in all of it each time.
func TestLargeFilesAreLintedInTime(t *testing.T) {
	t.Parallel()
	gatewhy, dir := build(t), t.TempDir()
	refers := func(name, to string) string {
		return name + ` = "` + strings.Repeat("${local."+to+"}", 2000) + "\"\n"
	}
	for file, text := range map[string]string{
		"local values that refer to each other.tf": "locals {\n" + refers("a", "b") +
			refers("b", "c") + refers("c", "d") + "d = \"x\"\n}\n" +
			`resource "anypoint_apim_policy_jwt_validation" "p" {` + "\napim_id = local.a\n" +
			"configuration_data {\njwks_url = \"https://keys.example\"\n}\n}\n",
		"namespaces beside selectors of the root.json": cluster(
			numbered(900, istio("AuthorizationPolicy", "p%d", "istio-system",
				`"selector": {"matchLabels": {"app": "a%[1]d"}}`)),
			numbered(15_000, pod("n%[1]d", "b")),
		),
		"selectors beside pods.json": cluster(
			numbered(1800, istio("AuthorizationPolicy", "p%d", "n",
				`"selector": {"matchLabels": {"app": "a%[1]d"}}`)),
			numbered(30_000, pod("n", "b%[1]d")),
		),
		"selectors with a label that all have.json": cluster(
			numbered(1800, istio("AuthorizationPolicy", "p%d", "n",
				`"selector": {"matchLabels": {"app": "b", "of": "a%[1]d"}}`)),
			numbered(30_000, pod("n", "b")),
		),
		"headers that JWT rules write.json": cluster(
			istio("RequestAuthentication", "r", "n", `"jwtRules": [`+numbered(6000,
				`{"issuer": "https://i%d.example", "jwksUri": "https://k.example", `+
					`"outputClaimToHeaders": [{"header": "x%[1]d", "claim": "c"}]}`)+"]"),
			istio("AuthorizationPolicy", "p", "n", `"rules": [`+numbered(6000,
				`{"when": [{"key": "request.headers[h%d]", "values": ["x"]}]}`)+"]"),
		),
		"policies beside routes of a template.json": cluster(
			numbered(900, policyOf("p%d", `"targetRefs": [`+routeRef+"]")),
			numbered(1000, ofGatewayAPI("HTTPRoute", "{{x}}%d", "")),
		),
		"selectors beside routes.json": cluster(
			numbered(900, policyOf("p%d",
				`"targetSelectors": [{"kind": "HTTPRoute", "matchLabels": {"app": "a%[1]d"}}]`)),
			numbered(15_000, ofGatewayAPI("HTTPRoute", `r%d", "labels": {"app": "b%[1]d"}, "x": "`,
				`"parentRefs": [{"name": "g"}]`)),
		),
		"patches beside routes.json": cluster(
			numbered(900, policyOf("p%d", `"targetRefs": [`+routeRef+"]")),
			numbered(900, ofGatewayAPI("HTTPRoute", "r%d", `"parentRefs": [{"name": "g"}]`)),
			numbered(15_000, strings.Replace(policyOf("x%d", `"targetSelectors": []`),
				"SecurityPolicy", "EnvoyExtensionPolicy", 1)),
		),
		"headers that a provider writes.json": cluster(policyOf("p",
			`"jwt": {"providers": [{"name": "e", "claimToHeaders": [`+
				numbered(20_000, `{"header": "x%d", "claim": "c"}`)+`]}]}, `+
				`"authorization": {"rules": [`+numbered(10_000, `{"action": "Allow", `+
				`"principal": {"headers": [{"name": "h%d", "values": ["a"]}]}}`)+"]}")),
	} {
		t.Run(file, func(t *testing.T) {
			writeFile(t, filepath.Join(dir, file), text)
			o := gatewhy.once(t, dir, "", "lint", file)
			if o.code == exitUsage || o.took > mostTime {
				t.Errorf("exit code %d after %s:\n%.2000s", o.code, o.took, o.said)
			}
		})
	}
}

// Many times what one rule is about, for the same workload: what is asked of each policy is not
// asked of all others in turn. A run may end at what it may look at.
func TestRepeatedExamplesAreLintedAndRepairedInTime(t *testing.T) {
	t.Parallel()
	gatewhy := build(t)
	named := regexp.MustCompile(`(?m)^metadata:\n  name: \S+$`)
	names, err := examples.Rules()
	if err != nil {
		t.Fatal(err)
	}
	for command, times := range map[string]int{"lint": 50, "fix": 30} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			for _, rule := range names {
				all, err := examples.Of(rule, "")
				if err != nil {
					t.Fatal(err)
				}
				for _, example := range all {
					if filepath.Ext(example.Name) != ".yaml" {
						continue
					}
					many := make([]string, times)
					for i := range many {
						many[i] = named.ReplaceAllString(example.Text, "$0-"+strconv.Itoa(i))
					}
					writeFile(t, filepath.Join(dir, "x.yaml"), strings.Join(many, "\n---\n"))
					if o := gatewhy.once(t, dir, "", command, "x.yaml"); o.took > 2*mostTime {
						t.Errorf("%s/%s: %s:\n%.300s", rule, example.Name, o.took, o.said)
					}
				}
			}
		})
	}
}

// The JSON of a matrix is written as it comes: its findings name tokens of all environments.
func TestALargeMatrixIsWrittenWithinTheMemory(t *testing.T) {
	t.Parallel()
	gatewhy, dir := build(t), t.TempDir()
	writeFile(t, filepath.Join(dir, "open.json"), `[{"assetId": "jwt-validation", `+
		`"configurationData": {"jwtOrigin": "httpBearerAuthenticationHeader", `+
		`"signingMethod": "rsa", "signingKeyLength": 256, "jwtKeyOrigin": "jwks", "jwksUrl": `+
		`"https://login.microsoftonline.com/`+mint.Tenant+`/discovery/v2.0/keys", `+
		`"skipClientIdValidation": true, "validateAudClaim": false}}]`)
	estate := "version: 1\ntenant: " + mint.Tenant + "\ndefaults: {gateway: mule}\nenvironments:\n"
	for i := range 450 {
		api := fmt.Sprintf("api%d.json", i)
		writeFile(t, filepath.Join(dir, api), fmt.Sprintf(
			`{"appId": "%08x-0000-4000-8000-000000000000", "identifierUris": []}`, i))
		estate += fmt.Sprintf("  e%d: {policies: [open.json], api: %s}\n", i, api)
	}
	writeFile(t, filepath.Join(dir, "gatewhy.yaml"), estate)
	o := gatewhy.once(t, dir, "", "matrix", "-o", "json", "-O", "matrix.json")
	if o.code != exitRejected || o.memory > 256<<20 {
		t.Errorf("exit code %d with %d MiB:\n%.2000s", o.code, o.memory>>20, o.said)
	}
}

// What no cluster takes, and what no index helps with, is refused by a limit.
func TestWhatGoesBeyondALimitOfAClusterIsRefusedInTime(t *testing.T) {
	t.Parallel()
	gatewhy, dir := build(t), t.TempDir()
	const listener = `{"name": "s%d"}`
	comparisons := "more than 30000000 comparisons"
	for file, of := range map[string]struct{ text, limit string }{
		"parentRefs beside listeners.json": {cluster(
			policyOf("p", `"targetRefs": [{"kind": "Gateway", "name": "g"}]`),
			ofGatewayAPI("HTTPRoute", "r", `"parentRefs": [`+
				numbered(15_000, `{"name": "g", "sectionName": "s%d"}`)+"]"),
			ofGatewayAPI("Gateway", "g", `"listeners": [`+numbered(15_000, listener)+"]"),
		), "HTTPRoute a/r has 15000 parentRefs, and no more than 32 are read"},
		"routes beside listeners.json": {cluster(
			policyOf("p", `"targetRefs": [{"kind": "Gateway", "name": "g"}]`),
			ofGatewayAPI("Gateway", "g", `"listeners": [`+numbered(7500, listener)+"]"),
			numbered(7500, ofGatewayAPI("HTTPRoute", "r%d", `"parentRefs": [{"name": "g"}]`)),
		), "Gateway a/g has 7500 listeners, and no more than 64 are read"},
		"targets of one policy.json": {cluster(
			policyOf("p", `"targetRefs": [`+numbered(15_000, routeRef)+"]"),
			ofGatewayAPI("HTTPRoute", "r", ""),
		), "the policy has 15000 targets, and no more than 200 are read"},
		"sections of one Gateway.json": {cluster(
			numbered(900, policyOf("p%d", `"targetRefs": [{"kind": "Gateway", "name": "g", `+
				`"sectionName": "s%[1]d"}]`)),
			numbered(15_000, ofGatewayAPI("HTTPRoute", "r%d", `"parentRefs": [{"name": "g"}]`)),
		), "Gateway a/g has 65 sections with a policy, and no more than 64 are read"},
		"matches of one route.json": {cluster(
			policyOf("p", `"targetRefs": [{"kind": "HTTPRoute", "name": "r"}]`),
			ofGatewayAPI("HTTPRoute", "r", `"rules": [{"matches": [`+
				numbered(40_000, `{"path": {"value": "/p%d"}}`)+"]}]"),
		), "HTTPRoute a/r has 40000 matches, and no more than 128 are read"},
		"providers of one policy.json": {
			cluster(policyOf("p", `"jwt": {"providers": [`+
				numbered(500, `{"name": "e%d"}`)+"]}")),
			"the policy has 500 JWT providers, and no more than 200 are read",
		},
		"selectors without labels.json": {cluster(
			numbered(900, policyOf("p%d", `"targetSelectors": [{"kind": "HTTPRoute"}]`)),
			numbered(15_000, ofGatewayAPI("HTTPRoute", "r%d", "")),
		), comparisons},
		"labels of a template.json": {cluster(
			numbered(900, istio("AuthorizationPolicy", "p%d", "n",
				`"selector": {"matchLabels": {"app": "a%[1]d"}}`)),
			numbered(15_000, pod("n", "{{b%[1]d}}")),
		), comparisons},
		"gateways that policies are attached to.json": {cluster(
			numbered(900, istio("AuthorizationPolicy", "p%d", "n",
				`"targetRefs": [`+numbered(16, `{"kind": "Gateway", "name": "g%%[1]d-%d"}`)+"]")),
		), comparisons},
	} {
		t.Run(file, func(t *testing.T) {
			writeFile(t, filepath.Join(dir, file), of.text)
			o := gatewhy.once(t, dir, "", "lint", file)
			if o.code != exitUsage || o.took > mostTime || !strings.Contains(o.said, of.limit) {
				t.Errorf("exit code %d after %s:\n%.2000s", o.code, o.took, o.said)
			}
		})
	}
}

// routeRef is the reference of a policy to a route of its number.
const routeRef = `{"kind": "HTTPRoute", "name": "r%[1]d"}`

func cluster(resources ...string) string {
	return `{"apiVersion": "v1", "kind": "List", "items": [` + strings.Join(resources, ",") + "]}"
}

func istio(kind, name, namespace, spec string) string {
	return resource("security.istio.io/v1", kind, name, namespace, spec)
}

func policyOf(name, spec string) string {
	return resource("gateway.envoyproxy.io/v1alpha1", "SecurityPolicy", name, "a", spec)
}

func ofGatewayAPI(kind, name, spec string) string {
	return resource("gateway.networking.k8s.io/v1", kind, name, "a", spec)
}

func resource(version, kind, name, namespace, spec string) string {
	return `{"apiVersion": "` + version + `", "kind": "` + kind + `", "metadata": {"name": "` +
		name + `", "namespace": "` + namespace + `"}, "spec": {` + spec + "}}"
}

func pod(namespace, label string) string {
	return `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "w%d", "namespace": "` +
		namespace + `", "labels": {"app": "` + label + `"}}}`
}

// numbered joins texts, each made with its number.
func numbered(n int, format string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(all, ",")
}
