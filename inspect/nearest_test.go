package inspect

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"jwksUrl", "jwksServiceTimeToLive", "scopes", "scope"}
	tests := []struct {
		name, word string
		edits      int
		want       string
	}{
		{"one letter too few", "jwksUr", 2, "jwksUrl"},
		{"case is no edit", "JWKSURL", 0, "jwksUrl"},
		{"the nearer of two", "scop", 2, "scope"},
		{"the first of two that are as near", "scopex", 1, "scopes"},
		{"as many edits as are allowed", "jwksxxx", 3, "jwksUrl"},
		{"one edit more than is allowed", "jwksxxx", 2, ""},
		{"no edit at all is allowed", "jwksUr", 0, ""},
		{"a negative number finds not even the word", "scope", -1, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Nearest(test.word, names, test.edits); got != test.want {
				t.Errorf("Nearest(%q, %d) = %q, want %q", test.word, test.edits, got, test.want)
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
