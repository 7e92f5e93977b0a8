package cmd

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestDescribeBuild(t *testing.T) {
	t.Parallel()
	platform := runtime.GOOS + "/" + runtime.GOARCH
	tests := []struct {
		name  string
		info  *debug.BuildInfo
		known bool
		want  string
	}{
		{
			"a release names its version, commit and day",
			&debug.BuildInfo{
				GoVersion: "go1.26.8",
				Main:      debug.Module{Version: "v1.2.3"},
				Settings: []debug.BuildSetting{
					{Key: "vcs.revision", Value: "0123456789abcdef0123"},
					{Key: "vcs.time", Value: "2026-11-27T23:59:59Z"},
				},
			},
			true, "v1.2.3 (commit 0123456789ab, 2026-11-27, go1.26.8, " + platform + ")",
		},
		{
			"a build outside a repository has no commit",
			&debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Version: "(devel)"}},
			true, "(devel) (go1.26.8, " + platform + ")",
		},
		{
			"a build without information says so", nil, false,
			"(no build information) (" + runtime.Version() + ", " + platform + ")",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := describeBuild(test.info, test.known); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
