package report

import (
	"path"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// WantedApps are the audiences that the policies of an environments file want, whose app
// registrations are to be fetched.
type WantedApps struct {
	Audiences []string
	Found     map[string][]string // the files of an audience's API, by audience
	Apps      map[string][]string // the same files, by the id of the application
	by        []wantedBy
}

type wantedBy struct {
	environment *environments.Environment
	audiences   []string
}

// WantedApps reads the audiences that the policies of an environments file want. Environments that
// name an app registration already are left out; so are those that are not named, where any is.
func (m *Maker) WantedApps(config string, named []string) (*WantedApps, error) {
	estate, err := m.quiet().ReadEstate(config)
	if err != nil {
		return nil, err
	}
	wanted := &WantedApps{Found: map[string][]string{}, Apps: map[string][]string{}}
	for i := range estate.File.Environments {
		env := &estate.File.Environments[i]
		isNamed := func(name string) bool { return strings.EqualFold(name, env.Name) }
		if len(env.API) > 0 || len(named) > 0 && !slices.ContainsFunc(named, isNamed) {
			continue
		}
		by := wantedBy{environment: env}
		for check := range rules.EachCheck(estate.Guards(env.Name)) {
			for _, want := range check.Test.Wants() {
				if want.Input.ClaimRead() == "aud" && isAudience(want.Text) {
					by.audiences = withNew(by.audiences, want.Text)
				}
			}
		}
		wanted.by = append(wanted.by, by)
		wanted.Audiences = withNew(wanted.Audiences, by.audiences...)
	}
	if len(wanted.Audiences) == 0 {
		return nil, Problem(config+": no policy wants an audience whose app registration is "+
			"missing", "an app registration is found by the audience that the policy checks")
	}
	return wanted, nil
}

// isAudience reports whether a text can name an app registration for the Azure CLI: an id, or the
// URI of an API, and nothing that its command line could take for something else.
func isAudience(text string) bool {
	return entra.IsGUID(text) || source.IsPlain(text, ":/._-") &&
		strings.Contains(text, "://") && !strings.HasPrefix(text, "-")
}

// AddApp adds a file about the API of an audience, and returns its name in the folder.
func (m *Maker) AddApp(p *Pulling, audience, kind string, text []byte) string {
	name := path.Join("entra", slug(audience)+kind+".json")
	file := PulledFile{Name: path.Join(p.Folder, name), Text: text}
	if before, err := m.ReadBytes(file.Name); err == nil {
		file.Before = before
	}
	p.Files = append(p.Files, file)
	return name
}

// NameApps names the files that were found in the environments file, in the place of the comment
// that asks for them. What has no such comment is said.
func (m *Maker) NameApps(p *Pulling, wanted *WantedApps) error {
	text, err := m.ReadBytes(p.Config)
	if err != nil {
		return err
	}
	lines := strings.SplitAfter(string(text), "\n")
	for _, by := range wanted.by {
		var files []string
		for _, audience := range by.audiences {
			files = withNew(files, wanted.Found[audience]...)
		}
		if len(files) == 0 {
			continue
		}
		p.Columns = append(p.Columns, by.environment.Name)
		if !nameAPI(lines, by.environment.Pos, files) {
			p.Absent = append(p.Absent, by.environment.Name+": api: ["+
				strings.Join(files, ", ")+"]")
		}
	}
	after := strings.Join(lines, "")
	if after != string(text) {
		p.Files = append(p.Files, PulledFile{
			Name: p.Config, Text: []byte(after), Before: text,
		})
	}
	return nil
}

// nameAPI replaces the comment of an environment that asks for its app registration.
func nameAPI(lines []string, at source.Position, files []string) bool {
	for i := at.Line; i < len(lines); i++ {
		indent := len(lines[i]) - len(strings.TrimLeft(lines[i], " "))
		if strings.TrimSpace(lines[i]) != "" && indent < at.Column {
			return false // the next environment
		}
		if strings.HasPrefix(lines[i][indent:], "# api: [FILE]") {
			lines[i] = lines[i][:indent] + "api: [" + strings.Join(files, ", ") + "]\n"
			return true
		}
	}
	return false
}
