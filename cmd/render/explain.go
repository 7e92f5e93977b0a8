package render

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

type explanation struct {
	*report.Explanation
	Mask *Mask
}

func newExplanation(r *report.Explanation) explanation {
	mask := NewMask(r.Token, r.Profile, r.Redact)
	mask.Learn(r.Captured)
	return explanation{r, mask}
}

// foreign is a sentence about a token that is not from where it must be; empty where it is.
func (x explanation) foreign() string {
	if x.Foreign == "" {
		return ""
	}
	return "The token " + x.Foreign +
		". The answer is that of the gateway, which knows only its policies."
}

// modelled reports whether a result rests on a model of something that nobody gave us.
func (x explanation) modelled(r *rules.Result) bool {
	return r.Check.Remark != "" && r.Outcome != rules.Skipped && x.Captured == nil
}

// caretNote is the word under the value that decides.
func caretNote(r *rules.Result) string {
	switch expected := r.Expected(); {
	case r.Check.ID == rules.ClientID:
		return "needs a client id"
	case r.Check.ID == rules.Contract:
		return "needs a contract"
	case r.Outcome == rules.Fail && expected != "":
		return "wants " + inspect.ShortenMiddle(expected, 60)
	}
	return ""
}

func policyLine(p *rules.Policy) string {
	if p.Product == "" {
		return safe("not read: " + p.Name)
	}
	line := p.Product + ", " + p.Name
	if p.Version != "" {
		line += " " + p.Version
	}
	if p.API != "" {
		line += ", API " + p.API
	}
	return safe(line)
}

// policyName is a policy's name, and its place where other policies have that name too.
func (x explanation) policyName(p *rules.Policy) string {
	if place := x.policyPlace(p); place != p.Name {
		return p.Name + " (" + place + ")"
	}
	return p.Name
}

// policyPlace tells policies apart in a word: its name, else its file, else its place in that.
func (x explanation) policyPlace(p *rules.Policy) string {
	place := p.Name
	for _, other := range x.Policies {
		switch {
		case other.Name != p.Name || other.Pos == p.Pos || p.Unread:
		case other.Pos.File == p.Pos.File:
			return p.Pos.String()
		default:
			place = p.Pos.File
		}
	}
	return place
}

// orderedPolicy is policyLine with the policy's order, where it has one.
func orderedPolicy(p *rules.Policy) string {
	line := policyLine(p)
	if p.Order > 0 {
		line += fmt.Sprintf(", order %d", p.Order)
	}
	return line
}

// earlierUndecided says that a check before the one that decides is not known; empty if none is.
func earlierUndecided(v *rules.Verdict) string {
	if v.EarlierUnknown() == "" {
		return ""
	}
	return fmt.Sprintf("An earlier check (%s) could not be decided.",
		checkName(v.Earlier()[0].Check))
}

// toKnow says what would decide an answer that is not known; empty if it is known.
func toKnow(v *rules.Verdict) string {
	if question := v.Question(); !question.None() && v.Outcome == rules.Undetermined {
		return "To know: " + report.Ask(question)
	}
	return ""
}

// whenNew says what an expired token would have got, and how to see why.
func whenNew(v *rules.Verdict) string {
	if v.Outcome == rules.Accepted {
		return "It was accepted while it was valid; the only problem is that it expired."
	}
	return "One second after it was issued, the answer would have been " + OutcomeLine(v) +
		"; --at issued shows why."
}

// byGateway is the answer of each gateway, if we do not know which one it is.
func (x explanation) byGateway() []Row {
	return source.Each(x.Gateways, func(g report.GatewayVerdict) Row {
		return Row{g.Policies[0].Product, OutcomeLine(&g.Verdict)}
	})
}

const mostChanges = 6

// changeLine shows a field before and after. If a list grows, it shows what is new in the list.
func changeLine(c rules.FieldChange) string {
	c = report.ShownChange(c)
	to := cmp.Or(c.To, "(none)")
	if c.From == "" {
		return c.Field + ": " + to
	}
	if head, isList := strings.CutSuffix(c.From, "]"); isList {
		if added, grows := strings.CutPrefix(c.To, head+","); grows {
			return c.Field + ": added " + strings.TrimSuffix(added, "]")
		}
	}
	return fmt.Sprintf("%s: %s → %s", c.Field, c.From, to)
}

func (x explanation) repairsTitle() string {
	if x.Verdict.Outcome == rules.Accepted {
		return "changes that would narrow this policy, each tried on this token, if this token " +
			"belongs here"
	}
	return "repairs, each tried on this token"
}

// byPolicy cuts results where the policy changes.
func byPolicy(results []rules.Result) [][]rules.Result {
	var all [][]rules.Result
	start := 0
	for i := range results {
		if i+1 == len(results) || results[i+1].Policy != results[i].Policy {
			all = append(all, results[start:i+1])
			start = i + 1
		}
	}
	return all
}

// headline is the answer in one line: the predicted one, or where the real one is known, that
// one against it.
func (x explanation) headline() string {
	if x.Observed == nil {
		return verdictLine(&x.Verdict)
	}
	_, text := x.observedAnswer()
	return text
}

// observedAnswer is the real answer against the predicted one, in one line.
func (x explanation) observedAnswer() (Mood, string) {
	c, predicted := x.Observed, verdictLine(&x.Verdict)
	if c.Observed.Status == 0 {
		return x.observedRest(predicted)
	}
	answered := "the gateway answered " + status(c.Observed.Status)
	switch c.Agrees {
	case rules.Yes:
		if _, rest, found := strings.Cut(predicted, ", "); found { // behind the status
			predicted = rest
		}
		return x.agreeing(), answered + ", as predicted: " + predicted
	case rules.No:
		return Bad, answered + ", but the prediction is: " + predicted
	}
	return Unsure, answered + "; predicted: " + predicted
}

// observedRest is observedAnswer if the status is not known, only the body or a header.
func (x explanation) observedRest(predicted string) (Mood, string) {
	switch x.Observed.Agrees {
	case rules.Yes:
		return x.agreeing(), "the gateway answered as predicted: " + predicted
	case rules.No:
		return Bad, "the gateway's answer differs from the prediction: " + predicted
	}
	return Unsure, "the gateway's answer may be as predicted: " + predicted
}

func (x explanation) agreeing() Mood {
	if x.Verdict.Outcome == rules.Rejected {
		return Bad
	}
	return Good
}

// observedLines say in a sentence each whether the prediction agrees, and what follows.
func (x explanation) observedLines() []string {
	c := x.Observed
	if c == nil {
		return nil
	}
	var lines []string
	switch {
	case c.Agrees == rules.Maybe:
		lines = []string{"It can't be decided whether the prediction agrees."}
	case c.Agrees == rules.No && c.Observed.Status != 0 &&
		c.Observed.Status == x.Verdict.Status:
		other := "a header"
		if c.Body == rules.No {
			other = "the body"
		}
		lines = []string{"The status agrees, but " + other + " does not."}
	}
	if follows := report.Follows(c); follows != "" {
		lines = append(lines, report.Sentence(follows))
	}
	return lines
}

// saysOf is what the gateway's answer has in it: its body, or what it says; empty if neither is
// known.
func (x explanation) saysOf() string {
	v := &x.Verdict
	whose := [2]string{"The gateway answers ", "The gateway's answer"}
	if x.Observed != nil {
		whose = [2]string{"The predicted body is ", "The predicted answer"}
	}
	switch body := strings.TrimSpace(v.Body()); {
	case strings.HasPrefix(body, "{"):
		return whose[0] + body
	case body != "":
		return fmt.Sprintf("%s%q.", whose[0], body)
	case v.Answer.Says != "" && !strings.ContainsAny(v.Answer.Says, " _"): // a mere word
		return fmt.Sprintf("%s has %q in it.", whose[1], v.Answer.Says)
	case v.Answer.Says != "":
		return fmt.Sprintf("%s says %q.", whose[1], v.Answer.Says)
	}
	return ""
}

// ignored says which finding someone has set aside, and why.
func ignored(s *report.Suppressed) string {
	return fmt.Sprintf("ignored: %s: %s: %s", s.Pos, s.Rule, s.Reason)
}
