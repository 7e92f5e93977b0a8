package envoy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// JWT is envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication.
type JWT struct {
	Providers map[string]*Provider
	Rules     []struct {
		Match    struct{ Prefix string }
		Requires *requirement
	}
	BypassCorsPreflight bool
}

// Provider is envoy.extensions.filters.http.jwt_authn.v3.JwtProvider.
type Provider struct {
	Issuer                     string
	Audiences                  []string
	FromHeaders                []struct{ Name, ValuePrefix string }
	FromParams, FromCookies    []string
	PayloadInMetadata          string
	NormalizePayloadInMetadata struct{ SpaceDelimitedClaims []string }

	// These decide nothing.
	Forward, ClearRouteCache                             bool
	ForwardPayloadHeader                                 string
	ClaimToHeaders, RemoteJwks, LocalJwks, FailedRefetch json.RawMessage
}

type requirement struct {
	ProviderName             string
	RequiresAny, RequiresAll *struct{ Requirements []requirement }
	AllowMissing             *struct{}
	AllowMissingOrFailed     *struct{}
}

// ReadJWT reads the configuration of the filter.
func ReadJWT(text []byte) (*JWT, error) {
	f := &JWT{}
	return f, strictly(text, f)
}

// Status is what comes of a token; the words are those of the answer.
type Status string

// The statuses that are told apart here.
const (
	OK            Status = "OK"
	Missing       Status = "Jwt is missing"
	Malformed     Status = "malformed"
	BadAlgorithm  Status = "Jwt header [alg] is not supported"
	UnknownIssuer Status = "Jwt issuer is not configured"
	NotYet        Status = "Jwt not yet valid"
	Expired       Status = "Jwt is expired"
	WrongAudience Status = "Audiences in Jwt are not allowed"
	BadSignature  Status = "bad signature"
)

// Code is the status of the answer; 0 where the request goes on.
func (s Status) Code() int {
	switch s {
	case OK:
		return 0
	case WrongAudience:
		return 403
	}
	return 401
}

// Token is a token as it was sent.
type Token struct {
	Header, Query map[string]string // by names in lower case, and as they are
	Cookies       map[string]string

	// Known is the text of the token that is sent, where it has been read before.
	Known *Text

	// Verified says whether the signature is right: that is not found out here.
	Verified bool
}

// Verify says what comes of a request with a token at an instant. The provider is the one that has
// accepted the token; nil where none has.
func (f *JWT) Verify(t *Token, at time.Time) (Status, *Provider, error) {
	if len(f.Rules) != 1 || f.Rules[0].Match.Prefix != "/" {
		return "", nil, fmt.Errorf("not one rule for all paths")
	}
	v := &verifying{f, t, at, nil}
	status := v.requirement(f.Rules[0].Requires)
	return status, v.accepted, nil
}

// Passes reports whether the filter lets a request pass without looking for a token: a browser's
// preflight.
func (f *JWT) Passes(r *Request) bool {
	_, origin := r.header("origin")
	_, method := r.header("access-control-request-method")
	return f.BypassCorsPreflight && r.Method == "OPTIONS" && origin && method
}

// Rewrite takes the token out of the headers of a request whose token the provider has accepted.
func (p *Provider) Rewrite(r *Request) {
	if p.Forward {
		return
	}
	for _, h := range p.FromHeaders {
		delete(r.Headers, strings.ToLower(h.Name))
	}
	if len(p.FromHeaders)+len(p.FromParams)+len(p.FromCookies) == 0 {
		delete(r.Headers, "authorization")
	}
}

type verifying struct {
	*JWT
	token    *Token
	at       time.Time
	accepted *Provider // the first that has
}

func (v *verifying) requirement(r *requirement) Status {
	switch {
	case r.RequiresAny != nil:
		return v.any(r.RequiresAny.Requirements)
	case r.RequiresAll != nil:
		for i := range r.RequiresAll.Requirements {
			if s := v.requirement(&r.RequiresAll.Requirements[i]); s != OK {
				return s
			}
		}
		return OK
	}
	provider := v.Providers[r.ProviderName]
	status := v.provider(provider)
	if status == OK && v.accepted == nil {
		v.accepted = provider
	}
	return status
}

// any is OK if one is. Otherwise it is the last status that is neither a missing token nor another
// issuer, or of these the issuer before the missing token.
func (v *verifying) any(of []requirement) Status {
	last := Missing
	missing, failed := false, false
	for i := range of {
		switch {
		case of[i].AllowMissing != nil:
			missing = true
			continue
		case of[i].AllowMissingOrFailed != nil:
			failed = true
			continue
		}
		switch s := v.requirement(&of[i]); {
		case s == OK:
			return OK
		case s == Missing, s == UnknownIssuer && last != Missing:
		default:
			last = s
		}
	}
	if failed || missing && last == Missing {
		return OK
	}
	return last
}

// provider lets one provider look at each token that it finds.
func (v *verifying) provider(p *Provider) Status {
	tokens := v.token.find(p)
	if len(tokens) == 0 {
		return Missing
	}
	for _, text := range tokens {
		if s := v.check(p, text); s != OK {
			return s
		}
	}
	return OK
}

// find lists the tokens where a provider looks for them.
func (t *Token) find(p *Provider) []string {
	var all []string
	headers, params := p.FromHeaders, p.FromParams
	if len(headers)+len(params)+len(p.FromCookies) == 0 {
		headers = []struct{ Name, ValuePrefix string }{{"authorization", "Bearer "}}
		params = []string{"access_token"}
	}
	for _, h := range headers {
		value, there := t.Header[strings.ToLower(h.Name)]
		if !there {
			continue
		}
		if h.ValuePrefix == "" {
			all = append(all, value)
			continue
		}
		if i := strings.Index(value, h.ValuePrefix); i >= 0 {
			all = append(all, from(value[i+len(h.ValuePrefix):]))
		}
	}
	for _, name := range params {
		if value, there := t.Query[name]; there {
			all = append(all, value)
		}
	}
	for _, name := range p.FromCookies {
		if value, there := t.Cookies[name]; there {
			all = append(all, value)
		}
	}
	return all
}

// from is a text from the first character on that a token may have (extractor.cc, extractJWT).
func from(text string) string {
	return strings.TrimLeftFunc(text, func(c rune) bool {
		return !(c == '-' || c == '_' || c == '.' || '0' <= c && c <= '9' ||
			'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z')
	})
}

// skew is by how much times may be off, where nothing sets it.
const skew = 60

func (v *verifying) check(p *Provider, text string) Status {
	known := v.token.Known
	if known == nil || known.text != text {
		known = Read(text)
	}
	t := known.Parsed
	if t == nil {
		return Malformed
	}
	now := v.at.Unix()
	switch {
	case !slices.Contains(algorithms(), t.alg):
		return BadAlgorithm
	case p.Issuer != "" && t.issuer != p.Issuer:
		return UnknownIssuer
	case t.notBefore > now+skew:
		return NotYet
	case t.expires != 0 && now > t.expires+skew:
		return Expired
	case len(p.Audiences) > 0 && !allowed(t.audiences, p.Audiences):
		return WrongAudience
	case !v.token.Verified:
		return BadSignature
	}
	return OK
}

func algorithms() []string {
	return []string{
		"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
		"HS256", "HS384", "HS512", "EdDSA",
	}
}

// allowed compares audiences without the scheme of an address and without a slash at the end.
func allowed(has, wanted []string) bool {
	plain := func(text string) string {
		for _, scheme := range []string{"http://", "https://"} {
			if rest, ok := strings.CutPrefix(text, scheme); ok {
				text = rest
				break
			}
		}
		return strings.TrimSuffix(text, "/")
	}
	return slices.ContainsFunc(has, func(h string) bool {
		return slices.ContainsFunc(wanted, func(w string) bool { return plain(h) == plain(w) })
	})
}

// Metadata is a payload as the provider puts it into the metadata: some claims are split.
func (p *Provider) Metadata(payload map[string]any) map[string]any {
	all := map[string]any{}
	for name, value := range payload {
		text, ok := value.(string)
		if ok && slices.Contains(p.NormalizePayloadInMetadata.SpaceDelimitedClaims, name) {
			words := []any{}
			for word := range strings.SplitSeq(text, " ") {
				if word != "" {
					words = append(words, word)
				}
			}
			value = words
		}
		all[name] = value
	}
	return all
}
