package amend

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// A solution asks for what it can't do without, and for nothing that is known.
func TestWhatSolutionsNeed(t *testing.T) {
	t.Parallel()
	const app = "9b7c2e10-4f6d-4a38-8e21-6c5d0b3a7f94"
	all := rules.Facts{Audience: app, Tenant: app, Version: entra.V2}
	for _, test := range []struct {
		name  string
		facts rules.Facts
		want  int
	}{
		{"all is known", all, 0},
		{"nothing is known", rules.Facts{}, 3},
		{"a URI is the audience of v1.0 tokens", rules.Facts{
			Audience: "api://orders", Tenant: app,
		}, 0},
		{"an application id is that of either", rules.Facts{Audience: app, Tenant: app}, 1},
	} {
		if got := Solutions()[0].Needs(test.facts); len(got) != test.want {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
	for _, solution := range Solutions()[1:] {
		needs := solution.Needs(all)
		if len(needs) != 1 || needs[0].Input != source.NeedToken {
			t.Errorf("%s: %+v", solution.Name, needs)
		}
	}
}
