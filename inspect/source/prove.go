package source

import "slices"

// prove returns an edit only where the file, read again after it, differs in nothing but what was asked for.
func (f *File) prove(e Edit, target, with *Value) (Edit, error) {
	edited, err := f.Edited(e)
	if err != nil || !f.differsIn(edited, target, with) {
		return Edit{}, f.unproved(e)
	}
	e.proof = &proof{before: f, after: edited}
	return e, nil
}

// differsIn reports whether an edited file has a value in the place of target, and is the same otherwise.
func (f *File) differsIn(edited *File, target, with *Value) bool {
	want := make([]*Value, len(f.Documents))
	for i, v := range f.Documents {
		want[i] = v.substitute(target, with)
	}
	return slices.EqualFunc(edited.Documents, want, equal)
}

func (f *File) unproved(e Edit) error {
	for _, s := range f.shared {
		if s.touches(e.Span) || s.contains(e.Span) {
			return f.errorAt(e.Span.Start, "this text stands for several values, through an alias", "edit it by hand, or write the values out first")
		}
	}
	return f.errorAt(e.Span.Start, "this can't be edited without changing something else", "edit it by hand")
}

// substitute returns the value with another one in the place of target. What does not hold target is not
// copied.
func (v *Value) substitute(target, with *Value) *Value {
	if v == target {
		return with
	}
	changed := v
	for i, item := range v.Items {
		if s := item.substitute(target, with); s != item {
			changed = &Value{Kind: v.Kind, Items: slices.Clone(v.Items)}
			changed.Items[i] = s
		}
	}
	for i := range v.Members {
		if s := v.Members[i].Value.substitute(target, with); s != v.Members[i].Value {
			changed = &Value{Kind: v.Kind, Members: slices.Clone(v.Members), Labels: v.Labels}
			changed.Members[i].Value = s
		}
	}
	return changed
}

// equal reports whether two values mean the same, wherever they stand.
func equal(a, b *Value) bool {
	return a.Kind == b.Kind && a.Text == b.Text && slices.Equal(a.Labels, b.Labels) && slices.EqualFunc(a.Items, b.Items, equal) &&
		slices.EqualFunc(a.Members, b.Members, func(a, b Member) bool { return a.Key == b.Key && equal(a.Value, b.Value) })
}

// site is where a value stands in its file.
type site struct {
	value   *Value
	parents []*Value // from the document to the value's parent
	key     *Member  // whose value it is, or nil
}

// parent returns the list or object around the value, or nil for a document.
func (s site) parent() *Value {
	if len(s.parents) == 0 {
		return nil
	}
	return s.parents[len(s.parents)-1]
}

// find returns the site of a value.
func (f *File) find(v *Value) (site, bool) {
	for _, document := range f.Documents {
		if s, ok := (site{value: document}).find(v); ok {
			return s, true
		}
	}
	return site{}, false
}

func (s site) find(v *Value) (site, bool) {
	if s.value == v {
		return s, true
	}
	inside := append(s.parents, s.value)
	for _, item := range s.value.Items {
		if found, ok := (site{value: item, parents: inside}).find(v); ok {
			return found, true
		}
	}
	for i := range s.value.Members {
		m := &s.value.Members[i]
		if found, ok := (site{value: m.Value, parents: inside, key: m}).find(v); ok {
			return found, true
		}
	}
	return site{}, false
}
