package istio

import (
	"cmp"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func policyRefused() rules.Rule {
	return rules.Rule{
		Name:  "policy-refused",
		Title: "the cluster refuses a policy",
		Why: "The API server takes only what the definition of the resource allows, and asks " +
			"Istio's webhook about the rest. What is refused does not get into the cluster: the " +
			"policy of before stays, or there is none.",
		Fix: "Write the field as the reference has it. kubectl apply --dry-run=server asks the " +
			"cluster without a change.",
		Severity:   rules.Error,
		References: []string{docPolicy, docRequest, codeValidate},
		Check: eachInstance(func(i instance) {
			for _, p := range i.policies {
				for _, r := range p.refused() {
					i.found.At(r.at, r.field, "%s is refused: %s", p, r.why)
				}
			}
		}),
	}
}

func policyDecidesNothing() rules.Rule {
	return rules.Rule{
		Name:  "policy-decides-nothing",
		Title: "a policy decides nothing",
		Why: "A RequestAuthentication without jwtRules looks at no token. A DENY policy denies " +
			"what one of its rules matches, and without a rule nothing: that is not the " +
			"opposite of an ALLOW policy without rules, which allows nothing. An AUDIT policy " +
			"marks requests for the log, and refuses none.",
		Fix: "Write what is to be checked. In a DENY policy, rules: [{}] denies everything; to " +
			"deny all but what is allowed, an ALLOW policy without rules will do.",
		Severity:   rules.Error,
		Lesser:     "a note for AUDIT, where no other policy of the workload decides",
		References: []string{docPolicy, docRequest, codeBuilder},
		Check: eachInstance(func(i instance) {
			for _, p := range i.policies {
				at, what := p.Spec.Member("jwtRules"), "checks"
				none := p.Kind == requestAuthentication && kubernetes.IsEmpty(at)
				if p.Kind == authorizationPolicy {
					at, none = p.deniesNothing()
					what = "denies"
				}
				if none && p.selectorUnread == "" {
					i.found.At(cmp.Or(at, p.At), "rules", "%s %s nothing: it has no rule", p, what)
				} else if p.Kind == authorizationPolicy && i.auditsOnly() {
					i.found.At(p.Spec.Member("action"), "action", "%s refuses no request: AUDIT "+
						"only marks it for the log, and no other AuthorizationPolicy of this "+
						"workload decides", p).Severity = rules.Note
				}
			}
		}),
	}
}

// auditsOnly reports whether each AuthorizationPolicy of the workload is an AUDIT policy.
func (i *instance) auditsOnly() bool {
	return !slices.ContainsFunc(i.policies, func(p *resource) bool {
		return p.Kind == authorizationPolicy && p.action() != actionAudit
	})
}

// deniesNothing reports whether a policy denies and has no rule, and where that is said.
func (r *resource) deniesNothing() (at *source.Value, ok bool) {
	list := r.Spec.Member("rules")
	denies := r.action() == actionDeny
	return cmp.Or(list, r.Spec.Member("action")), denies && kubernetes.IsEmpty(list)
}

func dryRunLeftOn() rules.Rule {
	return rules.Rule{
		Name:  "dry-run-left-on",
		Title: "an AuthorizationPolicy is in dry run, and decides nothing",
		Why: "With the annotation istio.io/dry-run a policy is logged only: what an ALLOW " +
			"policy would keep out gets in, if no other policy keeps it out.",
		Fix:        "Remove the annotation istio.io/dry-run once its log says what it should.",
		Severity:   rules.Warning,
		References: []string{docDryRun},
		Check: eachInstance(func(i instance) {
			for _, p := range i.policies {
				if p.logged() && p.Kind == authorizationPolicy {
					i.found.At(p.dryRun(), dryRun, "%s decides nothing: it is in dry run", p)
				}
			}
		}),
	}
}

func noRequestAuthentication() rules.Rule {
	return rules.Rule{
		Name:  "no-request-authentication",
		Title: "a rule asks for a token, and no token is ever read",
		Why: "Request principals and claims come from tokens that a RequestAuthentication has " +
			"accepted. Without one for the workload they match nothing: an ALLOW rule lets " +
			"nobody in, and a DENY rule rejects nobody.",
		Fix: "Add a RequestAuthentication that selects the same workload, or give the file that " +
			"has it: one in the root namespace holds everywhere.",
		Severity:   rules.Error,
		References: []string{docPolicy, docRequest},
		Check: eachInstance(func(i instance) {
			if len(i.jwt) > 0 || i.doubt != "" || i.bypassed != "" {
				return
			}
			// in Istio's order, so that the order of the files does not matter
			for _, v := range comparisonsIn(authRulesOf(inOrderOfCreation(i.workload))) {
				if readsToken(v.attribute) {
					i.found.At(v.list.At, v.list.Field, "%s matches nothing: no "+
						"RequestAuthentication in these files selects this workload", v.attribute)
					return
				}
			}
		}),
	}
}

func tokenNotNeeded() rules.Rule {
	return rules.Rule{
		Name:  "token-not-needed",
		Title: "a request without a token gets in",
		Why: "A RequestAuthentication refuses bad tokens and lets requests pass that carry " +
			"none. Only an AuthorizationPolicy that asks for something of the token in each of " +
			"its ALLOW rules, or that denies requests without a principal, keeps them out: " +
			"rules are alternatives, so one that asks for nothing opens the workload.",
		Fix: "Ask for requestPrincipals in the from of each ALLOW rule: those of the issuer, as " +
			"https://login.microsoftonline.com/TENANT-ID/v2.0/*.",
		Severity: rules.Error,
		Lesser: "a warning where a rule is limited to some methods, paths, hosts or headers, " +
			"DENY policies ask for a token of some requests, or those of Services behind a " +
			"waypoint may: others may be meant to be open",
		References: []string{docRequest, docTaskAuthz, issueTwoRule},
		Check:      eachInstance(checkTokenNeeded),
	}
}

func checkTokenNeeded(i instance) {
	if len(i.jwt) == 0 || i.doubt != "" {
		return
	}
	limits := i.enforced(actionAllow)
	var open []*authRule
	for _, p := range limits {
		for _, r := range p.rules() {
			if r.unbuilt != "" {
				continue
			}
			if in, _ := envoy.LetsIn(i.allowRule(r)); in {
				open = append(open, r)
			}
		}
	}
	if len(limits) > 0 && len(open) == 0 {
		return // the whole is compiled again only where something may be found
	}
	in, chosen := envoy.LetsIn(i.root())
	if !in {
		return
	}
	chosen = chosen || i.deniesTokenless() || i.leavesItToServices()
	warn := func(f *rules.Finding, less bool) {
		if less {
			f.Severity = rules.Warning
		}
	}
	if len(limits) == 0 {
		r, why := i.jwt[0], "no ALLOW policy asks for a token"
		if i.deniesTokenless() {
			why = "DENY policies ask for a token of some requests alone"
		}
		warn(i.found.At(r.at, "jwtRules", "a request without a token gets in: "+
			"RequestAuthentication lets it pass, and %s", why), chosen)
	}
	for _, r := range open {
		warn(i.found.At(r.at, r.path(), "a request without a token gets in: this rule "+
			"asks for nothing of a token, and rules are alternatives"),
			chosen || r.limited())
	}
}

// limited reports whether a rule is about some requests alone, whatever their tokens.
func (r *authRule) limited() bool {
	return len(r.to) > 0 && !slices.ContainsFunc(r.to, asksNothing) ||
		slices.ContainsFunc(r.when, func(one condition) bool {
			return !readsToken(one.attribute) && !asksNothing([]condition{one})
		})
}

// leavesItToServices reports whether this is a waypoint, and policies of Services behind it may
// ask for a token: other Services are open, if there are any.
func (i *instance) leavesItToServices() bool {
	ofService := func(t target) bool { return t.kind == "Service" }
	return i.waypoint && slices.ContainsFunc(i.cluster.policies, func(p *resource) bool {
		return p.Kind == authorizationPolicy && slices.ContainsFunc(p.targets, ofService)
	})
}

// deniesTokenless reports whether a DENY rule is about requests without a token, be it of some
// paths alone (istio.io, "Require valid tokens per-path").
func (i *instance) deniesTokenless() bool {
	return slices.ContainsFunc(i.enforced(actionDeny), func(p *resource) bool {
		return slices.ContainsFunc(p.rules(), func(r *authRule) bool {
			wantsToken := func(one condition) bool {
				return readsToken(one.attribute) && !one.values.Empty()
			}
			return !slices.ContainsFunc(r.when, wantsToken) &&
				slices.ContainsFunc(r.conditions(), func(one condition) bool {
					return one.attribute == ofPrincipal && !one.not.Empty()
				})
		})
	})
}

func policySelectsNothing() rules.Rule {
	return rules.Rule{
		Name:  "policy-selects-nothing",
		Title: "a policy selects nothing that the files show",
		Why: "A selector looks at the labels of pods, those under spec.template.metadata.labels " +
			"of a Deployment, and not at those of the Deployment or of a Service. A policy that " +
			"selects no workload protects none.",
		Fix:      "Write the labels of the pods: kubectl get pods --show-labels shows them.",
		Severity: rules.Warning,
		Lesser: "a note where the namespace has no workload, and may be the root of the mesh: " +
			"its policies hold everywhere",
		References: []string{docPolicy, docRequest},
		Check: eachInstance(func(i instance) {
			for _, p := range i.policies {
				shown, selected := p.selected()
				switch at := p.Spec.At("selector", "matchLabels"); {
				case len(p.targets) > 0 || p.selectorUnread != "" || selected != rules.No:
				case shown:
					i.found.At(at, "selector.matchLabels", "no workload of these files has the "+
						"labels %s", p.selector)
				case i.mayBeRoot(p):
					i.found.At(p.At, "metadata.namespace", "no workload of these files is in the "+
						"namespace %s: if it is the root of the mesh, %s holds in all of them; "+
						"the ConfigMap istio of the mesh says", p.Namespace, p,
					).Severity = rules.Note
				}
			}
		}),
	}
}

// selectedBy tells whether the files show workloads where a policy may hold, and whether it
// selects one of them.
func (c *cluster) selectedBy(p *resource) (shown bool, selected rules.Truth) {
	selected = rules.No
	for namespace := range c.places.running {
		shown = shown || c.reaches(p, namespace) != rules.No
	}
	for _, i := range c.labelled.Of(p.selector) {
		if selected == rules.Yes {
			break
		}
		r := c.running[i]
		near := c.reaches(p, r.Namespace)
		selected = max(selected, min(near, p.selector.Selects(r.labels)))
	}
	return shown, selected
}

// mayBeRoot reports whether a policy's namespace may be the root of the mesh: the files show
// workloads, and neither one of that namespace nor what the mesh is configured with.
func (i *instance) mayBeRoot(p *resource) bool {
	return len(i.cluster.running) > 0 && !i.cluster.root.known && p.Namespace != "" &&
		p.Namespace != usualRoot
}
