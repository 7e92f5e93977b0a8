package keys

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// NewTransport returns the transport that a [Source] uses where it is handed none. It takes proxies from the
// environment as Go does, and refuses, when a host's name is resolved and dialled, the private addresses that the user
// did not name. The addresses behind a proxy are the proxy's to judge.
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

// dial connects, and checks each address that a name resolves to before a byte is sent to it. A name that resolves to
// another address the second time (DNS rebinding) gains nothing by it.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: 5 * time.Second}
	t, known := ctx.Value(targetKey{}).(target)
	if !known || address == t.hostPort() {
		d.Control = func(_, resolved string, _ syscall.RawConn) error { return t.allows(resolved, known) }
	}
	return d.DialContext(ctx, network, address)
}

// forbiddenError says that an address must not be dialled. It is no reason to try again.
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

// hostPort is what is dialled for the target where there is no proxy.
func (t target) hostPort() string {
	port := t.address.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[t.address.Scheme]
	}
	return net.JoinHostPort(t.address.Hostname(), port)
}
