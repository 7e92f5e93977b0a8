package oauth2proxy

import (
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

func trustedAddresses() rules.Rule {
	return rules.Rule{
		Name:  "trusted-addresses",
		Title: "requests from some addresses need no token",
		Why: "trusted_ips lets every request in that comes from these addresses. Behind another " +
			"proxy (reverse_proxy) the address is what a header says, which a caller can write " +
			"where trusted_proxy_ips does not limit it. No prediction here knows the address.",
		Fix: "Leave trusted_ips empty, or set trusted_proxy_ips to the proxies whose header " +
			"counts.",
		Severity: rules.Warning,
		Lesser:   "a note if the header of every proxy does not count",
		Since:    since, References: []string{docOptions, codeProxy},
		Check: eachInstance(func(i instance) []rules.Finding {
			trusted, reverse := i.get("trusted_ips"), i.get("reverse_proxy")
			if len(trusted.values) == 0 {
				return nil
			}
			found := i.finding(trusted, "a request from %s needs no token, and whoever sends it "+
				"can write its address in a header", strings.Join(trusted.texts(), " or "))
			if proxies := i.get("trusted_proxy_ips"); !reverse.on() || len(proxies.values) > 0 {
				found[0].Message = "a request from " + strings.Join(trusted.texts(), " or ") +
					" needs no token"
				return less(found, rules.Note)
			}
			return found
		}),
	}
}
