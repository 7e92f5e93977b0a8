package rules

import "github.com/gatewhy/gatewhy/inspect/source"

// Policy is one policy of a gateway, compiled. It is immutable: any number of requests may be evaluated
// against it at once.
type Policy struct {
	Gateway string          // the adapter's name
	Variant string          // which of the adapter's gateways it was compiled for
	Asset   string          // the vendor's id of the policy kind
	Name    string          // the vendor's name of it, as its console shows it
	Product string          // the gateway that it was compiled for, as its vendor calls it
	Version string          // of the asset; empty where the file does not tell
	API     string          // the API instance that it is applied to; empty where the file does not tell
	Order   int             // its place in the chain; 0 where the file does not tell
	Pos     source.Position // of the policy's entry
	When    Guard
	Root    Node
	Entry   Entry // what the adapter has read of it; it is not changed either
}

// Node is a check, or an ordered list of nodes that must all hold.
type Node struct {
	Check *Check
	All   []Node
}

// Checks lists the policy's checks in order.
func (p *Policy) Checks() []*Check { return p.Root.checks(make([]*Check, 0, p.Root.size())) }

// size is the number of checks at or below a node.
func (n Node) size() int {
	size := 0
	if n.Check != nil {
		size++
	}
	for _, part := range n.All {
		size += part.size()
	}
	return size
}

func (n Node) checks(all []*Check) []*Check {
	if n.Check != nil {
		all = append(all, n.Check)
	}
	for _, part := range n.All {
		all = part.checks(all)
	}
	return all
}

// AllOf is the node under which each of the checks must hold, in order.
func AllOf(checks ...*Check) Node {
	node := Node{All: make([]Node, len(checks))}
	for i, check := range checks {
		node.All[i].Check = check
	}
	return node
}

// Guard says to which requests a policy applies. The zero Guard applies to all.
type Guard struct {
	Disabled bool
	Routes   []Route // where there are any, one of them must match
	Unread   bool    // it is limited to routes in a form that is not modelled
	Field    string
	Pos      source.Position // of what limits it
	Span     source.Span
	Evidence Evidence
}

// Route is a method and a path that a policy is limited to. Both are regular expressions; an empty one
// matches everything.
type Route struct{ Method, Path string }
