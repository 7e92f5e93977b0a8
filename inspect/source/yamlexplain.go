package source

import "strings"

const (
	quoteIt    = "put the value in quotes"
	useSpaces  = "replace the tab by spaces"
	alignIt    = "members of one object start in the same column"
	renderHint = "read the file that the template makes, such as the output of helm template"
)

// explain returns the place of the fault, its cause in words that tell what to type, and a hint.
func (f *yamlFault) explain() (offset int, cause, hint string) {
	if line := f.templateLine(); line > 0 {
		return f.first(line), "a template expression stands here, outside of quotes", renderHint
	}
	problem := f.problem
	has := func(words string) bool { return strings.Contains(problem, words) }
	switch {
	case has("tab character"), has("cannot start any token") && f.tabLine(f.line) > 0:
		return f.tab()
	case has("cannot start any token"):
		return f.badStart()
	case has("mapping values are not allowed"):
		return f.secondColon()
	case has("could not find expected ':'"):
		return f.noColon()
	case has("unexpected end of stream"), has("unexpected document indicator"):
		return f.at(f.opened, strings.LastIndexAny(f.text(f.opened), `"'`)), "a string that starts on this line is not closed", ""
	case has("did not find expected ',' or"), has("expected node content"):
		return f.bracket()
	case has("did not find expected key"), has("expected <document start>"), has("expected '-' indicator"):
		return f.structure()
	}
	return f.explainRare()
}

func (f *yamlFault) explainRare() (offset int, cause, hint string) {
	has := func(words string) bool { return strings.Contains(f.problem, words) }
	switch {
	case has("block sequence entries"):
		return f.first(f.opened), "a list must start on a line of its own, below its name", ""
	case has("escape"), has("hexdecimal"):
		return f.escape()
	case has("unknown anchor"):
		return f.anchor()
	case has("alphabetic or numeric"):
		return f.first(f.opened), "a name is missing behind & or *", "a value that starts with & or * needs quotes"
	case has("control characters"):
		return f.control()
	case has("comment or line break"):
		return f.first(f.opened), "text stands behind | or >", "the text of such a string starts on the next line"
	case has("tag"), has("whitespace or line break"), has("expected '!'"), has("expected '>'"):
		return f.first(f.opened), "a tag, which starts with !, can't be read", "a value that starts with ! needs quotes"
	case has("exceeded max depth"):
		return f.first(f.opened), tooDeep, wrongFile
	}
	return f.first(f.opened), f.problem, ""
}

// templateLine returns the line of a template expression that explains the fault: one on the failing line,
// or one that a line before starts with. It returns 0 where there is none.
func (f *yamlFault) templateLine() int {
	if hasTemplate(f.text(f.line)) {
		return f.line
	}
	for line := 1; line <= f.line && line <= f.opened+1; line++ {
		if text := strings.TrimSpace(f.text(line)); strings.HasPrefix(text, "{{") || strings.HasPrefix(text, "{%") {
			return line
		}
	}
	return 0
}

// hasTemplate reports whether a template expression stands on a line, outside of quotes and comments.
func hasTemplate(line string) bool {
	line, _, _ = strings.Cut(line, " #")
	for {
		start := strings.IndexAny(line, `"'{`)
		switch {
		case start < 0 || start+1 == len(line):
			return false
		case line[start] != '{':
			_, line, _ = strings.Cut(line[start+1:], line[start:start+1])
		case line[start+1] == '{' || line[start+1] == '%':
			return true
		default:
			line = line[start+1:]
		}
	}
}

// tabLine returns the first line from a line on, or the one after it, that a tab indents, or 0.
func (f *yamlFault) tabLine(from int) int {
	for line := max(from-1, 1); line <= from+1; line++ {
		text := f.text(line)
		if strings.ContainsRune(text[:len(text)-len(strings.TrimLeft(text, " \t"))], '\t') {
			return line
		}
	}
	return 0
}

func (f *yamlFault) tab() (offset int, cause, hint string) {
	line := f.tabLine(f.line)
	if line == 0 {
		return f.first(f.line), "a tab stands where YAML allows only spaces", useSpaces
	}
	return f.at(line, strings.IndexByte(f.text(line), '\t')), "a tab indents this line, and YAML allows only spaces", useSpaces
}
