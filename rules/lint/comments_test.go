package lint

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestCommentsThatSetFindingsAside(t *testing.T) {
	t.Parallel()
	type comment struct {
		Rule, Reason string
		Line         int
	}
	for name, row := range map[string]struct {
		file, text string
		want       []comment
	}{
		"beside a value, for its own line": {
			"a.yaml", "a: 1 # gatewhy:ignore wrong-type a reason\n",
			[]comment{{"wrong-type", "a reason", 1}},
		},
		"alone, for the next line": {
			"a.yaml", "# gatewhy:ignore wrong-type a reason\na: 1\n",
			[]comment{{"wrong-type", "a reason", 2}},
		},
		"several, for the line after all": {
			"a.yaml",
			"# gatewhy:ignore wrong-type x\n# more\n# gatewhy:ignore unknown-field y\na: 1\n",
			[]comment{{"wrong-type", "x", 4}, {"unknown-field", "y", 4}},
		},
		"with tabs between the words": {
			"a.yaml", "a: 1 # gatewhy:ignore\twrong-type\ta reason\r\n",
			[]comment{{"wrong-type", "a reason", 1}},
		},
		"over an empty line": {
			"a.yaml", "# gatewhy:ignore wrong-type x\n\na: 1\n", []comment{{"wrong-type", "x", 3}},
		},
		"with nothing below it": {
			"a.yaml", "a: 1\n# gatewhy:ignore wrong-type x\n", []comment{{"wrong-type", "x", 4}},
		},
		"without a reason": {
			"a.yaml", "a: 1 # gatewhy:ignore wrong-type\n", []comment{{"wrong-type", "", 1}},
		},
		"in a text there is none": {
			"a.yaml", "a: \"x # gatewhy:ignore wrong-type x\"\n", nil,
		},
		"in a text of a list there is none": {
			"a.yaml", "a: [\"x # gatewhy:ignore wrong-type x\"]\n", nil,
		},
		"in a block of text there is none": {
			"a.yaml", "a: |\n  # gatewhy:ignore wrong-type x\n  b\n", nil,
		},
		"in prose of a comment, none": {
			"a.yaml", "a: 1 # see gatewhy:ignore wrong-type x\n", nil,
		},
		"JSON has no comments": {"a.json", `{"a": "# gatewhy:ignore wrong-type x"}`, nil},
		"Terraform's three kinds": {
			"a.tf", "a = 1 # gatewhy:ignore wrong-type x\nb = 2 // gatewhy:ignore wrong-type y\n" +
				"c = 3 /* gatewhy:ignore wrong-type z */\n",
			[]comment{{"wrong-type", "x", 1}, {"wrong-type", "y", 2}, {"wrong-type", "z", 3}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := source.Read(row.file, []byte(row.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []comment
			for _, c := range Comments(file) {
				got = append(got, comment{c.Rule, c.Reason, c.Line})
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
