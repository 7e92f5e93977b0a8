package environments

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestANameIsWrittenSoThatItReadsAsItIs(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"dev.json":              "dev.json",
		"a b.json":              `"a b.json"`,
		"a\u202enosj.json":      `"a\u202enosj.json"`,
		"a\U000e0001.json":      `"a\U000e0001.json"`,
		"a\x1b[2J\u0085\n.json": `"a\u001b[2J\u0085\n.json"`,
	} {
		if got := yamlName(name); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		file, err := source.Read("x.yaml", []byte("name: "+yamlName(name)))
		if err != nil {
			t.Fatal(err)
		}
		if got := file.Documents[0].Member("name").Text; got != name {
			t.Errorf("%q is read as %q", name, got)
		}
	}
}
