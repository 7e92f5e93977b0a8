package inspect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
)

const (
	tenantID = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	clientA  = "6f0e1c2a-0c1d-4e55-8a3e-1f0e2b6d9ac3"
	apiID    = "a1b2c3d4-0c1d-4e55-8a3e-1f0e2b6d9ab0"
)

// The claims that tokens of Entra ID carry in each version, before those of a flow.
const (
	v1Base = `"iss":"https://sts.windows.net/` + tenantID + `/","tid":"` + tenantID +
		`","ver":"1.0","iat":1700000000,"nbf":1700000000,"exp":1700003900`
	v2Base = `"iss":"https://login.microsoftonline.com/` + tenantID + `/v2.0","tid":"` +
		tenantID + `","ver":"2.0","iat":1700000000,"nbf":1700000000,"exp":1700003900`
	v1App = v1Base + `,"aud":"api://orders-uat","appid":"` + clientA +
		`","appidacr":"1","oid":"o1","sub":"o1","roles":["Orders.Read"]`
	v1User = v1Base + `,"aud":"api://orders-uat","appid":"` + clientA +
		`","appidacr":"0","oid":"o1","sub":"s1","scp":"Orders.Read Orders.Write",` +
		`"upn":"a@b.example"`
	v2App = v2Base + `,"aud":"` + apiID + `","azp":"` + clientA +
		`","azpacr":"2","oid":"o1","sub":"o1","roles":["Orders.Read"]`
	v2User = v2Base + `,"aud":"` + apiID + `","azp":"` + clientA +
		`","azpacr":"0","oid":"o1","sub":"s1","scp":"Orders.Read"`
	v2ID = v2Base + `,"aud":"` + clientA +
		`","oid":"o1","sub":"s1","nonce":"n","preferred_username":"a@b.example"`
	entraRS = `{"typ":"JWT","alg":"RS256","kid":"k1"}`
)

// entraToken returns a token with a signature of the size that Entra's keys give.
func entraToken(claims string) string {
	return b64(entraRS) + "." + b64("{"+claims+"}") + "." + b64(strings.Repeat("s", 256))
}

// summary is what a Profile says in short.
type summary struct {
	Kind     TokenKind
	By       IssuedBy
	Version  string
	Flow     Flow
	Client   string
	Audience AudienceForm
	Proof    string
	Traits   string
	Odd      string
}

func summarize(p *Profile) summary {
	s := summary{
		Kind: p.Kind, By: p.IssuedBy, Version: p.Version, Flow: p.Flow, Client: p.ClientID.Claim,
		Audience: p.AudienceForm, Proof: p.ClientProof,
	}
	var traits, odd []string
	for _, t := range p.Traits {
		if t.ID != "lifetime" && t.ID != "cloud-ambiguous" {
			traits = append(traits, t.ID)
		}
	}
	for _, o := range p.Observations {
		odd = append(odd, o.ID+" "+o.Path)
	}
	s.Traits, s.Odd = strings.Join(traits, ","), strings.Join(odd, ",")
	return s
}

func TestDescribeSaysWhatKindOfTokenItIs(t *testing.T) {
	t.Parallel()
	b2c := `"iss":"https://contoso.b2clogin.com/` + tenantID +
		`/v2.0/","ver":"1.0","iat":1700000000,"nbf":1700000000,"exp":1700003600,"aud":"` + apiID +
		`"`
	tests := []struct {
		name   string
		claims string
		want   summary
	}{
		{
			"a v1.0 app-only token names its client in appid", v1App,
			summary{KindAccess, ByEntra, "1.0", AppOnly, "appid", AppIDURI, "secret", "", ""},
		},
		{
			"a v1.0 user token has scp", v1User,
			summary{KindAccess, ByEntra, "1.0", Delegated, "appid", AppIDURI, "none", "", ""},
		},
		{
			"a v2.0 app-only token names its client in azp", v2App,
			summary{KindAccess, ByEntra, "2.0", AppOnly, "azp", GUID, "certificate", "", ""},
		},
		{
			"a v2.0 user token has a GUID for its audience", v2User,
			summary{KindAccess, ByEntra, "2.0", Delegated, "azp", GUID, "none", "", ""},
		},
		{
			"a nonce makes an ID token", v2ID,
			summary{KindID, ByEntra, "2.0", FlowUnknown, "", GUID, "", "", ""},
		},
		{
			"a v1.0 ID token without a nonce is told by its audience and what it lacks",
			v1Base + `,"aud":"` + clientA + `","oid":"o1","sub":"s1","upn":"a@b.example"`,
			summary{KindID, ByEntra, "1.0", FlowUnknown, "", GUID, "", "", ""},
		},
		{
			"an app-only token without roles is told",
			strings.Replace(v2App, `,"roles":["Orders.Read"]`, "", 1),
			summary{
				KindAccess, ByEntra, "2.0", AppOnly, "azp", GUID, "certificate",
				"app-only-without-roles", "",
			},
		},
		{
			"idtyp app makes an app-only token even without oid and sub",
			v1Base + `,"aud":"api://a","appid":"c","appidacr":"1","idtyp":"app"`,
			summary{
				KindAccess, ByEntra, "1.0", AppOnly, "appid", AppIDURI, "secret",
				"app-only-without-roles", "",
			},
		},
		{
			"an app without a service principal has neither oid nor sub nor roles",
			v1Base + `,"aud":"https://graph.microsoft.com","appid":"c","appidacr":"1"`,
			summary{
				KindAccess, ByEntra, "1.0", AppOnly, "appid", FirstParty, "secret",
				"microsoft-api,app-only-without-roles", "",
			},
		},
		{
			"a client with a secret that acts for a user may be a chain",
			strings.Replace(v2User, `"azpacr":"0"`, `"azpacr":"1"`, 1),
			summary{
				KindAccess, ByEntra, "2.0", Delegated, "azp", GUID, "secret",
				"confidential-client-for-user", "",
			},
		},
		{
			"a managed identity is named by xms_mirid",
			strings.Replace(v1App, `1700003900`, `1700086700,"xms_mirid":"/subscriptions/x"`, 1),
			summary{
				KindAccess, ByEntra, "1.0", AppOnly, "appid", AppIDURI, "secret",
				"managed-identity", "",
			},
		},
		{
			"Microsoft Graph is known by its id",
			strings.Replace(v1User, "api://orders-uat", "00000003-0000-0000-c000-000000000000", 1),
			summary{
				KindAccess, ByEntra, "1.0", Delegated, "appid", FirstParty, "none",
				"microsoft-api", "",
			},
		},
		{
			"spn: and a GUID is an audience of v1.0",
			strings.Replace(v1User, "api://orders-uat", "spn:"+apiID, 1),
			summary{KindAccess, ByEntra, "1.0", Delegated, "appid", SPN, "none", "", ""},
		},
		{
			"a guest has another identity provider",
			v2User + `,"idp":"https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/"`,
			summary{KindAccess, ByEntra, "2.0", Delegated, "azp", GUID, "none", "guest", ""},
		},
		{
			"a guest has acct 1", v2User + `,"acct":1`,
			summary{KindAccess, ByEntra, "2.0", Delegated, "azp", GUID, "none", "guest", ""},
		},
		{
			"a member has acct 0", v2User + `,"acct":0`,
			summary{KindAccess, ByEntra, "2.0", Delegated, "azp", GUID, "none", "", ""},
		},
		{
			"a guest's name has #EXT#",
			strings.Replace(v1User, "a@b.example", "a_b.example#EXT#@c.example", 1),
			summary{
				KindAccess, ByEntra, "1.0", Delegated, "appid", AppIDURI, "none", "guest", "",
			},
		},
		{
			"a client says that it can answer a claims challenge", v2User + `,"xms_cc":["CP1"]`,
			summary{
				KindAccess, ByEntra, "2.0", Delegated, "azp", GUID, "none", "claims-challenge", "",
			},
		},
		{
			"the tenant's own identity provider makes no guest",
			v2User + `,"idp":"https://sts.windows.net/` + tenantID + `/"`,
			summary{KindAccess, ByEntra, "2.0", Delegated, "azp", GUID, "none", "", ""},
		},
		{
			"a personal account in an organisation's tenant is a guest",
			v1User + `,"idp":"live.com"`,
			summary{
				KindAccess, ByEntra, "1.0", Delegated, "appid", AppIDURI, "none",
				"personal-account,guest", "",
			},
		},
		{
			"the tenant of personal accounts is known",
			strings.ReplaceAll(v2User, tenantID, "9188040d-6c67-4c5b-b112-36a304b66dad"),
			summary{
				KindAccess, ByEntra, "2.0", Delegated, "azp", GUID, "none", "personal-account", "",
			},
		},
		{
			"group overage is not the same as no groups",
			v1User +
				`,"_claim_names":{"groups":"src1"},` +
				`"_claim_sources":{"src1":{"endpoint":"https://graph.windows.net/x"}}`,
			summary{
				KindAccess, ByEntra, "1.0", Delegated, "appid", AppIDURI, "none", "group-overage",
				"",
			},
		},
		{
			"hasgroups is group overage too", v1User + `,"hasgroups":true`,
			summary{
				KindAccess, ByEntra, "1.0", Delegated, "appid", AppIDURI, "none", "group-overage",
				"",
			},
		},
		{
			"an application that calls itself is told", strings.Replace(v2User, clientA, apiID, 1),
			summary{
				KindAccess, ByEntra, "2.0", Delegated, "azp", GUID, "none", "client-is-audience",
				"",
			},
		},
		{
			"so is one whose audience has the id in an App ID URI",
			strings.Replace(v1User, "api://orders-uat", "api://"+clientA, 1),
			summary{
				KindAccess, ByEntra, "1.0", Delegated, "appid", AppIDURI, "none",
				"client-is-audience", "",
			},
		},
		{
			"B2C names its policy in tfp and writes version 1.0",
			b2c + `,"tfp":"B2C_1_signin","azp":"` + clientA + `","scp":"read","sub":"s1"`,
			summary{KindAccess, ByB2C, "1.0", Delegated, "azp", GUID, "", "b2c-policy", ""},
		},
		{
			"the sub of a B2C user is the object id, and makes no app-only token",
			b2c + `,"tfp":"B2C_1_signin","azp":"` + clientA + `","sub":"o1","oid":"o1"`,
			summary{KindAccess, ByB2C, "1.0", FlowUnknown, "azp", GUID, "", "b2c-policy", ""},
		},
		{
			"nor one that scp contradicts",
			b2c + `,"tfp":"B2C_1_signin","azp":"` + clientA +
				`","scp":"read","sub":"o1","oid":"o1"`,
			summary{KindAccess, ByB2C, "1.0", Delegated, "azp", GUID, "", "b2c-policy", ""},
		},
		{
			"a B2C access token may have a nonce",
			b2c + `,"tfp":"B2C_1_signin","azp":"` + clientA +
				`","scp":"read","sub":"s1","nonce":"n"`,
			summary{KindAccess, ByB2C, "1.0", Delegated, "azp", GUID, "", "b2c-policy", ""},
		},
		{
			"a B2C ID token has a nonce and no client",
			b2c + `,"acr":"b2c_1_signin","sub":"s1","nonce":"n"`,
			summary{KindID, ByB2C, "1.0", FlowUnknown, "", GUID, "", "b2c-policy", ""},
		},
		{
			"External ID has the tenant's id for its host",
			strings.Replace(v2User, "login.microsoftonline.com", tenantID+".ciamlogin.com", 1),
			summary{KindAccess, ByExternal, "2.0", Delegated, "azp", GUID, "none", "", ""},
		},
		{
			"a token of another issuer is judged by RFC 9068",
			`"iss":"https://idp.example/","aud":"orders","client_id":"c1","sub":"c1","scope":"a ` +
				`b","exp":1700003900`,
			summary{KindAccess, ByOther, "", AppOnly, "client_id", OtherAudience, "", "", ""},
		},
		{
			"a token that tells nothing is of an unknown kind",
			`"iss":"https://idp.example/","aud":"orders","exp":1700003900`,
			summary{KindUnknown, ByOther, "", FlowUnknown, "", OtherAudience, "", "", ""},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Describe(Parse(entraToken(test.claims)))
			if diff := cmp.Diff(test.want, summarize(&p)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDescribeGivesTheFieldsOfTheToken(t *testing.T) {
	t.Parallel()
	p := Describe(Parse(entraToken(v1User)))
	if diff := cmp.Diff([]string{"Orders.Read", "Orders.Write"}, p.Scopes); diff != "" {
		t.Error(diff)
	}
	if p.Roles == nil || len(p.Roles) != 0 {
		t.Errorf("roles %v", p.Roles)
	}
	if diff := cmp.Diff([]string{"api://orders-uat"}, p.Audience); diff != "" {
		t.Error(diff)
	}
	if p.Tenant != tenantID || p.Issuer != "https://sts.windows.net/"+tenantID+"/" ||
		p.ClientID.Value != clientA {
		t.Errorf("tenant %s, issuer %s, client %s", p.Tenant, p.Issuer, p.ClientID.Value)
	}
	if p.IssuedAt.String() != "2023-11-14T22:13:20Z" ||
		p.ExpiresAt.String() != "2023-11-14T23:18:20Z" {
		t.Errorf("issued %s, expires %s", p.IssuedAt, p.ExpiresAt)
	}
}

func TestDescribeSaysWhyAndTheStrongestReasonFirst(t *testing.T) {
	t.Parallel()
	p := Describe(Parse(entraToken(v1User)))
	var got []string
	for _, s := range p.Signs {
		got = append(got, s.About+" "+s.Path)
	}
	want := []string{
		"kind claims.scp", "kind claims.appidacr", "kind claims.appid", "flow claims.scp",
		"flow claims.upn", "flow claims.sub",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDescribeOfATextWithoutClaims(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       TokenKind
	}{
		{"an opaque token", strings.Repeat("A", 30), KindOpaque},
		{
			"an encrypted token", b64(`{"alg":"RSA-OAEP","enc":"A256GCM"}`) + ".a.b.c.d",
			KindEncrypted,
		},
		{"five parts that are not encrypted", b64(headerRS256) + ".a.b.c.d", KindUnknown},
		{"a payload that is a list", signed("[]"), KindUnknown},
		{"a header alone", b64(headerRS256), KindUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Describe(Parse(test.text))
			if p.Kind != test.want || p.Flow != FlowUnknown || p.IssuedBy != ByOther {
				t.Errorf("kind %s, flow %s, issued by %s", p.Kind, p.Flow, p.IssuedBy)
			}
			if p.Audience == nil || p.Scopes == nil || p.Roles == nil {
				t.Error("a list is nil")
			}
		})
	}
}

func TestDescribeTellsWhatIsOdd(t *testing.T) {
	t.Parallel()
	replace := func(claims, old, by string) string { return strings.Replace(claims, old, by, 1) }
	tests := []struct {
		name   string
		header string
		claims string
		odd    string
	}{
		{
			"tid and iss disagree", entraRS, replace(v2User, `"tid":"5c`, `"tid":"6c`),
			"tenant-mismatch claims.tid",
		},
		{
			"iss names no GUID", entraRS, replace(v1User, tenantID, "contoso"),
			"tenant-mismatch claims.tid,tenant-malformed claims.iss",
		},
		{
			"tid is no GUID", entraRS, replace(v1User, `"tid":"5c1`, `"tid":"x`),
			"tenant-mismatch claims.tid,tenant-malformed claims.tid",
		},
		{
			"version and issuer disagree", entraRS, replace(v2User, `"ver":"2.0"`, `"ver":"1.0"`),
			"version-mismatch claims.ver,client-claim-of-other-version claims.azp",
		},
		{
			"ver is missing", entraRS, replace(v2User, `"ver":"2.0",`, ""),
			"version-missing claims.ver",
		},
		{
			"ver is a number", entraRS, replace(v2User, `"2.0"`, `2.0`),
			"version-unknown claims.ver",
		},
		{
			"a v2.0 token has a URI for its audience", entraRS,
			replace(v2User, apiID, "api://orders"), "v2-audience-not-guid claims.aud",
		},
		{
			"a v1.0 issuer lacks its slash", entraRS, replace(v1User, tenantID+`/"`, tenantID+`"`),
			"issuer-form claims.iss",
		},
		{
			"exp is in milliseconds", entraRS, replace(v1User, "1700003900", "1700003900000"),
			"time-in-milliseconds claims.exp",
		},
		{
			"exp is a string", entraRS, replace(v1User, "1700003900", `"1700003900"`),
			"time-as-string claims.exp",
		},
		{
			"exp is a date", entraRS, replace(v1User, "1700003900", `"2023-11-14T22:13:20Z"`),
			"time-not-a-number claims.exp",
		},
		{
			"exp is an object", entraRS, replace(v1User, "1700003900", `{}`),
			"time-not-a-number claims.exp",
		},
		{
			"exp is a float", entraRS, replace(v1User, "1700003900", "1700003900.5"),
			"time-with-fraction claims.exp",
		},
		{
			"exp is 1e400", entraRS, replace(v1User, "1700003900", "1e400"),
			"time-out-of-range claims.exp",
		},
		{
			"exp is 2^63", entraRS, replace(v1User, "1700003900", "9223372036854775808"),
			"time-out-of-range claims.exp",
		},
		{
			"exp is negative", entraRS, replace(v1User, "1700003900", "-1"),
			"time-before-1970 claims.exp,never-valid claims.exp",
		},
		{
			"exp is zero", entraRS, replace(v1User, "1700003900", "0"),
			"exp-zero claims.exp,never-valid claims.exp",
		},
		{
			"exp is missing", entraRS, replace(v1User, `,"exp":1700003900`, ""),
			"exp-missing claims.exp",
		},
		{
			"the lifetime is none of Entra's", entraRS,
			replace(v1User, "1700003900", "1800003900"), "lifetime-unusual claims.exp",
		},
		{
			"a claim name differs in case", entraRS, v1User + `,"AUD":"api://other"`,
			"claim-name-case claims.AUD",
		},
		{
			"a claim hides a character", entraRS,
			replace(v1User, "api://orders-uat", `api://orders\u200b`),
			"hidden-character claims.aud",
		},
		{
			"a claim ends in a space", entraRS,
			replace(v1User, "api://orders-uat", "api://orders-uat "),
			"hidden-character claims.aud",
		},
		{
			"scp is a list", entraRS,
			replace(v1User, `"Orders.Read Orders.Write"`, `["Orders.Read"]`),
			"scp-is-list claims.scp",
		},
		{
			"scp is a number", entraRS, replace(v1User, `"Orders.Read Orders.Write"`, `1`),
			"claim-type claims.scp",
		},
		{
			"roles is a string", entraRS, replace(v1App, `["Orders.Read"]`, `"Orders.Read"`),
			"claim-type claims.roles",
		},
		{
			"aud is a list of one", entraRS,
			replace(v1App, `"api://orders-uat"`, `["api://orders-uat"]`),
			"audience-is-list claims.aud",
		},
		{
			"aud is a number", entraRS, replace(v1App, `"api://orders-uat"`, `7`),
			"audience-malformed claims.aud",
		},
		{
			"aud is missing", entraRS, replace(v1App, `"aud":"api://orders-uat",`, ``),
			"audience-missing claims.aud",
		},
		{"iss is a list", entraRS, `"iss":["a"],"aud":"a","exp":1`, "issuer-malformed claims.iss"},
		{
			"a v1.0 token names its client in azp", entraRS, replace(v1User, `"appid"`, `"azp"`),
			"client-claim-of-other-version claims.azp",
		},
		{
			"a v1.0 token names a client in azp too", entraRS, v1User + `,"azp":"c"`,
			"client-claim-of-other-version claims.azp",
		},
		{
			"Entra writes no client_id", entraRS, v1User + `,"client_id":"c"`,
			"client-id-claim claims.client_id",
		},
		{
			"scp in an app-only token", entraRS, v1App + `,"scp":"a"`,
			"flow-signs-disagree claims.sub",
		},
		{
			"idtyp user in an app-only token", entraRS, v1App + `,"idtyp":"user"`,
			"flow-signs-disagree claims.sub",
		},
		{
			"sub of another in an app-only token", entraRS,
			replace(v1App, `"sub":"o1"`, `"sub":"s1","idtyp":"app"`),
			"flow-signs-disagree claims.sub",
		},
		{
			"an ID token with a scope", entraRS, v2ID + `,"scp":"a"`,
			"kind-signs-disagree claims.scp",
		},
		{
			"a personal account's object id in another tenant", entraRS,
			replace(v2User, `"oid":"o1"`, `"oid":"00000000-0000-0000-66f3-3332eca7ea81"`),
			"personal-account-elsewhere claims.oid",
		},
		{
			"alg none", `{"typ":"JWT","alg":"none","kid":"k"}`, v1User,
			"unsigned header.alg,signature-on-unsigned signature",
		},
		{
			"alg nOnE", `{"typ":"JWT","alg":"nOnE","kid":"k"}`, v1User,
			"unsigned header.alg,signature-on-unsigned signature",
		},
		{"no alg", `{"typ":"JWT","kid":"k"}`, v1User, "alg-missing header.alg"},
		{"alg is a number", `{"alg":1,"kid":"k"}`, v1User, "alg-malformed header.alg"},
		{
			"an algorithm that Entra does not use, and a signature that it does not make",
			`{"alg":"HS256","kid":"k"}`, v1User,
			"signature-length signature,alg-not-of-entra header.alg",
		},
		{"no kid", `{"alg":"RS256"}`, v1User, "kid-missing header.kid"},
		{"an empty kid", `{"alg":"RS256","kid":""}`, v1User, "kid-empty header.kid"},
		{"a kid that is a number", `{"alg":"RS256","kid":7}`, v1User, "kid-malformed header.kid"},
		{
			"jku points to the token's own keys",
			`{"alg":"RS256","kid":"k","jku":"https://evil.example/keys"}`, v1User,
			"key-in-header header.jku",
		},
		{
			"x5u, jwk and x5c do as well", `{"alg":"RS256","kid":"k","x5u":"u","jwk":{},"x5c":[]}`,
			v1User, "key-in-header header.x5u,key-in-header header.jwk,key-in-header header.x5c",
		},
		{
			"a nonce in the header is Graph's", `{"alg":"RS256","kid":"k","nonce":"n"}`, v1User,
			"graph-nonce header.nonce",
		},
		{
			"an unknown crit", `{"alg":"RS256","kid":"k","crit":["x"]}`, v1User,
			"crit-extension header.crit",
		},
		{
			"an empty crit", `{"alg":"RS256","kid":"k","crit":[]}`, v1User,
			"crit-malformed header.crit",
		},
		{
			"b64 false", `{"alg":"RS256","kid":"k","b64":false}`, v1User,
			"payload-unencoded header.b64",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Describe(
				Parse(
					b64(test.header) + "." + b64("{"+test.claims+"}") + "." +
						b64(strings.Repeat("s", 256))))
			if got := summarize(&p).Odd; got != test.odd {
				t.Errorf("observations %q, want %q", got, test.odd)
			}
			for _, o := range p.Observations {
				if Safe(o.Message) != o.Message || Safe(o.Path) != o.Path {
					t.Errorf("not fit for a terminal: %q %q", o.Path, o.Message)
				}
			}
		})
	}
}

func TestDescribeTellsASignatureThatIsCut(t *testing.T) {
	t.Parallel()
	token := entraToken(v1User)
	tests := []struct{ name, text, odd string }{
		{
			"after a few characters", token[:strings.LastIndexByte(token, '.')+17],
			"signature-length signature",
		},
		{
			"after the second dot", token[:strings.LastIndexByte(token, '.')+1],
			"signature-missing signature",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := Describe(Parse(test.text))
			if got := summarize(&p).Odd; got != test.odd {
				t.Errorf("observations %q, want %q", got, test.odd)
			}
		})
	}
}

func TestPartiesAreThoseOfTheProfile(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(16, 3))
	names := []string{"iss", "ver", "aud", "appid", "azp", "client_id", "cid", "tfp", "acr", "tid"}
	values := []string{
		`"https://sts.windows.net/` + tenantID + `/"`,
		`"https://login.microsoftonline.com/` + tenantID + `/v2.0"`,
		`"https://x.b2clogin.com/` + tenantID + `/v2.0/"`, `"https://other.example"`,
		`"1.0"`, `"2.0"`, `"b2c_1_signin"`, `""`, `null`, `7`, `["a","b"]`, `[]`, `["a",7]`, `{}`,
	}
	seen := map[ClientID]bool{}
	for range 5000 {
		var claims []string
		for _, name := range names {
			if random.IntN(3) > 0 {
				value := values[random.IntN(len(values))]
				if name == "iss" {
					value = values[random.IntN(4)]
				}
				claims = append(claims, fmt.Sprintf("%q:%s", name, value))
			}
		}
		token := Parse(entraToken(strings.Join(claims, ",")))
		profile := Describe(token)
		client, audience := Parties(token)
		if client != profile.ClientID || !slices.Equal(audience, profile.Audience) {
			t.Errorf("%s: %v %v, the profile has %v %v", claims, client, audience,
				profile.ClientID, profile.Audience)
		}
		seen[client] = true
	}
	if len(seen) < 10 {
		t.Errorf("only %d different clients were seen", len(seen))
	}
	if client, audience := Parties(Parse("opaque")); client.Value != "" || audience != nil {
		t.Errorf("of an opaque text: %v %v", client, audience)
	}
}

func claim(t *testing.T, text string) *source.Value {
	t.Helper()
	file, err := source.ReadJSON("claims", []byte(`{"t":`+text+`}`))
	if err != nil {
		t.Fatal(err)
	}
	return file.Documents[0].Member("t")
}

func TestReadInstantReadsATimeOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       string
		problem    TimeProblem
		known      bool
	}{
		{"whole seconds", "1700000000", "2023-11-14T22:13:20Z", NoProblem, true},
		{"zero", "0", "1970-01-01T00:00:00Z", NoProblem, true},
		{
			"the last second of the year 9999", "253402300799", "9999-12-31T23:59:59Z", NoProblem,
			true,
		},
		{"a second more", "253402300800", "", OutOfRange, false},
		{"a fraction", "1700000000.5", "2023-11-14T22:13:20Z", Fraction, true},
		{"an exponent", "1.7e9", "2023-11-14T22:13:20Z", Fraction, true},
		{"milliseconds", "1700000000000", "55840-11-08T22:13:20Z", Milliseconds, true},
		{"a negative number", "-1", "1969-12-31T23:59:59Z", Negative, true},
		{"a string of digits", `"1700000000"`, "2023-11-14T22:13:20Z", AsString, true},
		{"a date", `"2023-11-14T22:13:20Z"`, "", NotANumber, false},
		{"an empty string", `""`, "", NotANumber, false},
		{"a string that Go alone reads as a number", `"0x10"`, "", NotANumber, false},
		{"Infinity in a string", `"Inf"`, "", NotANumber, false},
		{"1e400", "1e400", "", OutOfRange, false},
		{"-1e400", "-1e400", "", OutOfRange, false},
		{"2^63", "9223372036854775808", "", OutOfRange, false},
		{"a number of 1,000 digits", "1" + string(make0(1000)), "", OutOfRange, false},
		{"an exponent that no float has", "1e-999999999", "1970-01-01T00:00:00Z", Fraction, true},
		{"a boolean", "true", "", NotANumber, false},
		{"a list", "[1700000000]", "", NotANumber, false},
		{"null", "null", "", Absent, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			i := ReadInstant(claim(t, test.text))
			if i.String() != test.want || i.Problem != test.problem || i.Known() != test.known {
				t.Errorf("got %q, problem %q, known %v", i, i.Problem, i.Known())
			}
		})
	}
}

func make0(n int) []byte {
	zeros := make([]byte, n)
	for i := range zeros {
		zeros[i] = '0'
	}
	return zeros
}

func TestReadInstantOfAnAbsentClaim(t *testing.T) {
	t.Parallel()
	if i := ReadInstant(nil); i.Problem != Absent || i.Known() || i.String() != "" {
		t.Errorf("got %+v", i)
	}
}

func TestMillisecondsMeanTheTimeThatTheyGiveWhenDivided(t *testing.T) {
	t.Parallel()
	i := ReadInstant(claim(t, "1700000000123"))
	if want := time.UnixMilli(1700000000123); !i.Meant.Equal(want) {
		t.Errorf("meant %s, want %s", i.Meant, want)
	}
}

func TestRelativeSaysHowFarATimeIs(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		offset time.Duration
		want   string
	}{
		{0, "now"},
		{500 * time.Millisecond, "now"},
		{time.Second, "in 1 s"},
		{-59 * time.Second, "59 s ago"},
		{42*time.Minute + 59*time.Second, "in 42 min"},
		{-75 * time.Minute, "75 min ago"},
		{5*time.Hour + 4*time.Minute, "in 5 h 4 min"},
		{-24 * time.Hour, "24 h ago"},
		{-72 * time.Hour, "3 days ago"},
		{400 * 24 * time.Hour, "in 400 days"},
		{-4000 * 24 * time.Hour, "10 years ago"},
	}
	for _, test := range tests {
		if got := Relative(now.Add(test.offset), now); got != test.want {
			t.Errorf("%s: got %q, want %q", test.offset, got, test.want)
		}
	}
}

func TestRelativeOfATimeThousandsOfYearsAhead(t *testing.T) {
	t.Parallel()
	far := ReadInstant(claim(t, "1700000000000")).At
	now := time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC)
	if got := Relative(far, now); got != "in 53814 years" {
		t.Errorf("got %q", got)
	}
}
