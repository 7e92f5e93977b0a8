package oauth2proxy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// sessionTyped is the check that the session of an extra issuer can be made of the claims
// (pkg/apis/middleware/session.go). It is nil for a provider, whose sessions take any type, but
// for the roles that Keycloak writes (providers/keycloak_oidc.go, getAccessClaims).
func (c *compiler) sessionTyped(v verifier) *rules.Check {
	check := c.check(rules.TokenFormat, v.issuer, codeSessions)
	switch {
	case !v.strict && c.get("provider").text() != "keycloak-oidc":
		return nil
	case !v.strict:
		read := rules.Both(
			fits("realm_access", realmFits), fits("resource_access", isObjectOrNull))
		check.Test = rules.Both(read, fits("resource_access", clientsFit))
		check.Wants = "roles in realm_access and resource_access as Keycloak writes them, in lists"
		breaks := rules.Case{If: read, Answer: c.row(brokenOff, always)}
		check.Answer.Cases = append([]rules.Case{breaks}, check.Answer.Cases...)
		return check
	}
	check.Test = rules.Both(
		typed(v.email, source.String), typed("preferred_username", source.String),
		typed(v.groups.text(), source.String, source.List, source.Null),
	)
	in, kinds := claim(v.groups.text()), " as a list or a string"
	listed := rules.Either(rules.Negate(rules.Found(in)), rules.Predicate{
		Op: rules.IsList, Input: in, Assumed: rules.Yes,
	})
	switch old, known := c.oldGroups(); {
	case old:
		kinds = " as a list"
		check.Test = rules.Both(check.Test, listed)
	case !known:
		doubt := ofVersion("OAuth2 Proxy takes groups that are a text from 7.15.6 on")
		check.Test = rules.Both(check.Test, rules.Either(listed, rules.Undecided(doubt)))
	}
	check.Wants = v.email + " and preferred_username as strings, and " + v.groups.text() + kinds
	return check
}

// fits is the predicate that a claim is absent, or that a function takes it.
func fits(name string, takes func(*source.Value) bool) rules.Predicate {
	in := field(name)
	return rules.Predicate{Op: rules.True, Assumed: rules.Yes, Input: rules.Computed(
		name+" as the program reads it", func(r *rules.Request) rules.Reading {
			read := r.Read(in)
			if read.Unknown != nil {
				return read
			}
			return reading(read.Value == nil || takes(read.Value))
		}, in,
	)}
}

func isObjectOrNull(v *source.Value) bool { return v.Is(source.Object) || v.Is(source.Null) }

// realmFits reports whether Go reads the roles of a realm: a list of texts.
func realmFits(realm *source.Value) bool {
	wrong := slices.ContainsFunc(realm.Members, func(m source.Member) bool {
		isOther := func(v *source.Value) bool { return !v.Is(source.String) && !v.Is(source.Null) }
		listed := m.Value.Is(source.List) && !slices.ContainsFunc(m.Value.Items, isOther)
		return strings.EqualFold(m.Key, "roles") && !m.Value.Is(source.Null) && !listed
	})
	return isObjectOrNull(realm) && !wrong
}

// clientsFit reports whether the program does not break off over the roles of clients, which it
// takes for lists (getClientRoles).
func clientsFit(clients *source.Value) bool {
	return !slices.ContainsFunc(clients.Members, func(m source.Member) bool {
		roles := m.Value.Find("roles")
		return roles != nil && !roles.Value.Is(source.List)
	})
}

// audienceTyped is the check that the claim which holds the audience is a text or a list of texts.
// It is nil where that is aud: then the check of the audience says it.
func (c *compiler) audienceTyped(v verifier) *rules.Check {
	if v.audOnly() {
		return nil
	}
	check := c.check(rules.Audience, v.claims, codeVerifier)
	check.Answer = c.row(brokenOff, always)
	check.Unknown = v.claims.unknown
	test := rules.Both()
	for _, name := range slices.Backward(v.claims.texts()) {
		there := isThere(name)
		here := rules.Both(there, audienceFits(name))
		test = rules.Either(here, rules.Both(rules.Negate(there), test))
	}
	check.Test = test
	check.Wants = strings.Join(v.claims.texts(), " or ") + " as a string or a list"
	return check
}

// sendable is the check that the upstream can be told who the caller is: a claim with a control
// character fits into no header of a request. It is nil where no upstream is told.
func (c *compiler) sendable(v verifier) *rules.Check {
	pass, basic := c.get("pass_user_headers"), c.get("pass_basic_auth")
	if pass.off() {
		pass, basic = basic, pass // either of them tells it (legacy_options.go, getRequestHeaders)
	}
	injected := alphaAt(c.structured, "injectRequestHeaders")
	told := c.sendsOn()
	if c.alpha && len(injected.List()) == 0 || !c.alpha && (pass.off() || told == rules.No) {
		return nil
	}
	check := c.check(rules.CustomClaim, pass, codeProxy)
	check.Claim = "sub"
	check.Answer = c.row(notSent, always)
	roles, provider := c.get("allowed_roles"), c.get("provider")
	if roles.set() && provider.text() == "keycloak-oidc" {
		check.Answer = rules.Answer{Situation: notSent} // or that of one who is not allowed
	}
	check.Wants = "no control character in what the upstream is told of the caller"
	switch {
	case c.alpha:
		at := shown(injected)
		check.Field, check.Pos, check.Span = "injectRequestHeaders", at.Pos, at.Span
		check.MaySkip = &rules.Unknown{
			Why: "which claims injectRequestHeaders writes is not modelled",
		}
	case told == rules.Maybe:
		check.MaySkip = &rules.Unknown{Why: "only an upstream with an address of http is told " +
			"who the caller is, and it is not known whether the request goes to one"}
	case !basic.on():
		check.MaySkip = pass.unknown
	}
	check.Test = rules.Either(
		c.isSubrequest(c.get("proxy_prefix")), c.notServed(), rules.Negate(c.unsendable(v)))
	return check
}

// sendsOn reports whether what an upstream gets is a request: the program itself answers for those
// with a fixed answer or with files (pkg/upstream/proxy.go, NewProxy).
func (c *compiler) sendsOn() rules.Truth {
	upstreams := c.get("upstreams")
	answered := 0
	for _, v := range upstreams.values {
		if strings.HasPrefix(v.Text, "static://") || strings.HasPrefix(v.Text, "file://") {
			answered++
		}
	}
	switch {
	case upstreams.unknown != nil || len(upstreams.values) == 0:
		return rules.Maybe
	case answered == len(upstreams.values):
		return rules.No
	case answered > 0:
		return rules.Maybe
	}
	return rules.Yes
}

// unsendable is the predicate that a claim which goes upstream has a control character.
func (c *compiler) unsendable(v verifier) rules.Predicate {
	var all []rules.Predicate
	control := func(name string) rules.Predicate {
		test := c.matches(claim(name), `(?s:.*)[\x00-\x08\x0a-\x1f\x7f](?s:.*)`)
		test.Assumed = rules.No
		return test
	}
	for _, name := range []string{"sub", v.email, "preferred_username"} {
		all = append(all, rules.Both(typed(name, source.String), control(name)))
	}
	return rules.Either(append(all, control(v.groups.text()))...)
}

// sendableIfValid is sendable for a request that needs no token: the upstream is told of a valid
// one.
func (c *compiler) sendableIfValid(verifiers []verifier) rules.Node {
	check := c.sendable(verifiers[0])
	if check == nil {
		return rules.Node{}
	}
	told := make([]rules.Predicate, len(verifiers))
	for i, v := range verifiers {
		told[i] = rules.Both(c.bearer(), hold(c.verifies(v)), c.unsendable(v))
	}
	check.Test = rules.Either(c.isSubrequest(c.get("proxy_prefix")), c.notServed(),
		rules.Negate(rules.Either(told...)))
	return rules.AllOf(check)
}

// hold is the predicate that some checks hold.
func hold(checks []*rules.Check) rules.Predicate {
	test := rules.Both()
	for _, check := range checks {
		if check.Skip == "" {
			test.Of = append(test.Of, check.Holds())
		}
	}
	return test
}

// unbroken is the check that the program does not break off over a token that one verifier takes
// so far, whatever the others say, and whether or not the request needs it.
func (c *compiler) unbroken(verifiers []verifier) *rules.Check {
	check := c.check(rules.TokenFormat, verifiers[0].claims, codeVerifier)
	check.Wants = "an audience that is a text or a list of texts"
	check.Answer = c.row(brokenOff, always)
	broken := make([]rules.Predicate, len(verifiers))
	for i, v := range verifiers {
		fits := audienceFits("aud")
		if typed := c.audienceTyped(v); typed != nil {
			fits = typed.Test
		}
		broken[i] = rules.Both(c.bearer(), hold(c.comesToAudience(v)), rules.Negate(fits))
	}
	check.Test = rules.Negate(rules.Either(broken...))
	return check
}

// isSubrequest is the predicate that another proxy asks whether to let a request through.
func (c *compiler) isSubrequest(prefix setting) rules.Predicate {
	return c.onPath(regexp.QuoteMeta(prefix.text()) + "/auth")
}
