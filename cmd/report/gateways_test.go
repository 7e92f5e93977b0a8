package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// To sort files looks at all of them: a folder may have thousands.
func TestFilesAreSortedOnceForAllOfThem(t *testing.T) {
	t.Parallel()
	looks := 0
	gateways := Gateways{{
		Detect: func(*source.File, rules.Options) bool { return false },
		Together: func(files []*source.File) [][]*source.File {
			looks++
			return [][]*source.File{files[1:]}
		},
	}}
	files := []*source.File{{Name: "other"}, {Name: "a"}, {Name: "b"}}
	found := []Found{{Name: "other"}, {Name: "a"}, {Name: "b"}}
	if got := gateways.wanted(files, found, rules.Options{}); len(got) != 2 || looks != 1 {
		t.Errorf("%d files are wanted after %d looks, want 2 after 1", len(got), looks)
	}
}

func TestAdviceFollowsWhatTheRuleSays(t *testing.T) {
	all := []rules.Rule{
		{Name: "a-rule", Why: "Why.", Fix: "Fix.", References: []string{"RFC 1"}},
		{Name: "another-rule", Why: "Other.", Fix: "Mend."},
	}
	advice := []rules.Advice{
		{Rule: "a-rule", Fix: "Here it is a switch.", References: []string{"one", "two"}},
		{Rule: "another-rule", Why: "Here it costs more."},
	}
	for i := range all {
		advise(&all[i], advice)
	}
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
