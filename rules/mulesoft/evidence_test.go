package mulesoft

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

// sealed is a Signatures that gives one result.
type sealed keys.Result

func (s sealed) Verify(*inspect.Token, *rules.Key) rules.SignatureResult {
	return rules.SignatureResult{Result: keys.Result(s)}
}

// A check is documented only as far as the vendor's pages go. Where its result turns on what they
// do not say, it is inferred.
func TestAResultIsDocumentedOnlyAsFarAsThePagesGo(t *testing.T) {
	type test struct {
		name, fields, claims string
		outcome              rules.Outcome
		level                rules.Level
	}
	run := func(id rules.ID, seal sealed, tests []test) {
		for _, test := range tests {
			t.Run(string(id)+" of "+test.name, func(t *testing.T) {
				r := request(test.claims)
				r.Signatures = seal
				v := verdictOf(t, policyOf(jwtValidation, "1.4.0", test.fields), r)
				for i := range v.Results {
					got := &v.Results[i]
					if got.Check.ID != id {
						continue
					}
					if got.Outcome != test.outcome || got.Evidence().Level != test.level {
						t.Errorf("%s, %+v", got.Outcome, got.Evidence())
					}
					return
				}
				t.Error("no such check")
			})
		}
	}
	audiences := func(list string) string {
		return `"validateAudClaim":true,"mandatoryAudClaim":true,"supportedAudiences":"` +
			list + `"`
	}
	run(rules.Audience, sealed{Outcome: keys.Pass}, []test{
		{"the one element", audiences("a"), `"aud":"a"`, rules.Pass, rules.Documented},
		{"an element of several", audiences("a,b"), `"aud":"b"`, rules.Pass, rules.Documented},
		{"another API", audiences("a, b"), `"aud":"c"`, rules.Fail, rules.Documented},
		{"no aud", audiences("a"), `"sub":"s"`, rules.Fail, rules.Documented},
		{"no aud, and no list", audiences(""), `"sub":"s"`, rules.Fail, rules.Documented},
		{"an element behind a blank", audiences("a, b"), `"aud":"b"`, rules.Pass, rules.Inferred},
		{"one before a blank", audiences("a ,b"), `"aud":"a"`, rules.Pass, rules.Inferred},
		{"the whole element", audiences("a, b"), `"aud":"a"`, rules.Pass, rules.Documented},
		{"a tab", audiences(`\tapi://a`), `"aud":"api://a"`, rules.Pass, rules.Inferred},
		{"another case", audiences("api://A"), `"aud":"api://a"`, rules.Fail, rules.Inferred},
		{"a slash", audiences("https://a/"), `"aud":"https://a"`, rules.Fail, rules.Inferred},
		{"api:// in the token", audiences("g"), `"aud":"api://g"`, rules.Fail, rules.Inferred},
		{"api:// in the list", audiences("api://g"), `"aud":"g"`, rules.Fail, rules.Inferred},
		{"an empty list", audiences(""), `"aud":"a"`, rules.Fail, rules.Inferred},
		{"a list of a comma", audiences(" , "), `"aud":"a"`, rules.Fail, rules.Inferred},
		{"a list in the token", audiences("a"), `"aud":["A"]`, rules.Fail, rules.Inferred},
		{
			"a demand that is switched off", `"validateAudClaim":false,"mandatoryAudClaim":true`,
			`"aud":"a"`, rules.Skipped, rules.Inferred,
		},
		{
			"a check that is switched off", `"supportedAudiences":"a"`, `"aud":"b"`,
			rules.Skipped, rules.Documented,
		},
	})
	const jwks = `"jwtKeyOrigin":"jwks","jwksUrl":"https://keys.example/keys"`
	rsa := jwks + `,"signingMethod":"rsa"`
	run(rules.Signature, sealed{Outcome: keys.Pass}, []test{
		{"a right signature", rsa, `"aud":"a"`, rules.Pass, rules.Documented},
		{"no method", jwks, `"aud":"a"`, rules.Pass, rules.Inferred},
	})
	run(rules.Algorithm, sealed{Outcome: keys.Pass}, []test{
		{"the method", rsa, `"aud":"a"`, rules.Pass, rules.Documented},
		{"another method", `"signingMethod":"es"`, `"aud":"a"`, rules.Fail, rules.Documented},
		{"no method", jwks, `"aud":"a"`, rules.Pass, rules.Inferred},
		{"a length alone", `"signingKeyLength":512`, `"aud":"a"`, rules.Unsure, rules.Inferred},
	})
	for _, one := range []struct {
		name  string
		seal  sealed
		level rules.Level
	}{
		// that a signature is wrong was observed to be answered so
		{"an altered text", sealed{Reason: keys.TextAltered}, rules.Observed},
		{"an unknown key", sealed{Reason: keys.KidUnknown}, rules.Observed},
		{"no signature", sealed{Reason: keys.Unsigned}, rules.Observed},
		{"crit", sealed{Reason: keys.CriticalHeader}, rules.Inferred},
		{"a short secret", sealed{Reason: keys.KeyUnusable}, rules.Inferred},
		{"a wrong kid", sealed{Reason: keys.KidUnknown, Verifier: &keys.Key{}}, rules.Inferred},
		{"another kid", sealed{Reason: keys.WrongKey, Verifier: &keys.Key{}}, rules.Inferred},
	} {
		one.seal.Outcome = keys.Fail
		run(rules.Signature, one.seal, []test{{one.name, rsa, `"aud":"a"`, rules.Fail, one.level}})
	}
	claim := func(list, value string) string {
		return `"validateCustomClaim":true,"` + list + `":[{"key":"k","value":"` + value + `"}]`
	}
	run(rules.CustomClaim, sealed{Outcome: keys.Pass}, []test{
		{"a hit", claim("mandatoryCustomClaims", "v"), `"k":"v"`, rules.Pass, rules.Documented},
		{"a miss", claim("mandatoryCustomClaims", "v"), `"k":"w"`, rules.Fail, rules.Documented},
		{
			"lists that are switched off", `"mandatoryCustomClaims":[{"key":"k","value":"v"}]`,
			`"k":"w"`, rules.Skipped, rules.Inferred,
		},
	})
}

// That an error of an expression counts as false is how the vendor's example does it.
func TestAnErrorOfAnExpressionIsInferredToFail(t *testing.T) {
	for expression, level := range map[string]rules.Level{
		"vars.claimSet.k and true":                rules.Inferred,
		"1 > vars.claimSet.list":                  rules.Inferred,
		"splitBy(vars.claimSet.k, ' ')[1] == 'a'": rules.Inferred,
		"[][0] == 'a'":                            rules.Inferred,
		"vars.claimSet.k == 'a'":                  rules.Documented,
		"vars.claimSet.k":                         rules.Documented, // no boolean
	} {
		policy := policyOf(jwtValidation, "0.12.0", `"validateCustomClaim":true,`+
			`"mandatoryCustomClaims":[{"key":"k","value":"#[`+expression+`]"}]`)
		read := rules.Options{Variant: Flex}
		v := rules.Evaluate(
			compiled(t, "policy.json", policy, read).Policies, request(`"k":"v","list":[]`),
		)
		for i := range v.Results {
			got := &v.Results[i]
			if got.Check.ID == rules.CustomClaim &&
				(got.Outcome != rules.Fail || got.Evidence().Level != level) {
				t.Errorf("%s: %s, %+v, %s", expression, got.Outcome, got.Evidence(), got.Why())
			}
		}
	}
}

// What the validation endpoint makes of a token is modelled, unless its answer was captured.
func TestWhatTheEndpointAnswersIsInferredUnlessCaptured(t *testing.T) {
	for _, test := range []struct {
		name, asset string
		captured    string
		level       rules.Level
	}{
		{"modelled", openIDConnect, "", rules.Inferred},
		{"modelled for OpenAM", openAM, "", rules.Inferred},
		{"modelled for PingFederate", pingFederate, "", rules.Inferred},
		{"active", openIDConnect, `{"active":true}`, rules.Documented},
		{"inactive", openIDConnect, `{"active":false}`, rules.Inferred}, // its status is not told
		{"inactive for OpenAM", openAM, `{"active":false}`, rules.Inferred},
		{"inactive for another", externalOAuth2, `{"active":false}`, rules.Inferred},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := request(`"aud":"a","exp":4000000000`)
			if test.captured != "" {
				r.Introspection = read(t, "answer.json", test.captured).Documents[0]
			}
			v := verdictOf(t, policyOf(test.asset, "1.5.1", `"skipClientIdValidation":true`), r)
			for i := range v.Results {
				got := &v.Results[i]
				if got.Check.ID == rules.Introspection && got.Evidence().Level != test.level {
					t.Errorf("%s, %+v", got.Outcome, got.Evidence())
				}
			}
		})
	}
}
