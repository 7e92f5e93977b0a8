package source

import (
	"strings"
	"testing"
)

func TestEdits(t *testing.T) {
	t.Parallel()
	set := func(key string, with any, path ...string) func(*File) (Edit, error) {
		return func(f *File) (Edit, error) {
			return f.SetMember(f.Documents[0].At(path...), key, with)
		}
	}
	remove := func(key string, path ...string) func(*File) (Edit, error) {
		return func(f *File) (Edit, error) {
			return f.RemoveMember(f.Documents[0].At(path...), key)
		}
	}
	insert := func(index int, with any, path ...string) func(*File) (Edit, error) {
		return func(f *File) (Edit, error) {
			return f.InsertItem(f.Documents[0].At(path...), index, with)
		}
	}
	rename := func(from, to string) func(*File) (Edit, error) {
		return func(f *File) (Edit, error) { return f.RenameMember(f.Documents[0], from, to) }
	}
	tests := []struct {
		name, before, after string
		edit                func(*File) (Edit, error)
	}{
		{
			"a new member of JSON is set off as the one before",
			"{\n    \"a\": 1,\n    \"b\": 2\n}\n",
			"{\n    \"a\": 1,\n    \"b\": 2,\n    \"c\": {\n        \"d\": [\n            1\n   " +
				" " +
				" " +
				" " +
				" " +
				" " +
				"]\n    }\n}\n",
			set("c", Fields{{"d", []any{1}}}),
		},
		{
			"a new member of one-line JSON stays on the line", `{"a": 1}`,
			`{"a": 1, "b": [true, null]}`, set("b", []any{true, nil}),
		},
		{
			"a new member of dense JSON is dense", `{"a":1}`, `{"a":1,"b":{"c":"d","e":2}}`,
			set("b", Fields{{"c", "d"}, {"e", int64(2)}}),
		},
		{
			"an empty object of JSON is filled", "{\n  \"a\": {}\n}",
			"{\n  \"a\": {\n    \"b\": \"c\"\n  }\n}", set("b", "c", "a"),
		},
		{
			"CRLF stays CRLF", "{\r\n\t\"a\": 1\r\n}\r\n",
			"{\r\n\t\"a\": 1,\r\n\t\"b\": [\r\n\t\t2\r\n\t]\r\n}\r\n", set("b", []any{2}),
		},
		{
			"a member in the middle of JSON goes with its comma", "{\n  \"a\": 1,\n  \"b\": 2\n}",
			"{\n  \"b\": 2\n}", remove("a"),
		},
		{
			"the last member of JSON goes with the comma before it",
			"{\n  \"a\": 1,\n  \"b\": 2\n}", "{\n  \"a\": 1\n}", remove("b"),
		},
		{"the only member of JSON leaves empty braces", "{\n  \"a\": 1\n}", "{}", remove("a")},
		{"an item of JSON is inserted first", `[1, 2]`, `[0, 1, 2]`, insert(0, 0)},
		{"an item of JSON is appended", "[\n  1\n]", "[\n  1,\n  2\n]", insert(1, 2)},
		{"a member of JSON is renamed", `{"a": 1}`, `{"b\"": 1}`, rename("a", `b"`)},

		{
			"a new member of YAML has a line of its own", "a: 1 # one\nb:\n    c: 2",
			"a: 1 # one\nb:\n    c: 2\nd:\n    e:\n        - \"#[vars.x]\"\n        - yes-or-no",
			set("d", Fields{{"e", []any{"#[vars.x]", "yes-or-no"}}}),
		},
		{
			"a list of YAML is indented as the file's others", "a:\n- 1\n",
			"a:\n- 1\nb:\n- \"on\"\n", set("b", []any{"on"}),
		},
		{
			"a new member in a list's object is aligned", "- a: 1\n  b: 2\n- c\n",
			"- a: 1\n  b: 2\n  d: x\n- c\n",
			func(f *File) (Edit, error) { return f.SetMember(f.Documents[0].Items[0], "d", "x") },
		},
		{
			"a value that was not written is put behind its colon", "a:\nb: 1\n", "a: x\nb: 1\n",
			set("a", "x"),
		},
		{
			"a scalar gives way to a block", "a: x # why\nb: 1\n", "a:\n  c: 2 # why\nb: 1\n",
			set("a", Fields{{"c", 2}}),
		},
		{"a block gives way to a scalar", "a:\n  c: 2\nb: 1\n", "a: x\nb: 1\n", set("a", "x")},
		{
			"quotes stay the quotes they are", "a: 'x'\nb: \"y\"\n", "a: 'it''s'\nb: \"y\"\n",
			set("a", "it's"),
		},
		{
			"a block scalar is replaced whole", "a: |\n  x\n  y\n\nb: 1\n",
			"a: \"x\\ny\\tz\"\n\nb: 1\n", set("a", "x\ny\tz"),
		},
		{
			"a flow object of YAML stays one", "a: {b: c}\n", "a: {b: c, d: [1, x]}\n",
			set("d", []any{1, "x"}, "a"),
		},
		{"an empty object of YAML becomes a block", "a: {}\n", "a:\n  b: c\n", set("b", "c", "a")},
		{
			"a member of YAML goes with its line", "a: 1\nb: 2 # two\nc: 3\n", "a: 1\nc: 3\n",
			remove("b"),
		},
		{
			"the first member of a list's object gives its place to the next", "- a: 1\n  b: 2\n",
			"- b: 2\n",
			func(f *File) (Edit, error) { return f.RemoveMember(f.Documents[0].Items[0], "a") },
		},
		{
			"the only member of YAML leaves empty braces", "a:\n  b: 1\nc: 2\n", "a: {}\nc: 2\n",
			remove("b", "a"),
		},
		{
			"an item of YAML is inserted first", "a:\n  - 1\n", "a:\n  - 0\n  - 1\n",
			insert(0, 0, "a"),
		},
		{
			"an item of YAML is appended", "a:\n  - 1 # one\nb: 2\n",
			"a:\n  - 1 # one\n  - c: d\n    e: f\nb: 2\n",
			insert(1, Fields{{"c", "d"}, {"e", "f"}}, "a"),
		},
		{
			"what a merge key brings in is overridden", "x: &x {a: 1}\ny:\n  b: 2\n  <<: *x\n",
			"x: &x {a: 1}\ny:\n  b: 2\n  <<: *x\n  a: 3\n", set("a", 3, "y"),
		},
		{
			"an object of nothing but a merge key gets members", "x: &x {a: 1}\ny:\n  <<: *x\n",
			"x: &x {a: 1}\ny:\n  <<: *x\n  b: 2\n", set("b", 2, "y"),
		},
		{
			"what an alias stands for is written out where it changes", "x: &x {a: 1}\ny: *x\n",
			"x: &x {a: 1}\ny:\n  b: 2\n  a: 1\n", set("b", 2, "y"),
		},
		{
			"YAML in CRLF stays so", "a: 1\r\n", "a: 1\r\nb:\r\n  c: 2\r\n",
			set("b", Fields{{"c", 2}}),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name,
			func(t *testing.T) { checkEdited(t, "policy", tt.before, tt.after, tt.edit) })
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	text := []byte("0123456789")
	tests := []struct {
		name  string
		edits []Edit
		want  string
	}{
		{
			"edits are made in any order",
			[]Edit{{Span: Span{8, 9}, Text: "b"}, {Span: Span{1, 2}, Text: "aa"}},
			"0aa234567b9",
		},
		{
			"insertions at one place keep their order",
			[]Edit{{Span: Span{5, 5}, Text: "a"}, {Span: Span{5, 5}, Text: "b"}},
			"01234ab56789",
		},
		{
			"an insertion may touch a removal",
			[]Edit{
				{Span: Span{3, 5}, Text: ""},
				{Span: Span{5, 5}, Text: "a"},
				{Span: Span{3, 3}, Text: "b"},
			},
			"012ba56789",
		},
		{"no edit changes nothing", nil, "0123456789"},
		{"an edit may replace everything", []Edit{{Span: Span{0, 10}, Text: ""}}, ""},
		{
			"edits that overlap are an error",
			[]Edit{{Span: Span{3, 5}, Text: ""}, {Span: Span{4, 6}, Text: ""}},
			"error: two edits change the same place in line 1",
		},
		{
			"an edit outside the text is an error",
			[]Edit{{Span: Span{9, 11}, Text: ""}},
			"error: an edit of bytes 9 to 11 lies outside the text of 10 bytes",
		},
		{
			"an edit that ends before it starts is an error",
			[]Edit{{Span: Span{5, 4}, Text: ""}},
			"error: an edit of bytes 5 to 4 lies outside the text of 10 bytes",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			edited, err := Apply(text, tt.edits...)
			got := string(edited)
			if err != nil {
				got = "error: " + err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestEditsThatCanNotBeMadeAreRefused(t *testing.T) {
	t.Parallel()
	const aliased = "x: &x {a: 1}\ny: *x\nz: 1\n"
	tests := []struct {
		name, text, want string
		edit             func(f *File, root *Value) (Edit, error)
	}{
		{
			"text that an alias stands for too", aliased,
			"p.yaml:1:11: this text is used for several values, through an alias",
			func(f *File, root *Value) (Edit, error) {
				return f.SetMember(root.Member("x"), "a", 2)
			},
		},
		{
			"the removal of an anchor in use", aliased,
			"p.yaml:1:1: this text is used for several values, through an alias",
			func(f *File, root *Value) (Edit, error) { return f.RemoveMember(root, "x") },
		},
		{
			"a member of what is no object", aliased,
			"p.yaml:3:4: this is a number, not an object",
			func(f *File, root *Value) (Edit, error) {
				return f.SetMember(root.Member("z"), "a", 2)
			},
		},
		{
			"the removal of a member that is not there", aliased,
			"p.yaml:1:1: the object has no member a of its own",
			func(f *File, root *Value) (Edit, error) { return f.RemoveMember(root, "a") },
		},
		{
			"the removal of a member that stands twice", "a: 1\na: 2\n",
			"p.yaml:2:1: a appears twice in the object",
			func(f *File, root *Value) (Edit, error) { return f.RemoveMember(root, "a") },
		},
		{
			"a name that is taken", aliased, "p.yaml:1:1: the object has a member y already",
			func(f *File, root *Value) (Edit, error) { return f.RenameMember(root, "x", "y") },
		},
		{
			"an object that is not there", aliased,
			"an object, which is to be edited, does not exist",
			func(f *File, root *Value) (Edit, error) {
				return f.SetMember(root.Member("none"), "a", 2)
			},
		},
		{
			"a value of another file", aliased, "the value to be edited is not from this file",
			func(f *File, root *Value) (Edit, error) { return f.Replace(&Value{Kind: Null}, 1) },
		},
		{
			"a value that has no form in a file", aliased,
			"a value of type float64 can't be written",
			func(f *File, root *Value) (Edit, error) { return f.Replace(root, 1.5) },
		},
		{
			"a string that is not UTF-8", aliased, "a string to be written is not UTF-8",
			func(f *File, root *Value) (Edit, error) { return f.Replace(root, "\xff") },
		},
		{
			"a place that the list does not have", "- a\n",
			"p.yaml:1:1: the list has 1 items, and no position 2",
			func(f *File, root *Value) (Edit, error) { return f.InsertItem(root, 2, 1) },
		},
		{
			"a member of a pair without braces", "[a: 1]\n",
			"p.yaml:1:7: this can't be edited without changing something else",
			func(f *File, root *Value) (Edit, error) { return f.SetMember(root.Items[0], "b", 2) },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Read("p.yaml", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			e, err := tt.edit(f, f.Documents[0])
			if err == nil || err.Error() != tt.want {
				t.Errorf("got %v, %v, want %s", e, err, tt.want)
			}
		})
	}
}

func TestADocumentIsAppendedAsItsFileIsWritten(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, before, added string }{
		{"with line feeds", "a: 1\n", "---\nb:\n  - c: d\n"},
		{"with carriage returns too", "a: 1\r\n", "---\r\nb:\r\n  - c: d\r\n"},
		{"without a break at its end", "a: 1\r\nc: 3", "\r\n---\r\nb:\r\n  - c: d\r\n"},
		{"with dashes under the name", "a:\n- 1\n", "---\nb:\n- c: d\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file, err := Read("a.yaml", []byte(test.before))
			if err != nil {
				t.Fatal(err)
			}
			edit, err := file.AppendDocument(Fields{{"b", []any{Fields{{"c", "d"}}}}})
			if err != nil {
				t.Fatal(err)
			}
			edited, err := file.Edited(edit)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(edited.Text); got != test.before+test.added {
				t.Errorf("%q", got)
			}
			if len(edited.Documents) != 2 {
				t.Errorf("%d documents", len(edited.Documents))
			}
		})
	}
}

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

// An item that is appended is written like the one before it, and every other byte stays: what is
// put in stands between « and ».
func TestAnItemIsAppendedInTheStyleOfItsList(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ file, name, text string }{
		{"a.json", "one of several lines", "{\"l\": [\n  \"a\"«,\n  \"new\"»\n]}"},
		{"a.json", "of one line", `{"l": ["a", "b"«, "new"»], "m": 1}`},
		{"a.json", "dense", `{"l":["a","b"«,"new"»]}`},
		{
			"a.json", "with tabs and CRLF",
			"{\r\n\t\"l\": [\r\n\t\t\"a\"«,\r\n\t\t\"new\"»\r\n\t]\r\n}\r\n",
		},
		{"a.json", "commas that begin lines", "{\"l\": [\"a\"\n ,\"b\"«\n ,\"new\"»\n ]}"},
		{"a.json", "of numbers", `{"l": [ 1 , 2« , "new"» ]}`},
		{
			"a.json", "objects of one line each",
			"{\"l\": [\n  {\"key\": \"a\", \"value\": \"b\"}«,\n" +
				"  {\"key\": \"k\", \"value\": \"it's\"}»\n]}",
		},
		{
			"a.json", "padded objects",
			`{"l": [{ "key": "a", "value": "b" }«, { "key": "k", "value": "it's" }»]}`,
		},
		{
			"a.json", "dense objects",
			`{"l":[{"key":"a"}«,{"key":"k","value":"it's"}»]}`,
		},
		{
			"a.json", "objects of several lines",
			"{\n    \"l\": [\n        {\n            \"key\": \"a\"\n        }«,\n        {\n" +
				"            \"key\": \"k\",\n            \"value\": \"it's\"\n" +
				"        }»\n    ]\n}",
		},
		{
			"a.json", "brackets that meet",
			"{\"l\": [{\n  \"key\": \"a\"\n}, {\n  \"key\": \"b\"\n}«, {\n  \"key\": \"k\",\n" +
				"  \"value\": \"it's\"\n}»]}",
		},

		{
			"a.yaml", "dashes, and comments",
			"l: # l\n  - a # one\n  - b # two«\n  - new»\n  # end\nz: 1\n",
		},
		{"a.yaml", "dashes under the name, single quotes", "l:\n- 'a'«\n- 'new'»\nz: 1\n"},
		{"a.yaml", "double quotes, and no line end", "l:\n  - \"a\"«\n  - \"new\"»"},
		{"a.yaml", "wide dashes and CRLF", "l:\r\n-   a«\r\n-   new»\r\n\r\n# z\r\nz: 1\r\n"},
		{"a.yaml", "flow", "l: ['a'«, 'new'»] # l\nz: 1\n"},
		{"a.yaml", "dense flow", "l: [a,b«,new»]\n"},
		{"a.yaml", "flow over lines", "l: [\n  a,\n  b«,\n  new»\n]\n"},
		{"a.yaml", "flow with one item", "l: [\n  \"a\"«,\n  \"new\"»\n]\n"},
		{"a.yaml", "flow with a trailing comma", "l: [\n  a,\n  b«,\n  new»,\n]\n"},
		{
			"a.yaml", "flow with a comment behind",
			"l: [\n  a, # one\n  b«,» # two«\n  new»\n  # end\n]\n",
		},
		{"a.yaml", "flow with both", "l: [\n  a,\n  b, # two«\n  new,»\n]\n"},
		{"a.yaml", "commas that begin lines", "l: [\n  'a'\n  , 'b' # two«\n  , 'new'»\n]\n"},
		{
			"a.yaml", "objects in braces",
			"l:\n  - {key: a, value: 'b'} # one«\n  - {key: k, value: 'it''s'}»\n",
		},
		{
			"a.yaml", "objects in padded braces",
			"l: [ { \"key\": \"a\", \"value\": \"b\" }" +
				"«, { \"key\": \"k\", \"value\": \"it's\" }» ]\n",
		},
		{
			"a.yaml", "objects of two lines",
			"l:\n    - key: a\n      value: \"b\" # why«\n    - key: k\n" +
				"      value: \"it's\"»\n\nz: 1\n",
		},
		{
			"a.yaml", "quoted names on a line of their own",
			"l:\n  -\n    'key': a\n    'value': 'b'«\n  - 'key': k\n    'value': 'it''s'»\n",
		},
		{
			"a.yaml", "a folded text",
			"l:\n  - key: a\n    value: >-\n      b\n      c«\n  - key: k\n" +
				"    value: \"it's\"»\n\n# z\nz: 1\n",
		},

		{"a.tf", "of one line", "x = [\"a\"«, \"new\"»] # x\n"},
		{"a.tf", "dense", "x = [\"a\",\"b\"«,\"new\"»]\n"},
		{"a.tf", "over lines", "x = [\n  \"a\",\n  \"b\"«,\n  \"new\"»\n]\n"},
		{"a.tf", "with a trailing comma", "x = [\n  \"a\",\n  \"b\"«,\n  \"new\"»,\n]\n"},
		{"a.tf", "one item, and CRLF", "x = [\r\n  \"a\"«,\r\n  \"new\"»,\r\n]\r\n"},
		{
			"a.tf", "a comment behind",
			"x = [\n  \"a\", # one\n  \"b\"«,» # two«\n  \"new\"»\n  # end\n]\n",
		},
		{"a.tf", "both", "x = [\n  \"a\",\n  \"b\", // two«\n  \"new\",»\n]\n"},
		{"a.tf", "the other comment", "x = [\n  \"a\", /* one */«\n  \"new\",»\n]\n"},
		{"a.tf", "a bracket behind", "x = [\n  \"a\",\n  \"b\"«,\n  \"new\"»]\n"},
		{
			"a.tf", "objects of one line",
			"x = [{ key = \"a\", value = \"b\" }«, { key = \"k\", value = \"it's\" }»]\n",
		},
		{
			"a.tf", "objects with aligned names",
			"x = [\n  {\n    key   = \"a\" # a\n    value = \"b\"\n  }, # one«\n  {\n" +
				"    key   = \"k\"\n    value = \"it's\"\n  },»\n]\n",
		},
		{
			"a.tf", "brackets that meet",
			"x = [{\n  key = \"a\"\n}«, {\n  key = \"k\"\n  value = \"it's\"\n}»]\n",
		},
		{
			"a.tf", "in jsonencode, as JSON",
			"r \"x\" \"y\" {\n  c = jsonencode({\n    l = [\n" +
				"      {\"key\" : \"a\", \"value\" : \"b\"}«,\n" +
				"      {\"key\" : \"k\", \"value\" : \"it's\"}»\n    ]\n  })\n}\n",
		},
		{
			"a.tf", "in jsonencode, without quotes",
			"r \"x\" \"y\" {\n" +
				"  c = jsonencode({ l = [{key=\"a\"}«, {key=\"k\", value=\"it's\"}»] })\n}\n",
		},
	} {
		t.Run(test.file[2:]+" "+test.name, func(t *testing.T) {
			t.Parallel()
			before := test.text
			for strings.Contains(before, "«") {
				from, to := strings.Index(before, "«"), strings.Index(before, "»")
				before = before[:from] + before[to+len("»"):]
			}
			after := strings.NewReplacer("«", "", "»", "").Replace(test.text)
			var with any = "new"
			if strings.Contains(after, "it'") {
				with = Fields{{"key", "k"}, {"value", "it's"}}
			}
			file, err := Read(test.file, []byte(before))
			if err != nil {
				t.Fatal(err)
			}
			list := firstList(file.Documents[0])
			edit, err := file.InsertItem(list, len(list.Items), with)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Apply(file.Text, edit)
			if err != nil || string(got) != after {
				t.Errorf("%v, got\n%s\nwant\n%s", err, got, after)
			}
		})
	}
}

func firstList(v *Value) *Value {
	if v.Kind == List {
		return v
	}
	for _, m := range v.Members {
		if found := firstList(m.Value); found != nil {
			return found
		}
	}
	return nil
}
