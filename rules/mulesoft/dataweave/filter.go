package dataweave

import "github.com/gatewhy/gatewhy/inspect/source"

const filterName = "filter"

// isFilter reports whether a node is a filter with a lambda that is run.
func (n *Node) isFilter() bool {
	return n.Kind == Call && len(n.Args) == 2 && n.Args[1].hasParameter()
}

// bindParameters marks each $ by which the lambda of a filter has its item. The lambda is run where
// brackets say what belongs to it: "filter ($ == 'a')" or "filter(list, $ == 'a')". Of one without
// brackets the reading depends on what binds closer, and one with named parameters is not read.
func bindParameters(root *Node, d Dialect) {
	if d == Flex {
		return // it has no lambdas
	}
	for n := range root.All() {
		f, _ := lookup(n.Name)
		bracketed := n.Kind == Call && len(n.Args) == 2 &&
			(!n.Infix || n.Args[1].Kind == Group)
		if f.name == filterName && bracketed {
			n.Args[1].bind()
		}
	}
}

// bind marks each $ that is of this lambda, and of no other one in it.
func (n *Node) bind() {
	if n.Kind == Unsupported && n.Name == lambdaParameter && n.Text == "$" {
		n.prepared.parameter = true
	}
	args := n.Args
	if f, _ := lookup(n.Name); n.Kind == Call && f.name == filterName && len(args) > 0 {
		args = args[:1]
	}
	for _, arg := range args {
		arg.bind()
	}
}

// hasParameter reports whether a node is a lambda by its $.
func (n *Node) hasParameter() bool {
	for below := range n.All() {
		if below.prepared.parameter {
			return true
		}
	}
	return false
}

// filter keeps the items of a list for which the lambda is true (DataWeave reference, dw::Core,
// filter). It is not documented whether Mule runs the lambda on items that nobody asks for, so that
// one that fails may fail the whole or not.
func (v *evaluator) filter(n *Node) Result {
	if !n.isFilter() {
		if r := v.eval(n.Args[1]); r.Unknown != nil {
			return fromOperand(r, true) // a lambda of another form
		}
		return unknown(n, "what filter gives without a lambda is not documented")
	}
	from, r := v.operands(n.Args[:1], true)
	switch {
	case from == nil:
		return r
	case isNull(from[0]):
		return v.nothing(n)
	case !from[0].Is(source.List):
		return undocumented(n, from...)
	}
	outer := v.parameter
	defer func() { v.parameter = outer }()
	kept := make([]*source.Value, 0, len(from[0].Items))
	for _, item := range from[0].Items {
		v.parameter = item
		keep := v.eval(n.Args[1])
		switch {
		case keep.Unknown != nil:
			return fromOperand(keep, true)
		case keep.Failure != nil:
			return unknown(n, "the lambda of filter fails on an item: %s", keep.Failure.Why)
		case !keep.Value.Is(source.Bool):
			return undocumented(n, from[0], keep.Value)
		case keep.Value.Text == "true":
			kept = append(kept, item)
		}
	}
	return value(list(kept))
}
