// Package demo has the four scenes of Salesforce KB 005321722 as data: two symptoms and two
// solutions, with the policies and the parties, all made up.
package demo

import (
	"embed"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/rules/issued"
)

//go:embed *.json
var policies embed.FS

// Policy is the text of a scene's policy.
func Policy(name string) ([]byte, error) { return policies.ReadFile(name) }

// The parties of the demonstration.
const (
	tenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	client = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
	dev    = "d30c7f41-52b8-4f6e-8a1b-90c4e7d2a5b6"
)

// Contracts are the clients that have a contract on the API: those of both environments.
func Contracts() []string { return []string{client, dev} }

// Scene is one of the article's four: a policy of the UAT gateway, and tokens that arrive at it.
// The first one is explained, of the others the answer is given.
type Scene struct {
	Title, Story string
	Policy       string
	Repairs      bool // whether to show those for the first token: it is one that belongs here
	Tokens       []Token
}

// Token is a token of a scene. Without scopes it is app-only.
type Token struct{ Environment, Client, Scopes string }

func (t Token) String() string {
	name := "an app-only token of "
	if t.Scopes != "" {
		name = "a user's token of "
	}
	return name + map[string]string{"dev": "DEV", "uat": "UAT"}[t.Environment]
}

// Claims are those that Entra ID puts into such a v1.0 token, issued at that time.
func (t Token) Claims(at time.Time) string {
	example := issued.Example{
		Tenant: tenant, Audience: "api://orders-" + t.Environment, Client: t.Client,
		User: t.Scopes != "", Scopes: strings.Fields(t.Scopes), At: at,
	}
	return example.Claims().JSON()
}

// Scenes are the two symptoms and the two solutions of Salesforce KB 005321722.
func Scenes() []Scene {
	uat, own := Token{"uat", client, ""}, Token{"dev", dev, ""}
	uatUser := Token{"uat", client, "UAT.Access"}
	devUser := Token{"dev", dev, "DEV.Access"}
	return []Scene{
		{
			"Symptom 1: a good token is rejected",
			"The UAT API has the OpenID Connect policy, and client ids are validated. A good " +
				"UAT token arrives.",
			"oidc-strict.json", true,
			[]Token{uat},
		},
		{
			"Symptom 2: a token of another environment is let in",
			"To cure the 403, the team skips the client id check. One tenant signs the tokens " +
				"of DEV and UAT. A DEV token arrives at UAT.",
			"oidc-skipped.json", false,
			[]Token{devUser, uatUser},
		},
		{
			"Solution A: JWT Validation with the environment's audience",
			"The client id comes from appid, the audience is UAT's, and the issuer is pinned, " +
				"which the article leaves out. A DEV token arrives at UAT.",
			"jwt-validation.json", false,
			[]Token{own, uat},
		},
		{
			"Solution B: a scope for each environment",
			"The OpenID Connect policy stays and requires UAT.Access. A DEV token arrives at " +
				"UAT. What the article leaves out: app-only tokens carry no scopes, so daemons " +
				"are locked out.",
			"oidc-scope.json", false,
			[]Token{devUser, uatUser, uat},
		},
	}
}
