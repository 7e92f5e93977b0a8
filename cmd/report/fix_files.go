package report

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/repair"
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

// FixSeveral says how several files are repaired.
type FixSeveral struct {
	Options  rules.Options
	Apps     *entra.Directory // app registrations; nil where none were given
	Facts    rules.Facts
	Rule     string // whose findings are to be repaired; empty for all
	Solution string
	Tokens   bool // some were given

	Unheeded string // the options that don't count for the file before

	// Beyond is why the rest of the files was not looked at; nil where all were.
	Beyond error

	faulty int // files with something to repair
	text   int // bytes of these
	looks  int // at files that make up one configuration with one that was to be repaired
	maker  *Maker
	judge  *Judge
	joined map[string]*source.File // those that may make up one configuration with others
	groups map[grouped][]string    // the names of those that do, by each of them
	clean  map[string]bool         // the names of those in which nothing is to be repaired
	none   map[string]bool         // the names of files of a folder that are about no policy
}

// grouped is a file, as an adapter sees it.
type grouped struct{ adapter, file string }

// Begin looks at all files at once, which were found under these names: what several of them make
// up is read, compiled and linted once, and not once for each.
func (s *FixSeveral) Begin(m *Maker, found []Found, names []string) error {
	s.maker, s.judge = m, NewJudge(m.Gateways, s.Options, s.Apps)
	s.joined, s.groups = map[string]*source.File{}, map[grouped][]string{}
	s.clean, s.none = map[string]bool{}, map[string]bool{}
	files, values := s.readJoining(found)
	if err := rules.HeldBeyond(values, names); err != nil {
		return err
	}
	s.group(files)
	tooMany := false
	for _, names := range s.groups {
		tooMany = tooMany || len(names) > mostTogether
	}
	if len(s.groups) > 0 && s.plain() && !tooMany {
		s.lookAt(files)
	}
	return nil
}

// plain reports whether nobody has said what this environment's tokens are like: then a file with
// nothing to repair needs no other look, and a repair no look at other API instances.
func (s *FixSeveral) plain() bool {
	told := repair.Fix{Facts: s.Facts}
	return s.Solution == "" && !s.Tokens && s.Apps == nil && !told.Describes()
}

// group notes which files make up one configuration, if they are several.
func (s *FixSeveral) group(files []*source.File) {
	for i := range s.maker.Gateways {
		if s.maker.Gateways[i].Together == nil {
			continue
		}
		for _, group := range s.maker.Gateways[i].Together(files) {
			names := source.Each(group, func(file *source.File) string { return file.Name })
			for _, name := range names {
				if len(names) > 1 {
					s.groups[grouped{s.maker.Gateways[i].Name, name}] = names
				}
			}
		}
	}
}

// lookAt notes in which files nothing is to be repaired.
func (s *FixSeveral) lookAt(files []*source.File) {
	all := make([]*linted, len(files))
	for i, file := range files {
		all[i] = &linted{name: file.Name, file: file}
	}
	s.judge.together(all, func(*linted) {})
	wanted := func(f rules.Finding) bool {
		return f.Rule == s.Rule || s.Rule == "" && f.Severity != rules.Note
	}
	for _, r := range all {
		s.judge.heed(r)
		s.clean[r.name] = r.err == nil && r.besides && !slices.ContainsFunc(r.findings, wanted)
	}
}

// Clean is what comes of a file in which nothing is to be repaired; nil where that is not known
// yet.
func (s *FixSeveral) Clean(file *source.File) *Fixing {
	adapter, ok := s.maker.Gateways.of(file, s.Options)
	if !ok || adapter.Together == nil || !s.clean[file.Name] {
		return nil
	}
	return &Fixing{Before: file, After: file}
}

// mostFaulty bounds the files that are repaired in one run: the proof of each takes milliseconds.
// mostText bounds their texts, in bytes: they are shown, as they were and as they are, at the end.
// mostTogether bounds the files that make up one configuration with one of them, and mostLooks the
// looks at these: each repair reads all of them.
const (
	mostFaulty   = 500
	mostText     = MaxInput
	mostTogether = 2000
	mostLooks    = 30_000
)

// isBeyond notes that no further file is looked at, where that is so.
func (s *FixSeveral) isBeyond(file *source.File, together int) bool {
	cause := ""
	hint := "or repair the others first, with --write, and then run the same command again"
	switch {
	case s.judge.Looked.Load() > rules.MostLooked:
		cause = fmt.Sprintf("no more than %d conditions of policies are tried", rules.MostLooked)
	case s.faulty >= mostFaulty:
		cause = fmt.Sprintf("no more than %d files are repaired", mostFaulty)
	case s.text > 0 && s.text+len(file.Text) > mostText:
		cause = fmt.Sprintf("no more than %d MiB of files are repaired", mostText>>20)
	case together > mostTogether:
		cause = fmt.Sprintf("%d files make up one configuration, and no more than %d are read",
			together, mostTogether)
		hint = "leave out files that have no say in what the others do"
	case together > 1 && s.looks+together > mostLooks:
		cause = fmt.Sprintf("%d files make up one configuration, each repair reads all of them, "+
			"and no more than %d are read", together, mostLooks)
	default:
		return false
	}
	s.Beyond = ProblemAt(source.Position{File: file.Name},
		"this file and those after it were not looked at: "+cause+" at once",
		"name a part of the files or folders",
		hint)
	return true
}

// Done counts what came of a file.
func (s *FixSeveral) Done(fixed *Fixing) {
	if fixed.Changed || len(fixed.Refused) > 0 {
		s.faulty++
		s.text += len(fixed.Before.Text)
	}
}

// Fixer returns what repairs a file; nil where no further one is looked at.
func (s *FixSeveral) Fixer(file *source.File) (*Fixer, error) {
	files, options := []*source.File{file}, s.Options
	adapter, _ := s.maker.Gateways.of(file, options)
	group := s.groups[grouped{adapter.Name, file.Name}]
	if s.isBeyond(file, len(group)) {
		return nil, nil
	}
	s.looks += len(group)
	for _, name := range group {
		if name != file.Name {
			files = append(files, s.joined[name])
		}
	}
	if len(files) > 1 && s.plain() && options.API == "" {
		options.InFile = file.Name
	}
	return s.maker.newFixer(s.judge, files, nil, options, s.Facts, s.Solution)
}

// Written says that a file was repaired: others may read otherwise beside it.
func (s *FixSeveral) Written(after *source.File) {
	if s.joined[after.Name] != nil {
		s.joined[after.Name] = after
		clear(s.clean)
	}
}

// Read reads a file that may hold policies, unless it was read before. The file is nil where it
// holds none and the user did not name it, and where it is not a configuration.
func (s *FixSeveral) Read(found Found) (file *source.File, err error) {
	if s.none[found.Name] {
		return nil, nil
	}
	if file = s.joined[found.Name]; file == nil {
		file, err = s.maker.readFound(found, found.Name)
	}
	if err != nil || file == nil {
		return nil, err
	}
	adapter, ok := s.maker.Gateways.of(file, s.Options)
	switch {
	case ok && found.Named:
		return file, s.maker.otherGateway(adapter, found.Name, s.Options)
	case !ok && !found.Named:
		return nil, nil
	}
	return file, nil
}

// readJoining reads the files that may make up one configuration with others. What can't be read
// is an error later, where it is repaired. It stops where they have more values than are looked at
// together, and returns how many they have.
func (s *FixSeveral) readJoining(found []Found) (all []*source.File, values int64) {
	for _, f := range found {
		if rules.HeldBeyond(values, nil) != nil {
			break
		}
		if f.Name == "-" || s.maker.isTooLarge(f.Name) || s.joined[f.Name] != nil {
			continue
		}
		file, err := s.maker.ReadSource(f.Name)
		switch {
		case err != nil:
		case s.maker.Gateways.joins(file, s.Options):
			all, values = append(all, file), values+int64(file.Values())
			s.joined[file.Name] = file
		case !f.Named && s.maker.Gateways.holdNothing(file, s.Options):
			s.none[f.Name] = true
		}
	}
	return all, values
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
