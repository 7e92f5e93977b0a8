package rules

import (
	"strings"
	"testing"
)

// A file of megabytes may be one list. What is made of each text is many times as large as it.
func TestNoMoreTextsAreCollectedThanAreLookedAtTogether(t *testing.T) {
	t.Parallel()
	looked := 0
	all := Compared(func(yield func(string) bool) {
		for part := range strings.SplitSeq(strings.Repeat("a,", 2*mostCompared), ",") {
			if looked++; !yield(part) {
				return
			}
		}
	})
	if len(all) != mostCompared+1 || looked != len(all) {
		t.Errorf("%d texts of %d, want one more than %d", len(all), looked, mostCompared)
	}
}
