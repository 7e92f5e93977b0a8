package mulesoft

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// planEntries reads the policies in what "terraform show -json" prints of a plan or of a state, in
// every module. A value that is known only after the apply is unknown.
func planEntries(document *source.Value) []entry {
	values := firstPresent(document.Member("planned_values"), document.Member("values"))
	if document.Member("format_version") == nil || values == nil {
		return nil
	}
	var all []entry
	root := planned{
		module:        values.Member("root_module"),
		configuration: document.At("configuration", "root_module"),
	}
	moduleEntries(&root, changesIn(document), &all)
	return all
}

// moduleEntries adds the policies of a module and of the modules inside it.
func moduleEntries(in *planned, changes map[string]*source.Value, all *[]entry) {
	refers := references{lookup: in.lookup}
	for _, resource := range in.module.Member("resources").List() {
		kind := resource.TextAt("type")
		change := changes[resource.TextAt("address")]
		values := withUnknown(resource.Member("values"), change.Member("after_unknown"))
		if e, ok := resourceEntry(kind, values, true); ok {
			e.place, e.report = resource, true
			if e.api == knownAfterApply {
				e.api = in.apiOf(resource)
			}
			if createdBy(change) {
				e.creator = creatorOf(kind)
			}
			names := strings.Join(in.references(resource), " ")
			if named := refers.gateway(names, mostLocals); named != "" {
				e.variant = named
			}
			*all = append(*all, e)
		}
	}
	for _, child := range in.module.Member("child_modules").List() {
		moduleEntries(in.child(child), changes, all)
	}
}

// changesIn are what a plan does with its resources, by their addresses; none in a state. Of two
// with one address the first counts.
func changesIn(document *source.Value) map[string]*source.Value {
	changes := map[string]*source.Value{}
	for _, change := range slices.Backward(document.Member("resource_changes").List()) {
		changes[change.TextAt("address")] = change.Member("change")
	}
	return changes
}

// createdBy reports whether a change of a plan creates its resource, new or in place of one
// that is there.
func createdBy(change *source.Value) bool {
	return slices.ContainsFunc(change.Member("actions").List(), func(action *source.Value) bool {
		return action.Text == "create"
	})
}

// withUnknown returns the values with an Unknown for each that the plan does not know yet.
func withUnknown(values, unknown *source.Value) *source.Value {
	switch {
	case values == nil:
		return nil
	case unknown.Is(source.Bool) && unknown.Text == "true":
		return afterApply(values)
	case values.Is(source.List) && unknown.Is(source.List):
		return withUnknownItems(values, unknown)
	case !values.Is(source.Object) || !unknown.Is(source.Object):
		return values
	}
	merged := *values
	merged.Members = slices.Clone(values.Members)
	for _, m := range unknown.Members {
		have := merged.Find(m.Key)
		switch {
		case have != nil && !have.Value.Is(source.Null):
			have.Value = withUnknown(have.Value, m.Value)
		case !marksUnknown(m.Value):
		case have != nil:
			have.Value = afterApply(have.Value)
		default:
			merged.Members = append(merged.Members, source.Member{
				Key: m.Key, KeyPos: values.Pos, KeySpan: values.Span, Value: afterApply(values),
			})
		}
	}
	return &merged
}

// withUnknownItems is withUnknown for a list. The plan may know of more items than it has.
func withUnknownItems(values, unknown *source.Value) *source.Value {
	merged := *values
	merged.Items = slices.Clone(values.Items)
	for i, mark := range unknown.Items {
		switch {
		case i < len(merged.Items):
			merged.Items[i] = withUnknown(merged.Items[i], mark)
		case marksUnknown(mark):
			merged.Items = append(merged.Items, afterApply(values))
		}
	}
	return &merged
}

// knownAfterApply stands for a value that a plan does not know yet.
const knownAfterApply = "(known after apply)"

// afterApply is what is known only after the apply, in the place of a value.
func afterApply(v *source.Value) *source.Value {
	return &source.Value{Kind: source.Unknown, Text: knownAfterApply, Pos: v.Pos, Span: v.Span}
}

// marksUnknown reports whether a plan marks something in a value, or all of it, as not known yet.
func marksUnknown(mark *source.Value) bool {
	inMember := func(m source.Member) bool { return marksUnknown(m.Value) }
	return mark.Is(source.Bool) && mark.Text == "true" ||
		slices.ContainsFunc(mark.Items, marksUnknown) ||
		slices.ContainsFunc(mark.Members, inMember)
}

// planned is a module of a plan or a state, with the part of the configuration that it was made
// from; that is nil in a state.
type planned struct {
	module, configuration *source.Value

	parent *planned // nil for the root
	call   string   // the name by which the parent calls it

	there, made map[resourceName][]*source.Value // the resources of each; nil before one is sought
}

type resourceName struct{ kind, name string }

func byName(resources *source.Value) map[resourceName][]*source.Value {
	all := map[resourceName][]*source.Value{}
	for _, resource := range resources.List() {
		name := nameOf(resource)
		all[name] = append(all[name], resource)
	}
	return all
}

func nameOf(resource *source.Value) resourceName {
	return resourceName{resource.TextAt("type"), resource.TextAt("name")}
}

// references are those in an expression by which a resource names its API instance, each behind
// the longer ones of the same path.
func (p *planned) references(resource *source.Value) []string {
	if p.configuration == nil {
		all, _ := resource.Member("depends_on").Strings()
		return all
	}
	if p.made == nil {
		p.made = byName(p.configuration.Member("resources"))
	}
	var all []string
	for _, made := range p.made[nameOf(resource)] {
		for _, argument := range []string{"apim_id", "api_instance_id"} {
			references, _ := made.At("expressions", argument, "references").Strings()
			all = append(all, references...)
		}
	}
	return all
}

// apiOf names the API instance of a resource, whose id is not known before the apply, by what the
// resource refers to: with the module, and with the resource's own key where the expression has a
// part for it. A resource that refers to nothing has an instance of its own.
func (p *planned) apiOf(resource *source.Value) string {
	references := p.references(resource)
	if len(references) == 0 {
		return resource.TextAt("address")
	}
	in, name := p.resolved(references[0], 20)
	name = strings.TrimPrefix(in.address()+"."+name, ".")
	perKey := func(r string) bool {
		return strings.HasPrefix(r, "each.") || strings.HasPrefix(r, "count.")
	}
	if key := resource.Member("index"); key != nil && slices.ContainsFunc(references, perKey) {
		name += "[" + key.JSON() + "]"
	}
	return name
}

// resolved follows a reference through the variables and the outputs of modules, at most so many,
// as long as each is one reference.
func (p *planned) resolved(reference string, most int) (in *planned, name string) {
	if most == 0 {
		return p, reference
	}
	if variable, ok := strings.CutPrefix(reference, "var."); ok && p.parent != nil {
		given := p.parent.configuration.At("module_calls", p.call, "expressions", variable)
		if one := onlyReference(given); one != "" {
			return p.parent.resolved(one, most-1)
		}
		return p, reference
	}
	parts := strings.Split(reference, ".")
	if len(parts) < 3 || parts[0] != "module" {
		return p, reference
	}
	for _, module := range p.module.Member("child_modules").List() {
		if callOf(module) != parts[1] {
			continue
		}
		child := p.child(module)
		given := child.configuration.At("outputs", parts[2], "expression")
		if one := onlyReference(given); one != "" && !strings.HasSuffix(child.address(), "]") {
			return child.resolved(one, most-1)
		}
	}
	return p, reference
}

// onlyReference is the reference that an expression is; empty where it has none, or several. A
// plan lists the paths to it too.
func onlyReference(expression *source.Value) string {
	all, _ := expression.Member("references").Strings()
	isOther := func(r string) bool { return !strings.HasPrefix(all[0], r) }
	if len(all) == 0 || slices.ContainsFunc(all, isOther) {
		return ""
	}
	return all[0]
}

func (p *planned) address() string { return p.module.TextAt("address") }

// lookup finds a resource of the module. Of several of one name, for the keys of a for_each, it is
// the first, unless they differ in their gateway: then it is none.
func (p *planned) lookup(kind, name string) *source.Value {
	if p.there == nil {
		p.there = byName(p.module.Member("resources"))
	}
	var found *source.Value
	for _, resource := range p.there[resourceName{kind, name}] {
		values := resource.Member("values")
		if found != nil && found.TextAt("technology") != values.TextAt("technology") {
			return nil
		}
		if found == nil {
			found = values
		}
	}
	return found
}

// child is a module inside the module.
func (p *planned) child(module *source.Value) *planned {
	name := callOf(module)
	return &planned{
		module:        module,
		configuration: p.configuration.At("module_calls", name, "module"),
		parent:        p, call: name,
	}
}

// callOf is the name by which a module's parent calls it.
func callOf(module *source.Value) string {
	address := "." + module.TextAt("address")
	_, call, _ := strings.Cut(address[max(strings.LastIndex(address, ".module."), 0):], ".module.")
	name, _, _ := strings.Cut(call, "[")
	return name
}
