package mulesoft

import "github.com/gatewhy/gatewhy/inspect/source"

// planEntries reads what "terraform show -json" prints of a plan or of a state: the policies among its resources, in
// every module. A value that is known only after the apply is unknown.
func planEntries(document *source.Value) []entry {
	values := first(document.Member("planned_values"), document.Member("values"))
	if document.Member("format_version") == nil || values == nil {
		return nil
	}
	var all []entry
	moduleEntries(values.Member("root_module"), document.Member("resource_changes"), &all)
	return all
}

func moduleEntries(module, changes *source.Value, all *[]entry) {
	if module == nil {
		return
	}
	if resources := module.Member("resources"); resources.Is(source.List) {
		for _, resource := range resources.Items {
			kind, _ := resource.Member("type").Str()
			values := resource.Member("values")
			if e, ok := resourceEntry(kind, withUnknown(values, afterUnknown(resource, changes))); ok {
				e.place, e.sealed = resource, true
				*all = append(*all, e)
			}
		}
	}
	if children := module.Member("child_modules"); children.Is(source.List) {
		for _, child := range children.Items {
			moduleEntries(child, changes, all)
		}
	}
}

// afterUnknown finds what of a resource is known only after the apply.
func afterUnknown(resource, changes *source.Value) *source.Value {
	address, _ := resource.Member("address").Str()
	if !changes.Is(source.List) {
		return nil
	}
	for _, change := range changes.Items {
		if a, _ := change.Member("address").Str(); a == address {
			return change.At("change", "after_unknown")
		}
	}
	return nil
}

// withUnknown returns the values with an Unknown for each member that the plan does not know yet.
func withUnknown(values, unknown *source.Value) *source.Value {
	if values.Is(source.List) && unknown.Is(source.List) {
		return withUnknownItems(values, unknown)
	}
	if !values.Is(source.Object) || !unknown.Is(source.Object) {
		return values
	}
	merged := *values
	merged.Members = append([]source.Member{}, values.Members...)
	for _, m := range unknown.Members {
		switch have := merged.Find(m.Key); {
		case m.Value.Is(source.Bool) && m.Value.Text == "true":
			merged.Members = append(merged.Members, source.Member{
				Key: m.Key, KeyPos: values.Pos, KeySpan: values.Span,
				Value: &source.Value{Kind: source.Unknown, Text: "(known after apply)", Pos: values.Pos, Span: values.Span},
			})
		case have != nil:
			have.Value = withUnknown(have.Value, m.Value)
		}
	}
	return &merged
}

// withUnknownItems does so for the blocks of a list.
func withUnknownItems(values, unknown *source.Value) *source.Value {
	merged := *values
	merged.Items = make([]*source.Value, len(values.Items))
	for i, item := range values.Items {
		merged.Items[i] = item
		if i < len(unknown.Items) {
			merged.Items[i] = withUnknown(item, unknown.Items[i])
		}
	}
	return &merged
}
