package oauth2proxy

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// What decides and is not among the files is said, once for what leaves several options open.
func TestOptionsFromElsewhereAreFound(t *testing.T) {
	t.Parallel()
	started := func(more string) string {
		return "kind: Pod\nmetadata: {name: p, namespace: a}\nspec:\n  containers:\n" +
			"  - image: quay.io/oauth2-proxy/oauth2-proxy:v7.15.6\n" +
			"    args: [--provider=entra-id, --skip-jwt-bearer-tokens=true, --email-domain=*]\n" +
			"    " + more + "\n"
	}
	id := "{name: OAUTH2_PROXY_CLIENT_ID, "
	const hidden = " in this file, and only its deployment knows the value"
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"a value", started("env: [" + id + "value: " + app + "}]"), nil},
		{
			"a Secret that no file shows",
			started("env: [" + id + "valueFrom: {secretKeyRef: {name: s, key: k}}}]"),
			[]string{"client_id is taken from Secret s" + hidden},
		},
		{
			"a ConfigMap that a file shows, and its key",
			started("env: ["+id+"valueFrom: {configMapKeyRef: {name: c, key: k}}}]") +
				"---\nkind: ConfigMap\nmetadata: {name: c, namespace: a}\n" +
				"data: {k: " + app + "}\n",
			nil,
		},
		{
			"a mark of a template", started(`env: [` + id + `value: "{{ .Values.id }}"}]`),
			[]string{"client_id is {{ .Values.id }}" + hidden},
		},
		{
			"all variables of a Secret that no file shows",
			started("envFrom: [{secretRef: {name: s}}]"),
			[]string{
				"its variables are taken from Secret s, and options that decide may be set there",
			},
		},
		{
			"what decides nothing", started("env: [{name: OAUTH2_PROXY_COOKIE_SECRET, " +
				"valueFrom: {secretKeyRef: {name: s, key: k}}}]"),
			nil,
		},
		{
			"a proxy that looks at no bearer token", strings.Replace(
				started("env: ["+id+"valueFrom: {secretKeyRef: {name: s, key: k}}}]"),
				"tokens=true", "tokens=false", 1),
			nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := newCommon().read(requests.Files(t, "a.yaml", test.text), rules.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			subject := &rules.Subject{Policies: compile(c).Policies}
			for _, f := range valueNotKnown().Check(subject) {
				got = append(got, f.Message)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
