package cmd

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// splitByMethod replaces an estate's policies by two each: one of a method, one of all others.
func splitByMethod(t *testing.T, folder string) {
	t.Helper()
	for _, name := range filesLike(t, filepath.Join(folder, "policies", "*.json")) {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file map[string][]map[string]any
		if err := json.Unmarshal(content, &file); err != nil {
			t.Fatal(err)
		}
		var split []map[string]any
		others := "POST|PUT|DELETE|PATCH|HEAD|OPTIONS|TRACE|CONNECT"
		for i, methods := range []string{"GET", others} {
			one := map[string]any{}
			for field, value := range file["policies"][0] {
				one[field] = value
			}
			one["policyId"] = i
			one["pointcutData"] = []map[string]string{
				{"methodRegex": methods, "uriTemplateRegex": ".*"},
			}
			split = append(split, one)
		}
		text, err := json.Marshal(map[string]any{"policies": split})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// What helps in one class of requests does not help in another: the search for repairs asks in
// each.
func TestRepairsOfPoliciesOnRoutesAreFoundInEveryClassOfRequests(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../testdata/environments/oidc-skipped")); err != nil {
		t.Fatal(err)
	}
	splitByMethod(t, folder)
	stdout, stderr, _ := runIn(t, folder, "matrix", "--fix", "-o", "json")
	var got struct {
		Summary struct{ Wrong int } `json:"summary"`
		Fix     struct {
			Repairs []struct{ Titles []string }  `json:"repairs"`
			After   struct{ Wrong, Unknown int } `json:"summary_after"`
		} `json:"fix"`
	}
	if err := json.Unmarshal([]byte(stdout), &got); err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	if got.Summary.Wrong == 0 || got.Fix.After.Wrong != 0 || got.Fix.After.Unknown != 0 {
		t.Errorf("%d cells are wrong, and after the repairs %+v", got.Summary.Wrong, got.Fix.After)
	}
	if len(got.Fix.Repairs) != 3 {
		t.Errorf("%d gateways are repaired", len(got.Fix.Repairs))
	}
	for _, r := range got.Fix.Repairs {
		if len(r.Titles) != 2 {
			t.Errorf("one of the two policies is left: %v", r.Titles)
		}
	}
}

// What no own token needs, but lint finds, is tried too.
func TestAFindingIsRepairedWhereNoOwnTokenNeedsAChange(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(estates, "solution-a-v1"))); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(folder, "policies", "uat.json")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte(`"order": 1`), []byte(`"order": 1, "disabled": true`), 1)
	if err := os.WriteFile(name, text, 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, _ := runIn(t, folder, "matrix", "--fix", "--write")
	if !strings.Contains(stdout, "repair policy-disabled") {
		t.Errorf("the policy stays disabled:\n%s%s", stdout, stderr)
	}
	if stdout, _, code := runIn(t, folder, "matrix"); code != exitOK {
		t.Errorf("exit code %d after the repair\n%s", code, stdout)
	}
}

// The files that a repair of a cluster's policies gives are what makes every cell right.
func TestTheFilesOfARepairMakeEveryCellRight(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	if err := os.CopyFS(whole, os.DirFS(estates)); err != nil {
		t.Fatal(err)
	}
	for _, estate := range []string{
		"istio-any-token", "istio-one-slash", "istio-solution-a-v2", "istio-solution-b",
		"istio-solution-b-daemons", "envoy-gateway-any-token", "envoy-gateway-solution-a-v2",
	} {
		folder := filepath.Join(whole, estate)
		stdout, stderr, _ := runIn(t, folder, "matrix", "--fix", "-o", "json")
		var got struct {
			Fix struct {
				Repairs []struct {
					Files []struct{ File, Text string } `json:"files"`
				} `json:"repairs"`
			} `json:"fix"`
		}
		if err := json.Unmarshal([]byte(stdout), &got); err != nil {
			t.Fatalf("%s: %v\n%s", estate, err, stderr)
		}
		for _, r := range got.Fix.Repairs {
			for _, f := range r.Files {
				name := filepath.Join(folder, f.File)
				if err := os.WriteFile(name, []byte(f.Text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		if stdout, _, code := runIn(t, folder, "matrix"); code != 0 {
			t.Errorf("%s: exit code %d after the repair\n%s", estate, code, stdout)
		}
	}
}
