package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// noTokenPasses is the name of the rule for what no other rule has a better word for: its findings
// give way to others at their place.
const noTokenPasses = "no-token-passes"

func noToken() rules.Rule {
	return rules.Rule{
		Name:  noTokenPasses,
		Title: "a check lets no token in",
		Why: "Entra ID never writes that claim, or never with such a value, or not in tokens of " +
			"this API's version: the check rejects all tokens, and nobody gets in.",
		Fix: "Check for what the API's tokens have: gatewhy decode shows it, and the app " +
			"registration gives their version.",
		Severity: rules.Error,
		Locks:    true,
		Lesser: "a warning where hasgroups is required, which only tokens of the implicit flow " +
			"have, and where another alternative lets tokens in; a note where no rule allows " +
			"anything",
		References: []string{claimsRef, accessTokens},
		Check: func(s *rules.Subject) []rules.Finding {
			return append(refusesAll(s), eachCheckOf(unlessSaid)(s)...)
		},
	}
}

// unlessSaid is impassable where its finding would not give way to an error at its place. With an
// app registration that error may be lessened, and this one is what is left.
func unlessSaid(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	if s.App == nil && shared(s).said[c.Pos] {
		return nil
	}
	return impassable(s, p, c)
}

// refusesAll makes a finding of each check that rejects every request, of policies that look at no
// token too.
func refusesAll(s *rules.Subject) []rules.Finding {
	var all []rules.Finding
	for _, p := range s.Policies {
		if p.When.Disabled {
			continue
		}
		all = append(all, checksOf(p, func(c *rules.Check) []rules.Finding {
			if !closes(c) || c.Meant {
				return nil
			}
			return one(less(at(c, "no request gets in: %s", refusal(c)), rules.Note))
		})...)
	}
	return all
}

// refusal says what a check is that rejects every request that it is asked about.
func refusal(c *rules.Check) string {
	return cmp.Or(c.Refuses, "this rule rejects every request")
}

// closes reports whether a check is of rules, and rejects every request.
func closes(c *rules.Check) bool {
	return inForce(c) && c.ID == rules.Authorization && rejectsAll(c)
}

// impassable makes a finding of a check that lets none of the tokens of all tenants and clouds
// past, of the API's version where that is known. If one of them gets past all that a request
// meets, it gets past the check too.
func impassable(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	switch {
	case !inForce(c), closes(c), !workforce(s, p):
		return nil
	case !ofClaims(c), reads(c, "roles") && s.App != nil && s.App.GroupsAsRoles():
		return ownRejected(s, p, c)
	}
	ev := factsOf(s, p).version
	if onlyOverage(s, c) {
		return one(less(at(c, "hasgroups is only in tokens that a browser gets without a code "+
			"(the implicit flow), of a user with more groups than fit: everybody else is "+
			"locked out"), rules.Warning))
	}
	if ofOneCustomClaim(c) || !decidable(c, ev.version == entra.V2) {
		if name := absentClaim(c); name != "" {
			return one(at(c, "no Entra ID access token has the claim %q", name))
		}
		return ownRejected(s, p, c)
	}
	got, with := exposing(s, p).own()
	if got == letIn && (!ev.known() || with.Version() == ev.version) {
		return nil
	}
	e := alone(s, c)
	if e.ownClients() == keptOut {
		return one(at(c, "no Entra ID access token passes this check of %s%s",
			claimOf(c), neverWritten(c)))
	}
	if !ev.known() {
		return ownRejected(s, p, c)
	}
	if got, _ := e.get(e.holders.Own(ev.version)); got != keptOut {
		return ownRejected(s, p, c)
	}
	return one(at(c, "no Entra ID v%s token passes this check of %s: %s",
		ev.version, claimOf(c), ev.because))
}

// ownRejected makes a finding of a check that lets none of the API's own tokens past, as its app
// registration has them: of no client that the policies name, and of no other.
func ownRejected(s *rules.Subject, p *rules.Policy, c *rules.Check) []rules.Finding {
	if s.App == nil || !looksAtClaims(c) || splitsClient(c) || ownPass(s, p) != keptOut {
		return nil
	}
	met := exposing(s, p)
	e := withHolders(met.holders, []*rules.Policy{{Root: rules.AllOf(c)}}, met.looked)
	for _, tokens := range []issued.Tokens{e.holders.Own(), e.holders.Strangers()} {
		if got, _ := e.get(tokens); got != keptOut {
			return nil
		}
	}
	what := "of the token"
	if claim := claimOf(c); claim != "" {
		what = "of " + claim
	}
	return one(at(c, "no token for %s passes this check %s", s.App.Title(), what))
}

// splitsClient reports whether a check may look at a part of the client's id, or makes something
// else of it: nobody knows of which ids that holds.
func splitsClient(c *rules.Check) bool {
	ids, splits := []string{"appid", "azp"}, false
	if reads(c, ids...) {
		c.Test.EachLeaf(func(leaf *rules.Predicate) {
			_, wholes := compares(leaf, ids...)
			splits = splits || !wholes || looksForPart(leaf)
		})
	}
	return splits
}

// rejectsAll reports whether a check fails for every request: it looks at none.
func rejectsAll(c *rules.Check) bool {
	request := rules.Request{Token: &inspect.Token{}}
	return len(c.Reads()) == 0 && request.Try(c) == rules.Fail
}

// onlyOverage reports whether a check lets past nobody without hasgroups, and perhaps somebody
// with it.
func onlyOverage(s *rules.Subject, c *rules.Check) bool {
	const name = "hasgroups"
	if !reads(c, name) {
		return false
	}
	e := alone(s, c)
	getting := func(value *source.Value) exposure {
		got, _ := e.get(changed(e.holders.Own(), func(t *issued.Token) []*issued.Token {
			return []*issued.Token{t.Chose(name, value)}
		}))
		return got
	}
	return getting(nil) == keptOut && getting(source.NewBool(true)) != keptOut
}

// neverWritten says what of a check is in no token, behind a colon: a claim that Entra ID never
// writes, or a value. It is empty where that is not why none gets past.
func neverWritten(c *rules.Check) string {
	for _, in := range c.Reads() {
		name := in.ClaimRead()
		if instead := entra.WrittenFor(name); instead != "" {
			return fmt.Sprintf(": Entra ID never writes %q, but %s", name, instead)
		}
	}
	in := c.Reads()
	if len(in) != 1 {
		return ""
	}
	name, why := in[0].ClaimRead(), ""
	c.Test.EachLeaf(func(leaf *rules.Predicate) {
		if text := unwritten(leaf, name); text != "" && why == "" {
			why = fmt.Sprintf(": Entra ID never writes %q into %s", text, name)
			if writes := entra.Writes(name); writes != "" {
				why += ", but " + writes
			}
		}
	})
	return why
}

// unwritten is a text that a claim is compared with and that Entra ID never writes into it; it is
// empty where there is none, and of an expression that does anything else with the claim. A blank
// alone stands between scopes.
func unwritten(leaf *rules.Predicate, claim string) string {
	texts, ok := compares(leaf, claim)
	if !ok {
		return ""
	}
	for _, v := range leaf.Values {
		texts = append(texts, leaf.Texts.Bare(v.Text))
	}
	for _, text := range texts {
		if strings.TrimSpace(text) != "" && !entra.CanHold(claim, text) {
			return text
		}
	}
	return ""
}

// compares lists the texts that an expression compares claims with. It is not ok where the
// expression makes anything else of them; where nobody says, there are none.
func compares(leaf *rules.Predicate, claims ...string) (texts []string, ok bool) {
	o := leaf.Input.Opaque
	if o == nil || o.Compares == nil {
		return nil, true
	}
	return o.Compares(claims...)
}

// absentClaim is a claim that a check wants to be there, and that Entra ID writes into no access
// token; empty where there is none. What is in tokens of one version or of users only is not
// meant, nor what another rule calls by its name.
func absentClaim(c *rules.Check) string {
	for _, part := range c.Test.Conjuncts() {
		if part.Op == rules.Present && part.Input.Source == rules.FromClaim &&
			inNoToken(part.Input.Name) {
			return part.Input.Name
		}
	}
	return ""
}

// inNoToken reports whether Entra ID writes a claim into no access token.
func inNoToken(name string) bool {
	for _, v := range versions() {
		for _, user := range []bool{false, true} {
			if issued.Says(name, v, user) != issued.Absent {
				return false
			}
		}
	}
	return true
}

// ofOneCustomClaim reports whether a check compares one claim once, and that claim is not one of
// Entra ID's own: it may hold whatever the policy wants.
func ofOneCustomClaim(c *rules.Check) bool {
	compared, custom := 0, true
	c.Test.EachLeaf(func(leaf *rules.Predicate) {
		if leaf.Op != rules.Present {
			compared++
		}
		custom = custom && leaf.Input.Source == rules.FromClaim && !issued.Listed(leaf.Input.Name)
	})
	return custom && compared == 1
}

// decidable reports whether the made-up tokens stand for everything that a check can distinguish.
// They do where it compares with known texts, and where an expression reads only claims whose
// forms are all known, or are of no matter. Of the audience all forms are known in v2.0 tokens
// only.
func decidable(c *rules.Check, v2 bool, ofNoMatter ...string) bool {
	// the claims that the made-up tokens have in every form that Entra ID writes
	allForms := []string{"iss", "tid", "ver", "appid", "azp", "appidacr", "azpacr"}
	clear := !splitsClient(c)
	c.Test.EachLeaf(func(leaf *rules.Predicate) {
		clear = clear && !looksForPart(leaf) && !onlyCaptured(leaf.Input)
		switch {
		case leaf.Input.Opaque == nil:
			return
		case len(leaf.Input.Opaque.Reads) == 0: // the same for every token
			clear = clear && absentClaim(c) == ""
			return
		}
		for _, in := range leaf.Input.Opaque.Reads {
			clear = clear && (v2 && in.Name == "aud" ||
				slices.Contains(allForms, in.Name) || slices.Contains(ofNoMatter, in.Name) ||
				entra.WrittenFor(in.Name) != "" || unwritten(leaf, in.Name) != "")
		}
		clear = clear && !slices.ContainsFunc(issued.TextsOf(c), hexadecimal)
	})
	return clear
}

// looksForPart reports whether a part of an id may be what is looked for.
func looksForPart(leaf *rules.Predicate) bool {
	return leaf.Op == rules.Contains &&
		slices.ContainsFunc(leaf.Values, func(v *source.Value) bool { return hexadecimal(v.Text) })
}

// hexadecimal reports whether a text may be a part of an id, and is not a whole one.
func hexadecimal(text string) bool {
	return len(text) < 36 && strings.Trim(text, "-0123456789abcdef") == ""
}

// giveWay leaves out the findings of this rule where another one says more of the same place, as
// an error, or as a warning where this one is a note. A rule about somebody who is let in says
// nothing of those who are kept out.
func giveWay(all []rules.Rule, found []rules.Finding) []rules.Finding {
	return source.Without(found, func(f rules.Finding) bool {
		return f.Rule == noTokenPasses &&
			slices.ContainsFunc(found, func(other rules.Finding) bool {
				worse := other.Severity == rules.Error ||
					other.Severity == rules.Warning && f.Severity == rules.Note
				return worse && other.Pos == f.Pos && saysMore(all, other.Rule)
			})
	})
}

// saysMore reports whether a rule says more of who is kept out than this one.
func saysMore(all []rules.Rule, name string) bool {
	return name != noTokenPasses && ruleOf(all, name).About == nil
}
