package report

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/gateways"
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

const policyOfClaim = `{"assetId": "jwt-validation", "configurationData": {"jwtKeyOrigin": "jwks",
	"jwksUrl": "https://login.microsoftonline.com/common/discovery/keys"}}`

// A folder of thousands of policies, each with expressions that are tried on hundreds of tokens,
// took minutes. Nobody is told a part of what such a run finds.
func TestARunThatLooksAtTooMuchEndsAndSaysSo(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		files int
		looks func(*linter)
		says  string
	}{
		"several files whose policies take too many looks": {
			2, func(l *linter) { l.Looked.Store(rules.MostLooked + 1) },
			"more than 6000000 conditions",
		},
		"several files with too many values": {
			2, func(l *linter) { l.held.Store(1 << 30) }, "more than 750000 values in all",
		},
		"one file has limits of its own": {
			1, func(l *linter) { l.Looked.Store(rules.MostLooked + 1) }, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			var found []Found
			for i := range tt.files {
				name := filepath.Join(dir, string(rune('a'+i))+".json")
				if err := os.WriteFile(name, []byte(policyOfClaim), 0o600); err != nil {
					t.Fatal(err)
				}
				found = append(found, Found{Name: name, Named: true})
			}
			m := &Maker{
				Gateways: gateways.All(), Stdin: strings.NewReader(""),
				Say: func(string, string) {},
			}
			run := linter{Judge: NewJudge(m.Gateways, rules.Options{}, nil), maker: m}
			tt.looks(&run)
			results := run.all(found)
			err := run.beyond(len(found), []string{"policies"})
			switch {
			case tt.says == "":
				if err != nil || results[0].policies != 1 {
					t.Errorf("%v, %d policies", err, results[0].policies)
				}
			case err == nil || !strings.Contains(err.Error(), tt.says):
				t.Errorf("got %v, want %s", err, tt.says)
			case results[0].policies != 0:
				t.Error("a file was linted all the same")
			}
		})
	}
}

func TestFilesThatAreReadTogetherHaveALimitOfValuesInAll(t *testing.T) {
	t.Parallel()
	items := make([]*source.Value, 600_000)
	for i := range items {
		items[i] = &source.Value{Kind: source.Null}
	}
	file := &source.File{
		Name: "cluster.yaml", Documents: []*source.Value{{Kind: source.List, Items: items}},
	}
	names := []string{"cluster"}
	if err := heldBeyond([]*source.File{file}, names); err != nil {
		t.Errorf("one file: %v", err)
	}
	const want = "cluster: these files have more than 750000 values in all, the most that are " +
		"looked at together"
	if err := heldBeyond([]*source.File{file, file}, names); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
