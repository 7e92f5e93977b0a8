package oauth2proxy

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// compile makes a policy of each instance. Every answer comes from the table of behaviours.
func compile(read *rules.Configuration) rules.Compilation {
	made := rules.Compilation{Named: []string{Name}}
	for _, of := range read.Entries {
		c := compiler{entry: of.(*entry)}
		c.refused = c.refusal()
		root := c.root()
		policy := &rules.Policy{
			Variant: Name, Asset: Name, Name: "bearer tokens", Product: product,
			API: c.name, Pos: c.at.Pos, Entry: c.entry, Root: root, Asides: c.asides(root),
		}
		made.Policies = append(made.Policies, policy)
		made.Findings = append(made.Findings, c.problems(policy)...)
	}
	return made
}

// compiler turns one instance into a policy.
type compiler struct {
	*entry
	refused rules.Answer // what most checks answer where they fail
}

// problems are what the reader of the files has found odd.
func (c *compiler) problems(policy *rules.Policy) []rules.Finding {
	all := rules.Problems(c.file)
	for i := range all {
		all[i].Policy = policy
	}
	return all
}

// root is what a request needs: nothing where it is exempt, else a token that one of the verifiers
// accepts, of somebody who is allowed (oauthproxy.go, buildSessionChain, getAuthenticatedSession).
func (c *compiler) root() rules.Node {
	bearer := c.get("skip_jwt_bearer_tokens")
	present := c.tokenPresent(bearer)
	if bearer.off() {
		return c.behindExemptions(rules.AllOf(present), nil)
	}
	verifiers := c.verifiers()
	if len(verifiers) == 0 {
		present.Test, present.Refuses = rules.Never(), c.noVerifier()
		present.Wants = "a session cookie"
		present.Answer = c.unverified()
		return c.behindExemptions(rules.AllOf(present), nil)
	}
	whole := rules.AllOf(present, c.tokenFormat())
	accepts := func(i int) rules.Node { return c.accepts(verifiers, i) }
	if accepted := c.anyOf(verifiers, accepts); len(verifiers) == 1 {
		whole.All = append(whole.All, accepted.All...)
	} else {
		whole.All = append(whole.All, rules.Node{Check: c.unbroken(verifiers)}, accepted)
	}
	return c.behindExemptions(whole, verifiers)
}

// anyOf is that one of some verifiers accepts. Of several that do not, the one that comes nearest
// decides: where the token is valid for one of them, and its owner is not allowed, that is the
// answer.
func (c *compiler) anyOf(verifiers []verifier, of func(int) rules.Node) rules.Node {
	if len(verifiers) == 1 {
		return of(0)
	}
	node := rules.Node{}
	for i := range verifiers {
		node.Any = append(node.Any, of(i))
	}
	return node
}

// check starts a check that an option decides.
func (c *compiler) check(id rules.ID, of setting, reference string) *rules.Check {
	check := rules.CheckAt(id, c.place(of), of.name, observed(reference))
	if slices.Contains(notRun(), of.name) {
		check.Evidence = rules.Inferred.From(reference)
	}
	check.Answer = c.refused
	return check
}

func (c *compiler) tokenPresent(bearer setting) *rules.Check {
	check := c.check(rules.TokenPresent, bearer, codeSession)
	check.Answer = c.signIn()
	check.Unknown = bearer.unknown
	c.leaveOpen(check)
	if bearer.off() {
		check.Test = rules.Never()
		check.Refuses = "skip_jwt_bearer_tokens is off: the proxy looks at its own session " +
			"cookie alone, and not at bearer tokens"
		check.Wants = "a session cookie"
		check.Remedy = "switch skip_jwt_bearer_tokens on, if programs are to call with a token"
		return check
	}
	check.Test = c.sent()
	return check
}

// sent is the predicate that a request brings a token where the program looks for it.
func (c *compiler) sent() rules.Predicate {
	malformed := c.refused
	return rules.Predicate{Op: rules.Sent, Lookup: &rules.Lookup{
		Locations: []rules.Location{authorization()}, Otherwise: &malformed,
	}}
}

// unverified is what a request gets where nothing verifies tokens: one that brings none may sign
// in.
func (c *compiler) unverified() rules.Answer {
	answer, signIn := c.refused, c.signIn()
	if c.get("bearer_token_login_fallback").on() {
		return answer
	}
	sent := rules.Has(authorization().Input)
	sent.Assumed = rules.No
	none := rules.Negate(rules.Either(rules.Has(rules.Input{Source: rules.FromToken}), sent))
	for _, special := range signIn.Cases {
		special.If = rules.Both(none, special.If)
		answer.Cases = append(slices.Clip(answer.Cases), special)
	}
	signIn.Cases = nil
	answer.Cases = append(answer.Cases, rules.Case{If: none, Answer: signIn})
	return answer
}

// authorization is where the token is looked for.
func authorization() rules.Location {
	return rules.Location{
		Input:  rules.Input{Source: rules.FromHTTP, Name: "Authorization"},
		Prefix: "Bearer ",
		Basic:  &rules.InBasic{Passwords: []string{"", "x-oauth-basic"}},
	}
}

func (c *compiler) tokenFormat() *rules.Check {
	check := c.check(rules.TokenFormat, c.get("skip_jwt_bearer_tokens"), codeSession)
	check.Wants = "a signed JWT with members of the types that OAuth2 Proxy reads"
	check.Test = c.readable()
	return check
}

// matches is the predicate that a whole text matches an expression that is known to be one.
func (c *compiler) matches(in rules.Input, expression string) rules.Predicate {
	test, err := c.matchesAny(in, []string{expression})
	if err != nil {
		panic(err) // an expression of this package
	}
	return test
}

func (c *compiler) matchesAny(in rules.Input, expressions []string) (rules.Predicate, error) {
	texts := &rules.Texts{}
	for _, expression := range expressions {
		pattern, err := c.patterns.Of(expression, expression, func() (*regexp.Regexp, error) {
			return rules.WholePattern(expression)
		})
		if err != nil {
			return rules.Predicate{}, err
		}
		texts.Patterns = append(texts.Patterns, pattern)
	}
	return rules.Predicate{Op: rules.Matches, Input: in, Texts: texts}, nil
}

// noVerifier says why no bearer token is accepted.
func (c *compiler) noVerifier() string {
	return fmt.Sprintf("the provider %s verifies no tokens of its own, and there are no "+
		"extra_jwt_issuers: no bearer token is accepted", c.get("provider").text())
}

// claim is the input that reads a claim as the program does: Go's reader of JSON takes the last of
// two members of one name.
func claim(name string) rules.Input {
	in := rules.Claim(name)
	in.LastCounts = true
	return in
}

// field is the input that reads a claim as go-oidc does: into a field of a structure, for which a
// name in another case is as good.
func field(name string) rules.Input {
	in := claim(name)
	in.AnyCase = true
	return in
}

// withoutVerifier reports whether a provider has no verifier of its own
// (providers/providers.go, providerRequiresOIDCProviderVerifier).
func withoutVerifier(provider string) bool {
	return slices.Contains([]string{
		"bitbucket", "digitalocean", "facebook", "github", "google", "keycloak", "linkedin",
		"login.gov", "nextcloud", "sourcehut",
	}, provider)
}

// value is a text in the place of a value.
func value(text string, at *source.Value) *source.Value {
	return &source.Value{Kind: source.String, Text: text, Pos: at.Pos, Span: at.Span}
}

// notShown is a value that is set, and that the files do not show, in the place of what says so.
func notShown(what string, at *source.Value) *source.Value {
	return &source.Value{Kind: source.Unknown, Text: what, Pos: at.Pos, Span: at.Span}
}
