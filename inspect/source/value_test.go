package source

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestAnAbsentValueAnswersEveryQuestion(t *testing.T) {
	t.Parallel()
	var none *Value
	_, str := none.Str()
	_, list := none.Strings()
	_, boolean := none.Bool()
	_, number := none.Int()
	if none.At("a", "b") != nil || none.Find("a") != nil || none.Is(Null) || str || list ||
		boolean || number || none.JSON() != "null" {
		t.Error("an absent value is taken for one that is there")
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	f, err := Read("p.json",
		[]byte(
			`{"a": {"b": ["x", "y"]}, "n": 12, "m": "13", "f": 1.5, "t": true, "s": "false", `+
				`"a2": 1, "a2": 2, "same": 3, "same": 3, "mixed": ["x", 1]}`))
	if err != nil {
		t.Fatal(err)
	}
	root := f.Documents[0]
	ask := func(key, question string) string {
		v := root.Member(key)
		switch question {
		case "strings":
			return fmt.Sprint(v.Strings())
		case "bool":
			return fmt.Sprint(v.Bool())
		}
		return fmt.Sprint(v.Int())
	}
	for _, tt := range []struct{ name, key, question, want string }{
		{"a number is a whole number", "n", "int", "12 true"},
		{"so is a string that is written as one", "m", "int", "13 true"},
		{"a fraction is none", "f", "int", "0 false"},
		{"a boolean is one", "t", "bool", "true true"},
		{"so is a string that reads false", "s", "bool", "false true"},
		{"another string is none", "m", "bool", "false false"},
		{"a number is no boolean", "n", "bool", "false false"},
		{"one string is a list of one", "m", "strings", "[13] true"},
		{"a list with a number in it is no list of strings", "mixed", "strings", "[] false"},
		{"of duplicates that agree the last counts", "same", "int", "3 true"},
		{"of duplicates that conflict none counts", "a2", "int", "0 false"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ask(tt.key, tt.question); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if got, _ := root.At("a", "b").Strings(); strings.Join(got, " ") != "x y" {
		t.Errorf("the list of strings is %v", got)
	}
}

func TestJSONEscapesWhatItMustAndNoMore(t *testing.T) {
	t.Parallel()
	v := &Value{Kind: String, Text: "\"\\\b\f\n\r\t\x00\x1f</>é\u2028\U0001f600\xff"}
	want := `"\"\\\b\f\n\r\t\u0000\u001f</>é` + "\u2028\U0001f600\ufffd\""
	if got := v.JSON(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPlacesInMessagesAreShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 30) + strings.Repeat("y", 30)
	var deep *place
	for i := range 20 {
		deep = deep.member("a").at(i)
	}
	for _, tt := range []struct {
		name  string
		where *place
		want  string
	}{
		{"names are joined by dots", (*place)(nil).member("a").member("b-c").at(2), "a.b-c[2]"},
		{
			"a name that is no word stands in quotes", (*place)(nil).member("a b\u202e"),
			`["a b\u202e"]`,
		},
		{
			"a long name loses its middle", (*place)(nil).member(long),
			`["xxxxxxxxxxxxxxxxxxxx…yyyyyyyyyyyyyyyyyyyy"]`,
		},
		{"a long way loses its start", deep, "….a[16].a[17].a[18].a[19]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.where.String(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestFormatsHaveNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a.json": "JSON", "a.YML": "YAML", "a.tf": "HCL", "terraform.tfvars": "HCL", "a": "YAML",
	} {
		if got := formatOf(name, nil).String(); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// TestPositionsAgreeWithCounting compares the index with the slow way, over a text of long lines
// and of every line break.
func TestPositionsAgreeWithCounting(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("ä€😀x", 100) + "\r\n\n\rb\u2028c\n" + strings.Repeat("y", 300)
	f := &File{Name: "f", Text: []byte(text), lines: newIndex([]byte(text), false)}
	line, column := 1, 1
	for i, r := range text {
		if got, want := f.Position(i), (Position{"f", line, column}); got != want {
			t.Fatalf("offset %d is at %v, want %v", i, got, want)
		}
		if got := f.lines.offset(line, column); got != i &&
			!strings.HasSuffix(text[:i+1], "\r\n") {
			t.Fatalf("%d:%d is at offset %d, want %d", line, column, got, i)
		}
		column++
		if r == '\n' || r == '\r' && text[i+1] != '\n' {
			line, column = line+1, 1
		}
	}
	if got, want := f.Position(len(text)+10), (Position{"f", line, column}); got != want {
		t.Errorf("the end is at %v, want %v", got, want)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	f, err := Read("p.yaml", []byte("a: 1\r\nü: 2\n\nb: 3"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for n := range 7 {
		got = append(got, f.Line(n))
	}
	if diff := cmp.Diff([]string{"", "a: 1", "ü: 2", "", "b: 3", "", ""}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestAFileThatWasNotReadHasLinesToo(t *testing.T) {
	t.Parallel()
	f := &File{Text: []byte("a\nb")}
	if got := f.Line(f.Position(2).Line); got != "b" {
		t.Errorf("the line is %q, want b", got)
	}
}

func TestYAMLBreaksLinesWhereEditorsDoNot(t *testing.T) {
	t.Parallel()
	f, err := Read("p.yaml", []byte("a: 'x\u2028  y'\nb: 2\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.Documents[0].Member("b").Pos.String(), "p.yaml:2:4"; got != want {
		t.Errorf("b stands at %s, want %s", got, want)
	}
}

func TestColumnsCountCharacters(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"p.json": `{"ü": "é", "x": 1}`, "p.yaml": "{ü:   é,   x:   1}\n",
		"p.tf": "ü   =   0 #\nx = 1\n",
	} {
		f, err := Read(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		x := f.Documents[0].Member("x")
		before := text[:strings.LastIndex(text, "1")]
		before = before[strings.LastIndex(before, "\n")+1:]
		if got, want := x.Pos.Column, 1+utf8.RuneCountInString(before); got != want {
			t.Errorf("%s: x stands in column %d, want %d", name, got, want)
		}
	}
}

func TestAnAnswerSaysThatItsListGoesOn(t *testing.T) {
	t.Parallel()
	tests := []struct{ says, answer string }{
		{"nextLink", `{"value": [1], "nextLink": "https://x/?page=2"}`},
		{"@odata.nextLink", `{"@odata.nextLink": "https://x", "value": []}`},
		{"odata.nextLink", `{"odata.nextLink": "https://x", "value": [1]}`},
		{"continue", `{"items": [1], "metadata": {"continue": "eyJ2Ijoi"}}`},
		{"remainingItemCount", `{"items": [1], "metadata": {"remainingItemCount": 3}}`},
		{"total", `{"policies": [1, 2], "total": 3}`},
		{"total", `{"total": "3", "policies": [1, 2]}`},
		{"total", `{"total": "many", "policies": [1, 2]}`},
		{"total", `{"value": {"contracts": [1], "total": 2}}`},
		{"count", `{"value": [1], "count": 2}`},
		{"@odata.count", `{"value": [1], "@odata.count": 2}`},
		{"nextLink", `{"value": [1], "nextLink": true}`},
		{"nextLink", `{"value": [1], "nextLink": "", "nextLink": "https://x"}`},
		{"", `{"value": [1]}`},
		{"", `{"value": [1], "nextLink": null}`},
		{"", `{"value": [1], "nextLink": ""}`},
		{"", `{"items": [1], "metadata": {"continue": "", "resourceVersion": ""}}`},
		{"", `{"items": [1], "metadata": "none"}`},
		{"", `{"policies": [1, 2], "tiers": [], "total": 2}`},
		{"", `{"policies": [1, 2], "tiers": [1], "total": 2}`},
		{"", `{"total": null, "policies": []}`},
		{"", `{"total": 3}`},
		{"", `[1, 2]`},
		{"", `"nextLink"`},
		{"", `{"configurationData": {"nextLink": "https://x"}}`},
	}
	for _, test := range tests {
		file, err := Read("answer.json", []byte(test.answer))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if m := file.Documents[0].Continued(); m != nil {
			got = m.Key
		}
		if got != test.says {
			t.Errorf("%s: %q says so, want %q", test.answer, got, test.says)
		}
	}
}
