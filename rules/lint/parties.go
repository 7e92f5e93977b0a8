package lint

import (
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
