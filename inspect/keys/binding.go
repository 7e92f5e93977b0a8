package keys

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// bind checks that the key that signed may sign for this issuer, and for the tenant that the token names beside it
// (learn.microsoft.com/entra/identity-platform/access-tokens, "Validate the issuer").
func (e Expect) bind(c *Check, claims *source.Value, iss string, signer *Key) {
	if signer == nil {
		return
	}
	tid, _ := claims.Member("tid").Str()
	cloud, _ := entra.CloudByInstance(signer.CloudInstance)
	switch {
	case signer.Issuer != "" && !maySignFor(signer.Issuer, iss):
		c.fail(signer.Issuer, "the signature is right, but "+nameOf(signer)+" signs for another issuer")
	case signer.Issuer != "" && !isTenantOf(tid, iss):
		c.fail("an issuer of the tenant "+tid+", which tid names", "the signature is right, but iss and tid name different tenants, and "+nameOf(signer)+" may sign only where they agree")
	case !isOfCloud(iss, cloud.ID):
		c.fail("an issuer of the cloud "+cloud.ID, "the signature is right, but "+nameOf(signer)+" belongs to another cloud: Entra's key sets list keys of several")
	case cloud.ID != "" && e.Cloud != "" && e.Cloud != cloud.ID:
		c.Actual = "a key of the cloud " + cloud.ID
		c.fail("a key of the cloud "+e.Cloud, "the signature is right, but "+nameOf(signer)+" belongs to another cloud than the expected one")
	}
}

// fail also forgets why the check was skipped before.
func (c *Check) fail(expected, why string) {
	c.Outcome, c.Expected, c.Why, c.Hint = Fail, expected, why, source.Hint{}
}

// isTenantOf reports whether tid agrees with an issuer. A tid that is not there, and an issuer that names no tenant by its id, do not
// disagree.
func isTenantOf(tid, iss string) bool {
	issuer, ok := entra.ParseIssuer(iss)
	return !ok || tid == "" || !entra.IsGUID(issuer.Tenant) || strings.EqualFold(tid, issuer.Tenant)
}

// maySignFor reports whether a key's issuer covers the token's. {tenantid} covers every tenant. A v1.0 token may be
// signed by a key that a v2.0 document lists, where the tenant agrees.
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
	return ok && token.Version == entra.V1 && sameTenant && shareCloud(key, token)
}

func shareCloud(a, b entra.Issuer) bool { return slices.ContainsFunc(a.Clouds, b.Is) }

// isOfCloud reports whether an issuer may be one of a cloud. What is not known does not disagree.
func isOfCloud(iss, cloud string) bool {
	issuer, ok := entra.ParseIssuer(iss)
	return !ok || cloud == "" || issuer.Is(cloud)
}
