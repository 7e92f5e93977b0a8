package envoygateway

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func TestScopesThatAreComparedAsATextAreNotToBeGranted(t *testing.T) {
	t.Parallel()
	text := onRoute(jwt(), authorization("", ruleOf("Allow", claim("scp", "", "a b"))))
	token := requestOf(`scp="a"`)
	for version, why := range map[string]string{
		"":    `the claim scp is a, and the policy wants "a b" as the whole text, which no`,
		"1.6": `the claim scp is a, and the policy wants "a b"`,
		"1.7": "scp is split into a list before the rules see it: String never matches it",
	} {
		v := rules.Evaluate(policiesOf(t, rules.Options{Runtime: version}, text), token)
		if short(v) != rejected(403, rules.CustomClaim) {
			t.Fatalf("%s: got %+v", version, short(v))
		}
		if got := v.Decided.Why(); !strings.HasPrefix(got, why) {
			t.Errorf("%s: got %q", version, got)
		}
		if got := v.Decided.Lacks(); got.Claim != "" {
			t.Errorf("%s: to be granted: %+v", version, got)
		}
		if got := v.Decided.Check.Remedy != ""; got != (version != "1.6") {
			t.Errorf("%s: remedy: %q", version, v.Decided.Check.Remedy)
		}
	}
}

// Of a token without a scope: to be granted the one that is wanted helps before 1.7 alone.
func TestAScopeThatIsComparedAsATextIsNotToBeGrantedUnlessThatHelps(t *testing.T) {
	t.Parallel()
	text := onRoute(jwt(), authorization("", ruleOf("Allow", claim("scp", "", "a"))))
	for version, want := range map[string]string{"": "", "1.6": "scp", "1.7": ""} {
		token := requestOf("")
		v := rules.Evaluate(policiesOf(t, rules.Options{Runtime: version}, text), token)
		if got := v.Decided.Lacks().Claim; got != want {
			t.Errorf("%q: to be granted: %q, want %q", version, got, want)
		}
	}
}

func TestScopesThatAreComparedAsATextAreSplit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, version string
		values        []string
		severity      rules.Severity
		to            string // empty where no change is right
	}{
		{"one scope", "1.7", []string{"a"}, rules.Error, `values: ["a"], valueType: StringArray`},
		{"one of two", "1.7", []string{"a", "b"}, rules.Error, `["a", "b"], valueType`},
		{
			"both of two", "1.7", []string{"a b"}, rules.Error, `{name: scp, values: ["a"], ` +
				`valueType: StringArray}, {name: scp, valueType: StringArray, values: [b]}]`,
		},
		{"both, or another one", "1.7", []string{"a b", "c"}, rules.Error, ""},
		{"the version is not known", "", []string{"a"}, rules.Warning, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := configurationOf(t, rules.Options{Runtime: test.version}, "policies.yaml",
				onRoute(jwt(), authorization("", ruleOf("Allow",
					claim("scp", "", test.values...)))))
			rule := textClaimComparedWithList()
			found := rule.Check(&rules.Subject{Policies: compile(behaviours(), c).Policies})
			if len(found) != 1 {
				t.Fatalf("got %+v", found)
			}
			found[0].Rule = rule.Name
			if found[0].Severity != test.severity &&
				!(found[0].Severity == "" && rule.Severity == test.severity) {
				t.Errorf("severity %q", found[0].Severity)
			}
			change := changeFor(c, rules.Goal{Finding: &found[0]})
			if test.version == "" {
				if len(change.Needs) != 1 || change.Needs[0].Input != source.NeedGatewayVersion {
					t.Errorf("got %+v", change)
				}
				return
			}
			if change.Edited == nil {
				if test.to != "" {
					t.Errorf("got %+v", change)
				}
				return
			}
			got := string(change.Edited.Files[0].Text)
			if test.to == "" || !strings.Contains(got, test.to) {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestAnOpenPathSaysWhyAndShowsEachAnswerOnce(t *testing.T) {
	t.Parallel()
	v := answered(t, onRoute(jwt(), authorization("",
		`{action: Allow, principal: {jwt: {provider: entra, claims: [{name: tid, values: ["`+
			tenant+`"]}]}}, operation: {path: {type: Exact, value: /orders/7}}}`)),
		requestOf(""))
	why := v.Decided.Why()
	if short(v) != open(rules.Conditional) || strings.Contains(why, "/orders/7;") ||
		!strings.Contains(why, "counts from Envoy Gateway 1.9 on") {
		t.Errorf("got %+v: %s", short(v), why)
	}
}
