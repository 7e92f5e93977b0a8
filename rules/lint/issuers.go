package lint

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// keysAddress is what the URL of a key set says.
type keysAddress struct {
	cloud     entra.Cloud
	tenant    string // empty where the URL names no tenant: its path begins with discovery
	version   entra.Version
	workforce bool // Entra ID proper, not Azure AD B2C or External ID
	discovery bool // it is the address of the metadata, not of the keys
}

// shared reports whether the address stands for every tenant.
func (k keysAddress) shared() bool {
	tenant := strings.ToLower(k.tenant)
	return slices.Contains([]string{"", "common", "organizations", "consumers"}, tenant)
}

// parseKeysURL reads the address of a key set of Entra ID, as entra.KeysURL writes it. It is not
// ok for any other.
func parseKeysURL(text string) (keysAddress, bool) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return keysAddress{}, false
	}
	cloud, ok := entra.CloudOf(u.Hostname())
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	address := keysAddress{cloud: cloud, version: entra.V1}
	if !strings.EqualFold(path[0], "discovery") && !strings.EqualFold(path[0], ".well-known") {
		address.tenant = path[0]
	}
	if slices.Contains(path, "v2.0") {
		address.version = entra.V2
	}
	address.workforce = u.Hostname() == cloud.Host || slices.Contains(cloud.Aliases, u.Hostname())
	address.discovery = strings.HasSuffix(u.Path, "openid-configuration")
	return address, ok
}

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
	_, ok := parseKeysURL(address)
	return ok
}

// workforce reports whether the file says that the policy's tokens are those of Entra ID proper:
// Azure AD B2C and External ID have other issuers.
func workforce(p *rules.Policy) bool {
	_, address := keysOf(p)
	keys, ok := parseKeysURL(address)
	if ok && (!keys.workforce || strings.Contains(strings.ToLower(address), "b2c")) {
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
