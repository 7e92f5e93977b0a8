package render

import (
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// Every reason why a signature does not verify comes with the question to ask next.
func TestEveryFailureOfASignatureHasItsQuestion(t *testing.T) {
	for reason := keys.Unsigned; reason <= keys.KeyOfCloud; reason++ {
		v := newVerification(&report.Verification{Report: keys.Report{
			Signature: keys.Result{Reason: reason},
			Checks:    []keys.Check{{ID: "signature", Outcome: keys.Fail}},
		}})
		if v.question() == "" {
			t.Errorf("%v has none", reason)
		}
	}
}

func TestWhatToAskOfAnUnknownKidDependsOnWhoseSetItIs(t *testing.T) {
	unknown := keys.Result{Outcome: keys.Fail, Reason: keys.KidUnknown}
	failed := []keys.Check{{ID: "signature", Outcome: keys.Fail}, {ID: "issuer", Outcome: keys.Fail}}
	tests := []struct {
		name string
		v    report.Verification
		want string
	}{
		{"a set that the user named", report.Verification{Report: keys.Report{Signature: unknown, Checks: failed[:1]}}, "Whose keys are these: does gatewhy keys --tenant for the token's tenant list its kid?"},
		{"that of the token's own issuer", report.Verification{OwnKeys: true, Report: keys.Report{Signature: unknown, Checks: failed[:1]}}, "Where did the client get this token? The issuer that it names publishes no key with its kid."},
		{"that of another issuer than the token's", report.Verification{Report: keys.Report{Signature: unknown, Checks: failed}}, whichAuthority},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := newVerification(&test.v).question(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAVerifiedTokenAsksNothing(t *testing.T) {
	v := newVerification(&report.Verification{Report: keys.Report{Checks: []keys.Check{{ID: "signature", Outcome: keys.Pass}}}})
	if q := v.question(); q != "" {
		t.Error(q)
	}
}
