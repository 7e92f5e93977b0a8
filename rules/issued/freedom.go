package issued

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// freedom is what the holder of a token can make of the claims that the model fixes for nobody.
// What a holder chooses counts as chosen to get furthest.
type freedom uint8

const (
	// ofClient: how it proves itself (appidacr, azpacr).
	ofClient freedom = iota

	// ofAPIOwner: the owner of the API that a token is for can also choose whether it has optional
	// claims, groups and claims of their own, but not what these hold.
	ofAPIOwner

	// ofOtherTenant: an administrator can also write any claim that Entra does not (by claims
	// mapping, 1.8 of the facts), and set what the accounts of their tenant are called.
	ofOtherTenant

	// asWanted: nobody chooses, but a world that is made up from policies has whom the policies
	// are written for.
	asWanted

	// everything: whoever writes the token.
	everything
)

// chooses reports whether a claim is the holder's choice, or whether it is there.
func (f freedom) chooses(p Presence, name string, listed bool) bool {
	switch {
	case p == Chosen:
		return true
	case f == ofClient:
		return false
	case p == Optional, p == Asked, !listed:
		return true
	case f == ofOtherTenant:
		return ofAccounts(name)
	}
	return f == asWanted
}

// ofAccounts reports whether a claim holds what whoever manages accounts can write as they like,
// or what is the same in every tenant (wids are the template ids of directory roles). A upn needs
// a domain of the tenant.
func ofAccounts(name string) bool {
	return slices.Contains([]string{"name", "given_name", "family_name", "email", "wids"}, name)
}

// choice is what the claims of a variable hold; a nil value is a claim that is not there.
type choice struct {
	values []*source.Value
	doubt  string // why it is not known whether anybody can have it so
}

// variable is claims that are chosen together.
type variable struct {
	claims  []string
	choices []choice
	cut     string // why there are more choices than these; empty where there are none
}

// doubt is why it is not known whether anybody can have any of the choices; empty where somebody
// can.
func (v *variable) doubt() (why string) {
	for i := range v.choices {
		if why = v.choices[i].doubt; why == "" {
			break
		}
	}
	return why
}

// chosen is a claim that has been chosen.
type chosen struct {
	claim string
	value *source.Value
}

// choices are what of a token is chosen, and what is still to be chosen beside what its holder's
// freedom says.
type choices struct {
	chosen []chosen
	open   []variable
	places map[string]int // of the chosen claims, where there are many
}

// chosenOrOpen finds a claim among what is chosen, or still to be chosen.
func (t *Token) chosenOrOpen(name string) (value *source.Value, found, open bool) {
	c := t.choices
	if c == nil {
		return nil, false, false
	}
	if value, found := c.find(name); found {
		return value, true, false
	}
	for i := range c.open {
		if slices.Contains(c.open[i].claims, name) {
			return t.pending(!c.open[i].mayLack(name)), true, true
		}
	}
	return nil, false, false
}

func (c *choices) find(name string) (value *source.Value, found bool) {
	if c.places != nil {
		i, found := c.places[name]
		if !found {
			return nil, false
		}
		return c.chosen[i].value, true
	}
	for i := range c.chosen {
		if c.chosen[i].claim == name {
			return c.chosen[i].value, true
		}
	}
	return nil, false
}

// chosen lists the claims that have been chosen.
func (t *Token) chosen() []chosen {
	if t.choices == nil {
		return nil
	}
	return t.choices.chosen
}

// stillOpen lists the variables that have no choice yet.
func (t *Token) stillOpen() []variable {
	if t.choices == nil {
		return nil
	}
	return source.Without(t.choices.open, func(v variable) bool {
		return slices.ContainsFunc(
			t.choices.chosen, func(c chosen) bool { return c.claim == v.claims[0] },
		)
	})
}

// Settled is the token with the first choice of whatever is still open in it, where nothing has
// asked for another.
func (t *Token) Settled() *Token {
	for _, v := range t.stillOpen() {
		if len(v.choices) > 0 {
			t = t.with(&v, v.choices[0])
		}
	}
	return t
}

// mayLack reports whether a claim of the variable may be absent.
func (v *variable) mayLack(name string) bool {
	at := slices.Index(v.claims, name)
	return slices.ContainsFunc(v.choices, func(c choice) bool { return c.values[at] == nil })
}

// pending stands for a claim that is not chosen yet.
func (t *Token) pending(present bool) *source.Value {
	if present {
		return t.in.chosenPresent
	}
	return t.in.chosenPerhaps
}

// compared is what policies compare a claim with.
type compared struct{ texts, numbers []string }

// variableOf is the variable that a claim belongs to, where it is still to be chosen, of what the
// policies compare it with. It is kept where other tokens have the same one.
func (t *Token) variableOf(name string, with compared) (v variable, kept bool) {
	if t.choices != nil {
		for i := range t.choices.open {
			if slices.Contains(t.choices.open[i].claims, name) {
				return t.choices.open[i], true
			}
		}
	}
	return one(name, t.valuesOf(name, with)), false
}

func one(name string, values []*source.Value) variable {
	v := variable{claims: []string{name}, choices: make([]choice, len(values))}
	for i := range values {
		v.choices[i].values = values[i : i+1 : i+1]
	}
	return v
}

// with is the token after one choice.
func (t *Token) with(v *variable, c choice) *Token {
	next, made := *t, choices{}
	if t.choices != nil {
		made = *t.choices
	}
	made.chosen, made.places = slices.Clip(made.chosen), nil
	for i, name := range v.claims {
		made.chosen = append(made.chosen, chosen{name, c.values[i]})
	}
	made.index()
	next.choices = &made
	if next.doubt == "" {
		next.doubt = c.doubt
	}
	return &next
}

// many is how many chosen claims are looked through one by one.
const many = 16

// index notes the places of the chosen claims, where there are many.
func (c *choices) index() {
	if len(c.chosen) <= many {
		return
	}
	c.places = make(map[string]int, len(c.chosen))
	for i := range c.chosen {
		c.places[c.chosen[i].claim] = i
	}
}

// valuesOf lists what the holder can make of a claim; nil is that it is not there.
func (t *Token) valuesOf(name string, with compared) []*source.Value {
	row, listed := claimNamed(name)
	presence := row.in(t.version, t.identity, t.user)
	switch {
	case t.freedom == everything:
		return row.form.anything(with, true)
	case presence == Chosen:
		// how a client proves itself: without a user it must (access-token-claims-reference)
		if t.user {
			return source.NewStrings("1", "2", "0")
		}
		return source.NewStrings("1", "2")
	case ofItsTenant(name) && (t.freedom == ofClient || t.freedom == ofAPIOwner):
		id, _ := t.ofObject(name)
		return []*source.Value{source.NewString(id), nil}
	case t.freedom == ofAPIOwner, t.freedom == ofOtherTenant && presence == Optional &&
		!ofAccounts(name):
		return []*source.Value{nil, notModelled(name)}
	case t.freedom == ofOtherTenant && listed && !ofAccounts(name):
		with.texts = source.Without(with.texts, entra.IsGUID)
		return append(row.form.anything(with, true), notModelled(name))
	}
	with.texts = source.Without(with.texts, func(text string) bool {
		partOfID := len(text) < guidLength && strings.Trim(text, "0123456789abcdef-") == ""
		// neither a user nor a service principal has the id of the client's application
		ofClient := ofItsTenant(name) && strings.EqualFold(text, t.client)
		return !entra.CanHold(name, text) && !partOfID || ofClient
	})
	return row.form.anything(with, presence != Present)
}

// unrelated is a text that no configuration has.
const unrelated = "gatewhy-unrelated"

// anything lists what whoever can write a claim may write: each text that policies compare it
// with, all of them together, another, and where it may be absent, nothing; of a claim that need
// not be a text, truth values and numbers too.
func (f form) anything(with compared, absent bool) []*source.Value {
	var all []*source.Value
	several := f == asWords || f == asList
	if (several || f == asAny) && len(with.texts) > 1 {
		all = append(all, inForm(f, with.texts...))
	}
	some := with.texts[:min(len(with.texts), mostTexts)]
	for _, text := range append(slices.Clip(some), unrelated) {
		if several {
			all = append(all, inForm(f, text))
		} else {
			all = append(all, source.NewString(text))
		}
	}
	if f == asAny {
		all = append(all, source.NewList(with.texts...))
	}
	if !several && f != asText {
		all = append(all, source.NewBool(true), source.NewBool(false))
		for _, text := range with.numbers {
			all = append(all, &source.Value{Kind: source.Number, Text: text})
		}
	}
	if f == asTime || f == asOther {
		all = append(all, notModelled("such a claim"))
	}
	if absent {
		all = append(all, nil)
	}
	return all
}

// inForm is how a claim holds several values: as words, or as a list.
func inForm(f form, texts ...string) *source.Value {
	if f == asWords {
		return source.NewString(strings.Join(texts, " "))
	}
	return source.NewList(texts...)
}
