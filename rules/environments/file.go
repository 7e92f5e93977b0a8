package environments

import (
	"path"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// File is an environments file (gatewhy.yaml) as it was read. File names in it are relative to its own folder.
type File struct {
	Name         string
	Tenant       entra.Text // an id or a domain
	Cloud        entra.Text // the id of the tenant's cloud; empty for the public one
	Keys         entra.Text // jwks: the key set's file
	Environments []Environment
	Allow        []Crossing
	Ignore       []Ignored
}

// Environment is one entry under environments.
type Environment struct {
	Name      string
	Pos       source.Position
	Policies  []entra.Text // in the gateway's order; globs are allowed
	Contracts entra.Text
	Gateway   entra.Text   // which of the vendor's gateways, where the policy files do not tell
	API       []entra.Text // the API's app registration, its service principal and assignments
	Clients   []entra.Text // globs are allowed
	Tokens    []entra.Text // globs are allowed
}

// Crossing is an entry under allow: tokens of one environment are meant to be let in at another.
type Crossing struct {
	From, To, Reason string
	Pos              source.Position
}

// Ignored is an entry under lint.ignore: findings that someone has looked at.
type Ignored struct {
	Rule   string
	Path   string    // which files: a pattern where ** stands for any folders; empty for all
	Field  string    // of the configuration; empty for all
	Reason string    // why; without one the entry sets nothing aside
	Until  time.Time // the last day; the zero time for always
	Pos    source.Position
	Span   source.Span
}

// Covers reports whether the entry is about a finding of this rule in this file, and still holds
// on that day. In its path * stands for a part of a name, ? for one character, and ** for any
// folders. Nothing else in it has a meaning.
func (i *Ignored) Covers(rule, file string, day time.Time) bool {
	if i.Rule != rule || !i.Until.IsZero() && day.After(i.Until.AddDate(0, 0, 1)) {
		return false
	}
	name := path.Clean(strings.ReplaceAll(file, `\`, "/"))
	literal := strings.NewReplacer(`\`, `\\`, "[", `\[`, "{", `\{`)
	return i.Path == "" || doublestar.MatchUnvalidated(literal.Replace(i.Path), name)
}

// Environment returns the environment of that name.
func (f *File) Environment(name string) (*Environment, bool) {
	for i := range f.Environments {
		if f.Environments[i].Name == name {
			return &f.Environments[i], true
		}
	}
	return nil, false
}

// Names lists the environments in the file's order.
func (f *File) Names() []string {
	all := make([]string, len(f.Environments))
	for i := range f.Environments {
		all[i] = f.Environments[i].Name
	}
	return all
}
