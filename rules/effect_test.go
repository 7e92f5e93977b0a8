package rules

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestTheOrderOfTwoPoliciesIsKnownFromTheirOrdersOrTheirFiles(t *testing.T) {
	in := func(file string, order int) *Policy {
		return &Policy{Order: order, Pos: source.Position{File: file}}
	}
	unordered := &Policy{Unordered: true, Pos: source.Position{File: "a"}}
	for _, test := range []struct {
		name string
		a, b *Policy
		want Truth
	}{
		{"orders", in("a", 1), in("a", 2), Yes},
		{"orders the other way round", in("a", 2), in("a", 1), No},
		{"orders against the sequence of files", in("a", 2), in("b", 1), No},
		{"the same order", in("a", 1), in("a", 1), Maybe},
		{"the same order in two files", in("a", 1), in("b", 1), Maybe},
		{"no order", in("a", 0), in("a", 0), Maybe},
		{"one order", in("a", 0), in("a", 1), Maybe},
		{"one order in two files", in("a", 0), in("b", 1), Maybe},
		{"an order that only a deployment knows", unordered, in("b", 1), Maybe},
		{"files in sequence, and such an order", unordered, in("b", 0), Maybe},
		{"files in sequence", in("a", 0), in("b", 0), Yes},
	} {
		if got := RunsBefore([]*Policy{test.a, test.b}, 0, 1); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}
