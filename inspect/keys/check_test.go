package keys_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// checked signs claims with the first key of a set like Entra's and returns what came of one
// check.
func checked(t *testing.T, id, claims string, key map[string]any, expect keys.Expect) keys.Check {
	t.Helper()
	set := setOf(t, jwk(t, &rsaKeys()[0].PublicKey, "one", key))
	token := signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"one"}`, claims)
	report := verifiedAs(expect, inspect.Parse(token), set)
	for _, c := range report.Checks {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("there is no check %s", id)
	return keys.Check{}
}

func TestTimesAreCheckedToTheSecond(t *testing.T) {
	t.Parallel()
	now := noon.Unix()
	tests := []struct {
		name, id, claims string
		want             keys.Outcome
		why              string
	}{
		{
			"a token is good until its last second", "expiry", fmt.Sprintf(`{"exp":%d}`, now+1),
			keys.Pass, "the token is valid for another 1 s",
		},
		{
			"a token is expired at exp itself (RFC 7519, section 4.1.4)", "expiry",
			fmt.Sprintf(`{"exp":%d}`, now), keys.Fail,
			"the token expired 0 s ago; a gateway that allows 5 minutes of clock skew still " +
				"accepts it",
		},
		{
			"within five minutes leeway would help", "expiry", fmt.Sprintf(`{"exp":%d}`, now-299),
			keys.Fail,
			"the token expired 4 min 59 s ago; a gateway that allows 5 minutes of clock skew " +
				"still accepts it",
		},
		{
			"at five minutes leeway no longer helps", "expiry", fmt.Sprintf(`{"exp":%d}`, now-300),
			keys.Fail,
			"the token expired 5 min 0 s ago; 5 minutes of leeway would not change that",
		},
		{
			"long expired", "expiry", fmt.Sprintf(`{"exp":%d}`, now-20*24*3600), keys.Fail,
			"the token expired 20 days ago",
		},
		{
			"a fraction is cut off", "expiry", fmt.Sprintf(`{"exp":%d.9}`, now+60), keys.Pass,
			"the token is valid for another 1 min 0 s",
		},
		{
			"an exponent is a number too", "expiry", `{"exp":2e9}`, keys.Pass,
			"the token is valid for another 2568 days",
		},
		{
			"zero is a time long ago", "expiry", `{"exp":0}`, keys.Fail,
			"the token expired 20579 days ago",
		},
		{
			"a negative time too", "expiry", `{"exp":-1}`, keys.Fail,
			"the token expired 20579 days ago",
		},
		{
			"milliseconds are never verified: gateways take them for a time far ahead", "expiry",
			fmt.Sprintf(`{"exp":%d000}`, now), keys.Unknown,
			"exp is 1778068800000: in milliseconds that is 2026-05-06T12:00:00Z, in seconds, as " +
				"gateways read it, the year 58314",
		},
		{
			"nbf in milliseconds", "not-before", fmt.Sprintf(`{"nbf":%d000}`, now), keys.Unknown,
			"nbf is 1778068800000: in milliseconds that is 2026-05-06T12:00:00Z, in seconds, as " +
				"gateways read it, the year 58314",
		},
		{
			"a number beyond all times", "expiry", `{"exp":1e400}`, keys.Unknown,
			"exp is 1e400, a time beyond the year 9999: gateways differ, and some fail on it",
		},
		{
			"a time in a string is read by some", "expiry", `{"exp":"1999999999"}`, keys.Unknown,
			"exp is a string, \"1999999999\"; about half of the gateways refuse that, the " +
				"others " +
				"read it as a number",
		},
		{
			"a time in a string that is over is accepted by none", "expiry",
			fmt.Sprintf(`{"exp":"%d"}`, now-600), keys.Fail,
			"the token expired 10 min 0 s ago; 5 minutes of leeway would not change that",
		},
		{
			"a text is no time", "expiry", `{"exp":"tomorrow"}`, keys.Fail,
			"a time is a number of seconds since 1970 (RFC 7519, section 2)",
		},
		{
			"null is no time", "expiry", `{"exp":null}`, keys.Fail,
			"a time is a number of seconds since 1970 (RFC 7519, section 2)",
		},
		{
			"without exp it is the gateway that decides", "expiry", `{}`, keys.Unknown,
			"the token has no expiry; some gateways accept that, others reject it",
		},
		{
			"a token is good from nbf itself on", "not-before", fmt.Sprintf(`{"nbf":%d}`, now),
			keys.Pass, "the token has been valid for 0 s",
		},
		{
			"a token is not good a second earlier", "not-before", fmt.Sprintf(`{"nbf":%d}`, now+1),
			keys.Fail,
			"the token is not valid for another 1 s: the clock that issued it is ahead, or this " +
				"one is behind; a gateway that allows 5 minutes of clock skew already accepts it",
		},
		{
			"too early for leeway", "not-before", fmt.Sprintf(`{"nbf":%d}`, now+301), keys.Fail,
			"the token is not valid for another 5 min 1 s: the clock that issued it is ahead, " +
				"or " +
				"this one is behind; 5 minutes of leeway would not change that",
		},
		{
			"without nbf there is nothing to check", "not-before", `{}`, keys.Skipped,
			"the token does not say when it becomes valid",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := checked(t, test.id, test.claims, nil, keys.Expect{At: noon})
			if c.Outcome != test.want || c.Why != test.why {
				t.Errorf("got %v: %s\nwant %v: %s", c.Outcome, c.Why, test.want, test.why)
			}
		})
	}
}

func TestTheIssuerIsCompared(t *testing.T) {
	t.Parallel()
	iss := func(iss string) string { return fmt.Sprintf(`{"iss":%q,"tid":%q}`, iss, tid) }
	tests := []struct {
		name, claims string
		expect       keys.Expect
		want         keys.Outcome
		expected     string
		why          string
	}{
		{
			"the expected issuer", iss(mint.V1Issuer(tid)),
			keys.Expect{Issuer: mint.V1Issuer(tid)},
			keys.Pass, mint.V1Issuer(tid), "",
		},
		{
			"a slash less", iss(mint.V1Issuer(tid)),
			keys.Expect{Issuer: strings.TrimSuffix(mint.V1Issuer(tid), "/")},
			keys.Fail, strings.TrimSuffix(mint.V1Issuer(tid), "/"),
			"its issuer and the expected one differ in the slash at the end, and issuers are " +
				"compared character by character",
		},
		{
			"other case", iss(mint.V1Issuer(tid)),
			keys.Expect{Issuer: strings.ToUpper(mint.V1Issuer(tid))},
			keys.Fail, strings.ToUpper(mint.V1Issuer(tid)),
			"its issuer and the expected one differ in case, and issuers are compared " +
				"character by character",
		},
		{
			"the other version", iss(mint.V1Issuer(tid)),
			keys.Expect{Issuer: mint.V2Issuer(tid)},
			keys.Fail,
			mint.V2Issuer(tid),
			"the tenant is the expected one, but this is the issuer of a v1.0 token; the API's " +
				"app registration decides the version",
		},
		{
			"another tenant", iss(mint.V1Issuer(otherTenant)),
			keys.Expect{Issuer: mint.V1Issuer(tid)},
			keys.Fail, mint.V1Issuer(tid), "the token is from another tenant",
		},
		{
			"another issuer altogether", iss("https://auth.example.com"),
			keys.Expect{Issuer: mint.V1Issuer(tid)},
			keys.Fail, mint.V1Issuer(tid), "the token is from another issuer",
		},
		{
			"the expected tenant, v1.0", iss(mint.V1Issuer(tid)),
			keys.Expect{Tenant: tid},
			keys.Pass,
			mint.V1Issuer(tid), "",
		},
		{
			"the expected tenant, v2.0", iss(mint.V2Issuer(tid)),
			keys.Expect{Tenant: tid},
			keys.Pass,
			mint.V2Issuer(tid), "",
		},
		{
			"a tenant in capitals is the same", iss(mint.V2Issuer(tid)),
			keys.Expect{Tenant: strings.ToUpper(tid)},
			keys.Pass, mint.V2Issuer(strings.ToUpper(tid)), "",
		},
		{
			"not the expected tenant", iss(mint.V2Issuer(otherTenant)),
			keys.Expect{Tenant: tid},
			keys.Fail, mint.V2Issuer(tid), "the token is not from the expected tenant",
		},
		{
			"a made-up issuer",
			iss("https://login.microsoftonline.com.evil.example/" + tid + "/v2.0"),
			keys.Expect{Tenant: tid},
			keys.Fail, mint.V2Issuer(tid), "the token is not from the expected tenant",
		},
		{
			"a v2.0 issuer of another cloud", iss(mint.V2Issuer(tid)),
			keys.Expect{Tenant: tid, Cloud: "usgov"},
			keys.Fail, "https://login.microsoftonline.us/" + tid + "/v2.0",
			"the tenant is the expected one, but the issuer is that of another cloud",
		},
		{
			"a v1.0 issuer fits two clouds", iss(mint.V1Issuer(tid)),
			keys.Expect{Tenant: tid, Cloud: "usgov"},
			keys.Pass, mint.V1Issuer(tid), "",
		},
		{
			"a cloud alone is expected, and the issuer is of another", iss(mint.V2Issuer(tid)),
			keys.Expect{Cloud: "china"},
			keys.Fail, "an issuer of the cloud china", "the token is from another cloud",
		},
		{
			"the id of the expected tenant is not known", iss(mint.V1Issuer(tid)),
			keys.Expect{Domain: "contoso.example"},
			keys.Unknown, "", "the id of the tenant contoso.example is not known",
		},
		{
			"no tenant of Entra has such an issuer, whatever its id",
			iss("https://auth.example.com"),
			keys.Expect{Domain: "contoso.example"},
			keys.Fail, "an issuer of the tenant contoso.example",
			"the token is not from the expected tenant",
		},
		{
			"B2C has a host of the tenant's own", iss("https://x.b2clogin.com/" + tid + "/v2.0/"),
			keys.Expect{Tenant: tid},
			keys.Pass, "https://x.b2clogin.com/" + tid + "/v2.0/", "",
		},
		{
			"nothing is expected", iss(mint.V1Issuer(tid)),
			keys.Expect{},
			keys.Skipped, "",
			"not checked",
		},
		{
			"no issuer, and nothing is expected", `{}`,
			keys.Expect{},
			keys.Skipped, "",
			"not checked",
		},
		{
			"an issuer that is no string, and nothing is expected", `{"iss":["a"]}`,
			keys.Expect{},
			keys.Skipped, "",
			"not checked",
		},
		{
			"no issuer", `{}`,
			keys.Expect{Tenant: tid},
			keys.Fail, "a claim iss",
			"the token does not name its issuer",
		},
		{
			"an issuer that is no string", `{"iss":7}`,
			keys.Expect{Tenant: tid},
			keys.Fail,
			"iss is a string", "iss can't be compared",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := checked(t, "issuer", test.claims, nil, test.expect)
			want := keys.Check{
				ID: "issuer", Outcome: test.want, Expected: test.expected, Actual: c.Actual,
				Why: test.why,
			}
			switch test.want {
			case keys.Skipped:
				want.Hint = source.Ask(source.NeedExpectedIssuer,
					"pass %s to say which issuer is expected")
			case keys.Unknown:
				want.Hint = source.Ask(source.NeedTenant, "pass %s")
			}
			if diff := cmp.Diff(want, c); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAKeyMaySignOnlyForItsIssuer(t *testing.T) {
	t.Parallel()
	const personal = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"
	shared := mint.V2Issuer("{tenantid}")
	tests := []struct {
		name, iss string
		key       map[string]any
		expect    keys.Expect
		want      keys.Outcome
	}{
		{
			"a shared key signs for every tenant", mint.V2Issuer(tid),
			map[string]any{"issuer": shared},
			keys.Expect{},
			keys.Skipped,
		},
		{
			"a shared key of a v2.0 document signs v1.0 tokens too", mint.V1Issuer(tid),
			map[string]any{"issuer": shared},
			keys.Expect{},
			keys.Skipped,
		},
		{
			"the key of personal accounts does not sign for a tenant", mint.V2Issuer(tid),
			map[string]any{"issuer": personal},
			keys.Expect{},
			keys.Fail,
		},
		{
			"the key of personal accounts does not sign v1.0 tokens of a tenant",
			mint.V1Issuer(tid),
			map[string]any{"issuer": personal},
			keys.Expect{Tenant: tid},
			keys.Fail,
		},
		{
			"the key of personal accounts signs for them", personal,
			map[string]any{"issuer": personal},
			keys.Expect{},
			keys.Skipped,
		},
		{
			"a key of another cloud's issuer", mint.V2Issuer(tid),
			map[string]any{"issuer": "https://login.microsoftonline.us/{tenantid}/v2.0"},
			keys.Expect{},
			keys.Fail,
		},
		{
			"a key of the same cloud", mint.V2Issuer(tid),
			map[string]any{"cloud_instance_name": "microsoftonline.com"},
			keys.Expect{Tenant: tid},
			keys.Pass,
		},
		{
			"a key of US Government in the public cloud's set", mint.V2Issuer(tid),
			map[string]any{"cloud_instance_name": "microsoftonline.us"},
			keys.Expect{Tenant: tid},
			keys.Fail,
		},
		{
			"a v1.0 issuer does not tell the two apart", mint.V1Issuer(tid),
			map[string]any{"cloud_instance_name": "microsoftonline.us"},
			keys.Expect{Tenant: tid},
			keys.Pass,
		},
		{
			"but the expected cloud does", mint.V1Issuer(tid),
			map[string]any{"cloud_instance_name": "microsoftonline.us"},
			keys.Expect{Tenant: tid, Cloud: "public"},
			keys.Fail,
		},
		{
			"a cloud that is not known says nothing", mint.V2Issuer(tid),
			map[string]any{"cloud_instance_name": "example"},
			keys.Expect{Tenant: tid},
			keys.Pass,
		},
		{
			"a key with the issuer of another product", "https://auth.example.com",
			map[string]any{"issuer": "https://other.example.com"},
			keys.Expect{},
			keys.Fail,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := checked(t, "issuer", fmt.Sprintf(`{"iss":%q}`, test.iss), test.key, test.expect)
			if c.Outcome != test.want {
				t.Errorf("got %v (%s), want %v", c.Outcome, c.Why, test.want)
			}
			if c.Outcome == keys.Fail && !strings.HasPrefix(c.Why, "the signature is valid, but") {
				t.Errorf("why: %s", c.Why)
			}
		})
	}
}

// "The value of the tid claim" goes into a key's issuer in place of {tenantid}, and what comes out
// must be iss (access-tokens.md).
func TestAKeyThatNamesItsIssuerBindsTheTenantToIt(t *testing.T) {
	t.Parallel()
	shared := map[string]any{"issuer": mint.V2Issuer("{tenantid}")}
	tests := []struct {
		name, iss, tid string
		key            map[string]any
		want           keys.Outcome
	}{
		{"the same tenant", mint.V2Issuer(tid), tid, shared, keys.Skipped},
		{"in other case", mint.V2Issuer(tid), strings.ToUpper(tid), shared, keys.Skipped},
		{"another tenant in tid than in iss", mint.V2Issuer(tid), otherTenant, shared, keys.Fail},
		{
			"another tenant in tid than the key's own", mint.V2Issuer(tid), otherTenant,
			map[string]any{"issuer": mint.V2Issuer(tid)},
			keys.Fail,
		},
		{"a tid that is no tenant's id", mint.V2Issuer(tid), "contoso.example", shared, keys.Fail},
		{"no tid at all, as in tokens of B2C", mint.V2Issuer(tid), "", shared, keys.Skipped},
		{"no iss that the key could sign for", "", tid, shared, keys.Fail},
		{
			"a key that names no issuer, as those for v1.0 tokens",
			mint.V1Issuer(tid), otherTenant,
			nil, keys.Skipped,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := checked(t, "issuer", fmt.Sprintf(`{"iss":%q,"tid":%q}`, test.iss, test.tid),
				test.key, keys.Expect{})
			if c.Outcome != test.want {
				t.Errorf("got %v (%s), want %v", c.Outcome, c.Why, test.want)
			}
		})
	}
}

func TestAKeyOfAnotherCloudIsToldFromOneOfAnUnexpectedCloud(t *testing.T) {
	t.Parallel()
	public := map[string]any{"cloud_instance_name": "microsoftonline.com"}
	claims := fmt.Sprintf(`{"iss":%q}`, mint.V1Issuer(tid)) // which two clouds write alike
	c := checked(t, "issuer", claims, public, keys.Expect{Cloud: "usgov"})
	want := keys.Check{
		ID: "issuer", Outcome: keys.Fail, Expected: "a key of the cloud usgov",
		Actual: "a key of the cloud public",
		Why: `the signature is valid, but key "one" belongs to another cloud than the ` +
			`expected one`,
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Microsoft's own library refuses a key of another cloud than the metadata's (IDX40012).
func TestAKeyOfAnotherCloudThanTheMetadatasIsSaid(t *testing.T) {
	t.Parallel()
	set := setOf(t,
		jwk(t, &rsaKeys()[0].PublicKey, "one",
			map[string]any{"cloud_instance_name": "microsoftonline.us"}))
	set.Metadata.CloudInstance = "microsoftonline.com"
	token := signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"one"}`,
		fmt.Sprintf(`{"iss":%q,"tid":%q,"exp":%d}`, mint.V1Issuer(tid), tid, noon.Unix()+60))
	report := verifiedAs(keys.Expect{At: noon, Tenant: tid}, inspect.Parse(token), set)
	if c, _ := report.Decided(); report.Signature.Outcome != keys.Pass ||
		report.Outcome() != keys.Fail || c.ID != "issuer" ||
		!strings.Contains(c.Why, "another cloud") {
		t.Errorf("%v, decided by %+v", report.Outcome(), c)
	}
}

func TestTheTenantIsCompared(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, claims string
		expect       keys.Expect
		want         keys.Outcome
	}{
		{"the expected tenant", `{"tid":"` + tid + `"}`, keys.Expect{Tenant: tid}, keys.Pass},
		{"another tenant", `{"tid":"` + otherTenant + `"}`, keys.Expect{Tenant: tid}, keys.Fail},
		{
			"the tenant of the expected issuer", `{"tid":"` + tid + `"}`,
			keys.Expect{Issuer: mint.V2Issuer(tid)},
			keys.Pass,
		},
		{
			"not that of the expected issuer", `{"tid":"` + otherTenant + `"}`,
			keys.Expect{Issuer: mint.V2Issuer(tid)},
			keys.Fail,
		},
		{
			"an expected issuer that names no tenant", `{"tid":"x"}`,
			keys.Expect{Issuer: "https://auth.example.com"},
			keys.Skipped,
		},
		{"nothing is expected", `{"tid":"x"}`, keys.Expect{}, keys.Skipped},
		{
			"B2C has no tid, and its tenant in iss",
			`{"iss":"https://x.b2clogin.com/` + tid + `/v2.0/"}`,
			keys.Expect{Tenant: tid},
			keys.Pass,
		},
		{"no tenant at all", `{}`, keys.Expect{Tenant: tid}, keys.Fail},
		{
			"a tenant whose id is not known", `{"tid":"` + tid + `"}`,
			keys.Expect{Domain: "contoso.example", Issuer: mint.V2Issuer(tid)},
			keys.Unknown,
		},
		{
			"not that of the expected issuer, and the other's id is not known",
			`{"tid":"` + otherTenant + `"}`,
			keys.Expect{Domain: "contoso.example", Issuer: mint.V2Issuer(tid)},
			keys.Fail,
		},
		{
			"a tenant that is no string", `{"tid":["` + tid + `"]}`,
			keys.Expect{Tenant: tid},
			keys.Fail,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if c := checked(t, "tenant", test.claims, nil, test.expect); c.Outcome != test.want {
				t.Errorf("got %v (%s), want %v", c.Outcome, c.Why, test.want)
			}
		})
	}
}

func TestAReportIsTheWorstOfItsChecks(t *testing.T) {
	t.Parallel()
	set := entraSet(t)
	at := keys.Expect{At: noon, Tenant: tid}
	full := fmt.Sprintf(`{"iss":%q,"tid":%q,"exp":%d,"nbf":%d}`, mint.V1Issuer(tid), tid,
		noon.Unix()+60, noon.Unix()-60)
	noExp := fmt.Sprintf(`{"iss":%q,"tid":%q}`, mint.V1Issuer(tid), tid)
	header := `{"alg":"RS256","kid":"one"}`
	tests := []struct {
		name, token string
		set         *keys.Set
		want        keys.Outcome
		decided     string
	}{
		{"all is right", signRS256(t, rsaKeys()[0], header, full), set, keys.Pass, ""},
		{
			"one thing is not known", signRS256(t, rsaKeys()[0], header, noExp), set, keys.Unknown,
			"expiry",
		},
		{
			"the signature is not known", signRS256(t, rsaKeys()[0], header, full), nil,
			keys.Unknown, "signature",
		},
		{
			"a failure weighs more than what is not known",
			signRS256(t, rsaKeys()[2], header, noExp), set, keys.Fail, "signature",
		},
		{
			"the algorithm is none", b64(`{"alg":"none"}`) + "." + b64(full) + ".", set,
			keys.Fail, "algorithm",
		},
		{
			"a signature that was cut off is no fault of the algorithm",
			b64(header) + "." + b64(full) + ".", set, keys.Fail, "signature",
		},
		{
			"a payload that is no object", signRS256(t, rsaKeys()[0], header, `[1]`), set,
			keys.Fail, "token-format",
		},
		{"an opaque text", "abcdefghijklmnopqrstuvwxyz", set, keys.Fail, "token-format"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			report := verifiedAs(at, inspect.Parse(test.token), test.set)
			decided, _ := report.Decided()
			if report.Outcome() != test.want || decided.ID != test.decided {
				t.Errorf("got %v, decided by %q (%s); want %v by %q", report.Outcome(), decided.ID,
					decided.Why, test.want, test.decided)
			}
			if len(report.Checks) != 7 {
				t.Errorf("%d checks, want 7", len(report.Checks))
			}
		})
	}
}

// The cases of Kubernetes' authenticator that turn on the signature, the issuer or the times
// (kubernetes/apiserver, plugin/pkg/authenticator/token/oidc/oidc_test.go), by their names there.
func TestKubernetesCasesAgree(t *testing.T) {
	t.Parallel()
	const issuer = "https://auth.example.com"
	valid := fmt.Sprintf(`{"iss":%q,"exp":%d}`, issuer, noon.Unix()+3600)
	expired := fmt.Sprintf(`{"iss":%q,"exp":%d}`, issuer, noon.Unix()-3600)
	foreign := fmt.Sprintf(`{"iss":"https://example.com","exp":%d}`, noon.Unix()+3600)
	r := rsaKeys()
	rsaKey, ecdsaKey := jwk(t, r[0].Public(), "k", nil), jwk(t, ecKey().Public(), "k", nil)
	tests := []struct {
		name    string
		token   string
		key     map[string]any
		allowed []string
		decided string
	}{
		{"token", sign(t, jose.RS256, r[0], "k", valid), rsaKey, []string{"RS256"}, ""},
		{
			"invalid-signature", sign(t, jose.RS256, r[1], "k", valid), rsaKey,
			[]string{"RS256"},
			"signature",
		},
		{"expired", sign(t, jose.RS256, r[0], "k", expired), rsaKey, []string{"RS256"}, "expiry"},
		{
			"invalid-issuer", sign(t, jose.RS256, r[0], "k", foreign), rsaKey,
			[]string{"RS256"},
			"issuer",
		},
		{
			"invalid-signing-alg", sign(t, jose.PS256, r[0], "k", valid), rsaKey,
			[]string{"RS256"},
			"algorithm",
		},
		{"ps256", sign(t, jose.PS256, r[0], "k", valid), rsaKey, []string{"PS256"}, ""},
		{"es512", sign(t, jose.ES256, ecKey(), "k", valid), ecdsaKey, []string{"ES256"}, ""},
		{"minimum valid jwt payload", sign(t, jose.RS256, r[0], "k", valid), rsaKey, nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			expect := keys.Expect{At: noon, Issuer: issuer}
			set := setOf(t, test.key)
			report := verifiedAs(expect, inspect.Parse(test.token), set, test.allowed...)
			if decided, _ := report.Decided(); decided.ID != test.decided {
				t.Errorf("decided by %q (%s), want %q", decided.ID, decided.Why, test.decided)
			}
		})
	}
}

// What else is in the claims does not matter: Kubernetes' cases have these shapes.
func TestATokenVerifiesWhateverElseItsClaimsHold(t *testing.T) {
	t.Parallel()
	set := setOf(t, jwk(t, rsaKeys()[0].Public(), "k", nil))
	for _, more := range []string{
		`"username":"jane","groups":["team1","team2"]`,
		`"groups":"team1","email_verified":"true"`,
		`"email":"jane@example.com","email_verified":true,"hd":"example.com"`,
		`"_claim_names":{"groups":"src1"},` +
			`"_claim_sources":{"src1":{"endpoint":"https://x.example"}}`,
		`"aud":["a","b"],"azp":"a","nbf":1778068740`,
		`"foo":{"bar":{"baz":[1,2.5,null]}},"roles":[{"name":"admin"}]`,
	} {
		text := fmt.Sprintf(`{"iss":"https://auth.example.com","exp":%d,%s}`, noon.Unix()+3600,
			more)
		token := inspect.Parse(signRS256(t, rsaKeys()[0], `{"alg":"RS256","kid":"k"}`, text))
		report := verifiedAs(keys.Expect{At: noon}, token, set)
		if decided, undecided := report.Decided(); token.Fault != nil || undecided {
			t.Errorf("%s: %v, %s: %s", more, token.Fault, decided.ID, decided.Why)
		}
	}
}
