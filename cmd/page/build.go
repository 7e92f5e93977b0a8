//go:build !js

package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// main makes the page from the sources of the repository in which it runs.
func main() {
	if len(os.Args) != 2 || strings.HasPrefix(os.Args[1], "-") {
		fmt.Fprintln(os.Stderr, "usage: go run ./cmd/page FOLDER")
		os.Exit(2)
	}
	if err := build(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "page:", err)
		os.Exit(1)
	}
}

// part is a file of the page. The same sources and the same Go make the same bytes.
type part struct {
	name string
	text []byte
}

func build(folder string) error {
	parts, err := parts()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, p := range parts {
		if err := os.WriteFile(filepath.Join(folder, p.name), p.text, 0o644); err != nil {
			return err
		}
	}
	archive, err := zipped(parts)
	if err != nil {
		return err
	}
	name := filepath.Join(filepath.Dir(filepath.Clean(folder)), "gatewhy-page.zip")
	return os.WriteFile(name, archive, 0o644)
}

func parts() ([]part, error) {
	root, err := runGo(nil, "list", "-m", "-f", "{{.Dir}}")
	if err != nil {
		return nil, err
	}
	goroot, err := runGo(nil, "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	page := filepath.Join(root, "cmd", "page")
	module, err := moduleOf(root)
	if err != nil {
		return nil, err
	}
	packed, err := gzipped(module)
	if err != nil {
		return nil, err
	}
	all := []part{
		{"gatewhy.wasm.gz", packed},
		{"gatewhy.wasm.js", asScript(packed)}, // for a folder, where nothing can be fetched
	}
	for _, p := range []struct {
		name  string
		files []string
	}{
		{"index.html", []string{filepath.Join(page, "site", "index.html")}},
		{"page.js", []string{filepath.Join(page, "site", "page.js")}},
		{"style.css", []string{
			filepath.Join(root, "cmd", "render", "style.css"), // that of the reports
			filepath.Join(page, "site", "page.css"),
		}},
		{"wasm_exec.js", []string{filepath.Join(goroot, "lib", "wasm", "wasm_exec.js")}},
		{"LICENSE", []string{filepath.Join(root, "LICENSE")}},
	} {
		var text []byte
		for _, name := range p.files {
			more, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			text = append(text, more...)
		}
		all = append(all, part{p.name, text})
	}
	return all, nil
}

// moduleOf builds the WebAssembly module. Without inlining (-l) it is a sixth smaller.
func moduleOf(root string) ([]byte, error) {
	folder, err := os.MkdirTemp("", "gatewhy-page")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	if err := leanCopy(root, folder); err != nil {
		return nil, err
	}
	if err := joinLines(folder); err != nil {
		return nil, err
	}
	overlay, err := joinStandardLines(folder, filepath.Join(folder, "standard"))
	if err != nil {
		return nil, err
	}
	name := filepath.Join(folder, "gatewhy.wasm")
	_, err = runGo(
		forBrowsers(), "-C", folder, "build", "-mod=vendor", "-overlay", overlay,
		"-trimpath", "-buildvcs=false", "-gcflags=all=-l", "-ldflags=-s -w -buildid=", "-o", name,
		"./cmd/page",
	)
	if err != nil {
		return nil, err
	}
	module, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return joinSegments(module)
}

func forBrowsers() []string { return []string{"GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0"} }

// runGo runs the go command. It returns what it prints on standard output.
func runGo(environment []string, args ...string) (string, error) {
	command := exec.Command("go", args...)
	command.Env = append(os.Environ(), environment...)
	out, err := command.Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		err = fmt.Errorf("%s: %w: %s", strings.Join(command.Args, " "), err, failed.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}

func gzipped(text []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(text); err != nil {
		return nil, err
	}
	err = w.Close()
	return b.Bytes(), err
}

// asScript is the packed module as a script that hands it to the page.
func asScript(packed []byte) []byte {
	return []byte("gatewhyModule(\"" + base64.StdEncoding.EncodeToString(packed) + "\");\n")
}

// zipped packs the parts into one folder, without times.
func zipped(parts []part) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := w.Create("gatewhy-page/" + p.name)
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(f, bytes.NewReader(p.text)); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}
