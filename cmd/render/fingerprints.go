package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// Fingerprints names each of the findings, in their order.
func (l *Linting) Fingerprints() []string {
	prints := fingerprints{l: l, seen: make(map[string]int)}
	all := make([]string, len(l.Findings))
	for i, f := range l.Findings {
		all[i] = prints.of(f)
	}
	return all
}

// fingerprints names findings so that they are known again when lines are added before them: by the rule, the file, the
// field and the text of the line. Findings that agree in these are counted.
type fingerprints struct {
	l    *Linting
	seen map[string]int
}

func (p *fingerprints) of(f rules.Finding) string {
	text := ""
	if file := p.l.Sources[f.Pos.File]; file != nil {
		e := cutLine(shielded(file), f.Span)
		text = strings.TrimSpace(inspect.Safe(e.String()))
	}
	key := strings.Join([]string{f.Rule, filepath.ToSlash(f.Pos.File), f.Field, text}, "\x00")
	p.seen[key]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", key, p.seen[key]))
	return hex.EncodeToString(sum[:16])
}
