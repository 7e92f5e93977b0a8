package mulesoft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// edit is one change of a policy's entry: of a field of its configuration, or of a value that
// stands in it.
type edit struct {
	field string
	// as source.SetMember takes it; e is the entry as the edits before have left it
	to     func(e *entry) any
	rename bool // to is the field's new name; empty to remove it
	// the value; only the first edit can have one, for every edit reads the entry anew
	at *source.Value
}

// set is the edit that gives a field a value.
func set(
	field string,
	to any,
) edit {
	return edit{field: field, to: func(*entry) any { return to }}
}

// remove is the edit that takes a field out.
func remove(field string) edit {
	return edit{field: field, rename: true, to: func(*entry) any { return "" }}
}

// rewrite applies edits to an entry and returns the configuration after them and what has changed.
// They are made one after the other, or several at once where none of them depends on another. An
// edit that changes nothing is left out.
func rewrite(
	c *rules.Configuration,
	of *entry,
	edits []edit,
) (*rules.Configuration, []rules.FieldChange, error) {
	var changes []rules.FieldChange
	most := len(edits)
	for len(edits) > 0 {
		n := min(independent(edits), most)
		file, fields, err := apply(of, edits[:n])
		if err != nil && n > 1 {
			most = 1
			continue
		}
		if err == nil && file != of.file {
			c, of, err = edited(c, of, file)
		}
		if err != nil {
			return nil, nil, err
		}
		edits, changes = edits[n:], append(changes, fields...)
	}
	return c, changes, nil
}

// independent is how many edits can be made at once: those that set fields, until one is set
// again.
func independent(edits []edit) int {
	for i, e := range edits {
		same := func(before edit) bool { return before.field == e.field }
		if e.rename || e.at != nil || slices.ContainsFunc(edits[:i], same) {
			return max(i, 1)
		}
	}
	return len(edits)
}

// apply makes edits at once, and lists what they change.
func apply(of *entry, edits []edit) (*source.File, []rules.FieldChange, error) {
	var pending []edit
	var values []any
	var changes []rules.FieldChange
	for _, e := range edits {
		to, subject := e.to(of), e.subject(of)
		from := shown(subject)
		if !e.rename && from == fieldText(to) && subject.Is(source.String) == isText(to) {
			continue
		}
		pending, values = append(pending, e), append(values, to)
		changes = append(changes, rules.FieldChange{Field: e.field, From: from, To: fieldText(to)})
	}
	switch len(pending) {
	case 0:
		return of.file, nil, nil
	case 1:
		file, err := pending[0].apply(of, values[0])
		return file, changes, err
	}
	var set source.Fields
	for i, e := range pending {
		set = append(set, source.Field{Key: e.field, Value: values[i]})
	}
	file, err := of.setFields(set)
	return file, changes, err
}

// setFields sets several fields at once.
func (e *entry) setFields(set source.Fields) (*source.File, error) {
	switch {
	case e.jsonString != nil:
		return e.withText(func(inner *source.File) (*source.File, error) {
			return inner.SetMembers(inner.Documents[0], set)
		})
	case e.snakeCase == nil:
		return e.file.SetMembers(e.config, set)
	}
	for i := range set {
		set[i].Key = snake(set[i].Key)
	}
	return e.file.SetMembers(e.snakeCase, set)
}

// subject is the value that an edit is about; nil where it is not there.
func (e edit) subject(of *entry) *source.Value {
	if e.at != nil {
		return e.at
	}
	return of.config.Member(e.field)
}

// apply makes the edit in the entry's file.
func (e edit) apply(of *entry, to any) (*source.File, error) {
	if of.jsonString != nil && (e.at == nil || counterpart(of.config, of.config, e.at) != nil) {
		return e.applyToText(of, to)
	}
	config, spelled := of.config, e.field
	if of.snakeCase != nil {
		config, spelled = of.snakeCase, snake(e.field)
		if e.rename && to != "" {
			to = snake(fieldText(to))
		}
	}
	change, err := e.in(of.file, config, spelled, to)
	if err != nil {
		return nil, err
	}
	return of.file.Edited(change)
}

// in is the edit in the syntax of a file, which is the entry's own or the text that is its
// configuration.
func (e edit) in(
	file *source.File,
	config *source.Value,
	field string,
	to any,
) (source.Edit, error) {
	switch {
	case e.at != nil:
		return file.Replace(e.at, to)
	case e.rename && to == "":
		return file.RemoveMember(config, field)
	case e.rename:
		return file.RenameMember(config, field, fieldText(to))
	}
	return file.SetMember(config, field, to)
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

// fieldText is a value that is still to be written, as a list of changes shows it: a text as it
// is, a list or an object as JSON.
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

// withText edits a configuration that is kept as JSON in a string: on its own, and the string is
// then replaced as a whole.
func (e *entry) withText(
	change func(inner *source.File) (*source.File, error),
) (*source.File, error) {
	inner, err := source.ReadJSON(e.file.Name, []byte(e.jsonString.Text))
	if err != nil {
		return nil, err
	}
	if inner, err = change(inner); err != nil {
		return nil, err
	}
	return replaced(e.file, e.jsonString, string(inner.Text))
}

// applyToText makes the edit in the text that is the configuration.
func (e edit) applyToText(of *entry, to any) (*source.File, error) {
	return of.withText(func(inner *source.File) (*source.File, error) {
		e.at = counterpart(of.config, inner.Documents[0], e.at)
		change, err := e.in(inner, inner.Documents[0], e.field, to)
		if err != nil {
			return nil, err
		}
		return inner.Edited(change)
	})
}

// readOnly reports whether an entry can't be edited: it is a report, or a text that would not come
// out as it stands in the file, such as a block of several lines.
func (e *entry) readOnly() bool {
	if e.jsonString == nil {
		return e.report
	}
	same, err := replaced(e.file, e.jsonString, e.jsonString.Text)
	return e.report || err != nil || string(same.Text) != string(e.file.Text)
}
