package cmd

import (
	"bytes"
	"go/ast"
	"go/scanner"
	"go/token"
	"os"
	"strings"
	"testing"
)

// mostAlike is how many lines of two functions may be alike but for names.
const mostAlike = 12

// A piece of logic has one home: where two functions do the same to other names, one of them calls
// the other, or both a third.
func TestNoTwoPassagesAreAlikeButForNames(t *testing.T) {
	t.Parallel()
	var all []codeLine
	eachFile(t, func(t *testing.T, _, name string, file *ast.File) {
		text, err := os.ReadFile("../" + name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, bodyLines(name, text, file)...)
	})
	if len(all) < 10_000 {
		t.Fatalf("only %d lines of functions were read", len(all))
	}
	first := map[string]codeLine{}
	for i, line := range all {
		passage := passageOf(all[i:])
		other, seen := first[passage]
		switch {
		case passage == "":
		case seen:
			t.Errorf("%s:%d and %s:%d are alike for more than %d lines",
				line.file, line.number, other.file, other.number, mostAlike)
		default:
			first[passage] = line
		}
	}
}

// codeLine is a line of a function's body, with its names replaced.
type codeLine struct {
	file     string
	number   int
	function *ast.FuncDecl
	shape    string
}

// bodyLines lists the lines of a file's functions. One element of a list that is nothing but a
// name or a call does not count: lists are data.
func bodyLines(name string, text []byte, file *ast.File) []codeLine {
	var all []codeLine
	for _, declaration := range file.Decls {
		function, ok := declaration.(*ast.FuncDecl)
		if !ok || function.Body == nil {
			continue
		}
		from := int(function.Body.Lbrace-file.FileStart) + 1
		to := int(function.Body.Rbrace - file.FileStart)
		number := 1 + bytes.Count(text[:from], []byte("\n"))
		for i, shape := range shapes(text[from:to]) {
			if shape != "" && !isElement(shape) {
				all = append(all, codeLine{name, number + i, function, shape})
			}
		}
	}
	return all
}

// shapes are the lines of some code, with a stand-in for every name.
func shapes(code []byte) []string {
	set := token.NewFileSet()
	f := set.AddFile("", -1, len(code))
	var s scanner.Scanner
	s.Init(f, code, nil, 0)
	all := make([]string, 1+bytes.Count(code, []byte("\n")))
	for {
		pos, tok, literal := s.Scan()
		switch {
		case tok == token.EOF:
			return all
		case tok == token.IDENT:
			literal = "x"
		case !tok.IsLiteral():
			literal = tok.String()
		}
		all[f.Line(pos)-1] += literal + " "
	}
}

func isElement(shape string) bool {
	switch shape {
	case "x , ", "x ( ) , ", "x . x , ", "x . x ( ) , ":
		return true
	}
	return false
}

// passageOf is the next lines of one function, as many as would be too many; empty where it ends
// before.
func passageOf(lines []codeLine) string {
	if len(lines) <= mostAlike || lines[mostAlike].function != lines[0].function {
		return ""
	}
	var b strings.Builder
	for _, line := range lines[:mostAlike+1] {
		b.WriteString(line.shape + "\n")
	}
	return b.String()
}
