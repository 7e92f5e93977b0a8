//go:build !js

package main

import (
	"bytes"
	"crypto/elliptic"
	"encoding/json"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// HCL's reader comes with all that evaluates expressions, which gatewhy never does, and the linker
// can't see that: one call of the parser reaches every operator, and the operators are made of a
// library of functions. The module is built of a copy of the sources, in which some passages are
// replaced, and libraries that are never called by their names alone. No expression can be
// evaluated in it, and it is a twelfth smaller.

// edit replaces passages of a file of a library.
type edit struct {
	file   string
	old    *regexp.Regexp
	new    string
	places int
}

func edits() []edit {
	const (
		reader = "github.com/hashicorp/hcl/v2/hclsyntax/"
		values = "github.com/zclconf/go-cty/cty/"
	)
	return []edit{
		{ // the one call of the parser that evaluates gets a template of one literal
			reader + "parser.go", regexp.MustCompile(`litKey, _ := tmpl\.Value\(nil\)`),
			"litKey := tmpl.Parts[0].(*LiteralValueExpr).Val", 1,
		},
		{ // what && and || are if one side is not known
			reader + "expression_ops.go",
			regexp.MustCompile(`(?s)\n\t\tShortCircuit: func\(.*?\n\t\t\},`), "", 2,
		},
		{ // YAML is read as a tree of nodes, never into values of Go
			"go.yaml.in/yaml/v3/decode.go", regexp.MustCompile(
				`(?s)\n\tswitch n\.Kind \{\n\tcase DocumentNode:\n\t\treturn d\.document.*?` +
					`\n\treturn good\n`,
			), "\n\tpanic(\"left out of the page\")\n", 1,
		},
		// values, types and keys as Go and as JSON, for which nothing asks
		never(values+"value_ops.go", "(val Value) GoString() string {"),
		never(values+"json.go", "(t Type) MarshalJSON() ([]byte, error) {"),
		never(values+"json.go", "(t *Type) UnmarshalJSON(buf []byte) error {"),
		never("github.com/go-jose/go-jose/v4/encoding.go",
			"(b *byteBuffer) MarshalJSON() ([]byte, error) {"),
	}
}

// standardSource reads a file of the standard library as the module is built with it.
func standardSource(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for _, e := range standardEdits() {
		if strings.HasSuffix(filepath.ToSlash(name), "/src/"+e.file) {
			if text, err = e.in(name, text); err != nil {
				return nil, err
			}
		}
	}
	return text, nil
}

// standardEdits are those of the standard library. Slices are sorted by one short algorithm that
// keeps the order of what is equal, since each algorithm is compiled anew for each type. What
// squares or converts in the field of an elliptic curve is as long as what multiplies, and
// multiplies.
func standardEdits() []edit {
	all := []edit{
		{
			"slices/sort.go",
			regexp.MustCompile(`pdqsortOrdered\(x, 0, n, bits\.Len\(uint\(n\)\)\)`),
			"stableCmpFunc(x, n, cmp.Compare[E])", 1,
		},
		{
			"slices/sort.go",
			regexp.MustCompile(`pdqsortCmpFunc\(x, 0, n, bits\.Len\(uint\(n\)\), cmp\)`),
			"stableCmpFunc(x, n, cmp)", 1,
		},
		{"slices/zsortanyfunc.go", function("func stableCmpFunc["), mergeSort, 1},
	}
	for name, curve := range map[string]elliptic.Curve{
		"p224": elliptic.P224(), "p256": elliptic.P256(),
		"p384": elliptic.P384(), "p521": elliptic.P521(),
	} {
		all = append(all, multiplied(name, curve.Params().P)...)
	}
	return all
}

// multiplied are the edits of the field of a curve, whose elements are n times R, the power of two
// behind their words. To multiply two of them divides by R: so 1 takes R away from an element, and
// the square of R gives it to a number.
func multiplied(curve string, prime *big.Int) []edit {
	const word = 64
	words := (prime.BitLen() + word - 1) / word
	square := new(big.Int).Lsh(big.NewInt(1), uint(2*word*words))
	square.Mod(square, prime)
	digits := make([]string, words)
	for i := range digits {
		low := new(big.Int).Rsh(square, uint(word*i))
		digits[i] = fmt.Sprintf("%#x", low.And(low, new(big.Int).SetUint64(math.MaxUint64)))
	}
	var all []edit
	for _, of := range []struct{ name, to, from, by string }{
		{"Square", "Montgomery", "Montgomery", "arg1"},
		{"FromMontgomery", "NonMontgomery", "Montgomery", "&element{1}"},
		{
			"ToMontgomery", "Montgomery", "NonMontgomery",
			"&element{" + strings.Join(digits, ", ") + "}",
		},
	} {
		head := fmt.Sprintf("func %[1]s%[2]s(out1 *%[1]s%[3]sDomainFieldElement, "+
			"arg1 *%[1]s%[4]sDomainFieldElement) {", curve, of.name, of.to, of.from)
		body := fmt.Sprintf("\n\ttype element = %[1]sMontgomeryDomainFieldElement\n"+
			"\t%[1]sMul((*element)(out1), (*element)(arg1), %[2]s)\n}\n", curve, of.by)
		all = append(all, edit{
			"crypto/internal/fips140/nistec/fiat/" + curve + "_fiat64.go", function(head),
			head + body, 1,
		})
	}
	return all
}

// function finds the whole of a function by how it begins.
func function(head string) *regexp.Regexp {
	return regexp.MustCompile("(?s)" + regexp.QuoteMeta(head) + `.*?\n}\n`)
}

// Only the places are sorted, which needs no code of its own for a type.
const mergeSort = `func stableCmpFunc[E any](data []E, n int, cmp func(a, b E) int) {
	from := append([]E(nil), data...)
	compare := func(i, j int) int { return cmp(from[i], from[j]) }
	for to, i := range sortedPlaces(0, n, compare) {
		data[to] = from[i]
	}
}

func sortedPlaces(first, end int, compare func(i, j int) int) []int {
	switch end - first {
	case 0:
		return nil
	case 1:
		return []int{first}
	}
	middle := (first + end) / 2
	left := sortedPlaces(first, middle, compare)
	right := sortedPlaces(middle, end, compare)
	sorted := make([]int, 0, end-first)
	for len(left) > 0 && len(right) > 0 {
		if compare(right[0], left[0]) < 0 {
			sorted, right = append(sorted, right[0]), right[1:]
		} else {
			sorted, left = append(sorted, left[0]), left[1:]
		}
	}
	return append(append(sorted, left...), right...)
}
`

// never is the edit of a method that is never called. What it did is a method that the linker
// leaves out.
func never(file, method string) edit {
	receiver, rest, _ := strings.Cut(method, ") ")
	return edit{
		file, regexp.MustCompile(regexp.QuoteMeta("func " + method)),
		"func " + method + ` panic("left out of the page") }` + "\n\n" +
			"func " + receiver + ") unused" + rest, 1,
	}
}

// unused are libraries that the page never calls, by their folders, with what the compiler wants
// of them: what HCL's operators are made of, and what converts the values of expressions. The form
// of Unicode that HCL gives its texts (NFC) is made by the browser. HCL counts columns in what a
// reader takes for one character; gatewhy asks it for bytes only, and counts columns itself. Names
// like one that is not known are looked for when an expression is evaluated. The page is given its
// files, and looks for none in folders.
func unused() map[string]string {
	return map[string]string{
		"github.com/agext/levenshtein": `package levenshtein

type Params struct{}

func Distance(_, _ string, _ *Params) int { return 1 << 20 }
`,
		"github.com/bmatcuk/doublestar/v4": `package doublestar

func Match(_, _ string) (bool, error) { return false, nil }

func MatchUnvalidated(_, _ string) bool { return false }
`,
		"github.com/apparentlymart/go-textseg/v15/textseg": `package textseg

import "unicode/utf8"

func ScanGraphemeClusters(data []byte, atEOF bool) (int, []byte, error) {
	if len(data) == 0 {
		return 0, nil, nil
	}
	_, n := utf8.DecodeRune(data)
	return n, data[:n], nil
}
`,
		"github.com/zclconf/go-cty/cty/ctystrings": `package ctystrings

import "syscall/js"

func Normalize(text string) string {
	normalize := js.Global().Get("String").Get("prototype").Get("normalize")
	return normalize.Call("call", text, "NFC").String()
}

func SafeKnownPrefix(string) string { return "" }
`,
		"github.com/zclconf/go-cty/cty/convert": `package convert

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
)

type Conversion func(cty.Value) (cty.Value, error)

func Convert(cty.Value, cty.Type) (cty.Value, error) { return cty.NilVal, errors.ErrUnsupported }

func GetConversionUnsafe(cty.Type, cty.Type) Conversion { return nil }

func UnifyUnsafe([]cty.Type) (cty.Type, []Conversion) { return cty.NilType, nil }
`,
		"github.com/zclconf/go-cty/cty/function/stdlib": `package stdlib

import "github.com/zclconf/go-cty/cty/function"

var AddFunc, AndFunc, DivideFunc, EqualFunc, GreaterThanFunc, GreaterThanOrEqualToFunc,
	LessThanFunc, LessThanOrEqualToFunc, ModuloFunc, MultiplyFunc, NegateFunc, NotEqualFunc,
	NotFunc, OrFunc, SubtractFunc function.Function
`,
	}
}

// leanCopy copies the program's sources with those of the libraries, and replaces what is never
// needed.
func leanCopy(root, folder string) error {
	if err := copySources(root, folder); err != nil {
		return err
	}
	_, err := runGo([]string{"GOFLAGS=-mod=mod"}, "-C", folder, "mod", "vendor")
	if err != nil {
		return err
	}
	vendor := filepath.Join(folder, "vendor")
	for _, e := range edits() {
		if err := e.apply(vendor); err != nil {
			return err
		}
	}
	for name, text := range unused() {
		library := filepath.Join(vendor, filepath.FromSlash(name))
		if err := os.RemoveAll(library); err != nil {
			return err
		}
		if err := os.Mkdir(library, 0o755); err != nil {
			return err
		}
		err := os.WriteFile(filepath.Join(library, "unused.go"), []byte(text), 0o600)
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *edit) apply(folder string) error {
	name := filepath.Join(folder, filepath.FromSlash(e.file))
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if text, err = e.in(name, text); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o600)
}

// in returns the text of a file with the passages replaced.
func (e *edit) in(name string, text []byte) ([]byte, error) {
	if found := len(e.old.FindAllIndex(text, -1)); found != e.places {
		return nil, fmt.Errorf("%s has changed: %s appears %d times, not %d", name, e.old, found,
			e.places)
	}
	return e.old.ReplaceAllLiteral(text, []byte(e.new)), nil
}

// copySources copies what the module is built from of the program's own: no tests, and no command.
func copySources(root, folder string) error {
	const own = `and .Module .Module.Main`
	files, err := sources(root, own)
	if err != nil {
		return err
	}
	files = append(files, filepath.Join(root, "go.mod"), filepath.Join(root, "go.sum"))
	for _, name := range files {
		below, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		to := filepath.Join(folder, below)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// sources lists the files that the module is built from, of the packages for which a condition in
// the words of go list holds.
func sources(root, condition string) ([]string, error) {
	const each = `{{$folder}}/{{.}}{{"\n"}}`
	format := `{{if ` + condition + `}}{{$folder := .Dir}}` +
		`{{range .GoFiles}}` + each + `{{end}}{{range .EmbedFiles}}` + each + `{{end}}{{end}}`
	listed, err := runGo(forBrowsers(), "-C", root, "list", "-deps", "-f", format, "./cmd/page")
	return strings.Split(listed, "\n"), err
}

// A module says of every call in which line it is written. Only the trace of a fault prints that,
// and the page prints none. Sources without line breaks have the same line for nearly all calls,
// which makes the packed module 3 % smaller.

// joinLines takes the line breaks out of all sources in a folder.
func joinLines(folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, withoutLines(text), 0o600)
	})
}

// joinStandardLines writes into a folder what joinLines makes of those files of the standard
// library that the module is built from. It returns the file that tells the compiler of them.
func joinStandardLines(root, folder string) (string, error) {
	files, err := sources(root, ".Standard")
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(folder, 0o755); err != nil {
		return "", err
	}
	replaced := map[string]string{}
	for i, name := range files {
		joined := filepath.Join(folder, fmt.Sprint(i, ".go"))
		text, err := standardSource(name)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(joined, withoutLines(text), 0o600); err != nil {
			return "", err
		}
		replaced[name] = joined
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	if err != nil {
		return "", err
	}
	name := filepath.Join(folder, "overlay.json")
	return name, os.WriteFile(name, overlay, 0o600)
}

// withoutLines is a source in one line, but for directives to the compiler and for texts with line
// breaks.
func withoutLines(text []byte) []byte {
	var (
		joined bytes.Buffer
		words  scanner.Scanner
	)
	file := token.NewFileSet().AddFile("", -1, len(text))
	words.Init(file, text, nil, scanner.ScanComments)
	for {
		_, kind, word := words.Scan()
		switch {
		case kind == token.EOF:
			return joined.Bytes()
		case kind == token.COMMENT && strings.HasPrefix(word, "//go:"):
			joined.WriteString("\n" + word + "\n\n")
		case kind == token.COMMENT:
		case kind.IsLiteral() || kind.IsKeyword():
			joined.WriteString(word + " ")
		default:
			joined.WriteString(kind.String() + " ")
		}
	}
}
