package mulesoft

import (
	"cmp"
	"fmt"
	"regexp/syntax"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// placed is a member of an entry outside the configuration. It decides whether the gateway runs
// the policy, for which requests, or when.
type placed struct {
	rules.Place
	value *source.Value // nil where it is absent
}

// placedAt is a member as the file has it.
func placedAt(name string, v *source.Value) placed {
	if v == nil {
		return placed{Place: rules.Place{Field: name}}
	}
	return placed{place(name, v), v}
}

// absent reports whether the file does not have it. A null says nothing either.
func (p placed) absent() bool { return !p.value.IsSet() }

// doubt is why the member can't be read.
type doubt struct {
	placed
	why       string
	malformed bool // whoever deploys it: the gateway takes no such value

	// need is what settles it; empty for the policy as the gateway has it. Where the file has all
	// that a file can have, nothing does.
	need     source.Input
	complete bool

	unreadable bool // it is an expression that the gateway can't read
	stray      bool // it is no documented member
}

// unknown is the doubt where only the deployment knows a value; nil where the file has it.
func (p placed) unknown(v *source.Value) *doubt {
	if !templated(v) {
		return nil
	}
	return &doubt{placed: p, why: v.Doubt(p.Field)}
}

// wrong is the doubt of a value of another kind than the member must have.
func (p placed) wrong(wanted string, v *source.Value) *doubt {
	if d := p.unknown(v); d != nil {
		return d
	}
	why := fmt.Sprintf("%s must be %s, but this file has %s", p.Field, wanted, kindOf(v))
	return &doubt{placed: p, why: why, malformed: true}
}

// guard reads to which requests the policy applies.
func (e *entry) guard() rules.Guard {
	guard := rules.Guard{Evidence: rules.Documented.From(docPointcut)}
	routes, doubts := e.readRoutes()
	if len(routes) > 0 {
		guard.Routes = routes
		limit(&guard, e.pointcut().Place)
	}
	if guard.Unknown = rules.RoutesBeyond(routes); guard.Unknown != nil {
		guard.Routes = nil
	}
	off, more := e.readSwitches()
	if off != nil {
		guard.Disabled, guard.Unknown, guard.Routes = true, nil, nil
		limit(&guard, off.Place)
		return guard
	}
	if e.detached != nil {
		return e.detached.guard()
	}
	out, others := e.appliesTo()
	if out = cmp.Or(e.otherGateway(), out); out != nil {
		guard.Disabled, guard.OfOthers, guard.Unknown, guard.Routes = true, true, nil, nil
		guard.Evidence = rules.Documented.From(docAutomated)
		limit(&guard, out.Place)
		return guard
	}
	more = append(more, others...)
	if doubts = append(more, doubts...); len(doubts) > 0 {
		limit(&guard, doubts[0].Place)
		guard.Unknown = doubts[0].cause()
	}
	return guard
}

// limit says what limits a policy.
func limit(guard *rules.Guard, by rules.Place) {
	guard.Field, guard.Pos, guard.Span = by.Field, by.Pos, by.Span
}

// cause is the doubt as the checks that depend on it say it.
func (d *doubt) cause() *rules.Unknown {
	unknown := &rules.Unknown{Why: d.why}
	switch {
	case d.need != "":
		unknown.Need = rules.Need{Input: d.need, For: "whether the policy applies to it"}
	case !d.malformed && !d.complete:
		unknown.Need = rules.Need{
			Input: source.NeedPolicy,
			For:   "the policy with its variables filled in, as the gateway has it",
		}
	}
	return unknown
}

// readSwitches reads what takes the whole policy out of force: off is the member that surely does.
func (e *entry) readSwitches() (off *placed, doubts []*doubt) {
	disabled := placedAt("disabled", e.disabled)
	switch {
	case disabled.absent():
	case !e.disabled.Is(source.Bool):
		doubts = append(doubts, disabled.wrong(source.Bool.String(), e.disabled))
	case e.disabled.Text == "true":
		return &disabled, nil
	}
	for _, m := range e.stray {
		p := placed{keyPlace(&m), m.Value}
		doubts = append(doubts, &doubt{placed: p, complete: true, stray: true, why: "the member " +
			m.Key + " is not documented in local mode, and whether the gateway looks at it is " +
			"not known"})
	}
	for _, m := range e.instances {
		copies := placedAt(m.Key, m.Value)
		none, d := copies.readCopies()
		if none {
			return &copies, nil
		}
		if d != nil {
			doubts = append(doubts, d)
		}
	}
	if d := e.side.unknown(e.side.value); d != nil {
		doubts = append(doubts, d)
	}
	return nil, doubts
}

// readCopies reads Terraform's count or for_each: none says that there is no policy.
func (p placed) readCopies() (none bool, _ *doubt) {
	v := p.value
	switch {
	case p.absent():
		return false, nil
	case p.Field == "count":
		n, ok := v.Int()
		if !ok || !v.Is(source.Number) || n < 0 {
			return false, p.wrong("a whole number", v)
		}
		return n == 0, nil
	case v.Is(source.List) || v.Is(source.Object):
		return len(v.Items)+len(v.Members) == 0, nil
	}
	return false, p.wrong(source.Object.String(), v)
}

// pointcut is the member with the routes.
func (e *entry) pointcut() placed {
	p := placedAt("pointcutData", e.routes)
	if e.routesAt != nil {
		p.Place = memberPlace(e.routesAt)
	}
	return p
}

// readRoutes reads the routes. Where one of them can't be read, there are none, and a doubt.
func (e *entry) readRoutes() ([]rules.Route, []*doubt) {
	if e.rulesAt != nil {
		p := placed{memberPlace(e.rulesAt), e.rulesAt.Value}
		return nil, []*doubt{{placed: p, why: "its routes are in a form that gatewhy does not " +
			"know"}}
	}
	pointcut := e.pointcut()
	switch {
	case pointcut.absent():
		return nil, nil
	case !e.routes.Is(source.List):
		return nil, []*doubt{pointcut.wrong(source.List.String(), e.routes)}
	}
	var routes []rules.Route
	for _, item := range e.routes.Items {
		route, d := pointcut.readRoute(item)
		if d != nil {
			return nil, []*doubt{d}
		}
		routes = append(routes, route)
	}
	return routes, nil
}

// readRoute reads one route. It must have both expressions, for what an absent one means is not
// documented.
func (p placed) readRoute(item *source.Value) (rules.Route, *doubt) {
	if !item.Is(source.Object) {
		return rules.Route{}, p.wrong("a list of objects", item)
	}
	var texts [2]string
	for i, name := range [...]string{"methodRegex", "uriTemplateRegex"} {
		v := item.Member(name)
		at := placed{p.Place, v}
		if v != nil && v.Pos.Line > 0 {
			at = placedAt("", v)
		}
		at.Field = p.Field + "." + name
		text, ok := v.Str()
		if !ok || templated(v) {
			return rules.Route{}, at.wrong(source.String.String(), v)
		}
		if text == "" {
			why := at.Field + " is empty, and it is not documented what that matches"
			return rules.Route{}, &doubt{placed: at, why: why, malformed: true}
		}
		texts[i] = text
	}
	route := rules.Route{Method: texts[0], Path: texts[1]}
	method, noMethod := javaDoubt(route.Method)
	path, noPath := javaDoubt(route.Path)
	route.MethodUnread, route.PathUnread = method != "", path != ""
	route.Refused = noMethod || noPath
	return route, nil
}

// javaDoubt is why we do not know what the gateway makes of the expression of a route; empty where
// it reads it as this program does. It is malformed where the gateway refuses it.
func javaDoubt(expression string) (why string, malformed bool) {
	if why, malformed := dataweave.JavaDoubt(expression); why != "" {
		return why, malformed
	}
	if len(expression) > rules.LongestRoute {
		return "", false // no route is read then, and why is said of the policy
	}
	if _, err := syntax.Parse(expression, syntax.Perl); err != nil {
		return "it can't be read here", false
	}
	return "", false
}

// oddExpressions are the expressions of routes where we do not know what they match.
func (e *entry) oddExpressions() []*doubt {
	routes, _ := e.readRoutes()
	var all []*doubt
	for i, route := range routes {
		for _, of := range [...]struct{ name, text string }{
			{"methodRegex", route.Method}, {"uriTemplateRegex", route.Path},
		} {
			name, text := of.name, of.text
			why, malformed := javaDoubt(text)
			if why == "" {
				continue
			}
			at := e.pointcut()
			if v := e.routes.Items[i].Member(name); v.Pos.Line > 0 {
				at.Place = place(at.Field, v)
			}
			at.Field += "." + name
			if malformed {
				why = fmt.Sprintf("the gateway can't read the expression %s: %s", text, why)
			} else {
				why = fmt.Sprintf("it is not known what the expression %s matches: %s", text, why)
			}
			all = append(all, &doubt{placed: at, why: why, unreadable: malformed})
		}
	}
	return all
}

// readOrder reads the place of the policy in the chain. It is 0 where it is absent or in doubt.
func (e *entry) readOrder() (int64, *doubt) {
	at := placedAt("order", e.orderAt)
	if at.absent() {
		return 0, nil
	}
	n, ok := e.orderAt.Int()
	if !ok || !e.orderAt.Is(source.Number) {
		return n, at.wrong("a whole number", e.orderAt)
	}
	return n, nil
}

// groupDoubt is why it is not known whether the policy is one of the vendor's.
func (e *entry) groupDoubt() *doubt {
	return placedAt("groupId", e.groupAt).unknown(e.groupAt)
}

// inspectPlace reports the members outside the configuration that can't be read.
func (c *compiler) inspectPlace() {
	off, switches := c.readSwitches()
	if off != nil || c.outbound {
		return
	}
	_, routes := c.readRoutes()
	_, applies := c.appliesTo()
	_, order := c.readOrder()
	for _, d := range slices.Concat(
		switches, routes, applies, c.oddExpressions(), []*doubt{order, c.groupDoubt()},
	) {
		if d == nil {
			continue
		}
		rule := "value-not-known"
		switch {
		case d.stray:
			rule = "unknown-field"
		case d.unreadable:
			rule = "value-not-allowed"
		case d.malformed:
			rule = "wrong-type"
		}
		c.find(rule, d.Place, d.why)
	}
}
