package cmd

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif" // for its schema
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// oddName is a file name with what each format has to escape.
const oddName = "a b#c%d,e:f é/ü&<'.json"

// lintOutput is what lint says, in a format, of a copy of a bad example under an odd name, and of
// the rest of the examples beside it.
func lintOutput(t *testing.T, format string) string {
	t.Helper()
	linted, err := lintedExamples()
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	formats := render.Formats().Lint
	if err := formats.Write(&text, format, render.Style{}, linted); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// lintedExamples lints once for all tests.
var lintedExamples = sync.OnceValues(func() (linted *report.Linting, err error) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := writeOdd(dir); err != nil {
		return nil, err
	}
	examples := os.DirFS("../testdata/rules")
	if err := os.CopyFS(filepath.Join(dir, "rules"), examples); err != nil {
		return nil, err
	}
	env := Env{Dir: dir, Gateways: everyGateway(), Now: func() time.Time { return clock }}
	linted, failed, _ := env.maker().Lint(&report.LintRequest{Names: []string{"."}})
	linted.Fails = func(severity rules.Severity) bool { return fails(severity, "error") }
	return linted, errors.Join(failed...)
})

// writeOdd writes a bad example under an odd name.
func writeOdd(dir string) error {
	text, err := os.ReadFile("../testdata/rules/any-client-accepted/bad.json")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(oddName)), 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, oddName), text, 0o600)
}

// sarifSchema reads the schema out of the module that carries it: as a constant that is not
// exported.
func sarifSchema(t *testing.T) any {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}",
		"github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)),
		"pkg/report/v210/sarif/schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var schema any
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok {
			text, _ := strconv.Unquote(lit.Value)
			schema, err = jsonschema.UnmarshalJSON(strings.NewReader(text))
		}
		return true
	})
	if err != nil || schema == nil {
		t.Fatalf("no schema: %v", err)
	}
	return schema
}

func TestSARIFIsValid(t *testing.T) {
	t.Parallel()
	schema := compiledSARIF(t)
	for name, text := range map[string]string{
		"of findings":                        lintOutput(t, "sarif"),
		"of files that could not be checked": lintOfBroken(t, "sarif"),
	} {
		t.Run(name, func(t *testing.T) {
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestEveryRuleOfSARIFHasAPageAndASecuritySeverity(t *testing.T) {
	t.Parallel()
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct {
					Rules []struct {
						ID, HelpURI string
						Default     struct{ Level string } `json:"defaultConfiguration"`
						Properties  map[string]any
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(lintOutput(t, "sarif")), &log); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"error": "8.0", "warning": "5.0", "note": "2.0"}
	for _, rule := range log.Runs[0].Tool.Driver.Rules {
		if u, err := url.Parse(rule.HelpURI); err != nil || u.Scheme != "https" || u.Host == "" {
			t.Errorf("%s: helpUri %q", rule.ID, rule.HelpURI)
		}
		if got := rule.Properties["security-severity"]; got != want[rule.Default.Level] {
			t.Errorf("%s, an %s: security-severity %v", rule.ID, rule.Default.Level, got)
		}
	}
}

// lintOfBroken lints a file that is no JSON, under an odd name, and two names that nothing has.
func lintOfBroken(t *testing.T, format string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(oddName)), 0o700); err != nil {
		t.Fatal(err)
	}
	broken := []byte(`{"assetId" "jwt-validation"}`)
	if err := os.WriteFile(filepath.Join(dir, oddName), broken, 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := Main(Env{
		Gateways: everyGateway(),
		Args:     []string{"lint", oddName, "missing.json", "none-*.json", "-o", format},
		Dir:      dir, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
		LookupEnv: func(string) (string, bool) { return "", false },
		Now:       func() time.Time { return clock },
	})
	if code != exitUsage {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	return stdout.String()
}

func TestAnOddNameOfAFileThatCantBeCheckedSurvives(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{
		"json":  `"file": "` + oddName + `"`,
		"sarif": `"uri": "` + (&url.URL{Path: oddName}).String() + `"`,
		"junit": `<testsuite name="a b#c%d,e:f é/ü&amp;&lt;&#39;.json" tests="1" failures="0" ` +
			`errors="1"`,
		"github": "::error file=a b#c%25d%2Ce%3Af é/ü&<'.json,line=1,col=12,title=not checked::",
		"azure": "##vso[task.logissue type=error;sourcepath=a b#c%AZP25d,e:f é/ü&<'.json;" +
			"linenumber=1;columnnumber=12;]not checked: ",
		"gitlab": `"path": "` + oddName + `"`,
	} {
		t.Run(format, func(t *testing.T) {
			text := lintOfBroken(t, format)
			if format == "sarif" {
				text = strings.NewReplacer(`\u0026`, "&", `\u003c`, "<", `\u003e`, ">").
					Replace(text)
			}
			if !strings.Contains(text, want) {
				t.Errorf("no %s in:\n%s", want, text)
			}
		})
	}
}

func compiledSARIF(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif.json", sarifSchema(t)); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// sarifResults is what the tests read of a SARIF log.
type sarifResults struct {
	Runs []struct {
		Results []struct {
			RuleID    string
			Locations []struct {
				PhysicalLocation struct {
					ArtifactLocation struct{ URI string }
					Region           struct{ StartLine, StartColumn, EndLine, EndColumn int }
				}
			}
			PartialFingerprints map[string]string
		}
	}
}

func readSARIF(t *testing.T, text string) (results sarifResults) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &results); err != nil {
		t.Fatal(err)
	}
	return results
}

func TestAnOddFileNameSurvivesInSARIFAsARelativeURI(t *testing.T) {
	t.Parallel()
	found := false
	for _, r := range readSARIF(t, lintOutput(t, "sarif")).Runs[0].Results {
		uri, err := url.Parse(r.Locations[0].PhysicalLocation.ArtifactLocation.URI)
		if err != nil || uri.IsAbs() {
			t.Fatalf("no relative URI: %v, %v", uri, err)
		}
		found = found || strings.TrimPrefix(uri.Path, "./") == oddName && uri.Fragment == "" &&
			uri.RawQuery == ""
	}
	if !found {
		t.Error("the file is not named")
	}
}

func TestEverySARIFResultHasARegionAndAFingerprintOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, r := range readSARIF(t, lintOutput(t, "sarif")).Runs[0].Results {
		region := r.Locations[0].PhysicalLocation.Region
		if region.StartLine < 1 || region.StartColumn < 1 || region.EndLine < region.StartLine ||
			region.EndColumn <= region.StartColumn {
			t.Errorf("%s: no region: %+v", r.RuleID, region)
		}
		print := r.PartialFingerprints["gatewhy/v1"]
		if print == "" || seen[print] {
			t.Errorf("%s: the fingerprint %q is not its own", r.RuleID, print)
		}
		seen[print] = true
	}
}

// GitLab leaves out an issue without one of these members, and one of two with a fingerprint.
func TestEveryIssueForGitLabHasAPlaceAndAFingerprintOfItsOwn(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"findings": lintOutput(t, "gitlab"), "unread files": lintOfBroken(t, "gitlab"),
	} {
		var issues []struct {
			Description, Fingerprint, Severity string
			CheckName                          string `json:"check_name"`
			Location                           struct {
				Path  string
				Lines struct{ Begin int }
			}
		}
		if err := json.Unmarshal([]byte(text), &issues); err != nil || len(issues) < 3 {
			t.Fatalf("%s: %d issues: %v", name, len(issues), err)
		}
		seen := make(map[string]bool)
		for _, issue := range issues {
			place := issue.Location
			if issue.Description == "" || issue.CheckName == "" || place.Path == "" ||
				strings.HasPrefix(place.Path, "./") || place.Lines.Begin < 1 ||
				!slices.Contains([]string{"info", "major", "critical"}, issue.Severity) {
				t.Errorf("%s: %+v", name, issue)
			}
			if issue.Fingerprint == "" || seen[issue.Fingerprint] {
				t.Errorf("%s: the fingerprint of %+v is not its own", name, issue)
			}
			seen[issue.Fingerprint] = true
		}
	}
}

func TestAFingerprintStaysWhenLinesAreAddedBefore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text, err := os.ReadFile("../testdata/rules/any-client-accepted/bad.json")
	if err != nil {
		t.Fatal(err)
	}
	fingerprint := func(prefix string) string {
		policy := append([]byte(prefix), text...)
		if err := os.WriteFile(filepath.Join(dir, "policy.json"), policy, 0o600); err != nil {
			t.Fatal(err)
		}
		var stdout bytes.Buffer
		Main(Env{
			Gateways: everyGateway(),
			Args:     []string{"lint", "policy.json", "-o", "sarif"}, Dir: dir,
			Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &bytes.Buffer{},
			LookupEnv: func(string) (string, bool) { return "", false },
			Now:       func() time.Time { return clock },
		})
		return readSARIF(t, stdout.String()).Runs[0].Results[0].PartialFingerprints["gatewhy/v1"]
	}
	if before, after := fingerprint(""), fingerprint("\n\n\n"); before != after {
		t.Errorf("%s became %s", before, after)
	}
}

func TestAnOddFileNameSurvivesInJUnit(t *testing.T) {
	t.Parallel()
	var suites struct {
		Suites []struct {
			Name string `xml:"name,attr"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(lintOutput(t, "junit")), &suites); err != nil {
		t.Fatal(err)
	}
	for _, s := range suites.Suites {
		if s.Name == oddName {
			return
		}
	}
	t.Error("the file is not named")
}

func TestAnOddFileNameSurvivesInAnnotations(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(lintOutput(t, "github")) {
		command, _, ok := strings.Cut(strings.TrimPrefix(line, "::"), "::")
		if !ok || !strings.HasPrefix(line, "::") {
			t.Fatalf("no workflow command: %q", line)
		}
		_, properties, _ := strings.Cut(command, " ")
		for _, property := range strings.Split(properties, ",") {
			name, value, _ := strings.Cut(property, "=")
			value = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25",
				"%").Replace(value)
			if name == "file" && value == oddName {
				return
			}
		}
	}
	t.Error("the file is not named")
}

// Azure Pipelines takes the properties up to the first closing bracket, parts them at semicolons,
// and unescapes each.
func TestEveryFindingIsAnIssueOfAzurePipelines(t *testing.T) {
	t.Parallel()
	named := false
	for line := range strings.Lines(lintOutput(t, "azure")) {
		if strings.Contains(line, ": note: ") {
			continue
		}
		command, ok := strings.CutPrefix(line, "##vso[task.logissue ")
		properties, message, ended := strings.Cut(command, "]")
		if !ok || !ended || strings.TrimSpace(message) == "" {
			t.Fatalf("no logging command: %q", line)
		}
		for property := range strings.SplitSeq(strings.TrimSuffix(properties, ";"), ";") {
			name, value, _ := strings.Cut(property, "=")
			value = strings.NewReplacer("%3B", ";", "%5D", "]", "%0A", "\n", "%AZP25",
				"%").Replace(value)
			named = named || name == "sourcepath" && value == oddName
		}
	}
	if !named {
		t.Error("the file is not named")
	}
}

func TestAnOddFileNameSurvivesInJSONAndText(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := writeOdd(dir); err != nil {
		t.Fatal(err)
	}
	if said := saidIn(dir, "lint . -o json"); !strings.Contains(said, `"file": "`+oddName+`"`) {
		t.Error("the file is not named in JSON")
	}
	if said := saidIn(dir, "lint ."); !strings.HasPrefix(said, oddName+":11:25: error: ") {
		t.Errorf("the file is not named in text:\n%s", said)
	}
}
