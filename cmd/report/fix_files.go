package report

import (
	"os"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// SeveralFiles reports whether names stand for more than one file: several of them, a folder, or a
// pattern.
func (m *Maker) SeveralFiles(names []string) bool {
	if len(names) != 1 {
		return true
	}
	info, err := os.Stat(m.Path(names[0]))
	if err == nil {
		return info.IsDir()
	}
	return names[0] != "-" && strings.ContainsAny(names[0], "*?[")
}

// ReadPolicyFile reads a file that may hold policies. The file is nil where it holds none and the
// user did not name it, and where it is none of ours.
func (m *Maker) ReadPolicyFile(found Found, options rules.Options) (*source.File, error) {
	if !found.Named && m.isTooLarge(found.Name) {
		return nil, nil
	}
	text, err := m.ReadConfiguration(found.Name)
	if err != nil {
		return nil, err
	}
	if !found.Named && len(text) > MaxInput && !isOfCluster(text) {
		return nil, nil
	}
	file, err := m.Gateways.readSource(found.Name, text)
	if err != nil {
		if !found.Named && !m.Gateways.lookLikePolicy(text) {
			err = nil
		}
		return nil, err
	}
	if _, ok := m.Gateways.of(file, options); !ok && !found.Named {
		return nil, nil
	}
	return file, nil
}

// ReadJoining reads the files that may make up one configuration with others. What can't be read
// is told where it is repaired.
func (m *Maker) ReadJoining(found []Found, options rules.Options) []*source.File {
	var all []*source.File
	for _, f := range found {
		if f.Name == "-" || m.isTooLarge(f.Name) {
			continue
		}
		file, err := m.ReadSource(f.Name)
		if err == nil && m.Gateways.joins(file, options) {
			all = append(all, file)
		}
	}
	return all
}

// FixedFiles counts what came of several files.
func FixedFiles(all []*Fixing, failed int) string {
	repaired, stay, clean := 0, 0, 0
	for _, f := range all {
		switch {
		case f.Changed:
			repaired++
		case len(f.Refused) > 0:
			stay++
		default:
			clean++
		}
	}
	text := Counted(len(all)+failed, "policy file") + ": "
	var parts []string
	for _, part := range []struct {
		n    int
		what string
	}{
		{repaired, "repaired"},
		{stay, "not repaired"},
		{clean, "with nothing to repair"},
		{failed, "not read"},
	} {
		if part.n > 0 {
			parts = append(parts, strconv.Itoa(part.n)+" "+part.what)
		}
	}
	return text + strings.Join(parts, ", ")
}
