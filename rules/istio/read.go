package istio

import (
	"bytes"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// The kinds that are read.
const (
	requestAuthentication = "RequestAuthentication"
	authorizationPolicy   = "AuthorizationPolicy"
)

// group begins the apiVersion of both.
const group = "security.istio.io/"

// resource is one policy of a cluster.
type resource struct {
	kind, namespace, name string
	file                  *source.File
	at                    *source.Value
	spec                  *source.Value // an empty object where there is none
	selector              labels
	targets               []target
	selectorUnread        string // why it is not known what the policy selects; else empty
}

// String names the resource as kubectl does.
func (r *resource) String() string {
	if r.namespace == "" {
		return r.kind + " " + r.name
	}
	return r.kind + " " + r.namespace + "/" + r.name
}

// target is what a policy is attached to instead of what a selector selects.
type target struct{ kind, name string }

func detect(file *source.File, _ rules.Options) bool {
	if !bytes.Contains(file.Text, []byte(group)) {
		return false
	}
	for _, object := range objectsOf(file) {
		if isPolicy(object) {
			return true
		}
	}
	return false
}

func isPolicy(object *source.Value) bool {
	version, _ := object.Member("apiVersion").Str()
	kind, _ := object.Member("kind").Str()
	return strings.HasPrefix(version, group) &&
		(kind == requestAuthentication || kind == authorizationPolicy)
}

// objectsOf lists the resources in the documents of a file. A List stands for its items, as the
// answer of kubectl does, and lists may hold lists.
func objectsOf(file *source.File) []*source.Value {
	var all []*source.Value
	var add func(v *source.Value)
	add = func(v *source.Value) {
		if !v.Is(source.Object) {
			return
		}
		kind, _ := v.Member("kind").Str()
		if items := v.Member("items"); items.Is(source.List) && strings.HasSuffix(kind, "List") {
			for _, item := range items.Items {
				add(item)
			}
			return
		}
		all = append(all, v)
	}
	for _, document := range file.Documents {
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

func read(files []*source.File, options rules.Options) (*rules.Configuration, error) {
	c := &rules.Configuration{Options: options, Files: files}
	for _, file := range files {
		if !detect(file, options) {
			return nil, &source.Error{
				Pos:   source.Position{File: file.Name},
				Cause: "no policy of Istio in this file",
				Hints: source.Hints(
					"RequestAuthentication and AuthorizationPolicy, as manifests, as the output " +
						"of Helm or Kustomize, or as kubectl gets them: " + getPolicies,
				),
			}
		}
	}
	cluster := clusterOf(files)
	cluster.version = options.Runtime
	for _, w := range cluster.workloads() {
		if options.API == "" || w.name == options.API {
			c.Entries = append(c.Entries, w)
		}
	}
	if options.API != "" && len(c.Entries) == 0 {
		w, err := cluster.named(options.API)
		if err != nil {
			return nil, err
		}
		c.Entries = append(c.Entries, w)
	}
	return c, nil
}

// cluster is what the files show of a cluster.
type cluster struct {
	version  string // of Istio; empty where it is not known
	policies []*resource
	running  []*running            // workloads that the files show
	waypoint map[target]isWaypoint // by the gateway's namespace, as kind, and name
}

// isWaypoint says what the class of a gateway makes it.
type isWaypoint bool

// running is a workload that a file shows.
type running struct {
	namespace, name string
	labels          labels
}

func clusterOf(files []*source.File) *cluster {
	c := &cluster{waypoint: map[target]isWaypoint{}}
	for _, file := range files {
		for _, object := range objectsOf(file) {
			c.add(file, object)
		}
	}
	return c
}

func (c *cluster) add(file *source.File, object *source.Value) {
	kind, _ := object.Member("kind").Str()
	namespace, _ := object.At("metadata", "namespace").Str()
	name, _ := object.At("metadata", "name").Str()
	if isPolicy(object) {
		c.policies = append(c.policies, policyOf(file, object, kind, namespace, name))
		return
	}
	switch kind {
	case "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "Rollout":
		if found, ok := labelsOf(object.At("spec", "template", "metadata", "labels")); ok {
			c.running = append(c.running, &running{namespace, name, found})
		}
	case "Pod":
		if object.At("metadata", "ownerReferences") != nil {
			return // its workload stands for it
		}
		if found, ok := labelsOf(object.At("metadata", "labels")); ok {
			c.running = append(c.running, &running{namespace, name, found})
		}
	case "Gateway":
		class, ok := object.At("spec", "gatewayClassName").Str()
		if ok {
			c.waypoint[target{namespace, name}] = isWaypoint(strings.Contains(class, "waypoint"))
		}
	}
}

func policyOf(file *source.File, object *source.Value, kind, namespace, name string) *resource {
	r := &resource{
		kind: kind, namespace: namespace, name: name, file: file, at: object,
		spec: object.Member("spec"),
	}
	if !r.spec.Is(source.Object) {
		if r.spec != nil && !r.spec.Is(source.Null) {
			r.selectorUnread = r.String() + " has a spec that is " + r.spec.Kind.String()
		}
		r.spec = &source.Value{Kind: source.Object, Pos: object.Pos, Span: object.Span}
	}
	selector, ok := labelsOf(r.spec.At("selector", "matchLabels"))
	if r.selector = selector; !ok {
		r.selectorUnread = "the selector of " + r.String() + " can't be read"
	}
	if s := r.spec.Member("selector"); s != nil && !s.Is(source.Object) && !s.Is(source.Null) {
		r.selectorUnread = "the selector of " + r.String() + " can't be read"
	}
	targets, ok := targetsOf(r.spec)
	if r.targets = targets; !ok {
		r.selectorUnread = "what " + r.String() + " is attached to can't be read"
	}
	return r
}

// targetsOf lists what a policy is attached to. It is not ok if that can't be read.
func targetsOf(spec *source.Value) (all []target, ok bool) {
	var refs []*source.Value
	if ref := spec.Member("targetRef"); ref != nil && !ref.Is(source.Null) {
		refs = append(refs, ref)
	}
	switch list := spec.Member("targetRefs"); {
	case list.Is(source.List):
		refs = append(refs, list.Items...)
	case list != nil && !list.Is(source.Null):
		return nil, false
	}
	for _, ref := range refs {
		kind, isKind := ref.Member("kind").Str()
		name, isName := ref.Member("name").Str()
		if !isKind || !isName {
			return nil, false
		}
		all = append(all, target{kind, name})
	}
	return all, true
}

// labels are those of a workload, or those that a selector wants.
type labels map[string]string

// labelsOf reads labels. A mark that a template leaves counts as it is written: the same mark is
// the same value wherever it stands.
func labelsOf(v *source.Value) (labels, bool) {
	if v == nil || v.Is(source.Null) {
		return nil, true
	}
	if !v.Is(source.Object) {
		return nil, false
	}
	all := labels{}
	for i := range v.Members {
		m := &v.Members[i]
		if m.Value.Is(source.List) || m.Value.Is(source.Object) || m.Conflict {
			return nil, false
		}
		all[m.Key] = m.Value.Text
	}
	return all, true
}
