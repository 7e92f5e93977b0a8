package cmd

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// initFlags are the flags of init.
type initFlags struct {
	config string
	force  bool
}

func newInit(env *Env) *cobra.Command {
	var flags initFlags
	cmd := &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Write a commented gatewhy.yaml from what a folder holds",
		Long: "init looks for policies, app registrations, key sets, contracts and tokens in a " +
			"folder and below, sorts them by\n" +
			"the environments in their names, and writes an environments file to start from. On " +
			"a terminal it asks for what\n" +
			"the files do not say. It leaves out what matrix would refuse, and says why. Read " +
			"the file before you rely on it.",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeFolder,
		RunE: func(_ *cobra.Command, args []string) error {
			return env.init(&flags, args)
		},
	}
	cmd.Flags().StringVarP(&flags.config, "config", "c", report.DefaultEnvironments,
		"the `FILE` to write, in the folder; - for standard output")
	cmd.Flags().BoolVar(&flags.force, "force", false, "overwrite the file if it exists")
	return cmd
}

// surveyed sorts what is in a folder, asks on a terminal for what no file says, and leaves out
// what matrix would refuse of the file of that name.
func (e *Env) surveyed(folder, name string) (*environments.Survey, error) {
	survey, err := e.maker().Survey(folder, filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	if err := e.ask(survey); err != nil {
		return nil, err
	}
	if err := e.maker().Prove(name, survey); err != nil {
		return nil, err
	}
	if len(survey.Names()) > 0 {
		return survey, nil
	}
	hints := []string{"a policy file is JSON as API Manager returns it, Flex Gateway's YAML, or " +
		"Terraform"}
	hints = append(hints, survey.LeftOut()...)
	return nil, problem("no policy in "+folder+" or below", hints...)
}

func (e *Env) init(flags *initFlags, args []string) error {
	folder := "."
	if len(args) > 0 {
		folder = args[0]
	}
	name := filepath.Join(folder, flags.config)
	survey, err := e.surveyed(folder, name)
	if err != nil {
		return err
	}
	text := survey.YAML()
	if flags.config == "-" {
		_, err := fmt.Fprint(e.Stdout, inspect.MaskTokens(text))
		return err
	}
	err = e.write(writing{name: name, text: []byte(text), fresh: !flags.force})
	if err != nil {
		return err
	}
	next := "Read it. Then see who is let in where"
	if !survey.HasCallers() {
		next = "Name app registrations or captured tokens in it. Then see who is let in where"
	}
	if survey.Tenant == "" && survey.Modelled() {
		next = "Write the tenant's id into it. Then see who is let in where"
	}
	command := e.Shell.Line("gatewhy", "matrix", "-c", name)
	_, err = fmt.Fprintf(e.Stdout, "wrote %s: %s\n\n  next\n    %s.\n    %s\n",
		report.Guarded(name), report.SurveySummary(survey), next, report.Guarded(command))
	return err
}
