package configurations

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
)

// Variant is a configuration as it is with one field changed.
type Variant struct {
	Field        string
	Absent, Null string
	Odd          []string // with values of another type
}

// Variants lists those of a configuration in JSON: one for each member of its objects.
func Variants(t *testing.T, text string) []Variant {
	t.Helper()
	var whole any
	if err := json.Unmarshal([]byte(text), &whole); err != nil {
		t.Fatal(err)
	}
	var all []Variant
	eachMember(whole, "", func(of object, name, field string) {
		was := of[name]
		with := func(v any) string {
			of[name] = v
			return inJSON(t, whole)
		}
		v := Variant{Field: field, Null: with(nil)}
		for _, odd := range []any{"7", 7, true, list{}, list{7}, list{list{}}, object{}} {
			if unlike(was, odd) {
				v.Odd = append(v.Odd, with(odd))
			}
		}
		delete(of, name)
		v.Absent = inJSON(t, whole)
		of[name] = was
		all = append(all, v)
	})
	return all
}

// unlike reports whether a value has another type than one that a field has had, or is a list of
// items of another type.
func unlike(was, odd any) bool {
	items, isList := odd.(list)
	had, wasList := was.(list)
	if isList && wasList {
		return len(items) > 0 && len(had) > 0 && unlike(had[0], items[0])
	}
	return fmt.Sprintf("%T", was) != fmt.Sprintf("%T", odd)
}

func eachMember(v any, path string, visit func(of object, name, field string)) {
	switch v := v.(type) {
	case list:
		for i, item := range v {
			eachMember(item, fmt.Sprintf("%s[%d]", path, i), visit)
		}
	case object:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			field := path + "." + name
			visit(v, name, field)
			eachMember(v[name], field, visit)
		}
	}
}
