package cmd

import (
	"context"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/keys/fetch"
)

// keysOfTenant fetches the keys that the tenant of --tenant signs such a token with: those of B2C or External ID, which differ from
// those of Entra ID proper, where the token names that tenant's own.
func keysOfTenant(ctx context.Context, source *fetch.Source, f *keyFlags, token *inspect.Token) (*keys.Set, error) {
	set, err := source.Tenant(ctx, f.cloudOrPublic(), f.tenant, versionOf(token), "")
	if err != nil {
		return nil, err
	}
	issuer, ok := issuerOf(token)
	if !ok || issuer.Kind == entra.Workforce || !strings.EqualFold(issuer.Tenant, set.Metadata.Tenant()) {
		return set, nil
	}
	return source.TokenIssuer(ctx, issuer, "")
}

// keysOfIssuer fetches the keys of --issuer. The policy of B2C, which keeps the keys, is the token's where the issuer names none.
func keysOfIssuer(ctx context.Context, source *fetch.Source, named string, token *inspect.Token) (*keys.Set, error) {
	issuer, _ := entra.ParseIssuer(named)
	if own, ok := issuerOf(token); ok && issuer.Kind == entra.B2C && issuer.Policy == "" {
		issuer.Policy = own.Policy
		return source.EntraIssuer(ctx, issuer)
	}
	return source.Issuer(ctx, named)
}

// issuerOf returns the issuer of Entra that a token names, with the policy of B2C that stands in a claim of its own.
func issuerOf(token *inspect.Token) (entra.Issuer, bool) {
	if token == nil {
		return entra.Issuer{}, false
	}
	profile := inspect.Describe(token)
	issuer, ok := entra.ParseIssuer(profile.Issuer)
	if issuer.Policy == "" {
		issuer.Policy = profile.Policy
	}
	return issuer, ok
}
