package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// mostOfRequestLine is up to how many conditions on a request's method or path policies are asked
// about in every class of requests. Beyond it they are in some: the more conditions, the fewer.
const mostOfRequestLine = 512

// inSomeClass is how far a token gets in the class of requests in which it gets furthest, where it
// gets no further than so far.
func (e *exposed) inSomeClass(
	t *issued.Token, clients bool, most exposure,
) (best exposure, with *issued.Token) {
	view := e.view(t, distinctions{clients, true})
	classes := view.Classes()
	beyond := classes[0].Beyond()
	if beyond != "" {
		classes = append(e.namedClasses(view), classes...)
	}
	tried := len(classes)
	if e.lines > mostOfRequestLine {
		tried = min(tried, mostOfRequestLine*mostOfRequestLine/e.lines+1)
	}
	for _, class := range classes[:tried] {
		if got, token := e.one(view.OfClass(&class), t); got > best {
			best, with = got, token
		}
		if best == letIn {
			return best, with
		}
	}
	if beyond != "" {
		*e.limit = strings.TrimPrefix(beyond, "more than ")
	}
	if tried < len(classes) {
		*e.limit = fmt.Sprintf("%d conditions on methods and paths", mostOfRequestLine)
		return min(most, unclear), t
	}
	return best, with
}

// namedClasses are classes of requests whose method and path conditions name: some, where there
// are too many to know all classes.
func (e *exposed) namedClasses(view *issued.View) (all []rules.Class) {
	methods := e.named(rules.RequestMethod, rules.MethodFault)
	if len(methods) == 0 {
		methods = []string{"GET"}
	}
	for _, path := range e.named(rules.RequestPath, rules.PathFault) {
		for _, method := range methods {
			all = append(all, view.ClassOf(method, path))
		}
	}
	return all
}

// named are the first few methods or paths that conditions name.
func (e *exposed) named(what string, fault func(text string) string) (all []string) {
	const most = 4
	add := func(leaf *rules.Predicate) {
		for _, v := range leaf.Values {
			isOne := leaf.OfRequestLine() && leaf.Input.Name == what && fault(v.Text) == ""
			if isOne && len(all) < most && !slices.Contains(all, v.Text) {
				all = append(all, v.Text)
			}
		}
	}
	for c := range rules.EachCheck(e.policies) {
		c.Test.EachLeaf(add)
	}
	return all
}

// ofRequestLine counts the conditions on a request's method or path, where rules that allow or
// deny by what tokens claim have some; 0 elsewhere.
func ofRequestLine(policies []*rules.Policy) int {
	conditions, both := 0, false
	for c := range rules.EachCheck(policies) {
		if c.Unknown == nil && c.Test.ReadsRequestLine() {
			both = both || c.ID == rules.Authorization && asksOfToken(c)
			c.Test.EachLeaf(func(leaf *rules.Predicate) {
				if leaf.OfRequestLine() {
					conditions++
				}
			})
		}
	}
	if !both {
		return 0
	}
	return conditions
}
