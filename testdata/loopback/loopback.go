// Package loopback is the network of stories: it ends at this machine.
package loopback

import (
	"net"
	"net/http"

	"github.com/gatewhy/gatewhy/inspect/network"
)

// Connect is as network.NewTransport, but it refuses requests to other machines.
func Connect(settings network.Settings) http.RoundTripper {
	return transport{network.NewTransport(settings)}
}

type transport struct{ next http.RoundTripper }

func (t transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Hostname() != "127.0.0.1" {
		return nil, &net.DNSError{
			Err:        "no network in a test",
			Name:       request.URL.Hostname(),
			IsNotFound: true,
		}
	}
	return t.next.RoundTrip(request)
}
