package mulesoft

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// claimEntry is a custom claim as the configuration of JWT Validation lists it.
func claimEntry(key, value string) source.Fields {
	return source.Fields{{Key: "key", Value: key}, {Key: "value", Value: value}}
}

// claimValue is what the configuration asks of a mandatory custom claim; empty where it does not
// ask.
func claimValue(e *entry, key string) string {
	if claims := e.config.Member("mandatoryCustomClaims"); claims.Is(source.List) {
		for _, item := range claims.Items {
			if k, _ := item.Member("key").Str(); k == key {
				return textOf(item, "value")
			}
		}
	}
	return ""
}

// replaceClaim puts a mandatory custom claim in the place of all with one key.
func replaceClaim(key string, claim source.Fields) edit {
	return edit{field: "mandatoryCustomClaims", to: func(e *entry) any {
		return e.claimsWith(claim, func(item *source.Value) bool {
			return textOf(item, "key") == key
		})
	}}
}

// addClaim adds a mandatory custom claim, in the place of entries that check nothing but the same
// claim, since they did not check it well. Where the check of the listed claims is switched off,
// the new list has this claim alone, since the check would be switched on for the others too.
func (e *entry) addClaim(variant string, claim source.Fields) []edit {
	checked := on(e.config, "validateCustomClaim")
	add := edit{field: "mandatoryCustomClaims", to: func(now *entry) any {
		if !checked {
			return []any{claim}
		}
		c := compiler{entry: now, variant: variant}
		return now.claimsWith(claim, func(item *source.Value) bool {
			return textOf(item, "key") == claim[0].Value && c.readsOnly(item)
		})
	}}
	return []edit{set("validateCustomClaim", true), add}
}

// claimsWith lists the mandatory custom claims with this one in the place of those that it
// replaces, or behind all others.
func (e *entry) claimsWith(claim source.Fields, replaces func(item *source.Value) bool) []any {
	all, at := []any{}, -1
	if claims := e.config.Member("mandatoryCustomClaims"); claims.Is(source.List) {
		for _, item := range claims.Items {
			switch {
			case !replaces(item):
				all = append(all, item)
			case at < 0:
				at = len(all)
			}
		}
	}
	if at < 0 {
		at = len(all)
	}
	return slices.Insert(all, at, any(claim))
}

// readsOnly reports whether an entry of a list of custom claims surely looks at nothing but the
// claim that it is named after: its value is a text, or an expression that reads no other claim.
func (c *compiler) readsOnly(item *source.Value) bool {
	value := item.Member("value")
	text, ok := value.Str()
	if !ok || templated(value) {
		return false
	}
	code, _, isExpression := dataweave.Template(text)
	if !isExpression {
		return true
	}
	expr, err := c.parsed.parse(code, c.dialect())
	if err != nil {
		return false
	}
	claim := "vars.claimSet." + textOf(item, "key")
	return !slices.ContainsFunc(expr.Reads(), func(path string) bool { return path != claim })
}
