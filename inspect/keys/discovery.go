package keys

import (
	"context"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Metadata is what a discovery document tells (OpenID Connect Discovery 1.0, section 3).
type Metadata struct {
	Issuer        string // exactly as written; with {tenantid} in it for common and organizations
	KeysURL       string
	CloudInstance string // Entra: cloud_instance_name
}

// Tenant returns the id of the tenant that the metadata is for. It is empty for common and organizations, and for
// an issuer that is not Entra's.
func (m Metadata) Tenant() string {
	iss, ok := entra.ParseIssuer(m.Issuer)
	if !ok || !entra.IsGUID(iss.Tenant) {
		return ""
	}
	return iss.Tenant
}

// mustBe checks that the metadata is that of the tenant that was asked for. A domain may be any.
func (m Metadata) mustBe(tenant string) error {
	if entra.IsGUID(tenant) && !strings.EqualFold(m.Tenant(), tenant) {
		return refusal(tenant, "the discovery document is for the issuer "+quoted(m.Issuer), "is the answer Entra's, or that of a proxy in between?")
	}
	return nil
}

// discover reads a discovery document and fetches the keys that it names.
func (s *Source) discover(ctx context.Context, address string, by trust) (*Set, error) {
	t, err := parseTarget(address, by)
	if err != nil {
		return nil, err
	}
	return s.cached(ctx, t, s.fetchByMetadata)
}

// discoverTenant is discover for a tenant, whose id the metadata must name.
func (s *Source) discoverTenant(ctx context.Context, address, tenant string, by trust) (*Set, error) {
	set, err := s.discover(ctx, address, by)
	if err != nil {
		return nil, err
	}
	if err := set.Metadata.mustBe(tenant); err != nil {
		return nil, err
	}
	return set, nil
}

func (s *Source) fetchByMetadata(ctx context.Context, t target) (fetched, error) {
	document, err := s.fetch(ctx, t)
	if err != nil {
		return fetched{}, err
	}
	metadata, err := parseMetadata(t.String(), document.text)
	if err != nil {
		return fetched{}, err
	}
	keys, err := keysTarget(metadata.KeysURL, t)
	if err != nil {
		return fetched{}, err
	}
	got, err := s.fetchKeys(ctx, keys)
	got.metadata = metadata
	return got, err
}

func parseMetadata(origin string, text []byte) (Metadata, error) {
	if err := notJSON(origin, text); err != nil {
		return Metadata{}, err
	}
	file, err := source.ReadJSON(origin, text)
	if err != nil {
		return Metadata{}, err
	}
	document := file.Documents[0]
	var m Metadata
	m.Issuer, _ = document.Member("issuer").Str()
	m.KeysURL, _ = document.Member("jwks_uri").Str()
	m.CloudInstance, _ = document.Member("cloud_instance_name").Str()
	if m.Issuer == "" || m.KeysURL == "" {
		hint := source.Ask(source.NeedKeySetURL, "pass the key set itself")
		const cause = "the answer is no discovery document: it lacks issuer or jwks_uri"
		return m, wanting(origin, cause, hint)
	}
	return m, nil
}

// keysTarget checks the address of the keys that a discovery document names. On its own host it is trusted like the
// document; another host was not named by the user.
func keysTarget(address string, document target) (target, error) {
	keys, err := parseTarget(address, document.trust)
	if err != nil || keys.address.Host == document.address.Host {
		return keys, err
	}
	host := document.address.Hostname()
	if entra.IsEntraHost(host) && !entra.IsEntraHost(keys.address.Hostname()) {
		return target{}, refusal(document.String(), "the discovery document names keys on "+quoted(keys.address.Hostname())+", which is no host of Entra", "is the answer Entra's, or that of a proxy in between?")
	}
	return parseTarget(address, max(document.trust, byDocument))
}

// wellKnown returns the address of an issuer's discovery document.
func wellKnown(iss string) string {
	return strings.TrimSuffix(iss, "/") + "/.well-known/openid-configuration"
}

// keysAt fetches a key set that stands at an address.
func (s *Source) keysAt(ctx context.Context, address string, by trust) (*Set, error) {
	t, err := parseTarget(address, by)
	if err != nil {
		return nil, err
	}
	return s.cached(ctx, t, s.fetchKeys)
}

func (s *Source) fetchKeys(ctx context.Context, t target) (fetched, error) {
	a, err := s.fetch(ctx, t)
	if err != nil {
		return fetched{}, err
	}
	set, err := Parse(t.String(), a.text)
	return fetched{set: set, maxAge: a.maxAge}, err
}
