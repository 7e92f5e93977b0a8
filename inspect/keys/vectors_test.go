package keys_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// readVectors are the files of the corpus that a test of this package read.
var readVectors struct {
	sync.Mutex
	names map[string]bool
}

func noteRead(name string) {
	readVectors.Lock()
	defer readVectors.Unlock()
	if readVectors.names == nil {
		readVectors.names = map[string]bool{}
	}
	readVectors.names[name] = true
}

// TestMain fails, after all tests were run, where a file of test vectors was read by none.
func TestMain(m *testing.M) {
	code := m.Run()
	if unread := unreadVectors(); code == 0 && allWereRun() && len(unread) > 0 {
		fmt.Fprintln(os.Stderr, "no test reads these of the corpus:", strings.Join(unread, ", "))
		code = 1
	}
	os.Exit(code)
}

// allWereRun reports whether no flag chose among the tests.
func allWereRun() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.fuzz", "test.fuzzworker"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" && f.Value.String() != "false" {
			return false
		}
	}
	return true
}

// unreadVectors lists the files of test vectors that no test read, but for those that hold no cases.
func unreadVectors() []string {
	const corpus = "../../../shared/corpus"
	var unread []string
	_ = filepath.WalkDir(filepath.Join(corpus, "vectors"), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil // a user's clone has no corpus
		}
		name, err := filepath.Rel(corpus, path)
		if err == nil && !readVectors.names[filepath.ToSlash(name)] && !withoutCases(filepath.Base(name)) && !readByInspect(filepath.Base(name)) {
			unread = append(unread, name)
		}
		return nil
	})
	return unread
}

// withoutCases knows the files that hold no test vectors.
func withoutCases(file string) bool {
	return file == "index.tsv" || file == "package.json" || strings.HasPrefix(file, "schemas__")
}

// readByInspect knows the files that are about tokens alone: the tests of package inspect name them.
func readByInspect(file string) bool {
	text, err := os.ReadFile("../envoy_test.go")
	return err == nil && strings.Contains(string(text), `"`+file+`"`)
}
