package lint

import (
	"slices"
	"strings"
	"unicode"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

const checksExclude = "checks-exclude-each-other"

func checksExcludeEachOther() rules.Rule {
	return rules.Rule{
		Name:  checksExclude,
		Title: "checks that can pass alone let no token in together",
		Why: "Each of them can pass, but no Entra ID token passes them all: an app-only token " +
			"has no scp, a v2.0 token has no App ID URI in aud, and every token has one " +
			"audience. Nobody gets in.",
		Fix: "Decide which of them fits the API's tokens, and remove or widen the others; if " +
			"either may hold, check for one or the other in one expression.",
		Severity:   rules.Error,
		Locks:      true,
		Lesser:     "a warning where another alternative lets tokens in",
		References: []string{claimsRef, accessTokens},
		Check:      checkExclusions,
	}
}

// mostExcluding is how many checks are held against each other: nobody writes a policy with more.
const mostExcluding = 16

// checkExclusions looks at the policies that a request meets together. It leaves out the checks
// that let nobody past by themselves.
func checkExclusions(s *rules.Subject) []rules.Finding {
	var looked []*exposed
	for _, p := range tokenPolicies(s) {
		e := exposing(s, p)
		if got := e.ownClients(); !workforce(s, p) || got != keptOut ||
			slices.Contains(looked, e) {
			continue
		}
		if looked = append(looked, e); len(looked) == 1 && saidOtherwise(s) {
			return nil
		}
		for c := range p.Root.Checks() {
			if with := excludesItself(s, c); with != "" {
				return one(at(c, "no access token of Entra ID gets past this check: what it "+
					"asks of idtyp and of %s no token has together", with))
			}
		}
		checks := passable(s, e.policies)
		if len(checks) > mostExcluding {
			continue
		}
		for i, c := range checks {
			for _, earlier := range checks[:i] {
				if tellApart(earlier, c) && !pass(s, earlier, c) {
					return one(at(c, "no Entra ID access token passes both this check of %s and "+
						"the one of %s (%s)", checked(c), checked(earlier), earlier.Pos))
				}
			}
		}
		if all := excludedTogether(s, checks); all != nil {
			last := len(all) - 1
			return one(at(all[last], "no Entra ID access token passes this check of %s and "+
				"those of %s", checked(all[last]), listed(all[:last])))
		}
	}
	return nil
}

// excludedTogether is the fewest of some checks that no token passes together; nil where one may
// pass them all, or where the made-up tokens do not cover what they can distinguish.
func excludedTogether(s *rules.Subject, checks []*rules.Check) []*rules.Check {
	if len(checks) == 0 || pass(s, checks...) {
		return nil
	}
	for i := 0; i < len(checks); {
		fewer := slices.Delete(slices.Clone(checks), i, i+1)
		if pass(s, fewer...) {
			i++
			continue
		}
		checks = fewer
	}
	for i, c := range checks {
		for _, earlier := range checks[:i] {
			if !tellApart(earlier, c) {
				return nil
			}
		}
	}
	return checks
}

// listed names checks with their places.
func listed(checks []*rules.Check) string {
	var all []string
	for _, c := range checks {
		all = append(all, checked(c)+" ("+c.Pos.String()+")")
	}
	return strings.Join(all, " and ")
}

// excludesItself names the claim of which one check asks for what no token of the type has that it
// asks for too; empty where there is none. Without another type the same token would get past.
func excludesItself(s *rules.Subject, c *rules.Check) string {
	if !inForce(c) || !ofClaims(c) || !reads(c, "idtyp") || !conjoined(c) || pass(s, c) {
		return ""
	}
	e := kept(s).newExposed([]*rules.Policy{{Root: rules.AllOf(c)}}, s.App)
	got, _ := e.get(changed(e.holders.Own(), func(t *issued.Token) []*issued.Token {
		return []*issued.Token{
			t.Chose("idtyp", source.NewString("app")), t.Chose("idtyp", source.NewString("user")),
		}
	}))
	if got != letIn {
		return ""
	}
	for _, in := range c.Reads() {
		if name := in.ClaimRead(); name != "idtyp" && name != "*" && name != "" {
			return name
		}
	}
	return ""
}

// conjoined reports whether a check asks for several things at once and leaves no choice, and only
// compares the type with texts.
func conjoined(c *rules.Check) bool {
	return !slices.ContainsFunc(c.Test.Conjuncts(), func(part rules.Predicate) bool {
		o := part.Input.Opaque
		if o == nil {
			return part.Op == rules.And || part.Op == rules.Or || part.Op == rules.Not
		}
		if o.Compares == nil || hasChoice(o.Text) {
			return true
		}
		_, only := o.Compares("idtyp")
		return !only
	})
}

// hasChoice reports whether an expression has a word or a sign, outside of its texts, by which it
// may be true in several ways.
func hasChoice(expression string) bool {
	quote := rune(0)
	outside := strings.Map(func(r rune) rune {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case quote == 0:
			return r
		}
		return ' '
	}, expression)
	noLetter := func(r rune) bool { return !unicode.IsLetter(r) && r != '_' }
	return slices.ContainsFunc(strings.FieldsFunc(outside, noLetter), func(word string) bool {
		return slices.Contains([]string{"or", "if", "unless", "not", "match", "xor"}, word)
	})
}

// saidOtherwise reports whether rules that look at two checks in a better way find something.
func saidOtherwise(s *rules.Subject) bool {
	for _, rule := range []rules.Rule{
		audienceFormMismatch(), clientIDClaimOfOtherVersion(), issuerOfOtherVersion(),
	} {
		if len(rule.Check(s)) > 0 {
			return true
		}
	}
	return len(refusesAll(s)) > 0 || len(eachCheckOf(impassable)(s)) > 0
}

// passable lists the checks that can be held against each other: the made-up tokens stand for all
// that they can distinguish, and one gets past each.
func passable(s *rules.Subject, policies []*rules.Policy) []*rules.Check {
	var all []*rules.Check
	for c := range rules.EachCheck(policies) {
		id := c.ID == rules.ClientID && c.Test.Op == rules.Present &&
			c.Test.Input.Source == rules.FromClaim
		of := ofClaims(c) || c.ID == rules.Authorization
		looked := inForce(c) && (id || of && decidable(c, false, freeTexts()...))
		if looked && len(all) <= mostExcluding && pass(s, c) {
			all = append(all, c)
		}
	}
	return all
}

// freeTexts are the claims whose texts are a directory's own: expressions can ask for others than
// the made-up tokens have. Whether another check lets a token past does not depend on them.
func freeTexts() []string {
	return []string{
		"scp", "roles", "groups", "upn", "unique_name", "preferred_username", "email", "name",
	}
}

// tellApart reports whether the made-up tokens cover all that two checks can distinguish together.
// They may not if one of them is an expression and both read the same free text.
func tellApart(a, b *rules.Check) bool {
	read := func(name string) bool { return reads(a, name) && reads(b, name) }
	return decidable(a, false) && decidable(b, false) || !slices.ContainsFunc(freeTexts(), read)
}

// pass reports whether a token of the API's own clients may get past all of some checks.
func pass(s *rules.Subject, checks ...*rules.Check) bool {
	if len(checks) == 1 && s.App == nil {
		return alone(s, checks[0]).ownClients() != keptOut
	}
	e := kept(s).newExposed([]*rules.Policy{{Root: rules.AllOf(checks...)}}, s.App)
	return e.ownClients() != keptOut
}

// checked is what a check is about, in a word.
func checked(c *rules.Check) string {
	if c.ID == rules.ClientID {
		return c.Test.Input.Name
	}
	if name := claimOf(c); name != "" {
		return name
	}
	for _, in := range c.Reads() {
		if name := in.ClaimRead(); name != "" {
			return name
		}
	}
	return string(c.ID)
}
