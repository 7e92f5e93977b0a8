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
	Name  string
	File  string // what the file is called
	Write func(*testing.T, Configuration) string

	// Moved says that things are at one place that are at several otherwise, or that another one
	// comes first: of what is said of them, something else may be kept.
	Moved bool
}

// Forms are those of a gateway's configuration, the plain one first.
func Forms(c Configuration) []Form {
	if c.Gateway == "oauth2-proxy" {
		return proxyForms()
	}
	return clusterForms()
}

func clusterForms() []Form {
	const file = "policy.yaml"
	return []Form{
		{Name: "plain", File: file, Write: resources(asTheyAre)},
		{Name: "flow style", File: file, Write: resources(flowStyle)},
		{Name: "quotes", File: file, Write: resources(quotes)},
		{Name: "aliases", Moved: true, File: file, Write: resources(aliases)},
		{Name: "members in another order", File: file, Write: resources(reverseMembers)},
		{Name: "documents in another order", Moved: true, File: file, Write: reversed},
		{Name: "a List", File: file, Write: whole(asTheyAre)},
		{Name: "a List with aliases", Moved: true, File: file, Write: whole(aliases)},
		{Name: "Lists of one", File: file, Write: listsOfOne},
		{Name: "a List in JSON", File: "policy.json", Write: wholeInJSON},
		{Name: "JSON as documents of YAML", File: file, Write: eachInJSON},
	}
}

func proxyForms() []Form {
	const file, manifest = "oauth2-proxy.cfg", "deployment.yaml"
	return []Form{
		{Name: "plain", File: file, Write: settings(false)},
		{Name: "lists of one as a text", File: file, Write: settings(true)},
		{Name: "arguments", File: manifest, Write: started(false)},
		{Name: "arguments in JSON", File: manifest, Write: startedInJSON},
		{Name: "the environment", File: manifest, Write: started(true)},
	}
}

type writer = func(*testing.T, Configuration) string

// resources writes each resource as a document of YAML, changed before.
func resources(change func(*yaml.Node)) writer {
	return func(t *testing.T, c Configuration) string {
		t.Helper()
		return documents(t, change, nodesOf(t, c.objects)...)
	}
}

func reversed(t *testing.T, c Configuration) string {
	t.Helper()
	nodes := nodesOf(t, c.objects)
	slices.Reverse(nodes)
	return documents(t, asTheyAre, nodes...)
}

// listOf is resources as kubectl prints them.
func listOf(objects ...object) object {
	return object{"apiVersion": "v1", "kind": "List", "items": objects}
}

func whole(change func(*yaml.Node)) writer {
	return func(t *testing.T, c Configuration) string {
		t.Helper()
		return documents(t, change, nodesOf(t, []object{listOf(c.objects...)})...)
	}
}

func listsOfOne(t *testing.T, c Configuration) string {
	t.Helper()
	var all []object
	for _, one := range c.objects {
		all = append(all, listOf(one))
	}
	return documents(t, asTheyAre, nodesOf(t, all)...)
}

func wholeInJSON(t *testing.T, c Configuration) string {
	t.Helper()
	return inJSON(t, listOf(c.objects...))
}

func eachInJSON(t *testing.T, c Configuration) string {
	t.Helper()
	var all []string
	for _, one := range c.objects {
		all = append(all, inJSON(t, one))
	}
	return strings.Join(all, "\n---\n")
}

// settings writes the program's configuration file. Of a list with one item it may take the item
// alone.
func settings(alone bool) writer {
	return func(t *testing.T, c Configuration) string {
		t.Helper()
		return inTOML(t, c.options, alone)
	}
}

// started writes a manifest that starts the program, with arguments or with its environment.
func started(environment bool) writer {
	return func(t *testing.T, c Configuration) string {
		t.Helper()
		return documents(t, asTheyAre, nodesOf(t, []object{deployment(c, environment)})...)
	}
}

func startedInJSON(t *testing.T, c Configuration) string {
	t.Helper()
	return inJSON(t, deployment(c, false))
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

func asTheyAre(*yaml.Node) {}

func flowStyle(root *yaml.Node) {
	eachNode(root, func(n *yaml.Node) { n.Style |= yaml.FlowStyle })
}

func quotes(root *yaml.Node) {
	eachNode(root, func(n *yaml.Node) {
		if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
			n.Style = yaml.DoubleQuotedStyle
		}
	})
}

func reverseMembers(root *yaml.Node) { eachNode(root, membersReversed) }

func membersReversed(n *yaml.Node) {
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
