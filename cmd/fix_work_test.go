package cmd

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// A folder of files that make up one cluster is looked at as a whole once, and a repair of one of
// them at the API instances that it is about: what is compiled does not grow with the square.
func TestFixOfAFolderCompilesEachPolicyAFewTimes(t *testing.T) {
	t.Parallel()
	const files, wrong, times = 40, 10, 8
	dir := t.TempDir()
	for i := range files {
		slash := "/"
		if i < wrong {
			slash = ""
		}
		writeFile(t, filepath.Join(dir, fmt.Sprintf("p%d.yaml", i)), fmt.Sprintf(
			"apiVersion: security.istio.io/v1\nkind: RequestAuthentication\n"+
				"metadata: {name: entra, namespace: team%[1]d}\nspec:\n  jwtRules:\n"+
				"  - issuer: https://sts.windows.net/%[2]s/\n"+
				"    jwksUri: https://login.microsoftonline.com/%[2]s/discovery/keys\n"+
				"    audiences: [api://orders]\n---\n"+
				"apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"+
				"metadata: {name: entra, namespace: team%[1]d}\nspec:\n  rules:\n"+
				"  - from:\n    - source:\n        requestPrincipals: "+
				"['https://sts.windows.net/%[2]s/%[3]s*']\n", i, mint.Tenant, slash))
	}
	compiled := 0
	gateways := everyGateway()
	for i := range gateways {
		compile := gateways[i].Compile
		gateways[i].Compile = func(c *rules.Configuration) rules.Compilation {
			made := compile(c)
			compiled += len(made.Policies)
			return made
		}
	}
	var out, said bytes.Buffer
	Main(Env{
		Args: []string{"fix", "."}, Dir: dir, Stdin: strings.NewReader(""),
		Stdout: &out, Stderr: &said, Gateways: gateways,
		Now:       func() time.Time { return clock },
		LookupEnv: func(string) (string, bool) { return "", false },
	})
	want := fmt.Sprintf("%d policy files: %d repaired, %d with nothing to repair", files, wrong,
		files-wrong)
	if !strings.Contains(said.String(), want) {
		t.Errorf("want %q in\n%.1000s", want, said.String())
	}
	if compiled > times*files {
		t.Errorf("%d policies were compiled for %d files", compiled, files)
	}
}
