package dataweave

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// order answers < > <= >=. Mule coerces the right operand to the type of the left (DataWeave operators), PEL
// the left to the type of the right (pdk-pel, runtime/eval.rs).
func (v *evaluator) order(n *Node, left, right *source.Value) Result {
	if v.flex() {
		return v.orderFlex(n, left, right)
	}
	switch {
	case left.Is(source.Number) && (right.Is(source.Number) || right.Is(source.String) && isInteger(right.Text)):
		return v.orderNumbers(n, left.Text, right.Text)
	case left.Is(source.String) && (right.Is(source.String) || right.Is(source.Number) && isInteger(right.Text)):
		return orderText(n, left.Text, right.Text)
	default:
		return unknown(n, "how Mule compares "+left.Kind.String()+" with "+right.Kind.String()+" is not documented")
	}
}

func (v *evaluator) orderFlex(n *Node, left, right *source.Value) Result {
	scalar := left.Is(source.Number) || left.Is(source.String) || left.Is(source.Bool)
	switch {
	case right.Is(source.Number) && (left.Is(source.Number) || left.Is(source.String) && isDecimal(left.Text)):
		return v.orderNumbers(n, left.Text, right.Text)
	case right.Is(source.String) && scalar:
		return orderText(n, left.Text, right.Text)
	case right.Is(source.Bool), right.Is(source.Number) && left.Is(source.String):
		return unknown(n, "how Flex Gateway compares "+left.Kind.String()+" with "+right.Kind.String()+" is not known")
	default:
		return failure(n, left.Kind.String()+" can't be compared with "+right.Kind.String())
	}
}

func (v *evaluator) orderNumbers(n *Node, left, right string) Result {
	order, ok := compareNumbers(v.expr.Dialect, left, right)
	if !ok {
		return unknown(n, "a number is too large to be compared here")
	}
	return value(boolean(holds(n.Name, order)))
}

// orderText compares texts character by character. Java and Rust order characters beyond the basic plane
// differently.
func orderText(n *Node, left, right string) Result {
	if strings.ContainsFunc(left+right, func(r rune) bool { return r > 0xD7FF }) {
		return unknown(n, "the order of these characters is not documented")
	}
	return value(boolean(holds(n.Name, strings.Compare(left, right))))
}

func holds(operator string, order int) bool {
	switch operator {
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
