package inspect

// Fitness says whether a claim may decide who gets access.
type Fitness string

// The degrees of fitness.
const (
	Decides  Fitness = "yes"               // once signature, issuer and audience are checked
	Supports Fitness = "only with another" // it means something only together with another claim
	Unfit    Fitness = "no"                // it can be changed or chosen, or is not about access
)

// ClaimInfo is what we know about a claim, or about a member of the header.
type ClaimInfo struct {
	Name      string
	Meaning   string // one sentence
	SetBy     string // who determines its value
	Fitness   Fitness
	Versions  string // of Entra's tokens with it: "1.0", "2.0", "both", "on request"; "" for none
	Personal  bool   // its value is about a person
	Reference string // where that is documented; empty if nowhere
}

// Where the facts are documented.
const (
	refAccess = "https://learn.microsoft.com/entra/identity-platform/" +
		"access-token-claims-reference"
	refIDToken  = "https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference"
	refOptional = "https://learn.microsoft.com/entra/identity-platform/optional-claims-reference"
	refEmail    = "https://learn.microsoft.com/entra/identity-platform/" +
		"migrate-off-email-claim-authorization"
	refB2C     = "https://learn.microsoft.com/azure/active-directory-b2c/tokens-overview"
	refJWT     = "https://www.rfc-editor.org/rfc/rfc7519#section-4.1"
	refJWS     = "https://www.rfc-editor.org/rfc/rfc7515#section-4.1"
	refJWE     = "https://www.rfc-editor.org/rfc/rfc7516#section-4.1"
	refRFC9068 = "https://www.rfc-editor.org/rfc/rfc9068#section-2.2"
	refRFC8693 = "https://www.rfc-editor.org/rfc/rfc8693#section-4"
	refOIDC    = "https://openid.net/specs/openid-connect-core-1_0.html#IDToken"
	refProfile = "https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims"
	refLogout  = "https://openid.net/specs/openid-connect-frontchannel-1_0.html"
	refConfirm = "https://www.rfc-editor.org/rfc/rfc7800#section-3.1"
)

// Claim returns what we know about a claim. Names are compared by case.
func Claim(name string) (ClaimInfo, bool) { return lookUp(claims[:], name) }

// HeaderMember returns what we know about a member of the header.
func HeaderMember(name string) (ClaimInfo, bool) { return lookUp(headerMembers[:], name) }

// ClaimNames returns the name of every claim that is known.
func ClaimNames() []string {
	names := make([]string, len(claims))
	for i := range claims {
		names[i] = claims[i].Name
	}
	return names
}

func lookUp(table []ClaimInfo, name string) (ClaimInfo, bool) {
	for i := range table {
		if table[i].Name == name {
			return table[i], true
		}
	}
	return ClaimInfo{}, false
}
