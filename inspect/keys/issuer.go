package keys

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// issuerCheck compares iss with what is expected, and with what the key that signed may sign for.
func (e Expect) issuerCheck(claims *source.Value, signer *Key) Check {
	c := Check{ID: "issuer"}
	iss, ok := c.text(claims, "iss")
	if !ok {
		return c
	}
	e.compareIssuer(&c, claims, iss)
	if c.Outcome != Fail {
		e.bind(&c, claims, iss, signer)
	}
	return c
}

// text reads a claim that must be a string, or says in the check why it is none.
func (c *Check) text(claims *source.Value, name string) (string, bool) {
	claim := claims.Member(name)
	text, ok := claim.Str()
	switch {
	case claims == nil:
		c.Outcome, c.Why = Unknown, "the claims can't be read"
	case claim == nil:
		c.Outcome, c.Expected, c.Actual, c.Why = Fail, "a claim "+name, "no "+name, "the token does not name its "+c.ID
	case !ok:
		c.Outcome, c.Expected, c.Actual, c.Why = Fail, name+" is a string", name+" is "+claim.Kind.String(), name+" can't be compared"
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
	default:
		c.skip(source.Ask(source.NeedExpectedIssuer, "pass %s to say who must have issued it"))
	}
}

// skip leaves a check out for want of something to compare with.
func (c *Check) skip(hint source.Hint) {
	c.Outcome, c.Why, c.Hint = Skipped, "not checked", hint
}

func (c *Check) decide(pass bool, why string) {
	if c.Outcome = Pass; !pass {
		c.Outcome, c.Why = Fail, why
	}
}

// issuerDiffers says what is different where two issuers are nearly the same.
func issuerDiffers(expected, actual string) string {
	want, wantOK := entra.ParseIssuer(expected)
	got, gotOK := entra.ParseIssuer(actual)
	switch {
	case strings.TrimSuffix(expected, "/") == strings.TrimSuffix(actual, "/"):
		return "the two differ in the slash at the end, and issuers are compared character by character"
	case strings.EqualFold(expected, actual):
		return "the two differ in case, and issuers are compared character by character"
	case wantOK && gotOK && strings.EqualFold(want.Tenant, got.Tenant) && want.Version != got.Version:
		return "the tenant is the expected one, but this is the issuer of a v" + got.Version.String() + " token; the API's app registration decides the version"
	case wantOK && gotOK && !strings.EqualFold(want.Tenant, got.Tenant):
		return "the token is from another tenant"
	}
	return "the token is from another issuer"
}

// issuerOfTenant returns the issuer that a token of this version has in the expected tenant.
func (e Expect) issuerOfTenant(claims *source.Value) string {
	iss, _ := claims.Member("iss").Str()
	got, known := entra.ParseIssuer(iss)
	if known && got.Kind != entra.Workforce && e.mayIssue(iss) {
		return iss // B2C and External ID have hosts of the tenant's own
	}
	version := got.Version
	if !known {
		version = versionIn(claims)
	}
	cloud, ok := entra.CloudByID(e.Cloud)
	if !ok {
		cloud, _ = entra.CloudByID("public")
	}
	return entra.IssuerURL(cloud, e.Tenant, version)
}

func versionIn(claims *source.Value) entra.Version {
	if ver, _ := claims.Member("ver").Str(); ver == entra.V1.String() {
		return entra.V1
	}
	return entra.V2
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
	tenant := e.tenant()
	if tenant == "" {
		c.skip(source.Ask(source.NeedExpectedTenant, "pass %s to say whose token it must be"))
		c.Actual, _ = claims.Member("tid").Str()
		return c
	}
	tid, ok := tenantOfIssuer(claims)
	if claims == nil || !ok || claims.Member("tid") != nil {
		if tid, ok = c.text(claims, "tid"); !ok {
			return c
		}
	}
	c.Expected, c.Actual = tenant, tid
	c.decide(strings.EqualFold(tid, tenant), "the token is from another tenant")
	return c
}

// tenantOfIssuer returns the tenant that iss names. B2C's tokens have no tid.
func tenantOfIssuer(claims *source.Value) (string, bool) {
	text, _ := claims.Member("iss").Str()
	iss, ok := entra.ParseIssuer(text)
	return iss.Tenant, ok
}

// tenant returns the expected tenant, from the expected issuer where only that is given.
func (e Expect) tenant() string {
	if e.Tenant != "" {
		return e.Tenant
	}
	iss, _ := entra.ParseIssuer(e.Issuer)
	return iss.Tenant
}
