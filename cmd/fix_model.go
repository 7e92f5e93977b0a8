package cmd

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// tokenModel is a token that Entra ID could issue. What is empty is filled in with a stand-in.
type tokenModel struct {
	version                  entra.Version
	tenant, audience, client string
	scopes, roles            []string
}

// The stand-ins of modelled tokens.
const (
	modelTenant      = "11111111-1111-4111-8111-111111111111"
	modelOtherTenant = "22222222-2222-4222-8222-222222222222"
	modelClient      = "33333333-3333-4333-8333-333333333333"
	modelOtherClient = "44444444-4444-4444-8444-444444444444"
	modelOtherAPI    = "55555555-5555-4555-8555-555555555555"
	modelOtherURI    = "api://another-environment"
)

// modelTime is when modelled tokens are issued and run; no policy depends on the day.
var modelTime = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// request is a request with the token, the moment after it was issued. Without a list of contracts, only this environment's own client
// has one.
func (m tokenModel) request(contracts *rules.Contracts) *rules.Request {
	token := inspect.Parse(encodePart(m.header()) + "." + encodePart(m.claims()) + "." + encodePart(textValue("no signature")))
	return &rules.Request{
		Token: token, At: modelTime.Add(time.Second), Signatures: assumedValid{}, Contracts: contracts,
	}
}

func encodePart(v *source.Value) string {
	if s, ok := v.Str(); ok {
		return base64.RawURLEncoding.EncodeToString([]byte(s))
	}
	return base64.RawURLEncoding.EncodeToString([]byte(v.JSON()))
}

func (m tokenModel) header() *source.Value {
	return objectOf("typ", textValue("JWT"), "alg", textValue("RS256"), "kid", textValue("modelled"))
}

func (m tokenModel) claims() *source.Value {
	tenant := cmp.Or(m.tenant, modelTenant)
	public, _ := entra.CloudByID("public")
	clientClaim := "appid"
	if m.version == entra.V2 {
		clientClaim = "azp"
	}
	claims := objectOf(
		"ver", textValue(m.version.String()), "iss", textValue(entra.IssuerURL(public, tenant, m.version)), "tid", textValue(tenant),
		"aud", textValue(cmp.Or(m.audience, "api://this-environment")), clientClaim, textValue(cmp.Or(m.client, modelClient)),
		"iat", instantValue(modelTime), "nbf", instantValue(modelTime), "exp", instantValue(modelTime.Add(time.Hour)),
	)
	if len(m.scopes) > 0 {
		claims.Members = append(claims.Members, source.Member{Key: "scp", Value: textValue(strings.Join(m.scopes, " "))})
	}
	if len(m.roles) > 0 {
		claims.Members = append(claims.Members, source.Member{Key: "roles", Value: textValues(m.roles)})
	}
	return claims
}

// learn takes from policies what a token has to carry to be let in.
func (m *tokenModel) learn(policies []*rules.Policy) {
	for _, p := range policies {
		for _, c := range p.Checks() {
			if c.Skip == "" && c.Unknown == nil {
				m.learnFrom(c)
			}
		}
	}
	if m.version == 0 {
		m.version = entra.V1
		if entra.IsGUID(m.audience) {
			m.version = entra.V2
		}
	}
}

func (m *tokenModel) learnFrom(c *rules.Check) {
	for _, wanted := range c.Test.Wants() {
		switch wanted.Input.Name {
		case "aud":
			m.audience = cmp.Or(m.audience, wanted.Text)
		case "tid":
			m.tenant = cmp.Or(m.tenant, wanted.Text)
		case "scp", "scope":
			m.scopes = with(m.scopes, wanted.Text)
		case "roles":
			m.roles = with(m.roles, wanted.Text)
		case "appid", "azp":
			m.client = cmp.Or(m.client, wanted.Text)
		case "iss":
			if issuer, ok := entra.ParseIssuer(wanted.Text); ok {
				m.tenant, m.version = cmp.Or(m.tenant, issuer.Tenant), cmp.Or(m.version, issuer.Version)
			}
		}
	}
	if slices.Contains(c.Test.Reads(), rules.Claim("azp")) {
		m.version = cmp.Or(m.version, entra.V2)
	}
}

// with adds a word to a list that does not have it.
func with(words []string, word string) []string {
	if slices.Contains(words, word) {
		return words
	}
	return append(slices.Clip(words), word)
}
