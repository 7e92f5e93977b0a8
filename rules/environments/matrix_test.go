package environments

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/estates"
)

// check asks that a claim equals a text; what does not gets 401.
func check(claim, text string) *rules.Check {
	return &rules.Check{
		ID:     rules.Audience,
		Answer: rules.Answer{Status: 401},
		Test: rules.Predicate{
			Op:     rules.Equals,
			Input:  rules.Claim(claim),
			Values: rules.Literals(text),
		},
	}
}

func policy(checks ...*rules.Check) []*rules.Policy {
	return []*rules.Policy{{Root: rules.AllOf(checks...)}}
}

// cells is a gateway's cells, by row.
func cells(m *Matrix, gateway string) map[string]*Cell {
	all := map[string]*Cell{}
	for g, name := range m.Gateways {
		for r, row := range m.Rows {
			if name == gateway {
				all[row.Name] = m.Cell(r, g)
			}
		}
	}
	return all
}

func TestTheCostGrowsWithWhatIsReadAndNotWithTheNumberOfApps(t *testing.T) {
	t.Parallel()
	classes := func(clients int) (run, modelled int) {
		var all []string
		for i := range clients {
			all = append(all, app(fmt.Sprintf("%08x-0000-4000-8000-000000000000", i), ""))
		}
		e := estateOf(
			t, parts{UAT: app(apiUAT, estates.Scopes), UATClients: strings.Join(all, ",")},
		)
		e.Sites[1].Policies = policy(
			check("aud", apiUAT),
			&rules.Check{ID: rules.ClientID, Test: rules.Has(rules.Claim("appid"))},
		)
		m := e.Evaluate()
		return m.Distinct(), m.Tokens
	}
	few, fewTokens := classes(10)
	many, manyTokens := classes(1000)
	if few == 0 || few != many || manyTokens < 50*fewTokens {
		t.Errorf(
			"%d of %d tokens were run for 10 clients, %d of %d for 1000",
			few, fewTokens, many, manyTokens,
		)
	}
}

func TestACrossingThatIsMeantIsNotWrong(t *testing.T) {
	t.Parallel()
	e := estateOf(
		t, parts{UAT: app(apiUAT, ""), DevClients: app(webDev, ""), UATClients: app(webUAT, "")},
	)
	e.Sites[1].Policies = policy(check("aud", apiUAT))
	if c := cells(e.Evaluate(), "uat")["dev/for-uat-app"]; !c.Wrong {
		t.Errorf("without allow: %+v", c)
	}
	e.Allow = []Crossing{{From: "dev", To: "uat", Reason: "load tests"}}
	if c := cells(e.Evaluate(), "uat")["dev/for-uat-app"]; c.Wrong || c.Allowed == nil ||
		c.OK() != rules.Yes {
		t.Errorf("with allow: %+v", c)
	}
}

func TestOneKindOfOwnTokenIsEnough(t *testing.T) {
	t.Parallel()
	e := estateOf(t, parts{UAT: app(apiUAT, estates.Scopes), UATClients: app(webUAT, "")})
	e.Sites[1].Policies = policy(check("scp", "UAT.Access"))
	all := cells(e.Evaluate(), "uat")
	if in, out := all["uat/user-UAT.Access"], all["uat/app"]; in.Wrong || out.Wrong ||
		out.Note == "" ||
		out.Outcome != rules.Rejected {
		t.Errorf("delegated %+v, app-only %+v", in, out)
	}
	e.Sites[1].Policies = policy(check("scp", "Nobody"))
	if c := cells(e.Evaluate(), "uat")["uat/app"]; !c.Wrong {
		t.Errorf("where none gets in: %+v", c)
	}
}

func TestATokenThatPerhapsNobodyCanHaveIsNotCalledAccepted(t *testing.T) {
	t.Parallel()
	api := `{"appId":"` + apiUAT + `","identifierUris":["https://contoso.example/orders"]}`
	e := estateOf(t, parts{UAT: api})
	e.Sites[1].Policies = policy(check("aud", "https://contoso.example/orders"))
	c := cells(e.Evaluate(), "uat")["other-tenant/api-like-uat"]
	if c.Outcome != rules.Undetermined || c.OK() != rules.Maybe {
		t.Errorf("a URI on a domain of ours: %+v", c)
	}
	e = estateOf(
		t, parts{UAT: strings.Replace(api, "https://contoso.example/orders", "api://orders", 1)},
	)
	e.Sites[1].Policies = policy(check("aud", "api://orders"))
	if c := cells(e.Evaluate(), "uat")["other-tenant/api-like-uat"]; c.Outcome != rules.Accepted ||
		!c.Wrong {
		t.Errorf("a free name: %+v", c)
	}
}

func TestWhatWasNotLookedAtIsSaid(t *testing.T) {
	t.Parallel()
	e := estateOf(t, parts{UAT: app(apiUAT, "")})
	e.Sites[0].Policies, e.Sites[1].Policies = policy(), policy()
	want := []string{
		"dev has no api, so what Entra ID could issue for it was not modelled",
		"dev and uat have neither clients nor tokens, so it is not known whether their own get in",
	}
	if diff := cmp.Diff(want, e.Evaluate().Gaps()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	e = estateOf(t, parts{UAT: app(apiUAT, ""), DevClients: app(webDev, "")})
	e.Sites[0].Policies, e.Sites[1].Policies = policy(), policy()
	want = []string{
		want[0], "dev has clients that need it, so it is not known whether they get in",
		"uat has neither clients nor tokens, so it is not known whether its own get in",
	}
	if diff := cmp.Diff(want, e.Evaluate().Gaps()); diff != "" {
		t.Errorf("clients without an API (-want +got):\n%s", diff)
	}
}

func TestATokenForSomebodyElsesAPIIsTakenForOneThatCanBeObtained(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, clients, says string
	}{
		{
			"of another environment's client", webDev,
			"a client that does not belong to uat can obtain a token that is let in there: " +
				"dev/api-like-uat",
		},
		{
			"of our own client", webUAT,
			"a client of uat can obtain a token for somebody else's API that is let in there: " +
				"uat/api-like-uat",
		},
	}
	for _, test := range tests {
		e := estateOf(
			t,
			parts{UAT: app(apiUAT, ""), DevClients: app(webDev, ""), UATClients: app(webUAT, "")},
		)
		e.Sites[1].Policies = policy(check("aud", strangersAPIID), check("appid", test.clients))
		m := e.Evaluate()
		if i := slices.IndexFunc(
			m.Findings, func(f Finding) bool { return f.Rule == Issuance },
		); i < 0 ||
			m.Findings[i].Message != test.says {
			t.Errorf("%s: %+v", test.name, m.Findings)
		}
	}
}

func TestTheRowsOfAPartyAreOneLine(t *testing.T) {
	t.Parallel()
	e := estateOf(t, parts{
		Dev: app(apiDev, ""), UAT: app(apiUAT, estates.Scopes),
		DevClients: app(webDev, ""), UATClients: app(webUAT, ""),
	})
	e.Sites[1].Policies = policy(check("scp", "UAT.Access"))
	m := e.Evaluate()
	var labels []string
	for _, line := range m.Lines() {
		labels = append(labels, line.Label)
	}
	want := []string{
		"dev", "uat", "dev's clients, other tokens", "uat's clients, other tokens",
		"an unrelated app in the tenant", "another tenant", "anyone, with a made-up token",
	}
	if diff := cmp.Diff(want, labels); diff != "" {
		t.Errorf("the lines (-want +got):\n%s", diff)
	}
	others := m.Lines()[2]
	if at := m.At(others, 0); !m.Cell(at, 0).Wrong {
		t.Errorf("of dev's clients the row %s counts, which is right", m.Rows[at].Name)
	}
	rejected := m.Rejected(0)
	if len(rejected) == 0 {
		t.Error("no row is noted as rejected while another kind gets further")
	}
	for _, r := range rejected {
		if c := m.Cell(r, 0); c.Outcome != rules.Rejected || c.Wrong || c.Note == "" {
			t.Errorf("%s is noted as rejected: %+v", m.Rows[r].Name, c)
		}
	}
	if !m.Has(Issuance) || m.Has(LockedOut) {
		t.Error("the hole is not one of issuance alone")
	}
}

func TestCellsThatAreNotKnownAreListedByTheCheckThatIsNotKnown(t *testing.T) {
	t.Parallel()
	e := estateOf(t, parts{UAT: app(apiUAT, ""), UATClients: app(webUAT, "")})
	e.Sites[1].Policies = policy(
		check("aud", apiUAT),
		&rules.Check{ID: rules.ClientID, Test: rules.Found(rules.Claim("appid")), Binds: "client"},
		named("contract", rules.Contract, listed()),
	)
	m := e.Evaluate()
	open := m.OpenCells()
	if len(open) != 1 || open[0].Decided != rules.Contract || open[0].Gateway != 0 {
		t.Fatalf("got %+v", open)
	}
	wrong, unknown, all := m.Wrong()
	if wrong != 0 || unknown != open[0].Rows || all != len(m.Rows) {
		t.Errorf("%d of %d are wrong, %d not known", wrong, all, unknown)
	}
}

func TestNoCellIsRunBeyondTheConditionsOfOneRun(t *testing.T) {
	t.Parallel()
	e := estateOf(
		t, parts{UAT: app(apiUAT, ""), DevClients: app(webDev, ""), UATClients: app(webUAT, "")},
	)
	e.Sites[0].Policies, e.Sites[1].Policies = policy(check("aud", apiDev)), policy()
	m := e.Evaluate()
	if looked := *m.estate.looked; looked == 0 || m.Beyond() {
		t.Fatalf("%d conditions were looked at; beyond: %v", looked, m.Beyond())
	}
	*m.estate.looked = rules.MostLooked
	if tried := m.Try(1, policy(check("aud", apiUAT))); !tried.Beyond() || !m.Beyond() {
		t.Error("what is tried goes on, though no more conditions are looked at")
	}
	m.CountAnew()
	if tried := m.Try(1, policy(check("aud", apiUAT))); tried.Beyond() {
		t.Error("a run of its own has not begun")
	}
}

func TestOtherPoliciesAreTriedAtOneGateway(t *testing.T) {
	t.Parallel()
	e := estateOf(
		t, parts{UAT: app(apiUAT, ""), DevClients: app(webDev, ""), UATClients: app(webUAT, "")},
	)
	e.Sites[0].Policies = policy(check("aud", apiDev))
	e.Sites[1].Policies = policy(check("aud", apiUAT))
	m := e.Evaluate()
	tried := m.Try(1, policy(check("aud", apiUAT), check("appid", webUAT)))
	const row = "dev/for-uat-app"
	if c := cells(m, "uat")[row]; c.Outcome != rules.Accepted {
		t.Fatalf("before: %+v", c)
	}
	after := m.With(1, tried)
	if c := cells(after, "uat")[row]; c.Outcome != rules.Rejected || c.Wrong {
		t.Errorf("after: %+v", c)
	}
	if c := cells(m, "uat")[row]; c.Outcome != rules.Accepted {
		t.Errorf("the matrix itself has changed: %+v", c)
	}
	before, now := cells(m, "dev")[row].Outcome, cells(after, "dev")[row].Outcome
	if before != now {
		t.Errorf("the other gateway has changed: %s, then %s", before, now)
	}
	e.Sites[1].Policies = policy(check("aud", apiUAT), check("appid", webUAT))
	if again := e.Evaluate(); after.Distinct() != again.Distinct() ||
		after.Distinct() == m.Distinct() {
		t.Errorf("%d distinct tokens, then %d, or evaluated anew %d",
			m.Distinct(), after.Distinct(), again.Distinct())
	}
	own := m.Own(1)
	for _, request := range own {
		if id, _ := request.Token.Claims.Member("appid").Str(); id != webUAT {
			t.Errorf("a token of %s is called uat's own", id)
		}
	}
	if len(own) == 0 {
		t.Error("uat has no token of its own")
	}
}

// What is said about the rows holds after a change too: they are the same.
func TestAfterAChangeTheRowsAreWhatTheyWere(t *testing.T) {
	t.Parallel()
	roles := make([]string, 100)
	for i := range roles {
		roles[i] = fmt.Sprintf(
			`{"id":"r%d","value":"Role.%d","allowedMemberTypes":["Application"]}`, i, i)
	}
	e := estateOf(t, parts{
		UAT:        app(apiUAT, `,"appRoles":[`+strings.Join(roles, ",")+`]`),
		UATClients: app(webUAT, ""),
	})
	e.Sites[0].Policies, e.Sites[1].Policies = policy(), policy()
	m := e.Evaluate()
	m.Shares = true
	after := m.With(1, m.Try(1, policy(check("aud", apiUAT))))
	if m.Alike == 0 || after.Alike != m.Alike || after.Tokens != m.Tokens || !after.Shares {
		t.Errorf("%d names of %d tokens are alike, then %d of %d, and clients share rows: %v",
			m.Alike, m.Tokens, after.Alike, after.Tokens, after.Shares)
	}
}

// Of a gateway with several classes of requests the worst one counts: where tokens that are meant
// to be let in get least far, and others furthest.
func TestTheWorstClassOfRequestsCounts(t *testing.T) {
	t.Parallel()
	e := estateOf(
		t, parts{UAT: app(apiUAT, ""), DevClients: app(webDev, ""), UATClients: app(webUAT, "")},
	)
	limited := policy(check("appid", "nobody"))
	limited[0].When.Routes = []rules.Route{{Path: "/orders.*"}}
	e.Sites[1].Policies = append(policy(check("aud", apiUAT)), limited...)
	m := e.Evaluate()
	own, other := cells(m, "uat")["uat/app"], cells(m, "uat")["dev/for-uat-app"]
	if own.Outcome != rules.Rejected || own.Class().Path != "/orders" {
		t.Errorf("its own get %s at %s", own.Outcome, own.Class())
	}
	if other.Outcome != rules.Accepted || other.Class().Path == "/orders" {
		t.Errorf("others get %s at %s", other.Outcome, other.Class())
	}
	if len(m.Remarks) != 1 || m.Remarks[0].Policy != limited[0] {
		t.Errorf("the remarks are %+v", m.Remarks)
	}
}

// The ids that the model makes up for those who are in no file, and what a caller writes where
// anything would do.
const (
	strangerID        = "57a46e20-0000-4000-8000-000000000001"
	strangersAPIID    = "57a46e20-0000-4000-8000-0000000000a1"
	otherTenantID     = "07e60000-0000-4000-8000-0000000000ff"
	otherTenantClient = "07e60000-0000-4000-8000-000000000001"
	otherTenantsAPIID = "07e60000-0000-4000-8000-0000000000a1"

	anyClientID = "a-client-id-of-the-callers-choice"
	anySecret   = "a-secret-that-only-the-client-has"
)

func str(text string) *source.Value { return &source.Value{Kind: source.String, Text: text} }

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// A scope without a resource prefix means Microsoft Graph: no source shows a token for an API of
// ours that has none of its scopes (entra.md, 9).
func TestNoErrorRestsOnATokenThatEntraVeryLikelyDoesNotIssue(t *testing.T) {
	t.Parallel()
	needsRole := "," + estates.NeedsRole
	user := check("acr", "1") // which no app-only token has
	tests := map[string]struct {
		uat      string // the API's registration
		policy   []*rules.Policy
		error    bool
		remarked string // a row of which a remark speaks; empty for none
	}{
		"no scopes, and a role is needed": {
			app(apiUAT, "") + needsRole, policy(check("aud", apiUAT)), false,
			"stranger/for-uat-user",
		},
		"only roles, of which one is needed": {
			app(apiUAT, estates.Roles) + needsRole, policy(check("aud", apiUAT)), false,
			"stranger/for-uat-user",
		},
		"only a scope that an administrator consents to": {
			app(apiUAT, strings.Replace(
				estates.Scopes, `"type":"User"`, `"type":"Admin"`, 1,
			)) + needsRole,
			policy(check("aud", apiUAT)), false, "stranger/for-uat-user",
		},
		"only a disabled scope": {
			app(apiUAT, `,"api":{"oauth2PermissionScopes":[`+
				`{"id":"s3","value":"UAT.Old","isEnabled":false}]}`) + needsRole,
			policy(check("aud", apiUAT)), false, "stranger/for-uat-user",
		},
		"a scope that users consent to": {
			app(apiUAT, estates.Scopes) + needsRole, policy(check("aud", apiUAT)), true, "",
		},
		"no role is needed": {app(apiUAT, ""), policy(check("aud", apiUAT)), true, ""},
		"no role is needed, and a check wants another client": {
			app(apiUAT, ""), policy(check("aud", apiUAT), check("appid", webUAT)), false, "",
		},
		"the scope is what no API of ours has": {
			app(apiUAT, "") + needsRole,
			policy(check("aud", apiUAT), check("scp", "openid profile")), false,
			"stranger/for-uat-user",
		},
		"only users get in": {
			app(apiUAT, "") + needsRole, policy(user), false, "stranger/for-uat-user",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := estateOf(
				t, parts{UAT: tt.uat, DevClients: app(webDev, ""), UATClients: app(webUAT, "")},
			)
			e.Sites[1].Policies = tt.policy
			m := e.Evaluate()
			issued := false
			for _, f := range m.Findings {
				issued = issued || f.Rule == Issuance
			}
			if issued != tt.error {
				t.Errorf("the findings are %+v", m.Findings)
			}
			remarked := ""
			for _, r := range m.Remarks {
				if r.Severity != rules.Note {
					t.Errorf("a remark is %+v", r)
				}
				remarked += r.Message
			}
			if (tt.remarked == "") != (remarked == "") ||
				!strings.Contains(remarked, tt.remarked) {
				t.Errorf("the remarks say %q, want of %q", remarked, tt.remarked)
			}
			if _, unknown, _ := m.Wrong(); tt.remarked != "" && unknown > 0 &&
				cells(m, "uat")[tt.remarked].OK() != rules.Yes {
				t.Errorf("%s is not known", tt.remarked)
			}
		})
	}
}

// A role of which only a deployment knows whether it is enabled is compared by its name: who asks
// for another one keeps its holder out, and who asks for it perhaps lets one in.
func TestARoleThatIsPerhapsThereHasItsName(t *testing.T) {
	t.Parallel()
	api := app(apiUAT, `,"appRoles":[{"id":"r1","value":"UAT.Read","isEnabled":true,`+
		`"allowedMemberTypes":["Application"]},{"id":"r2","value":"UAT.Write",`+
		`"isEnabled":"${var.write}","allowedMemberTypes":["Application"]}]`)
	for role, want := range map[string][3]rules.Decision{
		"UAT.Read":  {rules.Accepted, rules.Rejected, rules.Undetermined},
		"UAT.Write": {rules.Rejected, rules.Undetermined, rules.Undetermined},
		"UAT.Other": {rules.Rejected, rules.Rejected, rules.Rejected},
	} {
		e := estateOf(t, parts{UAT: api, UATClients: app(webDev, "")})
		of := check("roles", role)
		of.Test.Op = rules.OneOf
		e.Sites[1].Policies = policy(of)
		all := cells(e.Evaluate(), "uat")
		got := [3]rules.Decision{
			all["uat/app-UAT.Read"].Outcome, all["uat/app-UAT.Write"].Outcome,
			all["uat/app-UAT.Read+UAT.Write"].Outcome,
		}
		if got != want {
			t.Errorf("%s: got %v, want %v", role, got, want)
		}
	}
}
