package istio

import "github.com/gatewhy/gatewhy/rules/kubernetes"

// dataplane is the label by which a namespace, or a pod, gets into ambient mode.
const dataplane = "istio.io/dataplane-mode"

// isAmbient reports whether the labels of a namespace put its pods into ambient mode. Where
// sidecars are injected, these count (enablement_selector.go).
func isAmbient(namespace kubernetes.Labels) bool {
	return namespace[dataplane] == "ambient" && namespace["istio-injection"] != "enabled" &&
		namespace["istio.io/rev"] == ""
}

// withoutProxy is why no proxy in front of a workload reads tokens; empty where one may. In
// ambient mode ztunnel holds the policies that select a workload, and it knows nothing of HTTP
// (ambient/authorization.go).
func (c *cluster) withoutProxy(of *running) string {
	what := "the namespace " + of.Namespace
	switch {
	case of.labels[gatewayName] != "" || of.labels["sidecar.istio.io/inject"] == "true" ||
		of.labels["security.istio.io/tlsMode"] != "" || of.labels[dataplane] == "none":
		return ""
	case of.labels[dataplane] == "ambient":
		what = "the workload"
	case !c.ambient[of.Namespace]:
		return ""
	}
	return what + " is in ambient mode (" + dataplane + "): what selects its workloads ztunnel " +
		"holds, which reads no token. A waypoint does, of policies that are attached to it " +
		"with targetRefs"
}
