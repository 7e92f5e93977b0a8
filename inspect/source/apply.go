package source

import (
	"fmt"
	"slices"
)

// Edit replaces the text of a span. An empty span inserts, an empty text removes.
type Edit struct {
	Span Span
	Text string

	proof *proof // nil where the edit is not proved
}

// proof is what a file reads after an edit of it.
type proof struct{ before, after *File }

// Apply makes edits, given in any order, and keeps every byte outside their spans. Several insertions at one
// place are made in the order in which they are given. Edits that overlap, or lie outside the text, are an
// error: none is made.
func Apply(text []byte, edits ...Edit) ([]byte, error) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b Edit) int {
		if a.Span.Start != b.Span.Start {
			return a.Span.Start - b.Span.Start
		}
		return a.Span.End - b.Span.End // an insertion comes before what replaces the text behind it
	})
	var edited []byte
	done := 0
	for _, e := range sorted {
		switch {
		case e.Span.Start < 0 || e.Span.End < e.Span.Start || e.Span.End > len(text):
			return nil, fmt.Errorf("an edit of bytes %d to %d lies outside the text of %d bytes", e.Span.Start, e.Span.End, len(text))
		case e.Span.Start < done:
			return nil, fmt.Errorf("two edits overlap at byte %d", e.Span.Start)
		}
		edited = append(edited, text[done:e.Span.Start]...)
		edited = append(edited, e.Text...)
		done = e.Span.End
	}
	return append(edited, text[done:]...), nil
}

// Edited returns the file as it reads after edits. Changes that depend on each other, such as two members
// removed from one object, are made one after the other through it. A single edit that was proved on this file is not read again.
func (f *File) Edited(edits ...Edit) (*File, error) {
	if len(edits) == 1 && edits[0].proof != nil && edits[0].proof.before == f {
		return edits[0].proof.after, nil
	}
	text, err := Apply(f.Text, edits...)
	if err != nil {
		return nil, err
	}
	edited, err := open(f.Name, text)
	if err != nil {
		return nil, err
	}
	edited.Format = f.Format
	return edited.done(edited.read())
}
