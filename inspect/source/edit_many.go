package source

import "slices"

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
		value, err := valueOf(field.Value)
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
