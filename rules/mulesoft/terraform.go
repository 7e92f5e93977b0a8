package mulesoft

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// terraformEntries reads the policies among the resources of a Terraform file, in either of its
// two forms.
func terraformEntries(document *source.Value) []entry {
	var all []entry
	blocks := document.Blocks()
	for _, m := range blocks {
		if m.Key != "resource" || len(m.Value.Labels) == 0 {
			continue
		}
		if e, ok := resourceEntry(m.Value.Labels[0], m.Value, false); ok {
			if named := gatewayOf(e.api, inFile(blocks)); named != "" {
				e.variant = named
			}
			e.creator = creatorOf(m.Value.Labels[0])
			all = append(all, e)
		}
	}
	return all
}

// resourceEntry reads a resource of one of the three Terraform providers. A resource has the type
// of one policy kind, or the generic type and an asset id. The arguments of the former are in
// snake_case, and become the policy's own names. A plan shows a block of theirs that may appear
// only once as a list of one; anywhere else a list of one is not the object in it.
func resourceEntry(kind string, values *source.Value, inPlan bool) (entry, bool) {
	asset, generic, ok := resourceAsset(kind)
	switch {
	case values == nil, !ok && !strings.HasPrefix(kind, "anypoint_ap"), noPolicyResource(kind):
		return entry{}, false
	case !ok:
		return strangeResource(kind, values), true
	}
	e := entry{
		place:    values,
		disabled: values.Member("disabled"),
		routes:   routesOf(values.Members),
		orderAt:  values.Member("order"),
		outbound: values.TextAt("injection_point") == "outbound",
		filled:   !generic && strings.HasPrefix(kind, filledPrefix),
		configAt: cmp.Or(values.Find("configuration_data"), values.Find("configuration")),
		config: firstPresent(
			values.Member("configuration_data"), values.Member("configuration"),
		),
		asset:     asset,
		versionAt: values.Member("asset_version"),
	}
	api := firstPresent(values.Member("apim_id"), values.Member("api_instance_id"))
	e.api, e.referred = reference(api), api.Is(source.Unknown) && !inPlan
	if inPlan && !generic {
		e.config = block(e.config)
	}
	if twice := blocks(values.Members, "configuration_data"); len(twice) > 1 {
		e.config = &source.Value{Kind: source.List, Items: twice}
	}
	e.version, _ = e.versionAt.Str()
	e.side = placedAt("injection_point", values.Member("injection_point"))
	for _, name := range []string{"count", "for_each"} {
		if m := values.Find(name); m != nil {
			e.instances = append(e.instances, m)
		}
	}
	if !generic {
		e.snakeCase, e.config = e.config, camelConfig(e.asset, e.config)
	} else {
		e.assetAt = firstPresent(values.Member("asset_id"), values.Member("policy_type"))
		name, _ := e.assetAt.Str()
		e.asset, e.variant = splitName(name)
		e.groupAt = firstPresent(values.Member("asset_group_id"), values.Member("group_id"))
		e.custom = !vendorGroup(e.groupAt)
	}
	if e.variant == "" {
		e.variant = versionVariant(e.asset, e.version)
	}
	if at := firstPresent(e.assetAt, values); !e.custom && !known(e.asset) {
		e.strange = strangeAsset(e.asset, at)
	}
	return e, true
}

// block unwraps a block that may appear only once, as a plan shows it.
func block(v *source.Value) *source.Value {
	if v.Is(source.List) && len(v.Items) == 1 {
		return v.Items[0]
	}
	return v
}

// blocks lists the values of one name: a block that may appear only once is refused if it appears
// again.
func blocks(members []source.Member, name string) []*source.Value {
	var all []*source.Value
	for _, m := range members {
		if m.Key == name {
			all = append(all, m.Value)
		}
	}
	return all
}

// reference names an API instance by the expression that refers to it, or by its id.
func reference(v *source.Value) string {
	if v.Is(source.Unknown) {
		return v.Text
	}
	return label(v)
}

// filledPrefix begins the names of the resources whose provider writes a policy with the defaults
// of the fields that are absent (mulesoft-anypoint/terraform-provider-anypoint,
// resource_apim_policy_jwt_validation.go).
const filledPrefix = "anypoint_apim_policy_"

// resourceAsset is the policy kind that a resource's type names, or generic where an argument
// names it (providers mulesoft-anypoint/anypoint and mulesoft/anypoint).
func resourceAsset(kind string) (asset string, generic, ok bool) {
	switch kind {
	case "anypoint_apim_policy", "anypoint_apim_policy_custom", "anypoint_api_policy":
		return "", true, true
	}
	for _, prefix := range []string{filledPrefix, "anypoint_api_policy_"} {
		if name, ok := strings.CutPrefix(kind, prefix); ok {
			return strings.ReplaceAll(name, "_", "-"), false, true
		}
	}
	return "", false, false
}

// claimBlocks returns the list to which a block with one claim belongs; nil for any other member.
// One provider writes a list of claims as blocks, one for each claim
// (mulesoft-anypoint/terraform-provider-anypoint, resource_apim_policy_jwt_validation.go).
func claimBlocks(config *source.Value, m *source.Member) *source.Value {
	if m.Key != "mandatoryCustomClaims" && m.Key != "nonMandatoryCustomClaims" ||
		!m.Value.Is(source.Object) {
		return nil
	}
	switch there := config.Member(m.Key); {
	case there.Is(source.List):
		return there
	case there.Is(source.Unknown): // more blocks of that name, how many is not known
		return &source.Value{}
	}
	list := &source.Value{Kind: source.List, Pos: m.Value.Pos, Span: m.Value.Span}
	config.Members = append(config.Members, source.Member{
		Key: m.Key, KeyPos: m.KeyPos, KeySpan: m.KeySpan, Value: list,
	})
	return list
}

// routesOf reads the pointcut_data blocks into API Manager's form of routes. Each block has a list
// of methods and a path. It is nil where there is no block. Where the blocks are not known, or
// have another form, so are the routes.
func routesOf(members []source.Member) *source.Value {
	routes := &source.Value{Kind: source.List}
	for _, m := range members {
		if m.Key != "pointcut_data" || m.Value.Is(source.Null) {
			continue
		}
		if routes.Items == nil {
			routes.Pos, routes.Span = m.KeyPos, m.KeySpan
		}
		switch v := m.Known(); v.Kind {
		case source.List:
			for _, item := range v.Items {
				routes.Items = append(routes.Items, routeOf(item))
			}
		case source.Object:
			routes.Items = append(routes.Items, routeOf(v))
		default:
			return v
		}
	}
	if routes.Items == nil {
		return nil
	}
	return routes
}

// routeOf is a pointcut_data block in API Manager's form. It keeps what has another form.
func routeOf(block *source.Value) *source.Value {
	if !block.Is(source.Object) {
		return block
	}
	methods := block.Member("method_regex")
	if texts, ok := methods.Strings(); ok && len(texts) > 0 {
		joined := *source.NewString(strings.Join(texts, "|"))
		joined.Pos, joined.Span = methods.Pos, methods.Span
		methods = &joined
	} else if methods.Is(source.List) {
		for _, item := range methods.Items {
			if item.Is(source.Unknown) {
				methods = item
			}
		}
	}
	return object(
		source.Member{Key: "methodRegex", Value: methods},
		source.Member{Key: "uriTemplateRegex", Value: block.Member("uri_template_regex")},
	)
}

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
	moduleEntries(&root, document.Member("resource_changes"), &all)
	return all
}

// moduleEntries adds the policies of a module and of the modules inside it.
func moduleEntries(in *planned, changes *source.Value, all *[]entry) {
	for _, resource := range in.module.Member("resources").List() {
		kind := resource.TextAt("type")
		change := changeOfResource(resource, changes)
		values := withUnknown(resource.Member("values"), change.Member("after_unknown"))
		if e, ok := resourceEntry(kind, values, true); ok {
			e.place, e.report = resource, true
			if e.api == knownAfterApply {
				e.api = in.apiOf(resource)
			}
			if createdBy(change) {
				e.creator = creatorOf(kind)
			}
			if named := gatewayOf(in.refersTo(resource), in.lookup); named != "" {
				e.variant = named
			}
			*all = append(*all, e)
		}
	}
	for _, child := range in.module.Member("child_modules").List() {
		moduleEntries(in.child(child), changes, all)
	}
}

// changeOfResource is what a plan does with a resource; nil in a state, which changes nothing.
func changeOfResource(resource, changes *source.Value) *source.Value {
	address := resource.TextAt("address")
	for _, change := range changes.List() {
		if change.TextAt("address") == address {
			return change.Member("change")
		}
	}
	return nil
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
	return &source.Value{
		Kind: source.Unknown, Text: knownAfterApply, Pos: v.Pos, Span: v.Span,
	}
}

// marksUnknown reports whether a plan marks something in a value, or all of it, as not known yet.
func marksUnknown(mark *source.Value) bool {
	inMember := func(m source.Member) bool { return marksUnknown(m.Value) }
	return mark.Is(source.Bool) && mark.Text == "true" ||
		slices.ContainsFunc(mark.Items, marksUnknown) ||
		slices.ContainsFunc(mark.Members, inMember)
}

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
			variant = technologyVariant(lookup(kind, name).TextAt("technology"))
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

// inFile finds the resources and the local values among the blocks of a Terraform file.
func inFile(blocks []source.Member) func(kind, name string) *source.Value {
	return func(kind, name string) *source.Value {
		for _, m := range blocks {
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
