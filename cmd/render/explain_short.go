package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// short is an explanation that fits a screen: the answer, its reason and its place, the checks
// that failed or are not known, what is wrong with the policy, and the way on.
func (t *explainText) short() {
	t.Para(1, t.answer())
	t.observed()
	t.probed()
	t.likeliest()
	t.shortReason()
	t.foreign()
	t.place(false)
	token := noToken
	if t.x.Token != nil {
		token = shortSummary(t.x.Profile, t.x.At, t.columns()-len("  gateway  "))
	}
	t.subject(token)
	t.shortChecks()
	t.titled("by gateway", t.x.byGateway())
	t.otherToken()
	t.shortFindings()
	t.wayOn(t.x.Next)
	t.kept()
}

// likeliest is the cause that explains the real answer best. How to check it is the way on.
func (t *explainText) likeliest() {
	if t.x.Observed == nil || len(t.x.Observed.Causes) == 0 {
		return
	}
	s := &t.x.Observed.Causes[0]
	t.Blank()
	begins, of := "most likely", " of %d (-v shows all)"
	if t.x.Verdict.Outcome == rules.Undetermined { // what is likely depends on what is not known
		begins, of = "a possible cause", ", 1 of %d (-v shows all)"
	}
	if all := len(t.x.Observed.Causes); all > 1 {
		begins += fmt.Sprintf(of, all)
	}
	t.Para(1, begins+": "+safe(s.Title))
	t.Para(2, safe(s.Why)+speaks(s))
	if len(t.x.Next) == 0 || !strings.HasPrefix(t.x.Next[0].Note, report.Likeliest) {
		t.Para(2, "check: "+safe(report.Look(&s.Cause)))
	}
}

// shortWhy is why a check came out as it did, without the values that it compared: the list of
// checks shows them. Of an expression that has a meaning in words it is the meaning alone.
func shortWhy(why string, r *rules.Result) string {
	if r == nil {
		return why
	}
	if _, meaning, found := strings.Cut(why, ". That is: "); found {
		return meaning
	}
	compared := fmt.Sprintf(": expected %s, found %s", r.Expected(), r.Actual())
	return strings.Replace(why, compared, "", 1)
}

func (t *explainText) shortReason() {
	v := &t.x.Verdict
	if v.Outcome == rules.Accepted {
		return
	}
	why, then := shortWhy(v.Why(), v.Decided), ""
	saysExpired := []rules.ID{rules.Expiry, rules.Introspection}
	switch {
	case t.x.Earlier == nil:
	case v.Decided != nil && slices.Contains(saysExpired, v.Decided.Check.ID) &&
		t.x.Earlier.Outcome == rules.Accepted:
		why += "; until then it was accepted"
	default:
		then = whenNew(t.x.Earlier)
	}
	t.Blank()
	t.Sentences(1, safe(report.Sentence(why)), earlierUndecided(v), safe(t.x.saysOf()), then)
}

// shortChecks lists the checks that failed or are not known, and counts the others.
func (t *explainText) shortChecks() {
	if len(t.x.Verdict.Results) == 0 {
		return
	}
	t.Blank()
	var rows []Row
	var failed failures
	together := t.together()
	for _, chain := range byPolicy(t.x.Verdict.Results) {
		own := t.shortRows(chain, &failed)
		switch {
		case together && !t.decides(chain):
			continue
		case len(own) > 0 && len(t.x.Policies) > 1:
			rows = append(rows, Row{"in " + safe(t.x.policyName(chain[0].Policy)), ""})
		}
		rows = append(rows, own...)
	}
	if together {
		rows = append(rows, t.otherPolicies()...)
	}
	t.rows(1, widestCheckLabel, rows)
	folded := t.foldedChecks()
	if lint := t.lintBeside(folded); lint != "" {
		folded += "; " + lint
	}
	if folded != "" {
		t.Para(1, folded)
	}
}

// decides reports whether one of a policy's checks decides.
func (t *explainText) decides(chain []rules.Result) bool {
	d := t.x.Verdict.Decided
	return d != nil && d.Policy == chain[0].Policy
}

// together reports whether the policies that do not decide share lines: there are many of them.
func (t *explainText) together() bool {
	n := 0
	for _, chain := range byPolicy(t.x.Verdict.Results) {
		if !t.decides(chain) && slices.ContainsFunc(chain, t.listed) {
			n++
		}
	}
	return t.x.Verdict.Decided != nil && n > fewPolicies
}

func (t *explainText) listed(r rules.Result) bool { return !t.folded(&r) }

// otherPolicies are those that do not decide: which of them fail too, and which are not known.
func (t *explainText) otherPolicies() []Row {
	var failing, unknown []string
	for _, chain := range byPolicy(t.x.Verdict.Results) {
		keepsOut := func(r rules.Result) bool { return r.KeepsOut() }
		switch name := t.x.policyPlace(chain[0].Policy); {
		case t.decides(chain) || !slices.ContainsFunc(chain, t.listed):
		case slices.ContainsFunc(chain, keepsOut):
			failing = append(failing, name)
		default:
			unknown = append(unknown, name)
		}
	}
	var rows []Row
	add := func(names []string, outcome rules.Outcome, begins string) {
		if len(names) > 0 {
			label := t.Mark(string(outcome)) + " " + plural(len(names), "policy", "policies")
			text := begins + strings.Join(names, ", ") + " (-v shows why)"
			rows = append(rows, Row{label, safe(text)})
		}
	}
	add(failing, rules.Fail, "rejected too: ")
	add(unknown, rules.Unsure, "not known: ")
	return rows
}

// widestCheckLabel is how wide a check's name may be, with its mark, to have its text beside it.
const widestCheckLabel = 22

// The short form lists so many checks by themselves that would fail next, or are not known for
// one and the same reason, and the checks of so many policies that do not decide. More of them
// share a line.
const (
	fewNext     = 1
	fewAlike    = 2
	fewPolicies = 2
)

func (t *explainText) shortRows(chain []rules.Result, failed *failures) []Row {
	var next, alike, listed []rules.Result
	isNext, isAlike := map[*rules.Check]bool{}, map[*rules.Check]bool{}
	for _, r := range chain {
		switch {
		case t.folded(&r):
		case r.Outcome == rules.Fail && failed.before(&r):
			next, isNext[r.Check] = append(next, r), true
		case r.Outcome == rules.Unsure && (len(alike) == 0 || r.Why() == alike[0].Why()):
			alike, isAlike[r.Check] = append(alike, r), true
		}
		failed.add(&r)
	}
	for _, r := range chain {
		if !t.folded(&r) && (len(next) <= fewNext || !isNext[r.Check]) &&
			(len(alike) <= fewAlike || !isAlike[r.Check]) {
			listed = append(listed, r)
		}
	}
	room := t.columns() - len(indent) - t.shortLabels(listed)
	detail := func(r *rules.Result) string { return t.shortDetail(r, isNext[r.Check], room) }
	failures := 0 // up to the last of them
	for i := range listed {
		if listed[i].Outcome == rules.Fail {
			failures = i + 1
		}
	}
	rows := checkRows(t.Text, listed[:failures], detail)
	if len(next) > fewNext {
		rows = append(rows, Row{
			t.Mark(string(rules.Fail)) + " " + report.Counted(len(next), "check"),
			"fail next: " + checkList(next),
		})
	}
	rows = append(rows, checkRows(t.Text, listed[failures:], detail)...)
	if len(alike) > fewAlike {
		rows = append(rows, Row{
			t.Mark(string(rules.Unsure)) + " " + report.Counted(len(alike), "check"),
			t.whyAlike(&alike[0]) + ": " + checkList(alike),
		})
	}
	return rows
}

// folded reports whether the short form only counts a check.
func (t *explainText) folded(r *rules.Result) bool {
	if r.Outcome == rules.Skipped && r.Check.ID == rules.Routed {
		return !unchecked(&t.x.Verdict) // else it says why
	}
	return r.Harmless || r.Outcome != rules.Fail && r.Outcome != rules.Unsure || t.repeats(r)
}

// repeats reports whether a check fails for the reason that decides: a text that is not a token
// has no signature either, and a token that is not active since it expired has expired.
func (t *explainText) repeats(r *rules.Result) bool {
	d := t.x.Verdict.Decided
	if d == nil || d.Policy != r.Policy || r.Outcome != rules.Fail {
		return false
	}
	switch d.Check.ID {
	case rules.TokenFormat:
		return r.Check.ID == rules.Signature
	case rules.Introspection:
		return r.Check.ID == rules.Expiry && d.Actual() == r.Actual()
	}
	return false
}

// whyAlike says why a check, or several, is not known, unless the answer has said it.
func (t *explainText) whyAlike(r *rules.Result) string {
	if v := &t.x.Verdict; v.Outcome == rules.Undetermined && v.Decided != nil &&
		v.Decided.Why() == r.Why() {
		return "not known for this reason"
	}
	return safe(r.Why())
}

// checkList names checks, each name once: "expiry, audience".
func checkList(results []rules.Result) string {
	var names []string
	for i := range results {
		names = source.Union(names, strings.TrimSpace(checkName(results[i].Check)))
	}
	return strings.Join(names, ", ")
}

// shortLabels is about how wide the column of these checks is.
func (t *explainText) shortLabels(results []rules.Result) int {
	widest := 0
	for i := range results {
		mark := t.Mark(outcomeShown(&results[i]))
		widest = max(widest, width(mark+" "+checkName(results[i].Check))+2)
	}
	return min(widest, widestCheckLabel+2)
}

// shortDetail says in a line, where that is possible, why a check failed or is not known.
func (t *explainText) shortDetail(r *rules.Result, next bool, room int) string {
	if r.Outcome != rules.Fail {
		need := r.Need()
		switch flag := report.Flag(need); {
		case need.Input == source.NeedPolicy: // one was passed: the flag alone says nothing
			return "not known: pass " + safe(report.Ask(need))
		case flag != "":
			return "not known: pass " + safe(flag)
		}
		return t.whyAlike(r)
	}
	before, end := "", ""
	if next {
		before = "fails next: "
		own, v := statusOf(r.Answer.Status, &r.Answer), &t.x.Verdict
		if own != statusOf(v.Status, &v.Answer) {
			end = "; " + own
		}
	}
	if t.x.modelled(r) {
		end += ", " + r.Check.Remark
	}
	text := before + compared(r) + end
	if r.Check.ID == rules.TokenPresent ||
		strings.Contains(r.Expected(), " ") && width(safe(text)) <= room {
		return t.evidenced(safe(text), r.Evidence(), next, room) // words make no sense in part
	}
	if name := levelOf(r.Evidence()); name != "" {
		room -= len(" []") + len(name)
	}
	d := t.x.Verdict.Decided
	isSaid := d != nil && d.Check == r.Check && strings.Contains(shortWhy(d.Why(), d), r.Actual())
	if width(safe(text)) > room && isSaid {
		text = "wanted " + tight(r.Expected(), room-len("wanted "))
	} else {
		wanted, found := tighter(r.Expected(), cmp.Or(r.Actual(), "none"), width(safe(text)), room)
		text = before + comparison(wanted, found) + end
	}
	return t.evidenced(safe(text), r.Evidence(), next, room)
}

// leastValue is how many columns of a value the short form shows. It gives a comparison a second
// line rather than show less.
const leastValue = 20

// tighter returns two values that lose their middle, so that the text that they are in, which has
// so many columns, fits a line of a room; if they would lose too much, two lines.
func tighter(wanted, found string, columns, room int) (string, string) {
	least := leastOf(wanted) + leastOf(found)
	both := width(wanted) + width(found) + room - columns // what a line has room for
	if both < least {
		both += room - leastValue/2 // and a second one, which begins with a whole word
	}
	if both >= width(wanted)+width(found) {
		return wanted, found
	}
	short := tight(wanted, max(leastOf(wanted), both/2, both-width(found)))
	other := tight(found, max(leastOf(found), both-width(short)))
	if short == other { // what differs is in the middle
		return wanted, found
	}
	return short, other
}

// leastOf is how many columns of a value are shown: of words more than of an id or an address,
// which is known again by its ends.
func leastOf(value string) int {
	least := leastValue
	if strings.Contains(value, " ") {
		least += least / 2
	}
	return min(least, width(value))
}

// tight is a value in so many columns. An id or an address loses its middle, and words their end:
// what is left of them still reads as a sentence. It is the middle too if the end would be most.
func tight(value string, columns int) string {
	if width(value) <= columns || !strings.Contains(value, " ") {
		return inspect.ShortenMiddle(value, columns)
	}
	words := wrap(inspect.MaskTokens(value), columns-len(" …"))[0] + " …"
	if width(words) < columns/2 {
		return inspect.ShortenMiddle(value, columns)
	}
	return words
}

func comparison(wanted, found string) string {
	return fmt.Sprintf("wanted %s, found %s", wanted, found)
}

func compared(r *rules.Result) string {
	return comparison(r.Expected(), cmp.Or(r.Actual(), "none"))
}

// failure is what a check that failed compared, and with which status the gateway answers then.
func failure(r *rules.Result) string {
	return compared(r) + "; " + statusOf(r.Answer.Status, &r.Answer)
}

// evidenced adds what a failure rests on. If the last line has no room for the reference, or the
// check does not decide, it is the level alone, and nothing if that is documentation.
func (t *explainText) evidenced(text string, e rules.Evidence, next bool, room int) string {
	lines := wrap(text, room)
	full := t.reference(e)
	switch {
	case full != "" && !next && width(lines[len(lines)-1])+1+width(full) <= room:
		return text + " " + full
	case levelOf(e) == "":
		return text
	}
	return text + " " + t.Paint(Faint, "["+levelOf(e)+"]")
}

// levelOf is the level of evidence that is weaker than documentation, or empty.
func levelOf(e rules.Evidence) string {
	if e.Level == rules.Documented {
		return ""
	}
	return string(e.Level)
}

// foldedChecks counts the checks that are not listed: "7 passed, 1 skipped".
func (t *explainText) foldedChecks() string {
	passed, skipped, harmless, repeated, listed := 0, 0, 0, 0, 0
	for i := range t.x.Verdict.Results {
		switch r := &t.x.Verdict.Results[i]; {
		case !t.folded(r):
			listed++
		case r.Harmless:
			harmless++
		case r.Outcome == rules.Pass:
			passed++
		case r.Outcome == rules.Skipped:
			skipped++
		default:
			repeated++
		}
	}
	rejectsNobody := "%d that reject nobody"
	if harmless == 1 {
		rejectsNobody = "%d that rejects nobody"
	}
	return t.notListed(passed, listed > 0, counts(
		tally{repeated, "%d failed for the same reason"}, tally{skipped, "%d skipped"},
		tally{harmless, rejectsNobody},
	))
}

// notListed says of checks that are not listed how many passed, and how many did else.
func (t *Text) notListed(passed int, beside bool, parts []string) string {
	mark := rules.Skipped
	if passed > 0 {
		mark = rules.Pass
		text := report.Counted(passed, "check") + " passed"
		if beside {
			text = fmt.Sprintf("%d passed", passed)
		}
		parts = append([]string{text}, parts...)
	}
	if len(parts) == 0 {
		return ""
	}
	shows := " (-v shows them)"
	if len(parts) == 1 && strings.HasPrefix(parts[0], "1 ") {
		shows = " (-v shows it)"
	}
	return t.Mark(string(mark)) + " " + strings.Join(parts, ", ") + shows
}

// tally is a number with the words for it, in which it is %d.
type tally struct {
	n    int
	text string
}

// counts are the tallies in words, without those of nothing.
func counts(all ...tally) []string {
	var parts []string
	for _, t := range all {
		if t.n > 0 {
			parts = append(parts, fmt.Sprintf(t.text, t.n))
		}
	}
	return parts
}

// lintFollows reports whether the way on names the command that shows the findings: a screen has
// it once.
func (t *explainText) lintFollows() bool {
	return slices.ContainsFunc(t.x.Next, func(s rules.Step) bool {
		return s.Command != "" && !s.Folded && s.Command == t.x.Lint
	})
}

// lintBeside counts the findings beside the folded checks, with the command that shows them; empty
// if they take lines of their own.
func (t *explainText) lintBeside(folded string) string {
	counts := t.foundOthers(nil)
	if folded == "" || len(counts) != 1 || t.matters() != nil {
		return ""
	}
	text := strings.TrimSuffix(counts[0].text+": "+counts[0].command, ": ")
	if width(indent+folded+"; "+text) > t.columns() {
		return ""
	}
	return text
}

// found is how many findings there are, in words, and the command that shows them if the words
// don't say where they are shown.
type found struct{ text, command string }

// foundOthers counts the findings but for one: those that lint does not show, then those that it
// shows.
func (t *explainText) foundOthers(but *rules.Finding) []found {
	inLint, beside := 0, 0
	for i := range t.x.Findings {
		switch f := &t.x.Findings[i]; {
		case f == but:
		case t.x.LintShows(f):
			inLint++
		default:
			beside++
		}
	}
	var all []found
	add := func(n int, text, command string) {
		switch {
		case n == 0:
		case but == nil && len(all) == 0:
			all = append(all, found{safe(report.Counted(n, "finding") + text), safe(command)})
		default:
			all = append(all, found{safe(fmt.Sprintf("and %d more%s", n, text)), safe(command)})
		}
	}
	shows := " (-v shows them)"
	if beside == 1 {
		shows = " (-v shows it)"
	}
	if t.x.Lint != "" && !t.x.Apart {
		shows = " for this request" + shows
	}
	add(beside, shows, "")
	if t.lintFollows() {
		add(inLint, ", which lint shows", "")
	} else {
		add(inLint, "", t.x.Lint)
	}
	return all
}

// firstClause is a message up to the clause that says what is wrong. A clause of three words only
// names where: on Flex Gateway.
func firstClause(message string) string {
	clause, rest, more := strings.Cut(message, ": ")
	if more && len(strings.Fields(clause)) <= 3 {
		return clause + ": " + firstClause(rest)
	}
	return clause
}

// shortFindings shows the finding that matters for this request, and counts the others.
func (t *explainText) shortFindings() {
	if len(t.x.Findings) == 0 || t.lintBeside(t.foldedChecks()) != "" {
		return
	}
	const label = "in the policy"
	var rows []Row
	f := t.matters()
	if f != nil {
		rows = append(rows, Row{"", fmt.Sprintf("%s: %s [%s]", f.Severity,
			safe(firstClause(f.Message)), f.Rule)})
	}
	below := ""
	for _, others := range t.foundOthers(f) {
		text := others.text
		if others.command != "" {
			text += ": " + others.command
		}
		if others.command != "" && width(indent+label+"  "+text) > t.columns() {
			text, below = others.text+":", others.command // a command is never broken
		}
		rows = append(rows, Row{"", text})
	}
	rows[0].Label = label
	if len(t.x.Verdict.Results) == 0 || t.x.Other != nil {
		t.Blank()
	}
	t.Rows(1, rows)
	t.Command(2, below)
}

// matters is the worst finding about the check that decides, else in its line; if the request is
// accepted, the worst error. It is nil if there is none.
func (t *explainText) matters() *rules.Finding {
	if t.x.Decisive != nil {
		return t.x.Decisive
	}
	d := t.x.Verdict.Decided
	for _, severity := range []rules.Severity{rules.Error, rules.Warning} {
		for i := range t.x.Findings {
			f := &t.x.Findings[i]
			if f.Severity != severity {
				continue
			}
			switch {
			case d == nil && severity == rules.Error,
				d == nil && slices.ContainsFunc(t.x.OfRequest, f.IsSame),
				d != nil && f.Pos.File == d.Check.Pos.File && f.Pos.Line == d.Check.Pos.Line:
				return f
			}
		}
	}
	return nil
}
