package dataweave

import (
	"slices"
)

// Row is one rule of the language: an expression, what it reads, and what it gives.
type Row struct {
	Rule       string // a sentence
	Expression string // without #[ ]
	Dialects   []Dialect
	Runtime    string // of Mule, as ParseRuntime reads it; empty where it doesn't matter or isn't known
	Input      string // JSON: an object with any of vars, attributes, authentication, payload
	Result     string // the value as JSON; or "unknown"; "failure" where evaluation fails; "error" where parsing does
	Evidence   string // documented, observed or inferred
	Reference  string // the page, or the source file, that the rule stands in
}

// The levels of evidence, in the words of the project's other tables.
const (
	documented = "documented" // a page of the vendor says so
	observed   = "observed"   // published code of the vendor does so, or someone ran it
	inferred   = "inferred"   // it follows from the above
)

const (
	docs    = "docs.mulesoft.com/dataweave/latest/"
	flexDoc = "docs.mulesoft.com/gateway/1.8/policies-flex-dataweave-support"
	pel     = "MuleSoft's pel crate (docs.rs/crate/pdk-pel), src/runtime/"
	jwtDoc  = "docs.mulesoft.com/mule-gateway/policies-included-jwt-validation"
	azureKB = "help.salesforce.com, article 001116911"
	avio    = "github.com/avioconsulting/mule-deploy-library, "
)

// Table returns the rules of the language that this package applies, each with the evidence for
// it. The tests run every row.
func Table() []Row {
	return slices.Concat(
		claimRows(), selectorRows(), literalRows(), equalityRows(), orderRows(), logicRows(), precedenceRows(),
		controlRows(), functionRows(), textRows(), nullRows(), regexRows(), flexRows(), limitRows(),
	)
}

// rows fills in what rows from one source have in common.
func rows(evidence, reference string, dialects []Dialect, rows ...Row) []Row {
	for i := range rows {
		rows[i].Evidence, rows[i].Reference, rows[i].Dialects = evidence, reference, dialects
	}
	return rows
}

func both() []Dialect { return []Dialect{Mule, Flex} }
func mule() []Dialect { return []Dialect{Mule} }
func flex() []Dialect { return []Dialect{Flex} }

// claimRows are the forms that real policies use.
func claimRows() []Row {
	return slices.Concat(
		rows(documented, jwtDoc, both(),
			Row{Rule: "vars.claimSet holds the token's claims", Expression: `vars.claimSet.client_id`, Input: `{"vars": {"claimSet": {"client_id": "a"}}}`, Result: `"a"`},
			Row{Rule: "a claim can be compared with a string", Expression: `vars.claimSet.foo == 'fooValue'`, Input: `{"vars": {"claimSet": {"foo": "fooValue"}}}`, Result: `true`},
			Row{Rule: "a header can be the token's place", Expression: `attributes.headers['jwt']`, Input: `{"attributes": {"headers": {"jwt": "x"}}}`, Result: `"x"`},
		),
		rows(observed, avio+"AzureAdJwtPolicyTest.groovy", both(),
			Row{Rule: "contains finds a role in a list", Expression: `vars.claimSet.roles contains 'Access.To.App'`, Input: `{"vars": {"claimSet": {"roles": ["Access.To.App"]}}}`, Result: `true`},
			Row{Rule: "parentheses around contains change nothing", Expression: `(vars.claimSet.roles contains 'role1')`, Input: `{"vars": {"claimSet": {"roles": ["role2"]}}}`, Result: `false`},
			Row{Rule: "with parentheses, one of several roles is enough", Expression: `(vars.claimSet.roles contains 'role1') or (vars.claimSet.roles contains 'role2')`, Input: `{"vars": {"claimSet": {"roles": ["role2"]}}}`, Result: `true`},
		),
		rows(documented, azureKB, both(),
			Row{Rule: "a list is compared with a list", Expression: `vars.claimSet.groups == ['group1', 'group2']`, Input: `{"vars": {"claimSet": {"groups": ["group1", "group2"]}}}`, Result: `true`},
			Row{Rule: "== binds tighter than or", Expression: `vars.claimSet.scp == ['default'] or vars.claimSet.scp ==['openid']`, Input: `{"vars": {"claimSet": {"scp": ["openid"]}}}`, Result: `true`},
		),
		rows(inferred, azureKB+": an Entra scp claim is a string", both(),
			Row{Rule: "a string never equals a list", Expression: `vars.claimSet.scp == ['openid']`, Input: `{"vars": {"claimSet": {"scp": "openid"}}}`, Result: `false`},
		),
		rows(documented, azureKB, mule(),
			Row{Rule: "a script with a header and a lambda is not supported", Expression: `%dw 2.0 output application/json import * from dw::core::Arrays --- vars.claimSet.scp some (($ == "default") or ($ == "openid"))`, Input: `{"vars": {"claimSet": {"scp": ["default"]}}}`, Result: `unknown`},
		),
		requestRows(),
	)
}

// requestRows read the request rather than the token.
func requestRows() []Row {
	return slices.Concat(
		rows(documented, "docs.mulesoft.com/mule-gateway/policies-included-client-id-enforcement", both(),
			Row{Rule: "a name in quotes may follow the dot", Expression: `attributes.queryParams.'client_id'`, Input: `{"attributes": {"queryParams": {"client_id": "a"}}}`, Result: `"a"`},
			Row{Rule: "the payload can be read", Expression: `payload.client_id`, Input: `{"payload": {"client_id": "a"}}`, Result: `"a"`},
		),
		rows(documented, jwtDoc+", propagated claims", both(),
			Row{Rule: "what another policy found out can be read", Expression: `authentication.properties.claims.sub`, Input: `{"authentication": {"properties": {"claims": {"sub": "a"}}}}`, Result: `"a"`},
		),
		rows(documented, "docs.mulesoft.com/pdk/1.0/policies-pdk-create-schema-definition", both(),
			Row{Rule: "splitBy and an index cut the token out of a header", Expression: `splitBy(attributes.headers['Authorization'], ' ')[1]`, Input: `{"attributes": {"headers": {"authorization": "Bearer x"}}}`, Result: `"x"`},
			Row{Rule: "substringAfter cuts the token out of a header", Expression: `dw::core::Strings::substringAfter(attributes.headers['Authorization'], 'Bearer ')`, Input: `{"attributes": {"headers": {"authorization": "Bearer x"}}}`, Result: `"x"`},
		),
		rows(documented, operators, both(),
			Row{Rule: "the method is one of two", Expression: `attributes.method == 'GET' or attributes.method == 'HEAD'`, Input: `{"attributes": {"method": "HEAD"}}`, Result: `true`},
		),
		rows(documented, docs+"dataweave-types", both(),
			Row{Rule: "a list can be written out", Expression: `[200, 203, 501] contains attributes.statusCode`, Input: `{"attributes": {"statusCode": 203}}`, Result: `true`},
		),
		rows(inferred, "RFC 9110, section 5.1: field names are case-insensitive; the PDK's examples read 'Authorization'", both(),
			Row{Rule: "upper and lower case are alike in a header's name", Expression: `attributes.headers['Authorization']`, Input: `{"attributes": {"headers": {"authorization": "x"}}}`, Result: `"x"`},
			Row{Rule: "upper and lower case differ in a claim's name", Expression: `vars.claimSet.Roles`, Input: `{"vars": {"claimSet": {"roles": "x"}}}`, Result: `null`},
		),
		rows(inferred, docs+"dw-operators: == does not coerce, and a header is a string", both(),
			Row{Rule: "a header never equals a number", Expression: `attributes.headers['id']==1`, Input: `{"attributes": {"headers": {"id": "1"}}}`, Result: `false`},
		),
	)
}

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
