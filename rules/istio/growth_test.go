package istio

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// A claim may be of any of a workload's issuers. What is compiled must not grow with their square
// times the rules. AllocsPerRun may not run in parallel.
func TestManyIssuersOfAWorkloadAreCompiledInProportion(t *testing.T) {
	made := func(n int) float64 {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, `---
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: entra-%d, namespace: orders}
spec: {jwtRules: [{issuer: 'https://issuer-%[1]d.example', audiences: [api://orders]}]}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: allow-%[1]d, namespace: orders}
spec:
  rules: [{when: [{key: 'request.auth.claims[scp]', values: [Orders.Read]}]}]
`, i)
		}
		file, err := source.Read("cluster.yaml", []byte(text.String()))
		if err != nil {
			t.Fatal(err)
		}
		return testing.AllocsPerRun(1, func() {
			c, err := read([]*source.File{file}, rules.Options{})
			if err != nil {
				t.Fatal(err)
			}
			compile(behaviours(), c)
		})
	}
	if few, many := made(20), made(40); many > 4*few {
		t.Errorf("%.0f allocations for 20 issuers, %.0f for 40", few, many)
	}
}

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
