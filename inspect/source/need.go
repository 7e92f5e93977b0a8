package source

// Need is an input that was not given and that would help: to decide what is unknown, or to repair what is
// wrong. It names no flag: the program's surface says how each is passed. The zero Need is none.
type Need struct {
	Input Input
	Name  string // of NeedHeader: the header; of NeedSolution: the repair
	Value string // of NeedHeader: how its value begins
	For   string // which one, or what is to be done; may be empty, and stands alone where Input is empty
}

// Input is one of the inputs that the program takes.
type Input string

// The inputs that may be needed.
const (
	NeedToken          Input = "token"
	NeedKeySet         Input = "key-set"
	NeedKeySetFile     Input = "key-set-file"
	NeedKeySetURL      Input = "key-set-url"
	NeedWhoseKeys      Input = "whose-keys" // whose keys are right: a tenant, an issuer or a key set
	NeedTenant         Input = "tenant"
	NeedExpectedTenant Input = "expected-tenant" // the one whose token it must be
	NeedExpectedIssuer Input = "expected-issuer" // who must have issued the token: an issuer or a tenant
	NeedIssuer         Input = "issuer"
	NeedContracts      Input = "contracts"
	NeedIntrospection  Input = "introspection"
	NeedTime           Input = "time"
	NeedRequest        Input = "request" // its method and path
	NeedHeader         Input = "header"
	NeedPolicy         Input = "policy" // the configuration as the gateway has it
	NeedPolicyKind     Input = "policy-kind"
	NeedGateway        Input = "gateway"
	NeedRuntime        Input = "runtime"       // the version of the gateway's runtime
	NeedApp            Input = "app"           // the app registration of the API
	NeedRegistrations  Input = "registrations" // app registrations, service principals and assignments of an estate
	NeedAudience       Input = "audience"
	NeedScope          Input = "scope"
	NeedTokenVersion   Input = "token-version"
	NeedTokenOfOthers  Input = "token-of-others" // a token that must stay out
	NeedObservedStatus Input = "observed-status"
	NeedObservedBody   Input = "observed-body"
	NeedSolution       Input = "solution" // a ready-made repair in the place of another, by its name
)

// None reports whether nothing is needed.
func (n Need) None() bool { return n == Need{} }
