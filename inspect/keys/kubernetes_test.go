package keys_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// The cases of Kubernetes' authenticator that turn on the signature, the issuer or the times
// (kubernetes/apiserver, plugin/pkg/authenticator/token/oidc/oidc_test.go). Each of the others has its reason. Its tests make
// their keys and tokens when they run, and so does this one.
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
	names := kubernetes(t).Names
	others := slices.Clone(names)
	for _, test := range tests {
		others = slices.DeleteFunc(others, func(name string) bool { return name == test.name })
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
	reasons := map[string]int{}
	for _, name := range others {
		reasons[kubernetesOwn(name)]++
	}
	want := map[string]int{audiences: 7, distributed: 10, ofTheServer: 21, elsewhere: 5, ofClaims: 42}
	if diff := cmp.Diff(want, reasons); diff != "" {
		t.Errorf("the other cases (-want +got):\n%s", diff)
	}
}

// Why a case of Kubernetes is not ours to decide. The token of each is genuine, which the next test shows.
const (
	audiences   = "which audiences are allowed is a policy's to say, and explain checks it"
	distributed = "claims behind _claim_sources are never fetched"
	ofTheServer = "it is about how the API server is configured, or reads its own types, before any token is looked at"
	elsewhere   = "the server is told to look for the metadata elsewhere than at the issuer; here --jwks URL says so"
	ofClaims    = "it is about the user that Kubernetes makes of the claims: names, groups, extras, and rules over them"
)

func kubernetesOwn(name string) string {
	switch {
	case strings.Contains(name, "egress"), strings.HasSuffix(name, "mutually exclusive"):
		return ofTheServer
	case strings.HasPrefix(name, "multiple-audiences"), strings.Contains(name, "audience validation"), name == "invalid-aud", name == "good token with bad client id":
		return audiences
	case strings.Contains(name, "distributed"), name == "group-string-claim-aggregated-not-supported":
		return distributed
	case strings.HasPrefix(name, "discovery"):
		return elsewhere
	}
	switch name {
	case "not-https", "no-username-claim", "invalid-sig-alg", "health check failure", "accounts.google.com issuer", "disallowed issuer via configured value",
		"string claim", "mismatched types", "bool claim", "strings claim", "invalid keyset", "bad status code":
		return ofTheServer
	}
	return ofClaims
}

// The claims of every case make a token that verifies.
func TestEveryTokenOfKubernetesCasesVerifies(t *testing.T) {
	valid, past := strconv.FormatInt(noon.Unix()+3600, 10), strconv.FormatInt(noon.Unix()-60, 10)
	fill := strings.NewReplacer("{{.URL}}", "https://auth.example.com", `"nbf": %d`, `"nbf": `+past, "%d", valid)
	set := setOf(t, jwk(t, rsaKeys()[0].Public(), "k", nil))
	for i, text := range kubernetes(t).Claims {
		text = fill.Replace(text)
		token := inspect.Parse(signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"k"}`, text))
		report := keys.Expect{At: noon}.Verify(token, set)
		if decided, undecided := report.Decided(); token.Fault != nil || undecided {
			t.Errorf("claims %d: %v, %s: %s", i, token.Fault, decided.ID, decided.Why)
		}
	}
}

// kubernetesCases are the names of the cases, and the claims that they write.
type kubernetesCases struct {
	Names  []string `json:"case_names"`
	Claims []string `json:"claims_templates"`
}

func kubernetes(t *testing.T) kubernetesCases {
	t.Helper()
	var cases kubernetesCases
	decodeJSON(t, corpus(t, "vectors/kubernetes+apiserver/oidc_cases.json"), &cases)
	return cases
}
