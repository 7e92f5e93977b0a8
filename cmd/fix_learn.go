package cmd

import (
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// adapt finds the vendor whose policies a file holds. A solution is made for the one API instance that its token is for.
func (f *fixer) adapt(file *source.File) error {
	adapter, ok := f.gateways.of(file, f.options)
	if !ok {
		return f.gateways.noneOfAPI(f.options, file, f.gateways.holdsNone(file, f.options))
	}
	read, err := adapter.Read([]*source.File{file}, optionsFor(&adapter, f.options))
	if err != nil {
		return err
	}
	policies := adapter.Compile(read).Policies
	if f.solution != "" {
		err = oneAPI(policies, "the one that the solution is for")
	}
	f.adapter, f.before, f.after = adapter, read, read
	f.wanted.learn(policies)
	return err
}

// learnApp takes from the app registration what the user has not told: the version of the API's tokens, and their audience where
// it can only be one.
func (f *fixer) learnApp() {
	if f.apps == nil || len(f.apps.Apps) != 1 {
		return
	}
	app := f.apps.Apps[0]
	version, ok := app.TokenVersion()
	if f.facts.Version == 0 && ok {
		f.facts.Version = version
	}
	switch {
	case f.facts.Audience != "":
	case f.facts.Version == entra.V2 && app.AppID.Known():
		f.facts.Audience = app.AppID.Value
	case f.facts.Version == entra.V1 && len(app.URIs) == 1 && app.URIs[0].Known():
		f.facts.Audience = app.URIs[0].Value
	}
}
