package report

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// Survey sorts the files of a folder by what they are and where they belong.
func (m *Maker) Survey(folder string) (*environments.Survey, error) {
	found, err := m.findIn(folder)
	if err != nil {
		return nil, err
	}
	s := &environments.Survey{}
	for _, f := range found {
		file, err := m.ReadSource(f.Name)
		if err != nil {
			continue // it may be anything: lint says what is wrong with it
		}
		name, err := filepath.Rel(folder, f.Name)
		if err != nil {
			return nil, err
		}
		if adapter, ok := m.Gateways.of(file, rules.Options{}); ok {
			read, err := adapter.Read([]*source.File{file}, rules.Options{})
			if err != nil {
				return nil, err
			}
			compiled := adapter.Compile(read)
			s.AddPolicy(filepath.ToSlash(name), adapter.VariantNames(), &compiled)
		} else if d, err := entra.ReadRegistrations(file); err == nil {
			s.AddRegistrations(filepath.ToSlash(name), d)
		}
	}
	s.PlaceRegistrations()
	return s, m.surveyOthers(folder, s)
}

// surveyOthers looks for tokens and lists of contracts, by their names.
func (m *Maker) surveyOthers(folder string, s *environments.Survey) error {
	root := m.Path(folder)
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != root && isSkipped(entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(relative)
		s.AddOther(name, func() bool { return m.isContracts(name, folder) })
		return nil
	})
}

// isContracts tells a list of contracts by its name, and that it can be read.
func (m *Maker) isContracts(name, folder string) bool {
	formats := []string{".txt", ".json", ".yaml", ".yml"}
	if !strings.Contains(strings.ToLower(name), "contract") ||
		!slices.Contains(formats, filepath.Ext(name)) {
		return false
	}
	_, err := m.ReadContracts(filepath.Join(folder, filepath.FromSlash(name)))
	return err == nil
}

// SurveySummary counts what was found.
func SurveySummary(s *environments.Survey) string {
	names := s.Names()
	text := fmt.Sprintf("%s (%s), %s", Counted(len(names), "environment"),
		Guarded(strings.Join(names, ", ")), Counted(s.Policies, "policy file"))
	if n := s.Registrations(); n > 0 {
		text += ", " + Counted(n, "app registration file")
	}
	if n := s.Unplaced(); n > 0 {
		text += "; " + Counted(n, "file") + " could not be placed, see its end"
	}
	return text
}

// ProveReadable reads what is to be written as matrix will.
func ProveReadable(text string) error {
	file, err := source.Read(DefaultEnvironments, []byte(text))
	if err != nil {
		return fmt.Errorf("what init would write can't be read: %w", err)
	}
	_, err = environments.Read(file)
	return err
}
