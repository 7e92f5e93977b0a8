package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// A file of megabytes may be one list. What is made of each text is many times as large as it.
func TestNoMoreTextsAreCollectedThanAreLookedAtTogether(t *testing.T) {
	t.Parallel()
	looked := 0
	all := Compared(func(yield func(string) bool) {
		for part := range strings.SplitSeq(strings.Repeat("a,", 2*mostCompared), ",") {
			if looked++; !yield(part) {
				return
			}
		}
	})
	if len(all) != mostCompared+1 || looked != len(all) {
		t.Errorf("%d texts of %d, want one more than %d", len(all), looked, mostCompared)
	}
}

func TestALongChainIsRefusedBeforeItIsCompiled(t *testing.T) {
	t.Parallel()
	file := &source.File{Name: "p.json"}
	a := Adapter{Read: func([]*source.File, Options) (*Configuration, error) {
		return &Configuration{Entries: slices.Repeat([]Entry{placed{file}}, mostInChain+1)}, nil
	}}.Complete()
	_, err := a.Read([]*source.File{file}, Options{})
	const want = "the API instance orders has 1001 policies, and no more than 1000 are looked at"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

type placed struct{ file *source.File }

func (p placed) Place() (*source.File, source.Span) { return p.file, source.Span{} }

func (placed) Instance() string { return "orders" }
