package mulesoft

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// marksFile has the mark of everything that the adapter knows of the gateways, as the references
// were read by a person: its key, its reference, and its level of evidence.
const marksFile = "testdata/marks.tsv"

func TestEveryLevelOfEvidenceIsTheMarkOfItsReference(t *testing.T) {
	text, err := os.ReadFile(marksFile)
	if err != nil {
		t.Fatal(err)
	}
	marks := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSuffix(line, "\n"); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, mark, ok := strings.Cut(line, "\t")
		if _, twice := marks[key]; !ok || twice {
			t.Errorf("%q is no mark, or stands twice", line)
		}
		marks[key] = mark
	}
	known := map[string]bool{}
	for _, k := range everythingKnown(t) {
		mark := k.evidence.Reference + "\t" + string(k.evidence.Level)
		switch want, ok := marks[k.key]; {
		case known[k.key]:
			t.Errorf("%q is the key of two things", k.key)
		case !ok:
			t.Errorf("no mark of\n%s\t%s", k.key, mark)
		case mark != want:
			t.Errorf("%s is\n%s\nand its mark\n%s", k.key, mark, want)
		}
		known[k.key] = true
	}
	for key := range marks {
		if !known[key] {
			t.Errorf("the mark of %s is of nothing", key)
		}
	}
}

// evident is something known of a gateway, with what it rests on.
type evident struct {
	key      string
	evidence rules.Evidence
}

// everythingKnown is what gateways lists and explain can name: answers, checks with what is
// inferred of them, causes, and rules of expressions.
func everythingKnown(t *testing.T) []evident {
	t.Helper()
	var all []evident
	for _, b := range behaviours() {
		of := b.Policies
		if len(of) == 0 {
			of = []string{"any policy"}
		}
		for _, policy := range of {
			key := "answer " + strings.Join([]string{policy, b.Variant, b.Situation}, " ")
			if b.Condition != "" {
				key += ", " + b.Condition
			}
			all = append(all, evident{key, b.Answer.Evidence})
		}
	}
	for _, cause := range causes() {
		all = append(all, evident{"cause " + cause.ID, cause.Evidence})
	}
	for _, variant := range []string{Mule, Flex} {
		for _, e := range Expressions(variant) {
			key := fmt.Sprintf("expression %s: %s", variant, e.Rule)
			if e.Runtime != "" {
				key += ", runtime " + e.Runtime
			}
			all = append(all, evident{key, e.Evidence})
		}
		for _, asset := range assets() {
			all = append(all, checksKnown(t, asset, variant)...)
		}
	}
	return all
}

// checksKnown are the checks of a policy, compiled from configurations in which each field that
// changes what a check rests on is there and is not.
func checksKnown(t *testing.T, asset, variant string) []evident {
	t.Helper()
	var all []evident
	for _, fields := range []string{
		`"mandatoryAudClaim":true,"supportedAudiences":"a",` +
			`"mandatoryCustomClaims":[{"key":"k","value":"v"}]`,
		`"signingMethod":"rsa","supportedAudiences":"",` +
			`"nonMandatoryCustomClaims":[{"key":"k","value":"v"}]`,
	} {
		version := map[string]string{Mule: "1.4.0", Flex: "0.12.0"}[variant]
		policy := policyOf(asset, version, fields)
		read := configurationOf(t, "policy.json", policy, rules.Options{Variant: variant})
		for _, compiled := range compile(answerOf, read).Policies {
			if compiled.Variant != variant {
				t.Fatalf("%s is compiled for %s, not %s", asset, compiled.Variant, variant)
			}
			for check := range compiled.Root.Checks() {
				all = append(all, checkKnown(asset+" "+variant, check)...)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b evident) int { return strings.Compare(a.key, b.key) })
	return slices.Compact(all)
}

func checkKnown(of string, check *rules.Check) []evident {
	of = fmt.Sprintf("check %s %s", of, check.ID)
	all := []evident{{of, check.Evidence}}
	if check.Captured.Reference != "" {
		all = append(all, evident{of + " with a captured answer", check.Captured})
	}
	for _, i := range check.Inferred {
		all = append(all, evident{of + turns()[i.About], i.Evidence})
	}
	return all
}

// turns are what results turn on, as the table of marks has it.
func turns() map[rules.Turn]string {
	return map[rules.Turn]string{
		rules.AnyResult:      " where the field is absent",
		rules.ModelledAnswer: " by a modelled answer",
		rules.SwitchedOff:    " switched off",
		rules.AnotherTest:    " by the spelling of a list and its elements",
		rules.StrictReader:   " refused though a key may have made it",
		rules.ErrorFails:     " of an expression with an error",
	}
}
