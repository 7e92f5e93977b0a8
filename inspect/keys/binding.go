package keys

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// bind checks that the key that signed may sign for this issuer
// (learn.microsoft.com/entra/identity-platform/access-tokens, "Validate the issuer").
func (e Expect) bind(c *Check, iss string, signer *Key) {
	if signer == nil {
		return
	}
	switch {
	case signer.Issuer != "" && !maySignFor(signer.Issuer, iss):
		c.Outcome, c.Expected = Fail, signer.Issuer
		c.Why = "the signature is right, but " + nameOf(signer) + " signs for another issuer"
	case !inCloud(signer.CloudInstance, iss, e.Cloud):
		c.Outcome, c.Expected = Fail, "an issuer of the cloud "+signer.CloudInstance
		c.Why = "the signature is right, but " + nameOf(signer) + " belongs to another cloud: Entra's key sets list keys of several"
	}
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

func shareCloud(a, b entra.Issuer) bool {
	for _, id := range a.Clouds {
		if b.Is(id) {
			return true
		}
	}
	return false
}

// inCloud reports whether a key's cloud_instance_name agrees with the token's issuer and the expected cloud. What is
// not known does not disagree.
func inCloud(instance, iss, expected string) bool {
	cloud, ok := entra.CloudByInstance(instance)
	if !ok {
		return true
	}
	if expected != "" && expected != cloud.ID {
		return false
	}
	token, ok := entra.ParseIssuer(iss)
	return !ok || token.Is(cloud.ID)
}
