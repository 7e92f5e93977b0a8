package render

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
)

// VerifyText writes a verification for a person: the answer, the reason, the evidence, every
// check, and what to do next. The short form folds the checks that passed.
func VerifyText(t *Text, r *report.Verification) {
	v := newVerification(r)
	t.mask = v.Mask
	switch t.Detail {
	case Answer:
		mood, headline := v.headline()
		t.OneLine(t.Paint(mood, safe(headline)))
	case All:
		t.verifyAll(v)
	default:
		t.verifyShort(v)
	}
}

func (t *Text) verifyAll(v verification) {
	mood, headline := v.headline()
	t.Blank()
	t.Para(1, t.Paint(mood, safe(headline)))
	t.Blank()
	if reason := v.reason(); reason != "" {
		t.Para(1, safe(reason))
		t.Blank()
	}
	decided, _ := v.Report.Decided()
	if !v.noKeys(decided) && t.compared(1, decided) {
		t.Blank()
	}
	t.Rows(1, v.facts())
	t.Heading("checks")
	for _, c := range v.Report.Checks {
		label := t.Mark(c.Outcome.String()) + " " +
			pad(strings.ReplaceAll(c.ID, "-", " "), widestCheck)
		text := v.checkText(c)
		if c.Outcome == keys.Pass {
			text = inspect.ShortenMiddle(text, t.columns()-2*len(indent)-width(label)-2)
		}
		t.Rows(2, []Row{{label, safe(text)}})
		if c.Outcome == keys.Fail && c != decided &&
			v.Report.Signature.Reason != keys.NoReadableJWS {
			t.compared(4, c)
		}
	}
	t.notes("worth knowing", v.allNotes())
	t.wayOn(v.Next)
	t.Blank()
}

// compared shows what a check expected beside what it found, if it compared two things.
func (t *Text) compared(level int, c keys.Check) bool {
	if c.Expected == "" || c.Actual == "" {
		return false
	}
	t.Rows(level, []Row{{"wanted", safe(c.Expected)}, {"found", safe(c.Actual)}})
	return true
}

// verifiedSentence says what was verified, and what was not.
func verifiedSentence(v verification) string {
	key := v.Report.Signature.Verifier
	text := "The signature is valid, made with key " + describeKey(key) +
		", and the token is valid at " + inspect.FormatTime(v.At) + "."
	var skipped []string
	for _, c := range v.Report.Checks {
		if c.Outcome == keys.Skipped {
			skipped = append(skipped, c.ID)
		}
	}
	if len(skipped) > 0 {
		text += " Not checked: " + strings.Join(skipped, ", ") + "."
	}
	return text
}

func (v verification) facts() []Row {
	rows := []Row{{"token", FullSummary(v.Profile, v.At)}, {"keys", v.describeSet()}}
	if v.Report.Signature.KeyID != "" {
		rows = append(rows, Row{
			"kid", safe(inspect.ShortenMiddle(v.Report.Signature.KeyID, 60)),
		})
	}
	return append(rows, Row{"at", inspect.FormatTime(v.At)})
}

const widestCheck = len("token format")

func (v verification) checkText(c keys.Check) string {
	switch {
	case c.ID == "signature" && c.Outcome == keys.Pass:
		return "by key " + describeKey(v.Report.Signature.Verifier)
	case c.Why != "":
		return reasonOf(c)
	case c.Outcome == keys.Skipped:
		return "not looked at"
	}
	return c.Actual
}

func (v verification) allNotes() []keys.Note {
	notes := v.notes()
	if v.OwnKeys && v.Report.Signature.Set != nil {
		notes = append(notes, keys.Note{
			ID: "own-keys",
			Message: "the token chose its own keys, so a token from any tenant passes. Use " +
				"--tenant to say which tenant is expected",
		})
	}
	return notes
}

func (t *Text) notes(title string, notes []keys.Note) {
	if len(notes) > 0 {
		t.Heading(title)
	}
	for _, note := range notes {
		t.Para(2, safe(note.Message)+" "+t.Paint(Faint, "["+safe(note.ID)+"]"))
	}
}

// verifyShort is a verification that fits a screen: the answer, the reason, the checks that
// failed or are not known, and the way on.
func (t *Text) verifyShort(v verification) {
	mood, headline := v.headline()
	t.Para(1, t.Paint(mood, safe(headline)))
	if reason := v.reason(); reason != "" {
		t.Blank()
		t.Para(1, safe(reason))
	}
	t.Blank()
	set := v.describeSet()
	if kid := v.Report.Signature.KeyID; kid != "" {
		set += "; the token names " + safe(inspect.ShortenMiddle(kid, 40))
	}
	token := shortSummary(v.Profile, v.At, t.columns()-len("  token  "))
	t.Rows(1, []Row{{"token", token}, {"keys", set}})
	t.Blank()
	shown, folded := v.screenNotes()
	t.verifyChecks(v, folded)
	t.notes("worth knowing", shown)
	t.wayOn(v.Next)
}

// reason is the sentence behind the headline; empty if the headline says it.
func (v verification) reason() string {
	decided, ok := v.Report.Decided()
	switch {
	case !ok:
		return verifiedSentence(v)
	case v.noKeys(decided):
		return report.Sentence(v.NoKeys)
	case v.cause(decided) != decided.Why:
		return report.Sentence(decided.Why)
	}
	return ""
}

// noKeys reports whether a check decides since there are no keys, for a reason that is known.
func (v verification) noKeys(decided keys.Check) bool {
	return v.NoKeys != "" && v.Report.Signature.Reason == keys.NoKeys && decided.ID == "signature"
}

// verifyChecks lists the checks that failed or are not known, and counts the others.
func (t *Text) verifyChecks(v verification, remarks int) {
	var rows []Row
	passed, skipped, unread := 0, 0, 0
	room := t.columns() - len(indent) - len("no ") - widestCheck - 2
	for _, c := range v.Report.Checks {
		noJWS := v.Report.Signature.Reason == keys.NoReadableJWS // as the headline says
		switch {
		case c.Outcome == keys.Pass:
			passed++
		case c.Outcome == keys.Skipped:
			skipped++
		case noJWS && (c.ID == "signature" || c.Outcome == keys.Unknown):
			unread++
		default:
			label := t.Mark(c.Outcome.String()) + " " + strings.ReplaceAll(c.ID, "-", " ")
			rows = append(rows, v.shortCheck(label, c, room)...)
		}
	}
	parts := counts(tally{unread, "%d can't be read"}, tally{skipped, "%d skipped"})
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
		{label, "wanted " + tight(safe(c.Expected), mostLines*room-widestID)},
		{"", "found " + tight(safe(c.Actual), mostLines*room-widestID)},
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
