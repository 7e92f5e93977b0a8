package oauth2proxy

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// requirement is a group of options; the program wants one of them.
type requirement struct {
	names  []string
	why    string
	unread bool // no answer depends on its value
	secret bool // people leave it out of what they show
}

// requirements lists what the program does not start without (pkg/validation;
// pkg/providers/oidc/provider_verifier.go, validate). It wants more secrets, which people leave
// out of what they show.
func (e *entry) requirements() []requirement {
	all := []requirement{
		{
			names:  []string{"email_domains", "authenticated_emails_file", "htpasswd_file"},
			unread: !e.looksAtTokens(),
		},
		{names: []string{"client_id"}, unread: !e.looksAtOwnTokens()},
	}
	if e.get("set_basic_auth").on() && !e.alpha {
		all = append(all, requirement{
			names: []string{"basic_auth_password"}, why: "set_basic_auth is on", secret: true,
		})
	}
	provider := e.get("provider")
	if provider.unknown != nil || !slices.Contains(providers(), provider.text()) {
		return all
	}
	of := "the provider " + provider.text() + " needs "
	switch {
	case e.providerVerifies():
		all = append(all, requirement{
			names: []string{"oidc_issuer_url"}, why: of + "it", unread: !e.looksAtOwnTokens(),
		})
		if e.get("skip_oidc_discovery").on() {
			all = append(all, requirement{
				names: []string{"oidc_jwks_url", "oidc_public_key_files"},
				why:   "skip_oidc_discovery is on", unread: !e.looksAtOwnTokens(),
			})
		}
	case e.usesGoogleGroups():
		all = append(all,
			requirement{names: []string{"google_admin_email"}, why: of + "it"},
			requirement{names: []string{
				"google_service_account_json", "google_use_application_default_credentials",
			}, why: of + "one"},
		)
	}
	return all
}

// looksAtTokens reports whether a bearer token can be accepted.
func (e *entry) looksAtTokens() bool {
	return !e.get("skip_jwt_bearer_tokens").off() &&
		(e.providerVerifies() || !e.get("extra_jwt_issuers").none())
}

// looksAtOwnTokens reports whether a bearer token can be accepted by the provider.
func (e *entry) looksAtOwnTokens() bool {
	return !e.get("skip_jwt_bearer_tokens").off() && e.providerVerifies()
}

// usesGoogleGroups reports whether something is set that the program needs the rest of to ask
// Google for groups (pkg/validation/providers.go, validateGoogleConfig).
func (e *entry) usesGoogleGroups() bool {
	return e.get("provider").is("google") &&
		(e.get("google_use_application_default_credentials").on() ||
			e.has("google_admin_email") || e.has("google_service_account_json"))
}

// missing lists the options without which the program does not start, and which nothing sets.
func (e *entry) missing() []fault {
	var all []fault
	for _, r := range e.requirements() {
		if slices.ContainsFunc(r.names, e.mayHave) {
			continue
		}
		o := e.named[r.names[0]]
		why := "nothing sets " + either(r.names)
		if r.why != "" {
			why += ", and " + r.why
		}
		all = append(all, fault{
			option: o, value: e.at, why: why,
			maybe: !e.started, unread: r.unread, secret: r.secret,
		})
	}
	return all
}

// either lists names where one is wanted.
func either(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " or " + names[n-1]
	}
	return names[0]
}

// has reports whether an option is known to have a value that is not empty.
func (e *entry) has(name string) bool {
	s := e.get(name)
	return s.unknown == nil && (s.kind == list && len(s.values) > 0 || s.text() != "")
}

// filled reports whether something sets an option to a value that is not empty, whichever.
func (e *entry) filled(name string) bool {
	s := e.get(name)
	return e.has(name) || s.set() && s.unknown != nil
}

// mayHave reports whether an option has a value that is not empty, or may have one.
func (e *entry) mayHave(name string) bool {
	s := e.get(name)
	if s.kind == toggle && s.unknown == nil {
		return s.on()
	}
	return s.unknown != nil || e.has(name)
}

// refusedTogether lists the values with which the program does not start because of others.
func (e *entry) refusedTogether() []fault {
	var all []fault
	add := func(name, format string, args ...any) {
		if s := e.get(name); s.set() && s.unknown == nil {
			all = append(all, fault{
				option: s.option, value: s.given[0].value, why: fmt.Sprintf(format, args...),
			})
		}
	}
	if e.filled("oidc_jwks_url") && e.filled("oidc_public_key_files") && e.providerVerifies() {
		one, other := "oidc_public_key_files", "oidc_jwks_url"
		if e.get(one).unknown != nil {
			one, other = other, one
		}
		add(one, "%s is set too, and only one of them can be", other)
	}
	if e.get("provider").is("login.gov") && e.has("jwt_key") {
		add("jwt_key_file", "jwt_key is set too, and only one of them can be")
	}
	for _, project := range e.get("gitlab_projects").texts() { // providers/gitlab.go
		_, level, has := strings.Cut(project, "=")
		if has && e.get("provider").text() == "gitlab" &&
			!slices.Contains([]string{"10", "20", "30", "40"}, strings.TrimLeft(level, "+0")) {
			add("gitlab_projects", "%s ends in none of the access levels 10, 20, 30 and 40",
				inspect.InSentence(project))
		}
	}
	google := e.get("google_use_application_default_credentials")
	if google.on() && e.usesGoogleGroups() && e.has("google_service_account_json") {
		add("google_service_account_json",
			"%s is on too, and only one of them can be", google.name)
	}
	refresh, expire := e.lasts("cookie_refresh", 0), e.lasts("cookie_expire", 168*time.Hour)
	if expire != 0 && refresh >= expire {
		add("cookie_refresh", "it must be less than cookie_expire, which is %s", expire)
	}
	header := e.get("real_client_ip_header")
	if e.get("reverse_proxy").on() && header.unknown == nil &&
		!slices.ContainsFunc(clientHeaders(), header.is) {
		add("real_client_ip_header", "it is not one of %s", either(clientHeaders()))
	}
	switch { // it wants an address for https (oauthproxy.go, buildPreAuthChain)
	case !e.get("force_https").on():
	case e.alpha && alphaAt(e.structured, "server").Is(source.Object) &&
		alphaAt(e.structured, "server", "secureBindAddress") == nil:
		add("force_https", "the alpha configuration has no server.secureBindAddress")
	case !e.alpha && !e.mayHave("tls_cert_file") && !e.mayHave("tls_key_file"):
		add("force_https", "nothing sets tls_cert_file or tls_key_file, and it wants them even "+
			"behind a proxy")
	}
	for _, f := range append(e.refusedMinimal(), e.refusedHeaders()...) {
		add(f.name, "%s", f.why)
	}
	return slices.Concat(all, e.samePaths(), e.besideAlpha())
}

// providerVerifies reports whether the provider verifies tokens itself, or may.
func (e *entry) providerVerifies() bool {
	provider := e.get("provider")
	return provider.unknown != nil || !withoutVerifier(provider.text())
}

// is reports whether the option has a text, in either case.
func (s setting) is(text string) bool { return strings.EqualFold(s.text(), text) }

// clientHeaders are those in which the address of the caller can be (pkg/ip/realclientip.go).
func clientHeaders() []string {
	return []string{
		"X-Forwarded-For", "X-Real-IP", "X-ProxyUser-IP", "X-Envoy-External-Address",
		"CF-Connecting-IP",
	}
}

// lasts reads an option that is a time; absent where nothing sets it. One that is not known, or
// not a time, is 0.
func (e *entry) lasts(name string, absent time.Duration) time.Duration {
	s := e.get(name)
	if !s.set() && s.unknown == nil {
		return absent
	}
	if len(s.values) == 0 {
		return 0
	}
	d, _ := durationOf(s.values[0])
	return d
}

// refusedMinimal lists the options that want the tokens in the session, where it has none
// (pkg/validation/sessions.go).
func (e *entry) refusedMinimal() []fault {
	if !e.get("session_cookie_minimal").on() {
		return nil
	}
	var all []fault
	for _, name := range []string{
		"pass_access_token", "pass_authorization_header", "set_authorization_header",
	} {
		if s := e.get(name); s.on() && !e.alpha {
			all = append(all, fault{option: s.option})
		}
	}
	if e.lasts("cookie_refresh", 0) != 0 {
		all = append(all, fault{option: e.get("cookie_refresh").option})
	}
	for i := range all {
		all[i].why = "it needs the tokens in the session, where session_cookie_minimal has none"
	}
	return all
}

// refusedHeaders lists the options that write Authorization where another one does: a header has
// one source (pkg/apis/options/legacy_options.go, LegacyHeaders; pkg/validation/header.go).
func (e *entry) refusedHeaders() []fault {
	basic := e.get("pass_basic_auth").on() && e.filled("basic_auth_password")
	var all []fault
	if s := e.get("pass_authorization_header"); s.on() && basic && !e.alpha {
		all = append(all, fault{option: s.option, why: "pass_basic_auth and " +
			"basic_auth_password write the Authorization header too"})
	}
	if s := e.get("set_authorization_header"); s.on() && e.get("set_basic_auth").on() && !e.alpha {
		all = append(all, fault{
			option: s.option, why: "set_basic_auth writes the Authorization header too",
		})
	}
	return all
}

// samePaths lists the upstreams whose path another one has (pkg/validation/upstreams.go).
func (e *entry) samePaths() []fault {
	var all []fault
	upstreams := e.get("upstreams")
	seen := map[string]bool{}
	for _, v := range upstreams.values {
		path, ok := pathOfUpstream(v)
		if ok && seen[path] {
			all = append(all, fault{
				option: upstreams.option, value: v, why: "two of them have the path " + path,
			})
		}
		seen[path] = true
	}
	return all
}

// pathOfUpstream is the path at which the program serves an upstream
// (pkg/apis/options/legacy_options.go, convert).
func pathOfUpstream(v *source.Value) (string, bool) {
	u, err := url.Parse(v.Text)
	switch {
	case err != nil || marked(v):
		return "", false
	case u.Scheme == "static", u.Scheme == "unix", u.Path == "" && u.Fragment == "":
		return "/", true
	case u.Scheme == "file" && u.Fragment != "":
		return u.Fragment, true
	}
	return u.Path, true
}
