package environments

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/estates"
)

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
