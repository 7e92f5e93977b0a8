package cmd

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// release is the part of goreleaser's configuration that the project relies on
// (goreleaser.com/customization/build). A key that is not in it fails the test, as it would fail
// goreleaser.
type release struct {
	Version     int    `yaml:"version"`
	ProjectName string `yaml:"project_name"`
	Builds      []struct {
		Main         string   `yaml:"main"`
		Binary       string   `yaml:"binary"`
		Env          []string `yaml:"env"`
		Flags        []string `yaml:"flags"`
		Ldflags      []string `yaml:"ldflags"`
		ModTimestamp string   `yaml:"mod_timestamp"`
		Goos         []string `yaml:"goos"`
		Goarch       []string `yaml:"goarch"`
	} `yaml:"builds"`
	Archives []struct {
		Formats    []string `yaml:"formats"`
		BuildsInfo struct {
			Mtime string `yaml:"mtime"`
		} `yaml:"builds_info"`
		FormatOverrides []struct {
			Goos    string   `yaml:"goos"`
			Formats []string `yaml:"formats"`
		} `yaml:"format_overrides"`
	} `yaml:"archives"`
	Checksum struct {
		NameTemplate string `yaml:"name_template"`
	} `yaml:"checksum"`
}

func TestTheReleaseIsSixStaticTrimmedReproducibleBinaries(t *testing.T) {
	text, err := os.ReadFile("../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var config release
	if err := decoder.Decode(&config); err != nil {
		t.Fatal(err)
	}
	if config.Version != 2 || len(config.Builds) != 1 {
		t.Fatalf(
			"version %d with %d builds, want version 2 with one", config.Version,
			len(config.Builds),
		)
	}
	build := config.Builds[0]
	got := [][]string{
		build.Goos, build.Goarch, build.Env, build.Flags,
		{build.Main, build.Binary, build.ModTimestamp},
	}
	want := [][]string{
		{"linux", "darwin", "windows"},
		{"amd64", "arm64"},
		{"CGO_ENABLED=0"},
		{"-trimpath"},
		{".", "gatewhy", "{{ .CommitTimestamp }}"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("build (-want +got):\n%s", diff)
	}
}
