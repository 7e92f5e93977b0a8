package oauth2proxy

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// program is the name of the program, of its image and of its chart.
const programName = "oauth2-proxy"

// isProgram reports whether a word starts the program: its path, or an image of it.
func isProgram(word string) bool {
	image, _, _ := strings.Cut(path.Base(word), ":")
	image, _, _ = strings.Cut(image, "@")
	return image == programName
}

// fromArguments takes the options of the program's arguments. A switch stands alone or has its
// value behind an equals sign; any other flag may have it in the next word (pflag).
func (r *reader) fromArguments(e *entry, words []*source.Value, like given) {
	var files [layers]string // of several the last counts
	for i := 0; i < len(words); i++ {
		word := words[i]
		name, isFlag := strings.CutPrefix(word.Text, "--")
		if !word.Is(source.String) || !isFlag || name == "" {
			r.oddArgument(e, word)
			continue
		}
		name, text, given := strings.Cut(name, "=")
		o, known := r.ofFlag[name]
		known = known || slices.Contains([]string{"config", "alpha-config"}, name)
		next := (*source.Value)(nil)
		if !given && known && o.kind != toggle && i+1 < len(words) {
			i++
			next, text = words[i], words[i].Text
		}
		switch {
		case name == "config":
			files[byFile] = text
		case name == "alpha-config":
			files[byAlpha] = text
		case !known:
			e.unknown = append(e.unknown, unknownName{layer: byFlag, name: "--" + name, at: word})
		default:
			g := like
			g.option, g.layer, g.value = o, byFlag, next
			if next == nil {
				g.value, g.whole, g.before = behindEquals(like.file, word, text, given)
			}
			e.given = append(e.given, g)
		}
	}
	for _, l := range []layer{byFile, byAlpha} {
		if files[l] != "" {
			r.uses(e, l, files[l])
		}
	}
}

// isShell reports whether words have a shell start the program.
func isShell(words []*source.Value) bool {
	shells := []string{"sh", "bash", "ash", "dash"}
	return len(words) > 0 && slices.Contains(shells, path.Base(words[0].Text))
}

// fromScript takes the options of the command in a shell's words that starts the program. Of
// several it is not known which one does.
func (r *reader) fromScript(e *entry, file *source.File, words []*source.Value) {
	var starts []given // each in its command
	for _, word := range words {
		script, err := source.Embedded(file, word, source.Shell)
		if err != nil {
			continue
		}
		for _, command := range script.Documents {
			if startIn(command.Items) >= 0 {
				starts = append(starts,
					given{file: script, parent: file, holder: word, object: command})
			} else {
				r.assignments(e, script, command.Items)
			}
		}
	}
	if len(starts) != 1 {
		e.open[byFlag] = "a shell starts it, and with which arguments is not known"
		return
	}
	command := starts[0].object.Items
	at := startIn(command)
	r.assignments(e, starts[0].file, command[:at])
	r.fromArguments(e, command[at+1:], starts[0])
}

// startIn is the place of the word that starts the program; -1 where there is none.
func startIn(words []*source.Value) int {
	return slices.IndexFunc(words, func(w *source.Value) bool { return isProgram(w.Text) })
}

// oddArgument remembers a word that is not a flag. One that only a deployment knows may be any.
func (r *reader) oddArgument(e *entry, word *source.Value) {
	switch {
	case marked(word):
		e.open[byFlag] = "only a deployment knows one of the arguments, " + word.Text
	case strings.HasPrefix(word.Text, "-"):
		e.unknown = append(e.unknown, unknownName{layer: byFlag, name: word.Text, at: word})
	}
}

// behindEquals is the part of a word behind its equals sign, and what an edit has to put before
// another value. A switch that stands alone is true.
func behindEquals(
	file *source.File, word *source.Value, text string, given bool,
) (value, whole *source.Value, before string) {
	value = &source.Value{Kind: source.String, Text: text, Pos: word.Pos, Span: word.Span}
	before = word.Text + "="
	if !given {
		value.Kind, value.Text = source.Bool, "true"
		return value, word, before
	}
	before = strings.TrimSuffix(word.Text, text)
	raw := string(file.Text[word.Span.Start:word.Span.End])
	if at := strings.LastIndex(raw, text); at >= 0 && text != "" {
		value.Span.Start += at
		value.Span.End = value.Span.Start + len(text)
		value.Pos = file.Position(value.Span.Start)
	}
	return value, word, before
}

// fromVariable takes an option of an environment variable, in the place of what the variable was
// before. An empty one does not count (viper).
func (r *reader) fromVariable(e *entry, name string, g given) {
	o, ok := r.optionOfVariable(name)
	if !ok {
		if strings.HasPrefix(name, variablePrefix) {
			e.unknown = append(e.unknown, unknownName{layer: byVariable, name: name, at: g.value})
		}
		return
	}
	e.given = source.Without(e.given, func(before given) bool {
		return before.layer == byVariable && before.option.name == o.name
	})
	if g.value != nil && (g.value.Text != "" || g.value.Is(source.Unknown)) {
		g.option, g.layer = o, byVariable
		e.given = append(e.given, g)
	}
}

// startedByCommands lists the instances that command lines start, with the variables that are set
// before them.
func (r *reader) startedByCommands(file *source.File) []*entry {
	var all []*entry
	variables := &entry{file: file, common: r.common}
	for _, command := range file.Documents {
		words := command.Items
		if words[0].Text == "export" {
			words = words[1:]
		}
		at := startIn(words)
		before := words
		if at >= 0 {
			before = words[:at]
		}
		r.assignments(variables, file, before)
		if at < 0 {
			continue
		}
		e := &entry{file: file, at: words[at], common: r.common, started: true}
		r.fromArguments(e, words[at+1:], given{file: file, object: command})
		e.given = append(e.given, variables.given...)
		e.unknown = append(e.unknown, variables.unknown...)
		e.open[byVariable] = variables.open[byVariable]
		all = append(all, e)
	}
	if len(all) == 0 && len(variables.given) > 0 {
		variables.at = file.Documents[0].Items[0]
		all = append(all, variables)
	}
	return all
}

// assignments takes the variables that words set: NAME=value, with -e or --env before it too, as
// a container gets it.
func (r *reader) assignments(e *entry, file *source.File, words []*source.Value) {
	assignment := regexp.MustCompile(`^(?:-+env=)?([A-Z_][A-Z0-9_]*)=`)
	for _, word := range words {
		if regexp.MustCompile(`^-+env-file`).MatchString(word.Text) {
			e.open[byVariable] = "the variables of " + word.Text + " are not known"
		}
		if found := assignment.FindStringSubmatch(word.Text); found != nil {
			g := given{file: file}
			g.value, g.whole, g.before = behindEquals(file, word, word.Text[len(found[0]):], true)
			r.fromVariable(e, found[1], g)
		}
	}
}

// uses says that an instance reads a configuration file.
func (r *reader) uses(e *entry, l layer, name string) {
	e.alpha = e.alpha || l == byAlpha
	what := "its configuration file "
	if l == byAlpha {
		what = "its alpha configuration "
	}
	found, why := r.configuration(e, name, l == byAlpha)
	if found == nil {
		e.open[l] = what + name + " " + why
		return
	}
	r.reads(e, found)
}
