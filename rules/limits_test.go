package rules

import (
	"fmt"
	"iter"
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

func TestConfigurationsOfVeryManyFilesInAllAreRefused(t *testing.T) {
	t.Parallel()
	group := slices.Repeat([]*source.File{{Name: "a.yaml"}}, mostGrouped/2)
	if err := GroupsBeyond([][]*source.File{group, group}); err != nil {
		t.Error(err)
	}
	err := GroupsBeyond([][]*source.File{group, group, group})
	const want = "a.yaml: this file and others make up 3 configurations, which have 150000 " +
		"files in all, and no more than 100000 are looked at"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

type placed struct{ file *source.File }

func (p placed) Place() (*source.File, source.Span) { return p.file, source.Span{} }

func (placed) Instance() string { return "orders" }

// asking is a policy of an API instance with so many conditions.
func asking(api string, conditions int) *Policy {
	check := &Check{Test: Predicate{Op: And, Of: make([]Predicate, conditions)}}
	return &Policy{API: api, Root: AllOf(check)}
}

func TestMoreConditionsThanAreLookedAtAreRefused(t *testing.T) {
	t.Parallel()
	many := make([]*Policy, 0, 6)
	for _, api := range []string{"a", "b", "c", "d", "e", "f"} {
		many = append(many, asking(api, mostConditions-1))
	}
	shared := make([]*Policy, 0, 6)
	for _, api := range []string{"a", "b", "c", "d", "e", "f"} {
		one := asking(api, 0)
		one.Root = many[0].Root
		shared = append(shared, one)
	}
	tests := []struct {
		name     string
		policies []*Policy
		want     string // a part of the error; empty for none
	}{
		{"of one API instance", []*Policy{asking("", mostConditions+1)}, "than 40000 conditions"},
		{"of several together", many, "have more than 100000 conditions"},
		{"not those that several share", shared, ""},
		{"not fewer", many[:2], ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := ChainsBeyond(test.policies)
			if (err == nil) != (test.want == "") ||
				err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestConditionsOfAllPortionsOfAConfigurationCount(t *testing.T) {
	t.Parallel()
	var n Conditions
	for i := range 3 {
		err := n.ChainsBeyond([]*Policy{asking(fmt.Sprint(i), mostConditions-1)})
		if refused := i == 2; (err != nil) != refused {
			t.Errorf("portion %d: %v", i, err)
		}
	}
}

// several is an entry that is made of so many policies.
type several struct {
	placed
	policies int
}

func (s several) Parts() iter.Seq2[*source.File, source.Span] {
	return func(yield func(*source.File, source.Span) bool) {
		for range s.policies {
			if !yield(s.file, source.Span{}) {
				return
			}
		}
	}
}

func TestPoliciesThatOneEntryIsMadeOfCount(t *testing.T) {
	t.Parallel()
	file := &source.File{Name: "orders.yaml"}
	if err := chainsBeyond([]Entry{several{placed{file}, mostInChain}}); err != nil {
		t.Error(err)
	}
	const want = "orders.yaml: the API instance orders has 1001 policies"
	err := chainsBeyond([]Entry{several{placed{file}, mostInChain + 1}})
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestARunThatTakesMoreThanIsLookedAtIsRefused(t *testing.T) {
	t.Parallel()
	names := []string{"a", "b"}
	if err := HeldBeyond(mostHeld, names); err != nil {
		t.Error(err)
	}
	for want, err := range map[string]error{
		"to repair all takes a look at more than 6000000 conditions of policies, the most of " +
			"one run": LookedBeyond("to repair all"),
		"a and 1 more: these files have more than 750000 values in all, the most that are " +
			"looked at together": HeldBeyond(mostHeld+1, names),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
