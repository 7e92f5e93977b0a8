package istio

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
	evaluator "github.com/gatewhy/gatewhy/testdata/oracles/envoy"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// translations is the folder of policy files, each beside what Istio made of it.
const translations = "../../testdata/oracles/istio/policies/"

// recordedFile is a policy file, and what came of it.
type recordedFile struct {
	name      string
	text      []byte
	Refused   []recordedRefusal
	workloads []*recordedWorkload
}

type recordedRefusal struct{ Resource, By, Why string }

type recordedWorkload struct {
	Workload string
	Selected []string
	LeftOut  []struct{ Rule, Why string }
	JWTAuthn json.RawMessage
	RBAC     []json.RawMessage

	jwt  *evaluator.JWT // nil where no token is looked at
	rbac []*evaluator.RBAC
}

func recordedFiles(t *testing.T) []*recordedFile {
	t.Helper()
	paths, err := filepath.Glob(translations + "*.yaml")
	if err != nil || len(paths) < 60 {
		t.Fatalf("%d files: %v", len(paths), err)
	}
	all := make([]*recordedFile, len(paths))
	for i, path := range paths {
		f := &recordedFile{name: strings.TrimSuffix(filepath.Base(path), ".yaml")}
		if f.text, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
		if err := f.read(strings.TrimSuffix(path, ".yaml") + ".jsonl"); err != nil {
			t.Fatal(path, err)
		}
		all[i] = f
	}
	return all
}

func (f *recordedFile) read(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	if err := json.Unmarshal(first, f); err != nil {
		return err
	}
	lines := bufio.NewScanner(bytes.NewReader(rest))
	lines.Buffer(nil, len(rest)+1)
	for lines.Scan() {
		w := &recordedWorkload{}
		if err := json.Unmarshal(lines.Bytes(), w); err != nil {
			return err
		}
		if w.JWTAuthn != nil {
			if w.jwt, err = evaluator.ReadJWT(w.JWTAuthn); err != nil {
				return err
			}
		}
		for _, text := range w.RBAC {
			filter, err := evaluator.ReadRBAC(text)
			if err != nil {
				return err
			}
			w.rbac = append(w.rbac, filter)
		}
		f.workloads = append(f.workloads, w)
	}
	return lines.Err()
}

// recordedRuntime is the version of the recording: of 2026-08, which is after 1.30.
const recordedRuntime = "1.31.0"

// workload reads the policies that select a workload; nil where none does.
func (f *recordedFile) workload(t *testing.T, name string) *workload {
	t.Helper()
	c, err := read(requests.Files(t, f.name+".yaml", string(f.text)), rules.Options{
		API: name, Runtime: recordedRuntime,
	})
	if err != nil {
		if strings.HasPrefix(err.Error(), "no policy in these files selects") ||
			strings.HasPrefix(err.Error(), "no workload ") {
			return nil
		}
		t.Fatal(err)
	}
	return c.Entries[0].(*workload)
}

// What is called observed was: by the version that is recorded, on that day.
func TestTheRecordingIsThatOfTheReferences(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(translations + "../recorded.tsv")
	if err != nil {
		t.Fatal(err)
	}
	title, _, _ := strings.Cut(string(text), "\n")
	want := "# istio " + recordedVersion + " recorded " + recordedOn
	if title != want {
		t.Errorf("the recording says %q, and the references %q", title, want)
	}
	_, commit, _ := strings.Cut(recordedVersion, "-eed")
	if !strings.Contains(code, "eed"+commit) {
		t.Errorf("the code that was read is %q", code)
	}
}

// refuses reports whether a resource of that name is refused.
func (f *recordedFile) refuses(resource string) bool {
	return slices.ContainsFunc(f.Refused, func(r recordedRefusal) bool {
		return r.Resource == resource
	})
}

// notInCluster reports whether the API server itself refuses a resource: then Istio never sees it.
func (f *recordedFile) notInCluster() bool {
	return slices.ContainsFunc(f.Refused, func(r recordedRefusal) bool {
		return r.By == "the API server"
	})
}

func (w *workload) selected() []string {
	var all []string
	if w != nil {
		for _, p := range w.policies {
			all = append(all, p.String())
		}
	}
	slices.Sort(all)
	return all
}

// findings are those of some of the adapter's own rules, in the whole file.
func (f *recordedFile) findings(t *testing.T, of ...rules.Rule) []rules.Finding {
	t.Helper()
	c, err := read(requests.Files(t, f.name+".yaml", string(f.text)), rules.Options{
		Runtime: recordedRuntime,
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &rules.Subject{
		Policies: compile(behaviours(), c).Policies, Files: c.Files, Shared: map[any]any{},
	}
	var all []rules.Finding
	for _, rule := range of {
		all = append(all, rule.Check(s)...)
	}
	return all
}

// What Kubernetes or Istio refuses, a finding says so; and of what they take, none does.
func TestWhatIstioRefusesIsSaid(t *testing.T) {
	t.Parallel()
	refused := 0
	for _, f := range recordedFiles(t) {
		said := f.findings(t, policyRefused(), ruleLeftOut())
		switch isRefused := len(f.Refused) > 0; {
		case isRefused && len(said) == 0 && len(f.findings(t, policyDecidesNothing())) == 0:
			t.Errorf("%s: nothing is said of %v", f.name, f.Refused)
		case !isRefused && len(said) > 0:
			t.Errorf("%s: Istio takes it, and it is said: %s", f.name, said[0].Message)
		case isRefused:
			refused++
		}
	}
	t.Logf("%d refused files, of each of which it is said", refused)
}

// The same policies select a workload, and the same rules of them are left out.
func TestIstioSelectsAsPredicted(t *testing.T) {
	t.Parallel()
	workloads, leftOut := 0, 0
	for _, f := range recordedFiles(t) {
		findings := f.findings(t, ruleLeftOut())
		for _, recorded := range f.workloads {
			w := f.workload(t, recorded.Workload)
			got := slices.DeleteFunc(w.selected(), func(name string) bool {
				return f.refuses(name) && !slices.Contains(recorded.Selected, name)
			})
			if !slices.Equal(got, recorded.Selected) {
				t.Errorf("%s, %s: selected by %v, and Istio has %v", f.name, recorded.Workload,
					got, recorded.Selected)
				continue
			}
			workloads++
			if w == nil {
				continue
			}
			var want []string
			for _, rule := range recorded.LeftOut {
				want = append(want, rule.Rule)
			}
			if said := saidLeftOut(w, findings); !slices.Equal(said, want) {
				t.Errorf("%s, %s: said to be left out are %v, and Istio leaves out %v", f.name,
					recorded.Workload, said, recorded.LeftOut)
				continue
			}
			leftOut += len(want)
		}
	}
	t.Logf("%d workloads, %d rules that are left out", workloads, leftOut)
}

// saidLeftOut are the rules of a workload that a finding calls left out.
func saidLeftOut(w *workload, findings []rules.Finding) []string {
	var all []string
	for _, p := range w.policies {
		for _, found := range findings {
			index := 0
			n, _ := fmt.Sscanf(found.Field, "rules[%d]", &index)
			items := p.Spec.Member("rules")
			if n != 1 || !items.Is(source.List) ||
				index >= len(items.Items) || items.Items[index].Pos != found.Pos {
				continue
			}
			name := fmt.Sprintf("ns[%s]-policy[%s]-rule[%d]", p.Namespace, p.Name, index)
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	return all
}

// The JWT rules become the same providers, in the same order.
func TestIstioMakesTheProvidersAsPredicted(t *testing.T) {
	t.Parallel()
	providers := 0
	for _, f := range recordedFiles(t) {
		for _, recorded := range f.workloads {
			w := f.workload(t, recorded.Workload)
			if w == nil || f.notInCluster() {
				continue
			}
			c := newCompiler(w, behaviours())
			if recorded.jwt == nil {
				if len(c.jwt) > 0 {
					t.Errorf("%s, %s: Istio has no provider", f.name, recorded.Workload)
				}
				continue
			}
			if len(c.jwt) != len(recorded.jwt.Providers) {
				t.Errorf("%s, %s: %d rules, and Istio has %d providers", f.name,
					recorded.Workload, len(c.jwt), len(recorded.jwt.Providers))
				continue
			}
			for i, r := range c.jwt {
				want := recorded.jwt.Providers[fmt.Sprintf("origins-%d", i)]
				if fault := r.differsFrom(want); fault != "" {
					t.Errorf("%s, %s, provider %d: %s", f.name, recorded.Workload, i, fault)
					continue
				}
				providers++
			}
		}
	}
	t.Logf("%d providers", providers)
}

// differsFrom says what of a rule is not as in the provider that Istio made of it.
func (r *jwtRule) differsFrom(p *evaluator.Provider) string {
	audiences := kubernetes.ListIn(r.at, "", "audiences")
	var want []rules.Location
	for _, h := range p.FromHeaders {
		in := rules.Input{Source: rules.FromHTTP, Name: h.Name}
		want = append(want, rules.Location{
			Input: in, Prefix: h.ValuePrefix, Inside: h.ValuePrefix != "",
		})
	}
	for _, name := range p.FromParams {
		in := rules.Input{Source: rules.FromQuery, Name: name}
		want = append(want, rules.Location{Input: in, Blank: true})
	}
	for _, name := range p.FromCookies {
		in := rules.Input{Source: rules.FromCookie, Name: name}
		want = append(want, rules.Location{Input: in})
	}
	locations := r.provider(newest).Locations
	split := append([]string{"permission", "scope"}, r.split.Texts()...)
	slices.Sort(split)
	switch {
	case r.issuer() != p.Issuer:
		return "issuer " + p.Issuer
	case !slices.Equal(audiences.Texts(), p.Audiences):
		return fmt.Sprint("audiences ", p.Audiences)
	case len(want) > 0 && !slices.Equal(locations, want):
		return fmt.Sprint("locations ", want)
	case !slices.Equal(slices.Compact(split), p.NormalizePayloadInMetadata.SpaceDelimitedClaims):
		return fmt.Sprint("split ", p.NormalizePayloadInMetadata.SpaceDelimitedClaims)
	}
	return ""
}
