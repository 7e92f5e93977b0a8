package cmd

import (
	"os"
	"strings"
	"testing"
)

// The README shows what was measured: every row, whatever its figure.
func TestTheREADMEHasWhatWasMeasured(t *testing.T) {
	t.Parallel()
	const begin = "<!-- measured by testdata/bench/run.sh README.md -->\n"
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, begins := strings.Cut(string(text), begin)
	shown, _, ends := strings.Cut(rest, "<!-- end of what was measured -->")
	if !begins || !ends {
		t.Fatal("the README has no place for what testdata/bench/run.sh measures")
	}
	for _, row := range []string{
		"Measured on ", "| `rsa.VerifyPKCS1v15` |", "| gatewhy: read, verified, 11 checks",
		"| gatewhy: of it reading", "| go-jose:", "| golang-jwt:", "| jwx:",
		"| the floor:", "| gatewhy decode |", "| gatewhy verify |", "| gatewhy explain |",
		"| jose-util verify |", "| golang-jwt's jwt -verify |", "page faults",
		"| a distinct RS256 token", "| distinct tokens a second, two cores", "stand 100 times",
		"| lines without a token", "| memory, 10 MiB and 2 GiB",
		"| 2000 resources of a cluster, a list of 21 MB in yaml: processor time",
		"| 2000 resources of a cluster, a list of 21 MB in yaml: MiB |",
		"| policies in a file | `lint` |", "| policies in a file | `explain` |",
		"| documents in a file | `lint` |", "| documents in a file | `fix` |",
		"| findings | `lint` |", "| claims read |", "| scopes of an API |", "| roles of an API |",
		"| environments | `matrix` |", "| clients of an environment |", "exponent",
	} {
		if !strings.Contains(shown, row) {
			t.Errorf("the README lacks %q: testdata/bench/run.sh README.md", row)
		}
	}
}
