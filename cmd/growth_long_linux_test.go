//go:build long

package cmd

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/mint"
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
			numbered(900, `{"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy", `+
				`"metadata": {"name": "p%d", "namespace": "istio-system"}, "spec": `+
				`{"selector": {"matchLabels": {"app": "a%[1]d"}}}}`),
			numbered(15_000, `{"apiVersion": "v1", "kind": "Pod", "metadata": `+
				`{"name": "w%d", "namespace": "n%[1]d", "labels": {"app": "b"}}}`),
		),
		"policies beside routes of a template.json": cluster(
			numbered(900, `{"apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": `+
				`"SecurityPolicy", "metadata": {"name": "p%d", "namespace": "a"}, "spec": `+
				`{"targetRefs": [{"kind": "HTTPRoute", "name": "r%[1]d"}]}}`),
			numbered(1000, `{"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", `+
				`"metadata": {"name": "{{x}}%d", "namespace": "a"}, "spec": {}}`),
		),
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

func cluster(resources ...string) string {
	return `{"apiVersion": "v1", "kind": "List", "items": [` + strings.Join(resources, ",") + "]}"
}

// numbered joins texts, each made with its number.
func numbered(n int, format string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(all, ",")
}
