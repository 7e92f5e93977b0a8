package source

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// seeds are small files with every construct that the readers know.
var seeds = []string{
	"{\n  \"policyRef\": {\"name\": \"jwt\"},\n  \"config\": {\"scopes\": [\"a b\"], " +
		"\"expression\": \"#[vars.x]\", \"ttl\": 60}\n}\n",
	"apiVersion: example.com/v1alpha1\nkind: Binding\nmetadata:\n  name: jwt\nspec:\n  target: " +
		"{kind: Api, name: orders}\n  config:\n    expression: \"#[vars.claims.aud == 'x']\"\n  " +
		" " +
		" " +
		"scopes:\n    - a\n",
	"{\n  \"a\": [1, -2.50e3, true, null, \"x\\u00e9\"],\n  \"ü\": {}, \"b\": {\"c\" : 0}, " +
		"\"b\": 1\n}\n",
	"\ufeff{\"a\":1}",
	"a: &x\n  b: 'it''s'\n  c: |\n    one\n    two\n\n  d: >-\n    f\n    g\ne: *x\nf: [1, {g: " +
		"h}, \"q\", i: j] # c\n",
	"g:\n- 0x10\n- 1_000\n-\n- on\n- ~\nh: !Ref foo\ni: {{ .Values.x }}\n404: y\nj:\n<<: {z: 1}\n",
	"---\n# none\n---\nplain text\n  over lines\n...\n--- |+\n x\n\n\n--- >2\n   y\n",
	"? a\n: b\n? [c, d]\n: e\n? f\n? g\n",
	"- - a\n  - b: c\n    d: !!str 5\n- &y !!map {a, b: , c}\n- *y\n",
	"a: \"x\\\n  y\"\r\nb: 'x\r\n\r\n  y'\r\nc:\r\n  d: z\r\n",
	"# c\nresource \"t\" n {\n  a = \"x\\ty $${z}\"\n  b = jsonencode({ c = [1, -2.5], \"d e\": " +
		"null, f = true })\n  g = var.h\n  i {}\n  i { j = (1) }\n}\n",
	"a: \"{\\\"k\\\": \\\"v w\\\",\n  \\\"n\\\": 12}\"\nb: |\n  {\"c\": [1,\n  2]}\n",
	"a = <<EOT\nx\n  y\nEOT\nb = <<-EOT\n  x\n  EOT\nc = \"${a}-x\"\nd = [\n  jsonencode({}), # " +
		"e\n  { f = g ? 1 : 2, (h) = !i },\n]\n",
}

func FuzzRead(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"x.json", "x.yaml", "x.tf", "x"} {
			file, err := Read(name, []byte(text))
			if err != nil {
				checkError(t, err, text)
				continue
			}
			for _, document := range file.Documents {
				checkPlace(t, file, document, Span{0, len(text)}, false)
			}
		}
		if _, err := ReadJSON("x", []byte(text)); err != nil {
			checkError(t, err, text)
		}
	})
}

func checkError(t *testing.T, err error, text string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Pos.Line < 1 || e.Pos.Column < 1 ||
		e.Pos.Line > 1+strings.Count(text, "\n")+strings.Count(text, "\r") {
		t.Fatalf("error %v has no place in the file", err)
	}
}

// checkPlace checks that a value stands inside the one around it, and that its text, read on its
// own, has the same value. What an alias or a merge key brings in stands elsewhere.
func checkPlace(t *testing.T, f *File, v *Value, around Span, elsewhere bool) {
	t.Helper()
	if v.Span.Start > v.Span.End || v.Span.Start < 0 || v.Span.End > len(f.Text) {
		t.Fatalf("span %v of a text of %d bytes", v.Span, len(f.Text))
	}
	if !elsewhere && !around.contains(v.Span) {
		t.Fatalf("span %v is not inside %v", v.Span, around)
	}
	if v.Pos != f.Position(v.Span.Start) {
		t.Fatalf("value at %v has its span at %v", v.Pos, f.Position(v.Span.Start))
	}
	checkText(t, f, v)
	if inner, err := Embedded(f, v, JSON); err == nil {
		for _, e := range flatten(inner.Documents) {
			if !v.Span.contains(e.Span) || e.Pos != f.Position(e.Span.Start) {
				t.Fatalf("embedded value at %v, %v is not inside %v", e.Pos, e.Span, v.Span)
			}
		}
	}
	elsewhere = elsewhere || len(f.shared) > 0
	for _, item := range v.Items {
		checkPlace(t, f, item, v.Span, elsewhere)
	}
	for _, m := range v.Members {
		if !elsewhere && !v.Span.contains(m.KeySpan) {
			t.Fatalf("span %v of a name is not inside %v", m.KeySpan, v.Span)
		}
		checkPlace(t, f, m.Value, v.Span, elsewhere)
	}
}

func checkText(t *testing.T, f *File, v *Value) {
	t.Helper()
	text := string(f.Text[v.Span.Start:v.Span.End])
	switch f.Format {
	case YAML:
		if !standsAlone(f, v, text) {
			return
		}
	case HCL:
		checkExpression(t, v, text)
		return
	case JSON:
	}
	alone := strings.Repeat(" ", v.Pos.Column-1) + text
	if f.Format == YAML && v.Span.End < len(f.Text) {
		alone += "\n"
	}
	if strings.HasPrefix(text, "<") {
		return // alone it is refused as XML
	}
	again, err := (&File{
		Name: f.Name, Format: f.Format, Text: []byte(alone), unshown: true,
	}).Edited()
	if err != nil {
		t.Fatalf("%q alone: %v", text, err)
	}
	if len(again.Documents) != 1 || !equal(again.Documents[0], v) {
		t.Fatalf("%q alone is %s, in the file it is %s", text, documentsJSON(again), v.JSON())
	}
}

// checkExpression checks that the text of a value of HCL, in an attribute of its own, has the same
// value. Blocks have no such text.
func checkExpression(t *testing.T, v *Value, text string) {
	t.Helper()
	if v.Kind == Unknown || v.Kind == Object {
		return
	}
	alone, err := Read("x.tf", []byte("x = (\n"+text+"\n)\n"))
	if err != nil {
		t.Fatalf("%q alone: %v", text, err)
	}
	if x := alone.Documents[0].Member("x"); !equal(x, v) {
		t.Fatalf("%q alone is %s, in the file it is %s", text, x.JSON(), v.JSON())
	}
}

// standsAlone reports whether the text of a YAML value does not need the text around it.
func standsAlone(f *File, v *Value, text string) bool {
	lead := f.Text[:v.Span.Start]
	switch {
	case v.Span.Start == v.Span.End, v.Kind == Unknown, strings.ContainsAny(text, "*&!%"):
		return false
	case strings.Contains(string(lead), "!"): // a tag makes the text mean something else
		return false
	// brackets around it matter
	case v.Kind == String &&
		(strings.ContainsAny(text[:1], "-?:") || strings.HasSuffix(text, ":")):
		return false
	case strings.ContainsAny(text, "|>"), strings.Contains(text, "---"),
		strings.Contains(text, "..."):
		return false
	}
	return utf8.RuneCount(lead) < 1000
}

// FuzzEdit makes the changes that its second argument spells, and checks that nothing else
// changes.
func FuzzEdit(f *testing.F) {
	for i, seed := range seeds {
		f.Add(seed, []byte{byte(i), 0, byte(3 * i), 1, 2, byte(i), 3, 4})
	}
	f.Fuzz(func(t *testing.T, text string, choices []byte) {
		if len(text) > 2000 {
			return
		}
		file, err := Read("x", []byte(text))
		if err != nil {
			file, err = Read("x.tf", []byte(text))
		}
		for i := 0; err == nil && i+2 < len(choices) && i < 9; i += 3 {
			file = checkEdit(t, file, int(choices[i]), int(choices[i+1]), choices[i+2])
		}
	})
}

// checkEdit makes one change, if it can be made, and returns the file after it.
func checkEdit(t *testing.T, f *File, which, what int, with byte) *File {
	t.Helper()
	all := flatten(f.Documents)
	target := all[which%len(all)]
	key := ""
	if n := len(target.Members); n > 0 {
		key = target.Members[which%n].Key
	}
	value := samples[int(with)%len(samples)]
	var e Edit
	var err error
	switch what % 6 {
	case 0:
		e, err = f.Replace(target, value)
	case 1:
		e, err = f.SetMember(target, key, value)
	case 2:
		e, err = f.SetMember(target, "new one", value)
	case 3:
		e, err = f.RemoveMember(target, key)
	case 4:
		e, err = f.RenameMember(target, key, "no")
	case 5:
		e, err = f.InsertItem(target, which%(len(target.Items)+1), value)
	}
	if err != nil {
		return f // it could not be made, and said so
	}
	text, err := Apply(f.Text, e)
	if err != nil {
		t.Fatal(err)
	}
	tail := len(text) - (len(f.Text) - e.Span.End)
	sameHead := bytes.Equal(text[:e.Span.Start], f.Text[:e.Span.Start])
	if !sameHead || !bytes.Equal(text[tail:], f.Text[e.Span.End:]) {
		t.Fatalf("text outside %v has changed", e.Span)
	}
	edited, err := f.Edited(e)
	if err != nil {
		t.Fatal(err)
	}
	return edited
}

// samples are values to write, awkward ones among them.
var samples = []any{
	nil, true, 42, int64(-1), "", "plain", "#[vars.x]", "on", "a: b", " a\nb\r\n\tc\u2028\u0085",
	"- x", "12", "~", "'\"\\", "{{ x }}", "\ufeff",
	[]any{},
	[]any{1, "a", []any{"b"}},
	Fields{},
	Fields{{"k", "v"}, {"l", []any{Fields{{"m", nil}, {"n: o", 1}}}}},
}

func flatten(values []*Value) []*Value {
	var all []*Value
	for _, v := range values {
		all = append(append(all, v), flatten(v.Items)...)
		for _, m := range v.Members {
			all = append(all, flatten([]*Value{m.Value})...)
		}
	}
	return all
}
