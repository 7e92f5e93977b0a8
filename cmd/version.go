package cmd

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func newVersion(env *Env) *cobra.Command {
	return &cobra.Command{
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return printVersion(env) },
	}
}

// printVersion prints what the build recorded about itself: version, commit and its day, Go and
// platform.
func printVersion(env *Env) error {
	_, err := fmt.Fprintf(env.Stdout, "gatewhy %s\n", describeBuild(env.BuildInfo()))
	return err
}

func describeBuild(info *debug.BuildInfo, ok bool) string {
	platform := runtime.GOOS + "/" + runtime.GOARCH
	if !ok {
		return fmt.Sprintf("(no build information) (%s, %s)", runtime.Version(), platform)
	}
	var facts []string
	if commit := buildSetting(info, "vcs.revision"); commit != "" {
		day, _, _ := strings.Cut(buildSetting(info, "vcs.time"), "T")
		facts = append(facts, "commit "+commit[:min(12, len(commit))], day)
	}
	facts = append(facts, info.GoVersion, platform)
	facts = source.Without(facts, func(fact string) bool { return fact == "" })
	return fmt.Sprintf("%s (%s)", info.Main.Version, strings.Join(facts, ", "))
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
