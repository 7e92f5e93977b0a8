package cmd

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// A long output goes to the disk while it is made, and is seen when all of it is there.
func TestAnOutputGoesIntoItsFileWhileItIsMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	writeFile(t, path, "old")
	env := &Env{Dir: dir, Stderr: &bytes.Buffer{}}
	output := &fileOutput{env: env, name: "out"}
	defer output.discard()
	part := bytes.Repeat([]byte("x"), 100<<10)
	for range 3 {
		if _, err := output.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	info, err := output.file.Stat()
	if err != nil || info.Size() < 200<<10 {
		t.Errorf("%d bytes are on the disk: %v", info.Size(), err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "old" {
		t.Errorf("%q, %v", text, err)
	}
	if err := output.finish(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 300<<10 {
		t.Errorf("%d bytes: %v", info.Size(), err)
	}
}

// A place that can't be written is known with the first part of an output.
func TestAnOutputThatHasNoPlaceEndsAtItsFirstPart(t *testing.T) {
	t.Parallel()
	output := &fileOutput{env: &Env{Dir: t.TempDir()}, name: "none/out"}
	defer output.discard()
	_, first := output.Write([]byte("x"))
	if err := output.finish(); first == nil || !errors.Is(err, first) {
		t.Errorf("%v, then %v", first, err)
	}
}
