package cmd

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
)

// Who asks what a claim means on a terminal has no token to paste.
func TestAClaimIsExplainedOnATerminalWithoutAskingForAToken(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	code := Main(Env{
		Gateways: everyGateway(),
		Args:     []string{"decode", "--claim", "aud"}, Stdout: &stdout, Stderr: &stderr,
		Now:       func() time.Time { return clock },
		LookupEnv: environment(nil),
		Terminal: Terminal{Stdin: true, ReadHidden: func(string) (string, error) {
			t.Error("a token was asked for")
			return "", nil
		}},
	})
	if code != exitOK || !strings.Contains(stdout.String(), "The API that the token is for") {
		t.Errorf("exit code %d\n%s%s", code, &stdout, &stderr)
	}
}

// Tokens as documentation shows them: shortened, padded or edited by hand.
func TestDecodeTellsWhatIsBrokenInTokensOfDocumentation(t *testing.T) {
	t.Parallel()
	const (
		tenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
		v1     = `{"typ":"JWT","alg":"RS256","x5t":"k","kid":"k"}`
		v2     = `{"typ":"JWT","alg":"RS256","kid":"k"}`
		times  = `,"iat":1777000000,"nbf":1777000000,"exp":1777003900,"aio":"a","rh":"I","uti":"u"`
		user   = times + `,"oid":"690222be-ff1a-4d56-abd1-7e4f7d38e474","sub":"s","name":"Ann"` +
			`,"tid":"` + tenant + `"`
		ofV2 = `{"ver":"2.0","iss":"https://login.microsoftonline.com/` + tenant + `/v2.0"` +
			`,"aud":"6e74172b-be56-4843-9ff4-e66a39bb12e3"`
		ofV1 = `{"ver":"1.0","aud":"b14a7505-96e9-4927-91e8-0601d0fc9caa"` +
			`,"iss":"https://sts.windows.net/`
	)
	whole, cut := part(strings.Repeat("s", 256)), "1MB-q15eNRpv8Gzo_x1"
	for _, test := range []struct {
		name, header, claims, padding, signature string
		says                                     []string
	}{
		{
			"a v1.0 access token without the end of its tenant and of its signature", v1,
			ofV1 + strings.TrimSuffix(tenant, "1") + `/","appid":"` + tenant + `"` +
				`,"appidacr":"0","scp":"user_impersonation"` + user + `}`,
			"", cut,
			[]string{
				"v1.0 access token, delegated", "[signature-length]", "[tenant-mismatch]",
				"[tenant-malformed]",
			},
		},
		{
			"a v2.0 access token without the end of its signature", v2,
			ofV2 + `,"azp":"` + tenant + `","azpacr":"0","scp":"access_as_user"` + user + `}`,
			"", cut,
			[]string{"v2.0 access token, delegated", "[signature-length]"},
		},
		{
			"a v1.0 ID token that is padded", v1, ofV1 + tenant + `/","nonce":"1"` + user + `}`,
			"=", whole,
			[]string{"v1.0 ID token", "[base64-padding]"},
		},
		{
			"a v2.0 ID token of a personal account in another tenant", v2,
			strings.Replace(ofV2+`,"nonce":"1"`+user+`}`, "690222be-ff1a-4d56-abd1-7e4f7d38e474",
				"00000000-0000-0000-66f3-3332eca7ea81", 1),
			"", whole,
			[]string{"v2.0 ID token", "[personal-account-elsewhere]"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			token := part(test.header) + "." + part(test.claims) + test.padding + "." +
				test.signature
			code, stdout, stderr := run(nil, "", token, "decode", "-v")
			for _, phrase := range test.says {
				if code != exitOK || !strings.Contains(stdout, phrase) {
					t.Errorf("exit code %d, want %q in\n%s%s", code, phrase, stdout, stderr)
				}
			}
			if inspect.SafeText(stdout) != stdout || strings.Contains(stdout, "eyJ") {
				t.Errorf("the output is not safe, or holds a token:\n%s", stdout)
			}
		})
	}
}
