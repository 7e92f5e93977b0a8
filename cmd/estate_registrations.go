package cmd

import (
	"fmt"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/environments"
)

func (r *estateReader) directory(texts []entra.Text) (*entra.Directory, error) {
	names, err := r.expand(texts)
	if err != nil {
		return nil, err
	}
	var files []*source.File
	for _, name := range names {
		file, err := r.env.readSource(name)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	d, err := entra.ReadRegistrations(files...)
	if err != nil {
		return nil, err
	}
	r.estate.Assignments = append(r.estate.Assignments, d.Assignments...)
	return d, checkRegistrations(d)
}

// checkRegistrations refuses registrations without what tokens are made of: a model of half an id would answer wrongly.
func checkRegistrations(d *entra.Directory) error {
	if len(d.More) > 0 {
		const all = "ask for @odata.nextLink too, and pass every answer: api is a list of files"
		return &source.Error{
			Pos:   d.More[0].Pos,
			Cause: "the list of assignments goes on in another answer, and who holds a role beside these is not known",
			Hints: source.Hints(all),
		}
	}
	for _, app := range d.Apps {
		if !app.AppID.Known() {
			return &source.Error{
				Pos:   app.Pos,
				Cause: fmt.Sprintf("the application id of %s is not in this file, and every token carries it", inspect.Safe(app.Title())),
				Hints: source.Hints("Entra ID gives it when the app is created: pass what az ad app show " +
					"--id APP prints, or beside this file what az ad sp show --id APP prints"),
			}
		}
		for _, uri := range app.URIs {
			if uri.Unknown {
				return &source.Error{
					Pos:   uri.Pos,
					Cause: "only a deployment knows this App ID URI",
					Hints: source.Hints("pass what az ad app show --id APP prints"),
				}
			}
		}
	}
	return nil
}

func (r *estateReader) api(of *environments.Environment, site *environments.Site) error {
	if len(of.API) == 0 {
		return nil
	}
	d, err := r.directory(of.API)
	if err != nil {
		return err
	}
	if len(d.Apps) != 1 {
		return &source.Error{
			Pos:   of.API[0].Pos,
			Cause: fmt.Sprintf("%d app registrations; an environment has one API", len(d.Apps)),
			Hints: source.Hints("its clients belong under clients"),
		}
	}
	site.API = d.Apps[0]
	return nil
}

func (r *estateReader) clients(of *environments.Environment, site *environments.Site) error {
	if len(of.Clients) == 0 {
		return nil
	}
	d, err := r.directory(of.Clients)
	if err != nil {
		return err
	}
	site.Clients = d.Apps
	return nil
}
