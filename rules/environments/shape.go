package environments

import (
	"fmt"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Parties of the tokens that tests are made of, unless they say otherwise.
const (
	shapeTenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	shapeAPI    = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"
	shapeClient = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
	shapeUser   = "0d7c4b8e-5a3f-4e61-b2c9-1f8e7d6c5b4a"
	shapeDaemon = "a4e2c9d1-6b70-4f35-8d1e-3c5b7a9f2e60"
)

// Shapes lists the names of the tokens that a test can start from.
func Shapes() []string {
	return []string{
		"entra-v1-app-only", "entra-v1-delegated", "entra-v2-app-only", "entra-v2-delegated", "entra-id-token", "graph", "b2c", "external-id",
	}
}

// shapeOf returns the claims of a shape, as they differ from what all have.
func shapeOf(name string) []source.Member {
	switch name {
	case "entra-v1-app-only":
		return join(v1Claims("api://orders"), appOnlyClaims())
	case "entra-v1-delegated":
		return join(v1Claims("api://orders"), userClaims(), claims("scp", "user_impersonation"))
	case "entra-v2-app-only":
		return join(v2Claims(shapeAPI), claims("azp", shapeClient, "azpacr", "1"), appOnlyClaims())
	case "entra-v2-delegated":
		return join(v2Claims(shapeAPI), claims("azp", shapeClient, "azpacr", "1", "scp", "user_impersonation"), userClaims())
	case "entra-id-token":
		return join(v2Claims(shapeClient), claims("nonce", "678910", "preferred_username", "user@contoso.example"), userClaims())
	case "graph":
		return join(v1Claims("https://graph.microsoft.com"), userClaims(), claims("scp", "User.Read openid profile"))
	case "b2c":
		return join(claims("iss", "https://contoso.b2clogin.com/"+shapeTenant+"/v2.0/", "aud", shapeAPI, "azp", shapeClient, "ver", "1.0", "tfp", "B2C_1_signin", "scp", "read"), userClaims())
	}
	return join(claims("iss", "https://"+shapeTenant+".ciamlogin.com/"+shapeTenant+"/v2.0", "aud", shapeAPI, "azp", shapeClient, "ver", "2.0", "scp", "read", "tid", shapeTenant), userClaims())
}

func v1Claims(audience string) []source.Member {
	return claims("iss", entra.IssuerURL(entra.Clouds()[0], shapeTenant, entra.V1), "tid", shapeTenant, "aud", audience, "ver", "1.0", "appid", shapeClient, "appidacr", "1")
}

func v2Claims(audience string) []source.Member {
	return claims("iss", entra.IssuerURL(entra.Clouds()[0], shapeTenant, entra.V2), "tid", shapeTenant, "aud", audience, "ver", "2.0")
}

func appOnlyClaims() []source.Member { return claims("oid", shapeDaemon, "sub", shapeDaemon) }

func userClaims() []source.Member { return claims("oid", shapeUser, "sub", "pairwise-of-the-user") }

// claims makes members of names and texts that follow each other.
func claims(pairs ...string) []source.Member {
	members := make([]source.Member, len(pairs)/2)
	for i := range members {
		members[i] = source.Member{Key: pairs[2*i], Value: str(pairs[2*i+1])}
	}
	return members
}

func join(parts ...[]source.Member) []source.Member {
	var all []source.Member
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// Make makes the token of a test that starts from a shape: issued five minutes before that time, valid for an hour more, unsigned.
func (t *TokenSpec) Make(at time.Time) *inspect.Token {
	object := &source.Value{Kind: source.Object, Members: shapeOf(t.Shape.Value)}
	s := sample{at: at}
	for _, name := range []string{"iat", "nbf", "exp"} {
		object.Members = append(object.Members, source.Member{Key: name, Value: s.claim(name)})
	}
	if t.Claims != nil {
		override(object, t.Claims)
	}
	header := `{"typ":"JWT","alg":"RS256","kid":"assumed"}`
	if t.Shape.Value == "graph" {
		header = `{"typ":"JWT","nonce":"of-graph","alg":"RS256","kid":"assumed"}`
	}
	return inspect.Parse(fmt.Sprintf("%s.%s.%s", encode(header), encode(object.JSON()), encode("assumed")))
}

// override puts claims over others; a null takes one away.
func override(object, with *source.Value) {
	for _, m := range with.Members {
		kept := object.Members[:0]
		for _, have := range object.Members {
			if have.Key != m.Key {
				kept = append(kept, have)
			}
		}
		object.Members = kept
		if m.Value.Kind != source.Null {
			object.Members = append(object.Members, m)
		}
	}
}
