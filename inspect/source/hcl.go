package source

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// hclReader turns the syntax tree of a Terraform file into values. Whatever is not a
// literal, or made of literals of the same file by a few functions, is Unknown.
type hclReader struct {
	counter
	source string
	base   int // offset of the text after a byte order mark
	locals locals
}

func (f *File) readHCL() error {
	r := &hclReader{counter: counter{file: f}, source: string(f.Text), base: f.body()}
	text := f.Text[r.base:]
	if err := r.checkSize(text); err != nil {
		return err
	}
	parsed, diagnostics := hclsyntax.ParseConfig(text, f.Name, hcl.InitialPos)
	if diagnostics.HasErrors() {
		return r.fault(diagnostics)
	}
	r.locals = collectLocals(parsed.Body.(*hclsyntax.Body))
	body, err := r.body(parsed.Body.(*hclsyntax.Body), Span{r.base, len(f.Text)}, nil, 0)
	if err != nil {
		return err
	}
	f.Documents = []*Value{body}
	return nil
}

// span returns where a range of the library is in the file.
func (r *hclReader) span(at hcl.Range) Span {
	return Span{r.base + at.Start.Byte, r.base + at.End.Byte}
}

func (r *hclReader) fault(diagnostics hcl.Diagnostics) error {
	for _, d := range diagnostics {
		if d.Severity != hcl.DiagError {
			continue
		}
		at := r.base
		if d.Subject != nil {
			at = r.span(*d.Subject).Start
		}
		cause := strings.ToLower(d.Summary[:min(1, len(d.Summary))]) +
			d.Summary[min(1, len(d.Summary)):]
		hint := printable(strings.TrimSuffix(d.Detail, "."))
		if holdsSecret(hint) {
			hint = ""
		}
		return r.file.errorAt(at, "not HCL: "+printable(cause), hint)
	}
	return nil
}

// body reads a block, or the file as a whole, as an object: its attributes and its blocks, in the
// file's order. Blocks of one type are members of one name.
func (r *hclReader) body(b *hclsyntax.Body, s Span, where *place, depth int) (*Value, error) {
	v := &Value{Kind: Object, Pos: r.file.Position(s.Start), Span: s}
	if err := r.add(s.Start, depth); err != nil {
		return nil, err
	}
	for _, attribute := range inFileOrder(b.Attributes) {
		value, err := r.value(attribute.Expr, where.member(attribute.Name), depth+1)
		if err != nil {
			return nil, err
		}
		v.Members = append(v.Members, r.member(attribute.Name, attribute.NameRange, value))
	}
	for _, block := range b.Blocks {
		if block.Type == "dynamic" && len(block.Labels) == 1 {
			v.Members = append(v.Members, r.repeated(block))
			continue
		}
		inside := r.span(hcl.RangeBetween(block.OpenBraceRange, block.CloseBraceRange))
		value, err := r.body(block.Body, inside, where.member(block.Type), depth+1)
		if err != nil {
			return nil, err
		}
		value.Labels = block.Labels
		v.Members = append(v.Members, r.member(block.Type, block.TypeRange, value))
	}
	slices.SortStableFunc(v.Members,
		func(a, b Member) int { return cmp.Compare(a.KeySpan.Start, b.KeySpan.Start) })
	return v, nil
}

func inFileOrder(attributes hclsyntax.Attributes) []*hclsyntax.Attribute {
	return slices.SortedFunc(maps.Values(attributes), func(a, b *hclsyntax.Attribute) int {
		return cmp.Compare(a.NameRange.Start.Byte, b.NameRange.Start.Byte)
	})
}

// repeated is the member that a dynamic block stands for: Terraform makes a block of that name for
// each of some values; only a deployment knows how many there are.
func (r *hclReader) repeated(block *hclsyntax.Block) Member {
	s := r.span(hcl.RangeBetween(block.OpenBraceRange, block.CloseBraceRange))
	v := &Value{Kind: Unknown, Text: "a dynamic block", Pos: r.file.Position(s.Start), Span: s}
	if each := block.Body.Attributes["for_each"]; each != nil {
		of := r.span(each.Expr.Range())
		v.Text = "repeated for each of " + r.source[of.Start:of.End]
	}
	name := hcl.RangeBetween(block.TypeRange, block.LabelRanges[0])
	return r.member(block.Labels[0], name, v)
}

func (r *hclReader) member(name string, at hcl.Range, value *Value) Member {
	s := r.span(at)
	return Member{Key: name, KeyPos: r.file.Position(s.Start), KeySpan: s, Value: value}
}

// value reads an expression.
func (r *hclReader) value(e hclsyntax.Expression, where *place, depth int) (*Value, error) {
	e = unwrap(e)
	s := r.span(e.Range())
	if err := r.add(s.Start, depth); err != nil {
		return nil, err
	}
	v := &Value{Pos: r.file.Position(s.Start), Span: s}
	switch e := e.(type) {
	case *hclsyntax.TupleConsExpr:
		return v, r.items(v, e, where, depth)
	case *hclsyntax.ObjectConsExpr:
		return v, r.members(v, e, where, depth)
	case *hclsyntax.TemplateExpr:
		v.Kind, v.Text = template(e)
	case *hclsyntax.LiteralValueExpr, *hclsyntax.UnaryOpExpr:
		v.Kind, v.Text = r.literal(e)
	default:
		v.Kind = Unknown
	}
	if v.Kind == Unknown {
		if constant, err := r.constant(e, depth); constant != nil || err != nil {
			return constant, err
		}
		v.Text = r.source[v.Span.Start:v.Span.End]
	}
	return v, nil
}

// unwrap takes off the parentheses around an expression, and jsonencode, which makes a text of the
// object in it. Of a text it makes another text, with quotation marks.
func unwrap(e hclsyntax.Expression) hclsyntax.Expression {
	for {
		switch wrapper := e.(type) {
		case *hclsyntax.ParenthesesExpr:
			e = wrapper.Expression
			continue
		case *hclsyntax.FunctionCallExpr:
			if wrapper.Name == "jsonencode" && len(wrapper.Args) == 1 && !wrapper.ExpandFinal {
				if _, ofText := wrapper.Args[0].(*hclsyntax.TemplateExpr); !ofText {
					e = wrapper.Args[0]
					continue
				}
			}
		}
		return e
	}
}

func (r *hclReader) items(v *Value, e *hclsyntax.TupleConsExpr, where *place, depth int) error {
	v.Kind = List
	for i, child := range e.Exprs {
		item, err := r.value(child, where.at(i), depth+1)
		if err != nil {
			return err
		}
		v.Items = append(v.Items, item)
	}
	return nil
}

func (r *hclReader) members(v *Value, e *hclsyntax.ObjectConsExpr, where *place, depth int) error {
	v.Kind = Object
	for _, item := range e.Items {
		name := r.name(item.KeyExpr)
		value, err := r.value(item.ValueExpr, where.member(name), depth+1)
		if err != nil {
			return err
		}
		v.Members = append(v.Members, r.member(name, item.KeyExpr.Range(), value))
	}
	r.file.reportDuplicates(v, where)
	return nil
}

// name returns the name of a member. A name that is not a literal is its source text.
func (r *hclReader) name(e hclsyntax.Expression) string {
	if key, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		if word := hcl.ExprAsKeyword(key); word != "" {
			return word
		}
		if text, ok := key.Wrapped.(*hclsyntax.TemplateExpr); ok {
			if kind, text := template(text); kind == String {
				return text
			}
		}
	}
	s := r.span(e.Range())
	return r.source[s.Start:s.End]
}

// template returns the content of a string without interpolation.
func template(e *hclsyntax.TemplateExpr) (Kind, string) {
	var b strings.Builder
	for _, part := range e.Parts {
		text, ok := part.(*hclsyntax.LiteralValueExpr)
		if !ok || !text.Val.IsKnown() || text.Val.IsNull() || text.Val.Type() != cty.String {
			return Unknown, ""
		}
		b.WriteString(text.Val.AsString())
	}
	return String, b.String()
}

// literal returns the value of null, true, false or a number. A number keeps its digits.
func (r *hclReader) literal(e hclsyntax.Expression) (Kind, string) {
	sign := ""
	if minus, ok := e.(*hclsyntax.UnaryOpExpr); ok {
		if minus.Op != hclsyntax.OpNegate {
			return Unknown, ""
		}
		sign, e = "-", minus.Val
	}
	value, ok := e.(*hclsyntax.LiteralValueExpr)
	switch {
	case !ok || !value.Val.IsKnown():
		return Unknown, ""
	case value.Val.IsNull() && sign == "":
		return Null, ""
	case value.Val.Type() == cty.Number:
		s := r.span(value.SrcRange)
		return Number, sign + trimZeros(r.source[s.Start:s.End])
	case value.Val.Type() == cty.Bool && sign == "":
		return Bool, r.source[r.base+value.SrcRange.Start.Byte : r.base+value.SrcRange.End.Byte]
	}
	return Unknown, ""
}

// trimZeros takes the zeros from the start of a number. HCL allows them and JSON does not.
func trimZeros(number string) string {
	trimmed := strings.TrimLeft(number, "0")
	if trimmed == "" || digits(trimmed) == 0 {
		return "0" + trimmed
	}
	return trimmed
}

const (
	maxHCL       = 256 << 10 // bytes
	maxHCLDepth  = 500       // levels of brackets; each takes some 20 KiB of the parser's stack
	maxOperators = 20_000    // signs in one file that the parser descends for
	maxMelded    = 256 << 20 // bytes that the parser copies to put strings together
)

// checkSize refuses text that would use up the stack. The parser of HCL knows no limit.
func (r *hclReader) checkSize(text []byte) error {
	if len(text) > maxHCL {
		return r.file.errorAt(r.base, fmt.Sprintf("the text has more than %d KiB", maxHCL>>10),
			wrongFile)
	}
	tokens, _ := hclsyntax.LexConfig(text, r.file.Name, hcl.InitialPos)
	var cost hclCost
	for _, token := range tokens {
		cost.add(token)
		if excess := cost.excess(); excess != "" {
			return r.file.errorAt(r.base+token.Range.Start.Byte, excess, wrongFile)
		}
	}
	return nil
}

// hclCost is what parsing costs.
type hclCost struct {
	depth     int // of open brackets
	operators int
	text      int // bytes of the string that is being read
	melded    int // bytes copied for strings: each line is added to a copy of all lines before it
}

func (c *hclCost) add(token hclsyntax.Token) {
	c.depth += nesting(token.Type)
	if descends(token.Type) {
		c.operators++
	}
	c.text += len(token.Bytes)
	if token.Type != hclsyntax.TokenStringLit && token.Type != hclsyntax.TokenQuotedLit {
		c.text = 0
	}
	c.melded += c.text
}

// excess returns what is too much, or nothing.
func (c *hclCost) excess() string {
	switch {
	case c.depth > maxHCLDepth:
		return fmt.Sprintf("values are nested more than %d levels deep", maxHCLDepth)
	case c.operators > maxOperators:
		return fmt.Sprintf("the file has more than %d operators", maxOperators)
	case c.melded > maxMelded:
		return fmt.Sprintf("to put a string of the file together takes more than %d MiB",
			maxMelded>>20)
	}
	return ""
}

// nesting returns by how many levels a token goes down or up.
func nesting(token hclsyntax.TokenType) int {
	switch token {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOBrack, hclsyntax.TokenOParen,
		hclsyntax.TokenOQuote, hclsyntax.TokenOHeredoc,
		hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		return 1
	case hclsyntax.TokenCBrace, hclsyntax.TokenCBrack, hclsyntax.TokenCParen,
		hclsyntax.TokenCQuote, hclsyntax.TokenCHeredoc,
		hclsyntax.TokenTemplateSeqEnd:
		return -1
	}
	return 0
}

// descends reports whether the parser goes down a level for an operator, with no bracket to show
// for it.
func descends(token hclsyntax.TokenType) bool {
	switch token {
	case hclsyntax.TokenBang, hclsyntax.TokenMinus, hclsyntax.TokenQuestion, hclsyntax.TokenStar,
		hclsyntax.TokenTemplateControl:
		return true
	}
	return false
}

// IsOverride reports whether Terraform merges a file of this name over the others of its folder
// (developer.hashicorp.com/terraform/language/files/override).
func IsOverride(name string) bool {
	base := path.Base(filepath.ToSlash(name))
	for _, ending := range []string{".tf", ".tf.json"} {
		if stem, ok := strings.CutSuffix(base, ending); ok {
			return stem == "override" || strings.HasSuffix(stem, "_override")
		}
	}
	return false
}

// Overrides is the first value of a file by which it changes what another one of its folder says:
// a resource that both have, or locals, where the other uses one. It is nil where there is none.
func (f *File) Overrides(other *File) *Value {
	if path.Dir(filepath.ToSlash(f.Name)) != path.Dir(filepath.ToSlash(other.Name)) {
		return nil
	}
	theirs := blocksOf(other)
	for _, block := range blocksOf(f) {
		if block.Key == "locals" && bytes.Contains(other.Text, []byte("local.")) {
			return block.Value
		}
		if block.Key == "resource" && slices.ContainsFunc(theirs, func(m Member) bool {
			return m.Key == "resource" && slices.Equal(m.Value.Labels, block.Value.Labels)
		}) {
			return block.Value
		}
	}
	return nil
}

func blocksOf(f *File) []Member {
	return slices.Concat(Each(f.Documents, (*Value).Blocks)...)
}

// Blocks lists the blocks at the top of a Terraform file: of one in JSON its resources with the
// labels that a block has, and each text that is nothing but an expression as that expression
// (developer.hashicorp.com/terraform/language/syntax/json).
func (v *Value) Blocks() []Member {
	inJSON := func(m Member) bool {
		return m.Key == "resource" && len(m.Value.Labels) == 0 && m.Value.Is(Object)
	}
	if !slices.ContainsFunc(v.Members, inJSON) {
		return v.Members
	}
	var all []Member
	for _, m := range v.Members {
		if !inJSON(m) {
			all = append(all, m)
			continue
		}
		for _, kind := range m.Value.Members {
			for _, name := range kind.Value.Members {
				block := expressionsIn(name.Value)
				if block.Is(List) && len(block.Items) == 1 {
					block = block.Items[0]
				}
				block.Labels = []string{kind.Key, name.Key}
				all = append(all, Member{
					Key: m.Key, KeyPos: name.KeyPos, KeySpan: name.KeySpan, Value: block,
				})
			}
		}
	}
	return all
}

// expressionsIn is a value of Terraform's JSON with its expressions.
func expressionsIn(v *Value) *Value {
	read := v.Mapped(expressionsIn)
	inner, begins := strings.CutPrefix(v.Text, "${")
	inner, ends := strings.CutSuffix(inner, "}")
	if v.Kind == String && begins && ends && !strings.Contains(inner, "${") {
		read.Kind, read.Text = Unknown, inner
	}
	return read
}
