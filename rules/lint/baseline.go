package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// baselineVersion is the schema version of baselines.
const baselineVersion = 1

// Baseline is a file with the findings that were there when it was written: only new ones count.
type Baseline struct {
	SchemaVersion int     `json:"schema_version"`
	Findings      []Known `json:"findings"`
}

// Known is a finding of a baseline.
type Known struct {
	Rule        string `json:"rule"`
	File        string `json:"file"`
	Fingerprint string `json:"fingerprint"`
}

// NewBaseline returns a baseline with these findings.
func NewBaseline(found []Known) *Baseline {
	return &Baseline{SchemaVersion: baselineVersion, Findings: append([]Known{}, found...)}
}

// ReadBaseline reads a baseline. It is not ok where the text is not a baseline.
func ReadBaseline(text []byte) (b *Baseline, ok bool) {
	err := json.Unmarshal(text, &b)
	// a report of lint has no fingerprints
	nameless := func(k Known) bool { return k.Fingerprint == "" }
	return b, err == nil && b != nil && b.SchemaVersion == baselineVersion &&
		!slices.ContainsFunc(b.Findings, nameless)
}

// Knows lists the fingerprints of the findings.
func (b *Baseline) Knows() map[string]bool {
	all := make(map[string]bool, len(b.Findings))
	for _, entry := range b.Findings {
		all[entry.Fingerprint] = true
	}
	return all
}

// Fingerprints names findings so that they are known again when lines are added before them: by
// the rule, the file as it is called, the field and the text of the line. Findings that agree in
// these are counted.
func Fingerprints(
	found []rules.Finding, called func(file string) string, line func(rules.Finding) string,
) []string {
	seen := make(map[string]int)
	all := make([]string, len(found))
	for i, f := range found {
		parts := []string{f.Rule, filepath.ToSlash(called(f.Pos.File)), f.Field, line(f)}
		key := strings.Join(parts, "\x00")
		seen[key]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, seen[key]))
		all[i] = hex.EncodeToString(sum[:16])
	}
	return all
}
