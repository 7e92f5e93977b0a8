package issued

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/estates"
)

func asks(id rules.ID, p rules.Predicate) *rules.Check {
	return &rules.Check{ID: id, Test: p, Answer: rules.Answer{Status: 401}}
}

func equals(claim, text string) rules.Predicate {
	return rules.Predicate{
		Op: rules.Equals, Input: rules.Claim(claim), Values: rules.Literals(text),
	}
}

func contains(claim, text string) rules.Predicate {
	return rules.Predicate{
		Op: rules.Contains, Input: rules.Claim(claim), Values: rules.Literals(text),
	}
}

func policyOf(checks ...*rules.Check) []*rules.Policy {
	return []*rules.Policy{{Root: rules.AllOf(checks...)}}
}

// furthestIn is how far a holder gets past policies in the world that is made up from them.
func furthestIn(
	policies []*rules.Policy, app *entra.Registration, holder func(*Holders) Tokens,
) rules.Decision {
	h := Assume(policies, app)
	return furthestAmong(h.View(policies), holder(h))
}

func TestWhoGetsInInAWorldThatIsMadeUpFromPolicies(t *testing.T) {
	t.Parallel()
	const issuer = "https://sts.windows.net/" + tenantID + "/"
	id := &rules.Check{ID: rules.ClientID, Test: rules.Has(rules.Claim("appid")), Binds: "client"}
	contract := &rules.Check{
		ID: rules.Contract, Test: rules.Predicate{
			Op: rules.Listed, Input: rules.Input{Source: rules.FromBound, Name: "client"},
		},
	}
	constant := &rules.Check{
		ID:    rules.ClientID,
		Binds: "client",
		Test: rules.Found(rules.Input{Source: rules.FromExpression, Opaque: &rules.Opaque{
			Text: "#['" + webUAT + "']", Eval: func(*rules.Request) rules.Reading {
				return rules.Reading{Value: source.NewString(webUAT)}
			},
		}}),
	}
	audience, pinned := asks(
		rules.Audience, equals("aud", "api://orders"),
	), asks(rules.CustomClaim, equals("iss", issuer))
	tests := []struct {
		name                                         string
		checks                                       []*rules.Check
		own, ownElsewhere, strangers, theirs, others rules.Decision
	}{
		{
			"nothing is asked", nil, rules.Accepted, rules.Accepted, rules.Accepted,
			rules.Accepted, rules.Accepted,
		},
		{
			"the audience, a free name",
			[]*rules.Check{audience},
			rules.Accepted, rules.Rejected,
			rules.Accepted, rules.Rejected, rules.Accepted,
		},
		{
			"and the issuer",
			[]*rules.Check{audience, pinned},
			rules.Accepted, rules.Rejected,
			rules.Accepted, rules.Rejected, rules.Rejected,
		},
		{"a client", []*rules.Check{
			asks(rules.CustomClaim, equals("appid", webUAT)),
		}, rules.Accepted, rules.Accepted, rules.Rejected, rules.Rejected, rules.Rejected},
		{
			"a contract",
			[]*rules.Check{id, contract},
			rules.Accepted, rules.Accepted,
			rules.Rejected, rules.Rejected, rules.Rejected,
		},
		{
			"a contract for whoever calls",
			[]*rules.Check{constant, contract},
			rules.Accepted,
			rules.Accepted, rules.Accepted, rules.Accepted, rules.Accepted,
		},
		{"a scope", []*rules.Check{
			asks(
				rules.Scopes, rules.Predicate{
					Op: rules.HasAll, Input: rules.Claim("scp"),
					Values: rules.Literals("UAT.Access"),
				},
			),
		}, rules.Accepted, rules.Accepted, rules.Rejected, rules.Accepted, rules.Accepted},
		{"a role", []*rules.Check{
			asks(rules.CustomClaim, contains("roles", "UAT.Call")),
		}, rules.Accepted, rules.Accepted, rules.Rejected, rules.Accepted, rules.Accepted},
		{"a custom claim", []*rules.Check{
			asks(rules.CustomClaim, equals("env", "uat")),
		}, rules.Accepted, rules.Accepted, rules.Undetermined, rules.Undetermined, rules.Accepted},
		{"an object id", []*rules.Check{
			asks(rules.CustomClaim, equals("oid", webUAT)),
		}, rules.Accepted, rules.Accepted, rules.Undetermined, rules.Undetermined, rules.Rejected},
		{"that there is one", []*rules.Check{
			asks(rules.CustomClaim, rules.Found(rules.Claim("oid"))),
		}, rules.Accepted, rules.Accepted, rules.Accepted, rules.Accepted, rules.Accepted},
		{"the type", []*rules.Check{
			asks(rules.CustomClaim, equals("idtyp", "app")),
		}, rules.Accepted, rules.Accepted, rules.Accepted, rules.Accepted, rules.Accepted},
		{"a claim that Entra never writes", []*rules.Check{
			asks(rules.CustomClaim, equals("client_id", webUAT)),
		}, rules.Rejected, rules.Rejected, rules.Rejected, rules.Rejected, rules.Rejected},
		{"a client of v2.0 and an audience of v1.0", []*rules.Check{
			audience, asks(rules.CustomClaim, rules.Has(rules.Claim("azp"))),
		}, rules.Rejected, rules.Rejected, rules.Rejected, rules.Rejected, rules.Rejected},
		{"an issuer of nobody at Entra", []*rules.Check{
			asks(rules.CustomClaim, equals("iss", "https://contoso.okta.example/")),
		}, rules.Accepted, rules.Accepted, rules.Accepted, rules.Accepted, rules.Rejected},
		{"an issuer that Entra never writes", []*rules.Check{
			asks(rules.CustomClaim, equals("iss", "https://sts.windows.net/common/")),
		}, rules.Rejected, rules.Rejected, rules.Rejected, rules.Rejected, rules.Rejected},
		{"a part of the tenant", []*rules.Check{
			asks(rules.CustomClaim, contains("tid", tenantID[:8])),
		}, rules.Accepted, rules.Accepted, rules.Accepted, rules.Accepted, rules.Undetermined},
	}
	for _, test := range tests {
		policies := policyOf(test.checks...)
		for _, row := range []struct {
			name   string
			want   rules.Decision
			holder func(*Holders) Tokens
		}{
			{"own", test.own, func(h *Holders) Tokens { return h.Own() }},
			{"own elsewhere", test.ownElsewhere, func(h *Holders) Tokens {
				return h.OwnElsewhere(false)
			}},
			{"strangers", test.strangers, func(h *Holders) Tokens { return h.Strangers() }},
			{"strangers elsewhere", test.theirs, func(h *Holders) Tokens {
				return h.StrangersElsewhere(false, true)
			}},
			{"other tenants", test.others, func(h *Holders) Tokens { return h.OtherTenants() }},
			{"forgers", rules.Accepted, forgers},
		} {
			if got := furthestIn(policies, nil, row.holder); got != row.want {
				t.Errorf("%s: %s: %s, want %s", test.name, row.name, got, row.want)
			}
		}
	}
}

// forgers is what whoever writes their own token can write.
func forgers(h *Holders) Tokens {
	t := h.forgery()
	t.client = strangerID
	return func(yield func(*Token) bool) { yield(t) }
}

func TestAForgersTokenGetsInWhereNoSignatureIsChecked(t *testing.T) {
	t.Parallel()
	verifies := asks(
		rules.Signature, rules.Predicate{
			Op: rules.Verifies, Key: &rules.Key{
				URL: "https://login.microsoftonline.com/common/discovery/keys",
			},
		},
	)
	client := asks(rules.CustomClaim, equals("appid", webUAT))
	if got := furthestIn(policyOf(verifies, client), nil, forgers); got != rules.Rejected {
		t.Errorf("with a signature: %s", got)
	}
	off := *verifies
	off.Skip = "off"
	if got := furthestIn(policyOf(&off, client), nil, forgers); got != rules.Accepted {
		t.Errorf("without: %s", got)
	}
	w := worldOf(t, parts{UAT: app(apiUAT, ""), UATClients: app(webUAT, "")})
	for policies, want := range map[*rules.Check]bool{verifies: false, &off: true} {
		w.Places[1].Policies = policyOf(policies)
		if got := slices.ContainsFunc(
			w.Kinds(), func(k *Kind) bool { return k.Holder == Forger },
		); got != want {
			t.Errorf("there is a forger: %v, want %v", got, want)
		}
	}
}

func TestAClientThatNoFileShowsHasRowsOfItsOwn(t *testing.T) {
	t.Parallel()
	w := worldOf(t, parts{UAT: app(apiUAT, ""), UATClients: app(webUAT, "")})
	w.Places[1].Contracts = &rules.Contracts{
		IDs: []string{webUAT, webDev, "no-application-id", strings.ToUpper(apiDev)},
	}
	if got := w.valuesOf(
		"unknown-client/for-uat-app", "appid",
	); !slices.Equal(got, []string{webDev}) {
		t.Errorf("by a contract: %q", got)
	}
	w.Places[1].Contracts, w.Places[1].Policies = nil, policyOf(
		asks(rules.CustomClaim, equals("appid", apiDev)),
	)
	if got := w.valuesOf(
		"unknown-client/for-uat-app", "appid",
	); !slices.Equal(got, []string{apiDev}) {
		t.Errorf("by a policy: %q", got)
	}
	for _, k := range w.Kinds() {
		k.Each(func(i Issued) {
			if (k.Holder == UnknownClient || i.Unlikely()) != (i.Token().Doubt() != "") {
				t.Errorf("%s: %q", k.Name, i.Token().Doubt())
			}
		})
	}
	w.Places[1].Clients = nil
	if got := w.valuesOf("unknown-client/for-uat-app", "appid"); got != nil {
		t.Errorf("where no clients are given: %q", got)
	}
}

func TestAPartOfTheAudienceIsFoundInOthers(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		test rules.Predicate
		want rules.Decision
	}{
		"a part":  {contains("aud", "orders"), rules.Accepted},
		"a whole": {equals("aud", "api://orders"), rules.Rejected},
		"one of many": {rules.Predicate{
			Op: rules.OneOf, Input: rules.Claim("aud"), Values: rules.Literals(
				"api://orders", apiUAT,
			),
		}, rules.Rejected},
	} {
		policies := policyOf(asks(rules.Audience, row.test))
		h := Assume(policies, nil)
		if got := furthestAmong(h.View(policies), h.OwnElsewhere(true)); got != row.want ||
			h.FindsParts() != (row.want == rules.Accepted) {
			t.Errorf("%s: %s, and it finds parts: %v", name, got, h.FindsParts())
		}
	}
}

func TestTheAppRegistrationSaysWhatTheAPIHas(t *testing.T) {
	t.Parallel()
	api := estates.Directory(
		t, app(apiUAT, estates.Scopes+`,"optionalClaims":{"accessToken":[{"name":"idtyp"}]}`),
	).Apps[0]
	for name, row := range map[string]struct {
		test rules.Predicate
		want rules.Decision
	}{
		"its scope": {rules.Predicate{
			Op: rules.HasAny, Input: rules.Claim("scp"), Values: rules.Literals("UAT.Access"),
		}, rules.Accepted},
		"one that only admins consent to": {rules.Predicate{
			Op: rules.HasAny, Input: rules.Claim("scp"), Values: rules.Literals("UAT.Admin"),
		}, rules.Rejected},
		"its version":   {equals("ver", "2.0"), rules.Rejected},
		"its claims":    {equals("idtyp", "app"), rules.Accepted},
		"and no others": {rules.Has(rules.Claim("acct")), rules.Rejected},
	} {
		if got := furthestIn(
			policyOf(asks(rules.CustomClaim, row.test)), api, (*Holders).Strangers,
		); got != row.want {
			t.Errorf("%s: %s, want %s", name, got, row.want)
		}
	}
	if h := (&World{Places: []Place{{Name: "x"}}}).HoldersAt("x"); h != nil {
		t.Error("there are holders where no API is given")
	}
}

// TestManyChecksAreLookedAtOneByOne holds that neither the claims of one policy nor its checks
// multiply.
func TestManyChecksAreLookedAtOneByOne(t *testing.T) {
	t.Parallel()
	var checks []*rules.Check
	for i := range 400 {
		checks = append(
			checks, asks(rules.CustomClaim, equals(fmt.Sprint("c", i), fmt.Sprint("v", i))),
		)
	}
	if got := furthestIn(
		policyOf(checks...), nil, func(h *Holders) Tokens { return h.Own() },
	); got != rules.Accepted {
		t.Errorf("400 claims that each must hold something: %s", got)
	}
	for i := range 400 {
		checks = append(checks, asks(rules.CustomClaim, equals("shared", fmt.Sprint("v", i))))
	}
	if got := furthestIn(
		policyOf(checks...), nil, func(h *Holders) Tokens { return h.Own() },
	); got == rules.Accepted {
		t.Errorf("one claim that must hold 400 things: %s", got)
	}
}

func TestTokensThatLookTheSameAreSeenOnce(t *testing.T) {
	t.Parallel()
	policies := policyOf(asks(rules.Audience, equals("aud", "api://orders")))
	h := Assume(policies, nil)
	v, n, all := h.View(policies), 0, map[string]bool{}
	for token := range h.StrangersElsewhere(false, false) {
		if n++; !v.Seen(all, token) {
			continue
		}
	}
	if n < 4 || len(all) >= n {
		t.Errorf("%d of %d tokens look different", len(all), n)
	}
}

func TestAnAPIsOwnTokensAreSettledAndChosen(t *testing.T) {
	t.Parallel()
	h := Assume(
		policyOf(
			asks(
				rules.CustomClaim, contains("roles", "UAT.Call"),
			), asks(rules.Audience, equals("aud", "api://orders")),
		), nil,
	)
	for token := range h.Own(entra.V1) {
		settled := token.Settled()
		if aud, _ := settled.Claim("aud").Str(); aud == "" || token.Version() != entra.V1 ||
			token.User() && settled.Claim("scp") == nil {
			t.Errorf("%s", settled.Claims().JSON())
		}
		chosen := token.Chose("scp", source.NewString("x")).Chose("roles", nil)
		if scp, _ := chosen.Claim("scp").Str(); scp != "x" || chosen.Claim("roles") != nil ||
			token.client != assumedClient {
			t.Errorf("%s", chosen.Claims().JSON())
		}
	}
}

func TestWhatAHolderCanHaveAsAnyPolicyWantsIt(t *testing.T) {
	t.Parallel()
	tests := []struct {
		freedom freedom
		claim   string
		want    bool
	}{
		{ofClient, "iss", true},
		{ofClient, "roles", false},
		{asWanted, "roles", true},
		{asWanted, "aud", false},
		{ofOtherTenant, "roles", true},
		{ofOtherTenant, "iss", false},
		{everything, "aud", true},
	}
	for _, test := range tests {
		token := Token{freedom: test.freedom}
		if got := token.CanBeAsWanted(test.claim); got != test.want {
			t.Errorf("%d, %s: %v", test.freedom, test.claim, got)
		}
	}
	token := Token{in: newSetting(entra.Clouds()[0], noon), version: entra.V1, tenant: tenantID}
	if !token.Knows([]rules.Input{rules.Claim("tid")}) ||
		token.Knows([]rules.Input{rules.Claim("tid"), rules.Claim("upn2")}) {
		t.Error("what the model knows of a token")
	}
}

func TestWhatStandsInQuotesInAnExpression(t *testing.T) {
	t.Parallel()
	got := Quoted(`(a == 'x y') or b contains "it's" or c == 'open`)
	if want := []string{"x y", "it's"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	many := asks(
		rules.CustomClaim, rules.Predicate{
			Op: rules.OneOf, Input: rules.Claim("aud"), Values: rules.Literals(
				strings.Fields(strings.Repeat("a b c d e f g h i j k l m n ", 2))...,
			),
		},
	)
	if got := TextsOf(many); len(got) != mostTexts {
		t.Errorf("%d texts", len(got))
	}
}

func TestWhatAnExpressionMakesOfAClientsID(t *testing.T) {
	t.Parallel()
	begins := &rules.Opaque{Text: "appid startsWith '0'", Reads: []rules.Input{
		rules.Claim("appid"),
	}, Eval: func(r *rules.Request) rules.Reading {
		got := r.Read(rules.Claim("appid"))
		if text, ok := got.Value.Str(); ok {
			got.Value = &source.Value{
				Kind: source.Bool, Text: fmt.Sprint(strings.HasPrefix(text, "0")),
			}
		}
		return got
	}}
	mixed := *begins
	mixed.Reads = append(slices.Clone(begins.Reads), rules.Claim("ver"))
	compares := mixed
	compares.Compares = func(...string) ([]string, bool) { return []string{webDev}, true }
	signs := *begins
	signs.Reads = []rules.Input{rules.Claim("aud")}
	var ids []string
	for i := range 30 {
		ids = append(ids, fmt.Sprintf("%08x-0000-4000-8000-000000000000", i<<24))
	}
	for name, row := range map[string]struct {
		expression *rules.Opaque
		most       int
	}{
		"alone, it tells two sorts apart":        {begins, 2},
		"with other claims, each id for itself":  {&mixed, 30},
		"comparing, only the ones it names":      {&compares, 1},
		"of the audience, the ones of ID tokens": {&signs, 1},
	} {
		policies := policyOf(
			asks(
				rules.CustomClaim, rules.Predicate{
					Op: rules.True, Input: rules.Input{
						Source: rules.FromExpression, Opaque: row.expression,
					},
				},
			),
		)
		kind := &Kind{
			batches: []batch{
				{token: &Token{
					in: newSetting(entra.Clouds()[0], noon), version: entra.V1, tenant: tenantID,
				}, clients: clientsOf(ids...)},
			},
		}
		run := NewClasses([]*Kind{kind}).Run(NewView(policies, nil))
		grouped, single := run.Furthest(kind).Outcome, rules.Rejected
		kind.Each(func(i Issued) {
			got := run.View.Reaches(i.Token()).Verdict.Outcome
			if Further(got, single) {
				single = got
			}
		})
		if run.Distinct() != row.most || grouped != single {
			t.Errorf(
				"%s: %d classes, want %d; %s, and %s one by one", name, run.Distinct(), row.most,
				grouped, single,
			)
		}
	}
}

// An expression is tried on claims in the form that tokens have them in: what it gives for others
// is of no matter.
func TestWhatIsNeverEvaluatedIsTriedOnClaimsAsTokensHaveThem(t *testing.T) {
	t.Parallel()
	only := func(claim string, kind source.Kind) *rules.Check {
		in := rules.Claim(claim)
		eval := func(r *rules.Request) rules.Reading {
			if r.Read(in).Value.Is(kind) {
				return rules.Reading{Value: source.NewBool(true)}
			}
			return rules.Reading{Unknown: &rules.Unknown{Why: "of another form"}}
		}
		return &rules.Check{ID: rules.CustomClaim, Test: rules.Predicate{
			Op: rules.True,
			Input: rules.Input{Source: rules.FromExpression, Opaque: &rules.Opaque{
				Text: "f", Reads: []rules.Input{in}, Eval: eval,
			}},
		}}
	}
	secret := only("tid", source.List)
	secret.ID = rules.ClientSecret
	for _, test := range []struct {
		name  string
		check *rules.Check
		never bool
	}{
		{"a list", only("roles", source.List), false},
		{"a text of what is a list", only("roles", source.String), true},
		{"a text", only("tid", source.String), false},
		{"a list of what is a text", only("tid", source.List), true},
		{"a time", only("exp", source.Number), false},
		{"a text of what is a time", only("exp", source.String), true},
		{"a claim of others as a list", only("team", source.List), false},
		{"a claim of others as a text", only("team", source.String), false},
		{"a secret, which only the gateway knows", secret, false},
	} {
		got := NeverKnown(test.check)
		if want := test.never; (got != "") != want || want && !strings.Contains(got, "form") {
			t.Errorf("%s: %q", test.name, got)
		}
	}
}
