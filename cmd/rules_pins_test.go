package cmd

import (
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// severityOf lints JWT Validation for Mule Gateway with these settings, and returns how bad a rule
// finds it; empty for no finding.
func severityOf(t *testing.T, rule string, settings ...setting) rules.Severity {
	t.Helper()
	file, err := source.Read("policy.json", []byte(jwtPolicy(settings...)))
	if err != nil {
		t.Fatal(err)
	}
	j := report.NewJudge(everyGateway(), rules.Options{Variant: "mule"}, nil)
	found := j.Findings(file)
	i := slices.IndexFunc(found, func(f rules.Finding) bool { return f.Rule == rule })
	if i < 0 {
		return ""
	}
	return found[i].Severity
}

func TestWhatPinsTheIssuer(t *testing.T) {
	t.Parallel()
	const issuer = "https://sts.windows.net/" + holesTenant + "/"
	audience := setting{fields: map[string]any{
		"validateAudClaim": true, "mandatoryAudClaim": true,
		"supportedAudiences": "api://orders-uat", "skipClientIdValidation": true,
	}}
	for name, row := range map[string]struct {
		claim, value string
		want         rules.Severity
	}{
		"the issuer does": {"iss", issuer, ""},
		"the tenant does": {
			"tid", holesTenant, "",
		},
		"the issuer in an expression does": {
			"iss", "#[vars.claimSet.iss == '" + issuer + "']", "",
		},
		"the issuer on the other side does": {
			"iss", "#['" + issuer + "' == vars.claimSet.iss]", "",
		},
		"either version's issuer does": {
			"iss",
			"#[(vars.claimSet.iss == '" + issuer +
				"') or (vars.claimSet.iss == 'https://login.microsoftonline.com/" + holesTenant +
				"/v2.0')]",
			"",
		},
		"a list of issuers does": {
			"iss", "#[['" + issuer + "'] contains vars.claimSet.iss]", "",
		},
		"the tenant's id in it does": {
			"iss", "#[vars.claimSet.iss contains '" + holesTenant + "']", "",
		},
		"a beginning with the tenant's id does": {
			"iss", "#[vars.claimSet.iss startsWith '" + issuer + "']", "",
		},
		"the issuer in lower case does": {
			"iss", "#[lower(vars.claimSet.iss) == '" + issuer + "']", "",
		},
		"the tenant under another claim does": {
			"ver",
			"#[(vars.claimSet.ver == '1.0') and (vars.claimSet.tid == '" + holesTenant + "')]", "",
		},
		"nothing does not": {
			"ver", "1.0", rules.Error,
		},
		"the host does not": {
			"iss", "#[vars.claimSet.iss contains 'sts.windows.net']", rules.Error,
		},
		"a beginning without the tenant does not": {
			"iss", "#[vars.claimSet.iss startsWith 'https://sts.windows.net/']", rules.Error,
		},
		"an end without the tenant does not": {
			"iss", "#[vars.claimSet.iss endsWith '/']", rules.Error,
		},
		"the issuer itself does not": {
			"iss", "#[vars.claimSet.iss == vars.claimSet.iss]", rules.Error,
		},
		"the issuer or true does not": {
			"iss", "#[(vars.claimSet.iss == '" + issuer + "') or true]", rules.Error,
		},
		"the issuer or a role does not": {
			"iss",
			"#[(vars.claimSet.iss == '" + issuer + "') or (vars.claimSet.roles contains 'Admin')]",
			rules.Error,
		},
		"the issuer or an authenticated client does not": {
			"iss", "#[(vars.claimSet.iss == '" + issuer + "') or (vars.claimSet.appidacr == '2')]",
			rules.Error,
		},
		"that there is an issuer does not": {
			"iss", "#[vars.claimSet.iss != null]", rules.Error,
		},
		"that it is not empty does not": {
			"iss", "#[not (isEmpty(vars.claimSet.iss))]", rules.Error,
		},
		"that it is another tenant's than one does not": {
			"tid", "#[vars.claimSet.tid != '9188040d-6c67-4c5b-b112-36a304b66dad']", rules.Error,
		},
		"true does not": {
			"iss", "#[true]", rules.Error,
		},
		"the issuer or a v2.0 token, which can't have this audience, does": {
			"iss", "#[(vars.claimSet.iss == '" + issuer + "') or (vars.claimSet.ver == '2.0')]",
			"",
		},
		"a part of the tenant's id may be another tenant's": {
			"iss", "#[vars.claimSet.iss contains '" + holesTenant[:8] + "']", rules.Warning,
		},
		"the beginning of the tenant's id as well": {
			"iss",
			"#[vars.claimSet.iss startsWith 'https://sts.windows.net/" + holesTenant[:8] + "']",
			rules.Warning,
		},
		"of an expression that can't be run it is not known": {
			"iss", "#[ourOwnCheck(vars.claimSet.iss)]", rules.Note,
		},
		"of one whose outcome is not documented neither": {
			"iss", "#[(vars.claimSet.iss splitBy '/')[3] == '" + holesTenant + "']", rules.Note,
		},
		"of one that reads another policy's variable neither": {
			"iss", "#[vars.claimSet.iss == vars.issuer]", rules.Note,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := severityOf(
				t, "issuer-not-pinned", audience, setting{claim: [2]string{row.claim, row.value}},
			); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

func TestWhatChecksTheAudience(t *testing.T) {
	t.Parallel()
	issuer := setting{
		claim:  [2]string{"iss", "https://sts.windows.net/" + holesTenant + "/"},
		fields: map[string]any{"skipClientIdValidation": true},
	}
	for name, row := range map[string]struct {
		value string
		want  rules.Severity
	}{
		"a text does": {"api://orders-uat", ""},
		"a comparison does": {"#[vars.claimSet.aud == " +
			"'api://orders-uat']", ""},
		"a list does": {
			"#[['api://orders-uat', '" + holesAPI + "'] contains vars.claimSet.aud]", "",
		},
		"a part does not": {"#[vars.claimSet.aud contains " +
			"'orders']", rules.Error},
		"an end does not": {"#[vars.claimSet.aud endsWith " +
			"'orders-uat']", rules.Error},
		"a beginning does not": {"#[vars.claimSet.aud startsWith " +
			"'api://orders-uat']", rules.Error},
		"the scheme does not": {"#[vars.claimSet.aud startsWith " +
			"'api://']", rules.Error},
		"itself does not": {"#[vars.claimSet.aud == " +
			"vars.claimSet.aud]", rules.Error},
		"or true does not": {"#[(vars.claimSet.aud == " +
			"'api://orders-uat') or true]", rules.Error},
		"that there is one does not": {"#[vars.claimSet.aud != null]", rules.Error},
		"that it is another than one does not": {"#[vars.claimSet.aud != " +
			"'api://orders-dev']", rules.Error},
		"of an expression that can't be run, who knows?": {
			"#[ourOwnCheck(vars.claimSet.aud)]", rules.Note,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := severityOf(
				t, "audience-not-checked", issuer, setting{claim: [2]string{"aud", row.value}},
			); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

func TestWhoChoosesTheClientID(t *testing.T) {
	t.Parallel()
	const issuer = "https://sts.windows.net/" + holesTenant + "/"
	for name, row := range map[string]struct {
		expression, rule string
		want             rules.Severity
	}{
		"a header": {
			"#[attributes.headers['client_id']]", "client-id-chosen-by-caller", rules.Error,
		},
		"a header with a dash": {
			"#[attributes.headers.'x-client-id']", "client-id-chosen-by-caller", rules.Error,
		},
		"a header as a rule": {"#[attributes.headers['client_id'] default " +
			"vars.claimSet.appid]", "client-id-chosen-by-caller", rules.Error},
		"a parameter": {
			"#[attributes.queryParams.client_id]", "client-id-chosen-by-caller", rules.Error,
		},
		"a constant": {"#['" + holesClient + "']", "client-id-chosen-by-caller", rules.Error},
		"a header that no v1.0 token gets to": {"#[vars.claimSet.appid default " +
			"attributes.headers['client_id']]", "client-id-chosen-by-caller", ""},
		"appid": {
			"#[vars.claimSet.appid]", "client-id-chosen-by-caller", "",
		},
		"appid in quotes": {
			"#[vars.claimSet.'appid']", "client-id-claim-names-no-client", "",
		},
		"sub": {
			"#[vars.claimSet.sub]", "client-id-claim-names-no-client", rules.Error,
		},
		"oid in brackets": {
			"#[vars.claimSet['oid']]", "client-id-claim-names-no-client", rules.Error,
		},
		"oid, or sub where there is none": {
			"#[vars.claimSet.oid default vars.claimSet.sub]", "client-id-claim-names-no-client",
			rules.Error,
		},
		"aud": {
			"#[vars.claimSet.aud]", "client-id-claim-names-no-client", rules.Error,
		},
	} {
		t.Run(name, func(t *testing.T) {
			settings := setting{claim: [2]string{"iss", issuer}, fields: map[string]any{
				"clientIdExpression": row.expression, "validateAudClaim": true,
				"mandatoryAudClaim": true, "supportedAudiences": "api://orders-uat",
			}}
			if got := severityOf(t, row.rule, settings); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

// That some role is asked for lets tokens past, and those of whoever registers an API with a role.
func TestSomeRoleIsNoRole(t *testing.T) {
	t.Parallel()
	issuer := setting{
		claim:  [2]string{"iss", "https://sts.windows.net/" + holesTenant + "/"},
		fields: map[string]any{"skipClientIdValidation": true},
	}
	audience := setting{fields: map[string]any{
		"validateAudClaim": true, "mandatoryAudClaim": true,
		"supportedAudiences": "api://orders-uat",
	}}
	for _, row := range []struct {
		value, rule string
		also        setting
		want        rules.Severity
	}{
		{"#[vars.claimSet.roles != null]", noToken, setting{}, ""},
		{"#[vars.claimSet.roles != null]", unscoped, setting{}, rules.Error},
		{"#[vars.claimSet.roles != null]", unscoped, audience, ""},
		{"#[not (isEmpty(vars.claimSet.roles))]", noToken, setting{}, ""},
		{"#[not (isEmpty(vars.claimSet.roles))]", unscoped, setting{}, rules.Error},
		{"#[vars.claimSet.roles contains 'UAT.Call']", noToken, setting{}, ""},
		{"#[vars.claimSet.roles contains 'UAT.Call']", unscoped, setting{}, rules.Error},
		{"#[vars.claimSet.roles contains 'UAT.Call']", unscoped, audience, ""},
		{"#[vars.claimSet.roles == null]", unscoped, setting{}, ""},
		{"#[vars.claimSet.roles == null]", noToken, setting{}, rules.Error}, // it is mandatory
		{"#[vars.claimSet.roles contains 'a role']", noToken, setting{}, rules.Error},
	} {
		t.Run(row.rule+": "+row.value, func(t *testing.T) {
			asked := setting{claim: [2]string{"roles", row.value}}
			if got := severityOf(t, row.rule, issuer, asked, row.also); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

const (
	noToken  = "no-token-passes"
	unscoped = "scope-without-audience"
)
