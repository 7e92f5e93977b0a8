//go:build unix

package main

import (
	"bytes"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"

	"github.com/gatewhy/gatewhy/cmd/gateways"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/scan"
)

// contender does something with a token.
type contender struct {
	name  string
	limit string // what the ratio should be at most; empty where there is none
	do    func(*signed) error
	took  []time.Duration // processor time of each round
}

const (
	rounds   = 15
	perRound = 400
)

// tokens holds the parts of what scan does with a token, and libraries, against bare crypto/rsa.
func (b *bench) tokens() (*table, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	all, err := b.contenders()
	if err != nil {
		return nil, err
	}
	for round := range rounds + 1 { // the first one warms up
		for i := range all {
			took, err := all[i].round(b.signed, round*perRound)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", all[i].name, err)
			}
			if round > 0 {
				all[i].took = append(all[i].took, took)
			}
		}
	}
	t := &table{
		title: "One RS256 token, processor time ÷ `rsa.VerifyPKCS1v15` over a ready digest",
		head:  []string{"what is done with it", "ratio", "limit"},
	}
	for _, c := range all {
		t.add(c.name, fmt.Sprintf("%.2f", medianRatio(c.took, all[0].took)), c.limit)
	}
	t.note = fmt.Sprintf("1.00 is %.1f µs.", median(all[0].took).Seconds()*1e6/perRound)
	return t, nil
}

// round does it with some of the tokens, and says what that took. Garbage of others is not
// its own.
func (c *contender) round(all []signed, from int) (time.Duration, error) {
	runtime.GC()
	before := processorTime()
	for i := range perRound {
		if err := c.do(&all[(from+i)%len(all)]); err != nil {
			return 0, err
		}
	}
	return processorTime() - before, nil
}

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func median(all []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

// medianRatio compares what was measured side by side.
func medianRatio(all, units []time.Duration) float64 {
	ratios := make([]float64, len(all))
	for i := range all {
		ratios[i] = float64(all[i]) / float64(units[i])
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}

var errRefused = errors.New("a good token is refused")

func (b *bench) contenders() ([]contender, error) {
	ours, err := b.ours()
	if err != nil {
		return nil, err
	}
	theirs, err := b.theirs()
	if err != nil {
		return nil, err
	}
	bare := contender{name: "`rsa.VerifyPKCS1v15`", do: func(s *signed) error {
		return s.verify(b.public)
	}}
	return slices.Concat([]contender{bare}, ours, theirs), nil
}

// ours are what scan does, and its parts.
func (b *bench) ours() ([]contender, error) {
	set, err := keys.Parse("keys.json", b.keys)
	if err != nil {
		return nil, err
	}
	prepared := set.Prepared()
	judge, err := b.judge(set)
	if err != nil {
		return nil, err
	}
	var parser inspect.Parser
	tokens := map[*signed]*inspect.Token{}
	for i := range b.signed {
		tokens[&b.signed[i]] = inspect.Parse(b.signed[i].text)
	}
	return []contender{
		{
			name: "gatewhy: read, verified, 11 checks, one of them an expression", limit: "1.15",
			do: func(s *signed) error {
				if got := judge.Judge(parser.Parse(s.text), nil); got.Outcome != rules.Accepted {
					return errRefused
				}
				return nil
			},
		},
		{
			name: "gatewhy: of it reading (`inspect.Parse`)", limit: "0.25",
			do: func(s *signed) error {
				if inspect.Parse(s.text).Fault != nil {
					return errRefused
				}
				return nil
			},
		},
		{name: "gatewhy: of it the signature", do: func(s *signed) error {
			if keys.Verify(tokens[s], prepared).Outcome != keys.Pass {
				return errRefused
			}
			return nil
		}},
		{name: "gatewhy: the signature, key not prepared", do: func(s *signed) error {
			if keys.Verify(tokens[s], set).Outcome != keys.Pass {
				return errRefused
			}
			return nil
		}},
		{name: "encoding/json: the payload into a map", do: func(s *signed) error {
			var claims map[string]any
			return json.Unmarshal(tokens[s].Payload, &claims)
		}},
	}, nil
}

// judge is what scan judges tokens by.
func (b *bench) judge(set *keys.Set) (*scan.Judge, error) {
	m := &report.Maker{
		Stdin: bytes.NewReader(nil), Now: time.Now, Gateways: gateways.All(),
		Say: func(string, string) {},
	}
	policies, err := m.ReadPolicies([]string{b.file("policy.json")}, rules.Options{})
	if err != nil {
		return nil, err
	}
	return m.NewJudge(
		policies, rules.Request{}, &report.Signatures{Given: set}, time.Time{},
	), nil
}

// theirs are what libraries offer: read, verify, and check the times and the audience.
func (b *bench) theirs() ([]contender, error) {
	const audience = "api://orders-uat"
	fromJWX, err := jwk.Import(b.public)
	if err != nil {
		return nil, err
	}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithAudience(audience))
	key := func(*jwt.Token) (any, error) { return b.public, nil }
	return []contender{
		{name: "go-jose: `jwt.ParseSigned`, `Claims`, `Validate`", do: func(s *signed) error {
			return verifyJose(s.text, b.public, audience)
		}},
		{name: "golang-jwt: `Parser.Parse` into `MapClaims`", do: func(s *signed) error {
			_, err := parser.Parse(s.text, key)
			return err
		}},
		{name: "jwx: `jwt.ParseString`, key and audience given", do: func(s *signed) error {
			_, err := jwxjwt.ParseString(
				s.text, jwxjwt.WithKey(jwa.RS256(), fromJWX), jwxjwt.WithAudience(audience),
			)
			return err
		}},
	}, nil
}

func verifyJose(text string, public *rsa.PublicKey, audience string) error {
	token, err := josejwt.ParseSigned(text, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return err
	}
	var claims josejwt.Claims
	var all map[string]any
	if err := token.Claims(public, &claims, &all); err != nil {
		return err
	}
	return claims.Validate(josejwt.Expected{AnyAudience: josejwt.Audience{audience}})
}
