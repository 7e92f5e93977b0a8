package kubernetes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Objects lists the resources in the documents of a file, as kubectl reads them. A List stands for
// its items, as the answer of kubectl does, and lists may hold lists.
func Objects(file *source.File) []*source.Value {
	var all []*source.Value
	var add func(v *source.Value)
	add = func(v *source.Value) {
		if !v.Is(source.Object) {
			return
		}
		kind := v.TextAt("kind")
		if items := v.Member("items"); items.Is(source.List) && strings.HasSuffix(kind, "List") {
			for _, item := range items.Items {
				add(itemOf(v, item))
			}
			return
		}
		all = append(all, v)
	}
	for _, document := range file.Documents {
		document = file.YAML11(document)
		if document.Is(source.List) {
			for _, item := range document.Items {
				add(item)
			}
			continue
		}
		add(document)
	}
	return all
}

// itemOf is an item of a List with its kind and version, which a typed list, such as a
// ServiceList, says once for all of them.
func itemOf(list, item *source.Value) *source.Value {
	kind := list.Member("kind")
	if !item.Is(source.Object) || kind.Text == "List" {
		return item
	}
	named := *item
	named.Members = slices.Clone(item.Members)
	if item.Member("kind") == nil {
		one := *kind
		one.Text = strings.TrimSuffix(kind.Text, "List")
		named.Members = append(named.Members, source.Member{Key: "kind", Value: &one})
	}
	if version := list.Member("apiVersion"); version != nil && item.Member("apiVersion") == nil {
		named.Members = append(named.Members, source.Member{Key: "apiVersion", Value: version})
	}
	return &named
}

// IsOf reports whether a resource is of one of some kinds of a group, in any of its versions.
// The group ends in a slash.
func IsOf(object *source.Value, group string, kinds ...string) bool {
	return strings.HasPrefix(object.TextAt("apiVersion"), group) &&
		slices.Contains(kinds, object.TextAt("kind"))
}

// Resource is one resource of a cluster.
type Resource struct {
	Kind, Namespace, Name string

	// Prefix is what its name begins with, where the API server makes the rest up: no other
	// resource is this one. It is empty elsewhere.
	Prefix string

	File *source.File
	At   *source.Value
	Spec *source.Value // an empty object where there is none

	NoSpec string // why what the spec says is not known; empty where it is
	Twice  string // why it is not known which of two it is; empty where it is
}

// ResourceOf is the resource that an object of a file is.
func ResourceOf(file *source.File, object *source.Value) Resource {
	r := Resource{
		File: file, At: object, Spec: object.Member("spec"), Kind: object.TextAt("kind"),
	}
	r.Namespace, _ = Name(object.At("metadata", "namespace"))
	r.Name, _ = Name(object.At("metadata", "name"))
	if r.Name == "" {
		if r.Prefix, _ = Name(object.At("metadata", "generateName")); r.Prefix != "" {
			r.Name = r.Prefix + "…"
		}
	}
	if !r.Spec.Is(source.Object) {
		if r.Spec.IsSet() {
			r.NoSpec = r.String() + " has a spec that is " + r.Spec.Kind.String()
		}
		r.Spec = &source.Value{Kind: source.Object, Pos: object.Pos, Span: object.Span}
	}
	if odd := object.NotJSON(); odd != nil {
		r.NoSpec = r.String() + " has " + odd.Text + ", which JSON does not have: kubectl " +
			"refuses the file, and an earlier version of it may be in the cluster"
	}
	return r
}

// Name is a name, or the mark that a template has left in its place. It is not ok where it is no
// text.
func Name(v *source.Value) (name string, ok bool) {
	if Marked(v) {
		return markOf(v), true
	}
	return v.Str()
}

// isSubdomain reports whether a text can be the name of a custom resource (RFC 1123, subdomain).
func isSubdomain(name string) bool {
	edge := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
	for part := range strings.SplitSeq(name, ".") {
		if part == "" || !edge(part[0]) || !edge(part[len(part)-1]) {
			return false
		}
		for i := range len(part) {
			if !edge(part[i]) && part[i] != '-' {
				return false
			}
		}
	}
	return len(name) <= 253
}

// String names the resource as kubectl does.
func (r *Resource) String() string {
	if r.Namespace == "" {
		return r.Kind + " " + r.Name
	}
	return r.Kind + " " + r.Namespace + "/" + r.Name
}

// differs reports whether two resources of one name say different things.
func (r *Resource) differs(other *Resource) bool {
	annotations := []string{"metadata", "annotations"}
	return r.Spec.JSON() != other.Spec.JSON() ||
		r.At.At(annotations...).JSON() != other.At.At(annotations...).JSON()
}

// SetTwice notes that a later resource, which differs, has the name too.
func (r *Resource) SetTwice(later *Resource) {
	place := fmt.Sprintf("line %d", r.At.Pos.Line)
	if r.At.Pos.File != later.At.Pos.File {
		place = r.At.Pos.String()
	}
	r.Twice = fmt.Sprintf("%s is in %s and in line %d of %s, and they differ: which one is in "+
		"the cluster is not known", r, place, later.At.Pos.Line, later.At.Pos.File)
}

// Add adds a policy to those of its cluster by their names, and reports whether none says the same
// under its name. Of two that differ it is not known which one the cluster has: both are told why.
func Add(all map[string]*Resource, r *Resource) bool {
	name := r.String()
	if r.Prefix != "" {
		return true
	}
	if before := all[name]; before != nil {
		if !r.differs(before) {
			return false // the cluster has one of them, whichever is applied last
		}
		before.SetTwice(r)
		r.Twice = before.Twice
	}
	all[name] = r
	return true
}

// Reference is what a policy is attached to, or a route to.
type Reference struct {
	At *source.Value

	Kind, Namespace, Name, Section string // the namespace and the section may be empty
}

// References lists the references in a field that holds one or a list of them. It is not ok if
// one can't be read.
func References(v *source.Value) (all []Reference, ok bool) {
	refs := v.List()
	if v.IsSet() && !v.Is(source.List) {
		refs = []*source.Value{v}
	}
	for _, ref := range refs {
		one := Reference{At: ref}
		if one.Name, ok = Name(ref.Member("name")); !ok {
			return nil, false
		}
		one.Kind, _ = Name(ref.Member("kind"))
		one.Namespace, _ = Name(ref.Member("namespace"))
		one.Section, _ = Name(ref.Member("sectionName"))
		all = append(all, one)
	}
	return all, true
}

// MakersOf lists what has made an object, the nearest first: a ReplicaSet makes a pod, and a
// Deployment the ReplicaSet, whose name is the Deployment's with the hash of the revision.
func MakersOf(object *source.Value) []Reference {
	owners, _ := References(object.At("metadata", "ownerReferences"))
	if len(owners) != 1 || owners[0].Kind != "ReplicaSet" {
		return owners
	}
	for _, of := range [][2]string{
		{"Deployment", "pod-template-hash"}, {"Rollout", "rollouts-pod-template-hash"},
	} {
		hash := object.TextAt("metadata", "labels", of[1])
		name, ok := strings.CutSuffix(owners[0].Name, "-"+hash)
		if ok && hash != "" && name != "" {
			return append(owners, Reference{At: owners[0].At, Kind: of[0], Name: name})
		}
	}
	return owners
}

// Metadata visits what the API server refuses of the metadata of a resource: that there is neither
// a name nor the beginning of one, and a field of another type, such as a label that is true.
func Metadata(at *source.Value, visit func(at *source.Value, field, why string)) {
	metadata := at.Member("metadata")
	if why := nameless(at, metadata); why != "" {
		visit(at, "metadata.name", why)
		return
	}
	is := func(v *source.Value, kind source.Kind, field string) bool {
		if v.IsSet() && !v.Is(kind) && !Marked(v) {
			visit(v, field, fmt.Sprintf("%s is %s, and must be %s", field, KindOf(v), kind))
			return false
		}
		return v.IsSet() && !Marked(v)
	}
	if !is(metadata, source.Object, "metadata") {
		return
	}
	name := metadata.Member("name")
	if is(name, source.String, "metadata.name") && !isSubdomain(name.Text) {
		visit(name, "metadata.name", inspect.InSentence(name.Text)+
			" can't be a name: it has small letters, digits, - and .")
	}
	is(metadata.Member("namespace"), source.String, "metadata.namespace")
	for _, field := range []string{"labels", "annotations"} {
		texts := metadata.Member(field)
		if !is(texts, source.Object, "metadata."+field) {
			continue
		}
		for i := range texts.Members {
			m := &texts.Members[i]
			is(m.Value, source.String, "metadata."+field+"."+m.Key)
		}
	}
}

func nameless(at, metadata *source.Value) string {
	const why = "the policy has no name"
	marked := func(m source.Member) bool { return HasMark(m.Key) }
	switch {
	case !metadata.IsSet() && at.Member("name").IsSet():
		return why + ": name is beside metadata, not in it, as if the file had lost its " +
			"indentation"
	case !metadata.IsSet(),
		metadata.Is(source.Object) && !slices.ContainsFunc(metadata.Members, marked) &&
			!metadata.Member("name").IsSet() && !metadata.Member("generateName").IsSet():
		return why
	}
	return ""
}
