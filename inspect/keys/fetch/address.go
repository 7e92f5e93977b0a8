package fetch

import (
	"net/url"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/network"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// target is one document to fetch. The host of its address is in ASCII.
type target struct {
	address *url.URL
	trust   network.Trust
}

// parseTarget checks an address before anything is sent to it.
func parseTarget(address string, by network.Trust) (target, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Hostname() == "" {
		return target{}, noAddress(address)
	}
	host, ok := network.ASCIIHost(u.Hostname())
	if !ok {
		return target{}, noAddress(address)
	}
	t := target{network.WithHost(u, host), by}
	name := t.String()
	switch {
	case u.User != nil:
		return target{}, refusal(name, "the address has a user or a password in it",
			"key sets are public: leave them out")
	case u.Scheme == "http" && !network.IsLoopback(host):
		return target{}, refusal(name, "the address is not https",
			"a key set that comes over http can be replaced on its way; only loopback may be http")
	case u.Scheme != "http" && u.Scheme != "https":
		return target{}, refusal(name, "the address is not https", "")
	case by == network.ByToken && !entra.IsEntraHost(host):
		return target{}, wanting(name, "the token names a host that is not one of Entra's",
			source.Ask(source.NeedWhoseKeys, "pass %s to say which keys to use"))
	case by != network.ByUser && network.IsPrivateHost(host):
		return target{}, wanting(name,
			"the address is private, and you did not give it yourself",
			source.Ask(source.NeedKeySetURL, "to use it, pass it yourself"))
	}
	return t, nil
}

func noAddress(text string) error {
	return refusal(inspect.Quoted(withoutUser(text)), "this is not an address",
		"an address starts with https:// and a host")
}

// keysTarget checks the address of the keys that a discovery document names. On the document's own
// host it is trusted like the document. The user did not name any other host.
func keysTarget(address string, document target) (target, error) {
	if u, err := url.Parse(address); err != nil || u.Host == "" {
		return target{}, wanting(document.String(),
			"the discovery document names keys at "+inspect.Quoted(withoutUser(address))+
				", which is not an address",
			source.Ask(source.NeedKeySetFile, "pass a key set that you have as a file"))
	}
	t, err := parseTarget(address, document.trust)
	if err != nil || t.address.Host == document.address.Host {
		return t, err
	}
	host := document.address.Hostname()
	if other := t.address.Hostname(); entra.IsEntraHost(host) && !entra.IsEntraHost(other) {
		return target{}, refusal(document.String(),
			"the discovery document names keys on "+inspect.Quoted(other)+
				", which is not an Entra host", isItEntras)
	}
	return parseTarget(address, max(document.trust, network.ByDocument))
}

// String is the address for a message. It leaves out the query, which could hold a secret.
func (t target) String() string {
	return t.address.Scheme + "://" + t.address.Host + t.address.EscapedPath()
}

// withoutUser takes a user and a password out of a text that can't be read as an address, for a
// message.
func withoutUser(address string) string {
	start := 0
	if scheme, _, ok := strings.Cut(address, "//"); ok {
		start = len(scheme + "//")
	}
	rest := address[start:]
	return address[:start] + rest[strings.LastIndex(rest, "@")+1:]
}
