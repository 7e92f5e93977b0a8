package issued

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The stand-ins of a world that is made up.
const (
	assumedName   = "this environment"
	assumedTenant = "11111111-1111-4111-8111-111111111111"
	assumedClient = "33333333-3333-4333-8333-333333333333"
	assumedAPI    = "44444444-4444-4444-8444-4444444444a1"
	assumedRole   = "Assumed.Role" // where policies ask for roles and name none
)

// assumedTime is when modelled tokens are used where nobody says; no policy depends on the day.
func assumedTime() time.Time {
	return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
}

// Assume makes the world up in which an API has what its policies ask for: audiences, scopes,
// roles, tenants and clients, both versions of tokens, and stand-ins for the rest. Where the API's
// app registration is known (it may be nil), that says what the API has. Its own clients are those
// that the policies name, and the only ones with a contract.
func Assume(policies []*rules.Policy, app *entra.Registration) *Holders {
	place := Place{Name: assumedName, API: app, Policies: policies}
	if app == nil {
		place.API = &entra.Registration{}
	}
	w := &World{Tenant: assumedTenant, At: assumedTime(), Places: []Place{place}}
	h := w.HoldersAt(assumedName)
	h.assumed, h.freedom = app == nil, asWanted
	checks := h.asked[assumedName]
	// the policies may have been written for whoever gets in
	h.in.objects, h.asksForObjects = nil, asksForObjects(checks)
	h.audiences = openAudiences(app, checks)
	if app == nil {
		*place.API = assumedRegistration(h.texts, h.audiences)
		if slices.Equal(h.required.roles, []string{assumedRole}) {
			place.API.Roles = append(place.API.Roles, roleNamed(assumedRole))
		}
	}
	h.clouds = cloudsOf(checks, h.texts)
	w.Cloud, h.in.cloud, h.tenants = h.clouds[0], h.clouds[0], tenantsOf(checks, h.texts)
	own := append(clientsNamedBy(checks, nil), assumedClient) // some may be kept out
	for _, id := range own {
		h.place.Clients = append(
			h.place.Clients, &entra.Registration{AppID: entra.Text{Value: id}},
		)
	}
	h.place.Contracts = &rules.Contracts{IDs: append(own, constantClients(checks)...)}
	if len(h.audiences) > 0 {
		api := h.own(h.place)
		named := api.audiences
		api.audiences = func(v entra.Version) []audience {
			return append(named(v), asAsked(h.audiences, v)...)
		}
	}
	h.like(h.place)
	h.asked = nil // of many checks it is large, and nobody looks at it again
	return h
}

// openAudiences lists the audiences that policies ask for and the API may have: all where it has
// no registration, else ids or App ID URIs where that does not say its own.
func openAudiences(app *entra.Registration, checks []asking) []string {
	if app == nil {
		return holdableAudiences(checks)
	}
	knowsID, knowsURIs := app.AppID.Known(), app.AudienceIsGUID() || app.KnowsURIs()
	if knowsID && knowsURIs {
		return nil
	}
	return source.Without(holdableAudiences(checks), func(text string) bool {
		if entra.IsGUID(strings.TrimPrefix(text, "spn:")) {
			return knowsID
		}
		return knowsURIs
	})
}

// asAsked lists audiences as policies ask for them, of which a v2.0 token has an id.
func asAsked(texts []string, v entra.Version) []audience {
	var all []audience
	for _, text := range texts {
		if v == entra.V1 || entra.IsGUID(text) {
			all = append(all, audience{form: "uri", value: text})
		}
	}
	return all
}

// constantClients lists the texts in what policies make a client id of: it may be one of them,
// whoever calls.
func constantClients(checks []asking) []string {
	var all []string
	for i := range checks {
		if checks[i].Binds != "" {
			all = append(all, checks[i].texts...)
		}
	}
	return all
}

// assumedRegistration is an API that has what its policies ask for. Whether users can consent to
// its scopes nobody says.
func assumedRegistration(asked texts, audiences []string) entra.Registration {
	app := entra.Registration{
		AppID: entra.Text{Value: assumedAPI}, Version: entra.Text{Unknown: true},
		// it has scopes that the policies do not ask for
		Scopes: []entra.Permission{{Value: entra.Text{Unknown: true}, AdminOnly: true}},
	}
	app.Claims = []entra.OptionalClaim{{Name: entra.Text{Unknown: true}}}
	for _, text := range audiences {
		if !entra.IsGUID(text) {
			app.URIs = append(app.URIs, entra.Text{Value: text})
		}
	}
	for _, text := range asked["scp"] {
		words := strings.Fields(text)
		if text != strings.TrimSpace(text) { // it may be looked for between others
			words = slices.Concat([]string{"Before"}, words, []string{"Behind"})
		}
		for _, word := range words {
			app.Scopes = append(
				app.Scopes, entra.Permission{Value: entra.Text{Value: word}, AdminOnly: true},
			)
		}
	}
	for _, text := range asked["roles"] {
		if !entra.CanHold("roles", text) && text[0] != '.' { // which a role may end with
			continue
		}
		app.Roles = append(app.Roles, roleNamed(text))
	}
	return app
}

// roleNamed is a role that users and applications can have.
func roleNamed(text string) entra.Permission {
	return entra.Permission{Value: entra.Text{Value: text}, Apps: true, Users: true}
}

// holdableAudiences lists what checks compare the audience with: of those that compare it whole,
// what Entra ID may write there, and of the others, all.
func holdableAudiences(checks []asking) []string {
	var all []string
	for i := range checks {
		check := &checks[i]
		if check.off || !check.readsClaim("aud") {
			continue
		}
		for _, part := range check.about("aud") {
			for _, text := range part.texts {
				if len(all) < mostOfAll && !slices.Contains(all, text) &&
					(!part.comparesWholes() || entra.CanHold("aud", text)) {
					all = append(all, text)
				}
			}
		}
	}
	return all
}

// cloudsOf lists the clouds that policies name, that of their keys first; the public one where
// they name none.
func cloudsOf(checks []asking, asked texts) []entra.Cloud {
	first, _ := entra.CloudByID("public")
	for _, address := range keysOf(checks) {
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil {
			continue
		}
		if cloud, ok := entra.CloudOf(u.Hostname()); ok {
			first = cloud
			break
		}
	}
	found := []entra.Cloud{first}
	for _, cloud := range entra.Clouds() {
		if cloud.ID != first.ID && namesCloud(asked["iss"], &cloud, &first) {
			found = append(found, cloud)
		}
	}
	return found
}

// namesCloud reports whether a text that an issuer is compared with has a host in it that only one
// of two clouds has, or may be a part of that.
func namesCloud(texts []string, cloud, other *entra.Cloud) bool {
	for _, host := range []string{cloud.V1Issuer, cloud.V2Issuer} {
		if host != "" && host != other.V1Issuer && host != other.V2Issuer &&
			slices.ContainsFunc(texts, func(text string) bool {
				return strings.Contains(text, host) || strings.Contains(host, text)
			}) {
			return true
		}
	}
	return false
}

// keysOf lists the addresses of the keys that policies verify with.
func keysOf(checks []asking) []string {
	var all []string
	for i := range checks {
		all = append(all, checks[i].Test.KeyAddresses()...)
	}
	return all
}

// tenantsOf lists the tenants that policies name, whole or in part, in their issuers or in the
// addresses of their keys. It adds a stand-in unless some keys are a tenant's: then the policies
// are for that tenant, or for another one that they name.
func tenantsOf(checks []asking, asked texts) []tenant {
	var all []tenant
	add := func(text string) {
		for i := 0; i+36 <= len(text); i++ {
			if text[i+8] != '-' {
				continue
			}
			id := strings.ToLower(text[i : i+36])
			if entra.IsGUID(id) && len(all) < mostTexts && !slices.Contains(all, tenant{id: id}) {
				all = append(all, tenant{id: id})
			}
		}
	}
	named := slices.Concat(asked["iss"], asked["tid"])
	for _, text := range named {
		add(text)
	}
	ours := false
	for _, text := range keysOf(checks) {
		keys, of := entra.ParseKeysURL(text)
		ours = ours || of && entra.IsGUID(keys.Tenant)
		add(text)
	}
	for _, text := range named {
		for _, id := range alike(text, assumedTenant) {
			add(id)
		}
	}
	if ours {
		return all
	}
	return append(all, tenant{id: assumedTenant})
}

// Supposed is an API and a client of an environment whose policies and contracts are all that is
// known: the API has what the policies ask for, and the client is one that they name, else one
// with a contract, else a stand-in. The number keeps the stand-ins of several environments apart.
func Supposed(
	policies []*rules.Policy, contracts *rules.Contracts, number int,
) (api, client *entra.Registration) {
	h := Assume(policies, nil)
	made, own := *h.place.API, *h.place.Clients[0]
	made.AppID.Value = fmt.Sprintf("44444444-4444-4444-8444-%012x", number+1)
	if i := slices.IndexFunc(h.audiences, entra.IsGUID); i >= 0 {
		made.AppID.Value = h.audiences[i] // a v2.0 token names its API so
	}
	switch {
	case own.AppID.Value != assumedClient:
	case contracts != nil && len(contracts.IDs) > 0:
		own.AppID.Value = contracts.IDs[0]
	default:
		own.AppID.Value = fmt.Sprintf("33333333-3333-4333-8333-%012x", number+1)
	}
	return &made, &own
}
