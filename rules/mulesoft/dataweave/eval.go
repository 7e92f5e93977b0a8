package dataweave

import (
	"fmt"
	"regexp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Env is what an expression may read. We do not know a value that is nil, nor a source.Unknown
// anywhere inside a value. An object that we know in part ends with Rest. Evaluation never changes
// a value.
type Env struct {
	Runtime        Version              // of the Mule runtime; the zero Version if not known
	Vars           *source.Value        // an object; its member claimSet holds the token's claims
	Attributes     func() *source.Value // an object: headers, queryParams, method, requestPath, …
	Authentication *source.Value        // an object: clientId, principal, properties, …
	Payload        *source.Value
}

// Result is what an expression gives: one of Value, Unknown and Failure is set. What is absent is
// read as null, and null is a Value.
type Result struct {
	Value   *source.Value // never of kind source.Unknown
	Unknown *Unknown
	Failure *Failure
}

// Unknown says why we cannot know a value, and where in the expression that begins.
type Unknown struct {
	rules.Unknown
	Construct string // the part of the language that is not supported, where that is the reason
	Write     string // what to write instead, of the construct or of the whole; may be empty
	Column    int    // characters from 1
}

// Failure is an error that the gateway meets while it evaluates the expression. A policy takes it
// as a value that is not true (PDK example jwt-validation, src/lib.rs).
type Failure struct {
	Why    string // lower case, no full stop
	Column int    // characters from 1
}

// Holds says whether the result is true, as a custom claim of a policy needs it. A value that is
// not a boolean is No, and so is a failure (MuleSoft, JWT Validation policy: an expression that
// does not return a boolean fails).
func (r Result) Holds() rules.Truth {
	switch {
	case r.Unknown != nil && !r.Unknown.NeverTrue:
		return rules.Maybe
	case isTrue(r.Value):
		return rules.Yes
	default:
		return rules.No
	}
}

func value(v *source.Value) Result { return Result{Value: v} }

// unknown is a value that is not documented, or that this package does not work out. The gateway
// may also fail there.
func unknown(n *Node, why string, args ...any) Result {
	reason := rules.Unknown{Why: fmt.Sprintf(why, args...), MayErr: true}
	return Result{Unknown: &Unknown{Unknown: reason, Column: n.Column}}
}

// notGiven is a value that we were not given. The gateway has it, and does not fail.
func notGiven(n *Node, why string) Result {
	return Result{Unknown: &Unknown{Unknown: rules.Unknown{Why: why}, Column: n.Column}}
}

// notRun is the value of a construct that is not run.
func notRun(c *Construct) Result {
	reason := rules.Unknown{Why: c.Why, MayErr: true}
	return Result{Unknown: &Unknown{
		Unknown: reason, Construct: c.Name, Write: c.Write, Column: c.Column,
	}}
}

func failure(n *Node, why string, args ...any) Result {
	return Result{Failure: &Failure{Why: fmt.Sprintf(why, args...), Column: n.Column}}
}

// fromOperand is what an operation gives when one of its operands has no value. An unknown operand
// does not show whether the whole is true. Where the operation may fail on it, the whole may too.
func fromOperand(r Result, mayErr bool) Result {
	if r.Unknown == nil {
		return r
	}
	u := *r.Unknown
	u.NeverTrue, u.Present, u.NeverFound, u.MayErr = false, false, false, u.MayErr || mayErr
	return Result{Unknown: &u}
}

// prepared is what Parse finds out about a node once, for all evaluations.
type prepared struct {
	ambiguous bool           // parentheses are missing in it, so that it has no certain value
	parameter int            // of a lambda that is run: 1 is its item or $, 2 its index or $$
	module    string         // that a Call's function is imported from; empty where it is named
	construct *Construct     // why the node is not run, or nil
	constant  *source.Value  // of a literal
	function  function       // of a Call
	pattern   *regexp.Regexp // of a Call with a Regex that is plain enough to run
}

// prepare fills in what the nodes of a fresh tree show by themselves.
func prepare(root *Node, d Dialect) {
	root.importModules(d)
	bindParameters(root, d)
	for n := range root.All() {
		if n.prepared.parameter > 0 {
			continue
		}
		if c, found := n.construct(d); found {
			n.prepared.construct = &c
			continue
		}
		if n.Kind != Group && (n.Kind != List || d == Mule) { // Flex Gateway may lack an item
			n.prepared.constant, _ = n.Literal()
		}
		if n.Kind == Call {
			n.prepared.function, _ = n.lookup()
			n.prepared.pattern = n.compiled()
		}
	}
}

// The limits of an evaluation: steps, each for a node, a byte of a text or an item of a list that
// is read, and levels of a value that is compared.
const (
	maxSteps      = 1 << 20
	maxValueDepth = 500
)

type evaluator struct {
	env     Env
	expr    *Expr
	since24 bool  // the runtime has DataWeave 2.4
	version *Node // the first call whose result depends on since24
	steps   int
	tooDeep bool // values that were compared are nested too deep

	parameters [2]*source.Value // what $ and $$ are now; nil outside of a lambda

	no, yes *source.Value // each is made once: an expression may compare hundreds of times
}

// Eval evaluates the expression. It always ends, and does not change the environment. Where
// versions of the Mule runtime differ and Env.Runtime is not known, the result is unknown unless
// all of them give the same.
func (e *Expr) Eval(env Env) Result {
	v := &evaluator{env: env, expr: e, since24: !env.Runtime.Known() || env.Runtime.AtLeast(4, 4)}
	now := v.eval(e.Root)
	if e.uncompilable != nil && (now.Unknown == nil || now.Unknown.NeverTrue) {
		return notRun(e.uncompilable)
	}
	if env.Runtime.Known() || v.version == nil {
		return now
	}
	old := &evaluator{env: env, expr: e}
	before := old.eval(e.Root)
	if now.Value != nil && before.Value != nil &&
		v.equal(now.Value, before.Value, 0) == rules.Yes {
		return now
	}
	const why = "%s of null gives a value since Mule 4.4 (DataWeave 2.4) " +
		"and an error before it, and the version of the runtime is not known"
	either := unknown(v.version, why, v.version.Name)
	either.Unknown.NeverTrue = now.Holds() == rules.No && before.Holds() == rules.No
	either.Unknown.NeverFound = now.isNothing() && before.isNothing()
	return either
}

// isNothing reports whether a result is null or an error: there is nothing to be read.
func (r Result) isNothing() bool { return r.Failure != nil || isNull(r.Value) }

func (v *evaluator) flex() bool { return v.expr.Dialect == Flex }

// before42 reports whether we know that the runtime has a DataWeave older than 2.2.
func (v *evaluator) before42() bool {
	return !v.flex() && v.env.Runtime.Known() && !v.env.Runtime.AtLeast(4, 2)
}

// spend counts steps and reports whether there are any left.
func (v *evaluator) spend(steps int) bool {
	v.steps += steps
	return v.steps <= maxSteps
}

// deeper reports whether a comparison may go down to this level.
func (v *evaluator) deeper(depth int) bool {
	v.tooDeep = v.tooDeep || depth > maxValueDepth
	return depth <= maxValueDepth
}

func (v *evaluator) tooLarge(n *Node) Result {
	return unknown(n, "the evaluation takes more than %d steps, the most that gatewhy takes",
		maxSteps)
}

// truthValue is true or false as a result.
func (v *evaluator) truthValue(is bool) Result {
	made := &v.no
	if is {
		made = &v.yes
	}
	if *made == nil {
		*made = source.NewBool(is)
	}
	return value(*made)
}

// answer is the result of a comparison, and why there is none: values that are too large to be
// compared here, or what the vendor does not say.
func (v *evaluator) answer(a rules.Truth, n *Node, why string) Result {
	switch {
	case a != rules.Maybe:
		return v.truthValue(a == rules.Yes)
	case v.steps > maxSteps:
		return v.tooLarge(n)
	case v.tooDeep:
		return unknown(n, "the values are nested more than %d levels deep, the most that "+
			"gatewhy compares", maxValueDepth)
	}
	return unknown(n, "%s", why)
}

func (v *evaluator) eval(n *Node) Result {
	if !v.spend(1) {
		return v.tooLarge(n)
	}
	switch {
	case n.prepared.ambiguous:
		return v.ambiguous(n)
	case n.prepared.construct != nil:
		return notRun(n.prepared.construct)
	case n.prepared.constant != nil:
		return value(n.prepared.constant)
	case n.prepared.parameter > 0 && v.parameters[0] != nil:
		return read(n, v.parameters[n.prepared.parameter-1])
	}
	switch n.Kind {
	case Regex:
		return unknown(n, "a regular expression is supported only as the second operand of "+
			"contains and matches")
	case List:
		items, r := v.operands(n.Args, false)
		if items == nil {
			return r
		}
		return value(list(items))
	case Root:
		return v.root(n)
	case Group, Lambda:
		return v.eval(n.Args[0])
	case KeyPresent:
		return v.keyPresent(n)
	case Script:
		return v.script(n)
	case Member:
		r := v.eval(n.Args[0])
		if r.Value == nil {
			return fromOperand(r, !v.surelyObject(n.Args[0].Bare()))
		}
		return v.selectName(n, r.Value, n.Text)
	case Index:
		return v.index(n)
	case Range:
		return v.part(n)
	case As:
		return v.coerced(n)
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

// surelyObject reports whether a member can be selected from a node whatever the request is. The
// payload may be a text, and authentication null, from which Mule selects null.
func (v *evaluator) surelyObject(n *Node) bool {
	if n.Kind != Root {
		return false
	}
	switch n.Name {
	case "vars", "attributes":
		return true
	case "authentication":
		return !v.flex()
	}
	return false
}

// ambiguous answers for a text that can be read in two ways.
func (v *evaluator) ambiguous(n *Node) Result {
	r := unknown(n,
		"which of two readings an expression without parentheses has is not documented")
	r.Unknown.Construct = "an expression without parentheses"
	for _, a := range v.expr.Ambiguities() {
		if a.Undecided {
			r.Unknown.Write, r.Unknown.Column = a.Write, a.Column
			break
		}
	}
	return r
}

// operands evaluates nodes from left to right, up to the first without a value: only then its
// slice is nil. mayErr says that the operation may fail on some values of its operands.
func (v *evaluator) operands(nodes []*Node, mayErr bool) ([]*source.Value, Result) {
	values := make([]*source.Value, 0, len(nodes))
	for i, n := range nodes {
		r := v.eval(n)
		if r.Value != nil {
			values = append(values, r.Value)
			continue
		}
		r = fromOperand(r, mayErr)
		// Where a later operand may fail, the whole may: which one comes first does not matter
		// then.
		for _, later := range nodes[i+1:] {
			if r.Unknown == nil || r.Unknown.MayErr {
				break
			}
			r.Unknown.MayErr = v.eval(later).mayErr()
		}
		return nil, r
	}
	return values, Result{}
}

func (v *evaluator) root(n *Node) Result {
	switch n.Name {
	case "vars":
		return read(n, v.env.Vars)
	case "attributes":
		return read(n, v.attributes())
	case "authentication":
		return read(n, v.env.Authentication)
	case "payload":
		return read(n, v.env.Payload)
	}
	if v.flex() {
		return failure(n, "%s is not defined; "+
			"Flex Gateway has payload, attributes, vars and authentication", n.Name)
	}
	return unknown(n, "%s", unresolved(n.Name))
}

// attributes asks for the request's attributes. Most expressions read none of them.
func (v *evaluator) attributes() *source.Value {
	if v.env.Attributes == nil {
		return nil
	}
	return v.env.Attributes()
}

// read is the result of reading a value of the environment.
func read(n *Node, v *source.Value) Result {
	switch {
	case v.Is(source.Unknown) && v.Text != "":
		r := notGiven(n, v.Text)
		r.Unknown.Present = v.Present
		return r
	case v == nil || v.Kind == source.Unknown:
		return notGiven(n, n.String()+" is not known")
	default:
		return value(v)
	}
}

// logic evaluates "and", which false decides, and "or", which true decides. Flex Gateway stops at
// the first operand that decides (pdk-pel, runtime/eval.rs). That Mule stops there is not
// documented, so an error behind it leaves the whole open.
func (v *evaluator) logic(n *Node, decides bool) Result {
	var (
		decided    *Result // the first operand that decides
		open       *Result // the first that is not known, or that fails behind another
		mayErr     bool    // the gateway may fail on one of them
		unknowns   int     // operands that are not known, before one that decides
		neverTrues int     // those of them that are never true
	)
	for _, arg := range n.Args {
		if decided != nil && v.flex() {
			break
		}
		r := v.truth(arg)
		switch {
		case r.Value != nil:
			if decided == nil && isTrue(r.Value) == decides {
				first := r // r itself stays on the stack, for each operand
				decided = &first
			}
			continue
		case r.Failure != nil && open == nil && decided == nil:
			return r
		case r.Failure != nil:
			mayErr = true
		case decided == nil:
			mayErr = mayErr || r.Unknown.MayErr
			unknowns++
			if r.Unknown.NeverTrue {
				neverTrues++
			}
		case r.Unknown.MayErr:
			mayErr = true
		default:
			continue
		}
		if open == nil {
			first := r
			open = &first
		}
	}
	switch {
	case decided != nil && !mayErr:
		return *decided
	case open == nil:
		return v.truthValue(!decides)
	}
	u := Unknown{}
	if open.Failure != nil {
		u.Why, u.Column = open.Failure.Why, open.Failure.Column
	} else {
		u = *open.Unknown
	}
	u.Present, u.MayErr = false, mayErr
	if decides { // "or" is true when one operand is
		u.NeverTrue = decided == nil && neverTrues == unknowns
	} else { // "and" is true when all operands are
		u.NeverTrue = decided != nil || neverTrues > 0
	}
	return Result{Unknown: &u}
}

// truth evaluates an operand that has to be a boolean. PEL takes the strings "true" and "false"
// for booleans and fails on anything else (pdk-pel, runtime/coercion.rs). What Mule does is not
// documented.
func (v *evaluator) truth(n *Node) Result {
	r := v.eval(n)
	isTruthText := r.Value.Is(source.String) && (r.Value.Text == "true" || r.Value.Text == "false")
	switch {
	case r.Unknown != nil && n.Boolean() != rules.Yes:
		open := fromOperand(r, true)
		open.Unknown.NeverTrue = r.Unknown.NeverTrue
		return open
	case r.Value == nil || r.Value.Kind == source.Bool:
		return r
	case v.flex() && isTruthText:
		return v.truthValue(r.Value.Text == "true")
	case v.flex():
		return failure(n, "%s is used where a boolean is needed", r.Value.Kind)
	default:
		const why = "how Mule handles %s where a boolean is needed is not documented"
		return unknown(n, why, r.Value.Kind)
	}
}

func (v *evaluator) not(n *Node) Result {
	if n.Name == "!" && v.before42() {
		return unknown(n, "! exists since Mule 4.2; before it, write not")
	}
	r := v.truth(n.Args[0])
	if r.Value == nil {
		return fromOperand(r, false)
	}
	return v.truthValue(!isTrue(r.Value))
}

func (v *evaluator) conditional(n *Node) Result {
	r := v.truth(n.Args[0])
	switch {
	case r.Value == nil:
		return fromOperand(r, true)
	case isTrue(r.Value):
		return v.eval(n.Args[1])
	default:
		return v.eval(n.Args[2])
	}
}

// defaultTo replaces null only. On Flex Gateway, an error on the left is the error of the whole
// (pdk-pel, runtime/eval.rs). Mule's documentation says that default also replaces a failed
// coercion, and says nothing about other errors.
func (v *evaluator) defaultTo(n *Node) Result {
	r := v.eval(n.Args[0])
	switch {
	case isNull(r.Value):
		return v.eval(n.Args[1])
	case r.Failure != nil && !v.flex():
		return unknown(n, "which errors default replaces is not documented")
	case r.present():
		return r
	default:
		return fromOperand(r, false)
	}
}

// compare evaluates each operand once: a chain of comparisons would take twice as long for each.
func (v *evaluator) compare(n *Node) Result {
	equality := n.Name == "==" || n.Name == "!="
	first := v.eval(n.Args[0])
	if first.Failure != nil || first.Unknown != nil && !equality {
		return fromOperand(first, true)
	}
	second := v.eval(n.Args[1])
	switch {
	case equality && presentAndNull(first, second):
		return v.truthValue(n.Name == "!=")
	case first.Value == nil:
		r := fromOperand(first, false)
		r.Unknown.MayErr = r.Unknown.MayErr || second.mayErr()
		return r
	case second.Value == nil:
		return fromOperand(second, !equality)
	}
	left, right := first.Value, second.Value
	switch n.Name {
	case "==":
		same := v.equal(left, right, 0)
		return v.answer(same, n, "whether these values are equal is not documented")
	case "!=":
		same := v.equal(left, right, 0)
		return v.answer(-same, n, "whether these values are equal is not documented")
	case "~=":
		same := v.similar(left, right, 0)
		return v.answer(same, n, "how ~= coerces these values is not documented")
	default:
		return v.order(n, left, right)
	}
}

// presentAndNull reports whether one of two results is null, and the other is surely not null
// although its value is not known.
func presentAndNull(a, b Result) bool {
	return a.present() && isNull(b.Value) || isNull(a.Value) && b.present()
}

// mayErr reports whether a result is an error of the gateway, or may be one.
func (r Result) mayErr() bool { return r.Failure != nil || r.Unknown != nil && r.Unknown.MayErr }

// present reports whether a result is some value that is not known, and not null.
func (r Result) present() bool { return r.Unknown != nil && r.Unknown.Present }
