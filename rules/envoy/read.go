package envoy

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// ProviderIn reads what every gateway calls alike of a provider: its issuer and its audiences. The
// path is that of its fields, with a dot at the end.
func ProviderIn(v *source.Value, path string) *Provider {
	issuer, _ := v.Member("issuer").Str()
	audiences := kubernetes.ListIn(v, path, "audiences")
	return &Provider{
		At:     rules.PlaceOf(v, strings.TrimSuffix(path, ".")),
		Issuer: issuer, IssuerAt: PlaceIn(v, path, "issuer"),
		IssuerDoubt: kubernetes.TextDoubt(v.Member("issuer"), path+"issuer"),
		Audiences:   audiences.Values, AudiencesAt: PlaceIn(v, path, "audiences"),
		AudiencesDoubt: audiences.Doubt,
	}
}

// PlaceIn is the place of a field of an object, or of the object itself where it has none.
func PlaceIn(object *source.Value, path, name string) rules.Place {
	if v := object.Member(name); v != nil {
		return rules.PlaceOf(v, path+name)
	}
	return rules.PlaceOf(object, path+name)
}

// Extraction is what a gateway calls the fields that say where a token is looked for.
type Extraction struct {
	Headers, Prefix string // the list, and the prefix of one
	Params, Cookies string
}

// LocationsIn are where a provider looks for the token. Without any of its own these are the
// Authorization header and a parameter.
func (e Extraction) LocationsIn(v *source.Value, path string) ([]rules.Location, *rules.Unknown) {
	var all []rules.Location
	doubt := kubernetes.DoubtOf(v, strings.TrimSuffix(path, "."))
	for _, h := range v.Member(e.Headers).List() {
		name, ok := h.Member("name").Str()
		if !ok || kubernetes.Marked(h.Member("name")) || kubernetes.Marked(h.Member(e.Prefix)) {
			doubt = &rules.Unknown{Why: "where the token is looked for is not known: " + path +
				e.Headers + " has a name or a prefix that only its deployment knows"}
			continue
		}
		prefix, _ := h.Member(e.Prefix).Str()
		all = append(all, inHeader(name, prefix))
	}
	for _, from := range []struct {
		field string
		in    rules.Source
	}{{e.Params, rules.FromQuery}, {e.Cookies, rules.FromCookie}} {
		names := kubernetes.ListIn(v, path, from.field)
		if names.Doubt != nil {
			doubt = names.Doubt
		}
		for _, name := range names.Texts() {
			all = append(all, rules.Location{Input: rules.Input{Source: from.in, Name: name}})
		}
	}
	if len(all) == 0 && doubt == nil {
		return defaultLocations(), nil
	}
	return all, doubt
}
