package issued

import (
	"slices"
	"strconv"
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
		for _, check := range policy.Checks() {
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
	return slices.DeleteFunc(slices.Clone(a.parts), func(part comparison) bool {
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
					name = in.String()
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
		for _, text := range quoted(leaf.Input.Opaque.Text) {
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
	if leaf.Input.Opaque != nil {
		_, outside := unquoted(leaf.Input.Opaque.Text)
		for _, part := range outside {
			for _, digits := range strings.FieldsFunc(part, notDigit) {
				if digits == "0" || digits[0] != '0' { // JSON has no others
					all = append(all, digits)
				}
			}
		}
	}
	return all[:min(len(all), mostTexts)]
}

func notDigit(c rune) bool { return c < '0' || c > '9' }

// quoted lists the texts in quotes of either sort in an expression.
func quoted(expression string) []string {
	texts, _ := unquoted(expression)
	return texts
}

// unquoted lists the texts in quotes, and what stands before and behind each.
func unquoted(expression string) (texts, outside []string) {
	for {
		i := strings.IndexAny(expression, `'"`)
		if i < 0 {
			return texts, append(outside, expression)
		}
		text, rest, closed := strings.Cut(expression[i+1:], expression[i:i+1])
		outside = append(outside, expression[:i])
		if !closed {
			return texts, outside
		}
		texts, expression = append(texts, text), rest
	}
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

// opaques are expressions over nothing but the client's id: what each makes of an id tells which
// ids look the same to it. One that reads other things beside has to be run for each id with each
// of those, unless it only compares the id with texts.
type opaques struct {
	access []*rules.Opaque // over appid and azp
	sign   []*rules.Opaque // over the audience of ID tokens, which is their client
	// an expression makes something of an id of access tokens and other things
	mixed  bool
	signed bool // an expression makes something of the audience and other things
}

// seeExpression sorts an expression by what it reads of the client's id.
func (v *View) seeExpression(expression *rules.Opaque) {
	ids, audience, others := readsOf(expression)
	switch {
	case ids && (audience || others) && !v.compares(expression, "appid", "azp"):
		v.opaques.mixed = true
	case ids && !audience && !others:
		v.opaques.access = append(v.opaques.access, expression)
	}
	switch {
	case audience && (ids || others) && !v.compares(expression, "aud"):
		v.opaques.signed = true
	case audience && !ids && !others:
		v.opaques.sign = append(v.opaques.sign, expression)
	}
}

// compares notes the texts that an expression compares claims with, where it makes nothing else of
// them.
func (v *View) compares(expression *rules.Opaque, claims ...string) bool {
	if expression.Compares == nil {
		return false
	}
	texts, ok := expression.Compares(claims...)
	if ok {
		v.literals = append(v.literals, texts...)
	}
	return ok
}

// readsOf tells whether an expression reads the ids of access tokens, the audience, and other
// things.
func readsOf(expression *rules.Opaque) (ids, audience, others bool) {
	for _, in := range expression.Reads {
		switch name := in.ClaimRead(); {
		case name == "*":
			ids, audience, others = true, true, true
		case isClient(name) && in.Source == rules.FromClaim:
			ids = true
		case name == "aud" && in.Source == rules.FromClaim:
			audience = true
		default:
			others = true
		}
	}
	return ids, audience, others
}

// makes is what the checks make of an id beyond comparing it, as far as they can tell it.
func (v *View) makes(id string, identity bool, b *strings.Builder) {
	for _, p := range v.matched(identity) {
		b.WriteString(string(v.with(p.Input.ClaimRead(), id).Try(&rules.Check{Test: p})))
	}
	if identity {
		for _, o := range v.opaques.sign {
			v.look(o, "aud", id, b)
		}
		return
	}
	for _, o := range v.opaques.access {
		v.look(o, "appid", id, b)
		v.look(o, "azp", id, b)
	}
}

// with is a request whose token has an id in a claim, and nothing else.
func (v *View) with(claim, id string) *rules.Request {
	t := *v.blank
	t.Claims = &source.Value{
		Kind: source.Object, Members: []source.Member{{Key: claim, Value: str(id)}},
	}
	return &rules.Request{Token: &t}
}

func (v *View) look(o *rules.Opaque, claim, id string, b *strings.Builder) {
	reading := o.Eval(v.with(claim, id))
	switch text, isText := reading.Value.Str(); {
	case reading.Unknown != nil:
		b.WriteString("?" + reading.Unknown.Why)
	case reading.Fault != "":
		b.WriteString("!" + reading.Fault)
	case reading.Value == nil:
		b.WriteString("-")
	case isText && !strings.ContainsAny(text, spaces):
		v.compare(text, v.literals, b)
	default:
		b.WriteString(reading.Value.JSON())
	}
	b.WriteByte(0)
}

// spaces separate words.
const spaces = " \t\r\n"

// compare is what checks can tell of a text without spaces: which of some literals it equals or
// holds, and where, and whether it is a client's that has a contract. Of many literals most are
// neither, so only the others are named.
func (v *View) compare(text string, literals []string, b *strings.Builder) {
	var room [8]byte
	for i, literal := range literals {
		if !strings.Contains(text, literal) {
			continue
		}
		b.Write(strconv.AppendInt(room[:0], int64(i), 10))
		if len(text) == len(literal) {
			b.WriteByte('=')
		} else {
			b.WriteString(within(text, literal))
		}
	}
	// whether the list says that it is not complete is the same for all that are not in it
	if v.listed[text] {
		b.WriteByte('y')
	}
	if text == "" {
		b.WriteByte('e')
	}
	b.WriteByte('.')
}

// readsID reports whether every id counts for itself: an expression reads it with other things, or
// may compare it with what the caller writes.
func (v *View) readsID(identity bool) bool {
	if identity {
		return v.opaques.signed || v.caller.token
	}
	return v.opaques.mixed || v.caller.token
}
