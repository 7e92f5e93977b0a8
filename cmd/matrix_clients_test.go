package cmd

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Where environments share an API registration, their tokens differ in nothing but the client:
// matrix --fix asks for one of the environment's own.
func TestEnvironmentsThatShareARegistrationAreToldApartByTheirClients(t *testing.T) {
	t.Parallel()
	const (
		web, batch, dev = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3",
			"7a1e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac4", "d30c7f41-52b8-4f6e-8a1b-90c4e7d2a5b6"
	)
	issuer := setting{claim: [2]string{"iss", stockIssuer}}
	v2Issuer := setting{claim: [2]string{
		"iss", "https://login.microsoftonline.com/" + holesTenant + "/v2.0",
	}}
	audience := func(of string) setting {
		return setting{fields: map[string]any{
			"validateAudClaim": true, "mandatoryAudClaim": true, "supportedAudiences": of,
			"skipClientIdValidation": true,
		}}
	}
	open := setting{fields: map[string]any{"skipClientIdValidation": true}}
	scope := setting{claim: [2]string{
		"scp", "#[(vars.claimSet.scp splitBy ' ') contains 'UAT.Access']",
	}}
	both := "(vars.claimSet.%[1]s == '" + web + "') or (vars.claimSet.%[1]s == '" + batch + "')"
	tests := []struct {
		name, policy, version string
		clients               []string
		shared                bool
		want                  string // what the repaired policy asks of the client
	}{
		{
			"one client, v1.0", jwtPolicy(issuer, audience("api://orders-uat")), "1",
			[]string{web},
			true, `"key":"appid","value":"` + web + `"`,
		},
		{
			"two clients, v1.0", jwtPolicy(issuer, audience("api://orders-uat")), "1",
			[]string{web, batch},
			true, fmt.Sprintf(`"#[`+both+`]"`, "appid"),
		},
		{
			"two clients, v2.0", jwtPolicy(v2Issuer, audience(holesAPI)), "2",
			[]string{web, batch},
			true, fmt.Sprintf(`"#[`+both+`]"`, "azp"),
		},
		{
			"one client, v2.0", jwtPolicy(v2Issuer, audience(holesAPI)), "2",
			[]string{web},
			true, `"key":"azp","value":"` + web + `"`,
		},
		{
			"nothing is checked yet", jwtPolicy(issuer, open), "1",
			[]string{web, batch},
			true, fmt.Sprintf(`"#[`+both+`]"`, "appid"),
		},
		{
			"a scope is asked for", jwtPolicy(issuer, audience("api://orders-uat"), scope), "1",
			[]string{web},
			true, `"key":"appid","value":"` + web + `"`,
		},
		{
			"OpenID Connect", openIDPolicies()["OpenID Connect, skipped"], "1",
			[]string{web, batch},
			true, fmt.Sprintf(`"#[`+both+`]"`, "appid"),
		},
		{
			"each has a registration", jwtPolicy(issuer, audience("api://orders-uat")), "1",
			[]string{web},
			false, "",
		},
		{
			"no client is known", jwtPolicy(issuer, audience("api://orders-uat")), "1",
			nil, true, "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			write := func(name, text string) string {
				err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600)
				if err != nil {
					t.Fatal(err)
				}
				return name
			}
			client := func(name, id string) string {
				return write(name, strings.ReplaceAll(holesWeb, holesClient, id))
			}
			api := strings.Replace(holesUAT, "VERSION", test.version, 1)
			write("policy.json", test.policy)
			write("uat.json", "["+api+","+holesPrincipal+"]")
			write("dev.json", holesDEV)
			ours := []string{}
			for i, id := range test.clients {
				ours = append(ours, client(fmt.Sprintf("client%d.json", i), id))
			}
			other := "uat.json"
			if !test.shared {
				other = "dev.json"
			}
			write("gatewhy.yaml", "version: 1\ntenant: "+holesTenant+"\nenvironments:\n"+
				"  dev: {api: "+other+", clients: ["+client("dev-web.json", dev)+"], "+
				"policies: [], gateway: mule}\n"+
				"  uat: {api: uat.json, clients: ["+strings.Join(ours, ", ")+"], "+
				"policies: [policy.json], gateway: mule}\n")
			stdout, stderr, _ := runIn(t, folder, "matrix", "--fix", "--offline", "-o", "json")
			var got struct {
				Fix struct {
					Cells   []afterCell `json:"cells_after"`
					Repairs []struct {
						Gateway string
						Files   []struct{ Text string }
					}
				}
			}
			if err := json.Unmarshal([]byte(stdout), &got); err != nil {
				t.Fatal(err, stderr)
			}
			text := ""
			for _, r := range got.Fix.Repairs {
				for _, file := range r.Files {
					text += file.Text
				}
			}
			if test.want == "" {
				if strings.Contains(text, web) || strings.Contains(text, dev) {
					t.Errorf("clients are asked for:\n%s", text)
				}
				return
			}
			if !strings.Contains(text, test.want) {
				t.Errorf("%s\nwant\n%s", text, test.want)
			}
			in := func(token string) bool {
				return slices.ContainsFunc(got.Fix.Cells, func(c afterCell) bool {
					return strings.HasPrefix(c.Token, token) && c.Gateway == "uat" &&
						c.Outcome == "accepted"
				})
			}
			if !in("uat/") || in("dev/") || in("stranger/") {
				t.Errorf("after the repair: %+v", got.Fix.Cells)
			}
		})
	}
}

// afterCell is a cell of the matrix after the repairs.
type afterCell struct{ Token, Gateway, Outcome string }
