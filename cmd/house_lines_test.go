package cmd

import (
	"go/ast"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// mostColumns is how wide a line may be. A tab counts four columns.
const mostColumns = 99

func TestLinesEndBeforeColumn100(t *testing.T) {
	t.Parallel()
	eachFile(t, func(t *testing.T, _, name string, _ *ast.File) {
		text, err := os.ReadFile("../" + name)
		if err != nil {
			t.Fatal(err)
		}
		number := 0
		for line := range strings.Lines(string(text)) {
			number++
			if n := columns(strings.TrimRight(line, "\r\n")); n > mostColumns {
				t.Errorf("%s:%d has %d columns, more than %d", name, number, n, mostColumns)
			}
		}
	})
}

func columns(line string) int {
	return utf8.RuneCountInString(line) + 3*strings.Count(line, "\t")
}

// A program that only reads files and tokens must not link the network.
func TestBelowFetchNothingSpeaksHTTP(t *testing.T) {
	t.Parallel()
	eachFile(t, func(t *testing.T, dir, name string, file *ast.File) {
		below := dir == "inspect" ||
			strings.HasPrefix(dir, "inspect/") && dir != "inspect/keys/fetch" &&
				dir != "inspect/network"
		if !below || strings.HasSuffix(name, "_test.go") {
			return
		}
		for _, spec := range file.Imports {
			if strings.HasPrefix(spec.Path.Value, `"net/http`) {
				t.Errorf("%s imports %s, which belongs into inspect/network", name,
					spec.Path.Value)
			}
		}
	})
}
