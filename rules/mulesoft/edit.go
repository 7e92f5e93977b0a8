package mulesoft

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// edit is one change of a policy's entry: a field of its configuration, or, where it has a place, the value there.
type edit struct {
	field  string
	to     func(e *entry) any // as source.SetMember takes it; e is the entry as the edits before have left it
	rename bool               // to is the field's new name; empty to remove it
	place  source.Position
}

// set is the edit that gives a field a value.
func set(field string, to any) edit { return edit{field: field, to: func(*entry) any { return to }} }

// remove is the edit that takes a field out.
func remove(field string) edit {
	return edit{field: field, rename: true, to: func(*entry) any { return "" }}
}

// rewrite applies edits to one entry of a file, one after the other, and returns the edited file and what has changed. An
// edit that changes nothing is left out.
func rewrite(file *source.File, index int, edits []edit) (*source.File, []rules.Change, error) {
	var changes []rules.Change
	for _, e := range edits {
		found := editableEntries(file)
		if index >= len(found) {
			return nil, nil, fmt.Errorf("%s: policy %d is gone after an edit", file.Name, index)
		}
		found[index].openText(file)
		to := e.to(&found[index])
		subject := e.subject(&found[index])
		from := shown(subject)
		if !e.rename && from == fieldText(to) && subject.Is(source.String) == isText(to) {
			continue
		}
		change, err := e.change(file, &found[index], to)
		if err != nil {
			return nil, nil, err
		}
		if file, err = file.Edited(change); err != nil {
			return nil, nil, err
		}
		changes = append(changes, rules.Change{Field: e.field, From: from, To: fieldText(to)})
	}
	return file, changes, nil
}

// editableEntries reads a file of which it is known that it holds policies: where it names none, it is a bare configuration.
func editableEntries(file *source.File) []entry {
	found := entries(file, "")
	if found == nil && len(file.Documents) == 1 {
		return []entry{bareEntry(file.Documents[0], "")}
	}
	return found
}

// subject is the value that an edit is about; nil where it is not there.
func (e edit) subject(of *entry) *source.Value {
	if e.place.Line == 0 {
		return of.config.Member(e.field)
	}
	if of.text != nil {
		if v := of.text.value(e.place); v != nil {
			return v
		}
	}
	return valueAt(of.place, e.place)
}

// change is the edit in the file's own syntax.
func (e edit) change(file *source.File, of *entry, to any) (source.Edit, error) {
	inText := of.text != nil && (e.place.Line == 0 || of.text.value(e.place) != nil)
	if !inText {
		return e.changeIn(file, of, to)
	}
	change, err := e.changeIn(of.text.file, of, to)
	if err != nil {
		return source.Edit{}, err
	}
	return of.text.put(file, change)
}

// changeIn is the edit of a file, or of the text that is the configuration.
func (e edit) changeIn(file *source.File, of *entry, to any) (source.Edit, error) {
	written, name := of.editable(e.field)
	switch {
	case e.place.Line > 0:
		return file.Replace(e.subject(of), to)
	case e.rename && to == "":
		return file.RemoveMember(written, name)
	case e.rename:
		_, renamed := of.editable(fieldText(to))
		return file.RenameMember(written, name, renamed)
	}
	return file.SetMember(written, name, to)
}

// valueAt returns the value at a place, in v or below; nil where there is none.
func valueAt(v *source.Value, pos source.Position) *source.Value {
	if v.Pos == pos {
		return v
	}
	for _, item := range v.Items {
		if found := valueAt(item, pos); found != nil {
			return found
		}
	}
	for i := range v.Members {
		if found := valueAt(v.Members[i].Value, pos); found != nil {
			return found
		}
	}
	return nil
}

// isText reports whether a value that is still to be written is a string.
func isText(v any) bool {
	_, ok := v.(string)
	return ok
}

// shown is a value as a list of changes shows it.
func shown(v *source.Value) string {
	switch {
	case v == nil:
		return ""
	case v.Kind == source.List || v.Kind == source.Object:
		return v.JSON()
	}
	return v.Text
}

// fieldText is a value that is still to be written, as a list of changes shows it: a text as it is, a list or an object
// as JSON.
func fieldText(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	return jsonText(v)
}

func jsonText(v any) string {
	var parts []string
	switch v := v.(type) {
	case string:
		return (&source.Value{Kind: source.String, Text: v}).JSON()
	case *source.Value:
		return v.JSON()
	case []any:
		for _, item := range v {
			parts = append(parts, jsonText(item))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case source.Fields:
		for _, f := range v {
			parts = append(parts, jsonText(f.Key)+":"+jsonText(f.Value))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return fmt.Sprint(v)
}
