package source

import (
	"fmt"
	"strings"
	"testing"
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
