package issued

import (
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

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
