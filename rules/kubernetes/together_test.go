package kubernetes

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// The files of one run are one cluster, unless they say different things of one policy.
func TestFilesOfOneClusterComeTogether(t *testing.T) {
	t.Parallel()
	policy := func(namespace, name string) string {
		return "kind: Policy\nmetadata: {namespace: " + namespace + ", name: " + name + "}\n"
	}
	const workload, other = "kind: Deployment\n", "kind: Secret\n"
	web := func(app string) string {
		return workload + "metadata: {name: web, app: " + app + "}\n"
	}
	tests := []struct {
		name  string
		files []string // names and texts in turn
		want  string   // the groups
	}{
		{
			"two folders with workloads of one name that differ",
			[]string{
				"a/p.yaml", policy("ns", "p"), "a/w.yaml", web("x"),
				"b/q.yaml", policy("ns", "q"), "b/w.yaml", web("y"), "c/w.yaml", web("z"),
			},
			"a/p.yaml a/w.yaml c/w.yaml, b/q.yaml b/w.yaml c/w.yaml",
		},
		{
			"two folders with the same workload",
			[]string{
				"a/p.yaml", policy("ns", "p"), "a/w.yaml", web("x"),
				"b/q.yaml", policy("ns", "q"), "b/w.yaml", web("x"),
			},
			"a/p.yaml b/q.yaml a/w.yaml b/w.yaml",
		},
		{
			"workloads of one name in one folder",
			[]string{
				"a/p.yaml", policy("ns", "p"), "a/w.yaml", web("x"), "a/v.yaml", web("y"),
				"b/q.yaml", policy("ns", "q"),
			},
			"a/p.yaml b/q.yaml a/w.yaml a/v.yaml",
		},
		{"no policy", []string{"a/w.yaml", workload}, ""},
		{
			"one folder",
			[]string{
				"a/p.yaml", policy("ns", "p"), "a/w.yaml", workload,
				"a/q.yaml", policy("ns", "q"), "a/s.yaml", other,
			},
			"a/p.yaml a/q.yaml a/w.yaml",
		},
		{
			"several folders that have nothing twice",
			[]string{
				"a/p.yaml", policy("m", "p"), "b/p.yaml", policy("ns", "p"), "c/w.yaml",
				workload,
			},
			"a/p.yaml b/p.yaml c/w.yaml",
		},
		{
			"folders that have a policy twice",
			[]string{
				"dev/p.yaml", policy("ns", "p"), "dev/w.yaml", workload, "uat/p.yaml",
				policy("ns", "p"), "uat/q.yaml", policy("ns", "q"), "all/w.yaml", workload,
			},
			"dev/p.yaml dev/w.yaml all/w.yaml, uat/p.yaml uat/q.yaml all/w.yaml",
		},
		{
			"a folder that has one twice",
			[]string{
				"dev.yaml", policy("ns", "p"), "uat.yaml", policy("ns", "p"), "w.yaml",
				workload,
			},
			"dev.yaml w.yaml, uat.yaml w.yaml",
		},
		{
			"folders without namespaces",
			[]string{"a/p.yaml", policy("''", "p"), "b/q.yaml", policy("''", "q")},
			"a/p.yaml, b/q.yaml",
		},
		{
			"one folder without namespaces",
			[]string{"a/p.yaml", policy("''", "p"), "a/q.yaml", policy("''", "q")},
			"a/p.yaml a/q.yaml",
		},
		{"one policy twice in one file", []string{"p.yaml", policy("ns", "p") + "---\n" +
			policy("ns", "p")}, "p.yaml"},
	}
	kind := func(want string) func(*source.Value) bool {
		return func(object *source.Value) bool {
			got, _ := object.Member("kind").Str()
			return got == want
		}
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var files []*source.File
			for pair := range slices.Chunk(test.files, 2) {
				file, err := source.Read(pair[0], []byte(pair[1]))
				if err != nil {
					t.Fatal(err)
				}
				files = append(files, file)
			}
			var got []string
			reading := Reading{
				Policy: kind("Policy"), Beside: kind("Deployment"),
				Differ: func(a, b *source.Value) bool { return a.JSON() != b.JSON() },
			}
			for _, group := range reading.Together(files) {
				var names []string
				for _, file := range group {
					names = append(names, file.Name)
				}
				got = append(got, strings.Join(names, " "))
			}
			if all := strings.Join(got, ", "); all != test.want {
				t.Errorf("got %s, want %s", all, test.want)
			}
		})
	}
}

// Files of two clusters are not read together. A file that is named twice is one.
func TestFilesOfTwoClusters(t *testing.T) {
	t.Parallel()
	r := Reading{
		Policy: func(object *source.Value) bool { return object.TextAt("kind") == "Policy" },
		Beside: func(*source.Value) bool { return false },
	}
	fileNamed := func(name, policy string) *source.File {
		file := fileOf(t, "kind: Policy\nmetadata: {namespace: ns, name: "+policy+"}\n"+
			"spec: {of: "+name[:1]+"}\n")
		file.Name = name
		return file
	}
	a, b := fileNamed("a.yaml", "p"), fileNamed("b.yaml", "q")
	if err := r.oneCluster([]*source.File{a, b, a}); err != nil {
		t.Error(err)
	}
	err := r.oneCluster([]*source.File{a, b, fileNamed("c.yaml", "q")})
	const want = "c.yaml: Policy ns/q is in b.yaml too, and says something else there: they are " +
		"of two clusters"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	alike := fileNamed("b.yaml", "q")
	alike.Name = "copy.yaml"
	if err := r.oneCluster([]*source.File{a, b, alike}); err != nil {
		t.Errorf("a copy: %v", err)
	}
}
