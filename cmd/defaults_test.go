package cmd

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// foldersBelow makes a folder a/b/c, with a file gatewhy.yaml in a, and what else is named; a name
// that ends in a slash is a folder.
func foldersBelow(t *testing.T, names ...string) (root string, env *Env) {
	t.Helper()
	root = t.TempDir()
	for _, name := range append([]string{"a/b/c/", "a/gatewhy.yaml"}, names...) {
		path := filepath.Join(root, filepath.FromSlash(name))
		var err error
		if name[len(name)-1] == '/' {
			err = os.MkdirAll(path, 0o700)
		} else {
			err = os.WriteFile(path, []byte("defaults:\n"), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	env = &Env{Dir: filepath.Join(root, "a", "b", "c"), LookupEnv: environment(nil)}
	return root, env
}

func TestTheEnvironmentsFileIsFoundInFoldersAbove(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		also []string
		home string
		want string
	}{
		"two above": {nil, "", "../../gatewhy.yaml"},
		"the nearest counts": {
			[]string{"a/b/gatewhy.yaml"}, "", "../gatewhy.yaml",
		},
		"that of the folder itself": {
			[]string{"a/b/c/gatewhy.yaml"}, "", "gatewhy.yaml",
		},
		"in the root of the repository": {
			[]string{"a/.git/"}, "", "../../gatewhy.yaml",
		},
		"not above it":                               {[]string{"a/b/.git/"}, "", ""},
		"nor above a worktree":                       {[]string{"a/b/.git"}, "", ""},
		"in the home folder":                         {nil, "a", "../../gatewhy.yaml"},
		"not above it either":                        {nil, "a/b", ""},
		"a folder of that name is none, and ends it": {[]string{"a/b/gatewhy.yaml/"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, env := foldersBelow(t, row.also...)
			if row.home != "" {
				env.LookupEnv = environment(map[string]string{
					"HOME": filepath.Join(root, filepath.FromSlash(row.home)),
				})
			}
			if got := filepath.ToSlash(env.findEnvironments()); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

func TestAnotherUsersFolderIsNotLookedInto(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Geteuid() != 0 {
		t.Skip("only the system's own user can give a folder away")
	}
	for _, name := range []string{"a", "a/b", "a/b/c", "a/gatewhy.yaml"} {
		root, env := foldersBelow(t)
		if err := os.Chown(
			filepath.Join(root, filepath.FromSlash(name)),
			65534,
			65534,
		); err != nil {
			t.Skip(err)
		}
		if got := env.findEnvironments(); got != "" {
			t.Errorf("%s is another's, and %s is found", name, got)
		}
	}
}
