package cel

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// valueKind says what a value is.
type valueKind uint8

// The kinds of values.
const (
	nullValue valueKind = iota
	boolValue
	intValue
	uintValue
	doubleValue
	textValue
	bytesValue
	listValue
	mapValue       // keys are texts: only what JSON can write is made into one
	attributeValue // a map of Envoy's: the path says which one
)

// value is a value of CEL.
type value struct {
	kind   valueKind
	bool   bool
	int    int64
	uint   uint64
	double float64
	text   string   // of textValue and bytesValue
	items  []value  // of listValue, and the values of mapValue
	keys   []string // of mapValue
	path   []string // of attributeValue
}

func textOf(text string) value { return value{kind: textValue, text: text} }

func boolOf(b bool) value { return value{kind: boolValue, bool: b} }

// is reports whether the value is this boolean.
func (v value) is(b bool) bool { return v.kind == boolValue && v.bool == b }

// words is the kind of value in the words of a message.
func (v value) words() string {
	return [...]string{
		"null", "a boolean", "an integer", "an unsigned integer", "a number", "a string", "bytes",
		"a list", "a map", "a map",
	}[v.kind]
}

// mostMembers is how many members an object in a token may have for its value to be worked out.
const mostMembers = 1024

// valueOf is a value of the token's as the proxy holds it: in a Struct, where every number is a
// double. It is not ok where the value is not known, is a number that no double can be, or an
// object with two members of one name, or very many.
func valueOf(v *source.Value) (value, bool) {
	switch v.Kind {
	case source.Null:
		return value{}, true
	case source.Bool:
		return boolOf(v.Text == "true"), true
	case source.Number:
		f, err := strconv.ParseFloat(v.Text, 64)
		return value{kind: doubleValue, double: f}, err == nil
	case source.String:
		return textOf(v.Text), true
	case source.List:
		all := value{kind: listValue}
		for _, item := range v.Items {
			one, ok := valueOf(item)
			if !ok {
				return value{}, false
			}
			all.items = append(all.items, one)
		}
		return all, true
	case source.Object:
		all := value{kind: mapValue}
		if len(v.Members) > mostMembers {
			return value{}, false
		}
		for _, m := range v.Members {
			one, ok := valueOf(m.Value)
			if _, twice := all.member(m.Key); !ok || twice {
				return value{}, false
			}
			all.keys, all.items = append(all.keys, m.Key), append(all.items, one)
		}
		return all, true
	default:
		return value{}, false
	}
}

// member is the value of a map under a key.
func (v value) member(key string) (value, bool) {
	for i := range v.keys {
		if v.keys[i] == key {
			return v.items[i], true
		}
	}
	return value{}, false
}

// isNumber reports whether the value is a number of any type.
func (v value) isNumber() bool {
	return v.kind == intValue || v.kind == uintValue || v.kind == doubleValue
}

// equal compares any two values: what is of different kinds differs, except for numbers.
func equal(a, b value) rules.Truth {
	switch {
	case a.kind == attributeValue || b.kind == attributeValue:
		return rules.Maybe
	case a.isNumber() && b.isNumber():
		order, ok := compareNumbers(a, b)
		if !ok {
			return rules.Maybe
		}
		return rules.TruthOf(order == 0)
	case a.kind != b.kind:
		return rules.No
	}
	switch a.kind {
	case boolValue:
		return rules.TruthOf(a.bool == b.bool)
	case textValue, bytesValue:
		return rules.TruthOf(a.text == b.text)
	case listValue:
		return equalItems(a, b)
	case mapValue:
		return equalMembers(a, b)
	default:
		return rules.Yes // null
	}
}

func equalItems(a, b value) rules.Truth {
	if len(a.items) != len(b.items) {
		return rules.No
	}
	all := rules.Yes
	for i := range a.items {
		all = min(all, equal(a.items[i], b.items[i]))
	}
	return all
}

func equalMembers(a, b value) rules.Truth {
	if len(a.items) != len(b.items) {
		return rules.No
	}
	all := rules.Yes
	for i, key := range a.keys {
		other, found := b.member(key)
		if !found {
			return rules.No
		}
		all = min(all, equal(a.items[i], other))
	}
	return all
}

// exact is the largest integer up to which each one is a double. Implementations differ on how
// they compare one beyond it with a double.
const exact = 1 << 53

// compareNumbers orders two numbers, of whatever types. It is not ok where implementations of CEL
// differ.
func compareNumbers(a, b value) (order int, ok bool) {
	switch {
	case a.kind == intValue && b.kind == intValue:
		return cmp.Compare(a.int, b.int), true
	case a.kind == uintValue && b.kind == uintValue:
		return cmp.Compare(a.uint, b.uint), true
	case a.kind == intValue && b.kind == uintValue:
		return compareSigned(a.int, b.uint), true
	case a.kind == uintValue && b.kind == intValue:
		return -compareSigned(b.int, a.uint), true
	}
	x, ok1 := a.float()
	y, ok2 := b.float()
	return cmp.Compare(x, y), ok1 && ok2
}

// compareSigned orders an int and a uint.
func compareSigned(a int64, b uint64) int {
	if a < 0 {
		return -1
	}
	return cmp.Compare(uint64(a), b)
}

// float is a number as a double. It is not ok where an integer has no double.
func (v value) float() (float64, bool) {
	switch v.kind {
	case intValue:
		return float64(v.int), -exact <= v.int && v.int <= exact
	case uintValue:
		return float64(v.uint), v.uint <= exact
	}
	return v.double, true
}

// compare orders two values. It is not ok where they have no order; decided is false where
// implementations differ.
func compare(a, b value) (order int, ok, decided bool) {
	switch {
	case a.isNumber() && b.isNumber():
		order, decided = compareNumbers(a, b)
		return order, true, decided
	case a.kind != b.kind:
		return 0, false, true
	case a.kind == textValue, a.kind == bytesValue:
		return strings.Compare(a.text, b.text), true, true
	case a.kind == boolValue:
		one := func(v value) int64 {
			if v.bool {
				return 1
			}
			return 0
		}
		return cmp.Compare(one(a), one(b)), true, true
	}
	return 0, false, true
}
