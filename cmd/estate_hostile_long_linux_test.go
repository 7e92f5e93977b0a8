//go:build long

package cmd

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// An environments file may name the same files for each environment, and say very much of each
// pair of environments.
func TestLargeEstatesAreAnsweredWithinTheBounds(t *testing.T) {
	t.Parallel()
	gatewhy, dir := build(t), t.TempDir()
	write := func(name, text string) { writeFile(t, filepath.Join(dir, name), text) }
	numbered := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	api := func(uris string) string {
		return `{"appId": "00000064-0000-4000-8000-000000000064", "identifierUris": [` +
			uris + `"api"], "appRoles": [{"id": "r", "value": "a.read", ` +
			`"allowedMemberTypes": ["Application"]}]}`
	}
	write("policy.json", limitedPolicy("", ""))
	write("api.json", api(""))
	write("uris.json", api(numbered(`"api://a%d", `, 60)))
	write("app.json",
		`{"appId": "00000065-0000-4000-8000-000000000065", "identifierUris": []}`)
	write("clients.json", "["+strings.TrimSuffix(
		numbered(`{"appId": "%08x-0000-4000-8000-000000000000", "identifierUris": []},`, 3000),
		",")+"]")
	const version = "version: 1\ntenant: 5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11\nenvironments:\n"
	each := func(n int, of string) string {
		return version + numbered("  e%d: {policies: [policy.json], "+of+"}\n", n)
	}
	var crossings strings.Builder
	for i := range 8000 {
		fmt.Fprintf(&crossings, "  - {from: e%d, to: e%d, reason: r}\n", i%40,
			(i+1+i/40%39)%40)
	}
	for name, text := range map[string]string{
		"allow":   each(40, "api: api.json, clients: app.json") + "allow:\n" + crossings.String(),
		"clients": each(20, "api: api.json, clients: clients.json"),
		"uris":    each(1, "api: uris.json, clients: clients.json"),
	} {
		write(name+".yaml", text)
		t.Run(name, func(t *testing.T) {
			gatewhy.run(t, dir, "", "matrix", "-c", name+".yaml", "--offline").
				wants(t, exitRejected, "reject")
		})
	}
	write("preauthorized.json", `{"appId": "00000064-0000-4000-8000-000000000064", "api": `+
		`{"preAuthorizedApplications": [`+strings.TrimSuffix(
		numbered(`{"appId": "%08x-0000-4000-8000-000000000000"},`, 9000), ",")+"]}}")
	t.Run("preauthorised clients", func(t *testing.T) {
		gatewhy.run(t, dir, "", "fix", "policy.json", "--app", "preauthorized.json", "-o", "json").
			wants(t, exitOK, "audience-not-checked")
	})
}
