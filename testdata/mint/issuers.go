package mint

// OtherTenant is a tenant whose tokens do not belong to the made-up parties.
const OtherTenant = "11111111-2222-3333-4444-555555555555"

// Plain is the claims of a v1.0 token that names its tenant and its audience, and nothing else.
const Plain = `{"iss":"https://sts.windows.net/` + Tenant + `/","aud":"api://orders"}`

// V1Issuer is the issuer of a tenant's v1.0 tokens.
func V1Issuer(tenant string) string { return "https://sts.windows.net/" + tenant + "/" }

// V2Issuer is the issuer of a tenant's v2.0 tokens.
func V2Issuer(tenant string) string {
	return "https://login.microsoftonline.com/" + tenant + "/v2.0"
}
