package envoygateway

import (
	"strconv"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
)

// The minor versions of Envoy Gateway 1 from which on something is so. An API server whose
// definitions are older drops a field without a word.
const (
	scpSince      = 7 // scopes are looked for in scp too
	mergeSince    = 8 // mergeType
	geoSince      = 8 // principal.clientIPGeoLocations
	manySince     = 8 // 16 providers
	failOpenSince = 9 // jwt.failOpen
	pathSince     = 9 // operation.path
	celSince      = 9 // cel
	idTokenSince  = 9 // oidc.forwardIDToken
)

// has tells whether the version has what came with this one.
func (c *cluster) has(since int) rules.Truth {
	minor, known := rules.MinorOf(c.version)
	if !known {
		return rules.Maybe
	}
	return rules.TruthOf(minor >= since)
}

// mostProviders is how many providers a policy may have. Where the version is not known, a policy
// that is in the cluster may have what any version allows.
func (c *cluster) mostProviders() int {
	if c.has(manySince) == rules.No {
		return 4
	}
	return 16
}

// dependsOn is why it is not known what a field does, where the version is not known.
func dependsOn(field string, since int) *rules.Unknown {
	return &rules.Unknown{
		Why: field + " counts from Envoy Gateway 1." + strconv.Itoa(since) + " on, and an " +
			"earlier version drops it without a word",
		Need: theVersion(),
	}
}

func theVersion() rules.Need {
	return rules.Need{Input: source.NeedGatewayVersion, For: "the version of Envoy Gateway"}
}

// from is a condition that came with a version: an earlier one does not ask for it.
func (c *cluster) from(since int, field string, test rules.Predicate) rules.Predicate {
	switch c.has(since) {
	case rules.Yes:
		return test
	case rules.No:
		return rules.Both()
	}
	return envoy.Perhaps(test, rules.Both(), dependsOn(field, since))
}
