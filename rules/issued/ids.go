package issued

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// class is what the checks can see of a client's id: which literals it equals or holds, and
// whether it has a contract. In an ID token the client's id is the audience too.
func (v *View) class(id string, identity bool) string {
	if v.readsID(identity) {
		return id
	}
	var b strings.Builder
	v.compare(id, &b)
	v.writeMade(id, identity, &b)
	return b.String()
}

// readsID reports whether every id counts for itself: an expression reads it with other things, or
// may compare it with what the caller writes.
func (v *View) readsID(identity bool) bool {
	if identity {
		return v.opaques.signed || v.caller.token
	}
	return v.opaques.mixed || v.caller.token
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

// writeMade writes what the checks make of an id beyond comparing it, as far as they can tell it.
func (v *View) writeMade(id string, identity bool, b *strings.Builder) {
	for _, p := range v.matched(identity) {
		asked := v.ask.about(p.Input.ClaimRead(), source.NewString(id))
		b.WriteString(string(asked.Try(&rules.Check{Test: p})))
	}
	if identity {
		for _, o := range v.opaques.sign {
			v.writeReading(o, "aud", id, b)
		}
		return
	}
	for _, o := range v.opaques.access {
		v.writeReading(o, "appid", id, b)
		v.writeReading(o, "azp", id, b)
	}
}

// writeReading writes what an expression gives for an id in a claim.
func (v *View) writeReading(o *rules.Opaque, claim, id string, b *strings.Builder) {
	reading := o.Eval(v.ask.about(claim, source.NewString(id)))
	switch text, isText := reading.Value.Str(); {
	case reading.Unknown != nil:
		b.WriteString("?" + reading.Unknown.Why)
	case reading.Fault != "":
		b.WriteString("!" + reading.Fault)
	case reading.Value == nil:
		b.WriteString("-")
	case isText && !strings.ContainsAny(text, spaces):
		v.compare(text, b)
	default:
		b.WriteString(reading.Value.JSON())
	}
	b.WriteByte(0)
}

// matched lists the regular expressions that the id of a client has to match where it is: in an
// access token, or in the audience of an ID token too.
func (v *View) matched(identity bool) []rules.Predicate {
	if identity {
		return v.ofIDs
	}
	return source.Without(v.ofIDs, func(p rules.Predicate) bool {
		return !isClient(p.Input.ClaimRead())
	})
}

// compare is which literals an id equals or holds, and where, and whether it is a client's that
// has a contract. Of many literals most are neither, so only the others are named.
func (v *View) compare(text string, b *strings.Builder) {
	var room [8]byte
	for i, literal := range v.literals {
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

// tellsClientsBy is all that view.class depends on: the literals that may be a part of an id, and
// the contracts.
func (c *Classes) tellsClientsBy(v *View, identity bool) string {
	if v.readsID(identity) {
		return "each id for itself"
	}
	key := fmt.Sprintf("%p %q %v", v.contracts, c.literals(v), v.readsObject())
	for _, o := range slices.Concat(v.opaques.access, v.opaques.sign) {
		key += fmt.Sprintf(" %p", o)
	}
	for _, p := range v.matched(identity) {
		key += fmt.Sprintf(" %s %v", p.Input, p.Texts.Patterns)
	}
	return key
}

// literals are those that may be an id, or a part of one.
func (c *Classes) literals(v *View) []string {
	all := slices.Clone(v.literals)
	if c.guids {
		all = source.Without(
			all, func(s string) bool { return strings.Trim(s, "0123456789abcdef-") != "" },
		)
	}
	return all
}

// guidLength is how many characters an id has that is a GUID.
const guidLength = 36

// distinctIDs lists the ids that the checks can tell from others, where that is few: those that
// they name, and those with a contract. It is not where they look at parts of an id, or make
// something of it.
func (c *Classes) distinctIDs(v *View, identity bool) (ids []string, few bool) {
	if !c.guids || v.readsID(identity) || v.readsObject() ||
		len(v.opaques.access)+len(v.opaques.sign)+len(v.matched(identity)) > 0 {
		return nil, false
	}
	ids = c.literals(v)
	if slices.ContainsFunc(ids, func(s string) bool { return s != "" && len(s) < guidLength }) {
		return nil, false
	}
	if v.contracts != nil {
		ids = append(ids, v.contracts.IDs...)
	}
	return ids, true
}
