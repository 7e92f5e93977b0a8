package lint

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

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

// foreign is what a claim may hold in another tenant's token. Ids of ours are in none; our App ID
// URI may be in the audience of a v1.0 token: one that begins with api:// is of free choice where
// that tenant's administrator has switched Microsoft's policy off, and of any other, or one that
// holds an id, no source tells (identifier-uri-restrictions).
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
