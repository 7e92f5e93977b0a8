package envoygateway

import (
	"slices"
	"strings"

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

func changerOf(c *rules.Configuration, policy *rules.Policy) *changer {
	by := kubernetes.Changer{Of: c, Policy: policy, Read: read}
	return &changer{newCompiler(policy.Entry.(*instance), nil), by}
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
	switch f.Rule {
	case "token-not-needed":
		return m.needToken()
	case "outer-policy-dropped":
		return m.keepOuter()
	case "rules-decide-nothing":
		return m.denyByDefault()
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

// denyByDefault denies what no rule allows, where there is one that allows some requests.
func (m *changer) denyByDefault() rules.Change {
	v, allowed := m.spec.Member("authorization"), m.allowRules()
	every := func(r *authRule) bool { _, matches := m.matches(r); return matches == rules.Yes }
	if len(allowed) == 0 || slices.ContainsFunc(allowed, every) {
		return rules.Change{}
	}
	return m.Change("deny-by-default", "deny what no rule allows",
		kubernetes.Set(m.fileOf(v), v, "authorization.", "defaultAction", actionDeny))
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
		case m.isSplit(claim.name) == rules.Maybe:
			return rules.Change{
				ID: "compare-list", Title: listTitle, Policy: m.Policy,
				Refused: "before Envoy Gateway 1.7 scp is a text, and StringArray never " +
					"matches it",
				Needs: []source.Need{theVersion()},
			}, true
		default:
			steps, ok := m.asList(claim)
			return m.Change("compare-list", listTitle, steps...), ok
		}
	}
	return rules.Change{}, false
}

const listTitle = "look into the claim as a list"

// asList are the steps that look into a claim as a list. A text of several scopes is split: a
// claim each, since all of them are wanted. It is not ok where there are other texts beside it.
func (m *changer) asList(claim comparedClaim) (steps []kubernetes.Step, ok bool) {
	file, values := m.fileOf(claim.at), kubernetes.ListIn(claim.at, claim.path, "values")
	steps = []kubernetes.Step{
		kubernetes.Set(file, claim.at, claim.path, "valueType", "StringArray"),
	}
	several := func(text string) bool { return len(strings.Fields(text)) > 1 }
	if m.isSplit(claim.name) == rules.No || !slices.ContainsFunc(values.Texts(), several) {
		return steps, true
	}
	if len(values.Values) != 1 || values.Doubt != nil {
		return nil, false
	}
	words := strings.Fields(values.Texts()[0])
	steps = append(steps, kubernetes.Replaced(file, values.Values[0], values.Field, words[0]))
	for _, r := range rulesIn(m.spec) {
		list := r.jwt().Member("claims")
		i := slices.Index(list.List(), claim.at)
		if i < 0 {
			continue
		}
		for n, word := range words[1:] {
			steps = append(steps, kubernetes.Step{
				File: file,
				Field: rules.FieldChange{
					Field: r.path + "principal.jwt.claims", To: claim.name + " " + word,
				},
				Edit: func() (source.Edit, error) {
					return file.InsertItem(list, i+1+n, listClaim(claim.name, word))
				},
			})
		}
	}
	return steps, true
}

// allowRules are the rules that can let a request in.
func (c *compiler) allowRules() []*authRule {
	return source.Without(rulesIn(c.spec), func(r *authRule) bool {
		return r.action != actionAllow
	})
}
