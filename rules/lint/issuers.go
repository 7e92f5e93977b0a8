package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// keysOf returns the check that verifies signatures with key sets at URLs, and those URLs; none
// where it verifies otherwise.
func keysOf(p *rules.Policy) (*rules.Check, []string) {
	c := find(p, rules.Signature)
	if !inForce(c) || c.Test.Key == nil || c.Test.Key.URL == "" {
		return nil, nil
	}
	return c, c.Test.Key.Addresses()
}

// entraKeysOf returns the check that verifies signatures, and those of its key sets that are Entra
// ID's; all says that it has no others.
func entraKeysOf(p *rules.Policy) (c *rules.Check, sets []entra.KeysAddress, all bool) {
	c, addresses := keysOf(p)
	for _, address := range addresses {
		if keys, ok := entra.ParseKeysURL(address); ok {
			sets = append(sets, keys)
		}
	}
	return c, sets, len(sets) == len(addresses)
}

// issuersOf returns the check that pins the issuer, and those of Entra ID among the issuers that
// it accepts.
func issuersOf(p *rules.Policy) (*rules.Check, []entra.Issuer) {
	c, texts := wantedOf(p, "iss")
	var all []entra.Issuer
	for _, text := range texts {
		if issuer, ok := entra.ParseIssuer(text); ok {
			all = append(all, issuer)
		}
	}
	return c, all
}

// isB2C reports whether a key set is that of Azure AD B2C or External ID, as far as its address
// shows it.
func isB2C(k entra.KeysAddress) bool {
	return k.Kind != entra.Workforce || strings.Contains(strings.ToLower(k.Tenant), "b2c")
}

// isEntra reports whether the file says that the policy's tokens are Entra ID's.
func isEntra(p *rules.Policy) bool {
	if _, issuers := issuersOf(p); len(issuers) > 0 {
		return true
	}
	_, sets, all := entraKeysOf(p)
	return all && len(sets) > 0
}

// workforce reports whether the file says that the policy's tokens are those of Entra ID proper:
// Azure AD B2C and External ID have other issuers.
func workforce(p *rules.Policy) bool {
	_, sets, all := entraKeysOf(p)
	if slices.ContainsFunc(sets, isB2C) {
		return false
	}
	if _, issuers := issuersOf(p); len(issuers) > 0 {
		return issuers[0].Kind == entra.Workforce
	}
	return all && len(sets) > 0
}

// ofAnotherIssuer reports whether the file says that the policy's tokens are not Entra ID's, as
// far as a name can: Azure AD B2C may have a host of the tenant's own.
func ofAnotherIssuer(p *rules.Policy) bool {
	_, issuers := wantedOf(p, "iss")
	_, addresses := keysOf(p)
	_, sets, _ := entraKeysOf(p)
	return (len(addresses) > 0 || len(issuers) > 0) && len(sets) == 0 && !isEntra(p)
}
