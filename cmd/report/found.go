package report

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// FindEnvironments looks for gatewhy.yaml in the folder where relative names start, and in those
// above it: up to the root of the repository, the home folder, or a folder that another user owns,
// which is not looked into any more. Somebody else's file would say what we find. The name is
// relative where it can be; it is empty where there is no such file.
func (m *Maker) FindEnvironments(home string) string {
	folder, err := filepath.Abs(m.Path("."))
	if err != nil {
		return ""
	}
	for start := folder; ; {
		info, err := os.Stat(folder)
		if err != nil || !isOwn(info) {
			return ""
		}
		name := filepath.Join(folder, DefaultEnvironments)
		if info, err := os.Stat(name); err == nil {
			if !info.Mode().IsRegular() || !isOwn(info) {
				return ""
			}
			relative, err := filepath.Rel(start, name)
			if err != nil {
				return name
			}
			return relative
		}
		above := filepath.Dir(folder)
		if above == folder || isRepository(folder) || home != "" && sameFolder(folder, home) {
			return ""
		}
		folder = above
	}
}

// isRepository reports whether a folder is the root of a repository. The .git of a worktree is a
// file.
func isRepository(folder string) bool {
	return slices.ContainsFunc([]string{".git", ".hg", ".svn"}, func(name string) bool {
		_, err := os.Lstat(filepath.Join(folder, name))
		return err == nil
	})
}

func sameFolder(a, b string) bool {
	one, errOne := os.Stat(a)
	other, errOther := os.Stat(b)
	return errOne == nil && errOther == nil && os.SameFile(one, other)
}

// ReadDefaults reads the section defaults of the environments file. The rest of the file is not
// looked at.
func (m *Maker) ReadDefaults(name string) (d environments.Defaults, err error) {
	file, err := m.ReadSource(name)
	if err != nil {
		return d, err
	}
	for _, document := range file.Documents {
		if section := document.Member("defaults"); section != nil {
			return environments.ReadDefaults(section)
		}
	}
	return d, nil
}

// FilesBeside lists the files that texts of an environments file name, relative to its folder.
func (m *Maker) FilesBeside(name string, texts []entra.Text) ([]string, error) {
	r := &estateReader{maker: m, folder: filepath.Dir(name)}
	return r.expand(texts)
}

// IsGone reports whether there is no such file.
func (m *Maker) IsGone(name string) bool {
	_, err := os.Stat(m.Path(name))
	return os.IsNotExist(err)
}
