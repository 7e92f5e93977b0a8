package rules

import (
	"net/http"
	"strings"
)

// bearer is how the token is sent (RFC 6750, section 2.1).
const bearer = "Bearer "

// sent judges whether the token arrives in the Authorization header. A token whose header was not given is taken to be sent as it
// should be.
func (r *Request) sent(p Predicate) judgement {
	header, given := r.Headers["Authorization"]
	switch {
	case !given, header == "":
		return judgement{truth: truth(!given && r.Token != nil)}
	case r.Token != nil && header == bearer+r.Token.Compact():
		return judgement{truth: Yes}
	case p.Loose && r.respelled(header):
		return judgement{reading: Reading{Unknown: &Unknown{Why: r.misspelling(header) + ", and it is not documented whether the gateway reads that"}}}
	}
	return judgement{truth: No, answer: p.Otherwise}
}

// respelled reports whether the header is Bearer and the token but for case and white space.
func (r *Request) respelled(header string) bool {
	words := strings.Fields(header)
	return r.Token != nil && len(words) == 2 && strings.EqualFold(words[0]+" ", bearer) && words[1] == r.Token.Compact()
}

// misspelling says what the header has in the place of Bearer, one space and the token, without showing it: it may be a secret.
func (r *Request) misspelling(header string) string {
	scheme, rest, _ := strings.Cut(header, " ")
	switch {
	case strings.EqualFold(scheme, "Basic"):
		return "the Authorization header carries Basic credentials"
	case scheme+" " != bearer && r.respelled(header):
		return "the Authorization header spells the scheme " + scheme
	case r.respelled(header):
		return "the Authorization header has more than one space behind Bearer"
	case strings.HasPrefix(strings.TrimSpace(rest), bearer):
		return "the Authorization header says Bearer twice"
	}
	return "the Authorization header carries something else than Bearer and the token"
}

// sentInstead is what was found in the place of the token.
func (r *Request) sentInstead(outcome Outcome) string {
	header := r.Headers["Authorization"]
	if outcome == Pass || header == "" {
		return given(outcome == Pass)
	}
	return "something else"
}

// whyNotSent says what keeps a token from a request that should have one.
func (r *Result) whyNotSent() string {
	if r.judged.answer != nil {
		return r.request.misspelling(r.request.Headers["Authorization"]) + "; the policy wants Bearer, one space and the token"
	}
	place := "the Authorization header"
	if r.judged.leaf.Op != Sent {
		place = r.judged.leaf.Input.words()
	}
	why := "the request carries no token where the policy looks for it, in " + place
	if r.request.Method == http.MethodOptions {
		return why + ". A CORS preflight never carries one: the CORS policy has to come before this one"
	}
	return why + ". A browser's CORS preflight never carries one, and a proxy on the way may strip it"
}

// Bearer reports whether the request's token is taken to be in the Authorization header, so that nothing else can be in it: it is,
// unless the policies that the request is evaluated against read it from another place only.
func (r *Request) Bearer() bool {
	if r.Token == nil {
		return false
	}
	elsewhere := false
	for _, policy := range r.policies {
		for _, check := range policy.Checks() {
			if check.ID == TokenPresent && check.Test.Op == Sent {
				return true
			}
			elsewhere = elsewhere || check.ID == TokenPresent
		}
	}
	return !elsewhere
}
