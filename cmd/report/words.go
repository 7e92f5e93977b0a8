package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
)

// LongestWord bounds what an error message repeats of the command line: a longer word may be a
// token.
const LongestWord = 20

// Nearest returns the name that begins with the word, else the nearest that is at most two edits
// away from it, or an empty string.
func Nearest(word string, names []string) string {
	for _, name := range names {
		if len(word) > 1 && strings.HasPrefix(name, word) {
			return name
		}
	}
	return inspect.Nearest(word, names, min(2, len(word)-1))
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

// Sentence makes a clause a sentence. If the first word is an address or a name with a dot, it
// keeps its case.
func Sentence(clause string) string {
	word, _, _ := strings.Cut(clause, " ")
	end := "."
	switch {
	case clause == "":
		return ""
	case strings.ContainsAny(clause[len(clause)-1:], "?.!"):
		end = ""
	}
	if strings.ContainsAny(word, "./:_") {
		return clause + end
	}
	return strings.ToUpper(clause[:1]) + clause[1:] + end
}
