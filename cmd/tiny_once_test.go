package cmd

import (
	"slices"
	"sync"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/mint"
	"github.com/gatewhy/gatewhy/testdata/tinygateway"
)

// counting is the tiny gateway's adapter, which counts how often it reads a file. An edited file
// is another one of the same name.
type counting struct {
	mu    sync.Mutex
	reads map[*source.File]int
	names map[string]int // of files by their names
}

func (c *counting) adapter() rules.Adapter {
	a := tinygateway.Adapter()
	read := a.Read
	a.Read = func(files []*source.File, options rules.Options) (*rules.Configuration, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, file := range files {
			c.reads[file]++
			c.names[file.Name]++
		}
		return read(files, options)
	}
	return a
}

// most is how often a file was read at most.
func (c *counting) most() int {
	most := 0
	for _, n := range c.reads {
		most = max(most, n)
	}
	return most
}

func TestAFileIsReadOnceByItsAdapter(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		args   []string
		edited bool
	}{
		{"explain", nil, false},
		{"lint", []string{"lint", "door.yaml"}, false},
		{"lint of a folder", []string{"lint", "."}, false},
		{"matrix", []string{"matrix", "--offline"}, false},
		{"test", []string{"test", "suite.yaml"}, false},
		{"fix", []string{
			"fix", "door.yaml", "--rule", "audience-not-checked", "--audience", mint.API,
		}, true},
		{"matrix with repairs", []string{"matrix", "--offline", "--fix"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			count := &counting{reads: map[*source.File]int{}, names: map[string]int{}}
			w := newTinyWorld(t).with(count.adapter())
			w.estate()
			w.write("suite.yaml", tinySuite)
			if test.args == nil {
				w.explain(w.token("v1", nil))
			} else {
				w.run(test.args...)
			}
			if count.most() != 1 {
				t.Errorf("a file was read %d times: %v", count.most(), count.names)
			}
			var again []string
			for name, n := range count.names {
				if n > 1 {
					again = append(again, name)
				}
			}
			if slices.Sort(again); !test.edited && len(again) > 0 {
				t.Errorf("read more than once: %v", count.names)
			}
		})
	}
}
