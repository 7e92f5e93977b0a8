package dataweave

import (
	"slices"
	"testing"
)

// The 41 expressions that were found in real policies, pipelines and documentation.
var fortyOne = []string{
	`#[vars.claimSet.client_id]`,
	`#[vars.claimSet.appid]`,
	`#[vars.claimSet.azp]`,
	`#[attributes.headers['jwt']]`,
	`#[attributes.headers["Approov-Token"]]`,
	`#[splitBy(attributes.headers['Authorization'], ' ')[1]]`,
	`#[dw::core::Strings::substringAfter(attributes.headers['Authorization'], 'Bearer ')]`,
	`#[vars.claimSet.foo == 'fooValue']`,
	`#[vars.claimSet.role == 'superRole']`,
	`#[vars.claimSet.role=='Member']`,
	`#[vars.claimSet.roles contains 'Access.To.App']`,
	`#[(vars.claimSet.roles contains 'role1')]`,
	`#[(vars.claimSet.roles contains 'role1') or (vars.claimSet.roles contains 'role2')]`,
	`#[vars.claimSet.groups == ['group1', 'group2']]`,
	`#[ vars.claimSet.scp == ['default'] or vars.claimSet.scp ==['openid']]`,
	`#[ %dw 2.0 output application/json import * from dw::core::Arrays --- vars.claimSet.scp some (($ == "default") or ($ == "openid"))]`,
	`#[vars.claimSet.partnerId != null]`,
	`#[vars.claimSet.scope]`,
	`https://sts.windows.net/1234/`,
	`https://login.microsoftonline.com/{tenantId}/v2.0`,
	`#[attributes.headers['client_id']]`,
	`#[attributes.headers['client_secret']]`,
	`#[attributes.headers["client_id"]]`,
	`#[attributes.queryParams.'client_id']`,
	`#[payload.client_id]`,
	`#[authentication.principal]`,
	`#[authentication.clientId]`,
	`#[authentication.properties.claims.sub]`,
	`#[authentication.properties.claims.client_id]`,
	`#[authentication.properties.userProperties.mail]`,
	`#[authentication.properties.jwt]`,
	`#[authentication.properties['key_to_your_public_pem_certificate']]`,
	`#[attributes.headers['x-forwarded-for']]`,
	`#[attributes.headers['id']==1]`,
	`#[attributes.method == 'GET' or attributes.method == 'HEAD']`,
	`#[[200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501] contains attributes.statusCode]`,
	`#[(vars.requestConditionMet default false) and (vars.responseConditionMet default false)]`,
	`#[vars.statusCode default attributes.statusCode]`,
	`#['User ' ++ authentication.clientId ++ ' performed action ' ++ attributes.method]`,
	`#[write(if(authentication.properties.claims.sub?) read(authentication.properties.claims.sub,'application/json') ++ {a: 1} else {b: 2})]`,
	`#[attributes.clientAddress.ip]`,
}

func TestTheExpressionsOfRealPoliciesParse(t *testing.T) {
	for i, text := range fortyOne {
		number := i + 1
		expr, _, isExpression := Template(text)
		if isLiteral := number == 19 || number == 20; isExpression == isLiteral {
			t.Errorf("%d: %s: is an expression: %v", number, text, isExpression)
		}
		if !isExpression {
			continue
		}
		e := parse(t, expr, Mule)
		if wanted := number == 16 || number == 40; wanted != (len(e.Unsupported()) > 0) {
			t.Errorf("%d: %s: unsupported: %v", number, text, e.Unsupported())
		}
		if a := e.Ambiguities(); len(a) > 0 {
			t.Errorf("%d: %s: ambiguous: %v", number, text, a)
		}
		again := parse(t, e.String(), Mule)
		if again.String() != e.String() {
			t.Errorf("%d: %s prints as %s, then as %s", number, text, e, again)
		}
	}
}

func TestScriptsWithLambdasAndWriteAreUnknownAndNamed(t *testing.T) {
	for number, wanted := range map[int][]string{
		16: {"a script header (%dw … ---)", `the function "some"`, "a lambda ($)", "a lambda ($)"},
		40: {`the function "write"`, "the selector ? (key present)", `the function "read"`, "an object literal", "an object literal"},
	} {
		text, _, _ := Template(fortyOne[number-1])
		e := parse(t, text, Mule)
		var names []string
		for _, c := range e.Unsupported() {
			names = append(names, c.Name)
		}
		if !slices.Equal(names, wanted) {
			t.Errorf("%d: got %q, want %q", number, names, wanted)
		}
		r := e.Eval(env(t, `{"vars": {"claimSet": {"scp": ["default"]}}, "authentication": {"properties": {}}}`))
		if r.Unknown == nil || r.Unknown.Construct != wanted[0] || r.Unknown.Column == 0 {
			t.Errorf("%d: got %+v", number, r.Unknown)
		}
	}
}
