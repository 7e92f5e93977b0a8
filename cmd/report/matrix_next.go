package report

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// AddNext adds what to do now: to look for repairs of wrong cells, to take the repairs that were
// found, to fetch what keeps cells from being known, and where all is right, to keep it so.
func (x *Matrixing) AddNext(gateways Gateways, line CommandLine) {
	wrong, unknown, _ := x.Wrong()
	matrix := func(more ...string) string {
		kept := slices.DeleteFunc(slices.Clone(line.Flags), func(word string) bool {
			return word == "--fix"
		})
		return line.Shell.Line(slices.Concat([]string{"gatewhy", "matrix"}, more, kept)...)
	}
	var all steps
	switch {
	case line.Once:
		return
	case wrong > 0 && x.Fixed == nil:
		all.add(rules.Step{
			Note:    "Look for the smallest set of changes that puts every cell right",
			Command: matrix("--fix"),
		})
	case wrong > 0 && x.changed():
		all.add(rules.Step{
			Note: "The new contents of the files are in the JSON, at fix.repairs[].files: " +
				"replace the files with them",
			Command: matrix("--fix", "-o", "json"),
		}, rules.Step{
			Note:    "Then see whether every cell is right",
			Command: matrix(),
		})
	case wrong > 0:
		all.add(x.lintWrong(line)...)
	case unknown == 0:
		all.add(rules.Step{
			Note:    "Let a pipeline run it for every change, as a test of each cell",
			Command: matrix("-o", "junit"),
		})
	}
	if unknown > 0 {
		all.add(x.collect(gateways)...)
	}
	x.Next = all
}

// changed reports whether a set of changes was found.
func (x *Matrixing) changed() bool {
	return slices.ContainsFunc(x.Repairs, func(r Repair) bool { return r.Chosen })
}

// lintWrong lints the policies of the gateways where no change helps.
func (x *Matrixing) lintWrong(line CommandLine) []rules.Step {
	var all steps
	for i := range x.Findings {
		f := &x.Findings[i]
		if name := f.Pos.File; name != "" && len(all) < 3 {
			command := "gatewhy lint " + line.Shell.Path(name)
			if flags := x.lintAs(x.Gateways[f.Gateway]); len(flags) > 0 {
				command += " " + line.Shell.Line(flags...)
			}
			all.add(rules.Step{Note: "See what is wrong in " + name, Command: command})
		}
	}
	return all
}

// lintFlags are the flags with which lint reads the policies of a gateway as its environment does.
func (e *Estate) lintFlags(gateway string) []string {
	of, ok := e.File.Environment(environments.EnvironmentOf(gateway))
	if !ok {
		return nil
	}
	var flags []string
	if variant := of.Gateway.Value; variant != "" {
		flags = append(flags, "--gateway", variant)
	}
	if api := of.Instance.Value; api != "" {
		flags = append(flags, "--api", api)
	}
	names, _ := e.reader.expand(of.API) // they were read before
	for _, name := range names {
		flags = append(flags, "--app", name)
	}
	return flags
}

// collect says how to get what keeps cells from being known.
func (x *Matrixing) collect(gateways Gateways) []rules.Step {
	var all steps
	for _, open := range x.OpenCells() {
		decided := x.Witness(open.Row, open.Gateway).Verdict.Decided
		if decided == nil {
			continue
		}
		need := decided.Need()
		for _, c := range gateways.Collections("") {
			if need.Input != "" && slices.Contains(c.Takes, need.Input) {
				all.add(rules.Step{
					Note: "Some cells are not known, because this is missing: " + c.Title +
						". This says how to get it",
					Command: "gatewhy collect " + c.Name,
				})
				break
			}
		}
	}
	if len(all) == 0 {
		all.add(rules.Step{
			Note:    "Some cells depend on the app registrations. This says how to get them",
			Command: "gatewhy collect " + collectionFor(gateways, source.NeedRegistrations),
		})
	}
	return all
}

// collectionFor is the first collection that gives an input.
func collectionFor(gateways Gateways, input source.Input) string {
	for _, c := range gateways.Collections("") {
		if slices.Contains(c.Takes, input) {
			return c.Name
		}
	}
	return ""
}
