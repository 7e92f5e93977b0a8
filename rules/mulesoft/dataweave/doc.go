// Package dataweave reads and evaluates the expressions that MuleSoft policies write as #[ … ]. It
// knows two dialects: DataWeave 2 as a Mule runtime runs it, and PEL, the subset that Flex Gateway
// runs.
//
// [Template] finds the expression in a field's text. [Parse] reads it for one [Dialect].
// [Expr.Eval] gives the value that the gateway would get, or says why we cannot know it.
//
// The package covers what people write in policies: selectors (.a, ."a-b", ['a'], [0]), literals,
// lists, == != ~= < > <= >=, and, or, not, !, if else, default, ++, and the functions in [Table].
// Whatever else DataWeave has (a script header, a lambda, an object literal, a type coercion, …)
// becomes a node of kind [Unsupported]: the expression is not at fault, its value is unknown. Only
// what no DataWeave parser accepts is an error.
//
// What the documentation leaves open stays open here: a text that can be read in two ways, a
// difference between versions of the runtime, a coercion that no page describes. Such an
// expression evaluates to unknown, with the reason, the column and, where there is one, the form
// to write instead. [Table] has a row for every rule that we use, with its evidence and reference,
// and the tests run each row.
//
// The package must not know policies, tokens or requests: an expression reads an [Env], and the
// adapter fills it. It must not guess, and it must not change what it is given.
package dataweave
