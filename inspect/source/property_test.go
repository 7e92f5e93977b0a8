package source

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// world makes random documents and random changes of them.
type world struct{ *rand.Rand }

func (w world) value(depth int) *Value {
	kinds := []Kind{Null, Bool, Number, String, String, List, Object}
	if depth == 0 {
		kinds = kinds[:5]
	}
	switch kind := kinds[w.IntN(len(kinds))]; kind {
	case Bool:
		return &Value{Kind: Bool, Text: fmt.Sprint(w.IntN(2) == 0)}
	case Number:
		return &Value{Kind: Number, Text: fmt.Sprint(w.IntN(2000) - 1000)}
	case String:
		return &Value{Kind: String, Text: w.text()}
	case List, Object:
		return w.container(kind, depth)
	}
	return &Value{Kind: Null}
}

func (w world) container(kind Kind, depth int) *Value {
	v := &Value{Kind: kind}
	for range w.IntN(4) {
		if kind == List {
			v.Items = append(v.Items, w.value(depth-1))
			continue
		}
		if key := w.text(); v.Find(key) == nil {
			v.Members = append(v.Members, Member{Key: key, Value: w.value(depth - 1)})
		}
	}
	return v
}

func (w world) text() string {
	texts := []string{
		"a", "b", "audience", "client id", "#[vars.x]", "on", "12", "", "x: y", "a # b", "é\u202e",
		"one\ntwo\n", "- a", "it's", `"`, "{{ x }}", "\\", "1e3", "null", "*a", "&a", "!a", "%a",
		"@a", "[", "{", ",",
	}
	return texts[w.IntN(len(texts))]
}

// write returns a document in one of the ways that people write JSON and YAML.
func (w world) write(v *Value) (name, text string) {
	newline := []string{"\n", "\r\n"}[w.IntN(2)]
	unit := []string{"  ", "    ", "\t"}[w.IntN(3)]
	l := layout{newline: newline, unit: unit}
	switch w.IntN(6) {
	case 0:
		return "x.json", v.JSON()
	case 1:
		return "x.json",
			(&jsonWriter{newline: newline, unit: unit, colon: ": ", spread: true}).write(v, "") +
				newline
	case 2:
		return "x.json", (&jsonWriter{newline: newline, unit: unit, colon: " : "}).write(v, "")
	case 3:
		return "x.yaml", v.JSON()
	case 4:
		if len(v.Members) == 0 {
			return "x.json", "{}"
		}
		return "x.tf", w.terraform(v, hclWriter{layout: l})
	}
	item := w.IntN(3)
	text = yamlWriter{layout: l, indent: item + 1, item: item}.block(v, 0)
	if w.IntN(2) == 0 {
		text = w.comment(text, newline)
	}
	return "x.yaml", text + newline
}

// terraform writes the members of an object as attributes and as blocks.
func (w world) terraform(v *Value, writer hclWriter) string {
	text := ""
	for i, m := range v.Members {
		name := fmt.Sprintf("k%d", i)
		switch spread := w.IntN(2) == 0; {
		case m.Value.Kind == Object && w.IntN(2) == 0:
			text += fmt.Sprintf("%s %q %q {%s", name, "a = {", "b", writer.newline) +
				w.terraform(m.Value, writer) + "}"
		case m.Value.Kind == Object || m.Value.Kind == List:
			text += name + " = jsonencode(" + writer.expression(m.Value, "", spread) + " )"
		default:
			text += writer.assignment(name, m.Value, "", spread)
		}
		text += []string{"", " # why"}[w.IntN(2)] + writer.newline
	}
	return text
}

// comment strews comments and empty lines over YAML.
func (w world) comment(text, newline string) string {
	lines := strings.Split(text, newline)
	for i := range lines {
		switch w.IntN(6) {
		case 0:
			lines[i] += " # why"
		case 1:
			lines[i] = "# why" + newline + lines[i]
		case 2:
			lines[i] = newline + lines[i]
		}
	}
	return strings.Join(lines, newline)
}

// change makes a random change, and says what the document must be after it.
func (w world) change(f *File) (what string, e Edit, want *Value, err error) {
	all := flatten(f.Documents)
	target := all[w.IntN(len(all))]
	with := w.value(2)
	replaced := &Value{
		Kind: target.Kind, Items: slices.Clone(target.Items),
		Members: slices.Clone(target.Members),
	}
	document := f.Documents[0]
	switch n := len(target.Members); {
	case target.Kind == List:
		i := w.IntN(len(target.Items) + 1)
		e, err = f.InsertItem(target, i, with)
		replaced.Items = slices.Insert(replaced.Items, i, with)
		return fmt.Sprintf("insert %s at %d of %s", with.JSON(), i, target.JSON()), e,
			document.substitute(target, replaced), err
	case target.Kind == Object && w.IntN(3) == 0:
		e, err = f.SetMember(target, "new", with)
		replaced.Members = append(replaced.Members, Member{Key: "new", Value: with})
		if target.Find("new") != nil {
			replaced.Members = slices.Clone(target.Members)
			replaced.Find("new").Value = with
		}
		return fmt.Sprintf("add %s to %s", with.JSON(), target.JSON()), e,
			document.substitute(target, replaced), err
	// a file of HCL must not become empty
	case (n > 1 || n > 0 && f.Format != HCL) && w.IntN(2) == 0:
		i := w.IntN(n)
		e, err = f.RemoveMember(target, target.Members[i].Key)
		replaced.Members = slices.Delete(replaced.Members, i, i+1)
		return fmt.Sprintf("remove %q from %s", target.Members[i].Key, target.JSON()), e,
			document.substitute(target, replaced), err
	case n > 0 && target.Find("to") == nil:
		i := w.IntN(n)
		e, err = f.RenameMember(target, target.Members[i].Key, "to")
		replaced.Members[i].Key = "to"
		return fmt.Sprintf("rename %q of %s", target.Members[i].Key, target.JSON()), e,
			document.substitute(target, replaced), err
	}
	if f.Format == HCL && target.Kind == Object { // a block has to stay one
		with = &Value{
			Kind: Object, Members: []Member{{Key: "k", Value: with}}, Labels: target.Labels,
		}
	}
	e, err = f.Replace(target, with)
	return fmt.Sprintf("replace %s by %s", target.JSON(), with.JSON()), e,
		document.substitute(target, with), err
}

func TestEveryEditChangesWhatItSaysAndNothingElse(t *testing.T) {
	t.Parallel()
	for seed := range uint64(editedTexts) {
		w := world{rand.New(rand.NewPCG(seed, 0))}
		name, text := w.write(w.container(Object, 4))
		f, err := Read(name, []byte(text))
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		for range 4 {
			what, e, want, err := w.change(f)
			if err != nil {
				t.Fatalf("seed %d: %s: %v in\n%s", seed, what, err, f.Text)
			}
			edited, err := f.Edited(e)
			if err != nil {
				t.Fatal(err)
			}
			if got := documentsJSON(edited); got != want.JSON() {
				t.Fatalf("seed %d: %s: got %s, want %s, in\n%s\n---\n%s", seed, what, got,
					want.JSON(), f.Text, edited.Text)
			}
			f = edited
		}
	}
}
