package cmd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	examples "github.com/gatewhy/gatewhy/testdata/rules"
)

// BenchmarkLintOfAThousandFiles lints every bad example over and over. On one core (-cpu 1) a
// thousand files have to take less than a second, and the program less than 128 MiB.
func BenchmarkLintOfAThousandFiles(b *testing.B) {
	dir := b.TempDir()
	writeExamples(b, dir, 1000)
	env := Env{
		Gateways:  everyGateway(),
		Args:      []string{"lint", dir},
		Stdin:     strings.NewReader(""),
		Stdout:    io.Discard,
		Stderr:    io.Discard,
		LookupEnv: func(string) (string, bool) { return "", false },
		Now:       func() time.Time { return clock },
	}
	b.ReportAllocs()
	for b.Loop() {
		if code := Main(env); code != exitRejected {
			b.Fatalf("exit code %d", code)
		}
	}
}

// writeExamples writes so many files, the bad examples in turn.
func writeExamples(b *testing.B, dir string, n int) {
	b.Helper()
	var all []examples.Example
	for _, rule := range everyGateway().Catalogue() {
		found, err := examples.Of(rule.Name, "bad")
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, found...)
	}
	for i := range n {
		example := all[i%len(all)]
		name := filepath.Join(dir, fmt.Sprintf("%04d%s", i, filepath.Ext(example.Name)))
		if err := os.WriteFile(name, []byte(example.Text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
}
