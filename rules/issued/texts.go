package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// mostTexts limits how many texts of a policy are tried for one claim.
const mostTexts = 12

// texts is what policies compare claims with, by the claim's name; "http:NAME" and "query:NAME" for what the caller writes.
type texts map[string][]string

// textsOf collects them from the policies that are in force.
func textsOf(policies []*rules.Policy) texts {
	all := texts{}
	for _, policy := range policies {
		if policy.When.Disabled {
			continue
		}
		for _, check := range policy.Checks() {
			all.see(check)
		}
	}
	return all
}

// see notes the texts of a check for everything that it reads.
func (t texts) see(check *rules.Check) {
	found := TextsOf(check)
	if len(found) == 0 {
		return
	}
	for _, in := range check.Reads() {
		name := claimOf(in)
		if in.Source == rules.FromHTTP || in.Source == rules.FromQuery {
			name = in.String()
		}
		for _, text := range found {
			if name != "" && len(t[name]) < 2*mostTexts && !slices.Contains(t[name], text) {
				t[name] = append(t[name], text)
			}
		}
	}
}

// TextsOf lists the texts that a check compares with: the literals of its predicates, and what stands in quotes in an expression.
func TextsOf(check *rules.Check) []string {
	var all []string
	add := func(text string) {
		if text != "" && len(all) < mostTexts && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	eachLeaf(check.Test, func(leaf rules.Predicate) {
		for _, v := range leaf.Values {
			add(v.Text)
		}
		if leaf.Input.Opaque != nil {
			for _, text := range quoted(leaf.Input.Opaque.Text) {
				add(text)
			}
		}
	})
	return all
}

// eachLeaf visits every part of a predicate that asks something of an input.
func eachLeaf(p rules.Predicate, visit func(rules.Predicate)) {
	if p.Op != rules.And && p.Op != rules.Or && p.Op != rules.Not {
		visit(p)
		return
	}
	for _, part := range p.Of {
		eachLeaf(part, visit)
	}
}

// quoted lists what stands in quotes of either sort in an expression.
func quoted(expression string) []string {
	var all []string
	for {
		i := strings.IndexAny(expression, `'"`)
		if i < 0 {
			return all
		}
		text, rest, closed := strings.Cut(expression[i+1:], expression[i:i+1])
		if !closed {
			return all
		}
		all, expression = append(all, text), rest
	}
}

// claimOf is the claim that an input gives, or that the modelled answer of a validation endpoint takes it from.
func claimOf(in rules.Input) string {
	switch {
	case in.Source == rules.FromClaim:
		return in.Name
	case in.Source == rules.FromIntrospection && in.Name == "scope":
		return "scp"
	case in.Source == rules.FromIntrospection && in.Name == "active":
		return "exp"
	case in.Source == rules.FromIntrospection:
		return in.Name
	}
	return ""
}

// nearAudiences lists audiences in which a check finds a part of the API's own, where it does not compare whole values: App ID URIs that
// somebody else may register. None of them is one of these.
func nearAudiences(policies []*rules.Policy, own []string) []string {
	var all []string
	add := func(uris ...string) {
		for _, uri := range uris {
			if len(all) < 2*mostTexts && !slices.Contains(own, uri) && !slices.Contains(all, uri) {
				all = append(all, uri)
			}
		}
	}
	for _, policy := range policies {
		if policy.When.Disabled {
			continue
		}
		for _, check := range policy.Checks() {
			if !readsClaim(check, "aud") || comparesWholes(check.Test) {
				continue
			}
			for _, text := range TextsOf(check) {
				if !strings.Contains(text, "://") {
					add("api://" + text + "-other")
				}
				add(text+"-other", "api://other"+text, "api://other/"+text+"-other")
			}
		}
	}
	return all
}

// readsClaim reports whether a check that is in force reads one of these claims.
func readsClaim(check *rules.Check, names ...string) bool {
	return slices.ContainsFunc(check.Reads(), func(in rules.Input) bool { return slices.Contains(names, claimOf(in)) })
}

// comparesWholes reports whether a predicate compares with whole values only.
func comparesWholes(p rules.Predicate) bool {
	whole := true
	eachLeaf(p, func(leaf rules.Predicate) {
		whole = whole && (leaf.Op == rules.Present || leaf.Op == rules.Equals || leaf.Op == rules.OneOf)
	})
	return whole
}
