package keys

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Source fetches key sets. Its zero value fetches from the network, with no cache.
//
// Only https is spoken (http to loopback), redirects are followed on the same host only, an answer may have 1 MiB
// and everything together may take 10 seconds. The only thing that is ever sent is the request for a document.
type Source struct {
	Transport http.RoundTripper                          // nil for one of [NewTransport]
	Now       func() time.Time                           // nil for the real clock
	Sleep     func(context.Context, time.Duration) error // between attempts; nil for a real pause
	Timeout   time.Duration                              // for everything together; zero for 10 seconds

	Cache   string // the directory of cached sets; empty for no cache
	Offline bool   // take what the cache has, whatever its age, and connect to nothing

	// Kid is the key that is looked for. A cached set without it is fetched again, at most every five minutes.
	Kid string
}

// trust says who named an address, and so how far it is trusted.
type trust uint8

const (
	byUser     trust = iota // the person who runs the program: any host, private ones too
	byDocument              // a policy or a discovery document: public addresses only
	byToken                 // the token itself: only hosts of Entra, and only their public addresses
)

// target is one document to fetch.
type target struct {
	address *url.URL
	trust   trust
}

// URL fetches the key set at an address that the user named.
func (s *Source) URL(ctx context.Context, address string) (*Set, error) {
	return s.keysAt(ctx, address, byUser)
}

// PolicyURL fetches the key set at an address that a policy file names. Private addresses are refused: whoever wrote
// the file must not reach into the network of whoever reads it.
func (s *Source) PolicyURL(ctx context.Context, address string) (*Set, error) {
	return s.keysAt(ctx, address, byDocument)
}

// Tenant fetches the keys of a tenant of Entra by way of its metadata, which also resolves a domain to the tenant's id.
// The version is that of the tokens to be verified. The application id is empty, but for an app that has a signing
// key of its own.
func (s *Source) Tenant(ctx context.Context, cloud entra.Cloud, tenant string, v entra.Version, appID string) (*Set, error) {
	if !entra.IsTenant(tenant) {
		return nil, refusal(quoted(tenant), "this is no tenant", "a tenant is an id (a GUID) or a domain such as contoso.onmicrosoft.com")
	}
	if cloud.Closed != "" {
		return nil, refusal(cloud.ID, "the cloud "+cloud.Name+" was closed on "+cloud.Closed, "its tenants moved to other clouds: which one is this tenant in now?")
	}
	return s.discoverTenant(ctx, entra.DiscoveryURL(cloud, tenant, v, appID), tenant, byUser)
}

// Issuer fetches the keys of an issuer that the user named: one of Entra's, or any that has a discovery document
// (OpenID Connect Discovery 1.0, section 4).
func (s *Source) Issuer(ctx context.Context, iss string) (*Set, error) {
	if parsed, ok := entra.ParseIssuer(iss); ok {
		return s.EntraIssuer(ctx, parsed)
	}
	set, err := s.discover(ctx, wellKnown(iss), byUser)
	if err != nil {
		return nil, err
	}
	if set.Metadata.Issuer != iss {
		return nil, refusal(withoutUser(iss), "its discovery document is for the issuer "+quoted(set.Metadata.Issuer), "the two must be equal, character by character (OpenID Connect Discovery 1.0, section 4.3)")
	}
	return set, nil
}

// EntraIssuer is Issuer for one of Entra's, to which the policy of B2C may have been added that an iss does not name.
func (s *Source) EntraIssuer(ctx context.Context, iss entra.Issuer) (*Set, error) {
	return s.ofEntra(ctx, iss, "", byUser)
}

// TokenIssuer fetches the keys of the issuer that a token names itself. Only hosts of Entra are asked. Whoever calls
// this for a tenant that nobody else named must say that the token chose its own keys.
func (s *Source) TokenIssuer(ctx context.Context, iss entra.Issuer, appID string) (*Set, error) {
	return s.ofEntra(ctx, iss, appID, byToken)
}

func (s *Source) ofEntra(ctx context.Context, iss entra.Issuer, appID string, by trust) (*Set, error) {
	address, ok := iss.DiscoveryURL(appID)
	if !ok {
		hint := source.Ask(source.NeedKeySetURL,
			"B2C keeps them by policy, and the sovereign clouds that were closed have none: pass %s")
		return nil, wanting(iss.Host, "the issuer does not tell where its keys are", hint)
	}
	return s.discoverTenant(ctx, address, iss.Tenant, by)
}

func (s *Source) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}
