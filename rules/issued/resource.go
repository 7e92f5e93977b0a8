package issued

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// resource is what tokens are issued for: an API, or of ID tokens whatever client somebody signs
// in to. It decides what tokens of the same grant may differ in.
type resource struct {
	api       *entra.Registration // nil where none is looked at
	tenants   []tenant            // that may issue the tokens, the likeliest first
	versions  []entra.Version
	audiences func(entra.Version) []audience
	types     []idtyp
	asked     *askedClaims // nil where nobody knows
	freedom   freedom      // of who has the tokens
	identity  bool

	issued map[string][]*Token        // by what is granted
	aud    map[entra.Version]variable // of tokens in which the audience is left open
}

// resourceOf is an API for which these tenants issue tokens.
func (m *modeller) resourceOf(
	api *entra.Registration, tenants []tenant, freedom freedom,
) *resource {
	r := newResource(tenants, freedom)
	r.api, r.versions, r.asked = api, versions(api), claimsOf(api)
	r.audiences = func(v entra.Version) []audience { return audiences(api, v) }
	r.types = []idtyp{typeClaim(api)}
	switch {
	case r.asked != nil, r.types[0] != untyped:
	case freedom == ofClient && !m.assumed:
		r.types[0] = unsettled // only a deployment knows what the registration asks for
	default:
		r.types = m.required.types()
	}
	return r
}

func newResource(tenants []tenant, freedom freedom) *resource {
	return &resource{
		tenants: tenants, freedom: freedom, issued: map[string][]*Token{},
		aud: map[entra.Version]variable{},
	}
}

// own is the API of an environment, for which our own tenant issues tokens.
func (m *modeller) own(place *Place) *resource {
	return kept(m.apis, place.Name, func() *resource {
		return m.resourceOf(place.API, m.tenants, ofClient)
	})
}

// with is the resource for clients that can make so much of its tokens.
func (r *resource) with(f freedom, required *required) *resource {
	theirs := *r
	if theirs.freedom = f; f != ofClient && r.types[0] == unsettled {
		theirs.types = required.types()
	}
	return &theirs
}

// mapped is what another tenant can write into tokens for our API: with claims mapping, where the
// API accepts it. Who has a key of their own for it has a signature that does not verify.
func mapped(api *entra.Registration) freedom {
	if api.MappedClaims.Value == "true" {
		return ofOtherTenant
	}
	return ofClient
}

// apiNamed is an API that anyone in the tenant may register: its name only begins like ours,
// or has what a check looks for in it, since App ID URIs are unique in a tenant. Its owner chooses
// the version and the optional claims.
func (m *modeller) apiNamed(uris []string) *resource {
	theirs := entra.Registration{
		AppID:   entra.Text{Value: strangersAPIID},
		Version: entra.Text{Unknown: true},
		Claims:  []entra.OptionalClaim{{Name: entra.Text{Unknown: true}}},
	}
	for _, uri := range uris {
		theirs.URIs = append(theirs.URIs, entra.Text{Value: uri})
	}
	return m.resourceOf(&theirs, m.tenants, ofAPIOwner)
}

// otherTenantsAPI is an API of another tenant that is called as an environment's is, as far as its
// owner can call it so.
func (m *modeller) otherTenantsAPI(place *Place) *resource {
	like := m.like(place)
	r := newResource(like.tenants, ofOtherTenant)
	r.versions, r.types = bothVersions(), m.required.types()
	r.audiences = func(v entra.Version) []audience {
		return otherTenantsAudiences(place.API, like.uris, v)
	}
	return r
}

// signIn is whatever client somebody signs in to: the endpoint decides the version of ID tokens,
// so both can be had, and each is for the client itself.
func signIn(tenants []tenant, freedom freedom) *resource {
	r := newResource(tenants, freedom)
	r.versions, r.types, r.identity = bothVersions(), []idtyp{untyped}, true
	r.audiences = func(entra.Version) []audience { return []audience{{form: "guid"}} }
	return r
}

func bothVersions() []entra.Version { return []entra.Version{entra.V1, entra.V2} }

// token is what all tokens of a version for the resource have in common.
func (m *modeller) token(r *resource, v entra.Version) Token {
	return Token{
		in: m.in, tenant: r.tenants[0].id, version: v, typed: r.types[0], asked: r.asked,
		freedom: r.freedom, identity: r.identity,
	}
}

// tokens are those of a flow, one for each way in which else they may differ. Clients that are
// granted the same share them.
func (m *modeller) tokens(r *resource, f flow) []*Token {
	f.strange = f.strange && m.in.objects != nil // else no policy tells
	return kept(r.issued, fmt.Sprintf("%#v", f), func() []*Token {
		var all []*Token
		for _, v := range r.versions {
			for _, typed := range r.types {
				for _, tenant := range r.tenants {
					for _, a := range r.audiences(v) {
						t := m.token(r, v)
						t.typed, t.tenant, t.audience, t.flow = typed, tenant.id, a, f
						t.doubt = cmp.Or(f.doubt, tenant.doubt, a.doubt)
						if f.cut {
							t.choices = &choices{open: []variable{notTried(f.user)}}
						}
						all = append(all, &t)
					}
				}
			}
		}
		return all
	})
}

// audience is one form in which a token may name its API.
type audience struct {
	form  string // "uri", "uri-slash", "guid", "spn"
	value string // empty if only a deployment knows it
	doubt string // why it is not known whether it can be had; empty where it can
}

// claim is what aud holds.
func (a *audience) claim() *source.Value {
	if a.value == "" {
		return &source.Value{
			Kind: source.Unknown, Text: "only a deployment knows the App ID URI", Present: true,
		}
	}
	return source.NewString(a.value)
}

// versions lists the versions of the access tokens for an API. The API's registration decides, not
// the endpoint and not the client (learn.microsoft.com/entra/identity-platform/access-tokens,
// "Token formats"). Where only a deployment knows it, both.
func versions(api *entra.Registration) []entra.Version {
	if v, ok := api.TokenVersion(); ok {
		return []entra.Version{v}
	}
	return []entra.Version{entra.V1, entra.V2}
}

// audiences lists the forms in which a token of this version names the API: the application id in
// v2.0; in v1.0 whichever form the client asked for (access-token-claims-reference, "aud"), unless
// an optional claim makes it the application id.
func audiences(api *entra.Registration, v entra.Version) []audience {
	id := strings.ToLower(api.AppID.Value)
	guid := audience{form: "guid", value: id}
	if v == entra.V2 || api.AudienceIsGUID() {
		return []audience{guid}
	}
	var all []audience
	for _, uri := range api.Names() {
		all = append(
			all, audience{form: "uri", value: uri}, audience{form: "uri-slash", value: uri + "/"},
		)
	}
	if !api.KnowsURIs() {
		all = append(all, audience{form: "uri"})
	}
	// a form that real tokens of 2016 have, and that Microsoft's own passport-azure-ad still
	// accepts by default
	return append(all, guid, audience{form: "spn", value: "spn:" + id})
}

// otherTenantsAudiences lists what an owner of an API in another tenant can put into aud: of v2.0
// tokens its own id; of v1.0 tokens that too, and our App ID URIs: an api:// name of free choice
// where its administrator has switched Microsoft's policy off (identifier-uri-restrictions);
// whether one that holds our ids or stands on our verified domain can be had, no source tells.
func otherTenantsAudiences(api *entra.Registration, near []string, v entra.Version) []audience {
	all := []audience{{form: "guid", value: otherTenantsAPIID}}
	if v == entra.V2 {
		return all
	}
	for _, uri := range append(api.Names(), near...) {
		a := audience{form: "uri", value: uri}
		if !strings.HasPrefix(uri, "api://") || holdsGUID(uri) {
			a.doubt = "it is not known whether another tenant can have the App ID URI " + uri
		}
		all = append(all, a)
	}
	return all
}

func holdsGUID(uri string) bool {
	parts := strings.FieldsFunc(uri, func(r rune) bool { return r == '/' || r == ':' })
	return slices.ContainsFunc(parts, entra.IsGUID)
}
