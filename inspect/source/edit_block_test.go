package source

import "testing"

func TestATextStaysALiteralBlockIfItCan(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]struct{ before, with, after string }{
		"lines keep their place": {
			"a: |\n    x\n\n    y\nb: 1\n", "x\n\nz\n", "a: |\n    x\n\n    z\nb: 1\n",
		},
		"blank lines behind it stay": {"a: |\n  x\n\n\nb: 1\n", "y\n", "a: |\n  y\n\n\nb: 1\n"},
		"without a line's end":       {"a: |-\n  x\n", "y\nz", "a: |-\n  y\n  z\n"},
		"with carriage returns": {
			"a: |\r\n  x\r\nb: 1\r\n", "y\nz\n", "a: |\r\n  y\r\n  z\r\nb: 1\r\n",
		},
		"of another end":            {"a: |\n  x\nb: 1\n", "y", "a: \"y\"\nb: 1\n"},
		"more lines' ends":          {"a: |\n  x\nb: 1\n", "y\n\n", "a: \"y\\n\\n\"\nb: 1\n"},
		"an indentation of its own": {"a: |\n  x\nb: 1\n", "  y\n", "a: \"  y\\n\"\nb: 1\n"},
		"a character that is escaped": {
			"a: |\n  x\nb: 1\n", "\u0001\n", "a: \"\\u0001\\n\"\nb: 1\n",
		},
		"a number in its place":    {"a: |2\n    x\nb: 1\n", "y\n", "a: \"y\\n\"\nb: 1\n"},
		"a comment behind the bar": {"a: | # c\n  x\nb: 1\n", "y\n", "a: \"y\\n\"\nb: 1\n"},
		"an empty block":           {"a: |\n\nb: 1\n", "y\n", "a: \"y\\n\"\n\nb: 1\n"},
	} {
		file, err := Read("a.yaml", []byte(of.before))
		if err != nil {
			t.Fatal(err)
		}
		edit, err := file.Replace(file.Documents[0].Member("a"), of.with)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := Apply(file.Text, edit); err != nil || string(got) != of.after {
			t.Errorf("%s: %q, %v instead of %q", name, got, err, of.after)
		}
	}
}
