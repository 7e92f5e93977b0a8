package entra

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// CanHold reports whether Entra ID may write a text into one of the claims that tell tokens apart:
// scopes and roles are of letters, digits and these signs, and begin with no full stop
// (graph/api/resources/approle, graph/api/resources/permissionscope: "value"), and of a scope that
// clients ask for as a URI, tokens have what follows the last slash; tenants, clients, users and
// directory roles are ids, in lower case; an issuer has one of its forms; an audience is an
// application id or an App ID URI (access-token-claims-reference, "aud"). Of other claims it says
// nothing.
func CanHold(claim, text string) bool {
	switch claim {
	case "scp":
		return !strings.Contains(text, "/") && CanHold("roles", text)
	case "roles":
		return text != "" && len(text) <= 120 && text[0] != '.' &&
			strings.TrimLeft(text, permissionSigns) == ""
	case "tid", "appid", "azp", "oid", "wids":
		return isID(text)
	case "iss":
		_, ok := ParseIssuer(text)
		return ok
	case "aud":
		return isID(strings.TrimPrefix(text, "spn:")) || isAppIDURI(text)
	case "ver":
		return text == V1.String() || text == V2.String()
	}
	return true
}

// ValuesIn is how a claim of this name holds several values: scp as words, any other as a list.
func ValuesIn(claim string, values []string) *source.Value {
	if claim == "scp" || claim == "scope" {
		return source.NewString(strings.Join(values, " "))
	}
	return source.NewList(values...)
}

// ListClaims are the claims that are lists.
func ListClaims() []string { return []string{"roles", "groups", "wids", "amr"} }

// ManyValued are the claims that hold several values, as a list or as words.
func ManyValued() []string { return append(ListClaims(), "scp", "scope") }

// isID reports whether a text is a GUID as Entra ID writes it.
func isID(text string) bool { return IsGUID(text) && text == strings.ToLower(text) }

// isAppIDURI reports whether a text may be an App ID URI: it has a scheme, and none of the signs
// that stand around or between several. What ends in /.default is a scope that clients ask for.
func isAppIDURI(text string) bool {
	scheme, rest, ok := strings.Cut(text, ":")
	return ok && rest != "" && scheme != "" &&
		strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == "" &&
		!strings.ContainsAny(text, notInURI) &&
		!strings.HasSuffix(text, "/.default")
}

const notInURI = " \t\r\n\u00a0,;'\"<>[]{}|\\^`"

// Writes is what Entra ID writes into a claim, in words; it is empty where that is not one thing.
func Writes(claim string) string {
	const client = "the client's application id in lower case"
	return map[string]string{
		"aud":   "the API's application id in lower case or its App ID URI",
		"tid":   "the tenant's id in lower case",
		"appid": client,
		"azp":   client,
		"oid":   "an object id in lower case",
		"wids":  "the template ids of directory roles",
		"ver":   "1.0 or 2.0",
		"scp":   "the short values of scopes, which contain no spaces",
		"roles": "the values of app roles, which contain no spaces and no quotes",
	}[claim]
}

// WrittenFor names the claim that Entra ID writes in the place of one that it never writes, and
// that no claims-mapping policy can write either (the restricted claims of JWTs): another name, or
// one in other capitals or with blanks. It is empty for any other claim.
func WrittenFor(claim string) string {
	bare := strings.TrimSpace(claim)
	for _, c := range neverWritten {
		if strings.EqualFold(c.claim, bare) {
			return c.instead
		}
	}
	for name := range strings.FieldsSeq(written) {
		if strings.EqualFold(name, bare) && name != claim {
			return name
		}
	}
	return ""
}

// neverWritten are claims that policies ask for, with what Entra ID writes instead.
var neverWritten = [...]struct{ claim, instead string }{
	{"client_id", "appid (v1.0 tokens) or azp (v2.0 tokens)"},
	{"role", "roles"},
	{"scope", "scp"},
	{"username", "upn (v1.0 tokens) or preferred_username (v2.0 tokens)"},
	{"tenant_id", "tid"},
}

// written are those that it writes under this very name.
const written = "aud iss tid ver appid azp appidacr azpacr scp roles groups wids idtyp oid sub " +
	"upn preferred_username unique_name email name"

// permissionSigns are what the value of a scope or a role may be made of.
const permissionSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" +
	"!#$%&'()*+,-./:;<=>?@[]^_`{|}~"

// GrantOf is where an administrator grants a client what a claim says; empty for other claims than
// roles and scp.
func GrantOf(claim string) string {
	switch claim {
	case "roles":
		return "Entra ID > Enterprise applications > (the API) > Users and groups, or API " +
			"permissions of the client for an application"
	case "scp":
		return "the client's app registration > API permissions > (the API) > the scope, and " +
			"consent to it"
	}
	return ""
}
