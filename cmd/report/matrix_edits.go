package report

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// Edit is a file as a command read it, and as repairs change it.
type Edit struct {
	Before, After *source.File
	by            []int    // the gateways whose repairs change it
	texts         [][]byte // that they make of it
}

// settle makes one edit of all that the smallest set of repairs changes in a file, as where each
// gateway has an API instance of its own in it. It is an error where gateways that share a file
// would not answer as the matrix after the repairs has it.
func (e *Estate) settle(x *Matrixing) error {
	for i := range x.Repairs {
		r := &x.Repairs[i]
		if !r.Chosen {
			continue
		}
		for _, after := range r.Files {
			isIn := func(c FileChange) bool { return c.File == after.Name }
			if !slices.ContainsFunc(r.Changes, isIn) {
				continue
			}
			if other, ok := x.addEdit(r.Gateway, after); !ok {
				return x.divided(after.Name, other, r.Gateway)
			}
		}
	}
	for g, name := range x.Gateways {
		if set := e.sets[name]; set != nil {
			edit, other := x.byOthers(g, set)
			if edit != nil && !x.answersSo(g, set) {
				return x.divided(edit.After.Name, other, g)
			}
		}
	}
	for i := range x.Repairs {
		if r := &x.Repairs[i]; r.Chosen {
			r.Files = withEdits(r.Files, x.Edits)
		}
	}
	return nil
}

// byOthers is an edit of a gateway's files that another one's repair makes; nil where there is
// none.
func (x *Matrixing) byOthers(gateway int, set *PolicySet) (edit *Edit, other int) {
	isOther := func(by int) bool { return by != gateway }
	for i := range x.Edits {
		edit := &x.Edits[i]
		at := slices.IndexFunc(edit.by, isOther)
		if at >= 0 && set.file(edit.After.Name) != nil {
			return edit, edit.by[at]
		}
	}
	return nil, 0
}

func (x *Matrixing) divided(file string, one, other int) error {
	return ProblemAt(source.Position{File: file}, "the gateways of "+x.Gateways[one]+" and "+
		x.Gateways[other]+" share the file, and do not need the same change of it",
		"give each environment a file of its own")
}

// addEdit adds what the repair of a gateway makes of a file. It is not ok where that does not go
// with what another gateway's makes of it.
func (x *Matrixing) addEdit(gateway int, after *source.File) (other int, ok bool) {
	i := slices.IndexFunc(x.Edits, func(e Edit) bool { return e.After.Name == after.Name })
	if i < 0 {
		edit := Edit{Before: x.File(after.Name), After: after}
		edit.by, edit.texts = []int{gateway}, [][]byte{after.Text}
		x.Edits = append(x.Edits, edit)
		return 0, true
	}
	edit := &x.Edits[i]
	edit.by = append(edit.by, gateway)
	known := func(text []byte) bool { return bytes.Equal(text, after.Text) }
	if slices.ContainsFunc(edit.texts, known) {
		return 0, true
	}
	edit.texts = append(edit.texts, after.Text)
	text, ok := joinedEdits(edit.Before.Text, edit.texts)
	if !ok {
		return edit.by[0], false
	}
	all, err := source.Read(after.Name, text)
	if err == nil {
		edit.After = all
	}
	return edit.by[0], err == nil
}

// joinedEdits is a text with several edits of it. It is not ok where one does not end before the
// next begins.
func joinedEdits(before []byte, edits [][]byte) (text []byte, ok bool) {
	type span struct {
		from, to int
		text     []byte
	}
	var spans []span
	for _, after := range edits {
		from, left := unchanged(before, after)
		spans = append(spans, span{from, len(before) - left, after[from : len(after)-left]})
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	at := 0
	for i, s := range spans {
		if i > 0 && s.from <= at {
			return nil, false
		}
		text = append(append(text, before[at:s.from]...), s.text...)
		at = s.to
	}
	return append(text, before[at:]...), true
}

// unchanged is how much of a text is before what an edit changes, and how much is behind it.
func unchanged(before, after []byte) (first, last int) {
	most := min(len(before), len(after))
	for first < most && before[first] == after[first] {
		first++
	}
	for last < most-first && before[len(before)-1-last] == after[len(after)-1-last] {
		last++
	}
	return first, last
}

// answersSo reports whether a gateway with the edited files answers as the matrix after the
// repairs has it.
func (x *Matrixing) answersSo(gateway int, set *PolicySet) bool {
	after, err := set.edited(x.Edits)
	if err != nil {
		return false
	}
	tried := x.Try(gateway, after.Policies)
	for row := range x.Rows {
		if answer(tried.Cell(row, 0)) != answer(x.Fixed.Cell(row, gateway)) {
			return false
		}
	}
	return true
}

func answer(c *environments.Cell) string {
	return fmt.Sprint(c.Outcome, " ", c.Status, " ", c.Decided)
}

// edited is the set as its files read after some edits.
func (s *PolicySet) edited(edits []Edit) (*PolicySet, error) {
	read, err := s.Adapter.Read(withEdits(s.Files, edits), optionsFor(&s.Adapter, s.options))
	if err != nil {
		return nil, err
	}
	return s.of(read), nil
}

func withEdits(files []*source.File, edits []Edit) []*source.File {
	after := slices.Clone(files)
	for _, edit := range edits {
		for i := range after {
			if after[i].Name == edit.After.Name {
				after[i] = edit.After
			}
		}
	}
	return after
}
