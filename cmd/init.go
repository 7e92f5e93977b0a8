package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
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
		Short: "Write a commented gatewhy.yaml from the policies and app registrations in a folder",
		Long: "init looks for policies, app registrations, contracts and tokens in a folder and below, sorts them by the environments\n" +
			"that their names tell, and writes an environments file to start from. Read it before you rely on it.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return env.init(&flags, args) },
	}
	cmd.Flags().StringVarP(&flags.config, "config", "c", defaultEnvironments, "the `FILE` to write, in the folder; - for standard output")
	cmd.Flags().BoolVar(&flags.force, "force", false, "write it anew where it is there already")
	return cmd
}

func (e *Env) init(flags *initFlags, args []string) error {
	folder := "."
	if len(args) > 0 {
		folder = args[0]
	}
	survey, err := e.survey(folder)
	if err != nil {
		return err
	}
	if survey.policies == 0 {
		return problem("no policy in "+folder+" or below", "a policy is a file as API Manager returns it (JSON), Flex Gateway's YAML, or Terraform")
	}
	text := survey.yaml()
	if err := proveReadable(text); err != nil {
		return err
	}
	if flags.config == "-" {
		_, err := fmt.Fprint(e.Stdout, text)
		return err
	}
	name := filepath.Join(folder, flags.config)
	if err := e.create(name, text, flags.force); err != nil {
		return err
	}
	next := "read it"
	if survey.tenant == "" && survey.modelled() {
		next = "write the tenant's id into it"
	}
	_, err = fmt.Fprintf(e.Stdout, "wrote %s: %s\nnext: %s, then gatewhy matrix -c %[1]s\n", inspect.Safe(name), survey.summary(), next)
	return err
}

// modelled reports whether tokens will be modelled, whose issuer takes a tenant.
func (s *survey) modelled() bool {
	return slices.ContainsFunc(s.environments, func(env *surveyed) bool { return len(env.api) > 0 })
}

// proveReadable reads what is to be written as matrix will.
func proveReadable(text string) error {
	file, err := source.Read(defaultEnvironments, []byte(text))
	if err != nil {
		return fmt.Errorf("what init would write can't be read: %w", err)
	}
	_, err = environments.Read(file)
	return err
}

// create writes a file that is not there yet, unless it may be written anew.
func (e *Env) create(name, text string, force bool) error {
	how := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		how = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(e.path(name), how, 0o644)
	if os.IsExist(err) {
		return problem(name+" is there already", "--force writes it anew, -c NAME writes another")
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// summary counts what was found.
func (s *survey) summary() string {
	names := make([]string, len(s.environments))
	for i, env := range s.environments {
		names[i] = env.name
	}
	text := fmt.Sprintf("%s (%s), %s", counted(len(names), "environment"), inspect.Safe(strings.Join(names, ", ")), counted(s.policies, "policy file"))
	if s.registrations > 0 {
		text += ", " + counted(s.registrations, "app registration file")
	}
	if len(s.unplaced) > 0 {
		text += "; " + counted(len(s.unplaced), "file") + " could not be placed, see its end"
	}
	return text
}
