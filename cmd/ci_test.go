package cmd

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// buildMachine is a machine of a build service: it has the tools that it is given and no others,
// and an environment of its own.
type buildMachine struct {
	dir string // has a blank in its name
	bin string
	env []string
}

// newMachine makes a machine with what Linux images have, without some of it.
func newMachine(t *testing.T, without ...string) *buildMachine {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the steps are run on Linux only, with stand-ins for what other systems have")
	}
	dir := filepath.Join(t.TempDir(), "build machine")
	m := &buildMachine{dir: dir, bin: filepath.Join(dir, "bin")}
	if err := os.MkdirAll(m.bin, 0o700); err != nil {
		t.Fatal(err)
	}
	m.env = []string{"PATH=" + m.bin, "HOME=" + dir, "LANG=C.UTF-8"}
	for _, name := range []string{
		"awk", "bash", "cat", "curl", "grep", "gzip", "mkdir", "mktemp", "printf", "sed",
		"sh", "sha256sum", "tar", "uname", "xargs",
	} {
		tool, err := exec.LookPath(name)
		if err != nil {
			t.Fatalf("the steps of build services need %s", name)
		}
		if err := os.Symlink(tool, filepath.Join(m.bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range without {
		if err := os.Remove(filepath.Join(m.bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// standIn is a script that stands in for a program of the machine.
func (m *buildMachine) standIn(t *testing.T, name, script string) {
	t.Helper()
	text := "#!/bin/sh\n" + script
	if err := os.WriteFile(filepath.Join(m.bin, name), []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
}

// gh stands in for GitHub's program. It writes down how it is called, and ends with a code where
// it verifies.
func (m *buildMachine) gh(t *testing.T, verifies int) (calls func() string) {
	t.Helper()
	log := filepath.Join(m.dir, "gh.log")
	m.standIn(t, "gh", fmt.Sprintf(`echo "${GH_HOST:-} $*" >> '%s'
case "$*" in
  *--help) echo 'USAGE: gh attestation verify [<file-path>] [flags]' ;;
  'auth token --hostname github.com') [ -n "${GH_TOKEN:-}" ] ;;
  *) exit %d ;;
esac
`, log, verifies))
	return func() string {
		text, err := os.ReadFile(log)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		return string(text)
	}
}

// gitBash makes the machine one with Windows and Git Bash, whose D:\ is the machine's folder.
func (m *buildMachine) gitBash(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range [][2]string{
		{self, filepath.Join(m.bin, "unzip")}, {m.dir, filepath.Join(m.dir, "a b")},
	} {
		if err := os.Symlink(link[0], link[1]); err != nil {
			t.Fatal(err)
		}
	}
	m.standIn(t, "cygpath", `case $1 in
  -u) printf '%s\n' "$2" | sed 's|\\|/|g; s|^D:|'"$HOME"'|' ;;
  -w) printf '%s\n' "$2" | sed 's|^'"$HOME"'|D:|; s|/|\\|g' ;;
esac
`)
}

// run runs a script in a folder as a build service does, from a file.
func (m *buildMachine) run(
	t *testing.T, dir string, shell []string, script string, env ...string,
) (output string, err error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "script.sh")
	if err := os.WriteFile(name, []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(m.bin, shell[0]), append(shell[1:], name)...)
	cmd.Dir, cmd.Env = dir, append(m.env[:len(m.env):len(m.env)], env...)
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// published is what a release consists of: its files by their names.
type published map[string][]byte

// newPublished is a release for one system. Its program calls the gatewhy of the stories.
func newPublished(t *testing.T, system string) published {
	t.Helper()
	commands, err := storyCommands()
	if err != nil {
		t.Fatal(err)
	}
	gatewhy := filepath.Join(commands, "gatewhy")
	program := []byte("#!/usr/bin/env bash\nexec '" + gatewhy + "' \"$@\"\n")
	p, name := published{}, archiveOf(system)
	if system == "windows" {
		p[name] = zipped(t, "gatewhy.exe", program)
	} else {
		p[name] = tarred(t, "gatewhy", program)
	}
	p["checksums.txt"] = []byte(sum(p[name]) + "  " + name + "\n")
	return p
}

func archiveOf(system string) string {
	kind := "tar.gz"
	if system == "windows" {
		kind = "zip"
	}
	return "gatewhy_0.1.0_" + system + "_" + runtime.GOARCH + "." + kind
}

func sum(text []byte) string { return fmt.Sprintf("%x", sha256.Sum256(text)) }

func zipped(t *testing.T, name string, program []byte) []byte {
	t.Helper()
	var archive bytes.Buffer
	files := zip.NewWriter(&archive)
	file, err := files.Create(name)
	if err == nil {
		_, err = file.Write(program)
	}
	if err := errors.Join(err, files.Close()); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

func tarred(t *testing.T, name string, program []byte) []byte {
	t.Helper()
	var archive bytes.Buffer
	compressed := gzip.NewWriter(&archive)
	files := tar.NewWriter(compressed)
	err := files.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(program))})
	if err == nil {
		_, err = files.Write(program)
	}
	if err := errors.Join(err, files.Close(), compressed.Close()); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}

// ServeHTTP serves the release as version 0.1.0.
func (p published) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, ok := p[strings.TrimPrefix(r.URL.Path, "/v0.1.0/")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(text)
}

// serve returns the address of a server of releases.
func serve(t *testing.T, releases http.Handler) string {
	t.Helper()
	server := httptest.NewServer(releases)
	t.Cleanup(server.Close)
	return server.URL
}

// runUnzip is unzip -oq ARCHIVE, for machines that have no unzip.
func runUnzip() {
	if len(os.Args) != 3 || os.Args[1] != "-oq" {
		fmt.Fprintln(os.Stderr, "usage: unzip -oq ARCHIVE")
		os.Exit(exitUsage)
	}
	if err := unzip(os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitUsage)
	}
}

func unzip(archive string) error {
	files, err := zip.OpenReader(archive)
	if err != nil {
		return err
	}
	defer files.Close()
	for _, entry := range files.File {
		file, err := entry.Open()
		if err != nil {
			return err
		}
		text, err := io.ReadAll(file)
		if err == nil {
			err = os.WriteFile(filepath.Base(entry.Name), text, 0o700)
		}
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return nil
}

// policyFolder is a folder with one policy in a file whose name has a blank.
func policyFolder(t *testing.T, example string) string {
	t.Helper()
	text, err := os.ReadFile("../testdata/rules/any-client-accepted/" + example)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "my policy.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// readYAML reads a file of the project's root.
func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile("../" + name)
	if err == nil {
		err = yaml.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// downloads are the ways in which a release can be downloaded, and what an installation says. It
// is the same for each build service.
var downloads = []struct {
	name     string
	change   func(p published)
	version  string
	says     string
	installs bool
}{
	{
		"the archive is not the one that was published",
		func(p published) { p[archiveOf("linux")] = append(p[archiveOf("linux")], 0) },
		"0.1.0", "has another checksum than its release", false,
	},
	{
		"another line has the name in it", func(p published) {
			name := archiveOf("linux")
			p["checksums.txt"] = append(p["checksums.txt"],
				sum(nil)+"  "+name+".sbom.json\n"+sum(nil)+"  x"+name+"\n"+
					sum(nil)+"  "+strings.ReplaceAll(name, ".", "x")+"\n"...)
		},
		"0.1.0", "", true,
	},
	{
		"only another line has the name in it", func(p published) {
			name := archiveOf("linux")
			p["checksums.txt"] = []byte(sum(p[name]) + "  x " + name + "\n" +
				sum(p[name]) + "  " + name + " x\n" +
				sum(p[name]) + "  " + strings.Replace(name, ".", "x", 1) + "\n")
		},
		"0.1.0", "does not have exactly one line", false,
	},
	{
		"a line appears twice", func(p published) {
			p["checksums.txt"] = append(p["checksums.txt"], p["checksums.txt"]...)
		},
		"0.1.0", "does not have exactly one line", false,
	},
	{
		"a second line for the archive", func(p published) {
			p["checksums.txt"] = append(p["checksums.txt"],
				sum(nil)+"  "+archiveOf("linux")+"\n"...)
		},
		"0.1.0", "does not have exactly one line", false,
	},
	{
		"the checksums are empty", func(p published) { p["checksums.txt"] = nil },
		"0.1.0", "does not have exactly one line", false,
	},
	{
		"there are no checksums", func(p published) { delete(p, "checksums.txt") },
		"0.1.0", "can't download", false,
	},
	{"a version with its v", func(published) {}, "v0.1.0", "", true},
	{
		"a version that does not exist", func(published) {},
		"0.0.9", "/v0.0.9/gatewhy_0.0.9_linux_" + runtime.GOARCH + ".tar.gz", false,
	},
	{"a path for a version", func(published) {}, "../v0.1.0", "must be one such as 0.1.0", false},
	{"no version", func(published) {}, "", "must be one such as 0.1.0", false},
}
