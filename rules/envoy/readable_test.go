package envoy

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// An expression whose language nobody says is worked out again for each policy of an estate.
func TestWhatTheFilterReadsIsKnownByItsText(t *testing.T) {
	t.Parallel()
	check := Filter{}.tokenFormat(&Provider{})
	check.Test.EachLeaf(func(leaf *rules.Predicate) {
		if o := leaf.Input.Opaque; o != nil && o.Language == "" {
			t.Errorf("%q is of no language", o.Text)
		}
	})
}
