package rules

import (
	"regexp"
	"strings"
)

// conditions are what checks ask of a request's method and path, as expressions: see [Class].
type conditions struct{ methods, paths []string }

// conditionsOf collects them, each once.
func conditionsOf(policies []*Policy) conditions {
	var all conditions
	for _, policy := range policies {
		for check := range policy.Root.Checks() {
			check.Test.walk(all.add)
		}
	}
	return all
}

func (c *conditions) add(leaf Predicate) {
	of := &c.methods
	switch {
	case leaf.Input.Source != FromRequest:
		return
	case leaf.Input.Name == RequestPath:
		of = &c.paths
	case leaf.Input.Name != RequestMethod:
		return
	}
	for _, expression := range leaf.expressions() {
		*of = addExpression(*of, expression)
	}
}

// met is what they say of a method and a path; nil where there are none.
func (c *conditions) met(method, path *sample) []Truth {
	var all []Truth
	for _, expression := range c.methods {
		all = append(all, method.says(expression))
	}
	for _, expression := range c.paths {
		all = append(all, path.says(expression))
	}
	return all
}

// expressions are regular expressions, one a text, that whole texts match for which a predicate
// holds.
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

// readsRequestLine reports whether a check of the policy asks something of the request's method or
// path. It is asked for each request.
func (p *Policy) readsRequestLine() bool { return p.Root.readsRequestLine() }

func (n *Node) readsRequestLine() bool {
	switch {
	case n.Check != nil:
		return n.Check.Test.readsRequestLine()
	case n.Any == nil && n.Not == nil && n.First == nil:
		return anyReadsRequestLine(n.All)
	case n.Any != nil:
		return anyReadsRequestLine(n.Any)
	}
	for _, part := range n.parts() {
		if part.readsRequestLine() {
			return true
		}
	}
	return false
}

func anyReadsRequestLine(nodes []Node) bool {
	for i := range nodes {
		if nodes[i].readsRequestLine() {
			return true
		}
	}
	return false
}

func (p *Predicate) readsRequestLine() bool {
	if p.Input.Source == FromRequest {
		return p.Input.Name == RequestMethod || p.Input.Name == RequestPath
	}
	for i := range p.Of {
		if p.Of[i].readsRequestLine() {
			return true
		}
	}
	return false
}
