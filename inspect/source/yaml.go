package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxAliased is how many values the aliases of a YAML file may stand for. A few lines of aliases
// of aliases can stand for billions.
const maxAliased = 100_000

// yamlReader turns the nodes of a YAML file into values. Nodes know where they start, in lines and
// columns. Where they end follows from the text itself.
type yamlReader struct {
	counter
	text      []byte
	lines     *index
	base      int                 // offset of the text behind a byte order mark
	above     int                 // lines before the piece that is read
	begins    int                 // offset of the document's content
	instead   map[int]cutOut      // what is read in another way, by the offset of its name
	expanding map[*yaml.Node]bool // what is being read through an alias
	aliased   int                 // values that were read through an alias
}

func (f *File) readYAML() error {
	problems := f.Problems
	if done, err := f.readCut(); done {
		return err
	}
	f.Documents, f.pieces, f.shared, f.Problems = nil, nil, nil, problems
	return f.readWhole()
}

// readWhole reads all of a YAML text at once.
func (f *File) readWhole() error {
	if len(f.Text) > maxText {
		return f.tooLarge()
	}
	base := f.body()
	r := &yamlReader{
		counter: counter{file: f}, text: f.Text, base: base,
		lines: newIndex(f.Text[base:], true), expanding: map[*yaml.Node]bool{},
	}
	if err := f.checkYAMLSize(); err != nil {
		return err
	}
	dec := yaml.NewDecoder(bytes.NewReader(f.Text[base:]))
	for {
		var document yaml.Node
		switch err := dec.Decode(&document); {
		case errors.Is(err, io.EOF) && len(f.Documents) == 0:
			return f.errorAt(0, "the text holds nothing but comments",
				"remove the # from the lines that should count")
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return r.fault(err)
		}
		if err := r.document(&document); err != nil {
			return err
		}
	}
}

// document reads one document. It leaves out one without content, such as a comment behind a
// separator.
func (r *yamlReader) document(n *yaml.Node) error {
	if n.Kind == yaml.DocumentNode {
		n = n.Content[0]
	}
	if isEmptyNode(n) {
		return nil
	}
	r.begins = r.offset(n)
	v, err := r.value(n, nil, 0)
	if err != nil {
		return err
	}
	r.file.Documents = append(r.file.Documents, v)
	return nil
}

// value reads a node. The value's place is where it starts itself, behind its anchor and its tag.
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
		v.Kind, v.Text = resolve(n)
		r.file.noteWord(n, start)
		v.Span.End = r.scalarEnd(n, start)
	}
	if err == nil && isUnknownTag(n) {
		v.Span.Start = r.offset(n) // the tag belongs to it
		v.Pos = r.file.Position(v.Span.Start)
		v.makeUnknown(r.text)
	}
	return v, err
}

func (r *yamlReader) count(start, depth int) error {
	if len(r.expanding) > 0 {
		r.aliased++
	}
	if r.aliased > maxAliased {
		return r.file.errorAt(start,
			fmt.Sprintf("the aliases of the file stand for more than %d values", maxAliased),
			"aliases of aliases grow without limit; write the values out")
	}
	return r.add(start, depth)
}

// makeUnknown turns a value that only a program can know into its source text.
func (v *Value) makeUnknown(text []byte) {
	source := string(text[v.Span.Start:v.Span.End])
	*v = Value{Kind: Unknown, Text: source, Pos: v.Pos, Span: v.Span}
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
	return r.base + r.lines.offset(r.above+n.Line, n.Column)
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

// members reads a mapping.
func (r *yamlReader) members(v *Value, n *yaml.Node, where *place, depth int) error {
	v.Kind = Object
	v.Members = make([]Member, 0, len(n.Content)/2)
	var merged []Member
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.ScalarNode && key.Value == "<<" && key.ShortTag() == "!!merge" {
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
	if isTemplate(v, n, r.text) {
		v.makeUnknown(r.text)
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
	place, empty := where.member(m.Key), isEmptyNode(value)
	out, isCut := r.instead[k.Span.Start]
	if isCut = isCut && empty; isCut {
		m.Value, err = out.read(r.file, place, depth+1)
	} else {
		m.Value, err = r.value(value, place, depth+1)
	}
	if err != nil {
		return err
	}
	if empty && !isCut && value.Anchor == "" && value.Style&yaml.TaggedStyle == 0 {
		r.placeEmpty(m.Value, k.Span.End)
		r.reportComment(m.Value, place)
	}
	v.Members = append(v.Members, m)
	v.Span.End = max(v.Span.End, k.Span.End, m.Value.Span.End)
	return nil
}

// key reads the name of a member. A name that is not a string keeps its text. A list or an object
// as a name is its source text.
func (r *yamlReader) key(n *yaml.Node, depth int) (*Value, error) {
	if n.Kind == yaml.ScalarNode {
		start := r.start(n)
		r.file.noteWord(n, start)
		return &Value{
			Text: n.Value, Pos: r.file.Position(start), Span: Span{start, r.scalarEnd(n, start)},
		}, nil
	}
	k, err := r.value(n, nil, depth+1)
	if err != nil {
		return nil, err
	}
	k.Text = string(r.text[k.Span.Start:k.Span.End])
	if n.Kind == yaml.AliasNode && n.Alias.Kind == yaml.ScalarNode {
		k.Text = n.Alias.Value
	}
	return k, nil
}

// placeEmpty puts a value that is not written right behind its colon. The YAML library puts some
// of them where the next token starts.
func (r *yamlReader) placeEmpty(v *Value, keyEnd int) {
	at := r.skipBlank(keyEnd)
	if at < len(r.text) && r.text[at] == ':' {
		keyEnd = at + 1
	}
	v.Span = Span{keyEnd, keyEnd}
	v.Pos = r.file.Position(keyEnd)
}

// reportComment reports an expression, #[…], in place of a value without quotes: for YAML it is a
// comment, and there is no value.
func (r *yamlReader) reportComment(v *Value, where *place) {
	if rest := bytes.TrimLeft(r.text[v.Span.End:], " \t"); bytes.HasPrefix(rest, []byte("#[")) {
		at := len(r.text) - len(rest)
		r.file.problem("comment-for-value", at,
			where.String()+
				" has no value: #[ starts a comment in YAML, put the expression in quotes")
	}
}

// isTemplate reports whether a mapping is really a template expression, {{ .Values.x }}. YAML
// reads it as a mapping with a mapping for its name.
func isTemplate(v *Value, n *yaml.Node, text []byte) bool {
	return n.Style&yaml.FlowStyle != 0 && len(n.Content) == 2 &&
		n.Content[0].Kind == yaml.MappingNode &&
		bytes.HasPrefix(text[v.Span.Start:v.Span.End], []byte("{{"))
}

// merge reads what a merge key brings in: the members of a mapping, or of a list of mappings. Of
// the list, the earlier ones win (https://yaml.org/type/merge.html).
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
			return nil, r.file.errorAt(from.Span.Start,
				"not YAML: a merge key, <<, needs an object or a list of objects",
				"write the members out")
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

// alias reads what an alias stands for. The value's own place is that of the alias. Everything in
// it has the place where it is written.
func (r *yamlReader) alias(n *yaml.Node, where *place, depth int) (*Value, error) {
	start := r.offset(n)
	if r.offset(n.Alias) < r.begins { // the library takes that of an earlier document
		cause, hint := noAnchor(n.Value)
		return nil, r.file.errorAt(start, "not YAML: "+cause, hint)
	}
	if r.expanding[n.Alias] {
		return nil, r.file.errorAt(start,
			"not YAML: the alias *"+forMessage(n.Value)+" is inside the value that it names",
			"write the value out")
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
	if r.file.words11[target.Span.Start] {
		r.file.words11[start] = true
	}
	v.Span = Span{start, start + len("*") + len(n.Value)}
	return &v, nil
}

// share remembers text that several values share, because an edit there would change them all.
func (f *File) share(s Span) {
	if n := len(f.shared); n == 0 || f.shared[n-1] != s {
		f.shared = append(f.shared, s)
	}
}

// resolve returns what a scalar means. A number keeps its text if JSON has that form too.
func resolve(n *yaml.Node) (Kind, string) {
	switch n.ShortTag() {
	case "!!null":
		return Null, ""
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			return Bool, strconv.FormatBool(b)
		}
	case "!!int", "!!float":
		if text, ok := number(n); ok {
			return Number, text
		}
		if isEndless(n.Value) {
			return Unknown, n.Value
		}
	}
	return String, n.Value
}

func number(n *yaml.Node) (string, bool) {
	if IsNumber(n.Value) {
		return n.Value, true
	}
	var (
		signed   int64
		unsigned uint64
		float    float64
	)
	whole := n.ShortTag() == "!!int"
	switch {
	case whole && n.Decode(&signed) == nil:
		return strconv.FormatInt(signed, 10), true
	case whole && n.Decode(&unsigned) == nil:
		return strconv.FormatUint(unsigned, 10), true
	case n.Decode(&float) == nil && !math.IsInf(float, 0) && !math.IsNaN(float):
		return strconv.FormatFloat(float, 'g', -1, 64), true
	}
	return "", false
}

// isEndless reports whether a text is a number of YAML that JSON does not have: .inf, -.Inf, .NaN.
// What turns YAML into JSON first, as kubectl does, refuses it.
func isEndless(text string) bool {
	lower := strings.ToLower(text)
	return strings.TrimLeft(lower, "+-") == ".inf" || lower == ".nan"
}

// IsNumber reports whether text has the form of RFC 8259, section 6.
func IsNumber(text string) bool {
	text = strings.TrimPrefix(text, "-")
	whole := digits(text)
	if whole == 0 || whole > 1 && text[0] == '0' {
		return false
	}
	text = text[whole:]
	if fraction, ok := strings.CutPrefix(text, "."); ok {
		n := digits(fraction)
		if n == 0 {
			return false
		}
		text = fraction[n:]
	}
	if text == "" {
		return true
	}
	if text[0] != 'e' && text[0] != 'E' {
		return false
	}
	text = text[1:]
	if text != "" && (text[0] == '+' || text[0] == '-') {
		text = text[1:]
	}
	return text != "" && digits(text) == len(text)
}

// digits returns how many digits text starts with.
func digits(text string) int {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return i
		}
	}
	return len(text)
}

// wordOf11 is what a word without quotes is in YAML 1.1, where it is no text, and in YAML 1.2 it
// is one; empty of any other. go-yaml's version 2, which kubectl and Helm read with
// (sigs.k8s.io/yaml), has these words; it has no sexagesimal numbers, and all other scalars are to
// it what they are to version 3 (go.yaml.in/yaml/v2, resolve.go).
func wordOf11(text string) string {
	switch text {
	case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON":
		return "true"
	case "n", "N", "no", "No", "NO", "off", "Off", "OFF":
		return "false"
	}
	return ""
}

// YAML11 is a value as a reader of YAML 1.1 has it: yes, on, no and the like without quotes are
// booleans, and names of members that are such words are true and false. It is the value itself
// where it has no such words.
func (f *File) YAML11(v *Value) *Value {
	if len(f.words11) == 0 || v == nil {
		return v
	}
	made := *v
	switch v.Kind {
	case String:
		if !f.words11[v.Span.Start] {
			return v
		}
		made.Kind, made.Text = Bool, wordOf11(v.Text)
		return &made
	case List:
		made.Items = slices.Clone(v.Items)
		for i, item := range v.Items {
			made.Items[i] = f.YAML11(item)
		}
		if slices.Equal(made.Items, v.Items) {
			return v
		}
	case Object:
		made.Members = slices.Clone(v.Members)
		same := true
		for i := range made.Members {
			m := &made.Members[i]
			if f.words11[m.KeySpan.Start] {
				m.Key = wordOf11(m.Key)
			}
			m.Value = f.YAML11(m.Value)
			same = same && m.Key == v.Members[i].Key && m.Value == v.Members[i].Value
		}
		if same {
			return v
		}
	}
	return &made
}

// noteWord remembers where a word of YAML 1.1 is without quotes and without a tag.
func (f *File) noteWord(n *yaml.Node, start int) {
	if n.Style == 0 && wordOf11(n.Value) != "" {
		f.note11(start)
	}
}

func (f *File) note11(start int) {
	if f.words11 == nil {
		f.words11 = map[int]bool{}
	}
	f.words11[start] = true
}
