package dataweave

import (
	"slices"
	"strings"
)

// Row is one rule of the language: an expression, what it reads, and what it gives.
type Row struct {
	Rule       string // a sentence
	Expression string // without #[ ]
	Dialects   []Dialect
	Runtime    string // of Mule, as ParseRuntime reads it; empty where it does not matter
	Input      string // JSON: an object with any of vars, attributes, authentication, payload

	// Result is the value as JSON, or "unknown", or "failure" where the gateway fails to evaluate
	// the expression, or "error" where it fails to parse it.
	Result string

	Evidence  string // documented or inferred
	Reference string // the page, or the source file, that has the rule
}

// The levels of evidence, in the words of the project's other tables.
const (
	documented = "documented" // a page of the vendor says so
	inferred   = "inferred"   // it follows from a page, or from published code
)

// The references.
const (
	docs        = "docs.mulesoft.com/dataweave/latest/"
	selectors   = docs + "dataweave-selectors"
	types       = docs + "dataweave-types"
	operators   = docs + "dw-operators"
	flowControl = docs + "dataweave-flow-control"
	precedence  = docs + "dataweave-flow-control-precedence"
	defaults    = docs + "dataweave-cookbook-defaults"
	core        = docs + "dw-core-functions-"
	dwStrings   = docs + "dw-strings-functions-"

	muleDoc = "docs.mulesoft.com/mule-gateway/policies-included-"
	jwtDoc  = muleDoc + "jwt-validation"
	azureKB = "help.salesforce.com, article 001116911"
	avio    = "github.com/avioconsulting/mule-deploy-library, "
	pdk     = "docs.mulesoft.com/pdk/1.0/policies-pdk-create-schema-definition"
	flexDoc = "docs.mulesoft.com/gateway/1.8/policies-flex-dataweave-support"
	pel     = "MuleSoft's pel crate (docs.rs/crate/pdk-pel), src/runtime/"
	grammar = "github.com/mulesoft-labs/data-weave-intellij-plugin, Weave.bnf"
	lexer   = "github.com/mulesoft-labs/data-weave-intellij-plugin, _WeaveLexer.flex"
)

// Table returns the rules of the language that this package applies, each with its evidence. The
// tests run every row.
func Table() []Row {
	return slices.Concat(
		claimRows(), requestRows(), selectorRows(), literalRows(), equalityRows(), orderRows(),
		logicRows(), precedenceRows(), controlRows(), functionRows(), textRows(), nullRows(),
		regexRows(), flexCodeRows(), flexDocumentedRows(), limitRows(),
	)
}

// rows fills in what rows with one reference have in common.
func rows(evidence, reference string, dialects []Dialect, rows ...Row) []Row {
	for i := range rows {
		rows[i].Evidence, rows[i].Reference, rows[i].Dialects = evidence, reference, dialects
	}
	return rows
}

// row is a rule with what its expression gives: the value as JSON, or unknown, failure or error.
// The input, if any, is JSON too.
func row(rule, expression, result string, input ...string) Row {
	return Row{
		Rule: rule, Expression: expression, Result: result, Input: strings.Join(input, ""),
	}
}

// on is a row about one version of the Mule runtime.
func on(runtime string, r Row) Row {
	r.Runtime = runtime
	return r
}

// claims is the input of a token with these claims.
func claims(members string) string { return `{"vars": {"claimSet": {` + members + `}}}` }

const noClaims = `{"vars": {"claimSet": {}}}`

func both() []Dialect { return []Dialect{Mule, Flex} }
func mule() []Dialect { return []Dialect{Mule} }
func flex() []Dialect { return []Dialect{Flex} }

// claimRows are the forms that real policies use.
func claimRows() []Row {
	return slices.Concat(
		rows(documented, jwtDoc, both(),
			row("vars.claimSet holds the token's claims",
				`vars.claimSet.client_id`, `"a"`, claims(`"client_id": "a"`)),
			row("a claim can be compared with a string",
				`vars.claimSet.foo == 'fooValue'`, `true`, claims(`"foo": "fooValue"`)),
			row("a header can be the token's place",
				`attributes.headers['jwt']`, `"x"`, `{"attributes": {"headers": {"jwt": "x"}}}`),
		),
		rows(inferred, avio+"AzureAdJwtPolicyTest.groovy", both(),
			row("contains finds a role in a list",
				`vars.claimSet.roles contains 'Access.To.App'`,
				`true`, claims(`"roles": ["Access.To.App"]`)),
			row("parentheses around contains change nothing",
				`(vars.claimSet.roles contains 'role1')`, `false`, claims(`"roles": ["role2"]`)),
			row("with parentheses, one of several roles is enough",
				`(vars.claimSet.roles contains 'role1') or (vars.claimSet.roles contains 'role2')`,
				`true`, claims(`"roles": ["role2"]`)),
		),
		rows(documented, azureKB, both(),
			row("a list is compared with a list",
				`vars.claimSet.groups == ['group1', 'group2']`,
				`true`, claims(`"groups": ["group1", "group2"]`)),
			row("== binds tighter than or",
				`vars.claimSet.scp == ['default'] or vars.claimSet.scp ==['openid']`,
				`true`, claims(`"scp": ["openid"]`)),
		),
		rows(inferred, azureKB+": an Entra scp claim is a string", both(),
			row("a string never equals a list",
				`vars.claimSet.scp == ['openid']`, `false`, claims(`"scp": "openid"`)),
		),
		rows(documented, azureKB, mule(),
			row("a script with a header and a lambda is not supported",
				`%dw 2.0 output application/json import * from dw::core::Arrays `+
					`--- vars.claimSet.scp some (($ == "default") or ($ == "openid"))`,
				`unknown`, claims(`"scp": ["default"]`)),
		),
	)
}

// requestRows read the request rather than the token.
func requestRows() []Row {
	const fieldNames = "RFC 9110, section 5.1: field names are case-insensitive; " +
		"the PDK's examples read 'Authorization'"
	return slices.Concat(
		rows(documented, muleDoc+"client-id-enforcement", both(),
			row("a name in quotes may follow the dot",
				`attributes.queryParams.'client_id'`,
				`"a"`, `{"attributes": {"queryParams": {"client_id": "a"}}}`),
			row("the payload can be read",
				`payload.client_id`, `"a"`, `{"payload": {"client_id": "a"}}`),
		),
		rows(documented, jwtDoc+", propagated claims", both(),
			row("what another policy found out can be read",
				`authentication.properties.claims.sub`,
				`"a"`, `{"authentication": {"properties": {"claims": {"sub": "a"}}}}`),
		),
		rows(documented, pdk, both(),
			row("splitBy and an index cut the token out of a header",
				`splitBy(attributes.headers['Authorization'], ' ')[1]`,
				`"x"`, `{"attributes": {"headers": {"authorization": "Bearer x"}}}`),
			row("substringAfter cuts the token out of a header",
				`dw::core::Strings::substringAfter(`+
					`attributes.headers['Authorization'], 'Bearer ')`,
				`"x"`, `{"attributes": {"headers": {"authorization": "Bearer x"}}}`),
		),
		rows(documented, operators, both(),
			row("the method is one of two",
				`attributes.method == 'GET' or attributes.method == 'HEAD'`,
				`true`, `{"attributes": {"method": "HEAD"}}`),
		),
		rows(documented, types, both(),
			row("a list can be written out",
				`[200, 203, 501] contains attributes.statusCode`,
				`true`, `{"attributes": {"statusCode": 203}}`),
		),
		rows(inferred, fieldNames, both(),
			row("upper and lower case are alike in a header's name",
				`attributes.headers['Authorization']`,
				`"x"`, `{"attributes": {"headers": {"authorization": "x"}}}`),
			row("upper and lower case differ in a claim's name",
				`vars.claimSet.Roles`, `null`, claims(`"roles": "x"`)),
		),
		rows(inferred, operators+": == does not coerce, and a header is a string", both(),
			row("a header never equals a number",
				`attributes.headers['id']==1`,
				`false`, `{"attributes": {"headers": {"id": "1"}}}`),
		),
	)
}

func selectorRows() []Row {
	return slices.Concat(
		rows(documented, selectors, both(),
			row("a missing key gives null", `vars.claimSet.azp`, `null`, noClaims),
			row("a negative index counts from the end",
				`vars.claimSet.roles[-1]`, `"b"`, claims(`"roles": ["a", "b"]`)),
			row("a name that is not an identifier needs quotes",
				`vars.claimSet.'http://x/y'`, `1`, claims(`"http://x/y": 1`)),
			row("a name can be computed",
				`vars.claimSet[vars.name]`, `1`, `{"vars": {"name": "a", "claimSet": {"a": 1}}}`),
		),
		rows(documented, selectors, mule(),
			row("an index out of range gives null",
				`vars.claimSet.roles[5]`, `null`, claims(`"roles": ["a"]`)),
			row("a name applies to every object of a list",
				`payload.name`,
				`["Arg","Japan"]`, `{"payload": [{"name": "Arg"}, {"name": "Japan"}]}`),
		),
		rows(inferred, selectors, mule(),
			row("selecting from null gives null",
				`vars.claimSet.realm_access.roles`, `null`, noClaims),
			row("what a name that appears twice gives is not documented for JSON",
				`vars.claimSet.a`, `unknown`, claims(`"a": 1, "a": 2`)),
			row("an unquoted hyphen is a subtraction",
				`vars.claimSet.preferred-username`,
				`unknown`, claims(`"preferred-username": "a"`)),
		),
		rows(documented, selectors, both(),
			row("the selector ? is not supported",
				`vars.claimSet.a?`, `unknown`, claims(`"a": 1`)),
			row("the selector .. is not supported", `vars..a`, `unknown`, claims(`"a": 1`)),
			row("a range selector is not supported",
				`vars.claimSet.roles[0 to 1]`, `unknown`, claims(`"roles": ["a", "b"]`)),
		),
	)
}

func literalRows() []Row {
	return slices.Concat(
		rows(documented, types, both(),
			row("strings are in single or double quotes", `'a' == "a"`, `true`),
			row("true and false are booleans",
				`vars.claimSet.admin == true`, `true`, claims(`"admin": true`)),
			row("a string of an unclosed quote is an error", `vars.claimSet.a == 'x`, `error`),
			row("an expression inside a string is not supported",
				`"$(vars.claimSet.a)"`, `unknown`, claims(`"a": "x"`)),
		),
		rows(documented, types, mule(),
			row("null can be written",
				`vars.claimSet.partnerId != null`, `true`, claims(`"partnerId": "a"`)),
			row("numbers have any precision",
				`vars.claimSet.id == 9007199254740993`, `false`, claims(`"id": 9007199254740992`)),
		),
	)
}

func equalityRows() []Row {
	return slices.Concat(
		rows(documented, operators, both(),
			row("== does not coerce", `"true" == true`, `false`),
		),
		rows(inferred, operators, both(),
			row("lists are equal in the same order only",
				`vars.claimSet.groups == ['a', 'b']`, `false`, claims(`"groups": ["b", "a"]`)),
			row("a longer list is not equal",
				`vars.claimSet.groups == ['a', 'b']`,
				`false`, claims(`"groups": ["a", "b", "c"]`)),
			row("texts are compared with their case",
				`vars.claimSet.role == 'Member'`, `false`, claims(`"role": "member"`)),
		),
		rows(documented, operators, mule(),
			row("~= coerces", `"true" ~= true`, `true`),
			row("~= coerces inside lists", `['true'] ~= [true]`, `true`),
			row("~= coerces numbers", `'1' ~= 1`, `true`),
		),
		rows(inferred, operators+": no rule for it", mule(),
			row("how ~= coerces null is not documented",
				`vars.claimSet.a ~= 'null'`, `unknown`, noClaims),
			row("whether 1 equals 1.0 is not documented", `1 == 1.0`, `unknown`),
		),
	)
}

func orderRows() []Row {
	return slices.Concat(
		rows(documented, operators, both(),
			row("numbers are compared by size",
				`vars.claimSet.level >= 9`, `true`, claims(`"level": 10`)),
		),
		rows(documented, operators, mule(),
			row("the right operand becomes a string beside a string", `"123" > 13`, `false`),
			row("the right operand becomes a number beside a number", `123 > "13"`, `true`),
		),
		rows(inferred, operators+": no rule for it", mule(),
			row("how null compares is not documented",
				`vars.claimSet.level >= 9`, `unknown`, noClaims),
		),
	)
}

func logicRows() []Row {
	return slices.Concat(
		rows(documented, operators, both(),
			row("and needs both", `true and false`, `false`),
			row("or needs one", `true or false`, `true`),
			row("! negates the next term", `!true or true`, `true`),
			row("not negates a comparison that follows", `1 == 2 or not 1 == 2`, `true`),
			row("not without a space before its bracket is documented not to work",
				`not(true)`, `unknown`),
		),
		rows(documented, operators, mule(),
			on("4.1.0", row("! exists since Mule 4.2", `!true`, `unknown`)),
			row("not negates the whole expression that follows", `not true or true`, `false`),
		),
		rows(inferred, operators+": which of two operands decides", both(),
			row("a boolean that is not known does not matter beside false",
				`(vars.a == 1) and false`, `false`),
			row("a boolean that is not known does not matter beside true",
				`(vars.a == 1) or true`, `true`),
			row("a payload that is not known may be one from which nothing can be selected",
				`(payload.a == 1) or true`, `unknown`),
			row("a value that may not be a boolean matters beside "+
				"true", `payload.a or true`, `unknown`),
			row("what is not known matters beside true", `payload.a and true`, `unknown`),
		),
		rows(inferred, operators+": no rule for it", mule(),
			row("what and gives for a string is not documented",
				`vars.claimSet.a and true`, `unknown`, claims(`"a": "true"`)),
			row("not in the middle, before or, has no documented reading",
				`false and not true or true`, `unknown`),
		),
	)
}

func precedenceRows() []Row {
	const infix = dwStrings + "substringby: an infix function binds looser than == and or"
	roles := claims(`"roles": ["a"], "b": "y"`)
	return slices.Concat(
		rows(inferred, infix, both(),
			row("contains beside or needs parentheses",
				`vars.claimSet.roles contains 'a' or vars.claimSet.roles contains 'b'`,
				`unknown`, roles),
			row("contains beside and needs parentheses",
				`vars.claimSet.roles contains 'a' and vars.claimSet.b == 'y'`, `unknown`, roles),
			row("contains beside not needs parentheses",
				`not vars.claimSet.roles contains 'a'`, `unknown`, roles),
			row("with parentheses the reading is certain",
				`not (vars.claimSet.roles contains 'a')`, `false`, roles),
		),
		rows(documented, precedence, both(),
			row("infix functions in a chain run from left to right",
				`vars.claimSet.b splitBy ' ' contains 'y'`, `true`, roles),
			row("and binds tighter than or", `true or true and false`, `true`),
		),
		rows(documented, precedence, mule(),
			row("default binds looser than ==",
				`vars.claimSet.b default 'y' == 'y'`, `"y"`, roles),
		),
	)
}

func controlRows() []Row {
	return slices.Concat(
		rows(documented, flowControl, both(),
			row("if takes one of two branches",
				`if (vars.claimSet.a == 1) 'x' else 'y'`, `"x"`, claims(`"a": 1`)),
			row("if without else is an error", `if (vars.claimSet.a == 1) 'x'`, `error`),
		),
		rows(documented, defaults, both(),
			row("default replaces null",
				`(vars.requestConditionMet default false) and `+
					`(vars.responseConditionMet default false)`,
				`false`, `{"vars": {}}`),
			row("default keeps what is there",
				`vars.statusCode default attributes.statusCode`,
				`200`, `{"vars": {"statusCode": 200}}`),
		),
		rows(inferred, defaults+": absent or null", both(),
			row("default keeps an empty string",
				`vars.claimSet.a default 'x'`, `""`, claims(`"a": ""`)),
		),
	)
}

func functionRows() []Row {
	return slices.Concat(
		rows(documented, core+"contains", both(),
			row("contains finds an item of a list", `[1, 2, 3, 4] contains(2)`, `true`),
			row("contains finds a part of a string", `"mulesoft" contains "mule"`, `true`),
			row("a function of two arguments can stand before them",
				`contains("mulesoft", "mule")`, `true`),
		),
		rows(inferred, core+"contains", both(),
			row("on a string of scopes contains also finds longer ones",
				`vars.claimSet.scp contains 'read'`, `true`, claims(`"scp": "readwrite"`)),
			row("contains does not coerce", `[1] contains '1'`, `false`),
			row("what contains gives for a number is not documented",
				`vars.claimSet.a contains '1'`, `unknown`, claims(`"a": 1`)),
		),
		rows(documented, core+"plusplus", both(),
			row("++ joins strings",
				`'User ' ++ authentication.clientId ++ ' performed action ' ++ attributes.method`,
				`"User a performed action GET"`,
				`{"authentication": {"clientId": "a"}, "attributes": {"method": "GET"}}`),
			row("++ joins lists", `[0, 1] ++ ['a']`, `[0,1,"a"]`),
		),
		rows(documented, core+"sizeof", both(),
			row("sizeOf counts items", `sizeOf(['a', 'b', 'c'])`, `3`),
			row("sizeOf counts characters", `sizeOf('my string')`, `9`),
			row("sizeOf counts members", `sizeOf(payload)`, `2`, `{"payload": {"a": 1, "b": 2}}`),
		),
		rows(documented, core+"isempty", mule(),
			row("an empty list is empty", `isEmpty([])`, `true`),
			row("an empty string is empty", `isEmpty('')`, `true`),
			row("null is empty", `isEmpty(vars.claimSet.a)`, `true`, noClaims),
			row("a list with items is not empty", `isEmpty([1])`, `false`),
		),
		rows(documented, docs+"dw-core", both(),
			row("other functions are not supported", `typeOf(1)`, `unknown`),
		),
	)
}

func textRows() []Row {
	return slices.Concat(
		rows(documented, core+"splitby", both(),
			row("splitBy cuts at every separator",
				`"192.88.99.0" splitBy(".")`, `["192","88","99","0"]`),
			row("splitBy is case sensitive", `"no split" splitBy("NO")`, `["no split"]`),
		),
		rows(inferred, core+"splitby: no example", both(),
			row("what splitBy gives for an empty last part is not documented",
				`'a b ' splitBy ' '`, `unknown`),
			row("what splitBy gives for an empty separator is not documented consistently",
				`'ab' splitBy ''`, `unknown`),
		),
		rows(documented, docs+"dw-core", both(),
			row("upper changes case", `upper('mulesoft')`, `"MULESOFT"`),
			row("lower changes case", `lower('MuleSoft')`, `"mulesoft"`),
			row("trim removes spaces", `trim('    abc    ')`, `"abc"`),
		),
		rows(documented, docs+"dw-core", mule(),
			row("upper of null is null", `upper(vars.claimSet.a)`, `null`, noClaims),
			row("trim of null is null", `trim(vars.claimSet.a)`, `null`, noClaims),
		),
		rows(documented, dwStrings+"substringafter", mule(),
			on("4.1.0", row("substringAfter exists since Mule 4.2",
				`dw::core::Strings::substringAfter('abc', 'b')`, `unknown`)),
			row("substringAfter of null is null",
				`dw::core::Strings::substringAfter(attributes.headers.authorization, 'Bearer ')`,
				`null`, `{"attributes": {"headers": {}}}`),
		),
		rows(documented, dwStrings+"substringafter", both(),
			row("substringAfter looks for the first separator",
				`dw::core::Strings::substringAfter('abcba', 'b')`, `"cba"`),
			row("substringAfter without the separator gives an empty string",
				`dw::core::Strings::substringAfter('abc', 'd')`, `""`),
			row("an empty separator follows no rule",
				`dw::core::Strings::substringAfter('abc', '')`, `unknown`),
		),
		rows(documented, dwStrings+"substringafterlast", both(),
			row("substringAfterLast looks for the last separator",
				`dw::core::Strings::substringAfterLast('abcba', 'b')`, `"a"`),
		),
		rows(documented, dwStrings+"substringbefore", both(),
			row("substringBefore looks for the first separator",
				`dw::core::Strings::substringBefore('abc', 'b')`, `"a"`),
		),
		rows(documented, dwStrings+"substringbeforelast", both(),
			row("substringBeforeLast looks for the last separator",
				`dw::core::Strings::substringBeforeLast('abcba', 'b')`, `"abc"`),
		),
		rows(documented, docs+"dw-strings: the module has to be imported", both(),
			row("a function of dw::core::Strings needs its module",
				`substringAfter('abc', 'b')`, `unknown`),
		),
		rows(documented, core+"startswith", mule(),
			row("startsWith compares the beginning",
				`vars.claimSet.iss startsWith 'https://'`, `true`, claims(`"iss": "https://x"`)),
		),
		rows(documented, core+"endswith", mule(),
			row("endsWith compares the end", `'Mariano' endsWith 'no'`, `true`),
		),
	)
}

// nullRows depend on the version of the Mule runtime.
func nullRows() []Row {
	const came = "contains: the form for null came with DataWeave 2.4.0"
	return slices.Concat(
		rows(documented, core+"contains: since DataWeave 2.4.0", mule(),
			on("4.4.0", row("contains of null is false since Mule 4.4",
				`vars.claimSet.roles contains 'a'`, `false`, noClaims)),
			on("4.4.0", row("not makes it true",
				`not (vars.claimSet.roles contains 'a')`, `true`, noClaims)),
		),
		rows(inferred, core+came, mule(),
			on("4.3.0", row("contains of null fails before Mule 4.4",
				`vars.claimSet.roles contains 'a'`, `failure`, noClaims)),
			row("without the version, the value is not known",
				`not (vars.claimSet.roles contains 'a')`, `unknown`, noClaims),
			row("a possible error leaves the result open, also after an operand that is true",
				`true or (vars.claimSet.roles contains 'a')`, `unknown`, noClaims),
		),
		rows(documented, core+"sizeof: since DataWeave 2.4.0", mule(),
			on("4.4.0", row("sizeOf of null is null since Mule 4.4",
				`sizeOf(vars.claimSet.roles)`, `null`, noClaims)),
		),
		rows(documented, core+"splitby: since DataWeave 2.4.0", mule(),
			on("4.4.0", row("splitBy of null is null since Mule 4.4",
				`splitBy(vars.claimSet.scp, ' ')`, `null`, noClaims)),
		),
		rows(documented, core+"startswith: since DataWeave 2.4.0", mule(),
			on("4.4.0", row("startsWith of null is false since Mule 4.4",
				`vars.claimSet.iss startsWith 'https'`, `false`, noClaims)),
		),
	)
}

func regexRows() []Row {
	const java = "java.util.regex.Pattern knows more than the syntax that all engines share"
	return slices.Concat(
		rows(documented, core+"contains", mule(),
			row("contains takes a regular expression", `contains("mulesoft", /[e-g]/)`, `true`),
		),
		rows(documented, core+"matches", mule(),
			row("matches compares the whole string", `"admin123" matches /a.*\d+/`, `true`),
			row("a part that matches is not enough", `"admin123" matches /^b.+/`, `false`),
		),
		rows(inferred, java, mule(),
			row("a regular expression that is specific to Java is not run",
				`'ab' contains /a(?=b)/`, `unknown`),
		),
	)
}

// flexCodeRows come from the published code of the evaluator.
func flexCodeRows() []Row {
	return slices.Concat(
		rows(inferred, pel+"eval.rs", flex(),
			row("an index out of range fails",
				`splitBy(attributes.headers['Authorization'], ' ')[1]`,
				`failure`, `{"attributes": {"headers": {"authorization": "x"}}}`),
			row("a fraction is cut off an index", `['a', 'b'][1.9]`, `"b"`),
			row("the left operand becomes a string beside a string", `123 > "13"`, `false`),
			row("the left operand becomes a number beside a number", `"123" > 13`, `true`),
			row("a list on the right of a comparison fails",
				`1 > vars.claimSet.roles`, `failure`, claims(`"roles": []`)),
			row("an operand that decides hides a failure behind it",
				`false and ([][0] == 'a')`, `false`),
			row("a failure is not replaced by default", `[][0] default 'a'`, `failure`),
			row("an unknown name fails", `claims.roles`, `failure`),
		),
		rows(inferred, pel+"coercion.rs", flex(),
			row(`and reads the string "true" as a boolean`,
				`vars.claimSet.a and true`, `true`, claims(`"a": "true"`)),
			row("and fails on any other string",
				`vars.claimSet.a and true`, `failure`, claims(`"a": "yes"`)),
		),
		rows(inferred, pel+"value.rs", flex(),
			row("1 equals 1.0", `1 == 1.0`, `true`),
		),
	)
}

// flexDocumentedRows come from the documentation of Flex Gateway.
func flexDocumentedRows() []Row {
	const lists = flexDoc + " and docs.rs/crate/dw-parser/1.9.0, src/dw2pel.rs"
	return slices.Concat(
		rows(documented, flexDoc, flex(),
			row("numbers are floats of 64 bits",
				`vars.claimSet.id == 9007199254740993`, `true`, claims(`"id": 9007199254740992`)),
			row("null can't be written in all versions",
				`vars.claimSet.partnerId != null`, `unknown`, claims(`"partnerId": "a"`)),
			row("null can't be written inside a list either", `[null] contains 'a'`, `unknown`),
			row("a character can be selected by its number", `'abc'[1]`, `"b"`),
			row("an object can't be selected from by number",
				`vars.claimSet[0]`, `failure`, claims(`"a": 1`)),
		),
		rows(inferred, flexDoc+": no form for null", flex(),
			row("contains of null fails", `vars.claimSet.roles contains 'a'`, `failure`, noClaims),
			row("splitBy of null fails", `splitBy(vars.claimSet.scp, ' ')`, `failure`, noClaims),
			row("upper of null may fail", `upper(vars.claimSet.a)`, `unknown`, noClaims),
		),
		rows(inferred, lists+": not listed", flex(),
			row("there is no ~=", `'1' ~= 1`, `unknown`),
			row("there are no regular expressions", `contains("mulesoft", /[e-g]/)`, `unknown`),
			row("there is no startsWith", `'ab' startsWith 'a'`, `unknown`),
			row("there is no import", `import * from dw::core::Arrays --- true`, `unknown`),
			row("isEmpty is in newer code only", `isEmpty('')`, `unknown`),
			row("what a selector on null gives is not known",
				`vars.claimSet.realm_access.roles`, `unknown`, noClaims),
			row("how far not reaches is documented for Mule only", `not true or true`, `unknown`),
		),
	)
}

// limitRows are about what is not DataWeave, and about more of it than we support.
func limitRows() []Row {
	return slices.Concat(
		rows(inferred, grammar, both(),
			row("one equals sign is not an operator", `vars.claimSet.a = 'x'`, `error`),
			row("an open bracket is an error", `(vars.claimSet.a == 'x'`, `error`),
			row("an operator needs an operand", `vars.claimSet.roles contains`, `error`),
			row("typographic quotes are not quotes", `vars.claimSet.a == “x”`, `error`),
			row("an object literal is not supported", `{a: 1}`, `unknown`),
			row("a coercion is not supported",
				`vars.claimSet.level as Number > 1`, `unknown`, claims(`"level": "2"`)),
			row("a lambda is not supported",
				`vars.claimSet.roles filter ((r) -> r == 'a')`,
				`unknown`, claims(`"roles": ["a"]`)),
			row("pattern matching is not supported",
				`vars.claimSet.a match { case 'x' -> true else -> false }`,
				`unknown`, claims(`"a": "x"`)),
			row("do is not supported", `do { var a = 1 --- a }`, `unknown`),
			row("arithmetic is not supported", `1 + 1 == 2`, `unknown`),
			row("a function isn't called as a method",
				`vars.claimSet.roles.contains('a')`, `unknown`, claims(`"roles": ["a"]`)),
		),
		rows(inferred, grammar, mule(),
			row("&& is not an operator", `true && true`, `error`),
		),
		rows(inferred, lexer, both(),
			row("spaces, tabs, form feeds and line ends are white space",
				"vars.claimSet.a\t==\f\r\n'x'", `true`, claims(`"a": "x"`)),
			row("a no-break space is an error",
				"vars.claimSet.a\u00a0== 'x'", `error`, claims(`"a": "x"`)),
			row("a no-break space inside a string is a character of it",
				"vars.claimSet.a == 'x\u00a0y'", `true`, claims("\"a\": \"x\u00a0y\"")),
		),
	)
}
