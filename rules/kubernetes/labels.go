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

// Requirement is what an expression of a selector wants of one label.
type Requirement struct {
	Key, Operator string
	Values        []string
}

// RequirementsOf reads the matchExpressions of a selector. It is not ok where one can't be read.
func RequirementsOf(v *source.Value) (all []Requirement, ok bool) {
	if v == nil || v.Is(source.Null) {
		return nil, true
	}
	if !v.Is(source.List) {
		return nil, false
	}
	for _, item := range v.Items {
		key, isKey := item.Member("key").Str()
		operator, isOperator := item.Member("operator").Str()
		values := ListIn(item, "", "values")
		r := Requirement{key, operator, values.Texts()}
		if !isKey || !isOperator || values.Doubt != nil || Marked(item.Member("key")) ||
			Marked(item.Member("operator")) {
			return nil, false
		}
		all = append(all, r)
	}
	return all, true
}

// sound reports whether Kubernetes takes the requirement.
func (r *Requirement) sound() bool {
	switch r.Operator {
	case "In", "NotIn":
		return len(r.Values) > 0
	case "Exists", "DoesNotExist":
		return len(r.Values) == 0
	}
	return false
}

// Fits reports whether labels are as the requirement wants them. NotIn holds for what has no such
// label, and one that Kubernetes does not take holds for nothing.
func (r *Requirement) Fits(has Labels) bool {
	value, there := has[r.Key]
	if !r.sound() {
		return false
	}
	switch r.Operator {
	case "In":
		return there && slices.Contains(r.Values, value)
	case "NotIn":
		return !there || !slices.Contains(r.Values, value)
	case "Exists":
		return there
	}
	return !there
}

// String is the requirement as kubectl takes it.
func (r *Requirement) String() string {
	switch r.Operator {
	case "In", "NotIn":
		return fmt.Sprintf("%s %s (%s)", r.Key, strings.ToLower(r.Operator),
			strings.Join(r.Values, ","))
	case "Exists":
		return r.Key
	}
	return "!" + r.Key
}
