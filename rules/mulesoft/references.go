package mulesoft

// The references that behaviours and checks rest on.
const (
	docJWT          = "MuleSoft documentation, JWT Validation policy"
	docOIDC         = "MuleSoft documentation, OpenID Connect access token enforcement policy"
	docOAuth        = "MuleSoft documentation, OAuth policy implementation (API Manager 2.x)"
	docClientID     = "MuleSoft documentation, Client ID Enforcement policy"
	docSLA          = "MuleSoft documentation, SLA-based rate limiting policy"
	docIPAllowlist  = "MuleSoft documentation, IP Allowlist policy"
	docIPBlocklist  = "MuleSoft documentation, IP Blocklist policy"
	docRateLimit    = "MuleSoft documentation, Rate Limiting policy"
	docSpike        = "MuleSoft documentation, Spike Control policy"
	docContracts    = "MuleSoft documentation, API contracts"
	docPointcut     = "MuleSoft documentation, applying a policy to specific methods and resources"
	docAutomated    = "MuleSoft documentation, " + pageAutomated
	kbInvalid       = "Salesforce KB 005321722"
	obsApproov      = "approov/quickstart-mulesoft-api-gateway, policy 1.2.0 on Mule 4.4"
	obsMule         = "public report, JWT Validation on CloudHub 2"
	obsFlex         = "public reports, Flex Gateway 1.13"
	obsFlexClientID = "public report, Client ID Enforcement 1.3.3 on Flex Gateway"
	omniLocal       = "Omni Gateway 1.13.3 in local mode"
	obsFlexBinding  = "public report, " + omniLocal
	docFlexLocal    = "Flex Gateway documentation, declarative configuration reference"
	obsFlexDelay    = "public report, contracts on Flex Gateway after about 20 seconds"
	pdkExample      = "mulesoft/pdk-custom-policy-examples, OAuth 2.0 token introspection"
	pdkJWTExample   = "mulesoft/pdk-custom-policy-examples, JWT validation"
	pdkContracts    = "docs.rs, pdk-contracts-lib 1.9"
	pdkJWTLibrary   = "docs.rs, pdk-jwt-lib 1.10"
	tfCommunity     = "mulesoft-anypoint/terraform-provider-anypoint, JWT validation"
)

// The titles of pages that differ.
const (
	pageAutomated = "automated policies"
	pageReorder   = "reordering policies"
)

// The pages that rules and advice refer to.
const (
	docDataWeave    = "docs.mulesoft.com/dataweave/latest/dataweave-flow-control-precedence"
	docFlexPEL      = "docs.mulesoft.com/gateway/latest/policies-flex-dataweave-support"
	docJWTPage      = "docs.mulesoft.com/gateway/latest/policies-included-jwt-validation"
	docRemoval      = "docs.mulesoft.com/gateway/latest/policies-included-header-removal"
	docOrder        = "docs.mulesoft.com/gateway/latest/policies-policy-overview"
	docReorder      = "docs.mulesoft.com/mule-gateway/policies-reorder"
	docLocalMode    = "docs.mulesoft.com/gateway/latest/flex-local-third-party-tools"
	kbArrayClaims   = "Salesforce KB 001116911"
	docOIDCPage     = "docs.mulesoft.com/gateway/latest/policies-included-openid-token-enforcement"
	docPointcutPage = "docs.mulesoft.com/api-manager/latest/policies-ootb-landing-page"
	kbArticle       = "Salesforce KB 005321722: help.salesforce.com/s/articleView?id=005321722"
)
