package cmd

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/testdata/oracles/recording"
)

const module = "github.com/gatewhy/gatewhy"

// rooms are the packages, and what each may import of the others: the arrows only point down.
var rooms = []struct {
	dir string
	may []string
}{
	{".", []string{"cmd"}},
	{"cmd", []string{
		"testdata/rules", "cmd/demo", "cmd/render", "cmd/report", "cmd/gateways", "rules/lint",
		"rules/scan", "inspect/stream", "rules/environments", "rules/repair", "rules/issued",
		"rules", "inspect/keys/fetch", "inspect/network", "inspect/keys", "inspect",
		"inspect/entra", "inspect/source", "rules/mulesoft/anypoint",
	}},
	{"cmd/man", []string{"cmd"}},
	{"cmd/page", []string{
		"cmd/demo", "cmd/gateways", "cmd/render", "cmd/report",
		"cmd", // its tests hold the page against the terminal
	}},
	{"cmd/demo", []string{"rules/issued"}},
	{"cmd/gateways", []string{
		"rules/envoygateway", "rules/istio", "rules/mulesoft", "rules/oauth2proxy", "rules",
	}},
	{"cmd/render", []string{
		"testdata/rules", "cmd/report", "rules/lint", "rules/environments", "rules/repair",
		"rules/scan",
		"rules/issued", "rules", "inspect/keys", "inspect", "inspect/entra", "inspect/source",
	}},
	{"cmd/report", []string{
		"testdata/rules", "cmd/gateways", "rules/lint", "rules/environments", "rules/repair",
		"rules/scan", "inspect/stream",
		"rules/issued", "rules", "inspect/keys", "inspect", "inspect/entra", "inspect/source",
	}},
	{"rules/mulesoft", []string{
		"rules/mulesoft/dataweave", "rules", "inspect/keys", "inspect", "inspect/entra",
		"inspect/source",
	}},
	{"rules/oauth2proxy", []string{
		"rules/kubernetes", "rules", "inspect/keys", "inspect", "inspect/entra", "inspect/source",
	}},
	{"rules/istio", []string{
		"rules/envoy/amend", "rules/envoy", "rules/kubernetes", "rules", "inspect/keys", "inspect",
		"inspect/entra", "inspect/source",
	}},
	{"rules/envoygateway/cel", []string{"rules", "inspect", "inspect/source"}},
	{"rules/envoygateway", []string{
		"rules/envoygateway/cel", "rules/envoy/amend", "rules/envoy", "rules/kubernetes", "rules",
		"inspect/keys", "inspect", "inspect/entra", "inspect/source",
	}},
	{"rules/envoy/amend", []string{
		"rules/envoy", "rules/kubernetes", "rules", "inspect", "inspect/entra", "inspect/source",
	}},
	{"rules/envoy", []string{"rules/kubernetes", "rules", "inspect/source"}},
	{"rules/kubernetes", []string{"rules", "inspect", "inspect/source"}},
	{"rules/mulesoft/dataweave", []string{"rules", "inspect", "inspect/source"}},
	{"rules/mulesoft/anypoint", []string{"rules/mulesoft", "inspect/network", "inspect/source"}},
	{"rules/lint", []string{
		"rules/issued", "rules", "inspect/keys", "inspect", "inspect/entra", "inspect/source",
	}},
	{"rules/environments", []string{
		"rules/issued", "rules", "inspect/keys", "inspect", "inspect/entra", "inspect/source",
	}},
	{"rules/repair", []string{
		"rules/issued", "rules", "inspect/keys", "inspect", "inspect/entra", "inspect/source",
	}},
	{
		"rules/issued",
		[]string{"rules", "inspect/keys", "inspect", "inspect/entra", "inspect/source"},
	},
	{"rules", []string{"inspect/keys", "inspect", "inspect/entra", "inspect/source"}},
	{"rules/scan", []string{"rules", "inspect", "inspect/entra", "inspect/source"}},
	{"inspect/stream", []string{"inspect/stream/zstd", "inspect", "inspect/source"}},
	{"inspect/stream/zstd", nil},
	{"inspect/keys/fetch", []string{
		"inspect/keys", "inspect", "inspect/entra", "inspect/network", "inspect/source",
	}},
	{"inspect/network", nil},
	{"inspect/keys", []string{"inspect", "inspect/entra", "inspect/source"}},
	{"inspect", []string{"inspect/entra", "inspect/source"}},
	{"inspect/entra", []string{"inspect/source"}},
	{"inspect/source", nil},
	{"testdata/mint", nil},
	{"testdata/requests", []string{"rules", "inspect/keys", "inspect", "inspect/source"}},
	{"testdata/estates", []string{"rules", "inspect/entra", "inspect/source"}},
	{"testdata/clusters", nil},
	{"testdata/configurations", nil},
	{"testdata/loopback", []string{"inspect/network"}},
	{"testdata/commands/gatewhy", []string{"cmd", "testdata/loopback"}},
	{"testdata/commands/measured", nil},
	{"testdata/measure", nil},
	{"testdata/oracles/tokens", []string{"testdata/mint"}},
	{"testdata/oracles/recording", nil},
	{"testdata/oracles/envoy", nil},
	{"testdata/oracles/witness", []string{
		"testdata/oracles/tokens", "testdata/oracles/recording", "rules", "inspect/keys",
		"inspect",
	}},
	{"testdata/oracles/record", []string{
		"cmd", // probe is asked beside the recorder
		"testdata/oracles/tokens", "testdata/oracles/recording", "testdata/mint",
	}},
	{"testdata/rules", nil},
	{"testdata/controlplane", nil},
	{"testdata/oracles/anypoint", []string{"testdata/controlplane"}},
	{"testdata/tinygateway", []string{"rules", "inspect/source"}},
	{"testdata/evaluator", nil},

	{"testdata/bench/cluster", []string{"testdata/clusters"}},
	{"testdata/bench/empty", nil},
	{"testdata/bench/floor", nil},
	{"testdata/bench/matrix", nil},
	{"testdata/bench/once", nil},
	{"testdata/bench/serve", nil},
	{"testdata/bench/spawn", nil},
	{"testdata/bench/fixture", []string{"testdata/mint", "inspect/keys/fetch", "inspect/entra"}},
}

// testRooms are the packages that any test may import: an adapter's tests prove what it proposes.
var testRooms = []string{
	"testdata/clusters", "testdata/configurations", "testdata/estates", "testdata/evaluator",
	"testdata/loopback", "testdata/mint", "testdata/measure", "testdata/requests",
	"testdata/oracles/witness", "testdata/oracles/recording", "testdata/oracles/tokens",
	"testdata/oracles/envoy",
	"testdata/tinygateway", "testdata/controlplane", "rules/repair",
}

// dependencies are the modules that the program may use, and testDependencies those that only its
// tests may.
var (
	dependencies = []string{
		"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/go-jose/go-jose/v4",
		"github.com/fatih/color", "go.yaml.in/yaml/v3", "golang.org/x/term",
		"golang.org/x/net/idna",
		"github.com/hashicorp/hcl/v2",
		"github.com/zclconf/go-cty", // the latter for the former's values
		"github.com/rogpeppe/go-internal/lockedfile", "github.com/bmatcuk/doublestar/v4",
		"golang.org/x/sys/unix", // which x/term links anyway
		"github.com/cespare/xxhash/v2",
		"github.com/pelletier/go-toml/v2/unstable", // the one reader of TOML that gives places
		"filippo.io/bigmod",
	}
	testDependencies = []string{
		"github.com/rogpeppe/go-internal", "github.com/google/go-cmp",
		"github.com/santhosh-tekuri/jsonschema/v6",
		"github.com/klauspost/compress/zstd", // a second opinion on ours
		"github.com/owenrumney/go-sarif/v3",  // carries the schema of SARIF 2.1.0
	}
)

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	eachFile(t, func(t *testing.T, dir, name string, file *ast.File) {
		may, known := roomOf(dir)
		if !known {
			t.Errorf("%s: the package is in no room of the architecture", name)
			return
		}
		for _, spec := range file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			test := strings.HasSuffix(name, "_test.go")
			own, inside := strings.CutPrefix(path, module+"/")
			switch {
			case !inside && !allowedDependency(path, test):
				t.Errorf("%s imports %s, which is no agreed dependency", name, path)
			case inside && own != dir && !slices.Contains(may, own) &&
				!(test && slices.Contains(testRooms, own)):
				t.Errorf("%s imports %s, which is not below it", name, own)
			}
		}
	})
}

func roomOf(dir string) (may []string, known bool) {
	for _, room := range rooms {
		if room.dir == dir {
			return room.may, true
		}
	}
	return nil, false
}

func allowedDependency(path string, test bool) bool {
	first, _, _ := strings.Cut(path, "/")
	if !strings.Contains(first, ".") {
		return true // the standard library
	}
	within := func(dependency string) bool {
		return path == dependency || strings.HasPrefix(path, dependency+"/")
	}
	return slices.ContainsFunc(dependencies, within) ||
		test && slices.ContainsFunc(testDependencies, within)
}

func TestNothingRunsAtStartUpByItself(t *testing.T) {
	t.Parallel()
	eachFile(t, func(t *testing.T, _, name string, file *ast.File) {
		for _, declaration := range file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function: what it registers belongs into a value", name)
			}
			if compiled := compiledAtStart(declaration); compiled != "" &&
				!strings.HasSuffix(name, "_test.go") {
				t.Errorf("%s compiles %s whenever the program starts", name, compiled)
			}
		}
	})
}

// compiledAtStart is a variable of a package whose value is a regular expression, and no function
// that makes it; empty where there is none.
func compiledAtStart(declaration ast.Decl) string {
	variables, ok := declaration.(*ast.GenDecl)
	if !ok {
		return ""
	}
	for _, spec := range variables.Specs {
		value, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, made := range value.Values {
			call, ok := made.(*ast.CallExpr)
			if !ok {
				continue
			}
			if of, ok := call.Fun.(*ast.SelectorExpr); ok && of.Sel.Name == "MustCompile" {
				return value.Names[i].Name
			}
		}
	}
	return ""
}

// eachFile calls a function with every Go file of the module. What a folder with a go.mod of its
// own imports is not the product's.
func eachFile(t *testing.T, check func(t *testing.T, dir, name string, file *ast.File)) {
	t.Helper()
	files, err := goFiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		check(t, path.Dir(f.name), f.name, f.parsed)
	}
}

// goFile is a Go file of the module. Its name has slashes.
type goFile struct {
	name   string
	parsed *ast.File
}

// goFiles parses every Go file of the module, once for all tests, which change nothing in them.
var goFiles = sync.OnceValues(func() (all []goFile, err error) {
	err = filepath.WalkDir("..", func(at string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && at != ".." && isModule(at) {
			return fs.SkipDir
		}
		if err != nil || entry.IsDir() || filepath.Ext(at) != ".go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), at, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name, err := filepath.Rel("..", at)
		all = append(all, goFile{filepath.ToSlash(name), file})
		return err
	})
	return all, err
})

func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// A page makes the same reports without a command line and without a terminal.
func TestReportsAreMadeWithoutACommandLine(t *testing.T) {
	t.Parallel()
	eachFile(t, func(t *testing.T, dir, name string, file *ast.File) {
		if dir != "cmd/report" && dir != "cmd/render" || strings.HasSuffix(name, "_test.go") {
			return
		}
		for _, spec := range file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if strings.HasPrefix(path, "github.com/spf13/") || path == "golang.org/x/term" {
				t.Errorf("%s imports %s, which is a command's", name, path)
			}
		}
	})
}

// TestTheRootHoldsWhatIsExpectedThere keeps out what a command leaves behind in a working copy.
func TestTheRootHoldsWhatIsExpectedThere(t *testing.T) {
	t.Parallel()
	expected := []string{
		".azure-pipelines", ".ci", ".github", ".gitignore", ".goreleaser.yaml",
		".pre-commit-hooks.yaml", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md",
		"SECURITY.md", "action.yml", "cmd", "go.mod", "go.sum", "inspect", "main.go", "rules",
		"staticcheck.conf", "templates", "testdata",
	}
	files, err := exec.Command("git", "-C", "..", "ls-files", "-z").Output()
	if err != nil {
		t.Fatalf("git lists the files of the repository: %v", err)
	}
	for file := range strings.SplitSeq(strings.TrimRight(string(files), "\x00"), "\x00") {
		if name, _, _ := strings.Cut(file, "/"); !slices.Contains(expected, name) {
			t.Errorf("%s is none of what belongs at the root", file)
		}
	}
}

// mostColumns is how wide a line may be. A tab counts four columns.
const mostColumns = 99

func TestLinesEndBeforeColumn100(t *testing.T) {
	t.Parallel()
	eachFile(t, func(t *testing.T, _, name string, _ *ast.File) {
		text, err := os.ReadFile("../" + name)
		if err != nil {
			t.Fatal(err)
		}
		number := 0
		for line := range strings.Lines(string(text)) {
			number++
			if n := columns(strings.TrimRight(line, "\r\n")); n > mostColumns {
				t.Errorf("%s:%d has %d columns, more than %d", name, number, n, mostColumns)
			}
		}
	})
}

func columns(line string) int {
	return utf8.RuneCountInString(line) + 3*strings.Count(line, "\t")
}

// Below the commands an error says what is wrong, where, and what to do: one shape for all. What a
// caller tells apart, and gives a place, is a variable of its package.
func TestErrorsBelowTheCommandsHaveOneShape(t *testing.T) {
	t.Parallel()
	eachFile(t, func(t *testing.T, dir, name string, file *ast.File) {
		if !isBelowCommands(dir) || strings.HasSuffix(name, "_test.go") {
			return
		}
		within := func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch made := types.ExprString(call.Fun); made {
			case "errors.New", "fmt.Errorf":
				t.Errorf("%s, byte %d: %s makes an error, and not a source.Error",
					name, call.Pos()-file.FileStart, made)
			}
			return true
		}
		ast.Inspect(file, func(node ast.Node) bool {
			switch node.(type) {
			case *ast.FuncDecl, *ast.FuncLit: // the latter of a variable
				ast.Inspect(node, within)
				return false
			}
			return true
		})
	})
}

// A program that only reads files and tokens must not link the network.
func TestBelowFetchNothingSpeaksHTTP(t *testing.T) {
	t.Parallel()
	eachFile(t, func(t *testing.T, dir, name string, file *ast.File) {
		below := dir == "inspect" ||
			strings.HasPrefix(dir, "inspect/") && dir != "inspect/keys/fetch" &&
				dir != "inspect/network"
		if !below || strings.HasSuffix(name, "_test.go") {
			return
		}
		for _, spec := range file.Imports {
			if strings.HasPrefix(spec.Path.Value, `"net/http`) {
				t.Errorf("%s imports %s, which belongs into inspect/network", name,
					spec.Path.Value)
			}
		}
	})
}

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
