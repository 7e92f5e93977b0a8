package evaluator

import (
	"maps"
	"math/rand/v2"
	"slices"
	"time"
)

// The parties of the pairs.
const (
	Tenant  = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	client  = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
	apiURI  = "api://orders-uat"
	keysURL = "https://login.microsoftonline.com/" + Tenant + "/discovery/v2.0/keys"
	apiID   = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"
)

// Generate makes the pair of a number, the same one each time: a sound policy and a token that it
// accepts, to which up to seven strange things are done.
func Generate(seed, number uint64, now time.Time) *Pair {
	g := generator{rand.New(rand.NewPCG(seed, number)), now}
	pair := g.sound()
	for range g.IntN(8) {
		one(g, oddities)(g, pair)
	}
	pair.Token.fit()
	if pair.Policy.Form == Terraform {
		pair.Policy.typed()
	}
	for _, twice := range [...]struct{ second, first map[string]any }{
		{pair.Token.Twice, pair.Token.Claims}, {pair.Policy.Twice, pair.Policy.Config},
	} {
		maps.DeleteFunc(twice.second, func(name string, _ any) bool {
			_, there := twice.first[name]
			return !there
		})
	}
	if pair.Policy.Form != APIManager {
		pair.Policy.Twice, pair.Policy.Disabled = nil, false
	}
	return pair
}

// signers are those that can sign with an algorithm.
var signers = map[string][]string{
	"RS256": {SignerA, SignerB, Foreign}, "PS256": {SignerA, SignerB, Foreign},
	"ES256": {SignerEC},
	"HS256": {Secret, Other}, "none": {""},
}

// fit gives a token whose algorithm was changed a signer that can sign with it.
func (t *Token) fit() {
	if !slices.Contains(signers[t.Alg], t.Signer) {
		t.Signer = signers[t.Alg][0]
	}
}

type generator struct {
	*rand.Rand
	now time.Time
}

func one[T any](g generator, all []T) T { return all[g.IntN(len(all))] }

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g generator) sound() *Pair {
	pair := &Pair{
		Keys: true,
		Policy: Policy{
			Form: one(g, []Form{APIManager, APIManager, APIManager, FlexYAML, Terraform}),
		},
	}
	claims, clientClaim := g.claims()
	pair.Token = Token{Shape: JWS, Alg: "RS256", Signer: SignerA, Kid: SignerA, Claims: claims}
	pair.Policy.Config = map[string]any{
		"jwtOrigin": "httpBearerAuthenticationHeader", "signingMethod": "rsa",
		"signingKeyLength":      256,
		"jwtKeyOrigin":          "jwks",
		"jwksUrl":               keysURL,
		"jwksServiceTimeToLive": 60, "jwksServiceConnectionTimeout": 10000,
		"skipClientIdValidation": true,
		"clientIdExpression":     "#[vars.claimSet." + clientClaim + "]",
		"validateAudClaim":       true, "mandatoryAudClaim": true,
		"supportedAudiences": claims["aud"],
		"mandatoryExpClaim":  true, "mandatoryNbfClaim": true, "validateCustomClaim": true,
		"mandatoryCustomClaims":    []any{map[string]any{"key": "iss", "value": claims["iss"]}},
		"nonMandatoryCustomClaims": []any{},
	}
	pair.Contracts = Contracts{Given: true, Clients: []Client{{ID: client}}}
	g.place(pair)
	g.expressions(pair, 60)
	return pair
}

// place chooses the gateway, and what says which it is.
func (g generator) place(pair *Pair) {
	if pair.Policy.Form == FlexYAML {
		return
	}
	pair.Gateway = one(g, []string{"", Mule, Mule, Flex})
	pair.Policy.Version = one(g, []string{"", "1.4.0", "1.3.1", "1.2.0"})
	if pair.Gateway == Flex {
		pair.Policy.Version = one(g, []string{"", "0.12.0", "0.11.1"})
	}
	if pair.Gateway == Mule && g.chance(40) {
		pair.Runtime = one(g, []string{"4.3.0", "4.4.0", "4.9.0"})
	}
	if pair.Policy.Form != FlexYAML && g.chance(40) {
		pair.Policy.Config["skipClientIdValidation"] = false
	}
}

// claims returns what Entra would issue, and the name of its claim that has the client id.
func (g generator) claims() (claims map[string]any, clientClaim string) {
	issued := int(g.now.Unix()) - 600
	claims = map[string]any{
		"iat": issued, "nbf": issued, "exp": issued + 3900, "tid": Tenant,
		"oid": "a4e2c9d1-6b70-4f35-8d1e-3c5b7a9f2e60",
	}
	if g.chance(50) {
		claims["roles"] = []any{"Orders.Read", "Orders.Write"}
	} else {
		claims["scp"], claims["name"] = "Orders.Read Orders.Write", "Abe Lincoln"
	}
	if g.chance(40) {
		claims["iss"], claims["ver"] = "https://login.microsoftonline.com/"+Tenant+"/v2.0", "2.0"
		claims["aud"], claims["azp"] = apiID, client
		return claims, "azp"
	}
	claims["iss"], claims["ver"] = "https://sts.windows.net/"+Tenant+"/", "1.0"
	claims["aud"], claims["appid"] = apiURI, client
	return claims, "appid"
}

// terraformTypes are the members that a Terraform policy is written with, each with a value of its
// type.
var terraformTypes = map[string]any{
	"jwtOrigin": "httpBearerAuthenticationHeader", "jwtExpression": "#[attributes.headers['jwt']]",
	"signingMethod": "rsa", "jwtKeyOrigin": "jwks", "jwksUrl": "https://keys.example.com/keys",
	"textKey":            Secret,
	"clientIdExpression": "#[vars.claimSet.appid]", "supportedAudiences": apiURI,
	"signingKeyLength": 256, "jwksServiceTimeToLive": 60, "skipClientIdValidation": true,
	"validateAudClaim": true, "mandatoryAudClaim": true, "mandatoryExpClaim": true,
	"mandatoryNbfClaim":   true,
	"validateCustomClaim": true, "mandatoryCustomClaims": []any{},
	"nonMandatoryCustomClaims": []any{},
}

// typed leaves nothing to Terraform's own defaults and conversions, which are not the gateway's.
func (p *Policy) typed() {
	config := map[string]any{}
	for name, right := range terraformTypes {
		config[name] = right
		if typedLike(p.Config[name], right) {
			config[name] = p.Config[name]
		}
	}
	p.Config = config
}

func typedLike(value, right any) bool {
	switch right := right.(type) {
	case string:
		_, same := value.(string)
		return same
	case int:
		_, same := value.(int)
		return same
	case bool:
		_, same := value.(bool)
		return same
	case []any:
		list, same := value.([]any)
		for _, item := range list {
			entry, isEntry := item.(map[string]any)
			_, key := entry["key"].(string)
			_, text := entry["value"].(string)
			same = same && isEntry && key && text
		}
		return same && right != nil
	}
	return false
}
