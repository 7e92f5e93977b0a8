package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// standIns are the flags that a variable GATEWHY_NAME stands in for, each with the flags that say
// otherwise: where one of those is given, the variable is not taken.
var standIns = [...]struct {
	flag      string
	otherwise []string
}{
	{"config", nil},
	{"env", []string{"policy"}},
	{"policy", []string{"env"}},
	{"tenant", []string{"issuer"}},
	{"issuer", []string{"tenant"}},
	{"jwks", nil},
	{"cloud", []string{"issuer"}},
	{"gateway", nil},
	{"runtime", nil},
	{"offline", nil},
}

// withDefaults lets a command take what its command line does not say from the environment, and
// from the environments file. All that is taken is named on standard error.
func (e *Env) withDefaults(cmd *cobra.Command) {
	run := cmd.RunE
	if run == nil || cmd.Name() == "init" { // init writes the file
		return
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		line := commandLine{env: e, cmd: cmd, args: args}
		if err := line.takeVariables(); err != nil {
			return err
		}
		if err := line.takeFile(); err != nil {
			return err
		}
		return run(cmd, line.args)
	}
}

// commandLine is what a user has written, and what is added to it.
type commandLine struct {
	env  *Env
	cmd  *cobra.Command
	args []string
}

func (l *commandLine) has(flag string) bool { return l.cmd.Flags().Lookup(flag) != nil }

// says reports whether one of these flags is given.
func (l *commandLine) says(flags ...string) bool {
	return slices.ContainsFunc(flags, l.cmd.Flags().Changed)
}

// namesSet reports whether the command line of keys names a set of its own: an argument, all
// clouds, or a cloud's common keys.
func (l *commandLine) namesSet() bool {
	return l.cmd.Name() == "keys" && (len(l.args) > 0 || l.says("clouds", "cloud"))
}

// takeVariables sets the flags that are not given and have a variable.
func (l *commandLine) takeVariables() error {
	values := make(map[string]string)
	for _, s := range standIns {
		name := variableOf(s.flag)
		value, set := l.env.LookupEnv(name)
		switch {
		case !set || !l.has(s.flag):
			continue
		case isEmpty(value):
			return problem("the variable "+name+" is empty",
				"set it to what --"+s.flag+" takes, or remove it: unset "+name)
		}
		isKeys := s.flag == "tenant" || s.flag == "issuer" || s.flag == "jwks"
		if !l.says(s.flag) && !l.says(s.otherwise...) && !(isKeys && l.namesSet()) {
			values[s.flag] = value
		}
	}
	for _, s := range standIns {
		if value, ok := values[s.flag]; ok {
			name := variableOf(s.flag)
			if err := l.take(s.flag, value, name); err != nil {
				return l.blame(err, name, s.flag)
			}
		}
	}
	return nil
}

// variableOf is the name of the variable that stands in for a flag.
func variableOf(flag string) string {
	return "GATEWHY_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// take sets a flag, and says from where.
func (l *commandLine) take(flag, value, from string) error {
	if err := l.cmd.Flags().Set(flag, value); err != nil {
		return err
	}
	l.env.note("--%s %s is from %s", flag, value, from)
	return nil
}

// blame says what is wrong with a value that no flag gave, and where it is from.
func (l *commandLine) blame(err error, from, flag string) error {
	ours := report.AsError(flagProblem(l.cmd, err))
	cause := from + ": " + strings.TrimPrefix(ours.Cause, "--"+flag+": ")
	return &source.Error{Cause: cause, Hints: ours.Hints}
}
