package istio

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The policies that are looked up by namespace are those that hold there, in the files' order.
func TestPoliciesNearAreThoseThatReach(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 9))
	namespaces := []string{"a", "b", "istio-system", `"{{ .ns }}"`}
	most := 0
	for n := range 200 {
		var text strings.Builder
		for i := range 1 + r.IntN(8) {
			in := namespaces[r.IntN(3+n%2)]
			fmt.Fprintf(&text, "---\napiVersion: security.istio.io/v1\n"+
				"kind: AuthorizationPolicy\nmetadata: {name: p%d, namespace: %s}\nspec: {}\n",
				i, in)
		}
		file, err := source.Read("cluster.yaml", []byte(text.String()))
		if err != nil {
			t.Fatal(err)
		}
		c := clusterOf([]*source.File{file})
		for _, namespace := range append(c.places.names, "other") {
			var reach []*resource
			for _, p := range c.policies {
				if c.reaches(p, namespace) != rules.No {
					reach = append(reach, p)
				}
			}
			if near := c.holdingIn(namespace); !slices.Equal(near, reach) {
				t.Errorf("%d near %s, want %d of\n%s", len(near), namespace, len(reach), &text)
			}
			most = max(most, len(reach))
		}
	}
	if most < 5 {
		t.Errorf("at most %d policies reach a namespace: the test proves little", most)
	}
}
