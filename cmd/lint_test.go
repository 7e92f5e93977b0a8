package cmd

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

func TestWhatIsRememberedOfOtherFilesChangesNoFinding(t *testing.T) {
	t.Parallel()
	lint := func(j *report.Judge, text string) (all []string) {
		file, err := source.Read("policy.yaml", []byte(text))
		if err != nil {
			return nil
		}
		for _, f := range j.Findings(file) {
			all = append(all, f.Pos.String()+" "+string(f.Severity)+" "+f.Message+" "+f.Rule)
		}
		return all
	}
	var texts []string
	seen := 0
	fresh := map[string][]string{} // what is found where nothing is remembered
	for _, rule := range everyGateway().Catalogue() {
		for _, kind := range []string{"ok", "bad"} {
			found, err := examples.Of(rule.Name, kind)
			if err != nil {
				t.Fatal(err)
			}
			for _, example := range found {
				if seen++; seen%oneExampleOf != 0 {
					continue
				}
				texts = append(texts, example.Text)
				j := report.NewJudge(everyGateway(), rules.Options{}, nil)
				fresh[example.Text] = lint(j, "\n"+example.Text)
			}
		}
	}
	remembering := report.NewJudge(everyGateway(), rules.Options{}, nil)
	for range 2 {
		slices.Reverse(texts)
		for _, text := range texts {
			if diff := cmp.Diff(fresh[text], lint(remembering, "\n"+text)); diff != "" {
				t.Fatalf("%s\n%s", text, diff)
			}
			lint(remembering, text)
		}
	}
}

// open is a policy that accepts any client of the tenant, if it stands alone.
const open = `{"assetId": "openidconnect-access-token-enforcement", "assetVersion": "1.3.0", ` +
	`"order": 2, "configurationData": {"skipClientIdValidation": true}}`

func TestPoliciesOfOneAPIAreJudgedTogether(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		text string
		want rules.Severity // of any-client-accepted; empty for no finding
	}{
		"alone it is open": {open, rules.Error},
		"Client ID Enforcement closes it": {`[` + open + `, {
			"assetId": "client-id-enforcement", "assetVersion": "1.3.2",
			"order": 1, "configurationData": {
			"clientIdExpression": "#[attributes.headers['client_id']]",
			"clientSecretExpression": "#[attributes.headers['client_secret']]"}}]`, ""},
		"a policy of one's own may close it": {`[` + open + `, {"groupId": "my-group", ` +
			`"assetId": "my-policy", "assetVersion": "1.0.0", "order": 1, ` +
			`"configurationData": {}}]`, rules.Note},
		"a disabled policy does not": {`[` + open + `, {"groupId": "my-group", ` +
			`"assetId": "my-policy", "assetVersion": "1.0.0", "order": 1, "disabled": true, ` +
			`"configurationData": {}}]`, rules.Error},
		"a policy for some routes does not": {`[` + open + `, {
			"groupId": "my-group", "assetId": "my-policy",
			"assetVersion": "1.0.0", "order": 1, "configurationData": {}, "pointcutData": [
			{"methodRegex": "GET", "uriTemplateRegex": "/orders"}]}]`, rules.Error},
		"another API's policy does not": {`[{"apiId": 1, "order": 1, 
			"assetId": "openidconnect-access-token-enforcement", "assetVersion": "1.3.0",
			"configurationData": {"skipClientIdValidation": true}},
			{"apiId": 2, "order": 1, "assetId": "client-id-enforcement",
			"assetVersion": "1.3.2", "configurationData": {
			"clientIdExpression": "#[attributes.headers['client_id']]"}}]`, rules.Error},
		"what only a deployment knows may close it": {`{"assetId": "jwt-validation", ` +
			`"assetVersion": "1.4.0", "configurationData": {"skipClientIdValidation": true, ` +
			`"validateAudClaim": true, "supportedAudiences": "${aud}"}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := source.Read("policy.json", []byte(row.text))
			if err != nil {
				t.Fatal(err)
			}
			j := report.NewJudge(everyGateway(), rules.Options{}, nil)
			found := j.Findings(file)
			i := slices.IndexFunc(
				found,
				func(f rules.Finding) bool { return f.Rule == "any-client-accepted" },
			)
			switch {
			case i < 0 && row.want != "":
				t.Errorf("found %v, want any-client-accepted", names(found))
			case i >= 0 && found[i].Severity != row.want:
				t.Errorf("%s, want %q", found[i].Severity, row.want)
			}
		})
	}
}

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

// BenchmarkLintOfAThousandFiles lints every bad example over and over. On one core (-cpu 1) a
// thousand files have to take less than a second, and the program less than 128 MiB.
func BenchmarkLintOfAThousandFiles(b *testing.B) {
	dir := b.TempDir()
	writeExamples(b, dir, 1000)
	env := Env{
		Gateways:  everyGateway(),
		Args:      []string{"lint", dir},
		Stdin:     strings.NewReader(""),
		Stdout:    io.Discard,
		Stderr:    io.Discard,
		LookupEnv: func(string) (string, bool) { return "", false },
		Now:       func() time.Time { return clock },
	}
	b.ReportAllocs()
	for b.Loop() {
		if code := Main(env); code != exitRejected {
			b.Fatalf("exit code %d", code)
		}
	}
}

// writeExamples writes so many files, the bad examples in turn.
func writeExamples(b *testing.B, dir string, n int) {
	b.Helper()
	var all []examples.Example
	for _, rule := range everyGateway().Catalogue() {
		found, err := examples.Of(rule.Name, "bad")
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, found...)
	}
	for i := range n {
		example := all[i%len(all)]
		name := filepath.Join(dir, fmt.Sprintf("%04d%s", i, filepath.Ext(example.Name)))
		if err := os.WriteFile(name, []byte(example.Text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
}
