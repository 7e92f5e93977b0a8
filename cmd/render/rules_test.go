package render

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

func TestTheCatalogueFitsATerminalAndIsALineARuleInAPipe(t *testing.T) {
	t.Parallel()
	all := []rules.Rule{
		{
			Name: "audience-check-switched-off", Severity: rules.Warning,
			Title: "an audience is configured, and its check is switched off",
		},
		{Name: "placeholder-value", Severity: rules.Error, Title: "a value is a placeholder"},
	}
	for columns, want := range map[int]string{
		0: "audience-check-switched-off  warning  an audience is configured, and its check is " +
			"switched off\n" +
			"placeholder-value            error    a value is a placeholder\n",
		60: "audience-check-switched-off  warning  an audience is\n" +
			"                                      configured, and its\n" +
			"                                      check is switched off\n" +
			"placeholder-value            error    a value is a\n" +
			"                                      placeholder\n",
	} {
		var b strings.Builder
		text := NewText(Style{Width: columns})
		RulesText(text, all)
		if _, err := text.WriteTo(&b); err != nil || b.String() != want {
			t.Errorf("in %d columns, %v:\n%s", columns, err, b.String())
		}
	}
}
