// Package cel reads the expressions that a SecurityPolicy of Envoy Gateway has in cel, and turns
// them into predicates.
//
// [Parse] accepts what Envoy Gateway accepts: it parses with cel-go, and does not check types. A
// text that it refuses makes the whole policy invalid. [Expr.Predicate] is data where the
// expression compares an attribute with a literal: ==, !=, in, has, startsWith, endsWith, contains
// and matches, joined by &&, ||, ! and ? :. What is left is opaque: it is evaluated on its own,
// and it is unknown where Envoy does something that this package does not work out. Nothing is
// guessed.
//
// The proxy takes a result that is not the boolean true for a rule that does not match: false, any
// other value, and every error. CEL's && and || do not care about the order of their operands, and
// an operand that decides hides the error of another one. So each part is lowered twice, into what
// makes it true and into what makes it false; an error is neither. No predicate of this package
// comes out as an error.
//
// Envoy evaluates with cel-cpp, and this package is held against recorded answers of cel-go: what
// Envoy does is inferred from both, from the list of its attributes, and from the options that it
// sets: comprehensions, the concatenation of texts and lists, and string conversion are switched
// off, and the program of a pattern has at most 100 instructions
// (source/extensions/filters/common/expr).
package cel
