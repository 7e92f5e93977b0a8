package envoygateway

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// The actions of authorization rules.
const (
	actionAllow = "Allow"
	actionDeny  = "Deny"
)

// authRule is one authorization rule.
type authRule struct {
	at     *source.Value
	index  int
	path   string // "authorization.rules[0]."
	action string
}

// String names the rule as its policy does, or by its place.
func (r *authRule) String() string {
	if name, ok := r.at.Member("name").Str(); ok && name != "" {
		return name
	}
	return fmt.Sprintf("authorization.rules[%d]", r.index)
}

// rulesIn lists the authorization rules of a spec.
func rulesIn(spec *source.Value) []*authRule {
	var all []*authRule
	for i, v := range spec.At("authorization", "rules").List() {
		all = append(all, &authRule{
			at: v, index: i, path: fmt.Sprintf("authorization.rules[%d].", i),
			action: v.TextAt("action"),
		})
	}
	return all
}

// comparedClaim is a claim that a rule compares.
type comparedClaim struct {
	at         *source.Value
	path       string // "authorization.rules[0].principal.jwt.claims[0]."
	name, kind string // the kind is that of valueType; empty where it is absent
}

// jwt is what the rule says of tokens.
func (r *authRule) jwt() *source.Value { return r.at.At("principal", "jwt") }

// claims lists those that the rule compares.
func (r *authRule) claims() []comparedClaim {
	var all []comparedClaim
	for path, v := range kubernetes.ItemsIn(r.jwt(), r.path+"principal.jwt.", "claims") {
		all = append(all, comparedClaim{
			at: v, path: path, name: v.TextAt("name"), kind: v.TextAt("valueType"),
		})
	}
	return all
}

// defaultAllows tells whether a request passes that no rule matches.
func (c *compiler) defaultAllows() rules.Truth {
	v := c.spec.At("authorization", "defaultAction")
	switch text, _ := v.Str(); {
	case !v.IsSet(), text == actionDeny:
		return rules.No
	case text == actionAllow:
		return rules.Yes
	}
	return rules.Maybe
}

// authorization is that the first rule that matches allows the request. It is not ok where every
// request passes. Folded, all rules are one check: there are too many to look at each way past
// them.
func (c *compiler) authorization(folded bool) (rules.Node, bool) {
	v := c.spec.Member("authorization")
	if !v.IsSet() {
		return rules.Node{}, false
	}
	if why := c.unreadable(v); why != nil {
		return rules.AllOf(notModelled(v, "authorization", why)), true
	}
	all, open := rulesIn(c.spec), c.defaultAllows() == rules.Yes
	all = source.Without(all, func(r *authRule) bool { return !c.counts(r) })
	passed := c.chain(all, open)
	at, field := v, "authorization"
	if list := v.Member("rules"); list != nil {
		at, field = list, "authorization.rules"
	}
	check := rules.CheckAt(rules.Authorization, at, field, rules.Documented.From(docAPI))
	check.Answer = c.row(envoy.Denied)
	switch {
	case passed.always:
		return rules.Node{}, false
	case passed.never:
		check.Test = rules.Never()
		check.Refuses = "no authorization rule allows " + c.what() + ", and defaultAction is Deny"
		if open {
			check.Refuses = "a Deny rule matches " + c.what()
		}
		return rules.AllOf(check), true
	case folded:
		check.Test = c.folded(all, open)
		check.Wants = fmt.Sprintf("a request that one of %d authorization rules allows", len(all))
		return rules.AllOf(check), true
	}
	return passed.node, true
}

// what is the part of a request that the rules are asked about, as far as it is known.
func (c *compiler) what() string {
	switch {
	case c.only == nil:
		return "any request"
	case len(c.only) == 0:
		return "a request without a token"
	}
	return "a token of the provider " + c.only[0].name
}

// misshapen is why it is not known what a rule asks for; nil where all its parts have the form
// that they must have.
func (r *authRule) misshapen() *rules.Unknown {
	principal, jwt := r.at.Member("principal"), r.jwt()
	for _, part := range []struct {
		at    *source.Value
		kind  source.Kind
		field string
	}{
		{r.at.Member("operation"), source.Object, "operation"},
		{principal, source.Object, "principal"},
		{principal.Member("headers"), source.List, "principal.headers"},
		{jwt, source.Object, "principal.jwt"},
		{jwt.Member("claims"), source.List, "principal.jwt.claims"},
	} {
		if why := kubernetes.ShapeDoubt(part.at, part.kind, r.path+part.field); why != nil {
			return why
		}
	}
	for _, claim := range r.claims() {
		why := kubernetes.ShapeDoubt(claim.at, source.Object, r.path+"principal.jwt.claims")
		if why != nil {
			return why
		}
	}
	return nil
}

// unreadable is why it is not known what the rules are; nil where it is.
func (c *compiler) unreadable(v *source.Value) *rules.Unknown {
	list := v.Member("rules")
	if why := kubernetes.DoubtOf(v, "authorization"); why != nil {
		return why
	}
	if why := kubernetes.DoubtOf(list, "authorization.rules"); why != nil {
		return why
	}
	odd := &rules.Unknown{Why: "the authorization rules can't be read: what the API server " +
		"refuses is not in the cluster, or an earlier version is"}
	if !v.Is(source.Object) || list.IsSet() && !list.Is(source.List) {
		return odd
	}
	if c.defaultAllows() == rules.Maybe {
		if why := kubernetes.DoubtOf(v.Member("defaultAction"),
			"authorization.defaultAction"); why != nil {
			return why
		}
		return odd
	}
	for _, r := range rulesIn(c.spec) {
		if why := kubernetes.DoubtOf(r.at.Member("action"), r.path+"action"); why != nil {
			return why
		}
		if why := r.misshapen(); why != nil {
			return why
		}
		if !r.at.Is(source.Object) || r.action != actionAllow && r.action != actionDeny {
			return odd
		}
	}
	return nil
}

// passed is what the rules from one on let pass: some requests, or all, or none.
type passed struct {
	node          rules.Node
	always, never bool
}

// chain is what rules let pass. Rules of one action that follow each other are alternatives: a
// request that an Allow rule matches passes, and one that a Deny rule matches does not, whatever
// comes behind them.
func (c *compiler) chain(all []*authRule, open bool) passed {
	if len(all) == 0 {
		return passed{always: open, never: !open}
	}
	n := 1
	for n < len(all) && all[n].action == all[0].action {
		n++
	}
	rest := c.chain(all[n:], open)
	if all[0].action == actionDeny {
		return c.pastDeny(all[:n], rest)
	}
	return c.pastAllow(all[:n], rest)
}

func (c *compiler) pastAllow(all []*authRule, rest passed) passed {
	if rest.always {
		return rest
	}
	answer := c.row(envoy.Denied)
	node := rules.Node{Any: []rules.Node{}, Answer: &answer}
	var count rules.Conditions
	for _, r := range all {
		one := c.allowRule(r)
		if len(one.All) == 0 {
			return passed{always: true}
		}
		if node.Any = append(node.Any, one); count.Beyond(one) {
			break
		}
	}
	if !rest.never {
		node.Any, node.Reports = append(node.Any, rest.node), rules.Last
	}
	if len(node.Any) == 1 {
		return passed{node: rules.Node{All: node.Any, Answer: &answer}}
	}
	return passed{node: node}
}

func (c *compiler) pastDeny(all []*authRule, rest passed) passed {
	if rest.never {
		return rest
	}
	node := rules.Node{All: []rules.Node{}}
	for _, r := range all {
		test, matches := c.matches(r)
		if matches == rules.No {
			continue
		}
		if matches == rules.Yes {
			return passed{never: true}
		}
		check := rules.CheckAt(rules.Authorization, r.at, fmt.Sprintf("authorization.rules[%d]",
			r.index), rules.Documented.From(docAPI))
		check.Answer = c.row(envoy.Denied)
		check.Test = rules.Negate(test)
		check.Wants = "a request that the Deny rule " + r.String() + " does not match"
		node.All = append(node.All, rules.Node{Check: check})
	}
	if len(node.All) == 0 {
		return rest
	}
	if !rest.always {
		node.All = append(node.All, rest.node)
	}
	return passed{node: node}
}

// folded is what the rules let pass, as one predicate.
func (c *compiler) folded(all []*authRule, open bool) rules.Predicate {
	if len(all) == 0 {
		if open {
			return rules.Both()
		}
		return rules.Never()
	}
	test, matches := c.matches(all[0])
	rest := c.folded(all[1:], open)
	switch {
	case matches == rules.No:
		return rest
	case all[0].action == actionAllow:
		return rules.Either(test, rest)
	}
	return rules.Both(rules.Negate(test), rest)
}
