package kubernetes

import (
	"path"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Together sorts files into those of one cluster. All of them are, unless two have a policy of one
// name, two folders with policies show other resources of one name that differ, or a policy has no
// namespace that is known: then each folder is one, or each of its files. A file that only shows
// what policies are about comes with those of its folder, or with all where its folder has none.
// Other files are left out.
func (r Reading) Together(files []*source.File) [][]*source.File {
	var having, more []part
	for _, p := range r.partsOf(files) {
		switch {
		case len(p.policies) > 0:
			having = append(having, p)
		case p.beside:
			more = append(more, p)
		}
	}
	anywhere := func(*part) bool { return true }
	if len(having) == 0 {
		return nil
	}
	open := slices.ContainsFunc(having, func(p part) bool { return p.open })
	apart := slices.ContainsFunc(having, func(p part) bool { return p.folder != having[0].folder })
	if !clashes(having) && (!apart || !open && !r.foldersDiffer(files, having)) {
		return [][]*source.File{filesOf(having, more, anywhere)}
	}
	return byFolder(having, more)
}

// foldersDiffer reports whether two folders with policies show resources of one name that differ.
func (r Reading) foldersDiffer(files []*source.File, having []part) bool {
	withPolicy := map[string]bool{}
	for _, p := range having {
		withPolicy[p.folder] = true
	}
	type place struct {
		folder string
		at     *source.Value
	}
	shown := map[string]place{}
	for _, file := range files {
		folder := path.Dir(file.Name)
		if !withPolicy[folder] {
			continue
		}
		for _, object := range Objects(file) {
			if r.Policy(object) || !r.Beside(object) {
				continue
			}
			resource := ResourceOf(file, object)
			if resource.Name == "" {
				continue
			}
			name := resource.String()
			before, known := shown[name]
			if !known {
				shown[name] = place{folder, object}
			} else if before.folder != folder && r.Differ(before.at, object) {
				return true
			}
		}
	}
	return false
}

func (r Reading) partsOf(files []*source.File) []part {
	var all []part
	for _, file := range files {
		p := part{file: file, folder: path.Dir(file.Name)}
		for _, object := range Objects(file) {
			switch {
			case r.Policy(object):
				policy := ResourceOf(file, object)
				p.policies = append(p.policies, &policy)
				p.open = p.open || policy.Namespace == "" || HasMark(policy.Namespace)
			case r.Beside(object):
				p.beside = true
			}
		}
		all = append(all, p)
	}
	return all
}

// part is what a file has of a cluster.
type part struct {
	file     *source.File
	folder   string
	policies []*Resource
	open     bool // of one of its policies the namespace is not known
	beside   bool // it shows what policies are about
}

// clash is a policy, and one of its name in a file before it that a function finds to be another
// one; nil where there is none.
func clash(all []part, two func(a, b *Resource) bool) (policy, before *Resource) {
	by := map[string]*Resource{}
	for _, p := range all {
		for _, policy := range p.policies {
			name := policy.String()
			before := by[name]
			if before != nil && before.File.Name != policy.File.Name && two(before, policy) {
				return policy, before
			}
			by[name] = policy
		}
	}
	return nil, nil
}

// clashes reports whether two files have a policy of one name, whatever it says.
func clashes(all []part) bool {
	policy, _ := clash(all, func(*Resource, *Resource) bool { return true })
	return policy != nil
}

// oneCluster is an error where files that are read together can't be of one cluster: two of them
// say different things of one policy. One that both have in the same words is one.
func (r Reading) oneCluster(files []*source.File) error {
	policy, before := clash(r.partsOf(files), (*Resource).differs)
	if policy == nil {
		return nil
	}
	return &source.Error{
		Pos: source.Position{File: policy.File.Name},
		Cause: policy.String() + " is in " + before.File.Name + " too, and says something else " +
			"there: they are of two clusters",
		Hints: source.Hints(
			"name the files of one cluster, that of " + before.File.Name + " or the other",
		),
	}
}

// byFolder is each folder's files, or each of them where two of them clash. Behind them are those
// of the folder that show what policies are about, and those of folders without policies.
func byFolder(having, beside []part) [][]*source.File {
	in := map[string][]part{}
	for _, p := range having {
		in[p.folder] = append(in[p.folder], p)
	}
	var groups [][]*source.File
	seen := map[string]bool{}
	for _, first := range having {
		here := in[first.folder]
		if seen[first.folder] {
			continue
		}
		seen[first.folder] = true
		near := func(p *part) bool {
			return p.folder == first.folder || len(in[p.folder]) == 0
		}
		if !clashes(here) {
			groups = append(groups, filesOf(here, beside, near))
			continue
		}
		for i := range here {
			groups = append(groups, filesOf(here[i:i+1], beside, near))
		}
	}
	return groups
}

func filesOf(parts, beside []part, near func(*part) bool) []*source.File {
	files := make([]*source.File, len(parts), len(parts)+len(beside))
	for i := range parts {
		files[i] = parts[i].file
	}
	for i := range beside {
		if near(&beside[i]) {
			files = append(files, beside[i].file)
		}
	}
	return files
}
