package source

import "testing"

func TestApply(t *testing.T) {
	text := []byte("0123456789")
	tests := []struct {
		name  string
		edits []Edit
		want  string
	}{
		{"edits are made in any order", []Edit{{Span: Span{8, 9}, Text: "b"}, {Span: Span{1, 2}, Text: "aa"}}, "0aa234567b9"},
		{"insertions at one place keep their order", []Edit{{Span: Span{5, 5}, Text: "a"}, {Span: Span{5, 5}, Text: "b"}}, "01234ab56789"},
		{"an insertion may touch a removal", []Edit{{Span: Span{3, 5}, Text: ""}, {Span: Span{5, 5}, Text: "a"}, {Span: Span{3, 3}, Text: "b"}}, "012ba56789"},
		{"no edit changes nothing", nil, "0123456789"},
		{"an edit may replace everything", []Edit{{Span: Span{0, 10}, Text: ""}}, ""},
		{"edits that overlap are an error", []Edit{{Span: Span{3, 5}, Text: ""}, {Span: Span{4, 6}, Text: ""}}, "error: two edits overlap at byte 4"},
		{"an edit outside the text is an error", []Edit{{Span: Span{9, 11}, Text: ""}}, "error: an edit of bytes 9 to 11 lies outside the text of 10 bytes"},
		{"an edit that ends before it starts is an error", []Edit{{Span: Span{5, 4}, Text: ""}}, "error: an edit of bytes 5 to 4 lies outside the text of 10 bytes"},
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
	const aliased = "x: &x {a: 1}\ny: *x\nz: 1\n"
	tests := []struct {
		name, text, want string
		edit             func(f *File, root *Value) (Edit, error)
	}{
		{
			"text that an alias stands for too", aliased, "p.yaml:1:11: this text stands for several values, through an alias",
			func(f *File, root *Value) (Edit, error) { return f.SetMember(root.Member("x"), "a", 2) },
		},
		{
			"the removal of an anchor in use", aliased, "p.yaml:1:1: this text stands for several values, through an alias",
			func(f *File, root *Value) (Edit, error) { return f.RemoveMember(root, "x") },
		},
		{
			"a member of what is no object", aliased, "p.yaml:3:4: this is a number, not an object",
			func(f *File, root *Value) (Edit, error) { return f.SetMember(root.Member("z"), "a", 2) },
		},
		{
			"the removal of a member that is not there", aliased, "p.yaml:1:1: the object has no member a of its own",
			func(f *File, root *Value) (Edit, error) { return f.RemoveMember(root, "a") },
		},
		{
			"the removal of a member that stands twice", "a: 1\na: 2\n", "p.yaml:2:1: a stands twice in the object",
			func(f *File, root *Value) (Edit, error) { return f.RemoveMember(root, "a") },
		},
		{
			"a name that is taken", aliased, "p.yaml:1:1: the object has a member y already",
			func(f *File, root *Value) (Edit, error) { return f.RenameMember(root, "x", "y") },
		},
		{
			"an object that is not there", aliased, "an object to be edited is not there",
			func(f *File, root *Value) (Edit, error) { return f.SetMember(root.Member("none"), "a", 2) },
		},
		{
			"a value of another file", aliased, "the value to be edited is not of this file",
			func(f *File, root *Value) (Edit, error) { return f.Replace(&Value{Kind: Null}, 1) },
		},
		{
			"a value that has no form in a file", aliased, "a value of type float64 can't be written",
			func(f *File, root *Value) (Edit, error) { return f.Replace(root, 1.5) },
		},
		{
			"a string that is not UTF-8", aliased, "a string to be written is not UTF-8",
			func(f *File, root *Value) (Edit, error) { return f.Replace(root, "\xff") },
		},
		{
			"a place that the list does not have", "- a\n", "p.yaml:1:1: the list has 1 items, no place 2",
			func(f *File, root *Value) (Edit, error) { return f.InsertItem(root, 2, 1) },
		},
		{
			"a member of a pair without braces", "[a: 1]\n", "p.yaml:1:7: this can't be edited without changing something else",
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
