//go:build !js

package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// HCL's reader comes with all that evaluates expressions, which gatewhy never does, and the linker
// can't see that: one call of the parser reaches every operator, and the operators are made of a
// library of functions. The module is built of a copy of the sources, in which that call is
// replaced by what it gives there, and libraries that are never called by their names alone. No
// expression can be evaluated in it, and it is a twentieth smaller.
const (
	evaluating = "litKey, _ := tmpl.Value(nil)"
	reading    = "litKey := tmpl.Parts[0].(*LiteralValueExpr).Val" // a template of one literal
)

// unused are libraries that the page never calls, by their folders, with what the compiler wants
// of them: what HCL's operators are made of, and what unpacks a log, which only scan reads. The
// form of Unicode that HCL gives its texts (NFC) is made by the browser.
func unused() map[string]string {
	return map[string]string{
		"zclconf/go-cty/cty/ctystrings": `package ctystrings

import "syscall/js"

func Normalize(text string) string {
	normalize := js.Global().Get("String").Get("prototype").Get("normalize")
	return normalize.Call("call", text, "NFC").String()
}

func SafeKnownPrefix(string) string { return "" }
`,
		"zclconf/go-cty/cty/function/stdlib": `package stdlib

import "github.com/zclconf/go-cty/cty/function"

var AddFunc, AndFunc, DivideFunc, EqualFunc, GreaterThanFunc, GreaterThanOrEqualToFunc,
	LessThanFunc, LessThanOrEqualToFunc, ModuloFunc, MultiplyFunc, NegateFunc, NotEqualFunc,
	NotFunc, OrFunc, SubtractFunc function.Function
`,
		"klauspost/compress/zstd": `package zstd

import (
	"errors"
	"io"
)

type DOption struct{}

func WithDecoderConcurrency(int) DOption  { return DOption{} }
func WithDecoderMaxWindow(uint64) DOption { return DOption{} }

func NewReader(r io.Reader, _ ...DOption) (io.Reader, error) {
	return nil, errors.ErrUnsupported
}
`,
	}
}

// leanCopy copies the program's sources with those of the libraries, and replaces what is never
// needed.
func leanCopy(root, folder string) error {
	if err := copySources(root, folder); err != nil {
		return err
	}
	_, err := output([]string{"GOFLAGS=-mod=mod"}, "go", "-C", folder, "mod", "vendor")
	if err != nil {
		return err
	}
	vendor := filepath.Join(folder, "vendor", "github.com")
	parser := filepath.Join(vendor, "hashicorp", "hcl", "v2", "hclsyntax", "parser.go")
	text, err := os.ReadFile(parser)
	if err != nil {
		return err
	}
	if strings.Count(string(text), evaluating) != 1 {
		return fmt.Errorf("%s has changed: does it evaluate in another place now?", parser)
	}
	lean := strings.Replace(string(text), evaluating, reading, 1)
	if err := os.WriteFile(parser, []byte(lean), 0o600); err != nil {
		return err
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

// copySources copies what the module is built from: no tests, and of the test data the examples
// that the rules' pages embed.
func copySources(root, folder string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		to := filepath.Join(folder, name)
		switch slashed := filepath.ToSlash(name); {
		case !isSource(slashed) && entry.IsDir():
			return fs.SkipDir
		case !isSource(slashed):
			return nil
		case entry.IsDir():
			return os.MkdirAll(to, 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o600)
	})
}

// isSource reports whether the module is built from a file or folder, by its path below the root.
func isSource(path string) bool {
	parts := strings.Split(path, "/")
	last := parts[len(parts)-1]
	switch {
	case path == "." || path == "testdata":
		return true
	case parts[0] == "testdata":
		return parts[1] == "rules"
	case len(parts) == 1:
		return slices.Contains([]string{"go.mod", "go.sum", "cmd", "inspect", "rules"}, last)
	}
	return last != "testdata" && !strings.HasSuffix(last, "_test.go")
}
