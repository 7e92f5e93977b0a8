package rules

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Key says where a policy has its verification key from: a URL, or a text in the policy itself.
type Key struct {
	URL  string
	List bool   // URL is a list of addresses, separated by commas, and the keys are those of all
	Text string // a PEM public key, a shared secret, or a key set
	Set  bool   // Text is a key set (RFC 7517)
	HMAC bool   // Text is a shared secret
	Own  bool   // it stands in the policy itself; an empty Text is one that the file does not have

	// Lenience is what the gateway lets pass of a signature that it must refuse.
	Lenience keys.Lenience

	// Loose says that it is not documented how the gateway handles an odd header: one with a crit
	// or a zip, with a kid that is no text, or with an alg or kid that is there twice.
	Loose bool

	// Nowhere is why the gateway can fetch no key from URL; empty where it perhaps can.
	Nowhere string

	// Unfit is why it is not documented how the gateway handles Text; empty where it takes it.
	Unfit string

	// Unread is why it is not known where the keys are fetched from; nil where it is. A key set
	// that is given stands in for them all the same.
	Unread *Unknown
}

// NoKeySet is what is not known of a signature while no key set is. A policy that asks an endpoint
// has none of its own: what the endpoint says of the signature is modelled.
func NoKeySet(why string) *Unknown {
	need := Need{Input: source.NeedKeySet, For: "the key set to verify the signature with"}
	return &Unknown{Why: why, Need: need}
}

// KeysAt is the key that is fetched from an address, or of a list, from each address in it.
func KeysAt(text string, list bool) *Key {
	k := &Key{URL: strings.TrimSpace(text), List: list}
	for _, address := range k.Addresses() {
		k.Nowhere = AddressFault(address)
		if k.Nowhere == "" {
			break
		}
	}
	return k
}

// KeysUnread is the key that is fetched from an address which is not known.
func KeysUnread(why *Unknown) *Key { return &Key{Unread: NoKeySet(why.Why)} }

// KeysOf is the key that the discovery document of an issuer leads to. Only Entra ID's are known:
// the key of another issuer has no address.
func KeysOf(issuer string) *Key {
	iss, ok := entra.ParseIssuer(issuer)
	if !ok || iss.Kind != entra.Workforce {
		return &Key{}
	}
	cloud, ok := entra.CloudByID(iss.Clouds[0])
	if !ok {
		return &Key{}
	}
	return KeysAt(entra.KeysURL(cloud, iss.Tenant, iss.Version, ""), false)
}

// Addresses lists the addresses that the keys are fetched from: one at least, which may be empty.
func (k *Key) Addresses() []string {
	if !k.List {
		return []string{k.URL}
	}
	var all []string
	for _, part := range strings.Split(k.URL, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	if all == nil {
		return []string{""}
	}
	return all
}

// doubt is why we do not know whether the gateway takes a signature, as we read it, under this
// header and by this key set; nil where we do.
func (k *Key) doubt(header *source.Value, read *keys.Result) *Unknown {
	if !k.Loose || header == nil {
		return nil
	}
	for _, name := range []string{"alg", "kid"} {
		read := member(header, Input{Name: name})
		if hasNUL(read.Value) {
			read.Unknown = unreadNUL(name)
		}
		if read.Unknown != nil {
			return read.Unknown
		}
	}
	if read.Outcome != keys.Pass {
		return nil
	}
	for _, note := range read.Notes {
		if note.ID == "duplicate-kid" {
			return &Unknown{Why: note.Message}
		}
	}
	for i := range header.Members {
		if m := &header.Members[i]; isOdd(m) {
			return &Unknown{
				Why: "the header has " + m.Key + " " + brief(m.Value) + ", and it is not " +
					"documented how the gateway handles that",
			}
		}
	}
	return nil
}

// isOdd reports whether readers of headers differ on a member: one that changes what the payload
// is, and one of another type than RFC 7515 has it.
func isOdd(m *source.Member) bool {
	switch m.Key {
	case "crit", "b64", "zip", "enc":
		return true
	case "cty":
		return !m.Value.Is(source.String) || strings.EqualFold(m.Value.Text, "JWT")
	case "typ", "kid", "jku", "x5u", "x5t", "x5t#S256", "nonce":
		return !m.Value.Is(source.String)
	case "jwk":
		return !m.Value.Is(source.Object)
	case "x5c":
		_, ok := m.Value.Strings()
		return !ok || !m.Value.Is(source.List)
	}
	return false
}

// AddressFault is why no gateway gets keys from an address, whatever the network is like; empty
// where it may.
func AddressFault(address string) string {
	u, err := url.Parse(address)
	switch lower := strings.ToLower(address); {
	case address == "":
		return "there is no address"
	case strings.Contains(strings.ReplaceAll(lower[1:], " ", ""), ",http"):
		return "it is a list, and the gateway takes one address"
	case strings.ContainsAny(address, " \t\r\n"):
		return "there is a space in it"
	case !strings.Contains(address, "://"):
		return "https:// is missing"
	case err != nil:
		return "it is not an address"
	case u.Scheme != "http" && u.Scheme != "https":
		return "its scheme is " + u.Scheme + ", not https"
	case u.Hostname() == "":
		return "it names no host"
	case strings.HasSuffix(strings.ToLower(u.Hostname()), ".invalid"):
		return "no host has such a name (RFC 2606)"
	}
	trimmed := u
	if strings.TrimSpace(address) != address { // of other spaces than those above
		trimmed, _ = url.Parse(strings.TrimSpace(address))
	}
	if trimmed == nil {
		return ""
	}
	if keys, ok := entra.KeysAt(trimmed); ok {
		return entraFault(keys, u.Path)
	}
	return ""
}

// entraFault is why there are no keys at an address of Entra ID. A tenant is called by its id or
// by a domain; of common and the like there are keys too.
func entraFault(keys entra.KeysAddress, path string) string {
	path = strings.TrimSuffix(strings.ToLower(path), "/")
	tenant := strings.ToLower(keys.Tenant)
	shared := []string{"", "common", "organizations", "consumers"}
	switch {
	case keys.Cloud.Closed != "":
		return keys.Cloud.Name + " was closed on " + keys.Cloud.Closed
	case keys.Discovery:
		return "it is the metadata document, which contains no keys"
	case !strings.HasSuffix(path, "/keys") || !strings.Contains(path, "/discovery/"):
		return "it is an Entra ID address, but not that of a key set"
	case keys.Kind == entra.Workforce && !entra.IsGUID(tenant) &&
		!strings.Contains(tenant, ".") && !slices.Contains(shared, tenant):
		return tenant + " is not a tenant: a tenant has an id and domains"
	}
	return ""
}
