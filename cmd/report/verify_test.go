package report

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestTheClientAsksTheProductThatHasIssuedItsToken(t *testing.T) {
	t.Parallel()
	const (
		here  = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
		other = "0e2d4c6b-8a1f-4e3d-9c5b-7a6f5e4d3c2b"
	)
	for name, row := range map[string]struct {
		by             inspect.IssuedBy
		wanted, expect string
	}{
		"Azure AD B2C has no .default": {
			inspect.ByB2C, here, "must ask Azure AD B2C for a scope of this API",
		},
		"Entra External ID has it": {
			inspect.ByExternal, here, "must ask Entra External ID for scope=api://orders/.default",
		},
		"another tenant is wanted, and may be of Entra ID": {
			inspect.ByB2C, other, "must ask Entra ID for scope=api://orders/.default",
		},
		"Entra ID": {inspect.ByEntra, here, "must ask Entra ID for scope=api://orders/.default"},
	} {
		a := askingLike(inspect.Profile{
			IssuedBy: row.by, Tenant: here, Clouds: []string{"public"},
		})
		a.audience, a.tenant = "api://orders", row.wanted
		note := a.step(POSIX, "", "gatewhy explain -").Note
		if !strings.Contains(note, row.expect) {
			t.Errorf("%s: %q, want %q", name, note, row.expect)
		}
	}
}

func TestWhichGatewaysRefuseASetIsSaid(t *testing.T) {
	t.Parallel()
	const key = `{"kty":"oct","kid":"a","k":"AAAA"}`
	for text, want := range map[string][]string{
		`{"keys":[` + key + `]}`: nil,
		`[` + key + `]`: {
			"KrakenD", "Kubernetes", "Ory Oathkeeper", "oauth2-proxy",
			"Azure API Management emulator", "mod_auth_openidc",
		},
		`{"keys":[` + key + `,{"kty":"EC","kid":"b","crv":"P-1","x":"AA","y":"AA"}]}`: {
			"KrakenD", "Kubernetes", "Ory Oathkeeper", "oauth2-proxy",
		},
		key: nil,
	} {
		set, err := keys.Parse("keys.json", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range NewKeyListing(set, time.Time{}).Refusals {
			got = append(got, r.Gateways...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	for kind, want := range map[keys.RefusalKind]int{
		keys.KeyPadded: 2, keys.KeyPrivate: 3, keys.KeyExponent: 0,
	} {
		if got := refusing(kind); len(got) != want {
			t.Errorf("of kind %d: %q", kind, got)
		}
	}
}

// Every reason why a signature does not verify comes with the question to ask next.
func TestEveryFailureOfASignatureHasItsQuestion(t *testing.T) {
	for reason := keys.Unsigned; reason <= keys.KeyOfCloud; reason++ {
		v := &Verification{Report: keys.Report{
			Signature: keys.Result{Reason: reason},
			Checks:    []keys.Check{{ID: "signature", Outcome: keys.Fail}},
		}}
		if v.Question() == "" {
			t.Errorf("%v has none", reason)
		}
	}
}

func TestWhatToAskOfAnUnknownKidDependsOnWhoseSetItIs(t *testing.T) {
	unknown := keys.Result{Outcome: keys.Fail, Reason: keys.KidUnknown}
	failed := []keys.Check{
		{ID: "signature", Outcome: keys.Fail}, {ID: "issuer", Outcome: keys.Fail},
	}
	tests := []struct {
		name string
		v    Verification
		want string
	}{
		{
			"a set that the user named",
			Verification{Report: keys.Report{Signature: unknown, Checks: failed[:1]}},
			"Whose keys are these? See whether the token's tenant lists its kid",
		},
		{
			"that of the token's own issuer",
			Verification{
				OwnKeys: true, Report: keys.Report{Signature: unknown, Checks: failed[:1]},
			},
			"Where did the client get this token? The issuer that it names publishes no key " +
				"with its kid.",
		},
		{
			"that of another issuer than the token's",
			Verification{Report: keys.Report{Signature: unknown, Checks: failed}},
			whichAuthority,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.v.Question(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAVerifiedTokenAsksNothing(t *testing.T) {
	v := &Verification{
		Report: keys.Report{Checks: []keys.Check{{ID: "signature", Outcome: keys.Pass}}},
	}
	if q := v.Question(); q != "" {
		t.Error(q)
	}
}

func TestEachCheckHasItsQuestion(t *testing.T) {
	t.Parallel()
	fault := &inspect.Fault{Error: source.Error{Hints: source.Hints("copy all of it")}}
	for _, test := range []struct {
		check keys.Check
		token inspect.Token
		want  string
	}{
		{
			keys.Check{ID: "token-format", Outcome: keys.Fail},
			inspect.Token{Fault: fault},
			"Copy all of it.",
		},
		{
			keys.Check{ID: "token-format", Outcome: keys.Fail},
			inspect.Token{},
			"Is this exactly what the client sends, complete and as the token endpoint returned " +
				"it?",
		},
		{
			keys.Check{ID: "expiry"},
			inspect.Token{},
			"How does the gateway read such a token? gatewhy explain -p POLICY shows it for " +
				"your gateway.",
		},
		{
			keys.Check{ID: "expiry", Outcome: keys.Fail},
			inspect.Token{},
			"Does the client keep its token beyond exp, or ask for a new one in time? (--at " +
				"issued checks the rest as of then)",
		},
		{
			keys.Check{ID: "not-before", Outcome: keys.Fail},
			inspect.Token{},
			"Are the clocks of the issuer, the gateway and this machine right?",
		},
		{keys.Check{ID: "tenant", Outcome: keys.Fail}, inspect.Token{}, whichAuthority},
	} {
		v := &Verification{
			Token: &test.token, Report: keys.Report{Checks: []keys.Check{test.check}},
		}
		if got := v.Question(); got != test.want {
			t.Errorf("%s: got %q, want %q", test.check.ID, got, test.want)
		}
	}
}
