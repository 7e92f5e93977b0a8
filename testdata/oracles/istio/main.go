// Command oracle runs Istio's own code over policy files, and writes what Envoy would get, or
// compares that with what is recorded.
//
//	oracle [-write] -version VERSION FOLDER
//
// Each file of FOLDER is a YAML stream of policies. Its first lines name the workloads that are
// asked about: "# workload: NAMESPACE/KEY=VALUE,…" or "# workload: NAMESPACE/gateway:NAME". What
// comes of it is written beside it, as lines of JSON. The random policies are made anew before.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"istio.io/istio/pkg/log"
)

// index is the file beside the folder that says of which version and day the recording is, and
// which files are refused.
const index = "recorded.tsv"

func main() {
	write := flag.Bool("write", false, "write the recording anew")
	version := flag.String("version", "", "the version of Istio")
	flag.Parse()
	if flag.NArg() != 1 || *version == "" {
		fail("usage: oracle [-write] -version VERSION FOLDER")
	}
	quiet := log.DefaultOptions()
	quiet.SetDefaultOutputLevel(log.OverrideScopeName, log.NoneLevel)
	if err := log.Configure(quiet); err != nil {
		fail(err)
	}
	differences, err := record(flag.Arg(0), *version, *write)
	if err != nil {
		fail(err)
	}
	if differences > 0 {
		fail(differences, "files differ from what is recorded")
	}
}

// fail ends the program. Istio takes what package log writes for its own log.
func fail(why ...any) {
	fmt.Fprintln(os.Stderr, append([]any{"oracle:"}, why...)...)
	os.Exit(1)
}

// keeper writes files, or counts those that are otherwise.
type keeper struct {
	write     bool
	different int
}

func (k *keeper) keep(path string, text []byte) error {
	if k.write {
		return os.WriteFile(path, text, 0o644)
	}
	was, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if !bytes.Equal(was, text) {
		k.different++
		fmt.Fprintf(os.Stderr, "%s differs from what is recorded: now\n%s\n", path, text)
	}
	return nil
}

func record(folder, version string, write bool) (differences int, err error) {
	k := &keeper{write: write}
	made := randomPolicies()
	maps.Copy(made, widePolicies())
	for name, text := range made {
		if err := k.keep(filepath.Join(folder, name+".yaml"), []byte(text)); err != nil {
			return 0, err
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return 0, err
	}
	s, err := newServer()
	if err != nil {
		return 0, err
	}
	var rows strings.Builder
	for _, file := range files {
		made, err := s.translate(file)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", file, err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if err := k.keep(filepath.Join(folder, name+".jsonl"), made.text()); err != nil {
			return 0, err
		}
		rows.WriteString(row(name, made))
	}
	path := filepath.Join(filepath.Dir(filepath.Clean(folder)), index)
	day := time.Now().UTC().Format(time.DateOnly)
	if !write { // the day is that of the recording
		was, err := os.ReadFile(path)
		if err != nil {
			return 0, err
		}
		first, _, _ := strings.Cut(string(was), "\n")
		if words := strings.Fields(first); len(words) == 5 {
			day = words[4]
		}
	}
	title := fmt.Sprintf("# istio %s recorded %s\nfile\toutcome\twhy\n", version, day)
	if err := k.keep(path, []byte(title+rows.String())); err != nil {
		return 0, err
	}
	fmt.Printf("%d files, %d differences\n", len(files), k.different)
	return k.different, nil
}

// row says of one file whether a cluster takes it.
func row(name string, made *translation) string {
	if len(made.Refused) == 0 {
		return name + "\taccepted\t\n"
	}
	var all strings.Builder
	for _, r := range made.Refused {
		fmt.Fprintf(&all, "%s\trefused by %s\t%q\n", name, r.By, r.Why)
	}
	return all.String()
}
