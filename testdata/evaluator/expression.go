package evaluator

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// result is one of the things that an expression may come to.
type result struct {
	kind  kind
	value any
}

type kind int

const (
	known    kind = iota
	failure       // the gateway ends with an error
	anything      // nobody can say: a value, or an error
)

func is(value any) []result { return []result{{value: value}} }

var (
	fails   = []result{{kind: failure}}
	unknown = []result{{kind: anything}}
)

// expressionHolds: an expression that is not true fails, be it false, no boolean, or an error
// (1.3).
func (r *reading) expressionHolds(text string) Answer {
	var answers []Answer
	for _, result := range r.evaluate(text) {
		if result.kind == anything {
			return Open
		}
		answers = append(answers, passes(result.kind == known && result.value == true))
	}
	return either(answers...)
}

// evaluate returns everything that an expression may come to on the reading's gateway. What the
// gateway, or a version of it that may be the one, lacks may keep the whole from being compiled,
// also where it is not reached.
func (r *reading) evaluate(text string) []result {
	tree, features := parse(text)
	if tree == nil {
		return unknown
	}
	results := evaluation{r}.run(tree)
	if r.doubtful(features) {
		results = append(results, fails...)
	}
	return results
}

func (r *reading) doubtful(features map[feature]bool) bool {
	if r.gateway == Flex {
		return features[coercingEquality] || features[startsWithCall] ||
			features[presenceSelector] ||
			// the last two are newer than the oldest Flex (5.3)
			features[nullLiteral] || features[isEmptyCall]
	}
	return features[unresolved] || features[gluedNot]
}

// nullSafe: contains and startsWith give false for null, sizeOf and splitBy null, since DataWeave
// 2.4, which is Mule 4.4. Before it that is an error, and so it is on Flex, whose pages do not
// have these forms (5.3).
func (r *reading) nullSafe(value any) []result {
	switch {
	case r.gateway == Flex, r.pair.Runtime != "" && r.pair.Runtime < "4.4":
		return fails
	case r.pair.Runtime != "":
		return is(value)
	}
	return []result{{value: value}, {kind: failure}}
}

// onMule is a value that Mule gives for null; on Flex it may be that, or an error.
func (r *reading) onMule(value any) []result {
	if r.gateway == Mule {
		return is(value)
	}
	return []result{{value: value}, {kind: failure}}
}

type evaluation struct{ *reading }

func (e evaluation) run(n node) []result {
	switch n := n.(type) {
	case literal:
		return is(n.value)
	case list:
		return e.combine(n.items, func(values []any) []result { return is(values) })
	case name:
		return e.named(n.text)
	case presence:
		return e.combine(
			[]node{n.of}, func(values []any) []result { return present(values[0], n.key) },
		)
	case selection:
		return e.combine(
			[]node{n.of}, func(values []any) []result { return e.selected(values[0], n.key) },
		)
	case call:
		return e.combine(n.args, func(values []any) []result { return e.called(n.name, values) })
	case binary:
		return e.binary(n)
	case negation:
		return each(e.condition(n.of), func(r result) []result { return is(r.value != true) })
	case unsure:
		return unknown
	case ambiguous:
		if e.gateway == Mule {
			return e.run(n.other) // default binds loosest (5.2)
		}
		return append(e.run(n.one), e.run(n.other)...)
	case choice:
		return each(e.condition(n.condition), func(r result) []result {
			if r.value == true {
				return e.run(n.then)
			}
			return e.run(n.otherwise)
		})
	}
	panic(fmt.Sprintf("no node %T", n))
}

// each goes on with every known result, and keeps the others.
func each(results []result, next func(result) []result) []result {
	var all []result
	for _, r := range results {
		if r.kind != known {
			all = append(all, r)
			continue
		}
		all = append(all, next(r)...)
	}
	return all
}

// condition is what a part comes to where a boolean is needed. On Flex the texts true and false
// will do, and anything else is an error (pdk-pel, runtime/coercion.rs); what Mule makes of
// another type is not said.
func (e evaluation) condition(n node) []result {
	var all []result
	for _, r := range e.run(n) {
		_, isBool := r.value.(bool)
		switch {
		case r.kind == failure || isBool:
			all = append(all, r)
		case e.gateway == Mule || r.kind == anything:
			all = append(all, result{kind: failure}, result{value: true}, result{value: false})
		case r.value == "true" || r.value == "false":
			all = append(all, result{value: r.value == "true"})
		default:
			all = append(all, fails...)
		}
	}
	return all
}

// combine evaluates the operands from the left and goes on with each combination of their values.
func (e evaluation) combine(nodes []node, next func([]any) []result) []result {
	var walk func(i int, values []any) []result
	walk = func(i int, values []any) []result {
		if i == len(nodes) {
			return next(slices.Clone(values))
		}
		return each(
			e.run(nodes[i]), func(r result) []result { return walk(i+1, append(values, r.value)) },
		)
	}
	return walk(0, nil)
}

func (e evaluation) named(text string) []result {
	switch text {
	case "vars":
		return is(map[string]any{"claimSet": maps.Clone(e.claims)})
	case "attributes", "payload", "authentication":
		return unknown // not in the files
	}
	return fails
}

// selected: a missing member is null on both; an index out of range, and a selector on null, are
// null on Mule only.
func (e evaluation) selected(of, key any) []result {
	name, byName := key.(string)
	switch of := of.(type) {
	case map[string]any:
		if byName {
			return is(of[name])
		}
	case nil:
		return e.onMule(nil)
	case []any:
		if index, byIndex := key.(int); byIndex {
			return e.indexed(of, index)
		}
	case string:
		if index, byIndex := key.(int); byIndex {
			if e.gateway == Flex { // its page has String[Number]
				return e.indexed(characters(of), index)
			}
			return append(e.indexed(characters(of), index), fails...)
		}
	}
	return unknown
}

func present(of, key any) []result {
	members, isObject := of.(map[string]any)
	name, byName := key.(string)
	if !isObject || !byName {
		return unknown
	}
	_, there := members[name]
	return is(there)
}

func (e evaluation) indexed(of []any, index int) []result {
	if index < 0 {
		index += len(of)
	}
	switch {
	case index >= 0 && index < len(of):
		return is(of[index])
	case e.gateway == Mule:
		return is(nil)
	}
	return fails
}

func characters(text string) []any {
	var all []any
	for _, c := range text {
		all = append(all, string(c))
	}
	return all
}

func (e evaluation) called(name string, args []any) []result {
	first := args[0]
	switch name {
	case "contains":
		return e.contains(first, args[1])
	case "splitBy":
		return e.splitBy(first, args[1])
	case "startsWith":
		return e.startsWith(first, args[1])
	case "sizeOf":
		return e.sizeOf(first)
	case "isEmpty":
		return isEmpty(first)
	case "lower", "upper":
		text, isText := first.(string)
		switch {
		case isText && name == "lower":
			return is(strings.ToLower(text))
		case isText:
			return is(strings.ToUpper(text))
		case first == nil:
			return e.onMule(nil)
		}
	}
	return unknown
}

func (e evaluation) contains(in, item any) []result {
	text, isText := item.(string)
	switch in := in.(type) {
	case nil:
		return e.nullSafe(false)
	case []any:
		return is(
			slices.ContainsFunc(
				in, func(other any) bool { return reflect.DeepEqual(other, item) },
			),
		)
	case string:
		if isText {
			return is(strings.Contains(in, text))
		}
	}
	return unknown
}

func (e evaluation) startsWith(text, prefix any) []result {
	if text == nil {
		return e.nullSafe(false)
	}
	a, aText := text.(string)
	b, bText := prefix.(string)
	if aText && bText {
		return is(strings.HasPrefix(a, b))
	}
	return unknown
}

func (e evaluation) splitBy(of, separator any) []result {
	text, isText := of.(string)
	by, byText := separator.(string)
	switch {
	case of == nil:
		return e.nullSafe(nil)
	case !isText || !byText || by == "":
		return unknown
	}
	var parts []any
	for part := range strings.SplitSeq(text, by) {
		parts = append(parts, part)
	}
	return is(parts)
}

func (e evaluation) sizeOf(of any) []result {
	switch of := of.(type) {
	case nil:
		return e.nullSafe(nil)
	case string:
		return is(float64(len(of)))
	case []any:
		return is(float64(len(of)))
	case map[string]any:
		return is(float64(len(of)))
	}
	return unknown
}

func isEmpty(of any) []result {
	switch of := of.(type) {
	case nil:
		return is(true)
	case string:
		return is(of == "")
	case []any:
		return is(len(of) == 0)
	case map[string]any:
		return is(len(of) == 0)
	}
	return unknown
}

func (e evaluation) binary(n binary) []result {
	switch n.op {
	case "and", "or":
		return e.logical(n)
	case "default":
		return each(e.run(n.left), func(r result) []result {
			if r.value == nil {
				return e.run(n.right)
			}
			return []result{r}
		})
	}
	if equality := n.op == "==" || n.op == "!="; equality &&
		(e.isHeader(n.left) || e.isHeader(n.right)) {
		return append(is(true), is(false)...)
	}
	return e.combine(
		[]node{n.left, n.right},
		func(values []any) []result { return compared(n.op, values[0], values[1]) },
	)
}

// isHeader reports whether a part is a header of the request, of which the files hold none.
func (e evaluation) isHeader(n node) bool {
	s, isSelection := n.(selection)
	headers, inHeaders := s.of.(selection)
	return isSelection && inHeaders && headers.key == "headers" &&
		headers.of == node(name{"attributes"})
}

func joined(left, right any) []result {
	a, aText := left.(string)
	b, bText := right.(string)
	if aText && bText {
		return is(a + b)
	}
	return unknown
}

// logical: Flex leaves the right operand out where the left one decides (5.3). No page says so of
// Mule, so what the right one may come to counts there too.
func (e evaluation) logical(n binary) []result {
	decides := n.op == "or"
	return each(e.condition(n.left), func(left result) []result {
		switch {
		case left.value != decides:
			return e.condition(n.right)
		case e.gateway == Flex:
			return is(decides)
		}
		return each(e.condition(n.right), func(result) []result { return is(decides) })
	})
}

// compared: equality does not coerce; how ordering coerces differs, so only numbers are ordered
// here.
func compared(op string, left, right any) []result {
	a, aNumber := left.(float64)
	b, bNumber := right.(float64)
	switch {
	case op == "==":
		return is(reflect.DeepEqual(left, right))
	case op == "!=":
		return is(!reflect.DeepEqual(left, right))
	case op == "++":
		return joined(left, right)
	case (left == nil || right == nil) && (aNumber || bNumber):
		return []result{{value: false}, {kind: failure}}
	case op == "~=":
		_, leftText := left.(string)
		_, rightText := right.(string)
		if !leftText || !rightText {
			return unknown
		}
		return is(left == right)
	case !aNumber || !bNumber:
		return unknown
	}
	return is(map[string]bool{">": a > b, "<": a < b, ">=": a >= b, "<=": a <= b}[op])
}
