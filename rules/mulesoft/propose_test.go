package mulesoft

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
)

// remedy is a proved change in short.
type remedy struct {
	id    string
	own   decided
	other rules.ID // the check that keeps the other token out; empty where none was given
}

// remedies proves what is proposed for a policy, as the command line does. What an edit has left
// is read again here as a whole, and must be what the change says.
func remedies(t *testing.T, name, policy string, own, other *rules.Request) []repair.Remedy {
	t.Helper()
	bench := repair.Bench{Adapter: Adapter()}
	sides := &repair.Sides{Own: own, Other: other, OneClient: true}
	proved, _ := bench.Remedies(
		bench.Compiled(configurationOf(t, name, policy, rules.Options{})), sides,
	)
	for _, r := range proved {
		again := sides.On(
			compiled(t, name, string(r.Edited.Files[0].Text), rules.Options{}).Policies,
		)
		if short(again.Own) != short(r.After) {
			t.Errorf("%s: %v, and read as a whole %v", r.ID, short(r.After), short(again.Own))
		}
	}
	return proved
}

func inShort(proved []repair.Remedy) []remedy {
	var all []remedy
	for _, r := range proved {
		s := remedy{id: r.ID, own: short(r.After)}
		if r.Other != nil {
			s.other = r.Other.Decided.Check.ID
		}
		all = append(all, s)
	}
	return all
}

func contracted(claims string) *rules.Request {
	r := request(claims)
	r.Contracts = &rules.Contracts{IDs: []string{client}}
	return r
}

func TestRemedies(t *testing.T) {
	const (
		uat     = v1 + `,"aud":"api://orders-uat"`
		uatUser = uat + `,"scp":"UAT.Access"`
		uatApp  = uat + `,"roles":["UAT.Role"]`
		dev     = v1 + `,"aud":"api://orders-dev","scp":"DEV.Access"`
		guid    = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"
		another = "11111111-2222-4333-8444-555555555555"
	)
	in := decided{rules.Accepted, 200, ""}
	otherClient := request(strings.ReplaceAll(uat, client, another))
	const anyRole = `{"key":"roles","value":"#[vars.claimSet.roles contains 'UAT.Role']"}`
	v2Token := func(id string) *rules.Request {
		return request(strings.ReplaceAll(v2+`,"aud":"`+guid+`"`, client, id))
	}
	solutionA := base + `,"clientIdExpression":"#[vars.claimSet.appid]","validateAudClaim":true,` +
		`"mandatoryAudClaim":true,"supportedAudiences":"api://orders-uat"`
	jwt := func(config string) string { return policyOf(jwtValidation, "1.4.0", config) }
	oidc := func(config string) string { return policyOf(openIDConnect, "1.3.0", config) }
	keysOf := func(tenant string) string {
		url := "https://login.microsoftonline.com/" + tenant + "/discovery/keys"
		return strings.Replace(base, "https://keys.example/keys", url, 1)
	}
	checkedFor := func(issuer, audience, more string) string {
		return keysOf(tenant) + skip + `,"validateAudClaim":true,"mandatoryAudClaim":true,` +
			`"supportedAudiences":"` + audience + `","validateCustomClaim":true,` +
			`"mandatoryCustomClaims":[{"key":"iss","value":"` + issuer + `"}` + more + `]`
	}
	checked := func(more string) string {
		return checkedFor("https://sts.windows.net/"+tenant+"/", "api://orders-uat", more)
	}
	unverified := func(config string) string {
		return jwt(strings.Replace(config, `"rsa"`, `"none"`, 1))
	}
	tests := []struct {
		name       string
		policy     string
		own, other *rules.Request
		want       []remedy
	}{
		{
			"a missing client id is repaired by JWT Validation, or by a scope instead",
			oidc(`"skipClientIdValidation":false`), contracted(uatUser), request(dev),
			[]remedy{
				{"use-jwt-validation", in, rules.Audience}, {"require-scope", in, rules.Scopes},
			},
		},
		{
			"an app-only token can't have a scope, but a role",
			oidc(`"skipClientIdValidation":true`), request(uatApp), request(dev),
			[]remedy{
				{"use-jwt-validation", in, rules.Audience},
				{"use-jwt-validation-with-role", in, rules.Audience},
			},
		},
		{
			"without a contract for the client no repair helps but a scope",
			oidc(`"skipClientIdValidation":false`),
			&rules.Request{
				Token: token(uatUser, "RS256"), At: at, Signatures: request("").Signatures,
				Contracts: &rules.Contracts{},
			}, nil,
			[]remedy{{"require-scope", in, ""}},
		},
		{
			"a client id expression that reads the other version's claim is mapped",
			jwt(base + `,"clientIdExpression":"#[vars.claimSet.appid]"`),
			contracted(v2 + `,"aud":"` + guid + `"`), nil,
			[]remedy{{"map-client-id", in, ""}},
		},
		{
			"solution A on a v2.0 token: audience and client id in one change",
			jwt(solutionA),
			contracted(v2 + `,"aud":"` + guid + `"`), nil,
			[]remedy{{"set-audience+map-client-id", in, ""}},
		},
		{
			"a token of another API is rightly rejected: nothing is offered",
			jwt(solutionA),
			contracted(dev), nil, nil,
		},
		{
			"an expired token is not repaired by a policy",
			oidc(``),
			contracted(`"aud":"x","exp":1778050000`), nil, nil,
		},
		{
			"the policy's own audience is switched on, not the token's put in its place",
			jwt(base + skip + `,"supportedAudiences":"api://orders-uat"`), request(uat),
			request(dev),
			[]remedy{{"check-audience", in, rules.Audience}},
		},
		{
			"a token for another audience than the policy's own is no reason to change it",
			jwt(
				keysOf(tenant) + skip + `,"supportedAudiences":"api://orders-uat"` + custom(
					"iss", "https://sts.windows.net/"+tenant+"/",
				),
			),
			request(v1 + `,"aud":"api://orders-dev"`), nil, nil,
		},
		{
			"the issuer of another tenant than the key set's is not pinned",
			jwt(keysOf(another) + skip + `,"validateAudClaim":true,"mandatoryAudClaim":true,` +
				`"supportedAudiences":"api://orders-uat"`), request(uat), nil, nil,
		},
		{
			"a user's token without the policy's scope is rightly rejected",
			oidc(`"skipClientIdValidation":true,"scopes":"UAT.Access"`),
			request(dev), nil, nil,
		},
		{
			"JWT Validation in the place of a policy with scopes asks for them too",
			oidc(`"skipClientIdValidation":true,"scopes":"UAT.Access"`),
			request(uatUser), request(uat),
			[]remedy{{"use-jwt-validation", in, rules.CustomClaim}},
		},
		{
			"where the file does not show the scopes, nothing takes the policy's place",
			oidc(`"skipClientIdValidation":false,"scopes":["UAT.Access"]`),
			contracted(uatUser), nil, nil,
		},
		{
			"nor where only a deployment knows them",
			oidc(`"skipClientIdValidation":true,"scopes":"${scopes}"`), request(uatUser), nil, nil,
		},
		{
			"one of several scopes is enough in lower case too",
			oidc(`"skipClientIdValidation":true,"scopes":"UAT.Access Another",` +
				`"scopeValidationCriteria":"or"`),
			request(uatUser), request(uat),
			[]remedy{{"use-jwt-validation", in, rules.CustomClaim}},
		},
		{
			"a token without scopes is no reason to drop them",
			oidc(`"skipClientIdValidation":true,"scopes":"UAT.Access"`),
			request(uat), nil, nil,
		},
		{
			"a disabled policy is not repaired",
			`{"disabled":true,"assetId":"jwt-validation","assetVersion":"1.4.0",` +
				`"configurationData":{` + base + skip + `}}`,
			request(uatApp), nil, nil,
		},
		{
			"a policy that checks only the signature is narrowed",
			jwt(base + skip), request(uatUser), request(dev),
			[]remedy{
				{"check-audience", in, rules.Audience}, {"require-scope", in, rules.CustomClaim},
			},
		},
		{
			"pinning the issuer keeps another tenant out",
			jwt(base + skip), request(uat),
			request(strings.ReplaceAll(uat, tenant, another)),
			[]remedy{{"pin-issuer", in, rules.CustomClaim}},
		},
		{
			"a client id narrows a policy that checks the audience and the issuer",
			jwt(checked("")), request(uat), otherClient,
			[]remedy{{"require-client", in, rules.CustomClaim}},
		},
		{
			"a signature that is not verified is, with the keys that the policy has",
			unverified(checked(`,` + anyRole)), request(uatApp), nil,
			[]remedy{{"verify-signature", in, ""}},
		},
		{
			"keys that the policy does not show are not taken from the token",
			unverified(strings.Replace(base, "jwksUrl", "unused", 1) + skip +
				`,"validateAudClaim":true,"mandatoryAudClaim":true,` +
				`"supportedAudiences":"api://orders-uat","validateCustomClaim":true,` +
				`"mandatoryCustomClaims":[` + anyRole + `]`),
			request(uatApp), nil,
			[]remedy{{"pin-issuer", in, ""}},
		},
		{
			"in azp of a v2.0 token",
			jwt(checkedFor("https://login.microsoftonline.com/"+tenant+"/v2.0", guid, "")),
			v2Token(client), v2Token(another),
			[]remedy{{"require-client", in, rules.CustomClaim}},
		},
		{
			"so it does where the audience alone is checked",
			jwt(keysOf(tenant) + skip + `,"validateAudClaim":true,"mandatoryAudClaim":true,` +
				`"supportedAudiences":"api://orders-uat"`), request(uat), otherClient,
			[]remedy{{"require-client", in, rules.CustomClaim}},
		},
		{
			"a role narrows it too, and one that need not be there counts as none",
			jwt(checked("") + `,"nonMandatoryCustomClaims":[` + anyRole + `]`),
			request(uatApp), otherClient,
			[]remedy{
				{"require-client", in, rules.CustomClaim}, {"require-role", in, rules.CustomClaim},
			},
		},
		{
			"where a role is checked, no client id is asked for",
			jwt(checked(`,` + anyRole)),
			request(uatApp), nil, nil,
		},
		{
			"nor where one is",
			jwt(checked(`,{"key":"appid","value":"` + client + `"}`)), request(uat), nil, nil,
		},
		{
			"an issuer that is looked at and not pinned is pinned",
			jwt(base + skip + claims(`iss`, `#[vars.claimSet.iss contains 'sts.windows.net']`)),
			request(uat), request(strings.ReplaceAll(uat, tenant, another)),
			[]remedy{{"pin-issuer", in, rules.CustomClaim}},
		},
		{
			"an issuer that an expression pins is pinned",
			jwt(base + skip + claims(`iss`, `#[vars.claimSet.iss contains '`+tenant+`']`)),
			request(uat), nil,
			[]remedy{{"check-audience", in, ""}, {"require-client", in, ""}},
		},
		{
			"a tenant pins the issuer, whatever else is looked at",
			jwt(base + skip + claims(`iss`, `#[true]`, `tid`, tenant)),
			request(uat), nil,
			[]remedy{{"check-audience", in, ""}, {"require-client", in, ""}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := inShort(remedies(t, "policy.json", test.policy, test.own, test.other))
			diff := cmp.Diff(test.want, got, cmp.AllowUnexported(remedy{}, decided{}))
			if diff != "" {
				t.Errorf("remedies (-want +got):\n%s", diff)
			}
		})
	}
}

func TestARemedyChangesNothingElseInTheFile(t *testing.T) {
	const policy = `# orders, UAT
apiVersion: gateway.mulesoft.com/v1alpha1
kind: PolicyBinding
spec:
  targetRef: {kind: ApiInstance, name: orders}
  policyRef:
    name: jwt-validation-flex
  config:
    signingMethod: rsa   # as Entra signs
    jwtKeyOrigin: jwks
    jwksUrl: https://keys.example/keys
    skipClientIdValidation: true
`
	proved := remedies(t, "flex.yaml", policy, request(v1+`,"aud":"api://orders-uat"`), nil)
	for _, r := range proved {
		if r.ID != "check-audience" {
			continue
		}
		want := policy + "    validateAudClaim: true\n    mandatoryAudClaim: true\n    " +
			"supportedAudiences: api://orders-uat\n"
		if diff := cmp.Diff(want, string(r.Edited.Files[0].Text)); diff != "" {
			t.Errorf("the edited file (-want +got):\n%s", diff)
		}
		return
	}
	t.Errorf("no check-audience among %v", inShort(proved))
}

func TestWhatIsNotOfferedSaysWhy(t *testing.T) {
	tests := []struct{ name, policy, claims, want string }{
		{
			"the audience",
			policyOf(jwtValidation, "1.4.0", base+skip+`,"supportedAudiences":"api://orders-uat"`),
			v1 + `,"aud":"api://orders-dev"`, "would then be rejected",
		},
		{
			"a scope for an app-only token", policyOf(openIDConnect, "1.3.0", ``),
			v1 + `,"aud":"api://orders-uat","oid":"a","sub":"a"`, "app-only",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := configurationOf(t, "policy.json", test.policy, rules.Options{})
			verdict := rules.Evaluate(compile(answerOf, c).Policies, request(test.claims))
			proposed := propose(c, rules.Goal{Verdict: &verdict})
			for _, p := range proposed {
				if strings.Contains(p.Refused, test.want) {
					return
				}
			}
			t.Errorf("no change is refused with %q: %v", test.want, proposed)
		})
	}
}

// A claim of Terraform is a block, and not an item of a list. A merge of YAML may reach any
// member.
func TestAChangeThatCannotBeWrittenIsRefusedAndEndsNothing(t *testing.T) {
	for name, policy := range map[string]string{
		"a block.tf": `resource "anypoint_apim_policy_jwt_validation" "orders" {
  configuration_data {
    signing_method = "rsa"
    jwt_key_origin = "jwks"
    jwks_url = "https://keys.example/keys"
    skip_client_id_validation = true
    validate_custom_claim = true
    mandatory_custom_claims {
      key = "iss"
      value = "https://login.microsoftonline.com/5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/v2.0"
    }
  }
}
`,
		"a merge of lists.yaml": `apiVersion: gateway.mulesoft.com/v1alpha1
kind: PolicyBinding
spec:
  targetRef: {kind: ApiInstance, name: orders}
  policyRef: {name: jwt-validation-flex}
  config:
    <<: [{validateAudClaim: true}]
    jwtKeyOrigin: jwks
    jwksUrl: https://keys.example/keys
    skipClientIdValidation: true
    supportedAudiences: api://x
`,
	} {
		v1Token := request(
			`"iss":"https://sts.windows.net/5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11/",` +
				`"ver":"1.0","aud":"api://x","appid":"` + client + `","exp":1778065200`,
		)
		bench := repair.Bench{Adapter: Adapter()}
		configuration := configurationOf(t, name, policy, rules.Options{Variant: Mule})
		_, refused := bench.Remedies(
			bench.Compiled(configuration), &repair.Sides{Own: v1Token},
		)
		if !slices.ContainsFunc(refused, func(change rules.Change) bool {
			return strings.HasSuffix(change.ID, "-issuer") &&
				strings.HasPrefix(change.Refused, "line ")
		}) {
			t.Errorf("%s: no change of the issuer is refused: %+v", name, refused)
		}
	}
}

// claims are mandatory custom claims, names and values in turn, as a part of a configuration.
func claims(pairs ...string) string {
	var all []string
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, `{"key":"`+pairs[i]+`","value":"`+pairs[i+1]+`"}`)
	}
	return `,"validateCustomClaim":true,"mandatoryCustomClaims":[` + strings.Join(all, ",") + `]`
}

// Each change has the whole file once more, and a file may have a thousand policies.
func TestNoMorePoliciesAreNarrowedThanIsAsked(t *testing.T) {
	t.Parallel()
	one := policyOf(jwtValidation, "1.4.0", base+skip)
	bench := repair.Bench{Adapter: Adapter()}
	read := configurationOf(t, "p.json",
		"["+strings.TrimSuffix(strings.Repeat(one+",", 5), ",")+"]", rules.Options{})
	own := request(v1 + `,"aud":"api://orders-uat"`)
	for most, want := range map[int]string{
		0: "", 2: "a change of one of 3 more policies", 4: "a change of one more policy", 5: "",
	} {
		sides := &repair.Sides{Own: own, Most: most, Shown: true}
		proved, refused := bench.Remedies(bench.Compiled(read), sides)
		changed := map[*rules.Policy]bool{}
		for _, r := range proved {
			changed[r.Policy] = true
			if r.Draft != nil || r.Edited != nil || r.After.Results != nil {
				t.Errorf("%s keeps what is not shown", r.ID)
			}
		}
		if n := len(changed); most > 0 && n != most || most == 0 && n != 5 {
			t.Errorf("of %d policies, want %d", n, most)
		}
		title := ""
		for _, r := range refused {
			title = r.Title
		}
		if title != want {
			t.Errorf("most %d: %q, want %q", most, title, want)
		}
	}
	proved, _ := bench.Remedies(bench.Compiled(read), &repair.Sides{
		Own: own, Wanted: func(string) bool { return false },
	})
	if len(proved) > 0 {
		t.Errorf("%s was not asked for", proved[0].ID)
	}
}

func TestAScopeIsAskedForBesideThePolicysOwn(t *testing.T) {
	for _, test := range []struct{ scopes, criteria, want string }{
		{"", "AND", "uat"},
		{"uat", "OR", "uat"},
		{"openid", "AND", "openid uat"},
		{"openid uat", "AND", "openid uat"},
		{"openid uat", "OR", "uat"},
		{"openid", "OR", "openid uat"},
		{"openid profile", "or", ""},
	} {
		policy := policyOf(openIDConnect, "1.6.0", `"scopes":"`+test.scopes+
			`","scopeValidationCriteria":"`+test.criteria+`"`)
		p := proposer{entry: entriesOf(configurationOf(t, "p.json", policy, rules.Options{}))[0]}
		if got := p.scopesWith("uat"); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}
