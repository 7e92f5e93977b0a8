// Command oracle lets Envoy Gateway's own translator, egctl, translate policy files, and writes
// what Envoy would get, or compares that with what is recorded.
//
//	oracle [-write] -version VERSION -egctl PROGRAM FOLDER
//
// Each file of FOLDER holds policies for the Gateway and the route of base.yaml beside it. What
// comes of it is written beside it, as lines of JSON: what egctl says of the policies, then what
// the route's requests go through.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"time"
)

func main() {
	write := flag.Bool("write", false, "write the recording anew")
	version := flag.String("version", "", "the version of Envoy Gateway")
	egctl := flag.String("egctl", "egctl", "the program")
	flag.Parse()
	if flag.NArg() != 1 || *version == "" {
		fail("usage: oracle [-write] -version VERSION -egctl PROGRAM FOLDER")
	}
	differences, err := record(*egctl, flag.Arg(0), *version, *write)
	if err != nil {
		fail(err)
	}
	if differences > 0 {
		fail(differences, "files differ from what is recorded")
	}
}

func fail(why ...any) {
	fmt.Fprintln(os.Stderr, append([]any{"oracle:"}, why...)...)
	os.Exit(1)
}

// outcome is what egctl says of the policies of a file.
type outcome struct {
	Refused string      `json:"refused,omitempty"` // by the API server, whose checks egctl has
	Status  []condition `json:"status,omitempty"`  // of a policy that is taken and not in order
}

type condition struct {
	Policy  string `json:"policy"`
	Type    string `json:"type"`
	Status  string `json:"status"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

// route is what the requests of a route go through.
type route struct {
	Route  string          `json:"route"`
	JWT    map[string]any  `json:"jwtAuthn,omitempty"`
	RBAC   json.RawMessage `json:"rbac,omitempty"`
	Answer any             `json:"directResponse,omitempty"` // in place of all that
}

func record(egctl, folder, version string, write bool) (different int, err error) {
	base, err := os.ReadFile(filepath.Join(folder, "..", "base.yaml"))
	if err != nil {
		return 0, err
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return 0, err
	}
	index := filepath.Join(folder, "..", "recorded.tsv")
	day := time.Now().UTC().Format(time.DateOnly)
	if was, err := os.ReadFile(index); err == nil && !write {
		first, _, _ := strings.Cut(string(was), "\n")
		if words := strings.Fields(first); len(words) == 5 {
			day = words[4]
		}
	}
	keep := func(path string, text []byte) error {
		if write {
			return os.WriteFile(path, text, 0o644)
		}
		was, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		if !bytes.Equal(was, text) {
			different++
			fmt.Fprintf(os.Stderr, "%s differs from what is recorded: now\n%s\n", path, text)
		}
		return nil
	}
	rows := fmt.Sprintf("# envoy-gateway %s recorded %s\nfile\toutcome\n", version, day)
	for _, file := range files {
		said, routes, err := translate(egctl, base, file)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", file, err)
		}
		text := line(said)
		for _, r := range routes {
			text = append(text, line(r)...)
		}
		name := strings.TrimSuffix(file, ".yaml")
		if err := keep(name+".jsonl", text); err != nil {
			return 0, err
		}
		what := "accepted"
		if said.Refused != "" {
			what = "refused"
		} else if len(said.Status) > 0 {
			what = "not in order"
		}
		rows += filepath.Base(name) + "\t" + what + "\n"
	}
	if err := keep(index, []byte(rows)); err != nil {
		return 0, err
	}
	fmt.Printf("%d files, %d differences\n", len(files), different)
	return different, nil
}

func line(of any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(of); err != nil {
		panic(err) // it is texts and JSON
	}
	return text.Bytes()
}

func translate(egctl string, base []byte, file string) (*outcome, []*route, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, nil, err
	}
	whole, err := os.CreateTemp("", "oracle*.yaml")
	if err != nil {
		return nil, nil, err
	}
	defer os.Remove(whole.Name())
	if _, err := whole.Write(bytes.Join([][]byte{base, text}, []byte("---\n"))); err != nil {
		return nil, nil, err
	}
	if err := whole.Close(); err != nil {
		return nil, nil, err
	}
	command := exec.Command(egctl, "experimental", "translate", "--from", "gateway-api",
		"--to", "gateway-api,xds", "--output", "json", "--file", whole.Name())
	var said bytes.Buffer
	command.Stderr = &said
	answer, err := command.Output()
	if err != nil {
		first, _, _ := strings.Cut(strings.TrimPrefix(said.String(), "Error: "), "\n")
		return &outcome{Refused: inOrder(first)}, nil, nil
	}
	var all map[string]any
	if err := json.Unmarshal(answer, &all); err != nil {
		return nil, nil, fmt.Errorf("%w: %s", err, said.String())
	}
	return statusOf(all), routesOf(all), nil
}

// inOrder sorts the faults in a text, which are in another order each time.
func inOrder(text string) string {
	head, faults, several := strings.Cut(text, " is invalid: [")
	if !several {
		return text
	}
	all := strings.Split(strings.TrimSuffix(faults, "]"), ", spec.")
	for i := range all {
		all[i] = strings.TrimPrefix(strings.TrimSuffix(all[i], ", <nil>: Invalid value: null: "+
			"some validation rules were not checked because the object was invalid; correct the "+
			"existing errors to complete validation"), "spec.")
	}
	sort.Strings(all)
	return head + " is invalid: spec." + strings.Join(all, ", spec.")
}

// statusOf lists the conditions of policies that are not True, or that are a warning.
func statusOf(all map[string]any) *outcome {
	o := &outcome{}
	each(all["securityPolicies"], func(policy any) {
		name := at(policy, "metadata", "name")
		each(at(policy, "status", "ancestors"), func(ancestor any) {
			each(at(ancestor, "conditions"), func(c any) {
				one := condition{
					Policy: fmt.Sprint(name), Type: fmt.Sprint(at(c, "type")),
					Status: fmt.Sprint(at(c, "status")), Reason: fmt.Sprint(at(c, "reason")),
					Message: fmt.Sprint(at(c, "message")),
				}
				if one.Type != "Accepted" || one.Status != "True" {
					o.Status = append(o.Status, one)
				}
			})
		})
	})
	return o
}

// routesOf lists the routes of all listeners, with the filters as their requests get them.
func routesOf(all map[string]any) []*route {
	var routes []*route
	var filter any
	find(at(all, "xds"), func(v map[string]any) {
		if v["name"] == "envoy.filters.http.jwt_authn" && v["typedConfig"] != nil {
			filter = v["typedConfig"]
		}
	})
	find(at(all, "xds"), func(v map[string]any) {
		name, _ := v["name"].(string)
		kind, _, _ := strings.Cut(name, "/")
		if v["match"] == nil || kind != "httproute" && kind != "grpcroute" {
			return
		}
		r := &route{Route: name, Answer: v["directResponse"]}
		per := at(v, "typedPerFilterConfig")
		wanted, _ := at(per, "envoy.filters.http.jwt_authn", "requirementName").(string)
		if wanted != "" {
			providers, _ := at(filter, "providers").(map[string]any)
			for _, p := range providers {
				delete(p.(map[string]any), "remoteJwks")
				delete(p.(map[string]any), "localJwks")
			}
			r.JWT = map[string]any{
				"providers": providers,
				"rules": []any{map[string]any{
					"match":    map[string]any{"prefix": "/"},
					"requires": at(filter, "requirementMap", wanted),
				}},
			}
		}
		if rbac := at(per, "envoy.filters.http.rbac", "rbac"); rbac != nil {
			r.RBAC = line(rbac)
		}
		routes = append(routes, r)
	})
	sort.Slice(routes, func(i, j int) bool { return routes[i].Route < routes[j].Route })
	return routes
}

// at is the member of a member of an object.
func at(v any, path ...string) any {
	for _, name := range path {
		members, _ := v.(map[string]any)
		v = members[name]
	}
	return v
}

func each(list any, visit func(any)) {
	items, _ := list.([]any)
	for _, item := range items {
		visit(item)
	}
}

// find visits every object in a value.
func find(in any, visit func(map[string]any)) {
	switch v := in.(type) {
	case map[string]any:
		visit(v)
		for _, member := range v {
			find(member, visit)
		}
	case []any:
		for _, item := range v {
			find(item, visit)
		}
	}
}
