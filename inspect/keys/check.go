package keys

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Expect is what the caller expects of a token.
type Expect struct {
	At     time.Time // the instant at which the times are checked
	Issuer string    // the exact iss; empty if it is not checked
	Tenant string    // the tenant's id, a GUID; empty if it is not checked
	Domain string    // a domain of the tenant, where we do not know its id; else empty
	Cloud  string    // the id of the tenant's cloud; empty for that of the keys' metadata
}

// Check is one thing that was looked at. The ids are those of a policy's checks.
type Check struct {
	// "token-format", "algorithm", "signature", "expiry", "not-before", "issuer", "tenant"
	ID       string
	Outcome  Outcome
	Expected string
	Actual   string
	Why      string
	Hint     source.Hint // of a skipped check: what to pass so that it is made
}

// Report is all that the verify command has to say about a token.
type Report struct {
	Signature Result
	Checks    []Check
}

// Check checks everything that makes a token genuine, current and of the expected issuer and
// tenant, with its signature, which was verified before and perhaps investigated. All checks run,
// whatever the ones before them found.
func (e Expect) Check(t *inspect.Token, signature Result) Report {
	if e.Cloud == "" && signature.Set != nil {
		cloud, _ := entra.CloudByInstance(signature.Set.Metadata.CloudInstance)
		e.Cloud = cloud.ID
	}
	signature = e.asExpected(t, signature)
	r := Report{Signature: signature}
	r.Checks = append(r.Checks, formatCheck(t))
	r.Checks = append(r.Checks, signatureChecks(signature)...)
	r.Checks = append(r.Checks,
		expiryCheck(t.Claims, e.At),
		notBeforeCheck(t.Claims, e.At),
		e.issuerCheck(t.Claims, signature.Verifier),
		e.tenantCheck(t.Claims),
	)
	return r
}

// Foreign is the check of the issuer or the tenant that fails, whoever signed the token; it is not
// ok where neither does, and where neither is expected.
func (e Expect) Foreign(t *inspect.Token) (failed Check, ok bool) {
	if e.Issuer == "" && e.Tenant == "" && e.Domain == "" {
		return Check{}, false
	}
	for _, c := range [...]Check{e.issuerCheck(t.Claims, nil), e.tenantCheck(t.Claims)} {
		if c.Outcome == Fail {
			return c, true
		}
	}
	return Check{}, false
}

// Outcome is Fail if a check failed, else Unknown if one is unknown, else Pass.
func (r Report) Outcome() Outcome {
	outcome := Pass
	for _, c := range r.Checks {
		switch c.Outcome {
		case Fail:
			return Fail
		case Unknown:
			outcome = Unknown
		}
	}
	return outcome
}

// Decided returns the first check that failed, else the first that is unknown. It is not ok if
// there is neither.
func (r Report) Decided() (Check, bool) {
	for _, outcome := range []Outcome{Fail, Unknown} {
		for _, c := range r.Checks {
			if c.Outcome == outcome {
				return c, true
			}
		}
	}
	return Check{}, false
}

// Failed reports whether the check with this id failed.
func (r Report) Failed(id string) bool {
	for _, c := range r.Checks {
		if c.ID == id {
			return c.Outcome == Fail
		}
	}
	return false
}

func formatCheck(t *inspect.Token) Check {
	c := Check{
		ID: "token-format", Outcome: Pass, Expected: "a signed token in compact form",
		Actual: "a signed token in compact form",
	}
	if t.Fault != nil {
		c.Outcome, c.Actual, c.Why = Fail, t.Fault.ID, t.Fault.Cause
	}
	return c
}

// signatureChecks splits what Verify found into the two checks that policies have for it.
func signatureChecks(r Result) []Check {
	algorithm := Check{ID: "algorithm", Outcome: Pass, Expected: r.Algorithm, Actual: r.Algorithm}
	signature := Check{
		ID: "signature", Outcome: r.Outcome, Expected: r.Expected, Actual: r.Actual, Why: r.Why,
	}
	switch r.Reason {
	case NoReadableJWS:
		algorithm.Outcome = Skipped
	case Unsigned, AlgorithmNotAllowed, AlgorithmMismatch, HMACWithPublicKey:
		if r.Algorithm == "" || r.Reason != Unsigned || isNone(r.Algorithm) {
			algorithm = Check{
				ID: "algorithm", Outcome: Fail, Expected: r.Expected, Actual: r.Actual, Why: r.Why,
			}
		}
	}
	return []Check{algorithm, signature}
}

// issuerCheck compares iss with what is expected, and with what the key that signed may sign for.
func (e Expect) issuerCheck(claims *source.Value, signer *Key) Check {
	c := Check{ID: "issuer"}
	iss, ok := c.text(claims, "iss")
	if !ok {
		nothing := Expect{At: e.At}
		if e == nothing && (signer == nil || signer.Issuer == "") {
			c = Check{ID: c.ID}
			c.skipIssuer()
		}
		return c
	}
	e.compareIssuer(&c, claims, iss)
	if c.Outcome != Fail {
		e.bind(&c, claims, iss, signer)
	}
	return c
}

// text reads a claim that must be a string, or says in the check why it is not one.
func (c *Check) text(claims *source.Value, name string) (string, bool) {
	claim := claims.Member(name)
	text, ok := claim.Str()
	switch {
	case claims == nil:
		c.Outcome, c.Why = Unknown, "the claims can't be read"
	case claim == nil:
		c.Outcome, c.Expected, c.Actual, c.Why = Fail, "a claim "+name, "no "+name,
			"the token does not name its "+c.ID
	case !ok:
		c.Outcome, c.Expected, c.Actual, c.Why = Fail, name+" is a string",
			name+" is "+claim.Kind.String(), name+" can't be compared"
	}
	return text, ok
}

func (e Expect) compareIssuer(c *Check, claims *source.Value, iss string) {
	c.Actual = iss
	switch {
	case e.Issuer != "":
		c.Expected = e.Issuer
		c.decide(iss == e.Issuer, issuerDiffers(e.Issuer, iss))
	case e.Tenant != "":
		c.Expected = e.issuerOfTenant(claims)
		c.decide(e.mayIssue(iss), e.foreign(iss))
	case e.Cloud != "" && !isOfCloud(iss, e.Cloud):
		c.fail("an issuer of the cloud "+e.Cloud, "the token is from another cloud")
	case e.Domain != "":
		if _, ok := entra.ParseIssuer(iss); ok {
			c.leaveOpen(e.Domain)
			return
		}
		c.fail("an issuer of the tenant "+e.Domain, "the token is not from the expected tenant")
	default:
		c.skipIssuer()
	}
}

func (c *Check) skipIssuer() {
	c.skip(source.Ask(source.NeedExpectedIssuer, "pass %s to say which issuer is expected"))
}

// leaveOpen is about a check that needs the id of a domain's tenant.
func (c *Check) leaveOpen(domain string) {
	c.Outcome, c.Expected, c.Why = Unknown, "", "the id of the tenant "+domain+" is not known"
	c.Hint = source.Ask(source.NeedTenant, "pass %s")
}

// skip leaves a check out because there is nothing to compare with.
func (c *Check) skip(hint source.Hint) {
	c.Outcome, c.Why, c.Hint = Skipped, "not checked", hint
}

func (c *Check) decide(pass bool, why string) {
	if c.Outcome = Pass; !pass {
		c.Outcome, c.Why = Fail, why
	}
}

// issuerDiffers says how two issuers differ, in detail if they are nearly the same.
func issuerDiffers(expected, actual string) string {
	want, wantOK := entra.ParseIssuer(expected)
	got, gotOK := entra.ParseIssuer(actual)
	switch {
	case strings.TrimSuffix(expected, "/") == strings.TrimSuffix(actual, "/"):
		return "its issuer and the expected one differ in the slash at the end, and issuers are " +
			"compared character by character"
	case strings.EqualFold(expected, actual):
		return "its issuer and the expected one differ in case, and issuers are compared " +
			"character by character"
	case wantOK && gotOK && strings.EqualFold(want.Tenant, got.Tenant) &&
		want.Version != got.Version:
		return "the tenant is the expected one, but this is the issuer of a v" +
			got.Version.String() + " token; the API's app registration decides the version"
	case wantOK && gotOK && !strings.EqualFold(want.Tenant, got.Tenant):
		return "the token is from another tenant"
	}
	return "the token is from another issuer"
}

// NearlySame reports whether two issuers differ in case, or in the slash at the end, alone.
func NearlySame(expected, actual string) bool {
	return strings.EqualFold(strings.TrimSuffix(expected, "/"), strings.TrimSuffix(actual, "/"))
}

// issuerOfTenant returns the issuer that a token of this version has in the expected tenant.
func (e Expect) issuerOfTenant(claims *source.Value) string {
	iss := claims.TextAt("iss")
	got, known := entra.ParseIssuer(iss)
	if known && got.Kind != entra.Workforce && e.mayIssue(iss) {
		return iss // B2C and External ID have hosts of the tenant's own
	}
	version := got.Version
	if !known {
		version = entra.V2
		if claims.TextAt("ver") == entra.V1.String() {
			version = entra.V1
		}
	}
	cloud, ok := entra.CloudByID(e.Cloud)
	if !ok {
		cloud, _ = entra.CloudByID("public")
	}
	return entra.IssuerURL(cloud, e.Tenant, version)
}

// mayIssue reports whether an issuer is the expected tenant's, in the expected cloud.
func (e Expect) mayIssue(iss string) bool {
	got, ok := entra.ParseIssuer(iss)
	return ok && strings.EqualFold(got.Tenant, e.Tenant) && (e.Cloud == "" || got.Is(e.Cloud))
}

// foreign says what is wrong with an issuer that is not the expected tenant's.
func (e Expect) foreign(iss string) string {
	if got, ok := entra.ParseIssuer(iss); ok && strings.EqualFold(got.Tenant, e.Tenant) {
		return "the tenant is the expected one, but the issuer is that of another cloud"
	}
	return "the token is not from the expected tenant"
}

// tenantCheck compares tid with the expected tenant, and with the tenant in iss.
func (e Expect) tenantCheck(claims *source.Value) Check {
	c := Check{ID: "tenant"}
	tenant := e.TenantID()
	if tenant == "" && e.Domain == "" {
		c.skip(source.Ask(source.NeedExpectedTenant, "pass %s to say which tenant is expected"))
		c.Actual = claims.TextAt("tid")
		return c
	}
	// B2C's tokens have no tid: for them the tenant in iss counts.
	iss, ok := entra.ParseIssuer(claims.TextAt("iss"))
	tid := iss.Tenant
	if claims == nil || !ok || claims.Member("tid") != nil {
		if tid, ok = c.text(claims, "tid"); !ok {
			return c
		}
	}
	if tenant != "" {
		c.Expected, c.Actual = tenant, tid
		c.decide(strings.EqualFold(tid, tenant), "the token is from another tenant")
	}
	if e.Domain != "" && c.Outcome != Fail {
		c.leaveOpen(e.Domain)
	}
	return c
}

// TenantID is the tenant that the token must be from, from the expected issuer if only that is
// given; empty where none is known.
func (e Expect) TenantID() string {
	if e.Tenant != "" {
		return e.Tenant
	}
	iss, _ := entra.ParseIssuer(e.Issuer)
	return iss.Tenant
}

// bind checks that the signing key may sign for this issuer, and for the tenant in tid
// (learn.microsoft.com/entra/identity-platform/access-tokens, "Validate the issuer").
func (e Expect) bind(c *Check, claims *source.Value, iss string, signer *Key) {
	if signer == nil {
		return
	}
	tid := claims.TextAt("tid")
	cloud, _ := entra.CloudByInstance(signer.CloudInstance)
	switch {
	case signer.Issuer != "" && !maySignFor(signer.Issuer, iss):
		c.fail(signer.Issuer,
			"the signature is valid, but "+signer.Name()+" is for another issuer")
	case signer.Issuer != "" && !isTenantOf(tid, iss):
		c.fail("an issuer of the tenant "+tid+", which tid names",
			"the signature is valid, but iss and tid name different tenants, and "+signer.Name()+
				" may sign only tokens in which they agree")
	case !isOfCloud(iss, cloud.ID):
		c.fail("an issuer of the cloud "+cloud.ID,
			"the signature is valid, but "+signer.Name()+
				" belongs to another cloud: Entra's key sets list keys of several")
	case cloud.ID != "" && e.Cloud != "" && e.Cloud != cloud.ID:
		c.Actual = "a key of the cloud " + cloud.ID
		c.fail("a key of the cloud "+e.Cloud,
			"the signature is valid, but "+signer.Name()+
				" belongs to another cloud than the expected one")
	}
}

// fail also forgets why the check was skipped before.
func (c *Check) fail(expected, why string) {
	c.Outcome, c.Expected, c.Why, c.Hint = Fail, expected, why, source.Hint{}
}

// isTenantOf reports whether tid agrees with an issuer. It also does if there is no tid, or if the
// issuer does not name a tenant by its id.
func isTenantOf(tid, iss string) bool {
	issuer, ok := entra.ParseIssuer(iss)
	return !ok || tid == "" || !entra.IsGUID(issuer.Tenant) ||
		strings.EqualFold(tid, issuer.Tenant)
}

// maySignFor reports whether a key's issuer covers the token's. {tenantid} covers every tenant. A
// key of a v2.0 document may sign a v1.0 token of the same tenant.
func maySignFor(keyIssuer, iss string) bool {
	token, ok := entra.ParseIssuer(iss)
	if !ok {
		return keyIssuer == iss
	}
	if strings.ReplaceAll(keyIssuer, entra.TenantTemplate, token.Tenant) == iss {
		return true
	}
	key, ok := entra.ParseIssuer(keyIssuer)
	sameTenant := key.Tenant == entra.TenantTemplate || strings.EqualFold(key.Tenant, token.Tenant)
	sameCloud := slices.ContainsFunc(key.Clouds, token.Is)
	return ok && token.Version == entra.V1 && sameTenant && sameCloud
}

// isOfCloud reports whether an issuer may belong to a cloud. An unknown issuer or cloud may.
func isOfCloud(iss, cloud string) bool {
	issuer, ok := entra.ParseIssuer(iss)
	return !ok || cloud == "" || issuer.Is(cloud)
}

// leeway is the clock skew that Microsoft's own libraries and many gateways forgive, in seconds.
const leeway = 5 * 60

func expiryCheck(claims *source.Value, at time.Time) Check {
	c := Check{ID: "expiry", Expected: "exp later than " + inspect.FormatTime(at)}
	c.judge(claims, "exp", func(exp int64) {
		late := at.Unix() - exp
		if late < 0 {
			c.Outcome, c.Why = Pass, "the token is valid for another "+span(-late)
			return
		}
		c.Outcome, c.Why = Fail, "the token expired "+span(late)+" ago"
		c.Why += forgiven(late, late < leeway, "still")
	})
	return c
}

func notBeforeCheck(claims *source.Value, at time.Time) Check {
	c := Check{ID: "not-before", Expected: "nbf no later than " + inspect.FormatTime(at)}
	c.judge(claims, "nbf", func(nbf int64) {
		early := nbf - at.Unix()
		if early <= 0 {
			c.Outcome, c.Why = Pass, "the token has been valid for "+span(-early)
			return
		}
		c.Outcome, c.Why = Fail,
			"the token is not valid for another "+span(early)+
				": the clock that issued it is ahead, or this one is behind"
		c.Why += forgiven(early, early <= leeway, "already")
	})
	return c
}

// nearby is from how many seconds on nobody asks any more whether leeway would help.
const nearby = 3600

// forgiven says whether the usual clock skew would change a check that failed by so many seconds.
func forgiven(off int64, within bool, when string) string {
	switch {
	case within:
		return "; a gateway that allows 5 minutes of clock skew " + when + " accepts it"
	case off > nearby:
		return ""
	}
	return "; 5 minutes of leeway would not change that"
}

// judge reads a NumericDate (RFC 7519, section 2) and compares it in whole seconds. If readers
// differ on what the claim means, the outcome is Unknown. A number in a string can still fail:
// readers that take it refuse the token for the time, and all others refuse the string.
func (c *Check) judge(claims *source.Value, name string, compare func(seconds int64)) {
	claim := claims.Member(name)
	instant := inspect.ReadInstant(claim)
	switch {
	case claims == nil:
		c.Outcome, c.Why = Unknown, "the claims can't be read"
		return
	case claim == nil:
		c.missing(name)
		return
	case instant.Problem == inspect.Absent, instant.Problem == inspect.NotANumber:
		c.Outcome, c.Actual, c.Why = Fail, name+" is "+claim.Kind.String(),
			"a time is a number of seconds since 1970 (RFC 7519, section 2)"
		return
	}
	c.Actual = name + " " + cmp.Or(instant.String(), inspect.Quoted(claim.Text))
	if instant.Known() {
		compare(instant.At.Unix())
	}
	switch instant.Problem {
	case inspect.Milliseconds, inspect.OutOfRange:
		c.Outcome, c.Why = Unknown, instant.Explain(name, claim)
	case inspect.AsString:
		if c.Outcome == Pass {
			c.Outcome, c.Why = Unknown, instant.Explain(name, claim)
		}
	}
}

// missing decides on a token without exp or nbf. RFC 7519 leaves both to the issuer; Entra writes
// both.
func (c *Check) missing(name string) {
	c.Actual = "no " + name
	if name == "nbf" {
		c.Outcome, c.Why = Skipped, "the token does not say when it becomes valid"
		return
	}
	c.Outcome, c.Why = Unknown,
		"the token has no expiry; some gateways accept that, others reject it"
}

// span writes a number of seconds in the two largest units that say enough.
func span(seconds int64) string {
	const minute, hour, day = 60, 60 * 60, 24 * 60 * 60
	switch {
	case seconds < minute:
		return fmt.Sprintf("%d s", seconds)
	case seconds < hour:
		return fmt.Sprintf("%d min %d s", seconds/minute, seconds%minute)
	case seconds < 2*day:
		return fmt.Sprintf("%d h %d min", seconds/hour, seconds%hour/minute)
	}
	return fmt.Sprintf("%d days", seconds/day)
}
