package environments

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Defaults is what an environments file says once for all environments, and for commands that are
// about none of them.
type Defaults struct {
	Tenant   entra.Text   // an id or a domain
	Cloud    entra.Text   // the id of the tenant's cloud
	Gateway  entra.Text   // which of the vendor's gateways, where a policy file does not say
	Policies []entra.Text // globs are allowed

	// Callers is "supposed" where an environment that names no API, or neither clients nor tokens,
	// is taken to have those that its policies and contracts want; else empty.
	Callers string
}

// Supposed is the value of callers that has them made up: see [Estate.Suppose].
const Supposed = "supposed"

// ReadDefaults reads the value of defaults, in an environments file or in a file that holds
// nothing else. Every error is a [*source.Error] at the place that is wrong.
func ReadDefaults(v *source.Value) (Defaults, error) {
	var d Defaults
	if !v.IsSet() {
		return d, nil
	}
	err := object(
		v, "defaults",
		text("tenant", &d.Tenant), text("cloud", &d.Cloud), text("gateway", &d.Gateway),
		texts("policies", &d.Policies), choice("callers", &d.Callers, Supposed),
	)
	if err == nil {
		err = checkCloud(d.Cloud)
	}
	if err == nil {
		err = checkTenant(d.Tenant)
	}
	return d, err
}

// takeDefaults fills in what the file and its environments do not say themselves.
func (f *File) takeDefaults() {
	if f.Tenant.Value == "" {
		f.Tenant = f.Defaults.Tenant
	}
	if f.Cloud.Value == "" {
		f.Cloud = f.Defaults.Cloud
	}
	for i := range f.Environments {
		if env := &f.Environments[i]; env.Gateway.Value == "" {
			env.Gateway = f.Defaults.Gateway
		}
	}
}

// checkTenant refuses what can't be one tenant.
func checkTenant(tenant entra.Text) error {
	const hint = "the tenant's id, as az account show --query tenantId -o tsv prints it, or one " +
		"of its domains, such as contoso.onmicrosoft.com"
	text := tenant.Value
	switch {
	case text == "" || entra.IsGUID(text):
		return nil
	case slices.Contains([]string{"common", "organizations", "consumers"}, strings.ToLower(text)):
		return refusal(tenant.Pos, text+" means many tenants, but tenant must be one", hint)
	case strings.ContainsAny(text, "/:"):
		const cause = "tenant must be an id or a domain, but this is an address"
		return refusal(tenant.Pos, cause, hint)
	case !strings.Contains(text, ".") || strings.ContainsAny(text, " @"):
		cause := fmt.Sprintf("%q is neither a tenant's id nor a domain", shorten(text))
		return refusal(tenant.Pos, cause, hint)
	}
	return nil
}

func checkCloud(cloud entra.Text) error {
	if _, ok := entra.CloudByID(cloud.Value); ok || cloud.Value == "" {
		return nil
	}
	var ids []string
	for known := range entra.EachCloud() {
		ids = append(ids, known.ID)
	}
	cause := fmt.Sprintf("%q is not a cloud", shorten(cloud.Value))
	return refusal(cloud.Pos, cause, "clouds are "+strings.Join(ids, ", "))
}
