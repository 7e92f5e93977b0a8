package cmd

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/rules"
)

// repairs gives each remedy that starts a solution of fix the command that writes that solution.
func (r *explainRun) repairs(file string, remedies []rules.Remedy) []render.ProvedRepair {
	all := make([]render.ProvedRepair, len(remedies))
	for i, remedy := range remedies {
		all[i].Remedy = remedy
	}
	if r.fix == "" {
		return all
	}
	for _, solution := range solutions() {
		if i := startOf(solution, remedies); i >= 0 {
			all[i].Command = "gatewhy fix " + render.ShellWord(file) + " --solution " + solution + r.fix
		}
	}
	return all
}

// startOf finds the remedy that fix takes first for a solution; -1 where none of them is of that solution.
func startOf(solution string, remedies []rules.Remedy) int {
	for _, step := range solutionSteps(solution) {
		if i := slices.IndexFunc(remedies, func(r rules.Remedy) bool { return isStep(r.ID, step) }); i >= 0 {
			return i
		}
	}
	return -1
}

// isStep reports whether a proposal makes a step of a solution, alone or with others.
func isStep(id, step string) bool { return slices.Contains(strings.Split(id, "+"), step) }

// fix returns the flags with which gatewhy fix sees the same token and policies. The token stands in it as the file's name
// only.
func (f *explainFlags) fix(args []string) string {
	if slices.Contains(f.policies.files, "-") {
		return ""
	}
	token := "@FILE"
	if len(args) == 1 && strings.HasPrefix(args[0], "@") {
		token = render.ShellWord(args[0])
	}
	flags := " --token " + token
	for _, flag := range [...]struct{ name, value string }{
		{"--contracts", f.contracts}, {"--gateway", f.policies.variant.value}, {"--policy-type", f.policies.kind.name},
	} {
		if flag.value != "" {
			flags += " " + flag.name + " " + render.ShellWord(flag.value)
		}
	}
	return flags
}
