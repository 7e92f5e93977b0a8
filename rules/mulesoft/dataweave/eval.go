package dataweave

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Env is what an expression may read. A nil value is one that is not known, as is a source.Unknown
// anywhere inside a value; an object that is known in part ends with Rest. Values are only read,
// never changed.
type Env struct {
	Runtime        Version       // of the Mule runtime; the zero Version where it is not known
	Vars           *source.Value // an object; its member claimSet holds the token's claims
	Attributes     *source.Value // an object: headers, queryParams, method, requestPath, …
	Authentication *source.Value // an object: clientId, principal, properties, …
	Payload        *source.Value
}

// Result is what an expression gives: one of Value, Unknown and Failure is set. Null is a Value;
// what is absent is read as null.
type Result struct {
	Value   *source.Value // never of kind source.Unknown
	Unknown *Unknown
	Failure *Failure
}

// Unknown says why a value can't be known, and where in the expression that begins.
type Unknown struct {
	rules.Unknown
	Construct string // the part of the language that isn't supported, where that is why
	Write     string // the form to write instead, of the construct or of the whole expression; may be empty
	Column    int    // characters from 1
}

// Failure is an error that the gateway meets while it evaluates the expression. A policy takes it
// as a value that is not true (PDK example jwt-validation, src/lib.rs).
type Failure struct {
	Why    string // lower case, no full stop
	Column int    // characters from 1
}

// Holds says whether the result is true, as a custom claim of a policy needs it: a value that is
// no boolean and a failure are No (MuleSoft, JWT Validation policy: an expression that does not
// return a boolean fails).
func (r Result) Holds() Answer {
	switch {
	case r.Unknown != nil && !r.Unknown.NeverTrue:
		return Maybe
	case isTrue(r.Value):
		return Yes
	default:
		return No
	}
}

func value(v *source.Value) Result { return Result{Value: v} }

func answered(a Answer, n *Node, why string) Result {
	if a == Maybe {
		return unknown(n, why)
	}
	return value(boolean(a == Yes))
}

// unknown is what is not documented, or not evaluated here: it may be an error.
func unknown(n *Node, why string) Result {
	return Result{Unknown: &Unknown{Unknown: rules.Unknown{Why: why, MayErr: true}, Column: n.Column}}
}

// notGiven is a value that is not known, and is no error.
func notGiven(n *Node, why string) Result {
	return Result{Unknown: &Unknown{Unknown: rules.Unknown{Why: why}, Column: n.Column}}
}

// passedOn is an operand without a value as what the whole gives: an unknown one says nothing of
// whether the whole is true, and where the operation may fail on it, is an error perhaps.
func passedOn(r Result, mayErr bool) Result {
	if r.Unknown == nil {
		return r
	}
	u := *r.Unknown
	u.NeverTrue, u.Present, u.MayErr = false, false, u.MayErr || mayErr
	return Result{Unknown: &u}
}

func failure(n *Node, why string) Result {
	return Result{Failure: &Failure{Why: why, Column: n.Column}}
}

// The limits of an evaluation: steps, bytes of text and items of lists that it makes, levels of a
// value that it compares.
const (
	maxSteps      = 1 << 20
	maxMade       = 1 << 20
	maxValueDepth = 500
)

// Eval evaluates the expression. It always ends, and doesn't change the environment. Where
// versions of the Mule runtime differ and Env.Runtime isn't known, the result is unknown unless
// all of them give the same.
func (e *Expr) Eval(env Env) Result {
	v := &evaluator{env: env, expr: e, since24: !env.Runtime.Known() || env.Runtime.AtLeast(4, 4)}
	result := v.eval(e.Root)
	if e.uncompilable != nil && (result.Unknown == nil || result.Unknown.NeverTrue) {
		return refused(e.uncompilable)
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
	case n.prepared.unclear:
		return v.unclear(n)
	case n.prepared.refused != nil:
		return refused(n.prepared.refused)
	case n.prepared.constant != nil:
		return value(n.prepared.constant)
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
	for _, a := range v.expr.ambiguities {
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

// all evaluates arguments, from left to right, up to the first without a value. Its slice is nil
// only then. An operation that may fail on some values is an error perhaps where one is not known.
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

// firstOpen is the first of the operands without a value. Where a later one fails for certain, the
// whole is an error perhaps: which operand comes first does not matter then.
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
			n.prepared.refused = &c
			continue
		}
		if n.Kind != Group && (n.Kind != List || d == Mule) { // on Flex, an item may be refused
			n.prepared.constant, _ = n.Literal()
		}
		if n.Kind == Call {
			n.prepared.function, _ = lookup(n.Name)
			n.prepared.pattern = n.compiled()
		}
	}
}

// logic evaluates "and" (decided by false) and "or" (decided by true). Operands are evaluated up
// to the first that decides on Flex (pdk-pel, runtime/eval.rs); that Mule stops there is not
// documented, so that an error behind it leaves the whole open.
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

// take adds an operand, and reports whether it surely is the result of the whole: an error with
// nothing open before it.
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

// truth evaluates an operand that has to be a boolean. PEL takes the strings "true" and "false"
// for booleans and fails on anything else (pdk-pel, runtime/coercion.rs); what Mule does is not
// documented.
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

// defaultTo replaces null only. An error on the left propagates on Flex (pdk-pel,
// runtime/eval.rs); Mule's documentation says that a failed coercion is replaced too, and nothing
// of other errors.
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

func (v *evaluator) member(n *Node) Result {
	r := v.eval(n.Args[0])
	if r.Value == nil {
		return passedOn(r, n.Args[0].Bare().Kind != Root)
	}
	return v.selectName(n, r.Value, n.Text)
}

// selectName reads a member. A key that isn't there gives null; so does a selector on null on
// Mule.
func (v *evaluator) selectName(n *Node, target *source.Value, name string) Result {
	switch {
	case target.Is(source.Object):
		return v.selectKey(n, target, name)
	case target.Is(source.Null) && !v.flex():
		return value(null())
	case target.Is(source.List) && !v.flex():
		return v.selectEach(n, target, name)
	default:
		return unknown(n, "what "+v.expr.Dialect.String()+" selects from "+target.Kind.String()+" is not documented")
	}
}

func (v *evaluator) selectKey(n *Node, object *source.Value, name string) Result {
	if !v.spend(len(object.Members)) {
		return tooLarge(n)
	}
	same := func(key string) bool { return key == name }
	if isHeaders(n.Args[0]) {
		same = func(key string) bool { return strings.EqualFold(key, name) }
	}
	var found *source.Value
	for _, m := range object.Members {
		switch {
		case isRest(m) || !same(m.Key):
		case found != nil:
			return unknown(n, "the name stands there twice, and which one counts is not documented")
		default:
			found = m.Value
		}
	}
	if found != nil {
		return known(n, found)
	}
	if rest := restOf(object); rest != nil {
		return notGiven(n, "what "+name+" holds is not known: "+rest.Text)
	}
	return value(null())
}

// isHeaders reports whether a node is attributes.headers, whose names know no upper and lower
// case.
func isHeaders(n *Node) bool {
	n = n.Bare()
	if n.Kind != Member || n.Text != "headers" {
		return false
	}
	root := n.Args[0].Bare()
	return root.Kind == Root && root.Name == "attributes"
}

// selectEach applies a selector to every object of a list and passes over everything else in it.
// What it makes of an object without the key, where another has it, is not documented.
func (v *evaluator) selectEach(n *Node, target *source.Value, name string) Result {
	var items []*source.Value
	objects := 0
	for _, item := range target.Items {
		if !item.Is(source.Object) {
			continue
		}
		objects++
		r := v.selectKey(n, item, name)
		if r.Value == nil {
			return r
		}
		if item.Find(name) != nil {
			items = append(items, r.Value)
		}
	}
	switch {
	case len(items) == 0:
		return value(null())
	case len(items) < objects:
		return unknown(n, "what a selector on a list makes of an object without that key is not documented")
	}
	return value(list(items))
}

func (v *evaluator) index(n *Node) Result {
	operands, r := v.all(n.Args, true)
	if operands == nil {
		return r
	}
	target, key := operands[0], operands[1]
	switch {
	case key.Is(source.String):
		return v.selectName(n, target, key.Text)
	case !key.Is(source.Number):
		return unknown(n, "what a selector of "+key.Kind.String()+" gives is not documented")
	case target.Is(source.Object) && v.flex():
		return failure(n, "Flex Gateway can't select from an object by number")
	case target.Is(source.Null) && !v.flex():
		return value(null())
	case target.Is(source.List):
		return v.item(n, target.Items, key.Text)
	case target.Is(source.String) && v.flex() && ascii(target.Text):
		return v.item(n, characters(target.Text), key.Text)
	default:
		return unknown(n, "what "+v.expr.Dialect.String()+" selects by number from "+target.Kind.String()+" is not documented")
	}
}

func characters(s string) []*source.Value {
	all := make([]*source.Value, len(s))
	for i := range len(s) {
		all[i] = text(s[i : i+1])
	}
	return all
}

// item reads the item of a list by its number, from the end where that is negative. Out of range
// it is null on Mule and an error on Flex.
func (v *evaluator) item(n *Node, items []*source.Value, number string) Result {
	i, ok := v.position(number)
	if !ok {
		return unknown(n, "what a selector with this number gives is not documented")
	}
	if i < 0 {
		i += int64(len(items))
	}
	if i >= 0 && i < int64(len(items)) {
		return known(n, items[i])
	}
	if v.flex() {
		return failure(n, "the index is out of range")
	}
	return value(null())
}

// position reads the number of a selector. PEL cuts a fraction off.
func (v *evaluator) position(number string) (int64, bool) {
	if i, err := strconv.ParseInt(number, 10, 64); err == nil {
		return i, true
	}
	f, _, ok := floats(number, "0")
	if !ok || !v.flex() || f < -1<<31 || f > 1<<31 {
		return 0, false
	}
	return int64(f), true
}
