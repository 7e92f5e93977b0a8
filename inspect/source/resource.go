package source

import (
	"bytes"
	"slices"
	"strings"
)

// Resource is a kind of what Kubernetes holds that somebody reads, and which parts of it. A file
// that is as large as a whole cluster is read for these alone.
type Resource struct {
	Group string // of its apiVersion: "apps"; empty for any, and for those that have none
	Kind  string // empty for all kinds of the group
	Word  string // in the text of each one that is read; empty where it may lack any

	// Paths lead to the parts that are read, as "spec.template.metadata". What Kubernetes itself
	// notes in a resource is left out where all of it is read.
	Paths []string
}

// readsAny reports whether one of some paths leads to a part that is read, or to what holds one.
func (r *Resource) readsAny(paths []string) bool {
	if len(r.Paths) == 0 {
		return len(paths) > 0
	}
	within := func(a, b string) bool { return a == b || b == "" || strings.HasPrefix(a, b+".") }
	return slices.ContainsFunc(paths, func(path string) bool {
		return slices.ContainsFunc(r.Paths, func(read string) bool {
			return within(path, read) || within(read, path)
		})
	})
}

// selectedFrom is how many bytes a text must have for parts of it to be left out. Of a smaller one
// everything is read, so that everything that is odd in it is found.
const selectedFrom = 1 << 20

// selects reports whether parts of the file are left out.
func (f *File) selects() bool { return f.wanted != nil && len(f.Text) > selectedFrom }

// partOf says what is read of a resource: of one that nobody wants, only what it is. What is not
// a resource is read.
func (f *File) partOf(version, kind string, text []byte) *part {
	if version == "" || kind == "" || strings.HasSuffix(kind, "List") {
		return everything()
	}
	group, _, _ := strings.Cut(version, "/")
	read := &part{members: map[string]*part{"apiVersion": everything(), "kind": everything()}}
	for i := range f.wanted {
		r := &f.wanted[i]
		if r.Group != "" && r.Group != group || r.Kind != "" && r.Kind != kind ||
			r.Word != "" && !bytes.Contains(text, []byte(r.Word)) {
			continue
		}
		if len(r.Paths) == 0 {
			return withoutNotes()
		}
		for _, path := range r.Paths {
			read.add(strings.Split(path, "."))
		}
	}
	return read
}

// part says which part of a value is read; nil for nothing of it.
type part struct {
	members map[string]*part
	others  *part // for the members that are not named
}

func everything() *part {
	p := &part{}
	p.others = p
	return p
}

// withoutNotes is everything but what Kubernetes notes in a resource: who has written which field,
// how it is, and the text that it was last made from.
func withoutNotes() *part {
	all := everything()
	const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
	annotations := &part{members: map[string]*part{lastApplied: nil}, others: all}
	metadata := &part{
		members: map[string]*part{"managedFields": nil, "annotations": annotations}, others: all,
	}
	return &part{members: map[string]*part{"status": nil, "metadata": metadata}, others: all}
}

// isAll reports whether all of the value is read.
func (p *part) isAll() bool { return p != nil && p.others == p }

// of is the part of a member that is read.
func (p *part) of(name string) *part {
	if inside, named := p.members[name]; named {
		return inside
	}
	return p.others
}

// add adds what a path leads to.
func (p *part) add(path []string) {
	switch inside := p.members[path[0]]; {
	case inside.isAll():
	case len(path) == 1:
		p.members[path[0]] = everything()
	default:
		if inside == nil {
			inside = &part{members: map[string]*part{}}
			p.members[path[0]] = inside
		}
		inside.add(path[1:])
	}
}

// leftOut is a value that was not read.
func (f *File) leftOut(s Span) *Value {
	return &Value{Kind: Unknown, Unread: true, Pos: f.Position(s.Start), Span: s}
}
