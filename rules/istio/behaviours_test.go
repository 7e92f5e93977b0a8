package istio

import (
	"os"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// What is called observed of istiod is in a recording, in these words.
func TestWhatIstiodDoesIsRecorded(t *testing.T) {
	t.Parallel()
	recorded := map[string]struct{ file, says string }{
		"policy-refused": {"action-in-lower-case", `"by":"the API server"`},
		"field-unknown":  {"audience-for-audiences", "unknown field"},
		"selected": {
			"root-namespace", `"selected":["AuthorizationPolicy istio-system/`,
		},
		"label-null":   {"label-null", `"selected":["AuthorizationPolicy orders/callers"]`},
		"no-jwt-rules": {"empty-jwt-rules", `"rbac":[{"rules":`},
		"jwt-rules":    {"doc-two-issuers", `{"allowMissing":{}}`},
		"split-claims": {
			"kyma-scopes-split", `"spaceDelimitedClaims":["permission","scope","scp"]`,
		},
		"principal-split": {"doc-token-needed", `{"key":"sub"}`},
		"no-rules":        {"doc-allow-nothing", `{"notRule":{"any":true}}`},
		"allow-rule-left-out": {
			"bad-address-allow", `"why":"ParseAddr(\"office\"): unable to parse IP"`,
		},
		"deny-condition-left-out": {
			"bad-address-deny", `"why":"a condition: ParseAddr(\"office\"): unable to parse IP"`,
		},
		"attribute-unknown": {"custom-key", `"why":"unknown attribute custom.team"`},
		"dry-run":           {"doc-dry-run", `"rbac":[{"shadowRules":`},
	}
	for _, h := range handling() {
		if h.Evidence.Level != rules.Observed {
			continue
		}
		from := recorded[h.Situation]
		text, err := os.ReadFile(translations + from.file + ".jsonl")
		if err != nil || !strings.Contains(string(text), from.says) {
			t.Errorf("%s: %q does not have %s: %v", h.Situation, from.file, from.says, err)
		}
	}
}
