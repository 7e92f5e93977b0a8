// Package dataweave reads and evaluates the expressions that MuleSoft policies hold in #[ … ]: the language
// DataWeave 2 as a Mule runtime runs it, and the subset, called PEL, that Flex Gateway runs.
//
// [Template] finds the expression in a field's text, [Parse] reads it for one [Dialect], and [Expr.Eval] gives
// the value that the gateway would get, or says why that can't be known. The package covers what people write
// in policies: selectors (.a, ."a-b", ['a'], [0]), literals, lists, == != ~= < > <= >=, and, or, not, !, if
// else, default, ++, and the functions that [Table] shows. Anything else that DataWeave knows (a script header,
// a lambda, an object literal, a type coercion, …) is parsed as [Unsupported]: it is no fault of the expression,
// and its value is unknown. Only what no DataWeave parser accepts is an [Error].
//
// What the documentation leaves open stays open here: two readings of one text, a difference between versions
// of the runtime, a coercion that no page describes. All of them evaluate to unknown, with the reason, the
// column and, where there is one, the form to write instead. Every rule that is used stands in [Table] with
// its evidence and reference; the tests run it.
package dataweave
