package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// Explanation is a gateway's predicted answer to one request, with all that led to it.
type Explanation struct {
	Token    *inspect.Token // nil where the request carries none
	Profile  inspect.Profile
	At       time.Time
	Policies []*rules.Policy
	Verdict  rules.Verdict
	Gateways []GatewayVerdict // each gateway's own, if they differ and we do not know which it is
	Findings []rules.Finding
	Repairs  []ProvedRepair
	Refused  []rules.Change // what a reader may expect to help, and why it does not
	Other    *rules.Verdict // of another environment's token; nil where none was given
	Earlier  *rules.Verdict // of when a token that has expired was new, if it is another; or nil
	Captured bool           // the validation endpoint's answer was given, not modelled
	Mask     *Mask
	File     func(name string) *source.File

	// Collect is the command that says how to get what an unknown check asks for, or empty.
	Collect func(need rules.Need) string

	// Observed compares it with what the real gateway answered. It is nil if we do not know
	// that.
	Observed *rules.Comparison
}

// ProvedRepair is a remedy with the command that writes it. The command may be empty.
type ProvedRepair struct {
	repair.Remedy
	Command string
}

// GatewayVerdict is the verdict of one of several gateways.
type GatewayVerdict struct {
	Name     string
	Verdict  rules.Verdict
	Policies []*rules.Policy
}

// modelled reports whether a result rests on a model of something that nobody gave us.
func (x *Explanation) modelled(r *rules.Result) bool {
	return r.Check.Remark != "" && r.Outcome != rules.Skipped && !x.Captured
}

// caretNote is the word under the value that decides.
func caretNote(r *rules.Result) string {
	switch expected := r.Expected(); {
	case r.Check.ID == rules.ClientID:
		return "a client id must be found"
	case r.Check.ID == rules.Contract:
		return "a contract must be found"
	case r.Outcome == rules.Fail && expected != "":
		return "wants " + inspect.ShortenMiddle(expected, 60)
	}
	return ""
}

func policyLine(p *rules.Policy) string {
	if p.Product == "" {
		return inspect.Safe("not read: " + p.Name)
	}
	line := p.Product + ", " + p.Name
	if p.Version != "" {
		line += " " + p.Version
	}
	if p.API != "" {
		line += ", API " + p.API
	}
	return inspect.Safe(line)
}

// whenNew says what an expired token would have got, and how to see why.
func whenNew(v *rules.Verdict) string {
	return "When it was new it would have got " + OutcomeLine(v) + ": --at issued tells why."
}

// mostChanges is how many changes of a repair are listed.
const mostChanges = 6

// changeLine shows a field before and after. If a list grows, it shows what is new in the list.
func changeLine(c rules.FieldChange) string {
	if c.From == "" {
		return c.Field + ": " + c.To
	}
	if head, isList := strings.CutSuffix(c.From, "]"); isList {
		if added, grows := strings.CutPrefix(c.To, head+","); grows {
			return c.Field + ": added " + strings.TrimSuffix(added, "]")
		}
	}
	return fmt.Sprintf("%s: %s → %s", c.Field, c.From, c.To)
}

// repairsTitle says what the repairs are for.
func (x *Explanation) repairsTitle() string {
	if x.Verdict.Outcome == rules.Accepted {
		return "what would narrow this policy, each tried on this token, if it is one that " +
			"belongs here"
	}
	return "repairs, each tried on this token"
}

// byPolicy cuts results where the policy changes.
func byPolicy(results []rules.Result) [][]rules.Result {
	var all [][]rules.Result
	for i := range results {
		if i == 0 || results[i].Policy != results[i-1].Policy {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], results[i])
	}
	return all
}

// howToGet is the command that says how to get what is asked for, or empty.
func (x *Explanation) howToGet(need rules.Need) string {
	if x.Collect == nil || need.None() {
		return ""
	}
	return x.Collect(need)
}

// observedLine says in one sentence whether the prediction agrees.
func observedLine(c *rules.Comparison) string {
	line := "The real gateway's answer"
	if c.Observed.Status != 0 {
		line = "The real gateway answered " + status(c.Observed.Status)
	}
	switch c.Agrees {
	case rules.Yes:
		return line + ": the prediction agrees."
	case rules.No:
		return line + ": the prediction differs."
	}
	return line + ": whether the prediction agrees can't be told."
}
