package report

import "github.com/gatewhy/gatewhy/inspect/keys"

// SetRefusal is why some gateways take no key from a set, with those that are known to do so.
type SetRefusal struct {
	keys.Refusal
	Gateways []string
}

// refusalsOf are those of a key set.
func refusalsOf(set *keys.Set) []SetRefusal {
	var all []SetRefusal
	for _, r := range set.Refusals() {
		all = append(all, SetRefusal{r, refusing(r.Kind)})
	}
	return all
}

// refusing lists the gateways that refuse a set for something of this kind. Six gateways were
// measured with one valid token, and with one odd key beside the good one. Those that use go-jose
// answered 401 to every token; two of the four use a version that takes padded base64.
func refusing(kind keys.RefusalKind) []string {
	switch kind {
	case keys.KeyNotRead:
		return []string{"KrakenD", "Kubernetes", "Ory Oathkeeper", "oauth2-proxy"}
	case keys.KeyPadded:
		return []string{"Kubernetes", "oauth2-proxy"}
	case keys.KeyPrivate:
		return []string{"KrakenD", "Kubernetes", "oauth2-proxy"}
	case keys.FormRefused:
		return append(
			refusing(keys.KeyNotRead), "Azure API Management emulator", "mod_auth_openidc",
		)
	}
	return nil
}
