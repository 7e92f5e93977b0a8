package source

import (
	"errors"
	"testing"
)

type faultTest struct{ name, text, want string }

var jsonFaults = []faultTest{
	{
		"a missing comma is named with what follows it", "{\n  \"a\": 1\n  \"scopes\": []\n}",
		`3:3: not JSON: a comma is missing before "scopes"`,
	},
	{"a missing comma in a list is named", "[1 2]", "1:4: not JSON: a comma is missing before 2"},
	{"a missing colon is named", `{"a" 1}`, "1:6: not JSON: a colon is missing before 1"},
	{
		"a comma before a brace is shown at the comma", "{\"a\": 1,\n}",
		"1:8: not JSON: there is a comma before }",
	},
	{
		"a comma before a bracket is shown at the comma", "[1,]",
		"1:3: not JSON: there is a comma before ]",
	},
	{"two commas are seen", "[1,,2]", "1:4: not JSON: there are two commas in a row"},
	{
		"a comma in place of a value is seen", `{"a":,}`,
		"1:6: not JSON: there is a comma where a value is expected",
	},
	{"a value that is missing is seen", `{"a":}`, "1:6: not JSON: a value is missing before }"},
	{
		"text that was cut off names what is open", "{\n\"a\": [\n1,",
		"3:3: not JSON: the text ends inside a list that opened at line 2",
	},
	{
		"a string that was cut off is shown at its start", `{"a": "b`,
		"1:7: not JSON: the text ends inside a string that starts here",
	},
	{
		"a string over two lines is shown at its start", "{\"a\": \"b\n\"}",
		"1:7: not JSON: the string that starts here is not closed on its line",
	},
	{
		"a tab in a string is named", "[\"a\tb\"]",
		"1:4: not JSON: there is a control character, U+0009, in a string",
	},
	{
		"a backslash that escapes nothing is shown", `["a\d"]`,
		`1:4: not JSON: \d is not a JSON escape`,
	},
	{"single quotes are named", `{'a': 1}`, "1:2: not JSON: there are single quotes here"},
	{
		"the quotes of a word processor are named", `{“a”: 1}`,
		"1:2: not JSON: there are typographic quotes here, as word processors and chat programs " +
			"insert them",
	},
	{
		"a comment is named", "{\n  // why\n  \"a\": 1\n}",
		"2:3: not JSON: there is a comment here, and JSON does not allow comments",
	},
	{
		"a name without quotes is seen", `{a: 1}`,
		"1:2: not JSON: a name in double quotes is expected here, not a",
	},
	{"a word without quotes is seen", `{"a": b}`, "1:7: not JSON: b needs double quotes"},
	{
		"the words of other languages are named", `[True]`,
		"1:2: not JSON: True must be written true",
	},
	{
		"values that JSON does not have are named", `[NaN]`,
		"1:2: not JSON: NaN is not a JSON value",
	},
	{
		"a number with a zero in front is named", `[012]`,
		"1:3: not JSON: a number must not start with 0",
	},
	{"a number with a sign is seen", `[+1]`, "1:2: not JSON: +1 is not a JSON number"},
	{
		"brackets that don't match are seen", `{"a": [1}`,
		"1:9: not JSON: a list that opened at line 1 is closed by }",
	},
	{
		"a bracket too many is seen", `{}}`,
		"1:3: not JSON: more text follows the end of the JSON: }",
	},
	{"a second value is seen", "{}\n{}", "2:1: not JSON: a second value follows the first"},
	{
		"a template is named", `{"a": {{ .Values.a }}}`,
		"1:8: not JSON: there is a template expression here",
	},
	{
		"an ellipsis is named", `{"a": 1, ...}`,
		"1:10: not JSON: there is an ellipsis here: something was left out",
	},
	{
		"an escape without its digits is shown", `["\u00zz"]`,
		`1:3: not JSON: \u is not a JSON escape`,
	},
	{
		"an escape of a character is none of a fault", `["\u00e9" 1]`,
		"1:11: not JSON: a comma is missing before 1",
	},
	{
		"what a terminal would act on is escaped", "[\u202e]",
		`1:2: not JSON: \u202e does not belong here`,
	},
}

var yamlFaults = []faultTest{
	{
		"a tab that indents is shown", "a:\n\tb: 1\n",
		"2:1: not YAML: a tab indents this line, and YAML allows only spaces",
	},
	{
		"a tab after spaces is shown", "a:\n  b: 1\n  \tc: 2\n",
		"3:3: not YAML: a tab indents this line, and YAML allows only spaces",
	},
	{
		"a line that is indented too far is shown", "a: 1\n b: 2\n",
		"2:2: not YAML: this line is indented as if it belonged to the line before, which has a " +
			"value already",
	},
	{
		"a line that is indented too little is shown", "a:\n   b: 1\n  c: 2\n",
		"3:3: not YAML: the indentation of this line matches no line above it",
	},
	{"a missing colon is seen", "a: 1\nb\nc: 3\n", "2:1: not YAML: a colon is missing after b"},
	{
		"a missing space is seen", "a: 1\nb:2\nc: 3\n",
		"2:2: not YAML: a space is missing after the colon",
	},
	{
		"a colon in a value is shown", "a: 1\nb: c: d\n",
		"2:5: not YAML: this line has a second colon",
	},
	{
		"a string that is not closed is shown at its start", "x: 1\na: \"x\nb: 2\n",
		"2:4: not YAML: a string that starts on this line is not closed",
	},
	{
		"a string that the next quote closes is shown at its start", "a: 'x\nb: 2\nc: 'y'\n",
		"1:4: not YAML: a string that starts on this line is not closed on it",
	},
	{
		"text behind a quote is shown", "x: 1\na: 'it's'\n",
		"2:8: not YAML: there is text after the closing quote",
	},
	{
		"a list that is not closed is shown at its start", "x: 1\na: [1, 2\nb: 3\n",
		"2:4: not YAML: a list that opens on this line is not closed, or a comma is missing in it",
	},
	{
		"an object that is not closed is shown at its start", "a: {b: 1\nc: 2\n",
		"1:4: not YAML: an object that opens on this line is not closed, or a comma is missing " +
			"in it",
	},
	{"a bracket too many is seen", "a: 1\n}\n", "2:1: not YAML: } has no opening bracket"},
	{
		"a value that starts with an at sign is shown", "x: 1\na: @b\n",
		"2:4: not YAML: a value must not start with @",
	},
	{
		"an alias without its anchor is shown", "x: 1\na: *b\n",
		"2:4: not YAML: *b refers to an anchor &b that is not defined before it in its document",
	},
	{
		"an alias with its anchor in another document is shown", "x: &b 1\n---\na: [*b]\n",
		"3:5: not YAML: *b refers to an anchor &b that is not defined before it in its document",
	},
	{
		"an item among members is shown", "a: 1\n- b\n",
		"2:1: not YAML: a list item is among the members of an object",
	},
	{
		"a member among items is shown", "- a\nb: 1\n",
		"2:1: not YAML: this line is among the items of a list, but does not start with a dash",
	},
	{
		"a backslash that escapes nothing is shown", "x: 1\na: \"\\d\"\n",
		`2:5: not YAML: \d is not a YAML escape`,
	},
	{
		"a template's statement is named", "{{- if .a }}\nb: 1\n{{- end }}\n",
		"1:1: not YAML: there is a template expression here, outside quotes",
	},
	{
		"a template's value is named", "x: 1\na: {{ .b }}.c\n",
		"2:1: not YAML: there is a template expression here, outside quotes",
	},
	{
		"a control character is shown", "a: \x01\n",
		"1:4: not YAML: there is a control character here",
	},
	{
		"a closing bracket in place of a value is shown", "x: 1\na: ]\n",
		"2:4: not YAML: ] is where a value is expected",
	},
	{
		"a list behind its name is shown", "x: 1\na: - b\n",
		"2:1: not YAML: a list must start on a line of its own, below its name",
	},
	{
		"an ampersand without a name is shown", "x: 1\na: &\n",
		"2:1: not YAML: a name is missing after & or *",
	},
	{
		"a tag that was not declared is shown", "x: 1\na: !b!c d\n",
		"2:1: not YAML: a tag, which starts with !, can't be read",
	},
	{
		"text behind the sign of a block is shown", "x: 1\na: | b\n",
		"2:1: not YAML: there is text after | or >",
	},
	{
		"text behind the end of a value is shown", "[a]\n[b]\n",
		"2:1: not YAML: more text follows the end of the value",
	},
	{
		"a merge key needs an object", "<<: 1\n",
		"1:5: not YAML: a merge key, <<, needs an object or a list of objects",
	},
	{
		"an alias inside its own anchor is seen", "a: &a\n  b: *a\n",
		"2:6: not YAML: the alias *a is inside the value that it names",
	},
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for file, tests := range map[string][]faultTest{"p.json": jsonFaults, "p.yaml": yamlFaults} {
		for _, tt := range tests {
			t.Run(file+"/"+tt.name, func(t *testing.T) {
				_, err := Read(file, []byte(tt.text))
				var e *Error
				if !errors.As(err, &e) {
					t.Fatalf("got %v, want an *Error", err)
				}
				if got, want := e.Error(), file+":"+tt.want; got != want {
					t.Errorf("\ngot  %s\nwant %s", got, want)
				}
			})
		}
	}
}

func TestReadJSONTakesOneValueAndNothingElse(t *testing.T) {
	t.Parallel()
	for _, tt := range []faultTest{
		{
			"a byte order mark is an error", "\ufeff{}",
			"claims:1:1: not JSON: it starts with a byte order mark",
		},
		{
			"text behind the value is an error", "{} x",
			"claims:1:4: not JSON: more text follows the end of the JSON: x",
		},
		{"an empty text is an error", "", "claims:1:1: the text is empty"},
		{"white space alone is an error", " \n", "claims:2:1: the text is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ReadJSON("claims", []byte(tt.text)); err == nil ||
				err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}
