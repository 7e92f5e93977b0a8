package issued

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/testdata/estates"
)

const (
	apiDev = estates.APIDev
	apiUAT = estates.APIUAT
	webDev = estates.WebDev
	webUAT = estates.WebUAT
)

// parts is what files say of two environments.
type parts = estates.Parts

func app(id, more string) string { return estates.App(id, more) }

// worldOf reads the registrations of two environments.
func worldOf(t *testing.T, p parts) *World {
	t.Helper()
	w := &World{Tenant: tenantID, Cloud: entra.Clouds()[0], At: noon}
	for _, read := range p.Read(t) {
		w.Places = append(w.Places, Place{Name: read.Name, API: read.API, Clients: read.Clients})
		w.Assignments = append(w.Assignments, read.Assignments...)
	}
	return w
}

// valuesOf is one claim over all tokens of a kind, each value once, "-" where a token has none.
func (w *World) valuesOf(kind, claim string) []string {
	var all []string
	for _, k := range w.Kinds() {
		if k.Name == kind {
			k.Each(func(i Issued) { all = append(all, shownValue(i.Token().Claim(claim))) })
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func shownValue(v *source.Value) string {
	switch {
	case v == nil:
		return "-"
	case v.Kind == source.Unknown && v.Present:
		return "?+"
	case v.Kind == source.Unknown:
		return "?"
	case v.Kind == source.List:
		items, _ := v.Strings()
		return strings.Join(items, "+")
	}
	return v.Text
}

// requires is a client that asks for permissions of the UAT API.
func requires(access string) string {
	return `,"requiredResourceAccess":[{"resourceAppId":"` + apiUAT +
		`","resourceAccess":[` + access + `]}]`
}

// TestWhatEntraIssues holds the model against what is known of Entra: facts/entra.md, sections 1.1
// to 1.4 and 5, one row a rule.
func TestWhatEntraIssues(t *testing.T) {
	t.Parallel()
	uri := func(id, more string) string {
		return `{"appId":"` + id + `"` + estates.V1Orders + more + `}`
	}
	tests := []struct {
		name       string
		estate     parts
		row, claim string
		want       []string // nil where there must be no such row
	}{
		{"1.1 null means v1.0", parts{
			UAT: app(apiUAT, ""), UATClients: app(webUAT, ""),
		}, "uat/app", "ver", []string{"1.0"}},
		{"1.1 the API's registration asks for v2.0, whatever its clients' say", parts{
			UAT: app(apiUAT, estates.V2), UATClients: app(webUAT, ""),
		}, "uat/app", "ver", []string{"2.0"}},
		{"1.1 a client's own registration does not count", parts{
			UAT: app(apiUAT, ""), UATClients: app(webUAT, estates.V2),
		}, "uat/app", "ver", []string{"1.0"}},
		{"1.2 the v1.0 issuer ends with a slash", parts{
			UAT: app(apiUAT, ""), UATClients: app(webUAT, ""),
		}, "uat/app", "iss", []string{"https://sts.windows.net/" + tenantID + "/"}},
		{"1.2 the v2.0 issuer does not", parts{
			UAT: app(apiUAT, estates.V2), UATClients: app(webUAT, ""),
		}, "uat/app", "iss", []string{
			"https://login.microsoftonline.com/" + tenantID + "/v2.0",
		}},
		{"1.2 v1.0 names the client in appid", parts{
			UAT: app(apiUAT, ""), UATClients: app(webUAT, ""),
		}, "uat/app", "appid", []string{webUAT}},
		{"1.2 v1.0 has no azp", parts{
			UAT: app(apiUAT, ""), UATClients: app(webUAT, ""),
		}, "uat/app", "azp", []string{"-"}},
		{"1.2 v2.0 names the client in azp", parts{
			UAT: app(apiUAT, estates.V2), UATClients: app(webUAT, ""),
		}, "uat/app", "azp", []string{webUAT}},
		{"1.2 v2.0 has no appid", parts{
			UAT: app(apiUAT, estates.V2), UATClients: app(webUAT, ""),
		}, "uat/app", "appid", []string{"-"}},
		{"1.2 neither has client_id", parts{
			UAT: app(apiUAT, ""), UATClients: app(webUAT, ""),
		}, "uat/app", "client_id", []string{"-"}},
		{"1.2 idtyp is there where the API asks for it", parts{
			UAT: app(
				apiUAT, `,"optionalClaims":{"accessToken":[{"name":"idtyp"}]}`,
			), UATClients: app(webUAT, ""),
		}, "uat/app", "idtyp", []string{"app"}},
		{"1.2 and else not", parts{
			UAT: app(apiUAT, ""), UATClients: app(webUAT, ""),
		}, "uat/app", "idtyp", []string{"-"}},
		{"1.2 groups may be there where groupMembershipClaims asks for them", parts{
			UAT:        app(apiUAT, `,"groupMembershipClaims":"SecurityGroup"`),
			UATClients: app(webUAT, ""),
		}, "uat/app", "groups", []string{"?"}},
		{"1.2 so is what stands in their place", parts{
			UAT: app(apiUAT, `,"groupMembershipClaims":"All"`), UATClients: app(webUAT, ""),
		}, "uat/app", "_claim_names", []string{"?"}},
		{"1.2 or where an optional claim does", parts{
			UAT: app(
				apiUAT, `,"optionalClaims":{"accessToken":[{"name":"groups"}]}`,
			), UATClients: app(webUAT, ""),
		}, "uat/app", "groups", []string{"?"}},
		{"1.2 with None they are not", parts{
			UAT: app(apiUAT, `,"groupMembershipClaims":"None"`), UATClients: app(webUAT, ""),
		}, "uat/app", "groups", []string{"-"}},
		{"1.2 with null they are not", parts{
			UAT: app(apiUAT, `,"groupMembershipClaims":null`), UATClients: app(webUAT, ""),
		}, "uat/app", "groups", []string{"-"}},
		{"1.2 and else not, nor what stands in their place", parts{
			UAT: app(apiUAT, ""), UATClients: app(webUAT, ""),
		}, "uat/app", "_claim_names", []string{"-"}},
		{"1.2 what is not modelled is not guessed", parts{
			UAT: app(apiUAT, ""), UATClients: app(webUAT, ""),
		}, "uat/app", "wids", []string{"?"}},
		{
			"1.3 v1.0 has the App ID URI, with or without a slash, or the id",
			parts{UAT: uri(apiUAT, ""), UATClients: app(webUAT, "")},
			"uat/app", "aud",
			[]string{apiUAT, "api://orders-uat", "api://orders-uat/", "spn:" + apiUAT},
		},
		{"1.3 v2.0 has the id only", parts{
			UAT: uri(apiUAT, estates.V2), UATClients: app(webUAT, ""),
		}, "uat/app", "aud", []string{apiUAT}},
		{
			"1.3 use_guid makes it the id",
			parts{
				UAT: uri(
					apiUAT,
					`,"optionalClaims":{"accessToken":[`+
						`{"name":"aud","additionalProperties":["use_guid"]}]}`,
				), UATClients: app(webUAT, ""),
			},
			"uat/app", "aud",
			[]string{apiUAT},
		},
		{"1.4 a delegated token carries a scope that users consent to", parts{
			UAT: app(apiUAT, estates.Scopes), UATClients: app(webUAT, ""),
		}, "uat/user-UAT.Access", "scp", []string{"UAT.Access"}},
		{"1.4 a scope that is switched off is not issued", parts{
			UAT: app(apiUAT, estates.Scopes), UATClients: app(webUAT, ""),
		}, "uat/user-UAT.Old", "scp", nil},
		{"1.4 all scopes come together", parts{
			UAT: app(apiUAT, estates.Scopes), UATClients: app(webUAT, ""),
		}, "uat/user-UAT.Access+UAT.Admin", "scp", []string{"UAT.Access UAT.Admin"}},
		{"1.4 an app-only token never has scp", parts{
			UAT: app(apiUAT, estates.Scopes), UATClients: app(webUAT, ""),
		}, "uat/app", "scp", []string{"-"}},
		{"1.4 it has the roles of its client", parts{
			UAT: app(apiUAT, estates.Roles), UATClients: app(webUAT, ""),
		}, "uat/app-UAT.Write", "roles", []string{"UAT.Write"}},
		{"1.4 a role for users is none of an application", parts{
			UAT: app(apiUAT, estates.Roles), UATClients: app(webUAT, ""),
		}, "uat/app-UAT.Clerk", "roles", nil},
		{"1.4 a user's roles come in delegated tokens", parts{
			UAT: app(apiUAT, estates.Roles), UATClients: app(webUAT, ""),
		}, "uat/user-with-roles", "roles", []string{"UAT.Clerk"}},
		{"1.4 on behalf of: the client is the middle tier", parts{
			Dev: app(apiDev, ""), UAT: app(apiUAT, estates.Scopes),
		}, "dev/for-uat-obo", "appid", []string{apiDev}},
		{"1.4 on behalf of: it is never app-only", parts{
			Dev: app(apiDev, ""), UAT: app(apiUAT, estates.Scopes),
		}, "dev/for-uat-obo", "scp", []string{"UAT.Access", "openid profile"}},
		{"5 any client of the tenant can have a token without roles", parts{
			UAT: app(apiUAT, estates.Roles), DevClients: app(webDev, ""),
		}, "dev/for-uat-app", "roles", []string{"-"}},
		{"5 and none with our roles", parts{
			UAT: app(apiUAT, estates.Roles), DevClients: app(webDev, ""),
		}, "dev/for-uat-app-UAT.Write", "roles", nil},
		{
			"5 unless its registration asks for one",
			parts{
				UAT: app(apiUAT, estates.Roles), DevClients: app(
					webDev, requires(`{"id":"r1","type":"Role"}`),
				),
			},
			"dev/for-uat-app-UAT.Write", "appid",
			[]string{webDev},
		},
		{
			"5 a role for users only can't be given to a client that asks for it",
			parts{
				UAT: app(apiUAT, estates.Roles), DevClients: app(
					webDev, requires(`{"id":"r2","type":"Role"}`),
				),
			},
			"dev/for-uat-app-UAT.Clerk", "appid", nil,
		},
		{"5 assignment required refuses a client without an assignment", parts{
			UAT: app(apiUAT, estates.Roles) + "," + estates.NeedsRole, DevClients: app(webDev, ""),
		}, "dev/for-uat-app", "appid", nil},
		{"5 it refuses a stranger too", parts{
			UAT: app(apiUAT, estates.Roles) + "," + estates.NeedsRole,
		}, "stranger/for-uat-app", "appid", nil},
		{"5 without it a stranger has a token", parts{
			UAT: app(apiUAT, estates.Roles),
		}, "stranger/for-uat-app", "roles", []string{"-"}},
		{
			"5 an assignment gives the role that it names",
			parts{
				UAT: app(
					apiUAT, estates.Roles,
				) + "," + estates.NeedsRole +
					`,{"principalId":"pw","resourceId":"p1","appRoleId":"r1"}`,
				UATClients: app(
					webUAT, "",
				) + `,{"appId":"` + webUAT + `","id":"pw","servicePrincipalType":"Application"}`,
			},
			"uat/app-UAT.Write", "roles",
			[]string{"UAT.Write"},
		},
		{
			"5 where assignments are known, who has none has no token",
			parts{
				UAT: app(
					apiUAT, estates.Roles,
				) + "," + estates.NeedsRole +
					`,{"principalId":"pw","resourceId":"p1","appRoleId":"r1"}`,
				UATClients: app(webUAT, ""),
			},
			"uat/app", "roles", nil,
		},
		{
			"5 an assignment to another API gives none here, though their roles have the same id",
			parts{
				Dev: app(apiDev, estates.Roles) + `,{"appId":"` + apiDev +
					`","id":"p2","servicePrincipalType":"Application"},` +
					`{"principalId":"pd","resourceId":"p2","appRoleId":"r1"}`,
				DevClients: app(webDev, "") + `,{"appId":"` + webDev +
					`","id":"pd","servicePrincipalType":"Application"}`,
				UAT: app(apiUAT, estates.Roles) + "," + estates.NeedsRole +
					`,{"principalId":"pw","resourceId":"p1","appRoleId":"r1"}`,
			},
			"dev/for-uat-app-UAT.Write", "roles", nil,
		},
		{
			"5 nor where a file shows the principal of the other API alone",
			parts{
				Dev: app(apiDev, estates.Roles) + `,{"appId":"` + apiDev +
					`","id":"p2","servicePrincipalType":"Application"}`,
				DevClients: app(webDev, "") + `,{"appId":"` + webDev +
					`","id":"pd","servicePrincipalType":"Application"}`,
				UAT: app(apiUAT, estates.Roles) +
					`,{"principalId":"pd","resourceId":"p2","appRoleId":"r1"}`,
			},
			"dev/for-uat-app-UAT.Write", "roles", nil,
		},
		{"5 a scope for administrators is not for strangers", parts{
			UAT: app(apiUAT, estates.Scopes),
		}, "stranger/for-uat-user-UAT.Admin", "scp", nil},
		{"5 a scope for users is", parts{
			UAT: app(apiUAT, estates.Scopes),
		}, "stranger/for-uat-user-UAT.Access", "scp", []string{"UAT.Access"}},
		{"5 a guest has our tenant and another home", parts{
			UAT: app(apiUAT, estates.Scopes), UATClients: app(webUAT, ""),
		}, "uat/guest", "idp", []string{"https://sts.windows.net/" + otherTenantID + "/"}},
		{"5 a guest has an e-mail that nobody asks for, and we do not know which", parts{
			UAT: app(apiUAT, estates.Scopes), UATClients: app(webUAT, ""),
		}, "uat/guest", "email", []string{"?"}},
		{"5 a member has none then", parts{
			UAT: app(apiUAT, estates.Scopes), UATClients: app(webUAT, ""),
		}, "uat/user", "email", []string{"-"}},
		{"5 a member may have the claim or not", parts{
			UAT: app(apiUAT, estates.Scopes), UATClients: app(webUAT, ""),
		}, "uat/user", "idp", []string{"?"}},
		{"kb 8 a stranger's API has scopes of the same names", parts{
			UAT: uri(apiUAT, estates.Scopes),
		}, "stranger/api-like-uat", "scp", []string{
			"-", "UAT.Access", "UAT.Access UAT.Admin", "UAT.Admin", "openid profile",
		}},
		{
			"kb 8 but never our audience",
			parts{UAT: uri(apiUAT, "")},
			"stranger/api-like-uat", "aud",
			[]string{
				strangersAPIID, "api://orders-uat-copy", "api://orders-uat-copy/",
				"spn:" + strangersAPIID,
			},
		},
		{"kb 5 another tenant can call its API as ours is called", parts{
			UAT: uri(apiUAT, ""),
		}, "other-tenant/api-like-uat", "aud", []string{
			otherTenantsAPIID, "api://orders-uat",
		}},
		{"kb 5 its tokens have its own issuer", parts{
			UAT: app(apiUAT, ""),
		}, "other-tenant/api-like-uat", "tid", []string{otherTenantID}},
		{"kb 5 and roles of its liking", parts{
			UAT: app(apiUAT, estates.Roles),
		}, "other-tenant/api-like-uat", "roles", []string{
			"-", "UAT.Clerk", "UAT.Write", "UAT.Write+UAT.Clerk",
		}},
		{"kb 5 our own id is not theirs", parts{
			UAT: app(apiUAT, ""),
		}, "other-tenant/for-uat", "aud", nil},
		{"kb 5 unless our API is multi-tenant", parts{
			UAT: app(apiUAT, estates.V2+`,"signInAudience":"AzureADMultipleOrgs"`),
		}, "other-tenant/for-uat", "aud", []string{apiUAT}},
		{
			"kb 5 a multi-tenant client of ours is theirs too",
			parts{
				UAT: app(apiUAT, ""), UATClients: app(
					webUAT, `,"signInAudience":"AzureADMultipleOrgs"`,
				),
			},
			"other-tenant/api-like-uat", "appid",
			[]string{"-", otherTenantClient, webUAT},
		},
		{"1.5 an ID token is for the client itself", parts{
			DevClients: app(webDev, ""),
		}, "dev/id", "aud", []string{webDev}},
		{"1.5 it has no appid", parts{
			DevClients: app(webDev, ""),
		}, "dev/id", "appid", []string{"-"}},
		{"1.5 nor azp", parts{DevClients: app(webDev, "")}, "dev/id", "azp", []string{"-"}},
		{
			"1.5 nor scp",
			parts{DevClients: app(webDev, estates.Scopes)},
			"dev/id", "scp",
			[]string{"-"},
		},
		{"1.5 the endpoint decides its version, not the registration", parts{
			DevClients: app(webDev, estates.V2),
		}, "dev/id", "ver", []string{"1.0", "2.0"}},
		{"1.5 it carries the roles that its client gives to users", parts{
			DevClients: app(webDev, estates.Roles),
		}, "dev/id", "roles", []string{"-", "UAT.Clerk"}},
		{"1.5 a stranger's application has roles of the same names", parts{
			UAT: app(apiUAT, estates.Roles),
		}, "stranger/id-like-uat", "roles", []string{
			"-", "UAT.Clerk", "UAT.Write", "UAT.Write+UAT.Clerk",
		}},
		{"1.5 and so has one of another tenant", parts{
			UAT: app(apiUAT, ""),
		}, "other-tenant/id-like-uat", "tid", []string{otherTenantID}},
		{
			"5 whoever can sign in uses a client that needs no secret for an API of his own",
			parts{UAT: app(apiUAT, ""), UATClients: app(webUAT, `,"isFallbackPublicClient":true`)},
			"stranger/api-like-uat", "appid",
			[]string{"-", strangerID, webUAT},
		},
		{"5 but not one that needs a secret", parts{
			UAT: app(apiUAT, ""), UATClients: app(webUAT, ""),
		}, "stranger/api-like-uat", "appid", []string{"-", strangerID}},
		{"1.2 include_user_token gives the tokens of users one too", parts{
			UAT: app(
				apiUAT,
				`,"optionalClaims":{"accessToken":[`+
					`{"name":"idtyp","additionalProperties":["include_user_token"]}]}`,
			), UATClients: app(webUAT, ""),
		}, "uat/user", "idtyp", []string{"user"}},
		{
			"1.4 a user's roles come with him to another environment's client",
			parts{UAT: app(apiUAT, estates.BothOfUAT), DevClients: app(webDev, "")},
			"dev/for-uat-user-UAT.Access-with-roles", "roles",
			[]string{"UAT.Clerk"},
		},
		{"1.4 and through the middle tier", parts{
			Dev: app(apiDev, ""), UAT: app(apiUAT, estates.BothOfUAT),
		}, "dev/for-uat-obo", "roles", []string{"-", "UAT.Clerk"}},
		{"1.4 where he consents to a scope", parts{
			UAT: app(apiUAT, estates.Roles), DevClients: app(webDev, ""),
		}, "dev/for-uat-user-with-roles", "roles", nil},
		{"5 another environment's API is a client too", parts{
			Dev: app(apiDev, ""), UAT: app(apiUAT, ""),
		}, "dev/for-uat-app", "appid", []string{apiDev}},
		{
			"5 with the roles that its registration asks for",
			parts{
				Dev: app(apiDev, requires(`{"id":"r1","type":"Role"}`)),
				UAT: app(apiUAT, estates.Roles),
			},
			"dev/for-uat-app-UAT.Write", "appid",
			[]string{apiDev},
		},
		{"a client that belongs to both environments is none of another", parts{
			UAT: app(apiUAT, ""), DevClients: app(webUAT, "") + "," + app(webDev, ""),
			UATClients: app(webUAT, ""),
		}, "dev/for-uat-app", "appid", []string{webDev}},
		{
			"5 a client has what any other has, beside what it asks for",
			parts{
				UAT: app(apiUAT, estates.BothOfUAT), UATClients: app(
					webUAT, requires(`{"id":"r1","type":"Role"}`),
				),
			},
			"uat/unasked", "scp",
			[]string{"-", "UAT.Access", "openid profile"},
		},
		{"5 one that asks for nothing in particular has all anyway", parts{
			UAT: app(apiUAT, estates.BothOfUAT), UATClients: app(webUAT, ""),
		}, "uat/unasked", "scp", nil},
		{
			"5 a client that the API pre-authorizes has its scopes, though no file shows it",
			parts{
				UAT: app(
					apiUAT, strings.Replace(
						estates.Scopes, `"api":{`,
						`"api":{"preAuthorizedApplications":[`+
							`{"appId":"`+webDev+`","delegatedPermissionIds":["s2"]}],`,
						1,
					),
				),
			},
			"stranger/for-uat-user-UAT.Admin", "appid",
			[]string{webDev},
		},
		{"kb 8 another environment's clients may have tokens for a stranger's API", parts{
			UAT: app(apiUAT, ""), DevClients: app(webDev, ""),
		}, "dev/api-like-uat", "appid", []string{"-", webDev}},
		{"kb 8 and so may our own", parts{
			UAT: app(apiUAT, estates.Scopes), UATClients: app(webUAT, ""),
		}, "uat/api-like-uat", "scp", []string{
			"-", "UAT.Access", "UAT.Access UAT.Admin", "UAT.Admin", "openid profile",
		}},
		{
			"kb 5 a multi-tenant client of another environment is theirs too",
			parts{
				UAT: app(apiUAT, ""), DevClients: app(
					webDev, `,"signInAudience":"AzureADMultipleOrgs"`,
				),
			},
			"other-tenant/api-like-uat", "appid",
			[]string{"-", otherTenantClient, webDev},
		},
		{
			"5 a role that is assigned comes, whatever the registration asks for",
			parts{
				UAT: app(
					apiUAT, estates.BothOfUAT,
				) + "," + estates.NeedsRole +
					`,{"principalId":"pw","resourceId":"p1","appRoleId":"r1"}`,
				UATClients: app(
					webUAT, requires(`{"id":"s1","type":"Scope"}`),
				) + `,{"appId":"` + webUAT + `","id":"pw","servicePrincipalType":"Application"}`,
			},
			"uat/app-UAT.Write", "roles",
			[]string{"UAT.Write"},
		},
		{
			"a client that asks for roles only is a daemon in its own environment",
			parts{
				UAT: app(
					apiUAT,
					strings.Replace(estates.Scopes, `,"api":{`, estates.Roles+`,"api":{`, 1),
				), UATClients: app(webUAT, requires(`{"id":"r1","type":"Role"}`)),
			},
			"uat/user", "scp", nil,
		},
		{
			"groups in the place of app roles are not known",
			parts{
				UAT: app(apiUAT, estates.Roles+`,"optionalClaims":{"accessToken":[`+
					`{"name":"groups","additionalProperties":["emit_as_roles"]}]}`),
				UATClients: app(webUAT, ""),
			},
			"uat/app-others", "roles",
			[]string{"?+"},
		},
		{
			"nobody has a role where the whole list of assignments is empty",
			parts{
				UAT: app(apiUAT, estates.Roles) + `,{"appId":"` + apiUAT +
					`","id":"p1","servicePrincipalType":"Application","appRoleAssignedTo":[]}`,
				UATClients: app(webUAT, ""),
			},
			"uat/app-UAT.Write", "roles", nil,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := worldOf(t, test.estate).valuesOf(test.row, test.claim)
			if diff := cmp.Diff(sorted(test.want), got); diff != "" {
				t.Errorf("%s of %s (-want +got):\n%s", test.claim, test.row, diff)
			}
		})
	}
}

func sorted(texts []string) []string {
	texts = slices.Clone(texts)
	slices.Sort(texts)
	return texts
}
