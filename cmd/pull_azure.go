package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

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
	registrations, err := registrationsIn(audience, text)
	if err != nil || len(registrations.Apps) != 1 {
		return problem("az ad app show --id "+audience+": it did not print one app registration",
			"is az signed in to the right tenant? az account show")
	}
	app := registrations.Apps[0].AppID.Value
	if known := wanted.Apps[app]; known != nil { // by another of its names
		wanted.Found[audience] = known
		return nil
	}
	names := []string{e.maker().AddApp(pulling, audience, "", text)}
	principal, err := e.az(ctx, "ad", "sp", "show", "--id", app)
	if err == nil {
		names = append(names, e.maker().AddApp(pulling, audience, "-service-principal", principal))
	}
	wanted.Found[audience], wanted.Apps[app] = names, names
	return err
}

func registrationsIn(name string, text []byte) (*entra.Directory, error) {
	file, err := source.ReadJSON(name, text)
	if err != nil {
		return nil, err
	}
	return entra.ReadRegistrations(file)
}

// az runs the Azure CLI, and reads the JSON that it prints.
func (e *Env) az(ctx context.Context, words ...string) ([]byte, error) {
	words = append(words, "--output", "json", "--only-show-errors")
	run := e.Run
	if run == nil {
		run = runReally
	}
	text, err := run(ctx, "az", words...)
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
