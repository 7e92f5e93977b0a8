package rules

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Class is requests that the policies of an API do not tell apart: the same policies apply to
// them, and the same conditions inside them hold. Method and Path are those of one of them, and
// empty where the policies tell no classes apart.
type Class struct {
	Method, Path string
	Applies      []Truth // whether each of the policies applies

	met    []Truth // what each condition on the method or the path says; nil where there are none
	beyond bool    // it is all requests, which go beyond the limits of telling them apart
}

// String names one request of the class.
func (c *Class) String() string { return strings.TrimSpace(c.Method + " " + c.Path) }

// mostClasses limits the combinations of methods and paths that are looked at.
const mostClasses = 4096

// Classes splits the requests of an API by what its policies do with them, the most covered first.
// A method and a path that are known pick those that have them; each may be empty. Where that goes
// beyond the limits of this tool, all requests are one class, to which policies with routes may
// apply.
func Classes(policies []*Policy, method, path string) []Class {
	hasRoutes := func(p *Policy) bool { return len(p.When.Routes) > 0 }
	routes := slices.ContainsFunc(policies, hasRoutes)
	if !routes {
		one := Class{Applies: applied(policies, func(Route) Truth { return Yes })}
		if !slices.ContainsFunc(policies, (*Policy).readsRequestLine) {
			return []Class{one}
		}
		if method != "" && path != "" {
			one.Method, one.Path, one.met = method, path, []Truth{}
			return []Class{one}
		}
	}
	methods, paths := expressionsOf(policies)
	conditions := conditionsOf(policies)
	methodTexts, methodsOK := methodSamples(append(methods, conditions.methods...), method)
	pathTexts, pathsOK := pathSamples(append(paths, conditions.paths...), path)
	if !methodsOK || !pathsOK || len(methodTexts)*len(pathTexts) > mostClasses {
		all := applied(policies, func(Route) Truth { return Maybe })
		return []Class{{Applies: all, beyond: true}}
	}
	var all []Class
	for _, m := range methodTexts {
		for _, p := range pathTexts {
			matches := func(r Route) Truth { return min(m.says(r.Method), p.says(r.Path)) }
			all = append(all, Class{
				Method: m.text, Path: p.text, Applies: applied(policies, matches),
				met: conditions.met(&m, &p),
			})
		}
	}
	slices.SortStableFunc(all, func(a, b Class) int { return cmp.Compare(b.covered(), a.covered()) })
	return distinct(all)
}

func applied(policies []*Policy, matches func(Route) Truth) []Truth {
	all := make([]Truth, len(policies))
	for i, policy := range policies {
		all[i] = policy.When.applies(matches)
	}
	return all
}

// covered is how many policies apply, those that perhaps do counted by half.
func (c *Class) covered() int {
	n := 0
	for _, t := range c.Applies {
		n += int(t)
	}
	return n
}

// distinct keeps the first of the classes that the policies do not tell apart.
func distinct(all []Class) []Class {
	var kept []Class
	for _, c := range all {
		same := func(k Class) bool {
			return slices.Equal(k.Applies, c.Applies) && slices.Equal(k.met, c.met)
		}
		if !slices.ContainsFunc(kept, same) {
			kept = append(kept, c)
		}
	}
	return kept
}

// request is a request of the class: where the policies have conditions, one with its method and
// path.
func (c *Class) request(r *Request) *Request {
	if c.met == nil || r.Method != "" && r.Path != "" {
		return r
	}
	one := *r
	one.Method, one.Path, one.bound = cmp.Or(r.Method, c.Method), cmp.Or(r.Path, c.Path), nil
	return &one
}

// expressionsOf lists the expressions of methods and of paths, each once.
func expressionsOf(policies []*Policy) (methods, paths []string) {
	for _, policy := range policies {
		for _, route := range policy.When.Routes {
			methods, paths = addExpression(methods, route.Method), addExpression(paths, route.Path)
		}
	}
	return methods, paths
}

func addExpression(all []string, expression string) []string {
	if expression == "" || slices.Contains(all, expression) {
		return all
	}
	return append(all, expression)
}

// sample is a method or a path, with what each expression says of it.
type sample struct {
	text    string
	matches map[string]Truth
}

func (s *sample) says(expression string) Truth {
	if expression == "" {
		return Yes
	}
	return s.matches[expression]
}

func sampleOf(text string, expressions []string, match func(expression, text string) Truth) sample {
	s := sample{text: text, matches: make(map[string]Truth, len(expressions))}
	for _, expression := range expressions {
		s.matches[expression] = match(expression, text)
	}
	return s
}

// mostMethods limits the methods that expressions name.
const mostMethods = 100

// methodSamples is a method for each way in which the expressions tell methods apart: of HTTP's
// own, and of those that the expressions name. It is not ok if that goes beyond the limits.
func methodSamples(expressions []string, known string) (all []sample, ok bool) {
	if known != "" {
		return []sample{sampleOf(known, expressions, matchRoute)}, true
	}
	texts := []string{
		http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
		http.MethodHead, http.MethodOptions,
	}
	named := regexp.MustCompile(`[A-Z]{3,}`)
	for _, expression := range expressions {
		for _, text := range named.FindAllString(expression, -1) {
			if !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
		if len(texts) > mostMethods {
			return nil, false
		}
	}
	covers := compiled(expressions)
	for _, text := range texts {
		all = addSample(all, sampleOf(text, expressions, covers))
	}
	return all, true
}

// addSample adds a sample that the expressions tell from all others.
func addSample(all []sample, s sample) []sample {
	for _, other := range all {
		same := true
		for expression, match := range s.matches {
			same = same && other.matches[expression] == match
		}
		if same {
			return all
		}
	}
	return append(all, s)
}

// evaluateClasses is the verdict of a request of which it is not known to which class it belongs: that of every
// class where they agree, or rejected where every class is; else undetermined.
func evaluateClasses(policies []*Policy, request *Request, classes []Class) Verdict {
	all := make([]Verdict, len(classes))
	outcomes := map[Decision]int{}
	for i := range classes {
		all[i] = classes[i].Evaluate(policies, request)
		outcomes[all[i].Outcome]++
	}
	if outcomes[all[0].Outcome] == len(all) {
		v := all[0]
		v.Findings = assumed(policies, classes)
		for i := range all {
			if all[i].Status != v.Status {
				v.Status = 0
			}
		}
		v.Classes = all
		return v
	}
	v := mixed(classes).Evaluate(policies, request)
	v.Findings = assumed(policies, classes)
	v.Outcome, v.Status, v.Answer, v.Classes = Undetermined, 0, Answer{}, all
	v.byClass()
	return v
}

// assumed says of each policy that it applies to some requests only, or that this is not known.
func assumed(policies []*Policy, classes []Class) []Finding {
	var all []Finding
	for i, applies := range mixed(classes).Applies {
		guard := &policies[i].When
		f := Finding{Rule: "route-assumed", Severity: Note, Pos: guard.Pos, Span: guard.Span, Field: guard.Field}
		switch {
		case guard.Disabled:
			all = append(all, classes[0].routeFindings(policies[i], No, &Request{})...)
		case applies == Maybe && classes[0].Applies[i] == Maybe:
			all = append(all, classes[0].routeFindings(policies[i], Maybe, &Request{})...)
		case applies == Maybe:
			f.Message = "this policy is limited to some routes: what holds for other requests is told apart where it differs"
			all = append(all, f)
		}
	}
	return all
}

// mixed is the class of which it is not known whether the policies apply that tell the classes apart.
func mixed(classes []Class) *Class {
	c := &Class{Applies: slices.Clone(classes[0].Applies)}
	for _, other := range classes[1:] {
		for i, t := range other.Applies {
			if t != c.Applies[i] {
				c.Applies[i] = Maybe
			}
		}
	}
	return c
}

// byClass says of the checks that keep the verdict open what each class of requests gets: of
// routes, and of conditions on the method or the path.
func (v *Verdict) byClass() {
	var parts []string
	for i := range v.Classes {
		parts = append(parts, fmt.Sprintf("%s is %s", v.Classes[i].Class, v.Classes[i].inShort()))
	}
	unknown := &Unknown{
		Why:  "it depends on the request: " + strings.Join(parts, ", "),
		Need: Need{Input: source.NeedRequest, For: "whether it is a request such as " + classNames(v.Classes)},
	}
	for i := range v.Results {
		r := &v.Results[i]
		if r.Outcome != Unsure || r.Harmless || !r.byRequest() {
			continue
		}
		r.unknown = unknown
		if v.Decided == nil || !v.Decided.byRequest() {
			v.Decided = r
		}
	}
}

// byRequest reports whether it depends on the method or the path.
func (r *Result) byRequest() bool {
	if r.Check.ID == Routed {
		return r.Policy.When.Unknown == nil
	}
	return r.Check.Test.readsRequestLine()
}

func classNames(all []Verdict) string {
	var names []string
	for i := range all {
		names = append(names, all[i].Class.String())
	}
	return strings.Join(names, " or ")
}

// inShort is the outcome with the check that decides it.
func (v *Verdict) inShort() string {
	if v.Decided == nil || v.Outcome == Accepted {
		return string(v.Outcome)
	}
	return fmt.Sprintf("%s (%s)", v.Outcome, v.Decided.Check.ID)
}
