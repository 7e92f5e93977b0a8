package lint

// The references that rules rest on.
const (
	kbArticle     = "Salesforce KB 005321722: help.salesforce.com/s/articleView?id=005321722"
	accessTokens  = "learn.microsoft.com/entra/identity-platform/access-tokens"
	claimsRef     = "learn.microsoft.com/entra/identity-platform/access-token-claims-reference"
	validating    = "learn.microsoft.com/entra/identity-platform/claims-validation"
	daemonFlow    = "learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow"
	uriLimits     = "learn.microsoft.com/entra/identity-platform/identifier-uri-restrictions"
	muleJWT       = "docs.mulesoft.com/gateway/latest/policies-included-jwt-validation"
	muleOIDC      = "docs.mulesoft.com/gateway/latest/policies-included-openid-token-enforcement"
	mulePointcut  = "docs.mulesoft.com/api-manager/latest/policies-ootb-landing-page"
	jwtPractices  = "RFC 8725, JSON Web Token best current practices"
	jwtStandard   = "RFC 7519, JSON Web Token"
	jsonStandard  = "RFC 8259, section 4"
	keySetFormat  = "RFC 7517, JSON Web Key"
	algorithmsRFC = "RFC 7518, JSON Web Algorithms"
)

// since is the version that has all rules of the first catalogue.
const since = "0.1.0"
