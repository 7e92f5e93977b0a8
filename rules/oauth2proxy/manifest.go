package oauth2proxy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// startedByManifest lists the instances that the containers of a Kubernetes manifest are. What
// another object of the files has made, as a Deployment its pods, is that object's instance.
func (r *reader) startedByManifest(file *source.File, document *source.Value) []*entry {
	metadata := document.Member("metadata")
	namespace := metadata.TextAt("namespace")
	all := r.containersIn(file, document, metadata)
	isShown := func(by kubernetes.Reference) bool {
		return r.objects[held{by.Kind, namespace, by.Name}]
	}
	if len(all) > 0 && slices.ContainsFunc(kubernetes.MakersOf(document), isShown) {
		r.ours[file] = true
		return nil
	}
	return all
}

// containersIn lists the instances below a value, wherever a pod is described. Of initContainers
// those run beside the others that always restart.
func (r *reader) containersIn(file *source.File, v, metadata *source.Value) []*entry {
	var all []*entry
	name := metadata.TextAt("name")
	namespace := metadata.TextAt("namespace")
	ends := func(c *source.Value) bool { return c.TextAt("restartPolicy") != "Always" }
	beside := source.Without(itemsOf(v, []string{"initContainers"}), ends)
	for _, container := range append(beside, v.Member("containers").List()...) {
		if runsProgram(container) {
			of := pod{namespace, mountedIn(container, v.Member("volumes").List(), namespace)}
			all = append(all, r.container(file, name, container, of))
		}
	}
	for _, under := range []string{"spec", "template", "jobTemplate"} {
		if inside := v.Member(under); inside.Is(source.Object) {
			all = append(all, r.containersIn(file, inside, metadata)...)
		}
	}
	return all
}

// runsProgram reports whether a container or a service runs the program, by its image or by its
// command.
func runsProgram(container *source.Value) bool {
	words := itemsOf(container, []string{"command", "entrypoint"})
	return isProgram(container.TextAt("image")) || startIn(words) >= 0
}

func (r *reader) container(
	file *source.File, name string, container *source.Value, of pod,
) *entry {
	e := &entry{name: name, file: file, at: container, common: r.common, started: true, pod: of}
	r.environment(e, file, container)
	fields := []string{"command", "args"}
	if words := itemsOf(container, fields); isShell(words) {
		r.fromScript(e, file, words)
		return e
	}
	for _, field := range fields {
		words := container.Member(field)
		r.fromArguments(e, r.expanded(e, behindProgram(words.List())), given{
			file: file, object: words,
		})
	}
	return e
}

// itemsOf are those of several lists of an object.
func itemsOf(object *source.Value, fields []string) []*source.Value {
	return source.Flat(fields, func(field string) []*source.Value {
		return object.Member(field).List()
	})
}

// behindProgram leaves out the word that starts the program, and what is before it.
func behindProgram(words []*source.Value) []*source.Value {
	return words[startIn(words)+1:]
}

// expanded puts the values of the container's own variables in the place of $(NAME), as
// Kubernetes does. One that is not known stays.
func (r *reader) expanded(e *entry, words []*source.Value) []*source.Value {
	var all []*source.Value
	for _, word := range words {
		if !strings.Contains(word.Text, "$(") {
			all = append(all, word)
			continue
		}
		w := *word
		for _, g := range e.given {
			if g.layer == byVariable && g.value.Is(source.String) && !marked(g.value) {
				variable := variablePrefix + strings.ToUpper(g.option.name)
				w.Text = strings.ReplaceAll(w.Text, "$("+variable+")", g.value.Text)
			}
		}
		all = append(all, &w)
	}
	return all
}

// environment takes the options of a container's variables: those of env, and of the others those
// of the last source in envFrom that has them (the API of Kubernetes, Container).
func (r *reader) environment(e *entry, file *source.File, container *source.Value) {
	for _, item := range container.Member("envFrom").List() {
		prefix := item.TextAt("prefix")
		of := r.keysFrom(e, item)
		switch {
		case of == nil || prefix != "":
			e.open[byVariable] = "its variables are taken from " + keyIn(item)
			for i := range e.given {
				before := &e.given[i].value
				*before = notShown("perhaps replaced by that of "+keyIn(item), *before)
			}
		case of.variables != nil:
			r.reads(e, of.variables)
		}
	}
	for _, item := range container.Member("env").List() {
		r.namedVariable(e, file, item)
	}
}

// namedVariable takes the option of a variable that is written as an object with its name.
func (r *reader) namedVariable(e *entry, file *source.File, item *source.Value) {
	g := given{file: file, value: item.Member("value"), object: item}
	if from := item.Member("valueFrom"); from != nil {
		g = r.keyFrom(e, g, from)
	}
	r.fromVariable(e, item.TextAt("name"), g)
}

// keyFrom is a variable as a ConfigMap or a Secret has it, if the files show that.
func (r *reader) keyFrom(e *entry, g given, from *source.Value) given {
	g.value = notShown("taken from "+keyIn(from), from)
	if of := r.keysFrom(e, from); of != nil {
		_, to := referred(from)
		if v := of.data.Member(to.TextAt("key")); v != nil {
			g.file, g.value, g.object = of.file, v, of.data
			r.links = append(r.links, [2]*source.File{e.file, of.file})
		}
	}
	return g
}

// keysFrom are the keys that a reference is to. They are nil where the files don't show them.
func (r *reader) keysFrom(e *entry, from *source.Value) *keyed {
	kind, to := referred(from)
	of, _ := r.keysOf(held{kind, e.pod.namespace, to.TextAt("name")}, e.file)
	return of
}

// referred is what a reference is to; empty where it is to neither a ConfigMap nor a Secret.
func referred(from *source.Value) (kind string, to *source.Value) {
	for _, of := range [][2]string{
		{"configMapRef", "ConfigMap"},
		{"configMapKeyRef", "ConfigMap"},
		{"secretRef", "Secret"},
		{"secretKeyRef", "Secret"},
	} {
		if to := from.Member(of[0]); to != nil {
			return of[1], to
		}
	}
	return "", nil
}

// keyIn names what a reference is to.
func keyIn(from *source.Value) string {
	kind, to := referred(from)
	if name, ok := to.Member("name").Str(); ok {
		return kind + " " + name
	}
	return cmp.Or(kind, "elsewhere")
}

// partsOfMap finds the configurations that a ConfigMap or a Secret holds as text.
func (r *reader) partsOfMap(file *source.File, document *source.Value) {
	kind := document.TextAt("kind")
	name := document.TextAt("metadata", "name")
	namespace := document.TextAt("metadata", "namespace")
	r.objects[held{kind, namespace, name}] = true
	if kind != "ConfigMap" && kind != "Secret" {
		return
	}
	field := map[string]string{"ConfigMap": "data", "Secret": "stringData"}[kind]
	data := document.Member(field)
	if !data.Is(source.Object) || kind == "Secret" && document.Member("data") != nil {
		return
	}
	of := &keyed{held: held{kind, namespace, name}, place: placeOf(file), data: data}
	r.keep(of)
	variables := &entry{name: name, file: file, at: data, common: r.common}
	for i := range data.Members {
		m := &data.Members[i]
		r.fromVariable(variables, m.Key, given{file: file, value: m.Value, object: data})
		if e, sure := r.embedded(file, m.Value); e != nil {
			e.name = name
			r.mayName(m.Key, of, e, sure)
		}
	}
	if len(variables.given) > 0 {
		of.variables = r.mayName("", of, variables, true)
	}
}

// embedded reads a configuration that a string holds: the program's file, or an alpha
// configuration. It is nil where the string holds neither. It is not sure of a file in which
// nothing shows that it is the program's.
func (r *reader) embedded(file *source.File, v *source.Value) (of *entry, sure bool) {
	for _, format := range []source.Format{source.TOML, source.YAML} {
		inner, err := source.Embedded(file, v, format)
		if err != nil || len(inner.Documents) != 1 {
			continue
		}
		object := inner.Documents[0]
		e := &entry{file: file, at: v, common: r.common}
		like := given{file: inner, parent: file, holder: v}
		switch {
		case format == source.TOML && object.Is(source.Object):
			r.fromFile(e, object, like)
			return e, r.isConfiguration(object)
		case format == source.YAML && isAlpha(object):
			r.fromAlpha(e, object, like)
			return e, true
		}
	}
	return nil, false
}
