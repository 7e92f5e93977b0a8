package kubernetes

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func fileOf(t *testing.T, text string) *source.File {
	t.Helper()
	file, err := source.Read("cluster.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// A List stands for its items, wherever it is, and what is no object is none.
func TestListsStandForTheirItems(t *testing.T) {
	t.Parallel()
	file := fileOf(t, `kind: List
items:
- {kind: A, metadata: {namespace: "n", name: a}}
- {kind: BList, items: [{kind: B, metadata: {name: b}}, 3]}
---
- {kind: C, metadata: {name: c}}
---
kind: DList
apiVersion: g/v1
items: [{metadata: {name: d}}, {kind: E, metadata: {name: e}}, 3]
---
text
`)
	var names []string
	for _, object := range Objects(file) {
		r := ResourceOf(file, object)
		names = append(names, r.String())
	}
	if d := Objects(file)[3]; !IsOf(d, "g/", "D") || len(file.Documents[2].Members) != 3 {
		t.Errorf("an item has the kind and the version of its list, and is left as it is: %v", d)
	}
	if want := []string{"A n/a", "B b", "C c", "D d", "E e"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

func TestReferences(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want int
		ok   bool
	}{
		{"refs: null", 0, true},
		{"other: 1", 0, true},
		{"refs: {kind: Gateway, name: g, sectionName: s}", 1, true},
		{"refs: [{name: g}, {name: h, namespace: ns}]", 2, true},
		{"refs: [{kind: Gateway}]", 0, false},
		{"refs: text", 0, false},
	}
	for _, test := range tests {
		got, ok := References(fileOf(t, test.text).Documents[0].Member("refs"))
		if len(got) != test.want || ok != test.ok {
			t.Errorf("%s: got %v, %v", test.text, got, ok)
		}
	}
}

// The API server reads the metadata of every kind into the same fields.
func TestMetadataThatIsRefused(t *testing.T) {
	t.Parallel()
	const odd = " can't be a name: it has small letters, digits, - and ."
	for text, want := range map[string]string{
		"metadata: {name: a}":         "",
		"metadata: {generateName: a}": "",
		"metadata: {namespace: a}":    "the policy has no name",
		"kind: A":                     "the policy has no name",
		"metadata:\nname: a\nspec:": "the policy has no name: name is beside metadata, not in " +
			"it, as if the file had lost its indentation",
		"metadata: [a]":                           "metadata is a list, and must be an object",
		"metadata: {name: My_Policy}":             "My_Policy" + odd,
		"metadata: {name: '{{ .Release.Name }}'}": "",
		"metadata: {name: 2024}": "metadata.name is a number, and must be a " +
			"string",
		"metadata: {name: a, namespace: 7}": "metadata.namespace is a number, and must be a " +
			"string",
		"metadata: {name: a, labels: x}": "metadata.labels is a string, and must be an object",
		"metadata: {name: a, annotations: {istio.io/dry-run: true}}": "metadata.annotations." +
			"istio.io/dry-run is a boolean, and must be a string",
		"metadata: {name: a, annotations: {a: 'true'}, labels: null}": "",
	} {
		got := ""
		Metadata(fileOf(t, text).Documents[0], func(_ *source.Value, _, why string) { got += why })
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// What is no text leaves a doubt, and so does a mark that a template has left.
func TestListsOfTexts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text        string
		texts       []string
		doubt, none bool
	}{
		{"l: [a, b]", []string{"a", "b"}, false, false},
		{"l: []", []string{}, false, true},
		{"l: null", []string{}, false, true},
		{"l: a", []string{}, true, false},
		{"l: [a, 1]", []string{"a"}, true, false},
		{`l: [a, "{{ .Values.b }}"]`, []string{"a"}, true, false},
		{`l: "{{ .Values.l }}"`, []string{}, true, false},
	}
	for _, test := range tests {
		l := ListIn(fileOf(t, test.text).Documents[0], "spec.", "l")
		if !slices.Equal(l.Texts(), test.texts) || (l.Doubt != nil) != test.doubt ||
			l.Empty() != test.none {
			t.Errorf("%s: got %q, %v, %v", test.text, l.Texts(), l.Doubt, l.Empty())
		}
	}
}

// What a template has left open is selected or not, unless the labels differ for certain or have
// the same mark.
func TestSelectorsOfTemplates(t *testing.T) {
	t.Parallel()
	tests := []struct {
		selector, labels string
		want             rules.Truth
	}{
		{"", "{app: web}", rules.Yes},
		{"{}", "{app: web}", rules.Yes},
		{"{app: web}", "{app: web, v: one}", rules.Yes},
		{"{app: web}", "{app: shop}", rules.No},
		{"{app: web}", "", rules.No},
		{`{app: "{{ .app }}"}`, "{app: web}", rules.Maybe},
		{"{app: {{ .app }}}", "{app: web}", rules.Maybe},
		{`{app: "${APP}"}`, "{app: web}", rules.Maybe},
		{"{app: web}", `{app: "{{ .app }}"}`, rules.Maybe},
		{`{app: "{{ .app }}"}`, `{app: "{{ .app }}"}`, rules.Yes},
		{`{app: "{{ .app }}"}`, `{app: "{{ .name }}"}`, rules.Maybe},
		{`{app: "{{ .app }}"}`, "{v: one}", rules.No},
		{`{app: "{{ .app }}", v: two}`, "{app: web, v: one}", rules.No},
		{`{"{{ .key }}": web}`, "{app: web}", rules.Maybe},
		{`{"{{ .key }}": web}`, "{app: shop}", rules.No},
		{"{app: web}", `{"{{ .key }}": web}`, rules.Maybe},
		{"{app: web}", `{"{{ .key }}": web, app: shop}`, rules.No},
		{"{app: web}", "{{ .labels }}", rules.Maybe},
		{"{{ .labels }}", "{app: web}", rules.Maybe},
	}
	for _, test := range tests {
		file := fileOf(t, "selector: "+test.selector+"\nlabels: "+test.labels+"\n")
		wanted := LabelsAt{file.Documents[0].Member("selector"), "selector"}
		has := LabelsAt{file.Documents[0].Member("labels"), "labels"}
		selector, _ := LabelsOf(wanted.At)
		labels, _ := LabelsOf(has.At)
		got := selector.Selects(labels)
		if got != test.want {
			t.Errorf("%s of %s: got %d, want %d", test.selector, test.labels, got, test.want)
		}
		if at, why := wanted.Open(has, labels); got == rules.Maybe &&
			(why == nil || at.At.Pos.Line == 0) {
			t.Errorf("%s of %s: nobody says why", test.selector, test.labels)
		}
	}
}

// A label that is no text the API server refuses, in a selector or a workload.
func TestLabelsThatAreNoTexts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"l: {v: '1'}": true, "l: {}": true, "l: null": true, "l: {{ .l }}": true,
		"l: {v: 1}": false, "l: {v: true}": false, "l: {v: null}": false, "l: {v: [a]}": false,
		"l: [v]": false, "l: text": false,
	} {
		if _, ok := LabelsOf(fileOf(t, text).Documents[0].Member("l")); ok != want {
			t.Errorf("%s: got %v", text, ok)
		}
	}
}

// kubectl turns YAML into JSON, which has no .inf, so no cluster has such a resource.
func TestWhatJSONDoesNotHaveIsNotInTheCluster(t *testing.T) {
	t.Parallel()
	for value, refused := range map[string]bool{
		".inf": true, "-.Inf": true, ".NaN": true, `".inf"`: false, "1.5": false, "~": false,
	} {
		file := fileOf(t, "kind: Policy\nmetadata: {namespace: ns, name: p}\nspec: {a: [{b: "+
			value+"}]}\n")
		r := ResourceOf(file, file.Documents[0])
		if got := strings.Contains(r.NoSpec, "JSON does not have"); got != refused {
			t.Errorf("%s: %q", value, r.NoSpec)
		}
	}
}

// A resource that names no namespace is in the one that it is applied to.
func TestNamespacesThatMayBeTheSame(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want rules.Truth
	}{
		{"a", "a", rules.Yes},
		{"a", "b", rules.No},
		{"", "", rules.Yes},
		{"", "a", rules.Maybe},
		{"a", "", rules.Maybe},
		{"", "default", rules.Maybe},
		{"{{ .ns }}", "a", rules.Maybe},
		{"{{ .ns }}", "{{ .ns }}", rules.Yes},
	} {
		if got := SameNamespace(test.a, test.b); got != test.want {
			t.Errorf("%q and %q: got %v, want %v", test.a, test.b, got, test.want)
		}
	}
	for namespace, why := range map[string]string{
		"a": "", `""`: "Deployment web names no namespace", "": "web names no namespace",
		"{{ .ns }}": "only its deployment knows",
	} {
		text := "kind: Deployment\nmetadata: {name: web, namespace: " + namespace + "}\n"
		_, doubt := NamespaceDoubt(fileOf(t, text).Documents[0])
		if (doubt == nil) != (why == "") || doubt != nil && !strings.Contains(doubt.Why, why) {
			t.Errorf("%q: got %v", namespace, doubt)
		}
	}
}

// A policy counts for many workloads, and a workload has many policies.
func TestAFileHoldsAsManyPoliciesAsItHas(t *testing.T) {
	t.Parallel()
	const one = "apiVersion: a.example/v1\nkind: Policy\nmetadata: {name: a}\n"
	file, other := fileOf(t, one+"---\nkind: Pod\n---\n"+one), fileOf(t, "kind: Pod\n")
	r := Reading{Policy: func(object *source.Value) bool {
		return IsOf(object, "a.example/", "Policy")
	}}
	held := r.held([]*source.File{file, other})
	if held[file] != 2 || held[other] != 0 {
		t.Errorf("got %d and %d", held[file], held[other])
	}
}
