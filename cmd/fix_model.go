package cmd

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// fixRequest is a request that is run before and after a repair.
type fixRequest struct {
	name     string
	modelled bool
	request  *rules.Request
}

// assumedValid is what verifies a token whose signature is taken to be good: a repair changes nothing about it.
type assumedValid struct{}

func (assumedValid) Verify(*inspect.Token, *rules.Key) rules.SignatureResult {
	return rules.SignatureResult{Result: keys.Result{Outcome: keys.Pass, Why: "assumed to verify"}}
}

// fixRequests makes a request of each token that was given, one second after it was issued.
func (e *Env) fixRequests(flags *fixFlags) ([]fixRequest, error) {
	var contracts *rules.Contracts
	if flags.contracts != "" {
		var err error
		if contracts, err = e.readContracts(flags.contracts); err != nil {
			return nil, err
		}
	}
	var all []fixRequest
	for _, text := range flags.tokens {
		token, err := e.readToken([]string{text})
		if err != nil {
			return nil, err
		}
		at := e.Now()
		if issued := inspect.ReadInstant(token.Claims.Member("iat")); issued.Known() {
			at = issued.At.Add(time.Second)
		}
		name := "the token given"
		if rest, ok := strings.CutPrefix(text, "@"); ok {
			name = rest
		}
		all = append(all, fixRequest{name: name, request: &rules.Request{Token: token, At: at, Contracts: contracts, Signatures: assumedValid{}}})
	}
	return all, nil
}

// tokenModel is a token that Entra ID could issue. What is empty is filled in with a stand-in.
type tokenModel struct {
	version                         entra.Version
	tenant, audience, client, scope string
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

// request is a request with the token, the moment after it was issued, from a client that has a contract.
func (m tokenModel) request() *rules.Request {
	token := inspect.Parse(encodePart(m.header()) + "." + encodePart(m.claims()) + "." + encodePart(textValue("no signature")))
	return &rules.Request{
		Token: token, At: modelTime.Add(time.Second), Signatures: assumedValid{},
		Contracts: &rules.Contracts{IDs: []string{modelClient}},
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
	if m.scope != "" {
		claims.Members = append(claims.Members, source.Member{Key: "scp", Value: textValue(m.scope)})
	}
	return claims
}

// runTokens runs the tokens that were given, or modelled ones, before and after.
func (f *fixer) runTokens() error {
	before, err := f.adapter.Compile(f.report.Before, f.options)
	if err != nil {
		return err
	}
	after, err := f.adapter.Compile(f.report.After, f.options)
	if err != nil {
		return err
	}
	requests := f.requests
	if len(requests) == 0 {
		requests = f.modelled(after.Policies)
	}
	for _, r := range requests {
		f.report.Tokens = append(f.report.Tokens, render.FixedToken{
			Name: r.name, Modelled: r.modelled,
			Before: rules.Evaluate(before.Policies, r.request), After: rules.Evaluate(after.Policies, r.request),
		})
	}
	return nil
}

// modelled lists a token that belongs to this environment, as far as the repaired policies tell what it looks like, and two
// that do not belong here.
func (f *fixer) modelled(policies []*rules.Policy) []fixRequest {
	own := tokenModel{version: f.facts.Version, tenant: f.facts.Tenant, audience: f.facts.Audience, scope: f.facts.Scope}
	own.learn(policies)
	foreign, stranger := own, own
	foreign.audience, foreign.client = otherAPI(own.audience), modelOtherClient
	if own.scope != "" {
		foreign.scope = "Other.Access"
	}
	stranger.tenant, stranger.client = modelOtherTenant, modelOtherClient
	return []fixRequest{
		{"this environment's token", true, own.request()},
		{"another environment's token", true, foreign.request()},
		{"another tenant's token", true, stranger.request()},
	}
}

func otherAPI(audience string) string {
	if entra.IsGUID(audience) {
		return modelOtherAPI
	}
	return modelOtherURI
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
			m.scope = cmp.Or(m.scope, wanted.Text)
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
