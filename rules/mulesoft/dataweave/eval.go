package dataweave

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The limits of an evaluation: steps, bytes of text and items of lists that it makes, levels of a value that it
// compares.
const (
	maxSteps      = 1 << 20
	maxMade       = 1 << 20
	maxValueDepth = 500
)

// Eval evaluates the expression. It always ends, and doesn't change the environment. Where versions of the Mule
// runtime differ and Env.Runtime isn't known, the result is unknown unless all of them give the same.
func (e *Expr) Eval(env Env) Result {
	v := &evaluator{env: env, expr: e, since24: !env.Runtime.Known() || env.Runtime.AtLeast(4, 4)}
	result := v.eval(e.Root)
	if e.refused != nil && (result.Unknown == nil || result.Unknown.NeverTrue) {
		return refused(e.refused)
	}
	if env.Runtime.Known() || v.version == nil {
		return result
	}
	old := &evaluator{env: env, expr: e}
	return v.eitherVersion(result, old.eval(e.Root))
}

// eitherVersion joins the results of DataWeave 2.4 and of the versions before it.
func (v *evaluator) eitherVersion(now, before Result) Result {
	if now.Value != nil && before.Value != nil && v.equal(now.Value, before.Value, 0) == Yes {
		return now
	}
	result := unknown(v.version, v.version.Name+" of null gives a value since Mule 4.4 (DataWeave 2.4) and an error before it, and the version of the runtime is not known")
	result.Unknown.NeverTrue = now.Holds() == No && before.Holds() == No
	return result
}

type evaluator struct {
	env     Env
	expr    *Expr
	since24 bool  // the runtime has DataWeave 2.4
	version *Node // the first call whose result depends on since24
	steps   int
	made    int
}

func (v *evaluator) flex() bool { return v.expr.Dialect == Flex }

// spend counts steps and reports whether there are any left.
func (v *evaluator) spend(steps int) bool {
	v.steps += steps
	return v.steps <= maxSteps
}

// produce counts what an evaluation makes and reports whether it may.
func (v *evaluator) produce(size int) bool {
	v.made += size
	return v.made <= maxMade
}

func tooLarge(n *Node) Result {
	return unknown(n, "the evaluation goes beyond the limits of this tool")
}

func (v *evaluator) eval(n *Node) Result {
	if !v.spend(1) {
		return tooLarge(n)
	}
	switch {
	case n.ready.unclear:
		return v.unclear(n)
	case n.ready.refused != nil:
		return refused(n.ready.refused)
	case n.ready.constant != nil:
		return value(n.ready.constant)
	}
	switch n.Kind {
	case Regex:
		return unknown(n, "a regular expression is supported only as the second operand of contains and matches")
	case List:
		return v.list(n)
	case Root:
		return v.root(n)
	case Group:
		return v.eval(n.Args[0])
	default:
		return v.evalCompound(n)
	}
}

func refused(c *Construct) Result {
	return Result{Unknown: &Unknown{
		Unknown: rules.Unknown{Why: c.Why, MayErr: true}, Construct: c.Name, Write: c.Write, Column: c.Column,
	}}
}

func (v *evaluator) evalCompound(n *Node) Result {
	switch n.Kind {
	case Member:
		return v.member(n)
	case Index:
		return v.index(n)
	case Call:
		return v.call(n)
	case And:
		return v.logic(n, false)
	case Or:
		return v.logic(n, true)
	case Not:
		return v.not(n)
	case Compare:
		return v.compare(n)
	case Default:
		return v.defaultTo(n)
	case If:
		return v.conditional(n)
	default:
		return unknown(n, "this expression is not supported")
	}
}

// unclear answers for a text that reads in two ways.
func (v *evaluator) unclear(n *Node) Result {
	u := &Unknown{
		Unknown: rules.Unknown{
			Why: "without parentheses it is not documented what belongs together", MayErr: true,
		},
		Construct: "an expression without parentheses", Column: n.Column,
	}
	for _, a := range v.expr.unclear {
		if a.Undecided {
			u.Write, u.Column = a.Write, a.Column
			break
		}
	}
	return Result{Unknown: u}
}

func (v *evaluator) list(n *Node) Result {
	items, r := v.all(n.Args, false)
	if items == nil {
		return r
	}
	return value(list(items))
}

// all evaluates arguments, from left to right, up to the first without a value. Its slice is nil only then.
// An operation that may fail on some values is an error perhaps where one is not known.
func (v *evaluator) all(args []*Node, mayErr bool) ([]*source.Value, Result) {
	values := make([]*source.Value, 0, len(args))
	for i, arg := range args {
		r := v.eval(arg)
		if r.Value == nil {
			return nil, v.firstOpen(args[i:], passedOn(r, mayErr))
		}
		values = append(values, r.Value)
	}
	return values, Result{}
}

// firstOpen is the first of the operands without a value. Where a later one fails for certain, the whole is an
// error perhaps: which operand comes first does not matter then.
func (v *evaluator) firstOpen(args []*Node, first Result) Result {
	for _, arg := range args[1:] {
		if first.Unknown == nil || first.Unknown.MayErr {
			break
		}
		later := v.eval(arg)
		first.Unknown.MayErr = later.Failure != nil || later.Unknown != nil && later.Unknown.MayErr
	}
	return first
}

// known turns a value that was read into a result.
func known(n *Node, v *source.Value) Result {
	switch {
	case v == nil:
		return notGiven(n, n.String()+" is not known")
	case v.Kind == source.Unknown && v.Text != "":
		return notGiven(n, v.Text)
	case v.Kind == source.Unknown:
		return notGiven(n, n.String()+" is not known")
	default:
		return value(v)
	}
}

func (v *evaluator) root(n *Node) Result {
	switch n.Name {
	case "vars":
		return known(n, v.env.Vars)
	case "attributes":
		return known(n, v.env.Attributes)
	case "authentication":
		return known(n, v.env.Authentication)
	case "payload":
		return known(n, v.env.Payload)
	}
	if v.flex() {
		return failure(n, n.Name+" is not defined; Flex Gateway has payload, attributes, vars and authentication")
	}
	return unknown(n, unresolved(n.Name))
}
