// Package kubernetes reads the resources of a cluster out of files, as every gateway that runs in
// one needs them: documents and Lists, names, labels, what a resource is attached to, the lists of
// texts in its spec, and the steps that edit them.
//
// What a resource means does not belong here: that is its gateway's adapter.
package kubernetes

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Reading is what an adapter reads of a cluster's files.
type Reading struct {
	Group  string                          // a part of the apiVersion of every policy
	Policy func(object *source.Value) bool // that the adapter reads
	Beside func(object *source.Value) bool // what such policies are about, or what leads to it

	// Differ reports whether two of these others, of one name, differ in what the adapter reads.
	Differ func(a, b *source.Value) bool

	None, Takes string // that a file has no policy, and what one may be
}

// Detect reports whether a file has a policy.
func (r Reading) Detect(file *source.File, _ rules.Options) bool {
	return bytes.Contains(file.Text, []byte(r.Group)) &&
		slices.ContainsFunc(Objects(file), r.Policy)
}

// ShowsMore reports whether a file shows what policies are about.
func (r Reading) ShowsMore(file *source.File) bool {
	return slices.ContainsFunc(Objects(file), r.Beside)
}

// Refuse is an error where one of some files holds neither a policy nor what policies are about,
// where none of them holds a policy, or where they can't be of one cluster.
func (r Reading) Refuse(files []*source.File) error {
	has := func(file *source.File) bool { return r.Detect(file, rules.Options{}) }
	without := func(file *source.File) error {
		return &source.Error{
			Pos: source.Position{File: file.Name}, Cause: r.None, Hints: source.Hints(r.Takes),
		}
	}
	for _, file := range files {
		if !has(file) && !r.ShowsMore(file) {
			return without(file)
		}
	}
	if len(files) > 0 && !slices.ContainsFunc(files, has) {
		return without(files[0])
	}
	return r.oneCluster(files)
}

// Instance is an entry that is made of policies of a cluster.
type Instance interface {
	rules.Entry
	Inside() string                // the namespace; empty where it is not known
	Policies() iter.Seq[*Resource] // that count for it
}

// held counts the policies of files.
func (r Reading) held(files []*source.File) map[*source.File]int {
	count := map[*source.File]int{}
	for _, file := range files {
		for _, object := range Objects(file) {
			if r.Policy(object) {
				count[file]++
			}
		}
	}
	return count
}

// Chosen are the instances that options choose: those of a name, or with a policy of a file, else
// all. One of another name is asked for by it.
func Chosen[T Instance](
	r Reading, files []*source.File, all []T, options rules.Options,
	named func(string) (T, error),
) (*rules.Configuration, error) {
	chosen := &rules.Configuration{Options: options, Files: files, Held: r.held(files)}
	var instances []T
	for _, i := range all {
		if (options.API == "" || i.Instance() == options.API) &&
			(options.InFile == "" || hasPolicyIn(i, options.InFile)) {
			instances = append(instances, i)
			chosen.Entries = append(chosen.Entries, i)
		}
	}
	chosen.Part = len(chosen.Entries) < len(all) && options.API == ""
	if options.API == "" {
		chosen.Ambiguous = appliedSomewhere(instances)
	}
	if options.API == "" || len(chosen.Entries) > 0 {
		return chosen, nil
	}
	other, err := named(options.API)
	if err != nil {
		return nil, err
	}
	chosen.Entries = []rules.Entry{other}
	return chosen, nil
}

// mostWork limits how often policies are compared with what they may hold for.
const mostWork = 30_000_000

// Work counts that while a cluster is read.
type Work int

// Beyond adds some of it, and reports whether that is too much: then nothing more need be found,
// since [Work.Refuse] refuses the files. Without a count it never is.
func (w *Work) Beyond(n int) bool {
	if w == nil {
		return false
	}
	*w += Work(n)
	return *w > mostWork
}

// Refuse is an error where the policies of some files ask for too much.
func (w *Work) Refuse(files []*source.File) error {
	if *w <= mostWork {
		return nil
	}
	cause := fmt.Sprintf("to find out what the policies of these files hold for takes more than "+
		"%d comparisons, the most that are made", mostWork)
	return rules.TooMany(source.Position{File: files[0].Name}, cause,
		"name the files of some namespaces alone")
}

func hasPolicyIn(i Instance, file string) bool {
	for p := range i.Policies() {
		if p.File.Name == file {
			return true
		}
	}
	return false
}

// appliedSomewhere is an error where a policy that names no namespace is shown twice: for the
// namespace that it is applied to, and for one that other resources name. These may be the same.
func appliedSomewhere[T Instance](all []T) error {
	applied := map[*source.Value]Instance{} // where each of such policies is applied
	for _, i := range all {
		for p := range i.Policies() {
			if p.Namespace == "" && i.Inside() == "" {
				applied[p.At] = i
			}
		}
	}
	for _, i := range all {
		for p := range i.Policies() {
			where := applied[p.At]
			if where == nil || i.Inside() == "" {
				continue
			}
			_, doubt := NamespaceDoubt(p.At)
			if doubt == nil {
				continue
			}
			return &source.Error{
				Pos: p.At.Pos,
				Cause: doubt.Why + ": whether that is " + i.Inside() + " is not known, which " +
					"other resources of these files name",
				Hints: source.Hints(
					"write metadata.namespace into it, or pass what kubectl get prints",
					"or name the API instance "+where.Instance()+": the one where it is applied",
				),
			}
		}
	}
	return nil
}

// Instead are the hints for one who has named an instance that is not there: those with that name
// in some namespace, then all that are.
func Instead(name string, all []string) []source.Hint {
	meant := source.Where(all, func(one string) bool { return strings.HasSuffix(one, "/"+name) })
	hints := []string{"the files show " + inspect.Few(all, inspect.MostNames)}
	if len(meant) > 0 {
		hints = append([]string{"did you mean " + strings.Join(meant, " or ") + "?"}, hints...)
	}
	return source.Hints(hints...)
}
