package mulesoft

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Whatever a file holds, compiling it does not panic, each check has a place in the file, and
// evaluating it accepts nothing that a check refuses.
func fuzzCompile(f *testing.F, name string, seeds ...string) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := source.Read(name, []byte(text))
		if err != nil {
			return
		}
		for _, variant := range []string{"", Mule, Flex} {
			c, err := new(parsedTexts).read(
				[]*source.File{file}, rules.Options{Variant: variant, Kind: jwtValidation},
			)
			if err != nil {
				return
			}
			judge(t, file, c)
		}
	})
}

func judge(t *testing.T, file *source.File, read *rules.Configuration) {
	t.Helper()
	c := compile(answerOf, read)
	for _, finding := range c.Findings {
		if finding.Rule == "" || finding.Message == "" {
			t.Fatalf("a finding says nothing: %+v", finding)
		}
	}
	v := rules.Evaluate(
		c.Policies, contracted(v1+`,"aud":"api://orders-uat","roles":["Read"],"scp":"a b"`),
	)
	for _, result := range v.Results {
		if result.Check.Pos.Line < 1 || result.Check.Span.Start < 0 ||
			result.Check.Span.End > len(file.Text) {
			t.Fatalf("%s stands at %s, %v", result.Check.ID, result.Check.Pos, result.Check.Span)
		}
		if result.Why() == "" && result.Outcome != rules.Pass {
			t.Fatalf("%s is %s without a reason", result.Check.ID, result.Outcome)
		}
		if v.Outcome == rules.Accepted &&
			(result.Outcome == rules.Fail || result.Outcome == rules.Unsure) {
			t.Fatalf("accepted, and %s is %s", result.Check.ID, result.Outcome)
		}
	}
	for _, change := range propose(read, rules.Goal{Verdict: &v}) {
		if strings.HasPrefix(change.Refused, "the file can't be edited") { // it has no place
			t.Fatalf("a change can't be written: %s", change.Refused)
		}
	}
}

func FuzzAPIManager(f *testing.F) {
	fuzzCompile(
		f, "policy.json",
		inDetail, inEnvelope, compact, byCLI, plan, offline, configuration,
		policyOf(openIDConnect, "1.3.0", `"skipClientIdValidation":true,"scopes":"a"`),
		policyOf(clientIDEnforcement, "1.3.2", ``),
		`[{"assetId":"jwt-validation","pointcutData":[{"methodRegex":"GET"}],"disabled":true,`+
			`"configurationData":null}]`,
	)
}

func FuzzFlex(f *testing.F) {
	fuzzCompile(f, "policy.yaml", flexYAML, `apiVersion: gateway.mulesoft.com/v1alpha1
kind: ApiInstance
metadata: {name: a}
spec:
  policies:
    - policyRef: {name: openidconnect-access-token-enforcement-flex}
      config: {scopes: a}
`)
}

func FuzzTerraform(f *testing.F) { fuzzCompile(f, "policy.tf", community, official, generic) }
