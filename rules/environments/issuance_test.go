package environments

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

const (
	tenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	apiDev = "d1b1c6d5-7d1f-4f0c-8e0e-6a5d3c2b1a01"
	apiUAT = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"
	webDev = "d30c7f41-52b8-4f6e-8a1b-90c4e7d2a5b6"
	webUAT = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
)

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

// parts is what files say of two environments; each text is a list of what Graph answers.
type parts struct{ dev, uat, devClients, uatClients string }

func app(
	id, more string,
) string {
	return `{"appId":"` + id + `","identifierUris":[]` + more + `}`
}

// estateOf reads the registrations of two environments.
func estateOf(t *testing.T, p parts) *Estate {
	t.Helper()
	cloud, _ := entra.CloudByID("public")
	e := &Estate{Tenant: tenant, Cloud: cloud, At: noon}
	for _, site := range []struct{ name, api, clients string }{{"dev", p.dev, p.devClients}, {"uat", p.uat, p.uatClients}} {
		s := Site{Name: site.name}
		if site.api != "" {
			d := directory(t, site.api)
			s.API = d.Apps[0]
			e.Assignments = append(e.Assignments, d.Assignments...)
		}
		if site.clients != "" {
			s.Clients = directory(t, site.clients).Apps
		}
		e.Sites = append(e.Sites, s)
	}
	return e
}

func directory(t *testing.T, text string) *entra.Directory {
	t.Helper()
	file, err := source.Read("apps.json", []byte("["+text+"]"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := entra.ReadRegistrations(file)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const (
	v1Orders  = `,"identifierUris":["api://orders-uat"]`
	v2        = `,"api":{"requestedAccessTokenVersion":2}`
	scopes    = `,"api":{"oauth2PermissionScopes":[{"id":"s1","value":"UAT.Access","type":"User"},{"id":"s2","value":"UAT.Admin","type":"Admin"},{"id":"s3","value":"UAT.Old","isEnabled":false}]}`
	roles     = `,"appRoles":[{"id":"r1","value":"UAT.Write","allowedMemberTypes":["Application"]},{"id":"r2","value":"UAT.Clerk","allowedMemberTypes":["User"]}]`
	bothOfUAT = scopes + roles

	required = `{"appId":"` + apiUAT + `","id":"p1","servicePrincipalType":"Application","appRoleAssignmentRequired":true}`
)

func TestAnAssignmentToWhomNoFileShowsLeavesItOpenWhoHoldsTheRole(t *testing.T) {
	t.Parallel()
	assigned := app(
		apiUAT, roles,
	) + "," + required + `,{"principalId":"pd","principalType":"ServicePrincipal","resourceId":"p1","appRoleId":"r1"}`
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
		e := estateOf(t, parts{uat: assigned, devClients: test.devClients})
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
		for row, want := range map[string]rules.Decision{"dev/for-uat-app-UAT.Write": test.dev, "stranger/for-uat-app-UAT.Write": test.stranger} {
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
	three := `,"api":{"oauth2PermissionScopes":[{"id":"s1","value":"a"},{"id":"s2","value":"b"},{"id":"s3","value":"c"}]}`
	expression := func(text string, reads string, eval func(*rules.Request) rules.Reading) rules.Predicate {
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
		e := estateOf(t, parts{uat: app(apiUAT, three)})
		e.Sites[1].Policies = policy(&rules.Check{ID: rules.CustomClaim, Test: test.test})
		c := cells(e.Evaluate(), "uat")[test.row]
		if c == nil || c.Outcome != test.want {
			t.Errorf("%s: %s is %+v, want %s", test.name, test.row, c, test.want)
		}
	}
}
