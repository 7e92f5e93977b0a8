package cmd

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// repair proves what the adapter proposes.
func (r *explainRun) repair(x *report.Explanation) error {
	if r.request.Token == nil {
		return nil
	}
	if aud := r.foreignAudience(); x.Verdict.Outcome == rules.Accepted && aud != "" {
		x.Refused = append(x.Refused, rules.Change{
			ID: "narrow-to-this-token", Title: "narrow the policy to tokens like this one",
			Refused: "it is for " + aud + ", and the app registration of --app has no such audience; pass a token that belongs here, and this one as --other",
		})
		return nil
	}
	sides := &repair.Sides{Own: r.request, Other: r.other}
	x.Other = sides.On(r.policies.Policies).Other
	remedies, refused, err := r.policies.Remedies(r.policies.Draft, sides)
	x.Refused = append(x.Refused, refused...)
	for _, file := range r.policies.Files {
		x.Repairs = append(x.Repairs, r.repairsOf(file, remedies)...)
	}
	return err
}

// repairsOf are the remedies that change a file. Each that starts a solution of fix has the
// command that writes that solution.
func (r *explainRun) repairsOf(file *source.File, remedies []repair.Remedy) []report.ProvedRepair {
	var all []report.ProvedRepair
	var changes []rules.Change
	for _, remedy := range remedies {
		if in, _ := remedy.Policy.Entry.Place(); in == file {
			all = append(all, report.ProvedRepair{Remedy: remedy})
			changes = append(changes, remedy.Change)
		}
	}
	if r.fix == "" {
		return all
	}
	for _, solution := range r.policies.Adapter.Solutions() {
		if i := solution.Start(changes); i >= 0 {
			command := "gatewhy fix " + render.ShellWord(file.Name)
			all[i].Command = command + " --solution " + solution.Name + r.fix
		}
	}
	return all
}

// foreignAudience is the token's audience where the app registration of the API has none such;
// empty where it may be the API's.
func (r *explainRun) foreignAudience() string {
	apps, audience := r.policies.apps, r.request.Profile().Audience
	if apps == nil || len(apps.Apps) != 1 || len(audience) == 0 ||
		appWithAudience(apps.Apps, audience[0]) != nil {
		return ""
	}
	if slices.ContainsFunc(apps.Apps[0].URIs, func(uri entra.Text) bool { return !uri.Known() }) ||
		!apps.Apps[0].AppID.Known() {
		return ""
	}
	return audience[0]
}

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
