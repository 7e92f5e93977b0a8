package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
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
func (r *explainRun) perGateway(x *render.Explanation) {
	if !r.policies.Guessed {
		return
	}
	var verdicts []render.GatewayVerdict
	var sets []*policySet
	names := r.policies.adapter.VariantNames()
	for _, variant := range names {
		policies := r.policies.of(r.policies.For(variant))
		sets = append(sets, policies)
		verdicts = append(verdicts, render.GatewayVerdict{
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

// mask returns what hides the values of persons in the token and in the captured answer.
func (r *explainRun) mask(redact bool) *render.Mask {
	mask := render.NewMask(r.request.Token, r.request.Profile(), redact)
	mask.Learn(r.request.Introspection)
	return mask
}

func strictness(outcome rules.Decision) int {
	return slices.Index([]rules.Decision{rules.Accepted, rules.Undetermined, rules.Rejected}, outcome)
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
	if aud := r.foreignAudience(); x.Verdict.Outcome == rules.Accepted && aud != "" {
		x.Refused = append(x.Refused, rules.Change{
			ID: "narrow-to-this-token", Title: "narrow the policy to tokens like this one",
			Refused: "it is for " + aud + ", and the app registration of --app has no such audience; pass a token that belongs here, and this one as --other",
		})
		return nil
	}
	before := rules.Trial{Own: x.Verdict, Other: r.otherVerdict(r.policies.Policies)}
	x.Other = before.Other
	proposals, err := r.policies.adapter.Changes(r.policies.Configuration, rules.Goal{Verdict: &before.Own})
	if err != nil {
		return err
	}
	remedies, err := rules.Prove(proposals, before, func(edited *rules.Configuration) (rules.Trial, error) {
		return r.trial(r.policies.of(edited).Policies), nil
	})
	for _, file := range r.policies.Files {
		in := slices.DeleteFunc(slices.Clone(remedies), func(r rules.Remedy) bool { return !stands(r.Policy, file) })
		x.Repairs = append(x.Repairs, r.repairs(file.Name, in)...)
	}
	x.Refused = append(x.Refused, refused(proposals)...)
	return err
}

// stands reports whether a policy stands in a file.
func stands(policy *rules.Policy, file *source.File) bool {
	in, _ := policy.Entry.Place()
	return in == file
}

// foreignAudience is the token's audience where the app registration of the API has none such; empty where it may be the API's.
func (r *explainRun) foreignAudience() string {
	apps, audience := r.policies.apps, r.request.Profile().Audience
	if apps == nil || len(apps.Apps) != 1 || len(audience) == 0 || appWithAudience(apps.Apps, audience[0]) != nil {
		return ""
	}
	if slices.ContainsFunc(apps.Apps[0].URIs, func(uri entra.Text) bool { return !uri.Known() }) || !apps.Apps[0].AppID.Known() {
		return ""
	}
	return audience[0]
}

func (r *explainRun) trial(policies []*rules.Policy) rules.Trial {
	return rules.Trial{Own: rules.Evaluate(policies, r.request), Other: r.otherVerdict(policies)}
}

func (r *explainRun) otherVerdict(policies []*rules.Policy) *rules.Verdict {
	if r.other == nil {
		return nil
	}
	other := rules.Evaluate(policies, r.other)
	return &other
}

func refused(proposals []rules.Change) []rules.Change {
	var all []rules.Change
	for _, p := range proposals {
		if p.Refused != "" {
			all = append(all, p)
		}
	}
	return all
}

// justIssued is the verdict of when the token was new, where it has expired since and that would be another one; else nil.
func (r *explainRun) justIssued(policies []*rules.Policy) *rules.Verdict {
	earlier := r.request.JustIssued()
	if earlier == nil {
		return nil
	}
	now, then := rules.Evaluate(policies, r.request), rules.Evaluate(policies, earlier)
	if now.Outcome == then.Outcome && now.Status == then.Status && deciding(&now) == deciding(&then) {
		return nil
	}
	return &then
}

// deciding is the check that decides; nil where none does.
func deciding(v *rules.Verdict) *rules.Check {
	if v.Decided == nil {
		return nil
	}
	return v.Decided.Check
}

// explain evaluates the policies, for each gateway where they differ, and proves the repairs.
func (r *explainRun) explain() (*render.Explanation, error) {
	x := &render.Explanation{
		Token:    r.request.Token,
		Profile:  r.request.Profile(),
		At:       r.request.At,
		Policies: r.policies.Policies,
		Verdict:  rules.Evaluate(r.policies.Policies, r.request),
		File:     r.policies.file,
		Collect:  r.collectionFor,
		Captured: r.request.Introspection != nil,
	}
	r.perGateway(x)
	x.Earlier = r.justIssued(x.Policies)
	x.Findings = append(append(x.Findings, r.policies.Findings...), x.Verdict.Findings...)
	x.Findings = r.policies.withLint(x.Findings)
	return x, r.repair(x)
}
