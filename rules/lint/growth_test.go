package lint

import (
	"fmt"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// The alternative that a finding is about is found by one look at the policy, not by one for each
// finding. AllocsPerRun may not run in parallel.
func TestManyAlternativesAreLintedInProportion(t *testing.T) {
	of := func(n int) float64 {
		either := rules.Node{}
		for i := range n {
			foreign := fmt.Sprintf("https://login.microsoftonline.com/%08d-0000-4000-8000-0000000"+
				"00001/v2.0", i)
			one := rules.AllOf(issuer(foreign), audience(fmt.Sprintf("api://%d api://b", i)))
			either.Any = append(either.Any, one)
		}
		p := tree(rules.Node{All: []rules.Node{{Check: signed(ourKeys)}, either}})
		return testing.AllocsPerRun(1, func() {
			new(Judge).Policies(noVendor(), []*rules.Policy{p}, nil)
		})
	}
	if few, many := of(16), of(64); many > 5*few {
		t.Errorf("%.0f allocations for 16 alternatives, %.0f for 64", few, many)
	}
}
