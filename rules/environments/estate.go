package environments

import (
	"slices"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
)

// Estate is what the environments file and the files that it names hold.
type Estate struct {
	Tenant      string // the tenant's id, a GUID
	Cloud       entra.Cloud
	Sites       []Site
	Assignments []entra.Assignment
	Allow       []Crossing

	At         time.Time        // when the modelled tokens are used; they were issued a moment before
	Signatures rules.Signatures // for real tokens; nil where no keys are known

	// Progress is told after each environment how many are done; it may be nil.
	Progress func(done, of int)
}

// Site is one environment: a gateway, and who belongs to it.
type Site struct {
	Name      string
	Policies  []*rules.Policy // in the gateway's order; nil where the environment has no gateway of its own
	Contracts *rules.Contracts
	API       *entra.Registration // nil where none is given
	Clients   []*entra.Registration
	Tokens    []Real
}

// Real is a token that someone has captured.
type Real struct {
	Name  string // of its file, without folder and extension
	Token *inspect.Token
}

// index is the place of a site in the file, or -1.
func (e *Estate) index(name string) int {
	return slices.IndexFunc(e.Sites, func(s Site) bool { return s.Name == name })
}

// site returns the site of that name.
func (e *Estate) site(name string) *Site {
	if i := e.index(name); i >= 0 {
		return &e.Sites[i]
	}
	return nil
}

// allowed returns the entry that means a crossing, or nil.
func (e *Estate) allowed(from, to string) *Crossing {
	for i := range e.Allow {
		if e.Allow[i].From == from && e.Allow[i].To == to {
			return &e.Allow[i]
		}
	}
	return nil
}
