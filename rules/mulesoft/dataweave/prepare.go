package dataweave

import (
	"regexp"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// prepared is what Parse finds out about a node once, for all evaluations.
type prepared struct {
	unclear  bool           // parentheses are missing somewhere in it, so that it has no certain value
	refused  *Construct     // why the node isn't run, or nil
	constant *source.Value  // of a literal
	pattern  *regexp.Regexp // of a Call with a Regex, where it is plain enough to be run
	function function       // of a Call
}

// prepare fills in what the nodes of a fresh tree know of themselves.
func prepare(root *Node, d Dialect) {
	for n := range root.All() {
		if c, found := n.construct(d); found {
			n.ready.refused = &c
			continue
		}
		if n.Kind != Group && (n.Kind != List || d == Mule) { // on Flex, an item may be refused
			n.ready.constant, _ = n.Literal()
		}
		if n.Kind == Call {
			n.ready.function, _ = lookup(n.Name)
			n.ready.pattern = n.compiled()
		}
	}
}
