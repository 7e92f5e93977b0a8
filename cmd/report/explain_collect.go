package report

import (
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// collect says how to get what is not known, the question of the verdict first.
func (w *explainNext) collect() {
	results := w.x.Verdict.Results
	if d := w.x.Verdict.Decided; d != nil {
		w.collectFor(d)
	}
	for i := range results {
		if !results[i].Harmless {
			w.collectFor(&results[i])
		}
	}
	if d := w.x.Verdict.Decided; d != nil && d.Check.ID == rules.NotBefore {
		w.early()
	}
	w.finding()
	switch {
	case len(w.steps) > 0 || w.x.Verdict.Outcome != rules.Undetermined || w.probed:
	case w.x.Token != nil && w.x.Token.Masked:
		w.steps.add("Take the token, with its signature, from where it is requested",
			w.again())
	default:
		w.askTheGateway("Only the gateway can tell")
	}
}

// askTheGateway says how to see what the gateway answers.
func (w *explainNext) askTheGateway(why string) {
	w.steps.add(why+". This says how to see the request and its answer there",
		w.HowToCollect(rules.Need{Input: source.NeedRequest}))
}

func (w *explainNext) collectFor(r *rules.Result) {
	need := r.Need()
	if need.None() {
		return
	}
	if need.Input == source.NeedKeySet && w.profile.CutOrAltered() {
		w.steps.add(copyAgain, w.again())
		return
	}
	name := strings.ReplaceAll(string(r.Check.ID), "-", " ")
	takes := "The " + name + " check takes "
	if r.Check.ID == rules.NotModelled {
		takes = "Pass "
	}
	if command := w.HowToCollect(need); command != "" {
		w.steps.add(takes+Ask(need)+". This says how to get it", command)
	}
}

// early is about a token that is not valid yet.
func (w *explainNext) early() {
	nbf := w.profile.NotBefore
	if w.profile.IssuedBy == inspect.ByEntra && nbf.Known() && w.Request.At.Before(nbf.At) {
		w.steps.add("Set the clocks right, the gateway's and this machine's: Entra ID usually "+
			"dates nbf 5 minutes back, so a clock by which the token is not yet valid is slow", "")
	}
}

// Likeliest begins the step that follows the likeliest explanation.
const Likeliest = "Check the most likely cause: "

// differs follows the likeliest explanation of what the real gateway answered. Where a check is
// not known, what decides it comes before anything that no file shows.
func (w *explainNext) differs() {
	if w.x.Verdict.Outcome == rules.Undetermined {
		if w.collect(); len(commands(w.steps)) > 0 {
			return
		}
	}
	if causes := w.x.Observed.Causes; len(causes) > 0 {
		likeliest := &causes[0].Cause
		step := rules.Step{Note: Likeliest + Look(likeliest)}
		if likeliest.Need.Input == source.NeedTime {
			step.Command = w.Line.Again(
				"explain", w.Line.token(), Name(source.NeedTime), w.otherTime())
		} else {
			step.Command = w.HowToCollect(likeliest.Need)
		}
		if step.Command != "" { // it follows
			step.Note = strings.Replace(step.Note, ": "+step.Command, "", 1)
		} else if look, command, ends := strings.Cut(step.Note, ": gatewhy "); ends {
			step.Note, step.Command = look, "gatewhy "+command
		}
		w.steps.addAll(step)
	}
	w.collect()
	if len(commands(w.steps)) == 0 {
		w.askTheGateway("Look at the gateway itself")
	}
}

// pastAnyLeeway is how long after its exp no gateway takes a token any more.
const pastAnyLeeway = 10 * time.Minute

// otherTime is a time at which the token was as it was not when it was judged: expired, where it
// was valid; and as it was when it was issued, where it had expired.
func (w *explainNext) otherTime() string {
	exp := w.profile.ExpiresAt
	if exp.Known() && w.Request.At.Before(exp.At) {
		return inspect.FormatTime(exp.At.Add(pastAnyLeeway))
	}
	return "issued"
}
