// Package entra holds what we know of Microsoft Entra ID as data: its clouds with their hosts and
// issuers, the addresses of its metadata and keys, and its well-known applications. It also reads
// app registrations, in each form that people keep them in.
//
// It reads no token, opens no connection, and judges nothing.
package entra

import (
	"slices"
	"strings"
)

// Cloud is one instance of Entra ID: its hosts, and the forms of the issuers that it writes into
// tokens.
type Cloud struct {
	ID       string   // "public", "usgov", "china", …: what a person names it by
	Name     string   // as a person calls it
	Host     string   // where discovery documents and keys are asked for
	Aliases  []string // other hosts of the same cloud
	V1Issuer string   // the host of a v1.0 issuer; empty if no source names it
	V2Issuer string   // the host of a v2.0 issuer
	B2C      string   // the suffix of Azure AD B2C's hosts, with its dot; empty if it has none
	External string   // the suffix of External ID's hosts, with its dot; empty if it has none
	Instance string   // cloud_instance_name of keys and metadata; empty if no source names it
	Closed   string   // the day the cloud was closed, or empty
}

// clouds is every cloud that a public source names.
//
// Hosts and aliases are from
// learn.microsoft.com/entra/identity-platform/authentication-national-cloud, the instance
// discovery document (login.microsoftonline.com/common/discovery/instance), and MSAL Go's
// authority.go for the sovereign clouds. V2 issuers are from the discovery documents, and from
// MSAL.js's table for China and the sovereign clouds. Only public source code says that US
// Government writes sts.windows.net into v1.0 tokens; Microsoft's documentation does not. B2C
// suffixes are from MSAL .NET's B2CAuthority.
var clouds = [...]Cloud{
	{
		ID: "public", Name: "Azure public", Host: "login.microsoftonline.com",
		Aliases:  []string{"login.windows.net", "login.microsoft.com", "sts.windows.net"},
		V1Issuer: "sts.windows.net", V2Issuer: "login.microsoftonline.com",
		B2C: ".b2clogin.com", External: ".ciamlogin.com", Instance: "microsoftonline.com",
	},
	{
		ID: "usgov", Name: "Azure US Government", Host: "login.microsoftonline.us",
		Aliases:  []string{"login.usgovcloudapi.net", "login-us.microsoftonline.com"},
		V1Issuer: "sts.windows.net", V2Issuer: "login.microsoftonline.us",
		B2C: ".b2clogin.us", Instance: "microsoftonline.us",
	},
	{
		ID: "china", Name: "Azure China (21Vianet)", Host: "login.partner.microsoftonline.cn",
		Aliases:  []string{"login.chinacloudapi.cn", "sts.chinacloudapi.cn"},
		V1Issuer: "sts.chinacloudapi.cn", V2Issuer: "login.partner.microsoftonline.cn",
		B2C: ".b2clogin.cn", Instance: "partner.microsoftonline.cn",
	},
	{
		ID: "bleu", Name: "Bleu (France)", Host: "login.sovcloud-identity.fr",
		V2Issuer: "login.sovcloud-identity.fr",
	},
	{
		ID: "delos", Name: "Delos (Germany)", Host: "login.sovcloud-identity.de",
		V2Issuer: "login.sovcloud-identity.de",
	},
	{
		ID: "govsg", Name: "GovSG (Singapore)", Host: "login.sovcloud-identity.sg",
		V2Issuer: "login.sovcloud-identity.sg",
	},
	{
		ID: "germany", Name: "Azure Germany", Host: "login.microsoftonline.de",
		Aliases:  []string{"sts.microsoftonline.de"},
		V1Issuer: "sts.microsoftonline.de", V2Issuer: "login.microsoftonline.de",
		B2C: ".b2clogin.de", Closed: "2021-10-29",
	},
}

// Clouds returns every cloud that is known, the public one first.
func Clouds() []Cloud { return append([]Cloud(nil), clouds[:]...) }

// CloudByID returns the cloud with this id.
func CloudByID(id string) (Cloud, bool) {
	for i := range clouds {
		if clouds[i].ID == id {
			return clouds[i], true
		}
	}
	return Cloud{}, false
}

// CloudOf returns the cloud that a host belongs to: one of the cloud's own, or a tenant's host of
// Azure AD B2C or External ID. The host has no port; case does not matter.
func CloudOf(host string) (Cloud, bool) {
	host = strings.ToLower(host)
	for _, c := range clouds {
		if c.has(host) || c.isB2C(host) || c.isExternal(host) {
			return c, true
		}
	}
	return Cloud{}, false
}

// CloudByInstance returns the cloud whose keys carry this cloud_instance_name.
func CloudByInstance(name string) (Cloud, bool) {
	for _, c := range clouds {
		if name != "" && c.Instance == name {
			return c, true
		}
	}
	return Cloud{}, false
}

// IsEntraHost reports whether keys may be fetched from a host because a token names it as its
// issuer: the host belongs to a cloud that is still open.
func IsEntraHost(host string) bool {
	c, ok := CloudOf(host)
	return ok && c.Closed == ""
}

func (c Cloud) has(host string) bool { return host == c.Host || slices.Contains(c.Aliases, host) }

func (c Cloud) isB2C(host string) bool { return isTenantHost(host, c.B2C) }

func (c Cloud) isExternal(host string) bool { return isTenantHost(host, c.External) }

// isTenantHost reports whether a host is one label in front of a suffix. Microsoft gives out no
// host with more labels, or with none.
func isTenantHost(host, suffix string) bool {
	label, ok := strings.CutSuffix(host, suffix)
	return suffix != "" && ok && label != "" && !strings.Contains(label, ".")
}
