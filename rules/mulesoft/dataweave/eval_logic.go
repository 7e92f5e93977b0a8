package dataweave

import "github.com/gatewhy/gatewhy/inspect/source"

// logic evaluates "and" (decided by false) and "or" (decided by true). Operands are evaluated up to the first
// that decides on Flex (pdk-pel, runtime/eval.rs); that Mule stops there is not documented, so that an error
// behind it leaves the whole open.
func (v *evaluator) logic(n *Node, decides bool) Result {
	l := logic{decides: decides}
	for _, arg := range n.Args {
		if l.decided != nil && v.flex() {
			break
		}
		if r := v.truth(arg); l.take(r) {
			return r
		}
	}
	return l.result()
}

// logic puts the operands of "and" or "or" together.
type logic struct {
	decides bool
	decided *Result
	open    *Result // the first that is not known, or that fails behind one that decides
	mayErr  bool
	never   int // how many of those that are not known are never true
	unknown int
}

// take adds an operand, and reports whether it surely is the result of the whole: an error with nothing open
// before it.
func (l *logic) take(r Result) bool {
	switch {
	case r.Failure != nil && l.open == nil && l.decided == nil:
		return true
	case r.Failure != nil:
		l.mayErr = true
		l.note(r)
	case r.Value == nil && l.decided == nil:
		l.mayErr = l.mayErr || r.Unknown.MayErr
		l.unknown++
		if r.Unknown.NeverTrue {
			l.never++
		}
		l.note(r)
	case r.Value == nil && r.Unknown.MayErr:
		l.mayErr = true
		l.note(r)
	case r.Value != nil && isTrue(r.Value) == l.decides && l.decided == nil:
		l.decided = &r
	}
	return false
}

func (l *logic) note(r Result) {
	if l.open == nil {
		l.open = &r
	}
}

func (l *logic) result() Result {
	switch {
	case l.decided != nil && !l.mayErr:
		return *l.decided
	case l.open == nil:
		return value(boolean(!l.decides))
	}
	u := Unknown{}
	if l.open.Failure != nil {
		u.Why, u.Column = l.open.Failure.Why, l.open.Failure.Column
	} else {
		u = *l.open.Unknown
	}
	u.Present, u.MayErr = false, l.mayErr
	// Of "and", false or an error is never true; of "or", nothing that is never true makes it so.
	u.NeverTrue = !l.decides && (l.decided != nil || l.never > 0) ||
		l.decides && l.decided == nil && l.never == l.unknown
	return Result{Unknown: &u}
}

// truth evaluates an operand that has to be a boolean. PEL takes the strings "true" and "false" for booleans
// and fails on anything else (pdk-pel, runtime/coercion.rs); what Mule does is not documented.
func (v *evaluator) truth(n *Node) Result {
	r := v.eval(n)
	switch {
	case r.Unknown != nil && n.Boolean() != Yes:
		mayErr := passedOn(r, true)
		mayErr.Unknown.NeverTrue = r.Unknown.NeverTrue
		return mayErr
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
		return passedOn(r, false)
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
		return passedOn(r, true)
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
		return passedOn(r, false)
	}
}

func (v *evaluator) compare(n *Node) Result {
	operands, r := v.all(n.Args, n.Name != "==" && n.Name != "!=")
	if operands == nil {
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
