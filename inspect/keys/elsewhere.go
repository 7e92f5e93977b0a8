package keys

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
)

// Elsewhere is the plain reason why a set does not have the key that a token names: the token does
// not belong to those keys. Those that say where the token is from come first.
type Elsewhere uint8

// The reasons. From OtherIssuer to OtherApp, the later ones are the nearer misses.
const (
	Nowhere     Elsewhere = iota // nothing says that the token belongs elsewhere
	OtherIssuer                  // the token or the keys are not Entra ID's
	OtherCloud                   // the public cloud, China, …
	OtherKind                    // Entra ID proper, B2C, External ID
	OtherTenant
	OtherPolicy  // of B2C: each has keys of its own
	OtherApp     // the keys are those of one app alone (?appid=)
	ForClient    // an ID token
	ForMicrosoft // only Microsoft's own APIs can verify the token
)

// PublishedAt is the same set, taken as the one at an address.
func (s *Set) PublishedAt(address string) *Set {
	published := *s
	published.Address = address
	return &published
}

// elsewhere says why the set can't have the key of a token, and why in a sentence without an end.
// What the address of the set says counts before what the keys themselves say.
func (s *Set) elsewhere(t *inspect.Token) (Elsewhere, string) {
	token := inspect.Describe(t)
	address := cmp.Or(s.Address, s.Origin)
	if keys, ok := entra.ParseKeysURL(address); ok {
		if reason, why := homeAt(keys).lacks(&token); reason != Nowhere {
			return reason, why
		}
	}
	homes := s.homes()
	reason, why := homes.lack(&token)
	if len(homes) == 0 {
		reason, why = foreignHost(&token, address)
	}
	if reason != Nowhere {
		return reason, why
	}
	if token.Kind == inspect.KindID {
		return ForClient, "this is an ID token, which is for the app that a user signed in to " +
			"and not for an API: the client must send the access token"
	}
	if wrong := wrongResource(t); wrong != "" {
		return ForMicrosoft, wrong
	}
	return Nowhere, ""
}

// foreignHost is about a token of Entra ID and keys of another host.
func foreignHost(token *inspect.Profile, address string) (Elsewhere, string) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || token.IssuedBy == inspect.ByOther {
		return Nowhere, ""
	}
	if _, ok := entra.CloudOf(u.Hostname()); ok {
		return Nowhere, ""
	}
	return OtherIssuer, "the token is from Entra ID, and the keys are from " + u.Hostname() +
		", which is not a host of Entra ID"
}

// home is whose tokens a set's keys sign, as far as something says so.
type home struct {
	clouds []string
	kind   inspect.IssuedBy
	host   string // empty if only a key's issuer is known
	tenant string // empty for those of all tenants
	policy string
	app    string
}

// asExpected explains a key that is not in the set by whom the caller expects: the keys that they
// give are that issuer's.
func (e Expect) asExpected(t *inspect.Token, r Result) Result {
	ours := r.Elsewhere == Nowhere || r.Elsewhere >= ForClient
	if r.Reason != KidUnknown || r.Verifier != nil || !ours {
		return r
	}
	token := inspect.Describe(t)
	iss, _ := entra.ParseIssuer(token.Issuer)
	h, ok := homeOf(e.Issuer, "")
	if e.Tenant != "" {
		h, ok = home{clouds: iss.Clouds, kind: token.IssuedBy, tenant: e.Tenant}, true
	}
	if cloud, named := entra.CloudByID(e.Cloud); named {
		h.clouds = []string{cloud.ID}
	}
	if reason, why := h.lacks(&token); ok && reason != Nowhere {
		r.Elsewhere, r.Why = reason, why+"; "+noSuchKid
	}
	return r
}

func homeAt(keys entra.KeysAddress) home {
	h := home{
		clouds: []string{keys.Cloud.ID}, kind: inspect.IssuedBy(keys.Kind.String()),
		host: keys.Host, policy: keys.Policy, app: keys.App,
	}
	switch {
	case strings.EqualFold(keys.Tenant, "consumers"):
		h.tenant = entra.Consumers
	case !keys.Shared():
		h.tenant = keys.Tenant
	}
	return h
}

type homes []home

// homes are what the metadata says of the set, or else what its keys say.
func (s *Set) homes() homes {
	if h, ok := homeOf(s.Metadata.Issuer, s.Metadata.CloudInstance); ok {
		return homes{h}
	}
	var all homes
	for _, k := range s.Keys {
		if h, ok := homeOf(k.Issuer, k.CloudInstance); ok {
			all = append(all, h)
		}
	}
	return all
}

// homeOf reads an issuer and a cloud_instance_name, of a key or of metadata.
func homeOf(issuer, instance string) (home, bool) {
	cloud, named := entra.CloudByInstance(instance)
	iss, ok := entra.ParseIssuer(issuer)
	h := home{clouds: iss.Clouds, kind: inspect.IssuedBy(iss.Kind.String()), policy: iss.Policy}
	if named {
		h.clouds = []string{cloud.ID}
	}
	if entra.IsGUID(iss.Tenant) {
		h.tenant = iss.Tenant
	}
	return h, ok || named
}

// lack is why none of the homes is the token's: the nearest miss.
func (all homes) lack(token *inspect.Profile) (nearest Elsewhere, why string) {
	for _, h := range all {
		reason, says := h.lacks(token)
		if reason == Nowhere {
			return Nowhere, ""
		}
		if reason > nearest {
			nearest, why = reason, says
		}
	}
	return nearest, why
}

// lacks says why keys from here do not sign such a token. It finds nothing where they may.
func (h home) lacks(token *inspect.Profile) (Elsewhere, string) {
	iss, ok := entra.ParseIssuer(token.Issuer)
	switch {
	case token.Issuer == "":
		return OtherIssuer, "the token names no issuer, and the keys are those of " + h.cloud()
	case !ok && hostOf(token.Issuer) == h.host:
		return Nowhere, "" // an issuer of B2C with a name that we do not know
	case !ok:
		return OtherIssuer, "the token's issuer, " + inspect.Quoted(token.Issuer) +
			", is not an issuer of Entra ID, and the keys are those of " + h.cloud()
	case !slices.ContainsFunc(h.clouds, iss.Is):
		return OtherCloud, "the token is from " + cloudNames(iss.Clouds) +
			", and the keys are those of " + h.cloud() + ": each cloud has its own"
	case token.IssuedBy != h.kind:
		return OtherKind, "the token is from " + product(token.IssuedBy) + " (" + iss.Host +
			"), and the keys are those of " + h.withHost(product(h.kind)) + ": each has its own"
	case h.otherTenant(iss):
		return OtherTenant, "the token is from " + tenantName(iss.Tenant, iss.Host) +
			", and the keys are those of " + tenantName(h.tenant, h.host)
	case h.policy != "" && token.Policy != "" && !strings.EqualFold(h.policy, token.Policy):
		return OtherPolicy, "the token is from the B2C policy " + inspect.Quoted(token.Policy) +
			", and the keys are those of the policy " + inspect.Quoted(h.policy)
	}
	if app := audienceApp(token); h.app != "" && app != "" && !strings.EqualFold(h.app, app) {
		return OtherApp, "the token is for the app " + app + ", and the keys are those of the " +
			"app " + inspect.Quoted(h.app) + " alone (?appid=)"
	}
	return Nowhere, ""
}

// otherTenant reports whether the keys are surely of another tenant: by its id where both name
// one, else by its name in the host of B2C or External ID.
func (h home) otherTenant(iss entra.Issuer) bool {
	if entra.IsGUID(h.tenant) && entra.IsGUID(iss.Tenant) {
		return !strings.EqualFold(h.tenant, iss.Tenant)
	}
	theirs, _, _ := strings.Cut(iss.Host, ".")
	ours, _, _ := strings.Cut(h.host, ".")
	return h.kind != inspect.ByEntra && h.host != "" && !strings.EqualFold(theirs, ours) &&
		!entra.IsGUID(theirs) && !entra.IsGUID(ours)
}

// audienceApp is the id of the app that a token is for; empty if its audience does not hold one.
func audienceApp(token *inspect.Profile) string {
	for _, aud := range token.Audience {
		id := strings.TrimPrefix(strings.TrimPrefix(aud, "spn:"), "api://")
		if entra.IsGUID(id) {
			return id
		}
	}
	return ""
}

func hostOf(issuer string) string {
	u, err := url.Parse(issuer)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// cloud names the cloud of the keys.
func (h home) cloud() string { return h.withHost(cloudNames(h.clouds)) }

func (h home) withHost(name string) string {
	if h.host == "" {
		return name
	}
	return name + " (" + h.host + ")"
}

func cloudNames(ids []string) string {
	var names []string
	for _, id := range ids {
		if cloud, ok := entra.CloudByID(id); ok {
			names = append(names, cloud.Name)
		}
	}
	return strings.Join(names, " or ")
}

func product(by inspect.IssuedBy) string {
	switch by {
	case inspect.ByB2C:
		return "Azure AD B2C"
	case inspect.ByExternal:
		return "Entra External ID"
	}
	return "Entra ID proper"
}

// tenantName names a tenant by its id, or else by its host.
func tenantName(tenant, host string) string {
	if entra.IsGUID(tenant) {
		return "the tenant " + strings.ToLower(tenant)
	}
	return "the tenant of " + host
}
