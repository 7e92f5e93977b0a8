package rules

import (
	"cmp"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Source is where an input comes from.
type Source string

// The sources of inputs.
const (
	FromToken         Source = "token"         // the token's text itself
	FromHeader        Source = "header"        // a member of the token's header
	FromClaim         Source = "claim"         // a claim of the token
	FromHTTP          Source = "http"          // a header of the HTTP request
	FromQuery         Source = "query"         // a parameter of the request's query
	FromIntrospection Source = "introspection" // a member of the validation endpoint's answer
	FromBound         Source = "bound"         // what an earlier check has bound
	FromContracts     Source = "contracts"     // the approved contracts of the API instance
	FromClock         Source = "clock"         // the time of the request
	FromKeys          Source = "keys"          // the key set that the policy verifies with
	FromExpression    Source = "expression"    // what an expression of the configuration gives
	FromCookie        Source = "cookie"        // a cookie of the request
	FromRequest       Source = "request"       // the request's method, path or host
)

// Input names one thing that a check reads: "claim:aud", "header:alg", "introspection:scope",
// "contracts".
type Input struct {
	Source Source
	Name   string
	Opaque *Opaque // of FromExpression

	// LastCounts says that of two members with one name the gateway takes the last, of FromClaim
	// and FromHeader. Without it such a member is not known. AnyCase says that a name in another
	// case is that name too, and NullKeeps that a null leaves what a member before it gave: so
	// Go's reader of JSON fills the fields of a structure.
	LastCounts, AnyCase, NullKeeps bool

	// Normalized says that the gateway compares what it makes of a path or a host, of FromRequest:
	// a host without its port, and a path without dot segments and the like. Of a path that has
	// any it is not known what is compared.
	Normalized bool

	// Model says how to make the answer from the token itself, if the answer was not given; of
	// FromIntrospection. It is nil where nothing is published to make it from: then only a
	// captured answer helps.
	Model *AnswerModel
}

// AnswerModel says what a validation endpoint answers about a token.
type AnswerModel struct {
	Mirrors map[string]string // the claims that members mirror, where they have other names
	Alive   Predicate         // what a token must be for the endpoint to call it active
}

// MirroredClaims is the answer of an endpoint that tells the token's own claims. What RFC 7662
// calls scope is the claim scp of Entra ID.
func MirroredClaims() *AnswerModel {
	return &AnswerModel{Mirrors: map[string]string{"scope": "scp"}}
}

// ClaimRead is the claim that an input gives. A validation endpoint's answer gives the claim that
// its model mirrors. It is empty for what is not read from a claim.
func (i Input) ClaimRead() string {
	switch {
	case i.Source == FromClaim:
		return i.Name
	case i.Source != FromIntrospection || i.Model == nil:
		return ""
	}
	return cmp.Or(i.Model.Mirrors[i.Name], i.Name)
}

// ClaimTold is the claim that an input tells, of the token or of an endpoint's answer about it,
// as that names it. It is empty for what is told of the request or of anything else.
func (i Input) ClaimTold() string {
	if i.Source == FromClaim || i.Source == FromIntrospection {
		return i.Name
	}
	return ""
}

// Computed is the input that a function makes of others, with what that is in words.
func Computed(text string, eval func(*Request) Reading, reads ...Input) Input {
	return Input{Source: FromExpression, Opaque: &Opaque{Text: text, Reads: reads, Eval: eval}}
}

// Opaque is an expression that can't be turned into predicates. We use its result only, but we
// know what it reads.
type Opaque struct {
	Text  string // as the configuration has it
	Reads []Input
	Eval  func(*Request) Reading
	Size  int // how many conditions are as much work as Eval, beside one

	// Unknown is why nobody knows what comes out, whatever the request; nil where Eval tells.
	Unknown *Unknown

	// Language says what else the result depends on but for the text and the request: expressions
	// with the same text in the same language give the same. It is empty where nobody says.
	Language string

	// Compares lists the texts that some claims are compared with. It is ok only if the expression
	// does nothing else with these claims, except that one may be its result unchanged. It may be
	// nil.
	Compares func(claims ...string) (texts []string, ok bool)

	// Parts lists the parts of the expression that read one claim and nothing else. It is ok only
	// if the expression depends on the claim by nothing but what the parts give. It may be nil.
	Parts func(claim string) (parts []*Opaque, ok bool)
}

// Claim is the input that reads a claim of the token.
func Claim(name string) Input { return Input{Source: FromClaim, Name: name} }

// IsClaim reports whether the input is a claim of the token, however the gateway reads it.
func (i Input) IsClaim(name string) bool { return i.Source == FromClaim && i.Name == name }

// names reports whether a member is the one that the input reads.
func (i Input) names(m *source.Member) bool {
	if i.NullKeeps && m.Value.Kind == source.Null {
		return false
	}
	return m.Key == i.Name || i.AnyCase && strings.EqualFold(m.Key, i.Name)
}

// String is the input's name in documentation and traces: "claim:aud".
func (i Input) String() string {
	switch {
	case i.Opaque != nil:
		return i.Opaque.Text
	case i.Name == "":
		return string(i.Source)
	}
	return string(i.Source) + ":" + i.Name
}

// same reports whether another input has the same name in documentation.
func (i Input) same(other Input) bool {
	if i.Opaque == nil && other.Opaque == nil {
		return i.Source == other.Source && i.Name == other.Name
	}
	return i.String() == other.String()
}

// The names of inputs of FromRequest.
const (
	RequestMethod = "method"
	RequestPath   = "path"
	RequestHost   = "host"
)

// RequestInput is the input that reads the request's method, path or host.
func RequestInput(name string) Input { return Input{Source: FromRequest, Name: name} }

// NormalizedInput is the input that reads the request's path or host, normalized.
func NormalizedInput(name string) Input {
	return Input{Source: FromRequest, Name: name, Normalized: true}
}

// Reading is what an input gave. It is one of four: a value; absent, where nothing is set; an
// error of the gateway, where Fault says which; unknown.
type Reading struct {
	Value   *source.Value
	Unknown *Unknown // why it can't be known
	Fault   string   // the error that the gateway itself runs into
}

// unknown notes why it can't be known what follows from what was read.
func (r *Reading) unknown(why string) Truth {
	r.Unknown = &Unknown{Why: why}
	return Maybe
}

// absent reports whether the input is known not to be there, or to be null.
func (r Reading) absent() bool {
	return r.Unknown == nil && r.Fault == "" && (r.Value == nil || r.Value.Kind == source.Null)
}
