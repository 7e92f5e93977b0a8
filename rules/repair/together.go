package repair

import (
	"errors"
	"maps"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// batch is changes that are made at once, each of another policy and for another finding: all
// files are read, compiled and linted once after them, and not once after each.
type batch struct {
	findings []rules.Finding
	changes  []rules.Change
	edits    []inFile
	touched  map[int]bool      // the policies that the changes may affect
	joined   map[string]string // the API instances of these: those of one change are one group
}

// inFile is an edit of one of the files, for one of the changes.
type inFile struct {
	change, file int
	source.Edit
}

// room is how many changes a batch may have, after one with more of them did not prove itself.
type room struct {
	ofAPI map[string]int // by API instance; without a number there is no limit
	inAll int
}

func newRoom() room { return room{ofAPI: map[string]int{}, inAll: mostRepairs} }

// repairTogether repairs, or leaves, as many of the findings as it can at once, and returns how
// many these are. It may be none: then one of them is to be repaired alone.
func (w *work) repairTogether(findings []rules.Finding) (done int) {
	b, done := w.collect(findings)
	for len(b.changes) > 0 && w.beyond(0, 0) == nil {
		after, failed := w.provedTogether(b)
		if failed == nil {
			w.keepTogether(b, after)
			return done + len(b.changes)
		}
		b = w.without(b, failed)
	}
	return done
}

// collect makes the batch of the changes for some findings. A policy that one of them affects is
// not looked at again: what is wrong with it afterwards shows then. A change that adds a document
// is made alone, and may be about several policies: the rule's findings behind it wait for it. It
// leaves the findings that no change is made for, and returns how many these are.
func (w *work) collect(findings []rules.Finding) (b *batch, left int) {
	b = &batch{touched: map[int]bool{}, joined: map[string]string{}}
	places := w.After.places()
	many := map[string]int{}
	waiting := map[string]bool{} // by rule
	for _, f := range findings {
		policy := w.lint(w.After).policyOf(&f)
		most, limited := w.room.ofAPI[apiOf(&f)]
		if policy < 0 || waiting[f.Rule] || b.touched[policy] ||
			limited && many[apiOf(&f)] >= most || len(b.changes) == w.room.inAll {
			continue
		}
		goal := rules.Goal{Finding: &f, Facts: w.Facts}
		changes := w.Adapter.Changes(w.After.Configuration, goal)
		if w.leaveUnmade(f, changes) {
			left++
			continue
		}
		change := changes[slices.IndexFunc(changes, isMade)]
		edits, ok := differences(w.After.Files, change.Edited.Files)
		if !ok {
			waiting[f.Rule] = true
		} else if b.add(w.After, places, policy, f, change, edits) {
			many[apiOf(&f)]++
		}
	}
	return b, left
}

func apiOf(f *rules.Finding) string {
	if f.Policy == nil {
		return ""
	}
	return f.Policy.API
}

// add adds a change, unless it has to do with another one of the batch: it affects the same
// policy, or edits the same text.
func (b *batch) add(
	from *Draft, places []place, policy int, f rules.Finding, change rules.Change, edits []inFile,
) bool {
	affected := []int{policy}
	for _, e := range edits {
		for _, p := range places {
			if p.file == e.file && touch(p.span, e.Span) {
				affected = append(affected, p.policy)
			}
		}
	}
	if slices.ContainsFunc(affected, func(i int) bool { return b.touched[i] }) {
		return false
	}
	for _, e := range edits {
		same := func(o inFile) bool { return o.file == e.file && touch(o.Span, e.Span) }
		if slices.ContainsFunc(b.edits, same) {
			return false
		}
	}
	for _, e := range edits {
		e.change = len(b.changes)
		b.edits = append(b.edits, e)
	}
	for _, other := range affected {
		b.touched[other] = true
		b.join(from.Policies[policy].API, from.Policies[other].API)
	}
	change.Edited = nil // it holds the whole file
	b.findings, b.changes = append(b.findings, f), append(b.changes, change)
	return true
}

func touch(a, b source.Span) bool { return a.Start <= b.End && b.Start <= a.End }

// differences are the edits that make other files of these, one of each file that differs. It is
// not ok where a file has more or fewer documents then: of those there is no place yet.
func differences(before, after []*source.File) (edits []inFile, ok bool) {
	for i, file := range before {
		switch {
		case file == after[i]:
		case len(file.Documents) != len(after[i].Documents):
			return nil, false
		default:
			edits = append(edits, inFile{file: i, Edit: source.Difference(file, after[i])})
		}
	}
	return edits, true
}

// place is where a policy, or a part of it, is.
type place struct {
	policy, file int
	span         source.Span
}

// places are those of all policies.
func (d *Draft) places() []place {
	files := make(map[*source.File]int, len(d.Files))
	for i, file := range d.Files {
		files[file] = i
	}
	var all []place
	for policy, entry := range d.Entries {
		file, span := entry.Place()
		all = append(all, place{policy, files[file], span})
		if of, ok := entry.(rules.Composed); ok {
			for file, span := range of.Parts() {
				all = append(all, place{policy, files[file], span})
			}
		}
	}
	return all
}

// group is the name of the group that an API instance is in.
func (b *batch) group(api string) (name string, ok bool) {
	name, ok = b.joined[api]
	for ok && name != b.joined[name] {
		name = b.joined[name]
	}
	return name, ok
}

// join makes the groups of two API instances one.
func (b *batch) join(api, other string) {
	for _, name := range []string{api, other} {
		if _, known := b.joined[name]; !known {
			b.joined[name] = name
		}
	}
	to, _ := b.group(api)
	from, _ := b.group(other)
	b.joined[from] = to
}

// numbered says of each change which one of its group it is, counted from 0, and of how many the
// largest group is.
func (b *batch) numbered() (number []int, most int) {
	count := map[string]int{}
	for i := range b.findings {
		group, _ := b.group(apiOf(&b.findings[i]))
		number = append(number, count[group])
		count[group]++
		most = max(most, count[group])
	}
	return number, most
}

// errTogether says that changes do not go together.
var errTogether = errors.New("the changes do not go together")

// failedGroups is the groups in which a batch has not shown what each change shows alone. It is
// empty where that is not about one of them.
type failedGroups map[string]bool

// provedTogether makes the changes of a batch, and proves that each of them removes its finding,
// that none brings another one, and that none was removed by another change: for each two changes
// of a group one of them is made without the other.
func (w *work) provedTogether(b *batch) (*Draft, failedGroups) {
	after, bad := w.provedPart(b, func(int) bool { return true })
	if bad != nil {
		return nil, bad
	}
	number, most := b.numbered()
	for bit := 1; bit < most; bit <<= 1 {
		part, bad := w.provedPart(b, func(i int) bool { return number[i]&bit == 0 })
		if bad != nil {
			return nil, bad
		}
		delete(w.linted, part) // it holds its whole file
	}
	return after, nil
}

// provedPart makes some changes of a batch, and proves that the findings of these, and no others
// of the batch, are gone, and that no other came.
func (w *work) provedPart(b *batch, makes func(change int) bool) (*Draft, failedGroups) {
	after, err := w.applyTogether(b, makes)
	if err != nil {
		return nil, failedGroups{}
	}
	was, is := w.tally(b, w.After), w.tally(b, after)
	for i := range b.findings {
		if !makes(i) {
			continue
		}
		inGroup, inPolicy := w.lint(w.After).countKeys(b, &b.findings[i])
		was[inGroup]--
		was[inPolicy]--
	}
	bad := failedGroups{}
	for s, n := range is {
		if !s.inPolicy && n > was[s] {
			bad[s.group] = true
		}
	}
	for i := range b.findings {
		_, s := w.lint(w.After).countKeys(b, &b.findings[i])
		if is[s] > was[s] || !makes(i) && is[s] < was[s] {
			bad[s.group] = true
		}
	}
	if len(bad) == 0 {
		return after, nil
	}
	delete(w.linted, after)
	if bad[notInBatch] {
		bad = failedGroups{}
	}
	return nil, bad
}

// countKey is what findings are counted by: those of a rule and a field in a group, or in a
// policy.
type countKey struct {
	group, rule, field string
	inPolicy           bool
	policy             int
}

// notInBatch is the group of API instances that no change of a batch is about.
const notInBatch = "\x00"

func (l *linted) countKeys(b *batch, f *rules.Finding) (inGroup, inPolicy countKey) {
	group, ok := b.group(apiOf(f))
	if !ok || f.Policy == nil {
		group = notInBatch
	}
	inGroup = countKey{group: group, rule: f.Rule, field: f.Field}
	inPolicy = inGroup
	inPolicy.inPolicy, inPolicy.policy = true, l.policyOf(f)
	return inGroup, inPolicy
}

// tally counts the findings of a draft. A note counts where the batch is about its rule.
func (w *work) tally(b *batch, d *Draft) map[countKey]int {
	n := map[countKey]int{}
	about := map[string]bool{}
	for i := range b.findings {
		about[b.findings[i].Rule] = true
	}
	l := w.lint(d)
	for i := range l.found {
		if f := &l.found[i]; f.Severity != rules.Note || about[f.Rule] {
			inGroup, inPolicy := l.countKeys(b, f)
			n[inGroup]++
			n[inPolicy]++
		}
	}
	return n
}

// applyTogether makes some changes of a batch.
func (w *work) applyTogether(b *batch, makes func(change int) bool) (*Draft, error) {
	edits := make([][]source.Edit, len(w.After.Files))
	for _, e := range b.edits {
		if makes(e.change) {
			edits[e.file] = append(edits[e.file], e.Edit)
		}
	}
	files := slices.Clone(w.After.Files)
	for i := range files {
		if len(edits[i]) == 0 {
			continue
		}
		var err error
		if files[i], err = files[i].Edited(edits[i]...); err != nil {
			return nil, err
		}
	}
	c, err := w.Adapter.Read(files, w.After.Options)
	if err != nil {
		return nil, err
	}
	if len(c.Entries) != len(w.After.Entries) {
		return nil, errTogether
	}
	after := w.Compiled(c)
	after.Changes = slices.Clip(w.After.Changes)
	for i := range b.changes {
		if makes(i) {
			after.Changes = append(after.Changes, b.changes[i])
		}
	}
	return after, rules.ChainsBeyond(after.Policies)
}

// keepTogether takes over what was proved, and lets further batches be larger.
func (w *work) keepTogether(b *batch, after *Draft) {
	w.After = after
	for i := range b.changes {
		change := &after.Changes[len(after.Changes)-len(b.changes)+i]
		w.Repaired = append(w.Repaired, b.findings[i].Rule)
		w.touched[change.Policy.API] = len(w.After.Changes)
		change.Policy = nil // it holds the whole file
	}
	for api, most := range w.room.ofAPI {
		if _, in := b.group(api); in && most > 0 {
			w.room.ofAPI[api] = 2 * most
		}
	}
	w.room.inAll = min(2*w.room.inAll, mostRepairs)
}

// without is a batch without half of the changes of each group that failed, or with half of all
// changes. The first of what is left out is to be repaired alone at last.
func (w *work) without(b *batch, bad failedGroups) *batch {
	number, _ := b.numbered()
	count := map[string]int{}
	for i := range b.findings {
		group, _ := b.group(apiOf(&b.findings[i]))
		count[group]++
	}
	// A group without a change fails through one of another group: it does not show of which.
	maps.DeleteFunc(bad, func(group string, _ bool) bool { return count[group] == 0 })
	stays := func(i int) bool {
		group, _ := b.group(apiOf(&b.findings[i]))
		return !bad[group] || number[i] < count[group]/2
	}
	if len(bad) == 0 {
		w.room.inAll = len(b.changes) / 2
		stays = func(i int) bool { return i < len(b.changes)/2 }
	}
	for api := range b.joined {
		if group, _ := b.group(api); bad[group] {
			w.room.ofAPI[api] = count[group] / 2
		}
	}
	less := &batch{touched: b.touched, joined: b.joined}
	moved := map[int]int{}
	for i := range b.changes {
		if stays(i) {
			moved[i] = len(less.changes)
			less.changes = append(less.changes, b.changes[i])
			less.findings = append(less.findings, b.findings[i])
		}
	}
	for _, e := range b.edits {
		if to, ok := moved[e.change]; ok {
			e.change = to
			less.edits = append(less.edits, e)
		}
	}
	return less
}
