package dataweave

import "github.com/gatewhy/gatewhy/inspect/source"

// logic evaluates "and" (decided by false) and "or" (decided by true) with three values: what is not known
// doesn't matter where another operand decides.
func (v *evaluator) logic(n *Node, decides bool) Result {
	var open *Result
	for _, arg := range n.Args {
		r := v.truth(arg)
		switch {
		case r.Value != nil && isTrue(r.Value) == decides:
			return r
		case r.Failure != nil && open == nil:
			return r
		case r.Value == nil && open == nil:
			open = &r
		}
	}
	if open != nil {
		return *open
	}
	return value(boolean(!decides))
}

// truth evaluates an operand that has to be a boolean. PEL takes the strings "true" and "false" for booleans
// and fails on anything else (pdk-pel, runtime/coercion.rs); what Mule does is not documented.
func (v *evaluator) truth(n *Node) Result {
	r := v.eval(n)
	switch {
	case r.Value == nil || r.Value.Kind == source.Bool:
		return r
	case v.flex() && r.Value.Kind == source.String && (r.Value.Text == "true" || r.Value.Text == "false"):
		return value(boolean(r.Value.Text == "true"))
	case v.flex():
		return failure(n, r.Value.Kind.String()+" stands where a boolean is needed")
	default:
		return unknown(n, "what Mule makes of "+r.Value.Kind.String()+" where a boolean is needed is not documented")
	}
}

func (v *evaluator) not(n *Node) Result {
	if n.Name == "!" && v.before42() {
		return unknown(n, "! exists since Mule 4.2; before it, write not")
	}
	r := v.truth(n.Args[0])
	if r.Value == nil {
		return r
	}
	return value(boolean(!isTrue(r.Value)))
}

// before42 reports whether the runtime is known to have a DataWeave older than 2.2.
func (v *evaluator) before42() bool {
	return !v.flex() && v.env.Runtime.Known() && !v.env.Runtime.AtLeast(4, 2)
}

func (v *evaluator) conditional(n *Node) Result {
	r := v.truth(n.Args[0])
	switch {
	case r.Value == nil:
		return r
	case isTrue(r.Value):
		return v.eval(n.Args[1])
	default:
		return v.eval(n.Args[2])
	}
}

// defaultTo replaces null only. An error on the left propagates on Flex (pdk-pel, runtime/eval.rs); Mule's
// documentation says that a failed coercion is replaced too, and nothing of other errors.
func (v *evaluator) defaultTo(n *Node) Result {
	r := v.eval(n.Args[0])
	switch {
	case isNull(r.Value):
		return v.eval(n.Args[1])
	case r.Failure != nil && !v.flex():
		return unknown(n, "which errors default replaces is not documented")
	default:
		return r
	}
}

func (v *evaluator) compare(n *Node) Result {
	operands, r := v.all(n.Args)
	if operands == nil {
		if v.presentAndNull(n.Args) && (n.Name == "==" || n.Name == "!=") {
			return value(boolean(n.Name == "!="))
		}
		return r
	}
	left, right := operands[0], operands[1]
	switch n.Name {
	case "==":
		return answered(v.equal(left, right, 0), n, "whether these values are equal is not documented")
	case "!=":
		return answered(v.equal(left, right, 0).not(), n, "whether these values are equal is not documented")
	case "~=":
		return answered(v.similar(left, right, 0), n, "how ~= coerces these values is not documented")
	default:
		return v.order(n, left, right)
	}
}

// presentAndNull reports whether one of two operands is null, and the other is surely not, though its value is not known.
func (v *evaluator) presentAndNull(args []*Node) bool {
	left, right := v.eval(args[0]), v.eval(args[1])
	return left.present() && isNull(right.Value) || isNull(left.Value) && right.present()
}

func (a Answer) not() Answer {
	switch a {
	case Yes:
		return No
	case No:
		return Yes
	default:
		return Maybe
	}
}
