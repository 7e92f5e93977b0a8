package cel

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// result is what a node gives: a value, an error, or nobody knows what.
type result struct {
	value   value
	fault   string // the error, in words
	unknown *rules.Unknown
}

func (r result) ok() bool { return r.fault == "" && r.unknown == nil }

func gives(v value) result { return result{value: v} }

func fault(why string, args ...any) result { return result{fault: fmt.Sprintf(why, args...)} }

func notKnown(why string, args ...any) result {
	return result{unknown: &rules.Unknown{Why: fmt.Sprintf(why, args...)}}
}

func answered(a rules.Truth) result {
	if a == rules.Maybe {
		return notKnown("implementations of CEL differ on numbers beyond 2^53")
	}
	return gives(boolOf(a == rules.Yes))
}

// evaluator evaluates the nodes of one expression over one request.
type evaluator struct {
	request *rules.Request // nil for an expression that reads nothing
	env     *Env
}

func (e *evaluator) eval(n *node) result {
	switch n.kind {
	case literal:
		return gives(n.value)
	case ident:
		return root(n.name)
	case and:
		return e.logic(n, false)
	case or:
		return e.logic(n, true)
	case choice:
		return e.choice(n)
	case mapping, message, macro:
		return notKnown("%s", constructs(n))
	}
	args := make([]value, len(n.args))
	var open *rules.Unknown
	for i, arg := range n.args {
		r := e.eval(arg)
		switch {
		case r.fault != "":
			return r
		case r.unknown != nil && open == nil:
			open = r.unknown
		}
		args[i] = r.value
	}
	if open != nil {
		return result{unknown: &rules.Unknown{Why: open.Why, Need: open.Need}}
	}
	return e.strict(n, args)
}

// strict evaluates a node whose operands all have a value.
func (e *evaluator) strict(n *node, args []value) result {
	switch n.kind {
	case member:
		return e.selected(args[0], textOf(n.name))
	case index:
		return e.selected(args[0], args[1])
	case present:
		return e.has(args[0], n.name)
	case list:
		return gives(value{kind: listValue, items: args})
	case not:
		if args[0].kind != boolValue {
			return noOverload("!", args...)
		}
		return gives(boolOf(!args[0].bool))
	case comparison:
		return compared(n.name, args[0], args[1])
	case within:
		return e.within(args[0], args[1])
	case negate:
		return negative(args[0])
	case arithmetic:
		return computed(n.name, args[0], args[1])
	}
	return called(n, args)
}

func noOverload(operator string, args ...value) result {
	kinds := source.Each(args, value.words)
	return fault("%s does not take %s", operator, strings.Join(kinds, " and "))
}

// logic evaluates && , which false decides, and || , which true decides. What decides hides
// errors.
func (e *evaluator) logic(n *node, decides bool) result {
	var failed, open *result
	for _, arg := range n.args {
		r := e.eval(arg)
		switch {
		case r.unknown != nil:
			open = &r
		case r.fault == "" && r.value.is(decides):
			return r
		case r.fault == "" && r.value.kind != boolValue:
			r = noOverload(n.name, r.value)
			failed = &r
		case r.fault != "":
			failed = &r
		}
	}
	switch {
	case open != nil:
		return *open
	case failed != nil:
		return *failed
	}
	return gives(boolOf(!decides))
}

func (e *evaluator) choice(n *node) result {
	condition := e.eval(n.args[0])
	switch {
	case !condition.ok():
		return condition
	case condition.value.is(true):
		return e.eval(n.args[1])
	case condition.value.is(false):
		return e.eval(n.args[2])
	}
	return noOverload("? :", condition.value)
}

// selected is what a value has under a key.
func (e *evaluator) selected(of, key value) result {
	switch of.kind {
	case attributeValue:
		if name, ok := key.isText(); ok {
			return e.attribute(append(of.path[:len(of.path):len(of.path)], name))
		}
		return notKnown("%s is indexed with %s", strings.Join(of.path, "."), key.words())
	case mapValue:
		name, ok := key.isText()
		if v, found := of.member(name); ok && found {
			return gives(v)
		}
		return fault("no such key: %s", shown(key))
	case listValue:
		at, ok := place(key)
		switch {
		case !ok:
			return noOverload("[ ]", of, key)
		case at < 0 || at >= float64(len(of.items)):
			return fault("the list has no item %s", shown(key))
		}
		return gives(of.items[int(at)])
	}
	return noOverload("a selection", of)
}

// place is a number as the index of a list.
func place(key value) (at float64, ok bool) {
	at, ok = key.float()
	return at, ok && key.isNumber() && at == math.Trunc(at)
}

// shown is a key in a message.
func shown(key value) string {
	switch key.kind {
	case textValue:
		return key.text
	case intValue:
		return fmt.Sprint(key.int)
	case uintValue:
		return fmt.Sprint(key.uint)
	case doubleValue:
		return fmt.Sprint(key.double)
	}
	return key.words()
}

func (v value) isText() (string, bool) { return v.text, v.kind == textValue }

// has is the macro: whether a map has a key.
func (e *evaluator) has(of value, name string) result {
	switch of.kind {
	case mapValue:
		_, found := of.member(name)
		return gives(boolOf(found))
	case attributeValue:
		return e.holds(of, name)
	}
	return notKnown("implementations of CEL differ on has() of what is %s", of.words())
}

// holds says whether a map of Envoy's has a key.
func (e *evaluator) holds(of value, name string) result {
	if of.path[0] == "metadata" && len(of.path) < claimsDepth {
		return notKnown("gatewhy does not work out what the metadata holds here")
	}
	r := e.selected(of, textOf(name))
	switch {
	case r.unknown != nil && r.unknown.Present, r.ok():
		return gives(boolOf(true))
	case r.unknown != nil:
		return r
	}
	return gives(boolOf(false))
}

func (e *evaluator) within(item, in value) result {
	switch in.kind {
	case listValue:
		found := rules.No
		for _, one := range in.items {
			found = max(found, equal(item, one))
		}
		return answered(found)
	case mapValue, attributeValue:
		name, ok := item.isText()
		if !ok {
			return notKnown("it is looked for %s in a map", item.words())
		}
		return e.has(in, name)
	}
	return noOverload("in", item, in)
}

// compared evaluates a comparison. Any two values are equal or not; only some have an order.
func compared(operator string, a, b value) result {
	switch operator {
	case "==":
		return answered(equal(a, b))
	case "!=":
		return answered(-equal(a, b))
	}
	if a.kind == attributeValue || b.kind == attributeValue {
		return noOverload(operator, a, b)
	}
	order, ok, decided := compare(a, b)
	switch {
	case !ok:
		return noOverload(operator, a, b)
	case !decided:
		return answered(rules.Maybe)
	}
	switch operator {
	case "<":
		return gives(boolOf(order < 0))
	case "<=":
		return gives(boolOf(order <= 0))
	case ">":
		return gives(boolOf(order > 0))
	}
	return gives(boolOf(order >= 0))
}

func negative(v value) result {
	switch v.kind {
	case intValue:
		if v.int == math.MinInt64 {
			return fault("the result is out of range")
		}
		return gives(value{kind: intValue, int: -v.int})
	case doubleValue:
		return gives(value{kind: doubleValue, double: -v.double})
	}
	return noOverload("-", v)
}

// computed evaluates arithmetic on numbers of one type. Envoy switches the concatenation of texts
// and of lists off.
func computed(operator string, a, b value) result {
	switch {
	case operator == "+" && a.kind == b.kind &&
		(a.kind == textValue || a.kind == bytesValue || a.kind == listValue):
		return notKnown("Envoy switches the concatenation of texts and lists (+) off")
	case a.kind != b.kind || !a.isNumber():
		return noOverload(operator, a, b)
	case a.kind == doubleValue:
		return doubles(operator, a.double, b.double)
	case a.kind == uintValue:
		return notKnown("gatewhy does not compute with unsigned integers")
	}
	return integersComputed(operator, a.int, b.int)
}

func doubles(operator string, a, b float64) result {
	v := value{kind: doubleValue}
	switch operator {
	case "+":
		v.double = a + b
	case "-":
		v.double = a - b
	case "*":
		v.double = a * b
	case "/":
		v.double = a / b
	default:
		return fault("%% does not take numbers with a fraction")
	}
	if math.IsNaN(v.double) || math.IsInf(v.double, 0) {
		return notKnown("gatewhy does not compute with numbers that are infinite")
	}
	return gives(v)
}

func integersComputed(operator string, a, b int64) result {
	v := value{kind: intValue}
	overflow := false
	switch operator {
	case "+":
		v.int = a + b
		overflow = (v.int > a) != (b > 0)
	case "-":
		v.int = a - b
		overflow = (v.int < a) != (b > 0)
	case "*":
		v.int = a * b
		overflow = a != 0 && (v.int/a != b || a == -1 && b == math.MinInt64)
	case "/", "%":
		if b == 0 {
			return fault("it is divided by zero")
		}
		overflow = a == math.MinInt64 && b == -1
		if overflow {
			break
		}
		v.int = a / b
		if operator == "%" {
			v.int = a % b
		}
	}
	if overflow && b != 0 {
		return fault("the result is out of range")
	}
	return gives(v)
}

// called evaluates the functions of a text, and size.
func called(n *node, args []value) result {
	switch {
	case n.name == "size" && len(args) == 1:
		return size(args[0])
	case isTextTest(n.name) && len(args) == 2 && (n.kind == method || n.name == "matches"):
		of, ok1 := args[0].isText()
		with, ok2 := args[1].isText()
		if !ok1 || !ok2 {
			return noOverload(n.name+"()", args...)
		}
		return textTest(n.name, of, with)
	}
	return notKnown("%s", constructs(n))
}

func isTextTest(name string) bool {
	return slices.Contains([]string{"startsWith", "endsWith", "contains", "matches"}, name)
}

func textTest(name, of, with string) result {
	switch name {
	case "startsWith":
		return gives(boolOf(strings.HasPrefix(of, with)))
	case "endsWith":
		return gives(boolOf(strings.HasSuffix(of, with)))
	case "contains":
		return gives(boolOf(strings.Contains(of, with)))
	}
	pattern, why := patternOf(with)
	switch {
	case why != "":
		return notKnown("%s", why)
	case pattern == nil:
		return fault("the pattern %s can't be read", with)
	}
	return gives(boolOf(pattern.MatchString(of)))
}

func size(of value) result {
	n := len(of.items)
	switch of.kind {
	case textValue:
		n = utf8.RuneCountInString(of.text)
	case bytesValue:
		n = len(of.text)
	case listValue, mapValue:
	case attributeValue:
		return notKnown("gatewhy does not count what %s holds", strings.Join(of.path, "."))
	default:
		return noOverload("size()", of)
	}
	return gives(value{kind: intValue, int: int64(n)})
}

// constructs says why a node is not evaluated.
func constructs(n *node) string {
	switch n.kind {
	case macro:
		return "Envoy switches comprehensions off, and " + n.name + "() is one: it refuses a " +
			"configuration that has it"
	case mapping:
		return "gatewhy does not work out maps that an expression writes"
	case message:
		return "gatewhy does not work out messages that an expression writes"
	}
	switch n.name {
	case "string":
		return "Envoy switches string() off, and refuses a configuration that has it"
	}
	if isFunction(n) {
		return "gatewhy does not work out " + n.name + "() with these arguments"
	}
	return "Envoy has no function " + n.name + "(), and refuses a configuration that has it"
}
