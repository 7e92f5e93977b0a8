package cmd

import (
	"fmt"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// registered is a file of app registrations, service principals or assignments.
type registered struct {
	name string
	*entra.Directory
}

// placeRegistrations sorts the files once all are read: which of two APIs a gateway guards its policies tell, and whose a service principal is
// its application.
func (s *survey) placeRegistrations() {
	for _, r := range s.registered {
		switch env := s.environmentOf(r); {
		case len(r.Apps) == 0:
		case env == nil:
			s.unplaced = append(s.unplaced, unplaced{r.name, describe(r)})
		case !slices.ContainsFunc(r.Apps, isAPI):
			env.clients = append(env.clients, r.name)
		case len(r.Apps) > 1:
			s.unplaced = append(s.unplaced, unplaced{r.name, describe(r) + "; the API needs a file of its own"})
		default:
			env.apis = append(env.apis, r)
		}
	}
	for _, env := range s.environments {
		env.chooseAPI()
	}
	for _, r := range s.registered {
		if len(r.Apps) == 0 {
			s.placeBeside(r)
		}
	}
}

// chooseAPI takes the one API of an environment, or of several the one whose audience its policies want; the others are clients then. Where that
// does not tell, nobody guesses.
func (env *surveyed) chooseAPI() {
	var guarded []registered
	for _, r := range env.apis {
		if len(env.apis) == 1 || env.wants(r.Apps[0]) {
			guarded = append(guarded, r)
		}
	}
	if len(guarded) != 1 {
		return
	}
	env.api = []string{guarded[0].name}
	for _, r := range env.apis {
		if r.name != guarded[0].name {
			env.clients = append(env.clients, r.name)
		}
	}
	env.apis = nil
}

// wants reports whether the policies want an audience of the application.
func (env *surveyed) wants(app *entra.Registration) bool {
	return slices.ContainsFunc(env.audiences, func(audience string) bool {
		return appWithAudience([]*entra.Registration{app}, audience) != nil
	})
}

// placeBeside puts service principals and assignments beside the application that they belong to, or with the API of the environment that
// their name tells.
func (s *survey) placeBeside(r registered) {
	for _, env := range s.environments {
		for _, list := range []*[]string{&env.api, &env.clients} {
			if s.belongs(r, *list) {
				*list = append(*list, r.name)
				return
			}
		}
	}
	if env := s.environment(r.name); env != nil {
		env.api = append(env.api, r.name)
		return
	}
	s.unplaced = append(s.unplaced, unplaced{r.name, describe(r)})
}

// belongs reports whether a service principal is that of an application in one of the files.
func (s *survey) belongs(r registered, files []string) bool {
	return slices.ContainsFunc(s.registered, func(other registered) bool {
		return slices.Contains(files, other.name) && slices.ContainsFunc(other.Apps, func(app *entra.Registration) bool {
			return slices.ContainsFunc(r.Principals, func(p *entra.ServicePrincipal) bool { return p.AppID.Is(app.AppID) })
		})
	})
}

// environmentOf is the one that the file's name tells, else the applications' names, where they agree.
func (s *survey) environmentOf(r registered) *surveyed {
	if env := s.environment(r.name); env != nil || len(r.Apps) == 0 {
		return env
	}
	stage := ""
	for i, app := range r.Apps {
		of := stageIn(app.Name.Value)
		if of == "" || i > 0 && of != stage {
			return nil
		}
		stage = of
	}
	return s.add(stage)
}

func describe(r registered) string {
	switch len(r.Apps) {
	case 0:
		return "a service principal or assignments"
	case 1:
		return "an app registration"
	}
	return fmt.Sprintf("%d app registrations in one file", len(r.Apps))
}
