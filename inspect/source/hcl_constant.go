package source

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// maxConstant is how many bytes the constants of one file may be long together. A local that names
// another one twice, which names another one twice, would soon be longer than any file.
const maxConstant = 4 << 20

// maxConstantDepth is how many references and brackets a constant may be behind.
const maxConstantDepth = 100

// locals are the constants of a Terraform file: the locals that the file defines completely.
type locals struct {
	expressions map[string]hclsyntax.Expression
	spent       int // bytes of constants so far

	// values are those that are read. One is nil while it is read, so that one that names itself
	// is not known.
	values map[string]*Value
}

// collectLocals finds the locals of a file. One that is written twice, which Terraform refuses, is
// not known.
func collectLocals(body *hclsyntax.Body) locals {
	all := locals{expressions: map[string]hclsyntax.Expression{}, values: map[string]*Value{}}
	for _, block := range body.Blocks {
		if block.Type != "locals" {
			continue
		}
		for name, attribute := range block.Body.Attributes {
			if _, twice := all.expressions[name]; twice {
				all.values[name] = nil
			}
			all.expressions[name] = attribute.Expr
		}
	}
	return all
}

// constant returns the value of an expression that is made of nothing but constants, with the
// place of the expression; nil for any other.
func (r *hclReader) constant(e hclsyntax.Expression, depth int) (*Value, error) {
	if depth > maxConstantDepth {
		return nil, nil
	}
	var v *Value
	var err error
	switch e := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		v, err = r.local(e.Traversal, depth)
	case *hclsyntax.TemplateExpr:
		v, err = r.filledIn(e, depth)
	case *hclsyntax.TemplateWrapExpr:
		v, err = r.part(e.Wrapped, depth)
	case *hclsyntax.FunctionCallExpr:
		v, err = r.call(e, depth)
	}
	if v == nil || err != nil {
		return nil, err
	}
	s := r.span(e.Range())
	return r.placed(v, s, r.file.Position(s.Start), depth)
}

// placed is a copy of a constant, at the place of the expression that gives it. It is nil where
// the constants of the file are too long.
func (r *hclReader) placed(v *Value, s Span, pos Position, depth int) (*Value, error) {
	r.locals.spent += len(v.Text)
	if r.locals.spent > maxConstant {
		return nil, nil
	}
	if err := r.add(s.Start, depth); err != nil {
		return nil, err
	}
	moved := &Value{Kind: v.Kind, Text: v.Text, Pos: pos, Span: s}
	for _, item := range v.Items {
		item, err := r.placed(item, s, pos, depth+1)
		if item == nil || err != nil {
			return nil, err
		}
		moved.Items = append(moved.Items, item)
	}
	for _, m := range v.Members {
		value, err := r.placed(m.Value, s, pos, depth+1)
		if value == nil || err != nil {
			return nil, err
		}
		moved.Members = append(moved.Members, Member{
			Key: m.Key, KeyPos: pos, KeySpan: s, Value: value, Conflict: m.Conflict,
		})
	}
	return moved, nil
}

// part reads an operand. It is nil where it is not known.
func (r *hclReader) part(e hclsyntax.Expression, depth int) (*Value, error) {
	v, err := r.value(e, nil, depth+1)
	if err != nil || v.Kind == Unknown {
		return nil, err
	}
	return v, nil
}

// local returns what a reference to a local, or to a part of one, names.
func (r *hclReader) local(path hcl.Traversal, depth int) (*Value, error) {
	if path.RootName() != "local" || len(path) < 2 {
		return nil, nil
	}
	attribute, ok := path[1].(hcl.TraverseAttr)
	if !ok {
		return nil, nil
	}
	v, err := r.localNamed(attribute.Name, depth)
	for _, step := range path[2:] {
		if v == nil || err != nil {
			return nil, err
		}
		switch step := step.(type) {
		case hcl.TraverseAttr:
			v = v.Member(step.Name)
		case hcl.TraverseIndex:
			v = v.indexed(step.Key)
		default:
			return nil, nil
		}
	}
	if v.Is(Unknown) {
		v = nil
	}
	return v, err
}

func (r *hclReader) localNamed(name string, depth int) (*Value, error) {
	if v, read := r.locals.values[name]; read {
		return v, nil
	}
	e := r.locals.expressions[name]
	if e == nil {
		return nil, nil
	}
	r.locals.values[name] = nil
	problems := len(r.file.Problems)
	v, err := r.part(e, depth)
	r.file.Problems = r.file.Problems[:problems] // its own block reports them
	r.locals.values[name] = v
	return v, err
}

// indexed is the item or the member that a key in brackets names.
func (v *Value) indexed(key cty.Value) *Value {
	switch {
	case key.Type() == cty.String && v.Is(Object):
		return v.Member(key.AsString())
	case key.Type() == cty.Number && v.Is(List):
		i, _ := key.AsBigFloat().Int64()
		if key.AsBigFloat().IsInt() && i >= 0 && i < int64(len(v.Items)) {
			return v.Items[i]
		}
	}
	return nil
}

// filledIn returns a string with constants in it.
func (r *hclReader) filledIn(e *hclsyntax.TemplateExpr, depth int) (*Value, error) {
	var b strings.Builder
	for _, piece := range e.Parts {
		if text, ok := piece.(*hclsyntax.LiteralValueExpr); ok && text.Val.Type() == cty.String {
			b.WriteString(text.Val.AsString())
			continue
		}
		v, err := r.part(piece, depth)
		text, ok := v.asText()
		if err != nil || !ok || b.Len()+len(text) > maxConstant {
			return nil, err
		}
		b.WriteString(text)
	}
	return &Value{Kind: String, Text: b.String()}, nil
}

// asText is what Terraform makes of a value in a string. A number that is not written as a plain
// whole one is left alone, for Terraform writes some of them otherwise.
func (v *Value) asText() (string, bool) {
	switch {
	case v.Is(String), v.Is(Bool):
		return v.Text, true
	case v.Is(Number):
		n, err := strconv.ParseInt(v.Text, 10, 64)
		return v.Text, err == nil && strconv.FormatInt(n, 10) == v.Text
	}
	return "", false
}

// call returns the result of one of the functions that put constants together.
func (r *hclReader) call(e *hclsyntax.FunctionCallExpr, depth int) (*Value, error) {
	function := map[string]func([]*Value) *Value{
		"merge": merged, "concat": concatenated, "join": joined, "format": formatted,
		"toset": distinctTexts,
	}[e.Name]
	if function == nil || e.ExpandFinal {
		return nil, nil
	}
	arguments := make([]*Value, len(e.Args))
	for i, argument := range e.Args {
		v, err := r.part(argument, depth)
		if v == nil || err != nil {
			return nil, err
		}
		arguments[i] = v
	}
	return function(arguments), nil
}

// merged is the result of merge: the last of several members of one name counts.
func merged(all []*Value) *Value {
	result := &Value{Kind: Object}
	for _, v := range all {
		if v.Kind == Null {
			continue
		}
		if v.Kind != Object {
			return nil
		}
		for _, m := range v.Members {
			if have := result.Find(m.Key); have != nil {
				*have = m
				continue
			}
			result.Members = append(result.Members, m)
		}
	}
	return result
}

func concatenated(all []*Value) *Value {
	result := &Value{Kind: List}
	for _, v := range all {
		if v.Kind != List {
			return nil
		}
		result.Items = append(result.Items, v.Items...)
	}
	return result
}

// joined is the result of join: a separator, then lists of texts.
func joined(all []*Value) *Value {
	if len(all) < 2 || all[0].Kind != String {
		return nil
	}
	list := concatenated(all[1:])
	if list == nil {
		return nil
	}
	length := 0
	texts := make([]string, len(list.Items))
	for i, item := range list.Items {
		text, ok := item.asText()
		if length += len(text) + len(all[0].Text); !ok || length > maxConstant {
			return nil
		}
		texts[i] = text
	}
	return &Value{Kind: String, Text: strings.Join(texts, all[0].Text)}
}

// formatted is the result of format with the verbs %s, %d, %v and %%, without widths.
func formatted(all []*Value) *Value {
	if len(all) == 0 || all[0].Kind != String {
		return nil
	}
	var b strings.Builder
	rest, next := all[0].Text, 1
	for {
		before, after, found := strings.Cut(rest, "%")
		b.WriteString(before)
		if !found {
			break
		}
		if after == "" || b.Len() > maxConstant {
			return nil
		}
		verb := after[0]
		rest = after[1:]
		if verb == '%' {
			b.WriteByte('%')
			continue
		}
		if !strings.ContainsRune("sdv", rune(verb)) || next == len(all) {
			return nil
		}
		text, ok := all[next].asText()
		if !ok || verb == 'd' && all[next].Kind != Number {
			return nil
		}
		b.WriteString(text)
		next++
	}
	if next != len(all) {
		return nil
	}
	return &Value{Kind: String, Text: b.String()}
}

// distinctTexts is the result of toset for texts, in their order.
func distinctTexts(all []*Value) *Value {
	if len(all) != 1 {
		return nil
	}
	texts, ok := all[0].Strings()
	if !ok || all[0].Kind != List {
		return nil
	}
	slices.Sort(texts)
	return NewList(slices.Compact(texts)...)
}
