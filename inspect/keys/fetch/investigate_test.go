package fetch_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/keys/fetch"
	"github.com/gatewhy/gatewhy/testdata/mint"
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
	t.Parallel()
	body := func(iss, aud string) string { return `{"iss":"` + iss + `","aud":"` + aud + `"}` }
	header := `{"alg":"RS256","kid":"three"}`
	tests := []struct {
		name    string
		token   *inspect.Token
		prepare func(*tenant)
		want    keys.Reason
		said    string
	}{
		{
			"the token's own tenant has the key",
			sign(t, 2, header, body(mint.V2Issuer(tid), "x")),
			func(tn *tenant) { tn.roll([]map[string]any{publicKey(t, 2, "three")}) },
			keys.KeyOfTenant, "the v1.0 keys of the token's own tenant",
		},
		{
			"the API has a signing key of its own",
			sign(t, 2, header, body(mint.V2Issuer(tid), "api://"+appID)),
			func(tn *tenant) { tn.apps[appID] = []map[string]any{publicKey(t, 2, "three")} },
			keys.KeyOfApp, "?appid=" + appID,
		},
		{
			"another cloud has the key", sign(t, 2, header, body(mint.V2Issuer(tid), "x")),
			func(tn *tenant) {
				tn.always = tn.onHost("login.microsoftonline.us",
					func(w http.ResponseWriter, r *http.Request) {
						if strings.Contains(r.URL.Path, "/discovery/") {
							tn.write(w,
								map[string]any{"keys": []map[string]any{publicKey(t, 2, "three")}})
							return
						}
						tn.answer(w, r)
					})
			},
			keys.KeyOfCloud, "the keys of the cloud Azure US Government",
		},
		{
			"the tenant's own document lists a key of another cloud",
			sign(t, 2, header, body(mint.V1Issuer(tid), "x")),
			func(tn *tenant) {
				key := publicKey(t, 2, "three")
				key["cloud_instance_name"] = "microsoftonline.us"
				tn.roll([]map[string]any{key})
			},
			keys.KeyOfCloud,
			"the keys of the cloud Azure US Government that the tenant's own documents list",
		},
		{
			"no one has the key", sign(t, 2, header, body(mint.V2Issuer(tid), "api://"+appID)),
			func(*tenant) {}, keys.KidUnknown, "",
		},
		{
			"the others can't be reached", sign(t, 2, header, body(mint.V2Issuer(tid), "x")),
			func(tn *tenant) { tn.always = status(400) }, keys.KidUnknown, "",
		},
		{
			"the kid fits and the signature does not",
			sign(t, 1, header, body(mint.V2Issuer(tid), "x")),
			func(tn *tenant) { tn.roll([]map[string]any{publicKey(t, 2, "three")}) },
			keys.KidUnknown, "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tn := newTenant(t, publicKey(t, 0, "one"))
			test.prepare(tn)
			before := keys.Verify(test.token, setOf(t, publicKey(t, 0, "one")))
			got := tn.source(newClock()).Investigate(context.Background(), test.token, before)
			if got.Reason != test.want || got.Outcome != keys.Fail ||
				!strings.Contains(got.Actual, test.said) {
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
	t.Parallel()
	tn := newTenant(t, publicKey(t, 0, "one"))
	tn.always = tn.onHost("login.microsoftonline.us", status(400))
	token := sign(t, 2, `{"alg":"RS256","kid":"three"}`, `{"iss":"`+mint.V2Issuer(tid)+`"}`)
	before := keys.Verify(token, setOf(t, publicKey(t, 0, "one")))
	got := tn.source(newClock()).Investigate(context.Background(), token, before)
	want := []keys.Note{
		{
			ID: "no-key-elsewhere",
			Message: "none of these signed it either: the v1.0 keys of the token's own tenant, " +
				"the v2.0 keys of the token's own tenant, the keys of the cloud Azure China " +
				"(21Vianet), the keys of the cloud Bleu (France), the keys of the cloud Delos " +
				"(Germany), the keys of the cloud GovSG (Singapore)",
		},
		{
			ID: "not-searched",
			Message: "the key may be among these, which could not be fetched: the keys of the " +
				"cloud Azure US Government",
		},
	}
	if diff := cmp.Diff(want, got.Notes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestATokenForGraphIsKnownByTheKeysOfItsTenant(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, publicKey(t, 0, "one"))
	token := signGraph(t, `{"iss":"`+mint.V1Issuer(tid)+`","aud":"https://graph.microsoft.com"}`)
	before := keys.Verify(token, setOf(t, publicKey(t, 1, "two")))
	got := tn.source(newClock()).Investigate(context.Background(), token, before)
	if before.Reason != keys.KidUnknown || got.Reason != keys.GraphNonce ||
		got.Outcome != keys.Fail {
		t.Errorf("%v became %v %v", before.Reason, got.Outcome, got.Reason)
	}
}

func TestOnlyTokensOfEntraThatLackAKeyAreInvestigated(t *testing.T) {
	t.Parallel()
	set := setOf(t, publicKey(t, 0, "one"), publicKey(t, 1, "two"))
	entra := `{"iss":"` + mint.V2Issuer(tid) + `"}`
	unsigned := b64(`{"alg":"none"}`) + "." + b64(entra) + "."
	for name, token := range map[string]*inspect.Token{
		"verified":              sign(t, 0, `{"alg":"RS256","kid":"one"}`, entra),
		"signed by another key": sign(t, 1, `{"alg":"RS256","kid":"one"}`, entra),
		"not signed":            inspect.Parse(unsigned),
		"of another issuer": sign(t, 2, `{"alg":"RS256","kid":"x"}`,
			`{"iss":"https://auth.example.com"}`),
		"of an issuer like Entra's": sign(t, 2, `{"alg":"RS256","kid":"x"}`,
			`{"iss":"https://login.microsoftonline.com.evil.example/`+tid+`/v2.0"}`),
		"cut off, with a kid that is " +
			"there": cutOff(sign(t, 0, `{"alg":"RS256","kid":"one"}`, entra)),
		"cut off, with one that is " +
			"not": cutOff(sign(t, 0, `{"alg":"RS256","kid":"x"}`, entra)),
		"without claims": inspect.Parse("x.y.z"),
		"nothing":        inspect.Parse(""),
	} {
		before := keys.Verify(token, set)
		s := &fetch.Source{Transport: noNetwork{t}}
		got := s.Investigate(context.Background(), token, before)
		if got.Reason != before.Reason {
			t.Errorf("%s: %v became %v", name, before.Reason, got.Reason)
		}
	}
}

// cutOff is a token without the last characters of its signature.
func cutOff(t *inspect.Token) *inspect.Token {
	text := t.Compact()
	return inspect.Parse(text[:len(text)-100])
}

func TestACutSignatureIsSaidToBeOneWhereItsKeyIsNotKnown(t *testing.T) {
	t.Parallel()
	token := cutOff(sign(t, 0, `{"alg":"RS256","kid":"x"}`, `{"iss":"`+mint.V2Issuer(tid)+`"}`))
	before := keys.Verify(token, setOf(t, publicKey(t, 0, "one")))
	s := &fetch.Source{Transport: noNetwork{t}}
	got := s.Investigate(context.Background(), token, before)
	if len(got.Notes) != 1 || got.Notes[0].ID != "signature-cut" ||
		!strings.Contains(got.Notes[0].Message, "181 bytes") {
		t.Errorf("%v", got.Notes)
	}
}

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// signGraph signs a token as Microsoft Graph's are signed: over the hash of the nonce that the
// header has in the clear.
func signGraph(t *testing.T, claims string) *inspect.Token {
	t.Helper()
	header := func(nonce string) string {
		return `{"nonce":"` + nonce + `","alg":"RS256","kid":"one"}`
	}
	sum := sha256.Sum256([]byte("the nonce"))
	hashed := header(base64.RawURLEncoding.EncodeToString(sum[:]))
	_, rest, _ := strings.Cut(sign(t, 0, hashed, claims).Compact(), ".")
	return inspect.Parse(b64(header("the nonce")) + "." + rest)
}
