package source

import (
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, text, want string }{
		{
			"a number of JSON keeps every digit", "a.json", `{"n": 1.50, "e": -1E400}`,
			`{"n":1.50,"e":-1E400}`,
		},
		{
			"duplicate members are kept in the file's order", "a.json", `{"a": 1, "a": 2}`,
			`{"a":1,"a":2}`,
		},
		{"text that starts with a brace is JSON", "policy", `{"a": "\u00e9<"}`, `{"a":"é<"}`},
		{"other text is YAML", "policy", "a: b\n", `{"a":"b"}`},
		{
			"every document of a YAML file is read, empty ones are left out", "a.yaml",
			"a: 1\n---\n# none\n---\nb\n", `{"a":1} "b"`,
		},
		{
			"an alias is what it stands for", "a.yaml", "a: &x [1, 2]\nb: *x\n",
			`{"a":[1,2],"b":[1,2]}`,
		},
		{
			"a merge key brings in what the object lacks", "a.yaml",
			"x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  a: 3\n", `{"x":{"a":1,"b":2},"y":{"a":3,"b":2}}`,
		},
		{
			"numbers of YAML become decimal", "a.yaml", "[0x10, 1_000, 0o17, 1.50, .5]",
			`[16,1000,15,1.50,0.5]`,
		},
		{
			"on and no are strings", "a.yaml", "[on, no, yes, off, true, null, ~]",
			`["on","no","yes","off",true,null,null]`,
		},
		{
			"names that are no strings are kept as text", "a.yaml", "404: a\ntrue: b\n",
			`{"404":"a","true":"b"}`,
		},
		{
			"a template in place of a value is unknown", "a.yaml", "a: {{ .Values.x }}\n",
			`{"a":"{{ .Values.x }}"}`,
		},
		{"a tag that asks for a program is unknown", "a.yaml", "a: !Ref x\n", `{"a":"!Ref x"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Read(tt.file, []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := documentsJSON(f); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func documentsJSON(f *File) string {
	var all []string
	for _, v := range f.Documents {
		all = append(all, v.JSON())
	}
	return strings.Join(all, " ")
}

func TestTheItemsOfALongListAreHandedOverOneByOne(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"those of the member", `{"keys":[{"a":1},2],"x":[3]}`, `1:{"a":1} 1:2`},
		{"those of a list that is the document", `[1,[2]]`, `1:1 1:[2]`},
		{"none of a list further down", `{"x":{"keys":[1]},"y":[{"keys":[2]}]}`, ``},
		{"none of a member that is no list", `{"keys":{"a":1}}`, ``},
		{
			"where the member stands twice, each with its own list", `{"keys":[1],"keys":[2]}`,
			`1:1 2:2`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var lists []*Value
			var got []string
			_, err := ReadJSONItems("keys.json", []byte(tt.text), "keys", func(list, item *Value) {
				if len(lists) == 0 || lists[len(lists)-1] != list {
					lists = append(lists, list)
				}
				got = append(got, string(rune('0'+len(lists)))+":"+item.JSON())
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			for _, list := range lists {
				if len(list.Items) == 0 || list.Items[0] != nil {
					t.Errorf("the list holds %v", list.Items)
				}
			}
		})
	}
}

// What was handed over is not held, and so does not count.
func TestOnlyWhatIsHeldCountsAgainstTheBound(t *testing.T) {
	t.Parallel()
	many := func(value string) string {
		return strings.TrimSuffix(strings.Repeat(value+",", maxHeld), ",")
	}
	for text, want := range map[string]string{
		`{"keys":[` + many(`[1]`) + `]}`: "",
		`{"keys":[[` + many(`1`) +
			`]]}`: "keys.json:1:100005: the file has more than 50000 values",
		`{"keys":[1],"x":[` + many(`1`) +
			`,1,1]}`: "keys.json:1:100012: the file has more than 50000 values",
	} {
		_, err := ReadJSONItems("keys.json", []byte(text), "keys", func(_, _ *Value) {})
		if got := text[:12]; (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s…: %v, want %s", got, err, want)
		}
	}
}
