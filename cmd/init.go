package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/spf13/cobra"
)

type initFlags struct {
	config string
	force  bool
}

func newInit(env *Env) *cobra.Command {
	var flags initFlags
	cmd := &cobra.Command{
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: oneFolder(),
		RunE: func(_ *cobra.Command, args []string) error {
			return env.init(&flags, args)
		},
	}
	cmd.Flags().StringVarP(&flags.config, "config", "c", report.DefaultEnvironments,
		"the `FILE` to write, in the folder; - for standard output")
	cmd.Flags().BoolVar(&flags.force, "force", false, "overwrite the file if it exists")
	format := &choice{value: "text", allowed: []string{"text"}, kind: "FORMAT"}
	format.register(cmd, "output", "o", "output format")
	return cmd
}

// mostLeftOut is how many files are named that were kept out, where that leaves nothing.
const mostLeftOut = 20

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
	cause := "no policy in " + folder + " or below"
	hints := []string{"what a policy file is, of each gateway: gatewhy help policies"}
	if survey.Unusable > 0 {
		cause = "the policies in " + folder + " can't be put together as those of environments"
		hints = []string{"if each API has a folder, there: gatewhy init FOLDER"}
	}
	for _, command := range survey.Builds {
		hints = append(hints, saveBuilt+": "+command)
	}
	left := survey.LeftOut()
	hints = append(hints, left[:min(len(left), mostLeftOut)]...)
	if more := len(left) - mostLeftOut; more > 0 {
		hints = append(hints, report.Counted(more, "more file")+" left out")
	}
	return nil, problem(cause, hints...)
}

// saveBuilt goes before the command that puts policies together.
const saveBuilt = "a Kustomization changes these policies: save what it gives, then run init again"

// folder is what a command is about: its argument, or the folder where it runs.
func (e *Env) folder(command string, args []string) (string, error) {
	switch {
	case len(args) == 0:
		return ".", nil
	case e.maker().IsFile(args[0]):
		return "", problem(args[0]+": this is a file, not a folder",
			"of the folder that it is in: gatewhy "+command+" "+
				e.Shell.Path(filepath.Dir(args[0])))
	}
	return args[0], nil
}

// initialized is the name of the file to write, which is given as it is called in the folder.
func (e *Env) initialized(folder, config string) (string, error) {
	if filepath.IsAbs(config) {
		return config, nil
	}
	name := filepath.Join(folder, config)
	within, err := filepath.Rel(folder, config)
	if err != nil || !filepath.IsLocal(within) || e.maker().IsFolder(filepath.Dir(name)) {
		return name, nil
	}
	return "", problem("there is no folder "+filepath.Dir(name)+": -c is a name in "+folder,
		e.Shell.Line("gatewhy", "init", folder, "-c", within))
}

func (e *Env) init(flags *initFlags, args []string) error {
	folder, err := e.folder("init", args)
	if err != nil {
		return err
	}
	name, err := e.initialized(folder, flags.config)
	if err != nil {
		return err
	}
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
	next := []rules.Step{{
		Note:    "Read it. Then see who is let in where",
		Command: report.Guarded(e.Shell.Line("gatewhy", "matrix", "-c", name)),
	}}
	switch {
	case survey.Tenant == "" && survey.Modelled():
		next[0].Note = "Write the tenant's id into it. Then see who is let in where"
	case !survey.HasCallers():
		next[0].Note = "Then see who is let in where"
		fetch := rules.Step{
			Note: "Name app registrations or captured tokens in it. This says how to fetch a " +
				"registration",
			Command: "gatewhy collect app",
		}
		if survey.WantsAudience() && flags.config == report.DefaultEnvironments {
			fetch = rules.Step{
				Note: "Fetch the app registrations that the policies' audiences name, by the " +
					"Azure CLI; or name captured tokens in it",
				Command: report.Guarded("gatewhy pull " + e.Shell.Path(folder) + " --from azure"),
			}
		}
		next = slices.Insert(next, 0, fetch)
	}
	note := report.Capital(saveBuilt)
	for i, command := range survey.Builds {
		next = slices.Insert(next, i, rules.Step{Note: note, Command: report.Guarded(command)})
		note = "This saves what another one gives"
	}
	style := render.Style{Width: e.Terminal.Width, Unicode: e.Terminal.UTF8}
	return render.NoteText(e.Stdout, style,
		"wrote "+report.Guarded(name)+": "+report.SurveySummary(survey), next...)
}

// ask asks on a terminal for what no file says. Without an answer it stays open.
func (e *Env) ask(survey *environments.Survey) error {
	if !e.Terminal.Stdin || !e.Terminal.Stderr {
		return nil
	}
	answers := bufio.NewReader(e.Stdin)
	for _, choice := range survey.Choices() {
		if err := e.choose(answers, &choice); err != nil {
			return err
		}
	}
	if choice, open := survey.TenantChoice(); open {
		return e.choose(answers, &choice)
	}
	return nil
}

// choose asks one question until the answer can be taken, or is nothing.
func (e *Env) choose(answers *bufio.Reader, choice *environments.Choice) error {
	for {
		fmt.Fprintln(e.Stderr, report.Guarded(choice.Question))
		for i, option := range choice.Options {
			fmt.Fprintf(e.Stderr, "  %d  %s\n", i+1, report.Guarded(option))
		}
		fmt.Fprint(e.Stderr, "(press Enter to skip) ")
		answer, err := answers.ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		answer = strings.Trim(strings.TrimSpace(answer), `"'`) // az prints texts in quotes
		if answer == "" {
			return nil
		}
		refused := takeAnswer(choice, answer)
		if refused == nil || err != nil { // there is no other answer
			return refused
		}
		fmt.Fprintln(e.Stderr, report.Guarded(report.AsError(refused).Cause))
	}
}

// takeAnswer takes an option by its number or as it is written, or any text where there are none.
func takeAnswer(choice *environments.Choice, answer string) error {
	if len(choice.Options) == 0 {
		return choice.Take(answer)
	}
	for i, option := range choice.Options {
		if answer == option || answer == strconv.Itoa(i+1) {
			return choice.Take(option)
		}
	}
	return problem(fmt.Sprintf("enter a number from 1 to %d", len(choice.Options)))
}
