package cmd

import (
	"strings"
	"testing"
)

// A screen fits a terminal of 24 lines of 80 columns, with the command that printed it: what is
// longer than a line, as a printed command is, takes so many more. The diff of fix is as long as
// the change, and a test that fails shows every check.
func TestAScreenFitsATerminal(t *testing.T) {
	t.Parallel()
	w := newNextWorld(t)
	w.width = 80
	for _, test := range screens() {
		if test.name == "fix" || test.name == "a test that fails" {
			continue
		}
		_, stdout, stderr := w.run("", strings.Fields(test.args)...)
		screen := "$ gatewhy " + test.args + "\n" + stdout + stderr
		lines := 0
		for line := range strings.Lines(screen) {
			columns := len([]rune(strings.TrimSuffix(line, "\n")))
			lines += 1 + max(0, columns-1)/w.width
		}
		if lines > 24 {
			t.Errorf("%s has %d lines:\n%s", test.name, lines, screen)
		}
	}
}
