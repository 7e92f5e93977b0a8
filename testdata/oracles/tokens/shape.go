package tokens

import (
	"cmp"
	"encoding/json"
	"maps"
	"time"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// Shape is how one token differs from a good one.
type Shape struct {
	Name string

	// Claims and Header replace members of a good token's; nil removes one. A value of type
	// [moment] depends on the time.
	Claims, Header map[string]any

	Alg string // how it is signed, whatever the header says; empty for RS256

	// Key is what it is signed with: foreign (under the id of the issuer's RSA key), ec, or if
	// empty, the issuer's RSA key.
	Key string

	heading func(string) string // what becomes of the header's text before it is signed
	payload func(string) string // what becomes of the payload's text before it is signed
	compact func(string) string // what becomes of the signed token
	sent    func(string) string // the Authorization header; nil for a bearer token
}

// moment is a claim's value at a time in seconds since 1970.
type moment func(now int64) any

// in is the time so many seconds later.
func in(seconds int64) moment { return func(now int64) any { return now + seconds } }

// good are the claims of a token of the API that the configurations are for.
func good() map[string]any {
	return map[string]any{
		"aud": mint.API, "iss": mint.V2Issuer(mint.Tenant), "tid": mint.Tenant, "ver": "2.0",
		"iat": in(-60), "nbf": in(-60), "exp": in(86400),
		"azp": mint.Client, "azpacr": "1",
		"oid":  "0d7c4b8e-5a3f-4e61-b2c9-1f8e7d6c5b4a",
		"sub":  "l3_roISQU222bULS9yi2k0XpqpOiMz5H3ZA",
		"name": "Ada", "preferred_username": "ada@contoso.example",
		"scp": "orders.read profile", "roles": []string{"Orders.Read"},
	}
}

// Issuer mints tokens with keys of its own.
type Issuer struct{ own, foreign, ec *mint.Key }

// NewIssuer makes the keys of an issuer.
func NewIssuer() (*Issuer, error) {
	own, err := mint.NewKey("RS256")
	if err != nil {
		return nil, err
	}
	foreign, err := mint.NewKey("RS256")
	if err != nil {
		return nil, err
	}
	ec, err := mint.NewKey("ES256")
	return &Issuer{own, foreign, ec}, err
}

// KeySet is what the issuer publishes: all of its keys but the foreign one.
func (i *Issuer) KeySet() ([]byte, error) { return mint.Set(i.own, i.ec) }

// Key is the issuer's RSA key.
func (i *Issuer) Key() *mint.Key { return i.own }

// Request is one token as it is sent.
type Request struct {
	Token         string // empty for none
	Authorization string // the value of that header; empty for none
}

// Mint makes the token of a shape, issued now.
func (i *Issuer) Mint(s *Shape, now time.Time) (Request, error) {
	if s.Name == NoToken {
		return Request{}, nil
	}
	key, id := i.own, i.own.ID
	switch s.Key {
	case "foreign":
		key = i.foreign
	case "ec":
		key, id = i.ec, i.ec.ID
	}
	alg := cmp.Or(s.Alg, "RS256")
	header, err := json.Marshal(changed(map[string]any{
		"alg": alg, "typ": "JWT", "kid": id,
	}, s.Header, now))
	if err != nil {
		return Request{}, err
	}
	payload, err := json.Marshal(changed(good(), s.Claims, now))
	if err != nil {
		return Request{}, err
	}
	text := string(payload)
	if s.payload != nil {
		text = s.payload(text)
	}
	heading := string(header)
	if s.heading != nil {
		heading = s.heading(heading)
	}
	token, err := key.Sign(alg, []byte(heading), []byte(text))
	if err != nil {
		return Request{}, err
	}
	if s.compact != nil {
		token = s.compact(token)
	}
	if s.sent != nil {
		return Request{token, s.sent(token)}, nil
	}
	return Request{token, "Bearer " + token}, nil
}

// changed replaces members, and puts the time into those that depend on it.
func changed(members, by map[string]any, now time.Time) map[string]any {
	maps.Copy(members, by)
	for name, value := range members {
		if at, depends := value.(moment); depends {
			members[name] = at(now.Unix())
		}
		if value == nil {
			delete(members, name)
		}
	}
	return members
}
