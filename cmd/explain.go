package cmd

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// explainFlags are the flags of explain.
type explainFlags struct {
	output   outputFlags
	policies policyFlags
	keys     keyFlags
	at       atFlag
	redact   redactFlag

	environment   environmentFlags
	apps          []string
	noToken       bool
	other         string
	contracts     string
	introspection string
	method, path  string
	headers       []string
	observed      observedFlags
}

func newExplain(env *Env) *cobra.Command {
	var flags explainFlags
	cmd := &cobra.Command{
		Use:   "explain [TOKEN] -p POLICY",
		Short: "Predict the gateway's answer to a token, check by check, and say why",
		Long: "explain runs a gateway's policies over a token and says what the gateway answers, which field of which\n" +
			"file decides it, and which change, tried on this token, repairs it. Nothing is sent anywhere but the request\n" +
			"for the key set.",
		RunE: func(cmd *cobra.Command, args []string) error { return env.explain(cmd.Context(), &flags, args) },
	}
	flags.register(cmd)
	return cmd
}

func (f *explainFlags) register(cmd *cobra.Command) {
	f.output.register(cmd, "text", "json", "markdown", "html")
	f.policies.register(cmd)
	f.keys.register(cmd)
	f.at.register(cmd)
	f.redact.register(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&f.noToken, "no-token", false, "the request carries no token")
	flags.StringVar(&f.other, "other", "", "another environment's `TOKEN` (or @FILE), run against each repair")
	flags.StringVar(&f.contracts, "contracts", "", "`FILE` with the client ids that have an approved contract")
	flags.StringVar(&f.introspection, "introspection", "", "`FILE` with the captured answer of the validation endpoint")
	flags.StringVar(&f.method, "method", "", "the request's method")
	flags.StringVar(&f.path, "path", "", "the request's path")
	flags.StringArrayVarP(&f.headers, "header", "H", nil, "a `HEADER` of the request, as \"name: value\"; \"name:\" is known not to be sent; repeatable")
	flags.StringVar(&f.environment.name, "env", "", "take policies, contracts and keys of this environment (`NAME`) of the environments file")
	flags.StringVarP(&f.environment.config, "config", "c", "gatewhy.yaml", "the environments `FILE`")
	flags.StringArrayVar(&f.apps, "app", nil, "`FILE` with the API's app registration, which makes what is found in the policy exact; repeatable")
	f.observed.register(cmd)
}

func (e *Env) explain(ctx context.Context, flags *explainFlags, args []string) error {
	if err := flags.check(args); err != nil {
		return err
	}
	policies, contracts, err := e.explained(flags)
	if err != nil {
		return err
	}
	if policies.apps, err = e.readApps(flags.apps); err != nil {
		return err
	}
	token, err := e.explainedToken(flags, args)
	if err != nil {
		return err
	}
	run, err := e.newRun(ctx, flags, policies, token)
	if err != nil {
		return err
	}
	run.assume(contracts)
	explanation, err := run.explain()
	if err != nil {
		return err
	}
	if err := run.observe(&flags.observed, e, explanation); err != nil {
		return err
	}
	explanation.Mask = run.mask(flags.redact.in(flags.output.format.value))
	if err := e.renderExplanation(&flags.output, explanation); err != nil {
		return err
	}
	return exitWith(verdictCode(explanation.Verdict.Outcome))
}

// explainedToken reads the token, unless the request carries none.
func (e *Env) explainedToken(flags *explainFlags, args []string) (*inspect.Token, error) {
	if flags.noToken {
		return nil, nil
	}
	return e.readToken(args)
}

func (e *Env) renderExplanation(output *outputFlags, explanation *render.Explanation) error {
	switch output.format.value {
	case "json":
		return render.ExplainJSON(e.Stdout, explanation)
	case "markdown":
		return render.ExplainMarkdown(e.Stdout, explanation)
	case "html":
		return render.ExplainHTML(e.Stdout, explanation)
	}
	return render.ExplainText(e.Stdout, output.style(e), explanation)
}

// verdictCode is the exit code of a verdict.
func verdictCode(outcome rules.Outcome) int {
	switch outcome {
	case rules.Accepted:
		return exitOK
	case rules.Rejected:
		return exitRejected
	}
	return exitUndetermined
}

// explainRun is everything that one explanation needs.
type explainRun struct {
	policies *policySet
	request  *rules.Request
	other    *rules.Request // nil where no other token was given
}

func (e *Env) newRun(ctx context.Context, flags *explainFlags, policies *policySet, token *inspect.Token) (*explainRun, error) {
	request, err := e.request(ctx, flags, token)
	if err != nil {
		return nil, err
	}
	run := &explainRun{policies: policies, request: request}
	if flags.other != "" {
		run.other, err = e.otherRequest(flags.other, request)
	}
	return run, err
}

// request gathers what is known of the request.
func (e *Env) request(ctx context.Context, flags *explainFlags, token *inspect.Token) (*rules.Request, error) {
	at, err := flags.at.resolve(e, token)
	if err != nil {
		return nil, err
	}
	request := &rules.Request{Token: token, At: at, Method: e.methodOf(flags.method), Path: flags.path}
	if request.Headers, err = parseHeaders(flags.headers); err != nil {
		return nil, err
	}
	if err := checkAuthorization(request.Headers, token); err != nil {
		return nil, err
	}
	if flags.contracts != "" {
		if request.Contracts, err = e.readContracts(flags.contracts); err != nil {
			return nil, err
		}
	}
	if flags.introspection != "" {
		if request.Introspection, err = e.readIntrospection(flags.introspection); err != nil {
			return nil, err
		}
	}
	request.Signatures, err = e.signatures(ctx, &flags.keys, token)
	return request, err
}

// otherRequest is the same request with another token, one second after that one was issued: what matters is whether it
// could get in, not whether it has expired since.
func (e *Env) otherRequest(text string, request *rules.Request) (*rules.Request, error) {
	token, err := e.readToken([]string{text})
	if err != nil {
		return nil, err
	}
	other := &rules.Request{
		Token: token, At: request.At, Method: request.Method, Path: request.Path,
		Headers: request.Headers, Contracts: request.Contracts, Signatures: request.Signatures,
	}
	if issued := inspect.ReadInstant(token.Claims.Member("iat")); issued.Known() {
		other.At = issued.At.Add(time.Second)
	}
	return other, nil
}

// readIntrospection reads the captured answer of a validation endpoint: one JSON object.
func (e *Env) readIntrospection(name string) (*source.Value, error) {
	file, err := e.readSource(name)
	if err != nil {
		return nil, err
	}
	if len(file.Documents) != 1 || !file.Documents[0].Is(source.Object) {
		return nil, problem(name+": not an introspection answer", `expected is one JSON object, such as {"active": true, "client_id": "…", "scope": "…"}`, "how to get it: gatewhy collect introspection")
	}
	return file.Documents[0], nil
}

// explain evaluates the policies, for each gateway where they differ, and proves the repairs.
func (r *explainRun) explain() (*render.Explanation, error) {
	x := &render.Explanation{
		Token:    r.request.Token,
		Profile:  r.request.Profile(),
		At:       r.request.At,
		Policies: r.policies.policies,
		Verdict:  rules.Evaluate(r.policies.policies, r.request),
		File:     r.policies.file,
		Collect:  r.collectionFor,
		Captured: r.request.Introspection != nil,
	}
	if err := r.perGateway(x); err != nil {
		return nil, err
	}
	x.Findings = append(append(x.Findings, r.policies.findings...), x.Verdict.Findings...)
	x.Findings = r.policies.withLint(x.Findings)
	return x, r.repair(x)
}

// perGateway gives the answer of each gateway where nothing tells which one it is and they differ. The stricter one is the
// verdict then.
func (r *explainRun) perGateway(x *render.Explanation) error {
	if !r.policies.guessed {
		return nil
	}
	var verdicts []render.GatewayVerdict
	var sets []*policySet
	for _, variant := range r.policies.adapter.Variants {
		policies, err := r.policies.as(variant)
		if err != nil {
			return err
		}
		sets = append(sets, policies)
		verdicts = append(verdicts, render.GatewayVerdict{
			Name: variant, Verdict: rules.Evaluate(policies.policies, r.request), Policies: policies.policies,
		})
	}
	if !differ(verdicts) {
		return nil
	}
	strict := 0
	for i, v := range verdicts {
		if strictness(v.Verdict.Outcome) > strictness(verdicts[strict].Verdict.Outcome) {
			strict = i
		}
	}
	r.policies = sets[strict]
	x.Gateways, x.Verdict, x.Policies = verdicts, verdicts[strict].Verdict, verdicts[strict].Policies
	x.Findings = append(x.Findings, rules.Finding{
		Rule: "gateway-not-known", Severity: rules.Note, Pos: x.Policies[0].Pos,
		Message: "the file does not say which gateway runs it, and they answer differently: pass --gateway " + strings.Join(r.policies.adapter.Variants, " or --gateway "),
	})
	return nil
}

// mask returns what hides the values of persons in the token and in the captured answer.
func (r *explainRun) mask(redact bool) *render.Mask {
	mask := render.NewMask(r.request.Token, r.request.Profile(), redact)
	mask.Learn(r.request.Introspection)
	return mask
}

func strictness(outcome rules.Outcome) int {
	return slices.Index([]rules.Outcome{rules.Accepted, rules.Undetermined, rules.Rejected}, outcome)
}

// differ reports whether the gateways answer differently, or reach their answers differently.
func differ(verdicts []render.GatewayVerdict) bool {
	first := verdicts[0].Verdict
	return slices.ContainsFunc(verdicts[1:], func(v render.GatewayVerdict) bool {
		if v.Verdict.Outcome != first.Outcome || v.Verdict.Status != first.Status || v.Verdict.Body() != first.Body() || len(v.Verdict.Results) != len(first.Results) {
			return true
		}
		for i, result := range v.Verdict.Results {
			if result.Outcome != first.Results[i].Outcome {
				return true
			}
		}
		return false
	})
}

// repair proves what the adapter proposes, file by file.
func (r *explainRun) repair(x *render.Explanation) error {
	if r.request.Token == nil {
		return nil
	}
	before := r.trial(r.policies.policies)
	x.Other = before.Other
	for i, file := range r.policies.files {
		proposals, err := r.policies.adapter.Propose(file, before.Own)
		if err != nil {
			return err
		}
		remedies, err := rules.Prove(proposals, before, func(text []byte) (rules.Trial, error) {
			edited, err := r.policies.with(i, text)
			if err != nil {
				return rules.Trial{}, err
			}
			return r.trial(edited.policies), nil
		})
		if err != nil {
			return err
		}
		x.Remedies = append(x.Remedies, remedies...)
		x.Refused = append(x.Refused, refused(proposals)...)
	}
	return nil
}

func (r *explainRun) trial(policies []*rules.Policy) rules.Trial {
	trial := rules.Trial{Own: rules.Evaluate(policies, r.request)}
	if r.other != nil {
		other := rules.Evaluate(policies, r.other)
		trial.Other = &other
	}
	return trial
}

func refused(proposals []rules.Proposal) []rules.Proposal {
	var all []rules.Proposal
	for _, p := range proposals {
		if p.Refused != "" {
			all = append(all, p)
		}
	}
	return all
}
