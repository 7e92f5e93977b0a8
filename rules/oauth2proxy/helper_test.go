package oauth2proxy

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

const (
	tenant   = requests.Tenant
	app      = requests.App
	v1Issuer = requests.V1Issuer
	v2Issuer = requests.V2Issuer
)

// basic is a configuration that accepts v2.0 tokens for the app.
const basic = `provider = "oidc"
oidc_issuer_url = "` + v2Issuer + `"
client_id = "` + app + `"
email_domains = ["*"]
skip_jwt_bearer_tokens = true
`

// claims are those of a v2.0 token for the app, with others over them.
func claims(over string) string { return requests.Claims("azp=;" + over) }

// requestOf is a request with such a token to what is behind the program: its path and its query
// are not known.
func requestOf(over string) *rules.Request {
	r := requests.With("azp=;" + over)
	r.QueryWhole = false
	r.Path = ""
	return r
}

func configurationOf(t *testing.T, namesAndTexts ...string) *rules.Configuration {
	t.Helper()
	c, err := newCommon().read(requests.Files(t, namesAndTexts...), rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func policiesOf(t *testing.T, namesAndTexts ...string) []*rules.Policy {
	t.Helper()
	return compile(configurationOf(t, namesAndTexts...)).Policies
}

// decided is a verdict in short.
type decided = requests.Decided

func short(v rules.Verdict) decided { return requests.Short(v) }

func accepted() decided { return requests.Accepted() }

func rejected(status int, by rules.ID) decided { return requests.Rejected(status, by) }

func open(by rules.ID) decided { return requests.Open(by) }
