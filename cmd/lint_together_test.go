package cmd

import (
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// open is a policy that accepts any client of the tenant, if it stands alone.
const open = `{"assetId": "openidconnect-access-token-enforcement", "assetVersion": "1.3.0", ` +
	`"order": 2, "configurationData": {"skipClientIdValidation": true}}`

func TestPoliciesOfOneAPIAreJudgedTogether(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		text string
		want rules.Severity // of any-client-accepted; empty for no finding
	}{
		"alone it is open": {open, rules.Error},
		"Client ID Enforcement closes it": {`[` + open + `, {
			"assetId": "client-id-enforcement", "assetVersion": "1.3.2",
			"order": 1, "configurationData": {
			"clientIdExpression": "#[attributes.headers['client_id']]",
			"clientSecretExpression": "#[attributes.headers['client_secret']]"}}]`, ""},
		"a policy of one's own may close it": {`[` + open + `, {"groupId": "my-group", ` +
			`"assetId": "my-policy", "assetVersion": "1.0.0", "order": 1, ` +
			`"configurationData": {}}]`, rules.Note},
		"a disabled policy does not": {`[` + open + `, {"groupId": "my-group", ` +
			`"assetId": "my-policy", "assetVersion": "1.0.0", "order": 1, "disabled": true, ` +
			`"configurationData": {}}]`, rules.Error},
		"a policy for some routes does not": {`[` + open + `, {
			"groupId": "my-group", "assetId": "my-policy",
			"assetVersion": "1.0.0", "order": 1, "configurationData": {}, "pointcutData": [
			{"methodRegex": "GET", "uriTemplateRegex": "/orders"}]}]`, rules.Error},
		"another API's policy does not": {`[{"apiId": 1, "order": 1, 
			"assetId": "openidconnect-access-token-enforcement", "assetVersion": "1.3.0",
			"configurationData": {"skipClientIdValidation": true}},
			{"apiId": 2, "order": 1, "assetId": "client-id-enforcement",
			"assetVersion": "1.3.2", "configurationData": {
			"clientIdExpression": "#[attributes.headers['client_id']]"}}]`, rules.Error},
		"what only a deployment knows may close it": {`{"assetId": "jwt-validation", ` +
			`"assetVersion": "1.4.0", "configurationData": {"skipClientIdValidation": true, ` +
			`"validateAudClaim": true, "supportedAudiences": "${aud}"}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := source.Read("policy.json", []byte(row.text))
			if err != nil {
				t.Fatal(err)
			}
			j := report.NewJudge(everyGateway(), rules.Options{}, nil)
			found := j.Findings(file)
			i := slices.IndexFunc(
				found,
				func(f rules.Finding) bool { return f.Rule == "any-client-accepted" },
			)
			switch {
			case i < 0 && row.want != "":
				t.Errorf("found %v, want any-client-accepted", names(found))
			case i >= 0 && found[i].Severity != row.want:
				t.Errorf("%s, want %q", found[i].Severity, row.want)
			}
		})
	}
}
