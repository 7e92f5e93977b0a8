package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// Fingerprints names findings so that they are known again when lines are added before them: by
// the rule, the file, the field and the text of the line, which line returns. Findings that agree
// in these are counted.
func Fingerprints(found []rules.Finding, line func(rules.Finding) string) []string {
	seen := make(map[string]int)
	all := make([]string, len(found))
	for i, f := range found {
		parts := []string{f.Rule, filepath.ToSlash(f.Pos.File), f.Field, line(f)}
		key := strings.Join(parts, "\x00")
		seen[key]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, seen[key]))
		all[i] = hex.EncodeToString(sum[:16])
	}
	return all
}
