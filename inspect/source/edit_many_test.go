package source

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Setting members at once leaves the bytes that setting them one after the other leaves, in every
// syntax.
func TestMembersSetAtOnceReadAsIfSetOneByOne(t *testing.T) {
	set := Fields{
		{"a", true},
		{"new", "x"},
		{"b", []any{"y", Fields{{"k", 1}}}},
		{"list", []any{Fields{{"k", "v"}}}},
		{"last", 3},
	}
	tests := []struct{ name, file, text string }{
		{"JSON on one line", "p.json", `{"c": {"a": false, "b": 1}}`},
		{
			"JSON over several lines",
			"p.json",
			"{\n  \"c\": {\n    \"a\": false,\n    \"b\": 1,\n    \"z\": null\n  },\n" +
				"  \"d\": 1\n}\n",
		},
		{"JSON without a space", "p.json", `{"c":{"a":false,"b":1}}`},
		{"JSON with one member", "p.json", "{\"c\": {\n\t\"z\": 1}}"},
		{"YAML in blocks", "p.yaml", "c:\n  a: false  # off\n  z: 1\n  b: one\nd: 1\n"},
		{"YAML in braces", "p.yaml", "c: {a: false, z: 1}\n"},
		{"YAML at the end of the file", "p.yaml", "d: 1\nc:\n    z: 1"},
		{"YAML with a merge key", "p.yaml", "m: &m {b: 1, q: 2}\nc:\n  <<: *m\n  z: 1\n"},
		{"Terraform", "p.tf", "c {\n  a   = false # off\n  zed = 1\n}\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := reading(t, test.file, test.text)
			want := file
			for _, field := range set {
				e, err := want.SetMember(want.Documents[0].Member("c"), field.Key, field.Value)
				if err != nil {
					t.Fatal(err)
				}
				if want, err = want.Edited(e); err != nil {
					t.Fatal(err)
				}
			}
			got, err := file.SetMembers(file.Documents[0].Member("c"), set)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want.Text), string(got.Text)); diff != "" {
				t.Errorf("one by one, and at once:\n%s", diff)
			}
		})
	}
}

func TestMembersThatCanNotBeSetAtOnceAreRefused(t *testing.T) {
	tests := []struct {
		name, text string
		set        Fields
	}{
		{"of an object without members", "c: {}\n", Fields{{"a", 1}, {"b", 2}}},
		{"of what is no object", "c: 1\n", Fields{{"a", 1}}},
		{"one of them twice", "c: {z: 1}\n", Fields{{"a", 1}, {"a", 2}}},
		{
			"in text that an alias stands for too",
			"c: &c {z: 1}\nd: *c\n",
			Fields{{"a", 1}, {"b", 2}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := reading(t, "p.yaml", test.text)
			if got, err := file.SetMembers(file.Documents[0].Member("c"), test.set); err == nil {
				t.Errorf("it is made:\n%s", got.Text)
			}
		})
	}
}

func reading(t *testing.T, name, text string) *File {
	t.Helper()
	file, err := Read(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}
