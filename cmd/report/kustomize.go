package report

import (
	"path"
	"path/filepath"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// kustomized takes the Kustomizations from files that were found, and leaves out the patches that
// these name: a patch has a part of a policy, and reads as one.
func (m *Maker) kustomized(found []Found) ([]Found, kubernetes.Kustomizations) {
	read := func(name string) *source.File {
		i := slices.IndexFunc(found, func(f Found) bool {
			return path.Clean(filepath.ToSlash(f.Name)) == name
		})
		if i < 0 {
			return nil
		}
		file, _ := m.ReadSource(found[i].Name) // one that can't be read is not known
		return file
	}
	var files []*source.File
	for _, f := range found {
		if kubernetes.IsKustomization(f.Name) {
			if file, err := m.ReadSource(f.Name); err == nil {
				files = append(files, file)
			}
		}
	}
	all := kubernetes.KustomizationsIn(files, read)
	if len(all) == 0 {
		return found, nil
	}
	return slices.DeleteFunc(slices.Clone(found), func(f Found) bool {
		return !f.Named && all.IsPatch(f.Name)
	}), all
}

// kustomizedFault is an error about files that a Kustomization among them changes; nil where none
// does. What the cluster gets they do not say then.
func (g Gateways) kustomizedFault(
	all kubernetes.Kustomizations, files []*source.File, options rules.Options,
) error {
	for _, of := range all.Changes(files, g.readFrom(files, options)) {
		return &source.Error{
			Pos: of.At.Pos,
			Cause: "this Kustomization changes " + of.File + " (" + of.Field + "): what the " +
				"cluster gets is not in these files",
			Hints: source.Hints(of.Instead, "or name "+of.File+" alone, as it is written"),
		}
	}
	return nil
}

// noteKustomized says of files that are read as they are written which of them a Kustomization
// changes.
func (m *Maker) noteKustomized(
	all kubernetes.Kustomizations, names []string, options rules.Options,
) {
	if len(all) == 0 {
		return
	}
	var files []*source.File
	for _, name := range names {
		file, err := m.ReadSource(name)
		if err == nil && !m.Gateways.holdNothing(file, options) {
			files = append(files, file)
		}
	}
	for _, of := range all.Changes(files, m.Gateways.readFrom(files, options)) {
		m.note("%s is read as it is written, and %s changes it (%s): %s", of.File, of.At.Pos,
			of.Field, of.Instead)
	}
}

// FindWritten finds the files that policies are written in, without the patches of Kustomizations,
// and says which of them these change.
func (m *Maker) FindWritten(names []string, options rules.Options) ([]Found, error) {
	found, err := m.Find(names)
	found, kustomizations := m.kustomized(found)
	written := make([]string, len(found))
	for i, f := range found {
		written[i] = f.Name
	}
	m.noteKustomized(kustomizations, written, options)
	return found, err
}

// readFrom lists what the gateways read of a cluster whose policies some files hold.
func (g Gateways) readFrom(files []*source.File, options rules.Options) []source.Resource {
	var all []source.Resource
	for i := range g {
		adapter := &g[i]
		holds := func(file *source.File) bool {
			return adapter.Detect(file, optionsFor(adapter, options))
		}
		if adapter.Resources != nil && slices.ContainsFunc(files, holds) {
			all = append(all, adapter.Resources()...)
		}
	}
	return all
}
