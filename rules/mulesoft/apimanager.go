package mulesoft

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// apiManagerEntries reads what API Manager's REST interface answers and takes: a policy, a list of
// policies, or either of them in an envelope.
func apiManagerEntries(document *source.Value) []entry {
	switch document.Kind {
	case source.List:
		return listedEntries(document)
	case source.Object:
		for _, envelope := range []string{"policies", "value", automatedPolicies} {
			inner := document.Member(envelope)
			if inner.Is(source.List) || inner.Is(source.Object) {
				all := apiManagerEntries(inner)
				for i := range all {
					all[i].automated = all[i].automated || envelope == automatedPolicies
				}
				return all
			}
		}
		for _, shape := range []func(*source.Value) (entry, bool){cliEntry, apiManagerEntry} {
			if e, ok := shape(document); ok {
				return []entry{e}
			}
		}
	}
	return nil
}

// listedEntries reads the policies of a list. Beside a policy, an item that looks like one and
// does not name its kind is a policy too: we do not know what it does.
func listedEntries(list *source.Value) []entry {
	var all []entry
	named := false
	for _, item := range list.Items {
		found := apiManagerEntries(item)
		named = named || len(found) > 0
		if len(found) == 0 && looksLikePolicy(item) {
			e, _ := apiManagerEntry(item)
			e.asset, e.custom, e.strange = "policy", true, strangeAsset("", item)
			found = []entry{e}
		}
		all = append(all, found...)
	}
	if !named {
		return nil
	}
	return all
}

// looksLikePolicy reports whether a value has a member that only policies have, or may be
// anything.
func looksLikePolicy(v *source.Value) bool {
	if templated(v) {
		return true
	}
	for _, name := range []string{
		"assetId", "policyTemplateId", "configurationData", "configuration", "pointcutData",
	} {
		if v.Find(name) != nil {
			return true
		}
	}
	return false
}

// apiManagerEntry reads one policy. An object is a policy if it names a policy kind. The member
// with the configuration is called configuration in lists and configurationData elsewhere.
func apiManagerEntry(v *source.Value) (entry, bool) {
	e := entry{
		place:    v,
		disabled: v.Member("disabled"),
		routes:   v.Member("pointcutData"),
		routesAt: v.Find("pointcutData"),
		rule:     v.Member(automation),
		orderAt:  v.Member("order"),
		configAt: v.Find("configuration"),
		assetAt:  firstPresent(v.Member("assetId"), v.At("template", "assetId")),
	}
	if e.configAt == nil || e.configAt.Known().Is(source.Null) {
		e.configAt = cmp.Or(v.Find("configurationData"), e.configAt)
	}
	if e.configAt != nil {
		e.config = e.configAt.Known()
	}
	if other := v.Member("configurationData"); e.config != other && other != nil &&
		!other.Is(source.Null) && e.config.JSON() != other.JSON() {
		e.config = &source.Value{
			Kind: source.Unknown, Conflict: true, Pos: other.Pos, Span: other.Span,
		}
	}
	implementation := v.Member("implementationAsset")
	e.versionAt = firstPresent(
		v.Member("assetVersion"), v.At("template", "assetVersion"), v.At("template", "version"),
		implementation.Member("version"),
	)
	e.templateAt = v.Member("policyTemplateId")
	e.api = label(firstPresent(
		v.Member("apiId"), v.Member("apiVersionId"), v.Member("managedServiceApiId"),
	))
	e.nameAsset(implementation)
	e.automated = !placedAt(automation, e.rule).absent()
	upstreams := v.Member("upstreamIds")
	e.side = placedAt("upstreamIds", upstreams)
	e.outbound = upstreams.Is(source.List) && len(upstreams.Items) > 0
	e.groupAt = firstPresent(v.Member("groupId"), v.At("template", "groupId"))
	e.custom = !vendorGroup(e.groupAt)
	if createBody(v) {
		e.creator = creates
	}
	if !e.custom && !known(e.asset) {
		e.strange = strangeAsset(e.asset, firstPresent(e.assetAt, e.templateAt, v))
	} else if at := implementation.Member("technology"); at.Is(source.String) &&
		technologyVariant(at.Text) == "" {
		e.strange = &strange{what: "gatewhy does not know the gateway " + at.Text, at: at}
	}
	return e, e.asset != "" &&
		(e.config != nil || e.templateAt != nil || e.assetAt != nil && !isInstance(v))
}

// isInstance reports whether an object is API Manager's answer for an API instance. It names its
// asset as a policy does, and that one is the API's.
func isInstance(v *source.Value) bool {
	return v.Member("autodiscoveryInstanceName") != nil ||
		v.Member("endpoint") != nil && v.Member("productVersion") != nil
}

// instead is what a file with API instances alone is: their policies are another answer.
func instead(file *source.File) *rules.Instead {
	var all []*source.Value
	for _, document := range file.Documents {
		if isInstance(document) {
			all = append(all, document)
		}
		for _, asset := range document.Member("assets").List() {
			all = append(all, asset.Member("apis").List()...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	is := rules.Instead{
		Pos: all[0].Pos, Is: "API Manager's answer for an API, not for its policies",
		Collect: "policies",
	}
	if len(all) == 1 {
		is.IDs = [][2]string{
			{"org", label(all[0].Member("organizationId"))},
			{"environment", label(all[0].Member("environmentId"))},
			{"api", label(all[0].Member("id"))},
		}
	}
	return &is
}

// nameAsset finds the policy kind and the gateway. It prefers the asset's own name to that of its
// implementation or template, and what names a gateway to what only implies it.
func (e *entry) nameAsset(implementation *source.Value) {
	name, ok := e.assetAt.Str()
	if e.assetAt.Is(source.Unknown) {
		name, ok = e.assetAt.Text, true // a kind that is not modelled
	}
	implementationName := implementation.TextAt("assetId")
	if !ok {
		name = implementationName
	}
	if template, ok := e.templateAt.Str(); name == "" && ok && !isNumber(template) {
		name, e.assetAt = template, e.templateAt
	}
	if name == "" && e.templateAt != nil {
		name = "policy template " + e.templateAt.Text
	}
	e.asset, e.variant = splitName(name)
	if e.variant == "" {
		_, e.variant = splitName(implementationName)
	}
	if technology, ok := implementation.Member("technology").Str(); ok {
		e.variant = technologyVariant(technology)
	}
	if e.variant == "" {
		e.variant = technologyOf(e.rule)
	}
}

// technologyVariant is the gateway on which an implementation of this technology runs.
func technologyVariant(technology string) string {
	technology = strings.ToLower(technology)
	switch {
	case strings.HasPrefix(technology, "mule"):
		return Mule
	case strings.HasPrefix(technology, "flex"), strings.HasPrefix(technology, "omni"):
		return Flex
	}
	return ""
}

func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil
}

// contractsIn takes the client ids of the approved contracts from API Manager's answer for an
// API's contracts. A contract names its client application's id.
func contractsIn(answer *source.Value) (*rules.Contracts, error) {
	goesOn := answer.Continued() != nil
	answer = cmp.Or(answer.Member("value"), answer)
	list := cmp.Or(answer.Member("contracts"), answer)
	if !list.Is(source.List) {
		return nil, &source.Error{Pos: answer.Pos, Cause: "not a list of contracts"}
	}
	// Without a total, a list of contracts may be one page of several.
	_, ok := answer.Member("total").Int()
	contracts := &rules.Contracts{Partial: !ok || goesOn}
	for _, item := range list.Items {
		id, ok := item.At("application", "coreServicesId").Str()
		if !ok {
			return nil, &source.Error{Pos: item.Pos, Cause: "not a list of contracts"}
		}
		api := item.Member("apiId")
		if err := ofOneAPI(contracts, api); err != nil {
			return nil, err
		}
		approved, err := isApproved(item)
		if err != nil {
			return nil, err
		}
		if approved {
			contracts.IDs = append(contracts.IDs, id)
		}
	}
	return contracts, nil
}

// isApproved reports whether a contract lets its client in. A status in other words than API
// Manager's is an error: what it means is not known.
func isApproved(contract *source.Value) (bool, error) {
	status := contract.Member("status")
	text, ok := status.Str()
	if !ok {
		return false, &source.Error{Pos: contract.Pos, Cause: "a contract without a status"}
	}
	switch word := strings.ToUpper(strings.TrimSpace(text)); word {
	case "APPROVED", "PENDING", "REJECTED", "REVOKED":
		return word == "APPROVED", nil
	}
	return false, &source.Error{
		Pos: status.Pos,
		Cause: "a contract with the status " + inspect.InSentence(text) +
			", which API Manager does not have",
		Hints: source.Hints("the status of a contract is APPROVED, PENDING, REJECTED or REVOKED"),
	}
}

// ofOneAPI notes the API instance of a contract, which an answer may name. Contracts of two are an
// error: the gateway of each looks at its own.
func ofOneAPI(contracts *rules.Contracts, api *source.Value) error {
	id := label(api)
	if id == "" || id == contracts.API {
		return nil
	}
	if contracts.API != "" {
		return &source.Error{
			Pos:   api.Pos,
			Cause: "these are contracts of several API instances: " + contracts.API + " and " + id,
			Hints: source.Hints("pass those of the one that the policies are of"),
		}
	}
	contracts.API, contracts.Pos = id, api.Pos
	return nil
}

// cliEntry reads one policy of what "anypoint-cli-v4 api-mgr policy list -o json" prints. Its
// member names are meant for people, and its configuration is a text. It has no order, no routes
// and no group.
func cliEntry(v *source.Value) (entry, bool) {
	asset, ok := v.Member("Asset ID").Str()
	configuration := v.Member("Configuration")
	if !ok || configuration == nil {
		return entry{}, false
	}
	e := entry{
		place:       v,
		assetAt:     v.Member("Asset ID"),
		versionAt:   v.Member("Asset Version"),
		shownAsText: true,
		report:      true,
	}
	e.asset, e.variant = splitName(asset)
	if !known(e.asset) {
		e.strange = strangeAsset(e.asset, e.assetAt)
	}
	if status := v.Member("Status"); status != nil {
		e.disabled = disabledBy(status)
	}
	e.config = shownConfiguration(configuration)
	return e, true
}

// disabledBy reads the status of a policy. One that is neither Enabled nor Disabled is not
// documented.
func disabledBy(status *source.Value) *source.Value {
	disabled := &source.Value{
		Kind: source.Unknown, Text: status.JSON(), Pos: status.Pos, Span: status.Span,
	}
	switch text, _ := status.Str(); text {
	case "Enabled":
		disabled.Kind, disabled.Text = source.Bool, "false"
	case "Disabled":
		disabled.Kind, disabled.Text = source.Bool, "true"
	}
	return disabled
}

// shownConfiguration reads the lines "key: value" of a configuration that is shown as text. A
// value is a string, [Empty] for the empty string, or JSON. A list or an object of JSON may take
// several lines, and so may a script. Every value gets the position of the whole text.
func shownConfiguration(text *source.Value) *source.Value {
	config := &source.Value{Kind: source.Object, Pos: text.Pos, Span: text.Span}
	lines := strings.Split(text.Text, "\n")
	for i := 0; i < len(lines); i++ {
		key, value, ok := strings.Cut(lines[i], ":")
		if !ok || strings.TrimSpace(key) == "" {
			continue
		}
		value = strings.TrimSpace(value)
		for i+1 < len(lines) && continues(value, lines[i+1]) {
			i++
			value += "\n" + lines[i]
		}
		config.Members = append(config.Members, source.Member{
			Key: strings.TrimSpace(key), KeyPos: text.Pos, KeySpan: text.Span,
			Value: shownValue(text, value),
		})
	}
	return config
}

// continues reports whether a value continues on the next line: JSON, or an expression, as long as
// no other field begins there.
func continues(value, next string) bool {
	if strings.HasPrefix(value, "#[") {
		name, _, isField := strings.Cut(next, ": ")
		isField = isField && headerName(name)
		return !strings.HasSuffix(strings.TrimSpace(value), "]") && !isField
	}
	if !strings.HasPrefix(value, "[") && !strings.HasPrefix(value, "{") || value == "[Empty]" {
		return false
	}
	_, err := source.ReadJSON("", []byte(value))
	return err != nil
}

func shownValue(text *source.Value, value string) *source.Value {
	v := &source.Value{Kind: source.String, Text: value}
	if value == "[Empty]" {
		v.Text = ""
	} else if file, err := source.ReadJSON("", []byte(value)); err == nil {
		v = file.Documents[0]
	}
	relocate(v, text)
	return v
}

// relocate gives a value, and everything in it, the place of another.
func relocate(v, at *source.Value) {
	v.Pos, v.Span = at.Pos, at.Span
	for _, item := range v.Items {
		relocate(item, at)
	}
	for i := range v.Members {
		v.Members[i].KeyPos, v.Members[i].KeySpan = at.Pos, at.Span
		relocate(v.Members[i].Value, at)
	}
}
