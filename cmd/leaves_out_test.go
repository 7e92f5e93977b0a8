package cmd

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules/issued"
)

// TestWhatTheModelLeavesOutIsSaidWhereItCounts looks for the sentence in the README, in the help,
// and in every format in which an estate has no wrong cell: there matrix says that no token
// exists.
func TestWhatTheModelLeavesOutIsSaidWhereItCounts(t *testing.T) {
	t.Parallel()
	says := func(where, text string) {
		plain := strings.NewReplacer("\\", "", "&#40;", "(").Replace(text)
		if !strings.Contains(strings.Join(strings.Fields(plain), " "), issued.LeavesOut) {
			t.Errorf("%s does not say what the model leaves out:\n%s", where, text)
		}
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	says("the README", string(readme))
	help, _, _ := runIn(t, ".", "matrix", "--help")
	says("the help", help)
	for _, estate := range []string{"roles", "solution-a-right", "solution-b-daemons"} {
		folder := filepath.Join(estates, estate)
		for _, format := range []string{"text", "markdown", "html"} {
			args := []string{"matrix", "--offline", "-o", format}
			if strings.HasPrefix(estate, "solution-b") {
				if format != "text" {
					continue
				}
				args = []string{"matrix", "--offline", "--fix"}
			}
			stdout, _, _ := runIn(t, folder, args...)
			says(estate+" as "+format, stdout)
		}
	}
}
