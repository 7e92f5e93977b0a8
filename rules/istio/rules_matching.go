package istio

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

func ruleLeftOut() rules.Rule {
	return rules.Rule{
		Name:  "rule-left-out",
		Title: "Istio leaves a rule, or a part of it, out",
		Why: "A rule with an attribute that Istio does not know is left out, whatever its " +
			"action: a DENY rule then denies nothing. Of a value that it can't build, such as " +
			"one that is not an address, an ALLOW rule is left out whole, and a DENY rule loses " +
			"the condition and denies more. Istio's admission webhook refuses most of this: " +
			"then the policy of before stays.",
		Fix:        "Name the attribute and the value as the list of conditions has them.",
		Severity:   rules.Error,
		References: []string{docKeys, codeModel},
		Check: eachInstance(func(i instance) {
			for _, r := range i.authRules() {
				why := r.unbuilt
				what := "this rule"
				if r.broken == "" && r.of.action() != actionAllow {
					what = "a condition of this rule"
				}
				if why != "" {
					i.found.At(r.at, r.path(), "%s is left out: %s", what, why)
				}
			}
		}),
	}
}

func ruleNeverMatches() rules.Rule {
	return rules.Rule{
		Name:  "rule-never-matches",
		Title: "a rule can't match any request",
		Why: "All conditions of a rule must hold, and these exclude each other. A DENY rule " +
			"that never matches denies nothing; an ALLOW rule lets nobody in.",
		Fix:        "Write alternatives as values of one list, or as rules of their own.",
		Severity:   rules.Error,
		Lesser:     "a warning for an ALLOW rule: others may let in the same callers",
		References: []string{docPolicy, docKeys},
		Check: eachInstance(func(i instance) {
			for _, r := range i.authRules() {
				why := r.never()
				if why == "" || r.broken != "" {
					continue
				}
				f := i.found.At(r.at, r.path(), "this %s rule never matches: %s",
					r.of.action(), why)
				if r.of.action() == actionAllow {
					f.Severity = rules.Warning
				}
			}
		}),
	}
}

func ruleAlwaysMatches() rules.Rule {
	return rules.Rule{
		Name:  "rule-always-matches",
		Title: "a rule matches every request, so that other rules decide nothing",
		Why: "ALLOW rules are alternatives, of all policies that select the workload: one that " +
			"matches every request lets in what the others would not, and alone it is as if " +
			"there were no ALLOW policy. A DENY rule that matches " +
			"every request denies what ALLOW rules let in, for DENY comes first.",
		Fix: "Say in the rule what it is for, or remove it. A policy that is to allow nothing " +
			"has no rules.",
		Severity:   rules.Warning,
		Lesser:     "a note where the rule stands alone: the workload may be meant to be open",
		References: []string{docPolicy},
		Check: eachInstance(func(i instance) {
			allowed := i.allowRules()
			for _, r := range allowed {
				if n := len(allowed) - 1; r.always() && n > 0 {
					i.found.At(r.at, r.path(), "this rule lets in every request: %s nothing",
						othersDecide(n))
				} else if r.always() && len(i.jwt) == 0 {
					i.found.At(r.at, r.path(), "this rule allows every request, as if there were "+
						"no ALLOW policy").Severity = rules.Note
				}
			}
			for _, p := range i.enforced(actionDeny) {
				for _, r := range p.rules() {
					if r.always() && len(allowed) > 0 {
						i.found.At(r.at, r.path(), "this rule denies every request: the ALLOW "+
							"rules of this workload let in nobody")
					}
				}
			}
		}),
	}
}

func othersDecide(n int) string {
	if n == 1 {
		return "the other ALLOW rule of this workload decides"
	}
	return "the other ALLOW rules of this workload decide"
}

// always reports whether a rule matches every request.
func (r *authRule) always() bool {
	if r.broken != "" || !r.at.Is(source.Object) {
		return false
	}
	any := func(alternatives [][]condition) bool {
		return len(alternatives) == 0 || slices.ContainsFunc(alternatives, asksNothing)
	}
	return any(r.from) && any(r.to) && asksNothing(r.when)
}

// asksNothing reports whether every request meets some conditions.
func asksNothing(all []condition) bool {
	return !slices.ContainsFunc(all, func(one condition) bool {
		return !one.not.Empty() || !one.values.Empty() && !one.anyWill()
	})
}

// anyWill reports whether a condition holds for every request: each has a method, a path and a
// host.
func (one *condition) anyWill() bool {
	switch one.attribute {
	case ofMethod, ofHost:
		return slices.Contains(one.values.Texts(), "*")
	case ofPath:
		texts := one.values.Texts()
		return slices.Contains(texts, "*") || slices.Contains(texts, "/*")
	}
	return false
}

// never is why a rule can't match any request; empty where it can.
func (r *authRule) never() string {
	if why := excluded(r.when); why != "" {
		return why
	}
	for _, alternatives := range [][][]condition{r.from, r.to} {
		var last string
		for _, one := range alternatives {
			if last = excluded(slices.Concat(one, r.when)); last == "" {
				break
			}
		}
		if last != "" {
			return last
		}
	}
	return ""
}

// excluded is why conditions can't hold together; empty where they can.
func excluded(all []condition) string {
	for i := range all {
		one := &all[i]
		if why := one.excludesItself(); why != "" {
			return why
		}
		for j := range i {
			if other := &all[j]; other.attribute == one.attribute && apart(other, one) {
				return fmt.Sprintf("%s is to be %s and %s at once, and a request has one: values "+
					"of one list are alternatives, two conditions are not", one.attribute,
					other.values.Alternatives(), one.values.Alternatives())
			}
		}
	}
	return ""
}

// excludesItself is why a condition excludes every value that it asks for; empty where it does
// not.
func (one *condition) excludesItself() string {
	if one.values.Doubt != nil || len(one.values.Values) == 0 {
		return ""
	}
	not := one.not.Texts()
	for _, value := range one.values.Texts() {
		if !slices.Contains(not, value) && !slices.Contains(not, "*") {
			return ""
		}
	}
	return fmt.Sprintf("%s is to be %s, and must not be %s", one.attribute,
		one.values.Alternatives(), one.not.Alternatives())
}

// apart reports whether two conditions on an attribute that has one value want different ones.
func apart(a, b *condition) bool {
	if !single(a.attribute) || a.values.Doubt != nil || b.values.Doubt != nil ||
		len(a.values.Values) == 0 || len(b.values.Values) == 0 {
		return false
	}
	for _, one := range a.values.Texts() {
		for _, other := range b.values.Texts() {
			if one == other || formOf(one).op != rules.OneOf || formOf(other).op != rules.OneOf {
				return false
			}
		}
	}
	return true
}

// single reports whether an attribute has one value at a time. A list claim, and a header that is
// sent twice, may have several.
func single(attribute string) bool {
	switch attribute {
	case ofMethod, ofPath, ofPresenter:
		return true
	}
	name, ok := bracketed(strings.TrimPrefix(attribute, ofClaims))
	return ok && slices.Contains([]string{
		"azp", "appid", "iss", "sub", "tid", "oid", "ver", "idtyp", "scp", "azpacr", "appidacr",
	}, name)
}

// noRequestHas is why no request has a value of an attribute; empty where one may.
func (c *compiler) noRequestHas(attribute, value string) string {
	f := formOf(value)
	switch attribute {
	case ofMethod:
		if f.text != strings.ToUpper(f.text) {
			return "the case of a method counts, and requests have " + strings.ToUpper(f.text)
		}
	case ofPath:
		switch {
		case strings.Contains(value, "?"):
			return "a path ends before the question mark: the query is not compared"
		case f.op != rules.Suffix && f.op != rules.Present && !strings.HasPrefix(value, "/") &&
			!strings.HasPrefix(value, "{"):
			return "every path begins with a slash"
		}
	case ofPrincipal:
		return c.noPrincipal(value)
	case ofClaims + "[iss]":
		if f.op == rules.OneOf {
			return c.noIssuer(value)
		}
	case ofAudiences, ofClaims + "[aud]":
		if f.op == rules.OneOf {
			return c.noAudience(value)
		}
	}
	return ""
}

// noPrincipal is why no request has a principal. One with a slash too few another rule is about.
func (c *compiler) noPrincipal(value string) string {
	issuer, _, found := cutLast(value)
	switch {
	case !found && formOf(value).op == rules.OneOf:
		return "a principal is an issuer, a slash and a subject: one without a slash is a token " +
			"with an empty subject"
	case !found, strings.Contains(issuer, "*"), withSlash(value) != "":
		return ""
	}
	return c.noIssuer(issuer)
}

// noIssuer is why no token of an issuer gets to where rules look at it.
func (c *compiler) noIssuer(issuer string) string {
	for _, r := range c.jwt {
		if r.issuer() == issuer || r.issuer() == "" || kubernetes.Marked(r.at.Member("issuer")) {
			return ""
		}
	}
	if len(c.jwt) == 0 {
		return "" // another rule says that no token is read
	}
	return "no JWT rule of this workload accepts tokens of " + issuer
}

// noAudience is why no token for an audience gets to where rules look at it.
func (c *compiler) noAudience(audience string) string {
	for _, r := range c.jwt {
		have := kubernetes.ListIn(r.at, r.path, "audiences")
		alike := func(text string) bool { return bare(text) == bare(audience) }
		if have.Empty() || have.Doubt != nil || slices.ContainsFunc(have.Texts(), alike) {
			return ""
		}
	}
	if len(c.jwt) == 0 {
		return ""
	}
	return "no JWT rule of this workload accepts tokens for " + audience
}

// bare is an audience as Envoy compares it (check_audience.cc).
func bare(audience string) string {
	for _, scheme := range []string{"http://", "https://"} {
		if rest, ok := strings.CutPrefix(audience, scheme); ok {
			audience = rest
			break
		}
	}
	return strings.TrimSuffix(audience, "/")
}
