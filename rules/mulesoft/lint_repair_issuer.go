package mulesoft

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// tenant is the tenant that the file or the user names, with its cloud. It is not ok where neither tells an id.
func (r *repairer) tenant() (entra.Cloud, string, bool) {
	cloud, _ := entra.CloudByID("public")
	id := r.facts.Tenant
	if issuer, ok := entra.ParseIssuer(claimValue(r.entry, "iss")); ok && id == "" {
		cloud, ok = entra.CloudByID(issuer.Clouds[0])
		if entra.IsGUID(issuer.Tenant) {
			return cloud, strings.ToLower(issuer.Tenant), ok
		}
	}
	if u, err := url.Parse(r.setting("jwksUrl").text); err == nil {
		first, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
		if of, ok := entra.CloudOf(u.Hostname()); ok {
			cloud = of
			if id == "" && entra.IsGUID(first) {
				id = first
			}
		}
	}
	return cloud, strings.ToLower(id), entra.IsGUID(id)
}

// version is the version of the API's tokens: as the user says, or as the rest of the configuration shows.
func (r *repairer) version() (entra.Version, bool) {
	if r.facts.Version != 0 {
		return r.facts.Version, true
	}
	if issuer, ok := entra.ParseIssuer(claimValue(r.entry, "iss")); ok {
		return issuer.Version, true
	}
	for _, audience := range splitList(cmp.Or(r.facts.Audience, r.setting("supportedAudiences").text)) {
		if strings.Contains(audience, "://") && on(r.config, "validateAudClaim") {
			return entra.V1, true // only v1.0 tokens have a URI there
		}
	}
	if expression := r.setting("clientIdExpression").text; !on(r.config, "skipClientIdValidation") {
		switch {
		case strings.Contains(expression, "claimSet.appid"):
			return entra.V1, true
		case strings.Contains(expression, "claimSet.azp"):
			return entra.V2, true
		}
	}
	return 0, false
}

// issuer is the issuer that this environment's tokens have.
func (r *repairer) issuer() (string, error) {
	cloud, tenant, ok := r.tenant()
	if !ok {
		return "", refuse("the file does not tell this environment's tenant", needTenant())
	}
	version, ok := r.version()
	if !ok {
		return "", refuse("the file does not tell the version of the API's tokens, and the issuer depends on it", needVersion())
	}
	return entra.IssuerURL(cloud, tenant, version), nil
}

// pinIssuer adds the issuer to the mandatory claims.
func (r *repairer) pinIssuer() ([]edit, error) {
	issuer, err := r.issuer()
	if err != nil {
		return nil, err
	}
	p := proposer{entry: r.entry}
	return p.addClaim(claimEntry("iss", issuer)), nil
}

// correctIssuer writes the issuer as it stands in tokens.
func (r *repairer) correctIssuer() ([]edit, error) {
	issuer, err := r.issuer()
	if err != nil {
		return nil, err
	}
	return r.replaceValue(issuer)
}

// oneTenant takes the issuer and the keys of the tenant that the user names: which of the two is right, the file does not
// tell.
func (r *repairer) oneTenant() ([]edit, error) {
	if r.facts.Tenant == "" {
		return nil, refuse("which of the two tenants is right, the file does not tell", needTenant())
	}
	keys, err := r.correctKeysURL()
	if err != nil {
		return nil, err
	}
	issuer, err := r.correctIssuer()
	return append(issuer, keys...), err
}

// correctKeysURL is the address of the tenant's keys.
func (r *repairer) correctKeysURL() ([]edit, error) {
	cloud, tenant, ok := r.tenant()
	if !ok {
		return nil, refuse("the file does not tell this environment's tenant", needTenant())
	}
	version := entra.V1
	if strings.Contains(r.setting("jwksUrl").text, "v2.0") {
		version = entra.V2
	}
	return []edit{set("jwksUrl", entra.KeysURL(cloud, tenant, version, ""))}, nil
}

// useTLS fetches the keys over https.
func (r *repairer) useTLS() ([]edit, error) {
	_, rest, _ := strings.Cut(r.setting("jwksUrl").text, "://")
	if u, err := url.Parse("https://" + rest); err != nil || u.Port() != "" {
		return nil, refuse("the address names a port, and which one speaks TLS is not known")
	}
	return []edit{set("jwksUrl", "https://"+rest)}, nil
}

// verifySignature verifies with the tenant's keys.
func (r *repairer) verifySignature() ([]edit, error) {
	edits := []edit{set("signingMethod", "rsa")}
	if !r.setting("jwtKeyOrigin").is("jwks") || textOf(r.config, "jwksUrl") == "" {
		keys, err := r.correctKeysURL()
		if err != nil {
			return nil, err
		}
		edits = append(edits, set("jwtKeyOrigin", "jwks"))
		edits = append(edits, keys...)
	}
	if !r.setting("signingKeyLength").is("256") {
		edits = append(edits, set("signingKeyLength", 256))
	}
	return edits, nil
}

// readClientID reads the client id from the claim of the tokens' version.
func (r *repairer) readClientID() ([]edit, error) {
	if r.asset != jwtValidation {
		return nil, refuse("this policy can't be told which claim to read", insteadBy(solutionJWT, ""), insteadBy(solutionScopes, ""))
	}
	version, ok := r.version()
	if !ok {
		return nil, refuse("the file does not tell the version of the API's tokens, and the claim depends on it", needVersion())
	}
	claim := "appid"
	if version == entra.V2 {
		claim = "azp"
	}
	return []edit{set("clientIdExpression", "#[vars.claimSet."+claim+"]")}, nil
}
