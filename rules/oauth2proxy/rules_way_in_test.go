package oauth2proxy

import (
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// What exempts every request lets in everybody; such an expression needs no anchor.
func TestWhatExemptsEveryRequestLetsEverybodyIn(t *testing.T) {
	t.Parallel()
	const none = "none"
	for option, want := range map[string]rules.Severity{
		`skip_auth_routes = ["^/"]`:            "",
		`skip_auth_routes = ["/"]`:             "",
		`skip_auth_routes = ["^/.*$"]`:         "",
		`skip_auth_regex = [".*"]`:             "",
		`skip_auth_routes = ["GET=^/"]`:        rules.Warning,
		`skip_auth_routes = ["^/$"]`:           none,
		`skip_auth_routes = ["^/public/"]`:     none,
		`skip_auth_routes = ["!=^/"]`:          none,
		`trusted_ips = ["0.0.0.0/0"]`:          "",
		`trusted_ips = ["::/0"]`:               "",
		`trusted_ips = ["10.0.0.0/8", "10.1"]`: none,
	} {
		subject := &rules.Subject{Policies: policiesOf(t, "a.cfg", basic+option+"\n")}
		got := rules.Severity(none)
		for _, f := range tokenNotNeeded().Check(subject) {
			got = f.Severity
		}
		if got != want {
			t.Errorf("%s: %q, want %q", option, got, want)
		}
		if found := exemptRouteUnanchored().Check(subject); want == "" && len(found) > 0 {
			t.Errorf("%s: an anchor does not repair it: %+v", option, found)
		}
	}
}

// Proxies that may be anywhere are not fewer than all.
func TestAPathFromAHeaderCountsWhereEveryAddressIsAProxy(t *testing.T) {
	t.Parallel()
	const behind = basic + "reverse_proxy = true\nskip_auth_routes = [\"^/ping$\"]\n"
	for options, want := range map[string]int{
		"":                                   1,
		`trusted_proxy_ips = ["0.0.0.0/0"]`:  1,
		`trusted_proxy_ips = ["10.0.0.0/8"]`: 0,
		`trusted_proxy_ips = ["${PROXIES}"]`: 0,
		`trusted_ips = ["10.0.0.1"]`:         1,
	} {
		subject := &rules.Subject{Policies: policiesOf(t, "a.cfg", behind+options+"\n")}
		if found := exemptPathFromHeader().Check(subject); len(found) != want {
			t.Errorf("%s: %+v, want %d", options, found, want)
		}
	}
	const alone = basic + "skip_auth_routes = [\"^/ping$\"]\n"
	subject := &rules.Subject{Policies: policiesOf(t, "a.cfg", alone)}
	if found := exemptPathFromHeader().Check(subject); len(found) > 0 {
		t.Errorf("behind no proxy: %+v", found)
	}
}
