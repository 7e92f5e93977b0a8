//go:build !js

package main

import (
	"bytes"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOnlyDirectivesAndTextsHaveLinesOfTheirOwn(t *testing.T) {
	t.Parallel()
	const written = `// A comment.

//go:build js

package p

//go:embed a.json
var text []byte // the text

func f(x int) (int, string) {
	if x == 1 /* never */ {
		return -x,
			"//go:build"
	}
	return 0, ` + "`a\nb`" + `
}
`
	const joined = `
//go:build js

package p ; 
//go:embed a.json

var text [ ] byte ; func f ( x int ) ( int , string ) { if x == 1 { return - x , "//go:build" ; ` +
		`} ; return 0 , ` + "`a\nb`" + ` ; } ; `
	if diff := cmp.Diff(joined, string(withoutLines([]byte(written)))); diff != "" {
		t.Error(diff)
	}
}

func TestASourceWithoutLinesHasTheSameWords(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("../../inspect/*/*.go")
	if err != nil || len(names) == 0 {
		t.Fatal(err, len(names))
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if joined := withoutLines(text); !slices.Equal(wordsOf(text), wordsOf(joined)) {
			t.Errorf("%s becomes\n%s", name, bytes.TrimSpace(joined[:500]))
		}
	}
}

// wordsOf are the words of a source, without its comments.
func wordsOf(text []byte) []string {
	var words scanner.Scanner
	words.Init(token.NewFileSet().AddFile("", -1, len(text)), text, nil, 0)
	var all []string
	for {
		_, kind, word := words.Scan()
		switch kind {
		case token.EOF:
			return all
		case token.SEMICOLON:
			word = ";" // written, or the end of a line
		}
		all = append(all, kind.String()+" "+word)
	}
}
