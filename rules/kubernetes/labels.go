package kubernetes

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Labels are those of a resource, or those that a selector wants.
type Labels map[string]string

// LabelsOf reads labels. A mark that a template leaves counts as it is written: the same mark is
// the same value wherever it stands.
func LabelsOf(v *source.Value) (Labels, bool) {
	if v == nil || v.Is(source.Null) {
		return nil, true
	}
	if !v.Is(source.Object) {
		return nil, false
	}
	all := Labels{}
	for i := range v.Members {
		m := &v.Members[i]
		if m.Value.Is(source.List) || m.Value.Is(source.Object) || m.Conflict {
			return nil, false
		}
		all[m.Key] = m.Value.Text
	}
	return all, true
}

// Selects reports whether a selector selects what has these labels.
func (l Labels) Selects(has Labels) bool {
	for key, value := range l {
		if got, ok := has[key]; !ok || got != value {
			return false
		}
	}
	return true
}

// And is what two selectors ask for together. It is not ok if they exclude each other.
func (l Labels) And(other Labels) (Labels, bool) {
	both := maps.Clone(other)
	if both == nil {
		both = Labels{}
	}
	for key, value := range l {
		if has, ok := both[key]; ok && has != value {
			return nil, false
		}
		both[key] = value
	}
	return both, true
}

// String lists the labels as kubectl takes them.
func (l Labels) String() string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(l)) {
		all = append(all, fmt.Sprintf("%s=%s", key, l[key]))
	}
	return strings.Join(all, ",")
}
