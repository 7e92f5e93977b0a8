package source

import (
	"strconv"
	"testing"
)

func TestEmbedded(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, text, key, value, span string }{
		{
			"in a string of JSON", "p.json", `{"a": "{\"k\": \"v\u0020w\",\n\t\"n\": 12}"}`,
			"p.json:1:33", "p.json:1:40", "12",
		},
		{
			"in double quotes of YAML", "p.yaml",
			"a: \"{\\\"k\\\": \\\"v w\\\",\n  \\\"n\\\": 12}\"\n", "p.yaml:2:3", "p.yaml:2:10",
			"12",
		},
		{
			"in single quotes of YAML", "p.yaml", "a: '{\"k\": \"v w\", \"n\": 12}'\n",
			"p.yaml:1:18", "p.yaml:1:23", "12",
		},
		{
			"in a block of YAML", "p.yaml",
			"b: 1\na: |\n    {\n      \"k\": \"v w\",\n      \"n\": 12\n    }\n", "p.yaml:5:7",
			"p.yaml:5:12", "12",
		},
		{
			"in a folded block of YAML", "p.yaml",
			"a: >-\n  {\"k\": \"v\n  w\",\n\n  \"n\": 12}\n", "p.yaml:5:3", "p.yaml:5:8", "12",
		},
		{
			"in a string of Terraform", "p.tf",
			"a = \"{\\\"k\\\": \\\"v w\\\", \\\"n\\\": 12}\"\n", "p.tf:1:23", "p.tf:1:30", "12",
		},
		{
			"behind escapes of every kind", "p.json",
			`{"a": "{\u0022k\": \"v w\",\r\n \t\"\u006e\":\u002012}"}`, "p.json:1:35",
			"p.json:1:52", "12",
		},
		{
			"in escapes of YAML", "p.yaml",
			"a: \"\\x7b\\U00000022k\\\": \\\"v w\\\", \\\"n\\\": \\\n  12}\"\n", "p.yaml:1:33",
			"p.yaml:2:3", "12",
		},
		{
			"in a heredoc", "p.tf",
			"a = <<-EOT\n  {\n    \"k\": \"v w\",\n    \"n\": 12\n  }\nEOT\n", "p.tf:4:5",
			"p.tf:4:10", "12",
		},
		{
			"behind an alias, where the alias is", "p.yaml",
			"b: &b '{\"k\": \"v w\", \"n\": 12}'\na: *b\n", "p.yaml:2:4", "p.yaml:2:4", "*b",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Read(tt.file, []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			inner, err := Embedded(f, f.Documents[0].Member("a"), JSON)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := documentsJSON(inner), `{"k":"v w","n":12}`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			n := inner.Documents[0].Find("n")
			if got := n.KeyPos.String(); got != tt.key {
				t.Errorf("the name stands at %s, want %s", got, tt.key)
			}
			if got := n.Value.Pos.String(); got != tt.value {
				t.Errorf("the value stands at %s, want %s", got, tt.value)
			}
			if got := string(inner.Text[n.Value.Span.Start:n.Value.Span.End]); got != tt.span {
				t.Errorf("the value's text is %s, want %s", strconv.Quote(got), tt.span)
			}
		})
	}
}

func TestAFaultInEmbeddedJSONIsShownInTheFile(t *testing.T) {
	t.Parallel()
	f, err := Read("p.yaml", []byte("a: |\n  {\n    \"k\": 1\n    \"n\": 2\n  }\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = Embedded(f, f.Documents[0].Member("a"), JSON)
	if want := `p.yaml:4:5: in this string: not JSON: a comma is missing before "n"`; err == nil ||
		err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if _, err := Embedded(f, f.Documents[0], JSON); err == nil {
		t.Error("an object was read as a string")
	}
}

func TestACharacterOfAString(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		column     int
		pos, span  string
	}{
		{"plain", "a: one two\n", 5, "p.yaml:1:8", "t"},
		{"the last", "a: one two\n", 7, "p.yaml:1:10", "o"},
		{"behind the end", "a: one two\n", 8, "p.yaml:1:10", "o"},
		{"quoted", "a: 'it''s \u00e9 x'\n", 8, "p.yaml:1:13", "x"},
		{"escaped", `a: "\u0041\"b"`, 2, "p.yaml:1:11", `\"`},
		{"a block", "a: |\n  one\n", 2, "p.yaml:1:4", "|\n  one"},
		{"empty", "a: ''\n", 1, "p.yaml:1:4", "''"},
	} {
		f, err := Read("p.yaml", []byte(test.text))
		if err != nil {
			t.Fatal(err)
		}
		got := f.Character(f.Documents[0].Member("a"), test.column)
		span := test.text[got.Span.Start:got.Span.End]
		if got.Pos.String() != test.pos || span != test.span {
			t.Errorf("%s: %s %q, want %s %q", test.name, got.Pos, span, test.pos, test.span)
		}
	}
}
