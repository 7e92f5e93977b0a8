//go:build !js

package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
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

// Of a module's format (webassembly.github.io/spec/core/binary) no more is read than what stands
// before its data.
const (
	preamble    = 8 // bytes: the magic number and the version
	dataSection = 11
	activeData  = 0
	constant    = 0x41 // i32.const
	end         = 0x0b
)

// mostZeros is how many zeros between two segments are written out.
const mostZeros = 1024

// segment is what a module puts into its memory at an address. The head is how the module writes
// the address.
type segment struct {
	head    []byte
	address uint64
	data    []byte
}

// joinSegments joins the segments of a module's data with the zeros between them. The linker
// leaves out eight zeros and more, so the table that finds a function by its address becomes
// 100,000 segments of two bytes, and what stands between them, their addresses, can't be packed.
// Zeros can: the packed module is 4 % smaller.
func joinSegments(module []byte) ([]byte, error) {
	in := bytes.NewBuffer(module)
	joined := bytes.Clone(in.Next(preamble))
	for in.Len() > 0 {
		id, err := in.ReadByte()
		if err != nil {
			return nil, err
		}
		section, err := readSized(in)
		if err == nil && id == dataSection {
			section, err = joinData(section)
		}
		if err != nil {
			return nil, err
		}
		joined = appendSized(append(joined, id), section)
	}
	return joined, nil
}

func joinData(section []byte) ([]byte, error) {
	in := bytes.NewBuffer(section)
	count, err := binary.ReadUvarint(in)
	if err != nil {
		return nil, err
	}
	var all []segment
	for range count {
		next, err := readSegment(in)
		if err != nil {
			return nil, err
		}
		if len(all) > 0 {
			last := &all[len(all)-1]
			free := last.address + uint64(len(last.data))
			if free <= next.address && next.address <= free+mostZeros {
				last.data = append(last.data, make([]byte, next.address-free)...)
				last.data = append(last.data, next.data...)
				continue
			}
		}
		next.data = bytes.Clone(next.data) // which may grow
		all = append(all, next)
	}
	joined := binary.AppendUvarint(nil, uint64(len(all)))
	for _, s := range all {
		joined = appendSized(append(joined, s.head...), s.data)
	}
	return joined, nil
}

// readSegment reads a segment of the form that the linker writes. Its address is a signed number,
// which is written as an unsigned one is as long as it is not negative.
func readSegment(in *bytes.Buffer) (segment, error) {
	all := in.Bytes()
	form := []byte{activeData, constant}
	known := bytes.Equal(in.Next(len(form)), form)
	address, err := binary.ReadUvarint(in)
	if err != nil {
		return segment{}, err
	}
	if last, err := in.ReadByte(); err != nil || last != end || !known {
		return segment{}, errors.New("the linker writes another form of data segments now")
	}
	head := all[:len(all)-in.Len()]
	data, err := readSized(in)
	return segment{head, address, data}, err
}

// readSized reads bytes that stand behind their number.
func readSized(in *bytes.Buffer) ([]byte, error) {
	size, err := binary.ReadUvarint(in)
	if err != nil {
		return nil, err
	}
	if size > uint64(in.Len()) {
		return nil, io.ErrUnexpectedEOF
	}
	return in.Next(int(size)), nil
}

func appendSized(to, data []byte) []byte {
	return append(binary.AppendUvarint(to, uint64(len(data))), data...)
}
