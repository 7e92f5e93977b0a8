package mulesoft

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// entry is one policy as a configuration file has it: named fields with their places, and no
// meaning yet. Once it is read, it is not changed.
type entry struct {
	file    *source.File
	asset   string // the policy kind without the suffix of a gateway
	name    string // of the policy kind, as the file has it, without that suffix
	version string
	variant string            // empty where the file does not name the gateway
	runtime dataweave.Version // that the user has named
	local   bool              // Flex Gateway in local mode, where there are no contracts
	// the configuration is shown as text, which does not tell a string from a number
	textual  bool
	custom   bool // not one of the vendor's own policies
	outbound bool // applied to the call of the upstream, not to the request
	api      string
	order    int64

	disabled *source.Value
	routes   *source.Value  // pointcutData
	routesAt *source.Member // where the file has it
	rulesAt  *source.Member // the routes of Flex Gateway's own form, which is not modelled
	configAt *source.Member // where the file has the configuration; nil where it has none
	config   *source.Value  // by the policy's own names; nil where the entry has none
	// the configuration in Terraform's snake_case, where the file has it so
	written *source.Value
	sealed  bool          // a report, which it makes no sense to edit
	text    *source.Value // the string, where the configuration is kept as JSON in one
	place   *source.Value // the whole entry

	// What names the policy kind in the file, for edits; nil where the file has no such place.
	assetAt, versionAt, templateAt *source.Value
}

// Place is where the policy stands.
func (e *entry) Place() (*source.File, source.Span) { return e.file, e.place.Span }

// fieldPos is where a field of the configuration stands: its value, or the whole configuration
// where it is absent.
func (e *entry) fieldPos(name string) (source.Position, source.Span) {
	for _, m := range []*source.Member{e.config.Find(name), e.configAt} {
		if m != nil {
			return memberPlace(m)
		}
	}
	return place(first(e.config, e.place))
}

// memberPlace is where a member's value begins, or its name where the value is a block: one that
// begins on a later line, or a block of HCL.
func memberPlace(m *source.Member) (source.Position, source.Span) {
	if v := m.Value; (v.Kind == source.List || v.Kind == source.Object) &&
		(v.Pos.Line > m.KeyPos.Line || v.Labels != nil) {
		return m.KeyPos, m.KeySpan
	}
	return place(m.Value)
}

// place is where a value begins, and what of it a reader is shown: all of a scalar, the first
// character of anything else.
func place(v *source.Value) (source.Position, source.Span) {
	span := v.Span
	if v.Kind == source.List || v.Kind == source.Object {
		span.End = min(span.End, span.Start+1)
	}
	return v.Pos, span
}

// The forms in which a policy kind is named for one gateway.
const (
	flexSuffix = "-flex"
	muleSuffix = "-mule"
)

// named splits a name into the policy kind and the gateway that its suffix tells.
func named(name string) (asset, variant string) {
	if asset, ok := strings.CutSuffix(name, flexSuffix); ok {
		return asset, Flex
	}
	if asset, ok := strings.CutSuffix(name, muleSuffix); ok {
		return asset, Mule
	}
	return name, ""
}

// policy starts the compiled policy of an entry.
func (e *entry) policy(variant string) *rules.Policy {
	return &rules.Policy{
		Gateway: "mulesoft",
		Variant: variant,
		Asset:   e.name,
		Name:    policyName(e.asset),
		Product: product(variant),
		Version: e.version,
		API:     e.api,
		Order:   int(e.order),
		Pos:     e.place.Pos,
		When:    e.guard(),
		Entry:   e,
	}
}

// guard reads what the policy is limited to.
func (e *entry) guard() rules.Guard {
	guard := rules.Guard{Evidence: rules.Evidence{Level: rules.Documented, Reference: docPointcut}}
	if off, ok := e.disabled.Bool(); ok && off {
		guard.Disabled, guard.Field = true, "disabled"
		guard.Pos, guard.Span = place(e.disabled)
		return guard
	}
	if e.rulesAt != nil {
		guard.Field, guard.Unknown = "rules", &rules.Unknown{
			Why: "its routes are in a form that is not modelled",
		}
		guard.Pos, guard.Span = memberPlace(e.rulesAt)
		return guard
	}
	if !e.routes.Is(source.List) || len(e.routes.Items) == 0 {
		return guard
	}
	guard.Field = "pointcutData"
	guard.Pos, guard.Span = place(e.routes)
	if e.routesAt != nil {
		guard.Pos, guard.Span = memberPlace(e.routesAt)
	}
	for _, item := range e.routes.Items {
		method, _ := item.Member("methodRegex").Str()
		path, _ := item.Member("uriTemplateRegex").Str()
		guard.Routes = append(guard.Routes, rules.Route{Method: method, Path: path})
	}
	return guard
}
