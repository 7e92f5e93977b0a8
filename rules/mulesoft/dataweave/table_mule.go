package dataweave

import "slices"

const selectors = docs + "dataweave-selectors"

func selectorRows() []Row {
	return slices.Concat(
		rows(documented, selectors, both(),
			Row{Rule: "a missing key gives null", Expression: `vars.claimSet.azp`, Input: `{"vars": {"claimSet": {}}}`, Result: `null`},
			Row{Rule: "a negative index counts from the end", Expression: `vars.claimSet.roles[-1]`, Input: `{"vars": {"claimSet": {"roles": ["a", "b"]}}}`, Result: `"b"`},
			Row{Rule: "a name that is no identifier needs quotes", Expression: `vars.claimSet.'http://x/y'`, Input: `{"vars": {"claimSet": {"http://x/y": 1}}}`, Result: `1`},
			Row{Rule: "a name can be computed", Expression: `vars.claimSet[vars.name]`, Input: `{"vars": {"name": "a", "claimSet": {"a": 1}}}`, Result: `1`},
		),
		rows(documented, selectors, mule(),
			Row{Rule: "an index out of range gives null", Expression: `vars.claimSet.roles[5]`, Input: `{"vars": {"claimSet": {"roles": ["a"]}}}`, Result: `null`},
			Row{Rule: "a name applies to every object of a list", Expression: `payload.name`, Input: `{"payload": [{"name": "Arg"}, {"name": "Japan"}]}`, Result: `["Arg","Japan"]`},
		),
		rows(inferred, selectors, mule(),
			Row{Rule: "selecting from null gives null", Expression: `vars.claimSet.realm_access.roles`, Input: `{"vars": {"claimSet": {}}}`, Result: `null`},
			Row{Rule: "what a name that stands twice gives is not documented for JSON", Expression: `vars.claimSet.a`, Input: `{"vars": {"claimSet": {"a": 1, "a": 2}}}`, Result: `unknown`},
			Row{Rule: "an unquoted hyphen is a subtraction", Expression: `vars.claimSet.preferred-username`, Input: `{"vars": {"claimSet": {"preferred-username": "a"}}}`, Result: `unknown`},
		),
		rows(documented, selectors, both(),
			Row{Rule: "the selector ? is not supported", Expression: `vars.claimSet.a?`, Input: `{"vars": {"claimSet": {"a": 1}}}`, Result: `unknown`},
			Row{Rule: "the selector .. is not supported", Expression: `vars..a`, Input: `{"vars": {"claimSet": {"a": 1}}}`, Result: `unknown`},
			Row{Rule: "a range selector is not supported", Expression: `vars.claimSet.roles[0 to 1]`, Input: `{"vars": {"claimSet": {"roles": ["a", "b"]}}}`, Result: `unknown`},
		),
	)
}

func literalRows() []Row {
	return slices.Concat(
		rows(documented, docs+"dataweave-types", both(),
			Row{Rule: "strings stand in single or double quotes", Expression: `'a' == "a"`, Result: `true`},
			Row{Rule: "true and false are booleans", Expression: `vars.claimSet.admin == true`, Input: `{"vars": {"claimSet": {"admin": true}}}`, Result: `true`},
			Row{Rule: "a string of an unclosed quote is an error", Expression: `vars.claimSet.a == 'x`, Result: `error`},
			Row{Rule: "an expression inside a string is not supported", Expression: `"$(vars.claimSet.a)"`, Input: `{"vars": {"claimSet": {"a": "x"}}}`, Result: `unknown`},
		),
		rows(documented, docs+"dataweave-types", mule(),
			Row{Rule: "null can be written", Expression: `vars.claimSet.partnerId != null`, Input: `{"vars": {"claimSet": {"partnerId": "a"}}}`, Result: `true`},
			Row{Rule: "numbers have any precision", Expression: `vars.claimSet.id == 9007199254740993`, Input: `{"vars": {"claimSet": {"id": 9007199254740992}}}`, Result: `false`},
		),
	)
}

const operators = docs + "dw-operators"

func equalityRows() []Row {
	return slices.Concat(
		rows(documented, operators, both(),
			Row{Rule: "== does not coerce", Expression: `"true" == true`, Result: `false`},
		),
		rows(inferred, operators, both(),
			Row{Rule: "lists are equal in the same order only", Expression: `vars.claimSet.groups == ['a', 'b']`, Input: `{"vars": {"claimSet": {"groups": ["b", "a"]}}}`, Result: `false`},
			Row{Rule: "a longer list is not equal", Expression: `vars.claimSet.groups == ['a', 'b']`, Input: `{"vars": {"claimSet": {"groups": ["a", "b", "c"]}}}`, Result: `false`},
			Row{Rule: "texts are compared with their case", Expression: `vars.claimSet.role == 'Member'`, Input: `{"vars": {"claimSet": {"role": "member"}}}`, Result: `false`},
		),
		rows(documented, operators, mule(),
			Row{Rule: "~= coerces", Expression: `"true" ~= true`, Result: `true`},
			Row{Rule: "~= coerces inside lists", Expression: `['true'] ~= [true]`, Result: `true`},
			Row{Rule: "~= coerces numbers", Expression: `'1' ~= 1`, Result: `true`},
		),
		rows(inferred, operators+": no rule for it", mule(),
			Row{Rule: "how ~= coerces null is not documented", Expression: `vars.claimSet.a ~= 'null'`, Input: `{"vars": {"claimSet": {}}}`, Result: `unknown`},
			Row{Rule: "whether 1 equals 1.0 is not documented", Expression: `1 == 1.0`, Result: `unknown`},
		),
	)
}

func orderRows() []Row {
	return slices.Concat(
		rows(documented, operators, both(),
			Row{Rule: "numbers are compared by size", Expression: `vars.claimSet.level >= 9`, Input: `{"vars": {"claimSet": {"level": 10}}}`, Result: `true`},
		),
		rows(documented, operators, mule(),
			Row{Rule: "the right operand becomes a string beside a string", Expression: `"123" > 13`, Result: `false`},
			Row{Rule: "the right operand becomes a number beside a number", Expression: `123 > "13"`, Result: `true`},
		),
		rows(inferred, operators+": no rule for it", mule(),
			Row{Rule: "how null compares is not documented", Expression: `vars.claimSet.level >= 9`, Input: `{"vars": {"claimSet": {}}}`, Result: `unknown`},
		),
	)
}

func logicRows() []Row {
	return slices.Concat(
		rows(documented, operators, both(),
			Row{Rule: "and needs both", Expression: `true and false`, Result: `false`},
			Row{Rule: "or needs one", Expression: `true or false`, Result: `true`},
			Row{Rule: "! negates the next term", Expression: `!true or true`, Result: `true`},
			Row{Rule: "not negates a comparison that follows", Expression: `1 == 2 or not 1 == 2`, Result: `true`},
			Row{Rule: "not without a space before its bracket is documented not to work", Expression: `not(true)`, Result: `unknown`},
		),
		rows(documented, operators, mule(),
			Row{Rule: "! exists since Mule 4.2", Expression: `!true`, Runtime: "4.1.0", Result: `unknown`},
			Row{Rule: "not negates the whole expression that follows", Expression: `not true or true`, Result: `false`},
		),
		rows(inferred, operators+": which of two operands decides", both(),
			Row{Rule: "a boolean that is not known does not matter beside false", Expression: `(payload.a == 1) and false`, Result: `false`},
			Row{Rule: "a boolean that is not known does not matter beside true", Expression: `(payload.a == 1) or true`, Result: `true`},
			Row{Rule: "what may be no boolean matters beside true", Expression: `payload.a or true`, Result: `unknown`},
			Row{Rule: "what is not known matters beside true", Expression: `payload.a and true`, Result: `unknown`},
		),
		rows(inferred, operators+": no rule for it", mule(),
			Row{Rule: "what and makes of a string is not documented", Expression: `vars.claimSet.a and true`, Input: `{"vars": {"claimSet": {"a": "true"}}}`, Result: `unknown`},
			Row{Rule: "not in the middle, before or, has no documented reading", Expression: `false and not true or true`, Result: `unknown`},
		),
	)
}

const precedence = docs + "dataweave-flow-control-precedence"

func precedenceRows() []Row {
	const roles = `{"vars": {"claimSet": {"roles": ["a"], "b": "y"}}}`
	return slices.Concat(
		rows(inferred, docs+"dw-strings-functions-substringby: an infix function binds looser than == and or", both(),
			Row{Rule: "contains beside or needs parentheses", Expression: `vars.claimSet.roles contains 'a' or vars.claimSet.roles contains 'b'`, Input: roles, Result: `unknown`},
			Row{Rule: "contains beside and needs parentheses", Expression: `vars.claimSet.roles contains 'a' and vars.claimSet.b == 'y'`, Input: roles, Result: `unknown`},
			Row{Rule: "contains beside not needs parentheses", Expression: `not vars.claimSet.roles contains 'a'`, Input: roles, Result: `unknown`},
			Row{Rule: "with parentheses the reading is certain", Expression: `not (vars.claimSet.roles contains 'a')`, Input: roles, Result: `false`},
		),
		rows(documented, precedence, both(),
			Row{Rule: "infix functions in a chain run from left to right", Expression: `vars.claimSet.b splitBy ' ' contains 'y'`, Input: roles, Result: `true`},
			Row{Rule: "and binds tighter than or", Expression: `true or true and false`, Result: `true`},
		),
		rows(documented, precedence, mule(),
			Row{Rule: "default binds looser than ==", Expression: `vars.claimSet.b default 'y' == 'y'`, Input: roles, Result: `"y"`},
		),
	)
}

func controlRows() []Row {
	const flow = docs + "dataweave-flow-control"
	return slices.Concat(
		rows(documented, flow, both(),
			Row{Rule: "if takes one of two branches", Expression: `if (vars.claimSet.a == 1) 'x' else 'y'`, Input: `{"vars": {"claimSet": {"a": 1}}}`, Result: `"x"`},
			Row{Rule: "if without else is an error", Expression: `if (vars.claimSet.a == 1) 'x'`, Result: `error`},
		),
		rows(documented, docs+"dataweave-cookbook-defaults", both(),
			Row{Rule: "default replaces null", Expression: `(vars.requestConditionMet default false) and (vars.responseConditionMet default false)`, Input: `{"vars": {}}`, Result: `false`},
			Row{Rule: "default keeps what is there", Expression: `vars.statusCode default attributes.statusCode`, Input: `{"vars": {"statusCode": 200}}`, Result: `200`},
		),
		rows(inferred, docs+"dataweave-cookbook-defaults: absent or null", both(),
			Row{Rule: "default keeps an empty string", Expression: `vars.claimSet.a default 'x'`, Input: `{"vars": {"claimSet": {"a": ""}}}`, Result: `""`},
		),
	)
}
