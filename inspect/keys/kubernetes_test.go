package keys_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// The cases of Kubernetes' authenticator that turn on the signature, the issuer or the times
// (kubernetes/apiserver, plugin/pkg/authenticator/token/oidc/oidc_test.go). The others are about what claims mean to
// Kubernetes. Its tests make their keys and tokens when they run, and so does this one.
func TestKubernetesCasesAgree(t *testing.T) {
	const issuer = "https://auth.example.com"
	claims := func(iss string, exp int64) string {
		return fmt.Sprintf(`{"iss":%q,"aud":"my-client","username":"jane","exp":%d}`, iss, exp)
	}
	valid, expired := noon.Unix()+3600, noon.Unix()-3600
	r := rsaKeys()
	tests := []struct {
		name    string
		token   string
		key     map[string]any
		allowed []string
		decided string
	}{
		{"token", sign(t, jose.RS256, r[0], "k", claims(issuer, valid)), jwk(t, r[0].Public(), "k", nil), []string{"RS256"}, ""},
		{"invalid-signature", sign(t, jose.RS256, r[1], "k", claims(issuer, valid)), jwk(t, r[0].Public(), "k", nil), []string{"RS256"}, "signature"},
		{"expired", sign(t, jose.RS256, r[0], "k", claims(issuer, expired)), jwk(t, r[0].Public(), "k", nil), []string{"RS256"}, "expiry"},
		{"invalid-issuer", sign(t, jose.RS256, r[0], "k", claims("https://example.com", valid)), jwk(t, r[0].Public(), "k", nil), []string{"RS256"}, "issuer"},
		{"invalid-signing-alg", sign(t, jose.PS256, r[0], "k", claims(issuer, valid)), jwk(t, r[0].Public(), "k", nil), []string{"RS256"}, "algorithm"},
		{"ps256", sign(t, jose.PS256, r[0], "k", claims(issuer, valid)), jwk(t, r[0].Public(), "k", nil), []string{"PS256"}, ""},
		{"es512", sign(t, jose.ES256, ecKey(), "k", claims(issuer, valid)), jwk(t, ecKey().Public(), "k", nil), []string{"ES256"}, ""},
		{"minimum valid jwt payload", sign(t, jose.RS256, r[0], "k", claims(issuer, valid)), jwk(t, r[0].Public(), "k", nil), nil, ""},
	}
	names := kubernetes(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !slices.Contains(names, test.name) {
				t.Fatal("there is no such case")
			}
			expect := keys.Expect{At: noon, Issuer: issuer, Algorithms: test.allowed}
			report := expect.Verify(inspect.Parse(test.token), setOf(t, test.key))
			if decided, _ := report.Decided(); decided.ID != test.decided {
				t.Errorf("decided by %q (%s), want %q", decided.ID, decided.Why, test.decided)
			}
		})
	}
}

func kubernetes(t *testing.T) []string {
	t.Helper()
	var cases struct {
		Names []string `json:"case_names"`
	}
	decodeJSON(t, corpus(t, "vectors/kubernetes+apiserver/oidc_cases.json"), &cases)
	return cases.Names
}
