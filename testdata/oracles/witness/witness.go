// Package witness asks predictions what real gateways were asked, and compares what they say.
package witness

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"iter"
	"sync"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/oracles/recording"
	"github.com/gatewhy/gatewhy/testdata/oracles/tokens"
)

// Minted is every token, as of one instant. It verifies with the keys of its issuer, at
// whichever address a policy has its keys from, or with the key that the policy itself holds.
type Minted struct {
	At    time.Time
	Names []string // of the tokens, in the order in which they are recorded
	Keys  []byte   // the issuer's key set

	set    *keys.Set
	own    *keys.Set // the issuer's RSA key alone
	pem    string
	tokens map[string]func() sent // each signed when it is first asked for: few tests send all

	// verified holds what each verification came to: each configuration asks for the same ones.
	verified sync.Map // of keys.Result by verification
}

// sent is a token as it was sent, and as it is read; nil for none.
type sent struct {
	tokens.Request
	read *inspect.Token
}

// verification is of a token's text.
type verification struct {
	token    string
	own      bool
	lenience keys.Lenience
}

// Mint makes the keys, and each token when it is first asked for.
func Mint(at time.Time) (*Minted, error) {
	issuer, err := tokens.NewIssuer()
	if err != nil {
		return nil, err
	}
	m := &Minted{At: at, tokens: map[string]func() sent{}}
	for _, shape := range tokens.All() {
		if _, twice := m.tokens[shape.Name]; twice {
			return nil, fmt.Errorf("two tokens are called %s", shape.Name)
		}
		m.tokens[shape.Name] = sync.OnceValue(func() sent {
			request, err := issuer.Mint(&shape, at)
			if err != nil {
				panic(err) // the shapes are all made here
			}
			if request.Token == "" {
				return sent{request, nil}
			}
			return sent{request, inspect.Parse(request.Token)}
		})
		m.Names = append(m.Names, shape.Name)
	}
	if m.Keys, err = issuer.KeySet(); err != nil {
		return nil, err
	}
	if m.set, err = keys.Parse("the local issuer", m.Keys); err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKIXPublicKey(issuer.Key().Public())
	if err != nil {
		return nil, err
	}
	m.pem = string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	m.own, err = keys.ParsePEM("the local issuer", m.pem)
	return m, err
}

// PublicKey is the issuer's RSA key as PEM.
func (m *Minted) PublicKey() string { return m.pem }

// Token is the token of this name as it was sent.
func (m *Minted) Token(name string) tokens.Request { return m.sent(name).Request }

func (m *Minted) sent(name string) sent {
	mint, there := m.tokens[name]
	if !there {
		return sent{}
	}
	return mint()
}

// Request is what was asked with the token of this name. Nothing else was sent.
func (m *Minted) Request(asked *recording.Request, name string) *rules.Request {
	sent := m.sent(name)
	request := &rules.Request{
		At: m.At, Method: asked.Method, Path: asked.Path,
		Headers: map[string]string{}, HeadersWhole: true, QueryWhole: true, Signatures: m,
	}
	for header, value := range asked.Headers {
		request.Headers[header] = value
	}
	if sent.Token != "" {
		request.Token = sent.read
		request.Headers["Authorization"] = sent.Authorization
	}
	return request
}

// Verify verifies with the issuer's keys.
func (m *Minted) Verify(token *inspect.Token, key *rules.Key) rules.SignatureResult {
	asked := verification{token.Compact(), key.Own, key.Lenience}
	if known, ok := m.verified.Load(asked); ok {
		return rules.SignatureResult{Result: known.(keys.Result)}
	}
	set := m.set
	if key.Own {
		set = m.own
	}
	result := key.Lenience.Verify(token, set)
	m.verified.Store(asked, result)
	return rules.SignatureResult{Result: result}
}

// Recorded is a recording, and the requests that were asked for it.
type Recorded struct {
	*recording.Recording
	requests []recording.Request
}

// Read reads the recording of a configuration's folder.
func Read(folder string) (*Recorded, error) {
	requests, err := recording.Requests(folder)
	if err != nil {
		return nil, err
	}
	read, err := recording.Read(recording.Path(folder))
	return &Recorded{read, requests}, err
}

// Asked is the request that an answer was given to.
func (r *Recorded) Asked(answer *recording.Answer) *recording.Request {
	for i := range r.requests {
		if r.requests[i].Line == answer.Request {
			return &r.requests[i]
		}
	}
	return nil
}

// Tried are the answers that a test predicts: those to every kind of token, and to one of so many
// of the other tokens.
func (r *Recorded) Tried(m *Minted) iter.Seq[*recording.Answer] {
	return func(yield func(*recording.Answer) bool) {
		kinds := len(tokens.Kinds()) // they come first
		for i := range r.Answers {
			token := i % len(m.Names)
			if (token < kinds || token%OneOf == 0) && !yield(&r.Answers[i]) {
				return
			}
		}
	}
}

// Complete is an error where the recording has not each token of each request, once and in their
// order: the tokens have changed since it was made.
func (r *Recorded) Complete(m *Minted) error {
	if len(r.Answers) != len(r.requests)*len(m.Names) {
		return fmt.Errorf("%d answers to %d requests with %d tokens",
			len(r.Answers), len(r.requests), len(m.Names))
	}
	for i, answer := range r.Answers {
		request, name := r.requests[i/len(m.Names)].Line, m.Names[i%len(m.Names)]
		if answer.Request != request || answer.Token != name {
			return fmt.Errorf("answer %d is to %s with %s, not to %s with %s",
				i, answer.Request, answer.Token, request, name)
		}
	}
	return nil
}
