package rules

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

const (
	tenantID = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	appID    = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"

	v1Issuer = "https://sts.windows.net/" + tenantID + "/"
	v2Issuer = "https://login.microsoftonline.com/" + tenantID + "/v2.0"

	externalIssuer = "https://" + tenantID + ".ciamlogin.com/" + tenantID + "/v2.0"
)

// alike gives the same outcome for every signature.
type alike SignatureResult

func (a alike) Verify(*inspect.Token, *Key) SignatureResult { return SignatureResult(a) }

// object reads JSON.
func object(t *testing.T, text string) *source.Value {
	t.Helper()
	file, err := source.ReadJSON("test.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file.Documents[0]
}

// memberOf is an input of the validation endpoint's answer, with a model that mirrors claims.
func memberOf(name string) Input {
	alive := Required(Claim("exp"), Predicate{Op: After, Input: Claim("exp")})
	mirrors := map[string]string{"client_id": "appid", "scope": "scp"}
	return Input{
		Source: FromIntrospection, Name: name,
		Model: &AnswerModel{Mirrors: mirrors, Alive: alive},
	}
}

func TestAResultSaysWhatWasWantedWhatWasFoundAndWhy(t *testing.T) {
	t.Parallel()
	oneOf := func(claim string, texts ...string) Predicate {
		return Predicate{Op: OneOf, Input: Claim(claim), Values: Literals(texts...)}
	}
	expiry := IfPresent(Claim("exp"), Predicate{
		Op: After, Input: Claim("exp"), Limit: 9999999999, Overflow: &Answer{Status: 500},
	})
	opaque := Input{Source: FromExpression, Opaque: &Opaque{
		Text:  "#[isEntitled]",
		Reads: []Input{Claim("roles"), Claim("dept"), {Source: FromClock}},
		Eval:  func(*Request) Reading { return Reading{Value: boolean("false")} },
	}}
	broken := Input{Source: FromExpression, Opaque: &Opaque{
		Text: "#[x]", Eval: func(*Request) Reading { return Reading{Fault: "null has no x"} },
	}}
	ownID := Input{Source: FromExpression, Opaque: &Opaque{
		Text:  "#[attributes.headers.id]",
		Reads: []Input{{Source: FromHTTP, Name: "id"}},
		Eval:  func(*Request) Reading { return Reading{} },
	}}
	const notJSON = "the payload is not JSON: this text needs double quotes (at character 1)"
	v1 := `"iss":"` + v1Issuer + `","ver":"1.0"`
	v2 := `"iss":"` + v2Issuer + `","ver":"2.0"`
	firstOfTwo := Either(
		Both(Found(Claim("azp")), oneOf("azp", "a")),
		Both(Negate(Found(Claim("azp"))), oneOf("aud", "a")),
	)
	tests := []struct {
		name                  string
		check                 Check
		claims                string
		want                  Outcome
		expected, actual, why string // why is a part of the sentence
	}{
		{
			"a check that holds names what it has read",
			Check{ID: Audience, Test: oneOf("aud", "x", "y")},
			`{"aud":"x"}`,
			Pass, "x or y", "x", "x",
		},
		{
			"a check that is switched off says why",
			Check{ID: Audience, Skip: "it is off"},
			`{}`,
			Skipped, "", "", "it is off",
		},
		{
			"a check that the configuration leaves open says why",
			Check{ID: Audience, Test: oneOf("aud", "x"), Unknown: &Unknown{Why: "a variable"}},
			`{}`,
			Unsure, "x", "", "a variable",
		},
		{
			"a token without exp never expires",
			Check{ID: Expiry, Test: expiry},
			`{}`,
			Pass, "exp", "none", "the token never expires: it has no exp",
		},
		{
			"a token that is good for an hour",
			Check{ID: Expiry, Test: expiry},
			`{"exp":1778072400}`,
			Pass, "exp in the future", "exp 2026-05-06T13:00:00Z", "in 60 min",
		},
		{
			"a token that has expired",
			Check{ID: Expiry, Test: expiry},
			`{"exp":1778065200}`,
			Fail, "exp in the future", "exp 2026-05-06T11:00:00Z",
			"the token expired 2026-05-06T11:00:00Z, 60 min ago",
		},
		{
			"an instant that is too large makes the gateway fail",
			Check{ID: Expiry, Test: expiry},
			`{"exp":99999999999}`,
			Fail, "exp in the future", "exp 5138-11-16T09:46:39Z",
			"a number so large that the gateway fails on it",
		},
		{
			"a token that is not valid yet",
			Check{ID: NotBefore, Test: Predicate{Op: NotAfter, Input: Claim("nbf")}},
			`{"nbf":1778072400}`,
			Fail, "nbf in the past", "nbf 2026-05-06T13:00:00Z",
			"the token is not valid before 2026-05-06T13:00:00Z",
		},
		{
			"no nbf, and none demanded",
			Check{ID: NotBefore, Test: IfPresent(
				Claim("nbf"), Predicate{Op: NotAfter, Input: Claim("nbf")},
			)},
			`{}`, Pass, "nbf", "none", "the token has no nbf",
		},
		{
			"a claim that is demanded and absent",
			Check{ID: CustomClaim, Test: Required(Claim("dept"), oneOf("dept", "x"))},
			`{}`,
			Fail, "dept", "none", "the token has no dept, and the policy requires one",
		},
		{
			"a claim with another value",
			Check{ID: CustomClaim, Test: oneOf("dept", "x")},
			`{"dept":"y"}`,
			Fail, "x", "y", "the claim dept is y, and the policy wants x",
		},
		{
			"a claim that the token does not have",
			Check{ID: CustomClaim, Test: oneOf("dept", "x")},
			`{}`,
			Fail, "x", "none", "the token has no dept, and the policy wants x",
		},
		{
			"an audience where the policy lists none",
			Check{ID: Audience, Test: oneOf("aud")},
			`{"aud":"y"}`,
			Fail, "nothing", "y", "the token is for y (aud), and the policy accepts no audience",
		},
		{
			"a v1.0 token where the policy has the issuer of v2.0",
			Check{ID: CustomClaim, Test: oneOf("iss", v2Issuer)},
			`{` + v1 + `}`,
			Fail, v2Issuer, v1Issuer,
			"Both name the same tenant: the token is v1.0, the policy has the issuer of v2.0",
		},
		{
			"a token of Entra External ID where the policy has an issuer of Entra ID",
			Check{ID: CustomClaim, Test: oneOf("iss", v2Issuer)},
			`{"iss":"` + externalIssuer + `"}`,
			Fail, v2Issuer, externalIssuer,
			"The token's issuer is one of Entra External ID, the policy's one of Entra ID",
		},
		{
			"the right issuer in another spelling",
			Check{ID: CustomClaim, Test: oneOf("iss", strings.TrimSuffix(v1Issuer, "/"))},
			`{` + v1 + `}`,
			Fail, strings.TrimSuffix(v1Issuer, "/"), v1Issuer, "in different spellings",
		},
		{
			"a role that nobody has assigned",
			Check{ID: CustomClaim, Test: oneOf("roles", "w")},
			`{}`,
			Fail, "w", "none", "no app role of this API is assigned to its client or user",
		},
		{
			"groups of a user who is in too many",
			Check{ID: CustomClaim, Test: oneOf("groups", "g")},
			`{` + v1 + `,"_claim_names":{"groups":"src1"}}`, Fail, "g", "none",
			"The user is in more groups than a token holds",
		},
		{
			"groups that must be there",
			Check{ID: CustomClaim, Test: Predicate{Op: Present, Input: Claim("groups")}},
			`{` + v1 + `,"hasgroups":true}`, Fail, "groups", "none",
			"The user is in more groups than a token holds",
		},
		{
			"a list that has the value, and is compared as a whole",
			Check{ID: CustomClaim, Test: Predicate{
				Op: Equals, Input: Claim("amr"), Values: Literals("mfa"),
			}},
			`{"amr":["pwd","mfa"]}`,
			Fail, "mfa", `["pwd","mfa"]`, "compares the list as a whole, not its items",
		},
		{
			"a text that has the word, and is compared as a whole",
			Check{ID: CustomClaim, Test: oneOf("dept", "sales")},
			`{"dept":"sales it"}`,
			Fail, "sales", `"sales it"`, "The gateway compares the text as a whole, not its words",
		},
		{
			"an address that no app-only token has",
			Check{ID: CustomClaim, Claim: "email", Test: oneOf("email", "a@b.example")},
			`{` + v1 + `,"idtyp":"app"}`,
			Fail, "a@b.example", "none",
			"This token is app-only: it is about no user, and has no email",
		},
		{
			"a personal account where a tenant's tokens are wanted",
			Check{ID: CustomClaim, Test: oneOf("iss", v2Issuer)},
			`{"iss":"` + strings.ReplaceAll(v2Issuer, tenantID, entra.Consumers) + `"}`,
			Fail, v2Issuer, strings.ReplaceAll(v2Issuer, tenantID, entra.Consumers),
			"The user signed in with a personal Microsoft account",
		},
		{
			"a token that may be a managed identity's",
			Check{ID: CustomClaim, Test: oneOf("roles", "w")},
			`{` + v1 + `,"idtyp":"app","appidacr":"2","iat":1778065200,"exp":1778151600}`,
			Fail, "w", "none", "It looks like a managed identity's token",
		},
		{
			"a role that a managed identity's token does not show yet",
			Check{ID: CustomClaim, Test: oneOf("roles", "w")},
			`{` + v1 + `,"iat":1778065200,"xms_mirid":"/subscriptions/s/resourcegroups/g/` +
				`providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"}`,
			Fail, "w", "none",
			"a role that was granted after 2026-05-06T11:00:00Z shows only in the next",
		},
		{
			"an expression says what it has read",
			Check{
				ID: CustomClaim, Test: Predicate{Op: True, Input: opaque},
			},
			`{"roles":["a"]}`,
			Fail, "true from #[isEntitled]", "false",
			`#[isEntitled] gives false for this token: roles is ["a"], it has no dept`,
		},
		{
			"an expression that has read a text that looks like a number",
			Check{ID: CustomClaim, Test: Predicate{Op: True, Input: opaque}},
			`{"dept":"1"}`,
			Fail, "true from #[isEntitled]", "false",
			`#[isEntitled] gives false for this token: it has no roles, dept is the text 1`,
		},
		{
			"an expression that the gateway fails on",
			Check{
				ID: CustomClaim, Test: Predicate{Op: True, Input: broken},
			},
			`{}`,
			Fail, "true from #[x]", "an error: null has no x",
			"the gateway runs into an error: null has no x",
		},
		{
			"the App ID URI where a v2.0 token has a GUID",
			Check{ID: Audience, Test: oneOf("aud", "api://orders")},
			`{` + v2 + `,"aud":"` + appID + `"}`,
			Fail, "api://orders", appID, "In a v2.0 token aud is always the API's application id",
		},
		{
			"a GUID where a v1.0 token has the App ID URI",
			Check{ID: Audience, Test: oneOf("aud", appID)},
			`{` + v1 + `,"aud":"api://orders"}`,
			Fail, appID, "api://orders", "in which the client asked for it, here the App ID URI",
		},
		{
			"a token for Microsoft Graph",
			Check{ID: Audience, Test: oneOf("aud", appID)},
			`{` + v1 + `,"aud":"https://graph.microsoft.com"}`,
			Fail, appID, "https://graph.microsoft.com",
			"It is a token for Microsoft Graph, not for",
		},
		{
			"an ID token",
			Check{ID: Audience, Test: oneOf("aud", "api://orders")},
			`{` + v2 + `,"aud":"` + appID + `","nonce":"n","sub":"s","name":"A"}`,
			Fail, "api://orders", appID, "This is an ID token, for the client itself",
		},
		{
			"a scope that an app-only token never has",
			Check{ID: Scopes, Test: Predicate{
				Op: HasAll, Input: Claim("scp"), Values: Literals("read", "write"),
			}},
			`{` + v1 + `,"idtyp":"app","appid":"` + appID + `"}`,
			Fail, "read and write", "none", "this token is app-only: Entra ID puts no scp into it",
		},
		{
			"a token without a scope",
			Check{ID: Scopes, Test: Predicate{
				Op: HasAny, Input: Claim("scp"), Values: Literals("read", "write"),
			}},
			`{}`,
			Fail, "read or write", "none", "the token has no scp",
		},
		{
			"a scope in the form that clients ask for",
			Check{ID: Scopes, Test: Predicate{
				Op: HasAll, Input: Claim("scp"), Values: Literals("api://x/.default"),
			}},
			`{"scp":"read"}`,
			Fail, "api://x/.default", "read",
			"A scope that ends in /.default is what a client asks",
		},
		{
			"a scope in its URI form",
			Check{ID: Scopes, Test: Predicate{
				Op: HasAll, Input: Claim("scp"), Values: Literals("api://x/read"),
			}},
			`{"scp":"read"}`,
			Fail, "api://x/read", "read", "writes the short value of a scope into scp",
		},
		{
			"another scope",
			Check{ID: Scopes, Test: Predicate{
				Op: HasAll, Input: Claim("scp"), Values: Literals("read"),
			}},
			`{"scp":"write"}`,
			Fail, "read", "write", "the policy wants read, and the token carries write",
		},
		{
			"a claim that must not be there",
			Check{ID: CustomClaim, Test: Negate(Found(Claim("azp")))},
			`{"azp":"one"}`,
			Fail, "no azp", "one", "the claim azp is one, and the policy wants no azp",
		},
		{
			"the first of two claims that is there, with another value",
			Check{ID: Audience, Test: firstOfTwo},
			`{"azp":"b","aud":"a"}`,
			Fail, "a", "b", "the token is for b (azp), and the policy accepts a only",
		},
		{
			"the second of two claims, where the first is not there",
			Check{ID: Audience, Test: firstOfTwo},
			`{"aud":"b"}`,
			Fail, "a", "b", "the token is for b (aud), and the policy accepts a only",
		},
		{
			"a client id in a claim that Entra ID never issues",
			Check{ID: ClientID, Test: Found(Claim("client_id"))},
			`{` + v2 + `,"azp":"` + appID + `"}`,
			Fail, "client_id", "none", "This v2.0 token has it in azp (" + appID + ")",
		},
		{
			"a client id that no claim has",
			Check{ID: ClientID, Test: Found(Claim("appid"))},
			`{}`,
			Fail, "appid", "none", "it is not there; the gateway reads null",
		},
		{
			"client credentials of the policy's own",
			Check{ID: ClientID, Test: Found(ownID)},
			`{}`,
			Fail, "#[attributes.headers.id]", "none",
			"requires its own client credentials and does not check the token",
		},
		{
			"a signature algorithm that the policy does not take",
			Check{ID: Algorithm, Test: Predicate{
				Op:     Equals,
				Input:  Input{Source: FromHeader, Name: "alg"},
				Values: Literals("ES256"),
			}},
			`{}`,
			Fail, "ES256", "RS256", "the token says that it is signed with RS256",
		},
		{
			"a header without an algorithm",
			Check{ID: Algorithm, Test: Predicate{
				Op:     Equals,
				Input:  Input{Source: FromHeader, Name: "enc"},
				Values: Literals("ES256"),
			}},
			`{}`,
			Fail, "ES256", "none", "the token's header names no algorithm",
		},
		{
			"an issuer",
			Check{ID: Issuer, Test: oneOf("iss", "a")},
			`{"iss":""}`,
			Fail, "a", `""`, `the claim iss is "", and the policy wants a`,
		},
		{
			"another condition",
			Check{ID: Conditional, Test: oneOf("iss", "a")},
			`{"iss":""}`,
			Fail, "a", `""`, `wanted a, found ""`,
		},
		{
			"a readable token",
			Check{ID: TokenFormat, Test: Predicate{Op: Readable}},
			`{}`,
			Pass, "a signed JWT in compact form", "a signed JWT", "a signed JWT that can be read",
		},
		{
			"a token that is no JWT",
			Check{ID: TokenFormat, Test: Predicate{Op: Readable}},
			`x`,
			Fail, "a signed JWT in compact form", notJSON, notJSON,
		},
		{
			"a modelled answer about a token that is good",
			Check{
				ID: Introspection, Test: Predicate{Op: Active, Input: memberOf("active")},
			},
			`{"exp":1778072400}`,
			Pass, "an active token", "exp 2026-05-06T13:00:00Z", "the token is active",
		},
		{
			"a modelled answer about a token that has expired",
			Check{
				ID: Introspection, Test: Predicate{Op: Active, Input: memberOf("active")},
			},
			`{"exp":1778065200}`,
			Fail, "an active token", "exp 2026-05-06T11:00:00Z",
			"so a validation endpoint calls it inactive",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v := Evaluate([]*Policy{{Root: AllOf(&test.check)}}, claims(test.claims))
			r := &v.Results[0]
			if r.Outcome != test.want || r.Expected() != test.expected ||
				r.Actual() != test.actual {
				t.Errorf("%s: wanted %q, found %q", r.Outcome, r.Expected(), r.Actual())
			}
			if !strings.Contains(r.Why(), test.why) {
				t.Errorf("because %s", r.Why())
			}
		})
	}
}

func TestAnUnsignedTokenIsCalledThat(t *testing.T) {
	t.Parallel()
	check := &Check{ID: Algorithm, Test: Predicate{
		Op: Equals, Input: Input{Source: FromHeader, Name: "alg"}, Values: Literals("RS256"),
	}}
	v := Evaluate([]*Policy{{Root: AllOf(check)}}, &Request{
		Token: inspect.Parse("eyJhbGciOiJub25lIn0.e30."), At: noon,
	})
	const want = "the token is not signed (alg is none), and the policy accepts RS256 only"
	if got := v.Results[0].Why(); got != want {
		t.Errorf("because %s", got)
	}
}

func TestOfManyAlgorithmsASentenceNamesSome(t *testing.T) {
	t.Parallel()
	check := &Check{ID: Algorithm, Test: Predicate{
		Op: OneOf, Input: Input{Source: FromHeader, Name: "alg"},
		Values: Literals("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
	}}
	v := Evaluate([]*Policy{{Root: AllOf(check)}}, &Request{
		Token: inspect.Parse("eyJhbGciOiJub25lIn0.e30."), At: noon,
	})
	r := &v.Results[0]
	const ends = "accepts only one of RS256, RS384, RS512, PS256, PS384 and 1 more"
	if !strings.HasSuffix(r.Why(), ends) {
		t.Errorf("because %s", r.Why())
	}
	if got := r.Expected(); got != "one of RS256, RS384, RS512, PS256, PS384, PS512" {
		t.Errorf("expected %s", got)
	}
}

func TestValuesThatAreWrittenAlikeAreWantedOnce(t *testing.T) {
	t.Parallel()
	number, null := &source.Value{Kind: source.Number, Text: "7"}, &source.Value{Kind: source.Null}
	check := &Check{ID: CustomClaim, Test: Predicate{
		Op: OneOf, Input: Claim("dept"), Values: append(Literals("", "7", "a"), number, null),
	}}
	r := Result{Check: check}
	if got := r.Expected(); got != `one of "", 7, a, null` {
		t.Errorf("expected %s", got)
	}
}

func TestASignatureSaysWhatDidNotMatch(t *testing.T) {
	t.Parallel()
	unknown := &Unknown{Why: "no key set was given"}
	check := &Check{ID: Signature, Test: Predicate{Op: Verifies, Key: &Key{URL: "https://k"}}}
	tests := []struct {
		name       string
		signatures Signatures
		want       Outcome
		expected   string
		why        string
	}{
		{
			"without keys nothing is known", nil, Unsure,
			"a signature that verifies with a key of https://k", "no key set was given",
		},
		{
			"keys that could not be fetched leave it open",
			alike{Unknown: unknown},
			Unsure,
			"a signature that verifies with a key of https://k", "no key set was given",
		},
		{
			"a signature that verifies",
			alike{Result: keys.Result{Outcome: keys.Pass, Why: "valid, signed with k"}},
			Pass,
			"a signature that verifies with a key of https://k", "valid, signed with k",
		},
		{
			"a signature that does not",
			alike{Result: keys.Result{Outcome: keys.Fail, Why: "it was changed"}},
			Fail,
			"a signature that verifies with a key of https://k", "it was changed",
		},
		{
			"a key that is not in the set may be an app's own",
			alike{Result: keys.Result{
				Outcome: keys.Fail, Reason: keys.KidUnknown, Why: "no such key",
				Expected: "one of a, b", Actual: "c",
			}},
			Fail, "one of a, b",
			"no such key: expected one of a, b, found c. An app with a signing key of its own",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			request := claims(`{"iss":"` + v2Issuer + `","ver":"2.0"}`)
			request.Signatures = test.signatures
			r := &Evaluate([]*Policy{{Root: AllOf(check)}}, request).Results[0]
			if r.Outcome != test.want || r.Expected() != test.expected {
				t.Errorf("%s: wanted %q", r.Outcome, r.Expected())
			}
			if !strings.Contains(r.Why(), test.why) {
				t.Errorf("because %s", r.Why())
			}
		})
	}
}

func TestWhatIsFoundIsWhatThePolicyLooksAt(t *testing.T) {
	t.Parallel()
	wanted := Predicate{Op: Equals, Input: Claim("scp"), Values: Literals("a")}
	check := &Check{ID: CustomClaim, Test: Either(wanted, Never())}
	r := &Evaluate([]*Policy{{Root: AllOf(check)}}, claims(`{"scp":"b"}`)).Results[0]
	if r.Expected() != "a" || r.Actual() != "b" || r.Outcome != Fail {
		t.Errorf("%s: wanted %q, found %q", r.Outcome, r.Expected(), r.Actual())
	}
}

func TestAKeyIsNamedByWhereItComesFrom(t *testing.T) {
	t.Parallel()
	for want, key := range map[string]*Key{
		"a signature that verifies":                                 nil,
		"a signature that verifies with a key of https://k":         {URL: "https://k"},
		"a signature that verifies with the policy's shared secret": {HMAC: true},
		"a signature that verifies with the policy's own key":       {Own: true},
	} {
		if got := (Predicate{Op: Verifies, Key: key}).words(1); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAClientWithoutAContractIsExplained(t *testing.T) {
	t.Parallel()
	client := &Check{ID: ClientID, Test: Found(Claim("azp")), Binds: "client"}
	contract := &Check{
		ID: Contract, OwnIDs: "an own id", Besides: "A group admits too",
		Test: Predicate{Op: Listed, Input: Input{Source: FromBound, Name: "client"}},
	}
	tests := []struct {
		name, claims string
		contracts    []string
		says         []string
	}{
		{
			"contracts whose ids Entra ID never issues", `{"azp":"` + appID + `"}`,
			[]string{"orders-web"},
			[]string{
				"client " + appID + " has no approved contract on this API instance",
				"None of the contracts has a client id in the form of Entra ID's, " +
					"a GUID: an own id",
				"A group admits too",
			},
		},
		{
			"a client of Microsoft's", `{"azp":"04b07795-8ddb-461a-bbee-02f9e1bf7b46"}`,
			[]string{appID},
			[]string{"It is Microsoft Azure CLI, a Microsoft application"},
		},
		{
			"a middle tier that acts for a user",
			`{"ver":"2.0","azp":"` + appID + `","azpacr":"1","scp":"read",` +
				`"iss":"` + v2Issuer + `"}`,
			[]string{tenantID},
			[]string{"the contract must be the middle tier's"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			request := claims(test.claims)
			request.Contracts = &Contracts{IDs: test.contracts}
			v := Evaluate([]*Policy{{Root: AllOf(client, contract)}}, request)
			for _, part := range test.says {
				if !strings.Contains(v.Why(), part) {
					t.Errorf("%q is not in %q", part, v.Why())
				}
			}
		})
	}
}

func TestACapturedAnswerCountsInPlaceOfTheModel(t *testing.T) {
	t.Parallel()
	active := &Check{
		ID: Introspection, Test: Predicate{Op: Active, Input: memberOf("active")},
		Evidence: Evidence{Inferred, "a model"}, Captured: Evidence{Documented, "RFC 7662"},
	}
	tests := []struct {
		name, claims, answer string // the answer is empty where none was captured
		want                 Outcome
		evidence             string
		why                  string
	}{
		{"an answer that says active", `{"exp":1}`, `{"active":true}`, Pass, "RFC 7662", "active"},
		{
			"an answer that says inactive", `{"exp":1778072400}`, `{"active":false}`, Fail,
			"RFC 7662", "says that the token is not active",
		},
		{"an answer without active", `{}`, `{"client_id":"a"}`, Pass, "RFC 7662", "active"},
		{
			"an answer with active twice", `{}`, `{"active":true,"active":false}`, Unsure,
			"RFC 7662", "active appears twice",
		},
		{
			"an active that is a text", `{}`, `{"active":"yes"}`, Unsure, "RFC 7662",
			"active is a string in the captured answer, not a boolean",
		},
		{
			"without an answer the model counts", `{"exp":1778072400}`, "", Pass, "a model",
			"active",
		},
		{
			"a model of a token that can't be read", "", "", Unsure, "a model",
			"the token can't be read, so the validation endpoint's answer can't be modelled on it",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			request := claims(test.claims)
			if test.answer != "" {
				request.Introspection = object(t, test.answer)
			}
			r := &Evaluate([]*Policy{{Root: AllOf(active)}}, request).Results[0]
			if r.Outcome != test.want || r.Evidence().Reference != test.evidence {
				t.Errorf("%s by %s", r.Outcome, r.Evidence().Reference)
			}
			if !strings.Contains(r.Why(), test.why) {
				t.Errorf("because %s", r.Why())
			}
		})
	}
}

func TestWithoutAModelOnlyACapturedAnswerHelps(t *testing.T) {
	t.Parallel()
	in := Input{Source: FromIntrospection, Name: "active"}
	check := &Check{ID: Introspection, Test: Predicate{Op: Active, Input: in}}
	v := Evaluate([]*Policy{{Root: AllOf(check)}}, claims(`{}`))
	if v.Outcome != Undetermined || v.Question().Input != source.NeedIntrospection {
		t.Errorf("%s, and it asks for %s", v.Outcome, v.Question().Input)
	}
}

func TestACapturedAnswerIsNotWhatAnotherPolicyReads(t *testing.T) {
	t.Parallel()
	expiry := func(in Input) Predicate {
		return IfPresent(in, Predicate{Op: After, Input: in})
	}
	scopes := func(in Input) Predicate {
		return Predicate{Op: HasAll, Input: in, Values: Literals("read")}
	}
	const answer = "the policy wants read, and the validation endpoint's answer carries none"
	tests := []struct {
		name  string
		check Check
		why   string
	}{
		{"scopes of the answer", Check{ID: Scopes, Test: scopes(memberOf("scope"))}, answer},
		{
			"scopes of the token",
			Check{ID: Scopes, Test: scopes(Claim("scp"))},
			"the policy wants read, and the token carries write",
		},
		{
			"the answer's time",
			Check{ID: Expiry, Test: expiry(memberOf("exp"))},
			"the captured answer gives no time that has passed",
		},
		{
			"the token's time",
			Check{ID: Expiry, Test: expiry(Claim("exp"))},
			"the token never expires: it has no exp, and the policy does not require one",
		},
		{
			"a client id from the token",
			Check{ID: ClientID, Test: Found(Claim("client_id"))},
			"the policy takes the client id from client_id, which Entra ID never issues",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			request := claims(`{"scp":"write"}`)
			request.Introspection = object(t, `{"active":true}`)
			r := &Evaluate([]*Policy{{Root: AllOf(&test.check)}}, request).Results[0]
			if why := r.Why(); !strings.HasPrefix(why, test.why) {
				t.Errorf("because %s", why)
			}
		})
	}
}
