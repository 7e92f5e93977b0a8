package render

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/keys"
)

// Every reason why a signature does not verify comes with the question to ask next.
func TestEveryFailureOfASignatureHasItsQuestion(t *testing.T) {
	for reason := keys.Unsigned; reason <= keys.KeyOfCloud; reason++ {
		v := &Verification{Report: keys.Report{
			Signature: keys.Result{Reason: reason},
			Checks:    []keys.Check{{ID: "signature", Outcome: keys.Fail}},
		}}
		if v.question() == "" {
			t.Errorf("%v has none", reason)
		}
	}
}

func TestAVerifiedTokenAsksNothing(t *testing.T) {
	v := &Verification{Report: keys.Report{Checks: []keys.Check{{ID: "signature", Outcome: keys.Pass}}}}
	if q := v.question(); q != "" {
		t.Error(q)
	}
}
