package cmd

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/configurations"
)

func TestAConfigurationMeansTheSameInEveryForm(t *testing.T) {
	t.Parallel()
	for seed := range uint64(randomGateways / oneFormOf) {
		newGatewayEstate(t, 1000+seed).holdForms(t)
	}
}

// holdForms writes a configuration down in each form: what it means is the same.
func (g *gatewayEstate) holdForms(t *testing.T) {
	t.Helper()
	forms := configurations.Forms(g.Configuration)
	plain := g.as(t, forms[0])
	for _, f := range forms[1:] {
		other := g.as(t, f)
		want, got := plain.meaning(t, f.Moved), other.meaning(t, f.Moved)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %s, and plain:\n%s\n%s", g.name, f.Name, unlike(got, want),
				other.file.Text)
		}
	}
}

// place is where a file has something, in a message.
var place = regexp.MustCompile(`[\w-]+\.\w+:\d+:\d+`)

// meaning is what matrix and lint say of a pair, without places. Where things were moved, another
// alternative may come first, and lint may say something else of a rule at a place.
func (p *pair) meaning(t *testing.T, moved bool) []string {
	t.Helper()
	_, matrix := p.matrix(t)
	var all []string
	for r, row := range matrix.Rows {
		c := matrix.Cell(r, 0)
		text := fmt.Sprint(row.Name, " ", c.Outcome, " ", c.Status)
		if !moved {
			text += fmt.Sprint(" ", c.Decided)
		}
		all = append(all, text)
	}
	for _, f := range p.lint() {
		text := f.Rule
		if !moved {
			text += fmt.Sprint(" ", f.Severity, " ", place.ReplaceAllString(f.Message, "PLACE"))
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// unlike is what only one of two lists has.
func unlike(a, b []string) string {
	var text strings.Builder
	for _, side := range []struct {
		sign    string
		of, not []string
	}{{"+", a, b}, {"-", b, a}} {
		for _, line := range side.of {
			if !slices.Contains(side.not, line) {
				text.WriteString(side.sign + line + "\n")
			}
		}
	}
	return text.String()
}

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
