package issued

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

const (
	apiDev = "d1b1c6d5-7d1f-4f0c-8e0e-6a5d3c2b1a01"
	apiUAT = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"
	webDev = "d30c7f41-52b8-4f6e-8a1b-90c4e7d2a5b6"
	webUAT = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
)

// parts is what files say of two environments; each text is a list of what Graph answers.
type parts struct{ dev, uat, devClients, uatClients string }

func app(
	id, more string,
) string {
	return `{"appId":"` + id + `","identifierUris":[]` + more + `}`
}

// worldOf reads the registrations of two environments.
func worldOf(t *testing.T, p parts) *World {
	t.Helper()
	w := &World{Tenant: tenantID, Cloud: entra.Clouds()[0], At: noon}
	for _, place := range []struct{ name, api, clients string }{
		{"dev", p.dev, p.devClients}, {"uat", p.uat, p.uatClients},
	} {
		made := Place{Name: place.name}
		if place.api != "" {
			d := directory(t, place.api)
			made.API = d.Apps[0]
			w.Assignments = append(w.Assignments, d.Assignments...)
		}
		if place.clients != "" {
			made.Clients = directory(t, place.clients).Apps
		}
		w.Places = append(w.Places, made)
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

const (
	v1Orders  = `,"identifierUris":["api://orders-uat"]`
	v2        = `,"api":{"requestedAccessTokenVersion":2}`
	scopes    = `,"api":{"oauth2PermissionScopes":[{"id":"s1","value":"UAT.Access","type":"User"},{"id":"s2","value":"UAT.Admin","type":"Admin"},{"id":"s3","value":"UAT.Old","isEnabled":false}]}`
	roles     = `,"appRoles":[{"id":"r1","value":"UAT.Write","allowedMemberTypes":["Application"]},{"id":"r2","value":"UAT.Clerk","allowedMemberTypes":["User"]}]`
	bothOfUAT = scopes + roles

	needsRole = `{"appId":"` + apiUAT + `","id":"p1","servicePrincipalType":"Application","appRoleAssignmentRequired":true}`
)

// requires is a client that asks for permissions of the UAT API.
func requires(access string) string {
	return `,"requiredResourceAccess":[{"resourceAppId":"` + apiUAT + `","resourceAccess":[` + access + `]}]`
}

// TestWhatEntraIssues holds the model against what is known of Entra: facts/entra.md, sections 1.1
// to 1.4 and 5, one row a rule.
func TestWhatEntraIssues(t *testing.T) {
	t.Parallel()
	uri := func(id, more string) string { return `{"appId":"` + id + `"` + v1Orders + more + `}` }
	tests := []struct {
		name       string
		estate     parts
		row, claim string
		want       []string // nil where there must be no such row
	}{
		{"1.1 null means v1.0", parts{
			uat: app(apiUAT, ""), uatClients: app(webUAT, ""),
		}, "uat/app", "ver", []string{"1.0"}},
		{"1.1 the API's registration asks for v2.0, whatever its clients' say", parts{
			uat: app(apiUAT, v2), uatClients: app(webUAT, ""),
		}, "uat/app", "ver", []string{"2.0"}},
		{"1.1 a client's own registration does not count", parts{
			uat: app(apiUAT, ""), uatClients: app(webUAT, v2),
		}, "uat/app", "ver", []string{"1.0"}},
		{"1.2 the v1.0 issuer ends with a slash", parts{
			uat: app(apiUAT, ""), uatClients: app(webUAT, ""),
		}, "uat/app", "iss", []string{"https://sts.windows.net/" + tenantID + "/"}},
		{"1.2 the v2.0 issuer does not", parts{
			uat: app(apiUAT, v2), uatClients: app(webUAT, ""),
		}, "uat/app", "iss", []string{
			"https://login.microsoftonline.com/" + tenantID + "/v2.0",
		}},
		{"1.2 v1.0 names the client in appid", parts{
			uat: app(apiUAT, ""), uatClients: app(webUAT, ""),
		}, "uat/app", "appid", []string{webUAT}},
		{"1.2 v1.0 has no azp", parts{
			uat: app(apiUAT, ""), uatClients: app(webUAT, ""),
		}, "uat/app", "azp", []string{"-"}},
		{"1.2 v2.0 names the client in azp", parts{
			uat: app(apiUAT, v2), uatClients: app(webUAT, ""),
		}, "uat/app", "azp", []string{webUAT}},
		{"1.2 v2.0 has no appid", parts{
			uat: app(apiUAT, v2), uatClients: app(webUAT, ""),
		}, "uat/app", "appid", []string{"-"}},
		{"1.2 neither has client_id", parts{
			uat: app(apiUAT, ""), uatClients: app(webUAT, ""),
		}, "uat/app", "client_id", []string{"-"}},
		{"1.2 idtyp is there where the API asks for it", parts{
			uat: app(
				apiUAT, `,"optionalClaims":{"accessToken":[{"name":"idtyp"}]}`,
			), uatClients: app(webUAT, ""),
		}, "uat/app", "idtyp", []string{"app"}},
		{"1.2 and else not", parts{
			uat: app(apiUAT, ""), uatClients: app(webUAT, ""),
		}, "uat/app", "idtyp", []string{"-"}},
		{"1.2 what is not modelled is not guessed", parts{
			uat: app(apiUAT, ""), uatClients: app(webUAT, ""),
		}, "uat/app", "groups", []string{"?"}},
		{
			"1.3 v1.0 has the App ID URI, with or without a slash, or the id",
			parts{uat: uri(apiUAT, ""), uatClients: app(webUAT, "")},
			"uat/app", "aud",
			[]string{apiUAT, "api://orders-uat", "api://orders-uat/", "spn:" + apiUAT},
		},
		{"1.3 v2.0 has the id only", parts{
			uat: uri(apiUAT, v2), uatClients: app(webUAT, ""),
		}, "uat/app", "aud", []string{apiUAT}},
		{
			"1.3 use_guid makes it the id",
			parts{
				uat: uri(
					apiUAT,
					`,"optionalClaims":{"accessToken":[{"name":"aud","additionalProperties":["use_guid"]}]}`,
				), uatClients: app(webUAT, ""),
			},
			"uat/app", "aud",
			[]string{apiUAT},
		},
		{"1.4 a delegated token carries a scope that users consent to", parts{
			uat: app(apiUAT, scopes), uatClients: app(webUAT, ""),
		}, "uat/user-UAT.Access", "scp", []string{"UAT.Access"}},
		{"1.4 a scope that is switched off is not issued", parts{
			uat: app(apiUAT, scopes), uatClients: app(webUAT, ""),
		}, "uat/user-UAT.Old", "scp", nil},
		{"1.4 all scopes come together", parts{
			uat: app(apiUAT, scopes), uatClients: app(webUAT, ""),
		}, "uat/user-UAT.Access+UAT.Admin", "scp", []string{"UAT.Access UAT.Admin"}},
		{"1.4 an app-only token never has scp", parts{
			uat: app(apiUAT, scopes), uatClients: app(webUAT, ""),
		}, "uat/app", "scp", []string{"-"}},
		{"1.4 it has the roles of its client", parts{
			uat: app(apiUAT, roles), uatClients: app(webUAT, ""),
		}, "uat/app-UAT.Write", "roles", []string{"UAT.Write"}},
		{"1.4 a role for users is none of an application", parts{
			uat: app(apiUAT, roles), uatClients: app(webUAT, ""),
		}, "uat/app-UAT.Clerk", "roles", nil},
		{"1.4 a user's roles come in delegated tokens", parts{
			uat: app(apiUAT, roles), uatClients: app(webUAT, ""),
		}, "uat/user-with-roles", "roles", []string{"UAT.Clerk"}},
		{"1.4 on behalf of: the client is the middle tier", parts{
			dev: app(apiDev, ""), uat: app(apiUAT, scopes),
		}, "dev/for-uat-obo", "appid", []string{apiDev}},
		{"1.4 on behalf of: it is never app-only", parts{
			dev: app(apiDev, ""), uat: app(apiUAT, scopes),
		}, "dev/for-uat-obo", "scp", []string{"UAT.Access", "openid profile"}},
		{"5 any client of the tenant can have a token without roles", parts{
			uat: app(apiUAT, roles), devClients: app(webDev, ""),
		}, "dev/for-uat-app", "roles", []string{"-"}},
		{"5 and none with our roles", parts{
			uat: app(apiUAT, roles), devClients: app(webDev, ""),
		}, "dev/for-uat-app-UAT.Write", "roles", nil},
		{
			"5 unless its registration asks for one",
			parts{
				uat: app(apiUAT, roles), devClients: app(
					webDev, requires(`{"id":"r1","type":"Role"}`),
				),
			},
			"dev/for-uat-app-UAT.Write", "appid",
			[]string{webDev},
		},
		{"5 assignment required refuses a client without an assignment", parts{
			uat: app(apiUAT, roles) + "," + needsRole, devClients: app(webDev, ""),
		}, "dev/for-uat-app", "appid", nil},
		{"5 it refuses a stranger too", parts{
			uat: app(apiUAT, roles) + "," + needsRole,
		}, "stranger/for-uat-app", "appid", nil},
		{"5 without it a stranger has a token", parts{
			uat: app(apiUAT, roles),
		}, "stranger/for-uat-app", "roles", []string{"-"}},
		{
			"5 an assignment gives the role that it names",
			parts{
				uat: app(
					apiUAT, roles,
				) + "," + needsRole + `,{"principalId":"pw","resourceId":"p1","appRoleId":"r1"}`,
				uatClients: app(
					webUAT, "",
				) + `,{"appId":"` + webUAT + `","id":"pw","servicePrincipalType":"Application"}`,
			},
			"uat/app-UAT.Write", "roles",
			[]string{"UAT.Write"},
		},
		{
			"5 where assignments are known, who has none has no token",
			parts{
				uat: app(
					apiUAT, roles,
				) + "," + needsRole + `,{"principalId":"pw","resourceId":"p1","appRoleId":"r1"}`,
				uatClients: app(webUAT, ""),
			},
			"uat/app", "roles", nil,
		},
		{"5 a scope for administrators is not for strangers", parts{
			uat: app(apiUAT, scopes),
		}, "stranger/for-uat-user-UAT.Admin", "scp", nil},
		{"5 a scope for users is", parts{
			uat: app(apiUAT, scopes),
		}, "stranger/for-uat-user-UAT.Access", "scp", []string{"UAT.Access"}},
		{"5 a guest has our tenant and another home", parts{
			uat: app(apiUAT, scopes), uatClients: app(webUAT, ""),
		}, "uat/guest", "idp", []string{"https://sts.windows.net/" + otherTenantID + "/"}},
		{"5 a member may have the claim or not", parts{
			uat: app(apiUAT, scopes), uatClients: app(webUAT, ""),
		}, "uat/user", "idp", []string{"?"}},
		{"kb 8 a stranger's API has scopes of the same names", parts{
			uat: uri(apiUAT, scopes),
		}, "stranger/api-like-uat", "scp", []string{
			"-", "UAT.Access", "UAT.Access UAT.Admin", "UAT.Admin", "openid profile",
		}},
		{
			"kb 8 but never our audience",
			parts{uat: uri(apiUAT, "")},
			"stranger/api-like-uat", "aud",
			[]string{
				strangersAPIID, "api://orders-uat-copy", "api://orders-uat-copy/",
				"spn:" + strangersAPIID,
			},
		},
		{"kb 5 another tenant can call its API as ours is called", parts{
			uat: uri(apiUAT, ""),
		}, "other-tenant/api-like-uat", "aud", []string{
			otherTenantsAPIID, "api://orders-uat",
		}},
		{"kb 5 its tokens have its own issuer", parts{
			uat: app(apiUAT, ""),
		}, "other-tenant/api-like-uat", "tid", []string{otherTenantID}},
		{"kb 5 and roles of its liking", parts{
			uat: app(apiUAT, roles),
		}, "other-tenant/api-like-uat", "roles", []string{
			"-", "UAT.Clerk", "UAT.Write", "UAT.Write+UAT.Clerk",
		}},
		{"kb 5 our own id is not theirs", parts{
			uat: app(apiUAT, ""),
		}, "other-tenant/for-uat", "aud", nil},
		{"kb 5 unless our API is multi-tenant", parts{
			uat: app(apiUAT, v2+`,"signInAudience":"AzureADMultipleOrgs"`),
		}, "other-tenant/for-uat", "aud", []string{apiUAT}},
		{
			"kb 5 a multi-tenant client of ours is theirs too",
			parts{
				uat: app(apiUAT, ""), uatClients: app(
					webUAT, `,"signInAudience":"AzureADMultipleOrgs"`,
				),
			},
			"other-tenant/api-like-uat", "appid",
			[]string{"-", otherTenantClient, webUAT},
		},
		{"1.5 an ID token is for the client itself", parts{
			devClients: app(webDev, ""),
		}, "dev/id", "aud", []string{webDev}},
		{"1.5 it has no appid", parts{
			devClients: app(webDev, ""),
		}, "dev/id", "appid", []string{"-"}},
		{"1.5 nor azp", parts{devClients: app(webDev, "")}, "dev/id", "azp", []string{"-"}},
		{"1.5 nor scp", parts{devClients: app(webDev, scopes)}, "dev/id", "scp", []string{"-"}},
		{"1.5 the endpoint decides its version, not the registration", parts{
			devClients: app(webDev, v2),
		}, "dev/id", "ver", []string{"1.0", "2.0"}},
		{"1.5 it carries the roles that its client gives to users", parts{
			devClients: app(webDev, roles),
		}, "dev/id", "roles", []string{"-", "UAT.Clerk"}},
		{"1.5 a stranger's application has roles of the same names", parts{
			uat: app(apiUAT, roles),
		}, "stranger/id-like-uat", "roles", []string{
			"-", "UAT.Clerk", "UAT.Write", "UAT.Write+UAT.Clerk",
		}},
		{"1.5 and so has one of another tenant", parts{
			uat: app(apiUAT, ""),
		}, "other-tenant/id-like-uat", "tid", []string{otherTenantID}},
		{
			"5 whoever can sign in uses a client that needs no secret for an API of his own",
			parts{uat: app(apiUAT, ""), uatClients: app(webUAT, `,"isFallbackPublicClient":true`)},
			"stranger/api-like-uat", "appid",
			[]string{"-", strangerID, webUAT},
		},
		{"5 but not one that needs a secret", parts{
			uat: app(apiUAT, ""), uatClients: app(webUAT, ""),
		}, "stranger/api-like-uat", "appid", []string{"-", strangerID}},
		{"1.2 include_user_token gives the tokens of users one too", parts{
			uat: app(
				apiUAT,
				`,"optionalClaims":{"accessToken":[{"name":"idtyp","additionalProperties":["include_user_token"]}]}`,
			), uatClients: app(webUAT, ""),
		}, "uat/user", "idtyp", []string{"user"}},
		{
			"1.4 a user's roles come with him to another environment's client",
			parts{uat: app(apiUAT, bothOfUAT), devClients: app(webDev, "")},
			"dev/for-uat-user-UAT.Access-with-roles", "roles",
			[]string{"UAT.Clerk"},
		},
		{"1.4 and through the middle tier", parts{
			dev: app(apiDev, ""), uat: app(apiUAT, bothOfUAT),
		}, "dev/for-uat-obo", "roles", []string{"-", "UAT.Clerk"}},
		{"1.4 where he consents to a scope", parts{
			uat: app(apiUAT, roles), devClients: app(webDev, ""),
		}, "dev/for-uat-user-with-roles", "roles", nil},
		{"5 another environment's API is a client too", parts{
			dev: app(apiDev, ""), uat: app(apiUAT, ""),
		}, "dev/for-uat-app", "appid", []string{apiDev}},
		{
			"5 with the roles that its registration asks for",
			parts{
				dev: app(apiDev, requires(`{"id":"r1","type":"Role"}`)), uat: app(apiUAT, roles),
			},
			"dev/for-uat-app-UAT.Write", "appid",
			[]string{apiDev},
		},
		{"a client that belongs to both environments is none of another", parts{
			uat: app(apiUAT, ""), devClients: app(webUAT, "") + "," + app(webDev, ""),
			uatClients: app(webUAT, ""),
		}, "dev/for-uat-app", "appid", []string{webDev}},
		{
			"5 a client has what any other has, beside what it asks for",
			parts{
				uat: app(apiUAT, bothOfUAT), uatClients: app(
					webUAT, requires(`{"id":"r1","type":"Role"}`),
				),
			},
			"uat/unasked", "scp",
			[]string{"-", "UAT.Access", "openid profile"},
		},
		{"5 one that asks for nothing in particular has all anyway", parts{
			uat: app(apiUAT, bothOfUAT), uatClients: app(webUAT, ""),
		}, "uat/unasked", "scp", nil},
		{
			"5 a client that the API pre-authorizes has its scopes, though no file shows it",
			parts{
				uat: app(
					apiUAT, strings.Replace(
						scopes, `"api":{`,
						`"api":{"preAuthorizedApplications":[{"appId":"`+webDev+`","delegatedPermissionIds":["s2"]}],`,
						1,
					),
				),
			},
			"stranger/for-uat-user-UAT.Admin", "appid",
			[]string{webDev},
		},
		{"kb 8 another environment's clients may have tokens for a stranger's API", parts{
			uat: app(apiUAT, ""), devClients: app(webDev, ""),
		}, "dev/api-like-uat", "appid", []string{"-", webDev}},
		{"kb 8 and so may our own", parts{
			uat: app(apiUAT, scopes), uatClients: app(webUAT, ""),
		}, "uat/api-like-uat", "scp", []string{
			"-", "UAT.Access", "UAT.Access UAT.Admin", "UAT.Admin", "openid profile",
		}},
		{
			"kb 5 a multi-tenant client of another environment is theirs too",
			parts{
				uat: app(apiUAT, ""), devClients: app(
					webDev, `,"signInAudience":"AzureADMultipleOrgs"`,
				),
			},
			"other-tenant/api-like-uat", "appid",
			[]string{"-", otherTenantClient, webDev},
		},
		{
			"5 a role that is assigned comes, whatever the registration asks for",
			parts{
				uat: app(
					apiUAT, bothOfUAT,
				) + "," + needsRole + `,{"principalId":"pw","resourceId":"p1","appRoleId":"r1"}`,
				uatClients: app(
					webUAT, requires(`{"id":"s1","type":"Scope"}`),
				) + `,{"appId":"` + webUAT + `","id":"pw","servicePrincipalType":"Application"}`,
			},
			"uat/app-UAT.Write", "roles",
			[]string{"UAT.Write"},
		},
		{
			"a client that asks for roles only is a daemon in its own environment",
			parts{
				uat: app(
					apiUAT, strings.Replace(scopes, `,"api":{`, roles+`,"api":{`, 1),
				), uatClients: app(webUAT, requires(`{"id":"r1","type":"Role"}`)),
			},
			"uat/user", "scp", nil,
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
