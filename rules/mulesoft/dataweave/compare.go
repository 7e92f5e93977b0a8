package dataweave

import "github.com/gatewhy/gatewhy/inspect/source"

// equal answers ==: without coercion, lists in order (DataWeave operators; pdk-pel, runtime/value.rs).
func (v *evaluator) equal(a, b *source.Value, depth int) Answer {
	if depth > maxValueDepth || !v.spend(1) || a == nil || b == nil || a.Kind == source.Unknown || b.Kind == source.Unknown {
		return Maybe
	}
	if a.Kind != b.Kind {
		return No
	}
	switch a.Kind {
	case source.Null:
		return Yes
	case source.Number:
		return v.sameNumber(a.Text, b.Text)
	case source.List:
		return v.each(a.Items, b.Items, func(x, y *source.Value) Answer { return v.equal(x, y, depth+1) })
	case source.Object:
		return v.sameObject(a, b, depth)
	default:
		return yesIf(a.Text == b.Text)
	}
}

func yesIf(condition bool) Answer {
	if condition {
		return Yes
	}
	return No
}

// sameNumber compares exactly on Mule, as floats on Flex. Whether Mule's 1 equals 1.0 is not documented.
func (v *evaluator) sameNumber(a, b string) Answer {
	if a == b {
		return Yes
	}
	order, ok := compareNumbers(v.expr.Dialect, a, b)
	switch {
	case !ok, order == 0 && !v.flex():
		return Maybe
	default:
		return yesIf(order == 0)
	}
}

// each compares two lists item by item: one difference decides.
func (v *evaluator) each(a, b []*source.Value, same func(x, y *source.Value) Answer) Answer {
	if len(a) != len(b) {
		return No
	}
	result := Yes
	for i := range a {
		switch same(a[i], b[i]) {
		case No:
			return No
		case Maybe:
			result = Maybe
		}
	}
	return result
}

// sameObject compares two objects. Whether the order of members counts is not documented, nor what repeated
// members do.
func (v *evaluator) sameObject(a, b *source.Value, depth int) Answer {
	if restOf(a) != nil || restOf(b) != nil || !v.spend(len(a.Members)*len(b.Members)) {
		return Maybe
	}
	if len(a.Members) != len(b.Members) {
		return No
	}
	result := Yes
	for i, m := range a.Members {
		other := b.Find(m.Key)
		if other == nil {
			return No
		}
		twice := countMembers(a, m.Key) > 1 || countMembers(b, m.Key) > 1
		switch same := v.equal(m.Value, other.Value, depth+1); {
		case same == No && !twice:
			return No
		case same != Yes || twice || b.Members[i].Key != m.Key:
			result = Maybe
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

// similar answers ~=: one value is coerced to the type of the other, in lists too (DataWeave operators). Only
// the coercions that the page shows are answered.
func (v *evaluator) similar(a, b *source.Value, depth int) Answer {
	if depth > maxValueDepth || !v.spend(1) {
		return Maybe
	}
	switch {
	case a.Is(source.List) && b.Is(source.List):
		return v.each(a.Items, b.Items, func(x, y *source.Value) Answer { return v.similar(x, y, depth+1) })
	case a.Is(source.Object) && b.Is(source.Object):
		return Maybe
	case a != nil && b != nil && a.Kind == b.Kind:
		return v.equal(a, b, depth)
	case a.Is(source.String):
		return v.similarText(a.Text, b)
	case b.Is(source.String):
		return v.similarText(b.Text, a)
	default:
		return Maybe
	}
}

// similarText compares a string with a value of another kind, where the string is written as that kind is.
func (v *evaluator) similarText(text string, other *source.Value) Answer {
	switch {
	case other.Is(source.Bool) && (text == "true" || text == "false"):
		return yesIf(text == other.Text)
	case other.Is(source.Number) && isInteger(text) && isInteger(other.Text):
		return yesIf(text == other.Text)
	default:
		return Maybe
	}
}
