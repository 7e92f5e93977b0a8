package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Labels are those of a resource, or those that a selector wants.
type Labels map[string]string

// LabelsOf reads labels. A mark that a template leaves counts as it is written: the same mark is
// the same value wherever it stands. It is not ok where a value is no text, or is there twice,
// which the API server refuses.
func LabelsOf(v *source.Value) (all Labels, ok bool) {
	switch {
	case !v.IsSet():
		return nil, true
	case Marked(v):
		return Labels{markOf(v): markOf(v)}, true
	case !v.Is(source.Object):
		return nil, false
	}
	all, ok = Labels{}, true
	for i := range v.Members {
		m := &v.Members[i]
		all[m.Key] = m.Value.Text
		if Marked(m.Value) {
			all[m.Key] = markOf(m.Value)
		}
		ok = ok && !m.Conflict && (Marked(m.Value) || m.Value.Is(source.String))
	}
	return all, ok
}

// markOf is a text with a mark for a value that is not known.
func markOf(v *source.Value) string {
	if HasMark(v.Text) {
		return v.Text
	}
	return "{{" + v.Text
}

// NotKnown are labels that can't be read: each may be there, with any value.
func NotKnown() Labels { return Labels{"{{": "{{"} }

// Only are the labels of some names, with those whose name a template leaves open.
func (l Labels) Only(names map[string]bool) Labels {
	some := Labels{}
	for name, value := range l {
		if names[name] || HasMark(name) {
			some[name] = value
		}
	}
	return some
}

// Selects tells whether a selector selects what has these labels. It may where a template has left
// its mark in a label.
func (l Labels) Selects(has Labels) rules.Truth {
	selects := rules.Yes
	for key, value := range l {
		selects = min(selects, has.has(key, value))
	}
	return selects
}

func (l Labels) has(key, value string) rules.Truth {
	if got, ok := l[key]; ok {
		return Same(got, value)
	}
	has := rules.No
	for k, v := range l {
		has = max(has, min(Same(k, key), Same(v, value)))
	}
	return has
}

func (l Labels) hasAny(key string) rules.Truth {
	has := rules.No
	for k := range l {
		has = max(has, Same(k, key))
	}
	return has
}

// Same tells whether two texts are the same once a deployment has replaced the marks in them.
func Same(a, b string) rules.Truth {
	switch {
	case a == b:
		return rules.Yes
	case HasMark(a) || HasMark(b):
		return rules.Maybe
	}
	return rules.No
}

// SameNamespace tells whether two namespaces are the same. A resource that names none is in the
// one that it is applied to, which its file does not say.
func SameNamespace(a, b string) rules.Truth {
	if a != b && (a == "" || b == "") {
		return rules.Maybe
	}
	return Same(a, b)
}

// LabelsAt is where labels are in a file, with the field that has them.
type LabelsAt struct {
	At    *source.Value
	Field string
}

// NamespaceDoubt is why it is not known which namespace a resource is in, and where that is said;
// nil where it is known.
func NamespaceDoubt(object *source.Value) (LabelsAt, *rules.Unknown) {
	at := LabelsAt{object.At("metadata", "namespace"), "metadata.namespace"}
	if name, ok := Name(at.At); at.At.IsSet() && (!ok || name != "") {
		return at, DoubtOf(at.At, at.Field)
	}
	kind := object.TextAt("kind")
	name, _ := Name(object.At("metadata", "name"))
	return LabelsAt{object, at.Field}, &rules.Unknown{
		Why: kind + " " + name + " names no namespace, and is in the one that it is applied to",
		Need: rules.Need{
			Input: source.NeedPolicy,
			For: "the manifest with its " + at.Field + ", as kubectl get prints it; or " +
				"none in any of the files, if all of them are applied to one namespace",
		},
	}
}

// Open is the first label of a selector that some labels perhaps have: where the mark is, in the
// selector or in the labels, and why nobody knows.
func (of LabelsAt) Open(other LabelsAt, has Labels) (LabelsAt, *rules.Unknown) {
	wants := func(m *source.Member) bool {
		text := m.Value.Text
		if Marked(m.Value) {
			text = markOf(m.Value)
		}
		return has.has(m.Key, text) == rules.Maybe
	}
	if at, why := of.doubt(wants); why != nil {
		return at, why
	}
	return other.doubt(func(*source.Member) bool { return true })
}

// Unread is why some labels can't be read; nil where they can be.
func (of LabelsAt) Unread() *rules.Unknown {
	_, why := of.doubt(func(*source.Member) bool { return true })
	return why
}

// doubt is why one of some labels is not known, and where it is; nil where all are.
func (of LabelsAt) doubt(counts func(*source.Member) bool) (LabelsAt, *rules.Unknown) {
	if why := ShapeDoubt(of.At, source.Object, of.Field); why != nil {
		return of, why
	}
	if !of.At.Is(source.Object) {
		return of, nil
	}
	for i := range of.At.Members {
		m := &of.At.Members[i]
		if !counts(m) {
			continue
		}
		key := &source.Value{Kind: source.String, Text: m.Key, Pos: m.KeyPos, Span: m.KeySpan}
		if why := DoubtOf(key, "a name in "+of.Field); why != nil {
			return LabelsAt{key, of.Field}, why
		}
		one := LabelsAt{m.Known(), of.Field + "." + m.Key}
		if why := DoubtOf(one.At, one.Field); why != nil {
			return one, why
		}
		if !one.At.Is(source.String) {
			return one, &rules.Unknown{Why: fmt.Sprintf("%s is %s, not a string: the API server "+
				"refuses that, and an earlier version may hold", one.Field, KindOf(one.At))}
		}
	}
	return of, nil
}

// And is what two selectors ask for together. It is not ok if they exclude each other.
func (l Labels) And(other Labels) (Labels, bool) {
	both := Labels{}
	maps.Copy(both, other)
	for key, value := range l {
		if has, ok := both[key]; ok && has != value {
			return nil, false
		}
		both[key] = value
	}
	return both, true
}

// Excludes reports whether nothing can have both some labels and others.
func (l Labels) Excludes(other Labels) bool {
	for key, value := range l {
		if has, ok := other[key]; ok && Same(has, value) == rules.No {
			return true
		}
	}
	return false
}

// String lists the labels as kubectl takes them.
func (l Labels) String() string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(l)) {
		all = append(all, fmt.Sprintf("%s=%s", key, l[key]))
	}
	return strings.Join(all, ",")
}

// Requirement is what an expression of a selector wants of one label. Its values may have marks of
// a template.
type Requirement struct {
	Key, Operator string
	Values        []string
}

// RequirementsOf reads the matchExpressions of a selector. It is not ok where one can't be read.
func RequirementsOf(v *source.Value) (all []Requirement, ok bool) {
	if !v.IsSet() {
		return nil, true
	}
	if !v.Is(source.List) {
		return nil, false
	}
	for _, item := range v.Items {
		key, isKey := item.Member("key").Str()
		operator, isOperator := item.Member("operator").Str()
		values, isList := names(item.Member("values"))
		if !isKey || !isOperator || !isList || Marked(item.Member("key")) ||
			Marked(item.Member("operator")) {
			return nil, false
		}
		all = append(all, Requirement{key, operator, values})
	}
	return all, true
}

// names are the texts of a list, with marks of a template. It is not ok where one is no text.
func names(v *source.Value) (all []string, ok bool) {
	if Marked(v) {
		return []string{markOf(v)}, true
	}
	if !v.IsSet() {
		return nil, true
	}
	for _, item := range v.List() {
		name, isName := Name(item)
		if !isName {
			return nil, false
		}
		all = append(all, name)
	}
	return all, v.Is(source.List)
}

// sound reports whether Kubernetes takes the requirement.
func (r *Requirement) sound() bool {
	switch r.Operator {
	case "In", "NotIn":
		return len(r.Values) > 0
	case "Exists", "DoesNotExist":
		return len(r.Values) == 0
	}
	return false
}

// Fits tells whether labels are as the requirement wants them. NotIn holds for what has no such
// label, and one that Kubernetes does not take holds for nothing.
func (r *Requirement) Fits(has Labels) rules.Truth {
	if !r.sound() {
		return rules.No
	}
	in := rules.No
	for _, value := range r.Values {
		in = max(in, has.has(r.Key, value))
	}
	switch r.Operator {
	case "In":
		return in
	case "NotIn":
		return -in
	case "Exists":
		return has.hasAny(r.Key)
	}
	return -has.hasAny(r.Key)
}

// String is the requirement as kubectl takes it.
func (r *Requirement) String() string {
	switch r.Operator {
	case "In", "NotIn":
		return fmt.Sprintf("%s %s (%s)", r.Key, strings.ToLower(r.Operator),
			strings.Join(r.Values, ","))
	case "Exists":
		return r.Key
	}
	return "!" + r.Key
}

// Selectors finds among many selectors those that may select some labels: a namespace may have
// thousands, and each workload asks.
type Selectors struct {
	all    int
	always []int           // those that are to be looked at, whatever the labels
	by     map[label][]int // the others, by that of their labels which fewest others ask for
}

type label struct{ key, value string }

// Add adds the next selector. Always says that it is to be found whatever the labels are.
func (s *Selectors) Add(wants Labels, always bool) {
	if always || len(wants) == 0 || wants.marked() {
		s.always = append(s.always, s.all)
	} else {
		if s.by == nil {
			s.by = map[label][]int{}
		}
		rare := rarest(s.by, wants)
		s.by[rare] = append(s.by[rare], s.all)
	}
	s.all++
}

// Of lists the indices of the selectors that may select some labels, in the order in which they
// were added. Others may be among them.
func (s *Selectors) Of(has Labels) []int {
	if has.marked() {
		return upTo(s.all)
	}
	some := slices.Clone(s.always)
	for key, value := range has {
		some = append(some, s.by[label{key, value}]...)
	}
	slices.Sort(some)
	return some
}

// Labelled finds among many resources those that a selector may select.
type Labelled struct {
	all    int
	marked []int           // those with a label that a template leaves open
	by     map[label][]int // the others, by each of their labels
}

// Add adds the next resource.
func (l *Labelled) Add(has Labels) {
	if has.marked() {
		l.marked = append(l.marked, l.all)
	} else {
		if l.by == nil {
			l.by = map[label][]int{}
		}
		for key, value := range has {
			l.by[label{key, value}] = append(l.by[label{key, value}], l.all)
		}
	}
	l.all++
}

// Of lists the indices of the resources that a selector may select, in the order in which they
// were added. Others may be among them.
func (l *Labelled) Of(wants Labels) []int {
	if len(wants) == 0 || wants.marked() {
		return upTo(l.all)
	}
	some := append(slices.Clone(l.marked), l.by[rarest(l.by, wants)]...)
	slices.Sort(some)
	return some
}

// rarest is the label of some that fewest have in an index.
func rarest(by map[label][]int, labels Labels) (rare label) {
	for key, value := range labels {
		one := label{key, value}
		more := len(by[one]) - len(by[rare])
		if rare.key == "" || more < 0 || more == 0 && key < rare.key {
			rare = one
		}
	}
	return rare
}

// upTo lists the numbers below one.
func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// marked reports whether a template has left its mark in one of the labels.
func (l Labels) marked() bool {
	for key, value := range l {
		if HasMark(key) || HasMark(value) {
			return true
		}
	}
	return false
}
