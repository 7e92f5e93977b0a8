package rules

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Class is requests that the policies of an API treat alike: the same policies apply to them, and
// the same conditions inside these hold. Method and Path are those of one such request. They are
// empty where there is only one class.
type Class struct {
	Method, Path string
	Applies      []Truth // whether each of the policies applies

	met    []Truth // what each condition on the method or the path says; nil where there are none
	beyond string  // the limit beyond which all requests are one class; empty elsewhere
	guards *guards // of the policies, where several classes share them; else nil
}

// guards are the route checks of policies; nil where a policy applies to every request.
type guards struct {
	policies []*Policy
	checks   []*Check
}

func guardsOf(policies []*Policy) *guards {
	return &guards{policies, source.Each(policies, func(p *Policy) *Check {
		if !p.When.Limited() {
			return nil
		}
		return p.When.check()
	})}
}

// guard is the route check of a policy, the one at this index.
func (c *Class) guard(i int, policy *Policy) *Check {
	if of := c.guards; of != nil && i < len(of.policies) && of.policies[i] == policy {
		return of.checks[i]
	}
	return policy.When.check()
}

// String names one request of the class.
func (c *Class) String() string { return strings.TrimSpace(c.Method + " " + c.Path) }

// Beyond is the limit beyond which all requests are one class; empty elsewhere.
func (c *Class) Beyond() string { return c.beyond }

// mostClasses limits the combinations of methods and paths that are looked at.
const mostClasses = 4096

// Classes splits the requests of an API by what its policies do with them, the most covered first.
// A method or a path that is known limits them to the classes that have it; each may be empty. If
// that goes beyond the limits of this tool, all requests are one class, and each policy with
// routes perhaps applies to it.
func Classes(policies []*Policy, method, path string) []Class {
	return NewClassifier(policies).Classes(method, path)
}

// Classifier splits the requests of an API for many methods and paths. Several goroutines may use
// one.
type Classifier struct {
	policies       []*Policy
	routes, reads  bool // some policy has routes, or depends on the method or the path otherwise
	conditions     conditions
	methods, paths []string // expressions
	matchers       func() matchers
}

// NewClassifier makes what is the same for all requests, the expressions when they are needed.
func NewClassifier(policies []*Policy) *Classifier {
	hasRoutes := func(p *Policy) bool { return len(p.When.Routes) > 0 }
	c := &Classifier{policies: policies, routes: slices.ContainsFunc(policies, hasRoutes)}
	c.reads = c.routes || slices.ContainsFunc(policies, (*Policy).readsRequestLine)
	if c.reads {
		c.conditions = conditionsOf(policies)
		c.methods, c.paths = expressionsOf(policies)
		c.methods = append(c.methods, c.conditions.methods...)
		c.paths = append(c.paths, c.conditions.paths...)
	}
	c.matchers = sync.OnceValue(func() matchers {
		return compiled(slices.Concat(c.methods, c.paths))
	})
	return c
}

// Classes is [Classes] of the policies.
func (c *Classifier) Classes(method, path string) []Class {
	policies := c.policies
	if !c.routes {
		one := Class{Applies: applied(policies, func(Route) Truth { return Yes })}
		if !c.reads {
			return []Class{one}
		}
		if method != "" && path != "" {
			one.Method, one.Path, one.met = method, path, []Truth{}
			return []Class{one}
		}
	}
	methodTexts, manyMethods := methodSamples(c.methods, c.matchers, method)
	pathTexts, manyPaths := pathSamples(c.paths, c.matchers, path)
	beyond := cmp.Or(manyMethods, manyPaths)
	if beyond == "" && len(methodTexts)*len(pathTexts) > mostClasses {
		beyond = fmt.Sprintf("more than %d combinations of methods and paths", mostClasses)
	}
	if beyond != "" {
		all := applied(policies, func(Route) Truth { return Maybe })
		return []Class{{Applies: all, beyond: beyond}}
	}
	var all []Class
	shared := guardsOf(policies)
	for _, m := range methodTexts {
		for _, p := range pathTexts {
			matches := func(r Route) Truth { return r.matches(m.says, p.says) }
			all = append(all, Class{
				Method: m.text, Path: p.text, Applies: applied(policies, matches),
				met: c.conditions.met(&m, &p), guards: shared,
			})
		}
	}
	slices.SortStableFunc(all, func(a, b Class) int {
		return cmp.Compare(b.covered(), a.covered())
	})
	return distinct(all)
}

// ClassesOfBoth are the classes of requests that policies tell apart before a change or after it,
// as each of the two treats them, in one order.
func ClassesOfBoth(before, after []*Policy) (was, is []Class) {
	for _, both := range Classes(slices.Concat(before, after), "", "") {
		then, now := both, both
		then.Applies, now.Applies = both.Applies[:len(before)], both.Applies[len(before):]
		now.guards = nil // they are others
		was, is = append(was, then), append(is, now)
	}
	return was, is
}

func applied(policies []*Policy, matches func(Route) Truth) []Truth {
	return source.Each(policies, func(policy *Policy) Truth {
		return policy.When.applies(matches)
	})
}

// covered is how many policies apply. One that perhaps applies counts half.
func (c *Class) covered() int {
	n := 0
	for _, t := range c.Applies {
		n += int(t)
	}
	return n
}

// distinct keeps the first of several classes that the policies treat alike.
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

// request is the request as one of the class: where policies have conditions, it gets the method
// and path of the class.
func (c *Class) request(r *Request) *Request {
	if c.met == nil || r.Method != "" && r.Path != "" {
		return r
	}
	one := *r
	one.supposed = r.Method == ""
	one.Method, one.Path, one.bound = cmp.Or(r.Method, c.Method), cmp.Or(r.Path, c.Path), nil
	return &one
}

// expressionsOf lists the expressions of methods and of paths, each once.
func expressionsOf(policies []*Policy) (methods, paths []string) {
	for _, policy := range policies {
		for _, route := range policy.When.Routes {
			if !route.MethodUnread {
				methods = addExpression(methods, route.Method)
			}
			if !route.PathUnread {
				paths = addExpression(paths, route.Path)
			}
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
	group   string // the same in their order: what the expressions treat alike has the same
}

func (s *sample) says(expression string) Truth {
	if expression == "" {
		return Yes
	}
	return s.matches[expression]
}

func sampleOf(
	text string, expressions []string, match func(expression, text string) Truth,
) sample {
	s := sample{text: text, matches: make(map[string]Truth, len(expressions))}
	group := make([]byte, len(expressions))
	for i, expression := range expressions {
		s.matches[expression] = match(expression, text)
		group[i] = byte(s.matches[expression])
	}
	s.group = string(group)
	return s
}

// mostMethods limits the methods that expressions name.
const mostMethods = 100

// methodSamples is a method for each group of methods that the expressions treat alike: HTTP's own
// methods (RFC 9110, section 9, without CONNECT, which is for proxies; RFC 5789), and those that
// the expressions name. Where there are too many, it names the limit.
func methodSamples(
	expressions []string, compiled func() matchers, known string,
) (all []sample, beyond string) {
	if known != "" {
		return []sample{sampleOf(known, expressions, compiled().match)}, ""
	}
	texts := []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", Preflight, "TRACE"}
	named := regexp.MustCompile(`[A-Z]{3,}`)
	for _, expression := range expressions {
		texts = source.Union(texts, named.FindAllString(expression, -1)...)
		if len(texts) > mostMethods {
			return nil, fmt.Sprintf("more than %d methods", mostMethods)
		}
	}
	match := compiled().match
	for _, text := range texts {
		all = addSample(all, sampleOf(text, expressions, match))
	}
	return all, ""
}

// addSample adds a sample if the expressions treat no other one alike.
func addSample(all []sample, s sample) []sample {
	if slices.ContainsFunc(all, func(other sample) bool { return other.group == s.group }) {
		return all
	}
	return append(all, s)
}

// evaluateClasses is the verdict of a request whose class is not known. If all classes get the
// same verdict, it is that; if each is rejected, rejected; else undetermined.
func evaluateClasses(policies []*Policy, request *Request, classes []Class) Verdict {
	all := make([]Verdict, len(classes))
	all[0] = classes[0].Evaluate(policies, request)
	for i := range classes[1:] {
		all[1+i] = classes[1+i].Beside(policies, request)
	}
	if v := OfClasses(all); !v.DependsOnClass() {
		v.Findings = assumed(policies, classes)
		return v
	}
	v := mixed(classes).Evaluate(policies, request)
	v.Findings = assumed(policies, classes)
	v.Outcome, v.Status, v.Answer, v.Classes = Undetermined, 0, Answer{}, all
	v.byClass()
	return v
}

// OfClasses is the verdict of all requests, by those of their classes. Where these differ it is
// undetermined, and says no more.
func OfClasses(all []Verdict) Verdict {
	v := all[0]
	v.Classes = all
	if v.DependsOnClass() {
		return Verdict{Outcome: Undetermined, Classes: all}
	}
	v.leaveAnswerOpen()
	return v
}

// DependsOnClass reports whether some class of requests gets another outcome than another.
func (v *Verdict) DependsOnClass() bool {
	return slices.ContainsFunc(v.Classes, func(of Verdict) bool {
		return of.Outcome != v.Classes[0].Outcome
	})
}

// leaveAnswerOpen leaves open what the gateway sends where that differs between the classes.
func (v *Verdict) leaveAnswerOpen() {
	for i := range v.Classes {
		of := &v.Classes[i]
		if of.Status != v.Status {
			v.Status, v.Answer.OneOf = 0, nil
		}
		if body := of.Answer.Body; body != v.Answer.Body || of.Answer.Says != v.Answer.Says {
			v.Answer = Answer{Status: of.Status, Evidence: v.Answer.Evidence}
		}
	}
}

// StatusByClass says what each class of requests gets where each is rejected, but not all with one
// status; nil elsewhere.
func (v *Verdict) StatusByClass() *Unknown {
	differs := func(of Verdict) bool { return of.Status != v.Classes[0].Status }
	if v.Outcome != Rejected || !slices.ContainsFunc(v.Classes, differs) {
		return nil
	}
	return v.dependsOnRequest("the status")
}

// assumed says of each policy that it applies to some requests only, or that this is not known.
func assumed(policies []*Policy, classes []Class) []Finding {
	var all []Finding
	for i, applies := range mixed(classes).Applies {
		guard := &policies[i].When
		f := Finding{
			Rule: "route-assumed", Severity: Note, Policy: policies[i],
			Pos: guard.Pos, Span: guard.Span, Field: guard.Field,
		}
		switch {
		case policies[i].idle():
		case guard.Disabled:
			all = append(all, classes[0].routeFindings(policies[i], No, &Request{})...)
		case applies == Maybe && classes[0].Applies[i] == Maybe:
			all = append(all, classes[0].routeFindings(policies[i], Maybe, &Request{})...)
		case applies == Maybe:
			f.Message = "this policy is limited to some routes: other requests are listed " +
				"separately if the answer differs"
			all = append(all, f)
		}
	}
	return all
}

// mixed is the class of all requests: a policy that applies to some classes only perhaps applies.
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

// dependsOnRequest says what each class of requests gets, one of those that get the same.
func (v *Verdict) dependsOnRequest(what string) *Unknown {
	var gets, parts, names []string
	for i := range v.Classes {
		of, name := &v.Classes[i], v.Classes[i].Class.String()
		short := string(of.Outcome)
		switch {
		case of.Decided == nil || of.Outcome == Accepted:
		case of.Outcome == Undetermined:
			short += fmt.Sprintf(" (%s: %s)", of.DecidedBy(), of.Decided.Why())
		case v.Outcome == Rejected && of.Status != 0:
			short += fmt.Sprintf(" (%s, %d)", of.DecidedBy(), of.Status)
		default:
			short += fmt.Sprintf(" (%s)", of.DecidedBy())
		}
		if slices.Contains(gets, short) {
			continue
		}
		gets = append(gets, short)
		parts, names = append(parts, name+" is "+short), append(names, name)
	}
	return &Unknown{
		Why: what + " depends on the request: " + strings.Join(parts, ", "),
		Need: Need{
			Input: source.NeedRequest,
			For:   "those of the request, such as " + strings.Join(names, " or "),
		},
	}
}

// byClass adds to the checks that keep the verdict open what each class of requests gets. Such
// checks are routes, and conditions on the method or the path.
func (v *Verdict) byClass() {
	unknown := v.dependsOnRequest("it")
	for i := range v.Results {
		r := &v.Results[i]
		route := r.Check.ID == Routed
		if r.Outcome != Unsure || r.Harmless && !route || !r.byRequest() {
			continue
		}
		r.unknown = unknown
		if !r.Harmless && (v.Decided == nil || !v.Decided.byRequest()) {
			v.Decided = r
		}
	}
	if v.Decided == nil {
		v.Decided = v.byAside(unknown)
	}
}

// byAside is what keeps the verdict open where only an [Aside] does: the first result in doubt of
// a class, which is added to the others.
func (v *Verdict) byAside(unknown *Unknown) *Result {
	for i := range v.Classes {
		of := &v.Classes[i]
		if of.Outcome == Accepted || of.Decided == nil {
			continue
		}
		r := *of.Decided
		r.Outcome, r.may, r.unknown, r.Answer = Unsure, holds|fails, unknown, Answer{}
		v.Results = append([]Result{r}, v.Results...)
		return &v.Results[0]
	}
	return nil
}

// byRequest reports whether it depends on the method or the path.
func (r *Result) byRequest() bool {
	if r.Check.ID == Routed {
		return r.Policy.When.Unknown == nil
	}
	return r.Check.Test.ReadsRequestLine()
}

// conditions are what checks want of a request's method and path, as expressions: see [Class].
type conditions struct{ methods, paths []string }

// conditionsOf collects the conditions of policies, each once.
func conditionsOf(policies []*Policy) conditions {
	var all conditions
	for check := range EachCheck(policies) {
		check.Test.EachLeaf(all.add)
	}
	return all
}

func (c *conditions) add(leaf *Predicate) {
	if !leaf.OfRequestLine() {
		return
	}
	of := &c.methods
	if leaf.Input.Name == RequestPath {
		of = &c.paths
	}
	for _, expression := range leaf.expressions() {
		*of = addExpression(*of, expression)
	}
}

// met is what the conditions say of a method and a path; nil where there are none.
func (c *conditions) met(method, path *sample) []Truth {
	all := source.Each(c.methods, method.says)
	for _, expression := range c.paths {
		all = append(all, path.says(expression))
	}
	return all
}

// expressions are regular expressions for the texts that a predicate holds for: each of these
// texts matches one of them as a whole.
func (p Predicate) expressions() []string {
	before, behind := "", ""
	switch p.Op {
	case Matches:
		return expressionTexts(p.patterns())
	case Equals, OneOf:
		if p.Texts != nil && p.Texts.SlashAlike {
			behind = "/?"
		}
	case Prefix:
		behind = ".*"
	case Suffix:
		before = ".*"
	case Contains:
		before, behind = ".*", ".*"
	default:
		return nil
	}
	if p.Texts != nil && p.Texts.FoldCase {
		before = "(?i)" + before
	}
	var all []string
	for _, literal := range p.Values {
		text := literal.Text
		if strings.HasSuffix(behind, "?") {
			text = strings.TrimSuffix(text, "/")
		}
		all = append(all, before+regexp.QuoteMeta(text)+behind)
	}
	return all
}

// OfRequestLine reports whether a leaf looks at the request's method or path, and classes tell
// what it says.
func (p *Predicate) OfRequestLine() bool {
	return p.Input.Source == FromRequest && p.Assumed == Maybe &&
		(p.Input.Name == RequestMethod || p.Input.Name == RequestPath)
}

// readsRequestLine reports whether a check of the policy depends on the request's method or path.
// It is called for each request.
func (p *Policy) readsRequestLine() bool {
	return p.Find(func(c *Check) bool { return c.Test.ReadsRequestLine() }) != nil
}

// ReadsRequestLine reports whether some leaf is OfRequestLine.
func (p *Predicate) ReadsRequestLine() bool {
	if p.OfRequestLine() {
		return true
	}
	for i := range p.Of {
		if p.Of[i].ReadsRequestLine() {
			return true
		}
	}
	return false
}
