package report_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/cmd/gateways"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

const openPolicy = `{"assetId": "jwt-validation", "configurationData": {"jwtKeyOrigin": "jwks",
	"jwksUrl": "https://login.microsoftonline.com/common/discovery/keys",
	"validateAudClaim": false, "skipClientIdValidation": true}}`

// makerIn is a maker in a folder of these files, and what it says beside its reports.
func makerIn(t *testing.T, files map[string]string) (m *report.Maker, said *[]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	said = &[]string{}
	return &report.Maker{
		Dir: dir, Gateways: gateways.All(), Stdin: strings.NewReader(""),
		Now: func() time.Time { return time.Date(2026, 5, 6, 10, 0, 0, 0, time.UTC) },
		Say: func(kind, text string) { *said = append(*said, kind+": "+text) },
	}, said
}

// A folder that somebody else has filled may name a file so.
func TestAKeySetWhoseFileIsCalledAsStandardInputIsIsReadFromTheFile(t *testing.T) {
	t.Parallel()
	m, _ := makerIn(t, map[string]string{"-": `{"keys": []}`})
	m.Stdin = strings.NewReader("something else")
	if set, err := m.ReadKeys("-"); err != nil || set.Origin != "-" {
		t.Error(set, err)
	}
}

// spaces is a text of blanks without an end, which counts how much of it is read.
type spaces struct{ read int }

func (s *spaces) Read(to []byte) (int, error) {
	for i := range to {
		to[i] = ' '
	}
	s.read += len(to)
	return len(to), nil
}

func TestOfWhatIsLargerThanAKeySetNoMoreIsReadThanShowsIt(t *testing.T) {
	t.Parallel()
	m, _ := makerIn(t, nil)
	endless := &spaces{}
	m.Stdin = endless
	_, err := m.ReadStdinKeys()
	if err == nil || !strings.Contains(err.Error(), "the text has more than 5 MiB") {
		t.Error(err)
	}
	if endless.read > 6<<20 {
		t.Errorf("%d bytes were read", endless.read)
	}
}

func TestATokenComesFromWhereItIsNamed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name        string
		args        []string
		text, fails string
	}{
		{"standard input", nil, "from stdin", ""},
		{"standard input by its sign", []string{"-"}, "from stdin", ""},
		{"a file", []string{"@token.jwt"}, "from a file", ""},
		{"words of a shell", []string{"Bearer", "x"}, "Bearer x", ""},
		{"an empty variable", []string{""}, "", "the token argument is empty"},
		{"no file", []string{"@"}, "", "the name of a file is missing after @"},
		{"a file that is not there", []string{"@no.jwt"}, "", "no.jwt"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m, _ := makerIn(t, map[string]string{"token.jwt": "from a file"})
			m.Stdin = strings.NewReader("from stdin")
			text, err := m.TokenText(test.args)
			if text != test.text || (err == nil) != (test.fails == "") ||
				err != nil && !strings.Contains(err.Error(), test.fails) {
				t.Errorf("got %q, %v", text, err)
			}
		})
	}
}

func TestAnErrorOfATokenInAFileNamesTheFile(t *testing.T) {
	t.Parallel()
	m, _ := makerIn(t, map[string]string{"empty.jwt": "", "log.txt": "no token is in here"})
	m.Stdin = strings.NewReader("")
	for _, name := range []string{"empty.jwt", "log.txt"} {
		_, err := m.ReadToken([]string{"@" + name})
		_, _, asked := m.ReadRequest([]string{"@" + name})
		for _, err := range []error{err, asked} {
			if problem := report.AsError(err); problem.Pos.File != name {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, err := m.ReadToken(nil); report.AsError(err).Pos.File != "" {
		t.Errorf("of standard input: %v", err)
	}
}

func TestAVersionOfAnotherGatewayIsRefusedWithTheWayOn(t *testing.T) {
	t.Parallel()
	m, _ := makerIn(t, map[string]string{"p.json": openPolicy})
	_, err := m.ReadPolicies([]string{"p.json"}, rules.Options{Runtime: "edge"})
	problem := report.AsError(err)
	if problem.Cause != `"edge" is not a version of the Mule runtime` ||
		len(problem.Hints) != 1 || problem.Hints[0].Need.Input != source.NeedRuntime {
		t.Errorf("got %+v", problem)
	}
}

func TestATokenAsAnArgumentIsWarnedOf(t *testing.T) {
	t.Parallel()
	m, said := makerIn(t, nil)
	if _, err := m.TokenText([]string{"x"}); err != nil || len(*said) != 1 ||
		!strings.Contains((*said)[0], "shell's history") {
		t.Errorf("%v, %v", *said, err)
	}
}

func TestContractsAreReadInEachForm(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ file, text, fails string }{
		"one a line":        {"c.txt", "one\n\n two \n", ""},
		"a list":            {"c.json", `["one", "two"]`, ""},
		"a list in YAML":    {"c.yaml", "- one\n- two\n", ""},
		"a number":          {"c.txt", "12\n", "c.txt:1:1: the line is a number, not a client id"},
		"a word of nothing": {"c.txt", "one\nnull\n", "c.txt:2:1: the line is the word null"},
		"two words":         {"c.txt", "one two\n", "c.txt:1:1: the line has white space inside"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m, _ := makerIn(t, map[string]string{row.file: row.text})
			contracts, err := m.ReadContracts(row.file)
			if (err == nil) != (row.fails == "") || err != nil &&
				!strings.Contains(err.Error(), row.fails) {
				t.Fatalf("%v, %v", contracts, err)
			}
		})
	}
}

func TestTheFilesOfAFolderAreFoundAndSorted(t *testing.T) {
	t.Parallel()
	m, _ := makerIn(t, map[string]string{
		"dev/orders.json": openPolicy, "dev.jwt": "x", "b.yaml": "a: 1", "a.png": "x",
		"node_modules/a.json": openPolicy, ".git/a.json": openPolicy,
	})
	found, err := m.Find([]string{"."})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range found {
		names = append(names, filepath.ToSlash(f.Name))
	}
	if diff := cmp.Diff([]string{"b.yaml", "dev/orders.json"}, names); diff != "" {
		t.Error(diff)
	}
	survey, err := m.Survey(".", ".")
	if err != nil || survey.Policies() != 1 {
		t.Fatalf("%+v, %v", survey, err)
	}
	if !cmp.Equal(survey.Names(), []string{"dev"}) {
		t.Errorf("%v", survey.Names())
	}
}

// Each name would be a line of the screen, and the reader has one API in mind.
func TestOfManyAPIInstancesAFewAreNamed(t *testing.T) {
	t.Parallel()
	for instances, want := range map[int]struct{ names, leftOut int }{100: {100, 0}, 101: {0, 1}} {
		all := make([]string, instances)
		for i := range all {
			all[i] = strings.Replace(openPolicy, "{", fmt.Sprintf(`{"apiId": %d, `, 1000+i), 1)
		}
		m, _ := makerIn(t, map[string]string{"uat.json": "[" + strings.Join(all, ",") + "]"})
		_, err := m.ReadPolicies([]string{"uat.json"}, rules.Options{})
		if text := fmt.Sprint(err); !strings.Contains(text, " more") || len(text) > 300 {
			t.Error(text)
		}
		survey, err := m.Survey(".", ".")
		if err != nil || m.Prove("gatewhy.yaml", survey) != nil {
			t.Fatal(survey, err)
		}
		left := survey.LeftOut()
		if len(survey.Names()) != want.names || len(left) != want.leftOut {
			t.Errorf("%d: %v, left out %v", instances, survey.Names(), left)
		}
		if text := strings.Join(left, ""); len(text) > 300 ||
			instances > 100 && !strings.Contains(text, "101 API instances are too many") {
			t.Error(text)
		}
		if text := report.SurveySummary(survey); len(text) > 600 {
			t.Error(text)
		}
	}
}

// If each began anew, an estate of hundreds of environments would be read hundreds of times.
func TestWhatCannotBeReadOfManyEnvironmentsIsLeftOutAtOnce(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 20 {
		files[fmt.Sprintf("dev%d.json", i)] = openPolicy
		files[fmt.Sprintf("dev%d.jwt", i)] = "no token"
	}
	m, _ := makerIn(t, files)
	read := 0
	for i, adapter := range m.Gateways {
		m.Gateways[i].Read = func(
			files []*source.File, options rules.Options,
		) (*rules.Configuration, error) {
			read++
			return adapter.Read(files, options)
		}
	}
	survey, err := m.Survey(".", ".")
	if err != nil || m.Prove("gatewhy.yaml", survey) != nil {
		t.Fatal(survey, err)
	}
	if names, left := len(survey.Names()), len(survey.LeftOut()); names != 20 || left != 20 {
		t.Errorf("%d environments, and %d files left out, want 20 of each", names, left)
	}
	if read > 3*20 {
		t.Errorf("20 files of policies were read %d times, want 3 times each", read)
	}
}

// No command would read it. One that the user wrote is as it was, and matrix is for it.
func TestPullOfTooManyAPIInstancesWritesNoEnvironmentsFile(t *testing.T) {
	t.Parallel()
	for instances, want := range map[int]string{
		1000: "gatewhy matrix -c estate/gatewhy.yaml",
		1001: "gatewhy pull FOLDER --environment NAME",
	} {
		m, _ := makerIn(t, nil)
		files := m.PullFiles("estate", false)
		none := &source.Value{Kind: source.List}
		for i := range instances {
			id := strconv.Itoa(i)
			files.Take(&report.Pulled{
				Environment: "Dev", EnvironmentID: "e", Several: true, API: "orders", ID: id,
				Policies: none,
			})
		}
		pulling := files.Pulling()
		pulling.AddNext(m.Shell, false)
		if got := pulling.Next[0].Command; got != want || len(pulling.Files) != instances {
			t.Errorf("%d: %d files, then %q, want %q", instances, len(pulling.Files), got, want)
		}
	}
}

func TestPoliciesAreReadWithoutACommandLine(t *testing.T) {
	t.Parallel()
	m, _ := makerIn(t, map[string]string{"a.json": openPolicy, "no.json": `{"a": 1}`})
	set, err := m.ReadPolicies([]string{"a.json"}, rules.Options{Variant: "mule"})
	if err != nil || len(set.Policies) != 1 {
		t.Fatalf("%v, %v", set, err)
	}
	for name, says := range map[string]string{"no.json": "no.json", "none.json": "none.json"} {
		if _, err := m.ReadPolicies([]string{name}, rules.Options{}); err == nil ||
			!strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLintReportsFindingsAsValues(t *testing.T) {
	t.Parallel()
	m, _ := makerIn(t, map[string]string{"a.json": openPolicy, "broken.json": `{"assetId" 1}`})
	l, failed, unseen := m.Lint(&report.LintRequest{Names: []string{"."}})
	if l == nil || len(failed) != 1 || len(unseen) != 0 {
		t.Fatalf("%v, %v, %v", l, failed, unseen)
	}
	if !strings.Contains(failed[0].Error(), "broken.json:1:12") {
		t.Error(failed[0])
	}
	open := func(f rules.Finding) bool {
		return f.Rule == "any-client-accepted" && f.Pos.File == "a.json"
	}
	if l.Files != 1 || l.Policies != 1 || !slices.ContainsFunc(l.Findings, open) {
		t.Errorf("%d files, %d policies, %v", l.Files, l.Policies, l.Findings)
	}
}

// In a folder there are files without a policy, which explain would refuse.
func TestTheWayOnFromLintIsAFileWithAPolicy(t *testing.T) {
	t.Parallel()
	m, _ := makerIn(t, map[string]string{
		"a.yaml": "kind: ConfigMap", "b.json": `{"assetId": "cors", "assetVersion": "1.3.1"}`,
	})
	request := &report.LintRequest{Names: []string{"."}}
	l, _, _ := m.Lint(request)
	l.AddNext(m, request, report.CommandLine{})
	if len(l.Next) != 1 || l.Next[0].Command != "gatewhy explain - -p b.json" ||
		!slices.Equal(l.Names, []string{"b.json"}) {
		t.Errorf("%+v, of %q", l.Next, l.Names)
	}
}

// Policies of a cluster add up: one that was not read may let in what the others reject.
func TestAnUnreadFileOfAClusterLeavesARejectionOpen(t *testing.T) {
	t.Parallel()
	const allow = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: a, namespace: orders}
spec: {rules: [{when: [{key: "request.auth.claims[azp]", values: [x]}]}]}
`
	for _, test := range []struct {
		name  string
		files map[string]string
		want  rules.Decision
	}{
		{"a cluster, read whole", map[string]string{"a.yaml": allow}, rules.Rejected},
		{
			"a cluster, with a file that can't be read",
			map[string]string{"a.yaml": allow, "b.yaml": strings.TrimSuffix(allow, "}\n")},
			rules.Undetermined,
		},
		{
			"one page of a list",
			map[string]string{"a.json": `{"apiVersion": "v1",
				"kind": "List", "metadata": {"continue": "x"}, "items": [{
				"apiVersion": "security.istio.io/v1", "kind": "AuthorizationPolicy",
				"metadata": {"name": "a", "namespace": "orders"}, "spec": {}}]}`},
			rules.Undetermined,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m, _ := makerIn(t, test.files)
			set, err := m.ReadPolicies([]string{"."}, rules.Options{})
			if err != nil {
				t.Fatal(err)
			}
			request := &rules.Request{Method: "GET", Path: "/", HeadersWhole: true}
			if v := rules.Evaluate(set.Policies, request); v.Outcome != test.want {
				t.Errorf("got %s: %s", v.Outcome, v.Why())
			}
		})
	}
}

// The name of another file to read would not help.
func TestAnOutputThatFailsSaysThatItIsNotWhole(t *testing.T) {
	t.Parallel()
	err := &fs.PathError{Op: "write", Path: "/dev/stdout", Err: errors.New("no space left")}
	hints := report.Hints(report.AsError(err).Hints)
	if len(hints) != 1 || !strings.Contains(hints[0], "not whole") {
		t.Error(hints)
	}
}
