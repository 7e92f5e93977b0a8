package cmd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// standIns are the flags that a variable GATEWHY_NAME stands in for, each with the flags that say
// otherwise: where one of those is given, the variable is not taken.
var standIns = [...]struct {
	flag      string
	otherwise []string
}{
	{"config", nil},
	{"env", []string{"policy", "before", "after", "merge", "all"}},
	{"policy", []string{"env", "before", "after", "merge", "all"}},
	{"tenant", []string{"issuer", "all"}},
	{"issuer", []string{"tenant", "all"}},
	{"jwks", nil},
	{"cloud", []string{"issuer", "all"}},
	{"gateway", []string{"all"}}, // probe --all reads the file's own
	{"runtime", []string{"all"}},
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
		if line.says("gateway") {
			e.gateway = cmd.Flag("gateway").Value.String()
		}
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

// namesSet reports whether the command line of keys names a set of its own: an argument or --jwks,
// all clouds, or a cloud's common keys.
func (l *commandLine) namesSet() bool {
	return l.cmd.Name() == "keys" && (len(l.args) > 0 || l.says("clouds", "cloud", "jwks"))
}

// takeVariables sets the flags that are not given and have a variable.
func (l *commandLine) takeVariables() error {
	values := make(map[string]string)
	for _, s := range standIns {
		if !l.has(s.flag) {
			continue
		}
		name := variableOf(s.flag)
		value, set := l.env.LookupEnv(name)
		switch {
		case !set:
			continue
		case isEmpty(value):
			return problem("the variable "+name+" is empty",
				"set it to what --"+s.flag+" takes, or remove it: unset "+name)
		}
		isKeys := s.flag == "tenant" || s.flag == "issuer" || s.flag == "jwks"
		named := isKeys && (l.namesSet() || l.cmd.Name() == "keys" && l.says("tenant", "issuer"))
		if !l.says(s.flag) && !l.says(s.otherwise...) && !named {
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

// takeFile takes the environments file where none is named, and from the defaults in it what
// neither the command line nor the environment says.
//
// A file that was merely found may be a stranger's, who has sent an archive, say. No command takes
// a key set, a host or an address from its defaults, and probe takes no file that was found.
// explain takes no tenant either: whose keys verify a token is for the policy to say.
func (l *commandLine) takeFile() error {
	if !slices.ContainsFunc([]string{"config", "tenant", "cloud", "gateway", "policy"}, l.has) {
		return nil
	}
	name, err := l.config()
	if err != nil || name == "" || name == "-" || l.cmd.Name() == "matrix" {
		return err
	}
	defaults, err := l.env.maker().ReadDefaults(name)
	if err != nil {
		return err
	}
	for _, set := range l.wanted(&defaults) {
		if err := l.take(set.flag, set.text.Value, set.text.Pos.String()); err != nil {
			return l.blame(err, set.text.Pos.String(), set.flag)
		}
	}
	return l.takePolicies(name, defaults.Policies)
}

// config is the environments file that counts: the one that is named, else one that is found,
// which the command then reads. It is empty where there is none.
func (l *commandLine) config() (string, error) {
	if l.says("config") {
		return l.cmd.Flag("config").Value.String(), nil
	}
	if !l.has("config") {
		name := variableOf("config")
		switch value, set := l.env.LookupEnv(name); {
		case set && isEmpty(value):
			return "", problem("the variable "+name+" is empty", "remove it: unset "+name)
		case set:
			return value, nil
		}
	}
	name := l.env.findEnvironments()
	elsewhere := name != "" && name != report.DefaultEnvironments && l.cmd.Name() != "probe"
	if reads := l.cmd.Name() == "matrix" || l.cmd.Name() == "lint" || l.says("env"); elsewhere &&
		l.has("config") && reads && l.env.maker().IsGone(report.DefaultEnvironments) {
		return name, l.take("config", name, "a folder above")
	}
	return name, nil
}

// findEnvironments looks for gatewhy.yaml in the folder where relative names start, and in those
// above it: up to the root of the repository, the home folder, or a folder that another user owns,
// which is not looked into any more. Somebody else's file would say what we find. The name is
// relative where it can be; it is empty where there is no such file.
func (e *Env) findEnvironments() string {
	folder, err := filepath.Abs(e.maker().Path("."))
	if err != nil {
		return ""
	}
	start := folder
	home, errHome := os.Stat(e.home())
	for {
		info, err := os.Stat(folder)
		if err != nil || !isOwn(info) {
			return ""
		}
		name := filepath.Join(folder, report.DefaultEnvironments)
		if info, err := os.Stat(name); err == nil {
			if !info.Mode().IsRegular() || !isOwn(info) {
				return ""
			}
			relative, err := filepath.Rel(start, name)
			if err != nil {
				return name
			}
			return relative
		}
		above := filepath.Dir(folder)
		if above == folder || isRepository(folder) || errHome == nil && os.SameFile(info, home) {
			return ""
		}
		folder = above
	}
}

// isRepository reports whether a folder is the root of a repository. The .git of a worktree is a
// file.
func isRepository(folder string) bool {
	return slices.ContainsFunc([]string{".git", ".hg", ".svn"}, func(name string) bool {
		_, err := os.Lstat(filepath.Join(folder, name))
		return err == nil
	})
}

// home is the user's home folder; empty where none is known.
func (e *Env) home() string {
	for _, name := range []string{"HOME", "USERPROFILE"} {
		if value, _ := e.LookupEnv(name); value != "" {
			return value
		}
	}
	return ""
}

// fileSetting is a value of the file for a flag.
type fileSetting struct {
	flag string
	text entra.Text
}

// wanted are the settings that the command takes.
func (l *commandLine) wanted(d *environments.Defaults) []fileSetting {
	var all []fileSetting
	add := func(flag string, text entra.Text, otherwise ...string) {
		if text.Value != "" && l.has(flag) && !l.says(flag) && !l.says(otherwise...) {
			all = append(all, fileSetting{flag, text})
		}
	}
	switch l.cmd.Name() {
	case "verify", "keys", "collect":
		if !l.namesSet() {
			add("tenant", d.Tenant, "issuer")
			add("cloud", d.Cloud, "issuer")
		}
	case "fix":
		if entra.IsGUID(d.Tenant.Value) { // an issuer never has a domain
			add("tenant", d.Tenant)
		}
		add("cloud", d.Cloud)
	}
	add("gateway", d.Gateway, "env", "all")
	return all
}

// takePolicies takes the policies of explain and scan, and of lint without an argument.
func (l *commandLine) takePolicies(config string, named []entra.Text) error {
	runs := (l.cmd.Name() == "explain" || l.cmd.Name() == "scan") &&
		!l.says("policy", "env", "before", "after", "merge")
	lints := l.cmd.Name() == "lint" && len(l.args) == 0
	if len(named) == 0 || !runs && !lints {
		return nil
	}
	files, err := l.env.maker().FilesBeside(config, named)
	if err != nil {
		return err
	}
	from := named[0].Pos.String()
	if lints {
		l.args = files
		l.env.note("%s: from %s", strings.Join(files, ", "), from)
		return nil
	}
	for _, name := range files {
		if err := l.take("policy", name, from); err != nil {
			return err
		}
	}
	return nil
}
