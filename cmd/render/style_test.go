package render

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestATerminalWithoutUTF8GetsASCII(t *testing.T) {
	long := strings.Repeat("x", 40)
	file := &source.File{Text: []byte(long + "VALUE" + long)}
	tests := []struct {
		name string
		add  func(*Text)
		want string
	}{
		{
			"in prose",
			func(text *Text) { text.Para(1, "from a…b to c → d") },
			"  from a...b to c -> d\n",
		},
		{
			"in the columns of a list",
			func(text *Text) { text.Rows(1, []Row{{"a…b", "c"}, {"dev", "401 → 200"}}) },
			"  a...b  c\n  dev    401 -> 200\n",
		},
		{
			"in a remark",
			func(text *Text) { text.NotedRows(1, []NotedRow{{Row{"aud", "x…y"}, "a → b"}}) },
			"  aud  x...y\n         a -> b\n",
		},
		{
			"around the carets, which stay under the value",
			func(text *Text) {
				text.SourceLine(1, file, source.Position{Line: 1}, source.Span{Start: 40, End: 45},
					"here")
			},
			"  1 | ...xxxxxxxxxxxxxxxxxVALUExxxxxx...\n    |                     ^^^^^ here\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := NewText(Style{Width: 40})
			test.add(text)
			if diff := cmp.Diff(test.want, text.b.String()); diff != "" {
				t.Errorf("text (-want +got):\n%s", diff)
			}
		})
	}
}
