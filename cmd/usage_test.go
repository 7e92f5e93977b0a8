package cmd

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"decode", "demo", "verify", "version", "output", "at"}
	tests := []struct{ name, word, want string }{
		{"a beginning is meant for the whole word", "verif", "verify"},
		{"one letter too few", "decde", "decode"},
		{"two letters exchanged", "verison", "version"},
		{"three edits are too many", "dxcxdx", ""},
		{"a short word is near to nothing", "x", ""},
		{"another word is near to nothing", "matrix", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := nearest(test.word, names); got != test.want {
				t.Errorf("nearest(%q) = %q, want %q", test.word, got, test.want)
			}
		})
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"kitten", "sitting", 3},
		{"azp", "azpacr", 3},
		{"audience", "audiense", 1},
	}
	for _, test := range tests {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
