package issued

import (
	"slices"
	"strings"
)

// tokens are those of the batches of all kinds, each once, with what was looked up of them: of
// many gateways each reads some claims that all others read too.
type tokens struct {
	all     []*Token
	places  map[*Token]int32
	batches []int32                 // the token of each batch, by its index
	values  map[string]*claimValues // by the claim
	alike   map[string]*division    // by the claims
	chosen  bool                    // something was chosen in one of them, or is to be
}

// claimValues is all that a claim holds in the tokens, each once.
type claimValues struct {
	first []*Token // that holds it
	at    []int32  // the place of what each token holds
}

// division numbers tokens that hold the same of some claims, from 0, in the order of the first of
// each.
type division struct {
	numbers []int32 // of each token
	first   []int32 // the first token of each number
	batches []int32 // the number of each batch; nil where nobody has asked for it
	unlike  unlike  // with them
}

func (t *tokens) add(token *Token) {
	place, known := t.places[token]
	if !known {
		place = int32(len(t.all))
		t.places[token] = place
		t.all = append(t.all, token)
		t.chosen = t.chosen || token.choices != nil
	}
	t.batches = append(t.batches, place)
}

// mostNumbers is how many numbers are kept together, of claims or of gateways that read others.
const mostNumbers = 8 << 20

// factsOf gives what the batches hold of some claims.
func (c *Classes) factsOf(claims []string) *facts {
	f := &facts{claims: make([]*claimValues, len(claims))}
	one := c.tokens.ofClaims(claims)
	if one.batches == nil {
		one.batches = make([]int32, len(c.batches))
		for i, token := range c.tokens.batches {
			one.batches[i] = one.numbers[token]
		}
		one.unlike = c.unlike(one.batches)
	}
	f.numbers, f.unlike = one.batches, one.unlike
	for i, name := range claims {
		f.claims[i] = c.tokens.values[c.tokens.like(name)]
	}
	for _, token := range one.first {
		for _, of := range f.claims {
			f.of = append(f.of, of.at[token])
		}
		f.of = append(f.of, c.tokens.all[token].sort())
	}
	return f
}

// like is a claim that the tokens hold as they hold another one: of all claims that the table does
// not list, the model says the same.
func (t *tokens) like(claim string) string {
	if _, listed := claimNamed(claim); !listed && !t.chosen {
		return ""
	}
	return claim
}

// ofClaims numbers the tokens by some claims. Those that other gateways read too come first: what
// they tell apart is kept.
func (t *tokens) ofClaims(claims []string) *division {
	var known, fresh []string
	for _, name := range claims {
		switch name = t.like(name); {
		case slices.Contains(known, name), slices.Contains(fresh, name):
		case t.values[name] != nil:
			known = append(known, name)
		default:
			fresh = append(fresh, name)
		}
	}
	if (len(t.values)+len(fresh))*len(t.all) > mostNumbers {
		for name := range t.values {
			if !slices.Contains(known, name) {
				delete(t.values, name)
			}
		}
	}
	for _, name := range fresh {
		t.values[name] = t.valuesOf(name)
	}
	return t.alikeIn(append(known, fresh...))
}

// mostAlike is how many sets of claims are kept, each with what it tells apart.
const mostAlike = 64

// alikeIn numbers the tokens by claims that were looked up.
func (t *tokens) alikeIn(claims []string) *division {
	last := len(claims) - 1
	if last < 0 {
		return t.sorted()
	}
	key := strings.Join(claims, "\x00")
	if one := t.alike[key]; one != nil {
		return one
	}
	one := t.alikeIn(claims[:last]).divided(t.values[claims[last]])
	if len(t.alike) >= mostAlike || len(t.alike)*len(t.all) > mostNumbers {
		clear(t.alike)
	}
	t.alike[key] = one
	return one
}

// sorted numbers the tokens by what no claim shows.
func (t *tokens) sorted() *division {
	by := &claimValues{at: make([]int32, len(t.all)), first: make([]*Token, sorts)}
	for i, token := range t.all {
		by.at[i] = token.sort()
	}
	one := &division{numbers: make([]int32, len(t.all))}
	return one.divided(by)
}

// divided gives tokens that are alike other numbers where a claim differs in them.
func (d *division) divided(by *claimValues) *division {
	next, made := int32(0), &division{numbers: make([]int32, len(d.numbers))}
	known := newPairs(max(1, len(d.first)), max(1, len(by.first)), len(d.numbers))
	for i, n := range d.numbers {
		made.numbers[i] = known.number(n, by.at[i], &next)
		if int(next) > len(made.first) {
			made.first = append(made.first, int32(i))
		}
	}
	return made
}

// valuesOf looks up what each token holds of a claim.
func (t *tokens) valuesOf(claim string) *claimValues {
	h, places := &claimValues{at: make([]int32, len(t.all))}, map[string]int32{}
	for i, token := range t.all {
		fact := token.fact(claim)
		place, ok := places[fact]
		if !ok {
			place = int32(len(h.first))
			places[fact], h.first = place, append(h.first, token)
		}
		h.at[i] = place
	}
	return h
}
