package istio

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// repairable lists the rules whose findings a change can remove.
func repairable() []string {
	return []string{
		"token-not-needed", "principal-slash", "dry-run-left-on", "audience-not-checked",
		"any-client-accepted",
	}
}

// changer makes changes of the policies of one workload.
type changer struct {
	*compiler
	of     *rules.Configuration
	policy *rules.Policy
}

func changerOf(c *rules.Configuration, policy *rules.Policy) (*changer, bool) {
	i := c.Index(policy)
	if i < 0 {
		return nil, false
	}
	return &changer{newCompiler(c.Entries[i].(*workload), nil), c, policy}, true
}

func changes(c *rules.Configuration, goal rules.Goal) ([]rules.Change, error) {
	if goal.Finding != nil {
		change := changeFor(c, goal)
		change.Policy = goal.Finding.Policy
		return []rules.Change{change}, nil
	}
	return proposals(c, goal), nil
}

// changeFor is the smallest change that may remove a finding, or why there is none.
func changeFor(c *rules.Configuration, goal rules.Goal) rules.Change {
	f := goal.Finding
	none := rules.Change{
		Title: "repair " + f.Rule, Refused: "no change of this configuration is known for it",
	}
	m, ok := changerOf(c, f.Policy)
	if !ok {
		return none
	}
	switch f.Rule {
	case "token-not-needed":
		return m.needToken(f)
	case "principal-slash":
		return m.slash(f)
	case "dry-run-left-on":
		for _, p := range m.policies {
			if v := p.dryRun(); v != nil && v.Pos == f.Pos {
				return m.made("end-dry-run", "let the policy decide", f.Field, v.Text, "false",
					p.File, func() (source.Edit, error) { return p.File.Replace(v, "false") })
			}
		}
	case "audience-not-checked", "any-client-accepted":
		for _, r := range m.jwt {
			if v := r.field("audiences"); v.Pos == f.Pos {
				return m.audience(r, goal.Facts.Audience)
			}
		}
	}
	return none
}

// made is a change by one edit of a file, or why it can't be made.
func (m *changer) made(
	id, title, field, from, to string, file *source.File, edit func() (source.Edit, error),
) rules.Change {
	change := rules.Change{ID: id, Title: title, Policy: m.policy}
	edited, err := m.edited(file, edit)
	if err != nil {
		change.Refused = notEditable(err)
		return change
	}
	change.Edited = edited
	change.Fields = []rules.FieldChange{{Field: field, From: from, To: to}}
	return change
}

func (m *changer) edited(
	file *source.File, edit func() (source.Edit, error),
) (*rules.Configuration, error) {
	made, err := edit()
	if err != nil {
		return nil, err
	}
	after, err := file.Edited(made)
	if err != nil {
		return nil, err
	}
	i := slices.Index(m.of.Files, file)
	if i < 0 {
		return nil, errors.New("the policy is in a file that is not edited here")
	}
	files := slices.Clone(m.of.Files)
	files[i] = after
	return read(files, m.of.Options)
}

// notEditable is why a change can't be made, in one line.
func notEditable(err error) string {
	var fault *source.Error
	if errors.As(err, &fault) {
		return fmt.Sprintf("line %d: %s", fault.Pos.Line, fault.Cause)
	}
	return err.Error()
}

// slash writes the principal of a v1.0 token as it is.
func (m *changer) slash(f *rules.Finding) rules.Change {
	change := rules.Change{Title: "repair " + f.Rule, Refused: "the principal was not found"}
	i := instance{m.compiler, m.policy}
	i.eachValue(func(r *authRule, _ condition, v *source.Value, l kubernetes.List) {
		if to := withSlash(v.Text); v.Pos == f.Pos && to != "" {
			change = m.made("principal-slash", "write the principal with both slashes", l.Field,
				v.Text, to, r.of.File, func() (source.Edit, error) {
					return r.of.File.Replace(v, to)
				})
		}
	})
	return change
}

// audience accepts tokens for an audience alone, or for one more.
func (m *changer) audience(r *jwtRule, audience string) rules.Change {
	field := r.path + "audiences"
	if audience == "" {
		return rules.Change{
			ID: "check-audience", Title: "check the API's audience",
			Refused: "the audience of the API's tokens is not known",
			Needs:   []source.Need{{Input: source.NeedAudience, For: "the API's audience"}},
		}
	}
	have := kubernetes.ListIn(r.at, r.path, "audiences")
	if have.At.Is(source.List) && len(have.At.Items) > 0 {
		from := strings.Join(have.Texts(), ", ")
		return m.made("accept-audience", "accept tokens for "+audience, field, from,
			from+", "+audience, r.of.File, func() (source.Edit, error) {
				return r.of.File.InsertItem(have.At, len(have.At.Items), audience)
			})
	}
	return m.made("check-audience", "accept tokens for "+audience+" only", field, "", audience,
		r.of.File, func() (source.Edit, error) {
			return r.of.File.SetMember(r.at, "audiences", []any{audience})
		})
}

// principalsOf are the principals of all issuers whose tokens a workload accepts.
func (m *changer) principalsOf() []any {
	var all []any
	for _, r := range m.jwt {
		if iss := r.issuer(); iss != "" && !kubernetes.Marked(r.at.Member("issuer")) {
			all = append(all, iss+"/*")
		}
	}
	if len(all) == 0 || len(all) < len(m.jwt) {
		return []any{"*"}
	}
	return all
}

// needToken makes a rule ask for a principal, or adds the policy that does.
func (m *changer) needToken(f *rules.Finding) rules.Change {
	const id, title = "need-token", "let in nobody without a token"
	principals := m.principalsOf()
	for _, p := range m.enforced(actionAllow) {
		for _, r := range rulesOf(p) {
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
			return m.made(id, title, f.Field, "", fmt.Sprint(principals...), p.File,
				func() (source.Edit, error) { return p.File.SetMember(r.at, "from", from) })
		}
	}
	return m.addPolicy(id, title, f.Field)
}

// addPolicy adds a policy behind the documents of a file that denies requests without a principal.
// It is a DENY policy: another ALLOW policy would let in what those that are there keep out.
func (m *changer) addPolicy(id, title, field string) rules.Change {
	of := m.jwt[0].of
	if of.File.Format != source.YAML || !slices.Contains(of.File.Documents, of.At) ||
		len(of.targets) > 0 {
		return rules.Change{ID: id, Title: title, Refused: "add a DENY AuthorizationPolicy for " +
			"the same workload, with notRequestPrincipals [\"*\"]: it is a resource of its own"}
	}
	var b strings.Builder
	if !strings.HasSuffix(string(of.File.Text), "\n") {
		b.WriteString("\n")
	}
	name := of.Name + "-token-needed"
	b.WriteString("---\napiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n" +
		"metadata:\n  name: " + name + "\n")
	if of.Namespace != "" {
		b.WriteString("  namespace: " + of.Namespace + "\n")
	}
	b.WriteString("spec:\n")
	if len(of.selector) > 0 {
		b.WriteString("  selector:\n    matchLabels:\n")
		for _, key := range slices.Sorted(maps.Keys(of.selector)) {
			fmt.Fprintf(&b, "      %s: %q\n", key, of.selector[key])
		}
	}
	b.WriteString("  action: DENY\n  rules:\n    - from:\n        - source:\n" +
		"            notRequestPrincipals: [\"*\"]\n")
	end := len(of.File.Text)
	return m.made(id, title, field, "", "AuthorizationPolicy "+name, of.File,
		func() (source.Edit, error) {
			return source.Edit{Span: source.Span{Start: end, End: end}, Text: b.String()}, nil
		})
}

// proposals are the changes that may let a request in that is kept out, or that narrow the
// policies to the client of one that is let in.
func proposals(c *rules.Configuration, goal rules.Goal) []rules.Change {
	v := goal.Verdict
	if v.Outcome == rules.Accepted && goal.OneClient {
		return narrowed(c, v)
	}
	if v.Outcome != rules.Rejected || v.Decided == nil {
		return nil
	}
	m, ok := changerOf(c, v.Decided.Policy)
	if !ok {
		return nil
	}
	var all []rules.Change
	profile := v.Decided.Profile()
	for i := range v.Results {
		r := &v.Results[i]
		if r.Policy != v.Decided.Policy || r.Outcome != rules.Fail || r.Harmless {
			continue
		}
		if change, ok := m.letIn(r, profile); ok && change.Refused == "" {
			all = append(all, change)
		}
	}
	return all
}

// letIn is the change that makes one failing check hold for a token like this one.
func (m *changer) letIn(r *rules.Result, p inspect.Profile) (rules.Change, bool) {
	for _, rule := range m.jwt {
		at := rule.field("audiences")
		if r.Check.ID == rules.Audience && at.Pos == r.Check.Pos && len(p.Audience) > 0 {
			return m.audience(rule, p.Audience[0]), true
		}
	}
	var change rules.Change
	found := false
	i := instance{m.compiler, m.policy}
	i.eachCondition(func(of *authRule, one condition) {
		l := one.values
		if found || l.At == nil || l.At.Pos != r.Check.Pos || of.of.action() != actionAllow {
			return
		}
		add := ""
		switch {
		case one.attribute == ofPrincipal:
			if _, ok := entra.ParseIssuer(p.Issuer); ok && slices.ContainsFunc(m.jwt,
				func(j *jwtRule) bool { return j.issuer() == p.Issuer }) {
				add = p.Issuer + "/*"
			}
		case r.Check.Claim == p.ClientID.Claim && p.ClientID.Claim != "":
			add = p.ClientID.Value
		}
		if add == "" || slices.Contains(l.Texts(), add) {
			return
		}
		found = true
		from := strings.Join(l.Texts(), ", ")
		change = m.made("accept-"+strings.ToLower(path(one.attribute)), "accept "+add, l.Field,
			from, from+", "+add, of.of.File, func() (source.Edit, error) {
				return of.of.File.InsertItem(l.At, len(l.At.Items), add)
			})
	})
	return change, found
}

// path is what an id calls an attribute.
func path(attribute string) string {
	if attribute == ofPrincipal {
		return "issuer"
	}
	return "client"
}

// narrowed asks in each ALLOW rule for the client of a request that is let in.
func narrowed(c *rules.Configuration, v *rules.Verdict) []rules.Change {
	if len(v.Results) == 0 {
		return nil
	}
	m, ok := changerOf(c, v.Results[0].Policy)
	profile := v.Results[0].Profile()
	id := profile.ClientID
	if !ok || id.Value == "" {
		return nil
	}
	var edits []source.Edit
	var file *source.File
	var field string
	for _, p := range m.enforced(actionAllow) {
		for _, r := range rulesOf(p) {
			if file != nil && file != p.File {
				return nil // one edit is of one file
			}
			file, field = p.File, r.path()+".when"
			edit, err := askFor(r, ofClaims+"["+id.Claim+"]", id.Value)
			if err != nil {
				return nil
			}
			edits = append(edits, edit)
		}
	}
	if len(edits) != 1 {
		return nil // several rules: which of them is this client's only who wrote them knows
	}
	return []rules.Change{m.made("only-client", "accept "+id.Value+" only", field, "", id.Value,
		file, func() (source.Edit, error) { return edits[0], nil })}
}

// askFor is the edit that adds a condition to a rule.
func askFor(r *authRule, key, value string) (source.Edit, error) {
	one := source.Fields{{Key: "key", Value: key}, {Key: "values", Value: []any{value}}}
	if when := r.at.Member("when"); when.Is(source.List) {
		return r.of.File.InsertItem(when, len(when.Items), one)
	}
	return r.of.File.SetMember(r.at, "when", []any{one})
}
