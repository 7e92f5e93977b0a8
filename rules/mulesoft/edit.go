package mulesoft

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// edit is one change of a policy's entry: a field of its configuration, or the policy kind itself.
type edit struct {
	field string
	to    func(e *entry) any // as source.SetMember takes it; e is the entry as the edits before have left it
}

// set is the edit that gives a field a value.
func set(field string, to any) edit { return edit{field, func(*entry) any { return to }} }

// rewrite applies edits to one entry of a file, one after the other, and returns the text and what has changed. An edit that
// changes nothing is left out.
func rewrite(file *source.File, index int, edits []edit) ([]byte, []rules.Change, error) {
	var changes []rules.Change
	for _, e := range edits {
		found := entries(file, "")
		if index >= len(found) {
			return nil, nil, fmt.Errorf("%s: policy %d is gone after an edit", file.Name, index)
		}
		config, to := found[index].config, e.to(&found[index])
		from := shown(config.Member(e.field))
		if from == fieldText(to) {
			continue
		}
		written, name := found[index].editable(e.field)
		change, err := file.SetMember(written, name, to)
		if err != nil {
			return nil, nil, err
		}
		if file, err = reread(file, change); err != nil {
			return nil, nil, err
		}
		changes = append(changes, rules.Change{Field: e.field, From: from, To: fieldText(to)})
	}
	return file.Text, changes, nil
}

// reread applies edits and reads the result, as a gateway would.
func reread(file *source.File, edits ...source.Edit) (*source.File, error) {
	text, err := source.Apply(file.Text, edits...)
	if err != nil {
		return nil, err
	}
	return source.Read(file.Name, text)
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

// convert replaces the policy kind of an entry: its asset, its version, and the whole configuration.
func convert(file *source.File, index int, asset, version string, config source.Fields) ([]byte, []rules.Change, error) {
	e := entries(file, "")[index]
	replacement := e.config
	if e.written != nil {
		replacement = e.written
	}
	name := asset
	if e.local {
		name += flexSuffix
	}
	replaced := []struct {
		at *source.Value
		to any
	}{{e.assetAt, name}, {e.versionAt, version}, {replacement, config}}
	changes := []rules.Change{{Field: "assetId", From: e.assetAt.Text, To: name}}
	var edits []source.Edit
	for _, r := range replaced {
		if r.at == nil {
			continue
		}
		change, err := file.Replace(r.at, r.to)
		if err != nil {
			return nil, nil, err
		}
		edits = append(edits, change)
	}
	for _, f := range config {
		from, to := shown(e.config.Member(f.Key)), fieldText(f.Value)
		if from != to {
			changes = append(changes, rules.Change{Field: f.Key, From: from, To: to})
		}
	}
	edited, err := reread(file, edits...)
	if err != nil {
		return nil, nil, err
	}
	return edited.Text, changes, nil
}

// fieldText is a value that is still to be written, as a list of changes shows it.
func fieldText(v any) string {
	if claims, ok := v.([]any); ok {
		text := ""
		for _, claim := range claims {
			if fields, ok := claim.(source.Fields); ok {
				text += fmt.Sprintf("%v: %v; ", fields[0].Value, fields[1].Value)
			}
		}
		return text
	}
	return fmt.Sprint(v)
}
