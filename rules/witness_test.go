package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/mint"
	"github.com/gatewhy/gatewhy/testdata/oracles/tokens"
	"github.com/gatewhy/gatewhy/testdata/oracles/witness"
)

// witnessed is a program without an adapter: its configuration as checks, and the tokens with
// which it does otherwise than these say. A key is how a token's name begins, or one of its
// words.
type witnessed struct {
	folder  string
	root    rules.Node
	differs map[string]string // why
}

// TestRealProgramsBearOutTheModel holds the evaluation of times, algorithms, shapes and lists
// against programs that have no adapter: where both are sure, they must agree.
func TestRealProgramsBearOutTheModel(t *testing.T) {
	t.Parallel()
	minted, err := witness.Mint(time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	const (
		doubles = "it reads no number that a double can't hold, and no whole number beyond 64 bits"
		blanks  = "it leaves out blanks around a text"
		utf8    = "it reads nothing that is not UTF-8"
	)
	for _, program := range []witnessed{
		{"haproxy/one-issuer", haproxy(minted.PublicKey()), map[string]string{
			"header-trailing": "it passes over what follows the header",
		}},
		{"apache-oidc/one-issuer", apache(), map[string]string{
			`aud="API "`: blanks, `iss="ISSUER "`: blanks,
			`iss=["ISSUER"]`: "it takes a list of one issuer for the issuer",
			"nbf=1e400":      doubles, "iat=1e400": doubles, "email_verified=1": doubles,
			"nbf=9223372036854775808": doubles, "x=": doubles, "header x=": doubles,
			"payload-bad-utf8": utf8, "header-bad-utf8": utf8,
			"nul-in-sub": "it reads no text with a NUL in it",
			"kid=empty":  "it takes an empty key id for one that no key has",
		}},
	} {
		t.Run(program.folder, func(t *testing.T) { program.test(t, minted) })
	}
}

func (w *witnessed) test(t *testing.T, minted *witness.Minted) {
	recorded, err := witness.Read("../testdata/oracles/" + w.folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := recorded.Complete(minted); err != nil {
		t.Fatal(err)
	}
	policies := []*rules.Policy{{Root: w.root}}
	odd := map[string]bool{"crit-unknown": true, "crit-empty": true, "kid-number": true}
	for _, shape := range tokens.Odd() {
		odd[shape.Name] = true
	}
	same, open, tried, differing := 0, 0, 0, map[string]bool{}
	for answer := range recorded.Tried(minted) {
		v := rules.Evaluate(policies, minted.Request(recorded.Asked(answer), answer.Token))
		tried++
		unsure := odd[answer.Token] || wordOf(answer.Token, unsure()) != ""
		switch word := wordOf(answer.Token, w.differs); {
		case v.Outcome == rules.Undetermined && unsure:
			open++
		case v.Outcome == rules.Undetermined:
			t.Errorf("%s: not known: %s", answer.Token, v.Why())
		case (v.Outcome == rules.Accepted) == answer.Reached:
			same++
		case word != "":
			differing[word] = true
		default:
			t.Errorf("%s: predicted %v (%s), answered %d",
				answer.Token, v.Outcome, v.Why(), answer.Status)
		}
	}
	t.Logf("%s %s: %d of %d answers as predicted, %d not known",
		recorded.Program, recorded.Version, same, tried, open)
	for word, why := range w.differs {
		if !differing[word] && witness.OneOf == 1 { // else it was perhaps not asked about
			t.Errorf("%s: nothing differs any more, though %s", word, why)
		}
	}
}

// unsure are the tokens of which the model says that gateways differ on them.
func unsure() map[string]string {
	const time = "it is not documented what a gateway makes of such a time"
	const shape = "gateways differ on what they read of such a payload"
	const header = "gateways differ on a member of the header that is no text"
	return map[string]string{
		"exp-string": time, "exp-float": time, "exp-huge": time, "exp-millis": time,
		"kid=number": header, "typ=number": header,
		"exp=digits": time, "exp=float": time, "exp=null": time,
		"dup-aud-last-good": shape, "dup-aud-last-bad": shape,
		"payload-array": shape, "payload-trailing": shape, "payload-bom": shape,
	}
}

// wordOf is the word of a token's name that a table has, or the beginning of one; empty for none.
func wordOf(name string, table map[string]string) string {
	for word := range table {
		if strings.HasPrefix(name, word) {
			return word
		}
	}
	for word := range strings.FieldsSeq(name) {
		if table[word] != "" {
			return word
		}
	}
	return ""
}

func equals(id rules.ID, in rules.Input, text string) *rules.Check {
	return &rules.Check{ID: id, Test: rules.Predicate{
		Op: rules.Equals, Input: in, Values: rules.Literals(text),
	}}
}

// sent is a bearer token with the scheme in any case.
func sent() *rules.Check {
	return &rules.Check{ID: rules.TokenPresent, Test: rules.Predicate{
		Op: rules.Sent, Lookup: &rules.Lookup{Locations: []rules.Location{{
			Input:  rules.Input{Source: rules.FromHTTP, Name: "Authorization"},
			Prefix: "Bearer ", FoldCase: true,
		}}},
	}}
}

// expiry has no leeway, and a token need not have it.
func expiry() *rules.Check {
	exp := rules.Claim("exp")
	return &rules.Check{ID: rules.Expiry, Test: rules.IfPresent(exp, rules.Predicate{
		Op: rules.After, Input: exp, Inclusive: true,
	})}
}

func haproxy(key string) rules.Node {
	return rules.AllOf(
		sent(),
		equals(rules.Algorithm, rules.Input{Source: rules.FromHeader, Name: "alg"}, "RS256"),
		&rules.Check{ID: rules.Signature, Test: rules.Predicate{
			Op: rules.Verifies,
			Key: &rules.Key{
				Own: true, Text: key, Loose: true, Lenience: keys.Lenience{AnyCrit: true},
			},
		}},
		equals(rules.Issuer, rules.Claim("iss"), mint.V2Issuer(mint.Tenant)),
		equals(rules.Audience, rules.Claim("aud"), mint.API),
		expiry(),
	)
}

func apache() rules.Node {
	key := rules.KeysAt("https://keys.example.com/keys", false)
	key.Loose, key.Lenience.AnyCrit = true, true
	return rules.AllOf(
		sent(),
		&rules.Check{ID: rules.Signature, Test: rules.Predicate{
			Op: rules.Verifies, Key: key,
		}},
		expiry(),
		equals(rules.Issuer, rules.Claim("iss"), mint.V2Issuer(mint.Tenant)),
		&rules.Check{ID: rules.Audience, Test: rules.Predicate{
			Op: rules.OneOf, Input: rules.Claim("aud"), Values: rules.Literals(mint.API),
		}},
	)
}
