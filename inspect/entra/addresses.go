package entra

import (
	"net/url"
)

// DiscoveryPath is where an issuer has its metadata document, below its own address (OpenID
// Connect Discovery 1.0, section 4).
const DiscoveryPath = ".well-known/openid-configuration"

// DiscoveryURL returns the address of a tenant's metadata document. The tenant is an id, a domain,
// or one of common, organizations and consumers. The application id is empty, unless the app has a
// signing key of its own (learn.microsoft.com/entra/identity-platform/access-tokens, "Validate the
// signature").
func DiscoveryURL(c Cloud, tenant string, v Version, appID string) string {
	return withApp(base(c, tenant)+versionPath(v)+DiscoveryPath, appID)
}

// KeysURL returns the address that a tenant's metadata gives for its keys.
func KeysURL(c Cloud, tenant string, v Version, appID string) string {
	return withApp(base(c, tenant)+"discovery/"+versionPath(v)+"keys", appID)
}

// DiscoveryURL returns the address of the metadata that belongs to an issuer. It is not ok for an
// issuer of B2C that does not name its policy (take it from the tfp or the acr claim), nor for one
// of a closed cloud.
func (i Issuer) DiscoveryURL(appID string) (string, bool) {
	c, ok := CloudByID(i.firstCloud())
	if !ok || c.Closed != "" || !IsTenant(i.Tenant) || i.Kind == B2C && !IsTenant(i.Policy) {
		return "", false
	}
	switch i.Kind {
	case B2C:
		policy := "https://" + i.Host + "/tfp/" + i.Tenant + "/" + i.Policy
		return policy + "/v2.0/" + DiscoveryPath, true
	case External:
		return withApp("https://"+i.Host+"/"+i.Tenant+"/v2.0/"+DiscoveryPath, appID), true
	default:
		return DiscoveryURL(c, i.Tenant, i.Version, appID), true
	}
}

func (i Issuer) firstCloud() string {
	if len(i.Clouds) == 0 {
		return ""
	}
	return i.Clouds[0]
}

func base(c Cloud, tenant string) string {
	return "https://" + c.Host + "/" + url.PathEscape(tenant) + "/"
}

func versionPath(v Version) string {
	if v == V1 {
		return ""
	}
	return "v2.0/"
}

func withApp(address, appID string) string {
	if appID == "" {
		return address
	}
	return address + "?appid=" + url.QueryEscape(appID)
}
