package anypoint

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Wanted says what of an organisation is fetched. An empty list is for all.
type Wanted struct {
	Organization string   // its id; empty for the one that the connected app is of
	Environments []string // their names or ids
	APIs         []string // ids of API instances
}

// Environment is an environment of an organisation with its API instances.
type Environment struct {
	ID, Name  string
	Automated *source.Value // the automated policies, as they were answered; nil where not known
	APIs      []API
}

// API is an API instance.
type API struct {
	ID        string
	Name      string // of its asset
	Label     string // of the instance, or the version; may be empty
	Gateway   string // mule or flex, as the adapter calls it; empty where the answer is neither
	Instance  *source.Value
	Policies  *source.Value   // as they were answered
	Contracts []*source.Value // of all pages
	Contract  bool            // Contracts is known
}

// Fetch reads what is wanted. It hands over each environment, with nil, and then each of its API
// instances, and holds no answer longer: one estate may have very many. What can't be had of one
// API is among the missing, and the rest is read all the same. Told is called with each request's
// subject.
func (c *Client) Fetch(
	ctx context.Context, wanted Wanted, told func(what string), take func(*Environment, *API),
) (missing []error, err error) {
	told("signing in")
	if err := c.signIn(ctx); err != nil {
		return nil, err
	}
	org := wanted.Organization
	if org == "" {
		if org, err = c.organization(ctx); err != nil {
			return nil, err
		}
	}
	told("environments")
	environments, err := c.environments(ctx, org, wanted.Environments)
	if err != nil {
		return nil, err
	}
	left := slices.Clone(wanted.APIs)
	for i := range environments {
		e := &environments[i]
		if i > 0 && ctx.Err() != nil {
			take(e, nil)
			continue
		}
		told("API instances of " + e.Name)
		listed := c.apis(ctx, org, e, wanted.APIs)
		err := listed
		if err == nil {
			err = c.automated(ctx, org, e)
		}
		if err != nil {
			missing = append(missing, err)
		}
		take(e, nil)
		for _, api := range e.APIs {
			if listed == nil {
				told(e.Name + ", " + api.Name)
				missing = append(missing, c.api(ctx, org, e.ID, &api)...)
				left = source.Without(left, func(id string) bool { return id == api.ID })
			}
			take(e, &api)
		}
	}
	for _, id := range left {
		missing = append(missing, c.refusal("", "no environment has an API instance "+id,
			"its id is the number in API Manager's address"))
	}
	return missing, nil
}

// organization is the organisation that the connected app is of. The path and the members are
// those that MuleSoft's own client uses.
func (c *Client) organization(ctx context.Context) (string, error) {
	const path = "/accounts/api/users/me"
	me, err := c.get(ctx, path, nil)
	if err != nil {
		return "", err
	}
	for _, at := range [][]string{{"client", "org_id"}, {"user", "organization", "id"}} {
		if id, ok := me.At(at...).Str(); ok && id != "" {
			return id, nil
		}
	}
	return "", c.refusal(path, "the answer does not say which organisation it is",
		"its id must be given: Access Management, Business Groups")
}

// isCalled reports whether a text is the environment's name, in any case, or its id.
func (e Environment) isCalled(text string) bool {
	return strings.EqualFold(text, e.Name) || text == e.ID
}

func (c *Client) environments(
	ctx context.Context, org string, wanted []string,
) ([]Environment, error) {
	path := "/accounts/api/organizations/" + url.PathEscape(org) + "/environments"
	answer, err := c.get(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	found, err := c.listIn(path, answer, "data")
	if err != nil {
		return nil, err
	}
	var all []Environment
	var names []string
	for _, item := range found.Items {
		id, ok := idOf(item)
		name, named := item.Member("name").Str()
		if !ok || !named {
			return nil, c.refusal(path, "an environment has no id or no name", "")
		}
		names = append(names, name)
		e := Environment{ID: id, Name: name}
		if len(wanted) == 0 || slices.ContainsFunc(wanted, e.isCalled) {
			all = append(all, e)
		}
	}
	for _, w := range wanted {
		if !slices.ContainsFunc(all, func(e Environment) bool { return e.isCalled(w) }) {
			return nil, c.refusal(path, "there is no environment "+w,
				"there are "+strings.Join(names, ", "))
		}
	}
	return all, nil
}

func manager(org, env string) string {
	return "/apimanager/api/v1/organizations/" + url.PathEscape(org) + "/environments/" +
		url.PathEscape(env)
}

// apis lists an environment's API instances: assets, each with its instances.
func (c *Client) apis(ctx context.Context, org string, e *Environment, wanted []string) error {
	assets, err := c.all(ctx, list{
		path: manager(org, e.ID) + "/apis", name: "assets", what: "APIs", nested: true,
	})
	if err != nil {
		return err
	}
	for _, asset := range assets {
		assetName := asset.TextAt("assetId")
		instances := asset.Member("apis")
		if !instances.Is(source.List) {
			return c.refusal(manager(org, e.ID)+"/apis", "an asset has no list apis", "")
		}
		for _, instance := range instances.Items {
			id, ok := idOf(instance)
			if !ok {
				return c.refusal(manager(org, e.ID)+"/apis", "an API instance has no id", "")
			}
			isThis := func(known API) bool { return known.ID == id }
			if len(wanted) > 0 && !slices.Contains(wanted, id) ||
				slices.ContainsFunc(e.APIs, isThis) {
				continue
			}
			name := instance.TextAt("assetId")
			label := instance.TextAt("instanceLabel")
			version := instance.TextAt("productVersion")
			e.APIs = append(e.APIs, API{
				ID: id, Name: cmp.Or(name, assetName, "api"), Label: cmp.Or(label, version),
			})
		}
	}
	return nil
}

func (c *Client) automated(ctx context.Context, org string, e *Environment) error {
	path := "/apimanager/api/v1/organizations/" + url.PathEscape(org) + "/automated-policies"
	answer, err := c.get(ctx, path, url.Values{"environmentId": {e.ID}})
	if code, _ := refusedWith(err); code == http.StatusNotFound { // the organisation has none
		e.Automated = source.NewList()
		return nil
	}
	if err == nil {
		_, err = c.listIn(path, answer, "automatedPolicies", "policies")
	}
	if err == nil {
		e.Automated = answer
	}
	return err
}

// api reads one instance, its policies and its contracts.
func (c *Client) api(ctx context.Context, org, env string, api *API) []error {
	path := manager(org, env) + "/apis/" + url.PathEscape(api.ID)
	var errs []error
	var err error
	if api.Instance, err = c.get(ctx, path, nil); err != nil {
		errs = append(errs, err)
	}
	api.Gateway = gatewayOf(api.Instance)
	if api.Policies, err = c.policies(ctx, path+"/policies"); err != nil {
		errs = append(errs, err)
	}
	api.Contracts, err = c.all(ctx, list{
		path: path + "/contracts", name: "contracts", what: "contracts",
		query: url.Values{"status": {"APPROVED"}},
	})
	if api.Contract = err == nil; err != nil {
		errs = append(errs, err)
	}
	return errs
}

// policies reads the policies of an instance. They are a list, or a list in an object: the
// specification has both.
func (c *Client) policies(ctx context.Context, path string) (*source.Value, error) {
	answer, err := c.get(ctx, path, url.Values{"fullInfo": {"false"}})
	if err == nil {
		_, err = c.listIn(path, answer, "policies")
	}
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// listIn is the list that an answer is, or that one of these members is. An answer that says that
// there are more is an error: no specification has pages of these.
func (c *Client) listIn(
	path string, answer *source.Value, names ...string,
) (*source.Value, error) {
	list := answer
	for _, name := range names {
		if !list.Is(source.List) {
			list = answer.Member(name)
		}
	}
	total, counted := answer.Member("total").Int()
	switch {
	case !list.Is(source.List):
		return nil, c.refusal(path, "the answer has no list "+names[0],
			"is this Anypoint's control plane?")
	case counted && total > int64(len(list.Items)):
		return nil, c.refusal(path, fmt.Sprintf("%d of %d came in the list %s", len(list.Items),
			total, names[0]), "")
	}
	return list, nil
}

// gatewayOf is the gateway of an instance's technology. Newer names have omni in the place of flex
// (mulesoft/terraform-provider-anypoint, which writes a technology as it is and reads it again).
func gatewayOf(instance *source.Value) string {
	technology := strings.ToLower(instance.TextAt("technology"))
	switch {
	case strings.HasPrefix(technology, "mule"):
		return "mule"
	case strings.HasPrefix(technology, "flex"), strings.HasPrefix(technology, "omni"):
		return "flex"
	}
	return ""
}
