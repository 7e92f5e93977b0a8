package inspect

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// exactNames are the claims that decide: a member that differs from one only in case is another claim for most
// readers, and the same for some that are written in Go.
var exactNames = [...]string{
	"aud", "iss", "sub", "exp", "nbf", "iat", "jti", "tid", "oid", "scp", "roles", "groups", "wids", "appid", "azp", "azpacr", "appidacr",
	"client_id", "scope", "ver", "idtyp", "upn", "email", "preferred_username", "unique_name", "acr", "amr", "tfp", "nonce",
}

// maxHidden is how many values with hidden characters are told one by one.
const maxHidden = 20

// names notes claims whose names or values are not what they look like.
func (d *describer) names() {
	for _, name := range exactNames {
		if key, ok := d.lookalike(name); ok {
			d.odd("claim-name-case", "claims."+Safe(key), show(key)+" is not the claim "+show(name)+": names are compared by case, and readers that do not may take one for the other")
		}
	}
	d.hidden()
	for _, name := range [...]string{"sub", "jti"} {
		if v := d.claims.Member(name); d.has(name) && v.Kind != source.String {
			d.odd("claim-type", "claims."+name, name+" is "+brief(v)+", not a string (RFC 7519, section 4.1); some gateways refuse the token for it")
		}
	}
}

// lookalike returns a member whose name differs from a claim's only in case.
func (d *describer) lookalike(name string) (string, bool) {
	for i := range d.claims.Members {
		key := d.claims.Members[i].Key
		// Unicode has letters of several bytes that fold to ASCII.
		if key != name && len(key) < len(name)+4 && strings.EqualFold(key, name) {
			return key, true
		}
	}
	return "", false
}

// hidden notes strings with characters that do not show, or with white space at an end: such a value is equal to
// none that looks like it.
func (d *describer) hidden() {
	count := 0
	for i := range d.claims.Members {
		m := &d.claims.Members[i]
		if count < maxHidden && (hides(m.Key) || anyHides(m.Value)) {
			count++
			path := "claims." + Safe(ShortenMiddle(m.Key, 40))
			d.odd("hidden-character", path, "the claim "+show(m.Key)+" has characters that do not show, or white space at an end; it is "+brief(m.Value))
		}
	}
}

// anyHides looks at a string, and at the strings of a list.
func anyHides(v *source.Value) bool {
	if text, ok := v.Str(); ok {
		return hides(text)
	}
	for _, item := range v.Items {
		if text, ok := item.Str(); ok && hides(text) {
			return true
		}
	}
	return false
}

func hides(text string) bool {
	return strings.TrimSpace(text) != text || Safe(text) != text
}
