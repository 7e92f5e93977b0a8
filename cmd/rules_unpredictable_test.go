package cmd

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// fromExpression reads the client id by an expression.
func fromExpression(expression string) map[string]any {
	return map[string]any{"clientIdExpression": expression}
}

// tokenBy reads the token by an expression.
func tokenBy(expression string) map[string]any {
	return map[string]any{
		"jwtOrigin": "customExpression", "jwtExpression": expression,
		"skipClientIdValidation": true,
	}
}

// claimOf asks for a claim, without a contract.
func claimOf(key, value string) formCase {
	return formCase{
		fields: map[string]any{"skipClientIdValidation": true},
		claims: [][2]string{{key, value}}, field: "mandatoryCustomClaims", at: value[:4],
	}
}

func TestAnExpressionWithoutBracketsIsNamed(t *testing.T) {
	t.Parallel()
	const rule = "expression-without-brackets"
	client := func(text string) formCase {
		return formCase{
			fromExpression(text), nil, rule, rules.Warning, "clientIdExpression", text[:4],
		}
	}
	token := func(text string) formCase {
		return formCase{tokenBy(text), nil, rule, rules.Warning, "jwtExpression", text[:4]}
	}
	claim := func(key, text string) formCase {
		c := claimOf(key, text)
		c.rule, c.severity = rule, rules.Error
		return c
	}
	around := claim("iss", "https://sts.windows.net/#[vars.claimSet.tid]/")
	around.severity = rules.Warning
	findsInForms(t, nil, map[string]formCase{
		"an expression in a text":     around,
		"the client id":               client("vars.claimSet.azp"),
		"in brackets alone":           client("[vars.claimSet.appid]"),
		"in parentheses":              client("#(vars.claimSet.appid)"),
		"with the number sign alone":  client("#vars.claimSet.appid"),
		"another text":                client("appid"),
		"the token":                   token("attributes.headers['x-jwt']"),
		"the token from a parameter":  token("attributes.queryParams.jwt"),
		"a comparison":                claim("appid", "vars.claimSet.appid == 'x'"),
		"a role":                      claim("roles", "vars.claimSet.roles contains 'Read'"),
		"a custom claim":              claim("department", "vars.claimSet.department != null"),
		"a comparison with a header":  claim("cost_center", "attributes.headers['cc']"),
		"a negation":                  claim("department", "!(vars.claimSet.department == 'x')"),
		"with brackets it is sound":   {fields: fromExpression("#[vars.claimSet.appid]")},
		"a plain value is sound":      {claims: [][2]string{{"department", "variables"}}},
		"a value with a dot is sound": {claims: [][2]string{{"department", "payload.team"}}},
	})
}

func TestAnExpressionThatReadsWhatNothingSetsIsNamed(t *testing.T) {
	t.Parallel()
	const rule = "expression-reads-elsewhere"
	client := func(text string) formCase {
		return formCase{
			fromExpression(text), nil, rule, rules.Warning, "clientIdExpression", text,
		}
	}
	claim := func(key, text string) formCase {
		c := claimOf(key, text)
		c.rule, c.severity = rule, rules.Warning
		return c
	}
	findsInForms(t, nil, map[string]formCase{
		"the claims in small letters":   client("#[vars.claimset.appid]"),
		"the claims in capitals":        client("#[vars.CLAIMSET.appid]"),
		"the claims without vars":       client("#[claimSet.appid]"),
		"another variable":              client("#[vars.clientId]"),
		"the body":                      client("#[payload.client_id]"),
		"the body where there is none":  client("#[vars.claimSet.appid default payload.id]"),
		"authentication":                client("#[authentication.clientId]"),
		"its principal":                 client("#[authentication.principal]"),
		"its claims":                    client("#[authentication.properties.claims.appid]"),
		"a claim compared with a body":  claim("team", "#[vars.claimSet.team == payload.d]"),
		"a claim of the wrong spelling": claim("tid", "#[vars.claimset.tid == 'x']"),
		"a claim compared with a user":  claim("oid", "#[vars.claimSet.oid == authentication.id]"),
		"the claims are sound":          {fields: fromExpression("#[vars.claimSet['appid']]")},
		"quoted, they are too":          {fields: fromExpression("#[vars.'claimSet'.appid]")},
		"a header for a token is sound": {
			fields: tokenBy("#[attributes.headers.token]"),
			claims: [][2]string{{"roles", "#[vars.claimSet.roles contains 'Read']"}},
		},
	})
}

func TestAClientIDThatIsPutTogetherIsNamed(t *testing.T) {
	t.Parallel()
	client := func(text string) formCase {
		return formCase{
			fromExpression(text), nil, "client-id-put-together", rules.Warning,
			"clientIdExpression", text,
		}
	}
	findsInForms(t, nil, map[string]formCase{
		"of both versions":         client("#[vars.claimSet.appid ++ vars.claimSet.azp]"),
		"the other way round":      client("#[vars.claimSet.azp ++ vars.claimSet.appid]"),
		"with something between":   client("#[vars.claimSet.appid ++ '-' ++ vars.claimSet.azp]"),
		"of the tenant and client": client("#[vars.claimSet.tid ++ vars.claimSet.appid]"),
		"of the client and its id": client("#[vars.claimSet.appid ++ '/' ++ vars.claimSet.oid]"),
		"a part with a default": client(
			"#[(vars.claimSet.appid default 'none') ++ (vars.claimSet.azp default 'none')]"),
		"one or the other is sound": {
			fields: fromExpression("#[vars.claimSet.azp default vars.claimSet.appid]"),
		},
		"empty where it is absent is sound": {fields: fromExpression(
			"#[(vars.claimSet.appid default '') ++ (vars.claimSet.azp default '')]")},
	})
}

func TestAnExpressionThatGivesMoreThanTheTokenIsNamed(t *testing.T) {
	t.Parallel()
	token := func(text string) formCase {
		c := formCase{
			tokenBy(text), nil, "token-expression-gives-no-token", rules.Warning,
			"jwtExpression", text,
		}
		return c
	}
	role := [][2]string{{"roles", "#[vars.claimSet.roles contains 'Read']"}}
	findsInForms(t, nil, map[string]formCase{
		"the header as it is":       token("#[attributes.headers['authorization']]"),
		"in another spelling":       token("#[attributes.headers.Authorization]"),
		"with a default":            token("#[attributes.headers.authorization default '']"),
		"Bearer put before":         token("#['Bearer ' ++ attributes.headers['jwt']]"),
		"the word before the token": token("#[(attributes.headers.authorization splitBy ' ')[0]]"),
		"a text":                    token("#['eyJhbGciOiJub25lIn0']"),
		"a scheme put behind":       token("#[attributes.headers.jwt ++ ' jwt']"),
		"a comparison":              token("#[attributes.headers.jwt != 'x']"),
		"a number":                  token("#[1]"),
		"a list":                    token("#[attributes.headers.authorization splitBy ' ']"),
		"the second word is sound": {
			fields: tokenBy("#[(attributes.headers.authorization splitBy ' ')[1]]"), claims: role,
		},
		"a header of its own is sound": {
			fields: tokenBy("#[attributes.headers['x-amzn-oidc-data']]"), claims: role,
		},
		"a parameter is sound": {fields: tokenBy("#[attributes.queryParams.token]"), claims: role},
	})
}

func TestAFileThatCreatesAPolicyWithoutAKeyIsNamed(t *testing.T) {
	t.Parallel()
	const group = `"groupId": "68ef9520-24e9-4cf2-b2f5-620025690913", `
	body := func(before, config string) string {
		return `{` + before + `"assetId": "jwt-validation", "assetVersion": "1.4.0", ` +
			`"configurationData": {"jwtKeyOrigin": "jwks"` + config + `}}`
	}
	resource := func(kind, config string) string {
		return `resource "` + kind + `" "orders" {` + "\n" + config + "\n}\n"
	}
	const jwks, text = `jwt_key_origin = "jwks"`, `jwt_key_origin = "text"`
	official := func(config string) string {
		return resource("anypoint_api_policy_jwt_validation", "configuration = {"+config+"}")
	}
	community := func(config string) string {
		return resource("anypoint_apim_policy_jwt_validation",
			"configuration_data {\n"+config+"\n}")
	}
	custom := func(config string) string {
		return resource("anypoint_apim_policy_custom", `asset_id = "jwt-validation"`+"\n"+
			`configuration_data = jsonencode({jwtKeyOrigin = "jwks"`+config+`})`)
	}
	plan := func(actions, kind, values string) string {
		return `{"format_version": "1.2", "planned_values": {"root_module": {"resources": [` +
			`{"address": "a.x", "type": "` + kind + `", "values": {` + values + `}}]}}, ` +
			`"resource_changes": [{"address": "a.x", "change": {"actions": ` + actions + `}}]}`
	}
	const (
		officialKind  = "anypoint_api_policy_jwt_validation"
		communityKind = "anypoint_apim_policy_jwt_validation"
		genericKind   = "anypoint_apim_policy_custom"
		inPlan        = `"configuration": {"jwt_key_origin": "jwks"}`
		genericPlan   = `"asset_id": "jwt-validation", "configuration_data": ` +
			`"{\"jwtKeyOrigin\": \"jwks\"}"`
	)
	state := `{"format_version": "1.0", "values": {"root_module": {"resources": [` +
		`{"address": "a.x", "type": "` + officialKind + `", "values": {` + inPlan + `}}]}}}`
	for name, c := range map[string]struct {
		file, text string
		want       bool
	}{
		"a plan that creates it": {"p.json", plan(`["create"]`, officialKind, inPlan), true},
		"a plan that replaces it": {
			"p.json", plan(`["delete", "create"]`, officialKind, inPlan), true,
		},
		"a plan, generic resource": {"p.json", plan(`["create"]`, genericKind, genericPlan), true},
		"a plan, the community provider": {"p.json", plan(`["create"]`, communityKind,
			`"configuration_data": [{"jwt_key_origin": "text", "text_key": null}]`), true},
		"a plan that changes it": {"p.json", plan(`["update"]`, officialKind, inPlan), false},
		"a plan that leaves it":  {"p.json", plan(`["no-op"]`, officialKind, inPlan), false},
		"a state":                {"p.json", state, false},
		"a plan with a key": {"p.json", plan(`["create"]`, officialKind,
			`"configuration": {"jwt_key_origin": "jwks", "text_key": "unused"}`), false},
		"a plan whose provider writes one": {"p.json", plan(`["create"]`, communityKind,
			`"configuration_data": [{"jwt_key_origin": "jwks"}]`), false},

		"API Manager's body":       {"p.json", body(group, ""), true},
		"with null":                {"p.json", body(group, `, "textKey": null`), true},
		"in YAML":                  {"p.yaml", body(group, ""), true},
		"of a list of bodies":      {"p.json", "[" + body(group, "") + "]", true},
		"the official provider's":  {"main.tf", official(jwks), true},
		"the generic resource's":   {"main.tf", custom(""), true},
		"the community provider's": {"main.tf", community(text), true},

		"with a key":                {"p.json", body(group, `, "textKey": "unused"`), false},
		"with a variable":           {"p.json", body(group, `, "textKey": "${KEY}"`), false},
		"API Manager gives back":    {"p.json", body(group+`"id": 7, `, ""), false},
		"a part of it":              {"p.json", body("", ""), false},
		"whose provider writes one": {"main.tf", community(jwks), false},
		"the generic one with one":  {"main.tf", custom(`, textKey = "x"`), false},
		"the official one with one": {"main.tf", official(jwks + "\ntext_key = var.key"), false},
		"Flex Gateway in local mode": {"p.yaml", "apiVersion: gateway.mulesoft.com/v1alpha1\n" +
			"kind: PolicyBinding\nspec:\n  policyRef: {name: jwt-validation-flex}\n" +
			"  config: {jwtKeyOrigin: jwks}\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, found := lintForm(t, inForm{name, c.file, c.text}, nil)
			got := false
			for _, f := range found {
				got = got || f.Rule == "text-key-missing" && f.Severity == rules.Warning
			}
			if got != c.want {
				t.Errorf("found %v", names(found))
			}
		})
	}
}

// TestWhoFillsInAuthentication is about the policies that run before JWT Validation.
func TestWhoFillsInAuthentication(t *testing.T) {
	t.Parallel()
	policy := func(asset, version, order, config string) string {
		return `{"assetId": "` + asset + `", "assetVersion": "` + version +
			`", "order": ` + order + `, "configurationData": {` + config + `}}`
	}
	jwt := policy("jwt-validation", "1.4.0", "2",
		`"clientIdExpression": "#[authentication.clientId]"`)
	const basic, oidc = "http-basic-authentication", "openidconnect-access-token-enforcement"
	enforced := func(config string) string {
		return policy("client-id-enforcement", "1.3.2", "1",
			`"clientIdExpression": "#[attributes.headers['id']]"`+config)
	}
	const secret = `, "clientSecretExpression": "#[attributes.headers['secret']]"`
	unordered := `{"assetId": "` + basic + `", "configurationData": {}}`
	for name, c := range map[string]struct {
		other string
		want  bool
	}{
		"Client ID Enforcement without a secret": {enforced(""), true},
		"Client ID Enforcement with a secret":    {enforced(secret), false},
		"a policy of one's own":                  {policy("our-login", "1.0.0", "1", ""), false},
		"basic authentication":                   {policy(basic, "1.3.1", "1", ""), false},
		"basic authentication, of no order":      {unordered, false},
		"OpenID Connect":                         {policy(oidc, "1.3.0", "1", ""), false},
		"OpenID Connect behind it":               {policy(oidc, "1.3.0", "3", ""), true},
		"CORS":                                   {policy("cors", "1.3.1", "1", ""), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, found := lintForm(t, inForm{name, "p.json", "[" + c.other + "," + jwt + "]"}, nil)
			got := false
			for _, f := range found {
				got = got || f.Rule == "expression-reads-elsewhere"
			}
			if got != c.want {
				t.Errorf("found %v", names(found))
			}
		})
	}
}
