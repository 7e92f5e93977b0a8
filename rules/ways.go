package rules

import "slices"

// mostWays is how many ways past a node we list.
const mostWays = 64

// Ways lists the ways past a node. Each way is a set of checks: who passes all of them gets past
// the node, and nobody else does, unless the gateway runs into an error of its own over a check
// of another way. If a check must not hold, its opposite is listed in its place. It is not ok if
// there are too many ways: then some are listed.
func (n *Node) Ways() (ways [][]*Check, ok bool) {
	if n.IsList() {
		return [][]*Check{slices.Collect(n.Checks())}, true
	}
	w := wayFinder{ok: true}
	return w.past(n, true), w.ok
}

// IsList reports whether a node is a plain list of checks.
func (n *Node) IsList() bool {
	for i := range n.All { // ContainsFunc would copy each node
		if n.All[i].Check == nil {
			return false
		}
	}
	return n.All != nil
}

type wayFinder struct{ ok bool }

// past lists the ways to get past a node, or to fail it.
func (w *wayFinder) past(n *Node, hold bool) [][]*Check {
	switch {
	case n.Check != nil && hold:
		return [][]*Check{{n.Check}}
	case n.Check != nil:
		return n.Check.opposite()
	case n.Not != nil:
		return w.past(n.Not, !hold)
	case n.First != nil:
		return w.pastFirst(n.First, hold)
	}
	nodes, each := n.All, hold
	if n.Any != nil {
		nodes, each = n.Any, !hold
	}
	if each {
		return w.each(nodes, hold)
	}
	var all [][]*Check
	for i := range nodes {
		all = w.limit(append(all, w.past(&nodes[i], hold)...))
	}
	return all
}

// opposite is the way to fail a check. A check that is switched off can't be failed, and one that
// is perhaps not made is not surely failed.
func (c *Check) opposite() [][]*Check {
	if c.Skip != "" {
		return nil
	}
	opposite := *c
	opposite.Test, opposite.MaySkip = Negate(c.Test), nil
	if c.MaySkip != nil {
		opposite.Test = Both(opposite.Test, Undecided(c.MaySkip))
	}
	return [][]*Check{{&opposite}}
}

// each lists the ways past all of the nodes.
func (w *wayFinder) each(nodes []Node, hold bool) [][]*Check {
	ways := [][]*Check{nil}
	for i := range nodes {
		ways = w.cross(ways, w.past(&nodes[i], hold))
	}
	return ways
}

// pastFirst lists the ways past each rule of a list: its condition holds, what it wants holds, and
// no condition before it holds.
func (w *wayFinder) pastFirst(f *First, hold bool) [][]*Check {
	var all [][]*Check
	before := [][]*Check{nil}
	for i := range f.Branches {
		b := &f.Branches[i]
		taken := w.cross(before, w.past(&b.If, true))
		all = w.limit(append(all, w.cross(taken, w.past(&b.Then, hold))...))
		before = w.cross(before, w.past(&b.If, false))
	}
	return w.limit(append(all, w.cross(before, w.past(&f.Default, hold))...))
}

// cross joins each of some ways with each of others.
func (w *wayFinder) cross(some, others [][]*Check) [][]*Check {
	var all [][]*Check
	for _, one := range some {
		for _, other := range others {
			if len(all) > mostWays {
				return w.limit(all)
			}
			all = append(all, append(one[:len(one):len(one)], other...))
		}
	}
	return all
}

func (w *wayFinder) limit(ways [][]*Check) [][]*Check {
	if len(ways) > mostWays {
		w.ok = false
		return ways[:mostWays]
	}
	return ways
}
