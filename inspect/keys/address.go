package keys

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// parseTarget checks an address before anything is sent to it.
func parseTarget(address string, by trust) (target, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Hostname() == "" {
		return target{}, refusal(quoted(withoutUser(address)), "this is no address", "an address starts with https:// and a host")
	}
	t := target{u, by}
	name := t.String()
	switch {
	case u.User != nil:
		return target{}, refusal(name, "the address has a user or a password in it", "key sets are public: leave them out")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return target{}, refusal(name, "the address is not https", "a key set that comes over http can be replaced on its way; only loopback may be http")
	case u.Scheme != "http" && u.Scheme != "https":
		return target{}, refusal(name, "the address is not https", "")
	case by == byToken && !entra.IsEntraHost(u.Hostname()):
		return target{}, wanting(name, "the token names a host that is none of Entra's",
			source.Ask(source.NeedWhoseKeys, "pass %s to say whose keys are right"))
	case by != byUser && isPrivateHost(u.Hostname()):
		hint := source.Ask(source.NeedKeySetURL, "if it is meant, pass it yourself")
		const cause = "the address is a private one, and it was not you who named it"
		return target{}, wanting(name, cause, hint)
	}
	return t, nil
}

// String is the address for a message: a query could hold a secret.
func (t target) String() string {
	return t.address.Scheme + "://" + t.address.Host + t.address.EscapedPath()
}

// withoutUser takes a user and a password out of a text that is no address, for a message.
func withoutUser(address string) string {
	scheme, rest, ok := strings.Cut(address, "//")
	if !ok {
		scheme, rest = "", address
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		rest = rest[at+1:]
	}
	if ok {
		return scheme + "//" + rest
	}
	return rest
}

// isLoopback reports whether a host is this machine, by its name or its number.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// isPrivateHost reports whether a host is private by the look of it. What a name stands for is checked when it is
// dialled.
func isPrivateHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return isLoopback(host) || strings.HasSuffix(strings.ToLower(host), ".localhost") || isOddNumber(host)
	}
	return !isPublic(ip)
}

// isOddNumber reports whether a host is a number in a form that some resolvers take for an address: 127.1,
// 2130706433, 0x7f000001, 0177.0.0.1.
func isOddNumber(host string) bool {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := strings.ToLower(labels[len(labels)-1])
	return last != "" && (strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x"))
}

// isPublic reports whether an address belongs to the Internet at large (the IANA registries of special-purpose
// addresses, RFC 6890).
func isPublic(ip netip.Addr) bool {
	ip = ip.WithZone("").Unmap()
	if inside, ok := embedded(ip); ok {
		return isPublic(inside)
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, special := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "100::/64", "2001:db8::/32", "fec0::/10",
	} {
		if netip.MustParsePrefix(special).Contains(ip) {
			return false
		}
	}
	return true
}

// embedded returns the IPv4 address that an IPv6 address of NAT64 (64:ff9b::/96), 6to4 (2002::/16), or of the old
// compatible form (::/96) carries.
func embedded(ip netip.Addr) (netip.Addr, bool) {
	b := ip.As16()
	switch {
	case ip.Is4():
		return netip.Addr{}, false
	case netip.MustParsePrefix("64:ff9b::/96").Contains(ip), netip.MustParsePrefix("::/96").Contains(ip):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case netip.MustParsePrefix("2002::/16").Contains(ip):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return netip.Addr{}, false
}
