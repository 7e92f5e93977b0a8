package source

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// members reads a mapping.
func (r *yamlReader) members(v *Value, n *yaml.Node, where *place, depth int) error {
	v.Kind = Object
	var merged []Member
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if isMerge(key) {
			more, err := r.merge(v, value, where, depth)
			if err != nil {
				return err
			}
			merged = append(merged, more...)
			continue
		}
		if err := r.member(v, key, value, where, depth); err != nil {
			return err
		}
	}
	r.closeFlow(v, n)
	if isTemplate(v, n, r.source) {
		v.makeUnknown(r.source)
		return nil
	}
	r.file.reportDuplicates(v, where)
	v.addMerged(merged)
	return nil
}

func (r *yamlReader) member(v *Value, key, value *yaml.Node, where *place, depth int) error {
	k, err := r.key(key, depth)
	if err != nil {
		return err
	}
	m := Member{Key: k.Text, KeyPos: k.Pos, KeySpan: k.Span}
	m.Value, err = r.value(value, where.member(m.Key), depth+1)
	if err != nil {
		return err
	}
	if isEmptyNode(value) && value.Anchor == "" && value.Style&yaml.TaggedStyle == 0 {
		r.placeEmpty(m.Value, k.Span.End)
		r.reportComment(m.Value, where.member(m.Key))
	}
	v.Members = append(v.Members, m)
	v.Span.End = max(v.Span.End, k.Span.End, m.Value.Span.End)
	return nil
}

// key reads the name of a member. One that is no string keeps its text; a list or an object as a name is
// its source text.
func (r *yamlReader) key(n *yaml.Node, depth int) (*Value, error) {
	if n.Kind == yaml.ScalarNode {
		start := r.start(n)
		return &Value{Text: n.Value, Pos: r.file.Position(start), Span: Span{start, r.scalarEnd(n, start)}}, nil
	}
	k, err := r.value(n, nil, depth+1)
	if err != nil {
		return nil, err
	}
	k.Text = r.source[k.Span.Start:k.Span.End]
	if n.Kind == yaml.AliasNode && n.Alias.Kind == yaml.ScalarNode {
		k.Text = n.Alias.Value
	}
	return k, nil
}

// placeEmpty puts a value that is not written right behind its colon. The YAML library puts some of them
// where the next token starts.
func (r *yamlReader) placeEmpty(v *Value, keyEnd int) {
	at := r.skipBlank(keyEnd)
	if at < len(r.text) && r.text[at] == ':' {
		keyEnd = at + 1
	}
	v.Span = Span{keyEnd, keyEnd}
	v.Pos = r.file.Position(keyEnd)
}

// reportComment tells of an expression, #[…], that stands where a value does without quotes: for YAML it is
// a comment, and there is no value.
func (r *yamlReader) reportComment(v *Value, where *place) {
	if rest := strings.TrimLeft(r.source[v.Span.End:], " \t"); strings.HasPrefix(rest, "#[") {
		at := len(r.source) - len(rest)
		r.file.problem("comment-for-value", at, where.String()+" has no value: #[ starts a comment in YAML, put the expression in quotes")
	}
}

// isTemplate reports whether a mapping is in truth a template expression, {{ .Values.x }}, which YAML reads
// as a mapping with a mapping for its name.
func isTemplate(v *Value, n *yaml.Node, source string) bool {
	return n.Style&yaml.FlowStyle != 0 && len(n.Content) == 2 && n.Content[0].Kind == yaml.MappingNode &&
		strings.HasPrefix(source[v.Span.Start:v.Span.End], "{{")
}

func isMerge(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "<<" && n.ShortTag() == "!!merge"
}

// merge reads what a merge key brings in: the members of a mapping, or of a list of mappings, of which the
// earlier ones win (https://yaml.org/type/merge.html).
func (r *yamlReader) merge(v *Value, n *yaml.Node, where *place, depth int) ([]Member, error) {
	from, err := r.value(n, where, depth+1)
	if err != nil {
		return nil, err
	}
	v.Span.End = max(v.Span.End, from.Span.End)
	sources := []*Value{from}
	if from.Kind == List {
		sources = from.Items
	}
	var all []Member
	for _, s := range sources {
		if s.Kind != Object {
			return nil, r.file.errorAt(from.Span.Start, "not YAML: a merge key, <<, needs an object or a list of objects", "write the members out")
		}
		all = append(all, s.Members...)
	}
	return all, nil
}

// addMerged adds the members of merge keys that the object does not have itself.
func (v *Value) addMerged(merged []Member) {
	if len(merged) == 0 {
		return
	}
	own := make(map[string]bool, len(v.Members)+len(merged))
	for i := range v.Members {
		own[v.Members[i].Key] = true
	}
	for _, m := range merged {
		if !own[m.Key] {
			own[m.Key] = true
			v.Members = append(v.Members, m)
		}
	}
}

// alias reads what an alias stands for. The value itself stands where the alias does, what is in it where it
// is written.
func (r *yamlReader) alias(n *yaml.Node, where *place, depth int) (*Value, error) {
	start := r.offset(n)
	if r.expanding[n.Alias] {
		return nil, r.file.errorAt(start, "not YAML: the alias *"+told(n.Value)+" stands inside the value that it names", "write the value out")
	}
	r.expanding[n.Alias] = true
	target, err := r.value(n.Alias, where, depth+1)
	delete(r.expanding, n.Alias)
	if err != nil {
		return nil, err
	}
	r.file.share(Span{r.offset(n.Alias), target.Span.End})
	v := *target
	v.Pos = r.file.Position(start)
	v.Span = Span{start, start + len("*") + len(n.Value)}
	return &v, nil
}

// share remembers text that stands for several values: an edit there would change them all.
func (f *File) share(s Span) {
	if n := len(f.shared); n == 0 || f.shared[n-1] != s {
		f.shared = append(f.shared, s)
	}
}
