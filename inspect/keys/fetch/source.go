// Package fetch gets key sets from the network and from the cache beside it: by their address,
// through the metadata of a tenant or an issuer, or from every cloud of Entra ID.
//
// It is apart from package keys so that a program that needs no network does not link it. It sends
// nothing but requests for documents. Nothing in it prints, and nothing in it judges a key: that
// is for package keys.
package fetch

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/network"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Source fetches key sets. Its zero value fetches from the network, with no cache.
//
// It speaks https alone (http to loopback), and follows redirects on the same host alone. An
// answer may have 1 MiB, and everything together may take 10 seconds.
type Source struct {
	Transport http.RoundTripper                          // nil for one of [network.NewTransport]
	Now       func() time.Time                           // nil for the real clock
	Sleep     func(context.Context, time.Duration) error // between attempts; nil for a real pause
	Timeout   time.Duration                              // for everything; zero for 10 seconds

	Cache   string // the directory of cached sets; empty for no cache
	Offline bool   // take what the cache has, whatever its age, and connect to nothing

	// Patience is how long to wait for another process that is fetching the same set; zero for a
	// second.
	Patience time.Duration

	// Kid is the key that is looked for. A cached set without it is fetched again, at most every
	// five minutes.
	Kid string

	// Asked is called for each of several key sets that was asked for, with how many there are to
	// ask for at most; it may be nil. Several goroutines call it.
	Asked func(all int)

	once bool // what does not answer is not asked again
}

func (s *Source) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// URL fetches the key set at an address that the user named.
func (s *Source) URL(ctx context.Context, address string) (*keys.Set, error) {
	return s.keysAt(ctx, address, network.ByUser)
}

// PolicyURL fetches the key set at an address that a policy file names. Private addresses are
// refused: whoever wrote the file must not reach into the network of whoever reads it.
func (s *Source) PolicyURL(ctx context.Context, address string) (*keys.Set, error) {
	return s.keysAt(ctx, address, network.ByDocument)
}

func (s *Source) keysAt(ctx context.Context, address string, by network.Trust) (*keys.Set, error) {
	t, err := parseTarget(address, by)
	if err != nil {
		return nil, err
	}
	return s.cached(ctx, t, s.fetchKeys)
}

// Tenant fetches the keys of a tenant of Entra through its metadata, which also resolves a domain
// to the tenant's id. The version is that of the tokens to be verified. The application id is
// empty, unless the app has a signing key of its own.
func (s *Source) Tenant(
	ctx context.Context, cloud entra.Cloud, tenant string, v entra.Version, appID string,
) (*keys.Set, error) {
	if !entra.NamesTenant(tenant) {
		return nil, refusal(inspect.Quoted(tenant), "this is not a tenant", entra.TenantHint)
	}
	if cloud.Closed != "" {
		return nil, refusal(cloud.ID, "the cloud "+cloud.Name+" was closed on "+cloud.Closed,
			"its tenants moved to other clouds: which one is this tenant in now?")
	}
	address := entra.DiscoveryURL(cloud, tenant, v, appID)
	return s.discoverTenant(ctx, address, tenant, network.ByUser)
}

// Issuer fetches the keys of an issuer that the user named: one of Entra's, or any that has a
// discovery document (OpenID Connect Discovery 1.0, section 4).
func (s *Source) Issuer(ctx context.Context, iss string) (*keys.Set, error) {
	if parsed, ok := entra.ParseIssuer(iss); ok {
		return s.EntraIssuer(ctx, parsed)
	}
	if !strings.Contains(iss, "://") {
		return nil, noAddress(iss)
	}
	document := strings.TrimSuffix(iss, "/") + "/" + entra.DiscoveryPath
	return s.discover(ctx, document, network.ByUser, func(m keys.Metadata) error {
		if m.Issuer == iss {
			return nil
		}
		return refusal(withoutUser(iss),
			"its discovery document is for the issuer "+inspect.Quoted(m.Issuer),
			"the two must be equal, character by character "+
				"(OpenID Connect Discovery 1.0, section 4.3)")
	})
}

// EntraIssuer is Issuer for one of Entra's. Its policy of B2C may come from elsewhere, because an
// iss need not name it.
func (s *Source) EntraIssuer(ctx context.Context, iss entra.Issuer) (*keys.Set, error) {
	return s.ofEntra(ctx, iss, "", network.ByUser)
}

// TokenIssuer fetches the keys of the issuer that a token itself names. Only hosts of Entra are
// asked. If nobody else named the tenant, the caller must say that the token chose its own keys.
func (s *Source) TokenIssuer(
	ctx context.Context, iss entra.Issuer, appID string,
) (*keys.Set, error) {
	return s.ofEntra(ctx, iss, appID, network.ByToken)
}

func (s *Source) ofEntra(
	ctx context.Context, iss entra.Issuer, appID string, by network.Trust,
) (*keys.Set, error) {
	address, ok := iss.DiscoveryURL(appID)
	if !ok {
		hint := source.Ask(source.NeedKeySetURL, "B2C has separate keys for each policy, and "+
			"closed sovereign clouds have none: pass %s")
		return nil, wanting(iss.Host, "the issuer does not show where its keys are", hint)
	}
	return s.discoverTenant(ctx, address, iss.Tenant, by)
}

// discoverTenant is discover for a tenant: if the tenant is an id, the metadata must name it. A
// domain may be of any tenant.
func (s *Source) discoverTenant(
	ctx context.Context, address, tenant string, by network.Trust,
) (*keys.Set, error) {
	return s.discover(ctx, address, by, func(m keys.Metadata) error {
		if !entra.IsGUID(tenant) || strings.EqualFold(m.Tenant(), tenant) {
			return nil
		}
		cause := "the discovery document is for the issuer " + inspect.Quoted(m.Issuer)
		return refusal(tenant, cause, isItEntras)
	})
}

// isItEntras is the way on if an answer is not what Entra says.
const isItEntras = "did Entra answer, or a proxy in between?"

// discover reads a discovery document and fetches the keys that it names, unless its issuer is not
// the one that was meant.
func (s *Source) discover(
	ctx context.Context, address string, by network.Trust, check func(keys.Metadata) error,
) (*keys.Set, error) {
	t, err := parseTarget(address, by)
	if err != nil {
		return nil, err
	}
	set, err := s.cached(ctx, t, func(ctx context.Context, t target) (fetched, error) {
		return s.fetchByMetadata(ctx, t, check)
	})
	if err != nil {
		return nil, err
	}
	// A set from the cache may have been fetched for an issuer with one slash more or less.
	if err := check(set.Metadata); err != nil {
		return nil, err
	}
	return set, nil
}

func (s *Source) fetchByMetadata(
	ctx context.Context, t target, check func(keys.Metadata) error,
) (fetched, error) {
	document, err := s.fetch(ctx, t)
	if err != nil {
		return fetched{}, err
	}
	metadata, err := keys.ParseMetadata(t.String(), document.text)
	if err != nil {
		return fetched{}, err
	}
	if err := check(metadata); err != nil {
		return fetched{}, err
	}
	at, err := keysTarget(metadata.KeysURL, t)
	if err != nil {
		return fetched{}, err
	}
	got, err := s.fetchKeys(ctx, at)
	got.metadata = metadata
	return got, err
}

func (s *Source) fetchKeys(ctx context.Context, t target) (fetched, error) {
	a, err := s.fetch(ctx, t)
	if err != nil {
		return fetched{}, err
	}
	set, err := keys.Parse(t.String(), a.text)
	return fetched{set: set, maxAge: a.maxAge}, err
}

// CloudSets fetches the common key set of every open cloud, for tokens of both versions, all at
// the same time. A cloud that does not answer does not hold up the others.
func (s *Source) CloudSets(ctx context.Context) []keys.CloudSet {
	var sets []keys.CloudSet
	for _, c := range entra.Clouds() {
		if c.Closed == "" {
			sets = append(sets, keys.CloudSet{Cloud: c})
		}
	}
	var asked sync.WaitGroup
	for i := range sets {
		asked.Go(func() {
			sets[i].Set, sets[i].Err = s.common(ctx, sets[i].Cloud)
			s.tell(len(sets))
		})
	}
	asked.Wait()
	return sets
}

// tell says that one more key set was asked for.
func (s *Source) tell(all int) {
	if s.Asked != nil {
		s.Asked(all)
	}
}

// common fetches the keys of all tenants of a cloud. It asks for the keys of v1.0 tokens only in
// clouds whose v1.0 issuer we know.
func (s *Source) common(ctx context.Context, c entra.Cloud) (*keys.Set, error) {
	var sets []*keys.Set
	for _, version := range []entra.Version{entra.V1, entra.V2} {
		if version == entra.V1 && c.V1Issuer == "" {
			continue
		}
		set, err := s.Tenant(ctx, c, "common", version, "")
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	return keys.Union("the common keys of "+c.Name, sets...), nil
}

// refusal is the error about an address, an issuer or a tenant.
func refusal(name, cause, hint string) error {
	return wanting(name, cause, source.Hints(hint)...)
}

// wanting is a refusal whose hint may ask for an input.
func wanting(name, cause string, hints ...source.Hint) error {
	pos := source.Position{File: name}
	return &source.Error{Pos: pos, Cause: cause, Hints: hints}
}

// target is one document to fetch. The host of its address is in ASCII.
type target struct {
	address *url.URL
	trust   network.Trust
}

// parseTarget checks an address before anything is sent to it.
func parseTarget(address string, by network.Trust) (target, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Hostname() == "" {
		return target{}, noAddress(address)
	}
	host, ok := network.ASCIIHost(u.Hostname())
	if !ok {
		return target{}, noAddress(address)
	}
	t := target{network.WithHost(u, host), by}
	name := t.String()
	switch {
	case u.User != nil:
		return target{}, refusal(name, "the address has a user or a password in it",
			"key sets are public: leave them out")
	case u.Scheme == "http" && !network.IsLoopback(host):
		return target{}, refusal(name, "the address is not https",
			"a key set that comes over http can be replaced on its way; only loopback may be http")
	case u.Scheme != "http" && u.Scheme != "https":
		return target{}, refusal(name, "the address is not https", "")
	case by == network.ByToken && !entra.IsEntraHost(host):
		return target{}, wanting(name, "the token names a host that is not one of Entra's",
			source.Ask(source.NeedWhoseKeys, "pass %s to say which keys to use"))
	case by != network.ByUser && network.IsPrivateHost(host):
		return target{}, wanting(name,
			"the address is private, and you did not give it yourself",
			source.Ask(source.NeedKeySetURL, "to use it, pass it yourself"))
	}
	return t, nil
}

func noAddress(text string) error {
	return refusal(inspect.Quoted(withoutUser(text)), "this is not an address",
		"an address starts with https:// and a host")
}

// keysTarget checks the address of the keys that a discovery document names. On the document's own
// host it is trusted like the document. The user did not name any other host.
func keysTarget(address string, document target) (target, error) {
	if u, err := url.Parse(address); err != nil || u.Host == "" {
		return target{}, wanting(document.String(),
			"the discovery document names keys at "+inspect.Quoted(withoutUser(address))+
				", which is not an address",
			source.Ask(source.NeedKeySetFile, "pass a key set that you have as a file"))
	}
	t, err := parseTarget(address, document.trust)
	if err != nil || t.address.Host == document.address.Host {
		return t, err
	}
	host := document.address.Hostname()
	if other := t.address.Hostname(); entra.IsEntraHost(host) && !entra.IsEntraHost(other) {
		return target{}, refusal(document.String(),
			"the discovery document names keys on "+inspect.Quoted(other)+
				", which is not an Entra host", isItEntras)
	}
	return parseTarget(address, max(document.trust, network.ByDocument))
}

// String is the address for a message. It leaves out the query, which could hold a secret.
func (t target) String() string {
	return t.address.Scheme + "://" + t.address.Host + t.address.EscapedPath()
}

// withoutUser takes a user and a password out of a text that can't be read as an address, for a
// message.
func withoutUser(address string) string {
	start := 0
	if scheme, _, ok := strings.Cut(address, "//"); ok {
		start = len(scheme + "//")
	}
	rest := address[start:]
	return address[:start] + rest[strings.LastIndex(rest, "@")+1:]
}
