package source

import (
	"testing"
)

func TestWhatAKustomizationChangesOfThePolicies(t *testing.T) {
	t.Parallel()
	const (
		policy  = "kind: Policy\nmetadata: {name: p}\nspec: {selector: {app: web}, issuer: x}\n"
		inShop  = "kind: Policy\nmetadata: {name: p, namespace: shop}\nspec: {issuer: x}\n"
		bound   = "kind: Policy\nmetadata: {name: p}\nspec: {targetRef: {kind: K, name: g}}\n"
		web     = "---\nkind: Deployment\nmetadata: {name: web}\n"
		webIsIn = "---\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n"
		byPath  = "patches: [{path: patch.yaml}]"
	)
	reads := []Resource{
		{Kind: "Policy"},
		{Kind: "Deployment", Paths: []string{"spec.template.metadata.labels"}},
	}
	for _, test := range []struct {
		name, kustomization, policies, patch string
		want                                 string // the field by which they are changed
	}{
		{"one that only names the resources", "", policy, "", ""},
		{"a namespace for all that name none", "namespace: a", policy + web, "", ""},
		{"a namespace for those that are in another one", "namespace: a", inShop, "", "namespace"},
		{"the namespace that all have", "namespace: shop", inShop + webIsIn, "", ""},
		{
			"a namespace that some have already", "namespace: shop", policy + webIsIn, "",
			"namespace",
		},
		{"a prefix, where selectors select", "namePrefix: x-", policy + web, "", ""},
		{"a prefix, where policies name others", "namePrefix: x-", bound, "", "namePrefix"},
		{
			"a label that policies look at", "labels: [{pairs: {app: x}}]", policy, "", "labels",
		},
		{"a label that nobody looks at", "commonLabels: {team: x}", policy, "", ""},
		{
			"a patch of a policy", byPath, policy, "kind: Policy\nspec: {issuer: y}\n", "patches",
		},
		{
			"a patch that deletes a policy", byPath, policy,
			"kind: Policy\nmetadata: {name: p}\n$patch: delete\n", "patches",
		},
		{"a patch that is not there", byPath, policy, "", "patches"},
		{
			"a patch of a workload's replicas", byPath, policy + web,
			"kind: Deployment\nspec: {replicas: 3}\n", "",
		},
		{
			"a patch of a workload's labels", byPath, policy + web,
			"kind: Deployment\nspec: {template: {metadata: {labels: {app: y}}}}\n", "patches",
		},
		{
			"a JSON patch of a policy", "patches: [{target: {kind: Pol.*}, patch: " +
				`'[{"op": "replace", "path": "/spec/issuer", "value": "y"}]'}]`,
			policy, "", "patches",
		},
		{
			"a JSON patch of a workload's replicas", "patchesJson6902: [{target: " +
				`{kind: Deployment}, patch: '[{"op": "add", "path": "/spec/replicas"}]'}]`,
			policy + web, "", "",
		},
		{
			"a patch of a kind that nobody reads", "patchesStrategicMerge: [patch.yaml]", policy,
			"kind: Service\nspec: {type: NodePort}\n", "",
		},
		{
			"what moves a value from one resource to another", "replacements: [{path: r.yaml}]",
			policy, "", "replacements",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file := func(name, text string) *File {
				read, err := Read(name, []byte(text))
				if err != nil {
					t.Fatal(err)
				}
				return read
			}
			files := []*File{file("base/p.yaml", test.policies)}
			all := KustomizationsIn([]*File{
				file("base/kustomization.yaml", "resources: [p.yaml]\n"),
				file("dev/kustomization.yaml", "resources: [../base]\n"+test.kustomization+"\n"),
			}, func(name string) *File {
				if name != "dev/patch.yaml" || test.patch == "" {
					return nil
				}
				return file(name, test.patch)
			})
			got := ""
			for _, change := range all.Changes(files, reads) {
				got = change.Field
			}
			if got != test.want {
				t.Errorf("changed by %q, want %q", got, test.want)
			}
		})
	}
}
