package source

import (
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"a number of JSON keeps every digit", "a.json", `{"n": 1.50, "e": -1E400}`, `{"n":1.50,"e":-1E400}`},
		{"duplicate members are kept in the file's order", "a.json", `{"a": 1, "a": 2}`, `{"a":1,"a":2}`},
		{"text that starts with a brace is JSON", "policy", `{"a": "\u00e9<"}`, `{"a":"é<"}`},
		{"other text is YAML", "policy", "a: b\n", `{"a":"b"}`},
		{"every document of a YAML file is read, empty ones are left out", "a.yaml", "a: 1\n---\n# none\n---\nb\n", `{"a":1} "b"`},
		{"an alias is what it stands for", "a.yaml", "a: &x [1, 2]\nb: *x\n", `{"a":[1,2],"b":[1,2]}`},
		{"a merge key brings in what the object lacks", "a.yaml", "x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  a: 3\n", `{"x":{"a":1,"b":2},"y":{"a":3,"b":2}}`},
		{"numbers of YAML become decimal", "a.yaml", "[0x10, 1_000, 0o17, 1.50, .5]", `[16,1000,15,1.50,0.5]`},
		{"on and no are strings", "a.yaml", "[on, no, yes, off, true, null, ~]", `["on","no","yes","off",true,null,null]`},
		{"names that are no strings are kept as text", "a.yaml", "404: a\ntrue: b\n", `{"404":"a","true":"b"}`},
		{"a template in place of a value is unknown", "a.yaml", "a: {{ .Values.x }}\n", `{"a":"{{ .Values.x }}"}`},
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
