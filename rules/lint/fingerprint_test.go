package lint

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func TestFingerprintsOutliveLinesThatAreAdded(t *testing.T) {
	t.Parallel()
	at := func(line int) rules.Finding {
		return rules.Finding{
			Rule: "audience-optional", Field: "mandatoryAudClaim",
			Pos: source.Position{File: "policy.yaml", Line: line},
		}
	}
	other := at(3)
	other.Rule = "policy-disabled"
	const line = "mandatoryAudClaim: false"
	of := func(text string, found ...rules.Finding) []string {
		asItIs := func(file string) string { return file }
		return Fingerprints(found, asItIs, func(rules.Finding) string { return text })
	}
	ours := of(line, at(3))[0]
	for name, row := range map[string]struct {
		got  string
		same bool
	}{
		"the same line further down":              {of(line, at(9))[0], true},
		"another text of the line":                {of("mandatoryAudClaim: no", at(3))[0], false},
		"another rule":                            {of(line, other)[0], false},
		"the second of two that are alike":        {of(line, at(3), at(9))[1], false},
		"the first of two that are alike is kept": {of(line, at(3), at(9))[0], true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if (row.got == ours) != row.same {
				t.Errorf("%s, of the first: %s", row.got, ours)
			}
		})
	}
}
