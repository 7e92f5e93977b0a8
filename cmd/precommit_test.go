package cmd

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/gatewhy/gatewhy/cmd/report"
)

// hook is the part of .pre-commit-hooks.yaml that is tried here.
type hook struct{ Entry, Files, Language string }

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
	t.Parallel()
	code, output := runHook(t, map[string]string{
		"gateway.json": `{"name": "no policy"}`,
		"policy.yaml":  "a: [", "mule-contracts.json": "[]",
		"package.json":      `{"name": "orders", "version": "1.0.0"}`,
		"package-lock.json": `{"packages": {"": {}}}`,
		"chart.yaml":        "{{- if .Values.x }}\nkind: {{ .Values.kind }}\n{{- end }}",
		"empty.json":        "", "list.yml": "- a\n",
		"main.tf":       "resource \"aws_s3_bucket\" \"logs\" {\n  bucket = var.name\n}\n",
		"bad.tf":        "resource {",
		"compose.yaml":  "services:\n  db: {image: postgres}\n",
		"tsconfig.json": "{\n  // comments\n  \"a\": 1,\n}",
		"setup.cfg":     "[metadata]\nversion = attr: orders.version\n",
	})
	if code != exitOK || strings.Contains(output, "gatewhy: error") {
		t.Errorf("exit code %d: %s", code, output)
	}
}

// What lint finds in a folder, the hook must not pass over.
func TestThePreCommitHookTakesTheFilesThatLintLooksForInAFolder(t *testing.T) {
	t.Parallel()
	files := regexp.MustCompile(readHook(t).Files)
	for _, name := range []string{
		"a.json", "a.yaml", "a.yml", "main.tf", "oauth2-proxy.cfg", "oauth2-proxy.toml", "A.JSON",
		"a.go", "cfg",
	} {
		if got := files.MatchString(name); got != report.IsConfiguration(name) {
			t.Errorf("%s: the hook takes it: %t", name, got)
		}
	}
}

// terraformOfOpen is a policy in a file whose name says nothing.
const terraformOfOpen = `resource "anypoint_apim_policy_jwt_validation" "this" {
  configuration_data {
    signing_method            = "none"
    skip_client_id_validation = true
  }
}
`

func TestThePreCommitHookFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	files := map[string]string{"policy.json": open, "gateway.json": "{}"}
	if code, output := runHook(t, files); code != exitRejected {
		t.Errorf("exit code %d: %s", code, output)
	}
	if code, output := runHook(
		t,
		map[string]string{"main.tf": terraformOfOpen},
	); code != exitRejected {
		t.Errorf("exit code %d: %s", code, output)
	}
	if code, output := runHook(t, map[string]string{"policy.json": `{"assetId": ` +
		`"jwt-validation" `}); code != exitUsage {
		t.Errorf("exit code %d: %s", code, output)
	}
}

// pre-commit installs the packages of a clone, and calls the first word of the entry.
func TestThePreCommitHookCallsWhatGoInstalls(t *testing.T) {
	t.Parallel()
	h := readHook(t)
	list := exec.Command("go", "list", "-f", "{{.Name}} {{.Target}}", "./...")
	list.Dir = ".."
	packages, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	program := strings.Fields(h.Entry)[0]
	for line := range strings.Lines(string(packages)) {
		target, isProgram := strings.CutPrefix(strings.TrimSpace(line), "main ")
		name := strings.TrimSuffix(filepath.Base(target), ".exe")
		if isProgram && name == program && h.Language == "golang" {
			return
		}
	}
	t.Errorf("go install ./... installs no %s, for the language %s", program, h.Language)
}

func TestThePreCommitHookIsCalledForConfigurationFiles(t *testing.T) {
	t.Parallel()
	files := regexp.MustCompile(readHook(t).Files) // Go's syntax is Python's here
	for name, want := range map[string]bool{
		"policies/orders.json": true, "gateway/orders.yml": true, "terraform/anypoint.tf": true,
		"my Policy.JSON": true, "terraform/uat/main.tf": true, "infra/apim.tf": true,
		"k8s/apiinstance.yaml": true, "package.json": true,
		"README.md": false, "policies/notes.txt": false, "main.tfvars": false, "json": false,
	} {
		if files.MatchString(name) != want {
			t.Errorf("%s: %t", name, !want)
		}
	}
}
