package render

import (
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// keySetText has the public keys of RFC 7517, appendix A.1, and a shared secret.
const keySetText = `{"keys":[
{"kty":"EC","crv":"P-256","kid":"ec` + hostileJSON + `","use":"sig","alg":"ES256",
"x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0",
"cloud_instance_name":"microsoftonline.com"},
{"kty":"EC","crv":"P-256","kid":"ec-2","x5c":["AA"],
"x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
"y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
"issuer":"` + issuer + `"},
{"kty":"oct","kid":"shared","k":"aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg"},
{"kty":"RSA","n":"AQ"},
{"kty":"XX","kid":"unknown type"}
]}`

func keySet(t *testing.T) *keys.Set {
	t.Helper()
	set, err := keys.Parse("keys.json", []byte(keySetText))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// keysOfClouds is a key set that a cache had, and the answers of two clouds.
func keysOfClouds(t *testing.T) *report.KeyListing {
	set := keySet(t)
	set.Cached, set.Fetched = true, noon().Add(-time.Hour)
	set.Keys[1].LastSeen = noon().Add(-48 * time.Hour)
	set.Notes = append(set.Notes, keys.Note{ID: "odd", Message: "something " + hostile})
	cloud := func(id string) entra.Cloud {
		c, ok := entra.CloudByID(id)
		if !ok {
			t.Fatalf("no cloud %s", id)
		}
		return c
	}
	failed := &source.Error{Cause: "no answer " + hostile}
	return report.NewKeyListing(set, noon(), keys.CloudSet{Cloud: cloud("public"), Set: keySet(t)},
		keys.CloudSet{Cloud: cloud("usgov"), Set: set},
		keys.CloudSet{Cloud: cloud("china"), Err: failed})
}

func TestKeySets(t *testing.T) {
	t.Parallel()
	golden(t, "keys", Formats().Keys, []row[*report.KeyListing]{
		{
			fact:   "a set that gives a secret away says so first",
			style:  Style{Unicode: true, Width: 120},
			report: keysOfClouds,
		},
		{
			fact:  "without clouds a set is a table of its keys",
			style: Style{Width: 60},
			report: func(t *testing.T) *report.KeyListing {
				set := keySet(t)
				set.Keys = set.Keys[:2]
				return report.NewKeyListing(set, noon())
			},
		},
		{
			fact: "a set may have no key",
			report: func(t *testing.T) *report.KeyListing {
				return report.NewKeyListing(&keys.Set{Origin: "empty.json"}, noon())
			},
		},
	})
}

func TestWhyACloudHasNoKeysIsSaidWithoutItsAddress(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		&source.Error{Pos: source.Position{File: "https://x"}, Cause: "no answer"}: "no answer",
		errors.New("cancelled"): "cancelled",
	} {
		if got := causeOf(err); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// selfSigned is a key set whose one key has a certificate for January 2026.
func selfSigned(t *testing.T) *keys.Set {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	january := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "signing " + hostileJSON},
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:  time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(nil, &january, &january, public, private)
	if err != nil {
		t.Fatal(err)
	}
	set, err := keys.Parse("keys.json", fmt.Appendf(nil,
		`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":%q,"x5c":[%q]}]}`,
		base64.RawURLEncoding.EncodeToString(public), base64.StdEncoding.EncodeToString(der)))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestACertificateIsShownWithItsTimes(t *testing.T) {
	t.Parallel()
	listing := report.NewKeyListing(selfSigned(t), noon())
	for format, want := range map[string][]string{
		"text": {"2026-01-01 - 2026-01-31, expired"},
		"json": {
			`"not_before": "2026-01-01T00:00:00Z"`, `"not_after": "2026-01-31T00:00:00Z"`,
			`signing \u202e`,
		},
	} {
		var out strings.Builder
		if err := Formats().Keys.Write(&out, format, Style{}, listing); err != nil {
			t.Fatal(err)
		}
		checkSafe(t, "keys", format, out.String())
		for _, text := range want {
			if !strings.Contains(out.String(), text) {
				t.Errorf("%s lacks %s:\n%s", format, text, out.String())
			}
		}
	}
}

// tinyGateways are two gateways: one with its behaviours, one with its expressions.
func tinyGateways() []report.Gateway {
	row := func(status int, change func(*rules.Behaviour)) rules.Behaviour {
		b := rules.Behaviour{
			Situation: "no-token", Title: "there is no token", Checked: "2026-01-31",
			Answer: rules.Answer{Status: status, Evidence: rules.Documented.From("KB 1")},
		}
		change(&b)
		return b
	}
	return []report.Gateway{
		{Name: "tiny", Product: "Tiny Gateway", Vendor: "V", Behaviours: []rules.Behaviour{
			row(401, func(b *rules.Behaviour) {
				b.Answer.Body = `{"error":"no token"}`
				b.Headers = []string{"WWW-Authenticate: Bearer"}
			}),
			row(401, func(b *rules.Behaviour) { b.Answer.NoBody = true }),
			row(0, func(b *rules.Behaviour) { b.Policies = []string{"door", "gate"} }),
			row(403, func(b *rules.Behaviour) {
				b.Policies, b.Condition = []string{"door"}, "with a contract"
				b.Answer.Says = "denied"
			}),
			row(200, func(b *rules.Behaviour) { b.Policies = []string{"gate"} }),
			row(500, func(b *rules.Behaviour) { b.Policies = []string{"gate"} }),
		}, Handling: []rules.Handling{{
			Situation: "field-unknown", Title: "a field that nobody knows",
			Does: "it is dropped without a word", Evidence: rules.Documented.From("KB 3"),
			Checked: "2026-01-31",
		}}},
		{Name: "wide", Product: "Wide Gateway", Vendor: "V", Expressions: []rules.Expression{
			{
				Rule: "A claim that is missing is null", Expression: "#[claims." + hostile + "]",
				Runtime: "4.4", Input: `{"a":"` + hostile + `"}`, Result: "null" + hostile,
				Evidence: rules.Documented.From("KB 2"),
			},
			{
				Rule: "Null is not a text", Expression: "#[null]", Result: "null",
				Evidence: rules.Documented.From("KB 2"),
			},
		}},
	}
}

// collections say how to get two inputs.
func collections() []rules.Collection {
	return []rules.Collection{
		{
			Name: "ids", Title: "the ids that the other commands need",
			Steps: []rules.Step{{Note: "by hand EVIL: open the console"}},
		},
		{
			Name: "contracts", Title: "the contracts of an API",
			Takes: []source.Input{source.NeedContracts, source.NeedToken},
			Steps: []rules.Step{
				{Note: "a token of your own", Command: "az account get-access-token"},
				{Note: "then", Explain: []rules.Given{
					{Input: source.NeedToken, Value: "@token.jwt"},
					{Input: source.NeedContracts, Value: "contracts.json"},
				}},
			},
		},
	}
}

func TestWhatIsKnownOfGateways(t *testing.T) {
	t.Parallel()
	golden(t, "gateways", Formats().Gateways, []row[[]report.Gateway]{
		{
			fact:   "each line comes with its evidence",
			report: func(*testing.T) []report.Gateway { return tinyGateways() },
		},
	})
}

func TestHowToCollectInputs(t *testing.T) {
	t.Parallel()
	golden(t, "collect", Formats().Collect, []row[[]rules.Collection]{
		{
			fact:   "all but the commands is a comment of the shell",
			report: func(*testing.T) []rules.Collection { return collections() },
		},
	})
}

func TestTheCatalogueFitsATerminalAndIsALineARuleInAPipe(t *testing.T) {
	t.Parallel()
	all := []rules.Rule{
		{
			Name: "audience-check-switched-off", Severity: rules.Warning,
			Title: "an audience is configured, and its check is switched off",
		},
		{Name: "placeholder-value", Severity: rules.Error, Title: "a value is a placeholder"},
	}
	for columns, want := range map[int]string{
		0: "audience-check-switched-off  warning  an audience is configured, and its check is " +
			"switched off\n" +
			"placeholder-value            error    a value is a placeholder\n",
		60: "audience-check-switched-off  warning  an audience is\n" +
			"                                      configured, and its\n" +
			"                                      check is switched off\n" +
			"placeholder-value            error    a value is a\n" +
			"                                      placeholder\n",
	} {
		var b strings.Builder
		text := NewText(Style{Width: columns})
		RulesText(text, all)
		if _, err := text.WriteTo(&b); err != nil || b.String() != want {
			t.Errorf("in %d columns, %v:\n%s", columns, err, b.String())
		}
	}
}
