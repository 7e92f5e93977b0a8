package report

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestFilesThatAreReadTogetherHaveALimitOfValuesInAll(t *testing.T) {
	t.Parallel()
	items := make([]*source.Value, 600_000)
	for i := range items {
		items[i] = &source.Value{Kind: source.Null}
	}
	file := &source.File{
		Name: "cluster.yaml", Documents: []*source.Value{{Kind: source.List, Items: items}},
	}
	names := []string{"cluster"}
	if err := heldBeyond([]*source.File{file}, names); err != nil {
		t.Errorf("one file: %v", err)
	}
	const want = "cluster: these files have more than 750000 values in all, the most that are " +
		"looked at together"
	if err := heldBeyond([]*source.File{file, file}, names); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
