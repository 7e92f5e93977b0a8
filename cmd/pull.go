package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/network"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/mulesoft/anypoint"
)

// pullTime is how long everything that one pull asks for may take.
const pullTime = 15 * time.Minute

type pullFlags struct {
	output       outputFlags
	from         choice
	host         string
	organization string
	environments []string
	apis         []string
	secrets      bool
}

func newPull(env *Env) *cobra.Command {
	var flags pullFlags
	cmd := &cobra.Command{
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: oneFolder(),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder, err := env.folder(cmd.Name(), args)
			if err != nil {
				return err
			}
			if flags.from.value == "azure" {
				return env.pullAzure(cmd, &flags, folder)
			}
			return env.pullAnypoint(cmd, &flags, folder)
		},
	}
	flags.output.register(cmd, render.Formats().Pull.Names()...)
	flags.output.registerDetail(cmd)
	flags.from = choice{value: "anypoint", allowed: []string{"anypoint", "azure"}, kind: "WHERE"}
	flags.from.register(cmd, "from", "", "where from")
	set := cmd.Flags()
	set.StringVar(&flags.host, "host", "us", "the control plane: us, eu, gov, or a `HOST`")
	set.StringVar(&flags.organization, "organization", "",
		"the organisation's (business group's) `ID`; the connected app's own without it")
	set.Var((*texts)(&flags.environments), "environment",
		"only the environment of this `NAME`; repeatable")
	set.Var((*texts)(&flags.apis), "api", "only the API instance of this `ID`; repeatable")
	set.BoolVar(&flags.secrets, "with-secrets", false, "keep the secrets in policies")
	registerConnection(cmd)
	return cmd
}

func (e *Env) pullAnypoint(cmd *cobra.Command, flags *pullFlags, folder string) error {
	client, err := e.anypointClient(flags)
	if err != nil {
		return err
	}
	var disconnect func()
	client.Transport, disconnect = network.Kept(e.transport)
	defer disconnect()
	ctx, cancel := context.WithTimeout(cmd.Context(), pullTime)
	defer cancel()
	var done atomic.Int64
	var doing atomic.Value
	doing.Store("signing in")
	stop := e.tellProgress(func() string {
		return report.Counted(int(done.Load()), "step") + " done; now: " + doing.Load().(string)
	})
	files := e.maker().PullFiles(folder, flags.secrets)
	missing, err := client.Fetch(ctx, anypoint.Wanted{
		Organization: flags.organization, Environments: flags.environments, APIs: flags.apis,
	}, func(what string) { done.Add(1); doing.Store(report.Guarded(what)) },
		func(of *anypoint.Environment, api *anypoint.API) { files.Take(pulledOf(of, api)) })
	stop()
	if err != nil {
		return withAuthority(err)
	}
	pulling := files.Pulling()
	pulling.Missing = append(missing, pulling.Missing...)
	if len(flags.environments)+len(flags.apis)+len(missing) == 0 {
		if err := e.maker().AddGone(pulling); err != nil {
			return err
		}
	}
	if err := e.writePulled(pulling); err != nil {
		return err
	}
	return e.endPull(flags, pulling)
}

// withAuthority adds how to name a certificate authority, where one is missing.
func withAuthority(err error) error {
	ours := report.AsError(err)
	if strings.Contains(ours.Cause, "certificate is not trusted") {
		return report.HintedOnly(err, otherAuthority)
	}
	return ours
}

// endPull says what was done, and what could not be fetched.
func (e *Env) endPull(flags *pullFlags, pulling *report.Pulling) error {
	pulling.AddNext(e.Shell, flags.from.value == "azure")
	if err := show(e, &flags.output, render.Formats().Pull, pulling); err != nil {
		return err
	}
	for _, err := range pulling.Missing {
		e.printError(withAuthority(err))
	}
	if pulling.Unread == nil && len(pulling.Missing) > 0 {
		return exit(exitUsage)
	}
	return pulling.Unread
}

// writePulled writes the files, each as a whole, and the environments file last, if there is none
// yet and it can be read.
func (e *Env) writePulled(pulling *report.Pulling) error {
	for i := range pulling.Files {
		file := &pulling.Files[i]
		before, err := e.maker().ReadBytes(file.Name)
		switch {
		case err == nil:
			file.Before = before
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		if err := e.writeIn(file); err != nil {
			return err
		}
	}
	if len(pulling.Columns) == 0 || pulling.Config == "" {
		return nil
	}
	config := report.PulledFile{Name: pulling.Config, Text: []byte(pulling.Wanted)}
	before, err := e.maker().ReadBytes(config.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = e.writeIn(&config)
	case err == nil:
		config.Before, config.Text = before, before
		pulling.Absent, pulling.Unread = e.maker().AbsentColumns(pulling)
	}
	pulling.Files = append(pulling.Files, config)
	return err
}

// writeIn writes a file that changed, and makes its folder.
func (e *Env) writeIn(file *report.PulledFile) error {
	if file.Change() == "same" {
		return nil
	}
	folder := filepath.Dir(filepath.FromSlash(file.Name))
	if err := os.MkdirAll(e.maker().Path(folder), 0o755); err != nil {
		return problem(folder+": the folder can't be made: "+source.CauseOf(err),
			"name a folder in which you may write")
	}
	return e.write(writing{name: file.Name, text: file.Text, secret: file.Secret})
}

// anypointClient is a client of the control plane that the flags name, with the credentials of the
// environment or of the terminal.
func (e *Env) anypointClient(flags *pullFlags) (*anypoint.Client, error) {
	host, err := controlPlane(flags.host)
	if err != nil {
		return nil, err
	}
	client := &anypoint.Client{Host: host}
	for _, part := range []struct {
		name, what string
		into       *string
	}{
		{"ANYPOINT_CLIENT_ID", "the connected app's client id", &client.ID},
		{"ANYPOINT_CLIENT_SECRET", "the connected app's secret", &client.Secret},
	} {
		value, set := e.LookupEnv(part.name)
		switch {
		case set && strings.TrimSpace(value) == "":
			return nil, problem("the variable "+part.name+" is empty", "is it exported?")
		case set:
		case e.Terminal.Stdin && e.Terminal.ReadHidden != nil:
			value, err = e.Terminal.ReadHidden(part.what + " (it is not shown): ")
			if err != nil {
				return nil, err
			}
		}
		if *part.into = strings.TrimSpace(value); *part.into == "" {
			return nil, problem(part.what+" is missing", "set the variable "+part.name+
				": Access Management, Connected Apps; an app that acts on its own behalf")
		}
	}
	return client, nil
}

// controlPlane is the host that --host names.
func controlPlane(text string) (string, error) {
	if host, ok := anypoint.Hosts()[text]; ok {
		return host, nil
	}
	refusal := problem("--host is not a control plane",
		"us, eu or gov, or a host such as eu1.anypoint.mulesoft.com")
	u, err := url.Parse("https://" + text)
	if err != nil || strings.ContainsAny(text, "/@?#") {
		return "", refusal
	}
	host, ok := network.ASCIIHost(u.Hostname())
	if !ok || !strings.ContainsAny(host, ".:") {
		return "", refusal
	}
	return network.WithHost(u, host).Host, nil
}

// pulledOf is what was fetched as files are made of it: an API instance, or what holds for all of
// an environment.
func pulledOf(env *anypoint.Environment, api *anypoint.API) *report.Pulled {
	if api == nil {
		return &report.Pulled{
			Environment: env.Name, EnvironmentID: env.ID, Policies: env.Automated,
		}
	}
	return &report.Pulled{
		Environment: env.Name, EnvironmentID: env.ID, Several: len(env.APIs) > 1,
		API: api.Name, ID: api.ID, Label: api.Label, Gateway: api.Gateway,
		Instance: api.Instance, Policies: api.Policies,
		Contracts: api.Contracts, Counted: api.Contract,
	}
}

// Runner runs another program, and gives what it prints on standard output. The error has what it
// prints on standard error.
type Runner func(ctx context.Context, name string, args ...string) ([]byte, error)

// runReally is the Runner of the real world.
func runReally(ctx context.Context, name string, args ...string) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	program := exec.CommandContext(ctx, name, args...)
	program.Stdout, program.Stderr = &stdout, &stderr
	program.WaitDelay = 5 * time.Second // what az started may keep its output open
	err := program.Run()
	if err != nil && stderr.Len() > 0 {
		lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
		err = fmt.Errorf("%w: %s", err, lines[len(lines)-1])
	}
	return stdout.Bytes(), err
}

// pullAzure fetches the app registration and the service principal of each audience that the
// policies of a folder's environments file want.
func (e *Env) pullAzure(cmd *cobra.Command, flags *pullFlags, folder string) error {
	if set := cmd.Flags(); set.Changed("host") || set.Changed("organization") ||
		set.Changed("api") || set.Changed("with-secrets") {
		return problem("--host, --organization, --api and --with-secrets are for Anypoint",
			"leave them out, or leave out --from azure")
	}
	config := filepath.ToSlash(filepath.Join(folder, report.DefaultEnvironments))
	wanted, err := e.maker().WantedApps(config, flags.environments)
	if err != nil {
		return err
	}
	pulling := &report.Pulling{Folder: filepath.ToSlash(folder), Config: config}
	ctx, cancel := context.WithTimeout(cmd.Context(), pullTime)
	defer cancel()
	var done atomic.Int64
	stop := e.showProgress(&done, len(wanted.Audiences), "app registrations")
	for _, audience := range wanted.Audiences {
		if err := e.azureApp(ctx, pulling, wanted, audience); err != nil {
			pulling.Missing = append(pulling.Missing, err)
			if errors.Is(err, exec.ErrNotFound) {
				break
			}
		}
		done.Add(1)
	}
	stop()
	if err := e.maker().NameApps(pulling, wanted); err != nil {
		return err
	}
	for i := range pulling.Files {
		if err := e.writeIn(&pulling.Files[i]); err != nil {
			return err
		}
	}
	return e.endPull(flags, pulling)
}

// azureApp fetches what the Azure CLI knows of the API of one audience.
func (e *Env) azureApp(
	ctx context.Context, pulling *report.Pulling, wanted *report.WantedApps, audience string,
) error {
	text, err := e.az(ctx, "ad", "app", "show", "--id", audience)
	if err != nil {
		return err
	}
	app := azureAnswer(text)
	named := func(a string) bool { return strings.EqualFold(a, audience) }
	if app == nil || !slices.ContainsFunc(app.Audiences(), named) {
		return problem("az ad app show --id "+audience+": it did not print one app registration "+
			"with this audience", "is az signed in to the right tenant? az account show")
	}
	id := app.AppID.Value
	if known := wanted.Apps[id]; known != nil { // by another of its names
		wanted.Found[audience] = known
		return nil
	}
	names := []string{e.maker().AddApp(pulling, audience, "", text)}
	principal, err := e.az(ctx, "ad", "sp", "show", "--id", id)
	switch app = azureAnswer(text, principal); {
	case err != nil:
	case app == nil || app.Principal == nil:
		err = problem("az ad sp show --id "+id+": it did not print the service principal of this "+
			"application", "is az signed in to the right tenant? az account show")
	default:
		names = append(names, e.maker().AddApp(pulling, audience, "-service-principal", principal))
	}
	wanted.Found[audience], wanted.Apps[id] = names, names
	return err
}

// azureAnswer is the one app registration that answers of the Azure CLI are about; nil where they
// are of none or of several.
func azureAnswer(texts ...[]byte) *entra.Registration {
	var files []*source.File
	for _, text := range texts {
		file, err := source.ReadJSON("az", text)
		if err != nil {
			return nil
		}
		files = append(files, file)
	}
	read, err := entra.ReadRegistrations(files...)
	if err != nil || len(read.Apps) != 1 {
		return nil
	}
	return read.Apps[0]
}

// az runs the Azure CLI, and reads the JSON that it prints.
func (e *Env) az(ctx context.Context, words ...string) ([]byte, error) {
	words = append(words, "--output", "json", "--only-show-errors")
	text, err := e.Run(ctx, "az", words...)
	line := "az " + strings.Join(words, " ")
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.Join(problem("the Azure CLI (az) is not installed, or not in PATH",
			"install it and sign in: az login", "or fetch by hand: gatewhy collect app"),
			exec.ErrNotFound)
	case ctx.Err() != nil:
		return nil, problem(line + ": it took too long")
	case err != nil:
		return nil, problem(inspect.MaskTokens(line+": "+err.Error()),
			"is az signed in to the right tenant? az account show", "az login")
	}
	return text, nil
}
