package cmd

import (
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"decode", "demo", "verify", "version", "output", "at"}
	tests := []struct{ name, word, want string }{
		{"a beginning is meant for the whole word", "verif", "verify"},
		{"one letter too few", "decde", "decode"},
		{"case is no edit", "Verify", "verify"},
		{"two letters exchanged", "verison", "version"},
		{"three edits are too many", "dxcxdx", ""},
		{"a short word is near to nothing", "x", ""},
		{"two edits leave nothing of three letters", "dxo", ""},
		{"two neighbours exchanged are one edit", "dmeo", "demo"},
		{"another word is near to nothing", "matrix", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := report.Nearest(test.word, names); got != test.want {
				t.Errorf("nearest(%q) = %q, want %q", test.word, got, test.want)
			}
		})
	}
}
