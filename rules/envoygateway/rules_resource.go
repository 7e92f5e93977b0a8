package envoygateway

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func policyRefused() rules.Rule {
	return rules.Rule{
		Name:  "policy-refused",
		Title: "the cluster refuses a policy",
		Why: "Envoy Gateway has no webhook: the definition of SecurityPolicy alone says what is " +
			"refused. Of what it lets in Envoy Gateway leaves out a route's policy with " +
			"passThroughAuthHeader and without a JWT provider that looks for a token in a " +
			"header, or with one that looks where forwardIDToken writes: the route is as open " +
			"as without it.",
		Fix:        "In Envoy Gateway write the field as its API has it.",
		Severity:   rules.Error,
		References: []string{docAPI, codeTypes},
		Check: eachInstance(func(s subject) {
			p := s.policy
			for _, r := range p.refusals(s.cluster) {
				s.found.At(r.at, r.field, "%s is refused: %s", p.String(), r.why)
			}
			if at, why := s.notTaken(); why != "" && s.doubt == nil {
				s.found.At(at, passField, "Envoy Gateway leaves out %s, and the route is as open "+
					"as without it: %s", p.String(), why)
			}
		}),
	}
}

func policyWithAnError() rules.Rule {
	return rules.Rule{
		Name:  "policy-with-an-error",
		Title: "a policy has an error, and its routes answer 500",
		Why: "The API server takes the policy, and Envoy Gateway can't translate it. Its routes " +
			"are not left open: they answer 500, unless a filter refuses the request before.",
		Fix: "Repair what the finding names. The condition Accepted in the status of the policy " +
			"says it too.",
		Severity:   rules.Error,
		References: []string{codePolicy, notesClosed},
		Check: eachInstance(func(s subject) {
			if _, _, refused := s.refused(); refused != "" || s.doubt != nil {
				return
			}
			if at, unknown := s.policy.notAccepted(); unknown != nil {
				s.found.At(at, "status", "%s", unknown.Why)
			} else if at, field, why := s.broken(); why != "" {
				s.found.At(at, field, "%s: no request gets in, and the routes answer 500", why)
			}
		}),
	}
}

func providerNotInPolicy() rules.Rule {
	return rules.Rule{
		Name:  "provider-not-in-policy",
		Title: "a rule names a JWT provider that its SecurityPolicy does not have",
		Why: "A rule reads the claims that the provider of its name has left. If the policy has " +
			"no provider of that name there are none, and the rule matches nothing. If it has " +
			"no jwt at all, the API server refuses it: the providers of the Gateway's policy " +
			"do not count, even if the two are merged.",
		Fix: "Name a provider of the same SecurityPolicy; repeat jwt in the route's policy if " +
			"the Gateway's has it.",
		Severity:   rules.Error,
		References: []string{docAPI, issueMerged, codeTypes},
		Check: eachInstance(func(s subject) {
			for _, r := range rulesIn(s.spec) {
				jwt, name := r.jwt(), r.jwt().Member("provider")
				if text, _ := name.Str(); text != "" && !kubernetes.Marked(name) &&
					s.doubt == nil && s.providerOf(jwt) == nil && len(s.providers) > 0 {
					s.found.At(name, r.path+"principal.jwt.provider", "this SecurityPolicy has "+
						"no provider %s: the rule matches nothing", name.Text)
				}
			}
		}),
	}
}

func tokenNotNeeded() rules.Rule {
	return rules.Rule{
		Name:  "token-not-needed",
		Title: "a request without a token gets in",
		Why: "In Envoy Gateway optional lets a request pass the JWT filter that has no token, " +
			"and failOpen one whose token is bad too. Only authorization rules that each ask " +
			"for something of a token keep it out.",
		Fix: "In Envoy Gateway remove optional and failOpen, or allow by rules with " +
			"principal.jwt alone, with defaultAction Deny.",
		Severity: rules.Error,
		Lesser: "a warning where a rule allows it with a header of the caller's, which may be a " +
			"secret, or for some methods or paths, which may be meant to be open",
		References: []string{docAPI, docJWT},
		Check: eachInstance(func(s subject) {
			jwt := s.spec.Member("jwt")
			if len(s.providers) == 0 || s.doubt != nil {
				return
			}
			in, chosen := envoy.LetsIn(s.root())
			var f *rules.Finding
			switch {
			case !in:
			case s.open == rules.Yes:
				f = s.found.At(jwt.Member("failOpen"), "jwt.failOpen", "a request without a "+
					"token gets in, or with a bad one: failOpen lets it pass, and "+
					"authorization does not refuse it")
			case s.optional == rules.Yes:
				f = s.found.At(jwt.Member("optional"), "jwt.optional", "a request without a "+
					"token gets in: optional lets it pass, and authorization does not refuse it")
			}
			if f != nil && (chosen || s.opensSomeRoutes()) {
				f.Severity = rules.Warning
			}
		}),
	}
}

// opensSomeRoutes reports whether each rule that allows requests without a token does so for some
// methods or paths alone.
func (s *subject) opensSomeRoutes() bool {
	open := source.Without(rulesIn(s.spec), func(r *authRule) bool {
		in, _ := envoy.LetsIn(s.allowRule(r))
		return r.action != actionAllow || !in
	})
	return len(open) > 0 && s.defaultAllows() == rules.No &&
		!slices.ContainsFunc(open, func(r *authRule) bool {
			return !r.at.Member("operation").IsSet()
		})
}

func rulesDecideNothing() rules.Rule {
	return rules.Rule{
		Name:  "rules-decide-nothing",
		Title: "authorization refuses no request",
		Why: "With defaultAction Allow a request passes that no rule matches, and an Allow rule " +
			"that matches every request lets them all pass. Where no Deny rule stands before " +
			"that, authorization decides nothing: every request gets in that has an accepted " +
			"token, or every one where jwt asks for none.",
		Fix:      "Leave defaultAction out, or set it to Deny, and allow by rules what is meant.",
		Severity: rules.Error, Lesser: "a warning where no other rule was to decide",
		References: []string{docAPI, codeRules},
		Check:      eachInstance(checkDeciding),
	}
}

func checkDeciding(s subject) {
	v, all := s.spec.Member("authorization"), rulesIn(s.spec)
	open := s.defaultAllows() == rules.Yes
	if s.doubt != nil || !v.IsSet() || s.unreadable(v) != nil || !s.chain(all, open).always {
		return
	}
	const field = "authorization.defaultAction"
	if n := len(all); n == 0 {
		s.found.At(v.Member("defaultAction"), field, "authorization refuses no request: it has "+
			"no rule, and defaultAction is Allow").Severity = rules.Warning
	} else if open {
		s.found.At(v.Member("defaultAction"), field, "the rules decide nothing: none denies a "+
			"request, and defaultAction is Allow")
	} else if _, matches := s.matches(all[n-1]); matches == rules.Yes {
		f := s.found.At(all[n-1].at, "authorization.rules", "authorization refuses no request: "+
			"%s allows every one", all[n-1])
		if n == 1 {
			f.Severity = rules.Warning
		}
	}
}

func policySelectsNothing() rules.Rule {
	return rules.Rule{
		Name:  "policy-selects-nothing",
		Title: "a policy selects nothing that the files show",
		Why: "A SecurityPolicy is attached to what is in its own namespace. One that names or " +
			"selects a Gateway or a route that is not there protects nothing, and nobody says " +
			"so: it has no status.",
		Fix: "Write the name and the kind of a route or a Gateway of the policy's namespace, or " +
			"the labels that it has.",
		Severity:   rules.Warning,
		References: []string{docAttach, codePolicy},
		Check: eachInstance(func(s subject) {
			p := s.policy
			shown := func(kind string) bool {
				return slices.ContainsFunc(s.shown, func(a *attachable) bool {
					return a.Kind == kind
				})
			}
			if p.idle != "" {
				s.found.At(p.Spec.Member("targetRefs"), "targetRefs", "%s", p.idle)
			}
			for _, ref := range p.refs {
				t := target{ref.Kind, p.Namespace, ref.Name, ref.Section}
				if s.lacksSection(t) {
					s.found.At(ref.At, "targetRefs", "%s %s has no section %s "+
						"in these files: the policy is not attached to it", ref.Kind,
						qualified(p.Namespace, ref.Name), ref.Section)
				}
				if shown(ref.Kind) && !s.mayShow(t) {
					s.found.At(ref.At, "targetRefs", "there is no %s %s in these files", ref.Kind,
						qualified(p.Namespace, ref.Name))
				}
			}
			list := p.Spec.Member("targetSelectors").List()
			for i, selector := range p.selectors {
				if shown(selector.kind) && !selector.wide &&
					s.selectsShown(p, selector) == rules.No {
					s.found.At(list[i], "targetSelectors", "no %s of namespace %s has the labels "+
						"%s in these files", selector.kind, p.Namespace, selector.String())
				}
			}
		}),
	}
}

// mayShow reports whether the files show a resource, or one that may be it.
func (c *cluster) mayShow(t target) bool {
	some := c.marked
	if c.isOpen(t) {
		some = c.shown
	}
	return c.find(t) != nil ||
		slices.ContainsFunc(some, func(a *attachable) bool { return a.mayBe(t) })
}

func outerPolicyDropped() rules.Rule {
	return rules.Rule{
		Name:  "outer-policy-dropped",
		Title: "a route's policy drops what its Gateway's policy checks",
		Why: "Of a SecurityPolicy on a Gateway and one on a route the route's alone counts, " +
			"whatever it is about: one that has CORS only takes the Gateway's jwt away, and " +
			"every request gets in. A policy on a listener, or on a rule of a route, does the " +
			"same.",
		Fix: "Set mergeType: StrategicMerge in the route's policy (Envoy Gateway 1.8 and " +
			"later), or repeat in it what the Gateway's policy checks.",
		Severity:   rules.Error,
		References: []string{docAttach, issueDropped, notesMerge, codePolicy},
		Check: eachInstance(func(s subject) {
			lost := s.dropped()
			if len(lost) == 0 || s.doubt != nil {
				return
			}
			verb := "holds"
			if len(lost) > 1 {
				verb = "hold"
			}
			s.found.At(s.policy.attachment(), lost[0], "%s takes the place of %s, whose %s no "+
				"longer %s for %s", s.policy.String(), s.outer.String(),
				strings.Join(lost, " and "), verb, s.name)
		}),
	}
}

// dropped lists what the outer policy checks and the one that takes its place does not.
func (i *instance) dropped() []string {
	if i.outer == nil || i.merges() {
		return nil
	}
	all := []string{"jwt", "authorization", "oidc", "basicAuth", "apiKeyAuth", "extAuth"}
	return source.Where(all, func(field string) bool {
		return i.outer.Spec.Member(field).IsSet() && !i.spec.Member(field).IsSet()
	})
}

// attachment is where the policy says what it is attached to.
func (p *policy) attachment() *source.Value {
	for _, field := range []string{"targetRefs", "targetRef", "targetSelectors"} {
		if v := p.Spec.Member(field); v.IsSet() {
			return v
		}
	}
	return p.Spec
}

func ruleShadowed() rules.Rule {
	return rules.Rule{
		Name:  "rule-shadowed",
		Title: "an authorization rule is never reached",
		Why: "The first rule that matches decides. A rule that matches every request, such as " +
			"one with the address range 0.0.0.0/0 alone, or one with the same conditions " +
			"decides before the rules behind it.",
		Fix: "Put the rule that is about fewer requests first, and what is about all of them " +
			"last, or into defaultAction.",
		Severity: rules.Error,
		Lesser: "a warning where the rule behind decides alike, or where the range holds " +
			"addresses of one family",
		References: []string{docAPI, codeRules},
		Check:      eachInstance(checkShadowed),
	}
}

func checkShadowed(s subject) {
	all := rulesIn(s.spec)
	if s.doubt != nil || s.unreadable(s.spec.Member("authorization")) != nil {
		return
	}
	var before ahead
	for _, r := range all {
		if first := before.first(r); first != nil {
			f := s.found.At(r.at, "authorization.rules", "%s is never reached: %s, which "+
				"stands before it, %s", r, first.by, first.why)
			if !first.sure || r.action == first.by.action {
				f.Severity = rules.Warning
			}
		}
		before.add(s, r)
	}
}

// ahead is what the rules before another one decide; of those that decide alike, the first.
type ahead struct {
	every *deciding            // all of them; nil where no rule does
	alike map[string]*authRule // the requests with conditions, as they are written
}

// deciding is a rule, and why it decides each request that one behind it matches. It is sure where
// no address makes a difference.
type deciding struct {
	by   *authRule
	why  string
	sure bool
}

// first is the first rule that decides all that a rule behind it matches; nil where there is none.
func (a *ahead) first(r *authRule) *deciding {
	same := a.alike[conditionsOf(r.at)]
	switch one := a.every; {
	case same == nil, one != nil && one.by.index < same.index,
		one != nil && one.by == same && one.sure:
		return one
	}
	return &deciding{same, "has the same conditions", true}
}

// add adds a rule after the others.
func (a *ahead) add(s subject, r *authRule) {
	if a.alike == nil {
		a.alike = map[string]*authRule{}
	}
	if conditions := conditionsOf(r.at); a.alike[conditions] == nil {
		a.alike[conditions] = r
	}
	if a.every != nil {
		return
	}
	if _, matches := s.matches(r); matches == rules.Yes {
		a.every = &deciding{r, "matches every request", true}
	} else if family := s.family(r); family != "" {
		a.every = &deciding{r, "matches every request by " + family, false}
	}
}

// family is the family of addresses that a rule asks for, where it takes any of them and asks for
// nothing else; empty where there is none.
func (s *subject) family(r *authRule) string {
	principal := r.at.Member("principal")
	ranges := kubernetes.ListIn(principal, r.path+"principal.", "clientCIDRs")
	four, six := wholeFamilies(ranges.Texts())
	switch {
	case len(s.conditions(r)) != 1, four && six: // then the condition is another
		return ""
	case four:
		return "IPv4"
	case six:
		return "IPv6"
	}
	return ""
}

// conditionsOf is which requests a rule is about, as it is written.
func conditionsOf(rule *source.Value) string {
	var all []string
	for _, field := range []string{"principal", "operation", "cel"} {
		all = append(all, rule.Member(field).JSON())
	}
	return strings.Join(all, "\n")
}
