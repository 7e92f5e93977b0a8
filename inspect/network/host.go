package network

import (
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// ASCIIHost returns a host as it is looked up, so that every check sees what is dialled: in ASCII
// (UTS #46, as net/http does it), in lower case, and without the dot at the end. It is not ok for
// a text that is not a host.
func ASCIIHost(host string) (string, bool) {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.String(), true
	}
	host, err := toASCII(host)
	host = strings.TrimSuffix(host, ".")
	ok := err == nil && host != "" && !strings.ContainsFunc(host, notInName) &&
		!slices.Contains(strings.Split(host, "."), "")
	return host, ok
}

// toASCII leaves names that are ASCII as they are but for their case: those of real hosts have
// underscores, which the rules for international names forbid.
func toASCII(host string) (string, error) {
	if strings.ContainsFunc(host, func(r rune) bool { return r > '~' }) {
		return idna.Lookup.ToASCII(host)
	}
	return strings.ToLower(host), nil
}

func notInName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
}

// WithHost returns an address with another host and the same port.
func WithHost(u *url.URL, host string) *url.URL {
	other := *u
	other.Host = host
	if strings.Contains(host, ":") {
		other.Host = "[" + host + "]"
	}
	if port := u.Port(); port != "" {
		other.Host = net.JoinHostPort(host, port)
	}
	return &other
}

// hostPort is what is dialled for an address.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{
			"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080",
		}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// IsLoopback reports whether a host is this machine, by its name or its number.
func IsLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// IsPrivateHost reports whether a host is private by its name or its number. The address behind
// any other name is checked when it is dialled.
func IsPrivateHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return isPrivateName(host) || isOddNumber(host)
	}
	return !isPublic(ip)
}

// isPrivateName reports whether a name is one of a single network: it has one label, or ends like
// those that the Internet at large does not resolve (RFC 6761, RFC 6762 with its appendix G, RFC
// 8375, and ICANN's reservation of internal).
func isPrivateName(host string) bool {
	if !strings.Contains(host, ".") {
		return true
	}
	private := []string{
		".localhost", ".local", ".localdomain", ".internal", ".intranet", ".private", ".corp",
		".home", ".lan", ".home.arpa",
	}
	return slices.ContainsFunc(private, func(end string) bool {
		return strings.HasSuffix(host, end)
	})
}

// isOddNumber reports whether a host is a number in a form that some resolvers take for an
// address: 127.1, 2130706433, 0x7f000001, 0177.0.0.1.
func isOddNumber(host string) bool {
	last := host[strings.LastIndex(host, ".")+1:]
	return strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x")
}

// isPublic reports whether an address belongs to the Internet at large (the IANA registries of
// special-purpose addresses, RFC 6890).
func isPublic(ip netip.Addr) bool {
	ip = ip.WithZone("").Unmap()
	if inside, ok := embedded(ip); ok {
		return isPublic(inside)
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	// IANA gives out addresses of the Internet from this range alone (RFC 4291, section 2.4).
	if ip.Is6() && !netip.MustParsePrefix("2000::/3").Contains(ip) {
		return false
	}
	for _, special := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"2001::/23", // Teredo, benchmarks and other protocols
		"2001:db8::/32", "3fff::/20",
	} {
		if netip.MustParsePrefix(special).Contains(ip) {
			return false
		}
	}
	return true
}

// embedded returns the IPv4 address that an IPv6 address carries if it is one of NAT64
// (64:ff9b::/96), of 6to4 (2002::/16), or of the old compatible form (::/96).
func embedded(ip netip.Addr) (netip.Addr, bool) {
	b := ip.As16()
	switch {
	case ip.Is4():
		return netip.Addr{}, false
	case netip.MustParsePrefix("64:ff9b::/96").Contains(ip),
		netip.MustParsePrefix("::/96").Contains(ip):
		return netip.AddrFrom4([4]byte(b[12:16])), true
	case netip.MustParsePrefix("2002::/16").Contains(ip):
		return netip.AddrFrom4([4]byte(b[2:6])), true
	}
	return netip.Addr{}, false
}
