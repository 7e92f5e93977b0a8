package source

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"
)

// editor writes changes in the syntax of one format. Each edit is proved before it is handed out,
// so an editor need not know every corner of that syntax.
type editor interface {
	replace(at site, with *Value) Edit
	add(at site, key string, with *Value) Edit
	remove(at site, member int) Edit
	rename(m *Member, to string) Edit
	insert(at site, index int, with *Value) Edit
}

func (f *File) editor() editor {
	switch f.Format {
	case YAML:
		return yamlEditor{newYAMLWriter(f)}
	case HCL:
		return hclEditor{hclWriter{layout: newLayout(f)}}
	case TOML:
		return tomlEditor{newLayout(f)}
	case Shell:
		return shellEditor{newLayout(f)}
	case JSON:
	}
	return newJSONEditor(f)
}

// Replace returns the edit that puts another value in the place of v: nil, a bool, a string, an
// int, an int64, []any, [Fields], or a *Value. It is an error if the edit would change more than
// v.
func (f *File) Replace(v *Value, with any) (Edit, error) {
	at, value, err := f.prepare(v, with)
	if err != nil {
		return Edit{}, err
	}
	return f.prove(f.editor().replace(at, value), v, value)
}

// SetMember returns the edit that gives a member of an object another value, or adds it after the
// last member, in the way in which the file is written.
func (f *File) SetMember(object *Value, key string, with any) (Edit, error) {
	if err := f.mustBe(object, Object); err != nil {
		return Edit{}, err
	}
	at, value, err := f.prepare(object, with)
	if err != nil {
		return Edit{}, err
	}
	own := f.own(object)
	if i := lastMember(own, key); i >= 0 {
		return f.Replace(own[i].Value, value)
	}
	before, behind := object.Members[:len(own)], object.Members[len(own):]
	added := slices.Concat(before, []Member{{Key: key, Value: value}}, behind)
	added = Without(added, func(m Member) bool {
		return m.Key == key && m.Value != value // a merge key brought it in
	})
	changed := &Value{Kind: Object, Members: added, Labels: object.Labels}
	if len(object.Members) > 0 {
		e, err := f.prove(f.editor().add(at, key, value), object, changed)
		if err == nil || len(own) > 0 {
			return e, err
		}
	}
	// An empty object, or an alias, is written out.
	return f.prove(f.editor().replace(at, changed), object, changed)
}

// RemoveMember returns the edit that takes a member out of an object. It is an error if the member
// is not there, or appears twice.
func (f *File) RemoveMember(object *Value, key string) (Edit, error) {
	at, i, err := f.member(object, key)
	if err != nil {
		return Edit{}, err
	}
	changed := &Value{
		Kind: Object, Members: slices.Delete(slices.Clone(object.Members), i, i+1),
		Labels: object.Labels,
	}
	if len(changed.Members) == 0 {
		return f.prove(f.editor().replace(at, changed), object, changed)
	}
	return f.prove(f.editor().remove(at, i), object, changed)
}

// RenameMember returns the edit that gives a member of an object another name. It is an error if
// the new name is taken.
func (f *File) RenameMember(object *Value, from, to string) (Edit, error) {
	_, i, err := f.member(object, from)
	if err != nil {
		return Edit{}, err
	}
	if object.Find(to) != nil {
		return Edit{}, f.errorAt(object.Span.Start,
			fmt.Sprintf("the object has a member %s already", printable(to)), "")
	}
	changed := &Value{Kind: Object, Members: slices.Clone(object.Members), Labels: object.Labels}
	changed.Members[i].Key = to
	return f.prove(f.editor().rename(&object.Members[i], to), object, changed)
}

// InsertItem returns the edit that puts a value into a list, before the item with this index. The
// list's length appends.
func (f *File) InsertItem(list *Value, index int, with any) (Edit, error) {
	if err := f.mustBe(list, List); err != nil {
		return Edit{}, err
	}
	at, value, err := f.prepare(list, with)
	if err != nil {
		return Edit{}, err
	}
	if index < 0 || index > len(list.Items) {
		return Edit{}, f.errorAt(list.Span.Start,
			fmt.Sprintf("the list has %d items, and no position %d", len(list.Items), index), "")
	}
	before, behind := list.Items[:index], list.Items[index:]
	changed := &Value{Kind: List, Items: slices.Concat(before, []*Value{value}, behind)}
	if len(list.Items) == 0 {
		return f.prove(f.editor().replace(at, changed), list, changed)
	}
	return f.prove(f.editor().insert(at, index, value), list, changed)
}

// prepare finds the value to change, and makes a value of what the caller wants written.
func (f *File) prepare(v *Value, with any) (site, *Value, error) {
	at, ok := f.find(v)
	if !ok {
		return site{}, nil, &Error{Cause: "the value to be edited is not from this file"}
	}
	if parent := at.parent(); parent != nil && parent.isComputed() {
		return site{}, nil, f.computed(parent)
	}
	value, err := ValueOf(with)
	return at, value, err
}

// isComputed reports whether an expression gives an object or a list: then its parts have the
// place of the expression, and none of their own.
func (v *Value) isComputed() bool {
	return len(v.Items) > 0 && v.Items[0].Span == v.Span ||
		len(v.Members) > 0 && v.Members[0].KeySpan == v.Span
}

func (f *File) computed(v *Value) error {
	return f.errorAt(v.Span.Start, "an expression gives this value", "edit its parts by hand")
}

// member finds the only member of an object with this name.
func (f *File) member(object *Value, key string) (site, int, error) {
	if err := f.mustBe(object, Object); err != nil {
		return site{}, 0, err
	}
	at, _, err := f.prepare(object, nil)
	if err != nil {
		return site{}, 0, err
	}
	own := f.own(object)
	i := lastMember(own, key)
	if i < 0 {
		return site{}, 0,
			f.errorAt(object.Span.Start,
				fmt.Sprintf("the object has no member %s of its own", printable(key)), "")
	}
	if lastMember(own[:i], key) >= 0 {
		return site{}, 0,
			f.errorAt(own[i].KeySpan.Start,
				fmt.Sprintf("%s appears twice in the object", printable(key)),
				"remove one of them by hand")
	}
	return at, i, nil
}

func lastMember(members []Member, key string) int {
	for i := len(members) - 1; i >= 0; i-- {
		if members[i].Key == key {
			return i
		}
	}
	return -1
}

func (f *File) mustBe(v *Value, kind Kind) error {
	switch {
	case v == nil:
		return &Error{Cause: fmt.Sprintf("%s, which is to be edited, does not exist", kind)}
	case v.Kind != kind:
		return f.errorAt(v.Span.Start, fmt.Sprintf("this is %s, not %s", v.Kind, kind), "")
	case v.isComputed():
		return f.computed(v)
	}
	return nil
}

// own returns the members that are written in an object. They come before those that a merge key
// of YAML brings in, and before the tables of TOML that have a header.
func (f *File) own(object *Value) []Member {
	n := 0
	for n < len(object.Members) && !f.isMerged(object, object.Members[n].KeySpan) &&
		!(f.Format == TOML && object.Members[n].hasHeader()) {
		n++
	}
	return object.Members[:n]
}

func (f *File) isMerged(object *Value, key Span) bool {
	return slices.ContainsFunc(f.shared, func(s Span) bool {
		return s.contains(key) && !s.contains(object.Span)
	})
}

func (s Span) contains(other Span) bool { return s.Start <= other.Start && other.End <= s.End }

func (s Span) touches(other Span) bool { return s.Start < other.End && other.Start < s.End }

// Fields is an object to be written, its members in this order.
type Fields []Field

// Field is one member of an object to be written.
type Field struct {
	Key   string
	Value any
}

// ValueOf makes a value of what a caller wants written.
func ValueOf(with any) (*Value, error) {
	switch with := with.(type) {
	case nil:
		return &Value{Kind: Null}, nil
	case *Value:
		if with == nil {
			return &Value{Kind: Null}, nil
		}
		return with, nil
	case bool:
		return &Value{Kind: Bool, Text: strconv.FormatBool(with)}, nil
	case int:
		return &Value{Kind: Number, Text: strconv.Itoa(with)}, nil
	case int64:
		return &Value{Kind: Number, Text: strconv.FormatInt(with, 10)}, nil
	case string:
		if !utf8.ValidString(with) {
			return nil, &Error{Cause: "a string to be written is not UTF-8"}
		}
		return &Value{Kind: String, Text: with}, nil
	case []any:
		list := &Value{Kind: List}
		for _, item := range with {
			v, err := ValueOf(item)
			if err != nil {
				return nil, err
			}
			list.Items = append(list.Items, v)
		}
		return list, nil
	case Fields:
		object := &Value{Kind: Object}
		for _, field := range with {
			v, err := ValueOf(field.Value)
			if err != nil {
				return nil, err
			}
			object.Members = append(object.Members, Member{Key: field.Key, Value: v})
		}
		return object, nil
	}
	return nil, &Error{Cause: fmt.Sprintf("a value of type %T can't be written", with)}
}

// AppendDocument returns the edit that adds a document behind those of a YAML file, in the way in
// which the file is written.
func (f *File) AppendDocument(with any) (Edit, error) {
	end := len(f.Text)
	if f.Format != YAML {
		return Edit{}, f.errorAt(end, "only a YAML file can have several documents", "")
	}
	value, err := ValueOf(with)
	if err != nil {
		return Edit{}, err
	}
	w := newYAMLWriter(f)
	text := "---" + w.newline + w.block(value, 0) + w.newline
	if w.lineStart(end) != end {
		text = w.newline + text
	}
	return Edit{Span: Span{Start: end, End: end}, Text: text}, nil
}

// SetMembers returns the file as it reads after several members of an object are set, each as by
// [File.SetMember]. The file is read once, however many they are. It is an error where that would
// change anything else, or where the members can't be set at once: one after the other they may.
func (f *File) SetMembers(object *Value, set Fields) (*File, error) {
	if err := f.mustBe(object, Object); err != nil {
		return nil, err
	}
	own := f.own(object)
	if len(own) == 0 {
		return nil, f.notAtOnce(object)
	}
	members, edits := slices.Clone(own), make([]Edit, len(set))
	for i, field := range set {
		value, err := ValueOf(field.Value)
		if err != nil {
			return nil, err
		}
		if edits[i], err = f.memberEdit(object, own, field.Key, value); err != nil {
			return nil, err
		}
		if at := lastMember(members, field.Key); at >= 0 {
			members[at].Value = value
			continue
		}
		members = append(members, Member{Key: field.Key, Value: value})
	}
	for _, m := range object.Members[len(own):] {
		if lastMember(members, m.Key) < 0 {
			members = append(members, m) // what a merge key brings in
		}
	}
	edited, err := f.Edited(edits...)
	if err != nil {
		return nil, err
	}
	changed := &Value{Kind: Object, Members: members, Labels: object.Labels}
	if !f.differsIn(edited, object, changed) {
		return nil, f.notAtOnce(object)
	}
	return edited, nil
}

func (f *File) notAtOnce(object *Value) error {
	return f.errorAt(object.Span.Start, "these members can't be set at once", "set them one by "+
		"one")
}

// memberEdit is the edit that sets one member, in the syntax of the file. It is not proved.
func (f *File) memberEdit(object *Value, own []Member, key string, value *Value) (Edit, error) {
	i := lastMember(own, key)
	if i < 0 {
		at, _, err := f.prepare(object, value)
		if err != nil {
			return Edit{}, err
		}
		return f.editor().add(at, key, value), nil
	}
	at, _, err := f.prepare(own[i].Value, value)
	if err != nil {
		return Edit{}, err
	}
	return f.editor().replace(at, value), nil
}
