package rules

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestAnAdapterThatLeavesEverythingOutKnowsNothing(t *testing.T) {
	t.Parallel()
	a := Adapter{Variants: []Variant{{Name: "one"}, {Name: "two"}}}.Complete()
	lists := len(a.Kinds()) + len(a.Behaviours()) + len(a.Causes()) + len(a.Rules()) +
		len(a.Advice()) + len(a.Collect()) + len(a.Solutions()) + len(a.Repairable())
	if lists != 0 || a.Knows("jwt") {
		t.Errorf("it knows %d things; a kind: %t", lists, a.Knows("jwt"))
	}
	if names := a.VariantNames(); !slices.Equal(names, []string{"one", "two"}) {
		t.Errorf("its gateways are %q", names)
	}
	changes := a.Changes(nil, Goal{Verdict: &Verdict{}})
	if len(changes) > 0 {
		t.Errorf("for a verdict it has %v", changes)
	}
	finding := &Finding{Rule: "any-client", Policy: &Policy{}}
	changes = a.Changes(nil, Goal{Finding: finding})
	if len(changes) != 1 || changes[0].Policy != finding.Policy || changes[0].Refused == "" {
		t.Errorf("for a finding it has %v", changes)
	}
}

func TestAnAdapterKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	a := Adapter{Kinds: func() []string { return []string{"jwt"} }}.Complete()
	if !a.Knows("jwt") || a.Knows("cors") {
		t.Error("it does not know just the kinds that it lists")
	}
}

type entry string

func (entry) Place() (*source.File, source.Span) { return nil, source.Span{} }

func (entry) Instance() string { return "" }

func TestAPolicyIsFoundAmongTheEntriesOfItsConfiguration(t *testing.T) {
	t.Parallel()
	c := &Configuration{Entries: []Entry{entry("a"), entry("b")}}
	for name, test := range map[string]struct {
		policy *Policy
		want   int
	}{
		"one of them": {&Policy{Entry: entry("b")}, 1},
		"another's":   {&Policy{Entry: entry("c")}, -1},
		"no policy":   {nil, -1},
	} {
		if got := c.Index(test.policy); got != test.want {
			t.Errorf("%s has the index %d", name, got)
		}
	}
	if other := c.For("two"); other.Options.Variant != "two" || c.Options.Variant != "" {
		t.Errorf(
			"the copy is for %q, the original for %q", other.Options.Variant, c.Options.Variant,
		)
	}
}

func TestPoliciesAreGroupedByAPIInTheirOrder(t *testing.T) {
	t.Parallel()
	var got []string
	policies := []*Policy{
		{Name: "?", Unread: true},
		{Name: "1", API: "a"},
		{Name: "2", API: "b"},
		{Name: "3", API: "a"},
	}
	for _, api := range ByAPI(policies) {
		names := api[0].API + ":"
		for _, p := range api {
			names += p.Name
		}
		got = append(got, names)
	}
	if diff := cmp.Diff([]string{"a:13?", "b:2?"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestASolutionStartsWithTheFirstStepThatCanBeMade(t *testing.T) {
	t.Parallel()
	s := Solution{Steps: []string{"all-at-once", "audience", "scope"}}
	tests := []struct {
		name    string
		changes []Change
		want    int
	}{
		{
			"the step that does it all comes first",
			[]Change{{ID: "audience"}, {ID: "all-at-once"}},
			1,
		},
		{
			"a step that is refused is passed over",
			[]Change{{ID: "all-at-once", Refused: "not here"}, {ID: "scope"}},
			1,
		},
		{"a change may do several steps", []Change{{ID: "x"}, {ID: "issuer+scope"}}, 1},
		{"no change belongs to it", []Change{{ID: "x"}}, -1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := s.Start(test.changes); got != test.want {
				t.Errorf("it starts with %d", got)
			}
		})
	}
}

type classed struct{ instance, class string }

func (classed) Place() (*source.File, source.Span) { return nil, source.Span{} }
func (c classed) Instance() string                 { return c.instance }
func (c classed) Class() string                    { return c.class }

func TestALargeConfigurationIsCompiledInPortions(t *testing.T) {
	t.Parallel()
	c := &Configuration{Options: Options{Runtime: "1.28"}}
	for i := range 3000 {
		entry := classed{instance: fmt.Sprint(i), class: fmt.Sprint("class ", i%700)}
		switch {
		case i%50 == 0:
			entry.class = "" // it shares nothing
		case i%77 == 0:
			entry.instance = "shared"
		}
		c.Entries = append(c.Entries, entry)
	}
	var all []Entry
	portions := map[string]int{} // in which an instance or a class is
	n := 0
	for part := range c.Portions() {
		if n++; part.Options != c.Options || len(part.Entries) > 500 {
			t.Errorf("portion %d has %d entries and %v", n, len(part.Entries), part.Options)
		}
		for _, e := range part.Entries {
			of := e.(classed)
			keys := []string{"instance " + of.instance}
			if of.class != "" && of.instance != "shared" {
				keys = append(keys, of.class)
			}
			for _, key := range keys {
				if in, known := portions[key]; known && in != n {
					t.Errorf("%s is in the portions %d and %d", key, in, n)
				}
				portions[key] = n
			}
		}
		all = append(all, part.Entries...)
	}
	if n < 8 || n > 17 || len(all) != len(c.Entries) {
		t.Errorf("%d portions have %d entries of %d", n, len(all), len(c.Entries))
	}
	for _, e := range c.Entries {
		if !slices.Contains(all, e) {
			t.Errorf("%v is missing", e)
		}
	}
}

func TestASmallConfigurationIsCompiledAsItIs(t *testing.T) {
	t.Parallel()
	c := &Configuration{Entries: []Entry{classed{"a", ""}, classed{"b", ""}}}
	for part := range c.Portions() {
		if part != c {
			t.Error("it is another one")
		}
	}
}
