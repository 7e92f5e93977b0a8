package mulesoft

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// customClaims makes one check for each of the claims that the policy lists. All of them must hold.
func (j *jwtCompiler) customClaims() []*rules.Check {
	validate := j.get("validateCustomClaim")
	var checks []*rules.Check
	for _, list := range []struct {
		name      string
		mandatory bool
	}{{"mandatoryCustomClaims", true}, {"nonMandatoryCustomClaims", false}} {
		setting := j.get(list.name)
		if setting.unknown != nil {
			check := j.check(rules.CustomClaim, list.name, documented(docJWT))
			check.Unknown, check.Answer = setting.unknown, j.answer(claimFails)
			checks = append(checks, check)
			continue
		}
		if setting.value == nil {
			continue
		}
		for _, item := range setting.value.Items {
			check := j.customClaim(list.name, item, list.mandatory)
			j.switchOffUnless(check, validate)
			checks = append(checks, check)
		}
	}
	return checks
}

func (j *jwtCompiler) switchOffUnless(check *rules.Check, validate setting) {
	switch {
	case validate.unknown != nil:
		check.Unknown = validate.unknown
	case !validate.on():
		check.Skip = "validateCustomClaim is not on: the policy checks no claim of its lists"
	}
}

// customClaim compiles one claim: a literal that the claim must equal, or an expression that must give true. A missing
// mandatory claim fails whatever the expression says.
func (j *jwtCompiler) customClaim(list string, item *source.Value, mandatory bool) *rules.Check {
	key, okKey := item.Member("key").Str()
	value := item.Member("value")
	check := &rules.Check{ID: rules.CustomClaim, Field: list, Claim: key, Evidence: documented(docJWT), Answer: j.answer(claimFails)}
	check.Pos, check.Span = place(item)
	if value != nil {
		check.Pos, check.Span = place(value)
	}
	text, ok := value.Str()
	switch {
	case !okKey:
		j.brokenClaim(check, fmt.Sprintf("an entry of %s has no key", list))
		return check
	case value != nil && templated(value):
		check.Unknown = &rules.Unknown{Why: fmt.Sprintf("the value for %s is %s in this file, and only its deployment knows it", key, value.Text)}
		return check
	case !ok:
		j.brokenClaim(check, fmt.Sprintf("the value for %s must be a string, and this is %s", key, kindOf(value)))
		return check
	}
	test := j.claimTest(key, text)
	check.Test = rules.IfPresent(rules.Claim(key), test)
	if mandatory {
		check.Test = rules.Required(rules.Claim(key), test)
	}
	return check
}

// brokenClaim leaves a check unknown for an entry that is no claim, and reports it.
func (j *jwtCompiler) brokenClaim(check *rules.Check, why string) {
	check.Unknown = &rules.Unknown{Why: why}
	j.find(rules.Finding{Rule: "wrong-type", Severity: rules.Warning, Message: why, Field: check.Field, Pos: check.Pos, Span: check.Span})
}

func kindOf(v *source.Value) string {
	if v == nil {
		return "absent"
	}
	return v.Kind.String()
}
