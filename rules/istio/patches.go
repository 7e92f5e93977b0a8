package istio

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// patch is a resource that changes what proxies do with a request, beside the policies: nobody
// knows here what comes out.
type patch struct {
	kubernetes.Resource
	selector kubernetes.Labels
	targets  []target
	unread   bool // it can't be read which workloads it is for: it may be for any

	opaque     bool // it may change what becomes of any request
	preflights bool // it changes the answers to a browser's preflights
	bodies     bool // it changes the bodies of what proxies answer by themselves
	statuses   bool // it may change their statuses too
}

// answersPreflights reports whether a patch of an EnvoyFilter inserts the filter for CORS. Istio's
// own is behind the policies (listener_builder.go); one before them answers a preflight.
func answersPreflights(of *source.Value) bool {
	inserts := !slices.Contains([]string{"MERGE", "REMOVE", "REPLACE"},
		of.TextAt("patch", "operation"))
	return of.TextAt("applyTo") == "HTTP_FILTER" && inserts &&
		of.TextAt("match", "context") != "SIDECAR_OUTBOUND" &&
		hasWord(of.At("patch", "value").JSON(), "cors")
}

// changesReplies reports whether a patch of an EnvoyFilter changes what a proxy answers by itself
// (local_reply_config of its HTTP connection manager).
func changesReplies(of *source.Value) bool {
	return of.TextAt("match", "context") != "SIDECAR_OUTBOUND" &&
		hasWord(of.At("patch", "value").JSON(), "local_reply_config")
}

// touchesTokens reports whether a patch of an EnvoyFilter may change what becomes of a token: it
// changes the filters before the request goes on to the workload, or how the proxy reads the path.
func touchesTokens(of *source.Value) bool {
	if of.TextAt("match", "context") == "SIDECAR_OUTBOUND" {
		return false
	}
	value := of.At("patch", "value")
	switch of.TextAt("applyTo") {
	case "HTTP_FILTER":
		name := value.TextAt("name")
		if slices.Contains([]string{"MERGE", "REMOVE", "REPLACE"},
			of.TextAt("patch", "operation")) {
			name = of.TextAt("match", "listener", "filterChain", "filter", "subFilter", "name")
		}
		return !isAsideOfTokens(name, value.Member("typed_config"), value.Member("typedConfig"))
	case "NETWORK_FILTER", "FILTER_CHAIN", "LISTENER", "EXTENSION_CONFIG":
		return hasWord(
			value.JSON(), "http_filters", "jwt_authn", "rbac", "normalize_path", "merge_slashes",
			"path_with_escaped_slashes", "early_header_mutation",
		)
	case "HTTP_ROUTE", "VIRTUAL_HOST", "ROUTE_CONFIGURATION":
		return hasWord(value.JSON(), "jwt_authn", "rbac")
	}
	return false
}

// hasWord reports whether a text has one of some names of fields or filters. Envoy reads
// merge_slashes and mergeSlashes alike (ProtoJSON).
func hasWord(text string, words ...string) bool {
	bare := func(text string) string { return strings.ToLower(strings.ReplaceAll(text, "_", "")) }
	text = bare(text)
	return slices.ContainsFunc(words, func(word string) bool {
		return strings.Contains(text, bare(word))
	})
}

// isAsideOfTokens reports whether a filter neither reads nor changes what tells who the caller is.
// That one limits requests, or injects faults, is no answer about a token. People choose the name
// of a filter, and its type says what it is; only the names of Istio's own say it by themselves.
func isAsideOfTokens(name string, configs ...*source.Value) bool {
	words := []string{
		"admission_control", "alpn", "bandwidth_limit", "buffer", "compressor", "cors", "fault",
		"grpc_web", "gzip", "metadata_exchange", "ratelimit", "router", "stats", "tap",
	}
	if !hasWord(name, words...) || strings.HasPrefix(name, "istio.") {
		return hasWord(name, words...)
	}
	for _, config := range configs {
		for _, field := range []string{"@type", "type_url", "typeUrl"} {
			kind := config.TextAt(field)
			if kind != "" && !strings.HasSuffix(kind, ".TypedStruct") && !hasWord(kind, words...) {
				return false
			}
		}
	}
	return true
}

// patchOf is an EnvoyFilter, a WasmPlugin or a TrafficExtension; nil where a resource is none, or
// does not touch what decides on a request.
func patchOf(file *source.File, object *source.Value) *patch {
	var field []string
	switch {
	case kubernetes.IsOf(object, "networking.istio.io/", "EnvoyFilter"):
		field = []string{"workloadSelector", "labels"}
	case kubernetes.IsOf(object, "extensions.istio.io/", "WasmPlugin", "TrafficExtension"):
		field = []string{"selector", "matchLabels"}
	default:
		return nil
	}
	p := &patch{Resource: kubernetes.ResourceOf(file, object)}
	for _, one := range p.Spec.Member("configPatches").List() { // of an EnvoyFilter
		p.opaque = p.opaque || touchesTokens(one)
		p.preflights = p.preflights || answersPreflights(one)
		if changesReplies(one) {
			p.bodies = true
			p.statuses = p.statuses || hasWord(one.JSON(), "status_code", "status_on_error")
		}
	}
	// Without a phase a plugin is behind the policies, or where its type says.
	if phase := p.Spec.Member("phase"); p.Kind != "EnvoyFilter" {
		p.opaque = kubernetes.Marked(phase) || isOneOf(phase, "AUTHN", "AUTHZ")
	}
	if !p.opaque && !p.preflights && !p.bodies {
		return nil
	}
	labels, ok := kubernetes.LabelsOf(p.Spec.At(field...))
	targets, read := targetsOf(p.Spec)
	p.selector, p.targets, p.unread = labels, targets, !ok || !read
	return p
}

// mayChange reports whether a patch is for a workload, or may be.
func (p *patch) mayChange(w *workload) bool {
	root := w.cluster.root.name
	near := kubernetes.SameNamespace(p.Namespace, w.namespace) != rules.No || p.Namespace == root
	switch {
	case !near || p.unread:
		return near
	case len(p.targets) > 0:
		return slices.ContainsFunc(p.targets, func(t target) bool {
			return t.name == w.labels[gatewayName] || strings.HasSuffix(w.name, ":"+t.name)
		})
	case w.whole:
		return p.selector.Selects(w.labels) != rules.No
	}
	return !p.selector.Excludes(w.labels)
}

// asides are the requests of a workload that a patch may be for, or that the proxy refuses by
// itself: nobody knows what it answers.
func (w *workload) asides() []rules.Aside {
	all := w.refusedBefore()
	for _, p := range w.cluster.patches {
		if !p.opaque && !p.preflights || !p.mayChange(w) {
			continue
		}
		check := notModelled(p.At, "spec", &rules.Unknown{
			Why: p.String() + " changes what the proxy does with a request beside the " +
				"policies, and is not modelled",
		})
		aside := rules.Aside{If: rules.Both(), Root: rules.AllOf(check)}
		if p.opaque {
			return []rules.Aside{aside}
		}
		aside.If = envoy.MayBePreflight()
		all = append(all, aside)
	}
	return all
}

// replies are what may be changed of what the proxy of a workload answers by itself.
func (w *workload) replies() (bodies, statuses bool) {
	for _, p := range w.cluster.patches {
		if p.bodies && p.mayChange(w) {
			bodies, statuses = true, statuses || p.statuses
		}
	}
	return bodies, statuses
}

// refusedBefore are the requests that proxies refuse or redirect by themselves, as the mesh is
// configured: without its connectionSettings they take them all (connection_settings.go).
func (w *workload) refusedBefore() []rules.Aside {
	for _, mesh := range w.cluster.meshes {
		at := mesh.At("defaultConfig", "connectionSettings")
		edge := kubernetes.Marked(at) || !isOneOf(at.Member("profile"), "", "SIDECAR")
		does := func(field, unspecified, harmless string) bool {
			action := at.Member(field)
			if isOneOf(action, "", unspecified) {
				return edge
			}
			return !isOneOf(action, harmless)
		}
		headers := does("httpHeadersWithUnderscoresAction",
			"HEADERS_WITH_UNDERSCORES_UNSPECIFIED", "HEADERS_WITH_UNDERSCORES_ALLOW")
		path := does("httpPathWithEscapedSlashesAction",
			"PATH_WITH_ESCAPED_SLASHES_UNSPECIFIED", "KEEP_UNCHANGED")
		if !headers && !path {
			continue
		}
		check := notModelled(at, "connectionSettings", &rules.Unknown{
			Why: "connectionSettings of the mesh has proxies refuse a request with an " +
				"underscore in the name of a header, or redirect one with an escaped slash in " +
				"its path",
		})
		odd := envoy.RefusedBefore(w.compiler().providers, headers, path)
		return []rules.Aside{{If: odd, Root: rules.AllOf(check)}}
	}
	return nil
}

// isOneOf reports whether a value is known to be one of some texts; an absent one is empty.
func isOneOf(v *source.Value, texts ...string) bool {
	if !v.IsSet() {
		return slices.Contains(texts, "")
	}
	return !kubernetes.Marked(v) && slices.Contains(texts, v.Text)
}
