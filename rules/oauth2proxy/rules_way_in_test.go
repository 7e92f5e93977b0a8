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
