package cmd

import (
	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/report"
)

// completeEnvironments offers the names of the environments to the shell as the values of --env:
// of the file that -c names, else of the one that is found.
func (e *Env) completeEnvironments(cmd *cobra.Command) {
	completeBy(cmd, "env", func() []string {
		name := report.DefaultEnvironments
		if flag := cmd.Flag("config"); flag.Changed {
			name = flag.Value.String()
		} else if found := e.maker().FindEnvironments(e.home()); found != "" {
			name = found
		}
		file, err := e.maker().ReadEnvironments(name)
		if err != nil {
			return nil // there is nothing to offer, and nowhere to say why
		}
		return file.Names()
	})
}
