package istio

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// envoyFilter is an EnvoyFilter with one patch, and these fields beside it.
func envoyFilter(patch, beside string) string {
	return "---\napiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\n" +
		"metadata: {name: changes, namespace: orders}\n" +
		"spec: {" + beside + "configPatches: [{" + patch + "}]}\n"
}

// filterPatch inserts a filter of this name.
func filterPatch(name string) string {
	return "applyTo: HTTP_FILTER, match: {listener: {filterChain: {filter: {subFilter: " +
		"{name: envoy.filters.http.jwt_authn}}}}}, patch: {operation: INSERT_BEFORE, " +
		"value: {name: envoy.filters.http." + name + "}}"
}

// What changes the proxy's filters beside the policies leaves its answer open. What has nothing to
// do with tokens, or is for another workload, does not.
func TestWhatChangesTheProxyLeavesItsAnswerOpen(t *testing.T) {
	t.Parallel()
	const change = "applyTo: HTTP_FILTER, match: {listener: {filterChain: {filter: " +
		"{subFilter: {name: envoy.filters.http.jwt_authn}}}}}, " +
		"patch: {operation: MERGE, value: {}}"
	plugin := func(spec string) string {
		return "---\napiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\n" +
			"metadata: {name: p, namespace: orders}\nspec: {" + spec + "}\n"
	}
	const deployment = "---\napiVersion: apps/v1\nkind: Deployment\n" +
		"metadata: {name: web, namespace: orders}\n" +
		"spec: {template: {metadata: {labels: {app: web}}}}\n"
	changed, same := open(rules.NotModelled), rejected(401, rules.Expiry)
	for name, test := range map[string]struct {
		beside string
		want   decided
	}{
		"the JWT filter is changed": {envoyFilter(change, ""), changed},
		"a script runs before it":   {envoyFilter(filterPatch("lua"), ""), changed},
		"a compressor reads none":   {envoyFilter(filterPatch("compressor"), ""), same},
		"nor does a rate limit":     {envoyFilter(filterPatch("local_ratelimit"), ""), same},
		"a filter is as its type": {envoyFilter("applyTo: HTTP_FILTER, patch: {operation: "+
			"INSERT_FIRST, value: {name: my-stats, typed_config: {'@type': "+
			"type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua}}}", ""), changed},
		"or the type in its type": {envoyFilter("applyTo: HTTP_FILTER, patch: "+
			"{operation: INSERT_FIRST, value: {name: my-stats, typedConfig: {'@type': "+
			"type.googleapis.com/udpa.type.v1.TypedStruct, typeUrl: "+
			"type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm}}}", ""), changed},
		"a compressor is, too": {
			envoyFilter("applyTo: HTTP_FILTER, patch: {operation: "+
				"INSERT_FIRST, value: {name: my-gzip, typed_config: {'@type': "+
				"type.googleapis.com/envoy.extensions.filters.http.compressor.v3.Compressor}}}",
				""),
			same,
		},
		"Istio's own statistics": {envoyFilter("applyTo: HTTP_FILTER, patch: "+
			"{operation: INSERT_BEFORE, value: {name: istio.stats, typed_config: {'@type': "+
			"type.googleapis.com/udpa.type.v1.TypedStruct, type_url: "+
			"type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm}}}", ""), same},
		"Istio's exchange of metadata": {envoyFilter("applyTo: HTTP_FILTER, patch: {operation: "+
			"INSERT_BEFORE, value: {name: istio.metadata_exchange}}", ""), same},
		"a transcoder changes the path": {
			envoyFilter(filterPatch("grpc_json_transcoder"), ""), changed,
		},
		"a cache may answer by itself": {envoyFilter(filterPatch("cache"), ""), changed},
		"so may a check of the health": {envoyFilter(filterPatch("health_check"), ""), changed},
		"the other spelling of a field": {envoyFilter("applyTo: NETWORK_FILTER, patch: {value: "+
			"{typedConfig: {mergeSlashes: false}}}", ""), changed},
		"a cluster has no tokens": {envoyFilter("applyTo: CLUSTER, patch: {}", ""), same},
		"what the workload sends": {
			envoyFilter("match: {context: SIDECAR_OUTBOUND}, "+"applyTo: NETWORK_FILTER, "+
				"patch: {value: {http_filters: []}}", ""), same,
		},
		"how the path is read": {envoyFilter("applyTo: NETWORK_FILTER, patch: {value: "+
			"{typed_config: {merge_slashes: false}}}", ""), changed},
		"an idle timeout": {envoyFilter("applyTo: NETWORK_FILTER, patch: {value: "+
			"{typed_config: {stream_idle_timeout: 5s}}}", ""), same},
		"a route without the filter": {envoyFilter("applyTo: HTTP_ROUTE, patch: {value: "+
			"{typed_per_filter_config: {envoy.filters.http.jwt_authn: {}}}}", ""), changed},
		"for pods that may be these": {
			envoyFilter(change, "workloadSelector: {labels: {app: x}}, "), changed,
		},
		"for pods that a file shows": {
			deployment + envoyFilter(change, "workloadSelector: {labels: {app: web}}, "), changed,
		},
		"for other pods": {
			deployment + envoyFilter(change, "workloadSelector: {labels: {app: x}}, "), same,
		},
		"a plugin before the filter": {plugin("phase: AUTHN"), changed},
		"one whose phase is open":    {plugin("phase: '{{ .Values.phase }}'"), changed},
		"a script before it": {
			strings.Replace(plugin("phase: AUTHN, lua: {}"), "WasmPlugin", "TrafficExtension", 1),
			changed,
		},
		"CORS answers preflights alone": {envoyFilter(filterPatch("cors"), ""), same},
		"one that runs for statistics":  {plugin("phase: STATS"), same},
	} {
		v := answered(t, ofTenant()+test.beside, requestOf("exp=1"))
		if got := short(v); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// Istio's own filter for CORS is behind the policies; one that is inserted before them answers a
// preflight, which they would refuse.
func TestAFilterForCORSAnswersPreflights(t *testing.T) {
	t.Parallel()
	text := ofTenant() + policy("ALLOW", `rules: [{from: [{source: {requestPrincipals: ["*"]}}]}]`)
	preflight := tokenless()
	preflight.Method, preflight.Headers = rules.Preflight, map[string]string{
		"Origin": "https://a.example", "Access-Control-Request-Method": "GET",
	}
	get := tokenless()
	get.Method = "GET"
	missing, inserted := rejected(403, rules.TokenPresent), envoyFilter(filterPatch("cors"), "")
	for _, test := range []struct {
		name, beside string
		request      *rules.Request
		want         decided
	}{
		{"a preflight", inserted, preflight, open(rules.NotModelled)},
		{"another request", inserted, get, missing},
		{"without the filter", "", preflight, missing},
		{
			"Istio's own is taken out",
			envoyFilter("applyTo: HTTP_FILTER, match: {listener: {filterChain: {filter: "+
				"{subFilter: {name: envoy.filters.http.cors}}}}}, patch: {operation: REMOVE, "+
				"value: {name: envoy.filters.http.cors}}", ""), preflight, missing,
		},
	} {
		if got := short(answered(t, text+test.beside, test.request)); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// Of its own Istio leaves odd names of headers and escaped slashes alone; the profile EDGE does
// not (connection_settings.go, applyEdgeProfileDefaults).
func TestAMeshThatRefusesOddRequestsLeavesThemOpen(t *testing.T) {
	t.Parallel()
	mesh := func(settings string) string {
		return ofTenant() + "---\nmeshConfig: {defaultConfig: {connectionSettings: {" + settings +
			"}}}\n"
	}
	const keeps = "httpHeadersWithUnderscoresAction: HEADERS_WITH_UNDERSCORES_ALLOW, " +
		"httpPathWithEscapedSlashesAction: KEEP_UNCHANGED"
	for _, of := range []struct {
		text, header, path string
		want               decided
	}{
		{ofTenant(), "X_Team", "/a%2Fb", accepted()},
		{mesh("profile: SIDECAR"), "X_Team", "/a%2Fb", accepted()},
		{mesh("profile: EDGE"), "X-Team", "/a", accepted()},
		{mesh("profile: EDGE"), "X_Team", "/a", open(rules.NotModelled)},
		{mesh("profile: EDGE"), "X-Team", "/a%2Fb", open(rules.NotModelled)},
		{mesh("profile: EDGE, " + keeps), "X_Team", "/a%2Fb", accepted()},
		{mesh("profile: '${PROFILE}'"), "X_Team", "/a", open(rules.NotModelled)},
		{
			mesh("httpPathWithEscapedSlashesAction: REJECT_REQUEST"), "X-Team", "/a%5cb",
			open(rules.NotModelled),
		},
		{mesh("httpPathWithEscapedSlashesAction: REJECT_REQUEST"), "X_Team", "/a", accepted()},
	} {
		r := requestOf("")
		r.Headers, r.Path = map[string]string{of.header: "a"}, of.path
		if got := short(answered(t, of.text, r)); got != of.want {
			t.Errorf("%s %s %s: got %v, want %v", of.text, of.header, of.path, got, of.want)
		}
	}
}

// A mapper of local replies changes what the proxies answer by themselves, for the workloads that
// it is for, and not whom they let in.
func TestWhatProxiesAnswerMayBeMapped(t *testing.T) {
	t.Parallel()
	mapper := func(rest, selector string) string {
		return envoyFilter("applyTo: NETWORK_FILTER, patch: {operation: MERGE, value: "+
			"{typed_config: {local_reply_config: {"+rest+"}}}}", selector)
	}
	const body = "body_format: {text_format: no}"
	const status = "mappers: [{status_code: 404}]"
	deployment := "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, " +
		"namespace: orders}\nspec: {template: {metadata: {labels: {app: web}}}}\n"
	for name, test := range map[string]struct {
		beside string
		status int
		says   bool
	}{
		"none":       {"", 401, true},
		"the body":   {mapper(body, ""), 401, false},
		"the status": {mapper(status, ""), 0, false},
		"in another name": {strings.Replace(mapper(body, ""), "local_reply_config",
			"localReplyConfig", 1), 401, false},
		"of other pods": {deployment + mapper(status,
			"workloadSelector: {labels: {app: x}}, "), 401, true},
		"of what is sent": {strings.Replace(mapper(status, ""), "applyTo:",
			"match: {context: SIDECAR_OUTBOUND}, applyTo:", 1), 401, true},
	} {
		v := answered(t, ofTenant()+test.beside, requestOf("exp=1"))
		if v.Outcome != rules.Rejected || v.Status != test.status ||
			(v.Answer.Body != "") != test.says {
			t.Errorf("%s: got %s %d %q", name, v.Outcome, v.Status, v.Answer.Body)
		}
		if v := answered(t, ofTenant()+test.beside, requestOf("")); v.Outcome != rules.Accepted {
			t.Errorf("%s: a good token: got %s", name, v.Outcome)
		}
	}
}
