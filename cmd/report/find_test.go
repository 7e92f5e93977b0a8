package report

import (
	"strings"
	"testing"
)

// A pattern with ** looks at all names below its folder, and an environments file may have
// thousands of them.
func TestNoMoreNamesAreLookedAtThanInOneRun(t *testing.T) {
	t.Parallel()
	m := &Maker{Dir: t.TempDir(), walked: mostWalked}
	_, err := m.Find([]string{"**/*.json"})
	const want = "more than 4000000 names of files"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("want %q, got %v", want, err)
	}
}
