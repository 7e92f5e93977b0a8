package oauth2proxy

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// held names a ConfigMap or a Secret.
type held struct{ kind, namespace, name string }

func (h held) String() string { return h.kind + " " + h.name }

// in is the object of this kind and name in another namespace.
func (h held) in(namespace string) held { return held{h.kind, namespace, h.name} }

// anyNamespace is none that an object has: in it are the objects of all.
const anyNamespace = "*"

// keyed are the values of a ConfigMap or a Secret.
type keyed struct {
	held
	place
	data      *source.Value
	variables *part // what the keys are as variables; nil where none sets an option
}

func (k *keyed) at() string { return k.file.Position(k.data.Span.Start).String() }

// place is a file, and its folder.
type place struct {
	file   *source.File
	folder string
}

func placeOf(file *source.File) place { return place{file, filepath.Dir(file.Name)} }

func (p place) where() place { return p }

// pod is what a container can read beside its own description.
type pod struct {
	namespace string
	mounts    []mount
}

// mount is a place in a container's file system, a folder or a file, and what is there.
type mount struct {
	at      string
	sub     string   // the part of the volume that is mounted; empty where it is the whole
	volumes []volume // ConfigMaps and Secrets
	host    string   // a path beside a compose file
	other   bool     // a volume of another kind

	content *source.Value // of a file that is written in a compose file; nil where it is not
}

// volume is a ConfigMap or a Secret as a folder.
type volume struct {
	held  held
	paths map[string]string // of the keys, by their paths; nil where each key is a path
}

// mountedIn lists what a container of a pod has mounted.
func mountedIn(container *source.Value, volumes []*source.Value, namespace string) []mount {
	var all []mount
	for _, item := range container.Member("volumeMounts").List() {
		name := item.TextAt("name")
		m := mount{at: item.TextAt("mountPath"), sub: item.TextAt("subPath")}
		for _, v := range volumes {
			if v.TextAt("name") == name {
				m.volumes = volumesOf(v, namespace)
			}
		}
		m.other = len(m.volumes) == 0
		all = append(all, m)
	}
	return all
}

// volumesOf lists the ConfigMaps and Secrets that a volume shows.
func volumesOf(of *source.Value, namespace string) []volume {
	var all []volume
	for _, kind := range [][3]string{
		{"configMap", "ConfigMap", "name"},
		{"secret", "Secret", "secretName"},
		{"secret", "Secret", "name"}, // as one of several sources
	} {
		from := of.Member(kind[0])
		name, ok := from.Member(kind[2]).Str()
		if !ok {
			continue
		}
		v := volume{held: held{kind[1], namespace, name}}
		for _, item := range from.Member("items").List() {
			if v.paths == nil {
				v.paths = map[string]string{}
			}
			v.paths[item.TextAt("path")] = item.TextAt("key")
		}
		all = append(all, v)
	}
	for _, one := range of.At("projected", "sources").List() {
		all = append(all, volumesOf(one, namespace)...)
	}
	return all
}

// mounted is the innermost mount that has a path, and the path within it.
func (p pod) mounted(name string) (m mount, within string, ok bool) {
	for _, one := range p.mounts {
		at := path.Clean(one.at)
		rest, under := strings.CutPrefix(path.Clean(name), strings.TrimSuffix(at, "/")+"/")
		if !under && path.Clean(name) != at || ok && len(one.at) < len(m.at) {
			continue
		}
		if !under {
			rest = ""
		}
		m, within, ok = one, path.Join(one.sub, rest), true
	}
	return m, within, ok
}

// configuration finds the part that an instance reads as a file, or says why that is not known.
func (r *reader) configuration(e *entry, name string, alpha bool) (*part, string) {
	m, within, ok := e.pod.mounted(name)
	switch {
	case m.content.Is(source.String) && !strings.Contains(m.content.Text, "$"): // no variable
		if of, _ := r.embedded(e.file, m.content); of != nil && of.alpha == alpha {
			return &part{place: placeOf(e.file), entry: of}, ""
		}
		return nil, "can't be read"
	case !ok || m.other:
		return r.one(e, alpha, path.Base(name), func(*part) bool { return true })
	case m.host == "":
		return r.mountedPart(e, m, within, alpha)
	}
	host := path.Join(filepath.ToSlash(filepath.Dir(e.file.Name)), m.host, within)
	found, _ := r.one(e, alpha, path.Base(host), func(p *part) bool {
		return p.in == nil && path.Clean(filepath.ToSlash(p.file.Name)) == host
	})
	if found != nil {
		return found, ""
	}
	return r.one(e, alpha, path.Base(host), isFile)
}

func isFile(p *part) bool { return p.in == nil }

// mountedPart finds the part that a ConfigMap or a Secret holds. Where that is not among the
// files, one of the key's name may be what it is made of.
func (r *reader) mountedPart(
	e *entry, m mount, within string, alpha bool,
) (found *part, why string) {
	why = "is not in what is mounted there"
	for _, v := range m.volumes {
		key := within
		if v.paths != nil {
			key = v.paths[within]
		}
		if key == "" {
			continue
		}
		of, open := r.keysOf(v.held, e.file)
		if of == nil {
			found, _ = r.one(e, alpha, key, isFile)
			why = "is in " + v.held.String() + ", " + open
		} else {
			found, _ = r.one(e, alpha, key, func(p *part) bool { return p.in == of })
			why = "is in " + v.held.String() + ", which holds no such configuration"
		}
		if found != nil {
			return found, ""
		}
	}
	return nil, why
}

// one is the only part of a name that fits: of several, the one in the instance's own file, or
// else in its folder.
func (r *reader) one(e *entry, alpha bool, name string, fits func(*part) bool) (*part, string) {
	all := source.Where(r.called[name], func(p *part) bool {
		return p.entry.alpha == alpha && fits(p)
	})
	switch all = nearest(placeOf(e.file), all); {
	case len(all) == 0:
		return nil, "is not among the files"
	case len(all) > 1:
		return nil, "may be any of several: " + all[0].at() + " and " + all[1].at()
	}
	return all[0], ""
}

// nearest keeps of several those in a file, or else those in its folder; all where none is there.
func nearest[T interface{ where() place }](to place, all []T) []T {
	var inFile, inFolder []T
	for _, one := range all {
		at := one.where()
		if at.file == to.file {
			inFile = append(inFile, one)
		}
		if at.folder == to.folder {
			inFolder = append(inFolder, one)
		}
	}
	switch {
	case len(inFile) > 0:
		return inFile
	case len(inFolder) > 0:
		return inFolder
	}
	return all
}

// keep notes the values of a ConfigMap or a Secret. A namespace that is not known may be that of
// the command which applies the file.
func (r *reader) keep(k *keyed) {
	if hasMark(k.namespace) {
		k.namespace = ""
	}
	for _, h := range []held{k.held, k.in(anyNamespace)} {
		r.maps[h] = append(r.maps[h], k)
	}
}

// keysOf are the values of a ConfigMap or a Secret, or why they are not known.
func (r *reader) keysOf(h held, file *source.File) (of *keyed, why string) {
	all, other := r.maps[h], ""
	if h.namespace == "" || hasMark(h.namespace) {
		all, other = r.maps[h.in("")], anyNamespace
	}
	if len(all) == 0 {
		all = r.maps[h.in(other)]
	}
	switch all = nearest(placeOf(file), all); {
	case len(all) == 0:
		return nil, "which is not among the files"
	case len(all) > 1:
		return nil, "of which there are several: " + all[0].at() + " and " + all[1].at()
	}
	return all[0], ""
}
