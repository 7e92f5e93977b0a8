package mulesoft

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/mulesoft/dataweave"
)

// entry is one policy as a configuration file has it: named fields with their places, and no
// meaning yet. Once it is read, it is not changed.
type entry struct {
	file      *source.File
	place     *source.Value // the whole entry
	asset     string        // the policy kind, without the suffix of a gateway
	name      string        // the file's name for the policy kind, without that suffix
	version   string
	variant   string            // the gateway; empty where the file does not name it
	runtime   dataweave.Version // as the user says
	asked     string            // the gateway that the user asks about
	api       string            // the API instance
	within    string            // what the name of the API instance is unique in; may be empty
	called    string            // the policy itself, by a name that is unique; empty without one
	referred  bool              // the API instance is an expression of its Terraform module
	order     int64             // 0 where it is absent or not known
	local     bool              // Flex Gateway in local mode, where there are no contracts
	custom    bool              // not one of the vendor's own policies
	outbound  bool              // applied to the call of the upstream, not to the request
	automated bool              // applied to every API of an environment
	filled    bool              // whoever applies the file writes the defaults of absent fields
	report    bool              // a program has written it, and nobody edits it
	creator   creator           // what the file does with the policy

	// Values of the file, nil where it does not have them.
	disabled *source.Value
	stray    []source.Member // switches that no documentation of the file's form has
	routes   *source.Value   // pointcutData
	rule     *source.Value   // to which APIs an automated policy applies
	routesAt *source.Member
	detached *detached
	strange  *strange       // what is not known of its kind
	rulesAt  *source.Member // the routes in Flex Gateway's own form, which is not modelled
	orderAt  *source.Value

	instances []*source.Member // Terraform's count or for_each
	side      placed           // what says whether it is applied to the call of the upstream

	// The configuration by the policy's own names; nil where the entry has none.
	config      *source.Value
	configAt    *source.Member // where the file has it
	snakeCase   *source.Value  // the same in Terraform's names, where the file has those
	jsonString  *source.Value  // the string, where the file keeps it as JSON in a string
	shownAsText bool           // the file shows it as text, where "1" and 1 look alike

	// What names the policy kind in the file, for edits; nil where the file does not have it.
	assetAt, versionAt, templateAt *source.Value

	groupAt *source.Value // Exchange's group of the policy; nil where the file has none

	parsed *parsedTexts // expressions of this entry and of others
}

// Place is the file and the part of it that hold the policy.
func (e *entry) Place() (*source.File, source.Span) { return e.file, e.place.Span }

// Instance is the API instance that the policy is applied to.
func (e *entry) Instance() string { return e.api }

// fieldPlace is the place of a field's value; that of the whole configuration where the field is
// absent.
func (e *entry) fieldPlace(name string) rules.Place {
	at := place(name, firstPresent(e.config, e.place))
	if m := cmp.Or(e.config.Find(name), e.configAt); m != nil {
		at = memberPlace(m)
		at.Field = name
	}
	return at
}

// The suffixes of a policy kind's name that name the gateway.
const (
	flexSuffix = "-flex"
	muleSuffix = "-mule"
)

// splitName splits a name into the policy kind and the gateway of its suffix.
func splitName(name string) (asset, variant string) {
	if asset, ok := strings.CutSuffix(name, flexSuffix); ok {
		return asset, Flex
	}
	if asset, ok := strings.CutSuffix(name, muleSuffix); ok {
		return asset, Mule
	}
	return name, ""
}

// policy starts the compiled policy of an entry, without its checks.
func (e *entry) policy(variant string) *rules.Policy {
	_, inDoubt := e.readOrder()
	return &rules.Policy{
		Variant: variant,
		Asset:   e.name,
		Name:    policyName(e.asset),
		Product: product(variant),
		Version: e.version,
		API:     e.api,
		Order:   int(e.order),
		Early:   e.automated,

		Unordered: inDoubt != nil,
		Untried:   true,

		Pos:   e.place.Pos,
		When:  e.guard(),
		Entry: e,
	}
}

// versionVariant is the gateway that an asset's version belongs to; empty where both gateways
// share the numbers. JWT Validation is 0.x for Flex Gateway and 1.x for Mule Gateway. OpenID
// Connect enforcement is known as 1.x for Mule Gateway only.
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

// vendorGroup reports whether the group is surely MuleSoft's own. A file that names no group is
// taken to mean that one.
func vendorGroup(group *source.Value) bool {
	id, _ := group.Str()
	return group == nil || id == groupID
}

// strange is something of the vendor's in a file that is of a kind that is not known here.
type strange struct {
	what     string // a clause
	at       *source.Value
	noPolicy bool // nothing in the file says that it may be a policy
	anywhere bool // if the file names no API instance, it may be on any
}

// noPolicyResource reports whether a resource of this type is known to hold no policy
// (mulesoft/terraform-provider-anypoint; mulesoft-anypoint/terraform-provider-anypoint).
func noPolicyResource(kind string) bool {
	return slices.Contains([]string{
		"anypoint_api_instance", "anypoint_api_instance_alert", "anypoint_api_instance_sla_tier",
		"anypoint_apim_flexgateway", "anypoint_apim_instance_upstream", "anypoint_apim_mule4",
	}, kind)
}

// strangeResource is the entry of a resource of a type that is not known. It may be a policy if
// its type says so, or if it names an API instance.
func strangeResource(kind string, values *source.Value) entry {
	instance := firstPresent(
		values.Member("apim_id"), values.Member("api_instance_id"), values.Member("api_id"),
	)
	what := "gatewhy does not know the resource type " + kind
	return entry{
		place: values, asset: kind, custom: true, api: reference(instance),
		strange: &strange{
			what: what, at: values, anywhere: true,
			noPolicy: instance == nil && !strings.Contains(kind, "polic"),
		},
	}
}

// strangeDocument is the entry of a document of Flex Gateway's whose kind is not known.
func strangeDocument(document *source.Value) entry {
	spec := document.Member("spec")
	kind := document.Member("kind")
	name, ok := kind.Str()
	what := "gatewhy does not know the Flex Gateway kind " + name
	if !ok || name == "" {
		what = "this document of Flex Gateway has no kind that can be read"
	}
	holds := spec.Member("policyRef") != nil || spec.Member("policies") != nil
	e := entry{
		place: document, asset: name, variant: Flex, local: true, custom: true,
		strange: &strange{
			what: what, at: firstPresent(kind, document), anywhere: true,
			noPolicy: ok && !holds && !strings.Contains(name, "Polic"),
		},
	}
	e.api, e.within = targetOf(spec, document)
	return e
}

// strangePolicies is the entry of something where an instance's list of policies, or one of them,
// should be.
func strangePolicies(v *source.Value) entry {
	return entry{
		place: v, asset: "policies", variant: Flex, local: true, custom: true,
		strange: &strange{what: "spec.policies holds " + v.Kind.String(), at: v},
	}
}

// strangeAsset says that the vendor has no policy of this name, as far as is known here.
func strangeAsset(asset string, at *source.Value) *strange {
	if asset == "" {
		return &strange{what: "the file does not show which policy this is", at: at}
	}
	what := "gatewhy does not know the MuleSoft policy " + inspect.InSentence(asset)
	return &strange{what: what, at: at}
}
