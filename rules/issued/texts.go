package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// mostTexts limits how many texts of a policy are tried for one claim.
const mostTexts = 12

// mostOfAll limits how many of them are known at all.
const mostOfAll = 1024

// texts is what policies compare claims with, by the claim's name; "http:NAME" and "query:NAME"
// for what the caller writes.
type texts map[string][]string

// asking is a check of a policy with what it reads and compares with, looked up once.
type asking struct {
	*rules.Check
	off   bool // its policy is disabled
	reads []rules.Input
	texts []string
}

// askedBy looks into the checks of policies.
func askedBy(policies []*rules.Policy) []asking {
	var all []asking
	for _, policy := range policies {
		for _, check := range policy.Checks() {
			all = append(all, asking{check, policy.When.Disabled, check.Reads(), allTexts(check)})
		}
	}
	return all
}

// readsClaim reports whether a check that is in force reads one of these claims.
func (a *asking) readsClaim(names ...string) bool {
	return slices.ContainsFunc(
		a.reads, func(in rules.Input) bool { return slices.Contains(names, in.ClaimRead()) },
	)
}

// textsOf collects the texts of checks that are in force, for everything that they read.
func textsOf(checks []asking) texts {
	all := texts{}
	for i := range checks {
		if checks[i].off || len(checks[i].texts) == 0 {
			continue
		}
		for _, in := range checks[i].reads {
			name := in.ClaimRead()
			if fromRequest(in) {
				name = in.String()
			}
			if name != "" {
				all[name] = joinTexts(all[name], checks[i].texts)
			}
		}
	}
	return all
}

// joinTexts adds the texts of a check that are not there yet. The first check's are shared: one
// that reads very many claims may compare with very many texts.
func joinTexts(all, texts []string) []string {
	if len(all) == 0 {
		return slices.Clip(texts)
	}
	for _, text := range texts {
		if len(all) < mostOfAll && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// TextsOf lists some of the texts that a check compares with.
func TextsOf(check *rules.Check) []string {
	all := allTexts(check)
	return all[:min(len(all), mostTexts)]
}

// allTexts lists the texts that a check compares with: the literals of its predicates, and what
// stands in quotes in an expression.
func allTexts(check *rules.Check) []string {
	var all []string
	add := func(text string) {
		if text != "" && len(all) < mostOfAll && !slices.Contains(all, text) {
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

// nearAudiences lists audiences in which a check finds a part of the API's own, where it does not
// compare whole values: App ID URIs that somebody else may register. None of them is one of these.
func nearAudiences(checks []asking, own []string) []string {
	var all []string
	add := func(uris ...string) {
		for _, uri := range uris {
			if len(all) < 2*mostTexts && !slices.Contains(own, uri) && !slices.Contains(all, uri) {
				all = append(all, uri)
			}
		}
	}
	for i := range checks {
		if checks[i].off || !checks[i].readsClaim("aud") || comparesWholes(checks[i].Test) {
			continue
		}
		for _, text := range checks[i].texts {
			if !strings.Contains(text, "://") {
				add("api://" + text + "-other")
			}
			add(text+"-other", "api://other"+text, "api://other/"+text+"-other")
		}
	}
	return all
}

// comparesWholes reports whether a predicate compares with whole values only.
func comparesWholes(p rules.Predicate) bool {
	whole := true
	eachLeaf(p, func(leaf rules.Predicate) {
		whole = whole &&
			(leaf.Op == rules.Present || leaf.Op == rules.Equals || leaf.Op == rules.OneOf)
	})
	return whole
}
