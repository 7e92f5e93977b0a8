package cmd

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// retired are words that a reader had to read twice, and what to write instead. A text that is
// wrapped is read as one line.
var retired = []struct{ pattern, plain string }{
	{`stands? twice`, "appears twice"},
	{`stands? (here|there|behind|where|inside)`, "is …, there is …, comes after"},
	{`as it stands`, "literally, exactly as it is"},
	{`held against`, "compared with"},
	{`(to|not) be had|can't be had`, "could not be fetched"},
	{`strangers? of`, "an unrelated app in the tenant"},
	{`crossings? that (is|are) meant`, "an intended exception"},
	{`prove[sd] (itself|themselves)`, "authenticated"},
	{`sign(ed)? this text`, "the signature does not match"},
	{`the text is as`, "valid, signed with key X"},
	{`the signature is right`, "the signature is valid"},
	{`told apart|tells? (\S+ ){1,3}apart`, "distinguishes, differs in, is case-sensitive"},
	{`sets? (\S+ )?aside`, "ignores"},
	{`(pass|passes|passed) over`, "skips"},
	{`what ([^.,;:]{1,60} )?makes? of`, "how X handles Y"},
	{`; so say`, "also shown by"},
	{`(was|to be) got`, "issued to, must get"},
	{`any(one|body) can write|whoever writes`, "anyone can make up a token like this one"},
	{`rejected earlier still`, "an earlier check (X) could not be decided"},
	{`tells? (why|more|what|whom|which|whether)`, "says, shows"},
	{`(does|do) not tell`, "does not say, does not show"},
	{`not the gateway answers`, "the answer comes from the API behind the gateway"},
	{`(set|key|text) gives away`, "contains"},
	{`for ever`, "forever"},
	{`not asked for`, "skipped"},
	{`can(no|')t be told`, "it can't be decided"},
	{`anew`, "again"},
	{`the most that (is|are) \w+ here`, "the most that gatewhy reads"},
	{`not known here`, "gatewhy does not know X"},
	{`otherwise than`, "differently from"},
	{`something else than`, "something other than"},
	{`characters that do not show`, "invisible characters"},
	{`is taken for|are taken for`, "is treated as"},
	{`takes? (\S+ ){0,2}away`, "removes"},
	{`demand(s|ed)?`, "requires"},
	{`kept out by it|keeps? nobody out`, "rejects nobody"},
	{`likeliest`, "most likely"},
	{`(accepts|answers|compares) so`, "like this"},
	{`(is|are) no (field|shape|whole|text|number|list|client id|address|tenant|escape|value|` +
		`operator|host|key set|summary|regular|command|id|access token|public key|HTTP status|` +
		`version|expression|scope|secret|object|boolean|GUID|token|discovery)`, "is not a …"},
}

// glossaryFiles are the documents and the goldens that a person reads.
var glossaryFiles = []string{
	"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "action.yml",
	"cmd/topics/*", "cmd/commands/*",
	"cmd/render/testdata/*/*", "testdata/environments/*/want.txt",
}

func TestNoTextHasARetiredWord(t *testing.T) {
	t.Parallel()
	words := newGlossary()
	eachFile(t, func(t *testing.T, dir, name string, file *ast.File) {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(dir, "testdata") {
			return
		}
		for _, text := range textsOf(file) {
			words.blame(t, name, text)
		}
	})
	for _, pattern := range glossaryFiles {
		names, err := fs.Glob(os.DirFS(".."), pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: no such file: %v", pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(filepath.Join("..", name))
			if err != nil {
				t.Fatal(err)
			}
			words.blame(t, name, string(text))
		}
	}
}

func TestRetiredWordsAreFoundAcrossLines(t *testing.T) {
	t.Parallel()
	words := newGlossary()
	for text, want := range map[string]int{
		"the key stands\n    twice in it":        1,
		"As it stands, this is no scope.":        2,
		"a standstill, a demanding set, twice":   0,
		"the token is not a scope, and no other": 0,
	} {
		if found := words.in(text); len(found) != want {
			t.Errorf("%q: found %q, want %d", text, found, want)
		}
	}
}

// glossary finds retired words, in either case.
type glossary struct {
	any  *regexp.Regexp
	each []*regexp.Regexp
}

func newGlossary() glossary {
	whole := func(pattern string) *regexp.Regexp {
		return regexp.MustCompile(`(?i)(^|[^\w-])(` + pattern + `)($|[^\w-])`)
	}
	var g glossary
	var patterns []string
	for _, r := range retired {
		patterns = append(patterns, r.pattern)
		g.each = append(g.each, whole(r.pattern))
	}
	g.any = whole(strings.Join(patterns, "|"))
	return g
}

func (g glossary) blame(t *testing.T, name, text string) {
	t.Helper()
	for _, found := range g.in(text) {
		t.Errorf("%s: %s", name, found)
	}
}

// in lists the retired words of a text, each with its replacement. "There is no" is plain English,
// "it is no" is not.
func (g glossary) in(text string) []string {
	text = strings.Join(strings.Fields(text), " ")
	text = strings.NewReplacer("here is no ", "here is, no ", "here are no ", "here are, no ").
		Replace(text)
	if !g.any.MatchString(text) {
		return nil
	}
	var all []string
	for i, word := range g.each {
		if at := word.FindStringIndex(text); at != nil {
			from, to := max(0, at[0]-30), min(len(text), at[1]+30)
			all = append(all, strconv.Quote(text[from:to])+
				": write "+strconv.Quote(retired[i].plain))
		}
	}
	return all
}

// textsOf are the string literals of a file that have a blank in them, in the order in which they
// are written. Literals that are joined by + are one text.
func textsOf(file *ast.File) []string {
	var all []string
	var walk func(ast.Node) bool
	walk = func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			if n.Tag != nil {
				ast.Inspect(n.Type, walk)
				return false
			}
		case *ast.BinaryExpr:
			if text, ok := joined(n); ok {
				all = append(all, text)
				return false
			}
		case *ast.BasicLit:
			if text, ok := joined(n); ok {
				all = append(all, text)
			}
		}
		return true
	}
	ast.Inspect(file, walk)
	return slices.DeleteFunc(all, func(text string) bool { return !strings.Contains(text, " ") })
}

// joined is the text of a literal or of a sum with literals in it. Another operand is "…".
func joined(expr ast.Expr) (string, bool) {
	switch e := expr.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := joined(e.X)
		right, also := joined(e.Y)
		switch {
		case e.Op != token.ADD || !ok && !also:
			return "", false
		case !ok:
			left = "…"
		case !also:
			right = "…"
		}
		return left + right, true
	}
	return "", false
}
