package rules

import (
	"strings"
	"testing"
)

func TestWhichAddressesHaveNoKeys(t *testing.T) {
	t.Parallel()
	const (
		tenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
		host   = "https://login.microsoftonline.com/"
	)
	for address, want := range map[string]string{
		"": "there is no address",

		"login.microsoftonline.com/" + tenant + "/discovery/keys": "is missing",
		"//keys.example.com/jwks":                                 "is missing",
		"file:///etc/keys.json":                                   "its scheme is file",
		"ftp://keys.example.com/jwks":                             "its scheme is ftp",
		"https:///discovery/keys":                                 "it names no host",
		"https://keys.invalid/jwks":                               "no host has such",
		"https://keys.example.com/a b":                            "a space",
		"https://keys.example.com:https/keys":                     "not an address",
		"https://a.example.com/k,https://b.example.com/k":         "it is a list",
		"https://a.example.com/k , HTTPS://b.example.com/k":       "it is a list",

		host + tenant:                                                        "not that of",
		host + tenant + "/oauth2/v2.0/token":                                 "not that of",
		host + tenant + "/discovery":                                         "not that of",
		host + "TENANT_ID/discovery/keys":                                    "not a tenant",
		"https://login.microsoftonline.de/" + tenant + "/discovery/keys":     "was closed",
		host + tenant + "/v2.0/.well-known/openid-configuration":             "the metadata",
		strings.ToUpper(host) + tenant + "/.well-known/OpenID-Configuration": "metadata",

		host + tenant + "/discovery/v2.0/keys":                                  "",
		host + "common/discovery/keys":                                          "",
		host + "discovery/keys":                                                 "",
		host + "contoso.com/discovery/keys":                                     "",
		host + tenant + "/discovery/keys?appid=" + tenant:                       "",
		"HTTPS://Login.MicrosoftOnline.COM/" + tenant + "/Discovery/Keys":       "",
		"https://x.b2clogin.com/x.onmicrosoft.com/B2C_1_in/discovery/v2.0/keys": "",
		"https://x.ciamlogin.com/" + tenant + "/discovery/v2.0/keys":            "",
		"https://keys.example.com/a,b":                                          "",
		"http://keys.svc.local:8080/jwks":                                       "",
		"https://[2001:db8::1]/keys":                                            "",
	} {
		got := AddressFault(address)
		if !strings.Contains(got, want) || (got == "") != (want == "") {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func TestAListOfAddressesHasKeysWhereOneOfThemHas(t *testing.T) {
	t.Parallel()
	const good, bad = "https://keys.example.com/jwks", "keys.example.com/jwks"
	for text, has := range map[string]bool{
		good: true, bad: false, good + "," + bad: true, bad + " , " + good: true,
		bad + "," + bad: false, "": false, " , ": false, " " + good + " ,": true,
	} {
		if key := KeysAt(text, true); (key.Nowhere == "") != has {
			t.Errorf("%q: %q", text, key.Nowhere)
		}
	}
	if key := KeysAt(good+","+good, false); key.Nowhere == "" {
		t.Error("a list is taken for one address")
	}
	if got := KeysAt(good+", "+bad, true).words(); got != " with a key of "+good+" or "+bad {
		t.Errorf("in words: %q", got)
	}
}
