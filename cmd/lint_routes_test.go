package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// TestARouteHidesNoFinding limits every policy of the rules' examples to one route: within it, all
// holds that was found of it before.
func TestARouteHidesNoFinding(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/rules/*/bad*.json")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		routed, ok := withRoute(text)
		if !ok {
			continue
		}
		tried++
		want, got := rulesFound(t, text), rulesFound(t, routed)
		for _, rule := range want {
			if !slices.Contains(got, rule) {
				t.Errorf("%s: %s is not found once the policy is limited to a route", name, rule)
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d examples are one policy that can be limited to a route", tried)
	}
}

// withRoute limits the policy of a file to a route; false where the file is not one policy.
func withRoute(text []byte) ([]byte, bool) {
	opening := []byte(`"configurationData"`)
	if bytes.Count(text, opening) != 1 || bytes.Contains(text, []byte("pointcutData")) {
		return nil, false
	}
	route := []byte(`"pointcutData": [{"methodRegex": "GET", "uriTemplateRegex": "/orders"}], `)
	return bytes.Replace(text, opening, append(route, opening...), 1), true
}

func rulesFound(t *testing.T, text []byte) []string {
	t.Helper()
	file, err := source.Read("policy.json", text)
	if err != nil {
		t.Fatal(err)
	}
	j := report.NewJudge(everyGateway(), rules.Options{}, nil)
	return names(j.Findings(file))
}
