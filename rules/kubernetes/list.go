package kubernetes

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Marked reports whether only a deployment knows a value: a template has left its mark in it.
func Marked(v *source.Value) bool {
	return v.Is(source.Unknown) || v.Is(source.String) && HasMark(v.Text)
}

// HasMark reports whether a template has left its mark in a text.
func HasMark(text string) bool {
	if strings.IndexByte(text, '{') < 0 { // labels are compared with those of all others
		return false
	}
	return slices.ContainsFunc([]string{"{{", "${", "#{"}, func(mark string) bool {
		return strings.Contains(text, mark)
	})
}

// EachHidden visits the values below one that only a deployment knows, each with its field.
func EachHidden(v *source.Value, field string, visit func(v *source.Value, field string)) {
	switch {
	case v == nil:
	case Marked(v):
		visit(v, field)
	case v.Is(source.List):
		for i, item := range v.Items {
			EachHidden(item, fmt.Sprintf("%s[%d]", field, i), visit)
		}
	case v.Is(source.Object):
		for i := range v.Members {
			m := &v.Members[i]
			EachHidden(m.Value, strings.TrimPrefix(field+"."+m.Key, "."), visit)
		}
	}
}

// IsEmpty reports whether a list has no item, or is absent.
func IsEmpty(v *source.Value) bool {
	return !v.IsSet() || v.Is(source.List) && len(v.Items) == 0
}

// DoubtOf is why a value is not known; nil where it is.
func DoubtOf(v *source.Value, field string) *rules.Unknown {
	if !Marked(v) {
		return nil
	}
	need := rules.Need{
		Input: source.NeedPolicy, For: "the manifest as it is applied, with its " + field,
	}
	if strings.Contains(v.Text, "{{") {
		need.For += "; helm template prints that of a chart"
	}
	return &rules.Unknown{Why: v.Doubt(field), Need: need}
}

// KindOf is what a value is, in words. A word without quotes that YAML 1.1 takes for a boolean is
// shorter than true.
func KindOf(v *source.Value) string {
	length := v.Span.End - v.Span.Start
	if v.Is(source.Bool) && length > 0 && length < len("true") {
		return "a boolean, as yes, on and the like are without quotes"
	}
	return v.Kind.String()
}

// TextDoubt is why it is not known what a text is; nil where it is, or where there is none. What
// is no text the API server refuses.
func TextDoubt(v *source.Value, field string) *rules.Unknown {
	if !v.IsSet() || v.Is(source.String) || Marked(v) {
		return DoubtOf(v, field)
	}
	return &rules.Unknown{Why: fmt.Sprintf("%s is %s, not a string: the API server refuses that, "+
		"and an earlier version of the policy may hold", field, KindOf(v))}
}

// ShapeDoubt is why it is not known what a value says that must be an object or a list; nil where
// it is one, or absent. What is something else the API server refuses.
func ShapeDoubt(v *source.Value, kind source.Kind, field string) *rules.Unknown {
	if !v.IsSet() || v.Is(kind) || Marked(v) {
		return DoubtOf(v, field)
	}
	return &rules.Unknown{Why: fmt.Sprintf("%s is %s, not %s: the API server refuses that, and "+
		"an earlier version of the policy may hold", field, v.Kind, kind)}
}

// List is the texts of a list in the configuration.
type List struct {
	Field  string
	At     *source.Value // of the list; nil where it is absent
	Values []*source.Value
	Doubt  *rules.Unknown // why not all of them are known
}

// ListIn reads a list of texts. What is neither a text nor unknown the API server refuses.
func ListIn(object *source.Value, path, name string) List {
	l := List{Field: path + name, At: object.Member(name)}
	if !l.At.Is(source.List) {
		l.Doubt = ShapeDoubt(l.At, source.List, l.Field)
		return l
	}
	for _, v := range l.At.Items {
		switch {
		case Marked(v):
			l.Doubt = DoubtOf(v, l.Field)
		case v.Is(source.String):
			l.Values = append(l.Values, v)
		default:
			l.Doubt = &rules.Unknown{Why: fmt.Sprintf(
				"%s has %s, not a string: the API server refuses that, and an earlier version "+
					"of the policy may hold", l.Field, KindOf(v))}
		}
	}
	return l
}

// ItemsIn visits the items of a list in an object, each with the path of its fields, which ends in
// a dot.
func ItemsIn(object *source.Value, path, name string) iter.Seq2[string, *source.Value] {
	return func(yield func(string, *source.Value) bool) {
		for i, v := range object.Member(name).List() {
			if !yield(fmt.Sprintf("%s%s[%d].", path, name, i), v) {
				return
			}
		}
	}
}

// Empty reports whether the list has no value, known or not.
func (l *List) Empty() bool { return len(l.Values) == 0 && l.Doubt == nil }

// Texts are the values that are known.
func (l *List) Texts() []string {
	return source.Each(l.Values, func(v *source.Value) string { return v.Text })
}

// Alternatives are the values that are known, as a sentence lists them.
func (l *List) Alternatives() string {
	all := l.Texts()
	for i, text := range all {
		all[i] = inspect.InSentence(text)
	}
	return inspect.OneOf(all, inspect.MostListed)
}
