package configurations

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

type (
	object = map[string]any
	list   = []any
)

// Configuration is that of one gateway, which no form has been chosen for yet.
type Configuration struct {
	Gateway string
	objects []object // the resources of a cluster; none of oauth2-proxy
	options object   // of oauth2-proxy
}

// Parties are those of the tokens that a configuration is for.
type Parties struct {
	Version string // of the API's tokens: 1 or 2
	Tenant  string
	API     string // its application id
	URI     string // its App ID URI
	Client  string
	Scope   string
	Role    string
}

// Random is a configuration of a gateway that is mostly meant for the tokens of the API, with
// settings that are good and bad.
func Random(d *rand.Rand, p Parties) Configuration {
	r := &dice{d, p, writtenIn(&p)}
	switch r.IntN(3) {
	case 0:
		return Configuration{Gateway: "istio", objects: r.istio()}
	case 1:
		return Configuration{Gateway: "envoy-gateway", objects: r.envoyGateway()}
	}
	return Configuration{Gateway: "oauth2-proxy", options: r.oauth2Proxy()}
}

// dice makes the parts of a configuration.
type dice struct {
	*rand.Rand
	Parties
	written
}

// drawn is one of some values.
func drawn[T any](r *dice, of ...T) T { return of[r.IntN(len(of))] }

// oneIn is true once in so many times.
func (r *dice) oneIn(n int) bool { return r.IntN(n) == 0 }

// some are a few of some values, each once.
func (r *dice) some(most int, of ...string) list {
	all := list{}
	for _, i := range r.Perm(len(of))[:1+r.IntN(min(most, len(of)))] {
		all = append(all, of[i])
	}
	return all
}

// written is what the API's tokens have.
type written struct {
	ver, issuer, otherIssuer, audience string

	client, proof string // the claims of the client, and of how it proved itself
}

func writtenIn(p *Parties) written {
	v1, v2 := "https://sts.windows.net/"+p.Tenant+"/",
		"https://login.microsoftonline.com/"+p.Tenant+"/v2.0"
	if p.Version == "2" {
		return written{"2.0", v2, v1, p.API, "azp", "azpacr"}
	}
	return written{"1.0", v1, v2, p.URI, "appid", "appidacr"}
}

// someIssuer is mostly the one of the API's tokens, and always one of the tenant: lint takes the
// tenant from the policy.
func (r *dice) someIssuer() string {
	return drawn(r, r.issuer, r.issuer, r.issuer, r.issuer, r.issuer, r.otherIssuer)
}

// spelled is [dice.someIssuer], of which a gateway that knows the keys looks at the text alone.
func (r *dice) spelled() string {
	issuer := r.someIssuer()
	if r.oneIn(4) {
		return drawn(r, strings.ToUpper(issuer), issuer+"/")
	}
	return issuer
}

func (r *dice) someAudiences() list {
	switch r.IntN(10) {
	case 0:
		return r.some(2, r.URI, r.API)
	case 1:
		return r.some(2, r.audience, "https://orders.example")
	case 2:
		return list{r.audience + "/"}
	}
	return list{r.audience}
}

// wanted is what a rule asks of a claim.
type wanted struct {
	claim  string
	values list
	of     string // list or words, where the claim is not a text
}

func (r *dice) wanted() wanted {
	text := func(claim string, values ...string) wanted {
		return wanted{claim: claim, values: r.some(2, values...)}
	}
	switch r.IntN(14) {
	case 0, 1, 2:
		return wanted{"roles", r.some(2, r.Role, r.Role, "UAT.Write"), "list"}
	case 3, 4:
		return wanted{"scp", r.some(2, r.Scope, r.Scope, "UAT.Write"), "words"}
	case 5, 6, 7:
		return wanted{claim: r.client, values: list{r.Client}}
	case 8:
		return text("idtyp", "app", "user")
	case 9:
		return text("tid", r.Tenant, r.Tenant, strings.ToUpper(r.Tenant))
	case 10:
		return text("iss", r.issuer, r.issuer, r.otherIssuer)
	case 11:
		return text("aud", r.audience, r.audience, r.audience+"/")
	case 12:
		return wanted{"groups", list{r.API}, "list"}
	}
	return text(drawn(r, "ver", r.proof, "client_id", "oid", "acct", "azp", "name"),
		drawn(r, r.ver, "1", "0"), r.Client)
}

// resource is a resource of the namespace orders.
func resource(version, kind, name string, spec object) object {
	return object{
		"apiVersion": version, "kind": kind,
		"metadata": object{"name": name, "namespace": "orders"}, "spec": spec,
	}
}

func (r *dice) istio() []object {
	const version = "security.istio.io/v1"
	selector := object{"matchLabels": object{"app": "orders"}}
	var all []object
	for i := range drawn(r, 1, 1, 1, 2) {
		rules := list{}
		for range drawn(r, 1, 1, 2) {
			rules = append(rules, r.jwtRule())
		}
		all = append(all, resource(version, "RequestAuthentication", fmt.Sprint("tokens-", i),
			object{"selector": selector, "jwtRules": rules}))
	}
	for i := range drawn(r, 0, 1, 1, 1, 2, 2, 3) {
		spec := object{"selector": selector}
		action := drawn(r, "", "ALLOW", "ALLOW", "ALLOW", "DENY", "DENY", "AUDIT")
		if action != "" {
			spec["action"] = action
		}
		rules := list{}
		for range drawn(r, 1, 1, 1, 2, 3) {
			rules = append(rules, r.istioRule(action == "DENY"))
		}
		spec["rules"] = rules
		name := fmt.Sprint("callers-", i)
		all = append(all, resource(version, "AuthorizationPolicy", name, spec))
	}
	return all
}

func (r *dice) jwtRule() object {
	keys := "https://login.microsoftonline.com/" + r.Tenant + "/discovery/v2.0/keys"
	rule := object{"issuer": r.spelled(), "jwksUri": keys}
	if r.oneIn(8) {
		delete(rule, "issuer")
	}
	if !r.oneIn(3) {
		rule["audiences"] = r.someAudiences()
	}
	if r.oneIn(3) {
		rule["spaceDelimitedClaims"] = list{"scp"}
	}
	if r.oneIn(12) {
		rule["fromHeaders"] = list{object{"name": "X-Token", "prefix": drawn(r, "", "Bearer ")}}
	}
	return rule
}

func (r *dice) istioRule(deny bool) object {
	rule := object{}
	if r.oneIn(3) {
		name := "requestPrincipals"
		values := r.some(2, "*", r.issuer+"/*", r.issuer+"/*", r.otherIssuer+"/*", r.issuer+"*")
		if deny || r.oneIn(8) {
			name, values = "notRequestPrincipals", r.some(1, "*", "*", r.issuer+"/*")
		}
		rule["from"] = list{object{"source": object{name: values}}}
	}
	if r.oneIn(6) {
		operation := object{}
		if r.oneIn(2) {
			operation[drawn(r, "methods", "methods", "notMethods")] = r.some(2, "GET", "POST")
		} else {
			operation[drawn(r, "paths", "paths", "notPaths")] = r.some(2, "/orders", "/orders/*",
				"/admin*")
		}
		rule["to"] = list{object{"operation": operation}}
	}
	when := list{}
	for range drawn(r, 0, 1, 1, 1, 2, 2) {
		when = append(when, r.istioCondition(deny))
	}
	if len(when) > 0 || len(rule) == 0 && !r.oneIn(6) {
		if len(when) == 0 {
			when = append(when, r.istioCondition(deny))
		}
		rule["when"] = when
	}
	return rule
}

func (r *dice) istioCondition(deny bool) object {
	asked := r.wanted()
	key := "request.auth.claims[" + asked.claim + "]"
	switch {
	case asked.claim == "aud" && r.oneIn(2):
		key = "request.auth.audiences"
	case asked.claim == "azp" && r.oneIn(2):
		key = "request.auth.presenter"
	case asked.claim == "iss" && r.oneIn(2):
		key, asked.values = "request.auth.principal", list{r.issuer + "/*"}
	}
	if r.oneIn(8) {
		text := asked.values[0].(string)
		asked.values = list{drawn(r, text[:len(text)/2]+"*", "*", "*"+text[len(text)/2:])}
	}
	values := "values"
	if (deny && !r.oneIn(3) || r.oneIn(10)) && asked.claim != "tid" && asked.claim != "iss" {
		values = "notValues" // but not of our own tenant: lint can't know which one is ours
	}
	return object{"key": key, values: asked.values}
}

func (r *dice) envoyGateway() []object {
	const group = "gateway.networking.k8s.io"
	names, providers := []string{"entra"}, list{r.provider("entra")}
	for range drawn(r, 0, 0, 0, 1, 2) {
		name := fmt.Sprint("other-", len(names))
		names, providers = append(names, name), append(providers, r.provider(name))
	}
	jwt := object{"providers": providers}
	if r.oneIn(8) {
		jwt[drawn(r, "optional", "optional", "failOpen")] = true
	}
	spec := object{
		"targetRefs": list{object{"group": group, "kind": "HTTPRoute", "name": "orders"}},
		"jwt":        jwt,
	}
	if !r.oneIn(5) {
		rules := list{}
		for range drawn(r, 1, 1, 1, 2, 3) {
			rules = append(rules, r.envoyRule(names))
		}
		authorization := object{"rules": rules}
		if action := drawn(r, "", "", "Deny", "Allow"); action != "" {
			authorization["defaultAction"] = action
		}
		spec["authorization"] = authorization
	}
	all := []object{resource("gateway.envoyproxy.io/v1alpha1", "SecurityPolicy", "tokens", spec)}
	if r.oneIn(3) {
		all = append(all, resource(group+"/v1", "HTTPRoute", "orders", object{
			"parentRefs": list{object{"name": "public"}},
			"rules": list{object{"matches": list{object{
				"path": object{"type": "PathPrefix", "value": "/"},
			}}}},
		}))
	}
	return all
}

func (r *dice) provider(name string) object {
	keys := "https://login.microsoftonline.com/" + r.Tenant + "/discovery/v2.0/keys"
	p := object{"name": name, "remoteJWKS": object{"uri": keys}}
	if !r.oneIn(5) {
		p["issuer"] = r.spelled()
	}
	if !r.oneIn(3) {
		p["audiences"] = r.someAudiences()
	}
	if r.oneIn(12) {
		p["extractFrom"] = object{"headers": list{object{"name": "X-Token"}}}
	}
	return p
}

func (r *dice) envoyRule(providers []string) object {
	rule := object{"action": drawn(r, "Allow", "Allow", "Allow", "Deny")}
	if r.oneIn(6) {
		operation := object{}
		if r.oneIn(2) {
			operation["methods"] = r.some(2, "GET", "POST")
		} else {
			operation["path"] = object{
				"type": "PathPrefix", "value": drawn(r, "/orders", "/admin", "/"),
			}
		}
		rule["operation"] = operation
	}
	provider := drawn(r, providers...)
	if r.oneIn(3) {
		rule["cel"] = r.expression(provider, 2)
		if !r.oneIn(4) {
			return rule
		}
	}
	jwt, claims, scopes := object{"provider": provider}, list{}, list{}
	for range drawn(r, 1, 1, 1, 2) {
		asked := r.wanted()
		if asked.of == "words" && !r.oneIn(4) {
			scopes = append(scopes, asked.values...)
			continue
		}
		claim := object{"name": asked.claim, "values": asked.values}
		if asked.of != "" != r.oneIn(8) {
			claim["valueType"] = "StringArray"
		}
		claims = append(claims, claim)
	}
	if len(claims) > 0 {
		jwt["claims"] = claims
	}
	if len(scopes) > 0 {
		jwt["scopes"] = scopes
	}
	rule["principal"] = object{"jwt": jwt}
	return rule
}

// expression is one in CEL about claims alone: lint can't ask for which method or path one holds.
func (r *dice) expression(provider string, deep int) string {
	if deep > 0 && r.oneIn(2) {
		a, b := r.expression(provider, deep-1), r.expression(provider, deep-1)
		switch r.IntN(4) {
		case 0:
			return "!(" + a + ")"
		case 1:
			return "(" + a + ") || (" + b + ")"
		}
		return "(" + a + ") && (" + b + ")"
	}
	asked := r.wanted()
	value := fmt.Sprintf("'%s'", asked.values[0])
	claims := "metadata.filter_metadata['envoy.filters.http.jwt_authn']['" + provider + "']"
	claim := claims + drawn(r, "."+asked.claim, "['"+asked.claim+"']")
	switch {
	case r.oneIn(8):
		return "has(" + claims + "." + asked.claim + ")"
	case asked.of != "":
		return value + " in " + claim
	case r.oneIn(5):
		return claim + drawn(r, ".startsWith(", ".endsWith(", ".contains(", ".matches(") +
			value + ")"
	case r.oneIn(5):
		return claim + " in [" + value + ", 'other']"
	case r.oneIn(5):
		return claim + " != " + value
	}
	return claim + " == " + value
}

func (r *dice) oauth2Proxy() object {
	o := object{
		"provider":                    drawn(r, "oidc", "oidc", "oidc", "entra-id"),
		"oidc_issuer_url":             r.someIssuer(),
		"client_id":                   drawn(r, r.audience, r.audience, r.API, r.Client),
		"skip_jwt_bearer_tokens":      true,
		"email_domains":               list{drawn(r, "*", "*", "*", "contoso.example")},
		"bearer_token_login_fallback": false,
	}
	if r.oneIn(2) {
		o["oidc_extra_audiences"] = r.someAudiences()
	}
	if r.oneIn(5) {
		o["oidc_audience_claims"] = r.some(2, "aud", r.client, "azp", "scp")
	}
	if r.oneIn(4) {
		o["extra_jwt_issuers"] = list{r.someIssuer() + "=" + r.someAudiences()[0].(string)}
	}
	if r.oneIn(6) {
		o["insecure_oidc_skip_issuer_verification"] = true
	}
	if r.oneIn(5) {
		o["allowed_groups"] = r.some(2, "orders-team", r.API)
	}
	if r.oneIn(8) {
		o["bearer_token_login_fallback"] = true
	}
	if r.oneIn(8) {
		o["api_routes"] = r.some(2, "^/health$", "GET=^/orders")
	}
	if r.oneIn(12) {
		o["skip_jwt_bearer_tokens"] = false
	}
	return o
}
