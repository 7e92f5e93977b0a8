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
			"refused.",
		Fix:        "In Envoy Gateway write the field as its API has it.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docAPI, codeTypes},
		Check: eachInstance(func(s subject) []rules.Finding {
			var all []rules.Finding
			p := s.policy
			for _, r := range p.refusals(s.cluster) {
				all = append(all, s.FindingAt(r.at, r.field, "%s is refused: %s", p.String(),
					r.why))
			}
			return all
		}),
	}
}

func policyWithAnError() rules.Rule {
	return rules.Rule{
		Name:  "policy-with-an-error",
		Title: "a policy has an error, and its routes answer 500",
		Why: "The API server takes the policy, and Envoy Gateway can't translate it. Its routes " +
			"are not left open: they answer 500 to every request.",
		Fix: "Repair what the finding names. The condition Accepted in the status of the policy " +
			"says it too.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{codePolicy, notesClosed},
		Check: eachInstance(func(s subject) []rules.Finding {
			if _, _, refused := s.refused(); refused != "" || s.doubt != nil {
				return nil
			}
			if at, field, why := s.broken(); why != "" {
				return []rules.Finding{s.FindingAt(at, field, "%s: every request gets 500", why)}
			}
			return nil
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
		Since:      since,
		References: []string{docAPI, issueMerged, codeTypes},
		Check: eachInstance(func(s subject) []rules.Finding {
			var all []rules.Finding
			for _, r := range rulesIn(s.spec) {
				jwt := r.at.At("principal", "jwt")
				name := jwt.Member("provider")
				if !jwt.Is(source.Object) || kubernetes.Marked(name) || s.doubt != nil {
					continue
				}
				if name == nil {
					name = jwt
				}
				if s.providerOf(jwt) == nil && len(s.providers) > 0 {
					all = append(all, s.FindingAt(name, r.path+"principal.jwt.provider",
						"this SecurityPolicy has no provider %s: the rule matches nothing",
						name.Text))
				}
			}
			return all
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
		Severity:   rules.Error,
		Since:      since,
		References: []string{docAPI, docJWT},
		Check: eachInstance(func(s subject) []rules.Finding {
			jwt := s.spec.Member("jwt")
			if len(s.providers) == 0 || s.doubt != nil || !envoy.LetsIn(s.root()) {
				return nil
			}
			if s.open == rules.Yes {
				return []rules.Finding{s.FindingAt(jwt.Member("failOpen"), "jwt.failOpen",
					"a request without a token gets in, or with a bad one: failOpen lets it "+
						"pass, and no authorization rule asks for a token")}
			}
			if v := jwt.Member("optional"); s.optional == rules.Yes {
				return []rules.Finding{s.FindingAt(v, "jwt.optional", "a request without a token "+
					"gets in: optional lets it pass, and no authorization rule asks for a token")}
			}
			return nil
		}),
	}
}

func rulesDecideNothing() rules.Rule {
	return rules.Rule{
		Name:  "rules-decide-nothing",
		Title: "authorization rules allow what is allowed anyway",
		Why: "With defaultAction Allow a request passes that no rule matches. Rules that only " +
			"allow then decide nothing: every request gets in that has an accepted token.",
		Fix:        "Leave defaultAction out, or set it to Deny.",
		Severity:   rules.Error,
		Since:      since,
		References: []string{docAPI, codeRules},
		Check: eachInstance(func(s subject) []rules.Finding {
			if s.doubt != nil || s.defaultAllows() != rules.Yes {
				return nil
			}
			all := rulesIn(s.spec)
			for _, r := range all {
				if r.action != actionAllow {
					return nil
				}
			}
			v := s.spec.At("authorization", "defaultAction")
			if len(all) == 0 || s.unreadable(s.spec.Member("authorization")) != nil {
				return nil
			}
			return []rules.Finding{s.FindingAt(v, "authorization.defaultAction",
				"the rules decide nothing: each allows, and so does defaultAction")}
		}),
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
		Since:      since,
		References: []string{docAttach, codePolicy},
		Check: eachInstance(func(s subject) []rules.Finding {
			var all []rules.Finding
			p := s.policy
			shown := func(kind string) bool {
				return slices.ContainsFunc(s.shown, func(a *attachable) bool {
					return a.Kind == kind
				})
			}
			if p.idle != "" {
				all = append(all, s.FindingAt(p.Spec.Member("targetRefs"), "targetRefs", "%s",
					p.idle))
			}
			for _, ref := range p.refs {
				t := target{ref.Kind, p.Namespace, ref.Name, ref.Section}
				if s.lacksSection(t) {
					all = append(all, s.FindingAt(ref.At, "targetRefs", "%s %s has no section %s "+
						"in these files: the policy is not attached to it", ref.Kind,
						qualified(p.Namespace, ref.Name), ref.Section))
				}
				if shown(ref.Kind) && !s.mayShow(t) {
					all = append(all, s.FindingAt(ref.At, "targetRefs",
						"there is no %s %s in these files", ref.Kind,
						qualified(p.Namespace, ref.Name)))
				}
			}
			list := itemsOf(p.Spec.Member("targetSelectors"))
			for i, selector := range p.selectors {
				if shown(selector.kind) && !selector.wide &&
					s.selectsShown(p, selector) == rules.No {
					all = append(all, s.FindingAt(list[i], "targetSelectors",
						"no %s of namespace %s has the labels %s in these files",
						selector.kind, p.Namespace, selector.String()))
				}
			}
			return all
		}),
	}
}

// mayShow reports whether the files show a resource, or one that may be it.
func (c *cluster) mayShow(t target) bool {
	return slices.ContainsFunc(c.shown, func(a *attachable) bool { return a.mayBe(t) })
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
		Since:      since,
		References: []string{docAttach, issueDropped, notesMerge, codePolicy},
		Check: eachInstance(func(s subject) []rules.Finding {
			lost := s.dropped()
			if len(lost) == 0 || s.doubt != nil {
				return nil
			}
			verb := "holds"
			if len(lost) > 1 {
				verb = "hold"
			}
			return []rules.Finding{s.FindingAt(s.policy.attachment(), lost[0],
				"%s takes the place of %s, whose %s no longer %s for %s",
				s.policy.String(), s.outer.String(), strings.Join(lost, " and "), verb,
				s.name)}
		}),
	}
}

// dropped lists what the outer policy checks and the one that takes its place does not.
func (i *instance) dropped() []string {
	var lost []string
	if i.outer == nil || i.merges() {
		return nil
	}
	for _, field := range []string{
		"jwt", "authorization", "oidc", "basicAuth", "apiKeyAuth", "extAuth",
	} {
		if isSet(i.outer.Spec.Member(field)) && !isSet(i.spec.Member(field)) {
			lost = append(lost, field)
		}
	}
	return lost
}

func isSet(v *source.Value) bool { return v != nil && !v.Is(source.Null) }

// attachment is where the policy says what it is attached to.
func (p *policy) attachment() *source.Value {
	for _, field := range []string{"targetRefs", "targetRef", "targetSelectors"} {
		if v := p.Spec.Member(field); isSet(v) {
			return v
		}
	}
	return p.Spec
}
