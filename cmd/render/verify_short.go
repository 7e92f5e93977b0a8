package render

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// verifyShort is a verification that fits a screen: the answer, the reason, the checks that
// failed or are not known, and the way on.
func (t *Text) verifyShort(v verification) {
	mood, headline := v.headline()
	t.Para(1, t.Paint(mood, safe(headline)))
	if reason := v.shortReason(); reason != "" {
		t.Blank()
		t.Para(1, safe(reason))
	}
	t.Blank()
	t.shortFacts(v)
	t.Blank()
	shown, folded := v.screenNotes()
	t.verifyChecks(v, folded)
	t.notes(shown)
	t.wayOn(v.Next)
}

// shortReason is the sentence behind the headline; empty if the headline says it.
func (v verification) shortReason() string {
	decided, ok := v.Report.Decided()
	switch {
	case !ok:
		return verifiedSentence(v)
	case v.NoKeys != "" && v.Report.Signature.Reason == keys.NoKeys && decided.ID == "signature":
		return sentence(v.NoKeys)
	case v.cause(decided) != decided.Why:
		return sentence(decided.Why)
	}
	return ""
}

// shortFacts are the token and the keys, a line each.
func (t *Text) shortFacts(v verification) {
	room := t.columns() - len("  token  ")
	set := v.describeSet()
	if kid := v.Report.Signature.KeyID; kid != "" {
		set += "; the token names " + safe(inspect.ShortenMiddle(kid, 40))
	}
	t.Rows(1, []Row{{"token", shortSummary(v.Profile, v.At, room)}, {"keys", set}})
}

// verifyChecks lists the checks that failed or are not known, and counts the others.
func (t *Text) verifyChecks(v verification, remarks int) {
	var rows []Row
	passed, skipped := 0, 0
	room := t.columns() - len(indent) - len("no ") - widestCheck - 2
	for _, c := range v.Report.Checks {
		switch c.Outcome {
		case keys.Pass:
			passed++
		case keys.Skipped:
			skipped++
		default:
			label := t.Mark(c.Outcome.String()) + " " + strings.ReplaceAll(c.ID, "-", " ")
			rows = append(rows, v.shortCheck(label, c, room)...)
		}
	}
	parts := counts(tally{skipped, "%d skipped"})
	if remarks > 0 {
		parts = append(parts, report.Counted(remarks, "remark"))
	}
	t.Rows(1, rows)
	if folded := t.notListed(passed, len(rows) > 0, parts); folded != "" {
		t.Para(1, folded)
	}
}

// shortCheck is what a check compared, a line or two each, or why it came out
// as it did.
func (v verification) shortCheck(label string, c keys.Check, room int) []Row {
	if c.Expected == "" || c.Actual == "" {
		return []Row{{label, safe(v.cause(c))}}
	}
	return []Row{
		{label, "wanted " + inspect.ShortenMiddle(safe(c.Expected), mostLines*room-widestID)},
		{"", "found " + inspect.ShortenMiddle(safe(c.Actual), mostLines*room-widestID)},
	}
}

// screenNotes are the notes that the short form shows, and how many it does not. If the token is
// not verified, what else is odd in it comes second: what it is for does not, nor a key that was
// given away.
func (v verification) screenNotes() (shown []keys.Note, folded int) {
	all := v.allNotes()
	if v.Report.Outcome() == keys.Fail {
		purpose := v.purpose()
		shown = slices.DeleteFunc(slices.Clone(all), func(n keys.Note) bool {
			return n.ID != "private-key" && !slices.Contains(purpose, n)
		})
		return shown, len(all) - len(shown)
	}
	shown = all[:min(len(all), mostObserved)]
	return shown, len(all) - len(shown)
}
