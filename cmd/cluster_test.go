package cmd

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/clusters"
)

// Each adapter says what it reads of a cluster. What it finds there must not hang on the rest.
func TestWhatIsLeftOutOfALargeClusterChangesNoFinding(t *testing.T) {
	t.Parallel()
	gateways := everyGateway()
	judge := report.NewJudge(gateways, rules.Options{}, nil)
	var wanted []source.Resource
	reads := func() []source.Resource { return wanted }
	for _, adapter := range gateways {
		if adapter.Resources == nil {
			t.Fatalf("%s does not say what it reads", adapter.Name)
		}
		wanted = append(wanted, adapter.Resources()...)
	}
	for _, asJSON := range []bool{false, true} {
		var text bytes.Buffer
		if err := clusters.Write(&text, 3, 250, asJSON); err != nil {
			t.Fatal(err)
		}
		name := map[bool]string{false: "cluster.yaml", true: "cluster.json"}[asJSON]
		whole, err := source.Read(name, text.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		parts, err := source.ReadResources(name, text.Bytes(), reads)
		if err != nil {
			t.Fatal(err)
		}
		said := func(file *source.File) (all []string) {
			for _, f := range judge.Findings(file) {
				all = append(all, f.Pos.String()+": "+f.Message)
			}
			return all
		}
		want := said(whole)
		if diff := cmp.Diff(want, said(parts)); diff != "" {
			t.Error(diff)
		}
		if len(want) == 0 {
			t.Error("the cluster has no finding")
		}
	}
}
