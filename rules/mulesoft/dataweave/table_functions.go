package dataweave

import "slices"

func functionRows() []Row {
	return slices.Concat(
		rows(documented, docs+"dw-core-functions-contains", both(),
			Row{Rule: "contains finds an item of a list", Expression: `[1, 2, 3, 4] contains(2)`, Result: `true`},
			Row{Rule: "contains finds a part of a string", Expression: `"mulesoft" contains "mule"`, Result: `true`},
			Row{Rule: "a function of two arguments can stand before them", Expression: `contains("mulesoft", "mule")`, Result: `true`},
		),
		rows(inferred, docs+"dw-core-functions-contains", both(),
			Row{Rule: "on a string of scopes contains also finds longer ones", Expression: `vars.claimSet.scp contains 'read'`, Input: `{"vars": {"claimSet": {"scp": "readwrite"}}}`, Result: `true`},
			Row{Rule: "contains does not coerce", Expression: `[1] contains '1'`, Result: `false`},
			Row{Rule: "what contains makes of a number is not documented", Expression: `vars.claimSet.a contains '1'`, Input: `{"vars": {"claimSet": {"a": 1}}}`, Result: `unknown`},
		),
		rows(documented, docs+"dw-core-functions-plusplus", both(),
			Row{Rule: "++ joins strings", Expression: `'User ' ++ authentication.clientId ++ ' performed action ' ++ attributes.method`, Input: `{"authentication": {"clientId": "a"}, "attributes": {"method": "GET"}}`, Result: `"User a performed action GET"`},
			Row{Rule: "++ joins lists", Expression: `[0, 1] ++ ['a']`, Result: `[0,1,"a"]`},
		),
		rows(documented, docs+"dw-core-functions-sizeof", both(),
			Row{Rule: "sizeOf counts items", Expression: `sizeOf(['a', 'b', 'c'])`, Result: `3`},
			Row{Rule: "sizeOf counts characters", Expression: `sizeOf('my string')`, Result: `9`},
			Row{Rule: "sizeOf counts members", Expression: `sizeOf(payload)`, Input: `{"payload": {"a": 1, "b": 2}}`, Result: `2`},
		),
		rows(documented, docs+"dw-core-functions-isempty", mule(),
			Row{Rule: "an empty list is empty", Expression: `isEmpty([])`, Result: `true`},
			Row{Rule: "an empty string is empty", Expression: `isEmpty('')`, Result: `true`},
			Row{Rule: "null is empty", Expression: `isEmpty(vars.claimSet.a)`, Input: `{"vars": {"claimSet": {}}}`, Result: `true`},
			Row{Rule: "a list with items is not empty", Expression: `isEmpty([1])`, Result: `false`},
		),
		rows(documented, docs+"dw-core", both(),
			Row{Rule: "other functions are not supported", Expression: `typeOf(1)`, Result: `unknown`},
		),
	)
}

const dwStrings = docs + "dw-strings-functions-"

func textRows() []Row {
	return slices.Concat(
		rows(documented, docs+"dw-core-functions-splitby", both(),
			Row{Rule: "splitBy cuts at every separator", Expression: `"192.88.99.0" splitBy(".")`, Result: `["192","88","99","0"]`},
			Row{Rule: "splitBy is case sensitive", Expression: `"no split" splitBy("NO")`, Result: `["no split"]`},
		),
		rows(inferred, docs+"dw-core-functions-splitby: no example", both(),
			Row{Rule: "what splitBy gives for an empty last part is not documented", Expression: `'a b ' splitBy ' '`, Result: `unknown`},
			Row{Rule: "what splitBy gives for an empty separator is not documented consistently", Expression: `'ab' splitBy ''`, Result: `unknown`},
		),
		rows(documented, docs+"dw-core", both(),
			Row{Rule: "upper changes case", Expression: `upper('mulesoft')`, Result: `"MULESOFT"`},
			Row{Rule: "lower changes case", Expression: `lower('MuleSoft')`, Result: `"mulesoft"`},
			Row{Rule: "trim takes blanks away", Expression: `trim('    abc    ')`, Result: `"abc"`},
			Row{Rule: "upper of null is null", Expression: `upper(vars.claimSet.a)`, Input: `{"vars": {"claimSet": {}}}`, Result: `null`},
			Row{Rule: "trim of null is null", Expression: `trim(vars.claimSet.a)`, Input: `{"vars": {"claimSet": {}}}`, Result: `null`},
		),
		rows(documented, dwStrings+"substringafter", mule(),
			Row{Rule: "substringAfter exists since Mule 4.2", Expression: `dw::core::Strings::substringAfter('abc', 'b')`, Runtime: "4.1.0", Result: `unknown`},
		),
		rows(documented, dwStrings+"substringafter", both(),
			Row{Rule: "substringAfter looks for the first separator", Expression: `dw::core::Strings::substringAfter('abcba', 'b')`, Result: `"cba"`},
			Row{Rule: "substringAfter without the separator gives an empty string", Expression: `dw::core::Strings::substringAfter('abc', 'd')`, Result: `""`},
			Row{Rule: "substringAfter of null is null", Expression: `dw::core::Strings::substringAfter(attributes.headers.authorization, 'Bearer ')`, Input: `{"attributes": {"headers": {}}}`, Result: `null`},
			Row{Rule: "an empty separator follows no rule", Expression: `dw::core::Strings::substringAfter('abc', '')`, Result: `unknown`},
		),
		rows(documented, dwStrings+"substringafterlast", both(),
			Row{Rule: "substringAfterLast looks for the last separator", Expression: `dw::core::Strings::substringAfterLast('abcba', 'b')`, Result: `"a"`},
		),
		rows(documented, dwStrings+"substringbefore", both(),
			Row{Rule: "substringBefore looks for the first separator", Expression: `dw::core::Strings::substringBefore('abc', 'b')`, Result: `"a"`},
		),
		rows(documented, dwStrings+"substringbeforelast", both(),
			Row{Rule: "substringBeforeLast looks for the last separator", Expression: `dw::core::Strings::substringBeforeLast('abcba', 'b')`, Result: `"abc"`},
		),
		rows(documented, docs+"dw-strings: the module has to be imported", both(),
			Row{Rule: "a function of dw::core::Strings needs its module", Expression: `substringAfter('abc', 'b')`, Result: `unknown`},
		),
		rows(documented, docs+"dw-core-functions-startswith", mule(),
			Row{Rule: "startsWith compares the beginning", Expression: `vars.claimSet.iss startsWith 'https://'`, Input: `{"vars": {"claimSet": {"iss": "https://x"}}}`, Result: `true`},
		),
		rows(documented, docs+"dw-core-functions-endswith", mule(),
			Row{Rule: "endsWith compares the end", Expression: `'Mariano' endsWith 'no'`, Result: `true`},
		),
	)
}

// nullRows depend on the version of the Mule runtime.
func nullRows() []Row {
	const none = `{"vars": {"claimSet": {}}}`
	return slices.Concat(
		rows(documented, docs+"dw-core-functions-contains: since DataWeave 2.4.0", mule(),
			Row{Rule: "contains of null is false since Mule 4.4", Expression: `vars.claimSet.roles contains 'a'`, Runtime: "4.4.0", Input: none, Result: `false`},
			Row{Rule: "not makes it true", Expression: `not (vars.claimSet.roles contains 'a')`, Runtime: "4.4.0", Input: none, Result: `true`},
		),
		rows(inferred, docs+"dw-core-functions-contains: the form for null came with DataWeave 2.4.0", mule(),
			Row{Rule: "contains of null fails before Mule 4.4", Expression: `vars.claimSet.roles contains 'a'`, Runtime: "4.3.0", Input: none, Result: `failure`},
			Row{Rule: "without the version, the value is not known", Expression: `not (vars.claimSet.roles contains 'a')`, Input: none, Result: `unknown`},
			Row{Rule: "an error perhaps leaves it open, also behind an operand that is true", Expression: `true or (vars.claimSet.roles contains 'a')`, Input: none, Result: `unknown`},
		),
		rows(documented, docs+"dw-core-functions-sizeof: since DataWeave 2.4.0", mule(),
			Row{Rule: "sizeOf of null is null since Mule 4.4", Expression: `sizeOf(vars.claimSet.roles)`, Runtime: "4.4.0", Input: none, Result: `null`},
		),
		rows(documented, docs+"dw-core-functions-splitby: since DataWeave 2.4.0", mule(),
			Row{Rule: "splitBy of null is null since Mule 4.4", Expression: `splitBy(vars.claimSet.scp, ' ')`, Runtime: "4.4.0", Input: none, Result: `null`},
		),
		rows(documented, docs+"dw-core-functions-startswith: since DataWeave 2.4.0", mule(),
			Row{Rule: "startsWith of null is false since Mule 4.4", Expression: `vars.claimSet.iss startsWith 'https'`, Runtime: "4.4.0", Input: none, Result: `false`},
		),
	)
}

func regexRows() []Row {
	return slices.Concat(
		rows(documented, docs+"dw-core-functions-contains", mule(),
			Row{Rule: "contains takes a regular expression", Expression: `contains("mulesoft", /[e-g]/)`, Result: `true`},
		),
		rows(documented, docs+"dw-core-functions-matches", mule(),
			Row{Rule: "matches compares the whole string", Expression: `"admin123" matches /a.*\d+/`, Result: `true`},
			Row{Rule: "a part that matches is not enough", Expression: `"admin123" matches /^b.+/`, Result: `false`},
		),
		rows(inferred, "java.util.regex.Pattern knows more than the syntax that all engines share", mule(),
			Row{Rule: "a regular expression that is particular to Java is not run", Expression: `'ab' contains /a(?=b)/`, Result: `unknown`},
		),
	)
}
