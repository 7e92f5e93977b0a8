package dataweave

import (
	"cmp"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Rest is a member for an object when we know only some of its members: then reading a member that
// is not there is unknown, for the given reason, instead of null. It is one of the Members.
func Rest(why string) source.Member {
	return source.Member{Value: &source.Value{Kind: source.Unknown, Text: why}}
}

func isRest(m source.Member) bool { return m.Key == "" && m.Value.Is(source.Unknown) }

// restOf returns the Unknown in the place of the members of an object that we do not know, or nil.
func restOf(object *source.Value) *source.Value {
	for _, m := range object.Members {
		if isRest(m) {
			return m.Value
		}
	}
	return nil
}

func number(n int) *source.Value {
	return &source.Value{Kind: source.Number, Text: strconv.Itoa(n)}
}

func null() *source.Value { return &source.Value{Kind: source.Null} }

func list(items []*source.Value) *source.Value {
	return &source.Value{Kind: source.List, Items: items}
}

func isNull(v *source.Value) bool { return v.Is(source.Null) }

func isTrue(v *source.Value) bool { return v.Is(source.Bool) && v.Text == "true" }

// ascii reports whether a text has nothing but printable ASCII: there, Java, Rust and Go agree on
// case, length, order and character classes.
func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// equal answers ==: without coercion, lists in order (DataWeave operators; pdk-pel,
// runtime/value.rs).
func (v *evaluator) equal(a, b *source.Value, depth int) rules.Truth {
	if !v.deeper(depth) || !v.spend(1) || a == nil || b == nil ||
		a.Kind == source.Unknown || b.Kind == source.Unknown {
		return rules.Maybe
	}
	if a.Kind != b.Kind {
		return rules.No
	}
	switch a.Kind {
	case source.Null:
		return rules.Yes
	case source.Number:
		return v.sameNumber(a.Text, b.Text)
	case source.List:
		return sameItems(a.Items, b.Items, depth, v.equal)
	case source.Object:
		return v.sameObject(a, b, depth)
	default:
		return rules.TruthOf(a.Text == b.Text)
	}
}

// similar answers ~=: one value is coerced to the type of the other, in lists too (DataWeave
// operators). We answer only for the coercions that the page shows.
func (v *evaluator) similar(a, b *source.Value, depth int) rules.Truth {
	if !v.deeper(depth) || !v.spend(1) {
		return rules.Maybe
	}
	switch {
	case a.Is(source.List) && b.Is(source.List):
		return sameItems(a.Items, b.Items, depth, v.similar)
	case a.Is(source.Object) && b.Is(source.Object):
		return rules.Maybe
	case a != nil && b != nil && a.Kind == b.Kind:
		return v.equal(a, b, depth)
	case a.Is(source.String):
		return similarText(a.Text, b)
	case b.Is(source.String):
		return similarText(b.Text, a)
	default:
		return rules.Maybe
	}
}

// similarText compares a string with a value of another kind, where the string is written as that
// kind is.
func similarText(text string, other *source.Value) rules.Truth {
	switch {
	case other.Is(source.Bool) && (text == "true" || text == "false"):
		return rules.TruthOf(text == other.Text)
	case other.Is(source.Number) && isInteger(text) && isInteger(other.Text):
		return rules.TruthOf(text == other.Text)
	default:
		return rules.Maybe
	}
}

// sameItems compares two lists item by item: one difference decides.
func sameItems(
	a, b []*source.Value, depth int, same func(a, b *source.Value, depth int) rules.Truth,
) rules.Truth {
	if len(a) != len(b) {
		return rules.No
	}
	result := rules.Yes
	for i := range a {
		switch same(a[i], b[i], depth+1) {
		case rules.No:
			return rules.No
		case rules.Maybe:
			result = rules.Maybe
		}
	}
	return result
}

// sameObject compares two objects. It is not documented whether the order of members counts, nor
// what repeated members do.
func (v *evaluator) sameObject(a, b *source.Value, depth int) rules.Truth {
	if restOf(a) != nil || restOf(b) != nil || !v.spend(len(a.Members)*len(b.Members)) {
		return rules.Maybe
	}
	if len(a.Members) != len(b.Members) {
		return rules.No
	}
	result := rules.Yes
	for i, m := range a.Members {
		other := b.Find(m.Key)
		if other == nil {
			return rules.No
		}
		repeated := countMembers(a, m.Key) > 1 || countMembers(b, m.Key) > 1
		switch same := v.equal(m.Value, other.Value, depth+1); {
		case same == rules.No && !repeated:
			return rules.No
		case same != rules.Yes || repeated || b.Members[i].Key != m.Key:
			result = rules.Maybe
		}
	}
	return result
}

func countMembers(object *source.Value, key string) int {
	count := 0
	for _, m := range object.Members {
		if m.Key == key {
			count++
		}
	}
	return count
}

// order answers < > <= >=. Mule coerces the right operand to the type of the left (DataWeave
// operators), PEL the left to the type of the right (pdk-pel, runtime/eval.rs).
func (v *evaluator) order(n *Node, left, right *source.Value) Result {
	if v.flex() {
		return v.orderFlex(n, left, right)
	}
	whole := isInteger(right.Text)
	switch {
	case left.Is(source.Number) && (right.Is(source.Number) || right.Is(source.String) && whole):
		return v.orderNumbers(n, left.Text, right.Text)
	case left.Is(source.String) && (right.Is(source.String) || right.Is(source.Number) && whole):
		return orderText(n, left.Text, right.Text)
	default:
		return unknown(n, "how Mule compares %s with %s is not documented", left.Kind, right.Kind)
	}
}

func (v *evaluator) orderFlex(n *Node, left, right *source.Value) Result {
	isText, isNumber := left.Is(source.String), left.Is(source.Number)
	switch {
	case right.Is(source.Number) && (isNumber || isText && source.IsNumber(left.Text)):
		return v.orderNumbers(n, left.Text, right.Text)
	case right.Is(source.String) && (isText || isNumber || left.Is(source.Bool)):
		return orderText(n, left.Text, right.Text)
	case right.Is(source.Bool), right.Is(source.Number) && isText:
		const why = "how Flex Gateway compares %s with %s is not known"
		return unknown(n, why, left.Kind, right.Kind)
	case right.Is(source.Number), right.Is(source.String):
		const why = "how Flex Gateway handles %s next to %s is not known"
		r := unknown(n, why, left.Kind, right.Kind)
		r.Unknown.NeverTrue = isNull(left)
		return r
	default:
		return failure(n, "%s can't be compared with %s", left.Kind, right.Kind)
	}
}

func (v *evaluator) orderNumbers(n *Node, left, right string) Result {
	order, ok := compareNumbers(v.expr.Dialect, left, right)
	if !ok {
		return unknown(n, "a number is too large to be compared here")
	}
	return v.truthValue(n.accepts(order))
}

// orderText compares texts character by character. Java and Rust order characters beyond the basic
// plane differently.
func orderText(n *Node, left, right string) Result {
	if strings.ContainsFunc(left+right, func(r rune) bool { return r > 0xD7FF }) {
		return unknown(n, "the order of these characters is not documented")
	}
	return value(source.NewBool(n.accepts(strings.Compare(left, right))))
}

// accepts reports whether a comparison holds for operands in this order.
func (n *Node) accepts(order int) bool {
	switch n.Name {
	case "<":
		return order < 0
	case ">":
		return order > 0
	case "<=":
		return order <= 0
	default:
		return order >= 0
	}
}

// sameNumber compares exactly on Mule, as floats on Flex Gateway. Whether Mule's 1 equals 1.0 is
// not documented.
func (v *evaluator) sameNumber(a, b string) rules.Truth {
	if a == b {
		return rules.Yes
	}
	order, ok := compareNumbers(v.expr.Dialect, a, b)
	switch {
	case !ok, order == 0 && !v.flex():
		return rules.Maybe
	default:
		return rules.TruthOf(order == 0)
	}
}

// compareNumbers returns the order of two numbers as they are written. DataWeave's numbers have
// any precision, PEL's are floats of 64 bits (Flex documentation, Available Types). It is not ok
// for a text that is not a decimal number, nor for one so large that reading it exactly costs too
// much.
func compareNumbers(d Dialect, a, b string) (order int, ok bool) {
	if d == Flex {
		x, ok := float(a)
		y, ok2 := float(b)
		return cmp.Compare(x, y), ok && ok2
	}
	i, err := strconv.ParseInt(a, 10, 64)
	j, err2 := strconv.ParseInt(b, 10, 64)
	if err == nil && err2 == nil {
		return cmp.Compare(i, j), true
	}
	p, ok := rational(a)
	q, ok2 := rational(b)
	if !ok || !ok2 {
		return 0, false
	}
	return p.Cmp(q), true
}

func float(text string) (float64, bool) {
	f, err := strconv.ParseFloat(text, 64)
	return f, source.IsNumber(text) && err == nil && !math.IsInf(f, 0)
}

// rational reads a decimal number exactly, unless it is long or its exponent has more than three
// digits.
func rational(text string) (*big.Rat, bool) {
	_, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	if !source.IsNumber(text) || len(text) > 400 || len(strings.TrimLeft(exponent, "+-")) > 3 {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// isInteger reports whether a text is a whole number in its only form: no sign but -, no leading
// zero.
func isInteger(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	return source.IsNumber(text) && strings.Trim(digits, "0123456789") == "" && text != "-0"
}

// coercion is what "as" makes of a value, of the types for which it is evaluated.
func coercion(name string) (kind source.Kind, ok bool) {
	switch name {
	case "String":
		return source.String, true
	case "Number":
		return source.Number, true
	case "Boolean":
		return source.Bool, true
	}
	return source.Null, false
}

// coerced answers "as" (Type Coercion with DataWeave), where the text of a value is the same as
// that of the other type. How a number with a fraction or an exponent is written, and what null
// becomes, is left open.
func (v *evaluator) coerced(n *Node) Result {
	r := v.eval(n.Args[0])
	if r.Value == nil {
		return fromOperand(r, true)
	}
	from := r.Value.Kind
	to, _ := coercion(n.Name)
	text := r.Value.Text
	isTruth := text == "true" || text == "false"
	switch {
	case from == to:
		return r
	case from == source.Number && to == source.String && isInteger(text),
		from == source.Bool && to == source.String,
		from == source.String && to == source.Number && isInteger(text),
		from == source.String && to == source.Bool && isTruth:
		return value(&source.Value{Kind: to, Text: text})
	}
	return unknown(n, "what %s becomes as %s is not documented", from, n.Name)
}
