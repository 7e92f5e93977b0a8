package cmd

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// besideTokens are configurations of UAT's gateway that ask for something beside the token, and
// what any client of the tenant gets with a token for its API.
func besideTokens() map[string][2]string {
	const one = "attributes.headers['x-a'] == 'one'"
	all := map[string][2]string{}
	for expression, want := range map[string]rules.Decision{
		one + " and attributes.headers['x-b'] == 'two'":           rules.Accepted,
		one + " and attributes.headers['x-b'] == 'one'":           rules.Accepted,
		one + " and attributes.queryParams.b == 'two'":            rules.Accepted,
		one + " or attributes.headers['x-b'] == 'two'":            rules.Accepted,
		one + " and attributes.headers['X-A'] == 'two'":           rules.Undetermined,
		one + " and vars.claimSet.appid == '" + holesClient + "'": rules.Rejected,
		"attributes.headers['x-a'] == vars.claimSet.appid":        rules.Accepted,
		"attributes.headers['x-a'] == vars.claimSet.tid":          rules.Accepted,
		"attributes.headers['x-a'] == vars.claimSet.xms_mirid":    rules.Undetermined,
		"attributes.headers['x-a'] != vars.claimSet.appid":        rules.Accepted,
		"attributes.headers['x-a'] matches /[0-9]{9}/":            rules.Undetermined,
	} {
		text := jwtPolicy(
			audienceSettings()[1], clientSettings()[0],
			setting{claim: [2]string{"ver", "#[" + expression + "]"}},
		)
		all[expression] = [2]string{text, string(want)}
	}
	const istio = `apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: entra, namespace: orders}
spec:
  jwtRules:
    - issuer: https://sts.windows.net/` + holesTenant + `/
      jwksUri: ` + keysOfAll + `
      audiences: [api://orders-uat]PLACES
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: callers, namespace: orders}
spec:
  action: ALLOW
  rules:
    - from: [{source: {requestPrincipals: ["*"]}}]
      when: [{key: "request.headers[x-a]", values: [one]}SECOND]
`
	for _, places := range []string{
		"", "\n      fromHeaders: [{name: Authorization, prefix: 'Bearer '}]",
		"\n      fromHeaders: [{name: x-token}]\n      fromParams: [token]",
	} {
		for _, second := range []string{"", `, {key: "request.headers[x-b]", values: [two]}`} {
			text := strings.NewReplacer("PLACES", places, "SECOND", second).Replace(istio)
			all["istio"+places+second] = [2]string{text, string(rules.Accepted)}
		}
	}
	return all
}

// TestTheCommandsAgreeOnWhatIsWrittenBesideAToken has each command told what matrix says that a
// caller writes: what anybody can write keeps nobody out.
func TestTheCommandsAgreeOnWhatIsWrittenBesideAToken(t *testing.T) {
	t.Parallel()
	m, minted, fixes, counts := newMinter(t), 0, 0, map[rules.Decision]int{}
	uat := registrations(t, strings.Replace(holesUAT, "VERSION", "1", 1), holesPrincipal)
	for name, of := range besideTokens() {
		for _, variant := range []string{"mule", "flex"} {
			p := pairOf(t, name, "policy.yaml", of[0], uat, variant)
			e, matrix := p.matrix(t)
			minted += p.checkWitnesses(t, m, e, matrix)
			p.checkLint(t, matrix, p.lint(), counts)
			fixes += p.holdFixes(t, counts)
			for r, row := range matrix.Rows {
				got := matrix.Cell(r, 0).Outcome
				if row.Name == "stranger/for-uat-app" && string(got) != of[1] {
					t.Errorf("%s, %s: matrix says %s, want %s", name, variant, got, of[1])
				}
			}
		}
	}
	if minted < 100 || fixes < 10 || counts[rules.Accepted] < 20 {
		t.Errorf("%d witnesses, %d changes, %v: the test proves little", minted, fixes, counts)
	}
}
