package mulesoft

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// In an expression, a mark stands in a string or in the place of a name. $() is DataWeave's own
// where a name is in it that DataWeave knows.
func TestAMarkInAnExpressionIsNotKnown(t *testing.T) {
	uat := v1 + `,"env":"uat"`
	claim := func(expression string) string {
		return claimList(`{"key":"env","value":"#[` + expression + `]"}`)
	}
	runJWT(t, []jwtCase{
		{"#{}#", claim(`vars.claimSet.env == '#{Env}#'`), uat, unknown(rules.CustomClaim)},
		{"two lines", claim(`vars.claimSet.env == '__Env__'`), uat, unknown(rules.CustomClaim)},
		{"per cent", claim(`vars.claimSet.env == '%ENV%'`), uat, unknown(rules.CustomClaim)},
		{"angles", claim(`vars.claimSet.env == '<ENV>'`), uat, unknown(rules.CustomClaim)},
		{"ERB", claim(`vars.claimSet.env == '<%= env %>'`), uat, unknown(rules.CustomClaim)},
		{"$()", claim(`vars.claimSet.env == '$(Env)'`), uat, unknown(rules.CustomClaim)},
		{"a name", claim(`vars.claimSet.#{Claim}# == 'uat'`), uat, unknown(rules.CustomClaim)},
		{"a comparison", claim(`1 < 2 and 3 > 2`), uat, accepted()},
		{"an escape", claim(`vars.claimSet.env != '%20a%20'`), uat, accepted()},
		{"one line", claim(`vars.claimSet.env != 'a_b_c'`), uat, accepted()},
	})
}

func TestWhatOnlyThePlatformShowsOfAPolicyIsNotKnown(t *testing.T) {
	const open, in, off = rules.Undetermined, rules.Rejected, rules.Accepted
	status := func(status string) string {
		return strings.Replace(byCLI, `"Status":"Enabled",`, status, 1)
	}
	withGroup := func(group string) string {
		return strings.Replace(generic, `"`+groupID+`"`, group, 1)
	}
	bare := `"configuration":null,`
	runInForce(t, []inForceCase{
		{"enabled", "p.json", status(`"Status":"Enabled",`), in, ""},
		{"disabled", "p.json", status(`"Status":"Disabled",`), off, ""},
		{"no status", "p.json", status(``), in, ""},
		{"a status of no documentation", "p.json", status(`"Status":"Pending",`), open, notShown},
		{"a status that is a number", "p.json", status(`"Status":1,`), open, notShown},
		{
			"two statuses", "p.json", status(`"Status":"Enabled","Status":"Disabled",`), open,
			notShown,
		},
		{"the vendor's group", "p.json", around(`"groupId":"` + groupID + `"`), in, ""},
		{"no group", "p.json", around(`"groupId":null`), in, ""},
		{"a group that is marked", "p.json", around(`"groupId":"#{Group}#"`), open, notShown},
		{
			"a group in a template", "p.json", around(`"template":{"groupId":"${G}"}`), open,
			notShown,
		},
		{"a group that is a variable", "p.tf", withGroup(`var.group`), open, notShown},
		{"a group that is a local", "p.tf", withGroup(`local.group`) +
			"locals {\n  group = \"" + groupID + "\"\n}\n", in, ""},
		{"a null beside the configuration", "p.json", around(bare[:len(bare)-1]), in, ""},
	})
}

func TestWhatAPlanDoesNotKnowYetIsNotKnown(t *testing.T) {
	const open, in = rules.Undetermined, rules.Accepted
	plan := func(configuration, unknown string) string {
		return `{"format_version":"1.2","planned_values":{"root_module":{"resources":[{` +
			`"address":"a.x","type":"anypoint_apim_policy_jwt_validation","values":{` +
			`"configuration_data":` + configuration + `}}]}},"resource_changes":[{` +
			`"address":"a.x","change":{"after_unknown":` + unknown + `}}]}`
	}
	const config = `[{"signing_method":"none","skip_client_id_validation":true,` +
		`"validate_custom_claim":true,"mandatory_custom_claims":[{"key":"a","value":"b"}]}]`
	claims := func(mark string) string {
		return `{"configuration_data":[{"mandatory_custom_claims":` + mark + `}]}`
	}
	const origin = `{"configuration_data":[{"jwt_origin":true}]}`
	for name, test := range map[string]struct {
		configuration, unknown string
		want                   rules.Decision
	}{
		"nothing is unknown":            {config, `{}`, in},
		"all is known":                  {config, claims(`[{"key":false}]`), in},
		"the configuration":             {`null`, `{"configuration_data":true}`, open},
		"a member of what is null":      {`null`, claims(`true`), open},
		"the list of claims":            {config, claims(`true`), open},
		"a claim":                       {config, claims(`[true]`), open},
		"a claim's value":               {config, claims(`[{"value":true}]`), open},
		"a claim's key":                 {config, claims(`[{"key":true}]`), open},
		"one more claim":                {config, claims(`[{},{"value":true}]`), open},
		"one more that is known":        {config, claims(`[{},{"value":false}]`), in},
		"a field that is not there yet": {config, origin, open},
	} {
		text := plan(test.configuration, test.unknown)
		c := compiled(t, "p.json", text, rules.Options{Variant: Mule})
		v := rules.Evaluate(c.Policies, request(v1+`,"a":"b"`))
		if v.Outcome != test.want {
			t.Errorf("%s: %s, want %s", name, v.Outcome, test.want)
		}
	}
}

func TestNoMessageShowsASecretBesideAMark(t *testing.T) {
	const secret = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ"
	for name, file := range map[string][2]string{
		"a key": {"p.json", policyOf(jwtValidation, "1.4.0",
			base+skip+`,"jwtKeyOrigin":"text","textKey":"`+secret+`#{Key}#"`)},
		"a key in Terraform": {"p.tf", strings.Replace(
			resource(""), `text_key                  = ""`,
			`text_key = "${var.prefix}`+secret+`"`, 1,
		)},
		"a password in a text": {"p.json", `{"assetId":"jwt-validation","configurationData":` +
			`"{\"textKey\": \"` + secret + `\", {{ more }}}"}`},
		"a value for a token": {"p.json", policyOf(jwtValidation, "1.4.0",
			base+skip+`,"validateAudClaim":true,"supportedAudiences":"`+secret+`$(x)"`)},
	} {
		c := compiled(t, file[0], file[1], rules.Options{Variant: Mule})
		var said []string
		for _, f := range c.Findings {
			said = append(said, f.Message)
		}
		v := rules.Evaluate(c.Policies, request(v1))
		for i := range v.Results {
			said = append(said, v.Results[i].Why())
		}
		if text := strings.Join(said, "\n"); strings.Contains(text, secret) {
			t.Errorf("%s: %s", name, text)
		}
	}
}
