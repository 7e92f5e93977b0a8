package oauth2proxy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// emailVerified is the check that a token does not say that its e-mail is not verified; nil where
// the options switch it off (providers/provider_data.go, buildSessionFromClaims; for extra issuers
// pkg/apis/middleware/session.go, which has no such switch).
func (c *compiler) emailVerified(v verifier) *rules.Check {
	allow := c.get("insecure_oidc_allow_unverified_email")
	if !v.strict && (v.email != "email" || allow.on()) {
		return nil
	}
	check := c.check(rules.CustomClaim, allow, codeClaims)
	in := claim("email_verified")
	check.Claim = in.Name
	yes := rules.Predicate{Op: rules.True, Input: in}
	if !v.strict {
		check.MaySkip = allow.unknown
		isList := rules.Predicate{Op: rules.IsList, Input: in}
		written := rules.Predicate{Op: rules.OneOf, Input: in, Values: append(
			rules.Literals("true", "True", "TRUE", "t", "T", "1"),
			source.NewBool(true),
		)}
		yes = rules.Either(isTrueNumber(in), rules.Both(rules.Negate(isList), written))
	}
	check.Test = rules.Either(rules.Negate(rules.Found(in)), yes)
	return check
}

// isTrueNumber is the predicate that an input is a number which counts as true: not 0 when its
// fraction is left out. One with an exponent, or beyond 64 bits, counts as false (spf13/cast,
// ToBool).
func isTrueNumber(in rules.Input) rules.Predicate {
	isTrue := func(r *rules.Request) rules.Reading {
		read := r.Read(in)
		if read.Unknown != nil {
			return read
		}
		if !read.Value.Is(source.Number) || strings.ContainsAny(read.Value.Text, "eE") {
			return reading(false)
		}
		whole, _, _ := strings.Cut(read.Value.Text, ".")
		n, err := strconv.ParseInt(whole, 10, 64)
		return reading(err == nil && n != 0)
	}
	return rules.Predicate{
		Op: rules.True, Input: rules.Computed("a number other than 0", isTrue, in),
	}
}

// allowed is what the owner of a valid token must have: one of the groups, and an e-mail of one of
// the domains. The e-mail is that of the first verifier that takes the token.
func (c *compiler) allowed(verifiers []verifier, i int) []*rules.Check {
	var all []*rules.Check
	v := verifiers[i]
	if check := c.groups(v); check != nil {
		c.untaken(check, verifiers[:i], func(earlier verifier) bool {
			return earlier.groups.text() != v.groups.text()
		})
		all = append(all, check)
	}
	check := c.domains(v)
	if check == nil {
		return all
	}
	c.untaken(check, verifiers[:i], func(earlier verifier) bool {
		return earlier.email != v.email
	})
	return append(all, check)
}

// untaken says of a check that it holds for no token of which an earlier verifier makes another
// session.
func (c *compiler) untaken(
	check *rules.Check, earlier []verifier, otherwise func(verifier) bool,
) {
	for _, v := range earlier {
		if otherwise(v) {
			taken := hold(c.verifies(v))
			check.Test = rules.Both(rules.Negate(taken), check.Test)
		}
	}
}

// groups is the check of the allowed groups; nil where there are none.
func (c *compiler) groups(v verifier) *rules.Check {
	groups, roles, of := c.allowedGroups(), c.get("allowed_roles"), v.groups
	byRoles := roles.set() && c.get("provider").text() == "keycloak-oidc"
	field := groups
	allowed := source.Without(groups.texts(), func(name string) bool { return name == "" })
	if len(allowed) == 0 && byRoles {
		field = roles
	} else if len(allowed) == 0 && groups.unknown == nil {
		return nil
	}
	check := c.check(rules.CustomClaim, field, codeGroups)
	check.Answer = c.denial()
	check.Claim = of.text()
	check.Grant = "Entra ID > Groups > (the group) > Members, and the app registration > Token " +
		"configuration > Add groups claim"
	check.Unknown = cmp.Or(groups.unknown, of.unknown)
	in := claim(of.text())
	check.Test = rules.Both(rules.Found(in), rules.Predicate{
		Op: rules.OneOf, Input: in, Values: spelled(allowed),
	})
	if byRoles {
		check.MaySkip = &rules.Unknown{
			Why: "allowed_roles lets in by the roles that Keycloak writes, which are not modelled",
		}
	}
	isJSON := func(text string) bool { return source.HasAnyPrefix(text, "{", "[") } // pkg/util
	if slices.ContainsFunc(allowed, isJSON) && check.MaySkip == nil {
		check.MaySkip = &rules.Unknown{
			Why: field.name + " has an object or a list as JSON, with which one in the token is " +
				"compared as it is written there",
		}
	}
	if strings.Contains(of.text(), ".") && check.Unknown == nil {
		check.Unknown = inside(of)
	}
	return check
}

// spelled are the values that the program writes as one of some texts: a number and a boolean as
// they are in the token (pkg/util, toString).
func spelled(texts []string) []*source.Value {
	all := rules.Literals(texts...)
	for _, text := range texts {
		var number json.Number
		switch {
		case text == "true" || text == "false":
			all = append(all, &source.Value{Kind: source.Bool, Text: text})
		case json.Unmarshal([]byte(text), &number) == nil && number.String() == text:
			all = append(all, &source.Value{Kind: source.Number, Text: text})
		}
	}
	return all
}

// allowedGroups is the option that lists the groups. That of the providers gitlab and keycloak
// replaces the one of all providers, even where it is not set (providers/gitlab.go and
// keycloak.go, setAllowedGroups).
func (c *compiler) allowedGroups() setting {
	switch c.get("provider").text() {
	case "gitlab":
		groups, projects := c.get("gitlab_groups"), c.get("gitlab_projects")
		for _, project := range projects.texts() {
			name, _, _ := strings.Cut(project, "=")
			groups.values = append(groups.values, rules.Literals("project:"+name)...)
		}
		if !groups.set() {
			groups.given = projects.given
		}
		groups.unknown = cmp.Or(groups.unknown, projects.unknown)
		return groups
	case "keycloak":
		return c.get("keycloak_groups")
	}
	return c.get("allowed_groups")
}

// inside says that a claim is looked for inside of another one.
func inside(of setting) *rules.Unknown {
	return &rules.Unknown{
		Why: fmt.Sprintf("%s is %s, which may be inside of another claim: that is not modelled",
			of.name, of.text()),
	}
}

// domains is the check of the e-mail. Where a token has none, its sub stands in; where it has
// neither, nothing is checked. It is nil where every address is let in (oauthproxy.go,
// getAuthenticatedSession; validator.go).
func (c *compiler) domains(v verifier) *rules.Check {
	domains, file := c.wanted("email_domains"), c.get("authenticated_emails_file")
	if slices.Contains(domains.texts(), "*") {
		return nil // every address is let in, and none is needed
	}
	field := domains
	if !domains.set() && file.set() {
		field = file
	}
	check := c.check(rules.CustomClaim, field, codeEmail)
	check.Answer = c.denial()
	check.Claim = v.email
	check.Unknown = domains.unknown
	if file.set() || file.unknown != nil {
		check.MaySkip = &rules.Unknown{
			Why: "authenticated_emails_file may list the address, and is not read here",
		}
	}
	check.Wants = fmt.Sprintf("an address at %s in %s, or in sub if that is missing",
		cmp.Or(strings.Join(domains.texts(), " or "), "an allowed domain"),
		cmp.Or(v.email, "the claim of the e-mail"))
	email, user := claim(v.email), claim("sub")
	fits := func(in rules.Input) rules.Predicate {
		text := rules.Predicate{Op: rules.Typed, Input: in, Kinds: []source.Kind{source.String}}
		return rules.Both(text, c.domainTest(in, domains.texts()))
	}
	check.Test = rules.Either(
		rules.Both(filled(email), fits(email)),
		rules.Both(rules.Negate(filled(email)), filled(user), fits(user)),
		rules.Both(rules.Negate(filled(email)), rules.Negate(filled(user))),
	)
	if strings.Contains(v.email, ".") && check.Unknown == nil {
		check.Unknown = inside(c.get("oidc_email_claim"))
	}
	return check
}

// filled is the predicate that a claim is there, and not an empty text.
func filled(in rules.Input) rules.Predicate {
	return rules.Both(rules.Found(in), rules.Negate(rules.Predicate{
		Op: rules.Equals, Input: in, Values: rules.Literals(""),
	}))
}

// domainTest is the predicate that an address is of one of the domains. One that begins with a dot
// stands for all below it.
func (c *compiler) domainTest(in rules.Input, domains []string) rules.Predicate {
	var ends []string
	for _, domain := range domains {
		ends = append(ends, "@"+domain)
		if below := strings.TrimPrefix(domain, "*"); strings.HasPrefix(below, ".") {
			ends = append(ends, below)
		}
	}
	ofDomain := rules.Predicate{
		Op: rules.Suffix, Input: in, Values: rules.Literals(ends...),
		Texts: &rules.Texts{FoldCase: true},
	}
	one := c.matches(in, `[^@]*@[^@]*`)
	if c.mayBeOlder(15, 2) {
		one = rules.Either(one, rules.Predicate{Op: rules.True, Input: rules.Computed(
			"the address", func(*rules.Request) rules.Reading {
				return c.doubtOfOld("old versions take an e-mail of several @ " +
					"(GHSA-c5c4-8r6x-56w3)")
			}, in,
		)})
	}
	return rules.Both(ofDomain, one)
}
