package cmd

import (
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
)

func TestATokenInAMessageIsNotShown(t *testing.T) {
	t.Parallel()
	const (
		token  = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhYmUifQ.c2lnbmF0dXJl"
		opaque = "s3cr3tOpaqueTokenValueThatIsLongEnoughToMatter0987654321"
	)
	tests := []struct{ name, text, want string }{
		{"a token in the place of a file", token + ": no such file", "(token): no such file"},
		{"a token as a host", "https://" + token + ": no connection", "https://(token): no " +
			"connection"},
		{"an opaque token", opaque + ": no such file", "(token): no such file"},
		{"an opaque token in a path", "tokens/" + opaque + ": no such file", "tokens/(token): " +
			"no such file"},
		{"a path", "policies/uat-2/orders-api-v1-jwt-validation-1.0.0-configuration.json: no " +
			"such file", "policies/uat-2/orders-api-v1-jwt-validation-1.0.0-configuration.json: " +
			"no such file"},
		{
			"a folder that a program named",
			"/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/p.json: no such file",
			"/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T/p.json: no such file",
		},
		{
			"a URL",
			"https://login.microsoftonline.com/5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/" +
				"discovery/v2.0/keys: 404",
			"https://login.microsoftonline.com/5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/" +
				"discovery/v2.0/keys: 404",
		},
		{
			"a client id", "no client 5c1f0a7e3b0d4a559c3e7f0e2b6d9a11",
			"no client 5c1f0a7e3b0d4a559c3e7f0e2b6d9a11",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := report.Guarded(test.text); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
