// Package tinygateway is an adapter for a gateway that does not exist. The tests run every command
// on it, so that whatever still takes MuleSoft's gateways for all gateways shows.
//
// Its configuration is YAML that begins with tiny: 1. It looks for the token in a header or a
// parameter of its own, accepts any of several issuers, and has rules of which the first whose
// path fits decides.
package tinygateway

import (
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The names of the gateway, and of its one kind of policy.
const (
	Name = "tiny"
	kind = "tiny-door"
)

// Adapter returns the adapter. It leaves out what may be left out: causes, and a language of
// expressions.
func Adapter() rules.Adapter {
	return rules.Adapter{
		Name:       "tinyvendor",
		Variants:   []rules.Variant{{Name: Name, Product: "Tiny Gateway"}},
		Words:      []string{"tiny:"},
		Kinds:      func() []string { return []string{kind} },
		Detect:     func(file *source.File, _ rules.Options) bool { return len(doors(file)) > 0 },
		Read:       read,
		Compile:    compile,
		Behaviours: behaviours,
		Rules:      lintRules,
		Advice:     advice,
		Collect:    collections,
		Solutions:  solutions,
		Repairable: func() []string { return []string{"audience-not-checked"} },
		Changes:    changes,
	}
}

// Bare is the adapter with nothing but what an adapter must have.
func Bare() rules.Adapter {
	whole := Adapter()
	return rules.Adapter{
		Name: whole.Name, Variants: whole.Variants, Detect: whole.Detect, Read: whole.Read,
		Compile: whole.Compile,
	}
}

// entry is one policy: a document of a file.
type entry struct {
	file *source.File
	door *source.Value
}

// Place is where the policy stands.
func (e *entry) Place() (*source.File, source.Span) { return e.file, e.door.Span }

// Instance is the API that the policy is for.
func (e *entry) Instance() string {
	api, _ := e.door.Member("api").Str()
	return api
}

// doors are the documents of a file that are the gateway's.
func doors(file *source.File) []*source.Value {
	var all []*source.Value
	for _, document := range file.Documents {
		if document.Member("tiny") != nil {
			all = append(all, document)
		}
	}
	return all
}

func read(files []*source.File, options rules.Options) (*rules.Configuration, error) {
	c := &rules.Configuration{Options: options, Files: files}
	for _, file := range files {
		all := doors(file)
		if len(all) == 0 {
			return nil, &source.Error{
				Pos:   source.Position{File: file.Name},
				Cause: "no policy of Tiny Gateway in this file",
				Hints: source.Hints("its files begin with tiny: 1"),
			}
		}
		for _, door := range all {
			if e := (&entry{file, door}); options.API == "" || e.Instance() == options.API {
				c.Entries = append(c.Entries, e)
			}
		}
	}
	return c, nil
}
