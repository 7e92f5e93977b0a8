package mint

import (
	"fmt"
	"time"
)

// The parties of the made-up tokens.
const (
	Tenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	API    = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09" // the API's application id
	APIURI = "api://orders-uat"                     // its Application ID URI
	Client = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
	user   = "0d7c4b8e-5a3f-4e61-b2c9-1f8e7d6c5b4a"
	daemon = "a4e2c9d1-6b70-4f35-8d1e-3c5b7a9f2e60" // the client's service principal
)

// Claims returns the claims that Entra ID puts into a token of this shape, issued at that instant
// and valid for an hour: v1 and v2 (application-only), v1-user and v2-user (delegated), id (an ID
// token), none (no claim).
func Claims(shape string, issued time.Time) (map[string]any, error) {
	claims := map[string]any{}
	if shape == "none" {
		return claims, nil
	}
	base(claims, issued)
	switch shape {
	case "v1":
		v1(claims)
		appOnly(claims)
		claims["appidacr"] = "1"
	case "v1-user":
		v1(claims)
		delegated(claims)
		claims["appidacr"] = "1"
	case "v2":
		v2(claims)
		appOnly(claims)
		claims["azp"], claims["azpacr"] = Client, "1"
	case "v2-user":
		v2(claims)
		delegated(claims)
		claims["azp"], claims["azpacr"] = Client, "1"
	case "id":
		v2(claims)
		claims["aud"], claims["nonce"], claims["sub"] = Client, "678910", "pairwise-user"
	default:
		return nil, fmt.Errorf("mint: no shape %q", shape)
	}
	return claims, nil
}

// base sets what every token has. Entra backdates iat and nbf by about five minutes.
func base(claims map[string]any, issued time.Time) {
	at := issued.Add(-5 * time.Minute).Unix()
	claims["iat"], claims["nbf"], claims["exp"] = at, at, at+3900
	claims["tid"] = Tenant
	claims["uti"] = "FVsGxYXI30-TuikuuUoFAA"
	claims["aio"] = "k2BgYPjP9Mfxs2vKUxaH3kf3"
	claims["rh"] = "0.AXEAfgofXA0"
}

func v1(claims map[string]any) {
	claims["iss"] = "https://sts.windows.net/" + Tenant + "/"
	claims["idp"] = "https://sts.windows.net/" + Tenant + "/"
	claims["ver"] = "1.0"
	claims["aud"] = APIURI
	claims["appid"] = Client
}

func v2(claims map[string]any) {
	claims["iss"] = "https://login.microsoftonline.com/" + Tenant + "/v2.0"
	claims["ver"] = "2.0"
	claims["aud"] = API
}

func appOnly(claims map[string]any) {
	claims["oid"], claims["sub"] = daemon, daemon
	claims["roles"] = []string{"Orders.Read.All"}
}

func delegated(claims map[string]any) {
	claims["oid"], claims["sub"] = user, "l3_roISQU222bULS9yi2k0XpqpOiMz5H3ZACo1GeXA"
	claims["name"] = "Abe Lincoln"
	claims["scp"] = "Orders.Read"
}
