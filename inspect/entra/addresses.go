package entra

import (
	"net/url"
	"slices"
	"strings"
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
	if len(i.Clouds) == 0 {
		return "", false
	}
	c, ok := CloudByID(i.Clouds[0])
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

// KeysAddress is what the URL of a key set of Entra ID says, or that of the metadata that leads to
// it.
type KeysAddress struct {
	Host      string // in lower case
	Cloud     Cloud
	Tenant    string // as the path has it; empty if the path names none
	Kind      Kind
	Policy    string // of B2C, if the URL names it
	App       string // the app whose own signing keys the set has (?appid=); mostly empty
	Discovery bool   // it is the address of the metadata
}

// ParseKeysURL reads the address of a key set, as [KeysURL] writes it, and those of Azure AD B2C
// and External ID. It is not ok for an address that is not on a host of Entra ID.
func ParseKeysURL(text string) (KeysAddress, bool) {
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil {
		return KeysAddress{}, false
	}
	return KeysAt(u)
}

// KeysAt is [ParseKeysURL] of an address that is parsed already.
func KeysAt(u *url.URL) (KeysAddress, bool) {
	host := strings.ToLower(u.Hostname())
	cloud, ok := CloudOf(host)
	path := strings.Split(strings.Trim(u.Path, "/"), "/")
	var query url.Values
	if u.RawQuery != "" {
		query = u.Query()
	}
	address := KeysAddress{
		Host: host, Cloud: cloud, App: query.Get("appid"), Discovery: IsDiscovery(u),
	}
	if path[0] == "tfp" || path[0] == "te" { // how B2C marks a tenant
		path = path[1:]
	}
	if len(path) > 0 && !ofDocument(path[0]) {
		address.Tenant = path[0]
	}
	if len(path) > 1 && address.Tenant != "" && !ofDocument(path[1]) {
		address.Policy = path[1]
	}
	if address.Policy == "" {
		address.Policy = query.Get("p")
	}
	switch {
	case cloud.isExternal(host):
		address.Kind, address.Policy = External, ""
	case cloud.isB2C(host), address.Policy != "":
		address.Kind = B2C
	}
	return address, ok
}

// IsDiscovery reports whether an address is that of an issuer's metadata, wherever the issuer is.
func IsDiscovery(u *url.URL) bool {
	return strings.HasSuffix(strings.ToLower(u.Path), "openid-configuration")
}

// ofDocument reports whether a segment of a path belongs to the document's own name, and not to
// the tenant's part.
func ofDocument(segment string) bool {
	names := []string{"discovery", ".well-known", "v2.0", "oauth2"}
	return slices.Contains(names, strings.ToLower(segment))
}

// Shared reports whether the address stands for several tenants.
func (k KeysAddress) Shared() bool {
	tenant := strings.ToLower(k.Tenant)
	return slices.Contains([]string{"", "common", "organizations", "consumers"}, tenant)
}

// TenantOfKeys is the tenant's id in the address of a key document of Entra ID; empty where the
// address is another one, or names no single tenant by its id.
func TenantOfKeys(address string) string {
	keys, ok := ParseKeysURL(address)
	if !ok || keys.Cloud.Closed != "" || !IsGUID(keys.Tenant) {
		return ""
	}
	return keys.Tenant
}
