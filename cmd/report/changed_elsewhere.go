package report

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// changers are files that change what others say, as their tools put them together.
type changers struct {
	kustomizations source.Kustomizations
	overrides      []*source.File // of Terraform
	shell          Shell
}

// change is what one of them changes of a file.
type change struct {
	file    string          // that does not say what the gateway gets
	at      source.Position // of what changes it
	what    string          // that is: "this Kustomization"
	field   string
	instead string            // how to get what the gateway gets
	build   source.Kustomized // the change of a Kustomization
}

// changers takes them from files that were found, and leaves out those that have a part of a
// policy and would be read as one: patches and overrides.
func (m *Maker) changers(found []Found) ([]Found, *changers) {
	all := changers{shell: m.Shell}
	var files []*source.File
	for _, f := range found {
		kustomizes, overrides := source.IsKustomization(f.Name), source.IsOverride(f.Name)
		if !kustomizes && (!overrides || len(found) == 1) {
			continue
		}
		file, err := m.ReadSource(f.Name)
		switch {
		case err != nil:
		case kustomizes:
			files = append(files, file)
		default:
			all.overrides = append(all.overrides, file)
		}
	}
	all.kustomizations = source.KustomizationsIn(files, func(name string) *source.File {
		i := slices.IndexFunc(found, func(f Found) bool {
			return path.Clean(filepath.ToSlash(f.Name)) == name
		})
		if i < 0 {
			return nil
		}
		file, _ := m.ReadSource(found[i].Name) // one that can't be read is not known
		return file
	})
	if len(all.kustomizations)+len(all.overrides) == 0 {
		return found, &all
	}
	return source.Without(found, func(f Found) bool {
		return !f.Named && (source.IsOverride(f.Name) || all.kustomizations.IsPatch(f.Name))
	}), &all
}

// changes lists what they change of some files.
func (c *changers) changes(g Gateways, files []*source.File, options rules.Options) []change {
	var all []change
	if len(c.kustomizations) > 0 {
		for _, of := range c.kustomizations.Changes(files, g.readFrom(files, options)) {
			all = append(all, change{
				of.File, of.At.Pos, "this Kustomization", of.Field,
				c.kustomize(of.Folder), of,
			})
		}
	}
	for _, override := range c.overrides {
		for _, file := range files {
			at := override.Overrides(file)
			if at == nil {
				continue
			}
			all = append(all, change{
				file.Name, at.Pos, "this override file",
				cmp.Or(strings.Join(at.Labels, "."), "locals"),
				"pass the plan: terraform show -json PLAN > plan.json",
				source.Kustomized{},
			})
		}
	}
	return all
}

// kustomize says what to pass in the place of what a folder's Kustomization changes; empty for no
// folder.
func (c *changers) kustomize(folder string) string {
	if folder == "" {
		return ""
	}
	return "pass what kubectl prints for it: kubectl kustomize " + c.shell.Path(folder) +
		" > policies.yaml"
}

// builtElsewhere says of files of policies, by their names, why they do not show what the gateway
// gets, and lists the folders of Kustomizations that give it. What one of them puts together is
// not judged in part.
func (m *Maker) builtElsewhere(by *changers, found []Found) (map[string]string, []string) {
	why, together := map[string]string{}, map[string]string{}
	var policies, folders []string
	for _, f := range found {
		if m.isTooLarge(f.Name) || len(by.kustomizations)+len(by.overrides) == 0 {
			continue
		}
		file, err := m.ReadSource(f.Name)
		if err != nil {
			continue
		}
		if _, ok := m.Gateways.of(file, rules.Options{}); ok {
			policies = append(policies, f.Name)
		}
		for _, of := range by.changes(m.Gateways, []*source.File{file}, rules.Options{}) {
			why[f.Name] = cmp.Or(why[f.Name], "it is changed by "+of.at.String())
			for name := range of.build.Names {
				together[name] = "it comes with files that are changed by " + of.at.String()
			}
			if folder := of.build.Folder; folder != "" && !slices.Contains(folders, folder) {
				folders = append(folders, folder)
			}
		}
	}
	for _, name := range policies {
		why[name] = cmp.Or(why[name], together[path.Clean(filepath.ToSlash(name))])
	}
	return why, folders
}

// fault is an error about files that others change; nil where none does. What the gateway gets
// they do not say then.
func (c *changers) fault(g Gateways, files []*source.File, options rules.Options) error {
	for _, of := range c.changes(g, files, options) {
		return &source.Error{
			Pos: of.at,
			Cause: of.what + " changes " + of.file + " (" + of.field + "): what the gateway " +
				"gets is not in these files",
			Hints: source.Hints(of.instead, "or name "+of.file+" alone, as it is written"),
		}
	}
	return nil
}

// noteChanges says of files that are read as they are written which of them others change.
func (m *Maker) noteChanges(by *changers, names []string, options rules.Options) {
	if len(by.kustomizations)+len(by.overrides) == 0 {
		return
	}
	var files []*source.File
	for _, name := range names {
		file, err := m.ReadSource(name)
		if err == nil && !m.Gateways.holdNothing(file, options) {
			files = append(files, file)
		}
	}
	for _, of := range by.changes(m.Gateways, files, options) {
		m.note("%s is read as it is written, and %s changes it (%s): %s", of.file, of.at,
			of.field, of.instead)
	}
}

// FindWritten finds the files that policies are written in, without patches and overrides, and
// says which of them these change.
func (m *Maker) FindWritten(names []string, options rules.Options) ([]Found, error) {
	found, err := m.Find(names)
	found, changers := m.changers(found)
	written := source.Each(found, func(f Found) string { return f.Name })
	m.noteChanges(changers, written, options)
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
