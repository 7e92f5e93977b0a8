package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"syscall"
	"time"
)

// NewTransport returns the transport that a [Source] uses if it is handed none. It takes proxies
// from the environment as Go does. When a host's name is resolved and dialled, it refuses the
// private addresses that the user did not name. Behind a proxy only the proxy is dialled: it
// resolves the names, so it alone can judge the addresses behind them.
func NewTransport() *http.Transport { return newTransport(http.ProxyFromEnvironment) }

func newTransport(proxy func(*http.Request) (*url.URL, error)) *http.Transport {
	return &http.Transport{
		Proxy:                  noted(proxy),
		DialContext:            dial,
		DisableKeepAlives:      true,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    5 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// connection says what a connection is for.
type connection struct {
	target target
	proxy  atomic.Pointer[string] // what is dialled in place of the target's host
}

type connectionKey struct{}

// withTarget tells the dialler what a connection is for.
func withTarget(ctx context.Context, t target) context.Context {
	return context.WithValue(ctx, connectionKey{}, &connection{target: t})
}

// noted tells the dialler which proxy a request goes through: the environment named that host, and
// nobody else.
func noted(
	proxy func(*http.Request) (*url.URL, error),
) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		u, err := proxy(r)
		if u == nil || err != nil {
			return nil, err
		}
		host, ok := asciiHost(u.Hostname())
		if !ok {
			return nil, errors.New("the proxy variable is not an address")
		}
		u = withHost(u, host)
		if c, known := r.Context().Value(connectionKey{}).(*connection); known {
			address := hostPort(u)
			c.proxy.Store(&address)
		}
		return u, nil
	}
}

// dial connects. It checks each address that a name resolves to before a byte is sent there, so a
// name that resolves to another address the second time (DNS rebinding) gains nothing.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: 5 * time.Second}
	c, known := ctx.Value(connectionKey{}).(*connection)
	if !known {
		c = &connection{target: target{&url.URL{}, byDocument}}
	}
	if !c.isProxy(address) {
		d.Control = func(_, resolved string, _ syscall.RawConn) error {
			return c.target.allows(resolved)
		}
	}
	return d.DialContext(ctx, network, address)
}

func (c *connection) isProxy(address string) bool {
	proxy := c.proxy.Load()
	return proxy != nil && *proxy == address
}

// forbiddenError says that an address must not be dialled. A second attempt would end the same.
type forbiddenError struct{ address string }

func (e *forbiddenError) Error() string {
	return fmt.Sprintf("the host's address is %s, which is a private one", e.address)
}

// allows checks an address that a name was resolved to.
func (t target) allows(resolved string) error {
	to, err := netip.ParseAddrPort(resolved)
	if err != nil {
		return err
	}
	ip := to.Addr().WithZone("").Unmap()
	if t.address.Scheme == "http" && !ip.IsLoopback() || t.trust != byUser && !isPublic(ip) {
		return &forbiddenError{ip.String()}
	}
	return nil
}
