package mulesoft

import (
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// apiManagerEntries reads what API Manager's REST interface answers and takes: a policy, a list of
// them, or either in an envelope. The configuration is in configuration in lists, in
// configurationData elsewhere.
func apiManagerEntries(document *source.Value) []entry {
	switch document.Kind {
	case source.List:
		var all []entry
		for _, item := range document.Items {
			all = append(all, apiManagerEntries(item)...)
		}
		return all
	case source.Object:
		for _, envelope := range []string{"policies", "value", "automatedPolicies"} {
			if inner := document.Member(envelope); inner.Is(source.List) ||
				inner.Is(source.Object) {
				return apiManagerEntries(inner)
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

// apiManagerEntry reads one policy. An object is one where it names a policy kind.
func apiManagerEntry(v *source.Value) (entry, bool) {
	e := entry{
		place:    v,
		disabled: v.Member("disabled"),
		routes:   v.Member("pointcutData"),
		routesAt: v.Find("pointcutData"),
		configAt: v.Find("configuration"),
		assetAt:  first(v.Member("assetId"), v.At("template", "assetId")),
	}
	if e.configAt == nil {
		e.configAt = v.Find("configurationData")
	}
	if e.configAt != nil {
		e.config = e.configAt.Value
	}
	implementation := v.Member("implementationAsset")
	e.versionAt = first(
		v.Member("assetVersion"), v.At("template", "assetVersion"), v.At("template", "version"),
		implementation.Member("version"),
	)
	e.templateAt = v.Member("policyTemplateId")
	e.version, _ = e.versionAt.Str()
	e.order, _ = v.Member("order").Int()
	e.api = label(
		first(v.Member("apiId"), v.Member("apiVersionId"), v.Member("managedServiceApiId")),
	)
	e.nameAsset(implementation)
	e.outbound = v.Member("upstreamIds").Is(source.List) && len(v.Member("upstreamIds").Items) > 0
	e.custom = !vendorGroup(first(v.Member("groupId"), v.At("template", "groupId")))
	return e, e.asset != "" && (e.config != nil || e.templateAt != nil || e.assetAt != nil)
}

// nameAsset finds the policy kind and the gateway, each from the best place that has it.
func (e *entry) nameAsset(implementation *source.Value) {
	name, ok := e.assetAt.Str()
	implementationName, _ := implementation.Member("assetId").Str()
	if !ok {
		name = implementationName
	}
	if template, ok := e.templateAt.Str(); name == "" && ok && !isNumber(template) {
		name, e.assetAt = template, e.templateAt
	}
	if name == "" && e.templateAt != nil {
		name = "policy template " + e.templateAt.Text
	}
	e.asset, e.variant = named(name)
	if e.variant == "" {
		_, e.variant = named(implementationName)
	}
	if technology, ok := implementation.Member("technology").Str(); ok {
		e.variant = technologyVariant(technology)
	}
	if e.variant == "" {
		e.variant = versionVariant(e.asset, e.version)
	}
}

// technologyVariant tells the gateway from the technology of an implementation.
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

// versionVariant tells the gateway from the asset's version where its lines are numbered apart:
// JWT Validation is 0.x for Flex Gateway and 1.x for Mule Gateway, and OpenID Connect enforcement
// is known as 1.x for Mule Gateway only.
func versionVariant(asset, version string) string {
	major, _, _ := strings.Cut(version, ".")
	switch {
	case asset == jwtValidation && major == "0":
		return Flex
	case (asset == jwtValidation || asset == openIDConnect) && major == "1":
		return Mule
	}
	return ""
}

// groupID is Exchange's group of every policy that MuleSoft supplies.
const groupID = "68ef9520-24e9-4cf2-b2f5-620025690913"

// vendorGroup reports whether the group is MuleSoft's own, or not told.
func vendorGroup(group *source.Value) bool {
	id, ok := group.Str()
	return !ok || id == groupID
}

func first(values ...*source.Value) *source.Value {
	for _, v := range values {
		if v != nil && v.Kind != source.Null {
			return v
		}
	}
	return nil
}

func label(v *source.Value) string {
	if v.Is(source.String) || v.Is(source.Number) {
		return v.Text
	}
	return ""
}

func isNumber(text string) bool {
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil
}
