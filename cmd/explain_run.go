package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// explainRun is everything that one explanation needs.
type explainRun struct {
	policies *policySet
	request  *rules.Request
	other    *rules.Request // nil where no other token was given
	fix      string         // the flags of gatewhy fix for the same files and token; empty where the files are none that it could write
}

func (e *Env) newRun(ctx context.Context, flags *explainFlags, policies *policySet, token *inspect.Token, args []string) (*explainRun, error) {
	request, err := e.request(ctx, flags, token)
	if err != nil {
		return nil, err
	}
	run := &explainRun{policies: policies, request: request, fix: flags.fix(args)}
	if flags.other != "" {
		run.other, err = e.otherRequest(flags.other, request)
	}
	return run, err
}

// perGateway gives the answer of each gateway where nothing tells which one it is and they differ. The stricter one is the
// verdict then.
func (r *explainRun) perGateway(x *report.Explanation) {
	if !r.policies.Guessed {
		return
	}
	var verdicts []report.GatewayVerdict
	var sets []*policySet
	names := r.policies.Adapter.VariantNames()
	for _, variant := range names {
		policies := r.policies.of(r.policies.For(variant))
		sets = append(sets, policies)
		verdicts = append(verdicts, report.GatewayVerdict{
			Name: variant, Verdict: rules.Evaluate(policies.Policies, r.request), Policies: policies.Policies,
		})
	}
	if !differ(verdicts) {
		return
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
		Rule: "gateway-not-known", Severity: rules.Note, Pos: x.Policies[0].Pos, Policy: x.Policies[0],
		Message: "the file does not say which gateway runs it, and they answer differently: pass --gateway " + strings.Join(names, " or --gateway "),
	})
}

func strictness(outcome rules.Decision) int {
	return slices.Index([]rules.Decision{rules.Accepted, rules.Undetermined, rules.Rejected}, outcome)
}

// differ reports whether the gateways answer differently, or reach their answers differently.
func differ(verdicts []report.GatewayVerdict) bool {
	first := verdicts[0].Verdict
	return slices.ContainsFunc(verdicts[1:], func(v report.GatewayVerdict) bool {
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

// justIssued is the verdict of when the token was new, where it has expired since and that would be another one; else nil.
func (r *explainRun) justIssued(policies []*rules.Policy) *rules.Verdict {
	earlier := r.request.JustIssued()
	if earlier == nil {
		return nil
	}
	now, then := rules.Evaluate(policies, r.request), rules.Evaluate(policies, earlier)
	if now.Outcome == then.Outcome && now.Status == then.Status && decidedBy(&now) == decidedBy(&then) {
		return nil
	}
	return &then
}

// decidedBy is the check that keeps a request from being let in; nil where none does.
func decidedBy(v *rules.Verdict) *rules.Check {
	if v.Decided == nil {
		return nil
	}
	return v.Decided.Check
}

// explain evaluates the policies, for each gateway where they differ, and proves the repairs.
func (r *explainRun) explain() (*report.Explanation, error) {
	x := &report.Explanation{
		Token:    r.request.Token,
		Profile:  r.request.Profile(),
		At:       r.request.At,
		Policies: r.policies.Policies,
		Verdict:  rules.Evaluate(r.policies.Policies, r.request),
		File:     r.policies.file,
		Collect:  r.collectionFor,
		Captured: r.request.Introspection,
	}
	r.perGateway(x)
	x.Earlier = r.justIssued(x.Policies)
	x.Findings = append(append(x.Findings, r.policies.Findings...), x.Verdict.Findings...)
	x.Findings = r.policies.withLint(x.Findings)
	return x, r.repair(x)
}
