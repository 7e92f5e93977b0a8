package cmd

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// linter lints any number of files at once.
type linter struct {
	judge
	env   *Env
	stdin string // the name that standard input goes by
	done  atomic.Int64
}

// all lints the files in parallel. The results are in the files' order, whichever is ready first.
func (l *linter) all(files []foundFile) []linted {
	results := make([]linted, len(files))
	stop := l.env.showProgress(&l.done, len(files), "files")
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(files)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(files); i = next.Add(1) - 1 {
				results[i] = l.one(files[i])
				results[i].input = files[i].name == "-"
				l.done.Add(1)
			}
		})
	}
	workers.Wait()
	stop()
	return results
}

// one lints one file. What can't be read is an error where the user named it, or where it looks like a policy, and so is a named file
// without a policy; any other file of a folder is none of ours.
func (l *linter) one(found foundFile) linted {
	if !found.named && l.env.isTooLarge(found.name) {
		return linted{name: found.name}
	}
	name, text, err := l.read(found.name)
	if err != nil {
		return linted{name: name, err: err}
	}
	file, err := source.Read(name, text)
	if err != nil {
		if !found.named && !l.gateways.lookLikePolicy(text) {
			err = nil
		}
		return linted{name: name, err: err}
	}
	result := l.file(file)
	if found.named && result.policies == 0 {
		result.err = result.none
	}
	if len(result.findings)+len(result.aside) == 0 {
		result.file = nil
	}
	return result
}

// isTooLarge reports whether a file is larger than any policy: some other data, in a folder that has policies too.
func (e *Env) isTooLarge(name string) bool {
	info, err := os.Stat(e.path(name))
	return err == nil && info.Size() > maxInput
}

// unique leaves out files that are named twice, by two patterns or a folder and a file in it.
func unique(files []foundFile) []foundFile {
	seen := make(map[string]bool, len(files))
	return slices.DeleteFunc(files, func(f foundFile) bool {
		name := filepath.Clean(f.name)
		again := seen[name]
		seen[name] = true
		return again
	})
}

// read returns the text, and the name that it is reported under.
func (l *linter) read(name string) (string, []byte, error) {
	if name != "-" {
		text, err := l.env.readFile(name)
		return name, []byte(text), err
	}
	text, err := readAll(l.env.Stdin, "standard input")
	return cmp.Or(l.stdin, "standard input"), []byte(text), err
}

// lookLikePolicy reports whether a text that can't be read has a word that policies have.
func (g Gateways) lookLikePolicy(text []byte) bool {
	return slices.ContainsFunc(g, func(a rules.Adapter) bool {
		return slices.ContainsFunc(a.Words, func(word string) bool {
			return bytes.Contains(text, []byte(word))
		})
	})
}

// counted is a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
