package cmd

import (
	"fmt"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// oddRegistrations are registrations of the UAT API of which something is in another file, is not
// known, or is otherwise than usual.
func oddRegistrations() map[string][]string {
	const (
		begin = `{"appId":"` + holesAPI + `","displayName":"orders-uat",` +
			`"identifierUris":["api://orders-uat"],"appRoles":[{"id":"r1","value":"UAT.Call",` +
			`"isEnabled":true,"allowedMemberTypes":["Application"]}]`
		app       = begin + `}`
		principal = `{"appId":"` + holesAPI + `","id":"p1","servicePrincipalType":"Application"`
	)
	return map[string][]string{
		"two answers with one app": {app, `{"value":[` + app + `]}`},
		"an audience of the service principal": {
			`{"appId":"` + holesAPI + `","identifierUris":[]}`,
			principal + `,"servicePrincipalNames":["` + holesAPI + `","api://orders-uat"]}`,
		},
		"what was selected": {`{"@odata.context":"x#applications(appId,displayName)/$entity",` +
			`"appId":"` + holesAPI + `","displayName":"orders-uat"}`},
		"groups as roles": {begin + `,"groupMembershipClaims":"SecurityGroup","optionalClaims":` +
			`{"accessToken":[{"name":"groups","additionalProperties":["emit_as_roles"]}]}}`},
		"a disabled service principal": {app, principal + `,"accountEnabled":false}`},
		"nobody assigned":              {app, principal + `,"appRoleAssignedTo":[]}`},
		"lists that are null": {`{"appId":"` + holesAPI + `","identifierUris":null,` +
			`"appRoles":null,"api":null,"optionalClaims":null}`},
		"a disabled role": {`{"appId":"` + holesAPI + `","identifierUris":["api://orders-uat"],` +
			`"appRoles":[{"id":"r1","value":"UAT.Call","isEnabled":false,` +
			`"allowedMemberTypes":["Application"]}]}`},
	}
}

func TestTheCommandsAgreeOnOddRegistrations(t *testing.T) {
	t.Parallel()
	m, minted, counts := newMinter(t), 0, map[rules.Decision]int{}
	for name, files := range oddRegistrations() {
		for _, permission := range permissionSettings() {
			for _, audience := range audienceSettings() {
				text := jwtPolicy(audience, issuerSettings()[1], permission,
					setting{fields: map[string]any{"skipClientIdValidation": true}})
				file, policies := mulePolicies(t, text)
				p := pair{
					name: fmt.Sprintf("%s: %s, %s", name, audience.name, permission.name),
					file: file, policies: policies, apps: registrations(t, files...),
				}
				e, matrix := p.matrix(t)
				minted += p.checkWitnesses(t, m, e, matrix)
				p.checkLint(t, matrix, p.lint(), counts)
			}
		}
	}
	if minted < 500 || counts[rules.Accepted] < 50 || counts[rules.Rejected] < 50 {
		t.Errorf("%d witnesses were minted, %v: the test proves little", minted, counts)
	}
}
