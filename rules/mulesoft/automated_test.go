package mulesoft

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The vendor's pages differ on whether an automated policy replaces an API's own of its kind:
// docs.mulesoft.com/mule-gateway/policies-automated-overview, and policies-reorder.
func TestAnAPIsOwnPolicyPerhapsYieldsToAnAutomatedOneOfItsKind(t *testing.T) {
	t.Parallel()
	audience := func(of string) string {
		return base + skip + `,"validateAudClaim":true,"supportedAudiences":"` + of + `"`
	}
	jwt := func(of string) string { return policyOf(jwtValidation, "1.4.0", audience(of)) }
	automatic := func(policy, rule string) string {
		return `{"automatedPolicies":[` + policy[:len(policy)-1] +
			`,"ruleOfApplication":{` + rule + `}}]}`
	}
	const mine, other = "api://orders", "api://else"
	refused := rejected(401, rules.Audience)
	const origin = `"credentialsOriginHasHttpBasicAuthenticationHeader"`
	ids := policyOf(clientIDEnforcement, "1.3.2", origin+`:"httpBasicAuthenticationHeader"`)
	for _, of := range []struct {
		name, own, automated string
		want                 decided
	}{
		{"both let it in", jwt(mine), automatic(jwt(mine), ""), accepted()},
		{"both keep it out", jwt(other), automatic(jwt(other), ""), refused},
		{"the automated one keeps it out", jwt(mine), automatic(jwt(other), ""), refused},
		{
			"the API's own keeps it out", jwt(other), automatic(jwt(mine), ""),
			unknown(rules.Audience),
		},
		{
			"the automated one is for another gateway", jwt(other),
			automatic(jwt(mine), `"technologies":["flexGateway"]`), refused,
		},
		{
			"the API's own is disabled", `{"disabled":true,` + jwt(other)[1:],
			automatic(jwt(mine), ""), accepted(),
		},
		{
			"an automated one of another kind runs first", ids, automatic(jwt(other), ""), refused,
		},
	} {
		for _, reversed := range []bool{false, true} {
			files := []*source.File{
				read(t, "own.json", of.own), read(t, "automated.json", of.automated),
			}
			if reversed {
				files[0], files[1] = files[1], files[0]
			}
			c, err := new(parsedTexts).read(files, rules.Options{Variant: Mule})
			if err != nil {
				t.Fatal(err)
			}
			v := rules.Evaluate(compile(answerOf, c).Policies, request(`"aud":"`+mine+`",`+v1))
			if got := short(v); got != of.want {
				t.Errorf("%s, reversed %v: %v, want %v", of.name, reversed, got, of.want)
			}
		}
	}
}
