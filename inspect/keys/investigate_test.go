package keys_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

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
		})
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
