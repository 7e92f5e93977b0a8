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

func TestATargetWithoutAKindIsSaidInPlainWords(t *testing.T) {
	t.Parallel()
	text := strings.Replace(onRoute(jwt()), "kind: HTTPRoute, ", "", 1)
	v := answered(t, text, requestOf(""))
	want := "a reference of SecurityPolicy orders/on-api has no kind"
	if why := v.Why(); !strings.Contains(why, want) {
		t.Error(why)
	}
}
