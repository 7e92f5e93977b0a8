package envoygateway

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/envoygateway/cel"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// celExpression is the expression of a rule.
type celExpression struct {
	rule   *authRule
	at     *source.Value
	field  string
	parsed *cel.Expr      // nil where it can't be read
	doubt  *rules.Unknown // why it is not known what the expression is, or what it does
	fault  *source.Error  // why Envoy Gateway can't read it
}

// longestExpression is how many characters the API server takes (authorization_types.go).
const longestExpression = 4096

// celOf is the expression of a rule. It is not ok where the rule has none.
func celOf(r *authRule) (e celExpression, ok bool) {
	v := r.at.Member("cel")
	if !v.IsSet() {
		return e, false
	}
	e.rule, e.at, e.field = r, v, r.path+"cel"
	text, isText := v.Str()
	if e.doubt = kubernetes.DoubtOf(v, e.field); e.doubt != nil {
		return e, true
	}
	if n := utf8.RuneCountInString(text); !isText || n == 0 || n > longestExpression {
		e.doubt = &rules.Unknown{Why: fmt.Sprintf("%s is not a text of 1 to %d characters: the "+
			"API server refuses that, and an earlier version of the policy may hold",
			e.field, longestExpression)}
		return e, true
	}
	parsed, err := cel.Parse(text)
	switch fault := (*source.Error)(nil); {
	case err == nil:
		e.parsed = parsed
	case errors.As(err, &fault) && !fault.Limit:
		e.fault = fault
		e.doubt = &rules.Unknown{Why: e.unreadable()}
	default:
		e.doubt = &rules.Unknown{Why: "the expression is not looked at: " + err.Error()}
	}
	return e, true
}

// faultAt is the place of a fault in an expression, as far as it can be pointed at.
func (i *instance) faultAt(e celExpression, fault *source.Error) *source.Value {
	for _, p := range []*policy{i.policy, i.outer} {
		if p != nil && p.File.Name == e.at.Pos.File {
			return p.File.Character(e.at, fault.Pos.Column)
		}
	}
	return e.at
}

// unreadable says where and why an expression can't be read.
func (e *celExpression) unreadable() string {
	return fmt.Sprintf("the expression can't be read: column %d: %s",
		e.fault.Pos.Column, e.fault.Cause)
}

// celChecks are what the expression of a rule wants, a check for each operand of its outermost &&.
// What is true for every request is left out.
func (c *compiler) celChecks(r *authRule) []*rules.Check {
	e, ok := celOf(r)
	if !ok {
		return nil
	}
	if e.parsed == nil {
		check := rules.CheckAt(rules.Authorization, e.at, e.field, rules.Inferred.From(codeCEL))
		check.Test = c.ifExpression(e, rules.Undecided(e.doubt))
		check.Wants = "a request for which the expression is true"
		return []*rules.Check{check}
	}
	var all []*rules.Check
	for _, part := range e.parsed.Parts(c.celEnv()) {
		if !isAlways(part.Predicate) {
			all = append(all, c.celCheck(e, part))
		}
	}
	return all
}

func isAlways(p rules.Predicate) bool { return p.Op == rules.And && len(p.Of) == 0 }

func isNever(p rules.Predicate) bool { return p.Op == rules.Or && len(p.Of) == 0 }

// celCheck is the check that a part of an expression is true.
func (c *compiler) celCheck(e celExpression, part cel.Part) *rules.Check {
	id, claims := readBy(part.Reads)
	check := rules.CheckAt(id, e.at, e.field, rules.Inferred.From(codeCEL))
	check.Test = c.ifExpression(e, part.Predicate)
	text := inspect.ShortenMiddle(inspect.Visible(part.Text), 200)
	check.Wants = text
	if len(claims) == 1 {
		check.Claim, check.Grant = claims[0], entra.GrantOf(claims[0])
	}
	if isNever(part.Predicate) && c.hasExpression(e.rule) == rules.Yes {
		check.Refuses = trueForNone(part)
	}
	return check
}

// hasExpression tells whether the version has the expression of a rule. A version without cel
// refuses a rule without principal: where there is such a rule, it is a later one.
func (c *cluster) hasExpression(r *authRule) rules.Truth {
	has := c.has(celSince)
	if has == rules.Maybe && !r.at.Member("principal").IsSet() {
		return rules.Yes
	}
	return has
}

// ifExpression is a test of an expression, where the version has it.
func (c *cluster) ifExpression(e celExpression, test rules.Predicate) rules.Predicate {
	if c.hasExpression(e.rule) == rules.Yes {
		return test
	}
	return c.from(celSince, e.field, test)
}

// trueForNone says of a part of an expression that it is never true, and why.
func trueForNone(part cel.Part) string {
	why := "the condition " + part.Text + " is true for no request"
	if part.Never != "" {
		why += ": " + part.Never
	}
	return why
}

// readBy is the check that reads these inputs, and the claims among them.
func readBy(reads []rules.Input) (id rules.ID, claims []string) {
	id = rules.Conditional
	for _, in := range reads {
		if in.Source == rules.FromClaim {
			claims = append(claims, in.Name)
		}
	}
	switch {
	case len(claims) > 0 && len(claims) == len(reads):
		id = rules.CustomClaim
	case len(claims) > 0 || len(reads) == 0:
		id = rules.Authorization
	}
	return id, claims
}

// celEnv is what expressions find in the proxy's metadata: the claims of a token, once a provider
// has accepted it.
func (c *compiler) celEnv() cel.Env {
	env := cel.Env{Normalized: true, Headers: c.forwarded()} // listener.go, NormalizePath
	for _, p := range c.providers {
		for _, to := range p.at.Member("claimToHeaders").List() {
			env.Headers = append(env.Headers, to.TextAt("header"))
		}
		var parts []rules.Predicate
		if c.only != nil && !slices.Contains(c.only, p) {
			parts = append(parts, rules.Never())
		}
		if test, needed := c.fromProvider(p); needed {
			parts = append(parts, test)
		}
		if c.open != rules.No {
			parts = append(parts, acceptedBy(p.Provider))
		} else if c.optional != rules.No && c.only == nil {
			parts = append(parts, envoy.SentTo(c.inEnvoy()))
		}
		env.Providers = append(env.Providers,
			cel.Provider{Name: p.name, Accepted: envoy.Both(parts)})
	}
	return env
}

// rewrite is the change of an expression that may remove a finding. It is not ok where there is
// none.
func (m *changer) rewrite(f *rules.Finding) (change rules.Change, ok bool) {
	for _, r := range rulesIn(m.spec) {
		e, has := celOf(r)
		if !has || e.parsed == nil || e.at.Pos != f.Pos {
			continue
		}
		id, title := "look-into-list", "look into the claim as a list"
		text := e.parsed.LookingInto(entra.ManyValued()...)
		if f.Rule == "query-in-path" {
			id, title = "path-without-query", "compare the path without its query"
			text = e.parsed.ByPathAlone()
		}
		if text == e.at.Text {
			continue
		}
		return m.Change(id, title,
			kubernetes.Set(m.fileOf(e.at), r.at, r.path, "cel", text)), true
	}
	return change, false
}
