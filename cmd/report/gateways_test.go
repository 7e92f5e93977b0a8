package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/rules"
)

func TestAdviceFollowsWhatTheRuleSays(t *testing.T) {
	all := []rules.Rule{
		{Name: "a-rule", Why: "Why.", Fix: "Fix.", References: []string{"RFC 1"}},
		{Name: "another-rule", Why: "Other.", Fix: "Mend."},
	}
	advise(all, []rules.Advice{
		{Rule: "a-rule", Fix: "Here it is a switch.", References: []string{"one", "two"}},
		{Rule: "another-rule", Why: "Here it costs more."},
	})
	want := []rules.Rule{
		{
			Name: "a-rule", Why: "Why.", Fix: "Fix. Here it is a switch.",
			References: []string{"RFC 1", "one", "two"},
		},
		{Name: "another-rule", Why: "Other. Here it costs more.", Fix: "Mend."},
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
}
