package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Ids of those whose tokens are made up. No real id has this form.
const (
	strangerID    = "57a46e20-0000-4000-8000-000000000001"
	strangersAPI  = "57a46e20-0000-4000-8000-0000000000a1"
	otherTenantID = "07e60000-0000-4000-8000-0000000000ff"
)

// ofClient are the claims that differ between the versions of a token, for a client.
func ofClient(v entra.Version, client string) map[string]*source.Value {
	claims := map[string]*source.Value{"ver": text(v.String()), "appid": nil, "azp": nil, "client_id": nil}
	claims[clientClaimOf(v)] = text(client)
	return claims
}

// versions are those of access tokens.
func versions() []entra.Version { return []entra.Version{entra.V1, entra.V2} }

// otherTenants is the owner of another tenant: of any cloud, the one of these keys first, and of one whose id has a part in common
// with ours where a check looks for a part. Roles, scopes and other claims are of its own choice.
func otherTenants(cloud entra.Cloud, checks []*rules.Check) *party {
	p := &party{may: foreign, limits: func(name string) bool { return name == "aud" || ofOurTenant(name) }}
	clouds := append([]entra.Cloud{cloud}, entra.Clouds()...)
	for i, tenant := range append([]string{otherTenantID}, alike(checks)...) {
		for _, c := range clouds {
			for _, v := range versions() {
				p.addIssuer(entra.IssuerURL(c, tenant, v), tenant, v, i > 0)
			}
		}
	}
	return p
}

// addIssuer adds a token of a tenant, once.
func (p *party) addIssuer(issuer, tenant string, v entra.Version, doubt bool) {
	for _, s := range p.tokens {
		if s.claims["iss"].Text == issuer {
			return
		}
	}
	if issuer == "" {
		return
	}
	claims := ofClient(v, strangerID)
	claims["iss"], claims["tid"] = text(issuer), text(tenant)
	p.tokens = append(p.tokens, suspect{claims, doubt})
}

// foreign is what a claim may hold in another tenant's token. Ids of ours are in none; our App ID URI may be in the audience of a
// v1.0 token: one that begins with api:// is of free choice where that tenant's administrator has switched Microsoft's policy off, and of any
// other, or one that holds an id, no source tells (identifier-uri-restrictions; KB 005321722, what it leaves out, 5).
func foreign(s suspect, name string, literals []string) []held {
	switch name {
	case "aud":
		all := []held{{value: text(strangersAPI)}}
		if s.claims["azp"] == nil {
			all = append(all, foreignURIs(literals)...)
		}
		return all
	}
	if ofOurTenant(name) {
		literals = withoutGUIDs(literals)
	}
	return anything(s, name, literals)
}

// ofOurTenant reports whether a claim holds ids that are made within a tenant.
func ofOurTenant(name string) bool {
	return slices.Contains([]string{"oid", "sub", "groups", "puid", "xms_mirid"}, name)
}

func foreignURIs(literals []string) []held {
	all := []held{{value: text("api://" + strangersAPI)}}
	for _, literal := range literals {
		for _, uri := range spellings(literal) {
			all = append(all, held{text(uri), !strings.HasPrefix(uri, "api://") || holdsGUID(uri)})
		}
	}
	return all
}

// spellings are the audiences that a text, or a part of one, can be found in.
func spellings(literal string) []string {
	if entra.IsGUID(strings.TrimPrefix(literal, "spn:")) {
		return nil
	}
	if strings.Contains(literal, "://") {
		return []string{literal, literal + "-other"}
	}
	return []string{literal, "api://" + literal, "api://other-" + literal + "-other", "api://other" + literal}
}

func holdsGUID(uri string) bool {
	for _, part := range strings.FieldsFunc(uri, func(r rune) bool { return r == '/' || r == ':' }) {
		if entra.IsGUID(part) {
			return true
		}
	}
	return false
}

func withoutGUIDs(literals []string) []string {
	var all []string
	for _, literal := range literals {
		if !entra.IsGUID(literal) {
			all = append(all, literal)
		}
	}
	return all
}

// alike lists ids that begin or end as a part of an id does that a check looks for.
func alike(checks []*rules.Check) []string {
	var all []string
	for _, c := range checks {
		if !ofClaims(c) || !inForce(c) || !reads(c, "iss", "tid") {
			continue
		}
		for _, literal := range literalsOf(c) {
			part := literal[strings.LastIndexByte(strings.TrimSuffix(literal, "/"), '/')+1:]
			part = strings.TrimSuffix(part, "/")
			if len(part) < 36 {
				all = appendGUIDs(all, part+otherTenantID[len(part):], otherTenantID[:36-len(part)]+part)
			}
		}
	}
	return all
}

func appendGUIDs(all []string, ids ...string) []string {
	for _, id := range ids {
		if entra.IsGUID(id) && id != otherTenantID && len(all) < mostLiterals {
			all = append(all, id)
		}
	}
	return all
}

// strangers is any other client of our tenant, which can have whatever helps but another's client id.
func strangers() *party {
	p := &party{may: anything}
	for _, v := range versions() {
		p.tokens = append(p.tokens, suspect{claims: ofClient(v, strangerID)})
	}
	return p
}

// anybody is who can have whatever helps, scopes as a list among it.
func anybody() *party {
	return &party{tokens: []suspect{{}}, may: func(s suspect, name string, literals []string) []held {
		return append(anything(s, name, literals), held{value: list(literals...)})
	}}
}

// forAudience is anybody with a token for one of these audiences.
func forAudience(audiences ...string) *party {
	p := &party{may: anything}
	for _, aud := range audiences {
		p.tokens = append(p.tokens, suspect{claims: map[string]*source.Value{"aud": text(aud)}})
	}
	return p
}

// otherAudiences are those of APIs that have nothing to do with ours.
func otherAudiences() []string {
	return []string{strangersAPI, "api://" + strangersAPI, "https://other.example/api"}
}

// nearAudiences are those of other APIs in which a check may find a part of ours.
func nearAudiences(checks []*rules.Check) []string {
	var all []string
	for _, c := range checks {
		if !inForce(c) || !ofClaims(c) || !reads(c, "aud") || exact(c.Test) {
			continue
		}
		for _, literal := range literalsOf(c) {
			if !strings.Contains(literal, "://") {
				all = append(all, "api://"+literal+"-other")
			}
			all = append(all, literal+"-other", "api://other"+literal, "api://other/"+literal+"-other")
		}
	}
	return all[:min(len(all), 2*mostLiterals)]
}

// exact reports whether a predicate compares with whole values only.
func exact(p rules.Predicate) bool {
	whole := true
	leaves(p, true, func(leaf rules.Predicate, _ bool) {
		whole = whole && (leaf.Op == rules.Present || leaf.Op == rules.Equals || leaf.Op == rules.OneOf)
	})
	return whole
}

// bystanders is a client of our tenant that has asked for tokens of some other API and for nothing that a policy could know it
// by: no scope or role of ours, no claim that an application must be configured for.
func bystanders(audiences ...string) *party {
	p := &party{may: usual, limits: everyName}
	for _, v := range versions() {
		for _, aud := range audiences {
			for _, user := range []bool{false, true} {
				p.tokens = append(p.tokens, suspect{claims: bystander(v, aud, user)})
			}
		}
	}
	return p
}

func bystander(v entra.Version, aud string, user bool) map[string]*source.Value {
	claims := ofClient(v, strangerID)
	claims["aud"], claims["scp"], claims["idtyp"] = text(aud), nil, text("app")
	if user {
		claims["scp"], claims["idtyp"] = text("openid profile email offline_access User.Read"), nil
	}
	return claims
}

// everyName is the limit of a party whose claims hold what they usually do.
func everyName(string) bool { return true }

// usual is what a claim may hold in a token of which nothing special is known. What is the same in the tokens of a whole tenant may be as a
// policy wants it.
func usual(s suspect, name string, literals []string) []held {
	switch name {
	case "iss", "tid", "typ", "exp", "nbf", "iat", "acr", "appidacr", "azpacr", "idp":
		return anything(s, name, literals)
	case "roles", "groups", "wids":
		return []held{{}, {value: list(unrelated)}}
	case "oid", "sub", "uti", "rh", "aio", "name", "upn", "unique_name", "email", "preferred_username", "family_name", "given_name", "ipaddr":
		return []held{{}, {value: text(unrelated)}}
	}
	return []held{{}}
}

// daemons are clients that work without a user: their tokens carry no scopes.
func daemons() *party {
	without := map[string]*source.Value{"scp": nil, "scope": nil}
	return &party{tokens: []suspect{{claims: without}}, may: anything}
}

// withoutNames is who has neither the scopes nor the roles that a policy asks for.
func withoutNames() *party {
	p := &party{may: anything}
	for _, scopes := range []*source.Value{nil, text("openid profile")} {
		for _, roles := range []*source.Value{nil, list(unrelated)} {
			p.tokens = append(p.tokens, suspect{claims: map[string]*source.Value{"scp": scopes, "scope": scopes, "roles": roles}})
		}
	}
	return p
}

// forApp is any client of our tenant with a token for our API, without a role and with these scopes.
func forApp(scopes ...string) *party {
	p := &party{limits: everyName, may: func(s suspect, name string, literals []string) []held {
		if name == "aud" {
			return anything(s, name, literals)
		}
		return usual(s, name, literals)
	}}
	for _, v := range versions() {
		claims := bystander(v, "", len(scopes) > 0)
		delete(claims, "aud")
		if len(scopes) > 0 {
			claims["scp"] = text(strings.Join(scopes, " "))
		}
		p.tokens = append(p.tokens, suspect{claims: claims})
	}
	return p
}
