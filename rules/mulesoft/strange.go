package mulesoft

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

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

// strangeGateway says that a policy is implemented for a gateway that is not known.
func strangeGateway(at *source.Value) *strange {
	return &strange{what: "gatewhy does not know the gateway " + at.Text, at: at}
}
