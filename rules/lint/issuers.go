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

// issuerOf returns the check that pins the issuer to a text, and the text.
func issuerOf(p *rules.Policy) (*rules.Check, string) {
	for _, c := range p.Checks() {
		if texts := wantedTexts(c, claim("iss")); len(texts) > 0 {
			return c, texts[0]
		}
	}
	return nil, ""
}

// isEntra reports whether the file tells that the policy's tokens are Entra ID's.
func isEntra(p *rules.Policy) bool {
	if _, text := issuerOf(p); text != "" {
		if _, ok := entra.ParseIssuer(text); ok {
			return true
		}
	}
	_, address := keysOf(p)
	_, ok := parseKeysURL(address)
	return ok
}

// evidence is the version of the tokens that a policy is made for, and what tells it.
type evidence struct {
	version entra.Version
	because string
}

// tokenVersion reads the version of the policy's tokens from the issuer or the ver claim that it wants. The app registration, where
// there is one, decides.
func tokenVersion(s *rules.Subject, p *rules.Policy) (evidence, bool) {
	if ev, ok := registeredVersion(s); ok {
		return ev, true
	}
	for _, c := range p.Checks() {
		for _, text := range wantedTexts(c, claim("ver")) {
			if text == "1.0" || text == "2.0" {
				return evidence{versionNamed(text), "the policy wants ver " + text}, true
			}
		}
	}
	if _, text := issuerOf(p); text != "" {
		if issuer, ok := entra.ParseIssuer(text); ok {
			return evidence{issuer.Version, "the policy wants the issuer of v" + issuer.Version.String() + " tokens"}, true
		}
	}
	return evidence{}, false
}

func versionNamed(ver string) entra.Version {
	if ver == "2.0" {
		return entra.V2
	}
	return entra.V1
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
