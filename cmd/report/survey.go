package report

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// Survey sorts the files of a folder by what they are and where they belong. Names in it are
// relative to the folder that the environments file will be in.
func (m *Maker) Survey(folder, base string) (*environments.Survey, error) {
	found, err := m.findIn(folder)
	if err != nil {
		return nil, err
	}
	found, changers := m.changers(found)
	s, from := &environments.Survey{}, m.from(base)
	built, folders := m.builtElsewhere(changers, found)
	for _, of := range folders {
		name := path.Base(of)
		if slices.ContainsFunc(folders, func(other string) bool {
			return other != of && path.Base(other) == name
		}) {
			name = strings.ReplaceAll(of, "/", "-")
		}
		into := filepath.Join(base, "policies-"+name+".yaml")
		if !m.IsFile(into) { // else that was done
			s.Builds = append(s.Builds,
				"kubectl kustomize "+m.Shell.Path(of)+" > "+m.Shell.Path(into))
		}
	}
	var done atomic.Int64
	defer m.progress(&done, len(found), "files")()
	for _, f := range found {
		done.Add(1)
		if m.isTooLarge(f.Name) {
			continue
		}
		file, err := m.ReadSource(f.Name)
		if err != nil {
			continue // it may be anything: lint says what is wrong with it
		}
		name := from(f.Name)
		if why := built[f.Name]; why != "" {
			s.LeaveOut(name, why)
			continue
		}
		if err := m.surveyFile(s, name, file); err != nil {
			return nil, err
		}
	}
	s.PlaceRegistrations()
	if err := m.surveyOthers(folder, base, s); err != nil {
		return nil, err
	}
	for _, name := range s.Tokens() {
		token, err := m.quiet().ReadToken([]string{"@" + filepath.Join(base, name)})
		if err != nil {
			continue // it is left out later
		}
		if tenant := inspect.Describe(token).Tenant; entra.IsGUID(tenant) {
			s.Suppose(tenant)
		}
	}
	return s, nil
}

// surveyFile takes a file for what it is.
func (m *Maker) surveyFile(s *environments.Survey, name string, file *source.File) error {
	if adapter, ok := m.Gateways.of(file, rules.Options{}); ok {
		read, err := adapter.Read([]*source.File{file}, rules.Options{})
		if err != nil {
			if AsError(err).Limit {
				s.LeaveOut(name, AsError(err).Cause)
				return nil
			}
			return err
		}
		compiled := adapter.Compile(read)
		s.AddPolicy(name, adapter.VariantNames(), &compiled, adapter.Together == nil)
		return nil
	}
	if d, err := entra.ReadRegistrations(file); err == nil {
		s.AddRegistrations(name, d)
		for _, document := range file.Documents {
			domain := document.TextAt("publisherDomain")
			if strings.Contains(domain, ".") {
				s.Suppose(domain)
			}
		}
		return nil
	}
	m.surveyData(s, name, file)
	return nil
}

// surveyData takes an empty list of policies, a key set, or a control plane's answer with
// contracts.
func (m *Maker) surveyData(s *environments.Survey, name string, file *source.File) {
	if len(file.Documents) != 1 {
		return
	}
	top := file.Documents[0]
	list := top
	if inside := top.Member("policies"); inside != nil {
		list = inside
	}
	if strings.Contains(strings.ToLower(path.Base(name)), "polic") && list.Is(source.List) &&
		len(list.Items) == 0 {
		s.AddOpen(name)
		return
	}
	if set, err := keys.Parse(name, file.Text); err == nil && top.Member("keys") != nil {
		s.AddKeys(name)
		for _, key := range set.Keys {
			if issuer, ok := entra.ParseIssuer(key.Issuer); ok && entra.IsGUID(issuer.Tenant) {
				s.Suppose(issuer.Tenant)
			}
		}
		return
	}
	if !top.Is(source.Object) {
		return
	}
	if _, err := m.Gateways.contractsIn(top); err == nil {
		s.AddContracts(name)
	}
}

// quiet is a maker that says nothing beside its reports.
func (m *Maker) quiet() *Maker {
	other := *m
	other.Say = func(string, string) {}
	return &other
}

// Prove reads all that the environments file will name, and takes out of it what matrix would
// refuse. The name is the file's.
func (m *Maker) Prove(name string, s *environments.Survey) error {
	if format, known := source.FormatNamed(name); known && format != source.YAML {
		return Problem(
			name+": init writes YAML, and a file of this name is read as another format",
			"give it a name that ends in .yaml, such as "+DefaultEnvironments)
	}
	for {
		if err := tooMuch(s); err != nil {
			return err
		}
		file, err := source.ReadAs(name, []byte(s.YAML()), source.YAML)
		if err != nil {
			return fmt.Errorf("gatewhy could not read back what init would write: %w", err)
		}
		if len(s.Names()) == 0 {
			return nil
		}
		read, err := environments.Read(file)
		if err != nil {
			return err
		}
		if !m.quiet().refuse(name, read, s) {
			return nil
		}
	}
}

// mostNamed is how many files the environments file names: each may be an app registration.
const mostNamed = mostRegistrations

// tooMuch refuses what no environments file may have.
func tooMuch(s *environments.Survey) error {
	const hint = "if some of the APIs have a folder of their own, there: gatewhy init FOLDER"
	n, files := len(s.Names()), s.Files()
	if n > environments.MostEnvironments {
		return Problem(fmt.Sprintf("init finds %d environments, and no more than %d are written",
			n, environments.MostEnvironments), hint)
	}
	if files > mostNamed {
		return Problem(fmt.Sprintf("the %s would name %d files, and no more than %d are written",
			Counted(n, "environment"), files, mostNamed), hint)
	}
	return nil
}

// refuse takes the parts out that can't be read, and reports whether there was one.
func (m *Maker) refuse(name string, file *environments.File, s *environments.Survey) bool {
	reader, refused := m.newEstate(name, file).reader, false
	for i := range file.Environments {
		env := &file.Environments[i]
		site := &environments.Site{Name: env.Name}
		for _, part := range []struct {
			is   environments.Part
			read func(*environments.Environment, *environments.Site) error
		}{
			{environments.PartPolicies, reader.policies},
			{environments.PartContracts, reader.contracts},
			{environments.PartAPI, reader.api},
			{environments.PartClients, reader.clients},
			{environments.PartTokens, reader.tokens},
		} {
			before := *reader
			err := part.read(env, site)
			if err == nil {
				continue
			}
			*reader, refused = before, true // what is left out does not count
			if part.is != environments.PartPolicies {
				s.Refuse(env.Name, part.is, AsError(err).Cause)
				continue
			}
			if divided := refusePolicies(env, reader, s, err); divided {
				return true // other environments may be gone
			}
			break // without policies, the other parts may not be named
		}
	}
	return refused
}

// refusePolicies takes the policies of an environment out, or makes an environment of each of the
// API instances that they are of.
func refusePolicies(
	of *environments.Environment, reader *estateReader, s *environments.Survey, err error,
) (divided bool) {
	cause := AsError(err).Cause
	switch all := reader.instances(of); {
	case len(all) > mostInstances:
		cause = fmt.Sprintf("%d API instances are too many to make environments of: "+
			"%d is the most", len(all), mostInstances)
	case len(all) > 1:
		s.Divide(of.Name, all)
		return true
	}
	s.Refuse(of.Name, environments.PartPolicies, cause)
	return false
}

// mostInstances is how many environments are made of one.
const mostInstances = 100

// instances lists the API instances that the files of an environment configure; none where the
// environment names its own. Names are as the environments file has them.
func (r *estateReader) instances(of *environments.Environment) []environments.APIInstance {
	if of.Instance.Value != "" {
		return nil
	}
	names, err := r.expand(of.Policies)
	if err != nil {
		return nil
	}
	set, _ := r.maker.ReadPolicies(names, rules.Options{Variant: of.Gateway.Value})
	if set == nil {
		return nil // several instances are an error beside the set
	}
	apis := set.APIs()
	all := make([]environments.APIInstance, len(apis))
	for i, api := range apis {
		all[i].Name = renamed(api, names, asItIs, r.inFolder)
		for _, policy := range set.Policies {
			if policy.API == api {
				all[i].Policies = append(all[i].Policies, policy)
			}
		}
	}
	return all
}

// surveyOthers looks for tokens and lists of contracts, by their names.
func (m *Maker) surveyOthers(folder, base string, s *environments.Survey) error {
	root, from := m.Path(folder), m.from(base)
	return filepath.WalkDir(root, func(at string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if at != root && isSkipped(entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		name := from(at)
		s.AddOther(name, func() bool { return m.isContracts(name, base) })
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
	_, err := m.readContracts(filepath.Join(folder, filepath.FromSlash(name)))
	return err == nil
}

// SurveySummary counts what was found.
func SurveySummary(s *environments.Survey) string {
	names, comments := s.Names(), s.Comments()
	text := fmt.Sprintf("%s (%s), %s", Counted(len(names), "environment"),
		Guarded(inspect.Few(names, inspect.MostNames)), Counted(s.Policies(), "policy file"))
	if n := s.Registrations(); n > 0 {
		text += ", " + Counted(n, "app registration file")
	}
	if len(comments) > 0 {
		text += "; as a comment only, without policies: " +
			Guarded(inspect.Few(comments, inspect.MostNames))
	}
	if n := s.Unplaced(); n > 0 {
		text += "; " + Counted(n, "file") + " could not be placed, see the end of the file"
	}
	return text
}
