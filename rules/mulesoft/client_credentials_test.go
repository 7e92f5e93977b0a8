package mulesoft

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

func TestClientCredentials(t *testing.T) {
	const (
		byHeader = `"clientIdExpression":"#[attributes.headers['client_id']]"`
		secret   = byHeader + `,"clientSecretExpression":"#[attributes.headers['client_secret']]"`
		basic    = `"credentialsOriginHasHttpBasicAuthenticationHeader":"` + basicOrigin + `"`
	)
	accepted := decided{rules.Accepted, 200, ""}
	tests := []struct {
		name, config string
		headers      map[string]string
		want         decided
	}{
		{"a client with a contract", byHeader, map[string]string{"Client_id": client}, accepted},
		{
			"a client without a contract", byHeader,
			map[string]string{"Client_id": "another"},
			decided{rules.Rejected, 401, rules.Contract},
		},
		{
			"a header that is sent empty names no client", byHeader,
			map[string]string{"Client_id": ""},
			decided{rules.Rejected, 401, rules.ClientID},
		},
		{
			"headers that were not given are not known", byHeader, nil,
			decided{rules.Undetermined, 0, rules.ClientID},
		},
		{
			"a secret can't be compared here", secret,
			map[string]string{"Client_id": client, "Client_secret": "x"},
			decided{rules.Undetermined, 0, rules.ClientSecret},
		},
		{
			"a secret that is missing is rejected", secret,
			map[string]string{"Client_id": client, "Client_secret": ""},
			decided{rules.Rejected, 401, rules.ClientSecret},
		},
		{
			"a bearer token takes the place of basic credentials", basic, nil,
			decided{rules.Rejected, 401, rules.ClientID},
		},
		{
			"the claims are no variable of this policy: another one may set vars.claimSet",
			`"clientIdExpression":"#[vars.claimSet.appid]"`, nil,
			decided{rules.Undetermined, 0, rules.ClientID},
		},
		{
			"nor are they of its secret",
			byHeader + `,"clientSecretExpression":"#[vars.claimSet.secret]"`,
			map[string]string{"Client_id": client},
			decided{rules.Undetermined, 0, rules.ClientSecret},
		},
		{
			"basic credentials name the client; the secret can't be compared", basic,
			map[string]string{
				"Authorization": "Basic NmYwZTFjMmEtOGQ0Yi00YzdlLTlhNTMtMmIxZDBlOWY4YWMzOng=",
			},
			decided{rules.Undetermined, 0, rules.ClientSecret},
		},
	}
	id := base64.StdEncoding.EncodeToString([]byte(client + ":x"))
	for form, by := range map[string]decided{
		"basic " + id:                         unknown(rules.ClientID),
		"Basic  " + id:                        unknown(rules.ClientID),
		"Basic " + strings.TrimRight(id, "="): unknown(rules.ClientID),
		"Basic YWJj":                          unknown(rules.ClientID), // it has no colon
		"Basic " + id:                         unknown(rules.ClientSecret),
		"Basic":                               rejected(401, rules.ClientID),
		"Basic ?":                             rejected(401, rules.ClientID),
		"Digest " + id:                        rejected(401, rules.ClientID),
	} {
		tests = append(tests, struct {
			name, config string
			headers      map[string]string
			want         decided
		}{form, basic, map[string]string{"Authorization": form}, by})
	}
	for _, asset := range []string{clientIDEnforcement, rateLimitingSLA} {
		for _, test := range tests {
			t.Run(asset+": "+test.name, func(t *testing.T) {
				r := contracted(v1)
				r.Headers = test.headers
				got := short(verdictOf(t, policyOf(asset, "1.3.2", test.config), r))
				if got != test.want {
					t.Errorf("got %v, want %v", got, test.want)
				}
			})
		}
	}
}

func TestNoMessageNamesWhatMayBeTheSecret(t *testing.T) {
	for _, written := range []string{
		"#[hunter2]", "#[hunter2.x]", "#[hunter2(1)]", "#[my hunter2 x]", "#['hunter2']",
		"hunter2",
	} {
		policy := policyOf(clientIDEnforcement, "1.3.2", `"clientSecretExpression":"`+written+`"`)
		for _, variant := range []string{Mule, Flex} {
			compilation := compiled(t, "policy.json", policy, rules.Options{Variant: variant})
			said, found := "", 0
			for _, result := range rules.Evaluate(compilation.Policies, contracted(v1)).Results {
				said += result.Why() + result.Expected() + result.Actual()
			}
			for _, rule := range lintRules() {
				if rule.Check == nil {
					continue
				}
				for _, f := range rule.Check(&rules.Subject{Policies: compilation.Policies}) {
					said += f.Message
					found++
				}
			}
			if strings.Contains(said, "hunter2") || found == 0 {
				t.Errorf("%s on %s: %d findings: %s", written, variant, found, said)
			}
		}
	}
}

// The credentials in the Authorization header have a challenge of their own, and no published body
// (MuleSoft documentation, Client ID Enforcement).
func TestTheAnswerToBasicCredentialsIsTheirOwn(t *testing.T) {
	const basic = `"credentialsOriginHasHttpBasicAuthenticationHeader":"` + basicOrigin + `"`
	v := verdictOf(t, policyOf(clientIDEnforcement, "1.3.3", basic), contracted(v1))
	if v.Body() != "" || v.Answer.Condition != inBasicForm {
		t.Errorf("on Mule: %+v", v.Answer)
	}
	onFlex := compiled(t, "policy.json", policyOf(clientIDEnforcement, "1.3.3", basic),
		rules.Options{Variant: Flex})
	v = rules.Evaluate(onFlex.Policies, contracted(v1))
	if v.Status != 401 || v.Body() != "" || v.Answer.Evidence.Level != rules.Documented {
		t.Errorf("on Flex: %+v", v.Answer)
	}
	for _, r := range v.Results {
		if why := r.Why(); strings.Contains(why, `""`) || strings.Contains(why, "the token has") {
			t.Errorf("%s: %s", r.Check.ID, why)
		}
	}
}

func TestOtherPolicies(t *testing.T) {
	tests := []struct {
		name, asset, group string
		want               decided
	}{
		{
			"a policy that does not look at credentials lets everything through",
			"message-logging", groupID,
			decided{rules.Accepted, 200, ""},
		},
		{
			"a policy that is not modelled is never waved through", "http-basic-authentication",
			groupID,
			decided{rules.Undetermined, 0, rules.NotModelled},
		},
		{
			"a custom policy is not modelled, whatever its name", "jwt-validation",
			"11111111-2222-4333-8444-555555555555",
			decided{rules.Undetermined, 0, rules.NotModelled},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			policy := `{"groupId":"` + test.group + `","assetId":"` + test.asset +
				`","assetVersion":"1.0.0","configurationData":{}}`
			if got := short(verdictOf(t, policy, request(v1))); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestAChainRunsInOrder(t *testing.T) {
	const chain = `[
{"order":2,"assetId":"rate-limiting-sla","assetVersion":"1.3.0",
"configurationData":{"clientIdExpression":"#[attributes.headers['client_id']]"}},
{"order":1,"assetId":"jwt-validation","assetVersion":"1.4.0",
"configurationData":{"signingMethod":"none","skipClientIdValidation":true}}
]`
	r := request(v1)
	r.Headers = map[string]string{"Client_id": ""}
	v := verdictOf(t, chain, r)
	if got, want := short(v), (decided{rules.Rejected, 401, rules.ClientID}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if first := v.Results[0].Policy.Asset; first != jwtValidation {
		t.Errorf("the first check is of %s", first)
	}
}

// MuleSoft documentation, JWT Validation policy, propagating claims: the policies behind it find
// the token's claims in authentication.properties.claims.
func TestClaimsArePropagatedToThePoliciesBehindJWTValidation(t *testing.T) {
	const claims = "authentication.properties.claims."
	at := func(order, policy string) string {
		return strings.Replace(policy, "{", `{"order":`+order+`,`, 1)
	}
	jwt := func(order, members string) string {
		config := `"signingMethod":"none","skipClientIdValidation":true`
		return at(order, policyOf(jwtValidation, "1.4.0", config+members))
	}
	enforce := func(order, expression string) string {
		fields := `"clientIdExpression":"#[` + expression + `]"`
		return at(order, policyOf(clientIDEnforcement, "1.3.1", fields))
	}
	custom := func(order string) string { return at(order, policyOf("ours", "1.0.0", "")) }
	open := unknown(rules.ClientID)
	inMiddle := unknown(rules.NotModelled)
	for name, test := range map[string]struct {
		policies []string
		want     decided
	}{
		"the claim that names the client": {
			[]string{jwt("1", ""), enforce("2", claims+"appid")}, accepted(),
		},
		"either of two claims": {
			[]string{jwt("1", ""), enforce("2", claims+"azp default "+claims+"appid")},
			accepted(),
		},
		"a claim that the token does not have": {
			[]string{jwt("1", ""), enforce("2", claims+"client_id")},
			rejected(401, rules.ClientID),
		},
		"a claim that names no client with a contract": {
			[]string{jwt("1", ""), enforce("2", claims+"tid")}, rejected(401, rules.Contract),
		},
		"a number is no client id that anything is published of": {
			[]string{jwt("1", ""), enforce("2", claims+"exp")}, open,
		},
		"what else is in authentication is not known": {
			[]string{jwt("1", ""), enforce("2", "authentication.properties.client")}, open,
		},
		"vars.claimSet is not propagated": {
			[]string{jwt("1", ""), enforce("2", "vars.claimSet.appid")}, open,
		},
		"a policy before it finds none": {
			[]string{jwt("2", ""), enforce("1", claims+"appid")}, open,
		},
		"where nothing says which runs first it is open": {
			[]string{jwt("1", ""), enforce("1", claims+"appid")}, open,
		},
		"a policy in the middle may put others there": {
			[]string{jwt("1", ""), custom("2"), enforce("3", claims+"client_id")}, inMiddle,
		},
		"a policy behind both does not": {
			[]string{jwt("1", ""), custom("3"), enforce("2", claims+"client_id")},
			rejected(401, rules.ClientID),
		},
		"the claims of a second JWT Validation are the same": {
			[]string{jwt("1", ""), jwt("2", ""), enforce("3", claims+"appid")}, accepted(),
		},
		"a custom claim of a second JWT Validation may read them": {
			[]string{jwt("1", ""), jwt("2", `,"validateCustomClaim":true,`+
				`"mandatoryCustomClaims":[{"key":"tid","value":"#[`+claims+`ver == '2.0']"}]`)},
			rejected(401, rules.CustomClaim),
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := request(v1)
			r.Contracts = &rules.Contracts{IDs: []string{client}}
			v := verdictOf(t, "["+strings.Join(test.policies, ",")+"]", r)
			if got := short(v); got != test.want {
				t.Errorf("got %v, want %v: %s", got, test.want, v.Why())
			}
		})
	}
	off := strings.Replace(jwt("1", ""), "{", `{"disabled":true,`, 1)
	some := strings.Replace(jwt("1", ""), "{", `{"pointcutData":[{"methodRegex":"GET",`+
		`"uriTemplateRegex":".*"}],`, 1)
	second := strings.Replace(enforce("2", claims+"appid"), "{", `{"pointcutData":[{`+
		`"methodRegex":"GET","uriTemplateRegex":".*"}],`, 1)
	r := request(v1)
	r.Contracts = &rules.Contracts{IDs: []string{client}}
	r.Method, r.Path = "GET", "/orders"
	if got := short(verdictOf(t, "["+some+","+second+"]", r)); got != accepted() {
		t.Errorf("two policies of the same routes: %v", got)
	}
	for _, first := range []string{off, some} {
		v := verdictOf(t, "["+first+","+enforce("2", claims+"appid")+"]", request(v1))
		if got := short(v); got != open {
			t.Errorf("%s: got %v, want %v", first, got, open)
		}
	}
}

func TestIntrospectionWithoutAPublishedAccountNeedsTheAnswer(t *testing.T) {
	for _, asset := range []string{externalOAuth2, tokenIntrospection} {
		v := verdictOf(t, policyOf(asset, "1.6.0", `"skipClientIdValidation":true`), request(v1))
		want := decided{rules.Undetermined, 0, rules.Introspection}
		if got := short(v); got != want {
			t.Errorf("%s: got %v, want %v", asset, got, want)
		}
		if v.Question().None() {
			t.Errorf("%s: nothing is asked for", asset)
		}
	}
	for _, asset := range []string{openAM, pingFederate} {
		v := verdictOf(t, policyOf(asset, "1.6.0", `"skipClientIdValidation":true`), request(v1))
		if got, want := short(v), (decided{rules.Accepted, 200, ""}); got != want {
			t.Errorf("%s: got %v, want %v", asset, got, want)
		}
	}
}
