package cmd

import (
	"bufio"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/scan"
)

type scanFlags struct {
	output      outputFlags
	policies    policyFlags
	keys        keyFlags
	at          atFlag
	before      []string
	after       []string
	environment environmentFlags
	apps        []string
	contracts   string
	method      string
	path        string
	headers     []string
	whole       bool
	jsonPath    string
	failOn      choice
	merge       bool
}

func newScan(env *Env) *cobra.Command {
	var flags scanFlags
	cmd := &cobra.Command{
		RunE: func(cmd *cobra.Command, args []string) error { return env.scan(cmd, &flags, args) },
	}
	flags.register(cmd, env.Gateways)
	return cmd
}

func (f *scanFlags) register(cmd *cobra.Command, gateways report.Gateways) {
	f.output.register(cmd, append(render.Formats().Scan.Names(), "ndjson")...)
	f.output.registerDetail(cmd)
	f.policies.register(cmd, gateways)
	f.keys.register(cmd)
	f.at.register(cmd)
	flags := cmd.Flags()
	flags.Var((*texts)(&f.before), "before", "the policy `FILE` before a change; repeatable")
	flags.Var((*texts)(&f.after), "after", "the policy `FILE` after it; repeatable")
	flags.StringVar(&f.contracts, "contracts", "",
		"`FILE` with the client ids that have an approved contract")
	flags.Var(&checkedText{&f.method, rules.MethodFault}, "method", "the requests' `METHOD`")
	flags.Var(&checkedText{&f.path, rules.PathFault}, "path", "the requests' `PATH`")
	flags.VarP((*texts)(&f.headers), "header", "H",
		"a `HEADER` of every request, as \"name: value\"; repeatable")
	flags.BoolVar(&f.whole, "no-other-headers", false,
		"the requests have no headers except those of -H and the token")
	f.environment.register(cmd)
	flags.Var((*texts)(&f.apps), "app",
		"`FILE` with app registrations, which name the clients; repeatable")
	flags.StringVar(&f.jsonPath, "json-path", "",
		"the `PATH` of the member with the token in each line's JSON, as request.headers.auth")
	f.failOn = choice{value: "never", allowed: []string{"never", "rejected"}, kind: "OUTCOME"}
	f.failOn.register(cmd, "fail-on", "", "exit with 1 if a token has this outcome")
	flags.BoolVar(&f.merge, "merge", false,
		"the files are outputs of scan -o json for parts: add them up")
}

func (e *Env) scan(cmd *cobra.Command, flags *scanFlags, args []string) error {
	if err := e.notMarked(args); err != nil {
		return err
	}
	if err := flags.check(args); err != nil {
		return err
	}
	ctx, line := cmd.Context(), e.explainLine(cmd)
	if flags.merge {
		e.noteMerging(cmd)
		return e.merged(flags, args)
	}
	scanner, err := e.scanner(ctx, flags)
	if err != nil {
		return err
	}
	if flags.output.format.value != "ndjson" {
		x, err := e.countedUntilStopped(ctx, scanner, args)
		x.AddNext(&line, e.whoElse(flags))
		return e.showScan(flags, x, err)
	}
	out := bufio.NewWriter(e.Stdout)
	if e.Terminal.Stdout {
		scanner.Tell = nil // the lines are what is seen of the progress
	}
	scanner.Each = func(x *report.Scanned) error { return render.ScannedNDJSON(out, x) }
	x, err := e.countedUntilStopped(ctx, scanner, args)
	return e.scanEnds(flags, x, errors.Join(err, out.Flush()))
}

// whoElse says how to see who gets in, whoever it was that has asked.
func (e *Env) whoElse(flags *scanFlags) rules.Step {
	if flags.environment.name != "" {
		return rules.Step{
			Note:    "See which tokens get in where",
			Command: e.Shell.On("matrix", nil, "-c", flags.environment.config),
		}
	}
	return rules.Step{
		Note: "See who else gets in: lint reads the policy without a token",
		Command: e.Shell.On("lint", slices.Concat(flags.policies.files, flags.after),
			report.ReadAlike(flags.policies.options(), flags.apps)...),
	}
}

// noteMerging says which flags don't count where no token is judged.
func (e *Env) noteMerging(cmd *cobra.Command) {
	for _, name := range [...]string{
		"contracts", "jwks", "tenant", "issuer", "at", "method", "path", "header",
		"no-other-headers", "json-path", "api", "policy-type",
	} {
		if cmd.Flags().Changed(name) {
			e.note("--%s is not used: --merge adds up what was judged before", name)
		}
	}
}

// merged shows the sum of the summaries of parts. Of a part that was not read to its end the sum
// isn't either, as of the whole in one.
func (e *Env) merged(flags *scanFlags, names []string) error {
	apps, err := e.maker().ReadApps(flags.apps)
	if err != nil {
		return err
	}
	x, err := e.maker().MergeScans(names)
	if err != nil {
		return err
	}
	x.Apps = apps
	var cut error
	if len(x.Cut) > 0 {
		cut = problem(strings.Join(x.Cut, ", ")+": the scan of this part did not come to its end",
			"scan the part again, and then add up all of them")
	}
	return e.showScan(flags, x, cut)
}

// countedUntilStopped runs a scan. When the user interrupts it, what was counted comes with the
// error that says so.
func (e *Env) countedUntilStopped(
	ctx context.Context, scanner *report.Scanner, names []string,
) (*report.Scanning, error) {
	scanner.Stoppable = func(stop context.CancelFunc) {
		if stop == nil {
			e.stop.Store(nil)
			return
		}
		e.stop.Store(&stop)
	}
	x, err := scanner.Run(ctx, names)
	if errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	return x, err
}

// notMarked refuses the @ that other commands want before the file of a token.
func (e *Env) notMarked(args []string) error {
	for _, name := range args {
		file, marked := strings.CutPrefix(name, "@")
		if marked && !e.maker().IsFile(name) && e.maker().IsFile(file) {
			return problem(name+": no such file",
				"scan takes the names of files as they are, without @: "+file)
		}
	}
	return nil
}

// check refuses flags that can't all be true.
func (f *scanFlags) check(args []string) error {
	compared := len(f.before)+len(f.after) > 0
	ways := 0
	for _, used := range []bool{
		len(f.policies.files) > 0, compared, f.environment.name != "", f.merge,
	} {
		if used {
			ways++
		}
	}
	switch {
	case ways > 1:
		return problem("-p, --env, --before with --after, and --merge exclude each other",
			"leave out all but one of them")
	case ways == 0:
		return problem("no policy was given",
			"-p FILE: the policy as the control plane has it: JSON, YAML, Terraform or TOML",
			"--before FILE --after FILE: who is locked out by a change",
			"how to get it: gatewhy collect policies")
	case compared && (len(f.before) == 0 || len(f.after) == 0):
		return problem("--before and --after belong together",
			"--before FILE --after FILE: the policies before a change and after it")
	case f.merge && len(args) == 0:
		return problem("--merge needs the summaries to add up",
			"gatewhy scan --merge part-1.json part-2.json, as scan -o json has written them")
	case f.merge && f.output.format.value == "ndjson":
		return problem("--merge has no tokens to list", "use -o text or -o json")
	case slices.Contains(slices.Concat(f.policies.files, f.before, f.after), "-") &&
		(len(args) == 0 || slices.Contains(args, "-")):
		return problem("standard input can't be both the policy and the tokens",
			"pass one of them as a file")
	}
	return onceFromStdin(args)
}

// explainLine has the flags with which explain judges one of the tokens as scan does.
func (e *Env) explainLine(cmd *cobra.Command) report.CommandLine {
	line := e.commandLine(cmd, nil)
	var flags []string
	for i := 0; i < len(line.Flags); i++ {
		switch line.Flags[i] {
		case "--after":
			flags = append(flags, "-p")
		case "--before", "--json-path", "--fail-on":
			i++ // its value
		default:
			flags = append(flags, line.Flags[i])
		}
	}
	line.Flags = flags
	return line
}

// scanner reads what the command line names.
func (e *Env) scanner(ctx context.Context, flags *scanFlags) (*report.Scanner, error) {
	s := &report.Scanner{Maker: e.maker()}
	if flags.jsonPath != "" {
		path, ok := strings.CutPrefix(flags.jsonPath, "$.")
		if !ok {
			path = strings.TrimPrefix(path, ".") // as jq has it
		}
		s.Options.Path = strings.Split(path, ".")
	}
	var err error
	if s.Apps, err = s.ReadApps(flags.apps); err != nil {
		return nil, err
	}
	request, err := e.scanRequest(flags)
	if err != nil {
		return nil, err
	}
	e.noteUnused(&flags.keys, "--jwks")
	var site *environments.Site
	var set *report.PolicySet
	if flags.environment.name != "" {
		site, set, err = e.environment(flags.environment, &flags.policies)
		if err == nil {
			err = e.environmentKeys(flags.environment, &flags.keys, set.Policies)
		}
		if err != nil {
			return nil, err
		}
	}
	signatures, err := e.signatures(ctx, &flags.keys, nil)
	if err != nil {
		return nil, err
	}
	if set != nil {
		if request.Contracts == nil {
			request.Contracts = site.Contracts
		}
		s.After = s.NewJudge(set, request, signatures, flags.instant())
		return s, request.Contracts.Of(set.Policies)
	}
	if len(flags.before) > 0 {
		if s.Before, err = e.judge(s, flags, flags.before, request, signatures); err != nil {
			return nil, err
		}
	}
	after := append(slices.Clone(flags.policies.files), flags.after...)
	s.After, err = e.judge(s, flags, after, request, signatures)
	return s, err
}

func (e *Env) judge(
	s *report.Scanner, flags *scanFlags, files []string, request rules.Request,
	signatures *report.Signatures,
) (*scan.Judge, error) {
	set, err := s.ReadPolicies(files, flags.policies.options())
	if err != nil {
		return nil, err
	}
	judge := s.NewJudge(set, request, signatures, flags.instant())
	return judge, request.Contracts.Of(set.Policies)
}

// instant is when tokens are judged; the zero time where each is when it was new.
func (f *scanFlags) instant() time.Time {
	if f.at.issued {
		return time.Time{}
	}
	return f.at.at
}

// scanRequest is what all requests have in common.
func (e *Env) scanRequest(flags *scanFlags) (r rules.Request, err error) {
	r.Method, r.HeadersWhole = e.maker().MethodOf(flags.method), flags.whole
	report.AimAt(&r, flags.path)
	if r.Headers, err = e.maker().ReadSharedHeaders(flags.headers); err != nil {
		return r, err
	}
	if flags.contracts != "" {
		r.Contracts, err = e.maker().ReadContracts(flags.contracts)
	}
	return r, err
}

// showScan shows what was counted, whole or not, and ends with what went wrong.
func (e *Env) showScan(flags *scanFlags, x *report.Scanning, failed error) error {
	if failed != nil && x.After.Lines == 0 {
		return failed
	}
	if err := show(e, &flags.output, render.Formats().Scan, x); err != nil {
		return err
	}
	return e.scanEnds(flags, x, failed)
}

func (e *Env) scanEnds(flags *scanFlags, x *report.Scanning, failed error) error {
	if failed != nil {
		return failed
	}
	return exitAs(flags.failOn.value == "rejected" && x.After.Count(rules.Rejected) > 0, false)
}
