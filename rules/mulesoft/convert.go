package mulesoft

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// convert replaces the policy kind of an entry: its asset, its version, and the fields of its
// configuration. What both kinds have stays where it stands, with the comments beside it. Where a
// field can't be edited by itself, as in an alias of YAML, the whole configuration is written
// anew.
func convert(
	c *rules.Configuration,
	e *entry,
	asset, version string,
	config source.Fields,
) (*rules.Configuration, []rules.FieldChange, error) {
	name := asset
	if e.local {
		name += flexSuffix
	}
	file, err := e.ofKind(name, version)
	if err != nil {
		return nil, nil, err
	}
	named, of, err := edited(c, e, file)
	if err != nil {
		return nil, nil, err
	}
	edits, changes := e.conversion(config)
	changes = append(e.renaming(name), changes...)
	after, _, err := rewrite(named, of, edits)
	if err != nil {
		after, err = replaceConfiguration(named, of, config)
	}
	return after, changes, err
}

// ofKind names another policy kind in an entry, wherever the entry names its own.
func (e *entry) ofKind(name, version string) (*source.File, error) {
	var edits []source.Edit
	for _, replaced := range []struct {
		at *source.Value
		to string
	}{{e.assetAt, name}, {e.versionAt, version}, {e.ownTemplate(), name}} {
		if replaced.at == nil {
			continue
		}
		edit, err := e.file.Replace(replaced.at, replaced.to)
		if err != nil {
			return nil, err
		}
		edits = append(edits, edit)
	}
	return e.file.Edited(edits...)
}

// ownTemplate is the template id that stands beside the asset's, a number or the asset's name: API
// Manager takes the name in its place. It is nil where the entry has none.
func (e *entry) ownTemplate() *source.Value {
	if e.templateAt == e.assetAt {
		return nil
	}
	return e.templateAt
}

// renaming is what ofKind changes, the version aside.
func (e *entry) renaming(name string) []rules.FieldChange {
	changes := []rules.FieldChange{{Field: "assetId", From: e.assetAt.Text, To: name}}
	if template := e.ownTemplate(); template != nil {
		changes = append(
			changes,
			rules.FieldChange{Field: "policyTemplateId", From: template.Text, To: name},
		)
	}
	return changes
}

// conversion lists the edits that make an entry's configuration this one, and what they change.
func (e *entry) conversion(config source.Fields) ([]edit, []rules.FieldChange) {
	var edits []edit
	var changes []rules.FieldChange
	for _, m := range e.config.Members {
		if !slices.ContainsFunc(config, func(f source.Field) bool { return f.Key == m.Key }) {
			edits = append(edits, remove(m.Key))
			changes = append(changes, rules.FieldChange{Field: m.Key, From: shown(m.Value)})
		}
	}
	for _, f := range config {
		edits = append(edits, set(f.Key, f.Value))
		if from, to := shown(e.config.Member(f.Key)), fieldText(f.Value); from != to {
			changes = append(changes, rules.FieldChange{Field: f.Key, From: from, To: to})
		}
	}
	return edits, changes
}

// replaceConfiguration writes the whole configuration of an entry anew: as text where it is kept
// as text.
func replaceConfiguration(
	c *rules.Configuration,
	e *entry,
	config source.Fields,
) (*rules.Configuration, error) {
	at, with := e.config, any(config)
	if e.text != nil {
		at, with = e.text, jsonText(config)
	}
	file, err := replaced(e.file, at, with)
	if err != nil {
		return nil, err
	}
	after, _, err := edited(c, e, file)
	return after, err
}
