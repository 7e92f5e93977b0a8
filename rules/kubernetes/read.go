package kubernetes

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Holding is an error where one of some files holds neither a policy that an adapter reads nor
// what such policies are about, or where none of them holds a policy.
func Holding(
	files []*source.File, policy, beside func(*source.File) bool, cause, hint string,
) error {
	without := func(file *source.File) error {
		return &source.Error{
			Pos: source.Position{File: file.Name}, Cause: cause, Hints: source.Hints(hint),
		}
	}
	for _, file := range files {
		if !policy(file) && !beside(file) {
			return without(file)
		}
	}
	if len(files) > 0 && !slices.ContainsFunc(files, policy) {
		return without(files[0])
	}
	return nil
}

// Instance is an entry with the name of its API instance.
type Instance interface {
	rules.Entry
	Called() string
}

// Chosen are the instances of a name, or all without one. One of another name is asked for by it.
func Chosen[T Instance](
	all []T, name string, named func(string) (T, error),
) ([]rules.Entry, error) {
	var chosen []rules.Entry
	for _, i := range all {
		if name == "" || i.Called() == name {
			chosen = append(chosen, i)
		}
	}
	if name == "" || len(chosen) > 0 {
		return chosen, nil
	}
	other, err := named(name)
	if err != nil {
		return nil, err
	}
	return []rules.Entry{other}, nil
}
