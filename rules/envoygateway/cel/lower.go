package cel

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// mostParts is how many nodes the leaves of an expression's predicate may have together. Decisions
// inside of decisions repeat what is around them.
const mostParts = 16 << 10

// Predicate holds for the requests that the expression is true for. It never comes out as an
// error.
func (e *Expr) Predicate(env Env) rules.Predicate {
	l := &lowering{expr: e, env: &env}
	if refused := e.Refused(); refused != nil {
		return rules.Predicate{Op: rules.True, Input: l.unknown(e.root, refused.Cause)}
	}
	p := l.when(e.root, true)
	if l.parts > mostParts {
		return rules.Predicate{Op: rules.True, Input: l.unknown(e.root,
			"the expression has too many parts for gatewhy to take it apart")}
	}
	return p
}

// Part is one of the operands of the outermost && of an expression.
type Part struct {
	Text      string // as the expression has it, with the names of claims alone
	Predicate rules.Predicate
	Reads     []rules.Input // of the request, each once

	// Never is why the part is true for no request, as far as that is known; else empty.
	Never string
}

// Parts are what must all be true for the expression to be true, in their order: the operands of
// its outermost &&, or the whole. Together they are its [Expr.Predicate].
func (e *Expr) Parts(env Env) []Part {
	l := &lowering{expr: e, env: &env}
	whole := []Part{{Text: e.short(e.root), Predicate: e.Predicate(env), Reads: e.Reads()}}
	if e.Refused() != nil {
		return whole
	}
	var parts []Part
	for _, n := range e.root.operands() {
		part := Part{Text: e.short(n), Predicate: l.when(n, true), Reads: reads(n)}
		if isNever(part.Predicate) {
			part.Never = l.never(n)
		}
		parts = append(parts, part)
	}
	if l.parts > mostParts {
		return whole
	}
	return parts
}

// never is why a node that is never true is not: an error, or that something is compared with a
// text that is split into a list; empty where we can't say.
func (l *lowering) never(n *node) string {
	why := (&evaluator{env: l.env}).eval(n).fault
	n.each(func(n *node) {
		if s, ok := l.subject(n); ok && s.split && why == "" {
			why = s.in.Name + " is a list of its words here and not a text: look into it with in"
		}
	})
	return why
}

// operands are the operands of an && and of each && in it.
func (n *node) operands() []*node {
	if n.kind != and {
		return []*node{n}
	}
	return source.Flat(n.args, (*node).operands)
}

// lowering turns one expression into predicates.
type lowering struct {
	expr  *Expr
	env   *Env
	parts int
}

// when holds if a node gives this boolean. Where the node gives an error, or anything else,
// neither of both holds.
func (l *lowering) when(n *node, want bool) rules.Predicate {
	if l.parts++; l.parts > mostParts {
		return rules.Never()
	}
	switch n.kind {
	case and, or:
		all := source.Each(n.args, func(arg *node) rules.Predicate { return l.when(arg, want) })
		if want == (n.kind == and) {
			return both(all...)
		}
		return either(all...)
	case not:
		return l.when(n.args[0], !want)
	case choice:
		return either(
			both(l.when(n.args[0], true), l.when(n.args[1], want)),
			both(l.when(n.args[0], false), l.when(n.args[2], want)),
		)
	}
	n.each(func(*node) { l.parts++ })
	if inner := decision(n); inner != nil {
		return l.when(lifted(n, inner), want)
	}
	return l.leaf(n, want)
}

// decision is the first node below an operator that evaluates only some of its operands, or hides
// the errors of some; nil where there is none. What is in a macro stays there.
func decision(n *node) *node {
	if n.kind == macro {
		return nil
	}
	for _, arg := range n.args {
		switch arg.kind {
		case and, or, choice:
			return arg
		}
		if inner := decision(arg); inner != nil {
			return inner
		}
	}
	return nil
}

// lifted is a node with the decision in it made first: f(a ? b : c) is a ? f(b) : f(c), because
// what is around it evaluates all of its operands.
func lifted(n, inner *node) *node {
	condition, then, otherwise := inner, constant(true), constant(false)
	if inner.kind == choice {
		condition, then, otherwise = inner.args[0], inner.args[1], inner.args[2]
	}
	return &node{kind: choice, start: n.start, end: n.end, args: []*node{
		condition, n.replaced(inner, then), n.replaced(inner, otherwise),
	}}
}

func constant(b bool) *node { return &node{kind: literal, value: boolOf(b)} }

// always is the predicate that every request meets.
func always() rules.Predicate { return rules.Predicate{Op: rules.And} }

func isAlways(p rules.Predicate) bool { return p.Op == rules.And && len(p.Of) == 0 }

func isNever(p rules.Predicate) bool { return p.Op == rules.Or && len(p.Of) == 0 }

// both holds if all parts do. Parts that always hold are left out.
func both(parts ...rules.Predicate) rules.Predicate {
	return flat(rules.And, parts, isAlways, isNever)
}

// either holds if one of the parts does. Parts that never hold are left out.
func either(parts ...rules.Predicate) rules.Predicate {
	return flat(rules.Or, parts, isNever, isAlways)
}

// flat joins parts, without those that make no difference. One that decides is the whole.
func flat(
	op rules.Op, parts []rules.Predicate, idle, decides func(rules.Predicate) bool,
) rules.Predicate {
	whole := rules.Predicate{Op: op}
	for _, part := range parts {
		switch {
		case decides(part):
			return part
		case idle(part):
		case part.Op == op:
			whole.Of = append(whole.Of, part.Of...)
		default:
			whole.Of = append(whole.Of, part)
		}
	}
	if len(whole.Of) == 1 {
		return whole.Of[0]
	}
	return whole
}

// leaf lowers a node that evaluates all of its operands.
func (l *lowering) leaf(n *node, want bool) rules.Predicate {
	switch r := (&evaluator{env: l.env}).eval(n); { // what it gives whatever the request
	case r.ok() && r.value.is(want):
		return always()
	case r.ok(), r.fault != "":
		return rules.Never()
	}
	if p, ok := l.test(n, want); ok {
		return p
	}
	in := l.opaque(n)
	p := rules.Predicate{Op: rules.True, Input: in}
	if !want {
		no := []*source.Value{source.NewBool(false)}
		p = rules.Predicate{Op: rules.Equals, Input: in, Values: no}
	}
	return both(append(l.accepted(n), p)...)
}

// test lowers a node that tests one attribute with literals. It is not ok for any other.
func (l *lowering) test(n *node, want bool) (p rules.Predicate, ok bool) {
	switch n.kind {
	case member, index:
		if s, ok := l.subject(n); ok {
			return s.when(s.equals(boolOf(want), true)), true
		}
	case present:
		return l.has(append(n.args[0].path(), n.name), n.args[0].path() != nil, want)
	case comparison:
		return l.comparison(n, want)
	case within:
		return l.within(n, want)
	case method, function:
		return l.textTest(n, want)
	}
	return p, false
}

// comparison lowers == and != of an attribute and a literal.
func (l *lowering) comparison(n *node, want bool) (p rules.Predicate, ok bool) {
	if n.name != "==" && n.name != "!=" {
		return p, false
	}
	s, ok := l.subject(n.args[0])
	with := n.args[1]
	if !ok {
		s, ok = l.subject(n.args[1])
		with = n.args[0]
	}
	if !ok || with.kind != literal || !s.comparable(with.value) {
		return p, false
	}
	return s.when(s.equals(with.value, want == (n.name == "=="))), true
}

// within lowers "attribute in [literals]", and "literal in attribute".
func (l *lowering) within(n *node, want bool) (p rules.Predicate, ok bool) {
	item, in := n.args[0], n.args[1]
	if name, isText := item.text(); isText {
		if path := in.path(); path != nil && isMap(path) {
			return l.has(append(path, name), true, want)
		}
		if s, ok := l.subject(in); ok {
			return s.holding(item.value, want)
		}
	}
	s, ok := l.subject(item)
	if !ok || in.kind != list {
		return p, false
	}
	var all []rules.Predicate
	for _, one := range in.args {
		if one.kind != literal || !s.comparable(one.value) {
			return p, false
		}
		all = append(all, s.equals(one.value, want))
	}
	if want {
		return s.when(either(all...)), true
	}
	return s.when(both(append([]rules.Predicate{s.exists()}, all...)...)), true
}

// isMap reports whether a path leads to a map of Envoy's whose keys are known.
func isMap(path []string) bool {
	return slices.Equal(path, []string{"request", "headers"}) ||
		isJWT(path) && len(path) <= claimsDepth
}

func isJWT(path []string) bool {
	return len(path) > 2 && path[0] == "metadata" && path[1] == "filter_metadata" &&
		path[2] == jwtFilter
}

// has lowers the test whether there is an attribute.
func (l *lowering) has(path []string, isPath, want bool) (p rules.Predicate, ok bool) {
	switch {
	case !isPath:
		return p, false
	case len(path) == claimsDepth && isJWT(path):
		return l.hasClaims(path[3], want), true
	}
	s, ok := l.subjectAt(path)
	if !ok || len(path) > claimsDepth+1 {
		return p, false
	}
	if want {
		return s.when(s.exists()), true
	}
	if s.always {
		return rules.Never(), true
	}
	return s.when(rules.Negate(s.exists())), true
}

// hasClaims lowers the test whether a provider's claims are there. Where no provider has accepted
// a token, there is nothing to look for them in, and that is an error.
func (l *lowering) hasClaims(name string, want bool) rules.Predicate {
	accepted, others := rules.Never(), rules.Never()
	for _, provider := range l.env.Providers {
		if provider.Name == name {
			accepted = either(accepted, provider.Accepted)
		} else {
			others = either(others, provider.Accepted)
		}
	}
	if want {
		return accepted
	}
	return both(opposite(accepted), others)
}

// opposite is the predicate that p does not hold.
func opposite(p rules.Predicate) rules.Predicate {
	switch {
	case isAlways(p):
		return rules.Never()
	case isNever(p):
		return always()
	}
	return rules.Negate(p)
}

// textTest lowers startsWith, endsWith, contains and matches with a literal.
func (l *lowering) textTest(n *node, want bool) (p rules.Predicate, ok bool) {
	if !isTextTest(n.name) || len(n.args) != 2 || n.kind == function && n.name != "matches" {
		return p, false
	}
	s, ok := l.subject(n.args[0])
	with, isText := n.args[1].text()
	switch {
	case !ok || !isText:
		return p, false
	case s.never(n.args[1].value) && want && n.name != "matches":
		return rules.Never(), true
	case s.split:
		return p, false
	}
	test := rules.Predicate{Input: s.in, Values: rules.Literals(with)}
	switch n.name {
	case "startsWith":
		test.Op = rules.Prefix
	case "endsWith":
		test.Op = rules.Suffix
	case "contains":
		test.Op = rules.Contains
	case "matches":
		pattern, why := patternOf(with)
		if why != "" {
			return p, false
		}
		if pattern == nil {
			return rules.Never(), true
		}
		whole, err := rules.WholePattern(anywhere(with))
		if err != nil {
			return p, false
		}
		test = rules.Predicate{
			Op: rules.Matches, Input: s.in,
			Texts: &rules.Texts{Patterns: []*regexp.Regexp{whole}},
		}
	}
	if !want {
		test = both(s.found(), rules.Negate(test))
	}
	test = both(s.isText(), test)
	if s.path && (n.name != "startsWith" || strings.Contains(with, "?")) {
		test = either(both(rules.Negate(unknownQuery()), test), unknownQuery())
	}
	return s.when(test), true
}

// unknownQuery is unknown for a request with a query: request.path has it too, and nobody knows
// how it is written. Otherwise it does not hold.
func unknownQuery() rules.Predicate {
	return ofPath("the query in request.path", func(e *evaluator) rules.Reading {
		if path := e.requestAttribute([]string{"path"}); path.unknown != nil {
			return rules.Reading{Unknown: path.unknown}
		}
		return rules.Reading{Value: source.NewBool(false)}
	})
}

// noQuery holds for a request without a query.
func noQuery() rules.Predicate {
	return ofPath("a path without a query", func(e *evaluator) rules.Reading {
		return rules.Reading{Value: source.NewBool(!e.hasQuery())}
	})
}

func ofPath(words string, eval func(*evaluator) rules.Reading) rules.Predicate {
	return rules.Predicate{Op: rules.True, Input: rules.Computed(words,
		func(r *rules.Request) rules.Reading { return eval(&evaluator{request: r}) })}
}

// accepted are what must hold for the claims that a node reads to be there.
func (l *lowering) accepted(n *node) []rules.Predicate {
	var all []rules.Predicate
	var names []string
	for _, path := range paths(n, nil) {
		if !isJWT(path) || len(path) < claimsDepth || slices.Contains(names, path[3]) {
			continue
		}
		names = append(names, path[3])
		for _, provider := range l.env.Providers {
			if provider.Name == path[3] {
				all = append(all, provider.Accepted)
			}
		}
	}
	return all
}

// opaque is the input that evaluates a node.
func (l *lowering) opaque(n *node) rules.Input {
	eval := func(r *rules.Request) rules.Reading {
		e := evaluator{request: r, env: l.env}
		return reading(e.eval(n))
	}
	return rules.Computed(l.expr.short(n), eval, reads(n)...)
}

// unknown is an input whose value nobody knows.
func (l *lowering) unknown(n *node, why string) rules.Input {
	in := l.opaque(n)
	in.Opaque.Eval = func(*rules.Request) rules.Reading {
		return rules.Reading{Unknown: &rules.Unknown{Why: why}}
	}
	return in
}

// short is the text of a node on one line, with the names of claims in the place of the way to
// them; that of the whole expression where the node has no text of its own.
func (e *Expr) short(n *node) string {
	if n.end == 0 {
		n = e.root
	}
	to := n.end
	var b strings.Builder
	done := n.start
	n.eachClaim(func(n *node, claim []string) {
		if done <= n.start && n.end <= to {
			b.WriteString(e.text[done:n.start] + strings.Join(claim, "."))
			done = n.end
		}
	})
	b.WriteString(e.text[done:to])
	return strings.Join(strings.Fields(b.String()), " ")
}

// reading is a result as an input of a predicate. An error is a text that says so: to the proxy it
// is nothing but a value that is not true.
func reading(r result) rules.Reading {
	switch {
	case r.unknown != nil:
		return rules.Reading{Unknown: r.unknown}
	case r.fault != "":
		return rules.Reading{Value: rules.Literals("an error: " + r.fault)[0]}
	case r.value.kind == boolValue:
		return rules.Reading{Value: source.NewBool(r.value.bool)}
	}
	return rules.Reading{Value: rules.Literals(r.value.words() + ", and not a boolean")[0]}
}
