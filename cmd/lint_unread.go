package cmd

import (
	"slices"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// named returns the files that were found, none of which has to hold a policy where --ignore-unknown says so.
func (f *lintFlags) named(found []foundFile) []foundFile {
	for i := range found {
		found[i].named = found[i].named && !f.unknown
	}
	return found
}

// unchecked is why files were not checked, those that are not there first.
func (f *lintFlags) unchecked(missing error, results []linted) []error {
	all := each(missing)
	for _, r := range results {
		switch {
		case r.err == nil:
		case r.input && f.stdin == "":
			all = append(all, hinted(r.err, "standard input is taken for JSON or YAML: "+
				"--stdin-filename NAME tells another format, such as policy.tf"))
		case r.err == r.none:
			all = append(all, hinted(r.err, "--ignore-unknown passes over files without a policy"))
		default:
			all = append(all, r.err)
		}
	}
	return all
}

// hinted is an error with one more thing to do about it.
func hinted(err error, hint string) error {
	more := *asError(err)
	more.Hints = append(slices.Clip(more.Hints), source.Hint{Text: hint})
	return &more
}

// unread is what a report says of files that were not checked. No token that stands in the place of a name is in it.
func unread(errs []error) []report.Unread {
	out := make([]report.Unread, len(errs))
	for i, err := range errs {
		e := asError(err)
		out[i] = report.Unread{Pos: e.Pos, Why: guarded(e.Cause)}
		out[i].Pos.File = guarded(e.Pos.File)
	}
	return out
}
