package lint

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// keysAddress is what the URL of a key set tells.
type keysAddress struct {
	cloud     entra.Cloud
	tenant    string // empty where the URL names none: its path begins with discovery
	version   entra.Version
	workforce bool // Entra ID proper, not Azure AD B2C or External ID
	discovery bool // it is the address of the metadata, not of the keys
}

// shared reports whether the address stands for every tenant.
func (k keysAddress) shared() bool {
	return slices.Contains([]string{"", "common", "organizations", "consumers"}, strings.ToLower(k.tenant))
}

// parseKeysURL reads the address of a key set of Entra ID, as entra.KeysURL writes it. It is not ok for any other.
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

// wantedOf returns the policy's first check that wants a claim to be a text, and the texts: any one of them will do.
func wantedOf(p *rules.Policy, name string) (*rules.Check, []string) {
	for _, c := range p.Checks() {
		if texts := wantedTexts(c, claim(name)); len(texts) > 0 {
			return c, texts
		}
	}
	return nil, nil
}

// issuersOf returns the check that pins the issuer, and those of Entra ID among the issuers that it accepts.
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

// isEntra reports whether the file tells that the policy's tokens are Entra ID's.
func isEntra(p *rules.Policy) bool {
	if _, issuers := issuersOf(p); len(issuers) > 0 {
		return true
	}
	_, address := keysOf(p)
	_, ok := parseKeysURL(address)
	return ok
}

// ofAnotherIssuer reports whether the file tells that the policy's tokens are not Entra ID's, as far as a name can: Azure AD B2C may have a
// host of the tenant's own.
func ofAnotherIssuer(p *rules.Policy) bool {
	_, issuers := wantedOf(p, "iss")
	_, address := keysOf(p)
	return (address != "" || len(issuers) > 0) && !isEntra(p)
}

// evidence is the version of the tokens that a policy is made for, and what tells it.
type evidence struct {
	version entra.Version
	because string
}

// tokenVersion reads the version of the policy's tokens from the issuer or the ver claim that it wants. The app registration, where
// there is one, decides. A policy that accepts both versions tells none.
func tokenVersion(s *rules.Subject, p *rules.Policy) (evidence, bool) {
	if ev, ok := registeredVersion(s); ok {
		return ev, true
	}
	var named, written []entra.Version
	_, texts := wantedOf(p, "ver")
	for _, text := range texts {
		named = append(named, versionNamed(text))
	}
	_, issuers := issuersOf(p)
	for _, issuer := range issuers {
		written = append(written, issuer.Version)
	}
	if v, ok := onlyVersion(named); ok {
		return evidence{v, "the policy wants ver " + v.String()}, true
	}
	v, ok := onlyVersion(written)
	return evidence{v, "the policy wants the issuer of v" + v.String() + " tokens"}, ok
}

// onlyVersion returns the version that all of them are. It is not ok where there are several, or none.
func onlyVersion(all []entra.Version) (entra.Version, bool) {
	all = slices.Compact(all)
	if len(all) != 1 || !slices.Contains(versions(), all[0]) {
		return entra.V1, false
	}
	return all[0], true
}

// versionNamed is the version that ver names; none of versions where no token has that.
func versionNamed(ver string) entra.Version {
	for _, v := range versions() {
		if v.String() == ver {
			return v
		}
	}
	return 0
}

// clientClaim returns the check that reads the client id from a claim, and the claim's name.
func clientClaim(p *rules.Policy) (*rules.Check, string) {
	c := find(p, rules.ClientID)
	if !inForce(c) || c.Test.Op != rules.Present || c.Test.Input.Source != rules.FromClaim {
		return nil, ""
	}
	return c, c.Test.Input.Name
}

// guids reports how many of the audiences are application ids.
func guids(audiences []string) int {
	n := 0
	for _, a := range audiences {
		if entra.IsGUID(strings.TrimPrefix(a, "spn:")) {
			n++
		}
	}
	return n
}

// audienceOf returns the check of the audience, where it is in force, and the audiences that it accepts.
func audienceOf(p *rules.Policy) (*rules.Check, []string) {
	c := find(p, rules.Audience)
	if !inForce(c) {
		return nil, nil
	}
	return c, wantedTexts(c, claim("aud"))
}
