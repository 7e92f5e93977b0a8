package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// audience is one form in which a token may name its API.
type audience struct {
	form  string // "uri", "uri-slash", "guid", "spn"
	value string
	doubt string // why it is not known whether it can be had; empty where it can
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
	id := lower(api.AppID.Value)
	guid := audience{form: "guid", value: id}
	if v == entra.V2 || api.AudienceIsGUID() {
		return []audience{guid}
	}
	var all []audience
	for _, uri := range audienceURIs(api) {
		all = append(
			all, audience{form: "uri", value: uri}, audience{form: "uri-slash", value: uri + "/"},
		)
	}
	// a form that real tokens of 2016 have, and that Microsoft's own passport-azure-ad still
	// accepts by default
	return append(all, guid, audience{form: "spn", value: "spn:" + id})
}

// audienceURIs lists what an API goes by beside its id: its App ID URIs, and what else its service
// principal is named (graph/api/resources/serviceprincipal, servicePrincipalNames).
func audienceURIs(api *entra.Registration) []string {
	var all []string
	seen := make(map[string]bool, len(api.URIs))
	add := func(texts []entra.Text) {
		for _, t := range texts {
			uri := strings.TrimSuffix(t.Value, "/")
			if t.Known() && !strings.EqualFold(uri, api.AppID.Value) && !seen[uri] {
				seen[uri], all = true, append(all, uri)
			}
		}
	}
	add(api.URIs)
	if api.Principal != nil {
		add(api.Principal.Names)
	}
	return all
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
	for _, uri := range append(audienceURIs(api), near...) {
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

func lower(s string) string { return strings.ToLower(s) }
