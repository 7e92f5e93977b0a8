package dataweave

import "slices"

func flexRows() []Row {
	return slices.Concat(flexCodeRows(), flexDocumentedRows())
}

// flexCodeRows come from the published code of the evaluator.
func flexCodeRows() []Row {
	return slices.Concat(
		rows(observed, pel+"eval.rs", flex(),
			Row{Rule: "an index out of range fails", Expression: `splitBy(attributes.headers['Authorization'], ' ')[1]`, Input: `{"attributes": {"headers": {"authorization": "x"}}}`, Result: `failure`},
			Row{Rule: "a fraction is cut off an index", Expression: `['a', 'b'][1.9]`, Result: `"b"`},
			Row{Rule: "the left operand becomes a string beside a string", Expression: `123 > "13"`, Result: `false`},
			Row{Rule: "the left operand becomes a number beside a number", Expression: `"123" > 13`, Result: `true`},
			Row{Rule: "a list on the right of a comparison fails", Expression: `1 > vars.claimSet.roles`, Input: `{"vars": {"claimSet": {"roles": []}}}`, Result: `failure`},
			Row{Rule: "an operand that decides hides a failure behind it", Expression: `false and ([][0] == 'a')`, Result: `false`},
			Row{Rule: "a failure is not replaced by default", Expression: `[][0] default 'a'`, Result: `failure`},
			Row{Rule: "an unknown name fails", Expression: `claims.roles`, Result: `failure`},
		),
		rows(observed, pel+"coercion.rs", flex(),
			Row{Rule: `and takes the string "true" for a boolean`, Expression: `vars.claimSet.a and true`, Input: `{"vars": {"claimSet": {"a": "true"}}}`, Result: `true`},
			Row{Rule: "and fails on any other string", Expression: `vars.claimSet.a and true`, Input: `{"vars": {"claimSet": {"a": "yes"}}}`, Result: `failure`},
		),
		rows(observed, pel+"value.rs", flex(),
			Row{Rule: "1 equals 1.0", Expression: `1 == 1.0`, Result: `true`},
		),
	)
}

// flexDocumentedRows come from the documentation of Flex Gateway.
func flexDocumentedRows() []Row {
	return slices.Concat(
		rows(documented, flexDoc, flex(),
			Row{Rule: "numbers are floats of 64 bits", Expression: `vars.claimSet.id == 9007199254740993`, Input: `{"vars": {"claimSet": {"id": 9007199254740992}}}`, Result: `true`},
			Row{Rule: "null can't be written in all versions", Expression: `vars.claimSet.partnerId != null`, Input: `{"vars": {"claimSet": {"partnerId": "a"}}}`, Result: `unknown`},
			Row{Rule: "null can't be written inside a list either", Expression: `[null] contains 'a'`, Result: `unknown`},
			Row{Rule: "a character can be selected by its number", Expression: `'abc'[1]`, Result: `"b"`},
			Row{Rule: "an object can't be selected from by number", Expression: `vars.claimSet[0]`, Input: `{"vars": {"claimSet": {"a": 1}}}`, Result: `failure`},
		),
		rows(inferred, flexDoc+": no form for null", flex(),
			Row{Rule: "contains of null fails", Expression: `vars.claimSet.roles contains 'a'`, Input: `{"vars": {"claimSet": {}}}`, Result: `failure`},
			Row{Rule: "splitBy of null fails", Expression: `splitBy(vars.claimSet.scp, ' ')`, Input: `{"vars": {"claimSet": {}}}`, Result: `failure`},
		),
		rows(inferred, flexDoc+" and docs.rs/crate/dw-parser/1.9.0, src/dw2pel.rs: not listed", flex(),
			Row{Rule: "there is no ~=", Expression: `'1' ~= 1`, Result: `unknown`},
			Row{Rule: "there are no regular expressions", Expression: `contains("mulesoft", /[e-g]/)`, Result: `unknown`},
			Row{Rule: "there is no startsWith", Expression: `'ab' startsWith 'a'`, Result: `unknown`},
			Row{Rule: "there is no import", Expression: `import * from dw::core::Arrays --- true`, Result: `unknown`},
			Row{Rule: "isEmpty is in newer code only", Expression: `isEmpty('')`, Result: `unknown`},
			Row{Rule: "what a selector on null gives is not known", Expression: `vars.claimSet.realm_access.roles`, Input: `{"vars": {"claimSet": {}}}`, Result: `unknown`},
			Row{Rule: "how far not reaches is documented for Mule only", Expression: `not true or true`, Result: `unknown`},
		),
	)
}

// limitRows are about what is no DataWeave, or more of it than is supported.
func limitRows() []Row {
	const grammar = "github.com/mulesoft-labs/data-weave-intellij-plugin, Weave.bnf"
	return slices.Concat(
		rows(observed, grammar, both(),
			Row{Rule: "one equals sign is no operator", Expression: `vars.claimSet.a = 'x'`, Result: `error`},
			Row{Rule: "an open bracket is an error", Expression: `(vars.claimSet.a == 'x'`, Result: `error`},
			Row{Rule: "an operator needs an operand", Expression: `vars.claimSet.roles contains`, Result: `error`},
			Row{Rule: "typographic quotes are no quotes", Expression: `vars.claimSet.a == “x”`, Result: `error`},
			Row{Rule: "an object literal is not supported", Expression: `{a: 1}`, Result: `unknown`},
			Row{Rule: "a coercion is not supported", Expression: `vars.claimSet.level as Number > 1`, Input: `{"vars": {"claimSet": {"level": "2"}}}`, Result: `unknown`},
			Row{Rule: "a lambda is not supported", Expression: `vars.claimSet.roles filter ((r) -> r == 'a')`, Input: `{"vars": {"claimSet": {"roles": ["a"]}}}`, Result: `unknown`},
			Row{Rule: "pattern matching is not supported", Expression: `vars.claimSet.a match { case 'x' -> true else -> false }`, Input: `{"vars": {"claimSet": {"a": "x"}}}`, Result: `unknown`},
			Row{Rule: "do is not supported", Expression: `do { var a = 1 --- a }`, Result: `unknown`},
			Row{Rule: "arithmetic is not supported", Expression: `1 + 1 == 2`, Result: `unknown`},
			Row{Rule: "a function isn't called as a method", Expression: `vars.claimSet.roles.contains('a')`, Input: `{"vars": {"claimSet": {"roles": ["a"]}}}`, Result: `unknown`},
		),
		rows(observed, grammar, mule(),
			Row{Rule: "&& is no operator", Expression: `true && true`, Result: `error`},
		),
	)
}
