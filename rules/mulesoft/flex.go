package mulesoft

import (
	"cmp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// flexGroup begins the apiVersion of Flex Gateway's documents.
const flexGroup = "gateway.mulesoft.com"

// flexEntries reads Flex Gateway's local configuration: a PolicyBinding, or the policies inside an
// ApiInstance, or lists of them, as kubectl prints several. Other kinds of documents hold no
// policies.
func flexEntries(document *source.Value) []entry {
	if kind, _ := document.Member("kind").Str(); strings.HasSuffix(kind, "List") {
		var all []entry
		if items := document.Member("items"); items.Is(source.List) {
			for _, item := range items.Items {
				all = append(all, flexEntries(item)...)
			}
		}
		return all
	}
	version, _ := document.Member("apiVersion").Str()
	if !strings.HasPrefix(version, flexGroup+"/") {
		return nil
	}
	spec := document.Member("spec")
	switch kind, _ := document.Member("kind").Str(); kind {
	case "PolicyBinding":
		e := flexEntry(spec, document)
		e.api, _ = spec.At("targetRef", "name").Str()
		e.detached = cmp.Or(e.detached, withoutKind(spec, document))
		return []entry{e}
	case "ApiInstance":
		return instanceEntries(document)
	case "Service", "Configuration", "Extension":
		return nil
	}
	return []entry{strangeDocument(document)}
}

func instanceEntries(document *source.Value) []entry {
	policies := firstPresent(document.At("spec", "policies"))
	if policies == nil {
		return nil
	}
	name, _ := document.At("metadata", "name").Str()
	all := []entry{}
	add := func(e entry) {
		e.api = name
		all = append(all, e)
	}
	if !policies.Is(source.List) {
		add(strangePolicies(policies))
	}
	for _, item := range policies.List() {
		if item.Is(source.Object) {
			add(flexEntry(item, item))
		} else {
			add(strangePolicies(item))
		}
	}
	return all
}

// flexEntry reads a policy's reference, configuration and order. In local mode the names of the
// vendor's policies end in -flex. A name without that suffix counts as the vendor's only if it is
// the exact id of one of its policies, and then it attaches nowhere.
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
	if asset, ofFlex := strings.CutSuffix(name, flexSuffix); e.custom && ofFlex {
		e.strange = strangeAsset(asset, e.assetAt)
	}
	if _, variant := splitName(name); !e.custom && variant != Flex {
		e.detached = &detached{
			field: "policyRef", at: e.assetAt, nowhere: true,
			why: "policyRef.name is " + name + ", and the policy's name is " +
				ownName(e.asset) + flexSuffix,
		}
	}
	return e
}

// detached says that a binding attaches to no API, or may attach to none. Its policy then runs for
// no request. That was observed for a name without -flex and for a targetRef without a kind, on
// one version of the gateway.
type detached struct {
	field   string
	at      *source.Value
	why     string
	nowhere bool // as observed
}

// withoutKind says whether a binding names the kind of what it attaches to; nil where it does.
func withoutKind(spec, document *source.Value) *detached {
	kind := spec.At("targetRef", "kind")
	d := &detached{
		field: "targetRef", at: firstPresent(kind, spec.Member("targetRef"), spec, document),
	}
	switch text, ok := kind.Str(); {
	case kind != nil && templated(kind):
		d.why = kind.Doubt("targetRef.kind")
	case ok && text != "":
		return nil
	default:
		d.nowhere, d.why = true, "targetRef has no kind, such as ApiInstance"
	}
	return d
}

// message says what becomes of the binding.
func (d *detached) message() string {
	if !d.nowhere {
		return d.why
	}
	return "this binding does not attach to an API, as observed on " + omniLocal + ": " + d.why
}

func (d *detached) guard() rules.Guard {
	guard := rules.Guard{Evidence: observed(obsFlexBinding), Field: d.field}
	guard.Pos, guard.Span = place(d.at)
	guard.Unknown = &rules.Unknown{
		Why:  d.message(),
		Need: rules.Need{For: "whether this gateway runs the policy: its log names what it loads"},
	}
	return guard
}
