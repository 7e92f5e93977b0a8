package oauth2proxy

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// layer is where an option is set. What an earlier layer sets counts (pkg/apis/options/load.go:
// flags, then the environment, then the file).
type layer uint8

const (
	byFlag layer = iota
	byVariable
	byFile
	byAlpha // the alpha configuration: alone for the options of a provider, where there is one
	layers
)

// given is one place that sets an option.
type given struct {
	option option
	layer  layer
	value  *source.Value // as its file has it; of a flag the text behind the equals sign

	// whole is what an edit replaces: it has before and then the value. It is nil where the value
	// itself is replaced.
	whole  *source.Value
	before string

	file *source.File // that whole or the value is in

	// holder is the string of file's parent in which file is embedded; nil where it is in none.
	holder *source.Value
	parent *source.File

	object *source.Value // that the value is a member of; nil where it is of none
}

// setting is an option as it counts.
type setting struct {
	option
	given   []given         // what sets it; none where its default counts
	values  []*source.Value // the text, or the items of a list
	unknown *rules.Unknown  // why it is not known
	open    string          // why it may be set where the files do not show it; else empty
}

// get reads an option as it counts.
func (e *entry) get(name string) setting {
	o := e.named[name]
	s := setting{option: o}
	for l := range layers {
		if (o.alpha != nil && e.alpha) != (l == byAlpha) {
			continue
		}
		for _, g := range e.given {
			if g.layer == l && g.option.name == name {
				s.given = append(s.given, g)
			}
		}
		switch why := e.open[l]; {
		case len(s.given) > 0:
			return s.read()
		case why != "":
			s.open, s.unknown = why, &rules.Unknown{
				Why:  why + ", and it may set " + name,
				Need: rules.Need{Input: source.NeedPolicy, For: "all that sets its options"},
			}
			return s
		}
	}
	if o.absent != "" {
		s.values = rules.Literals(o.absent)
	}
	return s
}

// read takes the values of what sets the option. A flag of a list may be given several times; of
// any other option the last one counts.
func (s setting) read() setting {
	if s.kind != list || s.given[0].layer != byFlag {
		s.given = s.given[len(s.given)-1:]
	}
	for _, g := range s.given {
		for _, v := range g.texts() {
			if marked(v) {
				s.unknown = &rules.Unknown{
					Why: v.Doubt(s.name),
					Need: rules.Need{
						Input: source.NeedPolicy, For: "the configuration with its " + s.name,
					},
				}
			}
			s.values = append(s.values, v)
		}
	}
	if s.unknown == nil && s.refilled() {
		s.values = rules.Literals(s.absent)
	}
	if s.kind == toggle && s.unknown == nil && !s.given[0].isEmpty() {
		if _, err := strconv.ParseBool(s.text()); err != nil {
			s.unknown = &rules.Unknown{
				Why: s.name + " is neither true nor false, and the program does not start",
			}
		}
	}
	return s
}

// refilled reports whether the program puts the default in the place of an empty value
// (pkg/apis/options/providers.go, EnsureDefaults).
func (s setting) refilled() bool {
	switch s.name {
	case "oidc_audience_claims":
		return len(s.values) == 0
	case "oidc_email_claim", "oidc_groups_claim", "user_id_claim":
		return s.text() == ""
	}
	return false
}

// texts are the values that one place gives. Those of the alpha configuration may be what a
// variable holds.
func (g *given) texts() []*source.Value {
	all := g.items()
	if g.layer != byAlpha {
		return all
	}
	all = slices.Clone(all)
	for i, v := range all {
		if v.Is(source.String) && !marked(v) && hasVariable(v.Text) {
			all[i] = notShown("what the variable in "+v.Text+" holds", v)
		}
	}
	return all
}

// items are the values as they are written. A list may be a text with commas in it.
func (g *given) items() []*source.Value {
	switch {
	case g.value.Is(source.List):
		return g.value.Items
	case g.option.kind != list || !g.value.Is(source.String):
		return []*source.Value{g.value}
	}
	var all []*source.Value
	for _, part := range g.split() {
		item := *g.value
		item.Text = part
		all = append(all, &item)
	}
	return all
}

// split takes a text with commas apart: of a flag as CSV (pflag), elsewhere at each comma
// (mapstructure).
func (g *given) split() []string {
	if g.value.Text == "" {
		return nil
	}
	if g.layer == byFlag {
		if fields, err := csv.NewReader(strings.NewReader(g.value.Text)).Read(); err == nil {
			return fields
		}
	}
	return strings.Split(g.value.Text, ",")
}

// marked reports whether only a deployment knows a value.
func marked(v *source.Value) bool {
	return v.Is(source.Unknown) || v.Is(source.Object) || v.Is(source.String) && hasMark(v.Text)
}

func hasMark(text string) bool {
	return slices.ContainsFunc([]string{"${", "{{", "$(", "#{"}, func(mark string) bool {
		return strings.Contains(text, mark)
	})
}

// text is the one value of an option; empty where there is none.
func (s setting) text() string {
	if len(s.values) == 0 || s.values[0].Kind == source.Null {
		return ""
	}
	return s.values[0].Text
}

// isEmpty reports whether the configuration file sets a switch to an empty text, which is false
// (mapstructure).
func (g *given) isEmpty() bool {
	return g.layer == byFile && g.value.Is(source.String) && g.value.Text == ""
}

// texts are all values of an option that are known.
func (s setting) texts() []string {
	var all []string
	for _, v := range s.values {
		if !marked(v) && v.Kind != source.Null {
			all = append(all, v.Text)
		}
	}
	return all
}

// on reports whether a switch is known to be on.
func (s setting) on() bool {
	is, err := strconv.ParseBool(s.text())
	return s.unknown == nil && err == nil && is
}

// off reports whether a switch is known to be off.
func (s setting) off() bool { return s.unknown == nil && !s.on() }

// set reports whether something sets the option.
func (s setting) set() bool { return len(s.given) > 0 }

// none reports whether the option is known to have no value.
func (s setting) none() bool { return s.unknown == nil && len(s.values) == 0 }

// place is where the option is set, or where the instance begins if nothing sets it.
func (e *entry) place(s setting) *source.Value {
	if !s.set() {
		return shown(e.at)
	}
	return shown(s.given[0].value)
}

// shown is the part of a value that a reader is shown: all of a scalar and of a list in one line,
// the first character of anything else.
func shown(v *source.Value) *source.Value {
	last := len(v.Items) - 1
	inLine := v.Is(source.List) && last >= 0 && v.Items[last].Pos.Line == v.Pos.Line
	if inLine || !v.Is(source.List) && !v.Is(source.Object) {
		return v
	}
	begin := *v
	begin.Span.End = min(v.Span.End, v.Span.Start+1)
	return &begin
}

//go:embed options.tsv
var optionsTable string

// kind is what an option takes.
type kind string

const (
	text     kind = "text"
	list     kind = "list"
	toggle   kind = "switch"
	number   kind = "number"
	duration kind = "duration"
)

// option is one option of the program under its several names.
type option struct {
	name   string // in the configuration file
	flag   string
	kind   kind
	absent string   // what it is where nothing sets it
	alpha  []string // its path below a provider of the alpha configuration; nil where it has none
	moved  bool     // the alpha configuration has it, or has no such option
}

// options lists all options of the program.
func options() []option {
	all := make([]option, 0, 200)
	for line := range strings.Lines(optionsTable) {
		column := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(column) < 5 {
			continue // a comment
		}
		o := option{name: column[0], flag: column[1], kind: kind(column[2]), absent: column[3]}
		if o.moved = column[4] != ""; o.moved && column[4] != "-" {
			o.alpha = strings.Split(column[4], ".")
		}
		all = append(all, o)
	}
	return all
}

// variablePrefix begins the names of the environment variables that the program reads.
const variablePrefix = "OAUTH2_PROXY_"

// optionOfVariable finds an option by its environment variable, which has capitals alone (viper,
// mergeWithEnvPrefix).
func (c *common) optionOfVariable(variable string) (option, bool) {
	name, ours := strings.CutPrefix(variable, variablePrefix)
	if !ours || name != strings.ToUpper(name) {
		return option{}, false
	}
	o, known := c.named[strings.ToLower(name)]
	return o, known
}

func found[T any](all []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	var none T
	return none, false
}
