package evaluator

// The gateways.
const (
	Mule = "mule"
	Flex = "flex"
)

// Pair is a policy and a request with a token, with what else is given: plain data.
type Pair struct {
	Policy    Policy
	Token     Token
	Contracts Contracts
	Keys      bool   // whether the issuer's key set is given
	Gateway   string // Mule, Flex, or empty where only the policy's file could say
	Runtime   string // of Mule, as 4.4.0; empty where it is not known
}

// Policy is one JWT Validation policy.
type Policy struct {
	Form    Form
	Version string         // the asset's; empty where the file leaves it out
	Config  map[string]any // by the names of API Manager
	// members that appear a second time, with this value (API Manager's form only)
	Twice    map[string]any
	Disabled bool
}

// Form is the kind of file that a policy is written as.
type Form string

// The forms.
const (
	APIManager Form = "API Manager's JSON"
	FlexYAML   Form = "Flex's YAML"
	Terraform  Form = "Terraform"
)

// Token is what the caller sends.
type Token struct {
	Shape  Shape
	Alg    string // of the header
	Signer string // SignerA and so on
	Kid    string // whose key id the header has; empty for none
	Forged bool   // a claim was changed after signing
	Claims map[string]any
	Twice  map[string]any // claims that appear a second time, with this value
}

// Shape says whether a token is one.
type Shape string

// The shapes.
const (
	JWS     Shape = "a signed token"
	Opaque  Shape = "opaque text"
	JWE     Shape = "an encrypted token"
	List    Shape = "a signed list"
	Nothing Shape = "no token"
)

// The keys: two RSA keys and an EC key of the key set, one RSA key that is not in it, and shared
// secrets.
const (
	SignerA  = "a"
	SignerB  = "b"
	SignerEC = "ec"
	Foreign  = "foreign"
	Secret   = "0123456789abcdef0123456789abcdef"
	Other    = "fedcba9876543210fedcba9876543210"
)

// KeyText stands for the text of a signer's public key as the value of textKey: whoever writes the
// policy puts the key in its place.
const KeyText = "KEY-OF-"

// Contracts are the API instance's contracts as they are given.
type Contracts struct {
	Given   bool
	Objects bool // API Manager's own objects; else plain client ids
	Total   int  // of the objects, 0 where the answer does not say
	Clients []Client
}

// Client is one contract.
type Client struct {
	ID     string
	Status string // APPROVED, PENDING, REVOKED; of objects only
}
