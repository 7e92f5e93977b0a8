package dataweave

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Compares tells that the expression makes nothing of some claims but to compare them with texts, which it lists, or to hand one on as
// its result: of two values of such a claim that are none of these texts, it gives the same, or each itself. It is not ok where
// that is not so, or can't be told.
func (e *Expr) Compares(claims ...string) (texts []string, ok bool) {
	c := comparing{claims: claims}
	undecided := func(a Ambiguity) bool { return a.Undecided }
	if len(e.Unsupported()) > 0 || slices.ContainsFunc(e.unclear, undecided) {
		return nil, false
	}
	_, ok = c.hands(e.Root)
	return c.texts, ok
}

// comparing looks through an expression for what it makes of some claims.
type comparing struct {
	claims []string
	texts  []string
}

// hands tells whether a node's value may be one of the claims as it is. It is not ok where something else is made of one.
func (c *comparing) hands(n *Node) (on, ok bool) {
	if path := n.Path(); path != nil {
		return c.path(path)
	}
	switch n.Kind {
	case Group:
		return c.hands(n.Args[0])
	case Default:
		return c.any(n.Args)
	case If:
		if on, ok := c.hands(n.Args[0]); on || !ok {
			return false, false
		}
		return c.any(n.Args[1:])
	case Compare:
		return false, c.comparison(n)
	case Call:
		return false, c.call(n)
	case Unsupported, Script:
		return false, false
	}
	return false, c.none(n.Args)
}

// path tells a claim itself from what is selected in it, and from the whole set.
func (c *comparing) path(path []string) (on, ok bool) {
	name, isClaim := claimOf(path)
	if !isClaim || name != "*" && !slices.Contains(c.claims, name) {
		return false, true
	}
	for _, set := range claimSets() {
		if len(path) == len(set)+1 && slices.Equal(path[:len(set)], set) {
			return true, true
		}
	}
	return false, false
}

func (c *comparing) any(nodes []*Node) (on, ok bool) {
	for _, n := range nodes {
		one, ok := c.hands(n)
		if !ok {
			return false, false
		}
		on = on || one
	}
	return on, true
}

func (c *comparing) none(nodes []*Node) bool {
	on, ok := c.any(nodes)
	return ok && !on
}

// comparison takes == and != of a claim and a literal.
func (c *comparing) comparison(n *Node) bool {
	if n.Name != "==" && n.Name != "!=" {
		return c.none(n.Args)
	}
	return c.against(n.Args[0], n.Args[1]) || c.against(n.Args[1], n.Args[0]) || c.none(n.Args)
}

// call takes contains of a list of literals and a claim.
func (c *comparing) call(n *Node) bool {
	if n.Name == "contains" && len(n.Args) == 2 && n.Args[0].Bare().Kind == List && c.against(n.Args[1], n.Args[0]) {
		return true
	}
	return c.none(n.Args)
}

// against notes the texts that a claim is compared with.
func (c *comparing) against(value, with *Node) bool {
	literal, ok := with.Literal()
	if !ok {
		return false
	}
	if on, ok := c.hands(value); !on || !ok {
		return false
	}
	if literal.Kind != source.List {
		c.texts = append(c.texts, literal.Text)
	}
	for _, item := range literal.Items {
		c.texts = append(c.texts, item.Text)
	}
	return true
}
