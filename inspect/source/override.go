package source

import (
	"bytes"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

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
	var all []Member
	for _, document := range f.Documents {
		all = append(all, document.Blocks()...)
	}
	return all
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
	read := *v
	switch v.Kind {
	case String:
		inner, begins := strings.CutPrefix(v.Text, "${")
		inner, ends := strings.CutSuffix(inner, "}")
		if begins && ends && !strings.Contains(inner, "${") {
			read.Kind, read.Text = Unknown, inner
		}
	case List:
		read.Items = make([]*Value, len(v.Items))
		for i, item := range v.Items {
			read.Items[i] = expressionsIn(item)
		}
	case Object:
		read.Members = slices.Clone(v.Members)
		for i := range read.Members {
			read.Members[i].Value = expressionsIn(read.Members[i].Value)
		}
	}
	return &read
}
