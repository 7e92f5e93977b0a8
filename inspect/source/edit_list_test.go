package source

import (
	"strings"
	"testing"
)

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
