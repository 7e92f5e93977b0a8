package render

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// altered is a token that no key of a set has signed.
func altered(t *testing.T) *report.Verification {
	d := decodingOf(t, hostileClaims)
	key := &keys.Key{ID: "key-1" + hostile, Type: "RSA", Bits: 2048}
	leaked := &keys.Key{ID: "key-2", Type: "EC", Curve: "P-256", Private: true}
	set := &keys.Set{
		Origin: "https://login.example/keys" + hostile, Keys: []*keys.Key{key, leaked},
		Notes:  []keys.Note{{ID: "bare-list", Message: "a bare list" + hostile}},
		Cached: true, Fetched: noon().Add(-time.Hour),
	}
	v := &report.Verification{
		Token: d.Token, Profile: d.Profile, At: noon(), Redact: true,
		Report: keys.Report{
			Signature: keys.Result{
				Outcome: keys.Fail, Reason: keys.TextAltered, KeyID: key.ID, Algorithm: "RS256",
				Set: set, Named: key, Notes: []keys.Note{{ID: "same-kid", Message: "two keys"}},
			},
			Checks: []keys.Check{
				{ID: "token-format", Outcome: keys.Pass, Actual: "a signed token"},
				{
					ID: "signature", Outcome: keys.Fail,
					Why: "no key matches the signature for ann@contoso.example" + hostile,
				},
				{
					ID: "issuer", Outcome: keys.Fail, Expected: "https://issuer.example/",
					Actual: issuer + hostile, Why: "the issuer is another",
				},
				{ID: "tenant", Outcome: keys.Skipped},
			},
		},
	}
	v.AddNext(report.CommandLine{Flags: []string{"--jwks", "it's.json"}})
	return v
}

// verified is a token that a key of its own choice has signed.
func verified(t *testing.T) *report.Verification {
	d := decodingOf(t, ownClaims)
	key := &keys.Key{Type: "oct"}
	needs := source.Ask(source.NeedExpectedTenant, "not checked")
	v := &report.Verification{
		Token: d.Token, Profile: d.Profile, At: noon(), Redact: true, OwnKeys: true,
		Report: keys.Report{
			Signature: keys.Result{
				Outcome: keys.Pass, Reason: keys.SignatureVerified, Verifier: key,
				Set: &keys.Set{Origin: "keys.json", Keys: []*keys.Key{key}},
			},
			Checks: []keys.Check{
				{ID: "signature", Outcome: keys.Pass},
				{ID: "tenant", Outcome: keys.Skipped, Why: needs.Text, Hint: needs},
			},
		},
	}
	v.AddNext(report.CommandLine{Token: "@token.jwt"})
	return v
}

func TestVerifications(t *testing.T) {
	t.Parallel()
	golden(t, "verify", Formats().Verify, []row[*report.Verification]{
		{
			fact:  "a token that no key has signed is not verified",
			style: Style{Unicode: true}, report: altered,
		},
		{fact: "a token that chose its own keys is verified with a warning", report: verified},
		{
			fact: "without keys the way to get them is shown",
			report: func(t *testing.T) *report.Verification {
				v := verified(t)
				v.OwnKeys, v.NoKeys = false, "no key set was given"
				v.Hints = []source.Hint{source.Ask(source.NeedKeySet, "pass it")}
				v.AddNext(report.CommandLine{})
				v.Report = keys.Report{Checks: []keys.Check{{ID: "signature", Why: "no keys"}}}
				return v
			},
		},
		{
			fact:    "an ID token is the wrong token even where it is genuine",
			formats: []string{"text"},
			report: func(t *testing.T) *report.Verification {
				v := verified(t)
				v.Profile.Kind = inspect.KindID
				return v
			},
		},
		{
			fact:    "a token for Microsofts API is the wrong token too",
			formats: []string{"text"},
			report: func(t *testing.T) *report.Verification {
				v := verified(t)
				token := tokenWith(`{"aud":"https://graph.microsoft.com","ver":"1.0","iss":"` +
					issuer + `"}`)
				v.Profile = inspect.Describe(token)
				return v
			},
		},
	})
}

// Every reason has words of its own for the headline.
func TestEveryFailureOfASignatureHasItsCause(t *testing.T) {
	t.Parallel()
	said := map[string]keys.Reason{}
	for reason := keys.NoKeys; reason <= keys.KeyOfCloud; reason++ {
		text := signatureCause(keys.Result{Reason: reason, Algorithm: "HS256"})
		if other, twice := said[text]; text == "" || twice && reason != keys.TextAltered &&
			reason != keys.SignatureVerified {
			t.Errorf("%v: %q, as %v", reason, text, other)
		}
		said[text] = reason
	}
	for _, test := range []struct {
		result keys.Result
		want   string
	}{
		{keys.Result{Reason: keys.AlgorithmNotAllowed, Why: "there is no alg"}, "there is no alg"},
		{keys.Result{Reason: keys.TextAltered, Misfit: true, Why: "too short"}, "too short"},
		{
			keys.Result{Reason: keys.TextAltered, WrongResource: true},
			"wrong resource: only Microsoft's own APIs can verify this token",
		},
		{
			keys.Result{Reason: keys.TextAltered, Named: &keys.Key{}},
			"the signature does not match",
		},
	} {
		if got := signatureCause(test.result); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestAListOfKeysIsCutBetweenTwoOfThem(t *testing.T) {
	t.Parallel()
	ids := make([]string, 7)
	for i := range ids {
		ids[i] = strconv.Quote(strings.Repeat(string(rune('a'+i)), 27))
	}
	c := keys.Check{Expected: "one of " + strings.Join(ids, ", "), Actual: `kid "x"`}
	wanted := verification{}.shortCheck("signature", c, 60)[0].Text
	if !strings.HasSuffix(wanted, `", …`) {
		t.Error(wanted)
	}
}
