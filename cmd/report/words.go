package report

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// LongestWord bounds what an error message repeats of the command line: a longer word may be a
// token.
const LongestWord = 20

// Nearest returns the name that begins with the word, else the nearest that is a few edits away
// from it, or an empty string.
func Nearest(word string, names []string) string {
	for _, name := range names {
		if len(word) > 1 && strings.HasPrefix(name, word) {
			return name
		}
	}
	return inspect.Nearest(word, names, inspect.FewEdits(word))
}

// OneOf finds an argument among the words that it can be.
func OneOf(kind, word string, all []string, hint string) (string, error) {
	if slices.Contains(all, word) {
		return word, nil
	}
	if len(word) > LongestWord {
		return "", Problem("there is no such "+kind, hint)
	}
	if near := Nearest(word, all); near != "" {
		hint = "did you mean " + near + "?"
	}
	return "", Problem(fmt.Sprintf("there is no %s %q", kind, word), hint)
}

// Counted is a number with its noun.
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Sentence makes a clause a sentence. If the first word is an address, a name with a dot or a
// capital inside, or the claim that the clause is about, it keeps its case.
func Sentence(clause string) string {
	word, rest, _ := strings.Cut(clause, " ")
	end := "."
	switch {
	case clause == "":
		return ""
	case strings.ContainsAny(clause[len(clause)-1:], "?.!"):
		end = ""
	}
	_, claim := inspect.Claim(word)
	claim = claim && (strings.HasPrefix(rest, "is ") || strings.HasPrefix(rest, "appears "))
	if claim || strings.ContainsAny(word, "./:_") || word != strings.ToLower(word) {
		return clause + end
	}
	return Capital(clause) + end
}

// Capital begins a clause as a sentence does. What is no ASCII is not our own word, but a value.
func Capital(clause string) string {
	if clause == "" || clause[0] >= utf8.RuneSelf {
		return clause
	}
	return strings.ToUpper(clause[:1]) + clause[1:]
}

// leastGuarded is how many characters a name has to have to be taken for a token by its looks
// alone. Names of files that are made by programs stay under it.
const leastGuarded = 40

// Guarded returns a text that is safe on standard error: without anything that acts on the
// terminal, and without a token that was given by mistake for a file's name, a host or a word.
// Each part of a path or a URL is looked at by itself.
func Guarded(text string) string {
	text = inspect.MaskTokens(text)
	var b strings.Builder
	for text != "" {
		n := strings.IndexFunc(text, isNotNamed)
		if n < 0 {
			n = len(text)
		}
		if name := text[:n]; n >= leastGuarded && source.LooksSecret(name) {
			b.WriteString("(token)")
		} else {
			b.WriteString(name)
		}
		end := len(text)
		isNamed := func(r rune) bool { return !isNotNamed(r) }
		if next := strings.IndexFunc(text[n:], isNamed); next >= 0 {
			end = n + next
		}
		b.WriteString(text[n:end])
		text = text[end:]
	}
	return inspect.Safe(b.String())
}

// isNotNamed reports whether a character is neither in a token nor in a part of a path.
func isNotNamed(r rune) bool {
	return !source.IsPlain(string(r), "-._~+=")
}

// Problem is an error that no file is to blame for; the hints may be none.
func Problem(cause string, hints ...string) *source.Error {
	return &source.Error{Cause: cause, Hints: source.Hints(hints...)}
}

// ProblemAt is an error that a place in a file is to blame for.
func ProblemAt(pos source.Position, cause string, hints ...string) *source.Error {
	return &source.Error{Pos: pos, Cause: cause, Hints: source.Hints(hints...)}
}

// Each takes apart errors that errors.Join put together: one for each thing that the user named.
func Each(err error) []error {
	var joined interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &joined):
		return []error{err}
	}
	return source.Flat(joined.Unwrap(), Each)
}

// AsError finds cause, place and hints in an error of the packages below, or of the system.
func AsError(err error) *source.Error {
	var (
		ours    *source.Error
		missing *fs.PathError
	)
	switch {
	case errors.As(err, &ours):
		return ours
	case errors.As(err, &missing):
		return fileError(missing)
	}
	return Problem(err.Error())
}

// fileError is about a file that can't be opened or read, or written to its end.
func fileError(err *fs.PathError) *source.Error {
	if err.Path == "" {
		return Problem("the name of a file is empty", "is the variable set?")
	}
	hint := "pass the name of a file that can be read"
	switch {
	case err.Op == "write":
		hint = "the output is not whole: write it where there is room for it"
	case errors.Is(err, fs.ErrNotExist):
		hint = "is the name right? a relative name starts in the folder where the command runs"
	case errors.Is(err, fs.ErrPermission):
		hint = "the user who runs the command must be able to read the file"
	}
	return ProblemAt(source.Position{File: err.Path}, err.Err.Error(), hint)
}

// Hinted is an error with more things to do about it.
func Hinted(err error, hints ...string) *source.Error {
	more := *AsError(err)
	more.Hints = slices.Concat(more.Hints, source.Hints(hints...))
	return &more
}

// HintedOnly is an error with other things to do about it than it has.
func HintedOnly(err error, hints ...string) *source.Error {
	other := *AsError(err)
	other.Hints = source.Hints(hints...)
	return &other
}

// Mistake is one thing that is wrong, and what to do about it, each hint once. The words are safe
// to show.
type Mistake struct {
	Cause string
	Hints []string
}

// Mistakes are what is wrong, an entry for each error.
func Mistakes(err error) []Mistake {
	var all []Mistake
	for _, err := range Each(err) {
		e := AsError(err)
		all = append(all, Mistake{Guarded(e.Error()), guardedHints(e)})
	}
	return all
}

func guardedHints(e *source.Error) []string {
	var hints []string
	for _, hint := range Hints(e.Hints) {
		hints = source.Union(hints, Guarded(hint))
	}
	return hints
}

// Words are what is wrong, an entry for each error, and what to do about it, each hint once.
func Words(err error) (causes, hints []string) {
	for _, m := range Mistakes(err) {
		causes = append(causes, m.Cause)
		hints = source.Union(hints, m.Hints...)
	}
	return causes, hints
}
