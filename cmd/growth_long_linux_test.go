//go:build long

package cmd

import (
	"path/filepath"
	"strings"
	"testing"
)

// What is looked for in a file is looked for in an index of it, not in all of it each time.
func TestLargeFilesAreLintedInTime(t *testing.T) {
	t.Parallel()
	gatewhy, dir := build(t), t.TempDir()
	refers := func(name, to string) string {
		return name + ` = "` + strings.Repeat("${local."+to+"}", 2000) + "\"\n"
	}
	for file, text := range map[string]string{
		"local values that refer to each other.tf": "locals {\n" + refers("a", "b") +
			refers("b", "c") + refers("c", "d") + "d = \"x\"\n}\n" +
			`resource "anypoint_apim_policy_jwt_validation" "p" {` + "\napim_id = local.a\n" +
			"configuration_data {\njwks_url = \"https://keys.example\"\n}\n}\n",
	} {
		t.Run(file, func(t *testing.T) {
			writeFile(t, filepath.Join(dir, file), text)
			o := gatewhy.once(t, dir, "", "lint", file)
			if o.code == exitUsage || o.took > mostTime {
				t.Errorf("exit code %d after %s:\n%.2000s", o.code, o.took, o.said)
			}
		})
	}
}
