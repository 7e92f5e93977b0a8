package cmd

import (
	"encoding/json"
	"encoding/pem"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/controlplane"
)

// pullProgram runs pull in a process of its own, which ends when it is killed.
func pullProgram(t *testing.T, host, dir string) *exec.Cmd {
	t.Helper()
	program := exec.Command(os.Args[0], "-test.run=^TestPullThatIsKilledLeavesWholeFiles$")
	program.Env = append(os.Environ(), "GATEWHY_TEST_PULL="+dir, "GATEWHY_TEST_HOST="+host,
		"ANYPOINT_CLIENT_ID="+controlplane.ClientID,
		"ANYPOINT_CLIENT_SECRET="+controlplane.Secret)
	return program
}

// pull writes when everything has been read, file by file. It is killed at a request, or while it
// writes: what is there then is whole.
func TestPullThatIsKilledLeavesWholeFiles(t *testing.T) {
	if dir := os.Getenv("GATEWHY_TEST_PULL"); dir != "" {
		env := System()
		env.Args = []string{
			"pull", filepath.Join(dir, "estate"), "--host", os.Getenv("GATEWHY_TEST_HOST"),
			"--cacert", filepath.Join(dir, "plane.pem"),
		}
		os.Exit(Main(env))
	}
	t.Parallel()
	plane := controlplane.Estate([]string{"Dev", "UAT"}, 4)
	for _, at := range []int64{1, 3, 9, 20, 37, 0} {
		var asked atomic.Int64
		var program *exec.Cmd
		started := make(chan struct{})
		server := httptest.NewTLSServer(http.HandlerFunc(
			func(w http.ResponseWriter, r *http.Request) {
				if asked.Add(1) == at {
					<-started
					_ = program.Process.Kill()
				}
				plane.ServeHTTP(w, r)
			}))
		dir := t.TempDir()
		certificate := pem.EncodeToMemory(
			&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		if err := os.WriteFile(filepath.Join(dir, "plane.pem"), certificate, 0o600); err != nil {
			t.Fatal(err)
		}
		program = pullProgram(t, strings.TrimPrefix(server.URL, "https://"), dir)
		if err := program.Start(); err != nil {
			t.Fatal(err)
		}
		close(started)
		if at == 0 { // while it writes: when the first file is there
			for !isThere(filepath.Join(dir, "estate")) {
			}
			_ = program.Process.Kill()
		}
		_ = program.Wait() // it was killed
		server.Close()
		wantWholeFiles(t, filepath.Join(dir, "estate"))
	}
}

func isThere(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// wantWholeFiles wants every file below a folder to be whole, if there is any.
func wantWholeFiles(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if os.IsNotExist(err) || err == nil && entry.IsDir() {
			return nil
		}
		if err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		switch {
		case err != nil:
			return err
		case filepath.Ext(name) == ".json" && !json.Valid(text):
			t.Errorf("%s is half a file: %q", name, text)
		case filepath.Ext(name) == ".yaml" && !strings.Contains(string(text), "# allow:"):
			t.Errorf("%s is half a file: %q", name, text)
		case filepath.Ext(name) != ".json" && filepath.Ext(name) != ".yaml":
			t.Errorf("%s is left over", name)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
