package oauth2proxy

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func emailAbsentInAppTokens() rules.Rule {
	return rules.Rule{
		Name:  "email-absent-in-app-tokens",
		Title: "email_domains lets no app-only token in",
		Why: "An app-only token has no e-mail. OAuth2 Proxy takes sub in its place, which is an " +
			"id and ends with no domain: the request is answered with 403, though the token is " +
			"valid. A user's access token has email only where the app registration asks for " +
			"that optional claim.",
		Fix: "Where daemons are to get in, set email_domains to * and restrict callers by " +
			"allowed_groups, with oidc_groups_claim set to roles. For users, ask for the " +
			"optional claim email, or set oidc_email_claim to preferred_username or upn.",
		Severity:   rules.Warning,
		References: []string{issueEmail, docOptions},
		Check: eachBearer(func(i instance) {
			domains := i.get("email_domains")
			if domains.unknown != nil || len(domains.texts()) == 0 || everyDomain(domains) {
				return
			}
			at := source.Each(domains.texts(), inspect.Visible)
			absent := "the sub of an app-only token "
			if claim := i.emailClaim(); claim != "sub" {
				absent = "an app-only token has no " + claim + ": sub takes its place, and "
			}
			i.about(domains, "%sis not an address at %s", absent, strings.Join(at, " or "))
		}),
	}
}

// everyDomain reports whether every address is let in.
func everyDomain(domains setting) bool { return slices.Contains(domains.texts(), "*") }

func domainListIsNoGate() rules.Rule {
	return rules.Rule{
		Name:  "domain-list-is-no-gate",
		Title: "a token without an e-mail and sub gets past email_domains",
		Why: "OAuth2 Proxy compares an e-mail only where a session has one. A valid token that " +
			"has neither the claim of the e-mail nor sub makes a session without one, and no " +
			"domain is asked of it. Entra ID writes sub into every token; other issuers need not.",
		Fix:        "Restrict callers by allowed_groups too, which every session must have.",
		Severity:   rules.Note,
		References: []string{codeProxy, codeEmail},
		Check: eachBearer(func(i instance) {
			domains := i.get("email_domains")
			if domains.unknown != nil || !domains.set() || everyDomain(domains) ||
				!i.get("allowed_groups").none() {
				return
			}
			absent := "sub"
			if claim := i.emailClaim(); claim != absent {
				absent = claim + " and sub"
			}
			i.about(domains, "email_domains alone decides who gets in, and a token without %s "+
				"gets past it", absent)
		}),
	}
}

func groupsLeftOut() rules.Rule {
	return rules.Rule{
		Name:  "groups-left-out-of-large-tokens",
		Title: "a user of many groups has none in the token",
		Why: "Entra ID leaves groups out of the token of a user who is in more than 200, and " +
			"writes where they can be read. OAuth2 Proxy reads them there when a user signs in, " +
			"and not for a bearer token: such a user is answered with 403.",
		Fix: "Let the app registration write only the groups that are assigned to the " +
			"application, or use app roles: oidc_groups_claim = \"roles\".",
		Severity:   rules.Note,
		References: []string{docEntra, program + "providers/ms_entra_id.go"},
		Check: eachBearer(func(i instance) {
			groups := i.get("allowed_groups")
			if len(groups.values) > 0 && i.get("oidc_groups_claim").text() == "groups" &&
				ofEntra(i.get("oidc_issuer_url").text()) {
				i.about(groups, "a user of more than 200 groups has no groups in the token, and "+
					"is not let in")
			}
		}),
	}
}

func loginFallback() rules.Rule {
	return rules.Rule{
		Name:  "login-fallback",
		Title: "a caller with an invalid token gets a sign-in page",
		Why: "With bearer_token_login_fallback, which is on unless it is switched off, a " +
			"request with an invalid token is treated as one without a token: the caller gets " +
			"the sign-in page as HTML, or a redirect to the provider that a program follows. " +
			"What is wrong with the token is in the proxy's log alone.",
		Fix: "Set bearer_token_login_fallback to false, which answers 403. Or name the paths of " +
			"the API in api_routes, which answer 401 and {}.",
		Severity:   rules.Warning,
		References: []string{docOptions, codeSession},
		Check: eachBearer(func(i instance) {
			fallback := i.get("bearer_token_login_fallback")
			if !fallback.on() || !i.get("force_json_errors").off() ||
				!i.get("api_routes").none() {
				return
			}
			if !fallback.set() {
				fallback.given = i.get("skip_jwt_bearer_tokens").given
			}
			i.about(fallback, "an invalid token is answered with the sign-in page: "+
				"bearer_token_login_fallback is on")
		}),
	}
}

func exemptRouteUnanchored() rules.Rule {
	return rules.Rule{
		Name:  "exempt-route-unanchored",
		Title: "an exempt route matches anywhere in the path",
		Why: "skip_auth_routes and skip_auth_regex are regular expressions that a part of the " +
			"path has to match. /public also exempts /admin/public, and a dot stands for any " +
			"character. Whoever can choose a path with that part needs no token.",
		Fix:        "Begin the expression with ^, and end it with $ or a slash.",
		Severity:   rules.Warning,
		References: []string{docOptions, codeProxy},
		Check: eachInstance(func(i instance) {
			for _, name := range routeOptions() {
				for _, v := range i.get(name).values {
					r := routeIn(name, v.Text)
					if !marked(v) && !r.negated && !anchored(r.path) &&
						refusedExpression(r.path) == "" && !r.everyPath() {
						i.found.At(shown(v), name, "%s exempts every path that has this in it, "+
							"such as /x%s", inspect.Visible(r.path), strings.TrimLeft(r.path, "."))
					}
				}
			}
		}),
	}
}

// anchored reports whether an expression matches at the beginning of a path alone.
func anchored(expression string) bool {
	return regexp.MustCompile(`^(\(\?[a-z]+\))?(\^|\\A|\(\^)`).MatchString(expression)
}

func tokenNotNeeded() rules.Rule {
	return rules.Rule{
		Name:  "token-not-needed",
		Title: "a request without a token gets in",
		Why: "In OAuth2 Proxy an expression of skip_auth_routes or skip_auth_regex that matches " +
			"every path, or a range in trusted_ips that has every address, lets in everybody.",
		Fix: "In OAuth2 Proxy list the paths and the addresses that are meant to be open, each " +
			"path between ^ and $.",
		Severity:   rules.Error,
		Lesser:     "a warning where a route is exempt for one method alone",
		References: []string{docOptions, codeProxy},
		Check: eachInstance(func(i instance) {
			const says = "a request without a token gets in: %s exempts every %s"
			for _, name := range routeOptions() {
				for _, v := range i.get(name).values {
					r := routeIn(name, v.Text)
					if marked(v) || !r.everyPath() {
						continue
					}
					f := i.found.At(shown(v), name, says, inspect.Visible(r.path), "path")
					if r.method != "" {
						f.Message += " for the method " + inspect.Visible(r.method)
						f.Severity = rules.Warning
					}
				}
			}
			for _, v := range i.get("trusted_ips").values {
				if everyAddress(v.Text) {
					i.found.At(shown(v), "trusted_ips", says, v.Text, "address")
				}
			}
		}),
	}
}

// everyAddress reports whether a network has every address of IPv4 or of IPv6.
func everyAddress(network string) bool {
	all, err := netip.ParsePrefix(network)
	return err == nil && all.Bits() == 0
}

// everyPath reports whether the route is on every path, as far as two that have nothing in common
// tell.
func (r route) everyPath() bool {
	expression, err := regexp.Compile(r.path)
	return err == nil && !r.negated && expression.MatchString("/") &&
		expression.MatchString("/gatewhy-unrelated/1")
}

func exemptPathFromHeader() rules.Rule {
	return rules.Rule{
		Name:  "exempt-path-from-header",
		Title: "a caller can claim to be on an exempt route",
		Why: "With reverse_proxy the path that is compared with skip_auth_routes and " +
			"skip_auth_regex is that of the header X-Forwarded-Uri, if a proxy from " +
			"trusted_proxy_ips sends it; where that is empty, everybody counts as one " +
			"(CVE-2026-40575, CVE-2026-76835). A request for any path that names an exempt one " +
			"there needs no token, and goes to the path that it asked for.",
		Fix: "Set trusted_proxy_ips to the proxies before this one (since 7.15.2), and have " +
			"them overwrite X-Forwarded-Uri.",
		Severity:   rules.Warning,
		References: []string{docOptions, codeProxy},
		Check: eachInstance(func(i instance) {
			reverse := i.get("reverse_proxy")
			proxies := i.get("trusted_proxy_ips")
			if !reverse.on() ||
				!proxies.none() && !slices.ContainsFunc(proxies.texts(), everyAddress) {
				return
			}
			for _, name := range routeOptions() {
				for _, v := range i.get(name).values {
					if r := routeIn(name, v.Text); !marked(v) && !r.everyPath() {
						i.about(reverse, "a caller who writes an exempt path into "+
							"X-Forwarded-Uri needs no token for any path, unless the proxy "+
							"before this one overwrites that header")
						return
					}
				}
			}
		}),
	}
}

func trustedAddresses() rules.Rule {
	return rules.Rule{
		Name:  "trusted-addresses",
		Title: "requests from some addresses need no token",
		Why: "trusted_ips lets every request in that comes from these addresses. Behind another " +
			"proxy (reverse_proxy) the address is what a header says, which a caller can write " +
			"where trusted_proxy_ips does not limit it. No prediction here knows the address.",
		Fix: "Leave trusted_ips empty, or set trusted_proxy_ips to the proxies whose header " +
			"counts.",
		Severity:   rules.Warning,
		Lesser:     "a note if the header of every proxy does not count",
		References: []string{docOptions, codeProxy},
		Check: eachInstance(func(i instance) {
			trusted := i.get("trusted_ips")
			addresses := strings.Join(trusted.texts(), " or ")
			switch {
			case len(trusted.values) == 0:
			case i.get("reverse_proxy").on() && len(i.get("trusted_proxy_ips").values) == 0:
				i.about(trusted, "a request from %s needs no token, and whoever sends it can "+
					"write its address in a header", addresses)
			default:
				f := i.about(trusted, "a request from %s needs no token", addresses)
				f.Severity = rules.Note
			}
		}),
	}
}
