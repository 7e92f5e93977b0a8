package oauth2proxy

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// startedByManifest lists the instances that the containers of a Kubernetes manifest are.
func (r *reader) startedByManifest(file *source.File, document *source.Value) []*entry {
	var all []*entry
	name, _ := document.At("metadata", "name").Str()
	for _, container := range containersIn(document) {
		if runsProgram(container) {
			all = append(all, r.container(file, name, container))
		}
	}
	return all
}

// containersIn lists the containers below a value, wherever a pod is described.
func containersIn(v *source.Value) []*source.Value {
	var all []*source.Value
	all = append(all, v.Member("containers").List()...)
	for _, under := range []string{"spec", "template", "jobTemplate"} {
		if inside := v.Member(under); inside.Is(source.Object) {
			all = append(all, containersIn(inside)...)
		}
	}
	return all
}

// runsProgram reports whether a container or a service runs the program, by its image or by its
// command.
func runsProgram(container *source.Value) bool {
	image, _ := container.Member("image").Str()
	words := container.Member("command").List()
	words = append(words, container.Member("entrypoint").List()...)
	return isProgram(image) ||
		slices.ContainsFunc(words, func(w *source.Value) bool { return isProgram(w.Text) })
}

func (r *reader) container(file *source.File, name string, container *source.Value) *entry {
	e := &entry{
		name: name, file: file, at: container, common: r.common, started: true,
	}
	r.environment(e, file, container)
	for _, field := range []string{"command", "args"} {
		words := container.Member(field)
		r.fromArguments(e, r.expanded(e, behindProgram(words.List())), given{
			file: file, object: words,
		})
	}
	return e
}

// behindProgram leaves out the word that starts the program, and what is before it.
func behindProgram(words []*source.Value) []*source.Value {
	at := slices.IndexFunc(words, func(w *source.Value) bool { return isProgram(w.Text) })
	return words[at+1:]
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

// environment takes the options of a container's variables.
func (r *reader) environment(e *entry, file *source.File, container *source.Value) {
	for _, item := range container.Member("env").List() {
		name, _ := item.Member("name").Str()
		g := given{file: file, value: item.Member("value"), object: item}
		if from := item.Member("valueFrom"); from != nil {
			g.value = notShown("taken from "+keyIn(from), from)
		}
		r.fromVariable(e, name, g)
	}
	for _, item := range container.Member("envFrom").List() {
		name, _ := item.At("configMapRef", "name").Str()
		prefix, _ := item.Member("prefix").Str()
		if of := r.partNamed(variablesOf+name, e.file, false); of != nil && prefix == "" {
			e.take(of)
			continue
		}
		e.open[byVariable] = "its variables are taken from " + keyIn(item)
	}
}

// keyIn names the kind of the object that a reference is to: secretKeyRef, configMapRef.
func keyIn(v *source.Value) string {
	if !v.Is(source.Object) || len(v.Members) == 0 {
		return "elsewhere"
	}
	m := v.Members[0]
	if name, ok := m.Value.Member("name").Str(); ok {
		return m.Key + " " + name
	}
	return m.Key
}

// partsOfMap finds the configurations that a ConfigMap or a Secret holds as text.
func (r *reader) partsOfMap(file *source.File, document *source.Value) {
	kind, _ := document.Member("kind").Str()
	name, _ := document.At("metadata", "name").Str()
	if kind != "ConfigMap" && kind != "Secret" {
		return
	}
	for _, field := range []string{"data", "stringData"} {
		data := document.Member(field)
		if !data.Is(source.Object) || kind == "Secret" && field == "data" {
			continue
		}
		variables := &entry{name: name, file: file, at: data, common: r.common}
		for i := range data.Members {
			m := &data.Members[i]
			r.fromVariable(variables, m.Key, given{file: file, value: m.Value, object: data})
			if e := r.embedded(file, m.Value); e != nil {
				e.name = name
				r.parts = append(r.parts, part{name: m.Key, entry: e})
			}
		}
		if len(variables.given) > 0 {
			r.parts = append(r.parts, part{name: variablesOf + name, entry: variables})
		}
	}
}

// variablesOf begins the name of a part that is the variables of a ConfigMap. No file has such a
// name.
const variablesOf = "variables/"

// embedded reads a configuration that a string holds: the program's file, or an alpha
// configuration. It is nil where the string holds neither.
func (r *reader) embedded(file *source.File, v *source.Value) *entry {
	for _, format := range []source.Format{source.TOML, source.YAML} {
		inner, err := source.Embedded(file, v, format)
		if err != nil || len(inner.Documents) != 1 {
			continue
		}
		object := inner.Documents[0]
		e := &entry{file: file, at: v, common: r.common}
		like := given{file: inner, parent: file, holder: v}
		switch {
		case format == source.TOML && r.isConfiguration(object):
			r.fromFile(e, object, like)
			return e
		case format == source.YAML && isAlpha(object):
			r.fromAlpha(e, object, like)
			return e
		}
	}
	return nil
}
