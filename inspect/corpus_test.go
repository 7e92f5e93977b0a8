package inspect

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// corpus reads a file of real material, which a user's clone does not have.
func corpus(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "shared", "corpus", filepath.FromSlash(name)))
	if err != nil {
		t.Skipf("the corpus is not here: %v", err)
	}
	return data
}

// The sample tokens of learn.microsoft.com/entra/identity-platform/access-tokens and id-tokens. Their authors cut the
// signatures of two and changed ids in three.
func TestTheDocumentationTokensDecodeAndWhatIsBrokenInThemIsTold(t *testing.T) {
	var tokens []struct{ Name, Token string }
	if err := json.Unmarshal(corpus(t, "entra/tokens/doc_tokens.json"), &tokens); err != nil {
		t.Fatal(err)
	}
	want := map[string]summary{
		"doc_access_v1": {
			KindAccess, ByEntra, "1.0", Delegated, "appid", GUID, "none", "guest",
			"base64-non-canonical signature,signature-length signature,tenant-mismatch claims.tid,tenant-malformed claims.iss",
		},
		"doc_access_v2": {
			KindAccess, ByEntra, "2.0", Delegated, "azp", GUID, "none", "client-is-audience",
			"base64-non-canonical signature,signature-length signature",
		},
		"doc_id_v1":     {KindID, ByEntra, "1.0", FlowUnknown, "", GUID, "", "guest", "base64-padding payload"},
		"doc_id_v2_msa": {KindID, ByEntra, "2.0", FlowUnknown, "", GUID, "", "", "personal-account-elsewhere claims.oid"},
	}
	for _, sample := range tokens {
		t.Run(sample.Name, func(t *testing.T) {
			token := Parse(sample.Token)
			if token.Fault != nil {
				t.Fatal(token.Fault.Cause)
			}
			p := Describe(token)
			if diff := cmp.Diff(want[sample.Name], summarize(&p)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if len(tokens) != len(want) {
		t.Errorf("%d tokens, want %d", len(tokens), len(want))
	}
}
