package environments

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/estates"
)

const (
	tenant = estates.Tenant
	apiDev = estates.APIDev
	apiUAT = estates.APIUAT
	webDev = estates.WebDev
	webUAT = estates.WebUAT
)

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

// parts is what files say of two environments.
type parts = estates.Parts

func app(id, more string) string { return estates.App(id, more) }

// estateOf reads the registrations of two environments.
func estateOf(t *testing.T, p parts) *Estate {
	t.Helper()
	cloud, _ := entra.CloudByID("public")
	e := &Estate{Tenant: tenant, Cloud: cloud, At: noon}
	for _, read := range p.Read(t) {
		e.Sites = append(e.Sites, Site{Name: read.Name, API: read.API, Clients: read.Clients})
		e.Assignments = append(e.Assignments, read.Assignments...)
	}
	return e
}

func TestAnAssignmentToWhomNoFileShowsLeavesItOpenWhoHoldsTheRole(t *testing.T) {
	t.Parallel()
	assigned := app(apiUAT, estates.Roles) + "," + estates.NeedsRole +
		`,{"principalId":"pd","principalType":"ServicePrincipal",` +
		`"resourceId":"p1","appRoleId":"r1"}`
	principal := `,{"appId":"` + webDev + `","id":"%s","servicePrincipalType":"Application"}`
	tests := []struct {
		name, devClients string
		dev, stranger    rules.Decision // empty where there is no such row
	}{
		{
			"a client without a service principal may be the one",
			app(webDev, ""), rules.Undetermined, rules.Undetermined,
		},
		{
			"a client that is another's is not", app(webDev, "") + fmt.Sprintf(principal, "px"),
			"", rules.Undetermined,
		},
		{
			"where files show all, nobody else has the role",
			app(webDev, "") + fmt.Sprintf(principal, "pd"), rules.Accepted, "",
		},
	}
	for _, test := range tests {
		e := estateOf(t, parts{UAT: assigned, DevClients: test.devClients})
		e.Sites[1].Policies = policy(
			&rules.Check{
				ID: rules.CustomClaim,
				Test: rules.Predicate{
					Op:     rules.HasAny,
					Input:  rules.Claim("roles"),
					Values: rules.Literals("UAT.Write"),
				},
			},
		)
		m := e.Evaluate()
		for row, want := range map[string]rules.Decision{
			"dev/for-uat-app-UAT.Write": test.dev, "stranger/for-uat-app-UAT.Write": test.stranger,
		} {
			got := rules.Decision("")
			if c := cells(m, "uat")[row]; c != nil {
				got = c.Outcome
			}
			if got != want {
				t.Errorf("%s: %s is %q, want %q", test.name, row, got, want)
			}
		}
	}
}

// TestWhatPoliciesAskForIsModelled holds tokens that only some policies tell from others.
func TestWhatPoliciesAskForIsModelled(t *testing.T) {
	t.Parallel()
	const three = `,"api":{"oauth2PermissionScopes":[` +
		`{"id":"s1","value":"a"},{"id":"s2","value":"b"},{"id":"s3","value":"c"}]}`
	type eval = func(*rules.Request) rules.Reading
	expression := func(text, reads string, eval eval) rules.Predicate {
		return rules.Predicate{
			Op: rules.True,
			Input: rules.Input{
				Source: rules.FromExpression,
				Opaque: &rules.Opaque{
					Text:  text,
					Reads: []rules.Input{rules.Claim(reads)},
					Eval:  eval,
				},
			},
		}
	}
	scpIs := func(want string) func(*rules.Request) rules.Reading {
		return func(r *rules.Request) rules.Reading {
			got, _ := r.Read(rules.Claim("scp")).Value.Str()
			return rules.Reading{
				Value: &source.Value{Kind: source.Bool, Text: fmt.Sprint(got == want)},
			}
		}
	}
	countsScopes := func(n int) func(*rules.Request) rules.Reading {
		return func(r *rules.Request) rules.Reading {
			got, _ := r.Read(rules.Claim("scp")).Value.Str()
			return rules.Reading{
				Value: &source.Value{
					Kind: source.Bool,
					Text: fmt.Sprint(len(strings.Fields(got)) == n),
				},
			}
		}
	}
	tests := []struct {
		name string
		test rules.Predicate
		row  string
		want rules.Decision
	}{
		{
			"two scopes of three", check("scp", "a b").Test, "stranger/for-uat-user-a+b",
			rules.Accepted,
		},
		{
			"in the order that the policy has", check("scp", "c a").Test,
			"stranger/for-uat-user-c+a", rules.Accepted,
		},
		{
			"in an expression", expression("#[vars.claimSet.scp == 'b c']", "scp", scpIs("b c")),
			"stranger/for-uat-user-b+c", rules.Accepted,
		},
		{
			"in several texts of one",
			expression(`#[vars.claimSet.scp == "b" ++ " " ++ 'c']`, "scp", scpIs("b c")),
			"stranger/for-uat-user-b+c", rules.Accepted,
		},
		{
			"as many as an expression counts",
			expression("#[sizeOf(vars.claimSet.scp splitBy ' ') == 2]", "scp", countsScopes(2)),
			"stranger/for-uat-user-a+b", rules.Accepted,
		},
		{
			"the type of a stranger's tokens", check("idtyp", "app").Test, "stranger/api-like-uat",
			rules.Accepted,
		},
		{
			"the type of another tenant's", check("idtyp", "user").Test,
			"other-tenant/api-like-uat", rules.Accepted,
		},
		{
			"a claim of which nobody knows which",
			expression("#[vars.claimSet[x]]", "*", func(r *rules.Request) rules.Reading {
				return r.Read(rules.Claim("")) // a member without a name stands for all others
			}),
			"stranger/for-uat-app", rules.Undetermined,
		},
	}
	for _, test := range tests {
		e := estateOf(t, parts{UAT: app(apiUAT, three)})
		e.Sites[1].Policies = policy(&rules.Check{ID: rules.CustomClaim, Test: test.test})
		c := cells(e.Evaluate(), "uat")[test.row]
		if c == nil || c.Outcome != test.want {
			t.Errorf("%s: %s is %+v, want %s", test.name, test.row, c, test.want)
		}
	}
}
