package report

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

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
