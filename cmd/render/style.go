package render

import (
	"strings"

	"github.com/fatih/color"
)

// Style says how text is shown. The zero Style is plain ASCII at the default width.
type Style struct {
	Width   int  // columns that a line may take; 0 for the default
	Color   bool // colour supports, it never carries meaning alone
	Unicode bool // check marks and dashes, or their ASCII stand-ins
	Detail  Detail
}

// Detail is how much of a report a person wants to read. It counts for text alone: the other
// formats have all of it.
type Detail uint8

// The details.
const (
	Short  Detail = iota // what fits a screen: the answer, its reason and place, what failed
	All                  // every check, claim and row
	Answer               // one line
)

// The widths of a line, in columns.
const (
	defaultWidth   = 80
	narrowestWidth = 40
	widestProse    = 100 // longer lines are hard to read
	widestList     = 120
)

func (s Style) columns() int { return s.within(widestProse) }

// listColumns is columns for lists with a remark behind each row.
func (s Style) listColumns() int { return s.within(widestList) }

func (s Style) within(widest int) int {
	if s.Width == 0 {
		return defaultWidth
	}
	return min(max(s.Width, narrowestWidth), widest)
}

// Mood is what the colour of a text says. Its words say the same. Words are bold or red, which can
// be read on a light and on a dark background in the palettes of the common terminals: green and
// cyan have a contrast of 2 to 3 on white, so that green is left for a sign beside words.
type Mood uint8

// The moods.
const (
	Plain  Mood = iota
	Strong      // what the eye shall find first
	Good
	Bad
	Unsure
	Passed // the sign of what passed
	Faint  // what may be skipped: a rule's name, a line's number; never a sentence
)

// Paint colours a text by its mood.
func (s Style) Paint(mood Mood, text string) string {
	if !s.Color || mood == Plain || text == "" {
		return text
	}
	paint := color.New(mood.attributes()...)
	paint.EnableColor() // whatever fatih/color thinks of the process's own standard output
	return paint.Sprint(text)
}

func (m Mood) attributes() []color.Attribute {
	switch m {
	case Passed:
		return []color.Attribute{color.FgGreen}
	case Bad:
		return []color.Attribute{color.FgRed, color.Bold}
	case Faint:
		return []color.Attribute{color.Faint}
	}
	return []color.Attribute{color.Bold}
}

// Mark returns the sign for an outcome (pass, fail, unknown or skipped): ✓ ✗ ? –, or ok no ??
// -- if the terminal is not UTF-8.
func (s Style) Mark(outcome string) string {
	switch outcome {
	case "pass":
		return s.Paint(Passed, s.pick("✓", "ok"))
	case "fail":
		return s.Paint(Bad, s.pick("✗", "no"))
	case "unknown":
		return s.Paint(Unsure, s.pick("?", "??"))
	}
	return s.Paint(Faint, s.pick("–", "--"))
}

func (s Style) pick(unicode, ascii string) string {
	if s.Unicode {
		return unicode
	}
	return ascii
}

// ASCII returns a text with our own signs in ASCII: ... for an ellipsis, -> for an arrow, - for
// a dash. It leaves what comes from the input as it is.
func ASCII(text string) string {
	return strings.NewReplacer("…", "...", "→", "->", "–", "-").Replace(text)
}

// legible returns a text as the terminal can show it.
func (s Style) legible(text string) string {
	if s.Unicode {
		return text
	}
	return ASCII(text)
}
