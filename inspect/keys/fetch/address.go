package fetch

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// trust says who named an address, and so how far it is trusted.
type trust uint8

const (
	byUser     trust = iota // the person who runs the program: any host, private ones too
	byDocument              // a policy or a discovery document: public addresses only
	byToken                 // the token itself: hosts of Entra only, and their public addresses
)

// target is one document to fetch.
type target struct {
	address *url.URL
	trust   trust
}

// parseTarget checks an address before anything is sent to it.
func parseTarget(address string, by trust) (target, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Hostname() == "" {
		return target{}, refusal(inspect.Quoted(withoutUser(address)), "this is no address",
			"an address starts with https:// and a host")
	}
	t := target{u, by}
	name := t.String()
	switch {
	case u.User != nil:
		return target{}, refusal(name, "the address has a user or a password in it",
			"key sets are public: leave them out")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return target{}, refusal(name, "the address is not https",
			"a key set that comes over http can be replaced on its way; only loopback may be http")
	case u.Scheme != "http" && u.Scheme != "https":
		return target{}, refusal(name, "the address is not https", "")
	case by == byToken && !entra.IsEntraHost(u.Hostname()):
		return target{}, wanting(name, "the token names a host that is none of Entra's",
			source.Ask(source.NeedWhoseKeys, "pass %s to say whose keys are right"))
	case by != byUser && isPrivateHost(u.Hostname()):
		return target{}, wanting(name,
			"the address is a private one, and it was not you who named it",
			source.Ask(source.NeedKeySetURL, "if it is meant, pass it yourself"))
	}
	return t, nil
}

// keysTarget checks the address of the keys that a discovery document names. On the document's own
// host it is trusted like the document. The user did not name any other host.
func keysTarget(address string, document target) (target, error) {
	t, err := parseTarget(address, document.trust)
	if err != nil || t.address.Host == document.address.Host {
		return t, err
	}
	host := document.address.Hostname()
	if other := t.address.Hostname(); entra.IsEntraHost(host) && !entra.IsEntraHost(other) {
		return target{}, refusal(document.String(),
			"the discovery document names keys on "+inspect.Quoted(other)+
				", which is no host of Entra", isItEntras)
	}
	return parseTarget(address, max(document.trust, byDocument))
}

// String is the address for a message. It leaves out the query, which could hold a secret.
func (t target) String() string {
	return t.address.Scheme + "://" + t.address.Host + t.address.EscapedPath()
}

// withoutUser takes a user and a password out of a text that can't be read as an address, for a
// message.
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

// isPrivateHost reports whether a host looks private. The address behind a name is checked when it
// is dialled.
func isPrivateHost(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return isLoopback(host) || strings.HasSuffix(strings.ToLower(host), ".localhost") ||
			isOddNumber(host)
	}
	return !isPublic(ip)
}

// isOddNumber reports whether a host is a number in a form that some resolvers take for an
// address: 127.1, 2130706433, 0x7f000001, 0177.0.0.1.
func isOddNumber(host string) bool {
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	last := strings.ToLower(labels[len(labels)-1])
	return last != "" && (strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x"))
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
	for _, special := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4", "100::/64", "2001:db8::/32",
		"fec0::/10",
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

// NewTransport returns the transport that a [Source] uses if it is handed none. It takes proxies
// from the environment as Go does. When a host's name is resolved and dialled, it refuses the
// private addresses that the user did not name. A proxy judges the addresses behind it.
func NewTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dial,
		DisableKeepAlives:      true,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    5 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

type targetKey struct{}

// withTarget tells the dialler what a connection is for.
func withTarget(ctx context.Context, t target) context.Context {
	return context.WithValue(ctx, targetKey{}, t)
}

// dial connects. It checks each address that a name resolves to before a byte is sent there, so a
// name that resolves to another address the second time (DNS rebinding) gains nothing.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: 5 * time.Second}
	t, known := ctx.Value(targetKey{}).(target)
	if !known || address == t.hostPort() {
		d.Control = func(_, resolved string, _ syscall.RawConn) error {
			return t.allows(resolved, known)
		}
	}
	return d.DialContext(ctx, network, address)
}

// forbiddenError says that an address must not be dialled. A second attempt would end the same.
type forbiddenError struct{ address string }

func (e *forbiddenError) Error() string {
	return fmt.Sprintf("the host's address is %s, which is a private one", e.address)
}

// allows checks an address that a name was resolved to.
func (t target) allows(resolved string, known bool) error {
	to, err := netip.ParseAddrPort(resolved)
	if err != nil {
		return err
	}
	ip := to.Addr().WithZone("").Unmap()
	switch {
	case known && t.address.Scheme == "http" && !ip.IsLoopback():
		return &forbiddenError{ip.String()}
	case known && t.trust == byUser:
		return nil
	case !isPublic(ip):
		return &forbiddenError{ip.String()}
	}
	return nil
}

// hostPort is what is dialled for the target if there is no proxy.
func (t target) hostPort() string {
	port := t.address.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[t.address.Scheme]
	}
	return net.JoinHostPort(t.address.Hostname(), port)
}
