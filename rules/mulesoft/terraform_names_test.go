package mulesoft

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// The names are those of the official Terraform provider.
func TestTerraformWritesARunOfCapitalsAsOneWord(t *testing.T) {
	for field, want := range map[string]string{
		"validatedTokenTTL":        "validated_token_ttl",
		"introspectionURL":         "introspection_url",
		"ldapServerURL":            "ldap_server_url",
		"ldapServerUserDn":         "ldap_server_user_dn",
		"jwksUrl":                  "jwks_url",
		"jwksServiceTimeToLive":    "jwks_service_time_to_live",
		"delayTimeInMillis":        "delay_time_in_millis",
		"clientIdExpression":       "client_id_expression",
		"arn":                      "arn",
		"useHTTPCacheHeaders":      "use_http_cache_headers",
		"openaiEmbeddingModel":     "openai_embedding_model",
		"timePeriodInMilliseconds": "time_period_in_milliseconds",
	} {
		if got := snake(field); got != want {
			t.Errorf("snake(%q) = %q, want %q", field, got, want)
		}
	}
}

func TestANameInTerraformMayHaveOtherLetters(t *testing.T) {
	if got := camelWords("jwks_élan"); got != "jwksÉlan" {
		t.Errorf("it becomes %q", got)
	}
}

func TestEveryFieldOfEveryPolicyThatIsModelledKeepsItsNameThroughTerraform(t *testing.T) {
	for _, asset := range assets() {
		fields := fieldsOf(asset)
		if len(fields) == 0 {
			t.Errorf("%s has no fields", asset)
		}
		for _, f := range fields {
			if got := camel(fields, snake(f.name)); got != f.name {
				t.Errorf("%s: %s becomes %s and %s again", asset, f.name, snake(f.name), got)
			}
		}
	}
}

// introspection is Terraform's form of a policy that asks a validation endpoint.
func introspection(configuration string) string {
	return `resource "anypoint_api_policy_oauth2_token_introspection" "x" {
  configuration = ` + configuration + `
}
`
}

func TestAFieldOfTerraformIsKnownByItsOwnNameOnly(t *testing.T) {
	for _, test := range []struct{ name, text, unknown string }{
		{"a run of capitals", introspection(`{ validated_token_ttl = 600 }`), ""},
		{"another one", introspection(`{ introspection_url = "https://idp.example" }`), ""},
		{"null", introspection(`{ validated_token_ttl = null }`), ""},
		{"a variable", introspection(`{ validated_token_ttl = var.ttl }`), ""},
		{"jsonencode", introspection(`jsonencode({ validatedTokenTTL = 600 })`), ""},
		{
			"one word for each capital", introspection(`{ validated_token_t_t_l = 600 }`),
			"validated_token_t_t_l",
		},
		{"another name", introspection(`{ validated_token_tt = 600 }`), "validatedTokenTt"},
		{
			"a plan",
			`{"format_version":"1.2","planned_values":{"root_module":{"resources":[{
				"type":"anypoint_api_policy_oauth2_token_introspection",
				"values":{"configuration":{"validated_token_ttl":600}}}]}}}`, "",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := "p.tf"
			if strings.HasPrefix(test.text, "{") {
				name = "p.json"
			}
			unknown := ""
			for _, f := range compiled(t, name, test.text, rules.Options{}).Findings {
				if f.Rule == "unknown-field" {
					unknown = f.Field
				}
			}
			if unknown != test.unknown {
				t.Errorf("the unknown field is %q, want %q", unknown, test.unknown)
			}
		})
	}
}

// An edit writes a field as the file spells its fields.
func TestAnEditWritesTheNameOfAFieldAsTheFileDoes(t *testing.T) {
	const ttl = "validatedTokenTTL"
	for _, test := range []struct{ name, text, want string }{
		{
			"it is there", introspection("{\n    validated_token_ttl = 600\n  }"),
			"validated_token_ttl = 60",
		},
		{
			"it is not there", introspection("{\n    consumer_by = \"username\"\n  }"),
			"validated_token_ttl = 60",
		},
		{
			"the names are the policy's own",
			introspection("jsonencode({\n    validatedTokenTTL = 600\n  })"),
			"validatedTokenTTL = 60",
		},
		{
			"the policy's own, and it is not there",
			introspection("jsonencode({\n    consumerBy = \"username\"\n  })"),
			"validatedTokenTTL = 60",
		},
		{
			"a null", introspection("{\n    validated_token_ttl = null\n  }"),
			"validated_token_ttl = 60",
		},
		{
			"a variable", introspection("{\n    validated_token_ttl = var.ttl\n  }"),
			"validated_token_ttl = 60",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := configurationOf(t, "p.tf", test.text, rules.Options{})
			after, _, err := rewrite(c, entriesOf(c)[0], []edit{set(ttl, 60)})
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Join(strings.Fields(string(after.Files[0].Text)), " ")
			if !strings.Contains(text, test.want) {
				t.Errorf("no %q in %s", test.want, text)
			}
			if strings.Contains(text, "t_t_l") || strings.Contains(text, "600") {
				t.Errorf("the old field is still there: %s", text)
			}
		})
	}
}

func TestAMisspelledFieldIsRenamedToTerraformsName(t *testing.T) {
	text := introspection("{\n    validated_token_t_t_l = 600\n  }")
	c := configurationOf(t, "p.tf", text, rules.Options{})
	edits := []edit{rename("validated_token_t_t_l", "validatedTokenTTL")}
	after, _, err := rewrite(c, entriesOf(c)[0], edits)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(after.Files[0].Text); !strings.Contains(got, "validated_token_ttl = 600") {
		t.Errorf("got %s", got)
	}
}

// A secret that is renamed so would be shown.
func TestTheNearestFieldOfASecretIsASecret(t *testing.T) {
	fields := []field{{name: "clientIdExpression"}, {name: "jwksUrl"}}
	if got := nearest("clientSecretExpression", fields); got != "" {
		t.Errorf("the nearest is %s", got)
	}
	fields = append(fields, field{name: "clientSecretExpression"})
	if got := nearest("clientSecretExpresion", fields); got != "clientSecretExpression" {
		t.Errorf("the nearest is %q", got)
	}
}

// AllocsPerRun may not run in parallel.
func TestANameInTerraformIsComparedWithoutACopyOfEachField(t *testing.T) {
	fields := fieldsOf("jwt-validation")
	last := fields[len(fields)-1].name
	name := snake(last)
	if made := testing.AllocsPerRun(5, func() { camel(fields, name) }); made > 0 {
		t.Errorf("made %v allocations", made)
	}
}
