package cmd

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// takeFile takes the environments file where none is named, and from the defaults in it what
// neither the command line nor the environment says.
//
// A file that was merely found may be a stranger's, who has sent an archive, say. No command takes
// a key set, a host or an address from its defaults, and probe takes no file that was found.
// explain takes no tenant either: whose keys verify a token is for the policy to say.
func (l *commandLine) takeFile() error {
	if !l.mayTake() {
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

// mayTake reports whether the command has a flag that the file could set.
func (l *commandLine) mayTake() bool {
	return slices.ContainsFunc([]string{"config", "tenant", "cloud", "gateway", "policy"}, l.has)
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
	name := l.env.maker().FindEnvironments(l.env.home())
	elsewhere := name != "" && name != report.DefaultEnvironments && l.cmd.Name() != "probe"
	if reads := l.cmd.Name() == "matrix" || l.cmd.Name() == "lint" || l.says("env"); elsewhere &&
		l.has("config") && reads && l.env.maker().IsGone(report.DefaultEnvironments) {
		return name, l.take("config", name, "a folder above")
	}
	return name, nil
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
	}
	add("gateway", d.Gateway, "env")
	return all
}

// takePolicies takes the policies of explain, and of lint without an argument.
func (l *commandLine) takePolicies(config string, named []entra.Text) error {
	explains := l.cmd.Name() == "explain" && !l.says("policy", "env")
	lints := l.cmd.Name() == "lint" && len(l.args) == 0
	if len(named) == 0 || !explains && !lints {
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
