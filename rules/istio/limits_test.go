package istio

import (
	"fmt"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// What is refused is not compiled to its end, and nobody could take it for the whole policy.
func TestNoMoreConditionsAreCompiledThanAreLookedAt(t *testing.T) {
	t.Parallel()
	for _, action := range tooMany() {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			const most, each = 40_000, 40
			var lines []string
			for i := range 420 {
				lines = append(lines, "- when:")
				for j := range each {
					lines = append(lines, fmt.Sprintf(
						"  - {key: 'request.auth.claims[c%d]', values: [v%d], "+
							"notValues: [w]}", j, i))
				}
			}
			text := ofTenant() + policy(action, append([]string{"rules:"}, lines...)...)
			compiled := policiesOf(t, rules.Options{}, text)
			var count rules.Conditions
			if !count.Beyond(compiled[0].Root) || count > most+2000 {
				t.Errorf("%d conditions were compiled", count)
			}
			if rules.ChainsBeyond(compiled) == nil {
				t.Error("they are looked at")
			}
			request := requestOf(`"roles": ["Orders.Read"]`)
			if got := rules.Evaluate(compiled, request).Outcome; got != rules.Undetermined {
				t.Errorf("the part that was compiled: %s", got)
			}
		})
	}
}
