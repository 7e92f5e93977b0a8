package entra

import "strings"

// CanHold reports whether Entra ID may write a text into one of the claims that tell tokens apart:
// scopes and roles are of letters, digits and these signs, and begin with no full stop
// (graph/api/resources/approle, graph/api/resources/permissionscope: "value"), and of a scope that
// clients ask for as a URI, tokens have what follows the last slash; tenants and clients
// are application and directory ids; an issuer has one of its forms. Of other claims it says
// nothing.
func CanHold(claim, text string) bool {
	switch claim {
	case "scp":
		return !strings.Contains(text, "/") && CanHold("roles", text)
	case "roles":
		return text != "" && len(text) <= 120 && text[0] != '.' &&
			strings.TrimLeft(text, permissionSigns) == ""
	case "tid", "appid", "azp":
		return IsGUID(text)
	case "iss":
		_, ok := ParseIssuer(text)
		return ok
	case "aud":
		return text != "" && !strings.ContainsAny(text, " \t\r\n")
	}
	return true
}

// permissionSigns are what the value of a scope or a role may be made of.
const permissionSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" +
	"!#$%&'()*+,-./:;<=>?@[]^_`{|}~"
