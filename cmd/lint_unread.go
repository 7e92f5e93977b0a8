package cmd

import (
	"errors"
	"io/fs"

	"github.com/gatewhy/gatewhy/cmd/render"
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
func (f *lintFlags) unchecked(missing error, results []linted) *several {
	all := joined(missing)
	for _, r := range results {
		if r.err == nil {
			continue
		}
		all.errs = append(all.errs, r.err)
		switch {
		case r.input && f.stdin == "":
			all.hints = append(all.hints, "standard input is taken for JSON or YAML: --stdin-filename NAME tells another format, such as policy.tf")
		case r.err == r.none:
			all.hints = append(all.hints, "--ignore-unknown passes over files without a policy")
		}
	}
	return all
}

// unread is what a report says of files that were not checked. No token that stands in the place of a name is in it.
func (s *several) unread() []render.Unread {
	out := make([]render.Unread, len(s.errs))
	for i, err := range s.errs {
		var at *source.Error
		var missing *fs.PathError
		switch {
		case errors.As(err, &at):
			out[i] = render.Unread{Pos: at.Pos, Why: at.Cause}
		case errors.As(err, &missing):
			out[i] = render.Unread{Pos: source.Position{File: missing.Path}, Why: missing.Err.Error()}
		default:
			out[i] = render.Unread{Why: asProblem(err).Cause}
		}
		out[i].Pos.File, out[i].Why = guarded(out[i].Pos.File), guarded(out[i].Why)
	}
	return out
}
