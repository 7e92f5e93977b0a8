package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

type collectFlags struct {
	output outputFlags
	cloud  choice
	ids    [6]string // in the order of collectIDs
}

// collectIDs are the flags of the ids, with the placeholders in the commands, and what is printed
// there if an id is not given.
var collectIDs = [...]struct{ flag, usage, placeholder, missing string }{
	{"org", "the `ID` of the organization or business group", "{org}", "YOUR_ORG_ID"},
	{"environment", "the `ID` of the environment", "{environment}", "YOUR_ENVIRONMENT_ID"},
	{"api", "the `ID` of the API instance", "{api}", "YOUR_API_ID"},
	{"tenant", "the tenant: an `ID` or a domain", "{tenant}", "YOUR_TENANT_ID"},
	{"app-id", "the application `ID` of the API or the client", "{app-id}", "YOUR_APP_ID"},
	{"anypoint", "the `HOST` of the control plane", "{anypoint}", "anypoint.mulesoft.com"},
}

func newCollect(env *Env) *cobra.Command {
	var flags collectFlags
	cmd := &cobra.Command{
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: oneOf(report.CollectionNames(env.Gateways.Collections(""))),
		RunE: func(_ *cobra.Command, args []string) error {
			return env.collect(&flags, args)
		},
	}
	flags.output.register(cmd, render.Formats().Collect.Names()...)
	for i, id := range collectIDs {
		cmd.Flags().StringVar(&flags.ids[i], id.flag, "", id.usage)
	}
	flags.cloud.registerCloud(cmd)
	return cmd
}

func (e *Env) collect(flags *collectFlags, args []string) error {
	all := e.Gateways.Collections(flags.cloud.value)
	if len(args) > 0 {
		name, err := report.OneOf("input", args[0], report.CollectionNames(all),
			"all inputs: gatewhy collect")
		if err != nil {
			return err
		}
		all = source.Without(all, func(c rules.Collection) bool { return c.Name != name })
	}
	if err := flags.fillIn(all); err != nil {
		return err
	}
	if e.Shell == report.PowerShell {
		e.note("these commands are for bash: run them in WSL, Git Bash or Azure Cloud Shell")
	}
	return show(e, &flags.output, render.Formats().Collect, all)
}

// fillIn puts the ids into the commands. An id is refused that a shell could take for something
// else.
func (f *collectFlags) fillIn(all []rules.Collection) error {
	var pairs []string
	for i, known := range collectIDs {
		value := known.missing
		if f.ids[i] != "" {
			value = f.ids[i]
		}
		if !report.IsCollectID(value) {
			return problem("--"+known.flag+" is not an id",
				"letters, digits, dots, hyphens and underscores only")
		}
		if known.flag == "tenant" && f.ids[i] != "" && !entra.NamesTenant(value) {
			return problem("--tenant "+value+": this is not a tenant", entra.TenantHint)
		}
		pairs = append(pairs, known.placeholder, value)
	}
	replacer := strings.NewReplacer(pairs...)
	for i := range all {
		for j := range all[i].Steps {
			step := &all[i].Steps[j]
			step.Command = replacer.Replace(step.Command)
		}
	}
	return nil
}
