package cmd

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
)

type matrixFlags struct {
	output outputFlags
	keys   keyFlags
	config string
	fix    bool
	write  bool
}

func newMatrix(env *Env) *cobra.Command {
	var flags matrixFlags
	cmd := &cobra.Command{
		Long:              render.Paragraph(issued.LeavesOut),
		Args:              env.noEnvironmentsFile,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return env.matrix(cmd, &flags)
		},
	}
	flags.output.register(cmd, render.Formats().Matrix.Names()...)
	flags.output.registerDetail(cmd)
	set := cmd.Flags()
	set.StringVarP(&flags.config, "config", "c", report.DefaultEnvironments,
		"the environments `FILE`")
	set.BoolVar(&flags.fix, "fix", false, "look for the smallest set of changes that makes every "+
		"cell right, and show it with the resulting grid")
	set.BoolVar(&flags.write, "write", false, "with --fix: write the changed files")
	flags.keys.registerFetching(cmd)
	return cmd
}

// noEnvironmentsFile refuses arguments, of which a file was meant for -c.
func (e *Env) noEnvironmentsFile(cmd *cobra.Command, args []string) error {
	if len(args) != 1 || !e.maker().IsFile(args[0]) {
		return noArguments(cmd, args)
	}
	return problem("gatewhy matrix takes no argument",
		"-c stands before the name of the environments file",
		e.Shell.Line("gatewhy", "matrix", "-c", args[0]))
}

func (e *Env) matrix(cmd *cobra.Command, flags *matrixFlags) error {
	if flags.write && !flags.fix {
		return problem("--write writes what --fix finds", "pass --fix too; without --write the "+
			"changes are only shown")
	}
	estate, err := e.maker().ReadEstate(flags.config)
	if err != nil {
		return err
	}
	hasCallers := func(s *environments.Site) bool {
		return s.API != nil || len(s.Clients)+len(s.Tokens) > 0
	}
	if estate.File.Defaults.Callers == environments.Supposed {
		e.noteSupposed(estate.Suppose())
	}
	if err := e.settleTenant(cmd.Context(), estate, &flags.keys); err != nil {
		return err
	}
	if !estate.Has(hasCallers) {
		return problem(
			flags.config+": no environment has tokens or app registrations to model them from",
			"api: and clients: name app registrations, as az ad app show --id APP prints them; "+
				"tokens: names captured tokens",
			"this fetches those that the policies' audiences name: gatewhy pull "+
				e.Shell.Path(filepath.Dir(flags.config))+" --from azure",
			"with none of them callers: supposed, under defaults:, takes each API as its own "+
				"policies want it: gatewhy help defaults")
	}
	if err := flags.refuses(len(estate.Sites)); err != nil {
		return err
	}
	x, err := e.maker().Matrix(estate)
	if err != nil {
		return err
	}
	if x.Alike > 0 {
		e.note("%d scopes and roles have no rows of their own: no policy distinguishes them "+
			"from one that has a row", x.Alike)
	}
	if x.Shares {
		e.note("there are many environments, so the clients of all others share the rows for an " +
			"environment's tokens")
	}
	if flags.fix || flags.output.format.value == "html" {
		e.maker().Repair(estate, x, flags.fix)
	}
	if flags.fix && estate.CloudTaken && len(x.Edits) > 0 {
		e.noteCloudTaken("cloud: in " + flags.config)
	}
	if flags.write {
		if err := e.writeRepairs(x); err != nil {
			return err
		}
	}
	x.AddNext(e.Gateways, e.commandLine(cmd, nil))
	if err := show(e, &flags.output, render.Formats().Matrix, x); err != nil {
		return err
	}
	left := x.Matrix
	if len(x.Written) > 0 {
		left = x.Fixed
	}
	wrong, unknown, _ := left.Wrong()
	return exitAs(wrong > 0, unknown > 0)
}

// writeRepairs writes the files as the smallest set of repairs has them, or none of them where one
// can't be written.
func (e *Env) writeRepairs(x *report.Matrixing) error {
	if x.Divided != nil {
		return x.Divided
	}
	all := make([]writing, len(x.Edits))
	for i, edit := range x.Edits {
		all[i] = writing{name: edit.After.Name, text: edit.After.Text, read: edit.Before.Text}
		if err := e.canWrite(all[i]); err != nil {
			return err
		}
	}
	for _, file := range all {
		if err := e.write(file); err != nil {
			if len(x.Written) > 0 {
				e.warn("written before this: %s", strings.Join(x.Written, ", "))
			}
			return err
		}
		x.Written = append(x.Written, file.name)
	}
	return nil
}

// refuses names what is not done for so many environments.
func (f *matrixFlags) refuses(n int) error {
	what := ""
	switch {
	case n <= report.MostForAll:
	case f.fix:
		what = "--fix looks for repairs of"
	case f.output.format.value == "html", f.output.format.value == "junit":
		what = "-o " + f.output.format.value + " is made for"
	}
	if what == "" {
		return nil
	}
	return problem(fmt.Sprintf("%s no more than %d environments, and %s has %d",
		what, report.MostForAll, f.config, n),
		"without it, matrix takes more; or make environments files of some each")
}

// noteSupposed says whose callers are made up.
func (e *Env) noteSupposed(names []string) {
	const most = 5
	if len(names) == 0 {
		return
	}
	e.note("callers: supposed: %s: the API is taken as its own policies want it, and one client "+
		"with a contract as its own; gatewhy pull --from azure fetches app registrations",
		inspect.Few(names, most))
}

// settleTenant settles the tenant's id, its cloud and its keys, as far as the estate needs them. A
// cloud that the file does not name is that of the policies' keys.
func (e *Env) settleTenant(ctx context.Context, estate *report.Estate, flags *keyFlags) error {
	var policies []*rules.Policy
	for i := range estate.Sites {
		policies = append(policies, estate.Sites[i].Policies...)
	}
	cloud := cmp.Or(estate.File.Cloud.Value, report.CloudOfKeys(policies))
	estate.Cloud, estate.CloudTaken = report.CloudNamed(cloud), cloud == ""
	flags.tenant, flags.cloud.value = estate.File.Tenant.Value, estate.Cloud.ID
	if estate.Has(func(s *environments.Site) bool { return s.API != nil }) {
		if err := e.settleTenantID(ctx, estate, flags); err != nil {
			return err
		}
	}
	if !estate.Has(func(s *environments.Site) bool { return len(s.Tokens) > 0 }) {
		return nil
	}
	return e.settleKeys(ctx, estate, flags)
}

func (e *Env) settleTenantID(ctx context.Context, estate *report.Estate, flags *keyFlags) error {
	tenant := estate.File.Tenant
	if tenant.Value == "" {
		return report.ProblemAt(source.Position{File: estate.File.Name, Line: 1, Column: 1},
			"tenant is missing: the issuer of every modelled token contains it",
			"tenant: the id that az account show --query tenantId -o tsv prints")
	}
	id, err := e.tenantID(ctx, flags, nil)
	if err != nil {
		return report.ProblemAt(tenant.Pos, report.AsError(err).Error(),
			"give the tenant's id in place of its domain")
	}
	estate.Tenant = strings.ToLower(id)
	for i := range estate.Sites {
		e.warnOfTenant(&estate.Sites[i], estate.Tenant)
	}
	return nil
}

// warnOfTenant says that an environment's API is registered in another tenant than the estate's:
// az was perhaps signed in there.
func (e *Env) warnOfTenant(site *environments.Site, tenant string) {
	if site.API == nil || site.API.Principal == nil {
		return
	}
	owner := site.API.Principal.Owner
	if owner.Known() && !strings.EqualFold(owner.Value, tenant) {
		e.warn("%s: the API of %s is registered in the tenant %s, and its tokens are modelled "+
			"for %s: was az signed in to another tenant?", owner.Pos, site.Name,
			inspect.Safe(owner.Value), tenant)
	}
}

// settleKeys finds what verifies the real tokens: the file's own key set, else the tenant's.
// Without any, signatures are unknown.
func (e *Env) settleKeys(ctx context.Context, estate *report.Estate, flags *keyFlags) error {
	name, err := estate.KeysFile()
	if err != nil {
		return err
	}
	if name != "" {
		flags.jwks, flags.tenant = name, ""
	}
	found, err := e.signatures(ctx, flags, nil)
	if err != nil && flags.jwks != "" {
		return err
	}
	if err != nil {
		e.warn("the tenant's keys could not be fetched, so the signatures of real tokens could "+
			"not be checked: %s",
			report.AsError(err).Error())
	}
	estate.Signatures = found
	return nil
}
