package source

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// skipProperties returns the offset behind the anchor and the tag of a node that starts at at.
func (r *yamlReader) skipProperties(at int, n *yaml.Node) int {
	left := 0
	if n.Anchor != "" {
		left++
	}
	if n.Style&yaml.TaggedStyle != 0 {
		left++
	}
	for ; left > 0 && at < len(r.text) && (r.text[at] == '&' || r.text[at] == '!'); left-- {
		for at < len(r.text) && !r.endsProperty(at) {
			at++
		}
		if left > 1 || !isEmptyNode(n) {
			at = r.skipBlank(at)
		}
	}
	return at
}

// endsProperty reports whether an anchor or a tag ends at at.
func (r *yamlReader) endsProperty(at int) bool {
	return bytes.IndexByte([]byte(" \t\r\n,]}"), r.text[at]) >= 0
}

// skipBlank returns the offset of the first character from at, where no word goes on, that is neither white
// space nor in a comment.
func (r *yamlReader) skipBlank(at int) int {
	for {
		next := skipYAMLSpace(r.text, at)
		if next == len(r.text) || r.text[next] != '#' {
			return next
		}
		at = r.lineEnd(next)
	}
}

// closeFlow puts the end of a flow list or object behind its closing bracket. A pair inside a flow list
// needs none: [a: b].
func (r *yamlReader) closeFlow(v *Value, n *yaml.Node) {
	start := v.Span.Start
	if n.Style&yaml.FlowStyle == 0 || start == len(r.text) || r.text[start] != '[' && r.text[start] != '{' {
		return
	}
	if v.Kind == Object && r.text[start] == '[' {
		return
	}
	v.Span.End = max(v.Span.End, start+1)
	at := v.Span.End
	for {
		at = r.skipBlank(at)
		if at == len(r.text) {
			return
		}
		at++
		if r.text[at-1] == ']' || r.text[at-1] == '}' {
			v.Span.End = at
			return
		}
	}
}
