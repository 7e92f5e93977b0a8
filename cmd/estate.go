package cmd

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// defaultEnvironments is the environments file that is read where none is named.
const defaultEnvironments = "gatewhy.yaml"

// estate is the environments file with everything that it names.
type estate struct {
	environments.Estate
	file *environments.File
	sets map[string]*policySet // of each environment that has policies
}

// readEnvironments reads the environments file.
func (e *Env) readEnvironments(name string) (*environments.File, error) {
	file, err := e.readSource(name)
	if err != nil {
		return nil, err
	}
	return environments.Read(file)
}

// estateReader reads the files that an environments file names, which are relative to its folder.
type estateReader struct {
	env    *Env
	folder string
	estate *estate
}

// readEstate reads the environments file and all that it names.
func (e *Env) readEstate(ctx context.Context, name string, flags *keyFlags) (*estate, error) {
	file, err := e.readEnvironments(name)
	if err != nil {
		return nil, err
	}
	r := &estateReader{env: e, folder: filepath.Dir(name), estate: &estate{file: file, sets: map[string]*policySet{}}}
	r.estate.At, r.estate.Allow = e.Now(), file.Allow
	for i := range file.Environments {
		site, err := r.site(&file.Environments[i])
		if err != nil {
			return nil, err
		}
		r.estate.Sites = append(r.estate.Sites, *site)
	}
	return r.estate, r.tenant(ctx, flags)
}

// readEnvironment reads the policies and contracts of one environment, as --env names it.
func (e *Env) readEnvironment(config, name string) (*environments.Site, *policySet, error) {
	file, err := e.readEnvironments(config)
	if err != nil {
		return nil, nil, err
	}
	of, ok := file.Environment(name)
	if !ok {
		return nil, nil, problem("--env "+name+": no such environment in "+config, "there are "+strings.Join(file.Names(), ", "))
	}
	r := &estateReader{env: e, folder: filepath.Dir(config), estate: &estate{file: file, sets: map[string]*policySet{}}}
	site := &environments.Site{Name: name}
	for _, read := range []func(*environments.Environment, *environments.Site) error{r.policies, r.contracts} {
		if err := read(of, site); err != nil {
			return nil, nil, err
		}
	}
	set := r.estate.sets[name]
	if set == nil {
		return nil, nil, problem("--env " + name + ": the environment has no policies")
	}
	return site, set, nil
}

func (r *estateReader) site(of *environments.Environment) (*environments.Site, error) {
	site := &environments.Site{Name: of.Name}
	for _, read := range []func(*environments.Environment, *environments.Site) error{r.policies, r.contracts, r.api, r.clients, r.tokens} {
		if err := read(of, site); err != nil {
			return nil, err
		}
	}
	return site, nil
}

// expand lists the files that a text of the environments file names; a pattern names any number of them.
func (r *estateReader) expand(texts []entra.Text) ([]string, error) {
	var all []string
	for _, t := range texts {
		found, err := r.env.findOne(filepath.Join(r.folder, filepath.FromSlash(t.Value)))
		if err != nil {
			return nil, &source.Error{Pos: t.Pos, Cause: asProblem(err).Cause, Hint: "names are relative to the folder of the environments file"}
		}
		for _, f := range found {
			if !slices.Contains(all, f.name) {
				all = append(all, f.name)
			}
		}
	}
	return all, nil
}

func (r *estateReader) policies(of *environments.Environment, site *environments.Site) error {
	names, err := r.expand(of.Policies)
	if err != nil || len(names) == 0 {
		return err
	}
	flags := &policyFlags{files: names}
	if err := checkGateway(of.Gateway); err != nil {
		return err
	}
	flags.variant.value = of.Gateway.Value
	set, err := r.env.readPolicies(flags)
	if err != nil {
		return err
	}
	if set.guessed {
		r.env.note("%s: the policy files do not say which gateway runs them; %s is taken, or add gateway: to the environment", of.Name, set.policies[0].Product)
	}
	r.estate.sets[of.Name], site.Policies = set, set.policies
	return nil
}

// checkGateway refuses the name of a gateway that is not known.
func checkGateway(name entra.Text) error {
	if name.Value == "" || slices.Contains(variants(), name.Value) {
		return nil
	}
	return &source.Error{Pos: name.Pos, Cause: "no such gateway", Hint: "one of: " + strings.Join(variants(), ", ")}
}

func (r *estateReader) contracts(of *environments.Environment, site *environments.Site) error {
	names, err := r.expand(given(of.Contracts))
	if err != nil || len(names) == 0 {
		return err
	}
	site.Contracts, err = r.env.readContracts(names[0])
	return err
}

// given is a list of the one text, where it is there.
func given(t entra.Text) []entra.Text {
	if t.Value == "" {
		return nil
	}
	return []entra.Text{t}
}

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
	for _, app := range d.Apps {
		if !app.AppID.Known() {
			return &source.Error{
				Pos:   app.Pos,
				Cause: fmt.Sprintf("the application id of %s is not in this file, and every token carries it", inspect.Safe(app.Title())),
				Hint:  "Entra ID gives it when the app is created: pass what az ad app show --id APP prints",
			}
		}
		for _, uri := range app.URIs {
			if uri.Unknown {
				return &source.Error{Pos: uri.Pos, Cause: "only a deployment knows this App ID URI", Hint: "pass what az ad app show --id APP prints"}
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
		return &source.Error{Pos: of.API[0].Pos, Cause: fmt.Sprintf("%d app registrations; an environment has one API", len(d.Apps)), Hint: "its clients belong under clients"}
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

func (r *estateReader) tokens(of *environments.Environment, site *environments.Site) error {
	names, err := r.expand(of.Tokens)
	if err != nil {
		return err
	}
	for _, name := range names {
		token, err := r.env.readToken([]string{"@" + name})
		if err != nil {
			return err
		}
		base := filepath.Base(name)
		site.Tokens = append(site.Tokens, environments.Real{Name: strings.TrimSuffix(base, filepath.Ext(base)), Token: token})
	}
	return nil
}

// tenant settles the tenant's id, its cloud and its keys, as far as the estate needs them.
func (r *estateReader) tenant(ctx context.Context, flags *keyFlags) error {
	r.estate.Cloud = entra.Clouds()[0]
	if cloud, ok := entra.CloudByID(r.estate.file.Cloud.Value); ok {
		r.estate.Cloud = cloud
	}
	own := *flags
	own.tenant, own.cloud.value = r.estate.file.Tenant.Value, r.estate.Cloud.ID
	if r.estate.has(func(s *environments.Site) bool { return s.API != nil }) {
		if err := r.tenantID(ctx, &own); err != nil {
			return err
		}
	}
	if !r.estate.has(func(s *environments.Site) bool { return len(s.Tokens) > 0 }) {
		return nil
	}
	return r.keys(ctx, &own)
}

func (e *estate) has(what func(*environments.Site) bool) bool {
	for i := range e.Sites {
		if what(&e.Sites[i]) {
			return true
		}
	}
	return false
}

func (r *estateReader) tenantID(ctx context.Context, flags *keyFlags) error {
	tenant := r.estate.file.Tenant
	if tenant.Value == "" {
		return &source.Error{
			Pos:   source.Position{File: r.estate.file.Name, Line: 1, Column: 1},
			Cause: "tenant is missing: the issuer of every modelled token names it",
			Hint:  "tenant: the id that az account show --query tenantId prints",
		}
	}
	id, err := r.env.tenantID(ctx, flags, nil)
	if err != nil {
		return &source.Error{Pos: tenant.Pos, Cause: asProblem(err).Cause, Hint: "give the tenant's id in place of its domain"}
	}
	r.estate.Tenant = strings.ToLower(id)
	return nil
}

// keys finds what verifies the real tokens: the file's own key set, else the tenant's. Without any, signatures are unknown.
func (r *estateReader) keys(ctx context.Context, flags *keyFlags) error {
	if jwks := r.estate.file.Keys; jwks.Value != "" && flags.jwks == "" {
		names, err := r.expand(given(jwks))
		if err != nil {
			return err
		}
		flags.jwks = names[0]
	}
	if flags.jwks != "" {
		flags.tenant = ""
	}
	found, err := r.env.signatures(ctx, flags, nil)
	if err != nil && flags.jwks != "" {
		return err
	}
	if err != nil {
		r.env.warn("the tenant's keys can't be had, so the signatures of real tokens are not known: %s", asProblem(err).Cause)
	}
	r.estate.Signatures = found
	return nil
}
