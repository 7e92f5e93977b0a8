package istio

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// compile makes a policy of each workload. Every answer comes from the table of behaviours.
func compile(table []rules.Behaviour, read *rules.Configuration) rules.Compilation {
	made := rules.Compilation{Named: []string{Name}}
	for _, of := range read.Entries {
		w := of.(*workload)
		c := newCompiler(w, table)
		policy := &rules.Policy{
			Gateway: Name, Variant: Name, Asset: Name, Name: kindsOf(w), Product: product,
			API: w.name, Pos: w.first.at.Pos, Entry: w, Root: c.root(),
		}
		made.Policies = append(made.Policies, policy)
	}
	for _, file := range read.Files {
		for _, p := range file.Problems {
			made.Findings = append(made.Findings, rules.Finding{
				Rule: p.ID, Severity: rules.Warning, Message: p.Message, Pos: p.Pos,
			})
		}
	}
	made.Policies = append(made.Policies, rules.Elsewhere(read.Files)...)
	return made
}

// kindsOf names the kinds of the policies that select a workload.
func kindsOf(w *workload) string {
	var kinds []string
	for _, kind := range []string{requestAuthentication, authorizationPolicy} {
		if slices.ContainsFunc(w.policies, func(p *resource) bool { return p.kind == kind }) {
			kinds = append(kinds, kind)
		}
	}
	return strings.Join(kinds, " and ")
}

// compiler turns what selects one workload into a policy.
type compiler struct {
	*workload
	table []rules.Behaviour
	jwt   []*jwtRule // in the proxy's order
}

func newCompiler(w *workload, table []rules.Behaviour) *compiler {
	return &compiler{workload: w, table: table, jwt: jwtRulesOf(w)}
}

// root is what a request needs: each stage in the order of the proxy's filters.
func (c *compiler) root() rules.Node {
	if c.doubt != "" {
		return rules.AllOf(c.notModelled(c.first, c.first.at, "spec", &rules.Unknown{
			Why: c.doubt,
			Need: rules.Need{
				Input: source.NeedPolicy,
				For:   "the resources as the cluster has them, with its workloads and gateways",
			},
		}))
	}
	whole := rules.Node{All: []rules.Node{}}
	add := func(n rules.Node, ok bool) {
		if ok {
			whole.All = append(whole.All, n)
		}
	}
	add(c.authentication())
	add(c.custom())
	add(c.deny())
	allow, ok := c.allow(false)
	add(allow, ok)
	if _, few := whole.Ways(); !few && ok {
		allow, _ = c.allow(true)
		whole.All[len(whole.All)-1] = allow
	}
	return whole
}

// check starts a check that a value decides.
func (c *compiler) check(
	id rules.ID, of *source.Value, field string, evidence rules.Evidence,
) *rules.Check {
	return &rules.Check{
		ID: id, Field: field, Pos: of.Pos, Span: of.Span, Evidence: evidence,
	}
}

// notModelled is a check of which nobody knows what comes out.
func (c *compiler) notModelled(
	_ *resource, at *source.Value, field string, why *rules.Unknown,
) *rules.Check {
	check := c.check(rules.NotModelled, at, field, inferred(docPolicy))
	check.Unknown = why
	return check
}

// marked reports whether only a deployment knows a value.
func marked(v *source.Value) bool {
	return v.Is(source.Unknown) || v.Is(source.String) &&
		slices.ContainsFunc([]string{"{{", "${", "#{"}, func(mark string) bool {
			return strings.Contains(v.Text, mark)
		})
}

// doubtOf is why a value is not known; nil where it is.
func doubtOf(v *source.Value, field string) *rules.Unknown {
	if !marked(v) {
		return nil
	}
	return &rules.Unknown{
		Why: v.Doubt(field),
		Need: rules.Need{
			Input: source.NeedPolicy, For: "the manifest as it is applied, with its " + field,
		},
	}
}

// list is the texts of a list in the configuration.
type list struct {
	field  string
	at     *source.Value // of the list; nil where it is absent
	values []*source.Value
	doubt  *rules.Unknown // why not all of them are known
}

// listIn reads a list of texts. What is neither a text nor unknown the API server refuses.
func listIn(object *source.Value, path, name string) list {
	l := list{field: path + name, at: object.Member(name)}
	if marked(l.at) {
		l.doubt = doubtOf(l.at, l.field)
		return l
	}
	if !l.at.Is(source.List) {
		if l.at != nil && !l.at.Is(source.Null) {
			l.doubt = notAList(l)
		}
		return l
	}
	for _, v := range l.at.Items {
		switch {
		case marked(v):
			l.doubt = doubtOf(v, l.field)
		case v.Is(source.String):
			l.values = append(l.values, v)
		default:
			l.doubt = &rules.Unknown{Why: fmt.Sprintf(
				"%s has %s, not a string: the API server refuses that, and an earlier version "+
					"of the policy may hold", l.field, v.Kind)}
		}
	}
	return l
}

func notAList(l list) *rules.Unknown {
	return &rules.Unknown{Why: fmt.Sprintf(
		"%s is %s, not a list: the API server refuses that, and an earlier version of the "+
			"policy may hold", l.field, l.at.Kind)}
}

// empty reports whether the list has no value, known or not.
func (l *list) empty() bool { return len(l.values) == 0 && l.doubt == nil }

// texts are the values that are known.
func (l *list) texts() []string {
	all := make([]string, len(l.values))
	for i, v := range l.values {
		all[i] = v.Text
	}
	return all
}
