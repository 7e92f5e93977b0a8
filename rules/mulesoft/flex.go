package mulesoft

import (
	"cmp"
	"slices"
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
	if strings.HasSuffix(document.TextAt("kind"), "List") {
		return slices.Concat(source.Each(document.Member("items").List(), flexEntries)...)
	}
	if !strings.HasPrefix(document.TextAt("apiVersion"), flexGroup+"/") {
		return nil
	}
	spec := cmp.Or(document.Member("spec"), &source.Value{Kind: source.Null})
	switch document.TextAt("kind") {
	case "PolicyBinding":
		return []entry{bindingEntry(spec, document)}
	case apiInstance:
		return instanceEntries(document)
	case "Service", "Configuration", "Extension":
		return nil
	}
	return []entry{strangeDocument(document)}
}

// bindingEntry reads a PolicyBinding. It is of one API instance, unless it is attached to
// something else: then it may count for each of them.
func bindingEntry(spec, document *source.Value) entry {
	e := flexEntry(spec, document)
	if kind := spec.TextAt("targetRef", "kind"); kind == "" || kind == apiInstance {
		e.api, e.within = targetOf(spec, document)
	}
	if name := document.TextAt("metadata", "name"); name != "" {
		e.called = "PolicyBinding " + namespaceOf(document) + "/" + name
	}
	e.detached = cmp.Or(e.detached, unattached(spec, document))
	return e
}

// targetOf is the API instance that a document is attached to, and its namespace.
func targetOf(spec, document *source.Value) (api, namespace string) {
	target := spec.Member("targetRef")
	return target.TextAt("name"), cmp.Or(target.TextAt("namespace"), namespaceOf(document))
}

// apiInstance is the kind of an API of Flex Gateway.
const apiInstance = "ApiInstance"

// namespaceOf is the namespace of a document. A target has that of its binding if it names none
// (Flex Gateway documentation, declarative configuration reference).
func namespaceOf(document *source.Value) string {
	return cmp.Or(document.TextAt("metadata", "namespace"), "default")
}

func instanceEntries(document *source.Value) []entry {
	policies := firstPresent(document.At("spec", "policies"))
	if policies == nil {
		return nil
	}
	name := document.TextAt("metadata", "name")
	all := []entry{}
	add := func(e entry) {
		e.api, e.within = name, namespaceOf(document)
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
		stray:    straySwitches(v),
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

// straySwitches are members that would take a policy out of force, or limit it, in another form.
// Local mode has none of them (Flex Gateway documentation, declarative configuration reference).
func straySwitches(v *source.Value) []source.Member {
	inForce := map[string]string{"disabled": "false", "enabled": "true", "pointcutData": ""}
	var all []source.Member
	for _, m := range v.Members {
		plain, stray := inForce[m.Key]
		if stray && m.Value.IsSet() && !(m.Value.Is(source.Bool) && m.Value.Text == plain) {
			all = append(all, m)
		}
	}
	return all
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

// unattached says why a binding attaches to no API instance, or why that is not known; nil where
// it attaches to one, or to all.
func unattached(spec, document *source.Value) *detached {
	target := spec.Member("targetRef")
	kind := target.Member("kind")
	d := &detached{field: "targetRef", at: firstPresent(kind, target, spec, document)}
	text, _ := kind.Str()
	selector := target.Member("selector")
	all := text == "Selector" && selector.TextAt("kind") == apiInstance &&
		len(selector.Members) == 1
	switch {
	case kind != nil && templated(kind):
		d.why = kind.Doubt("targetRef.kind")
	case text == "":
		d.nowhere, d.why = true, "targetRef has no kind, such as "+apiInstance
	case text == apiInstance || all:
		return nil
	case text == "Service":
		d.why = "targetRef.kind is Service: what the policy does for the calls of an upstream " +
			"service is not modelled"
	default:
		d.why = "targetRef.kind is " + text + ": which API instances that attaches the policy " +
			"to is not modelled"
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
	guard := rules.Guard{Evidence: rules.Inferred.From(docFlexLocal)}
	limit(&guard, place(d.field, d.at))
	if d.nowhere {
		guard.Evidence = rules.Observed.From(obsFlexBinding)
	}
	guard.Unknown = &rules.Unknown{
		Why:  d.message(),
		Need: rules.Need{For: "whether this gateway runs the policy: its log names what it loads"},
	}
	return guard
}
