package source

import (
	"errors"
	"strings"
	"testing"
)

const tomlConfig = `# how the proxy runs
provider = "oidc"
'quoted name' = 1
email_domains = [ "a.example", # the first
  "b.example",
]
skip = true
inline = { a = [1, 2], b = 'x' }

[table.inner]
when = 2026-01-02
[[list]]
name = "one"
[[list]]
name = "two"
`

func readTOMLText(t *testing.T, text string) *File {
	t.Helper()
	f, err := Read("proxy.cfg", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestTOMLIsReadWithItsPlaces(t *testing.T) {
	t.Parallel()
	f := readTOMLText(t, tomlConfig)
	root := f.Documents[0]
	const want = `{"provider":"oidc","quoted name":1,"email_domains":["a.example","b.example"],` +
		`"skip":true,"inline":{"a":[1,2],"b":"x"},"table":{"inner":{"when":"2026-01-02"}},` +
		`"list":[{"name":"one"},{"name":"two"}]}`
	if got := root.JSON(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for path, want := range map[string]string{
		"provider": `"oidc"`, "skip": "true", "inline": "{ a = [1, 2], b = 'x' }",
		"inline a": "[1, 2]", "inline b": "'x'", "table inner when": "2026-01-02",
		"email_domains": "[ \"a.example\", # the first\n  \"b.example\",\n]",
	} {
		v := root.At(strings.Fields(path)...)
		if got := string(f.Text[v.Span.Start:v.Span.End]); got != want {
			t.Errorf("%s is at %q, want %q", path, got, want)
		}
		if f.Position(v.Span.Start) != v.Pos {
			t.Errorf("%s has the place %v, and its span begins at %v",
				path, v.Pos, f.Position(v.Span.Start))
		}
	}
}

func TestWhatIsNoTOMLIsRefusedAtItsPlace(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a = 1\na = 2\n":   "proxy.cfg:2:1: not TOML: a is given a second time",
		"a = 1\n[a]\n":     "proxy.cfg:2:2: not TOML: a is a value and a table",
		"a = 1\n[[a]]\n":   "proxy.cfg:2:3: not TOML: a is a value and a table",
		"a = 1\nb = yes\n": "proxy.cfg:2:5: not TOML: unexpected character",
		"a = [1,\n":        "not TOML: ",
		"a = \"x\n":        "not TOML: ",
	} {
		_, err := Read("proxy.cfg", []byte(text))
		var problem *Error
		if !errors.As(err, &problem) || !strings.Contains(err.Error(), want) ||
			len(problem.Hints) == 0 {
			t.Errorf("%q: got %v, want %s, and a hint", text, err, want)
		}
	}
}

func TestTheFormatIsToldByTheText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Format{
		"# a comment\n\nclient_id = \"x\"\n": TOML,
		"a: b = c\n":                         YAML,
		"kind: x\n":                          YAML,
		"{\"a\": 1}":                         JSON,
		"{\"a\": 1}\n---\n{\"a\": 2}\n":      YAML,
		"[{\"a\": \"\\n---\"},\n -1]":        JSON,
	} {
		f, err := Read("standard input", []byte(text))
		if err != nil || f.Format != want {
			t.Errorf("%q: got %v, %v, want %v", text, f, err, want)
		}
	}
}

func TestEditsOfTOMLKeepEveryOtherByte(t *testing.T) {
	t.Parallel()
	f := readTOMLText(t, tomlConfig)
	root := f.Documents[0]
	tests := []struct {
		name     string
		edit     func() (Edit, error)
		from, to string
	}{
		{
			"a value", func() (Edit, error) { return f.SetMember(root, "skip", false) },
			"skip = true", "skip = false",
		},
		{"a new line before the tables", func() (Edit, error) {
			return f.SetMember(root, "client id", "a\"b")
		}, "b = 'x' }\n", "b = 'x' }\n\"client id\" = \"a\\\"b\"\n"},
		{"a member of an inline table", func() (Edit, error) {
			return f.SetMember(root.Member("inline"), "c", []any{"z"})
		}, "b = 'x' }", "b = 'x', c = [\"z\"] }"},
		{"an item before a comment", func() (Edit, error) {
			return f.InsertItem(root.Member("email_domains"), 0, "0.example")
		}, "[ \"a.example\"", "[ \"0.example\", \"a.example\""},
		{
			"a line removed", func() (Edit, error) { return f.RemoveMember(root, "skip") },
			"skip = true\n", "",
		},
		{
			"a name", func() (Edit, error) { return f.RenameMember(root, "skip", "skip_it") },
			"skip = true", "skip_it = true",
		},
	}
	for _, test := range tests {
		edit, err := test.edit()
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		got, err := Apply(f.Text, edit)
		if want := strings.Replace(tomlConfig, test.from, test.to, 1); err != nil ||
			string(got) != want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", test.name, err, got, want)
		}
	}
}

func TestTOMLInsideOfYAMLHasItsPlacesThere(t *testing.T) {
	t.Parallel()
	f, err := Read("map.yaml", []byte("data:\n  x.cfg: |\n    # c\n    a = [\"b\"]\n"))
	if err != nil {
		t.Fatal(err)
	}
	inner, err := Embedded(f, f.Documents[0].At("data", "x.cfg"), TOML)
	if err != nil {
		t.Fatal(err)
	}
	v := inner.Documents[0].Member("a").Items[0]
	if got := v.Pos.String(); got != "map.yaml:4:10" {
		t.Errorf("got %s", got)
	}
}
