package configurations

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// Form is a way to write a configuration down that changes nothing of what it says.
type Form struct {
	Name    string
	File    string // what the file is called
	Aliases bool   // values that are the same are written once
	Write   func(*testing.T, Configuration) string
}

// Forms are those of a gateway's configuration, the plain one first.
func Forms(c Configuration) []Form {
	if c.Gateway == "oauth2-proxy" {
		return proxyForms()
	}
	return clusterForms()
}

func clusterForms() []Form {
	resources := func(change func(*yaml.Node)) func(*testing.T, Configuration) string {
		return func(t *testing.T, c Configuration) string {
			return documents(t, change, nodesOf(t, c.objects)...)
		}
	}
	whole := func(t *testing.T, c Configuration) object {
		return object{"apiVersion": "v1", "kind": "List", "items": c.objects}
	}
	return []Form{
		{Name: "plain", File: "policy.yaml", Write: resources(func(*yaml.Node) {})},
		{Name: "flow style", File: "policy.yaml", Write: resources(func(n *yaml.Node) {
			eachNode(n, func(n *yaml.Node) { n.Style |= yaml.FlowStyle })
		})},
		{Name: "quotes", File: "policy.yaml", Write: resources(func(n *yaml.Node) {
			eachNode(n, func(n *yaml.Node) {
				if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
					n.Style = yaml.DoubleQuotedStyle
				}
			})
		})},
		{Name: "aliases", Aliases: true, File: "policy.yaml", Write: resources(aliases)},
		{Name: "members in another order", File: "policy.yaml", Write: resources(func(n *yaml.Node) {
			eachNode(n, reverseMembers)
		})},
		{Name: "documents in another order", File: "policy.yaml", Write: func(t *testing.T, c Configuration) string {
			nodes := nodesOf(t, c.objects)
			slices.Reverse(nodes)
			return documents(t, func(*yaml.Node) {}, nodes...)
		}},
		{Name: "a List", File: "policy.yaml", Write: func(t *testing.T, c Configuration) string {
			return documents(t, func(*yaml.Node) {}, nodesOf(t, []object{whole(t, c)})...)
		}},
		{Name: "a List with aliases", Aliases: true, File: "policy.yaml", Write: func(t *testing.T, c Configuration) string {
			return documents(t, aliases, nodesOf(t, []object{whole(t, c)})...)
		}},
		{Name: "Lists of one", File: "policy.yaml", Write: func(t *testing.T, c Configuration) string {
			var all []object
			for _, one := range c.objects {
				all = append(all, whole(t, Configuration{objects: []object{one}}))
			}
			return documents(t, func(*yaml.Node) {}, nodesOf(t, all)...)
		}},
		{Name: "a List in JSON", File: "policy.json", Write: func(t *testing.T, c Configuration) string {
			return inJSON(t, whole(t, c))
		}},
		{Name: "JSON as documents of YAML", File: "policy.yaml", Write: func(t *testing.T, c Configuration) string {
			var all []string
			for _, one := range c.objects {
				all = append(all, inJSON(t, one))
			}
			return strings.Join(all, "\n---\n")
		}},
	}
}

func proxyForms() []Form {
	return []Form{
		{Name: "plain", File: "oauth2-proxy.cfg", Write: func(t *testing.T, c Configuration) string {
			return inTOML(t, c.options, false)
		}},
		{Name: "lists of one as a text", File: "oauth2-proxy.cfg", Write: func(t *testing.T, c Configuration) string {
			return inTOML(t, c.options, true)
		}},
		{Name: "arguments", File: "deployment.yaml", Write: func(t *testing.T, c Configuration) string {
			return documents(t, func(*yaml.Node) {}, nodesOf(t, []object{deployment(c, false)})...)
		}},
		{Name: "arguments in flow style", File: "deployment.yaml", Write: func(t *testing.T, c Configuration) string {
			return inJSON(t, deployment(c, false))
		}},
		{Name: "the environment", File: "deployment.yaml", Write: func(t *testing.T, c Configuration) string {
			return documents(t, func(*yaml.Node) {}, nodesOf(t, []object{deployment(c, true)})...)
		}},
	}
}

func inJSON(t *testing.T, v any) string {
	t.Helper()
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// nodesOf are objects as nodes, in block style.
func nodesOf(t *testing.T, all []object) []*yaml.Node {
	t.Helper()
	nodes := make([]*yaml.Node, len(all))
	for i, one := range all {
		nodes[i] = &yaml.Node{}
		if err := nodes[i].Encode(one); err != nil {
			t.Fatal(err)
		}
	}
	return nodes
}

func documents(t *testing.T, change func(*yaml.Node), all ...*yaml.Node) string {
	t.Helper()
	texts := make([]string, len(all))
	for i, n := range all {
		change(n)
		text, err := yaml.Marshal(n)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(text)
	}
	return strings.Join(texts, "---\n")
}

func eachNode(n *yaml.Node, visit func(*yaml.Node)) {
	visit(n)
	for _, inside := range n.Content {
		eachNode(inside, visit)
	}
}

func reverseMembers(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i, j := 0, len(n.Content)-2; i < j; i, j = i+2, j-2 {
		n.Content[i], n.Content[j] = n.Content[j], n.Content[i]
		n.Content[i+1], n.Content[j+1] = n.Content[j+1], n.Content[i+1]
	}
}

// aliases writes each value that has come before as an alias of it.
func aliases(root *yaml.Node) {
	known, count := map[string]*yaml.Node{}, 0
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		for i, inside := range n.Content {
			if n.Kind == yaml.MappingNode && i%2 == 0 {
				continue // a name
			}
			text, err := yaml.Marshal(inside)
			first := known[string(text)]
			switch {
			case err != nil:
			case first != nil:
				if first.Anchor == "" {
					count++
					first.Anchor = fmt.Sprint("value", count)
				}
				n.Content[i] = &yaml.Node{Kind: yaml.AliasNode, Value: first.Anchor, Alias: first}
				continue
			default:
				known[string(text)] = inside
			}
			visit(inside)
		}
	}
	visit(root)
}

// inTOML is the program's configuration file. Of a list with one item it may take the item alone.
func inTOML(t *testing.T, options object, alone bool) string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(options)) {
		value := options[name]
		if items, ok := value.(list); ok && alone && len(items) == 1 {
			value = items[0]
		}
		written, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "%s = %s\n", name, written)
	}
	return text.String()
}

// flagOf is the flag of an option. Of lists it names one item.
var flagOf = strings.NewReplacer(
	"email_domains", "email-domain", "oidc_extra_audiences", "oidc-extra-audience",
	"oidc_audience_claims", "oidc-audience-claim", "allowed_groups", "allowed-group",
	"skip_auth_routes", "skip-auth-route", "api_routes", "api-route", "_", "-",
)

// deployment is a manifest that starts the program with these options.
func deployment(c Configuration, environment bool) object {
	args, env := list{}, list{}
	for _, name := range slices.Sorted(maps.Keys(c.options)) {
		var texts []string
		if items, ok := c.options[name].(list); ok {
			for _, item := range items {
				texts = append(texts, item.(string))
			}
		} else {
			texts = []string{fmt.Sprint(c.options[name])}
		}
		env = append(env, object{
			"name": "OAUTH2_PROXY_" + strings.ToUpper(name), "value": strings.Join(texts, ","),
		})
		for _, text := range texts {
			args = append(args, "--"+flagOf.Replace(name)+"="+text)
		}
	}
	container := object{"name": "proxy", "image": "quay.io/oauth2-proxy/oauth2-proxy:v7.15.6"}
	if environment {
		container["env"] = env
	} else {
		container["args"] = args
	}
	return object{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": object{"name": "oauth2-proxy", "namespace": "orders"},
		"spec":     object{"template": object{"spec": object{"containers": list{container}}}},
	}
}
