package mulesoft

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// terraformEntries reads the policies among the resources of a Terraform file, in either of its
// two forms.
func terraformEntries(document *source.Value) []entry {
	var all []entry
	blocks := document.Blocks()
	refers := references{lookup: inFile(blocks)}
	for _, m := range blocks {
		if m.Key != "resource" || len(m.Value.Labels) == 0 {
			continue
		}
		if e, ok := resourceEntry(m.Value.Labels[0], m.Value, false); ok {
			if named := refers.gateway(e.api, mostLocals); named != "" {
				e.variant = named
			}
			e.creator = creatorOf(m.Value.Labels[0])
			e.report = document.Member("resource").Labels == nil // JSON, as tools write it
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
	case !values.IsSet(), !ok && !strings.HasPrefix(kind, "anypoint_ap"), noPolicyResource(kind):
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
	if list := e.config.List(); inPlan && !generic && len(list) == 1 {
		e.config = list[0]
	}
	if twice := blocks(values.Members, "configuration_data"); len(twice) > 1 {
		e.config = &source.Value{Kind: source.List, Items: twice}
	}
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
	if at := firstPresent(e.assetAt, values); !e.custom && !known(e.asset) {
		e.strange = strangeAsset(e.asset, at)
	}
	return e, true
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
	} else {
		for _, item := range methods.List() {
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

// references finds what the expressions of a Terraform module refer to.
type references struct {
	// lookup finds a resource, or a local value under the kind "local".
	lookup  func(kind, name string) *source.Value
	pattern *regexp.Regexp // of a reference, or of a text; nil before the first one is looked for

	named map[local]string // what local values name: one may refer to another thousands of times
}

// local is a local value, and how many more it may refer to through each other.
type local struct {
	name string
	most int
}

// gateway is the gateway that an expression names by the resource that it refers to, be it through
// at most so many local values; empty where it names none or several.
func (r *references) gateway(expression string, most int) string {
	if r.pattern == nil {
		r.pattern = regexp.MustCompile(
			`([\w.-]*)\b(local|anypoint_[a-z0-9_]+)\.([\w-]+)|"(?:[^"$]|\$[^{])*"`,
		)
		r.named = map[local]string{}
	}
	named := ""
	for _, match := range r.pattern.FindAllStringSubmatch(expression, -1) {
		before, kind, name := match[1], match[2], match[3]
		variant := ""
		switch {
		case kind == "" || before != "": // a text, or a data source
		case kind == "local" && most > 0:
			variant = r.ofLocal(local{name, most - 1})
		case kind == "anypoint_api_instance":
			variant = technologyVariant(r.lookup(kind, name).TextAt("technology"))
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

// ofLocal is the gateway that a local value names. It is looked for once.
func (r *references) ofLocal(of local) string {
	named, known := r.named[of]
	if v := r.lookup("local", of.name); !known && v != nil {
		named = r.gateway(v.Text, of.most)
		r.named[of] = named
	}
	return named
}

// mostLocals is through how many local values a reference is followed.
const mostLocals = 3

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

// inFile finds the resources and the local values among the blocks of a Terraform file. Of two of
// one name the first counts, and in one block the last.
func inFile(blocks []source.Member) func(kind, name string) *source.Value {
	there := map[resourceName]*source.Value{}
	for _, m := range slices.Backward(blocks) {
		labels := m.Value.Labels
		switch {
		case m.Key == "locals":
			for i := range m.Value.Members {
				local := &m.Value.Members[i]
				there[resourceName{"local", local.Key}] = local.Known()
			}
		case m.Key == "resource" && len(labels) == 2:
			there[resourceName{labels[0], labels[1]}] = m.Value
		}
	}
	return func(kind, name string) *source.Value { return there[resourceName{kind, name}] }
}

// snake turns a policy's name for a field into Terraform's. A run of capitals is one word:
// introspectionURL becomes introspection_url (mulesoft/terraform-provider-anypoint, CamelToSnake).
func snake(name string) string { return string(appendSnake(nil, name)) }

func appendSnake(to []byte, name string) []byte {
	capital := func(i int) bool {
		return i >= 0 && i < len(name) && name[i] >= 'A' && name[i] <= 'Z'
	}
	for i := range len(name) {
		c := name[i]
		if capital(i) {
			lastOfRun := capital(i-1) && i+1 < len(name) && !capital(i+1)
			if i > 0 && (!capital(i-1) || lastOfRun) {
				to = append(to, '_')
			}
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

// camel turns Terraform's name for a field into the policy's, which has these fields if it is
// modelled. A name that Terraform does not have for any field of the policy never becomes the name
// of one.
func camel(fields []field, name string) string {
	var room [64]byte
	for i := range fields {
		if string(appendSnake(room[:0], fields[i].name)) == name {
			return fields[i].name
		}
	}
	guess := camelWords(name)
	if guess != name && fieldIndex(fields, guess) >= 0 {
		return name
	}
	return guess
}

// camelWords joins words with underscores between them.
func camelWords(name string) string {
	var b strings.Builder
	for i, part := range strings.Split(name, "_") {
		if i > 0 && part != "" {
			_, first := utf8.DecodeRuneInString(part)
			part = strings.ToUpper(part[:first]) + part[first:]
		}
		b.WriteString(part)
	}
	return b.String()
}

// camelConfig gives the fields of a configuration the policy's own names. The argument of
// jsonencode has them already.
func camelConfig(asset string, config *source.Value) *source.Value {
	if !config.Is(source.Object) {
		return config
	}
	renamed, fields := *config, fieldsOf(asset)
	renamed.Members = make([]source.Member, 0, len(config.Members))
	for _, m := range config.Members {
		m.Key = camel(fields, m.Key)
		if at := claimBlocks(&renamed, &m); at != nil {
			at.Items = append(at.Items, m.Value)
			continue
		}
		renamed.Members = append(renamed.Members, m)
	}
	return &renamed
}

// spelled is the name under which the file has a field, or would have it.
func (e *entry) spelled(field string) string {
	if e.snakeCase == nil {
		return field
	}
	ownNames, fields := false, fieldsOf(e.asset)
	for _, m := range e.snakeCase.Members {
		if camel(fields, m.Key) == field {
			return m.Key
		}
		ownNames = ownNames || strings.ToLower(m.Key) != m.Key
	}
	if ownNames {
		return field
	}
	return snake(field)
}
