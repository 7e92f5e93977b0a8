package envoygateway

import (
	"strconv"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/configurations"
)

// wholeSpec has every field of a SecurityPolicy that decides on tokens.
const wholeSpec = `{
  "targetRefs": [{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "api"}],
  "jwt": {"optional": false, "providers": [{
    "name": "entra", "issuer": "` + v2Issuer + `", "audiences": ["` + app + `"],
    "remoteJWKS": {"uri": "` + keysURL + `", "cacheDuration": "1h30m"}, "recomputeRoute": false,
    "extractFrom": {"headers": [{"name": "Authorization", "valuePrefix": "Bearer "}]},
    "claimToHeaders": [{"header": "x-subject", "claim": "sub"}]
  }]},
  "authorization": {"defaultAction": "Deny", "rules": [
    {"name": "none", "action": "Deny", "principal": {
      "jwt": {"provider": "entra", "claims": [{"name": "azp", "values": ["other"]}]}}},
    {"name": "ours", "action": "Allow",
      "operation": {"methods": ["GET"], 
        "path": {"type": "PathPrefix", "value": "/orders", "invert": false}},
      "principal": {"headers": [{"name": "x-env", "values": ["uat"]}], "jwt": {
        "provider": "entra", "scopes": ["Read"],
        "claims": [{"name": "azp", "valueType": "String", "values": ["` + client + `"]}]}}}
  ]}
}`

// wholeVerdict is what a request gets that wholeSpec lets in.
func wholeVerdict(t *testing.T, spec string) decided {
	t.Helper()
	return wholeVerdictOf(t, "1.9.1", spec)
}

func wholeVerdictOf(t *testing.T, version, spec string) decided {
	t.Helper()
	text := `{"apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": "SecurityPolicy",
		"metadata": {"name": "p", "namespace": "orders"}, "spec": ` + spec + "}"
	r := requestOf(`scp="Read"`)
	r.Headers = map[string]string{"X-Env": "uat"}
	options := rules.Options{Runtime: version, API: "orders/api"}
	return short(rules.Evaluate(policiesOf(t, options, text), r))
}

// The definition bounds the lists, and that of the providers by its version (jwt_types.go and
// authorization_types.go: MaxItems).
func TestTheAPIServerRefusesListsThatAreTooLong(t *testing.T) {
	t.Parallel()
	provider := wholeSpec[strings.Index(wholeSpec, `{
    "name": "entra"`):strings.Index(wholeSpec, "]},\n  \"authorization")]
	const header = `{"name": "x-env", "values": ["uat"]}`
	claim := `{"name": "azp", "valueType": "String", "values": ["` + client + `"]}`
	others := strings.Replace(provider, `"entra"`, `"entra-NUMBER"`, 1)
	for _, test := range []struct {
		name, version, after, more string
		most                       int
	}{
		{"providers", "1.9.1", provider, others, 16},
		{"providers", "1.8.0", provider, others, 16},
		{"providers", "1.7.0", provider, others, 4},
		{"providers of an unknown version", "", provider, others, 16},
		{"audiences", "1.9.1", `["` + app + `"`, `"x"`, 8},
		{"methods", "1.9.1", `["GET"`, `"POST"`, 16},
		{"scopes", "1.9.1", `["Read"`, `"Read"`, 16},
		{"claims", "1.9.1", claim, claim, 16},
		{"values", "1.9.1", `["` + client + `"`, `"x"`, 128},
		{"headers", "1.9.1", header, header, 256},
		{"a header's values", "1.9.1", `["uat"`, `"x"`, 256},
	} {
		long := func(items int) decided {
			all := test.after
			for i := 1; i < items; i++ {
				all += ", " + strings.ReplaceAll(test.more, "NUMBER", strconv.Itoa(i))
			}
			last := strings.LastIndex(wholeSpec, test.after)
			spec := wholeSpec[:last] + all + wholeSpec[last+len(test.after):]
			return wholeVerdictOf(t, test.version, spec)
		}
		if got := long(test.most); got == open(rules.NotModelled) {
			t.Errorf("%d %s of %q: got %v", test.most, test.name, test.version, got)
		}
		if got := long(test.most + 1); got != open(rules.NotModelled) {
			t.Errorf("%d %s of %q: got %v", test.most+1, test.name, test.version, got)
		}
	}
}

// What the definition wants of single fields (jwt_types.go, shared_types.go), with what it says of
// a field that may be empty: Envoy Gateway then has an error.
func TestTheAPIServerRefusesAProviderThatItsDefinitionDoesNotAllow(t *testing.T) {
	t.Parallel()
	with := func(old, changed string) string { return strings.Replace(wholeSpec, old, changed, 1) }
	local := func(text string) string {
		return with(`"remoteJWKS": {"uri": "`+keysURL+`", "cacheDuration": "1h30m"}`,
			`"localJWKS": `+text)
	}
	for _, test := range []struct {
		name, spec string
		want       decided
	}{
		{"a time with a fraction", with("1h30m", "1.5h"), open(rules.NotModelled)},
		{"a time without a unit", with("1h30m", "300"), open(rules.NotModelled)},
		{"a time in milliseconds", with("1h30m", "300ms"), accepted()},
		{
			"keys of another kind", local(`{"type": "Text", "inline": "{}"}`),
			open(rules.NotModelled),
		},
		{
			"keys of something without a kind",
			local(`{"type": "ValueRef", "valueRef": {"group": "", "name": "a"}}`),
			open(rules.NotModelled),
		},
		{"no providers", `{"targetRefs": [{"group": "gateway.networking.k8s.io",
			"kind": "HTTPRoute", "name": "api"}], "jwt": {}}`, open(rules.NotModelled)},
		{"a name that is too long", with(`"entra", "issuer"`, `"`+strings.Repeat("e", 254)+
			`", "issuer"`), open(rules.NotModelled)},
		{
			"an address that a deployment writes, of which the file has more", with(
				`"uri": "`+keysURL+`"`, `"uri": "{{ `+strings.Repeat("x", 254)+` }}"`),
			accepted(),
		},
		{
			"a header without a name", with(`{"name": "Authorization", `, "{"),
			open(rules.NotModelled),
		},
		{"a header for no claim", with(`"claim": "sub"`, `"claim": ""`), rejected(403,
			rules.Authorization)},
	} {
		if got := wholeVerdict(t, test.spec); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// The API server drops a member that is null, and refuses a value of another type.
func TestNullIsAbsentAndAnotherTypeIsRefused(t *testing.T) {
	t.Parallel()
	if got := wholeVerdict(t, wholeSpec); got != accepted() {
		t.Fatalf("got %v", got)
	}
	for _, v := range configurations.Variants(t, wholeSpec) {
		if strings.HasPrefix(v.Field, ".targetRefs") {
			continue // it decides which route it is
		}
		null, absent := wholeVerdict(t, v.Null), wholeVerdict(t, v.Absent)
		if null != absent {
			t.Errorf("%s: null is %v, absent %v", v.Field, null, absent)
		}
		for _, odd := range v.Odd {
			if got := wholeVerdict(t, odd); got != open(rules.NotModelled) {
				t.Errorf("%s: got %v of %s", v.Field, got, odd)
			}
		}
	}
}
