package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxAliased is how many values the aliases of a YAML file may stand for. A few lines of aliases of aliases
// can stand for billions.
const maxAliased = 100_000

// yamlReader turns the nodes of a YAML file into values. Nodes know where they start, in lines and columns;
// the text itself tells where they end.
type yamlReader struct {
	counter
	text      []byte
	source    string // the same text
	lines     *index
	base      int                 // offset of the text behind a byte order mark
	expanding map[*yaml.Node]bool // what is being read through an alias
	aliased   int                 // values that were read through an alias
}

func (f *File) readYAML() error {
	base := f.body()
	r := &yamlReader{
		counter: counter{file: f}, text: f.Text, source: string(f.Text), base: base,
		lines: newIndex(f.Text[base:], true), expanding: map[*yaml.Node]bool{},
	}
	if err := f.checkYAMLSize(); err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(f.Text[base:]))
	for {
		var document yaml.Node
		switch err := dec.Decode(&document); {
		case errors.Is(err, io.EOF):
			return r.finish()
		case err != nil:
			return r.fault(err)
		}
		if err := r.document(&document); err != nil {
			return err
		}
	}
}

// document reads one document. One without content, as a comment behind a separator makes it, is left out.
func (r *yamlReader) document(n *yaml.Node) error {
	if n.Kind == yaml.DocumentNode {
		n = n.Content[0]
	}
	if isEmptyNode(n) {
		return nil
	}
	v, err := r.value(n, nil, 0)
	if err != nil {
		return err
	}
	r.file.Documents = append(r.file.Documents, v)
	return nil
}

func (r *yamlReader) finish() error {
	if len(r.file.Documents) == 0 {
		return r.file.errorAt(0, "the text holds nothing but comments", "take the # away from what should count")
	}
	return nil
}

// value reads a node. Its place is where the value itself starts, behind its anchor and its tag.
func (r *yamlReader) value(n *yaml.Node, where *place, depth int) (*Value, error) {
	start := r.start(n)
	if err := r.count(start, depth); err != nil {
		return nil, err
	}
	if n.Kind == yaml.AliasNode {
		return r.alias(n, where, depth)
	}
	v := &Value{Pos: r.file.Position(start), Span: Span{start, start}}
	var err error
	switch n.Kind {
	case yaml.SequenceNode:
		err = r.items(v, n, where, depth)
	case yaml.MappingNode:
		err = r.members(v, n, where, depth)
	default:
		r.scalar(v, n)
	}
	if err == nil && isUnknownTag(n) {
		v.Span.Start = r.offset(n) // the tag belongs to it
		v.Pos = r.file.Position(v.Span.Start)
		v.makeUnknown(r.source)
	}
	return v, err
}

func (r *yamlReader) count(start, depth int) error {
	if len(r.expanding) > 0 {
		r.aliased++
	}
	if r.aliased > maxAliased {
		return r.file.errorAt(start, fmt.Sprintf("the aliases of the file stand for more than %d values", maxAliased),
			"aliases of aliases grow without limit; write the values out")
	}
	return r.add(start, depth)
}

// makeUnknown turns a value that needs a program to be known into its source text.
func (v *Value) makeUnknown(source string) {
	*v = Value{Kind: Unknown, Text: source[v.Span.Start:v.Span.End], Pos: v.Pos, Span: v.Span}
}

func (r *yamlReader) items(v *Value, n *yaml.Node, where *place, depth int) error {
	v.Kind = List
	for i, child := range n.Content {
		item, err := r.value(child, where.at(i), depth+1)
		if err != nil {
			return err
		}
		v.Items = append(v.Items, item)
		v.Span.End = max(v.Span.End, item.Span.End)
	}
	r.closeFlow(v, n)
	return nil
}

// start returns the offset of a node's first character, behind its anchor and its tag.
func (r *yamlReader) start(n *yaml.Node) int {
	return r.skipProperties(r.offset(n), n)
}

// offset returns the offset of a node, its anchor and tag included.
func (r *yamlReader) offset(n *yaml.Node) int {
	return r.base + r.lines.offset(n.Line, n.Column)
}

func isEmptyNode(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style&^yaml.TaggedStyle == 0
}

// isUnknownTag reports whether a node has a tag that asks for a program: !Ref, !vault.
func isUnknownTag(n *yaml.Node) bool {
	if n.Style&yaml.TaggedStyle == 0 {
		return false
	}
	return !strings.HasPrefix(n.ShortTag(), "!!") || n.ShortTag() == "!!binary"
}
