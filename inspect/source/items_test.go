package source

import (
	"strings"
	"testing"
)

func TestTheItemsOfALongListAreHandedOverOneByOne(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"those of the member", `{"keys":[{"a":1},2],"x":[3]}`, `1:{"a":1} 1:2`},
		{"those of a list that is the document", `[1,[2]]`, `1:1 1:[2]`},
		{"none of a list further down", `{"x":{"keys":[1]},"y":[{"keys":[2]}]}`, ``},
		{"none of a member that is no list", `{"keys":{"a":1}}`, ``},
		{"where the member stands twice, each with its own list", `{"keys":[1],"keys":[2]}`, `1:1 2:2`},
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
	many := func(value string) string { return strings.TrimSuffix(strings.Repeat(value+",", maxHeld), ",") }
	for text, want := range map[string]string{
		`{"keys":[` + many(`[1]`) + `]}`:           "",
		`{"keys":[[` + many(`1`) + `]]}`:           "keys.json:1:100005: the file has more than 50000 values",
		`{"keys":[1],"x":[` + many(`1`) + `,1,1]}`: "keys.json:1:100012: the file has more than 50000 values",
	} {
		_, err := ReadJSONItems("keys.json", []byte(text), "keys", func(_, _ *Value) {})
		if got := text[:12]; (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s…: %v, want %s", got, err, want)
		}
	}
}
