package lint

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// issued is what Entra ID issues for an API: in each cloud, for each tenant that a check or the address of the keys names, and for one that
// neither does.
func issued(keys string, c *rules.Check) *party {
	tenants := []string{otherTenantID}
	for _, text := range append(literalsOf(c), expressions(c)+keys) {
		tenants = append(tenants, ids(text)...)
	}
	tenants, clouds := tenants[:min(len(tenants), mostLiterals)], entra.Clouds()
	if !reads(c, "iss", "tid") {
		tenants, clouds = tenants[:1], clouds[:1] // to this check the tokens of all of them are the same
	}
	own := &party{may: inOurs, limits: everyName}
	for _, tenant := range tenants {
		for _, cloud := range clouds {
			for _, v := range versions() {
				own.addIssuer(entra.IssuerURL(cloud, tenant, v), tenant, v, false)
			}
		}
	}
	for i := range own.tokens {
		for _, name := range []string{"appid", "azp"} {
			if own.tokens[i].claims[name] != nil {
				delete(own.tokens[i].claims, name)
			}
		}
	}
	return own
}

// inOurs is what a claim may hold in a token for our API: in aud of v2.0 tokens an application id.
func inOurs(s suspect, name string, literals []string) []held {
	if name != "aud" || s.claims["ver"].Text != entra.V2.String() {
		return anything(s, name, literals)
	}
	all := texts([]string{strangersAPI})
	for _, literal := range literals {
		if entra.IsGUID(literal) {
			all = append(all, held{value: text(literal)})
		}
	}
	return all
}

// expressions are the expressions of a check, as the configuration has them.
func expressions(c *rules.Check) string {
	all := ""
	leaves(c.Test, true, func(leaf rules.Predicate, _ bool) {
		if leaf.Input.Opaque != nil {
			all += leaf.Input.Opaque.Text + " "
		}
	})
	return all
}

// ids lists the ids in a text.
func ids(text string) []string {
	var all []string
	for i := 0; i+36 <= len(text); i++ {
		if id := text[i : i+36]; entra.IsGUID(id) {
			all = append(all, id)
		}
	}
	return all
}
