package inspect

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Inputs on which other command-line tools fail, mislead or let control characters through, as far
// as they concern decoding.
func TestAwkwardInputsAreDecodedAndTheirCauseIsTold(t *testing.T) {
	t.Parallel()
	good := entraToken(v1User)
	with := func(claim string) string { return entraToken(v1User + "," + claim) }
	graph := b64(`{"typ":"JWT","alg":"RS256","kid":"k1","nonce":"n"}`) + "." +
		b64(
			"{"+strings.Replace(v1User, "api://orders-uat", "https://graph.microsoft.com", 1)+
				"}") + "." + b64(strings.Repeat("s", 256))
	tests := []struct {
		name  string
		paste string
		tells []string // ids of notes, observations and traits
	}{
		{"a line break at the end", good + "\n", nil},
		{"Bearer in front", "Bearer " + good, nil},
		{"Authorization: Bearer in front", "Authorization: Bearer " + good, nil},
		{"quotes around it", `"` + good + `"`, nil},
		{
			"a token endpoint's answer", `{"token_type":"Bearer","access_token":"` + good + `"}`,
			nil,
		},
		{"lines of 76 characters", wrap(good, 76, "", ""), []string{"white-space"}},
		{
			"alg none", b64(`{"alg":"none","kid":"k"}`) + "." + b64("{"+v1User+"}") + ".",
			[]string{"unsigned"},
		},
		{
			"a header without alg",
			b64(`{"typ":"JWT","kid":"k"}`) + "." + b64("{"+v1User+"}") + "." + b64("s"),
			[]string{"alg-missing"},
		},
		{"roles twice", with(`"roles":["a"],"roles":["b"]`), []string{"duplicate-member"}},
		{
			"an escape sequence and OSC 52 in a claim",
			with(`"x":"\u001b[31m\u001b]52;c;aGk=\u0007"`),
			[]string{"hidden-character"},
		},
		{
			"bidirectional, C1 and zero-width characters in a claim",
			with(`"x":"\u202e\u009b\u200b"`),
			[]string{"hidden-character"},
		},
		{"a token for Microsoft Graph", graph, []string{"graph-nonce", "microsoft-api"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, err := Locate(test.paste)
			if err != nil {
				t.Fatal(err)
			}
			token := Parse(found.Text)
			if token.Fault != nil {
				t.Fatal(token.Fault.Cause)
			}
			p := Describe(token)
			told := ids(found.Notes, p.Observations, p.Traits)
			for _, id := range test.tells {
				if !slices.Contains(told, id) {
					t.Errorf("%q lack %q", told, id)
				}
			}
			if len(test.tells) == 0 && len(ids(found.Notes, p.Observations)) > 0 {
				t.Errorf("%q is told of an input with nothing odd", told)
			}
			if p.ExpiresAt.String() != "2023-11-14T23:18:20Z" {
				t.Errorf("expires at %q", p.ExpiresAt)
			}
		})
	}
}

func ids(lists ...[]Observation) []string {
	var all []string
	for _, list := range lists {
		for _, o := range list {
			if o.ID != "lifetime" && o.ID != "cloud-ambiguous" {
				all = append(all, o.ID)
			}
		}
	}
	return all
}

// Sample tokens as Microsoft's documentation prints them: the authors cut the signatures of two
// and changed ids in three (learn.microsoft.com/entra/identity-platform/access-tokens and
// id-tokens).
func TestTokensOfDocumentationDecodeAndWhatIsBrokenInThemIsReported(t *testing.T) {
	t.Parallel()
	const (
		elsewhere = `,"idp":"https://sts.windows.net/11111111-2222-3333-4444-555555555555/"`
		cut       = "1MB-q15eNRpv8Gzo_x1"
	)
	whole := b64(strings.Repeat("s", 256))
	shorter := strings.TrimSuffix(tenantID, "1")
	token := func(claims, more, signature string) string {
		return b64(entraRS) + "." + b64("{"+claims+"}") + more + "." + signature
	}
	v1Access := strings.Replace(v1User, "api://orders-uat", apiID, 1) + elsewhere
	v1ID := v1Base + `,"aud":"` + apiID + `","oid":"o1","sub":"s1","nonce":"n"` + elsewhere
	personal := strings.Replace(v2ID, `"oid":"o1"`, `"oid":"00000000-0000-0000-66f3-3332eca7ea81"`,
		1)
	tests := []struct {
		name, token string
		want        summary
	}{
		{
			"a v1.0 access token, its tenant and its signature cut",
			token(strings.Replace(v1Access, "/"+tenantID, "/"+shorter, 1), "", cut),
			summary{
				KindAccess, ByEntra, "1.0", Delegated, "appid", GUID, "none", "guest",
				"signature-length signature," +
					"tenant-mismatch claims.tid,tenant-malformed claims.iss",
			},
		},
		{
			"a v2.0 access token of an API that calls itself, its signature cut",
			token(strings.Replace(v2User, clientA, apiID, 1), "", cut),
			summary{
				KindAccess, ByEntra, "2.0", Delegated, "azp", GUID, "none", "client-is-audience",
				"signature-length signature",
			},
		},
		{
			"a v1.0 ID token whose payload is padded", token(v1ID+`,"x":1`, "=", whole),
			summary{
				KindID, ByEntra, "1.0", FlowUnknown, "", GUID, "", "guest",
				"base64-padding payload",
			},
		},
		{
			"a v2.0 ID token of a personal account, its tenant changed",
			token(personal, "", whole),
			summary{
				KindID, ByEntra, "2.0", FlowUnknown, "", GUID, "", "",
				"personal-account-elsewhere claims.oid",
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			token := Parse(test.token)
			if token.Fault != nil {
				t.Fatal(token.Fault.Cause)
			}
			p := Describe(token)
			if diff := cmp.Diff(test.want, summarize(&p)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
