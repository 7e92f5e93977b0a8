package envoygateway

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// The proxy's own 401 and 403 are answers too, which responseOverride changes (shared_types.go,
// ResponseOverride). Its filter comes before those of the policies (httpfilters.go).
func TestAnAnswerMayBeOverridden(t *testing.T) {
	t.Parallel()
	const of = "targetRef: {kind: HTTPRoute, name: api}, responseOverride: "
	override := func(match, rest string) string {
		return beside(backendPolicy, of+"[{match: {"+match+"}, "+rest+"}]")
	}
	code := func(status string) string { return "statusCodes: [{value: " + status + "}]" }
	const html = "response: {body: {inline: no}}"
	for name, test := range map[string]struct {
		beside string
		status int
		says   bool
		oneOf  []int
	}{
		"as it is":       {"", 401, true, nil},
		"another status": {override(code("403"), html), 401, true, nil},
		"the body alone": {override(code("401"), html), 401, false, nil},
		"the status too": {
			override(code("401"), "response: {statusCode: 404}"), 0, false,
			[]int{401, 404},
		},
		"somewhere else": {
			override(code("401"), "redirect: {statusCode: 301}"), 0, false,
			[]int{401, 301},
		},
		"the backend's answers": {override(code("401"), html+", source: Backend"), 401, true, nil},
		"the proxy's answers":   {override(code("401"), html+", source: Local"), 401, false, nil},
		"a range of statuses": {override("statusCodes: [{type: Range, range: {start: 400, "+
			"end: 499}}]", html), 401, false, nil},
		"a range of others": {override("statusCodes: [{type: Range, range: {start: 500, "+
			"end: 599}}]", html), 401, true, nil},
		"any that has a header": {override("responseHeaders: [{name: a, value: {value: b}}]",
			html), 401, false, nil},
		"those of another route": {strings.Replace(override(code("401"), html), "name: api",
			"name: other", 1), 401, true, nil},
	} {
		v := answered(t, onRoute(jwt())+test.beside, requestOf("exp=1"))
		if v.Outcome != rules.Rejected || v.Status != test.status ||
			(v.Answer.Body != "") != test.says || !slices.Equal(v.Answer.OneOf, test.oneOf) {
			t.Errorf("%s: got %s %d %v %q", name, v.Outcome, v.Status, v.Answer.OneOf,
				v.Answer.Body)
		}
	}
}

// The filter of faults comes before that of tokens. Without a percentage it aborts every request.
func TestARequestMayBeAbortedBeforeItsTokenIsLookedAt(t *testing.T) {
	t.Parallel()
	notKnown, expired := open(rules.NotModelled), rejected(401, rules.Expiry)
	for fault, want := range map[string]decided{
		"abort: {httpStatus: 503}":                     notKnown,
		"abort: {httpStatus: 503, percentage: 100}":    notKnown,
		"abort: {httpStatus: 503, percentage: 5.5}":    expired,
		"abort: {httpStatus: 503, percentage: 0}":      expired,
		"delay: {fixedDelay: 1s}":                      expired,
		"abort: {httpStatus: 503, percentage: '${P}'}": notKnown,
	} {
		text := onRoute(jwt()) + beside(backendPolicy,
			"targetRef: {kind: HTTPRoute, name: api}, faultInjection: {"+fault+"}")
		if got := short(answered(t, text, requestOf("exp=1"))); got != want {
			t.Errorf("%s: got %v, want %v", fault, got, want)
		}
	}
}

// A policy for the connections of one listener is about no other one's.
func TestAPolicyOfAListenerIsNotThatOfItsGateway(t *testing.T) {
	t.Parallel()
	const underscores = "headers: {withUnderscoresAction: Allow}"
	route := func(section string) string {
		return resourceOf(httpRoute, "api", "parentRefs: [{name: public"+section+"}]")
	}
	on := func(section, spec string) string {
		return strings.Replace(beside(trafficPolicy, "targetRef: {kind: Gateway, name: public"+
			section+"}, "+spec), "name: changes", "name: changes"+section[max(0, len(section)-1):],
			1)
	}
	const https, plain = ", sectionName: https", ", sectionName: http"
	for _, test := range []struct {
		beside string
		want   decided
	}{
		{route(https) + on(https, underscores), accepted()},
		{route(https) + on("", underscores), accepted()},
		{route(https) + on(plain, underscores), open(rules.NotModelled)},
		{route("") + on(https, underscores), open(rules.NotModelled)},
		{route(https) + on("", underscores) + on(https, "timeout: {}"), open(rules.NotModelled)},
		{route(https) + on("", underscores) + on(plain, "timeout: {}"), accepted()},
	} {
		r := requestOf("")
		r.Headers = map[string]string{"X_Team": "a"}
		if got := short(answered(t, onRoute(jwt())+test.beside, r)); got != test.want {
			t.Errorf("%s: got %v, want %v", test.beside, got, test.want)
		}
	}
}

// A policy whose keys can't be fetched has no JWT filter, and its routes answer 500 to a bad token
// too, as was recorded (keys-service-missing).
func TestTheStatusIsNotKnownWhereThePolicyMayBeInError(t *testing.T) {
	t.Parallel()
	text := strings.Replace(onRoute(jwt()), "remoteJWKS: {", "remoteJWKS: {backendRefs: "+
		"[{name: keys, port: 443}], ", 1)
	const service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: keys, " +
		"namespace: orders}\n"
	for text, want := range map[string]int{text: 0, text + service: 401} {
		v := answered(t, text, requestOf("exp=1"))
		if v.Outcome != rules.Rejected || v.Status != want {
			t.Errorf("%s: got %s %d, want %d", text, v.Outcome, v.Status, want)
		}
	}
}
