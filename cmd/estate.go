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
			cause, hint := asError(err).Error(), "names are relative to the folder of "+filepath.Base(t.Pos.File)
			return nil, &source.Error{Pos: t.Pos, Cause: cause, Hints: source.Hints(hint)}
		}
		for _, f := range found {
			if !slices.Contains(all, f.name) {
				all = append(all, f.name)
			}
		}
	}
	return all, nil
}

// one is the one file that a text names.
func (r *estateReader) one(t entra.Text) (string, error) {
	names, err := r.expand([]entra.Text{t})
	if err == nil && len(names) != 1 {
		err = &source.Error{Pos: t.Pos, Cause: fmt.Sprintf("%s: %d files, and one is wanted", t.Value, len(names))}
	}
	if err != nil {
		return "", err
	}
	return names[0], nil
}

func (r *estateReader) policies(of *environments.Environment, site *environments.Site) error {
	names, err := r.expand(of.Policies)
	if err != nil || len(names) == 0 {
		return err
	}
	flags := &policyFlags{files: names}
	if err := r.env.Gateways.check(of.Gateway); err != nil {
		return err
	}
	flags.variant.value = of.Gateway.Value
	set, err := r.env.readPolicies(flags)
	if err != nil {
		return err
	}
	if set.Guessed {
		r.env.note("%s: the policy files do not say which gateway runs them; %s is taken, or add gateway: to the environment", of.Name, set.Policies[0].Product)
	}
	r.estate.sets[of.Name], site.Policies = set, set.Policies
	return nil
}

// check refuses the name of a gateway that is not known.
func (g Gateways) check(name entra.Text) error {
	if name.Value == "" || slices.Contains(g.variants(), name.Value) {
		return nil
	}
	hints := source.Hints("one of: " + strings.Join(g.variants(), ", "))
	return &source.Error{Pos: name.Pos, Cause: "no such gateway", Hints: hints}
}

func (r *estateReader) contracts(of *environments.Environment, site *environments.Site) error {
	if of.Contracts.Value == "" {
		return nil
	}
	name, err := r.one(of.Contracts)
	if err == nil {
		site.Contracts, err = r.env.readContracts(name)
	}
	return err
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
		if inspect.Describe(token).Kind == inspect.KindID {
			r.env.warn("%s is an ID token: it tells a client who has signed in, and is for no API; pass the access token", inspect.Safe(name))
		}
		base := filepath.Base(name)
		site.Tokens = append(site.Tokens, environments.Real{Name: strings.TrimSuffix(base, filepath.Ext(base)), Token: token})
	}
	return nil
}
