package source

import (
	"bytes"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Kustomizations are those among the files of a folder. What they change kubectl alone works out:
// here it is told which files do not say what the cluster gets.
type Kustomizations []kustomization

// kustomization is one of them, and what it names.
type kustomization struct {
	file    *File
	at      *Value
	folder  string
	names   []string // of files and folders: its resources and components
	patches []patch
}

// patch is what changes some resources.
type patch struct {
	at     *Value // in the Kustomization
	field  string
	file   string         // that has it; empty where the Kustomization has it itself
	texts  []*Value       // the documents; none where they are not known
	target *regexp.Regexp // of the kind; nil where that is not said
}

// Kustomized is what a Kustomization changes of a file.
type Kustomized struct {
	File   string          // that does not say what the cluster gets
	Field  string          // by which it is changed
	At     *Value          // the field's value
	Folder string          // of the Kustomization that gives what the cluster gets
	Names  map[string]bool // the files and folders that it names, by way of others too
}

// IsKustomization reports whether kubectl takes a file of this name for a Kustomization.
func IsKustomization(name string) bool {
	switch path.Base(slashed(name)) {
	case "kustomization.yaml", "kustomization.yml", "Kustomization":
		return true
	}
	return false
}

func slashed(name string) string { return path.Clean(filepath.ToSlash(name)) }

// KustomizationsIn are those that some files hold. Files that hold patches are read by a function,
// which gives nil for one that is not there.
func KustomizationsIn(files []*File, read func(string) *File) Kustomizations {
	var all Kustomizations
	for _, file := range files {
		for _, at := range file.Documents {
			if !at.Is(Object) {
				continue
			}
			k := kustomization{file: file, at: at, folder: path.Dir(slashed(file.Name))}
			for _, field := range []string{"resources", "bases", "components"} {
				for _, name := range at.Member(field).List() {
					k.names = append(k.names, path.Join(k.folder, name.Text))
				}
			}
			k.readPatches(read)
			all = append(all, k)
		}
	}
	return all
}

// readPatches takes the patches in all three ways in which they are written.
func (k *kustomization) readPatches(read func(string) *File) {
	for _, field := range []string{"patches", "patchesStrategicMerge", "patchesJson6902"} {
		for _, at := range k.at.Member(field).List() {
			p := patch{at: at, field: field}
			name, inline := at.Member("path"), at.Member("patch")
			if at.Is(String) {
				name, inline = at, at
			}
			if kind, ok := at.At("target", "kind").Str(); ok {
				p.target, _ = regexp.Compile("^(?:" + kind + ")$")
			}
			if text, ok := name.Str(); ok && !strings.Contains(text, "\n") {
				p.file = path.Join(k.folder, text)
				if file := read(p.file); file != nil {
					p.texts = file.Documents
				}
			} else if file, err := Embedded(k.file, inline, YAML); err == nil {
				p.texts = file.Documents
			}
			k.patches = append(k.patches, p)
		}
	}
}

// IsPatch reports whether a file is a patch of another one: it is nothing that a cluster gets.
func (all Kustomizations) IsPatch(name string) bool {
	return slices.ContainsFunc(all, func(k kustomization) bool {
		is := func(p patch) bool { return p.file == slashed(name) }
		return slices.ContainsFunc(k.patches, is)
	})
}

// Changes lists what the Kustomizations change of some files, as far as somebody reads it who
// reads these resources: of each Kustomization one change.
func (all Kustomizations) Changes(files []*File, reads []Resource) []Kustomized {
	var changes []Kustomized
	for i := range all {
		names := map[string]bool{}
		all.reach(&all[i], names)
		touched := Where(files, func(f *File) bool { return names[slashed(f.Name)] })
		if len(touched) == 0 {
			continue
		}
		seen := kustomizedFiles{touched: touched, whole: len(touched) == len(files), reads: reads}
		for _, k := range all.with(&all[i]) {
			if change, ok := k.change(&seen); ok {
				change.Folder, change.Names = all[i].folder, names
				changes = append(changes, change)
				break
			}
		}
	}
	return changes
}

// Folder is that of the first one; empty where there are none.
func (all Kustomizations) Folder() string {
	if len(all) == 0 {
		return ""
	}
	return all[0].folder
}

// reach collects the files that a Kustomization names, by way of others too.
func (all Kustomizations) reach(k *kustomization, names map[string]bool) {
	for _, name := range k.names {
		if names[name] {
			continue
		}
		names[name] = true
		for i := range all {
			if all[i].folder == name {
				all.reach(&all[i], names)
			}
		}
	}
}

// with is a Kustomization with its components, which change all that it names.
func (all Kustomizations) with(k *kustomization) []*kustomization {
	of := []*kustomization{k}
	for _, name := range k.at.Member("components").List() {
		for i := range all {
			if all[i].folder == path.Join(k.folder, name.Text) {
				of = append(of, &all[i])
			}
		}
	}
	return of
}

// kustomizedFiles are the files that a Kustomization names, as they are written.
type kustomizedFiles struct {
	touched []*File
	whole   bool // no other files are read with them
	reads   []Resource
}

// change is the first by which a Kustomization changes what is read of some files.
func (k *kustomization) change(of *kustomizedFiles) (Kustomized, bool) {
	by := func(file *File, field string, at *Value) (Kustomized, bool) {
		return Kustomized{File: file.Name, Field: field, At: at}, true
	}
	first := of.touched[0]
	for _, p := range k.patches {
		if file := of.patched(&p); file != nil {
			return by(file, p.field, p.at)
		}
	}
	for _, field := range []string{"transformers", "replacements", "vars"} {
		if at := k.at.Member(field); len(at.List()) > 0 {
			return by(first, field, at)
		}
	}
	if at := k.at.Member("namespace"); at.IsSet() && of.moved(at.Text) {
		return by(first, "namespace", at)
	}
	for _, field := range []string{"namePrefix", "nameSuffix"} {
		if at := k.at.Member(field); at.IsSet() && at.Text != "" && of.refersByName() {
			return by(first, field, at)
		}
	}
	labels := k.at.Member("commonLabels")
	if of.selectedBy(labels) {
		return by(first, "commonLabels", labels)
	}
	for _, one := range k.at.Member("labels").List() {
		if of.selectedBy(one.Member("pairs")) {
			return by(first, "labels", one)
		}
	}
	return Kustomized{}, false
}

// patched is the first file in which a patch changes what is read; nil where there is none.
func (of *kustomizedFiles) patched(p *patch) *File {
	if len(p.texts) == 0 {
		return of.touched[0] // nobody knows what it changes
	}
	for _, text := range p.texts {
		kind := text.TextAt("kind")
		paths := changedPaths(text)
		for object, file := range of.objects {
			other := object.TextAt("kind")
			is := kind == "" || kind == other
			if p.target != nil {
				is = p.target.MatchString(other)
			}
			if is && slices.ContainsFunc(of.reads, func(r Resource) bool {
				return (r.Kind == "" || r.Kind == other) && r.readsAny(paths)
			}) {
				return file
			}
		}
	}
	return nil
}

// objects visits the resources of the files.
func (of *kustomizedFiles) objects(yield func(*Value, *File) bool) {
	for _, file := range of.touched {
		for _, document := range file.Documents {
			kind := document.TextAt("kind")
			all := []*Value{document}
			if strings.HasSuffix(kind, "List") {
				all = document.Member("items").List()
			}
			for _, object := range all {
				if !yield(object, file) {
					return
				}
			}
		}
	}
}

// moved reports whether resources get into a namespace in which they are not written to be, beside
// others that are not moved, or that were in another one than they.
func (of *kustomizedFiles) moved(namespace string) bool {
	named, other := false, false
	for object := range of.objects {
		kind := object.TextAt("kind")
		in := object.TextAt("metadata", "namespace")
		named = named || in != ""
		other = other || in != namespace && kind != "Namespace"
	}
	return other && (named || !of.whole)
}

// refersByName reports whether a policy or a route names another resource: kubectl renames that,
// and does not know of the reference.
func (of *kustomizedFiles) refersByName() bool {
	for object := range of.objects {
		for _, field := range []string{"targetRef", "targetRefs", "parentRefs"} {
			if object.At("spec", field).IsSet() {
				return true
			}
		}
	}
	return false
}

// selectedBy reports whether the files speak of one of some labels, which resources get.
func (of *kustomizedFiles) selectedBy(labels *Value) bool {
	if !labels.Is(Object) {
		return false
	}
	return slices.ContainsFunc(labels.Members, func(m Member) bool {
		return slices.ContainsFunc(of.touched, func(file *File) bool {
			return bytes.Contains(file.Text, []byte(m.Key))
		})
	})
}

// changedPaths lists the paths that a patch changes: of a JSON patch those of its operations, else
// those of its values. An empty one stands for the whole resource.
func changedPaths(text *Value) []string {
	var all []string
	for _, operation := range text.List() {
		where := operation.TextAt("path")
		all = append(all, strings.ReplaceAll(strings.Trim(where, "/"), "/", "."))
	}
	var below func(v *Value, path string)
	below = func(v *Value, path string) {
		if !v.Is(Object) {
			all = append(all, path)
			return
		}
		for i := range v.Members {
			m := &v.Members[i]
			name := strings.TrimPrefix(path+"."+m.Key, ".")
			switch {
			case strings.HasPrefix(m.Key, "$"):
				all = append(all, path)
			case !slices.Contains([]string{"apiVersion", "kind", "metadata.name"}, name):
				below(m.Value, name)
			}
		}
	}
	if text.Is(Object) {
		below(text, "")
	}
	return all
}
