package envoygateway

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy/amend"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// repairable lists the rules whose findings a change can remove.
func repairable() []string {
	return append(
		amend.Repairable(), "token-not-needed", "outer-policy-dropped", "rules-decide-nothing",
		"list-claim-compared-with-text", "text-claim-compared-with-list", "query-in-path",
		"expression-decides-nothing",
	)
}

// changer makes changes of the policy of one instance.
type changer struct {
	*compiler
	kubernetes.Changer
}

// changerOf is nil where the policy is not one of the configuration.
func changerOf(c *rules.Configuration, policy *rules.Policy) *changer {
	i := c.Index(policy)
	if i < 0 {
		return nil
	}
	by := kubernetes.Changer{Of: c, Policy: policy, Read: read}
	return &changer{newCompiler(c.Entries[i].(*instance), nil), by}
}

// editor makes the changes of providers that Istio makes of its JWT rules.
func (m *changer) editor() *amend.Editor {
	e := &amend.Editor{Changer: m.Changer}
	for _, p := range m.providers {
		e.Providers = append(e.Providers, amend.Written{
			Provider: p.Provider, File: m.fileOf(p.at), Value: p.at, Path: p.path,
		})
	}
	return e
}

// fileOf is the file that a value is in: where two policies are merged there may be two.
func (m *changer) fileOf(v *source.Value) *source.File {
	is := func(file *source.File) bool { return file.Name == v.Pos.File }
	if i := slices.IndexFunc(m.Of.Files, is); i >= 0 {
		return m.Of.Files[i]
	}
	return m.policy.File
}

// changeFor is the smallest change that may remove a finding; empty where none is known.
func changeFor(c *rules.Configuration, goal rules.Goal) rules.Change {
	f := goal.Finding
	m := changerOf(c, f.Policy)
	if m == nil {
		return rules.Change{}
	}
	switch f.Rule {
	case "token-not-needed":
		return m.needToken()
	case "outer-policy-dropped":
		return m.keepOuter()
	case "rules-decide-nothing":
		v := m.spec.Member("authorization")
		return m.Change("deny-by-default", "deny what no rule allows",
			kubernetes.Set(m.fileOf(v), v, "authorization.", "defaultAction", actionDeny))
	case "query-in-path", "expression-decides-nothing":
		if change, ok := m.rewrite(f); ok {
			return change
		}
	case "list-claim-compared-with-text", "text-claim-compared-with-list":
		if change, ok := m.compareAlike(f); ok {
			return change
		}
		if change, ok := m.rewrite(f); ok {
			return change
		}
	}
	return m.editor().Finding(goal)
}

// needToken takes away what lets requests pass the JWT filter.
func (m *changer) needToken() rules.Change {
	jwt := m.spec.Member("jwt")
	var steps []kubernetes.Step
	for _, name := range []string{"optional", "failOpen"} {
		if switched(jwt.Member(name)) == rules.Yes {
			steps = append(steps, kubernetes.Removed(m.fileOf(jwt), jwt, "jwt.", name))
		}
	}
	return m.Change("need-token", "let in nobody without an accepted token", steps...)
}

// keepOuter has the policy of a route add to that of its Gateway. Where mergeType does not count,
// or perhaps not, it repeats what the Gateway's policy checks.
func (m *changer) keepOuter() rules.Change {
	if isRoute(m.instance.of.kind) && m.has(mergeSince) == rules.Yes {
		return m.Change("merge-policies", "merge the route's policy into its Gateway's",
			kubernetes.Set(m.policy.File, m.policy.Spec, "", "mergeType", "StrategicMerge"))
	}
	var steps []kubernetes.Step
	for _, field := range m.dropped() {
		steps = append(steps, copied(m.policy, m.outer, field))
	}
	return m.Change("repeat-outer-policy", "repeat what "+m.outer.String()+" checks", steps...)
}

// copied is the step that gives a policy a part of another one.
func copied(to, from *policy, field string) kubernetes.Step {
	return kubernetes.Step{
		File: to.File, Field: rules.FieldChange{Field: field, To: "as in " + from.String()},
		Edit: func() (source.Edit, error) {
			with, err := plain(from.Spec.Member(field))
			if err != nil {
				return source.Edit{}, err
			}
			return to.File.SetMember(to.Spec, field, with)
		},
	}
}

// plain is a value as an edit takes it.
func plain(v *source.Value) (any, error) {
	switch v.Kind {
	case source.Object:
		var all source.Fields
		for _, m := range v.Members {
			with, err := plain(m.Value)
			if err != nil {
				return nil, err
			}
			all = append(all, source.Field{Key: m.Key, Value: with})
		}
		return all, nil
	case source.List:
		all := make([]any, len(v.Items))
		for i, item := range v.Items {
			with, err := plain(item)
			if err != nil {
				return nil, err
			}
			all[i] = with
		}
		return all, nil
	case source.String:
		return v.Text, nil
	case source.Bool:
		return v.Text == "true", nil
	case source.Number:
		if n, ok := v.Int(); ok {
			return int(n), nil
		}
	}
	return nil, &source.Error{Pos: v.Pos, Cause: v.Kind.String() + " can't be repeated elsewhere"}
}

// compareAlike compares a claim as tokens have it: as a text, or as a list.
func (m *changer) compareAlike(f *rules.Finding) (rules.Change, bool) {
	for _, claim := range m.comparedClaims() {
		file, at := m.fileOf(claim.at), claim.at
		switch {
		case f.Pos.File != at.Pos.File || f.Span.Start < at.Span.Start ||
			at.Span.End < f.Span.End:
		case claim.kind == "StringArray":
			return m.Change("compare-text", "compare the claim as a text",
				kubernetes.Removed(file, at, claim.path, "valueType")), true
		default:
			return m.Change("compare-list", "look into the claim as a list",
				kubernetes.Set(file, at, claim.path, "valueType", "StringArray")), true
		}
	}
	return rules.Change{}, false
}

// allowRules are the rules that can let a request in.
func (c *compiler) allowRules() []*authRule {
	return slices.DeleteFunc(rulesIn(c.spec), func(r *authRule) bool {
		return r.action != actionAllow
	})
}
