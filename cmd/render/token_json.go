package render

import "github.com/gatewhy/gatewhy/inspect"

// tokenJSON is what a token is, in the JSON of every command. What the token does not say is null.
type tokenJSON struct {
	Kind      inspect.TokenKind `json:"kind"`
	IssuedBy  inspect.IssuedBy  `json:"issued_by"`
	Version   *string           `json:"version"`
	Flow      inspect.Flow      `json:"flow"`
	ClientID  *clientJSON       `json:"client_id"`
	Audience  []string          `json:"audience"`
	Issuer    *string           `json:"issuer"`
	Tenant    *string           `json:"tenant"`
	Scopes    []string          `json:"scopes"`
	Roles     []string          `json:"roles"`
	IssuedAt  *string           `json:"issued_at"`
	ExpiresAt *string           `json:"expires_at"`
}

type clientJSON struct {
	Claim string `json:"claim"`
	Value string `json:"value"`
}

func tokenOf(p inspect.Profile) *tokenJSON {
	token := &tokenJSON{
		Kind: p.Kind, IssuedBy: p.IssuedBy, Version: known(p.Version), Flow: p.Flow,
		Audience: p.Audience, Issuer: known(p.Issuer), Tenant: known(p.Tenant), Scopes: p.Scopes, Roles: p.Roles,
		IssuedAt: known(p.IssuedAt.String()), ExpiresAt: known(p.ExpiresAt.String()),
	}
	if p.ClientID.Claim != "" {
		token.ClientID = &clientJSON{p.ClientID.Claim, p.ClientID.Value}
	}
	return token
}
