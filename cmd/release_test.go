package cmd

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
)

// release is goreleaser's configuration. A section that is not in it fails the test, as it would
// fail goreleaser; what the sections may hold, goreleaser checks in .ci/release.
type release struct {
	Version     int    `yaml:"version"`
	ProjectName string `yaml:"project_name"`
	Before      struct {
		Hooks []string `yaml:"hooks"`
	} `yaml:"before"`
	Builds []struct {
		Main         string   `yaml:"main"`
		Binary       string   `yaml:"binary"`
		Env          []string `yaml:"env"`
		Flags        []string `yaml:"flags"`
		Ldflags      []string `yaml:"ldflags"`
		ModTimestamp string   `yaml:"mod_timestamp"`
		Goos         []string `yaml:"goos"`
		Goarch       []string `yaml:"goarch"`
	} `yaml:"builds"`
	Archives []map[string]any `yaml:"archives"`
	Nfpms    []map[string]any `yaml:"nfpms"`
	Checksum struct {
		NameTemplate string           `yaml:"name_template"`
		ExtraFiles   []map[string]any `yaml:"extra_files"`
	} `yaml:"checksum"`
	Sboms       []map[string]any `yaml:"sboms"`
	Signs       []map[string]any `yaml:"signs"`
	DockerSigns []map[string]any `yaml:"docker_signs"`
	Kos         []map[string]any `yaml:"kos"`
	Casks       []map[string]any `yaml:"homebrew_casks"`
	Scoops      []map[string]any `yaml:"scoops"`
	Winget      []map[string]any `yaml:"winget"`
	Changelog   map[string]any   `yaml:"changelog"`
	Release     map[string]any   `yaml:"release"`
}

func readRelease(t *testing.T) (config release) {
	t.Helper()
	decoder := yaml.NewDecoder(bytes.NewReader(readFile(t, "../.goreleaser.yaml")))
	decoder.KnownFields(true)
	if err := decoder.Decode(&config); err != nil {
		t.Fatal(err)
	}
	return config
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTheReleaseIsSixStaticTrimmedReproducibleBinaries(t *testing.T) {
	t.Parallel()
	config := readRelease(t)
	if config.Version != 2 || len(config.Builds) != 1 {
		t.Fatalf(
			"version %d with %d builds, want version 2 with one", config.Version,
			len(config.Builds),
		)
	}
	build := config.Builds[0]
	got := [][]string{
		build.Goos, build.Goarch, build.Env, build.Flags, build.Ldflags,
		{build.Main, build.Binary, build.ModTimestamp},
	}
	want := [][]string{
		{"linux", "darwin", "windows"},
		{"amd64", "arm64"},
		{"CGO_ENABLED=0"},
		{"-trimpath", "-buildvcs=true"},
		{"-s -w -buildid="},
		{".", "gatewhy", "{{ .CommitTimestamp }}"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("build (-want +got):\n%s", diff)
	}
}

// A file is in the repository, or .ci/package writes it into the folder built.
func TestTheReleaseNamesFilesThatAreThere(t *testing.T) {
	t.Parallel()
	config := readRelease(t)
	hook := strings.Fields(config.Before.Hooks[0])
	if len(config.Before.Hooks) != 1 || !slices.Equal(hook, []string{
		"bash", ".ci/package", "built",
	}) {
		t.Fatalf("hooks %q", config.Before.Hooks)
	}
	writes := string(readFile(t, "../"+hook[1]))
	names := append(valuesOf(config.Archives, "src"), valuesOf(config.Nfpms, "src")...)
	names = append(names, valuesOf(config.Checksum.ExtraFiles, "glob")...)
	names = append(names, valuesOf([]map[string]any{config.Release}, "glob")...)
	for _, name := range names {
		built, isBuilt := strings.CutPrefix(name, "built/")
		folder, _, isFolder := strings.Cut(built, "/")
		found, err := filepath.Glob("../" + name)
		switch {
		case isBuilt && isFolder && !strings.Contains(writes, `"$folder/`+folder):
			t.Errorf("%s: .ci/package writes no such folder", name)
		case isBuilt && !isFolder && !strings.Contains(writes, `"$folder/`+built+`"`):
			t.Errorf("%s: .ci/package writes no such file", name)
		case !isBuilt && (err != nil || len(found) == 0):
			t.Errorf("%s is not there: %v", name, err)
		}
	}
	for _, name := range []string{
		"LICENSE", "README.md", "CHANGELOG.md", "built/man/*", "built/completions/*",
		"built/man.gz/*", "built/copyright", "built/completions/gatewhy.bash",
		"built/completions/_gatewhy", "built/completions/gatewhy.fish", "built/page/*",
		"built/gatewhy-page.zip",
	} {
		if !slices.Contains(names, name) {
			t.Errorf("the release does not have %s", name)
		}
	}
}

// valuesOf returns the texts that stand at a key, however deep.
func valuesOf[T any](in T, key string) (texts []string) {
	var walk func(any)
	walk = func(value any) {
		switch value := value.(type) {
		case []map[string]any:
			for _, item := range value {
				walk(item)
			}
		case []any:
			for _, item := range value {
				walk(item)
			}
		case map[string]any:
			for name, item := range value {
				if text, ok := item.(string); ok && name == key {
					texts = append(texts, text)
				}
				walk(item)
			}
		}
	}
	walk(any(in))
	return texts
}

func TestHomebrewInstallsThePageOfEachCommand(t *testing.T) {
	t.Parallel()
	var want []any
	var add func(*cobra.Command)
	add = func(c *cobra.Command) {
		want = append(want, "man/"+strings.ReplaceAll(c.CommandPath(), " ", "-")+".1")
		for _, sub := range c.Commands() {
			if sub.Name() != "help" {
				add(sub)
			}
		}
	}
	add(NewManual().Root)
	slices.SortFunc(want, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	if diff := cmp.Diff(want, readRelease(t).Casks[0]["manpages"]); diff != "" {
		t.Errorf("manpages (-want +got):\n%s", diff)
	}
}

func TestNothingIsPublishedElsewhereWithoutAToken(t *testing.T) {
	t.Parallel()
	config := readRelease(t)
	const want = `{{ if envOrDefault "GATEWHY_PUBLISH_TOKEN" "" }}auto{{ else }}true{{ end }}`
	for _, section := range [][]map[string]any{config.Casks, config.Scoops, config.Winget} {
		if len(section) != 1 || section[0]["skip_upload"] != want {
			t.Errorf("%v", section)
		}
	}
}

func TestTheContainerHasAFixedBaseAndNoRoot(t *testing.T) {
	t.Parallel()
	image := readRelease(t).Kos[0]
	base, _ := image["base_image"].(string)
	if !regexp.MustCompile(`^gcr\.io/distroless/static:nonroot@sha256:[0-9a-f]{64}$`).
		MatchString(base) {
		t.Errorf("the base image is %s", base)
	}
	if image["user"] != "65532:65532" {
		t.Errorf("the user is %v", image["user"])
	}
}

// The workflow that publishes a release makes it with what .ci/release has tried.
func TestTheWorkflowMakesTheReleaseThatIsTried(t *testing.T) {
	t.Parallel()
	tried := string(readFile(t, "../.ci/release"))
	workflow := string(readFile(t, "../.github/workflows/release.yml"))
	for _, tool := range []string{"goreleaser/v2", "cmd/cyclonedx-gomod"} {
		version := regexp.MustCompile(regexp.QuoteMeta(tool) + `@(v[0-9.]+)`)
		there, here := version.FindStringSubmatch(workflow), version.FindStringSubmatch(tried)
		if there == nil || here == nil || there[1] != here[1] {
			t.Errorf("%s: the workflow has %q, .ci/release %q", tool, there, here)
		}
	}
}

// Answer, install, page: what the first screen of the README says, in that order, with the names
// that the release gives.
func TestTheReadmesFirstScreenInstallsWhatIsReleased(t *testing.T) {
	t.Parallel()
	config := readRelease(t)
	text := string(readFile(t, "../README.md"))
	screen, _, found := strings.Cut(text, "\n## ")
	if !found || strings.Count(screen, "\n") > 45 {
		t.Errorf("the first screen has %d lines", strings.Count(screen, "\n"))
	}
	name := func(section []map[string]any, keys ...string) string {
		var value any = section[0]
		for _, key := range keys {
			value = value.(map[string]any)[key]
		}
		return value.(string)
	}
	tap := strings.TrimPrefix(name(config.Casks, "repository", "name"), "homebrew-")
	from := 0
	for _, want := range []string{
		"403 Forbidden",
		"brew install --cask " + name(config.Casks, "repository", "owner") + "/" + tap + "/" +
			name(config.Casks, "name"),
		"winget install " + name(config.Winget, "package_identifier"),
		"https://github.com/" + name(config.Scoops, "repository", "owner") + "/" +
			name(config.Scoops, "repository", "name"),
		"_linux_amd64.deb", "_linux_amd64.rpm", "_linux_amd64.apk",
		config.Kos[0]["repositories"].([]any)[0].(string) + " lint",
		"go install " + module + "@latest",
		"<https://page.gatewhy.example/>",
	} {
		at := strings.Index(screen[from:], want)
		if at < 0 {
			t.Fatalf("the first screen lacks %q, or has it too early", want)
		}
		from += at
	}
}
