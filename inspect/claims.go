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

// Who determines a claim's value.
const (
	byEntra   = "Entra ID"
	byIssuer  = "the issuer"
	byUser    = "the user, or who manages the user's account"
	byAdmin   = "the tenant's administrators"
	byAPI     = "the owner of the API's app registration"
	byClient  = "the client"
	byMachine = "the Azure resource that asked"
)

var claims = [...]ClaimInfo{
	// Every token.
	{
		"iss", "Who issued the token: it names the tenant, and its form shows the version.",
		byIssuer, Decides, "both", false, refJWT,
	},
	{
		"sub", "Who the token is about. In a user's token the value is different for each " +
			"application; in an app-only token it is the service principal's object id.",
		byIssuer, Supports, "both", true, refAccess,
	},
	{
		"aud", "The API that the token is for: an App ID URI or application id in v1.0 tokens, " +
			"always the application id in v2.0 tokens.",
		byAPI, Decides, "both", false, refAccess,
	},
	{
		"exp", "When the token expires, in seconds since 1970 UTC.",
		byIssuer, Decides, "both", false, refJWT,
	},
	{
		"nbf", "When the token becomes valid, in seconds since 1970 UTC; Entra ID sets it about " +
			"five minutes in the past.",
		byIssuer, Decides, "both", false, refJWT,
	},
	{
		"iat", "When the token was issued, in seconds since 1970 UTC; Entra ID sets it about " +
			"five minutes in the past.",
		byIssuer, Unfit, "both", false, refJWT,
	},
	{
		"jti", "The token's own id; Entra ID writes uti instead.",
		byIssuer, Unfit, "", false, refJWT,
	},

	// The client.
	{
		"appid", "The application id of the client, in v1.0 tokens; where an API was called on " +
			"behalf of a user, that of the API in the middle.",
		byEntra, Decides, "1.0", false, refAccess,
	},
	{
		"azp", "The application id of the client, in v2.0 tokens; where an API was called on " +
			"behalf of a user, that of the API in the middle.",
		byEntra, Decides, "2.0", false, refAccess,
	},
	{
		"appidacr", `How the client authenticated, in v1.0 tokens: "0" public client, no ` +
			`credentials, "1" with a secret, "2" with a certificate.`,
		byEntra, Supports, "1.0", false, refAccess,
	},
	{
		"azpacr", `How the client authenticated, in v2.0 tokens: "0" public client, no ` +
			`credentials, "1" with a secret, "2" with a certificate.`,
		byEntra, Supports, "2.0", false, refAccess,
	},
	{
		"client_id", "The client, in tokens of other issuers; Entra ID does not write it.",
		byIssuer, Decides, "", false, refRFC9068,
	},
	{
		"app_displayname", "The client's display name, in tokens for Microsoft Graph.",
		"the owner of the client's app registration", Unfit, "1.0", false, "",
	},
	{
		"cnf", "The key whose possession the sender must prove (proof of possession).",
		byIssuer, Supports, "on request", false, refConfirm,
	},

	// What it permits.
	{
		"scp", "What the client may do for the user, as scopes with spaces between them; " +
			"app-only tokens have none.",
		byAPI, Decides, "both", false, refAccess,
	},
	{
		"scope", "What the client may do, in tokens of other issuers; Entra ID writes scp.",
		byIssuer, Decides, "", false, refRFC9068,
	},
	{
		"roles", "The application permissions of an app-only token, or the app roles of the " +
			"user; absent where none was granted.",
		byAdmin, Decides, "both", false, refAccess,
	},
	{
		"groups", "The groups that the user belongs to, by object id unless configured " +
			"otherwise; left out beyond 200.",
		byAdmin, Decides, "on request", false, refAccess,
	},
	{
		"hasgroups", "The user has more groups than the token can hold (implicit flow); groups " +
			"is left out.",
		byEntra, Unfit, "both", false, refAccess,
	},
	{
		"_claim_names", "Names claims that were left out, such as groups beyond 200.",
		byEntra, Unfit, "both", false, refAccess,
	},
	{
		"_claim_sources", "Where to request the claims that were left out; the address belongs " +
			"to a retired API.",
		byEntra, Unfit, "both", false, refAccess,
	},
	{
		"wids", "The template ids of the directory roles that the user holds in the tenant.",
		byAdmin, Decides, "both", false, refAccess,
	},
	{
		"acrs", "The authentication contexts that the session satisfies.",
		byEntra, Decides, "on request", false, refOptional,
	},

	// The tenant and the subject.
	{
		"tid", "The tenant that issued the token, to a user or an app; valid only if it is the " +
			"tenant in iss.",
		byEntra, Supports, "both", false, refAccess,
	},
	{
		"oid", "The object id of the user or service principal, the same in every application " +
			"of the tenant; unique together with tid.",
		byEntra, Decides, "both", true, refAccess,
	},
	{
		"idtyp", `"app" in an app-only token, "user" in a user's where the API asks for it; its ` +
			`absence proves nothing.`,
		byEntra, Supports, "on request", false, refOptional,
	},
	{
		"acct", "Whether the user is a member of the tenant (0) or a guest (1).",
		byEntra, Supports, "on request", false, refOptional,
	},
	{
		"idp", "Who signed the user or application in; where that is not the issuer, the user " +
			"is a guest.",
		byEntra, Supports, "both", false, refAccess,
	},
	{
		"ver", `The version of the token's format, "1.0" or "2.0": the API's app registration ` +
			`determines it for access tokens.`,
		byAPI, Unfit, "both", false, refAccess,
	},

	// The user, as people read it. None of these may decide.
	{
		"email", "An e-mail address of the user; whoever manages the user's account can set it, " +
			"without proof that the address is the user's.",
		byUser, Unfit, "on request", true, refEmail,
	},
	{
		"upn", "The user principal name, for display; it can be changed and given to another " +
			"user.",
		byUser, Unfit, "1.0", true, refAccess,
	},
	{
		"preferred_username", "A name of the user for display, in v2.0 tokens: an address or a " +
			"phone number; it can be changed.",
		byUser, Unfit, "2.0", true, refAccess,
	},
	{
		"unique_name", "A name of the user for display, in v1.0 tokens; despite its name it is " +
			"not unique.",
		byUser, Unfit, "1.0", true, refAccess,
	},
	{"name", "The user's name, for display.", byUser, Unfit, "both", true, refAccess},
	{"given_name", "The user's first name.", byUser, Unfit, "1.0", true, refOptional},
	{"family_name", "The user's last name.", byUser, Unfit, "1.0", true, refOptional},
	{"nickname", "The user's nickname.", byUser, Unfit, "", true, refProfile},
	{"middle_name", "The user's middle name.", byUser, Unfit, "", true, refProfile},
	{"phone_number", "The user's phone number.", byUser, Unfit, "", true, refProfile},
	{"address", "The user's postal address.", byUser, Unfit, "", true, refProfile},
	{"birthdate", "The user's date of birth.", byUser, Unfit, "", true, refProfile},
	{"gender", "The user's gender.", byUser, Unfit, "", true, refProfile},
	{"picture", "The address of a picture of the user.", byUser, Unfit, "", true, refProfile},
	{"profile", "The address of the user's profile page.", byUser, Unfit, "", true, refProfile},
	{"website", "The address of the user's web site.", byUser, Unfit, "", true, refProfile},
	{"zoneinfo", "The user's time zone.", byUser, Unfit, "", true, refProfile},
	{"locale", "The user's language and region.", byUser, Unfit, "", true, refProfile},
	{
		"updated_at", "When the user's data last changed, in seconds since 1970 UTC.",
		byIssuer, Unfit, "", false, refProfile,
	},
	{
		"phone_number_verified", "Whether the issuer checked the phone number.",
		byIssuer, Unfit, "", false, refProfile,
	},
	{
		"email_verified", "Whether the issuer checked the e-mail address; Entra ID writes " +
			"xms_edov.",
		byIssuer, Unfit, "", false, refProfile,
	},
	{
		"xms_edov", "Whether the owner of the e-mail address's domain was verified.",
		byEntra, Unfit, "on request", false, refOptional,
	},
	{
		"verified_primary_email", "Verified primary e-mail addresses of the user.",
		byUser, Unfit, "on request", true, refOptional,
	},
	{
		"verified_secondary_email", "Verified secondary e-mail addresses of the user.",
		byUser, Unfit, "on request", true, refOptional,
	},
	{
		"login_hint", "An opaque hint that signs the same user in again without asking.",
		byEntra, Unfit, "on request", true, refOptional,
	},
	{
		"onprem_sid", "The user's security identifier in the on-premises Active Directory.",
		byAdmin, Unfit, "1.0", true, refOptional,
	},
	{
		"puid", "An id that Microsoft uses for the user, in tokens for Microsoft Graph.",
		byEntra, Unfit, "1.0", true, "",
	},
	{
		"sid", "The id of the user's session, for signing out.",
		byEntra, Unfit, "on request", true, refOptional,
	},
	{
		"ctry", "The user's country, as two letters.",
		byAdmin, Unfit, "on request", true, refOptional,
	},
	{
		"tenant_ctry", "The tenant's country, as two letters.",
		byAdmin, Unfit, "on request", false, refOptional,
	},
	{
		"tenant_region_scope", "The region of the tenant.",
		byEntra, Unfit, "on request", false, refOptional,
	},
	{"xms_pl", "The user's preferred language.", byUser, Unfit, "on request", true, refOptional},
	{
		"xms_tpl", "The tenant's preferred language.",
		byAdmin, Unfit, "on request", false, refOptional,
	},
	{
		"xms_pdl", "The user's preferred data location.",
		byAdmin, Unfit, "on request", true, refOptional,
	},
	{
		"ztdid", "The id of a device that was set up by Windows Autopilot.",
		byEntra, Unfit, "on request", true, refOptional,
	},
	{
		"deviceid", "The object id of the device that the user signed in on.",
		byEntra, Unfit, "1.0", true, refOptional,
	},

	// How the user signed in.
	{
		"acr", `"1" where the user signed in to the standard of ISO/IEC 29115, "0" where not, ` +
			`in v1.0 tokens; the policy's name in old B2C tokens.`,
		byEntra, Supports, "1.0", false, refAccess,
	},
	{
		"amr", `How the user signed in, in v1.0 tokens: "pwd", "mfa", "rsa", "wia", ….`,
		byEntra, Supports, "1.0", false, refAccess,
	},
	{
		"auth_time", "When the user last signed in, in seconds since 1970 UTC.",
		byEntra, Supports, "on request", false, refOptional,
	},
	{
		"ipaddr", "The address of the network that the user signed in from.",
		byEntra, Unfit, "1.0", true, refAccess,
	},
	{
		"in_corp", "The user signed in from the corporate network.",
		byEntra, Unfit, "1.0", false, refOptional,
	},
	{"pwd_exp", "When the user's password expires.", byEntra, Unfit, "1.0", false, refOptional},
	{
		"pwd_url", "Where the user can change the password.",
		byAdmin, Unfit, "1.0", false, refOptional,
	},
	{
		"fwd", "The client's original address, where it was forwarded.",
		byEntra, Unfit, "on request", true, refOptional,
	},
	{
		"vnet", "The virtual network that the user signed in from.",
		byEntra, Unfit, "on request", false, refOptional,
	},
	{
		"platf", "The platform of the user's device, in tokens for Microsoft Graph.",
		byEntra, Unfit, "1.0", false, "",
	},
	{
		"signin_state", `What is known of the device and session, such as "kmsi", in tokens for ` +
			`Microsoft Graph.`,
		byEntra, Unfit, "1.0", false, "",
	},

	// ID tokens.
	{
		"nonce", "Ties an ID token to the sign-in request that it answers.",
		byClient, Unfit, "both", false, refIDToken,
	},
	{
		"at_hash", "Ties an ID token to the access token that came with it.",
		byIssuer, Unfit, "both", false, refIDToken,
	},
	{
		"c_hash", "Ties an ID token to the authorization code that came with it.",
		byIssuer, Unfit, "both", false, refIDToken,
	},
	{
		"s_hash", "Ties an ID token to the state of the request.",
		byIssuer, Unfit, "", false, refOIDC,
	},

	// What is for Entra ID alone.
	{
		"uti", "The token's own id, which sign-in logs show too; name it in a ticket.",
		byEntra, Unfit, "both", false, refAccess,
	},
	{"aio", "For Entra ID's own use; opaque.", byEntra, Unfit, "both", false, refAccess},
	{"rh", "For Entra ID's own use; opaque.", byEntra, Unfit, "both", false, refAccess},
	{
		"xms_cc", `What the client can do; "cp1" says that it can answer a claims challenge ` +
			`(continuous access evaluation).`,
		byClient, Unfit, "on request", false, refOptional,
	},
	{
		"xms_ssm", "The client is sent smarter session management; for Microsoft's own use.",
		byEntra, Unfit, "", false, "",
	},
	{
		"xms_tcdt", "When the tenant was created, in seconds since 1970 UTC; undocumented, in " +
			"tokens for Microsoft Graph.",
		byEntra, Unfit, "1.0", false, "",
	},
	{
		"xms_st", "The subject as another application sees it; undocumented, in tokens for " +
			"Microsoft Graph.",
		byEntra, Unfit, "1.0", true, "",
	},
	{
		"xms_tdbr", "The region of the tenant's database; undocumented.",
		byEntra, Unfit, "1.0", false, "",
	},
	{
		"xms_idrel", "How the user belongs to the tenant; undocumented.",
		byEntra, Unfit, "1.0", false, "",
	},
	{"xms_ftd", "For Entra ID's own use; undocumented.", byEntra, Unfit, "both", false, ""},
	{
		"xms_mirid", "The Azure resource that a managed identity belongs to; undocumented on " +
			"the claims pages, and its path has names that can be reused.",
		byMachine, Unfit, "1.0", false, "",
	},
	{
		"xms_az_rid", "The Azure resource that the token was asked for from; undocumented.",
		byMachine, Unfit, "1.0", false, "",
	},
	{
		"xms_par_app_azp", "The application that owns the agent or child identity which is the " +
			"client; undocumented.",
		byEntra, Unfit, "both", false, "",
	},

	// B2C.
	{
		"tfp", "The user flow or custom policy of Azure AD B2C that issued the token.",
		byIssuer, Supports, "both", false, refB2C,
	},
	{
		"emails", "E-mail addresses of the user, in tokens of Azure AD B2C.",
		byUser, Unfit, "both", true, refB2C,
	},
	{
		"newUser", "The user has just signed up, in tokens of Azure AD B2C.",
		byIssuer, Unfit, "both", false, refB2C,
	},
	{
		"idp_access_token", "An access token of the identity provider that signed the user in; " +
			"a secret, which should not be in a token.",
		byIssuer, Unfit, "both", true, refB2C,
	},
	{
		"isForgotPassword", "The user asked to reset the password, in tokens of Azure AD B2C.",
		byIssuer, Unfit, "both", false, refB2C,
	},

	// Other issuers.
	{
		"act", "Who acts for the subject (token exchange).",
		byIssuer, Supports, "", false, refRFC8693,
	},
	{
		"may_act", "Who may act for the subject (token exchange).",
		byIssuer, Supports, "", false, refRFC8693,
	},
	{"entitlements", "What the subject may do.", byIssuer, Decides, "", false, refRFC9068},
	{
		"events", "The events of a security event or logout token, which is not an access token.",
		byIssuer, Unfit, "", false, refLogout,
	},
	{
		"typ", "The kind of token, in claims of other issuers such as Keycloak.",
		byIssuer, Supports, "", false, "",
	},
	{"cid", "The client, in tokens of Okta.", byIssuer, Decides, "", false, ""},
	{
		"gty", "The grant that the token was issued for, in tokens of Auth0.",
		byIssuer, Supports, "", false, "",
	},
}

var headerMembers = [...]ClaimInfo{
	{
		"alg", "The algorithm of the signature; Entra ID signs with RS256. A verifier fixes " +
			"what it accepts, and never takes it from here.",
		byIssuer, Unfit, "both", false, refJWS,
	},
	{
		"kid", "Which key of the issuer's key set signed the token; the comparison is " +
			"case-sensitive.",
		byIssuer, Unfit, "both", false, refJWS,
	},
	{
		"x5t", "The thumbprint of the certificate of the key; the same as kid, in v1.0 tokens.",
		byIssuer, Unfit, "1.0", false, refJWS,
	},
	{
		"x5t#S256", "The SHA-256 thumbprint of the certificate of the key.",
		byIssuer, Unfit, "", false, refJWS,
	},
	{
		"typ", `The kind of object: Entra ID writes "JWT" for ID and access tokens alike; ` +
			`"at+jwt" is an access token (RFC 9068).`,
		byIssuer, Unfit, "both", false, refJWS,
	},
	{
		"cty", `The kind of content: "JWT" where a token is nested in a token.`,
		byIssuer, Unfit, "", false, refJWS,
	},
	{
		"nonce", "In tokens for Microsoft Graph: the signature was made over a hash of it, so " +
			"that only Graph can verify the token.",
		byEntra, Unfit, "1.0", false,
		"https://learn.microsoft.com/entra/identity-platform/access-tokens",
	},
	{"rh", "For Entra ID's own use; opaque.", byEntra, Unfit, "2.0", false, ""},
	{
		"crit", "Names extensions that a reader must understand or reject the token.",
		byIssuer, Unfit, "", false, refJWS,
	},
	{
		"b64", "Whether the payload is encoded; a token must not have it (RFC 7797, section 7).",
		byIssuer, Unfit, "", false, "https://www.rfc-editor.org/rfc/rfc7797#section-3",
	},
	{
		"jku", "Where the token says that its keys are; never followed, because whoever made " +
			"the token chose it.",
		"whoever made the token", Unfit, "", false, refJWS,
	},
	{
		"jwk", "The key that the token says it was signed with; never trusted, because whoever " +
			"made the token chose it.",
		"whoever made the token", Unfit, "", false, refJWS,
	},
	{
		"x5u", "Where the token says that its certificate is; never followed, because whoever " +
			"made the token chose it.",
		"whoever made the token", Unfit, "", false, refJWS,
	},
	{
		"x5c", "The certificate that the token says it was signed with; never trusted, because " +
			"whoever made the token chose it.",
		"whoever made the token", Unfit, "", false, refJWS,
	},
	{
		"enc", "How the content of an encrypted token is encrypted.",
		byIssuer, Unfit, "", false, refJWE,
	},
	{
		"zip", "How the content of an encrypted token is compressed; it is never inflated here.",
		byIssuer, Unfit, "", false, refJWE,
	},
	{
		"epk", "The sender's key of an encrypted token's key agreement.",
		byIssuer, Unfit, "", false, "https://www.rfc-editor.org/rfc/rfc7518#section-4.6.1",
	},
	{
		"p2c", "How often the password of an encrypted token is hashed; no key is derived here.",
		byIssuer, Unfit, "", false, "https://www.rfc-editor.org/rfc/rfc7518#section-4.8.1",
	},
}
