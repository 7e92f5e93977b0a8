package mulesoft

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// planned is a module of a plan or a state, with the part of the configuration that it was made
// from; that is nil in a state.
type planned struct {
	module, configuration *source.Value

	parent *planned // nil for the root
	call   string   // the name by which the parent calls it
}

// references are those in an expression by which a resource names its API instance, each behind
// the longer ones of the same path.
func (p *planned) references(resource *source.Value) []string {
	if p.configuration == nil {
		all, _ := resource.Member("depends_on").Strings()
		return all
	}
	var all []string
	for _, made := range p.configuration.Member("resources").List() {
		if made.TextAt("type") != resource.TextAt("type") ||
			made.TextAt("name") != resource.TextAt("name") {
			continue
		}
		for _, argument := range []string{"apim_id", "api_instance_id"} {
			references, _ := made.At("expressions", argument, "references").Strings()
			all = append(all, references...)
		}
	}
	return all
}

// refersTo is the text of the references by which a resource names its API instance.
func (p *planned) refersTo(resource *source.Value) string {
	return strings.Join(p.references(resource), " ")
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
		child := p.child(module)
		given := child.configuration.At("outputs", parts[2], "expression")
		if one := onlyReference(given); child.call == parts[1] && one != "" &&
			!strings.HasSuffix(child.address(), "]") {
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
	var found *source.Value
	for _, resource := range p.module.Member("resources").List() {
		if resource.TextAt("type") != kind || resource.TextAt("name") != name {
			continue
		}
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
	address := "." + module.TextAt("address")
	_, call, _ := strings.Cut(address[max(strings.LastIndex(address, ".module."), 0):], ".module.")
	name, _, _ := strings.Cut(call, "[")
	return &planned{
		module:        module,
		configuration: p.configuration.At("module_calls", name, "module"),
		parent:        p, call: name,
	}
}
