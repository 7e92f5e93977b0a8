package lint

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// keysOf returns the check that verifies signatures with a key set at a URL, and that URL.
func keysOf(p *rules.Policy) (*rules.Check, string) {
	c := find(p, rules.Signature)
	if !inForce(c) || c.Test.Key == nil || c.Test.Key.URL == "" {
		return nil, ""
	}
	return c, c.Test.Key.URL
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

// isEntra reports whether the file says that the policy's tokens are Entra ID's.
func isEntra(p *rules.Policy) bool {
	if _, issuers := issuersOf(p); len(issuers) > 0 {
		return true
	}
	_, address := keysOf(p)
	_, ok := entra.ParseKeysURL(address)
	return ok
}

// workforce reports whether the file says that the policy's tokens are those of Entra ID proper:
// Azure AD B2C and External ID have other issuers.
func workforce(p *rules.Policy) bool {
	_, address := keysOf(p)
	keys, ok := entra.ParseKeysURL(address)
	if ok && (keys.Kind != entra.Workforce || strings.Contains(strings.ToLower(address), "b2c")) {
		return false
	}
	if _, issuers := issuersOf(p); len(issuers) > 0 {
		return issuers[0].Kind == entra.Workforce
	}
	return ok
}

// ofAnotherIssuer reports whether the file says that the policy's tokens are not Entra ID's, as
// far as a name can: Azure AD B2C may have a host of the tenant's own.
func ofAnotherIssuer(p *rules.Policy) bool {
	_, issuers := wantedOf(p, "iss")
	_, address := keysOf(p)
	return (address != "" || len(issuers) > 0) && !isEntra(p)
}
