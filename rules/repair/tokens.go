package repair

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// tokens lists the token that belongs to this environment, another environment's token that is
// replayed here, and tokens that someone else can obtain for this API, or for one like it.
func (m tokenModel) tokens() []modelled {
	elsewhere := m.of(modelOtherClient, ofAudience, ofScopes, ofRoles)
	elsewhere.audience = otherAPI(m.audience)
	elsewhere.scopes, elsewhere.roles = otherWords(
		m.scopes,
		"Other.Access",
	), otherWords(
		m.roles,
		"Other.Role",
	)
	app := m.of(modelOtherClient, ofScopes, ofRoles)
	app.scopes, app.roles = nil, nil
	user := m.of(modelOtherClient, ofRoles)
	user.roles = nil
	same := m.of(modelOtherClient, ofAudience)
	same.audience = otherAPI(m.audience)
	stranger := m.of(modelOtherClient, ofTenant)
	stranger.tenant = modelOtherTenant

	all := []modelled{
		{name: "this environment's token", model: m},
		{
			name: "another environment's token", model: elsewhere, outsider: rules.OtherEnvironment,
			kept: "only an audience, a scope or a role of this environment keeps it out",
		},
		{
			name: "another client's app-only token for this API", model: app, outsider: rules.OtherClient,
			kept: "only contracts, a role, or required assignment keep it out",
		},
	}
	if len(m.scopes) > 0 {
		all = append(all, modelled{
			name: "another client's token of a user, for this API", model: user, outsider: rules.OtherClient,
			kept: "only contracts, or required consent of an administrator, keep it out",
		})
	}
	if len(m.scopes)+len(m.roles) > 0 {
		all = append(all, modelled{
			name: "another API's token with " + sameWords(
				m,
			), model: same, outsider: rules.OtherAPI,
			kept: "whoever may register an API can name a scope or role alike, and only the audience tells them apart", how: "checks it",
		})
	}
	return append(all, modelled{
		name: "another tenant's token", model: stranger, outsider: rules.OtherTenant,
		kept: "Entra ID's tenants share signing keys, and only the issuer tells them apart", how: "pins it",
	})
}

// of is such a token of a client, about which these traits are known too.
func (m tokenModel) of(client string, sure ...trait) tokenModel {
	m.client = client
	m.sure = slices.Concat(m.sure, sure, []trait{ofClient})
	return m
}

func sameWords(m tokenModel) string {
	if len(m.scopes) > 0 {
		return "a scope of the same name"
	}
	return "a role of the same name"
}

func otherWords(words []string, other string) []string {
	if len(words) == 0 {
		return nil
	}
	return []string{other}
}

func otherAPI(audience string) string {
	if entra.IsGUID(audience) {
		return modelOtherAPI
	}
	return modelOtherURI
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

// modelTime is when modelled tokens are issued; no policy depends on the day. They are run the
// moment after it.
func modelTime() time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC) }

// request is a request with the token. Without a list of contracts, only this environment's own
// client has one.
func (m *tokenModel) request(
	contracts *rules.Contracts,
	signatures rules.Signatures,
) *rules.Request {
	header := object("typ", text("JWT"), "alg", text("RS256"), "kid", text("modelled")).JSON()
	token := inspect.Parse(
		encode(header) + "." + encode(m.claims().JSON()) + "." + encode("no signature"),
	)
	return &rules.Request{
		Token:      token,
		At:         modelTime().Add(time.Second),
		Signatures: signatures,
		Contracts:  contracts,
	}
}

func (m *tokenModel) claims() *source.Value {
	tenant := cmp.Or(m.tenant, modelTenant)
	public, _ := entra.CloudByID("public")
	clientClaim := "appid"
	if m.version == entra.V2 {
		clientClaim = "azp"
	}
	claims := object(
		"ver",
		text(m.version.String()),
		"iss",
		text(entra.IssuerURL(public, tenant, m.version)),
		"tid",
		text(tenant),
		"aud",
		text(cmp.Or(m.audience, "api://this-environment")),
		clientClaim,
		text(cmp.Or(m.client, modelClient)),
		"iat",
		seconds(modelTime()),
		"nbf",
		seconds(modelTime()),
		"exp",
		seconds(modelTime().Add(time.Hour)),
	)
	if len(m.scopes) > 0 {
		claims.Members = append(
			claims.Members,
			source.Member{Key: "scp", Value: text(strings.Join(m.scopes, " "))},
		)
	}
	if len(m.roles) > 0 {
		roles := &source.Value{Kind: source.List}
		for _, role := range m.roles {
			roles.Items = append(roles.Items, text(role))
		}
		claims.Members = append(claims.Members, source.Member{Key: "roles", Value: roles})
	}
	return claims
}

func encode(part string) string { return base64.RawURLEncoding.EncodeToString([]byte(part)) }

func text(s string) *source.Value { return &source.Value{Kind: source.String, Text: s} }

func seconds(at time.Time) *source.Value {
	return &source.Value{Kind: source.Number, Text: strconv.FormatInt(at.Unix(), 10)}
}

// object makes an object of names and values in turn.
func object(pairs ...any) *source.Value {
	made := &source.Value{Kind: source.Object}
	for i := 0; i+1 < len(pairs); i += 2 {
		made.Members = append(
			made.Members,
			source.Member{Key: pairs[i].(string), Value: pairs[i+1].(*source.Value)},
		)
	}
	return made
}
