package source

import (
	"errors"
	"io/fs"
	"os"
)

// Error says what is wrong, where, and what to do about it. It is the one shape of an error,
// whatever was read. Cause and hints never hold a token.
type Error struct {
	Pos   Position // the zero one if no file is to blame
	Cause string   // lower case, no full stop
	Hints []Hint   // what to do, in order; there may be none
	Limit bool     // the text may be right, but goes beyond what is read here
}

// Error returns the cause after its place.
func (e *Error) Error() string {
	if place := e.Pos.String(); place != "" {
		return place + ": " + e.Cause
	}
	return e.Cause
}

// CauseOf is an error of the file system without the path that it carries, which may name the
// user, or a file that they do not know.
func CauseOf(err error) string {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err.Error()
	case errors.As(err, &link):
		return link.Err.Error()
	}
	return err.Error()
}

// Hint is one thing to do: a sentence, lower case, without a full stop, and what to pass if that
// would help. The sentence may name with %s what is to be passed; otherwise that follows the
// sentence.
type Hint struct {
	Text string
	Need Need
}

// Hints returns hints that are nothing but sentences. Empty ones are left out.
func Hints(sentences ...string) []Hint {
	var all []Hint
	for _, sentence := range sentences {
		if sentence != "" {
			all = append(all, Hint{Text: sentence})
		}
	}
	return all
}

// Ask returns the hint to pass an input.
func Ask(input Input, sentence string) Hint {
	return Hint{Text: sentence, Need: Need{Input: input}}
}

// Need is an input that was not given and would help: to decide what is unknown, or to repair what
// is wrong. It names no flag: the program's surface says how each is passed. The zero Need is
// none.
type Need struct {
	Input Input
	Name  string // of NeedHeader: the header; of NeedSolution: the repair
	Value string // of NeedHeader: how its value begins
	For   string // which one, or what to do; may be empty; alone if Input is empty
}

// Input is one of the inputs that the program takes.
type Input string

// The inputs that may be needed.
const (
	NeedToken          Input = "token"
	NeedKeySet         Input = "key-set"
	NeedKeySetFile     Input = "key-set-file"
	NeedKeySetURL      Input = "key-set-url"
	NeedAuthority      Input = "authority"  // a certificate authority
	NeedWhoseKeys      Input = "whose-keys" // a tenant, an issuer or a key set
	NeedTenant         Input = "tenant"
	NeedCloud          Input = "cloud"           // of the tenant
	NeedExpectedTenant Input = "expected-tenant" // the one whose token it must be
	NeedExpectedIssuer Input = "expected-issuer" // of the token: an issuer or a tenant
	NeedIssuer         Input = "issuer"
	NeedContracts      Input = "contracts"
	NeedIntrospection  Input = "introspection"
	NeedTime           Input = "time"
	NeedRequest        Input = "request" // its method and path
	NeedHeader         Input = "header"
	NeedPolicy         Input = "policy" // the configuration as the gateway has it
	NeedPolicyKind     Input = "policy-kind"
	NeedGateway        Input = "gateway"
	NeedRuntime        Input = "runtime" // the version of the gateway's runtime
	NeedGatewayVersion Input = "gateway-version"
	NeedApp            Input = "app"           // the app registration of the API
	NeedRegistrations  Input = "registrations" // and principals and assignments, of an estate
	NeedAudience       Input = "audience"
	NeedScope          Input = "scope"
	NeedTokenVersion   Input = "token-version"
	NeedTokenOfOthers  Input = "token-of-others" // a token that must stay out
	NeedObservedStatus Input = "observed-status"
	NeedObservedBody   Input = "observed-body"
	NeedObservedHeader Input = "observed-header"
	NeedSolution       Input = "solution" // a ready-made repair instead of another, by its name
)

// None reports whether nothing is needed.
func (n Need) None() bool { return n == Need{} }
