package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// mostTexts limits how many texts of a policy are tried for one claim.
const mostTexts = 12

// mostOfAll limits how many of them are known at all.
const mostOfAll = 1024

// texts is what policies compare claims with, by the claim's name; "http:NAME" and "query:NAME"
// for what the caller writes.
type texts map[string][]string

// asking is a check of a policy with what it reads and compares with, looked up once.
type asking struct {
	*rules.Check
	off   bool // its policy is disabled
	reads []rules.Input
	texts []string
	parts []comparison
}

// comparison is a part of a check, and the texts that it compares what it reads with.
type comparison struct {
	*rules.Predicate
	texts []string
}

// askedBy looks into the checks of policies.
func askedBy(policies []*rules.Policy) []asking {
	var all []asking
	for _, policy := range policies {
		checks := policy.Checks()
		all = slices.Grow(all, len(checks))
		for _, check := range checks {
			a := asking{Check: check, off: policy.When.Disabled, reads: check.Reads()}
			check.Test.EachLeaf(func(leaf *rules.Predicate) {
				part := comparison{leaf, textsIn(leaf)}
				a.parts, a.texts = append(a.parts, part), joinTexts(a.texts, part.texts)
			})
			all = append(all, a)
		}
	}
	return all
}

// about lists the parts of a check that read one of these claims. What a part of a check compares
// another claim with, or the token's header, says nothing of these.
func (a *asking) about(names ...string) []comparison {
	return source.Without(a.parts, func(part comparison) bool {
		return !part.readsClaim(names)
	})
}

// textsFor lists the texts that a check compares one of these claims with.
func (a *asking) textsFor(names ...string) []string {
	var all []string
	for _, part := range a.about(names...) {
		all = joinTexts(all, part.texts)
	}
	return all
}

// readsClaim reports whether a check that is in force reads one of these claims.
func (a *asking) readsClaim(names ...string) bool {
	return slices.ContainsFunc(a.reads, func(in rules.Input) bool {
		return slices.Contains(names, in.ClaimRead())
	})
}

func (c *comparison) readsClaim(names []string) bool {
	found := false
	c.EachRead(func(in rules.Input) { found = found || slices.Contains(names, in.ClaimRead()) })
	return found
}

// textsOf collects the texts of checks that are in force, for everything that they read.
func textsOf(checks []asking) texts {
	all := texts{}
	for i := range checks {
		if checks[i].off || len(checks[i].texts) == 0 {
			continue
		}
		for _, part := range checks[i].parts {
			if len(part.texts) == 0 {
				continue
			}
			part.EachRead(func(in rules.Input) {
				name := in.ClaimRead()
				if fromRequest(in) {
					name = asWritten(in)
				}
				if name != "" {
					all[name] = joinTexts(all[name], part.texts)
				}
			})
		}
	}
	return all
}

// joinTexts adds texts that are not there yet. The first ones are shared: a check that reads very
// many claims may compare with very many texts.
func joinTexts(all, texts []string) []string {
	if len(all) == 0 {
		return slices.Clip(texts)
	}
	for _, text := range texts {
		if len(all) < mostOfAll && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// TextsOf lists some of the texts that a check compares with.
func TextsOf(check *rules.Check) []string {
	var all []string
	check.Test.EachLeaf(func(leaf *rules.Predicate) {
		all = joinTexts(all, textsIn(leaf))
	})
	return all[:min(len(all), mostTexts)]
}

// textsIn lists the texts that a part of a predicate compares with: its literals, and the quoted
// texts of an expression.
func textsIn(leaf *rules.Predicate) []string {
	var all []string
	add := func(text string) {
		if text != "" && len(all) < mostOfAll && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	for _, v := range leaf.Values {
		add(leaf.Texts.Bare(v.Text))
	}
	if leaf.Input.Opaque != nil {
		for _, text := range Quoted(leaf.Input.Opaque.Text) {
			add(text)
		}
	}
	return all
}

// A number that is larger than any that a policy names, and one that is smaller than most.
const largeNumber, smallNumber = "4102444800", "0"

// seeNumbers adds the numbers that a check compares claims with, and where it compares with some,
// larger and smaller ones.
func (a *asking) seeNumbers(all map[string][]string) {
	for _, part := range a.parts {
		numbers := numbersIn(part.Predicate)
		if len(numbers) == 0 {
			continue
		}
		part.EachRead(func(in rules.Input) {
			if name := in.ClaimRead(); name != "" {
				all[name] = joinTexts(joinTexts(all[name], numbers), []string{
					largeNumber, smallNumber,
				})
			}
		})
	}
}

// numbersIn lists the numbers that a part of a predicate compares with: its literals, and those of
// an expression.
func numbersIn(leaf *rules.Predicate) []string {
	var all []string
	for _, v := range leaf.Values {
		if v.Kind == source.Number {
			all = append(all, v.Text)
		}
	}
	if leaf.Input.Opaque == nil {
		return all
	}
	for rest, more := leaf.Input.Opaque.Text, true; more && len(all) < mostTexts; {
		var before string
		before, _, rest, more = cutQuoted(rest)
		for _, digits := range strings.FieldsFunc(before, notDigit) {
			if digits == "0" || digits[0] != '0' { // JSON has no others
				all = append(all, digits)
			}
		}
	}
	return all
}

func notDigit(c rune) bool { return c < '0' || c > '9' }

// Quoted lists the texts in quotes of either sort in an expression.
func Quoted(expression string) []string {
	var all []string
	for {
		_, text, rest, found := cutQuoted(expression)
		if !found {
			return all
		}
		all, expression = append(all, text), rest
	}
}

// cutQuoted cuts an expression around its first text in quotes.
func cutQuoted(expression string) (before, text, rest string, found bool) {
	i := strings.IndexAny(expression, `'"`)
	if i < 0 {
		return expression, "", "", false
	}
	text, rest, found = strings.Cut(expression[i+1:], expression[i:i+1])
	return expression[:i], text, rest, found
}

// nearAudiences lists audiences in which a check finds a part of the API's own, where it does not
// compare whole values: App ID URIs that somebody else may register. None of them is one of these.
func nearAudiences(checks []asking, own []string) []string {
	var all []string
	add := func(uris ...string) {
		for _, uri := range uris {
			if len(all) < 2*mostTexts && !slices.Contains(own, uri) && !slices.Contains(all, uri) {
				all = append(all, uri)
			}
		}
	}
	for i := range checks {
		if checks[i].off || !checks[i].readsClaim("aud") {
			continue
		}
		for _, part := range checks[i].about("aud") {
			if part.comparesWholes() {
				continue
			}
			for _, text := range part.texts {
				if !strings.Contains(text, "://") {
					add("api://" + text + "-other")
				}
				add(text+"-other", "api://other"+text, "api://other/"+text+"-other")
			}
		}
	}
	return all
}

// comparesWholes reports whether a part of a check compares with whole values only.
func (c *comparison) comparesWholes() bool {
	return c.Op == rules.Present || c.Op == rules.Equals || c.Op == rules.OneOf
}

// spaces separate words.
const spaces = " \t\r\n"
