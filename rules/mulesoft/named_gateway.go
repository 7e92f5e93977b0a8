package mulesoft

import (
	"regexp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// gatewayOf is the gateway that a Terraform expression names by the resource that it refers to, be
// it through a local value; empty where it names none or several. The lookup finds a resource, or
// a local value under the kind "local".
func gatewayOf(expression string, lookup func(kind, name string) *source.Value) string {
	return gatewayVia(expression, lookup, 3)
}

// gatewayVia is gatewayOf through at most so many local values.
func gatewayVia(
	expression string, lookup func(kind, name string) *source.Value, most int,
) string {
	reference := regexp.MustCompile(
		`([\w.-]*)\b(local|anypoint_[a-z0-9_]+)\.([\w-]+)|"(?:[^"$]|\$[^{])*"`,
	)
	named := ""
	for _, match := range reference.FindAllStringSubmatch(expression, -1) {
		before, kind, name := match[1], match[2], match[3]
		variant := ""
		switch {
		case kind == "" || before != "": // a text, or a data source
		case kind == "local" && most > 0:
			if v := lookup(kind, name); v != nil {
				variant = gatewayVia(v.Text, lookup, most-1)
			}
		case kind == "anypoint_api_instance":
			variant = technologyVariant(textOf(lookup(kind, name), "technology"))
		default:
			variant = resourceVariant(kind)
		}
		switch {
		case variant == "":
		case named != "" && variant != named:
			return ""
		default:
			named = variant
		}
	}
	return named
}

// resourceVariant is the gateway that a resource of this type stands for
// (mulesoft-anypoint/terraform-provider-anypoint).
func resourceVariant(kind string) string {
	switch kind {
	case "anypoint_apim_mule4":
		return Mule
	case "anypoint_apim_flexgateway", "anypoint_self_managed_omni_gateway":
		return Flex
	}
	return ""
}

// inFile finds the resources and the local values of a Terraform file.
func inFile(document *source.Value) func(kind, name string) *source.Value {
	return func(kind, name string) *source.Value {
		for _, m := range document.Members {
			labels := m.Value.Labels
			switch {
			case kind == "local" && m.Key == "locals":
				if v := m.Value.Member(name); v != nil {
					return v
				}
			case m.Key == "resource" && len(labels) == 2 && labels[0] == kind && labels[1] == name:
				return m.Value
			}
		}
		return nil
	}
}

// planned is a module of a plan or a state, with the part of the configuration that it was made
// from; that is nil in a state.
type planned struct{ module, configuration *source.Value }

// refersTo is the text of the references by which a resource names its API instance.
func (p planned) refersTo(resource *source.Value) string {
	var all []string
	for _, made := range p.configuration.Member("resources").List() {
		if textOf(made, "type") != textOf(resource, "type") ||
			textOf(made, "name") != textOf(resource, "name") {
			continue
		}
		for _, argument := range []string{"apim_id", "api_instance_id"} {
			references, _ := made.At("expressions", argument, "references").Strings()
			all = append(all, references...)
		}
	}
	if p.configuration == nil {
		all, _ = resource.Member("depends_on").Strings()
	}
	return strings.Join(all, " ")
}

// lookup finds a resource of the module.
func (p planned) lookup(kind, name string) *source.Value {
	for _, resource := range p.module.Member("resources").List() {
		if textOf(resource, "type") == kind && textOf(resource, "name") == name {
			return resource.Member("values")
		}
	}
	return nil
}

// child is a module inside the module.
func (p planned) child(module *source.Value) planned {
	address := "." + textOf(module, "address")
	_, call, _ := strings.Cut(address[max(strings.LastIndex(address, ".module."), 0):], ".module.")
	name, _, _ := strings.Cut(call, "[")
	return planned{module, p.configuration.At("module_calls", name, "module")}
}
