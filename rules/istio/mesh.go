package istio

import (
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// usualRoot is the namespace whose policies hold in the whole mesh, where the mesh's configuration
// does not name another one.
const usualRoot = "istio-system"

// root is that namespace, as the files show it.
type root struct {
	name  string
	known bool   // some file has the mesh's configuration
	doubt string // why it is not known; else empty
}

// isMesh reports whether a resource has the configuration of the mesh: the ConfigMap that istiod
// reads, an IstioOperator, or the values of its chart.
func isMesh(object *source.Value) bool { return meshConfig(object) != nil }

// meshConfig is the configuration of the mesh that a resource has; nil where it has none.
func meshConfig(object *source.Value) *source.Value {
	kind, _ := object.Member("kind").Str()
	name, _ := object.At("metadata", "name").Str()
	switch {
	case kind == "" && object.Member("meshConfig").Is(source.Object):
		return object.Member("meshConfig")
	case kind == "IstioOperator":
		if in := object.At("spec", "meshConfig"); in.Is(source.Object) {
			return in
		}
		return object.At("spec", "values", "meshConfig")
	case kind != "ConfigMap" || name != "istio" && !strings.HasPrefix(name, "istio-"):
		return nil
	}
	in := object.At("data", "mesh")
	if in == nil {
		return nil
	}
	text, _ := in.Str()
	file, err := source.Read("mesh.yaml", []byte(text))
	if err != nil || len(file.Documents) != 1 || !file.Documents[0].Is(source.Object) {
		return &source.Value{Kind: source.Unknown, Pos: in.Pos, Span: in.Span}
	}
	return file.Documents[0]
}

// learn takes the root namespace from the configuration of the mesh. Two that differ are of two
// meshes.
func (r *root) learn(mesh *source.Value) {
	v := mesh.Member("rootNamespace")
	name := usualRoot
	if text, ok := v.Str(); ok && text != "" {
		name = text
	}
	switch {
	case mesh.Is(source.Unknown):
		r.doubt = "which namespace is the mesh's root is not known: its configuration, in line " +
			strconv.Itoa(mesh.Pos.Line) + " of " + mesh.Pos.File + ", can't be read"
	case kubernetes.Marked(v):
		r.doubt = "which namespace is the mesh's root only its deployment knows"
	case r.known && r.name != name:
		r.doubt = "the files have the configurations of two meshes, with the root namespaces " +
			r.name + " and " + name
	}
	r.name, r.known = name, true
}
