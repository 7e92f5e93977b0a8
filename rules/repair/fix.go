package repair

import (
	"fmt"
	"maps"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Fix repairs a configuration, change by change. Each change is kept only where it was proved.
type Fix struct {
	Bench
	Lint func(*Draft) []rules.Finding // what is wrong with a draft

	// Locks reports whether a rule finds what keeps the API's own tokens out; nil where none does.
	Locks func(rule string) bool

	Facts      rules.Facts
	App        *entra.Registration // of the API; nil where it is not known
	Given      []Given             // with tokens that were given
	Contracts  *rules.Contracts    // nil where none were given
	Signatures rules.Signatures    // of modelled tokens
	Proof      Proof               // nil where only the change is asked for

	// Progress is told how many findings were looked at, and how many are left; nil where nobody
	// wants to know.
	Progress func(done, left int)

	// Look is told how many conditions were looked at, beside those of Lint; nil where nobody
	// wants to know.
	Look func(conditions int)

	// Beyond is the error where so much was looked at, or would be until all findings are repaired
	// of which so many were and so many are left, that no further one is.
	Beyond func(done, left int) error
}

// Given is a request with a token that was given.
type Given struct {
	Name    string
	Request *rules.Request
}

// Fixed is what came of a repair.
type Fixed struct {
	Before, After *Draft
	Findings      []rules.Finding // in After
	Repaired      []string        // the rules, or a solution's steps, in the order of the changes
	Left          []Left
	Tokens        []Token
	Unproved      []Unproved
	Opened        []Opened
	KeptOut       []KeptOut
}

// Left is a finding that was not repaired, or a solution that was not made: it has no Rule then.
// Its position is in After; Was is in Before, without a line if it is not known to be there. Why
// is empty where a solution leaves a finding that can be repaired by itself.
type Left struct {
	rules.Finding
	Was     source.Position
	Why     string
	Verdict *rules.Verdict // what a token gets, where Why ends with that
	Needs   []source.Need  // what would help
}

// Changed reports whether anything was repaired.
func (f *Fixed) Changed() bool { return len(f.After.Changes) > 0 }

// TooMany says that a configuration has more findings than are repaired at once.
type TooMany struct{ Most int }

func (t *TooMany) Error() string {
	return fmt.Sprintf("there are more than %d findings to repair", t.Most)
}

// mostRepairs bounds how many changes are tried on one configuration.
const mostRepairs = 1000

// RemoveFindings repairs the findings of a rule, or without one every error and warning. After
// each change the configuration is linted again, since one may repair several findings. What locks
// this environment's own token out is no repair: then it begins again without the API instance.
func (f *Fix) RemoveFindings(c *rules.Configuration, rule string) (*Fixed, error) {
	var locked []KeptOut
	for {
		w := f.begin(c)
		w.locked = locked
		if err := w.removeFindings(rule); err != nil {
			return nil, err
		}
		locking := w.lookAtOwn()
		if len(locking) == 0 {
			w.provedBy(nil)
			return w.done(), nil
		}
		locked = append(locked, locking...)
	}
}

// mostSteps bounds findings times policies: each change reads its whole file. mostAlone bounds
// changes that are made one by one, times policies: all of these are looked at again for each.
const (
	mostSteps = 40_000
	mostAlone = 6_000
)

// TooLong says that so many findings of so many policies are more than are repaired at once.
type TooLong struct{ Findings, Policies, Most int }

func (t *TooLong) Error() string {
	alone := ""
	if t.Most == mostAlone {
		alone = ", which have to be repaired one by one,"
	}
	return fmt.Sprintf("there are %d findings to repair%s in %d policies, and no more than %d, "+
		"one times the other, are looked at", t.Findings, alone, t.Policies, t.Most)
}

func (w *work) removeFindings(rule string) error {
	n, policies := w.left(rule), len(w.After.Policies)
	if n = min(n, mostRepairs); n*policies > mostSteps {
		return &TooLong{w.left(rule), policies, mostSteps}
	}
	for done := 0; ; w.forgetDrafts() {
		pending := w.pending(rule)
		if w.Progress != nil {
			w.Progress(done, len(pending))
		}
		switch {
		case len(pending) == 0 && w.again(done, policies):
			continue
		case len(pending) == 0:
			w.forget()
			return nil
		case done >= mostRepairs:
			return &TooMany{mostRepairs}
		case w.alone*policies > mostAlone:
			return &TooLong{w.alone + len(pending), policies, mostAlone}
		}
		if err := w.beyond(done, len(pending)); err != nil {
			return err
		}
		done += w.repairSome(pending[:min(len(pending), mostRepairs-done)])
	}
}

func (w *work) beyond(done, left int) error {
	if w.Beyond == nil {
		return nil
	}
	return w.Beyond(done, left)
}

// again lets findings be looked at once more, where something was repaired in their API instance
// since they were refused: what a change brings, and what the file shows, may be another now.
func (w *work) again(done, policies int) bool {
	stale := maps.Clone(w.refused)
	maps.DeleteFunc(stale, func(_ identity, r refusal) bool {
		if r.api == nil {
			return len(w.After.Changes) == r.changes
		}
		return w.touched[*r.api] <= r.changes
	})
	n := len(stale)
	if n == 0 || done+n > mostRepairs || (w.alone+n)*policies > mostAlone {
		return false
	}
	var ids []identity
	var left []Left
	for i, id := range w.leftIDs {
		if _, again := stale[id]; again {
			delete(w.refused, id)
			continue
		}
		ids, left = append(ids, id), append(left, w.Left[i])
	}
	w.leftIDs, w.Left = ids, left
	return true
}

// repairSome repairs or leaves findings, at least one of them unless that is beyond what is looked
// at, and returns how many.
func (w *work) repairSome(findings []rules.Finding) int {
	if len(findings) > 1 {
		if done := w.repairTogether(findings); done > 0 || w.beyond(0, 0) != nil {
			return done
		}
	}
	w.repair(findings[0])
	w.room = newRoom()
	w.alone++
	return 1
}

// work is one repair that is being made.
type work struct {
	*Fix
	Fixed
	linted  map[*Draft]*linted
	owns    map[proving]modelled
	refused map[identity]refusal // the findings that no change was made for
	leftIDs []identity           // what they are known by, in the order of Left
	touched map[string]int       // the API instances that were changed, each by its last change
	locked  []KeptOut            // by repairs that were tried
	room    room                 // in the next batch
	alone   int                  // how many repairs were made one by one
}

// refusal is when a finding was refused.
type refusal struct {
	changes int     // how many had been made
	api     *string // the API instance that it is about; nil where it is about none
}

func (f *Fix) begin(c *rules.Configuration) *work {
	start := f.Compiled(c)
	return &work{
		Fix:     f,
		Fixed:   Fixed{Before: start, After: start},
		linted:  map[*Draft]*linted{},
		refused: map[identity]refusal{},
		touched: map[string]int{},
		room:    newRoom(),
	}
}

func (w *work) done() *Fixed {
	before, after := w.lint(w.Before), w.lint(w.After)
	for i := range w.Left {
		left := &w.Left[i]
		at := slices.IndexFunc(after.found, func(f rules.Finding) bool {
			return f.Rule == left.Rule && f.Pos == left.Pos && f.Message == left.Message
		})
		if at >= 0 {
			left.Was = before.placeOf(after.ids[at], after)
		}
	}
	w.Fixed.Findings = after.found
	return &w.Fixed
}

// linted is what was found in a draft.
type linted struct {
	found    []rules.Finding
	ids      []identity // what each of these is known by
	policies map[rules.Entry]int
}

// placeOf is where a finding of another draft was: the one with its text, or the only one of its
// field. It has no line where it was not, or where it can't be told from others.
func (l *linted) placeOf(id identity, other *linted) source.Position {
	at, n := l.among(id, ofText), len(other.among(id, ofText))
	if len(at) == n {
		return l.found[at[id.nth]].Pos
	}
	at, n = l.among(id, ofField), len(other.among(id, ofField))
	if len(at) == 1 && n == 1 {
		return l.found[at[0]].Pos
	}
	return source.Position{}
}

// among are the indexes of the findings that are like one in what is asked for.
func (l *linted) among(one identity, asked func(identity) identity) (all []int) {
	for i, id := range l.ids {
		if asked(id) == asked(one) {
			all = append(all, i)
		}
	}
	return all
}

func ofText(id identity) identity { id.nth = 0; return id }

func ofField(id identity) identity { id.nth, id.text = 0, ""; return id }

// findings lints a draft, once.
func (w *work) findings(d *Draft) []rules.Finding { return w.lint(d).found }

func (w *work) lint(d *Draft) *linted {
	l, known := w.linted[d]
	if !known {
		l = &linted{found: w.Lint(d), policies: make(map[rules.Entry]int, len(d.Entries))}
		for i, entry := range d.Entries {
			l.policies[entry] = i
		}
		l.identify(d)
		w.linted[d] = l
	}
	return l
}

// policyOf is the index of the policy that a finding is about; -1 where it is about none.
func (l *linted) policyOf(f *rules.Finding) int {
	if f.Policy == nil {
		return -1
	}
	if i, known := l.policies[f.Policy.Entry]; known {
		return i
	}
	return -1
}

// forgetDrafts drops what was found in drafts that were tried: each holds its whole file.
func (w *work) forgetDrafts() {
	maps.DeleteFunc(w.linted, func(d *Draft, _ *linted) bool {
		return d != w.Before && d != w.After
	})
}

// left counts the findings that are to be repaired, with those that were refused.
func (w *work) left(rule string) (n int) {
	for _, finding := range w.findings(w.After) {
		if finding.Rule == rule || rule == "" && finding.Severity != rules.Note {
			n++
		}
	}
	return max(0, n-len(w.refused))
}

// pending are the findings that are to be repaired and were not refused yet.
func (w *work) pending(rule string) []rules.Finding {
	l := w.lint(w.After)
	var all []rules.Finding
	for i, finding := range l.found {
		wanted := finding.Rule == rule || rule == "" && finding.Severity != rules.Note
		if _, refused := w.refused[l.ids[i]]; wanted && !refused {
			all = append(all, finding)
		}
	}
	return all
}

// repair makes and proves a change for one finding, with changes for what it brings. Where an
// error can't be removed otherwise, a warning may come for it.
func (w *work) repair(finding rules.Finding) {
	if w.lockedBy(&finding) >= 0 {
		goal := rules.Goal{Finding: &finding, Facts: w.Facts}
		if w.leaveUnmade(finding, w.Adapter.Changes(w.After.Configuration, goal)) {
			return
		}
	}
	var found *Found
	for _, least := range slices.Compact([]rules.Severity{rules.Warning, finding.Severity}) {
		found = w.removing(&finding, least).Smallest(w.After)
		if found.Best.Score.Wrong == 0 {
			w.keep(found.Best.Draft, found.Best.rules...)
			return
		}
	}
	refused := found.refused
	for i := range found.tried {
		after := found.tried[i].Draft
		change := after.Changes[len(after.Changes)-1]
		change.Refused = w.disproved(&finding, after, rules.Warning)
		refused = append(refused, change)
	}
	w.leaveAll(finding, refused)
}

// removing looks for the changes that remove a finding and bring no other one that is as severe as
// least.
func (w *work) removing(finding *rules.Finding, least rules.Severity) *Search {
	return &Search{
		Bench: w.Bench, Facts: w.Facts,
		Findings: func(d *Draft) []rules.Finding {
			if d == w.After {
				return []rules.Finding{*finding}
			}
			if next := w.broughtBy(d, least); next != nil {
				return []rules.Finding{*next}
			}
			return nil
		},
		Score: func(after *Draft) Score {
			if w.disproved(finding, after, least) != "" {
				return Score{Wrong: 1}
			}
			return Score{}
		},
	}
}

// leaveUnmade leaves a finding if no change is made for it: each is refused, or would lock this
// environment's own token out.
func (w *work) leaveUnmade(finding rules.Finding, changes []rules.Change) bool {
	made := slices.ContainsFunc(changes, isMade)
	switch i := w.lockedBy(&finding); {
	case made && i >= 0:
		w.leave(finding, "after it "+w.locked[i].Name+" would get", nil)
		w.Left[len(w.Left)-1].Verdict = &w.locked[i].Verdict
	case !made:
		w.leaveAll(finding, changes)
	default:
		return false
	}
	return true
}

func isMade(c rules.Change) bool { return c.Refused == "" }

// keep takes a draft over.
func (w *work) keep(after *Draft, repaired ...string) {
	changes := after.Changes[len(w.After.Changes):]
	w.After = after
	w.Repaired = append(w.Repaired, repaired...)
	for i := range changes {
		w.touched[changes[i].Policy.API] = len(after.Changes)
		changes[i].Policy, changes[i].Edited = nil, nil // each holds its whole file
	}
}

func (w *work) leaveAll(finding rules.Finding, refused []rules.Change) {
	for _, change := range refused {
		w.leave(finding, change.Refused, change.Needs)
	}
}

func (w *work) leave(finding rules.Finding, why string, needs []source.Need) {
	l := w.lint(w.After)
	i := slices.IndexFunc(l.found, func(f rules.Finding) bool { return f == finding })
	id := l.ids[i]
	r := refusal{changes: len(w.After.Changes)}
	if finding.Policy != nil {
		api := finding.Policy.API // and not the policy, which holds the whole file
		r.api = &api
	}
	w.refused[id], w.leftIDs = r, append(w.leftIDs, id)
	finding.Policy, finding.Check = nil, nil // they hold the whole file
	w.Left = append(w.Left, Left{Finding: finding, Why: why, Needs: needs})
}

// forget drops what was left and is not found any more, since a repair of another finding has
// removed it. The rest comes in the order of the file, however it was looked at, and is where it
// is there now.
func (w *work) forget() {
	of := map[identity][]Left{}
	for i, id := range w.leftIDs {
		of[id] = append(of[id], w.Left[i])
	}
	w.Left = nil
	l := w.lint(w.After)
	for i, id := range l.ids {
		for _, left := range of[id] {
			left.Pos, left.Message = l.found[i].Pos, l.found[i].Message
			w.Left = append(w.Left, left)
		}
	}
}

// identity is what a finding is known by, wherever lines have moved: the policy that it is in, the
// text that it is about, and which one it is of those that are alike.
type identity struct {
	rule, field, text string
	policy            int // an index of the configuration's policies; -1 where it is about none
	nth               int
}

func (l *linted) identify(d *Draft) {
	alike := map[identity]int{}
	l.ids = make([]identity, len(l.found))
	for i := range l.found {
		f := &l.found[i]
		id := identity{rule: f.Rule, field: f.Field, text: d.textOf(f), policy: l.policyOf(f)}
		l.ids[i] = id
		l.ids[i].nth = alike[id]
		alike[id]++
	}
}

// textOf is the text that a finding is about.
func (d *Draft) textOf(f *rules.Finding) string {
	for _, file := range d.Files {
		if file.Name == f.Pos.File {
			return string(file.Text[f.Span.Start:f.Span.End])
		}
	}
	return ""
}

// disproved says why a change is no repair: the finding is still there, or another one has come
// that is as severe as this at least.
func (w *work) disproved(finding *rules.Finding, after *Draft, least rules.Severity) string {
	was, is := counts(w.findings(w.After)), counts(w.findings(after))
	if is[key(finding)] >= was[key(finding)] {
		return "the change that was tried does not remove it"
	}
	if other := w.broughtBy(after, least); other != nil {
		return "the change that was tried brings another finding, " + other.Rule + ": " +
			other.Message
	}
	return ""
}

// broughtBy is a finding of a severity or above that has come with a draft; nil where none has.
func (w *work) broughtBy(after *Draft, least rules.Severity) *rules.Finding {
	was, is := counts(w.findings(w.After)), counts(w.findings(after))
	for _, found := range w.findings(after) {
		if found.Severity.Rank() <= least.Rank() && was[key(&found)] < is[key(&found)] {
			return &found
		}
	}
	return nil
}

// key tells findings apart when lines have moved.
func key(f *rules.Finding) string { return f.Rule + " " + f.Field }

func counts(found []rules.Finding) map[string]int {
	n := make(map[string]int, len(found))
	for i := range found {
		n[key(&found[i])]++
	}
	return n
}
