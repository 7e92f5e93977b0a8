package mulesoft

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
)

const base = `"jwtOrigin":"httpBearerAuthenticationHeader","signingMethod":"rsa",` +
	`"signingKeyLength":256,"jwtKeyOrigin":"jwks","jwksUrl":"https://keys.example/keys"`

const skip = `,"skipClientIdValidation":true`

// jwtCase is a configuration of JWT Validation, the claims of a token, and what becomes of it.
type jwtCase struct {
	name, config, claims string
	want                 decided
}

func runJWT(t *testing.T, tests []jwtCase) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			policy := policyOf(jwtValidation, "1.4.0", test.config)
			if got := short(verdictOf(t, policy, request(test.claims))); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func accepted() decided { return decided{rules.Accepted, 200, ""} }

func unknown(by rules.ID) decided { return decided{rules.Undetermined, 0, by} }

func rejected(status int, by rules.ID) decided { return decided{rules.Rejected, status, by} }

func TestTimesOfJWTValidation(t *testing.T) {
	runJWT(t, []jwtCase{
		{"only the signature is checked by default", base + skip, v1, accepted()},
		{
			"an expired token is rejected though exp is not mandatory", base + skip,
			`"exp":1778050000`, rejected(401, rules.Expiry),
		},
		{
			"a token without exp passes where exp is not mandatory", base + skip, `"aud":"x"`,
			accepted(),
		},
		{
			"a token without exp is rejected where exp is mandatory",
			base + skip + `,"mandatoryExpClaim":true`, `"aud":"x"`, rejected(401, rules.Expiry),
		},
		{
			"a variable says of a token without exp alone whether it is rejected",
			base + skip + `,"mandatoryExpClaim":"${m}"`, `"aud":"x"`, unknown(rules.Expiry),
		},
		{
			"an expired token is rejected whatever the variable is",
			base + skip + `,"mandatoryExpClaim":"{{m}}"`, `"exp":1778050000`,
			rejected(401, rules.Expiry),
		},
		{
			"an exp that is missed by four minutes is unknown: the leeway is not documented",
			base + skip, `"exp":1778061360`, unknown(rules.Expiry),
		},
		{
			"an exp that is missed by more than five minutes fails", base + skip,
			`"exp":1778061299`, rejected(401, rules.Expiry),
		},
		{
			"an nbf that lies four minutes ahead is unknown", base + skip, `"nbf":1778061840`,
			unknown(rules.NotBefore),
		},
		{
			"an nbf an hour ahead fails", base + skip, `"nbf":1778065200`,
			rejected(401, rules.NotBefore),
		},
		{"an nbf that is this very second passes", base + skip, `"nbf":1778061600`, accepted()},
	})
}

func TestAudiencesOfJWTValidation(t *testing.T) {
	runJWT(t, []jwtCase{
		{
			"the audience is not checked unless validateAudClaim is on",
			base + skip + `,"supportedAudiences":"api://x","mandatoryAudClaim":true`,
			v1 + `,"aud":"api://y"`, accepted(),
		},
		{
			"another audience is rejected",
			base + skip + `,"supportedAudiences":"api://x","validateAudClaim":true`,
			v1 + `,"aud":"api://y"`, rejected(401, rules.Audience),
		},
		{
			"one of several audiences is enough, white space around the comma does not count",
			base + skip + `,"supportedAudiences":"api://x, api://y","validateAudClaim":true`,
			v1 + `,"aud":"api://y"`, accepted(),
		},
		{
			"an audience in a list counts",
			base + skip + `,"supportedAudiences":"api://x","validateAudClaim":true`,
			v1 + `,"aud":["api://z","api://x"]`, accepted(),
		},
		{
			"the audience is compared exactly: a slash at its end counts",
			base + skip + `,"supportedAudiences":"api://x","validateAudClaim":true`,
			v1 + `,"aud":"api://x/"`, rejected(401, rules.Audience),
		},
		{
			"a token without audience passes where it is not mandatory",
			base + skip + `,"supportedAudiences":"api://x","validateAudClaim":true`, v1,
			accepted(),
		},
		{
			"a token without audience is rejected where it is mandatory",
			base + skip + `,"supportedAudiences":"api://x","validateAudClaim":true,` +
				`"mandatoryAudClaim":true`,
			v1, rejected(401, rules.Audience),
		},
		{
			"of a token without audience a variable says whether it is mandatory",
			base + skip + `,"supportedAudiences":"api://x","validateAudClaim":true,` +
				`"mandatoryAudClaim":"${m}"`,
			v1, unknown(rules.Audience),
		},
		{
			"with an audience it is all the same",
			base + skip + `,"supportedAudiences":"api://x","validateAudClaim":true,` +
				`"mandatoryAudClaim":"{{m}}"`,
			v1 + `,"aud":"api://x"`, accepted(),
		},
		{
			"with another one too",
			base + skip + `,"supportedAudiences":"api://x","validateAudClaim":true,` +
				`"mandatoryAudClaim":"${m}"`,
			v1 + `,"aud":"api://y"`, rejected(401, rules.Audience),
		},
		{
			"audiences as a list are no string: unknown",
			base + skip + `,"supportedAudiences":["api://x"],"validateAudClaim":true`,
			v1 + `,"aud":"api://x"`, unknown(rules.Audience),
		},
		{
			"an audience that appears twice with different values is unknown",
			base + skip + `,"supportedAudiences":"api://x","validateAudClaim":true`,
			v1 + `,"aud":"api://x","aud":"api://y"`, unknown(rules.Audience),
		},
	})
}

func TestClientIDsOfJWTValidation(t *testing.T) {
	runJWT(t, []jwtCase{
		{
			"the default client id expression finds nothing in an Entra token", base, v1,
			rejected(403, rules.ClientID),
		},
		{
			"appid is the client id of a v1.0 token, and then a contract must be known",
			base + `,"clientIdExpression":"#[vars.claimSet.appid]"`, v1, unknown(rules.Contract),
		},
		{
			"azp is absent from a v1.0 token",
			base + `,"clientIdExpression":"#[vars.claimSet.azp]"`, v1,
			rejected(403, rules.ClientID),
		},
		{
			"default takes the first claim that is there",
			base + `,"clientIdExpression":"#[vars.claimSet.azp default vars.claimSet.appid]"`, v1,
			unknown(rules.Contract),
		},
		{
			"a client id expression that is plain text is not documented",
			base + `,"clientIdExpression":"appid"`, v1, unknown(rules.ClientID),
		},
	})
}

func TestCustomClaimsOfJWTValidation(t *testing.T) {
	runJWT(t, []jwtCase{
		{
			"custom claims are not checked unless validateCustomClaim is on",
			base + skip + `,"mandatoryCustomClaims":[{"key":"iss","value":"x"}]`, v1, accepted(),
		},
		{
			"a literal must equal the claim",
			base + skip + custom("iss", "https://sts.windows.net/"+tenant+"/"), v1, accepted(),
		},
		{
			"another literal is rejected",
			base + skip + custom("iss", "https://sts.windows.net/other/"), v1,
			rejected(401, rules.CustomClaim),
		},
		{
			"a literal never equals a list", base + skip + custom("roles", "Read"),
			v1 + `,"roles":["Read"]`, rejected(401, rules.CustomClaim),
		},
		{
			"how a literal compares with a number is not documented",
			base + skip + custom("n", "1"), v1 + `,"n":1`, unknown(rules.CustomClaim),
		},
		{
			"an expression must give true",
			base + skip + custom("roles", "#[vars.claimSet.roles contains 'Read']"),
			v1 + `,"roles":["Read"]`, accepted(),
		},
		{
			"a role that the token does not have is rejected",
			base + skip + custom("roles", "#[vars.claimSet.roles contains 'Read']"),
			v1 + `,"roles":["Write"]`, rejected(401, rules.CustomClaim),
		},
		{
			"a mandatory claim that is missing is rejected whatever the expression says",
			base + skip + custom("roles", "#[true]"), v1, rejected(401, rules.CustomClaim),
		},
		{
			"an expression that is no boolean fails",
			base + skip + custom("scp", "#[vars.claimSet.scp]"), v1 + `,"scp":"read"`,
			rejected(401, rules.CustomClaim),
		},
		{
			"an expression beyond the supported language is unknown",
			base + skip + custom("scp", "#[vars.claimSet.scp map $]"), v1 + `,"scp":"read"`,
			unknown(rules.CustomClaim),
		},
		{
			"contains without parentheses around it is ambiguous",
			base + skip + custom(
				"roles", "#[vars.claimSet.roles contains 'a' or vars.claimSet.roles contains 'b']",
			),
			v1 + `,"roles":["b"]`, unknown(rules.CustomClaim),
		},
		{
			"with parentheses it is not",
			base + skip + custom(
				"roles",
				"#[(vars.claimSet.roles contains 'a') or (vars.claimSet.roles contains 'b')]",
			),
			v1 + `,"roles":["b"]`, accepted(),
		},
		{
			"an optional claim that is missing passes",
			base + skip + `,"validateCustomClaim":true,"nonMandatoryCustomClaims":[{"key":"x",` +
				`"value":"y"}]`,
			v1, accepted(),
		},
		{
			"an optional claim that is there must hold",
			base + skip + `,"validateCustomClaim":true,"nonMandatoryCustomClaims":[{"key":"x",` +
				`"value":"y"}]`,
			v1 + `,"x":"z"`, rejected(401, rules.CustomClaim),
		},
	})
}

// A message never shows a token, and yet an expression looks into the token's own text.
func TestAnExpressionReadsTheTokensOwnText(t *testing.T) {
	const header = "attributes.headers.authorization"
	holds := func(expression string) string {
		return base + skip + custom("tid", "#["+expression+"]")
	}
	fails := rejected(401, rules.CustomClaim)
	runJWT(t, []jwtCase{
		{"it has dots", holds(header + " contains '.'"), v1, accepted()},
		{"it is long", holds("sizeOf(" + header + ") > 100"), v1, accepted()},
		{"it begins with a brace", holds(header + " startsWith 'Bearer ey'"), v1, accepted()},
		{"it has three parts", holds("(" + header + " splitBy '.')[2] != null"), v1, accepted()},
		{"it has no more", holds("(" + header + " splitBy '.')[3] != null"), v1, fails},
		{"it has a form", holds(header + ` matches /Bearer .+[.].+[.].+/`), v1, accepted()},
		{"it is not what stands for it", holds(header + " == 'Bearer (token)'"), v1, fails},
	})
}

// A client id, or the token itself, that is cut out of the token's text would be shown.
func TestNoMessageShowsAPartOfTheToken(t *testing.T) {
	const part = "(attributes.headers.authorization splitBy '.')[1]"
	for _, policy := range []string{
		policyOf(clientIDEnforcement, "1.3.1", `"clientIdExpression":"#[`+part+`]"`),
		policyOf(jwtValidation, "1.4.0", `"signingMethod":"none","skipClientIdValidation":true,`+
			`"jwtOrigin":"customExpression","jwtExpression":"#[`+part+`]"`),
	} {
		r := request(v1)
		r.Contracts = &rules.Contracts{IDs: []string{client}}
		v := verdictOf(t, policy, r)
		_, payload, _ := strings.Cut(r.Token.Compact(), ".")
		if why := v.Why(); v.Outcome != rules.Undetermined || strings.Contains(why, payload[:20]) {
			t.Errorf("%s: %s", v.Outcome, why)
		}
	}
}

// The vendor's page asks for secrets of 32, 48 or 64 characters, by the length of the algorithm.
func TestAShortSharedSecretIsNotKnown(t *testing.T) {
	for _, test := range []struct {
		bytes, length int
		want          decided
	}{
		{32, 256, accepted()},
		{31, 256, unknown(rules.Signature)},
		{48, 384, accepted()},
		{47, 384, unknown(rules.Signature)},
	} {
		r := request("")
		r.Token = token(v1, fmt.Sprintf("HS%d", test.length))
		v := verdictOf(t, policyOf(jwtValidation, "1.4.0", fmt.Sprintf(
			`"signingMethod":"hmac","signingKeyLength":%d,"jwtKeyOrigin":"text","textKey":"%s",`+
				`"skipClientIdValidation":true`, test.length, strings.Repeat("k", test.bytes),
		)), r)
		if got := short(v); got != test.want {
			t.Errorf("%d bytes: got %v, want %v: %s", test.bytes, got, test.want, v.Why())
		}
	}
}

func TestOddConfigurationsOfJWTValidation(t *testing.T) {
	runJWT(t, []jwtCase{
		{
			"a boolean written as a string is a wrong type: unknown",
			base + `,"skipClientIdValidation":"true"`, v1, unknown(rules.ClientID),
		},
		{
			"a number written as a string is a number",
			`"signingMethod":"rsa","signingKeyLength":"256","jwtKeyOrigin":"jwks",` +
				`"jwksUrl":"https://keys.example"` + skip,
			v1, accepted(),
		},
		{
			"another algorithm is rejected",
			`"signingMethod":"rsa","signingKeyLength":512,"jwtKeyOrigin":"jwks",` +
				`"jwksUrl":"https://keys.example"` + skip,
			v1, rejected(401, rules.Algorithm),
		},
		{"signingMethod none takes everything", `"signingMethod":"none"` + skip, v1, accepted()},
		{
			"a variable that only the deployment knows is unknown",
			base + skip + `,"validateAudClaim":true,"supportedAudiences":"${audience}"`,
			v1 + `,"aud":"x"`, unknown(rules.Audience),
		},
		{
			"an unknown origin of the token is unknown", base + skip + `,"jwtOrigin":"cookie"`, v1,
			unknown(rules.TokenPresent),
		},
		{
			"a text that is no expression gives no token for certain",
			base + skip + `,"jwtOrigin":"customExpression","jwtExpression":"jwt"`, v1,
			unknown(rules.TokenPresent),
		},
		{
			"a mandatory claim that is null fails, there or not", base + skip + custom("n", "x"),
			v1 + `,"n":null`, rejected(401, rules.CustomClaim),
		},
		{
			"an optional claim that is null may count as there or not",
			base + skip + `,"validateCustomClaim":true,"nonMandatoryCustomClaims":[{"key":"n",` +
				`"value":"x"}]`,
			v1 + `,"n":null`, unknown(rules.CustomClaim),
		},
		{
			"a custom claim whose value is no string is unknown",
			base + skip + `,"validateCustomClaim":true,"mandatoryCustomClaims":[{"key":"n",` +
				`"value":1}]`,
			v1 + `,"n":1`, unknown(rules.CustomClaim),
		},
		{
			"an enormous exp is read by Mule Gateway as far as is known", base + skip,
			`"exp":9007199254`, accepted(),
		},
	})
}

// custom is the configuration of one mandatory custom claim.
func custom(key, value string) string {
	return `,"validateCustomClaim":true,"mandatoryCustomClaims":[{"key":"` + key + `","value":"` +
		value + `"}]`
}

func TestAnswersOfJWTValidation(t *testing.T) {
	tests := []struct {
		name, version string
		request       *rules.Request
		status        int
		body          string
	}{
		{
			"Mule Gateway without a token", "1.4.0", &rules.Request{At: at}, 400,
			`{"error": "JWT Token is required."}`,
		},
		{
			"Flex Gateway without a token", "0.12.0", &rules.Request{At: at}, 400,
			`{"error":"JWT Token is required."}`,
		},
		{
			"Mule Gateway, a bad signature", "1.4.0",
			&rules.Request{Token: token(v1, "RS256"), At: at, Signatures: signed(keys.Fail)}, 401,
			`{"error": "Invalid token."}`,
		},
		{
			"Mule Gateway, a null client id", "1.4.0", request(v1), 403,
			`{"error": "Authentication denied."}`,
		},
		{
			"Flex Gateway, a null client id: nobody published its body", "0.12.0", request(v1),
			403, "",
		},
		{
			"Flex Gateway fails on an exp that overflows its clock", "0.12.0",
			request(`"exp":9999999999`), 503, "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := verdictOf(t, policyOf(jwtValidation, test.version, base), test.request)
			if v.Status != test.status || v.Body() != test.body {
				t.Errorf("got %d %s, want %d %s", v.Status, v.Body(), test.status, test.body)
			}
			if v.Evidence().Reference == "" {
				t.Error("the prediction has no evidence")
			}
		})
	}
}

func TestAConfigurationThatCannotBeReadLeavesEverythingOpen(t *testing.T) {
	for name, configuration := range map[string]string{
		"null": `null`, "a list": `[]`, "a text": `"hello"`,
	} {
		t.Run(name, func(t *testing.T) {
			policy := `{"assetId":"jwt-validation","assetVersion":"1.4.0",` +
				`"configurationData":` + configuration + `}`
			c := compiled(t, "p.json", policy, rules.Options{})
			if len(c.Findings) == 0 || c.Findings[0].Rule != "wrong-type" {
				t.Errorf("findings: %v", c.Findings)
			}
			v := rules.Evaluate(c.Policies, request(v1))
			want := decided{rules.Undetermined, 0, rules.TokenPresent}
			if got := short(v); got != want || v.Question().None() {
				t.Errorf("got %v, question %v", got, v.Question())
			}
		})
	}
	inString := `{"assetId":"jwt-validation","assetVersion":"1.4.0","configurationData":` +
		`"{\"signingMethod\":\"none\",\"skipClientIdValidation\":true}"}`
	if got := short(verdictOf(t, inString, request(v1))); got.outcome != rules.Accepted {
		t.Errorf("a configuration as JSON in a string: %v", got)
	}
}

func TestEllipticAlgorithmsDependOnTheVersion(t *testing.T) {
	const es = `"signingMethod":"es","jwtKeyOrigin":"jwks","jwksUrl":"https://keys.example"` + skip
	tests := []struct {
		name, version, length, alg string
		want                       rules.Outcome
	}{
		{"Mule Gateway since 1.3.0", "1.3.0", "512", "ES512", rules.Pass},
		{"Mule Gateway before", "1.2.0", "256", "ES256", rules.Unsure},
		{"Flex Gateway", "0.12.0", "384", "ES384", rules.Pass},
		{"Flex Gateway's documentation has no ES512", "0.12.0", "512", "ES512", rules.Unsure},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := &rules.Request{Token: token(v1, test.alg), At: at, Signatures: signed(keys.Pass)}
			v := verdictOf(
				t, policyOf(jwtValidation, test.version, es+`,"signingKeyLength":`+test.length), r,
			)
			if got := v.Results[2]; got.Check.ID != rules.Algorithm || got.Outcome != test.want {
				t.Errorf("%s is %s", got.Check.ID, got.Outcome)
			}
		})
	}
}

func TestWhereTheTokenIsLookedFor(t *testing.T) {
	custom := func(expression string) string {
		origin := strings.NewReplacer("httpBearerAuthenticationHeader", "customExpression")
		return policyOf(
			jwtValidation, "1.4.0",
			origin.Replace(base)+skip+`,"jwtExpression":"`+expression+`"`,
		)
	}
	tests := []struct {
		name, expression string
		headers          map[string]string
		want             rules.Outcome
	}{
		{
			"in a header of its own, where it is taken to be sent", "#[attributes.headers['jwt']]",
			nil, rules.Pass,
		},
		{"cut out of the Authorization header", "#[splitBy(attributes.headers['Authorization'], " +
			"' ')[1]]", nil, rules.Pass},
		{
			"behind the word Bearer",
			"#[dw::core::Strings::substringAfter(attributes.headers['Authorization'], 'Bearer ')]",
			nil, rules.Pass,
		},
		{
			"the whole Authorization header is more than the token",
			"#[attributes.headers.authorization]", nil, rules.Unsure,
		},
		{
			"in a header that is not shown, where another one has the token",
			"#[attributes.headers['jwt']]",
			map[string]string{"Authorization": "Bearer " + token(v1, "RS256").Compact()},
			rules.Unsure,
		},
		{
			"in a query parameter, which is not known", "#[attributes.queryParams.token]", nil,
			rules.Unsure,
		},
		{
			"in a query parameter that was given", "#[attributes.queryParams.given]", nil,
			rules.Pass,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := request(v1)
			r.Headers = test.headers
			if strings.Contains(test.expression, "given") {
				r.Query = map[string]string{"given": r.Token.Compact()}
			}
			v := verdictOf(t, custom(test.expression), r)
			if got := v.Results[0].Outcome; v.Results[0].Check.ID != rules.TokenPresent ||
				got != test.want {
				t.Errorf("%s is %s, want %s", v.Results[0].Check.ID, got, test.want)
			}
		})
	}
}

// A body was published for a token that has expired, and none for one that lacks a time that the
// policy requires: that is documented with its status alone (MuleSoft documentation, JWT
// Validation).
func TestAMissingTimeHasNotTheAnswerOfAnExpiredToken(t *testing.T) {
	const both = `"signingMethod":"none","skipClientIdValidation":true,` +
		`"mandatoryExpClaim":true,"mandatoryNbfClaim":true`
	for _, version := range []string{"1.4.0", "0.12.0"} {
		for claims, by := range map[string]rules.ID{
			`"nbf":1778061000`: rules.Expiry, `"exp":1778064600`: rules.NotBefore,
		} {
			v := verdictOf(t, policyOf(jwtValidation, version, both), request(claims))
			want := decided{rules.Rejected, 401, by}
			if got := short(v); got != want || v.Body() != "" ||
				v.Answer.Evidence.Level != rules.Documented {
				t.Errorf("%s, %s: got %v, %+v", version, claims, got, v.Answer)
			}
		}
		v := verdictOf(t, policyOf(jwtValidation, version, both), request(`"exp":1,"nbf":1`))
		if v.Body() == "" || v.Answer.Evidence.Level != rules.Observed {
			t.Errorf("%s: an expired token has the answer %+v", version, v.Answer)
		}
	}
}
