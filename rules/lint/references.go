package lint

// The references that rules rest on.
const (
	accessTokens  = "learn.microsoft.com/entra/identity-platform/access-tokens"
	claimsRef     = "learn.microsoft.com/entra/identity-platform/access-token-claims-reference"
	optionalRef   = "learn.microsoft.com/entra/identity-platform/optional-claims-reference"
	validating    = "learn.microsoft.com/entra/identity-platform/claims-validation"
	daemonFlow    = "learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow"
	uriLimits     = "learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions"
	jwtPractices  = "RFC 8725, JSON Web Token best current practices"
	jwtStandard   = "RFC 7519, JSON Web Token"
	jsonStandard  = "RFC 8259, section 4"
	keySetFormat  = "RFC 7517, JSON Web Key"
	algorithmsRFC = "RFC 7518, JSON Web Algorithms"
)

// since is the version that has all rules of the first catalogue.
const since = "0.1.0"
