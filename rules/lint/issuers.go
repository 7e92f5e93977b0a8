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
	b2c       bool // Azure AD B2C or External ID, as far as the address shows it
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
	host := strings.ToLower(u.Hostname())
	cloud, ok := entra.CloudOf(host)
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	address := keysAddress{cloud: cloud, version: entra.V1}
	if !strings.EqualFold(path[0], "discovery") && !strings.EqualFold(path[0], ".well-known") {
		address.tenant = path[0]
	}
	if slices.Contains(path, "v2.0") {
		address.version = entra.V2
	}
	address.workforce = host == cloud.Host || slices.Contains(cloud.Aliases, host)
	address.discovery = rules.IsMetadata(u)
	address.b2c = !address.workforce || strings.Contains(strings.ToLower(text), "b2c")
	return address, ok
}

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
func entraKeysOf(p *rules.Policy) (c *rules.Check, sets []keysAddress, all bool) {
	c, addresses := keysOf(p)
	for _, address := range addresses {
		if keys, ok := parseKeysURL(address); ok {
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
	if slices.ContainsFunc(sets, func(k keysAddress) bool { return k.b2c }) {
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
