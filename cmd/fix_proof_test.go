package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// fixing runs fix on a policy.
func fixing(t *testing.T, policy string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	folder := t.TempDir()
	name := filepath.Join(folder, "policy.json")
	if err := os.WriteFile(name, []byte(policy), 0o600); err != nil {
		t.Fatal(err)
	}
	return runIn(t, folder, append([]string{"fix", "policy.json"}, args...)...)
}

// narrow is a policy of one audience and one tenant, with settings of its own beside.
func narrow(audience, tenant string, settings ...setting) string {
	return jwtPolicy(append(
		settings,
		setting{fields: map[string]any{
			"skipClientIdValidation": false, "clientIdExpression": "#[vars.claimSet.appid]",
			"validateAudClaim": true, "mandatoryAudClaim": true, "supportedAudiences": audience,
			"jwksUrl": "https://login.microsoftonline.com/" + tenant + "/discovery/keys",
		}},
		setting{claim: [2]string{"iss", "https://sts.windows.net/" + tenant + "/"}},
	)...)
}

// The text of an expression is no value, and no token is made from it.
func TestAnExpressionWithoutItsMarksIsNotQuoted(t *testing.T) {
	t.Parallel()
	const (
		without = "is an expression without #[ ]"
		never   = "Entra ID writes nothing like this value into roles"
	)
	tests := []struct{ claim, value, refused string }{
		{"roles", "vars.claimSet.roles contains 'Orders.Read'", without},
		{"roles", "#vars.claimSet.roles contains 'Orders.Read'", without},
		{"roles", "{vars.claimSet.roles contains 'Orders.Read'}", without},
		{"roles", "'Orders.Read' == vars.claimSet.roles[0]", without},
		{"roles", "attributes.headers['x-role']", without},
		{"groups", "[vars.claimSet.groups contains '2f0c0b1e']", without},
		{"groups", "$[vars.claimSet['groups'] contains 'admins']", without},
		{"roles", "payload.roles contains 'Orders.Read'", without},
		{"roles", "Orders Reader", never},
		{"roles", "Orders.Read, Orders.Write", never},
		{"roles", ".Orders", never},
		{"roles", "Orders.Read", ""},
		{"roles", "payload.read", ""},
		{"roles", "vars", ""},
		{"groups", "2f0c0b1e-8d0b-4f55-9a51-000000000001", ""},
	}
	for _, test := range tests {
		t.Run(test.value, func(t *testing.T) {
			t.Parallel()
			policy := narrow(
				"api://orders-uat", holesTenant,
				setting{claim: [2]string{test.claim, test.value}},
			)
			stdout, stderr, code := fixing(t, policy, "--rule", "list-claim-compared-with-text")
			switch {
			case test.refused == "":
				want := "#[vars.claimSet." + test.claim + " contains '" + test.value + "']"
				if code != exitOK || !strings.Contains(stdout, want) {
					t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
				}
			case code != exitRejected || stdout != "" || !strings.Contains(stderr, test.refused):
				t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
			}
		})
	}
}

// That nothing is proposed does not say that all is well, where somebody says who must get in.
func TestNoProposalIsNoProof(t *testing.T) {
	t.Parallel()
	const other = "7b0e2d4c-1111-4222-8333-944455556666"
	wrong := func(check string) string {
		return "there is no finding to repair, and this environment's token gets 401 " +
			"Unauthorized at " + check
	}
	dev := narrow("api://orders-dev", holesTenant)
	tests := []struct {
		name, policy string
		args         []string
		want         string // empty where there is nothing to repair
	}{
		{"nobody says who must get in", dev, nil, ""},
		{"its own audience", dev, []string{"--audience", "api://orders-dev"}, ""},
		{
			"one of several audiences", narrow("api://orders-dev, api://orders-uat", holesTenant),
			[]string{"--audience", "api://orders-uat"},
			"",
		},
		{"its own tenant", dev, []string{"--tenant", holesTenant}, ""},
		{"its own version", dev, []string{"--token-version", "1"}, ""},
		{"another version", dev, []string{"--token-version", "2"}, wrong("custom claim iss")},
		{
			"another environment's audience", dev,
			[]string{"--audience", "api://orders-uat"},
			wrong("audience"),
		},
		{
			"of one rule", dev,
			[]string{"--audience", "api://orders-uat", "--rule", "issuer-not-pinned"},
			wrong("audience"),
		},
		{
			"the audience of the other version", dev,
			[]string{"--audience", "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94"},
			wrong("audience"),
		},
		{
			"another tenant's issuer", narrow("api://orders-dev", other),
			[]string{"--tenant", holesTenant},
			wrong("custom claim iss"),
		},
		{"a scope that the policy does not look at", dev, []string{"--scope", "UAT.Access"}, ""},
		{
			"a list of clients in an expression, of which nobody says which is ours",
			jwtPolicy(
				audienceSettings()[1], issuerSettings()[1],
				setting{
					fields: map[string]any{"skipClientIdValidation": true},
					claim: [2]string{"appid", "#[['" + holesClient + "', '" + holesAPI +
						"'] contains vars.claimSet.appid]"},
				},
			),
			[]string{"--audience", "api://orders-uat"},
			"",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, code := fixing(t, test.policy, test.args...)
			got := fmt.Sprint(code, " ", strings.Contains(stdout, "nothing to repair"))
			switch {
			case test.want == "" && got != "0 true":
				t.Errorf("%s:\n%s%s", got, stdout, stderr)
			case test.want != "" && (got != "1 false" || !strings.Contains(stderr, test.want)):
				t.Errorf("%s:\n%s%s", got, stdout, stderr)
			}
		})
	}
}

// Where the issuer and the keys are of two clouds, a tenant's id does not say which is right: the
// user does.
func TestOfTwoCloudsNoneIsChosen(t *testing.T) {
	t.Parallel()
	const (
		public  = "https://login.microsoftonline.com/" + holesTenant
		usgov   = "https://login.microsoftonline.us/" + holesTenant
		china   = "https://login.partner.microsoftonline.cn/" + holesTenant
		other   = "7b0e2d4c-1111-4222-8333-944455556666"
		refused = "the issuer is of one cloud and the keys are of another"
	)
	tests := []struct {
		name, issuer, keys, client string
		refused                    bool
	}{
		{
			"public and US Government", public + "/v2.0", usgov + "/discovery/v2.0/keys",
			"azp", true,
		},
		{
			"US Government and public", usgov + "/v2.0", public + "/discovery/v2.0/keys",
			"azp", true,
		},
		{"China and public", china + "/v2.0", public + "/discovery/v2.0/keys", "azp", true},
		{"public and China, v1.0", stockIssuer, china + "/discovery/keys", "appid", true},
		{
			"two tenants of one cloud", "https://login.microsoftonline.us/" + other + "/v2.0",
			usgov + "/discovery/v2.0/keys", "azp", false,
		},
		{
			"two tenants of the public cloud, v1.0", "https://sts.windows.net/" + other + "/",
			public + "/discovery/keys", "appid", false,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			policy := strings.NewReplacer(
				stockIssuer, test.issuer, public+"/discovery/keys", test.keys,
				"appid", test.client,
			).Replace(narrow("9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94", holesTenant))
			stdout, stderr, code := fixing(
				t, policy, "--rule", "issuer-and-keys-disagree", "--tenant", holesTenant,
			)
			if refuses := strings.Contains(stderr, refused); refuses != test.refused ||
				(code == exitOK) == test.refused {
				t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
			}
			stdout, stderr, code = fixing(
				t, policy, "--rule", "issuer-and-keys-disagree", "--tenant", holesTenant,
				"--cloud", "china",
			)
			if code != exitOK || !strings.Contains(stdout, china) &&
				!strings.Contains(test.keys, china) {
				t.Errorf("--cloud china: exit code %d:\n%s%s", code, stdout, stderr)
			}
		})
	}
}

// Neither a tenant's id nor the issuer of a v1.0 token says whether the cloud is the public one or
// US Government: --cloud does.
func TestASolutionIsForTheCloudThatIsNamed(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	writeFile(t, filepath.Join(w.dir, "gov.jwt"), w.token("v1", `{"roles": null}`, 0))
	writeFile(t, filepath.Join(w.dir, "oidc.json"), `{"assetVersion": "1.6.0",
"assetId": "openidconnect-access-token-enforcement", "configurationData": {
"skipClientIdValidation": false, "scopes": ""}}`)
	const want = `"https://login.microsoftonline.us/` + mint.Tenant + `/discovery/keys"`
	for _, given := range [][]string{
		{"--token", "@gov.jwt"},
		{"--tenant", mint.Tenant, "--audience", "api://orders"},
	} {
		args := append([]string{"fix", "oidc.json", "--solution", "jwt", "--cloud", "usgov"},
			given...)
		if _, stdout, stderr := w.run("", args...); !strings.Contains(stdout, want) {
			t.Errorf("%v: without %s:\n%s%s", given, want, stdout, stderr)
		}
	}
	_, stdout, stderr := w.run("", "explain", "@gov.jwt", "-p", "oidc.json", "--cloud", "usgov",
		"--offline")
	const next = "gatewhy fix oidc.json --solution jwt --token @gov.jwt --cloud usgov"
	if !strings.Contains(stdout, next) {
		t.Errorf("without %q:\n%s%s", next, stdout, stderr)
	}
}

// Where nothing says the cloud, the public one is taken, and that is said.
func TestThePublicCloudIsNotTakenInSilence(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	writeFile(t, filepath.Join(w.dir, "v1.jwt"), w.token("v1", `{"roles": null}`, 0))
	writeFile(t, filepath.Join(w.dir, "v2.jwt"), w.token("v2", `{"roles": null}`, 0))
	writeFile(t, filepath.Join(w.dir, "oidc.json"), `{"assetVersion": "1.6.0",
"assetId": "openidconnect-access-token-enforcement", "configurationData": {
"skipClientIdValidation": false, "scopes": ""}}`)
	writeFile(t, filepath.Join(w.dir, "jwt.json"), `{"assetId": "jwt-validation",
"assetVersion": "1.4.0", "configurationData": {"signingMethod": "rsa", "signingKeyLength": 256,
"jwtKeyOrigin": "jwks", "jwksUrl": "https://login.microsoftonline.us/common/discovery/keys",
"skipClientIdValidation": true}}`)
	facts := []string{"--tenant", mint.Tenant, "--audience", "api://orders"}
	for name, test := range map[string]struct {
		policy string
		args   []string
		said   bool
	}{
		"a v1.0 token, of two clouds": {"oidc.json", []string{"--token", "@v1.jwt"}, true},
		"a tenant alone":              {"oidc.json", facts, true},
		"several files":               {"oidc.json", append(facts, "oidc.json"), true},
		"a v2.0 token, of one cloud":  {"oidc.json", []string{"--token", "@v2.jwt"}, false},
		"the cloud is named":          {"oidc.json", append(facts, "--cloud", "public"), false},
		"the file's keys are of one":  {"jwt.json", facts, false},
	} {
		_, _, stderr := w.run("", append([]string{"fix", test.policy, "--solution", "jwt"},
			test.args...)...)
		const words = "note: nothing shows the tenant's cloud"
		if strings.Contains(stderr, words) != test.said {
			t.Errorf("%s: the note is there: %v\n%s", name, !test.said, stderr)
		}
	}
}

// A tenant's id does not say its cloud: where no token does, it is that of the policy's keys.
func TestASolutionIsForTheCloudOfTheKeys(t *testing.T) {
	t.Parallel()
	for _, tenant := range []string{holesTenant, "common"} {
		policy := `{"assetId": "jwt-validation", "assetVersion": "1.4.0", "configurationData": {
"signingMethod": "rsa", "signingKeyLength": 256, "jwtKeyOrigin": "jwks", "validateAudClaim": true,
"jwksUrl": "https://login.microsoftonline.us/` + tenant + `/discovery/v2.0/keys",
"skipClientIdValidation": true, "mandatoryAudClaim": true, "mandatoryExpClaim": true,
"supportedAudiences": "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94"}}`
		stdout, stderr, _ := fixing(t, policy, "--solution", "jwt", "--tenant", holesTenant,
			"--token-version", "2", "--audience", "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94")
		const want = `"value":"https://login.microsoftonline.us/` + holesTenant + `/v2.0"`
		if !strings.Contains(strings.ReplaceAll(stdout, `": "`, `":"`), want) {
			t.Errorf("keys of %s: without %s:\n%s%s", tenant, want, stdout, stderr)
		}
	}
}

// The issuer of v1.0 tokens may be of two clouds: the keys say which, where it becomes that of
// v2.0 tokens.
func TestAnIssuerBecomesThatOfTheCloudOfTheKeys(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	writeFile(t, filepath.Join(folder, "policy.json"), `{"kind": "List",
"apiVersion": "v1", "items": [{"kind": "RequestAuthentication",
"apiVersion": "security.istio.io/v1", "metadata": {"name": "jwt", "namespace": "orders"},
"spec": {"jwtRules": [{"issuer": "https://sts.windows.net/`+holesTenant+`/",
"jwksUri": "https://login.microsoftonline.us/`+holesTenant+`/discovery/v2.0/keys",
"audiences": ["9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94"]}]}}, {"kind": "AuthorizationPolicy",
"apiVersion": "security.istio.io/v1", "metadata": {"name": "roles", "namespace": "orders"},
"spec": {"rules": [{"when": [{"key": "request.auth.claims[roles]",
"values": ["Orders.Read"]}]}]}}]}`)
	writeFile(t, filepath.Join(folder, "app.json"), `{"displayName": "orders",
"appId": "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94", "api": {"requestedAccessTokenVersion": 2},
"appRoles": [{"value": "Orders.Read", "allowedMemberTypes": ["Application"]}]}`)
	stdout, stderr, _ := runIn(t, folder, "fix", "policy.json", "--app", "app.json")
	const want = `{"issuer": "https://login.microsoftonline.us/` + holesTenant + `/v2.0"`
	if !strings.Contains(stdout, want) {
		t.Errorf("without %s:\n%s%s", want, stdout, stderr)
	}
}

// Others of a token's environment are in its cloud: what requires the issuer keeps none of them
// out.
func TestOthersAreInTheCloudOfTheTokenThatIsGiven(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	writeFile(t, filepath.Join(w.dir, "gov.jwt"), w.token("v2",
		`{"roles": null, "iss": "https://login.microsoftonline.us/`+mint.Tenant+`/v2.0"}`, 0))
	writeFile(t, filepath.Join(w.dir, "any.json"), `{"assetId": "jwt-validation",
"assetVersion": "1.4.0", "configurationData": {"signingMethod": "rsa", "signingKeyLength": 256,
"jwtKeyOrigin": "jwks", "jwksUrl": "https://keys.example.com/keys", "mandatoryExpClaim": true,
"skipClientIdValidation": true, "validateAudClaim": false}}`)
	_, stdout, stderr := w.run("", "fix", "any.json", "--solution", "jwt", "--token", "@gov.jwt")
	const want = "another client's app-only token for this API\n      200 accepted → 200 accepted"
	if !strings.Contains(stdout, want) {
		t.Errorf("without %q:\n%s%s", want, stdout, stderr)
	}
}

// A contract is for an application, and neither a user nor a service principal has its id.
func TestAnObjectIsNoApplication(t *testing.T) {
	t.Parallel()
	policy := narrow("api://orders-uat", holesTenant)
	for _, claim := range []string{"sub", "oid"} {
		read := strings.Replace(policy, "claimSet.appid", "claimSet."+claim, 1)
		stdout, stderr, _ := fixing(t, read)
		const want = "this environment's token\n      403 Forbidden at contract → 200 accepted"
		if !strings.Contains(stdout, want) {
			t.Errorf("%s: without %q: %s%s", claim, want, stdout, stderr)
		}
	}
}

// The issuer of OAuth2 Proxy is written for the cloud that the file names: by the address of the
// keys where v1.0 issuers do not tell clouds apart, or by the host of what is no issuer.
func TestAnIssuerOfOAuth2ProxyStaysInItsCloud(t *testing.T) {
	t.Parallel()
	const (
		usgov  = "https://login.microsoftonline.us/" + holesTenant
		public = "https://login.microsoftonline.com/" + holesTenant
		keys   = "skip_oidc_discovery = true\noidc_jwks_url = \"" + usgov + "/discovery/keys\"\n"
	)
	tests := []struct{ name, issuer, more, want string }{
		{"the keys", stockIssuer, keys, usgov + "/v2.0"},
		{"the host", usgov, "", usgov + "/v2.0"},
		{"nothing", stockIssuer, "", public + "/v2.0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			writeFile(t, filepath.Join(folder, "proxy.cfg"), "provider = \"oidc\"\n"+
				"oidc_issuer_url = \""+test.issuer+"\"\nclient_id = \""+holesAPI+"\"\n"+
				"client_secret = \"x\"\ncookie_secret = \"0123456789abcdef\"\n"+
				"email_domains = [\"*\"]\nskip_jwt_bearer_tokens = true\n"+test.more)
			writeFile(t, filepath.Join(folder, "app.json"), `{"appId": "`+holesAPI+`",
"api": {"requestedAccessTokenVersion": 2}, "signInAudience": "AzureADMyOrg"}`)
			writeFile(t, filepath.Join(folder, "sp.json"), `{"appId": "`+holesAPI+`",
"servicePrincipalType": "Application", "appRoleAssignmentRequired": true}`)
			stdout, stderr, _ := runIn(t, folder, "fix", "proxy.cfg", "--app", "app.json",
				"--app", "sp.json")
			want := "+oidc_issuer_url = \"" + test.want + "\"\n"
			if !strings.Contains(stdout, want) {
				t.Errorf("without %q:\n%s%s", want, stdout, stderr)
			}
		})
	}
}
