package mulesoft

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// apisIn are the API instances of the policies of files, in their order. One has a question mark
// where it is not known whether its policy is in force.
func apisIn(t *testing.T, api string, namesAndTexts ...string) []string {
	t.Helper()
	adapter := Adapter().Complete()
	files := requests.Files(t, namesAndTexts...)
	read, err := adapter.Read(files, rules.Options{API: api, Variant: Mule})
	if err != nil {
		return []string{err.Error()}
	}
	if read.Ambiguous != nil {
		return []string{read.Ambiguous.Error()}
	}
	var all []string
	for _, p := range adapter.Compile(read).Policies {
		name := p.API
		if p.When.Unknown != nil {
			name += "?"
		}
		all = append(all, name)
	}
	return all
}

// An API instance is that of its namespace. A binding that names none is in the namespace default,
// and so is what it is attached to (declarative configuration reference).
func TestInstancesOfTwoNamespacesAreTwo(t *testing.T) {
	t.Parallel()
	bound := func(name, namespace, target string) string {
		text := "---\n" + binding("  targetRef: {"+target+"}", "{name: jwt-validation-flex}")
		return strings.Replace(text, "{name: b}", "{name: "+name+namespace+"}", 1)
	}
	const orders = "kind: ApiInstance, name: orders"
	inline := "---\napiVersion: gateway.mulesoft.com/v1alpha1\nkind: ApiInstance\nmetadata: " +
		"{name: orders, namespace: two}\nspec: {policies: [{policyRef: " +
		"{name: jwt-validation-flex}, config: {signingMethod: rsa}}]}\n"
	one, two := bound("a", ", namespace: one", orders), bound("b", ", namespace: two", orders)
	for _, test := range []struct {
		name, api, text string
		want            []string
	}{
		{"two namespaces", "", one + two, []string{"one/orders", "two/orders"}},
		{"one of them", "one/orders", one + two, []string{"one/orders"}},
		{"the name of both", "orders", one + two, []string{"one/orders", "two/orders"}},
		{"one namespace", "", one + bound("c", ", namespace: one", orders), []string{
			"orders", "orders",
		}},
		{"none, and that which it means", "", bound("a", "", orders) +
			bound("b", ", namespace: default", orders), []string{"orders", "orders"}},
		{"none, and another", "", bound("a", "", orders) + two, []string{
			"default/orders", "two/orders",
		}},
		{"a target's namespace", "", bound("a", ", namespace: one", orders+", namespace: two") +
			two, []string{"orders", "orders"}},
		{"an instance with its own policies", "", one + inline, []string{
			"one/orders", "two/orders",
		}},
		{"an upstream service of the same name", "", one +
			bound("b", ", namespace: one", "kind: Service, name: orders"), []string{
			"orders", "?",
		}},
		{"one binding twice, alike", "", one + one, []string{"orders", "orders"}},
		{"one binding twice, and not alike", "", one +
			strings.Replace(one, "signingMethod: rsa", "signingMethod: none", 1), []string{
			"p.yaml:10:1: PolicyBinding one/a is at p.yaml:2:1 too, and says something else " +
				"there: which one the gateway has is not known",
		}},
		{"two bindings of one name in two namespaces", "", one +
			bound("a", ", namespace: two", orders), []string{"one/orders", "two/orders"}},
	} {
		if got := apisIn(t, test.api, "p.yaml", test.text); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	name := "the other way, in two files"
	got := apisIn(t, "", "b.yaml", two, "a.yaml", one)
	if want := []string{"two/orders", "one/orders"}; !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", name, got, want)
	}
}

// What an expression names is known in its own module alone, which is a folder.
func TestAnExpressionOfTwoModulesIsOfTwoInstances(t *testing.T) {
	t.Parallel()
	policy := func(name, api string) string {
		return `resource "anypoint_api_policy_jwt_validation" "` + name + `" {
  api_instance_id = ` + api + `
  asset_version   = "1.5.0"
  configuration   = { signing_method = "none" }
}
`
	}
	const orders, id = "anypoint_api_instance.orders.id", `"4711"`
	for _, test := range []struct {
		name, api string
		files     []string
		want      []string
	}{
		{"two folders", "", []string{
			"dev/main.tf", policy("a", orders), "uat/main.tf", policy("a", orders),
		}, []string{"dev/" + orders, "uat/" + orders}},
		{"one of them", "uat/" + orders, []string{"uat/main.tf", policy("a", orders)}, []string{
			"uat/" + orders,
		}},
		{"one folder", "", []string{
			"dev/main.tf", policy("a", orders), "dev/b.tf", policy("b", orders),
		}, []string{orders, orders}},
		{"an id is the same everywhere", "", []string{
			"dev/main.tf", policy("a", id), "uat/main.tf", policy("a", id),
		}, []string{"4711", "4711"}},
	} {
		if got := apisIn(t, test.api, test.files...); !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// An id that a plan does not know yet is not one for all policies: what they refer to tells.
func TestInstancesThatAPlanMakesAreToldByWhatRefersToThem(t *testing.T) {
	t.Parallel()
	type resource struct{ module, name, index string }
	planOf := func(configuration string, all ...resource) string {
		var changes []string
		modules := map[string][]string{}
		for _, r := range all {
			address := strings.TrimPrefix(r.module+".anypoint_api_policy_jwt_validation."+r.name,
				".")
			text := fmt.Sprintf(`{"address":%q,"type":"anypoint_api_policy_jwt_validation",`+
				`"name":%q,"values":{"configuration":{"signing_method":"none"}}`,
				address+r.index, r.name)
			if r.index != "" {
				text += `,"index":` + r.index
			}
			modules[r.module] = append(modules[r.module], text+"}")
			changes = append(changes, fmt.Sprintf(`{"address":%q,"change":{"actions":["create"],`+
				`"after_unknown":{"api_instance_id":true}}}`, address+r.index))
		}
		var children []string
		for _, name := range []string{"module.one", "module.two"} {
			children = append(children, fmt.Sprintf(`{"address":%q,"resources":[%s]}`, name,
				strings.Join(modules[name], ",")))
		}
		return `{"format_version":"1.2","planned_values":{"root_module":{"resources":[` +
			strings.Join(modules[""], ",") + `],"child_modules":[` +
			strings.Join(children, ",") + `]}},"resource_changes":[` +
			strings.Join(changes, ",") + `],"configuration":{"root_module":` + configuration + `}}`
	}
	made := func(name string, references ...string) string {
		return fmt.Sprintf(`{"type":"anypoint_api_policy_jwt_validation","name":%q,"expressions":`+
			`{"api_instance_id":{"references":["%s"]}}}`, name, strings.Join(references, `","`))
	}
	calls := func(one, two string) string {
		of := func(given string) string {
			if given != "" {
				given = `{"api":{"references":["` + given + `.id","` + given + `"]}}`
			} else {
				given = "{}"
			}
			return `{"expressions":` + given + `,"module":{"resources":[` +
				made("p", "var.api") + `]}}`
		}
		return `{"module_calls":{"one":` + of(one) + `,"two":` + of(two) + `}}`
	}
	inBoth := []resource{{"module.one", "p", ""}, {"module.two", "p", ""}}
	const a, b = "anypoint_api_instance.a", "anypoint_api_instance.b"
	for _, test := range []struct {
		name, configuration string
		all                 []resource
		want                []string
	}{
		{
			"two instances", `{"resources":[` + made("p", a+".id", a) + "," +
				made("q", b+".id", b) + "]}",
			[]resource{{"", "p", ""}, {"", "q", ""}},
			[]string{a + ".id", b + ".id"},
		},
		{
			"two policies of one", `{"resources":[` + made("p", a+".id", a) + "," +
				made("q", a+".id", a) + "]}",
			[]resource{{"", "p", ""}, {"", "q", ""}},
			[]string{a + ".id", a + ".id"},
		},
		{
			"one for each key", `{"resources":[` + made("p", a, "each.key") + "]}",
			[]resource{{"", "p", `"x"`}, {"", "p", `"y"`}},
			[]string{a + `["x"]`, a + `["y"]`},
		},
		{
			"one for all keys", `{"resources":[` + made("p", a+".id", a) + "]}",
			[]resource{{"", "p", `"x"`}, {"", "p", `"y"`}},
			[]string{a + ".id", a + ".id"},
		},
		{"a variable of two modules", calls(a, b), inBoth, []string{a + ".id", b + ".id"}},
		{"the same for both modules", calls(a, a), inBoth, []string{a + ".id", a + ".id"}},
		{
			"an output of a module, and a policy in it", `{"resources":[` +
				made("q", "module.one.api", "module.one") + `],"module_calls":{"one":{"module":{` +
				`"outputs":{"api":{"expression":{"references":["` + a + `.id","` + a + `"]}}},` +
				`"resources":[` + made("p", a+".id", a) + `]}}}}`,
			[]resource{{"module.one", "p", ""}, {"", "q", ""}},
			[]string{"module.one." + a + ".id", "module.one." + a + ".id"},
		},
		{
			"an output that is its module's variable", `{"module_calls":{"one":{"expressions":` +
				`{"api":{"references":["module.one.api"]}},"module":{"outputs":{"api":` +
				`{"expression":{"references":["var.api"]}}},"resources":[` +
				made("p", "var.api") + `]}}}}`,
			[]resource{{"module.one", "p", ""}},
			[]string{"module.one.var.api"},
		},
		{"nothing that is known of the variable", calls("", ""), inBoth, []string{
			"module.one.var.api", "module.two.var.api",
		}},
		{"no reference at all", "{}", []resource{{"", "p", ""}, {"", "q", ""}}, []string{
			"anypoint_api_policy_jwt_validation.p", "anypoint_api_policy_jwt_validation.q",
		}},
	} {
		got := apisIn(t, "", "plan.json", planOf(test.configuration, test.all...))
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}
