package mulesoft

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// edit is one change of a policy's entry. It sets, renames or removes a field of the
// configuration, or replaces a value anywhere in the entry.
type edit struct {
	field  string
	rename bool // the field, to the name that to gives; an empty name removes it

	// at is the value to replace. Only the first edit can have one, since later edits read the
	// entry again.
	at *source.Value

	// to gives the new value in a form that source.SetMember takes. It gets the entry as the
	// earlier edits have left it.
	to func(e *entry) any
}

// set is the edit that gives a field a value.
func set(field string, to any) edit {
	return edit{field: field, to: func(*entry) any { return to }}
}

// rename is the edit that gives a field another name, or removes it where the name is empty.
func rename(field, name string) edit {
	return edit{field: field, rename: true, to: func(*entry) any { return name }}
}

// rewrite applies edits to an entry, and returns the configuration after them and what has
// changed. It applies several edits at once where none of them depends on another, or one at a
// time where that fails. It leaves out edits that change nothing.
func rewrite(
	c *rules.Configuration, of *entry, edits []edit,
) (*rules.Configuration, []rules.FieldChange, error) {
	var changes []rules.FieldChange
	most := len(edits)
	for len(edits) > 0 {
		n := min(independent(of, edits), most)
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

// independent is the number of edits that can be applied at once: the first ones that set
// different fields, and at least one. A list that is there is amended by itself.
func independent(of *entry, edits []edit) int {
	for i, e := range edits {
		same := func(before edit) bool { return before.field == e.field }
		amends := of.config.Member(e.field).Is(source.List)
		if e.rename || e.at != nil || amends || slices.ContainsFunc(edits[:i], same) {
			return max(i, 1)
		}
	}
	return len(edits)
}

// apply applies edits at once, and lists what they change.
func apply(of *entry, edits []edit) (*source.File, []rules.FieldChange, error) {
	var pending []edit
	var values []any
	var changes []rules.FieldChange
	for _, e := range edits {
		to, now := e.to(of), e.current(of)
		from := shown(now)
		_, isString := to.(string)
		if !e.rename && from == fieldText(to) && now.Is(source.String) == isString {
			continue
		}
		pending, values = append(pending, e), append(values, to)
		changes = append(changes, changeOf(e.field, from, fieldText(to)))
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

// setFields sets several fields at once, wherever the entry keeps its configuration.
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
		set[i].Key = e.spelled(set[i].Key)
	}
	return e.file.SetMembers(e.snakeCase, set)
}

// current is the value that an edit changes; nil where there is none yet.
func (e edit) current(of *entry) *source.Value {
	if e.at != nil {
		return e.at
	}
	return of.config.Member(e.field)
}

// apply applies one edit, wherever the entry keeps its configuration.
func (e edit) apply(of *entry, to any) (*source.File, error) {
	if of.jsonString != nil && (e.at == nil || of.config.Counterpart(of.config, e.at) != nil) {
		return of.withText(func(inner *source.File) (*source.File, error) {
			e.at = of.config.Counterpart(inner.Documents[0], e.at)
			return e.applyTo(inner, inner.Documents[0], e.field, to)
		})
	}
	config, spelled := of.config, e.field
	if of.snakeCase != nil {
		config, spelled = of.snakeCase, of.spelled(e.field)
		if e.rename && to != "" {
			to = of.spelled(fieldText(to))
		}
	}
	return e.applyTo(of.file, config, spelled, to)
}

// applyTo applies the edit to a file that has this configuration: the entry's own file, or the
// JSON in a string of it.
func (e edit) applyTo(
	file *source.File, config *source.Value, field string, to any,
) (*source.File, error) {
	var change source.Edit
	var err error
	switch {
	case e.at != nil:
		change, err = file.Replace(e.at, to)
	case e.rename && to == "":
		change, err = file.RemoveMember(config, field)
	case e.rename:
		change, err = file.RenameMember(config, field, fieldText(to))
	default:
		if list, isList := to.([]any); isList {
			if file := amended(file, config.Member(field), list); file != nil {
				return file, nil
			}
		}
		change, err = file.SetMember(config, field, to)
	}
	if err != nil {
		return nil, err
	}
	return file.Edited(change)
}

// amended is a file in which a list has one item more at its end, or one other item, and is as it
// was otherwise. It is nil where more is different, or where the file can't be edited so.
func amended(file *source.File, list *source.Value, to []any) *source.File {
	if !list.Is(source.List) {
		return nil
	}
	same := 0
	for same < min(len(list.Items), len(to)) && list.Items[same].JSON() == jsonText(to[same]) {
		same++
	}
	var after *source.File
	var err error
	switch n := len(list.Items); {
	case len(to) == n+1 && same == n:
		var change source.Edit
		if change, err = file.InsertItem(list, n, to[n]); err == nil {
			after, err = file.Edited(change)
		}
	case len(to) == n && same < n && sameItems(list.Items[same+1:], to[same+1:]):
		after, err = withItem(file, list.Items[same], to[same])
	}
	if err != nil {
		return nil
	}
	return after
}

func sameItems(items []*source.Value, to []any) bool {
	return slices.EqualFunc(items, to, func(item *source.Value, with any) bool {
		return item.JSON() == jsonText(with)
	})
}

// withItem is a file in which an item of a list is another one. Of an object that has the same
// members only their values are written.
func withItem(file *source.File, item *source.Value, with any) (*source.File, error) {
	fields, _ := with.(source.Fields)
	var edits []source.Edit
	for _, field := range fields {
		v := item.Member(field.Key)
		if v == nil || len(item.Members) != len(fields) {
			return replaced(file, item, with)
		}
		if v.JSON() == jsonText(field.Value) {
			continue
		}
		change, err := file.Replace(v, field.Value)
		if err != nil {
			return nil, err
		}
		edits = append(edits, change)
	}
	if edits == nil {
		return replaced(file, item, with)
	}
	return file.Edited(edits...)
}

// shown is a value of the file as a list of changes shows it.
func shown(v *source.Value) string {
	switch {
	case v == nil:
		return ""
	case v.Kind == source.List || v.Kind == source.Object:
		return v.JSON()
	}
	return v.Text
}

// fieldText is a value that an edit writes, as a list of changes shows it: a string as it is, a
// list or an object as JSON.
func fieldText(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	return jsonText(v)
}

// jsonText is a value that an edit writes, as JSON.
func jsonText(v any) string {
	value, err := source.ValueOf(v)
	if err != nil {
		return fmt.Sprint(v) // it can't be written either
	}
	return value.JSON()
}

// withText edits a configuration that is kept as JSON in a string. It edits the JSON as a file of
// its own, and then replaces the whole string.
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

// readOnly reports whether an entry can't be edited. It is a report, or its string of JSON is in a
// form that would be written otherwise, such as a block of several lines.
func (e *entry) readOnly() bool {
	if e.jsonString == nil {
		return e.report
	}
	same, err := replaced(e.file, e.jsonString, e.jsonString.Text)
	return e.report || err != nil || string(same.Text) != string(e.file.Text)
}

// claimEntry is a custom claim as the configuration of JWT Validation lists it.
func claimEntry(key, value string) source.Fields {
	return source.Fields{{Key: "key", Value: key}, {Key: "value", Value: value}}
}

// claimValue is what the configuration asks of a mandatory custom claim; empty where it does not
// ask.
func claimValue(e *entry, key string) string {
	for _, item := range e.config.Member("mandatoryCustomClaims").List() {
		if item.TextAt("key") == key {
			return item.TextAt("value")
		}
	}
	return ""
}

// replaceClaim puts a mandatory custom claim in the place of all with one key.
func replaceClaim(key string, claim source.Fields) edit {
	return edit{field: "mandatoryCustomClaims", to: func(e *entry) any {
		return e.claimsWith(claim, func(item *source.Value) bool {
			return item.TextAt("key") == key
		})
	}}
}

// addClaim adds a mandatory custom claim, in the place of entries that check nothing but the same
// claim, since they did not check it well. Where the check of the listed claims is switched off,
// the new list has this claim alone, since the check would be switched on for the others too.
func (e *entry) addClaim(variant string, claim source.Fields) []edit {
	checked := on(e.config, "validateCustomClaim")
	add := edit{field: "mandatoryCustomClaims", to: func(now *entry) any {
		if !checked {
			return []any{claim}
		}
		c := compiler{entry: now, variant: variant}
		return now.claimsWith(claim, func(item *source.Value) bool {
			return item.TextAt("key") == claim[0].Value && c.readsOnly(item)
		})
	}}
	return []edit{set("validateCustomClaim", true), add}
}

// claimsWith lists the mandatory custom claims with this one in the place of those that it
// replaces, or behind all others.
func (e *entry) claimsWith(claim source.Fields, replaces func(item *source.Value) bool) []any {
	all, at := []any{}, -1
	for _, item := range e.config.Member("mandatoryCustomClaims").List() {
		switch {
		case !replaces(item):
			all = append(all, item)
		case at < 0:
			at = len(all)
		}
	}
	if at < 0 {
		at = len(all)
	}
	return slices.Concat(all[:at], []any{claim}, all[at:])
}

// readsOnly reports whether an entry of a list of custom claims surely looks at nothing but the
// claim that it is named after: its value is a text, or an expression that reads no other claim.
func (c *compiler) readsOnly(item *source.Value) bool {
	value := item.Member("value")
	text, ok := value.Str()
	if !ok || templated(value) {
		return false
	}
	code, _, isExpression := dataweave.Template(text)
	if !isExpression {
		return true
	}
	expr, err := c.parsed.parse(code, c.dialect())
	if err != nil {
		return false
	}
	claim := "vars.claimSet." + item.TextAt("key")
	return !slices.ContainsFunc(expr.Reads(), func(path string) bool { return path != claim })
}
