package source

import (
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// streamOfSeed is a random stream of documents with aliases and words of YAML 1.1.
func streamOfSeed(t *testing.T, seed uint64) (world, *File) {
	t.Helper()
	w := world{rand.New(rand.NewPCG(seed, 16))}
	var texts []string
	for range 2 + w.IntN(3) {
		v := w.container(Object, 3)
		newline := "\n"
		writer := yamlWriter{layout: layout{newline: newline}, indent: 2, item: 2 * w.IntN(2)}
		texts = append(texts, "first: &f "+w.flowOf(writer)+newline+"k: *f\non: yes\n"+
			w.comment(writer.block(&Value{Kind: Object, Members: append(v.Members, Member{
				Key: "last", Value: &Value{Kind: Number, Text: "1"},
			})}, 0), newline)+newline)
	}
	text := strings.Join(texts, "---\n")
	f, err := Read("x.yaml", []byte(text))
	if err != nil {
		t.Fatalf("seed %d: %v\n%s", seed, err, text)
	}
	return w, f
}

// sameFile checks that an edited file is what reading its text gives.
func sameFile(t *testing.T, want, edited *File) {
	t.Helper()
	for _, pair := range [][2]any{
		{want.Documents, edited.Documents},
		{want.Problems, edited.Problems},
		{want.shared, edited.shared},
		{want.pieces, edited.pieces},
		{want.words11, edited.words11},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Fatalf("%s\n---- edited:\n%s", cmp.Diff(pair[0], pair[1]), edited.Text)
		}
	}
}

// An edited file is read again where it was changed. What comes of it is what reading all of it
// gives.
func TestAnEditedStreamIsTheFile(t *testing.T) {
	t.Parallel()
	again := 0
	for seed := range uint64(editedStreams) {
		w, f := streamOfSeed(t, seed)
		for range 4 {
			e, err := w.editOf(f)
			if err != nil {
				continue // of what an alias stands for, mostly
			}
			changed, err := Apply(f.Text, e)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := f.readAgain(changed, []Edit{e}); ok {
				again++
			}
			edited, err := f.Edited(e)
			if err != nil {
				t.Fatal(err)
			}
			want, err := Read("x.yaml", edited.Text)
			if err != nil {
				t.Fatal(err)
			}
			sameFile(t, want, edited)
			// an insertion may also be read as one behind the text that it is equal to
			d := Difference(f, edited)
			if another, ok := f.readAgain(edited.Text, []Edit{d}); ok {
				sameFile(t, want, another)
			}
			f = edited
		}
	}
	if again < 2*editedStreams/3 {
		t.Errorf("%d edits were read again in part", again)
	}
}

func TestEditsOfSeveralDocumentsAtOnceAreMade(t *testing.T) {
	t.Parallel()
	again := 0
	for seed := range uint64(editedTogether) {
		w, f := streamOfSeed(t, seed)
		of := map[int]Edit{} // one of each document
		for range 6 {
			if e, err := w.editOf(f); err == nil {
				of[f.pieceAt(e.Span.Start)] = e
			}
		}
		edits := slices.Collect(maps.Values(of))
		changed, err := Apply(f.Text, edits...)
		if err != nil {
			t.Fatal(err)
		}
		edited, ok := f.readAgain(changed, edits)
		if !ok {
			continue
		}
		want, err := Read("x.yaml", changed)
		if err != nil {
			t.Fatal(err)
		}
		sameFile(t, want, edited)
		if len(edits) > 1 {
			again++
		}
	}
	if again < 2*editedTogether/5 {
		t.Errorf("%d edits of several documents were read again in part", again)
	}
}

func (w world) flowOf(writer yamlWriter) string { return writer.flow(w.value(1), 0) }

// editOf is a random edit of a random document.
func (w world) editOf(f *File) (Edit, error) {
	all := flatten(f.Documents)
	target := all[w.IntN(len(all))]
	switch n := len(target.Members); {
	case target.Kind == List:
		return f.InsertItem(target, w.IntN(len(target.Items)+1), w.value(2))
	case target.Kind == Object && w.IntN(2) == 0:
		return f.SetMember(target, "new", w.value(2))
	case n > 1:
		return f.RemoveMember(target, target.Members[w.IntN(n)].Key)
	}
	return f.Replace(target, w.value(2))
}

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

// What is odd about a file is still odd after an edit that does not change that.
func TestAnEditedFileKeepsItsByteOrderMark(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"a.json": `{"a": 1}`, "a.yaml": "a: 1\n"} {
		f, err := Read(name, []byte("\ufeff"+text))
		if err != nil {
			t.Fatal(err)
		}
		number := f.Documents[0].Member("a").Span
		edited, err := f.Edited(Edit{Span: number, Text: "2"})
		if err != nil {
			t.Fatal(err)
		}
		want, err := Read(name, edited.Text)
		if err != nil || len(want.Problems) != 1 {
			t.Fatalf("%s: %v, %v", name, want.Problems, err)
		}
		sameFile(t, want, edited)
	}
}
