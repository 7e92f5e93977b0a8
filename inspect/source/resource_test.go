package source

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/clusters"
)

// clusterText is what kubectl prints of a cluster that is large enough for parts of it to be left
// out.
func clusterText(t testing.TB, asJSON bool) (name, text string) {
	t.Helper()
	name, written := "x.yaml", clusterInYAML
	if asJSON {
		name, written = "x.json", clusterInJSON
	}
	text, err := written()
	if err != nil {
		t.Fatal(err)
	}
	if len(text) < selectedFrom {
		t.Fatalf("the cluster has %d bytes", len(text))
	}
	return name, text
}

// The cluster is written once for all tests.
var (
	clusterInYAML = sync.OnceValues(func() (string, error) { return writtenCluster(false) })
	clusterInJSON = sync.OnceValues(func() (string, error) { return writtenCluster(true) })
)

func writtenCluster(asJSON bool) (string, error) {
	var b strings.Builder
	err := clusters.Write(&b, 7, clusterResources, asJSON)
	return b.String(), err
}

// streamOf writes the items of a list as documents.
func streamOf(list string) string {
	_, rest, _ := strings.Cut(list, "items:\n")
	items, _, _ := strings.Cut(rest, "\nkind: List")
	var b strings.Builder
	for line := range strings.Lines(items + "\n") {
		if strings.HasPrefix(line, "- ") {
			b.WriteString("---\n")
		}
		b.WriteString(strings.TrimPrefix(line, line[:min(2, len(line)-1)]))
	}
	return b.String()
}

func wantedOfCluster() []Resource {
	return []Resource{
		{Group: "security.istio.io"},
		{Kind: "Pod", Paths: []string{"metadata.labels", "metadata.name"}},
		{Kind: "Deployment", Word: "-7", Paths: []string{"spec.template.metadata.labels"}},
	}
}

func TestOfALargeClusterOnlyWhatIsWantedIsRead(t *testing.T) {
	t.Parallel()
	listName, list := clusterText(t, false)
	jsonName, inJSON := clusterText(t, true)
	for _, tt := range []struct{ name, file, text string }{
		{"a list in YAML", listName, list},
		{"a stream of documents", "x.yaml", streamOf(list)},
		{"a list in JSON", jsonName, inJSON},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			whole, err := Read(tt.file, []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			read, err := ReadResources(tt.file, []byte(tt.text), wantedOfCluster)
			if err != nil {
				t.Fatal(err)
			}
			if len(read.Documents) != len(whole.Documents) {
				t.Fatalf("%d documents, want %d", len(read.Documents), len(whole.Documents))
			}
			for i := range whole.Documents {
				sameAsFarAsRead(t, whole.Documents[i], read.Documents[i])
			}
			for i, item := range itemsOf(whole) {
				leavesOut(t, item, itemsOf(read)[i])
			}
		})
	}
}

func itemsOf(f *File) []*Value {
	if list := f.Documents[0].Member("items"); list != nil {
		return list.Items
	}
	return f.Documents
}

// sameAsFarAsRead holds what was read to all that the file has.
func sameAsFarAsRead(t *testing.T, whole, read *Value) {
	t.Helper()
	if read.Unread {
		if read.Pos != whole.Pos || read.Span.Start != whole.Span.Start ||
			read.Span.End != whole.Span.End && whole.Kind != String {
			t.Fatalf("%v %v is left out at %v %v", whole.Pos, whole.Span, read.Pos, read.Span)
		}
		return
	}
	if read.Kind != whole.Kind || read.Text != whole.Text || read.Pos != whole.Pos ||
		read.Span != whole.Span || len(read.Items) != len(whole.Items) ||
		len(read.Members) != len(whole.Members) {
		t.Fatalf("%v: %v %v, want %v %v", whole.Pos, read.Kind, read.Span, whole.Kind, whole.Span)
	}
	for i := range whole.Items {
		sameAsFarAsRead(t, whole.Items[i], read.Items[i])
	}
	for i := range whole.Members {
		if whole.Members[i].Key != read.Members[i].Key ||
			whole.Members[i].KeyPos != read.Members[i].KeyPos {
			t.Fatalf("%v: %s", whole.Members[i].KeyPos, read.Members[i].Key)
		}
		sameAsFarAsRead(t, whole.Members[i].Value, read.Members[i].Value)
	}
}

// leavesOut checks which members of a resource are not read.
func leavesOut(t *testing.T, whole, read *Value) {
	t.Helper()
	kind, _ := whole.Member("kind").Str()
	version, _ := whole.Member("apiVersion").Str()
	var left []string
	var walk func(path string, v *Value)
	walk = func(path string, v *Value) {
		if v.Unread {
			left = append(left, strings.TrimPrefix(path, "."))
		}
		for _, m := range v.Members {
			walk(path+"."+m.Key, m.Value)
		}
	}
	walk("", read)
	has := func(path string) bool { return slices.Contains(left, path) }
	switch {
	case strings.HasPrefix(version, "security.istio.io/"):
		want := []string{
			"metadata.annotations.kubectl.kubernetes.io/last-applied-configuration",
			"metadata.managedFields",
		}
		if !slices.Equal(left, want) {
			t.Errorf("%s: %q is left out", kind, left)
		}
	case kind == "Pod":
		if !has("spec") || !has("status") || !has("metadata.annotations") ||
			read.At("metadata", "labels", "app") == nil {
			t.Errorf("%s: %q is left out", kind, left)
		}
	case kind == "Deployment" && read.At("spec", "template") != nil:
		if !has("spec.template.spec") || has("spec.template.metadata") {
			t.Errorf("%s: %q is left out", kind, left)
		}
	default:
		if !has("metadata") || len(left) != len(whole.Members)-2 {
			t.Errorf("%s: %q is left out", kind, left)
		}
	}
}

func TestALargeClusterIsEditedInPlace(t *testing.T) {
	t.Parallel()
	for _, asJSON := range []bool{false, true} {
		name, text := clusterText(t, asJSON)
		f, err := ReadResources(name, []byte(text), wantedOfCluster)
		if err != nil {
			t.Fatal(err)
		}
		edits := 0
		for _, item := range itemsOf(f) {
			rules := item.At("spec", "jwtRules")
			if rules == nil {
				continue
			}
			edits++
			audience := rules.Items[0].Member("audiences").Items[0]
			edit, err := f.Replace(audience, "api://orders")
			if err != nil {
				t.Fatal(err)
			}
			after, err := f.Edited(edit)
			if err != nil {
				t.Fatal(err)
			}
			s := audience.Span
			want := strings.Trim(text[s.Start:s.End], `"`)
			if got := string(after.Text); got != text[:s.Start]+
				strings.ReplaceAll(text[s.Start:s.End], want, "api://orders")+text[s.End:] {
				t.Error("more than the audience was changed")
			}
			if edits == 3 {
				break
			}
		}
		if edits == 0 {
			t.Error("the cluster has no policy to edit")
		}
	}
}

// Of a stream of more values than a file may have, only what is wanted counts, before an edit and
// after it.
func TestAnEditOfALargeStreamIsReadAgainInItsDocument(t *testing.T) {
	t.Parallel()
	_, list := clusterText(t, false)
	stream := streamOf(list)
	text := stream
	for strings.Count(text, ": ") < 310_000 {
		text += stream
	}
	f, err := ReadResources("x.yaml", []byte(text), wantedOfCluster)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(f.Documents, func(v *Value) bool {
		return v.At("spec", "jwtRules") != nil
	})
	audience := f.Documents[i].At("spec", "jwtRules").Items[0].Member("audiences").Items[0]
	edit := Edit{Span: audience.Span, Text: "api://orders"}
	changed, err := Apply(f.Text, edit)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := f.readAgain(changed, []Edit{edit}); !ok {
		t.Error("all of the text was read again")
	}
}

func TestWhatWasNotReadIsNotKnown(t *testing.T) {
	t.Parallel()
	name, text := clusterText(t, false)
	f, err := ReadResources(name, []byte(text), wantedOfCluster)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(itemsOf(f), func(v *Value) bool {
		kind, _ := v.Member("kind").Str()
		return kind == "Secret"
	})
	data := itemsOf(f)[i].Member("data")
	if !data.Is(Unknown) || data.Doubt("data") !=
		"data is not read in a file as large as this one" {
		t.Errorf("the data of a Secret: %v, %s", data.Kind, data.Doubt("data"))
	}
}

func TestAFaultInAFileAsLargeAsAClusterHasItsPlace(t *testing.T) {
	t.Parallel()
	_, list := clusterText(t, false)
	start, end := strings.Index(list, "- "), strings.Index(list, "\nkind: List")+1
	text := list[:start]
	for len(text) < maxText {
		text += list[start:end]
	}
	line := strings.Count(text, "\n") + 3
	text += "- apiVersion: security.istio.io/v1\n  kind: RequestAuthentication\n" +
		"  spec: a: b\n" + list[end:]
	_, err := ReadResources("x.yaml", []byte(text), wantedOfCluster)
	if want := fmt.Sprintf("x.yaml:%d:10: not YAML: ", line); err == nil ||
		!strings.HasPrefix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestAClusterWithTooManyResourcesSaysWhatToExport(t *testing.T) {
	t.Parallel()
	pod := "---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
	item := `{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}},`
	for name, text := range map[string]string{
		"x.yaml": strings.Repeat(pod, 60_000),
		"x.json": `{"kind": "List", "items": [` + strings.Repeat(item, 100_000) + "{}]}",
	} {
		_, err := ReadResources(name, []byte(text), wantedOfCluster)
		if ours := new(Error); !errors.As(err, &ours) || !ours.Limit ||
			!strings.Contains(ours.Hints[0].Text, "one namespace") {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := Read("x.yaml", []byte("["+strings.Repeat("1,", 300_000)+"1]"))
	if ours := new(Error); !errors.As(err, &ours) || ours.Hints[0].Text != wrongFile {
		t.Errorf("%v", err)
	}
}
