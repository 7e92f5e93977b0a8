package istio

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// The actions of AuthorizationPolicies.
const (
	actionAllow  = "ALLOW"
	actionDeny   = "DENY"
	actionCustom = "CUSTOM"
	actionAudit  = "AUDIT"
)

// action is what a policy does with requests that its rules match.
func (r *resource) action() string {
	if v := r.Spec.Member("action"); v.IsSet() {
		return v.Text
	}
	return actionAllow
}

func actions() []string {
	return []string{actionAllow, actionDeny, actionCustom, actionAudit}
}

// actionDoubt is why it is not known what the action of a policy is; nil where it is.
func (r *resource) actionDoubt() *rules.Unknown {
	if action := r.action(); !slices.Contains(actions(), action) {
		return &rules.Unknown{Why: "the action of " + r.String() + " is " + action +
			", which is not one that is known"}
	}
	return nil
}

// dryRun is the annotation that makes a policy one that is only logged.
const dryRun = "istio.io/dry-run"

func (r *resource) dryRun() *source.Value {
	return r.At.At("metadata", "annotations", dryRun)
}

// logged reports whether a policy is only logged. Istio reads the text of the annotation as Go
// reads a truth value; what it can't read counts as false.
func (r *resource) logged() bool {
	text, _ := r.dryRun().Str()
	logged, err := strconv.ParseBool(text)
	return err == nil && logged
}

// enforced lists the policies of an action that count. One in dry run does not.
func (c *compiler) enforced(action string) []*resource {
	return source.Where(c.policies, func(p *resource) bool {
		return p.Kind == authorizationPolicy && p.action() == action && !p.logged()
	})
}

// authRule is one rule of an AuthorizationPolicy.
type authRule struct {
	of     *resource
	index  int
	at     *source.Value
	broken string // why Istio leaves it out, whatever the action; else empty

	// unbuilt is why Istio leaves it out of an ALLOW policy; empty where it does not.
	unbuilt string

	from [][]condition
	to   [][]condition
	when []condition
}

// conditions are all that the rule has, whether they are alternatives or not.
func (r *authRule) conditions() []condition {
	return slices.Concat(slices.Concat(r.from...), slices.Concat(r.to...), r.when)
}

// leftOut is why Istio leaves the rule out, or a part of it.
func (r *authRule) leftOut() string {
	if r.broken != "" {
		return r.broken
	}
	for _, one := range r.conditions() {
		bad := cmp.Or(
			unbuilt(one.attribute, one.values.Texts()), unbuilt(one.attribute, one.not.Texts()),
		)
		if bad != "" {
			return bad
		}
	}
	return ""
}

// path is where the rule is in its policy: "rules[0]".
func (r *authRule) path() string { return fmt.Sprintf("rules[%d]", r.index) }

// String names the rule as the access log does.
func (r *authRule) String() string {
	return fmt.Sprintf("ns[%s]-policy[%s]-rule[%d]", r.of.Namespace, r.of.Name, r.index)
}

// rulesOf lists the rules of a policy. One that is null is none: the policy is unreadable then.
func rulesOf(p *resource) []*authRule {
	var all []*authRule
	for i, v := range p.Spec.Member("rules").List() {
		if v.Is(source.Null) {
			continue
		}
		r := &authRule{of: p, index: i, at: v}
		r.read()
		r.unbuilt = r.leftOut()
		all = append(all, r)
	}
	return all
}

// read takes the conditions of a rule.
func (r *authRule) read() {
	path := r.path() + "."
	for path, item := range kubernetes.ItemsIn(r.at, path, "from") {
		r.from = append(r.from, conditionsIn(
			item.Member("source"), path+"source.", sourceFields(),
		))
	}
	for path, item := range kubernetes.ItemsIn(r.at, path, "to") {
		r.to = append(r.to, conditionsIn(
			item.Member("operation"), path+"operation.", operationFields(),
		))
	}
	for path, item := range kubernetes.ItemsIn(r.at, path, "when") {
		of := item.Member("key")
		if why := kubernetes.DoubtOf(of, path+"key"); why != nil {
			r.when = append(r.when, condition{
				values: kubernetes.List{Field: path + "key", At: of, Doubt: why},
			})
			continue
		}
		key, _ := of.Str()
		if !isKnown(key) && r.broken == "" {
			r.broken = "unknown attribute " + key
		}
		r.when = append(r.when, condition{
			attribute: key,
			values:    kubernetes.ListIn(item, path, "values"),
			not:       kubernetes.ListIn(item, path, "notValues"),
		})
	}
}

// namedField is a field of a source or an operation, and the attribute that it is about.
type namedField struct{ name, not, attribute string }

func sourceFields() []namedField {
	return []namedField{
		{"principals", "notPrincipals", ofPeer},
		{"requestPrincipals", "notRequestPrincipals", ofPrincipal},
		{"namespaces", "notNamespaces", ofNamespace},
		{"serviceAccounts", "notServiceAccounts", ofAccount},
		{"trustDomains", "notTrustDomains", ofTrust},
		{"remoteIpBlocks", "notRemoteIpBlocks", ofRemoteIP},
		{"ipBlocks", "notIpBlocks", ofSourceIP},
	}
}

func operationFields() []namedField {
	return []namedField{
		{"hosts", "notHosts", ofHost},
		{"methods", "notMethods", ofMethod},
		{"paths", "notPaths", ofPath},
		{"ports", "notPorts", ofDestPort},
	}
}

func conditionsIn(object *source.Value, path string, fields []namedField) []condition {
	all := []condition{}
	for _, f := range fields {
		one := condition{
			attribute: f.attribute,
			values:    kubernetes.ListIn(object, path, f.name),
			not:       kubernetes.ListIn(object, path, f.not),
		}
		if !one.values.Empty() || !one.not.Empty() {
			all = append(all, one)
		}
	}
	return all
}

// unreadable is why it is not known what the rules of a policy are; nil where it is.
func (r *resource) unreadable() *rules.Unknown {
	if why := kubernetes.DoubtOf(r.dryRun(), dryRun); why != nil {
		return why
	}
	items := r.Spec.Member("rules")
	if !items.IsSet() {
		return nil
	}
	odd := func(v *source.Value) bool { return !v.Is(source.Object) }
	if items.Is(source.List) && !slices.ContainsFunc(items.Items, odd) {
		for i, rule := range items.Items {
			if why := misshapen(rule, fmt.Sprintf("rules[%d].", i)); why != nil {
				return why
			}
		}
		return nil
	}
	if why := kubernetes.DoubtOf(items, "rules"); why != nil {
		return why
	}
	return &rules.Unknown{Why: "the rules of " + r.String() + " can't be read"}
}

// misshapen is why it is not known what a rule asks for; nil where all its parts have the form
// that they must have.
func misshapen(rule *source.Value, path string) *rules.Unknown {
	for _, part := range []struct{ name, of string }{
		{"from", "source"}, {"to", "operation"}, {"when", ""},
	} {
		items := rule.Member(part.name)
		if why := kubernetes.ShapeDoubt(items, source.List, path+part.name); why != nil {
			return why
		}
		for _, item := range items.List() {
			why := kubernetes.ShapeDoubt(item, source.Object, path+part.name)
			if why == nil && part.of != "" {
				why = kubernetes.ShapeDoubt(item.Member(part.of), source.Object, path+part.name)
			}
			if why != nil {
				return why
			}
		}
	}
	return nil
}

// deny is that no rule of a DENY policy matches. It is not ok where there is none.
func (c *compiler) deny() (rules.Node, bool) {
	node := rules.Node{All: []rules.Node{}}
	var count rules.Conditions
	for _, p := range c.enforced(actionDeny) {
		if why := p.unreadable(); why != nil {
			node.All = append(node.All, rules.Node{Check: notModelled(p.At, "rules", why)})
			continue
		}
		for _, r := range p.rules() {
			if r.broken != "" || count.Beyond(rules.Node{}) {
				continue
			}
			check := rules.CheckAt(
				rules.Authorization, r.at, r.path(), rules.Documented.From(docPolicy),
			)
			check.Answer = c.denial()
			check.Test = rules.Negate(c.matches(r))
			check.Wants = "a request that the DENY rule " + r.String() + " does not match"
			node.All = append(node.All, rules.Node{Check: check})
			if count.Beyond(rules.Node{Check: check}) {
				node.All = append(node.All, rules.Node{Check: beyond(p)})
			}
		}
	}
	return node, len(node.All) > 0
}

// matches is the predicate that a rule of a DENY, CUSTOM or folded ALLOW policy matches. What
// Istio can't build is left out of it.
func (c *compiler) matches(r *authRule) rules.Predicate {
	parts := []rules.Predicate{}
	add := func(alternatives [][]condition) {
		if len(alternatives) == 0 {
			return
		}
		var some []rules.Predicate
		for _, one := range alternatives {
			some = append(some, envoy.Both(c.tests(one)))
		}
		parts = append(parts, envoy.Either(some))
	}
	add(r.from)
	add(r.to)
	parts = append(parts, c.tests(r.when)...)
	return envoy.Both(parts)
}

// tests are the predicates of some conditions, each of which must hold.
func (c *compiler) tests(all []condition) []rules.Predicate {
	parts := []rules.Predicate{}
	for _, one := range all {
		if p, ok := c.test(one.attribute, one.values); ok {
			parts = append(parts, p)
		}
		if p, ok := c.test(one.attribute, one.not); ok {
			parts = append(parts, rules.Negate(p))
		}
	}
	return parts
}

// allow is that a rule of an ALLOW policy matches. It is not ok where there is no such policy:
// then every request passes. Folded, all rules are one check: there are too many to look at each
// way past them.
func (c *compiler) allow(folded bool) (rules.Node, bool) {
	all := c.enforced(actionAllow)
	if len(all) == 0 {
		return rules.Node{}, false
	}
	answer := c.denial()
	node := rules.Node{Any: []rules.Node{}, Answer: &answer}
	var tests []rules.Predicate
	var count rules.Conditions
	for _, p := range all {
		if why := p.unreadable(); why != nil {
			node.Any = append(node.Any, rules.Node{Check: notModelled(p.At, "rules", why)})
			tests = append(tests, rules.Undecided(why))
			continue
		}
		for _, r := range p.rules() {
			if count.Beyond(rules.Node{}) || r.unbuilt != "" {
				continue
			}
			one := rules.Node{}
			if folded {
				tests = append(tests, c.matches(r))
				one.Check = &rules.Check{Test: tests[len(tests)-1]}
			} else {
				one = c.allowRule(r)
			}
			node.Any = append(node.Any, one)
			if count.Beyond(one) {
				node.Any = append(node.Any, rules.Node{Check: beyond(p)})
				tests = append(tests, rules.Undecided(beyond(p).Unknown))
			}
		}
	}
	for _, p := range c.policies {
		if p.Kind == authorizationPolicy && p.actionDoubt() != nil {
			node.Any = append(node.Any, rules.Node{
				Check: notModelled(p.At, "action", p.actionDoubt()),
			})
			tests = append(tests, rules.Undecided(p.actionDoubt()))
		}
	}
	p := all[0]
	if len(node.Any) == 0 {
		check := rules.CheckAt(
			rules.Authorization, p.At, "rules", rules.Documented.From(docPolicy),
		)
		check.Test = rules.Never()
		check.Refuses = "the ALLOW policies of this workload, such as " + p.String() +
			", have no rule that counts: they allow nothing"
		check.Meant = !slices.ContainsFunc(all, func(p *resource) bool {
			return p.Spec.Member("rules").IsSet()
		})
		check.Answer = answer
		return rules.AllOf(check), true
	}
	if folded {
		at := cmp.Or(p.Spec.Member("rules"), p.At)
		check := rules.CheckAt(rules.Authorization, at, "rules", rules.Documented.From(docPolicy))
		check.Test, check.Answer = envoy.Either(tests), answer
		check.Wants = fmt.Sprintf("a request that one of %d ALLOW rules matches", len(tests))
		return rules.AllOf(check), true
	}
	if len(node.Any) == 1 {
		return rules.Node{All: []rules.Node{node.Any[0]}, Answer: &answer}, true
	}
	return node, true
}

// beyond is the check that stands for the rules of a workload that are not compiled, since there
// are more than are looked at.
func beyond(p *resource) *rules.Check {
	return notModelled(p.At, "rules", &rules.Unknown{
		Why: "the policies of this workload have more conditions than are looked at",
	})
}

// allowRule is what one rule of an ALLOW policy wants, each condition a check.
func (c *compiler) allowRule(r *authRule) rules.Node {
	node := rules.Node{All: []rules.Node{}}
	if check := c.needsToken(r); check != nil {
		node.All = append(node.All, rules.Node{Check: check})
	}
	add := func(alternatives [][]condition) {
		var some []rules.Node
		for _, one := range alternatives {
			some = append(some, rules.Node{All: c.checks(r, one)})
		}
		switch len(some) {
		case 0:
		case 1:
			node.All = append(node.All, some[0].All...)
		default:
			node.All = append(node.All, rules.Node{Any: some})
		}
	}
	add(r.from)
	add(r.to)
	node.All = append(node.All, c.checks(r, r.when)...)
	return node
}

// needsToken is the check that a request has a token, where a rule can't match without one.
func (c *compiler) needsToken(r *authRule) *rules.Check {
	wants := func(all []condition) *condition {
		for i := range all {
			if readsToken(all[i].attribute) && len(all[i].values.Values) > 0 {
				return &all[i]
			}
		}
		return nil
	}
	at := wants(r.when)
	for i, one := range r.from {
		found := wants(one)
		if found == nil {
			break
		}
		if i == len(r.from)-1 && at == nil {
			at = found
		}
	}
	if at == nil {
		return nil
	}
	of := at.values
	check := rules.CheckAt(rules.TokenPresent, of.At, of.Field, rules.Documented.From(docPolicy))
	check.Answer = c.denial()
	check.Test = c.sent
	if len(c.jwt) == 0 && c.unread == nil {
		check.Wants = "a token that a RequestAuthentication has read"
		check.Refuses = "no RequestAuthentication selects this workload: no token is ever read, " +
			"and " + at.attribute + " matches nothing"
		check.Remedy = "Add a RequestAuthentication that selects this workload, or pass the " +
			"file that has it too, such as by its folder"
	}
	return check
}

// checks are those of some conditions.
func (c *compiler) checks(r *authRule, all []condition) []rules.Node {
	nodes := []rules.Node{}
	for _, one := range all {
		for _, of := range []struct {
			kubernetes.List
			not bool
		}{{one.values, false}, {one.not, true}} {
			test, ok := c.test(one.attribute, of.List)
			if !ok {
				continue
			}
			check := c.checkOf(one.attribute, of.List)
			switch check.Test = test; {
			case of.not:
				check.Test = rules.Negate(test)
			case one.attribute == ofPrincipal:
				check.Wants = principalsInWords(of.Texts())
			}
			check.Answer = c.denial()
			check.Remark = "the rule is " + r.String()
			nodes = append(nodes, rules.Node{Check: check})
		}
	}
	return nodes
}

// checkOf starts the check of an attribute.
func (c *compiler) checkOf(attribute string, of kubernetes.List) *rules.Check {
	at := of.At
	switch {
	case attribute == ofAudiences:
		return rules.CheckAt(rules.Audience, at, of.Field, rules.Documented.From(docKeys))
	case attribute == ofPresenter:
		check := rules.CheckAt(rules.CustomClaim, at, of.Field, observed())
		check.Claim = "azp"
		return check
	case strings.HasPrefix(attribute, ofClaims):
		check := rules.CheckAt(rules.CustomClaim, at, of.Field, rules.Documented.From(docKeys))
		path, _ := inBrackets(strings.TrimPrefix(attribute, ofClaims))
		check.Claim = strings.Join(path, ".")
		check.Grant = entra.GrantOf(check.Claim)
		return check
	case attribute == ofPrincipal:
		return rules.CheckAt(rules.Authorization, at, of.Field, observed())
	case attribute == ofMethod || attribute == ofPath || attribute == ofHost ||
		strings.HasPrefix(attribute, ofHeaders):
		return rules.CheckAt(rules.Conditional, at, of.Field, rules.Documented.From(docPolicy))
	}
	return rules.CheckAt(rules.Authorization, at, of.Field, rules.Documented.From(docKeys))
}
