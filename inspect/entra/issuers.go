package entra

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Version is the version of a token's format. Its metadata is at the endpoint of the same version.
type Version uint8

// The versions.
const (
	V1 Version = 1
	V2 Version = 2
)

// String returns the version as the ver claim writes it.
func (v Version) String() string {
	if v == V1 {
		return "1.0"
	}
	return "2.0"
}

// VersionNamed is the version that the ver claim writes so; 0 for another text.
func VersionNamed(text string) Version {
	return map[string]Version{V1.String(): V1, V2.String(): V2}[text]
}

// Kind is the product that an issuer belongs to.
type Kind uint8

// The kinds.
const (
	Workforce Kind = iota // Entra ID proper
	B2C                   // Azure AD B2C
	External              // Entra External ID
)

// String returns the kind as issued_by writes it: "entra", "entra-b2c", "entra-external".
func (k Kind) String() string {
	return [...]string{"entra", "entra-b2c", "entra-external"}[k]
}

// Consumers is the tenant of personal Microsoft accounts.
const Consumers = "9188040d-6c67-4c5b-b112-36a304b66dad"

// TenantTemplate stands for the tenant in the issuer of common and organizations, and in that of
// keys that many tenants share.
const TenantTemplate = "{tenantid}"

// Issuer is what an iss claim says.
type Issuer struct {
	Clouds  []string // the ids of the clouds that write this form; a v1.0 issuer may fit two
	Host    string
	Tenant  string // as the path has it: a GUID in every genuine token
	Version Version
	Kind    Kind
	Policy  string // of B2C, if the issuer names it
}

// ParseIssuer reads an iss claim, or the issuer of a key or of metadata. It is not ok if the text
// does not have the form of any cloud. A slash more or less at the end does not matter here;
// compare with [IssuerURL] for the exact form.
//
// A v1.0 issuer on sts.windows.net may be of the public cloud or of US Government.
func ParseIssuer(iss string) (Issuer, bool) {
	rest, ok := strings.CutPrefix(iss, "https://")
	if !ok {
		return Issuer{}, false
	}
	host, path, _ := strings.Cut(rest, "/")
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	if len(segments) > 4 || !allSegments(segments) {
		return Issuer{}, false
	}
	found := Issuer{Host: host, Version: V2}
	for _, c := range clouds {
		if c.issuer(&found, segments, strings.HasSuffix(path, "/")) {
			found.Clouds = append(found.Clouds, c.ID)
		}
	}
	return found, found.Clouds != nil
}

// issuer fills in what this cloud reads in the path, and reports whether the form is its own.
func (c Cloud) issuer(iss *Issuer, path []string, slash bool) bool {
	switch {
	case len(path) == 1 && iss.Host == c.V1Issuer:
		iss.Tenant, iss.Version = path[0], V1
	case len(path) == 4 && path[0] == "tfp" && path[3] == "v2.0" &&
		(c.isB2C(iss.Host) || iss.Host == c.V2Issuer):
		iss.Tenant, iss.Policy, iss.Kind = path[1], path[2], B2C
	case len(path) != 2 || path[1] != "v2.0":
		return false
	case c.isB2C(iss.Host):
		iss.Tenant, iss.Kind = path[0], B2C
	case c.isExternal(iss.Host):
		iss.Tenant, iss.Kind = path[0], External
	case c.V2Issuer == iss.Host || c.has(iss.Host) && iss.Host != c.V1Issuer:
		iss.Tenant, iss.Kind = path[0], Workforce
		// Only B2C ends this form with a slash
		// (learn.microsoft.com/azure/active-directory-b2c/tokens-overview).
		if slash {
			iss.Kind = B2C
		}
	default:
		return false
	}
	return true
}

// IssuerURL returns the issuer that a cloud writes into the tokens of a tenant, or nothing if no
// source says which. The v1.0 form ends with a slash, the v2.0 form does not.
func IssuerURL(c Cloud, tenant string, v Version) string {
	switch {
	case v == V1 && c.V1Issuer == "":
		return ""
	case v == V1:
		return "https://" + c.V1Issuer + "/" + tenant + "/"
	default:
		return "https://" + c.V2Issuer + "/" + tenant + "/v2.0"
	}
}

// Is reports whether the issuer may be of this cloud.
func (i Issuer) Is(cloudID string) bool { return slices.Contains(i.Clouds, cloudID) }

// CloudNamed is the cloud with this id, if it writes such an issuer; else the first that does.
func (i Issuer) CloudNamed(id string) (Cloud, bool) {
	if !i.Is(id) && len(i.Clouds) > 0 {
		id = i.Clouds[0]
	}
	return CloudByID(id)
}

// SameTenant reports whether two issuers name one tenant of one provider, whatever their version.
// A tenant is in one cloud, and B2C and External ID issue tokens on hosts of their own.
func (i Issuer) SameTenant(other Issuer) bool {
	return i.Tenant == other.Tenant && i.provider() == other.provider() &&
		slices.ContainsFunc(i.Clouds, other.Is)
}

// Product is the name of the service that has such an issuer.
func (i Issuer) Product() string {
	return [...]string{"Entra ID", "Azure AD B2C", "Entra External ID"}[i.provider()]
}

// provider is the kind, where a slash at the end is a slip and not the form of B2C.
func (i Issuer) provider() Kind {
	hosts := func(c Cloud) bool { return i.Host == c.V2Issuer || c.has(i.Host) }
	if i.Kind == B2C && i.Policy == "" && slices.ContainsFunc(clouds[:], hosts) {
		return Workforce
	}
	return i.Kind
}

// SharesKeys reports whether the key sets of the issuer's cloud and of this one list some of each
// other's keys: those of the public cloud and of US Government did in July 2026, in captures of
// their key documents, where a key names its cloud (cloud_instance_name).
func (i Issuer) SharesKeys(cloudID string) bool {
	share := []string{"public", "usgov"}
	return slices.Contains(share, cloudID) &&
		slices.ContainsFunc(i.Clouds, func(id string) bool { return slices.Contains(share, id) })
}

// IsGUID reports whether a text is a GUID in the form that Entra writes, in either case.
func IsGUID(s string) bool { return len(s) == 36 && source.StartsWithGUID(s) }

// allSegments reports whether every segment of a path could be a tenant, a policy or a version.
// Escapes, queries and fragments could not.
func allSegments(segments []string) bool {
	return !slices.ContainsFunc(segments, func(s string) bool {
		return strings.Trim(s, ".") == "" || !source.IsPlain(s, "-._{}")
	})
}

// IsTenant reports whether a text can stand for a tenant in a URL: an id, a domain, or one of
// common, organizations and consumers.
func IsTenant(tenant string) bool { return allSegments([]string{tenant}) }

// TenantHint says what names a tenant.
const TenantHint = "a tenant is an id (a GUID) or a domain such as contoso.onmicrosoft.com"

// NamesTenant reports whether a text may name tenants: by an id, by a domain, which a name without
// a dot is not, or as one of the names that stand for many.
func NamesTenant(text string) bool {
	isOne := IsGUID(text) || strings.Contains(text, ".")
	return IsTenant(text) && (isOne || KeysAddress{Tenant: text}.Shared())
}
