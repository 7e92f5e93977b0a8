package report

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/gateways"
	"github.com/gatewhy/gatewhy/rules"
)

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
				Say:      func(string, string) {},
				Progress: func(*atomic.Int64, int, string) func() { return func() {} },
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
