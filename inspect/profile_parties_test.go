package inspect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestPartiesAreThoseOfTheProfile(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(16, 3))
	names := []string{"iss", "ver", "aud", "appid", "azp", "client_id", "cid", "tfp", "acr", "tid"}
	values := []string{
		`"https://sts.windows.net/` + tenantID + `/"`,
		`"https://login.microsoftonline.com/` + tenantID + `/v2.0"`,
		`"https://x.b2clogin.com/` + tenantID + `/v2.0/"`, `"https://other.example"`,
		`"1.0"`, `"2.0"`, `"b2c_1_signin"`, `""`, `null`, `7`, `["a","b"]`, `[]`, `["a",7]`, `{}`,
	}
	seen := map[ClientID]bool{}
	for range 5000 {
		var claims []string
		for _, name := range names {
			if random.IntN(3) > 0 {
				value := values[random.IntN(len(values))]
				if name == "iss" {
					value = values[random.IntN(4)]
				}
				claims = append(claims, fmt.Sprintf("%q:%s", name, value))
			}
		}
		token := Parse(entraToken(strings.Join(claims, ",")))
		profile := Describe(token)
		client, audience := Parties(token)
		if client != profile.ClientID || !slices.Equal(audience, profile.Audience) {
			t.Errorf("%s: %v %v, the profile has %v %v", claims, client, audience,
				profile.ClientID, profile.Audience)
		}
		seen[client] = true
	}
	if len(seen) < 10 {
		t.Errorf("only %d different clients were seen", len(seen))
	}
	if client, audience := Parties(Parse("opaque")); client.Value != "" || audience != nil {
		t.Errorf("of an opaque text: %v %v", client, audience)
	}
}
