package kubernetes

import (
	"bytes"
	"slices"
	"strings"

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
	return OneCluster(files, r.Policy)
}

// Instance is an entry with the name of its API instance.
type Instance interface {
	rules.Entry
	Called() string
	From(file string) bool // whether one of its policies is in the file of this name
}

// Chosen are the instances that options choose: those of a name, or with a policy of a file, else
// all. One of another name is asked for by it.
func Chosen[T Instance](
	files []*source.File, all []T, options rules.Options, named func(string) (T, error),
) (*rules.Configuration, error) {
	chosen := &rules.Configuration{Options: options, Files: files}
	for _, i := range all {
		if (options.API == "" || i.Called() == options.API) &&
			(options.InFile == "" || i.From(options.InFile)) {
			chosen.Entries = append(chosen.Entries, i)
		}
	}
	chosen.Part = len(chosen.Entries) < len(all) && options.API == ""
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

// Instead are the hints for one who has named an instance that is not there: those with that name
// in some namespace, then all that are.
func Instead(name string, all []string) []source.Hint {
	var meant []string
	for _, one := range all {
		if strings.HasSuffix(one, "/"+name) {
			meant = append(meant, one)
		}
	}
	hints := []string{"the files show " + strings.Join(all, ", ")}
	if len(meant) > 0 {
		hints = slices.Insert(hints, 0, "did you mean "+strings.Join(meant, " or ")+"?")
	}
	return source.Hints(hints...)
}
