package cmd

import (
	"slices"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/lint"
	"github.com/gatewhy/gatewhy/rules/repair"
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
	aside    []report.Suppressed
}

// judge is what files are judged by.
type judge struct {
	catalogue []rules.Rule
	gateways  Gateways
	options   rules.Options
	apps      *entra.Directory // app registrations; nil where none were given
}

func newJudge(gateways Gateways, options rules.Options) judge {
	return judge{catalogue: gateways.catalogue(), gateways: gateways, options: options}
}

// file reads a file, compiles it for the gateway that it names, or for each that it may be meant for, and runs the rules.
// A file without policies has no findings.
func (j *judge) file(file *source.File) linted {
	result := linted{name: file.Name, file: file}
	for _, adapter := range j.gateways {
		read, err := adapter.Read([]*source.File{file}, optionsFor(&adapter, j.options))
		if err != nil {
			result.none = j.gateways.noneOfAPI(j.options, file, err)
			continue
		}
		bench := repair.Bench{Adapter: adapter}
		j.add(&result, adapter, bench.Compiled(read))
	}
	j.heed(&result)
	return result
}

// draft lints what one adapter has read of a file.
func (j *judge) draft(adapter rules.Adapter, d *repair.Draft) linted {
	result := linted{name: d.Files[0].Name, file: d.Files[0]}
	j.add(&result, adapter, d)
	j.heed(&result)
	return result
}

// add adds what one adapter has read of the file.
func (j *judge) add(result *linted, adapter rules.Adapter, d *repair.Draft) {
	result.policies += len(d.Policies)
	result.strange = append(result.strange, notModelled(d.Policies)...)
	result.findings = append(result.findings, j.findingsOf(adapter, d)...)
}

// heed sorts the findings, and sets aside what the comments of the file say.
func (j *judge) heed(result *linted) {
	comments := lint.Comments(result.file)
	if result.policies > 0 {
		result.findings = append(result.findings, lint.Misnamed(comments, j.catalogue)...)
	}
	result.setAside(comments, lint.Sort(result.findings))
}

// setAside keeps the findings but those that a comment of the file sets aside.
func (r *linted) setAside(comments []lint.Comment, found []rules.Finding) {
	stay, aside, by := lint.SetAside(comments, found)
	r.findings = stay
	for i, f := range aside {
		r.aside = append(r.aside, report.Suppressed{Finding: f, Reason: by[i].Reason, By: "comment"})
	}
}

// findingsOf is what the compiler and the rules find in a draft: for the gateway that its files
// name, or for each that they may be meant for.
func (j *judge) findingsOf(adapter rules.Adapter, d *repair.Draft) []rules.Finding {
	found := j.foundIn(d)
	if d.Guessed {
		found = append(found, j.otherVariants(adapter, d, found)...)
	}
	return found
}

func (j *judge) foundIn(d *repair.Draft) []rules.Finding {
	return append(slices.Clone(d.Findings), j.lintPolicies(d.Policies, d.Files)...)
}

// otherVariants adds what holds for another of the vendor's gateways only, where the file does not
// name which one it is.
func (j *judge) otherVariants(adapter rules.Adapter, d *repair.Draft, found []rules.Finding) []rules.Finding {
	var all []rules.Finding
	guess, bench := d.Policies[0], repair.Bench{Adapter: adapter}
	for _, variant := range adapter.Variants {
		if variant.Name == guess.Variant {
			continue
		}
		for _, f := range j.foundIn(bench.Compiled(d.For(variant.Name))) {
			same := func(known rules.Finding) bool { return known.Rule == f.Rule && known.Pos == f.Pos }
			if !slices.ContainsFunc(found, same) {
				f.Message = "on " + variant.Product + ": " + f.Message
				all = append(all, f)
			}
		}
	}
	if len(all) > 0 {
		all = append(all, rules.Finding{
			Rule: "gateway-not-known", Severity: rules.Note, Pos: guess.Pos, Policy: guess,
			Message: "the file does not say which gateway runs it, and they differ: pass --gateway",
		})
	}
	return all
}
