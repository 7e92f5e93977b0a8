package rules

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

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
