package report

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// A file may be one line, as the answer of an API is: of a megabyte and 4,000 findings no copy is
// made for each of them. What is allocated beside it would count: it does not run in parallel.
func TestTheFingerprintsOfALongLineTakeOneLookAtIt(t *testing.T) {
	file := &source.File{Name: "p.json", Text: []byte(strings.Repeat("x ", 1<<19) + "\nshort")}
	l := &Linting{Sources: map[string]*source.File{file.Name: file}}
	for i := range 4000 {
		l.Findings = append(l.Findings, rules.Finding{
			Rule: "audience-optional", Field: fmt.Sprintf("field%d", i),
			Pos: source.Position{File: file.Name, Line: 1}, Span: source.Span{Start: i, End: i},
		})
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	prints := l.Fingerprints()
	runtime.ReadMemStats(&after)
	if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 64 {
		t.Errorf("%d MiB", mib)
	}
	file.Text[0] = 'y'
	if l.Fingerprints()[7] == prints[7] {
		t.Error("the fingerprint does not depend on the text of the line")
	}
}
