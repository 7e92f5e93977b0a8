package cmd

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// The estate in which policies of UAT are tried: its API, whose tokens need no assignment and are
// of a version to be put in, its client, and a DEV environment beside it.
const (
	holesTenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	holesClient = "6f0e1c2a-8d4b-4c7e-9a53-2b1d0e9f8ac3"
	holesAPI    = "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09"
	holesUAT    = `{"appId": "` + holesAPI + `", "displayName": "orders-uat", 
		"identifierUris": ["api://orders-uat"], "signInAudience": "AzureADMyOrg",
		"api": {"requestedAccessTokenVersion": VERSION, "oauth2PermissionScopes": [
			{"id": "s", "value": "UAT.Access", "type": "Admin", "isEnabled": true}]},
		"appRoles": [{"id": "r", "value": "UAT.Call", "isEnabled": true,
			"allowedMemberTypes": ["Application"]}]}`
	holesPrincipal = `{"appId": "` + holesAPI + `", "id": "p", "servicePrincipalType": ` +
		`"Application", "servicePrincipalNames": ["api://orders-uat"], ` +
		`"appRoleAssignmentRequired": false}`
	holesWeb = `{"appId": "` + holesClient + `", "displayName": "web-uat",
		"signInAudience": "AzureADMyOrg",
		"requiredResourceAccess": [{"resourceAppId": "` + holesAPI + `", "resourceAccess": [
			{"id": "s", "type": "Scope"}, {"id": "r", "type": "Role"}]}]}`
	holesDEV = `{"appId": "d1b1c6d5-27d1-4f0c-8e0e-6a5d3c2b1a01", "displayName": "orders-dev",
		"identifierUris": ["api://orders-dev"], "signInAudience": "AzureADMyOrg",
		"api": {"oauth2PermissionScopes": [{"id": "sd", "value": "DEV.Access", "type": "User",
			"isEnabled": true}]}}`
	holesDEVClient = "d30c7f41-52b8-4f6e-8a1b-90c4e7d2a5b6"

	holesDEVWeb = `{"appId": "` + holesDEVClient + `", "displayName": "web-dev", ` +
		`"signInAudience": "AzureADMyOrg"}`
)

// setting is one setting of a policy under test, with a name.
type setting struct {
	name   string
	fields map[string]any
	claim  [2]string // of mandatoryCustomClaims; none where it is empty
}

func audienceSettings() []setting {
	checked := func(audience string) map[string]any {
		return map[string]any{
			"validateAudClaim": true, "mandatoryAudClaim": true,
			"supportedAudiences": audience,
		}
	}
	return []setting{
		{name: "no audience"},
		{name: "the App ID URI", fields: checked("api://orders-uat")},
		{name: "the application id", fields: checked(holesAPI)},
		{name: "an audience of all", fields: checked("*")},
		{name: "a part of the audience", claim: [2]string{"aud", "#[vars.claimSet.aud contains " +
			"'orders']"}},
		{name: "the beginning of the audience", claim: [2]string{"aud", "#[vars.claimSet.aud " +
			"startsWith 'api://orders']"}},
		{name: "the audience with itself", claim: [2]string{"aud", "#[vars.claimSet.aud == " +
			"vars.claimSet.aud]"}},
		{name: "the audience as a claim", claim: [2]string{"aud", "api://orders-uat"}},
	}
}

func issuerSettings() []setting {
	const issuer = "https://sts.windows.net/" + holesTenant + "/"
	return []setting{
		{name: "no issuer"},
		{name: "the issuer", claim: [2]string{"iss", issuer}},
		{name: "the tenant", claim: [2]string{"tid", holesTenant}},
		{name: "the tenant in the issuer", claim: [2]string{"iss", "#[vars.claimSet.iss " +
			"contains '" + holesTenant + "']"}},
		{name: "a part of the issuer", claim: [2]string{"iss", "#[vars.claimSet.iss contains " +
			"'sts.windows.net']"}},
		{name: "the beginning of the issuer", claim: [2]string{"iss", "#[vars.claimSet.iss " +
			"startsWith 'https://sts.windows.net/']"}},
		{name: "the issuer with itself", claim: [2]string{"iss", "#[vars.claimSet.iss == " +
			"vars.claimSet.iss]"}},
		{
			name:  "the issuer or true",
			claim: [2]string{"iss", "#[(vars.claimSet.iss == '" + issuer + "') or true]"},
		},
		{name: "another tenant denied", claim: [2]string{"tid", "#[vars.claimSet.tid != " +
			"'9188040d-6c67-4c5b-b112-36a304b66dad']"}},
	}
}

func clientSettings() []setting {
	from := func(expression string) map[string]any {
		return map[string]any{"skipClientIdValidation": false, "clientIdExpression": expression}
	}
	return []setting{
		{name: "no client", fields: map[string]any{"skipClientIdValidation": true}},
		{name: "the client from appid", fields: from("#[vars.claimSet.appid]")},
		{name: "the client from either claim", fields: from("#[vars.claimSet.azp default " +
			"vars.claimSet.appid]")},
		{name: "the client from client_id", fields: from("#[vars.claimSet.client_id]")},
		{name: "the client from azp", fields: from("#[vars.claimSet.azp]")},
		{name: "the client from sub", fields: from("#[vars.claimSet.sub]")},
		{name: "the client from a header", fields: from("#[attributes.headers['client_id']]")},
		{name: "the client from a parameter", fields: from("#[attributes.queryParams.client_id]")},
		{
			name:   "the client as a claim",
			fields: map[string]any{"skipClientIdValidation": true},
			claim:  [2]string{"appid", holesClient},
		},
	}
}

func permissionSettings() []setting {
	return []setting{
		{name: "nothing else"},
		{name: "a role", claim: [2]string{"roles", "#[vars.claimSet.roles contains 'UAT.Call']"}},
		{name: "a scope", claim: [2]string{"scp", "#[(vars.claimSet.scp splitBy ' ') contains " +
			"'UAT.Access']"}},
		{name: "a role as a text", claim: [2]string{"roles", "UAT.Call"}},
	}
}

// jwtPolicy is JWT Validation with these settings.
func jwtPolicy(settings ...setting) string {
	fields := map[string]any{
		"signingMethod":         "rsa",
		"signingKeyLength":      256,
		"jwtKeyOrigin":          "jwks",
		"jwksServiceTimeToLive": 60,
		"jwksUrl": "https://login.microsoftonline.com/" +
			holesTenant + "/discovery/keys",
		"mandatoryExpClaim":   true,
		"mandatoryNbfClaim":   true,
		"validateCustomClaim": true,
	}
	claims := []map[string]string{}
	for _, c := range settings {
		for name, value := range c.fields {
			fields[name] = value
		}
		if c.claim[0] != "" {
			claims = append(claims, map[string]string{"key": c.claim[0], "value": c.claim[1]})
		}
	}
	fields["mandatoryCustomClaims"] = claims
	text, _ := json.Marshal(map[string]any{
		"assetId": "jwt-validation", "assetVersion": "1.4.0",
		"configurationData": fields,
	})
	return string(text)
}

func openIDPolicies() map[string]string {
	all := map[string]string{}
	for name, fields := range map[string]string{
		"OpenID Connect, strict":  `"skipClientIdValidation": false`,
		"OpenID Connect, skipped": `"skipClientIdValidation": true`,
		"OpenID Connect, a scope": `"skipClientIdValidation": true, "scopes": ` +
			`"UAT.Access"`,
		"OpenID Connect, a scope of anybody": `"skipClientIdValidation": true, "scopes": "openid"`,
	} {
		all[name] = `{"assetId": "openidconnect-access-token-enforcement", "assetVersion": ` +
			`"1.3.0", "configurationData": {` + fields + `}}`
	}
	return all
}

// everyFifth leaves out four of five combinations: each pair of settings is in one of those that
// stay, and the test is quick.
const everyFifth = 5

// policiesUnderTest are combinations of the settings, by name, with the issuer of a version of
// tokens.
func policiesUnderTest(version string) map[string]string {
	all, n := openIDPolicies(), 0
	issuers := strings.NewReplacer("https://sts.windows.net/"+holesTenant+"/",
		"https://login.microsoftonline.com/"+holesTenant+"/v2.0")
	for _, audience := range audienceSettings() {
		for _, issuer := range issuerSettings() {
			for _, client := range clientSettings() {
				for _, permission := range permissionSettings() {
					if n++; n%everyFifth != 0 {
						continue
					}
					name := strings.Join(
						[]string{audience.name, issuer.name, client.name, permission.name},
						", ",
					)
					all[name] = jwtPolicy(audience, issuer, client, permission)
					if version == "2" {
						all[name] = issuers.Replace(all[name])
					}
				}
			}
		}
	}
	return all
}

// holes says what the matrix makes of a policy of UAT.
type holes struct {
	foreign []string // rows that are let in and must not be
	doubt   bool     // of some row it is not known
	own     bool     // some token of UAT's own is let in
}

// mulePolicies are the policies that a text has for Mule, with the file that the text is.
func mulePolicies(t *testing.T, text string) (*source.File, []*rules.Policy) {
	t.Helper()
	file, err := source.Read("policy.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	set, err := everyGateway().Read([]*source.File{file}, rules.Options{Variant: "mule"})
	if err != nil {
		t.Fatal(err)
	}
	return file, set.Policies
}

func registrations(t *testing.T, texts ...string) *entra.Directory {
	t.Helper()
	file, err := source.Read("apps.json", []byte("["+strings.Join(texts, ",")+"]"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := entra.ReadRegistrations(file)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// holesEstate is made once for a version of tokens: only the policies differ.
func holesEstate(t *testing.T, uat *entra.Directory) *environments.Estate {
	cloud, _ := entra.CloudByID("public")
	return &environments.Estate{
		Tenant: holesTenant,
		Cloud:  cloud,
		At:     clock,
		Sites: []environments.Site{
			{
				Name:    "dev",
				API:     registrations(t, holesDEV).Apps[0],
				Clients: registrations(t, holesDEVWeb).Apps,
			},
			{
				Name:      "uat",
				API:       uat.Apps[0],
				Clients:   registrations(t, holesWeb).Apps,
				Contracts: &rules.Contracts{IDs: []string{holesClient}},
			},
		},
	}
}

func holesIn(estate *environments.Estate, policies []*rules.Policy) holes {
	e := *estate
	e.Sites = slices.Clone(e.Sites)
	e.Sites[1].Policies = policies
	m := e.Evaluate()
	var found holes
	for r, row := range m.Rows {
		switch cell := m.Cell(r, 0); {
		case cell.Outcome == rules.Undetermined:
			found.doubt = true
		case cell.Outcome == rules.Accepted && cell.Expected == rules.Accepted:
			found.own = true
		case cell.Outcome == rules.Accepted && cell.Expected == rules.Rejected:
			found.foreign = append(found.foreign, row.Name)
		}
	}
	return found
}

// oneChangeAway reports whether a rule's warnings are of what one other change would make a hole:
// a role or a contract of today keeps the tokens of other APIs out.
func oneChangeAway(rule string) bool {
	return rule == "audience-not-checked" || rule == "client-id-chosen-by-caller"
}

// TestWhereTheMatrixFindsAHoleLintDoesToo runs combinations of good and bad settings through the
// matrix and through lint: a foreign token that is let in, and an environment that is locked out,
// come with a finding of severity warning or above; where neither is so, there is none.
func TestWhereTheMatrixFindsAHoleLintDoesToo(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for _, version := range []string{"1", "2"} {
		uat := registrations(t, strings.Replace(holesUAT, "VERSION", version, 1), holesPrincipal)
		estate := holesEstate(t, uat)
		j := report.NewJudge(everyGateway(), rules.Options{Variant: "mule"}, nil)
		j.Apps = uat
		under := policiesUnderTest(version)
		for i, name := range slices.Sorted(maps.Keys(under)) {
			if i%oneCombinationOf != 0 {
				continue
			}
			text := under[name]
			file, policies := mulePolicies(t, text)
			kind, fault := disagree(holesIn(estate, policies), j.Findings(file))
			counts[kind]++
			// of which lint has a note: another client provider makes it right
			if fault != "" && !(kind == "locked" && strings.HasPrefix(name, "OpenID")) {
				t.Errorf("v%s tokens, %s: %s", version, name, fault)
			}
		}
	}
	for _, kind := range []string{"open", "locked", "sound"} {
		if counts[kind] < 50/oneCombinationOf {
			t.Errorf("%s came up %d times only: the test proves little", kind, counts[kind])
		}
	}
}

// disagree says what kind of policy it is by the matrix, and how lint disagrees; empty where it
// does not.
func disagree(found holes, findings []rules.Finding) (kind, fault string) {
	var serious, wrong []string
	for _, f := range findings {
		if f.Severity != rules.Note {
			serious = append(serious, f.Rule)
		}
		if f.Severity == rules.Error || f.Severity == rules.Warning && !oneChangeAway(f.Rule) {
			wrong = append(wrong, fmt.Sprintf("%s [%s]", f.Message, f.Rule))
		}
	}
	switch {
	case len(found.foreign) > 0 && len(serious) == 0:
		return "open", fmt.Sprintf("lets in %v, and lint says nothing", found.foreign)
	case len(found.foreign) > 0:
		return "open", ""
	case found.doubt:
		return "not known", ""
	case !found.own && len(serious) == 0:
		return "locked", "nobody gets in, and lint says nothing"
	case !found.own:
		return "locked", ""
	case len(wrong) > 0:
		return "sound", fmt.Sprintf("is sound, and lint says %v", wrong)
	}
	return "sound", ""
}
