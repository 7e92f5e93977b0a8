package oauth2proxy

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed options.tsv
var optionsTable string

// kind is what an option takes.
type kind string

const (
	text   kind = "text"
	list   kind = "list"
	toggle kind = "switch"
)

// option is one option of the program under its several names.
type option struct {
	name   string // in the configuration file
	flag   string
	kind   kind
	absent string   // what it is where nothing sets it
	alpha  []string // its path below a provider of the alpha configuration; nil where it has none
}

// options lists all options of the program.
func options() []option {
	all := make([]option, 0, 200)
	for line := range strings.Lines(optionsTable) {
		column := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(column) < 5 {
			continue // a comment
		}
		o := option{
			name: column[0], flag: column[1], kind: kind(column[2]), absent: column[3],
		}
		if column[4] != "" {
			o.alpha = strings.Split(column[4], ".")
		}
		all = append(all, o)
	}
	return all
}

// optionNamed finds an option by its name in the configuration file.
func optionNamed(all []option, name string) (option, bool) {
	return found(all, func(o option) bool { return o.name == name })
}

// optionOfFlag finds an option by its flag.
func optionOfFlag(all []option, flag string) (option, bool) {
	return found(all, func(o option) bool { return o.flag == flag })
}

// variablePrefix begins the names of the environment variables that the program reads.
const variablePrefix = "OAUTH2_PROXY_"

// optionOfVariable finds an option by its environment variable.
func optionOfVariable(all []option, variable string) (option, bool) {
	name, ours := strings.CutPrefix(variable, variablePrefix)
	if !ours {
		return option{}, false
	}
	return optionNamed(all, strings.ToLower(name))
}

func found(all []option, is func(option) bool) (option, bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	return option{}, false
}
