package keys_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

const appID = "6f0e1c2a-3b0d-4a55-9c3e-7f0e2b6d9ac3"

// onHost answers requests to one host, and leaves the others to the tenant.
func (tn *tenant) onHost(host string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Host == host {
			h(w, r)
			return
		}
		tn.answer(w, r)
	}
}

func TestTheKeyIsLookedForElsewhere(t *testing.T) {
	r := rsaKeys()
	body := func(iss, aud string) string { return `{"iss":"` + iss + `","aud":"` + aud + `"}` }
	header := `{"alg":"RS256","kid":"three"}`
	tests := []struct {
		name, token string
		prepare     func(*tenant)
		want        keys.Reason
		said        string
	}{
		{
			"the token's own tenant has the key", signRS256(t, r[2], header, body(v2Issuer(tid), "x")),
			func(tn *tenant) { tn.roll([]map[string]any{publicKey(t, 2, "three")}) },
			keys.KeyOfTenant, "the v1.0 keys of the token's own tenant",
		},
		{
			"the API has a signing key of its own", signRS256(t, r[2], header, body(v2Issuer(tid), "api://"+appID)),
			func(tn *tenant) { tn.apps[appID] = []map[string]any{publicKey(t, 2, "three")} },
			keys.KeyOfApp, "?appid=" + appID,
		},
		{
			"another cloud has the key", signRS256(t, r[2], header, body(v2Issuer(tid), "x")),
			func(tn *tenant) {
				tn.always = tn.onHost("login.microsoftonline.us", func(w http.ResponseWriter, r *http.Request) {
					if strings.Contains(r.URL.Path, "/discovery/") {
						tn.write(w, map[string]any{"keys": []map[string]any{publicKey(t, 2, "three")}})
						return
					}
					tn.answer(w, r)
				})
			},
			keys.KeyOfCloud, "the keys of the cloud Azure US Government",
		},
		{
			"the tenant's own document lists a key of another cloud", signRS256(t, r[2], header, body(v1Issuer(tid), "x")),
			func(tn *tenant) {
				key := publicKey(t, 2, "three")
				key["cloud_instance_name"] = "microsoftonline.us"
				tn.roll([]map[string]any{key})
			},
			keys.KeyOfCloud, "the keys of the cloud Azure US Government that the tenant's own documents list",
		},
		{"no one has the key", signRS256(t, r[2], header, body(v2Issuer(tid), "api://"+appID)), func(*tenant) {}, keys.KidUnknown, ""},
		{"the others can't be reached", signRS256(t, r[2], header, body(v2Issuer(tid), "x")), func(tn *tenant) { tn.always = status(400) }, keys.KidUnknown, ""},
		{"the kid fits and the signature does not", signRS256(t, r[1], header, body(v2Issuer(tid), "x")), func(tn *tenant) { tn.roll([]map[string]any{publicKey(t, 2, "three")}) }, keys.KidUnknown, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tn := newTenant(t, publicKey(t, 0, "one"))
			test.prepare(tn)
			token := inspect.Parse(test.token)
			before := keys.Verify(token, setOf(t, publicKey(t, 0, "one")))
			got := tn.source(newClock()).Investigate(context.Background(), token, before)
			if got.Reason != test.want || got.Outcome != keys.Fail || !strings.Contains(got.Actual, test.said) {
				t.Errorf("%v %v: %s", got.Outcome, got.Reason, got.Actual)
			}
			if (got.Verifier != nil) != (test.said != "") {
				t.Errorf("verifier %v", got.Verifier)
			}
			if (len(got.Notes) > 0) != (test.said == "") {
				t.Errorf("notes %v", got.Notes)
			}
		})
	}
}

func TestASearchInVainSaysWhereItLookedAndWhereItCouldNot(t *testing.T) {
	tn := newTenant(t, publicKey(t, 0, "one"))
	tn.always = tn.onHost("login.microsoftonline.us", status(400))
	token := inspect.Parse(signRS256(t, rsaKeys()[2], `{"alg":"RS256","kid":"three"}`, `{"iss":"`+v2Issuer(tid)+`"}`))
	before := keys.Verify(token, setOf(t, publicKey(t, 0, "one")))
	got := tn.source(newClock()).Investigate(context.Background(), token, before)
	want := []keys.Note{
		{ID: "no-key-elsewhere", Message: "none of these signed it either: the v1.0 keys of the token's own tenant, the v2.0 keys of the token's own tenant, the keys of the cloud Azure China (21Vianet), the keys of the cloud Bleu (France), the keys of the cloud Delos (Germany), the keys of the cloud GovSG (Singapore)"},
		{ID: "not-searched", Message: "the key may be among these, which were not to be had: the keys of the cloud Azure US Government"},
	}
	if diff := cmp.Diff(want, got.Notes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestATokenForGraphIsKnownByTheKeysOfItsTenant(t *testing.T) {
	tn := newTenant(t, publicKey(t, 0, "one"))
	token := inspect.Parse(signGraph(t, `{"iss":"`+v1Issuer(tid)+`","aud":"https://graph.microsoft.com"}`))
	before := keys.Verify(token, setOf(t, publicKey(t, 1, "two")))
	got := tn.source(newClock()).Investigate(context.Background(), token, before)
	if before.Reason != keys.KidUnknown || got.Reason != keys.GraphNonce || got.Outcome != keys.Fail {
		t.Errorf("%v became %v %v", before.Reason, got.Outcome, got.Reason)
	}
}

func TestOnlyTokensOfEntraThatLackAKeyAreInvestigated(t *testing.T) {
	r := rsaKeys()
	set := setOf(t, publicKey(t, 0, "one"), publicKey(t, 1, "two"))
	entra := `{"iss":"` + v2Issuer(tid) + `"}`
	for name, token := range map[string]string{
		"verified":                  signRS256(t, r[0], `{"alg":"RS256","kid":"one"}`, entra),
		"signed by another key":     signRS256(t, r[1], `{"alg":"RS256","kid":"one"}`, entra),
		"not signed":                b64(`{"alg":"none"}`) + "." + b64(entra) + ".",
		"of another issuer":         signRS256(t, r[2], `{"alg":"RS256","kid":"x"}`, `{"iss":"https://auth.example.com"}`),
		"of an issuer like Entra's": signRS256(t, r[2], `{"alg":"RS256","kid":"x"}`, `{"iss":"https://login.microsoftonline.com.evil.example/`+tid+`/v2.0"}`),
		"without claims":            "x.y.z",
		"nothing":                   "",
	} {
		parsed := inspect.Parse(token)
		before := keys.Verify(parsed, set)
		s := &keys.Source{Transport: noNetwork{t}}
		if got := s.Investigate(context.Background(), parsed, before); got.Reason != before.Reason {
			t.Errorf("%s: %v became %v", name, before.Reason, got.Reason)
		}
	}
}
