package render

import (
	"bytes"
	"encoding/base64"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// hostile is what somebody might write who knows that it will be shown: what a terminal acts on,
// markup of every format, and a command for GitHub.
const hostile = "\u202e\x1b[1m<b>|`*@\n::error::EVIL"

// hostileJSON is hostile inside a string of JSON, in bytes that JSON takes as they are.
const hostileJSON = "\u202e<b>|`*@::error::EVIL"

const (
	tenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	client = "6f0e1c2a-0000-4000-8000-0000000000c3"
	issuer = "https://sts.windows.net/" + tenant + "/"
)

// noon is when everything is judged. The tokens are ten minutes old and live for an hour.
func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

const times = `"iat":1772365800,"nbf":1772365800,"exp":1772369400`

// ownClaims are those of a token that belongs to the policy of orders.
const ownClaims = `{"aud":"api://orders-uat","iss":"` + issuer + `","tid":"` + tenant +
	`","ver":"1.0","appid":"` + client +
	`","appidacr":"1","roles":["Orders.Read"],"idtyp":"app",` +
	`"uti":"u1",` + times + `}`

// hostileClaims are of a user's token for another API.
const hostileClaims = `{"aud":"api://orders-dev` + hostileJSON + `","iss":"` + issuer +
	`","tid":"` + tenant + `","ver":"1.0","appid":"` + client + `","upn":"ann@contoso.example",` +
	`"scp":"Orders.Read ` + hostileJSON + `","` + hostileJSON + `":[1,{"a":null}],` +
	`"note":"for ann@contoso.example: ` + innerToken + `",` + times + `}`

// tokenWith is a token with a signature that nobody has made.
func tokenWith(claims string) *inspect.Token {
	encode := base64.RawURLEncoding.EncodeToString
	return inspect.Parse(encode([]byte(`{"alg":"RS256","typ":"JWT","kid":"key-1"}`)) + "." +
		encode([]byte(claims)) + "." + encode(bytes.Repeat([]byte("s"), 256)))
}

// ordersText is a configuration with a secret, and with a text that a reader must not fall for.
const ordersText = `{
  "header": "Authorization",
  "audience": "api://orders-uat", "note": "` + hostileJSON + `",
  "clientSecret": "hunter2", "tenant": "` + tenant + `",
  "clientId": "client_id"
}
`

func read(t *testing.T, name, text string) *source.File {
	t.Helper()
	file, err := source.ReadJSON(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// orders reads the configuration of the API of orders.
func orders(t *testing.T) *source.File { return read(t, "policies/uat/orders.json", ordersText) }

// fileNamed finds a file by its name, as reports ask for one.
func fileNamed(files ...*source.File) func(name string) *source.File {
	return func(name string) *source.File {
		for _, file := range files {
			if file.Name == name {
				return file
			}
		}
		return nil
	}
}

// checkAt is a check that a field of a file decides.
func checkAt(file *source.File, id rules.ID, field string, status int,
	p rules.Predicate,
) *rules.Check {
	at := file.Documents[0].Member(field)
	return &rules.Check{
		ID: id, Field: field, Pos: at.Pos, Span: at.Span, Test: p,
		Answer:   rules.Answer{Status: status, Evidence: rules.Documented.From("KB 1")},
		Evidence: rules.Documented.From("KB 2"),
	}
}

func equals(claim, text string) rules.Predicate {
	in := rules.Claim(claim)
	p := rules.Predicate{Op: rules.Equals, Input: in, Values: rules.Literals(text)}
	return rules.Required(in, p)
}

// ordersPolicy wants a token for orders whose client has a contract.
func ordersPolicy(file *source.File) *rules.Policy {
	present := checkAt(file, rules.TokenPresent, "header", 401, rules.Predicate{Op: rules.Sent})
	present.Answer.Body = `{"error":"no token"}`
	audience := checkAt(file, rules.Audience, "audience", 401, equals("aud", "api://orders-uat"))
	audience.Answer.Says = "invalid_token"
	clientID := checkAt(file, rules.ClientID, "clientId", 403,
		rules.Found(rules.Claim("client_id")))
	clientID.Evidence.Level = rules.Inferred
	contract := checkAt(file, rules.Contract, "clientId", 403,
		rules.Predicate{Op: rules.Listed, Input: rules.Claim("appid")})
	contract.Remark = "contracts are modelled"
	return &rules.Policy{
		Variant: "tiny", Asset: "door", Name: "Door", Product: "Tiny Gateway",
		Version: "1.2.0", API: "17", Order: 2, Pos: file.Documents[0].Pos,
		Root: rules.AllOf(present, audience, clientID, contract),
	}
}

// judged is the verdict of policies on a token; nil for a request without one.
func judged(token *inspect.Token, policies ...*rules.Policy) rules.Verdict {
	return rules.Evaluate(policies, &rules.Request{
		Token: token, At: noon(), HeadersWhole: true, QueryWhole: true,
		Signatures: environments.Assumed("valid"),
	})
}

// lenient lets every token for orders in.
func lenient(file *source.File) *rules.Policy {
	p := *ordersPolicy(file)
	p.Root = rules.AllOf(
		checkAt(file, rules.Audience, "audience", 401, equals("aud", "api://orders-uat")),
	)
	return &p
}
