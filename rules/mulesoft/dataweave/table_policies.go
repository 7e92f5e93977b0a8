package dataweave

import "slices"

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
