package cmd

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
)

// initFlags are the flags of init.
type initFlags struct {
	config string
	force  bool
}

func newInit(env *Env) *cobra.Command {
	var flags initFlags
	cmd := &cobra.Command{
		Use: "init [FOLDER]",
		Short: "Write a commented gatewhy.yaml from the policies and app registrations in " +
			"a folder",
		Long: "init looks for policies, app registrations, contracts and tokens in a folder " +
			"and below, sorts them by the environments\n" +
			"that their names tell, and writes an environments file to start from. Read it " +
			"before you rely on it.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return env.init(&flags, args) },
	}
	cmd.Flags().StringVarP(&flags.config, "config", "c", report.DefaultEnvironments,
		"the `FILE` to write, in the folder; - for standard output")
	cmd.Flags().BoolVar(&flags.force, "force", false, "write it anew where it is there already")
	return cmd
}

func (e *Env) init(flags *initFlags, args []string) error {
	folder := "."
	if len(args) > 0 {
		folder = args[0]
	}
	survey, err := e.maker().Survey(folder)
	if err != nil {
		return err
	}
	if survey.Policies == 0 {
		return problem("no policy in "+folder+" or below", "a policy is a file as API Manager "+
			"returns it (JSON), Flex Gateway's YAML, or Terraform")
	}
	text := survey.YAML()
	if err := report.ProveReadable(text); err != nil {
		return err
	}
	if flags.config == "-" {
		_, err := fmt.Fprint(e.Stdout, inspect.MaskTokens(text))
		return err
	}
	name := filepath.Join(folder, flags.config)
	err = e.write(writing{name: name, text: []byte(text), fresh: !flags.force})
	if err != nil {
		return err
	}
	next := "Read it. Then see who is let in where"
	if survey.Tenant == "" && survey.Modelled() {
		next = "Write the tenant's id into it. Then see who is let in where"
	}
	command := e.Shell.Line("gatewhy", "matrix", "-c", name)
	_, err = fmt.Fprintf(e.Stdout, "wrote %s: %s\n\n  next\n    %s.\n    %s\n",
		report.Guarded(name), report.SurveySummary(survey), next, report.Guarded(command))
	return err
}
