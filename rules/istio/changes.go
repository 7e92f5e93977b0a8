package istio

import (
	"cmp"
	"fmt"
	"maps"
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
		amend.Repairable(), "token-not-needed", "principal-slash", "dry-run-left-on",
		"scope-not-split", "value-never-matches", "field-not-known",
	)
}

// changer makes changes of the policies of one workload.
type changer struct {
	*compiler
	kubernetes.Changer
}

func changerOf(c *rules.Configuration, policy *rules.Policy) *changer {
	by := kubernetes.Changer{Of: c, Policy: policy, Read: read}
	return &changer{policy.Entry.(*workload).compiler(), by}
}

// changeFor is the smallest change that may remove a finding; empty where none is known.
func changeFor(c *rules.Configuration, goal rules.Goal) rules.Change {
	f := goal.Finding
	m := changerOf(c, f.Policy)
	switch f.Rule {
	case "token-not-needed":
		return m.needToken(f)
	case "principal-slash", "value-never-matches":
		return m.asRequestsHave(f)
	case "scope-not-split":
		return m.splitScopes()
	case "field-not-known":
		return m.rename(f)
	case "dry-run-left-on":
		for _, p := range m.policies {
			if v := p.dryRun(); v != nil && v.Pos == f.Pos {
				return m.Change("end-dry-run", "let the policy decide",
					kubernetes.Replaced(p.File, v, f.Field, "false"))
			}
		}
	}
	return m.editor().Finding(goal)
}

// editor makes the changes of JWT rules that Envoy Gateway makes of its providers.
func (m *changer) editor() *amend.Editor {
	e := &amend.Editor{Changer: m.Changer}
	for i, r := range m.jwt {
		e.Providers = append(e.Providers, amend.Written{
			Provider: m.providers[i], File: r.of.File, Value: r.at, Path: r.path,
		})
	}
	return e
}

// asRequestsHave writes a value as requests have it: a principal of v1.0 tokens with both slashes,
// a method in capitals, a path with its slash.
func (m *changer) asRequestsHave(f *rules.Finding) rules.Change {
	change := rules.Change{
		Title: "repair " + f.Rule, Refused: "what was meant only who wrote it knows",
	}
	for _, v := range m.comparisons() {
		to := asRequestsHave(v.attribute, v.Text)
		if v.Pos != f.Pos || to == "" {
			continue
		}
		id, title := "value-as-sent", "write "+to
		if v.attribute == ofPrincipal {
			id, title = "principal-slash", "write the principal with both slashes"
		}
		change = m.Change(id, title,
			kubernetes.Replaced(v.rule.of.File, v.Value, v.list.Field, to))
	}
	return change
}

// splitScopes has each JWT rule split scp at its blanks.
func (m *changer) splitScopes() rules.Change {
	const id, title = "split-scopes", "split scp at its blanks (Istio 1.28 and later)"
	if m.before(splitSince) {
		return rules.Change{
			ID: id, Title: title,
			Refused: "Istio splits scp from 1.28 on: until then list each combination of scopes " +
				"that tokens have",
		}
	}
	var steps []kubernetes.Step
	for _, j := range m.jwt {
		if !slices.Contains(j.split.Texts(), "scp") {
			steps = append(steps, splitting(j))
		}
	}
	return m.Change(id, title, steps...)
}

// splitting is the step that has a JWT rule split scp at its blanks.
func splitting(j *jwtRule) kubernetes.Step {
	return kubernetes.Listed(j.of.File, j.at, j.path, "spaceDelimitedClaims",
		append(j.split.Texts(), "scp")...)
}

// rename gives a field that differs from one of Istio's in its case alone that one's name.
func (m *changer) rename(f *rules.Finding) rules.Change {
	change := rules.Change{
		Title: "repair " + f.Rule, Refused: "which field was meant only who wrote it knows",
	}
	for _, p := range m.policies {
		lookThrough(p, func(object *source.Value, path string, known ...string) {
			for n := range object.Members {
				member := &object.Members[n]
				to := sameName(member.Key, known)
				if member.KeyPos != f.Pos || to == "" {
					continue
				}
				renamed := kubernetes.Step{
					File:  p.File,
					Field: rules.FieldChange{Field: f.Field, From: member.Key, To: to},
					Edit: func() (source.Edit, error) {
						return p.File.RenameMember(object, member.Key, to)
					},
				}
				change = m.Change("rename-field", "write the field as Istio has it", renamed)
			}
		})
	}
	return change
}

// principalsOf are the principals of all issuers whose tokens a workload accepts.
func (m *changer) principalsOf() []any {
	var all []any
	for _, r := range m.jwt {
		principal := r.issuer() + "/*"
		switch {
		case r.issuer() == "" || kubernetes.Marked(r.at.Member("issuer")):
			return []any{"*"}
		case !slices.Contains(all, any(principal)): // several rules may have one issuer
			all = append(all, principal)
		}
	}
	if len(all) == 0 {
		return []any{"*"}
	}
	return all
}

// needToken makes a rule ask for a principal, or adds the policy that does.
func (m *changer) needToken(f *rules.Finding) rules.Change {
	const id, title = "need-token", "let in nobody without a token"
	principals := m.principalsOf()
	for _, p := range m.enforced(actionAllow) {
		for _, r := range p.rules() {
			if r.at.Pos != f.Pos {
				continue
			}
			if r.at.Member("from") != nil {
				return rules.Change{
					ID: id, Title: title,
					Refused: "the rule has a from already: add requestPrincipals to each of its " +
						"sources by hand",
				}
			}
			from := []any{source.Fields{{Key: "source", Value: source.Fields{
				{Key: "requestPrincipals", Value: principals},
			}}}}
			field := rules.FieldChange{Field: f.Field, To: fmt.Sprint(principals...)}
			return m.Change(id, title, kubernetes.Step{
				File: p.File, Field: field,
				Edit: func() (source.Edit, error) { return p.File.SetMember(r.at, "from", from) },
			})
		}
	}
	// It is a DENY policy: another ALLOW policy would let in what those that are there keep out.
	s, why := m.addedPolicy("token-needed", f.Field, actionDeny, source.Fields{
		{Key: "from", Value: []any{source.Fields{
			{Key: "source", Value: source.Fields{
				{Key: "notRequestPrincipals", Value: []any{"*"}},
			}},
		}}},
	})
	if why != "" {
		return rules.Change{ID: id, Title: title, Refused: "add a DENY AuthorizationPolicy for " +
			"the same workload, with notRequestPrincipals [\"*\"]: " + why}
	}
	return m.Change(id, title, s)
}

// addedPolicy is the step that adds a policy with one rule to a file, for the workloads of the
// first JWT rule. Why says why that can't be done.
func (m *changer) addedPolicy(
	suffix, field, action string, rule source.Fields,
) (s kubernetes.Step, why string) {
	of := m.jwt[0].of
	name := strings.TrimSuffix(cmp.Or(of.Prefix, of.Name), "-") + "-" + suffix
	metadata := source.Fields{{Key: "name", Value: name}}
	if of.Namespace != "" {
		metadata = append(metadata, source.Field{Key: "namespace", Value: of.Namespace})
	}
	var spec, labels source.Fields
	for _, key := range slices.Sorted(maps.Keys(of.selector)) {
		labels = append(labels, source.Field{Key: key, Value: of.selector[key]})
	}
	if len(labels) > 0 {
		spec = source.Fields{{
			Key: "selector", Value: source.Fields{{Key: "matchLabels", Value: labels}},
		}}
	}
	spec = append(spec, source.Fields{
		{Key: "action", Value: action}, {Key: "rules", Value: []any{rule}},
	}...)
	edit := kubernetes.Added(&of.Resource, source.Fields{
		{Key: "apiVersion", Value: "security.istio.io/v1"},
		{Key: "kind", Value: "AuthorizationPolicy"},
		{Key: "metadata", Value: metadata},
		{Key: "spec", Value: spec},
	})
	if edit == nil || len(of.targets) > 0 {
		return kubernetes.Step{}, "it is a resource of its own"
	}
	return kubernetes.Step{
		File: of.File, Edit: edit,
		Field: rules.FieldChange{Field: field, To: "AuthorizationPolicy " + name},
	}, ""
}
