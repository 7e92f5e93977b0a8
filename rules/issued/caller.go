package issued

import (
	"maps"
	"net/textproto"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Written is what a caller writes into a request beside the token, where a policy takes the client
// id from the request itself: whoever holds a token can write there what he likes. The zero
// Written is a request about which nothing but the token is known.
type Written struct {
	Headers map[string]string // by canonical name
	Query   map[string]string
}

// Inputs lists the headers and parameters as the policies name them.
func (w *Written) Inputs() map[string]string {
	all := map[string]string{}
	for name, value := range w.Headers {
		all["header "+strings.ToLower(name)] = value
	}
	for name, value := range w.Query {
		all["query parameter "+name] = value
	}
	return all
}

// Into puts it into a request.
func (w Written) Into(r *rules.Request) {
	r.Headers, r.Query = w.Headers, w.Query
}

// Texts that a caller writes where any would do.
const (
	anyClientID = "a-client-id-of-the-callers-choice"
	anySecret   = "a-secret-that-only-the-client-has"
)

// callerInputs is the inputs that a caller chooses the value of.
type callerInputs struct {
	ids     []rules.Input // that give a client id
	secrets []rules.Input // that give a client's secret
	// an expression makes something of one, so that other values may do what these do not
	loose bool
	token bool // an expression that reads one may compare it with the token's own client

	others []rules.Input // that other checks read
	texts  []string      // and compare with
}

// callerInputsOf looks for what checks take from the request.
func callerInputsOf(checks []asking) callerInputs {
	var c callerInputs
	known := map[string]bool{} // the names of c.others
	for i := range checks {
		if !checks[i].off {
			c.see(&checks[i])
		}
	}
	for i := range checks {
		switch check := &checks[i]; {
		case check.off || check.Binds != "" || check.ID == rules.ClientSecret:
		case c.readBy(check):
			c.loose, c.token = true, true
		default:
			c.seeOther(check, known)
		}
	}
	return c
}

// see notes a check that takes a client id, or its secret, from the request. The Authorization
// header carries the token.
func (c *callerInputs) see(check *asking) {
	for _, in := range check.reads {
		switch {
		case !fromRequest(in):
		case check.ID == rules.ClientSecret:
			c.secrets = append(c.secrets, in)
		case check.Binds != "":
			c.ids = append(c.ids, in)
			c.loose = c.loose || !mirrors(check, in)
		}
	}
}

// seeOther notes what another check takes from the request. What no request of a real client is
// like nobody writes either: who has a token sends it where it is looked for.
func (c *callerInputs) seeOther(check *asking, known map[string]bool) {
	for _, part := range check.parts {
		if part.Assumed != rules.Maybe {
			continue
		}
		part.EachRead(func(in rules.Input) {
			if !fromRequest(in) {
				return
			}
			c.texts = joinTexts(c.texts, part.texts[:min(len(part.texts), mostTexts)])
			if name := in.String(); !known[name] {
				known[name] = true
				c.others = append(c.others, in)
			}
		})
	}
}

// fromRequest reports whether an input is what the caller writes beside the token, which the
// Authorization header carries.
func fromRequest(in rules.Input) bool {
	return in.Source == rules.FromQuery || in.Source == rules.FromHTTP &&
		textproto.CanonicalMIMEHeaderKey(in.Name) != "Authorization"
}

// mirrors reports whether a check binds what the caller writes as it is, and reads nothing else.
func mirrors(check *asking, in rules.Input) bool {
	if len(check.reads) != 1 || check.Test.Input.Opaque == nil {
		return false
	}
	for _, probe := range []string{"one", "TWO-2"} {
		r := &rules.Request{}
		w := Writing([]rules.Input{in}, probe)
		w.Into(r)
		if got := r.Read(check.Test.Input); got.Value == nil || got.Value.Kind != source.String ||
			got.Value.Text != probe {
			return false
		}
	}
	return true
}

// readBy reports whether a check reads one of the ids.
func (c *callerInputs) readBy(check *asking) bool {
	for _, in := range check.reads {
		for _, id := range c.ids {
			if in.String() == id.String() {
				return true
			}
		}
	}
	return false
}

// formsOf is forms, without work where nothing is taken from the request.
func (v *View) formsOf(own string) []Written {
	if len(v.caller.ids)+len(v.caller.secrets)+len(v.caller.others) == 0 {
		return v.plain[:]
	}
	return v.forms(own)
}

// forms lists what the holder of a token may write: the id of a client that has a contract, and
// where an expression may compare it, the token's own; what other checks compare a header or a
// parameter with. Where other values may get further, or there are more than are tried, a request
// with unknown values comes with them.
func (v *View) forms(own string) []Written {
	c := &v.caller
	all := []Written{{}}
	if len(c.ids)+len(c.secrets) > 0 {
		all = c.idForms(v.contracts, own)
	}
	if len(c.others) == 0 {
		return all
	}
	plain := all
	texts := append(slices.Clone(c.texts), unrelated)
	if most := leastTries + mostConditions/(v.conditions+len(c.others)); len(texts) > most {
		texts, all = texts[:most], append(all, Written{})
	}
	for _, text := range texts {
		for _, w := range plain {
			all = append(all, w.beside(c.others, text))
		}
	}
	return all
}

func (c *callerInputs) idForms(contracts *rules.Contracts, own string) []Written {
	id := anyClientID
	if contracts != nil && len(contracts.IDs) > 0 {
		id = contracts.IDs[0]
	}
	all := []Written{c.form(id)}
	if c.token && own != "" && own != id {
		all = append(all, c.form(own))
	}
	if c.loose {
		all = append(all, Written{})
	}
	return all
}

// beside is what a caller writes, and a text in the inputs that are not written yet.
func (w Written) beside(inputs []rules.Input, text string) Written {
	with := Written{Headers: maps.Clone(w.Headers), Query: maps.Clone(w.Query)}
	for _, in := range inputs {
		add(&with, in, text)
	}
	return with
}

func (c *callerInputs) form(id string) Written {
	w := Writing(c.ids, id)
	for _, in := range c.secrets {
		add(&w, in, anySecret)
	}
	return w
}

// Writing is that a caller writes a text into each of some inputs that are of the caller's choice.
func Writing(inputs []rules.Input, text string) Written {
	var w Written
	for _, in := range inputs {
		if fromRequest(in) {
			add(&w, in, text)
		}
	}
	return w
}

func add(w *Written, in rules.Input, text string) {
	into, name := &w.Headers, textproto.CanonicalMIMEHeaderKey(in.Name)
	if in.Source == rules.FromQuery {
		into, name = &w.Query, in.Name
	}
	if *into == nil {
		*into = map[string]string{}
	}
	(*into)[name] = text
}
