package envoy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The situations in which a proxy answers by itself.
const (
	NoToken          = "no-token"
	MalformedToken   = "malformed-token"
	AlgorithmUnknown = "algorithm-not-supported"
	IssuerUnknown    = "issuer-not-configured"
	NotYetValid      = "not-yet-valid"
	Expired          = "expired"
	WrongAudience    = "wrong-audience"
	BadSignature     = "bad-signature"
	NoKey            = "no-key"
	Denied           = "denied"
)

// How much an answer weighs where no provider accepts the token: that of a provider for another
// issuer counts only if there is no other, and that of a provider whose place has no token never
// does. Rules are asked once a provider has accepted it.
const (
	ofNoToken int8 = iota
	ofOtherIssuer
	ofThisIssuer
	ofRules
)

// The sources that checks and answers rest on.
const (
	codeReply  = "envoyproxy/envoy, source/common/http/utility.cc, sendLocalReply"
	codeFilter = "envoyproxy/envoy, source/extensions/filters/http/jwt_authn"
	codeJWT    = "google/jwt_verify_lib, src/status.cc and jwt.cc"
)

// accessDenied is the body with which the RBAC filter denies a request.
const accessDenied = "RBAC: access denied"

// Gateway is a gateway whose table of answers these are.
type Gateway struct {
	Name    string
	Checked string // the day on which the references were last checked

	// NeedsToken says that the gateway may have a request without a token refused by the JWT
	// filter itself.
	NeedsToken bool

	// Denies is when the RBAC filter denies a request, in the gateway's words, and Proof how that
	// answer is known.
	Denies string
	Proof  rules.Evidence
}

// Behaviours is the table of what a proxy answers by these filters. The bodies are those of
// Envoy's source.
func (g Gateway) Behaviours() []rules.Behaviour {
	row := func(situation, title string, answer rules.Answer, headers ...string) rules.Behaviour {
		answer.Situation = situation
		return rules.Behaviour{
			Situation: situation, Title: title, Variant: g.Name, Policies: []string{g.Name},
			Answer: answer, Headers: headers, Checked: g.Checked,
		}
	}
	body := func(status int, text string, evidence rules.Evidence) rules.Answer {
		return rules.Answer{Status: status, Body: text, Weight: ofThisIssuer, Evidence: evidence}
	}
	inSource := rules.Inferred.From(codeJWT) // read, and not seen to run
	malformed := body(401, "", inSource)
	malformed.Says = "Jwt" // several sentences have it
	other := body(401, "Jwt issuer is not configured", inSource)
	other.Weight = ofOtherIssuer
	denied := body(403, accessDenied, g.Proof)
	denied.Weight = ofRules
	const realm = `www-authenticate: Bearer realm="<URL of the request>"`
	const challenge = realm + `, error="invalid_token"`
	all := []rules.Behaviour{
		row(MalformedToken, "a token is there and is not a readable JWT", malformed, challenge),
		row(AlgorithmUnknown, "the token is signed with an algorithm that Envoy does not know",
			body(401, "Jwt header [alg] is not supported", inSource), challenge),
		row(IssuerUnknown, "no JWT rule is for the token's issuer", other, challenge),
		row(NotYetValid, "the token is not valid yet, by more than 60 seconds",
			body(401, "Jwt not yet valid", inSource), challenge),
		row(Expired, "the token has expired, by more than 60 seconds",
			body(401, "Jwt is expired", inSource), challenge),
		row(WrongAudience, "the token is for none of the audiences",
			body(403, "Audiences in Jwt are not allowed",
				rules.Inferred.From(codeFilter)), challenge),
		row(BadSignature, "the signature does not verify",
			body(401, "Jwt verification fails", inSource), challenge),
		row(NoKey, "the key set has no key that fits the token's kid and alg",
			body(401, "Jwks doesn't have key to match kid or alg from Jwt", inSource),
			challenge),
		row(Denied, g.Denies, denied),
	}
	if g.NeedsToken {
		missing := body(401, "Jwt is missing", rules.Inferred.From(codeJWT))
		missing.Weight = ofNoToken
		without := row(NoToken, "no token is where a provider looks for one", missing, realm)
		all = append([]rules.Behaviour{without}, all...)
	}
	exact(all)
	return all
}

// AlsoGRPC is a table with what a request of gRPC gets: Envoy turns each answer of its filters
// into status 200 with a grpc-status, which clients and logs show as one or the other. Which
// status is seen is not known then. Assumed says whether a request is one if its Content-Type is
// not known.
func AlsoGRPC(table []rules.Behaviour, assumed rules.Truth) []rules.Behaviour {
	all := slices.Clone(table)
	for i := range all {
		answer := rules.Answer{
			Situation: all[i].Answer.Situation, Weight: all[i].Answer.Weight,
			Evidence: rules.Inferred.From(codeReply),
		}
		all[i].Answer.Cases = slices.Concat([]rules.Case{{If: ofGRPC(assumed), Answer: answer}},
			all[i].Answer.Cases)
	}
	return all
}

// Unsaid is a table of which the bodies are not known, or the statuses either: a mapper of local
// replies may have changed them.
func Unsaid(table []rules.Behaviour, statuses bool) []rules.Behaviour {
	all := slices.Clone(table)
	for i := range all {
		was := &table[i].Answer
		answer := rules.Answer{
			Situation: was.Situation, Weight: was.Weight, Cases: was.Cases,
			Evidence: rules.Inferred.From(codeReply),
		}
		if !statuses {
			answer.Status = was.Status
		}
		all[i].Answer = answer
	}
	return all
}

// ofGRPC is the predicate that a request is one of gRPC (grpc/common.cc, hasGrpcContentType).
func ofGRPC(assumed rules.Truth) rules.Predicate {
	return rules.Predicate{
		Op: rules.Matches, Input: rules.Input{Source: rules.FromHTTP, Name: "Content-Type"},
		Texts: &rules.Texts{Patterns: contentOfGRPC.Value()}, Assumed: assumed,
	}
}

var contentOfGRPC = source.Lazy[[]*regexp.Regexp]{Make: func() []*regexp.Regexp {
	return Patterns(`application/grpc(?:\+(?s:.*))?`)
}}

// exact tells the answers of which only words are known from those whose whole body has these
// words too.
func exact(all []rules.Behaviour) {
	var bodies []string
	for i := range all {
		if body := all[i].Answer.Body; body != "" {
			bodies = append(bodies, body)
		}
	}
	for i := range all {
		if all[i].Answer.Says != "" {
			all[i].Answer.Unlike = bodies
		}
	}
}

// Logged is the body of the answer that a line of the access log is about, by its
// %RESPONSE_CODE_DETAILS%; empty where it has none of these filters'.
func Logged(line string) string {
	if strings.Contains(line, "rbac_access_denied_matched_policy[") {
		return accessDenied
	}
	_, details, _ := strings.Cut(line, "jwt_authn_access_denied{")
	reason, _, closed := strings.Cut(details, "}")
	if !closed {
		return ""
	}
	return strings.ReplaceAll(reason, "_", " ")
}

// Row looks up what a proxy sends in a situation.
func Row(table []rules.Behaviour, situation string) rules.Answer {
	for _, b := range table {
		if b.Situation == situation {
			return b.Answer
		}
	}
	return rules.Answer{}
}

// Handled is a row of what a control plane does: the situation, the situation in words, what it
// does, and the source where that was read; empty where its translation was seen to do it.
type Handled [4]string

// Handling is the table of some rows, each with what it is known from and since when.
func Handling(rows []Handled, seen rules.Evidence, checked string) []rules.Handling {
	var all []rules.Handling
	for _, row := range rows {
		h := rules.Handling{
			Situation: row[0], Title: row[1], Does: row[2], Evidence: seen, Checked: checked,
		}
		if source := row[3]; source != "" {
			h.Evidence = rules.Inferred.From(source)
		}
		all = append(all, h)
	}
	return all
}
