package oauth2proxy

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// fault is why the program does not start: a value of an option, or an option that nothing sets.
type fault struct {
	option
	value *source.Value // where the instance begins, of an option that nothing sets
	why   string        // behind "the program does not start: "

	// maybe says that a flag or a variable, which the files do not show, may put it right.
	maybe bool

	// secret says that people write something else in its place, in what they show.
	secret bool

	unread bool // no answer depends on its value

	ofVersion bool // it is one in some versions alone, and which it is is not known
}

// misnamed are the names that the program does not know.
func (e *entry) misnamed() []unknownName {
	return append(slices.Clip(e.unknown), e.otherForm()...)
}

// faults lists why the program does not start (main.go; pkg/validation; providers/providers.go,
// NewProvider).
func (e *entry) faults() []fault {
	all := e.refusedValues()
	all = append(all, e.refusedTogether()...)
	return append(all, e.missing()...)
}

// refusedValues are the values with which the program does not start.
func (e *entry) refusedValues() []fault {
	var all []fault
	for _, g := range e.given {
		counts := e.get(g.option.name)
		switch {
		case len(counts.given) == 0 || counts.given[0].layer != g.layer:
			continue // another layer sets it
		case g.option.kind == text && counts.given[0].value != g.value:
			continue // a later flag does, and no text is refused before all flags are read
		}
		if why := g.wrongKind(); why != "" {
			all = append(all, fault{option: g.option, value: g.value, why: why})
			continue
		}
		for _, v := range g.texts() {
			why := g.option.refuses(v)
			if why != "" && !marked(v) && !(g.option.kind == toggle && g.isEmpty()) {
				all = append(all, fault{
					option: g.option, value: v, why: why, secret: isSecret(g.option.name),
				})
			}
		}
	}
	return all
}

func isSecret(name string) bool { return name == "cookie_secret" || name == "signature_key" }

// refuses says why the program does not start with a value of the option; empty where it may.
func (o option) refuses(v *source.Value) string {
	switch {
	case o.kind == toggle:
		if _, err := strconv.ParseBool(v.Text); err != nil {
			return "it is neither true nor false"
		}
	case v.Is(source.Null):
	case o.kind == duration:
		if _, ok := durationOf(v); !ok {
			return inspect.InSentence(v.Text) + " is not a time such as 1h30m"
		}
	case o.kind == number:
		_, err := strconv.ParseInt(v.Text, 0, 64)
		if err != nil && v.Text != "" && !v.Is(source.Number) { // what is behind a point is cut
			return inspect.InSentence(v.Text) + " is not a whole number"
		}
	default:
		return refusedText(o.name, v.Text)
	}
	return ""
}

// refusedText says why the program does not start with a text, or an item of a list.
func refusedText(name, text string) string {
	shown := inspect.InSentence(text)
	switch name {
	case "provider":
		return notIn(providers(), text, "there is no provider "+shown)
	case "extra_jwt_issuers":
		if !strings.Contains(text, "=") {
			return shown + " is not an issuer, = and an audience"
		}
	case "api_routes":
		return refusedExpression(text)
	case "skip_auth_regex", "skip_auth_routes":
		return refusedExpression(routeIn(name, text).path)
	case "oidc_enabled_signing_algs":
		return notIn(algorithms(), text, shown+" is not a signing algorithm that it has")
	case "trusted_ips", "trusted_proxy_ips":
		if !isNetwork(text) {
			return shown + " is neither an address nor a network"
		}
	case "upstreams":
		return refusedUpstream(text)
	case "cookie_samesite":
		return notIn([]string{"", "none", "lax", "strict"}, text,
			shown+" is not one of lax, strict and none")
	case "cookie_name":
		if !inspect.IsHTTPToken(text) || len(text) > 256 {
			return shown + " can't be the name of a cookie"
		}
	case "session_store_type":
		return notIn([]string{"cookie", "redis"}, text, "there is no session store "+shown)
	case "cookie_secret":
		if n := secretLength(text); text != "" && n != 16 && n != 24 && n != 32 {
			return fmt.Sprintf("it has %d bytes, where 16, 24 or 32 are wanted", n)
		}
	case "signature_key":
		parts := strings.Split(text, ":") // pkg/authentication/hmacauth
		all := []string{"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "ripemd160"}
		if text != "" && (len(parts) != 2 || !slices.Contains(all, parts[0])) {
			return "it is not a hash such as sha256, a colon and a key"
		}
	case "redirect_url", "login_url", "redeem_url", "profile_url", "validate_url", "resource":
		if _, err := url.Parse(text); err != nil {
			return shown + " is not an address"
		}
	}
	return ""
}

// notIn is what to say of a text that is not one of some.
func notIn(allowed []string, text, why string) string {
	if slices.Contains(allowed, text) {
		return ""
	}
	return why
}

// durationOf reads a time as the program does: a text has a unit, a number is nanoseconds
// (pkg/apis/options/load.go).
func durationOf(v *source.Value) (time.Duration, bool) {
	if n, err := strconv.ParseFloat(v.Text, 64); err == nil && v.Is(source.Number) {
		return time.Duration(n), true
	}
	d, err := time.ParseDuration(v.Text)
	return d, err == nil
}

// isNetwork reports whether a text is an address, or a network without bits below its prefix
// (pkg/ip/parse_ip_net.go).
func isNetwork(text string) bool {
	if !strings.Contains(text, "/") {
		return net.ParseIP(text) != nil
	}
	ip, network, err := net.ParseCIDR(text)
	return err == nil && network.IP.Equal(ip)
}

// refusedUpstream says why an upstream is refused (pkg/validation/upstreams.go;
// pkg/apis/options/legacy_options.go, convert).
func refusedUpstream(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return inspect.InSentence(text) + " is not an address; one begins with http://"
	}
	schemes := []string{"http", "https", "file", "unix", "static"}
	return notIn(schemes, u.Scheme, inspect.InSentence(text)+
		" does not begin with http://, https://, file://, unix:// or static://")
}

// secretLength is the length of the key that is made of a secret, which may be in base64
// (pkg/encryption/utils.go, SecretBytes).
func secretLength(secret string) int {
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(secret, "="))
	if err == nil && slices.Contains([]int{16, 24, 32}, len(b)) {
		return len(b)
	}
	return len(secret)
}

// algorithms are those that the program verifies (pkg/validation/providers.go).
func algorithms() []string {
	return []string{
		"EdDSA", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512",
		"PS256", "PS384", "PS512",
	}
}

func refusedExpression(text string) string {
	if _, err := regexp.Compile(text); err != nil {
		return "the expression " + inspect.Visible(text) + " can't be read"
	}
	return ""
}

// providers are the kinds of provider that the program has (pkg/apis/options/providers.go).
func providers() []string {
	return []string{
		"adfs", "azure", "bitbucket", "cidaas", "digitalocean", "entra-id", "facebook", "github",
		"gitlab", "google", "keycloak", "keycloak-oidc", "linkedin", "login.gov", "nextcloud",
		"oidc", "sourcehut",
	}
}

// firstFault is the first fault that leaves the program's answer open. A secret is not one: in
// what people share, they write something else in its place. Neither is a value that may be set
// elsewhere, if no answer depends on it.
func (e *entry) firstFault() (fault, bool) {
	for _, u := range e.misnamed() {
		if u.layer != byVariable {
			return fault{
				option: option{name: u.name}, value: u.at, ofVersion: u.open,
				why: cmp.Or(u.instead, "there is no such option"),
			}, true
		}
	}
	first, ok := found(e.faults(), func(of fault) bool {
		return !of.secret && (!of.maybe || !of.unread)
	})
	if !ok {
		return e.refusedDiscovery()
	}
	return first, ok
}

// refusedDiscovery is why the program does not start with the discovery document that Entra ID has
// for the issuer. It is no value that the program refuses, and has rules of its own.
func (e *entry) refusedDiscovery() (fault, bool) {
	issuer, algs := e.get("oidc_issuer_url"), e.get("oidc_enabled_signing_algs")
	switch {
	case e.differsInDiscovery():
		return fault{option: issuer.option, value: e.place(issuer), why: "the discovery " +
			"document of " + inspect.InSentence(issuer.text()) + " names another issuer"}, true
	case e.discovers() && ofEntra(issuer.text()) && algs.unknown == nil && len(algs.values) > 0 &&
		!slices.Contains(algs.texts(), defaultAlgorithm):
		return fault{option: algs.option, value: e.place(algs), why: noneInCommon()}, true
	}
	return fault{}, false
}

// discovers reports whether the program is known to read the discovery document of the provider.
func (e *entry) discovers() bool {
	provider, issuer := e.get("provider"), e.get("oidc_issuer_url")
	return provider.unknown == nil && !withoutVerifier(provider.text()) &&
		issuer.unknown == nil && e.get("skip_oidc_discovery").off()
}

// differsInDiscovery reports whether that document names another issuer, and the program cares.
func (e *entry) differsInDiscovery() bool {
	return e.discovers() && e.get("insecure_oidc_skip_issuer_verification").off() &&
		differs(e.get("oidc_issuer_url").text())
}

// noneInCommon says why the program starts with none of the algorithms.
func noneInCommon() string {
	return "Entra ID signs with " + defaultAlgorithm + ", which is not one of the algorithms"
}

// leaveOpen says of the first check that nobody knows what comes out of it where the program does
// not start.
func (c *compiler) leaveOpen(check *rules.Check) {
	of, found := c.firstFault()
	if !found {
		return
	}
	at := shown(of.value)
	check.Field, check.Pos, check.Span = of.name, at.Pos, at.Span
	check.Unknown = c.unknownFor(of)
}

// unknownFor says why nobody knows the program's answer.
func (e *entry) unknownFor(of fault) *rules.Unknown {
	switch {
	case of.maybe:
		return &rules.Unknown{
			Why:  of.why + ": a flag or a variable does, or the program does not start",
			Need: rules.Need{Input: source.NeedPolicy, For: "all that sets its options"},
		}
	case of.ofVersion:
		return ofVersion("the program does not start with its " + of.name + ": " + of.why)
	case of.value == e.at:
		return &rules.Unknown{Why: "the program does not start: " + of.why}
	}
	return &rules.Unknown{Why: "the program does not start with its " + of.name + ": " + of.why}
}

// wanted reads an option that the program does not start without: it is unknown where nothing
// sets it.
func (e *entry) wanted(name string) setting {
	s := e.get(name)
	of, found := found(e.missing(), func(of fault) bool { return of.name == name })
	if found {
		s.unknown = e.unknownFor(of)
	}
	return s
}
