package evaluator

import (
	"fmt"
	"slices"
	"strings"
)

// expressions adds custom claims with an expression to a policy.
func (g generator) expressions(pair *Pair, percent int) {
	for g.chance(percent) {
		percent /= 2
		list := one(
			g,
			[]string{"mandatoryCustomClaims", "mandatoryCustomClaims", "nonMandatoryCustomClaims"},
		)
		entries, _ := pair.Policy.Config[list].([]any)
		about := one(g, names)
		entry := map[string]any{"key": about, "value": "#[" + g.expression(pair, about, 2) + "]"}
		if g.chance(4) {
			entry["value"] = one(
				g, []any{" " + entry["value"].(string), "#[", "#[]", "#[" + about},
			)
		}
		pair.Policy.Config[list] = append(slices.Clone(entries), entry)
	}
}

// joins put two expressions together.
var joins = []string{
	"(%s) and (%s)", "(%s) or (%s)", "(%s) and (%s)", "(%s) or (%s)", "%s and %s", "%s or %s",
	"not (%s) and (%s)", "if (%s) true else (%s)", "if (%s) (%s) else false",
}

func (g generator) expression(pair *Pair, about string, depth int) string {
	if depth > 0 && g.chance(45) {
		if g.chance(25) {
			return fmt.Sprintf(
				one(g, []string{"not (%s)", "!(%s)", "not(%s)", "(%s)"}),
				g.expression(pair, about, depth-1),
			)
		}
		return fmt.Sprintf(
			one(g, joins), g.expression(pair, about, depth-1),
			g.expression(pair, one(g, names), depth-1),
		)
	}
	replacer := strings.NewReplacer("CLAIM", about, "VALUE", g.valueNear(pair.Token.Claims[about]))
	return replacer.Replace(one(g, atoms))
}

// valueNear is a text that a comparison with the claim may hold with.
func (g generator) valueNear(claim any) string {
	if list, isList := claim.([]any); isList && len(list) > 0 {
		claim = list[0]
	}
	text, isText := claim.(string)
	first, _, _ := strings.Cut(text, " ")
	if !isText || strings.ContainsAny(text, "'\\$") || g.chance(30) {
		return one(g, []string{"Orders.Read", "x", "", "g1", Tenant})
	}
	return one(g, []string{text, text, first, strings.ToUpper(text), text + "x"})
}

// atoms are expressions about a claim, as people write them and as nobody should.
var atoms = []string{
	"vars.claimSet.CLAIM == 'VALUE'", "vars.claimSet.CLAIM == 'VALUE'",
	"vars.claimSet.CLAIM != 'VALUE'",
	"vars.claimSet['CLAIM'] == \"VALUE\"", "vars.claimSet.'CLAIM' == 'VALUE'",
	"'VALUE' == vars.claimSet.CLAIM",
	"vars.claimSet.CLAIM contains 'VALUE'", "vars.claimSet.CLAIM contains 'VALUE'",
	"contains(vars.claimSet.CLAIM, 'VALUE')",
	"splitBy(vars.claimSet.CLAIM, ' ') contains 'VALUE'",
	"(vars.claimSet.CLAIM splitBy ' ') contains 'VALUE'",
	"vars.claimSet.CLAIM splitBy ' ' contains 'VALUE'",
	"splitBy(vars.claimSet.CLAIM default '', ' ') contains 'VALUE'",
	"(vars.claimSet.CLAIM default '') contains 'VALUE'",
	"(vars.claimSet.CLAIM default []) contains 'VALUE'",
	"sizeOf(vars.claimSet.CLAIM) > 0", "sizeOf(vars.claimSet.CLAIM) == 0",
	"sizeOf(vars.claimSet.CLAIM default []) > 1",
	"vars.claimSet.CLAIM != null", "vars.claimSet.CLAIM == null", "isEmpty(vars.claimSet.CLAIM)",
	"!isEmpty(vars.claimSet.CLAIM)",
	"(vars.claimSet.CLAIM default 'VALUE') == 'VALUE'", "vars.claimSet.CLAIM default 'x' == 'x'",
	"vars.claimSet.CLAIM default true",
	"vars.claimSet.CLAIM", "'true'", "true", "null", "5",
	"vars.claimSet.CLAIM[0] == 'VALUE'", "vars.claimSet.CLAIM[2] == 'VALUE'",
	"vars.claimSet.CLAIM[2] == null", "vars.claimSet.CLAIM[-1] == 'VALUE'",
	"vars.claimSet.CLAIM == ['VALUE']", "vars.claimSet.groups == ['g1', 'g2']",
	"['VALUE', 'g1'] contains vars.claimSet.CLAIM",
	"lower(vars.claimSet.CLAIM) == 'VALUE'", "upper(vars.claimSet.CLAIM) == 'VALUE'",
	"vars.claimSet.level > 5", "vars.claimSet.level == 5", "vars.claimSet.level == '5'",
	"vars.claimSet.active", "vars.claimSet.active == true",
	"vars.claimSet.CLAIM.id == 'VALUE'", "vars.claimset.CLAIM == 'VALUE'",
	"vars.claims.CLAIM != 'VALUE'", "claimSet.CLAIM == 'VALUE'", "CLAIM == 'VALUE'",
	"attributes.headers['x-env'] == 'VALUE'", "payload.CLAIM == 'VALUE'",
	"authentication.properties.claims.CLAIM == 'VALUE'",
	"vars.claimSet.CLAIM ~= 'VALUE'", "vars.claimSet.CLAIM startsWith 'VALUE'",
	"vars.claimSet.CLAIM\u00a0== 'VALUE'", "vars.claimSet.x-y == 'VALUE'", "vars.claimSet.CLAIM?",
	"vars.claimSet.CLAIM = 'VALUE'",
	"vars.claimSet.CLAIM == 'VALUE", "(vars.claimSet.CLAIM == 'VALUE'",
	"vars.claimSet.CLAIM && true", "unknownFunction(vars.claimSet.CLAIM)",
	"vars.claimSet.CLAIM contains 'VALUE' or vars.claimSet.iss contains 'sts'",
	"vars.claimSet.CLAIM contains 'VALUE' and vars.claimSet.ver == '1.0'",
}
