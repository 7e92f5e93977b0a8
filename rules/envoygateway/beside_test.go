package envoygateway

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// What a policy or its route has beside jwt may answer in its place.
func TestWhatAnswersBesideTheJWTFilter(t *testing.T) {
	t.Parallel()
	preflight := tokenless()
	preflight.Method, preflight.Headers = rules.Preflight, map[string]string{
		"Origin": "https://a.example", "Access-Control-Request-Method": "GET",
	}
	options := tokenless()
	options.Method, options.HeadersWhole = rules.Preflight, false
	inQuery := requestOf("")
	inQuery.Query = map[string]string{"access_token": inQuery.Token.Compact()}
	cors := onRoute(jwt(), "cors: {allowOrigins: ['https://a.example']}")
	ofRoute := resourceOf(httpRoute, "api",
		"parentRefs: [{name: public}], rules: [{filters: [{type: CORS, cors: {}}]}]")
	passing := onRoute(jwt(), "oidc: {passThroughAuthHeader: true}")
	forwarding := func(header string) string {
		return onRoute(jwt(), "oidc: {passThroughAuthHeader: true, forwardIDToken: {header: "+
			header+"}}")
	}
	missing, expired := rejected(401, rules.TokenPresent), rejected(401, rules.Expiry)
	notKnown := open(rules.NotModelled)
	for name, test := range map[string]struct {
		text    string
		request *rules.Request
		want    decided
	}{
		"cors answers a preflight":             {cors, preflight, notKnown},
		"what may be one, too":                 {cors, options, notKnown},
		"and leaves other requests alone":      {cors, tokenless(), missing},
		"without cors the filter refuses it":   {onRoute(jwt()), preflight, missing},
		"a route answers a preflight":          {onRoute(jwt()) + ofRoute, preflight, notKnown},
		"oidc lets a token in a header pass":   {passing, requestOf(""), accepted()},
		"it refuses a bad one as elsewhere":    {passing, requestOf("exp=1"), expired},
		"it answers a request without a token": {passing, tokenless(), notKnown},
		"and one with it in the query":         {passing, inQuery, notKnown},
		"it writes another header":             {forwarding("x-id"), requestOf(""), accepted()},
		"it can't write that of the token": {
			forwarding("authorization"), requestOf(""), notKnown,
		},
	} {
		if got := short(answered(t, test.text, test.request)); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// Of its own the proxy of a Gateway refuses headers with an underscore, and redirects escaped
// slashes.
func TestWhatTheProxyRefusesByItself(t *testing.T) {
	t.Parallel()
	underscored, slashed, both := requestOf(""), requestOf(""), requestOf("")
	underscored.Headers = map[string]string{"X_trace": "1", "X-Id": "2"}
	slashed.Path = "/orders%2F7"
	both.Headers, both.Path = underscored.Headers, slashed.Path
	gateway := resourceOf(gatewayKind, "public", "listeners: [{name: http}]")
	policy := onRoute(jwt()) + gateway + resourceOf(httpRoute, "api", "parentRefs: "+
		"[{name: public}]")
	client := func(of, spec string) string {
		return policy + "---\napiVersion: gateway.envoyproxy.io/v1alpha1\n" +
			"kind: ClientTrafficPolicy\nmetadata: {name: x, namespace: orders}\n" +
			"spec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: " + of +
			"}], " + spec + "}\n"
	}
	const allowing = "headers: {withUnderscoresAction: Allow}"
	const keeping = "path: {escapedSlashesAction: KeepUnchanged}"
	extracting := func(places string) string {
		return onRoute(strings.Replace(jwt(), "issuer:", "extractFrom: "+places+", issuer:", 1))
	}
	inHeader := extracting("{headers: [{name: x_token}]}")
	notKnown := open(rules.NotModelled)
	for name, test := range map[string]struct {
		text    string
		request *rules.Request
		want    decided
	}{
		"a header with an underscore": {policy, underscored, notKnown},
		"which is allowed":            {client("public", allowing), underscored, accepted()},
		"which is allowed elsewhere":  {client("other", allowing), underscored, notKnown},
		"an escaped slash":            {policy, slashed, notKnown},
		"which is kept":               {client("public", keeping), slashed, accepted()},
		"one of two is allowed":       {client("public", keeping), both, notKnown},
		"both are":                    {client("public", keeping+", "+allowing), both, accepted()},
		"other headers":               {policy, requestOf(""), accepted()},
		"a token needs such a header": {inHeader, requestOf(""), notKnown},
		"it needs none":               {inHeader, tokenless(), rejected(401, rules.TokenPresent)},
		"it may have one without": {
			extracting("{headers: [{name: x_token}, {name: x-token}]}"), requestOf(""), accepted(),
		},
	} {
		if got := short(answered(t, test.text, test.request)); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// Envoy Gateway leaves out a route's policy that passes tokens in headers where no provider looks.
func TestAPolicyThatPassesTokensWhereNoProviderLooks(t *testing.T) {
	t.Parallel()
	const pass = "oidc: {passThroughAuthHeader: true}"
	from := func(places string) string {
		return strings.Replace(jwt(), "issuer:", "extractFrom: "+places+", issuer:", 1)
	}
	inCookie := from("{cookies: [token]}")
	inHeader := from("{headers: [{name: Authorization, valuePrefix: 'Bearer '}]}")
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	for text, want := range map[string]decided{
		onRoute(pass):           open(rules.NotModelled),
		onRoute(pass, inCookie): open(rules.NotModelled),
		onRoute(pass, inHeader): accepted(),
		// The Gateway's is not looked at in that way, and the route's is so before it is merged.
		policyOn(gatewayKind, "public", pass, jwt()) + route: accepted(),
		policyOn(gatewayKind, "public", jwt()) + route +
			onRoute("mergeType: JSONMerge", pass): open(rules.NotModelled),
	} {
		policies := policiesOf(t, rules.Options{Runtime: "1.9"}, text)
		if got := short(rules.Evaluate(policies, requestOf(""))); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

// extAuth and oidc come before the JWT filter (httpfilters.go), and may put a token into requests.
func TestATokenThatAFilterBeforeMayReplace(t *testing.T) {
	t.Parallel()
	const to = ", headersToBackend: "
	onGRPC := onRoute(jwt(), "extAuth: {grpc: {backendRefs: [{name: a, port: 80}]}}")
	overHTTP := func(more string) string {
		return onRoute(jwt(), "extAuth: {http: {backendRefs: [{name: a, port: 80}]"+more)
	}
	ofKey := func(header string) string {
		return onRoute(jwt(), "apiKeyAuth: {forwardClientIDHeader: X-Client}", authorization("",
			"{action: Allow, principal: {headers: [{name: "+header+", values: [web]}]}}"))
	}
	missing, expired := rejected(401, rules.TokenPresent), rejected(401, rules.Expiry)
	open := open(rules.NotModelled)
	sent := requestOf("")
	sent.Headers = map[string]string{"X-Client": "other", "X-Team": "other"}
	for name, test := range map[string]struct {
		text    string
		request *rules.Request
		want    decided
	}{
		"over gRPC a bad one":         {onGRPC, requestOf("exp=1"), open},
		"and none":                    {onGRPC, tokenless(), open},
		"over HTTP it changes none":   {overHTTP("}}"), requestOf("exp=1"), expired},
		"and puts none in":            {overHTTP("}}"), tokenless(), missing},
		"without the name of one":     {overHTTP(to + "[]}}"), tokenless(), missing},
		"but into the headers named":  {overHTTP(to + "[authorization]}}"), tokenless(), open},
		"oidc has tokens of sessions": {onRoute(jwt(), "oidc: {}"), tokenless(), open},
		"where a bad one is none":     {onRoute(jwt(), "oidc: {}"), requestOf("exp=1"), open},
		"a password is no token":      {onRoute(jwt(), "basicAuth: {}"), tokenless(), missing},
		"a client's name is written":  {ofKey("x-client"), sent, open},
		"another header is not":       {ofKey("x-team"), sent, rejected(403, rules.Conditional)},
	} {
		if got := short(answered(t, test.text, test.request)); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// With recomputeRoute the route of a request may be another one once its token is accepted.
func TestARouteThatIsLookedForAgain(t *testing.T) {
	t.Parallel()
	again := strings.Replace(onRoute(jwt(), authorization("", ruleOf("Allow", claim("azp", "",
		"nobody")))), "issuer:", "recomputeRoute: true, claimToHeaders: [{claim: azp, header: "+
		"X-Client}], issuer:", 1)
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	ofClient := resourceOf(httpRoute, "web", "parentRefs: [{name: public}], rules: [{matches: "+
		"[{headers: [{name: x-client, value: a}]}]}]")
	for name, test := range map[string]struct {
		text, over string
		want       decided
	}{
		"another route takes it": {again + route + ofClient, "", open(rules.NotModelled)},
		"a bad token has no route": {
			again + route + ofClient, "exp=1", rejected(401, rules.Expiry),
		},
		"no route looks at claims": {again + route, "", rejected(403, rules.CustomClaim)},
		"the routes are not shown": {again, "", open(rules.NotModelled)},
	} {
		if got := short(answered(t, test.text, requestOf(test.over))); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// beside is another resource of Envoy Gateway's, with these fields.
func beside(kind, spec string) string {
	return "---\napiVersion: gateway.envoyproxy.io/v1alpha1\nkind: " + kind +
		"\nmetadata: {name: changes, namespace: orders}\nspec: {" + spec + "}\n"
}

// What changes the proxy's filters beside the policies leaves its answer open, for the routes that
// it is for.
func TestWhatChangesTheProxyLeavesItsAnswerOpen(t *testing.T) {
	t.Parallel()
	on := func(kind, name string) string {
		return "targetRef: {group: gateway.networking.k8s.io, kind: " + kind + ", name: " + name +
			"}, "
	}
	route := resourceOf(httpRoute, "api", "parentRefs: [{name: public}]")
	early := "headers: {earlyRequestHeaders: {remove: [Authorization]}}"
	ofGateway, ofRoute := on("Gateway", "public"), on(httpRoute, "api")
	notKnown, expired := open(rules.NotModelled), rejected(401, rules.Expiry)
	for name, test := range map[string]struct {
		beside, over string
		want         decided
	}{
		"a patch of its Gateway":   {beside(patchPolicy, ofGateway), "exp=1", notKnown},
		"a patch of all Gateways":  {beside(patchPolicy, on("GatewayClass", "eg")), "", notKnown},
		"a patch of another":       {beside(patchPolicy, on("Gateway", "x")), "exp=1", expired},
		"another order of filters": {beside(proxyKind, "filterOrder: []"), "exp=1", notKnown},
		"the proxies' logs":        {beside(proxyKind, "logging: {}"), "exp=1", expired},
		"headers that are removed": {
			beside(trafficPolicy, ofGateway+early), "exp=1", notKnown,
		},
		"the connections of clients": {
			beside(trafficPolicy, ofGateway+"timeout: {}"), "exp=1", expired,
		},
		"an extension behind the JWT filter": {
			beside(extensionPolicy, ofRoute+"lua: []"), "exp=1", expired,
		},
		"what it lets pass": {beside(extensionPolicy, ofRoute), "", notKnown},
		"an extension of another route": {
			beside(extensionPolicy, on(httpRoute, "x")), "", accepted(),
		},
	} {
		v := answered(t, onRoute(jwt())+route+test.beside, requestOf(test.over))
		if got := short(v); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// Envoy turns what it answers to a request of gRPC into status 200 and a grpc-status.
func TestTheStatusOfARequestOfGRPCIsNotKnown(t *testing.T) {
	t.Parallel()
	ofHTTP, ofGRPC := onRoute(jwt()), policyOn(grpcRoute, "calls", jwt())
	for name, test := range map[string]struct {
		text, content string
		status        int
	}{
		"gRPC on an HTTPRoute":          {ofHTTP, "application/grpc", 0},
		"gRPC in another form":          {ofHTTP, "application/grpc+proto", 0},
		"gRPC-Web, which is no gRPC":    {ofHTTP, "application/grpc-web", 401},
		"what is not said on an HTTP":   {ofHTTP, "", 401},
		"what is not said on a GRPC":    {ofGRPC, "", 0},
		"a GRPCRoute with another text": {ofGRPC, "application/json", 401},
	} {
		for _, r := range []*rules.Request{requestOf("exp=1"), tokenless()} {
			if r.HeadersWhole = false; test.content != "" {
				r.Headers = map[string]string{"Content-Type": test.content}
			}
			v := answered(t, test.text, r)
			if v.Outcome != rules.Rejected || v.Status != test.status {
				t.Errorf("%s: got %s %d, want %d", name, v.Outcome, v.Status, test.status)
			}
		}
	}
}

func TestATargetWithoutAKindIsSaidInPlainWords(t *testing.T) {
	t.Parallel()
	text := strings.Replace(onRoute(jwt()), "kind: HTTPRoute, ", "", 1)
	v := answered(t, text, requestOf(""))
	want := "a reference of SecurityPolicy orders/on-api has no kind"
	if why := v.Why(); !strings.Contains(why, want) {
		t.Error(why)
	}
}
