package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// hook is the part of .pre-commit-hooks.yaml that is tried here.
type hook struct{ Entry, Files string }

func readHook(t *testing.T) hook {
	t.Helper()
	text, err := os.ReadFile("../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var hooks []hook
	if err := yaml.Unmarshal(text, &hooks); err != nil || len(hooks) != 1 {
		t.Fatalf("%d hooks: %v", len(hooks), err)
	}
	return hooks[0]
}

// runHook runs the hook as pre-commit does: with the names of the files that have changed behind
// its entry.
func runHook(t *testing.T, files map[string]string) (code int, output string) {
	t.Helper()
	dir := t.TempDir()
	args := strings.Fields(readHook(t).Entry)[1:]
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	var out bytes.Buffer
	code = Main(Env{
		Gateways: everyGateway(),
		Args:     args, Dir: dir, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out,
		LookupEnv: func(string) (string, bool) { return "", false },
		Now:       func() time.Time { return clock },
	})
	return code, out.String()
}

func TestThePreCommitHookPassesOverWhatIsNoPolicy(t *testing.T) {
	code, output := runHook(t, map[string]string{
		"gateway.json": `{"name": "no policy"}`,
		"policy.yaml":  "a: [", "mule-contracts.json": "[]",
	})
	if code != exitOK || strings.Contains(output, "gatewhy: error") {
		t.Errorf("exit code %d: %s", code, output)
	}
}

func TestThePreCommitHookFindsWhatIsWrong(t *testing.T) {
	files := map[string]string{"policy.json": open, "gateway.json": "{}"}
	if code, output := runHook(t, files); code != exitRejected {
		t.Errorf("exit code %d: %s", code, output)
	}
	if code, output := runHook(t, map[string]string{"policy.json": `{"assetId": ` +
		`"jwt-validation" `}); code != exitUsage {
		t.Errorf("exit code %d: %s", code, output)
	}
}

func TestThePreCommitHookIsCalledForConfigurationFiles(t *testing.T) {
	files := regexp.MustCompile(readHook(t).Files) // Go's syntax is Python's here
	for name, want := range map[string]bool{
		"policies/orders.json": true, "gateway/orders.yml": true, "terraform/anypoint.tf": true,
		"my Policy.JSON": true,
		"README.md":      false, "package.json": false, "policies/notes.txt": false,
	} {
		if files.MatchString(name) != want {
			t.Errorf("%s: %t", name, !want)
		}
	}
}
