package environments

import (
	"fmt"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// Assumed answers for a test's token what the test says: "valid", "invalid" or "unknown-key".
type Assumed string

// Verify is the assumed outcome, whatever the key.
func (a Assumed) Verify(*inspect.Token, *rules.Key) rules.SignatureResult {
	switch a {
	case "invalid":
		return rules.SignatureResult{Result: keys.Result{Outcome: keys.Fail, Why: "the test assumes that the signature does not verify"}}
	case "unknown-key":
		return rules.SignatureResult{Result: keys.Result{Outcome: keys.Fail, Why: "the test assumes that the key set does not have the token's key"}}
	}
	return rules.SignatureResult{Result: keys.Result{Outcome: keys.Pass, Why: "assumed by the test"}}
}

// Make makes the token of a test that starts from a shape: issued five minutes before that time, valid for an hour more, unsigned.
func (t *TokenSpec) Make(at time.Time) *inspect.Token {
	return issued.Shape(t.Shape.Value, at, t.Claims)
}

// Differences says what of a verdict is not as expected, one sentence each; none where the test passes.
func (e *Expectation) Differences(v *rules.Verdict) []string {
	var all []string
	if e.Outcome != "" && e.Outcome != v.Outcome {
		all = append(all, fmt.Sprintf("outcome: expected %s, got %s", e.Outcome, v.Outcome))
	}
	if e.Status != 0 && e.Status != v.Status {
		all = append(all, fmt.Sprintf("status: expected %d, got %s", e.Status, statusWord(v.Status)))
	}
	if e.NoStatus && v.Status != 0 {
		all = append(all, fmt.Sprintf("status: expected none that is known, got %d", v.Status))
	}
	if e.compares() && e.Decided != decidedBy(v) {
		all = append(all, fmt.Sprintf("decided_by: expected %s, got %s", checkWord(e.Decided), checkWord(decidedBy(v))))
	}
	return all
}

// compares reports whether the check that decides is compared.
func (e *Expectation) compares() bool { return e.Decided != "" || e.Nobody }

func checkWord(id rules.ID) string {
	if id == "" {
		return "none"
	}
	return string(id)
}

func statusWord(status int) string {
	if status == 0 {
		return "none that is known"
	}
	return fmt.Sprint(status)
}

func decidedBy(v *rules.Verdict) rules.ID {
	if v.Decided == nil {
		return ""
	}
	return v.Decided.Check.ID
}
