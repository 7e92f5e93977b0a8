package cmd

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
)

// The sample tokens of Microsoft's documentation. Several are broken, on purpose or by editing.
func TestDecodeTellsWhatIsBrokenInTheDocumentationsTokens(t *testing.T) {
	text, err := os.ReadFile("../../shared/corpus/entra/tokens/doc_tokens.json")
	if err != nil {
		t.Skip("the corpus is not here: ", err)
	}
	var tokens []struct{ Name, Token string }
	if err := json.Unmarshal(text, &tokens); err != nil {
		t.Fatal(err)
	}
	says := map[string][]string{
		"doc_access_v1": {
			"v1.0 access token, delegated", "[signature-length]", "[tenant-mismatch]",
			"[tenant-malformed]",
		},
		"doc_access_v2": {"v2.0 access token, delegated", "[signature-length]"},
		"doc_id_v1":     {"v1.0 ID token", "[base64-padding]"},
		"doc_id_v2_msa": {"v2.0 ID token", "[personal-account-elsewhere]"},
	}
	for _, token := range tokens {
		t.Run(token.Name, func(t *testing.T) {
			want, known := says[token.Name]
			if !known {
				t.Fatal("there is no expectation of this token")
			}
			code, stdout, stderr := run(nil, "", token.Token, "decode")
			for _, phrase := range want {
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
