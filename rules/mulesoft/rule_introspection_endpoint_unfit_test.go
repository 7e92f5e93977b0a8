package mulesoft

import (
	"strings"
	"testing"
)

func TestWhichEndpointsCanNotIntrospect(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://login.microsoftonline.com/common/oauth2/introspect": "Entra ID has no",
		"https://LOGIN.MICROSOFTONLINE.US/common/oauth2/token":       "Entra ID has no",
		"https://contoso.b2clogin.com/contoso/introspect":            "Entra ID has no",
		"https://sts.windows.net/common/oauth2/introspect":           "Entra ID has no",
		"https://graph.microsoft.com/oidc/userinfo":                  "Graph has no",
		"https://graph.microsoft.us/v1.0/me":                         "has no",
		"https://idp.example/.well-known/openid-configuration":       "the metadata",
		"https://idp.example/.well-known/OpenID-Configuration":       "metadata",
		"http://idp.example/introspect":                              "over http",
		"HTTP://127.0.0.1:8080/introspect":                           "over http",
		"idp.example/introspect":                                     "https:// is missing",
		"":                                                           "no address",

		"https://idp.example/introspect":                "",
		"https://idp.example:8443/as/introspect.oauth2": "",
		"https://login.example.com/oauth2/introspect":   "",
		"https://graph.example.com/oidc":                "",
	} {
		if got := unfit(address); !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}
