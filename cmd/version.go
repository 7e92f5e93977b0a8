package cmd

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Print the version",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return printVersion(env) },
	}
}

// printVersion prints what the build recorded about itself: version, revision, Go and platform.
func printVersion(env *Env) error {
	_, err := fmt.Fprintf(env.Stdout, "gatewhy %s\n", describeBuild(env.BuildInfo()))
	return err
}

func describeBuild(info *debug.BuildInfo, ok bool) string {
	platform := runtime.GOOS + "/" + runtime.GOARCH
	if !ok {
		return fmt.Sprintf("(no build information) %s %s", runtime.Version(), platform)
	}
	text := info.Main.Version
	if revision := buildSetting(info, "vcs.revision"); revision != "" {
		text += " " + revision[:min(12, len(revision))]
	}
	return fmt.Sprintf("%s %s %s", text, info.GoVersion, platform)
}

func buildSetting(info *debug.BuildInfo, key string) string {
	for _, setting := range info.Settings {
		if setting.Key == key {
			return setting.Value
		}
	}
	return ""
}

// version is the version alone; empty where the build recorded none.
func (e *Env) version() string {
	if e.BuildInfo == nil {
		return ""
	}
	info, ok := e.BuildInfo()
	if !ok || info.Main.Version == "(devel)" {
		return ""
	}
	return info.Main.Version
}
