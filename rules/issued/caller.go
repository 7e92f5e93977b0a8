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

	// others are the claims that checks read beside another input, by how that is written
	others map[string][]string
}

// callerInputsOf looks for what checks take from the request.
func callerInputsOf(checks []asking) callerInputs {
	c := callerInputs{others: map[string][]string{}}
	taken := map[string]bool{} // the places of ids, of secrets and of the token
	for i := range checks {
		if !checks[i].off {
			c.see(&checks[i], taken)
		}
	}
	for i := range checks {
		check := &checks[i]
		if check.off || check.Binds != "" || check.ID == rules.ClientSecret {
			continue
		}
		if c.readBy(check) {
			c.loose, c.token = true, true
		}
		c.seeOther(check, taken)
	}
	return c
}

// see notes a check that takes a client id, or its secret, from the request, or the token.
func (c *callerInputs) see(check *asking, taken map[string]bool) {
	for _, in := range check.reads {
		switch {
		case !fromRequest(in):
			continue
		case check.ID == rules.ClientSecret:
			c.secrets = append(c.secrets, in)
		case check.Binds != "":
			c.ids = append(c.ids, in)
			c.loose = c.loose || !mirrors(check, in)
		default:
			continue
		}
		taken[asWritten(in)] = true
	}
	for _, part := range check.parts {
		if part.Lookup == nil {
			continue
		}
		for _, place := range part.Lookup.Locations {
			taken[asWritten(place.Input)] = true
		}
	}
}

// seeOther notes what else a check takes from the request. What no request of a real client is
// like nobody writes either: who has a token sends it where it is looked for.
func (c *callerInputs) seeOther(check *asking, taken map[string]bool) {
	for _, part := range check.parts {
		if part.Assumed != rules.Maybe {
			continue
		}
		var claims []string
		part.EachRead(func(in rules.Input) {
			if name := in.ClaimRead(); name != "" {
				claims = append(claims, name)
			}
		})
		part.EachRead(func(in rules.Input) {
			if name := asWritten(in); fromRequest(in) && !taken[name] {
				c.others[name] = joinTexts(c.others[name], claims)
			}
		})
	}
}

// asWritten tells an input from others that the caller writes.
func asWritten(in rules.Input) string {
	if in.Source == rules.FromHTTP {
		in.Name = textproto.CanonicalMIMEHeaderKey(in.Name)
	}
	return in.String()
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

// forms lists what the holder of a token may write where a client id is taken from: the id of a
// client that has a contract, and where an expression may compare it, the token's own. Where other
// values may get further, a request with unknown ones comes with them.
func (v *View) forms(own string) []Written {
	c := &v.caller
	if len(c.ids)+len(c.secrets) == 0 {
		return v.plain[:]
	}
	id := anyClientID
	if v.contracts != nil && len(v.contracts.IDs) > 0 {
		id = v.contracts.IDs[0]
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

// mostWritten limits how many requests with other texts are tried for a token.
const mostWritten = 256

// unwritten finds an input that an undecided check reads and the caller has not written yet, and
// what they may write there: what the token has in the claims that are read beside it, what checks
// compare it with, and another text. There are no texts where there is no such input.
func (v *View) unwritten(
	w Written, verdict *rules.Verdict, claim func(name string) *source.Value,
) (in rules.Input, texts []string) {
	if len(v.caller.others) == 0 || verdict.Outcome != rules.Undetermined {
		return in, nil
	}
	for i := range verdict.Results {
		result := &verdict.Results[i]
		if result.Outcome != rules.Unsure {
			continue
		}
		for _, in := range result.Check.Reads() {
			name := asWritten(in)
			beside, others := v.caller.others[name]
			if !others || w.has(in) {
				continue
			}
			for _, of := range beside {
				own, _ := claim(of).Strings()
				texts = append(texts, own...)
			}
			return in, slices.Concat(texts, v.texts[name], []string{unrelated})
		}
	}
	return in, nil
}

// with is what a caller writes, and a text in one more input.
func (w Written) with(in rules.Input, text string) Written {
	w.Headers, w.Query = maps.Clone(w.Headers), maps.Clone(w.Query)
	add(&w, in, text)
	return w
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
	into, name := w.place(in)
	if *into == nil {
		*into = map[string]string{}
	}
	(*into)[name] = text
}

// has reports whether an input is written.
func (w *Written) has(in rules.Input) bool {
	all, name := w.place(in)
	_, written := (*all)[name]
	return written
}

// place is where an input is written, and under which name.
func (w *Written) place(in rules.Input) (into *map[string]string, name string) {
	if in.Source == rules.FromQuery {
		return &w.Query, in.Name
	}
	return &w.Headers, textproto.CanonicalMIMEHeaderKey(in.Name)
}
