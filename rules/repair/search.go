package repair

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The limits of the search: how many changes deep, and how many attempts are followed at each
// depth. Where a depth has fewer attempts, as in everything that was measured, all of them are
// followed, so that no smaller set of what is proposed is missed; the rest is the smallest that
// was found.
const (
	deepest = 4
	widest  = 64

	mostFollowed = 4 // attempts at each depth, where findings are repaired too

	// MostCompiled bounds the conditions of all drafts of a search, each of which is compiled.
	// To lint a draft takes as long as to compile some.
	MostCompiled = 40_000
	lintCosts    = 5

	draftsOfEach = 3 // that a request has, about
)

// Search looks for the smallest set of changes after which the least is wrong.
type Search struct {
	Bench
	Own   []*rules.Request         // must get in: what is tried are changes that help one of them
	Score func(after *Draft) Score // what is still wrong
	Facts rules.Facts              // of the environment

	OneClient bool // see [Sides]

	// Findings are those of a draft that are to be repaired. Where what helps an own request does
	// not put all right, what repairs one of them is tried too.
	Findings func(*Draft) []rules.Finding

	Most   int         // conditions that are compiled for it; no limit if it is zero
	Beyond func() bool // whether drafts can't be scored any more; nil where they always can
}

// Score is how much is wrong; the less the better.
type Score struct {
	Wrong   int
	Unknown int // how much may be
}

// Attempt is a draft with its score.
type Attempt struct {
	*Draft
	Score Score

	rules []string // of the findings that were repaired for it, in the order of the changes
}

// Found is what a search has found.
type Found struct {
	Start   *Attempt
	Singles []*Attempt // after a single change, where less is wrong then; the best first
	Best    *Attempt   // after the smallest set; Start where nothing is better
	Cut     bool       // by a limit, so that not all was tried

	tried   []*Attempt     // after a single change for a finding
	refused []rules.Change // for the findings of Start, by the adapter
}

// Better reports whether anything is better than before.
func (f *Found) Better() bool { return f.Best.Draft != f.Start.Draft }

// isOneChange reports whether a single change puts all right: nothing smaller does.
func (f *Found) isOneChange() bool {
	return f.Best.Score.Wrong == 0 && len(f.Best.Changes) <= len(f.Start.Changes)+1
}

// Smallest adds changes to the best attempts until nothing is wrong, or nothing gets better.
func (s *Search) Smallest(start *Draft) *Found {
	w := walk{Search: s, seen: map[string]bool{}, before: len(start.Changes)}
	found := &Found{Start: &Attempt{start, s.Score(start), nil}}
	found.Best = found.Start
	defer func() { found.Cut = w.cut && !found.isOneChange() }()
	if w.isBeyond(0) || found.Start.Score.Wrong == 0 {
		return found
	}
	level := w.expand([]*Attempt{found.Start})
	found.Singles = source.Without(level,
		func(a *Attempt) bool { return a.Score.Wrong >= found.Start.Score.Wrong })
	slices.SortStableFunc(found.Singles, compare)
	found.Best = w.deepen(found.Start, level)
	if found.Best.Score.Wrong == 0 || s.Findings == nil {
		return found
	}
	w.seen, w.findings = map[string]bool{}, s.Findings
	found.tried = w.expand([]*Attempt{found.Best})
	found.refused = slices.Clone(w.refused)
	found.Best = w.deepen(found.Best, slices.Clone(found.tried))
	return found
}

// walk is one search.
type walk struct {
	*Search
	seen     map[string]bool              // the texts of all files of what was tried
	findings func(*Draft) []rules.Finding // that are repaired too; nil where none are
	refused  []rules.Change

	before int // how many changes had been made
	spent  int // the conditions of what was compiled
	cut    bool
}

// deepen follows the attempts of one depth to the next.
func (w *walk) deepen(best *Attempt, level []*Attempt) *Attempt {
	for depth := 1; ; depth++ {
		slices.SortStableFunc(level, compare)
		if len(level) == 0 || compare(level[0], best) >= 0 && depth > 2 {
			return best
		}
		if compare(level[0], best) < 0 {
			best = level[0]
		}
		if best.Score.Wrong == 0 || depth == deepest {
			return best
		}
		switch {
		case w.findings != nil:
			level = level[:min(mostFollowed, len(level))]
		case depth > 1:
			level = level[:min(widest, len(level))]
		}
		level = w.expand(level)
	}
}

// compare orders attempts: less that is wrong, less that may be, fewer fields changed.
func compare(a, b *Attempt) int {
	return cmp.Or(a.Score.Wrong-b.Score.Wrong, a.Score.Unknown-b.Score.Unknown, a.size()-b.size())
}

// size is how many fields were changed.
func (a *Attempt) size() int {
	n := 0
	for _, change := range a.Changes {
		n += len(change.Fields)
	}
	return n
}

// expand makes every change that helps one of the requests, and where findings are repaired too,
// what repairs one: each result once.
func (w *walk) expand(from []*Attempt) (all []*Attempt) {
	for _, a := range from {
		for _, request := range w.Own {
			sides := &Sides{Own: request, Facts: w.Facts, OneClient: w.OneClient}
			before := sides.On(a.Policies)
			rejecting := before.rejecting()
			if made := len(a.Changes) - w.before; len(rejecting) > deepest-made {
				continue // a change repairs one policy
			}
			var of *rules.Policy
			if len(rejecting) > 0 { // each of them has to be changed, in whichever order
				of = rejecting[0]
			}
			all = w.follow(all, a, sides.goal(&before), of, func(after *Draft) bool {
				trial := sides.On(after.Policies)
				return nearer(&before, &trial)
			})
		}
		for _, finding := range w.found(a.Draft) {
			goal := rules.Goal{Finding: &finding, Facts: w.Facts}
			all = w.follow(all, a, goal, nil, func(*Draft) bool { return true })
		}
		if w.cut {
			break
		}
	}
	return all
}

// follow adds the drafts of an attempt that are proved for a goal and are not known yet: those of
// one policy, or of any if it is nil.
func (w *walk) follow(
	all []*Attempt, a *Attempt, goal rules.Goal, of *rules.Policy,
	proof func(after *Draft) bool,
) []*Attempt {
	conditions, with, tried := rules.ConditionsOf(a.Policies), a.rules, 0
	if w.isBeyond(draftsOfEach * conditions) {
		return all
	}
	rejected := goal.Verdict != nil && goal.Verdict.Outcome == rules.Rejected
	switch {
	case goal.Finding != nil:
		with = append(slices.Clip(with), goal.Finding.Rule)
	case !rejected && w.Most > 0:
		goal.MostNarrowed = max(1, (w.Most-w.spent)/max(1, draftsOfEach*conditions))
	}
	proved, refused := w.try(a.Draft, goal, of, func(after *Draft) bool {
		tried++
		return proof(after)
	})
	w.refused = append(w.refused, refused...)
	w.cut = w.cut || !rejected && slices.ContainsFunc(refused, func(c rules.Change) bool {
		return c.ID == rules.NarrowMore
	})
	w.spent += conditions * max(1, tried)
	for _, d := range proved {
		if texts := d.texts(); !w.seen[texts] {
			w.seen[texts] = true
			one := &Attempt{d, w.Score(d), with}
			if w.cut = w.cut || !w.isScored(); !w.cut {
				all = append(all, one)
			}
		}
	}
	return all
}

// isBeyond reports whether to compile so many conditions more goes beyond a limit, and notes that
// the search is cut then.
func (w *walk) isBeyond(conditions int) bool {
	w.cut = w.cut || w.Most > 0 && w.spent+conditions > w.Most || !w.isScored()
	return w.cut
}

// isScored reports whether the last draft's score counts.
func (w *walk) isScored() bool { return w.Beyond == nil || !w.Beyond() }

// found are the findings of a draft that are to be repaired.
func (w *walk) found(d *Draft) []rules.Finding {
	cost := lintCosts * rules.ConditionsOf(d.Policies)
	if w.findings == nil || w.isBeyond(cost) {
		return nil
	}
	w.spent += cost
	return w.findings(d)
}

// texts is the text of all files, to tell two drafts apart.
func (d *Draft) texts() string {
	var b strings.Builder
	for _, file := range d.Files {
		b.Write(file.Text)
		b.WriteByte(0)
	}
	return b.String()
}
