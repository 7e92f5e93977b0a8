package mulesoft

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// flexEntries reads Flex Gateway's local configuration: a PolicyBinding, or the policies inside an
// ApiInstance. Other kinds of documents hold no policies.
func flexEntries(document *source.Value) []entry {
	version, _ := document.Member("apiVersion").Str()
	if !strings.HasPrefix(version, "gateway.mulesoft.com/") {
		return nil
	}
	spec := document.Member("spec")
	switch kind, _ := document.Member("kind").Str(); kind {
	case "PolicyBinding":
		e := flexEntry(spec, document)
		e.api, _ = spec.At("targetRef", "name").Str()
		return []entry{e}
	case "ApiInstance":
		return instanceEntries(document)
	}
	return nil
}

func instanceEntries(document *source.Value) []entry {
	policies := document.At("spec", "policies")
	if !policies.Is(source.List) {
		return nil
	}
	name, _ := document.At("metadata", "name").Str()
	all := []entry{}
	for _, item := range policies.Items {
		if item.Is(source.Object) {
			e := flexEntry(item, item)
			e.api = name
			all = append(all, e)
		}
	}
	return all
}

// flexEntry reads a policy's reference, configuration and order. In local mode the names of the
// vendor's policies end in -flex. A name without that suffix counts as the vendor's only if it is
// the exact id of one of its policies.
func flexEntry(v, place *source.Value) entry {
	e := entry{
		place:    place,
		variant:  Flex,
		local:    true,
		config:   v.Member("config"),
		configAt: v.Find("config"),
		assetAt:  v.At("policyRef", "name"),
		rulesAt:  v.Find("rules"),
		orderAt:  v.Member("order"),
	}
	name, _ := e.assetAt.Str()
	e.asset, _ = splitName(name)
	e.custom = !known(e.asset)
	return e
}
