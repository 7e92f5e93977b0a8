// Gatewhy is the program as the stories of the tests call it: the real one, but for the clock, and
// for a network that ends at loopback.
package main

import (
	"net"
	"net/http"
	"os"
	"time"

	"github.com/gatewhy/gatewhy/cmd"
	"github.com/gatewhy/gatewhy/inspect/network"
)

func main() {
	env := cmd.System()
	env.Now = func() time.Time { return time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC) }
	env.Connect = func(settings network.Settings) http.RoundTripper {
		return loopback{network.NewTransport(settings)}
	}
	os.Exit(cmd.Main(env))
}

// loopback refuses requests to other machines.
type loopback struct{ next http.RoundTripper }

func (l loopback) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.URL.Hostname() != "127.0.0.1" {
		return nil, &net.DNSError{
			Err:        "no network in a test",
			Name:       request.URL.Hostname(),
			IsNotFound: true,
		}
	}
	return l.next.RoundTrip(request)
}
