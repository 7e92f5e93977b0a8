package cmd

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// The parties of the demonstration, all made up.
const (
	demoTenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	demoClient = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
	demoDev    = "d30c7f41-52b8-4f6e-8a1b-90c4e7d2a5b6"
	demoKeyID  = "demo-key"
)

// demoTenantKey is the one key with which the tenant signs every environment's tokens.
type demoTenantKey struct {
	signer jose.Signer
	set    *keys.Set
}

func newDemoKey() (*demoTenantKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", demoKeyID)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: private}, options)
	if err != nil {
		return nil, err
	}
	document, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: private.Public(), KeyID: demoKeyID, Use: "sig"}}})
	if err != nil {
		return nil, err
	}
	set, err := keys.Parse("the demonstration's tenant", document)
	return &demoTenantKey{signer, set}, err
}

// token signs a v1.0 token as Entra ID issues it: for an environment's API, and its client. Without scopes it is
// app-only.
func (k *demoTenantKey) token(environment, client, scopes string, at time.Time) (*inspect.Token, error) {
	example := issued.Example{
		Tenant: demoTenant, Audience: "api://orders-" + environment, Client: client,
		User: scopes != "", Scopes: strings.Fields(scopes), At: at,
	}
	signed, err := k.signer.Sign([]byte(example.Claims().JSON()))
	if err != nil {
		return nil, err
	}
	compact, err := signed.CompactSerialize()
	if err != nil {
		return nil, err
	}
	return inspect.Parse(compact), nil
}
