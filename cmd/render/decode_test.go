package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
)

// decodingOf decodes a token with its personal claims masked.
func decodingOf(t *testing.T, claims string) *report.Decoding {
	t.Helper()
	token := tokenWith(claims)
	d := &report.Decoding{
		Token: token, Profile: inspect.Describe(token), At: noon(), Redact: true,
	}
	d.AddNext(report.CommandLine{})
	return d
}

func decoded(claims string) func(*testing.T) *report.Decoding {
	return func(t *testing.T) *report.Decoding { return decodingOf(t, claims) }
}

func TestDecodings(t *testing.T) {
	t.Parallel()
	golden(t, "decode", Formats().Decode, []row[*report.Decoding]{
		{
			fact:   "a users token is shown with its personal claims masked",
			style:  Style{Unicode: true, Width: 120},
			report: decoded(hostileClaims),
		},
		{
			fact:    "an apps token is shown as such",
			formats: []string{"text", "json"},
			report:  decoded(ownClaims),
		},
		{
			fact:    "a token for Microsofts own API must not be checked by others",
			formats: []string{"text"},
			report: decoded(`{"aud":"00000003-0000-0000-c000-000000000000","iss":"` + issuer +
				`","tid":"` + tenant + `","ver":"1.0","appid":"` + client +
				`","appidacr":"0","scp":"User.Read",` + times + `}`),
		},
		{
			fact:    "what is odd in a token is listed",
			formats: []string{"text", "json"},
			style:   Style{Unicode: true},
			report: decoded(`{"aud":["api://a","b"],"iss":"https://issuer.example/","a":1,` +
				`"a":{"b":2,"b":3},"iat":1772399999,"exp":1772366400,` +
				`"list":["1","2","3","4","5"],` +
				`"empty":"","number":"12","long":"` + strings.Repeat("0123456789 ", 30) + `"}`),
		},
		{
			fact:    "a text that is no readable token says what to do",
			formats: []string{"text", "json", "markdown"},
			report: func(t *testing.T) *report.Decoding {
				token := inspect.Parse("opaque-text-of-somebody")
				d := &report.Decoding{Token: token, Profile: inspect.Describe(token), At: noon()}
				d.AddNext(report.CommandLine{})
				return d
			},
		},
	})
}

func TestAudiencesAreNamedByTheirForm(t *testing.T) {
	t.Parallel()
	for aud, want := range map[string]string{
		`"api://orders"`:                "an App ID URI",
		`"` + client + `"`:              "an application id",
		`"spn:` + client + `"`:          "spn: and an application id",
		`"https://graph.microsoft.com"`: "the audience of a Microsoft API",
		`"orders"`:                      "neither an App ID URI nor an application id",
		`["a","b"]`:                     "a list, which Entra ID never writes",
		`7`:                             "",
	} {
		p := decodingOf(t, `{"ver":"1.0","iss":"`+issuer+`","aud":`+aud+`}`).Profile
		if got := audienceForm(p); got != want {
			t.Errorf("%s: got %q, want %q", aud, got, want)
		}
	}
}

func TestASummaryNamesWhatAReaderNeeds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ fact, claims, want string }{
		{
			"a token of an app", ownClaims,
			"Entra ID v1.0 access token, app-only, for api://orders-uat, " +
				"client appid 6f0e1c2a-…000000c3, tenant 5c1f0a7e-…2b6d9a11, 50 min left",
		},
		{
			"an ID token of Azure AD B2C",
			`{"iss":"https://contoso.b2clogin.com/` + tenant + `/v2.0/","ver":"1.0","nonce":"n",` +
				`"aud":"` + client + `","exp":1772300000}`,
			"Azure AD B2C ID token, for 6f0e1c2a-0000-4000-8000-0000000000c3, " +
				"tenant 5c1f0a7e-…2b6d9a11, expired 18 h 26 min ago",
		},
		{
			"a token of an issuer that is not Entra ID",
			`{"iss":"https://accounts.example.com/","aud":"me","exp":1772300000}`,
			"token from accounts.example.com, for me, expired 18 h 26 min ago",
		},
		{
			"a token that is not valid yet", `{"nbf":1772400000}`,
			"token of an unknown kind, valid in 9 h 20 min",
		},
		{
			"a token that never expires", `{"sub":"x"}`,
			"token of an unknown kind, without an expiry",
		},
		{
			"a client of Microsoft's own", `{"ver":"1.0","iss":"` + issuer +
				`","appid":"04b07795-8ddb-461a-bbee-02f9e1bf7b46","exp":"soon"}`,
			"Entra ID v1.0 access token, client appid Microsoft Azure CLI, " +
				"tenant 5c1f0a7e-…2b6d9a11",
		},
	} {
		t.Run(test.fact, func(t *testing.T) {
			if got := FullSummary(decodingOf(t, test.claims).Profile, noon()); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// claimOf looks a claim up in the token with hostile claims.
func claimOf(t *testing.T, name string) *report.Claim {
	return report.NewClaim(decodingOf(t, hostileClaims), name)
}

func TestClaims(t *testing.T) {
	t.Parallel()
	in := func(claims, name string) func(*testing.T) *report.Claim {
		return func(t *testing.T) *report.Claim {
			return report.NewClaim(decodingOf(t, claims), name)
		}
	}
	golden(t, "claim", Formats().Claim, []row[*report.Claim]{
		{
			fact:   "a claim is shown with its value and its meaning",
			report: in(hostileClaims, "aud"),
		},
		{
			fact:    "a personal claim is masked and said to be personal",
			formats: []string{"text"},
			report:  in(hostileClaims, "upn"),
		},
		{fact: "a claim that the token lacks is said to be missing", report: in(ownClaims, "scp")},
		{
			fact: "without a token the meaning alone is shown",
			report: func(*testing.T) *report.Claim {
				return report.NewClaim(&report.Decoding{At: noon()}, "xms_cc")
			},
		},
		{
			fact: "of a text that cannot be read no claim is known",
			report: func(*testing.T) *report.Claim {
				token := inspect.Parse("opaque-text-of-somebody")
				return report.NewClaim(&report.Decoding{Token: token, At: noon()}, "tid")
			},
		},
	})
}

func TestOfVeryManyClaimsTheFirstThousandAreListed(t *testing.T) {
	t.Parallel()
	var claims []string
	for i := range mostMembers + 2 {
		claims = append(claims, fmt.Sprintf(`"c%04d":%d`, i, i))
	}
	var out strings.Builder
	d := decodingOf(t, "{"+strings.Join(claims, ",")+"}")
	if err := Formats().Decode.Write(&out, "text", Style{Detail: All}, d); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if !strings.Contains(text, "c0999") || strings.Contains(text, "c1000") ||
		!strings.Contains(text, "and 2 more: -o json lists them all") {
		t.Error(text[len(text)-300:])
	}
}

func TestAMeaningFollowsTheTokensKindAndFlow(t *testing.T) {
	tests := []struct {
		name    string
		profile inspect.Profile
		claim   string
		want    string
	}{
		{
			"an ID token is for an app",
			inspect.Profile{Kind: inspect.KindID},
			"aud", "the app that the ID token is for",
		},
		{
			"any other is for an API",
			inspect.Profile{Kind: inspect.KindAccess},
			"aud", "the API that the token is for",
		},
		{
			"a user's roles are the user's",
			inspect.Profile{Flow: inspect.Delegated},
			"roles", "the app roles of the user",
		},
		{
			"an application's are its permissions",
			inspect.Profile{Flow: inspect.AppOnly},
			"roles", "the application permissions of an app-only token",
		},
		{
			"where the flow is not known, either",
			inspect.Profile{Flow: inspect.FlowUnknown},
			"roles", "the application permissions or app roles that were granted",
		},
		{
			"a name keeps its capital",
			inspect.Profile{},
			"puid", "an id that Microsoft uses for the user; must not decide who gets access",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := newDecoding(&report.Decoding{Profile: test.profile})
			if got := d.meaning("claims", test.claim); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
