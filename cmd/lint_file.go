package cmd

import (
	"slices"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/lint"
)

// linted is what lint has found in one file.
type linted struct {
	name     string
	file     *source.File // nil where nothing was found
	input    bool         // it is standard input
	err      error        // why it was not checked; nil where it was, or need not be
	policies int
	strange  []string // the kinds of its policies that are not modelled
	none     error    // why it holds no policy
	findings []rules.Finding
	aside    []render.Suppressed
}

// judge is what files are judged by.
type judge struct {
	catalogue []rules.Rule
	adapters  []rules.Adapter
	options   rules.Options
	apps      *entra.Directory // app registrations; nil where none were given
}

func newJudge(options rules.Options) judge {
	return judge{catalogue: catalogue(), adapters: adapters(), options: options}
}

// file compiles a file for the gateway that it tells, or for each that it may be meant for, and runs the rules. A file
// without policies has no findings.
func (j *judge) file(file *source.File) linted {
	result := linted{name: file.Name, file: file}
	for _, adapter := range j.adapters {
		compiled, err := adapter.Compile(file, j.options)
		if err != nil {
			result.none = noneOfAPI(adapter, j.options, file, err)
			continue
		}
		result.policies += len(compiled.Policies)
		result.strange = append(result.strange, notModelled(compiled.Policies)...)
		found := j.findingsOf(file, compiled)
		if compiled.Guessed && len(compiled.Policies) > 0 {
			found = append(found, j.otherVariants(adapter, file, compiled.Policies[0], found)...)
		}
		result.findings = append(result.findings, found...)
	}
	comments := lint.Comments(file)
	if result.policies > 0 {
		result.findings = append(result.findings, lint.Misnamed(comments, j.catalogue)...)
	}
	result.setAside(comments, lint.Sort(result.findings))
	return result
}

// setAside keeps the findings but those that a comment of the file sets aside.
func (r *linted) setAside(comments []lint.Comment, found []rules.Finding) {
	stay, aside, by := lint.SetAside(comments, found)
	r.findings = stay
	for i, f := range aside {
		r.aside = append(r.aside, render.Suppressed{Finding: f, Reason: by[i].Reason, By: "comment"})
	}
}

// findingsOf is what the compiler and the rules find.
func (j *judge) findingsOf(file *source.File, compiled rules.Compilation) []rules.Finding {
	return append(slices.Clone(compiled.Findings), j.lintPolicies(compiled.Policies, []*source.File{file})...)
}

// otherVariants adds what holds for another of the vendor's gateways only, where the file does not tell which one it is.
func (j *judge) otherVariants(adapter rules.Adapter, file *source.File, guess *rules.Policy, found []rules.Finding) []rules.Finding {
	var all []rules.Finding
	options := j.options
	for _, variant := range adapter.Variants {
		options.Variant = variant
		compiled, err := adapter.Compile(file, options)
		if err != nil || variant == guess.Variant || len(compiled.Policies) == 0 {
			continue
		}
		for _, f := range j.findingsOf(file, compiled) {
			if !slices.ContainsFunc(found, func(known rules.Finding) bool { return known.Rule == f.Rule && known.Pos == f.Pos }) {
				f.Message = "on " + compiled.Policies[0].Product + ": " + f.Message
				all = append(all, f)
			}
		}
	}
	if len(all) > 0 {
		all = append(all, rules.Finding{
			Rule: "gateway-not-known", Severity: rules.Note, Pos: guess.Pos,
			Message: "the file does not say which gateway runs it, and they differ: pass --gateway",
		})
	}
	return all
}
