package cmd

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/oracles/recording"
)

const oracles = "../testdata/oracles/"

// A real gateway is built from a module of its own, or installed; nothing of it is linked.
func TestNoRealGatewayIsLinked(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for program, module := range map[string]string{
		"oauth2-proxy": "oauth2-proxy", "istio": "istio.io", "cel": "cel-go",
		"envoy-gateway": "envoyproxy/gateway",
	} {
		if strings.Contains(string(text), module) {
			t.Error("go.mod requires", module)
		}
		if _, err := os.Stat(oracles + program + "/go.mod"); err != nil {
			t.Error("what is built there is no module of its own:", err)
		}
	}
}

// The recordings of a program are of one day and one version: that of its module if it has one.
func TestRecordingsAreOfOneVersion(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(recording.Path(oracles + "*/*"))
	if err != nil || len(files) == 0 {
		t.Fatal("no recordings", err)
	}
	first := map[string]*recording.Recording{}
	for _, file := range files {
		r, err := recording.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		if first[r.Program] == nil {
			first[r.Program] = r
		}
		if f := first[r.Program]; r.Version != f.Version || r.Date != f.Date {
			t.Errorf("%s: %s of %s, and others are %s of %s",
				file, r.Version, r.Date, f.Version, f.Date)
		}
	}
	for program, r := range first {
		text, err := os.ReadFile(oracles + program + "/go.mod")
		if os.IsNotExist(err) {
			continue // it is installed
		} else if err != nil {
			t.Fatal(err)
		}
		pinned := regexp.MustCompile(
			`(?m)^\s\S*/` + regexp.QuoteMeta(program) + `\S* ` +
				regexp.QuoteMeta(r.Version) + `\b`)
		if !pinned.Match(text) {
			t.Errorf("%s: recorded with %s, which its go.mod does not pin", program, r.Version)
		}
	}
}
