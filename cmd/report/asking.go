package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// asking is the token that a client must ask Entra ID for, in the place of the one that it sent.
type asking struct {
	profile  inspect.Profile // of the token that it sent
	cloud    entra.Cloud
	tenant   string // an id or a domain; empty where it is not known
	audience string // that the token must have; empty where it is not known

	clients []string // who alone is let in; empty where nothing says so
	ownOnly bool     // a client of Microsoft's, which has sent that token, is not let in
}

// askingLike asks for a token like one that was sent, in the same cloud and tenant.
func askingLike(profile inspect.Profile) asking {
	a := asking{profile: profile, cloud: cloudOf(&profile), tenant: profile.Tenant}
	if len(profile.Audience) > 0 && profile.Kind == inspect.KindAccess &&
		!profile.HasTrait("microsoft-api") {
		a.audience = profile.Audience[0]
	}
	return a
}

// cloudOf is the cloud that a token's issuer shows; the public one where it shows none, or may be
// of several.
func cloudOf(profile *inspect.Profile) entra.Cloud {
	if len(profile.Clouds) == 1 {
		return CloudNamed(profile.Clouds[0])
	}
	return CloudNamed("")
}

// CloudNamed is the cloud with this id; the public one where none has it.
func CloudNamed(id string) entra.Cloud {
	if cloud, ok := entra.CloudByID(id); ok {
		return cloud
	}
	return entra.Clouds()[0]
}

// scope is what the client asks for: .default means all that it was granted on an API. A token
// that is for "https://host/" needs both slashes.
func (a *asking) scope() string {
	return cmp.Or(strings.TrimPrefix(a.audience, "spn:"), "api://API-ID") + "/.default"
}

func (a *asking) authority() string {
	return "https://" + a.cloud.Host + "/" + cmp.Or(a.tenant, "TENANT-ID")
}

// step says what the client must ask for, and why: a reason is a sentence without its end, and
// empty where it was said already. The command asks as the client does, where that takes its
// secret alone, and hands the answer to then, which reads a token from standard input.
func (a *asking) step(shell Shell, reason, then string) rules.Step {
	note := strings.TrimSpace(Sentence(reason) + " " + a.who() + " must ask " + a.whom())
	ours := a.profile.IssuedBy == inspect.ByEntra
	if ours && !strings.EqualFold(a.tenant, a.profile.Tenant) ||
		!slices.Contains(a.profile.Clouds, a.cloud.ID) && a.tenant != "" {
		note += " at " + a.authority()
	}
	bySecret := ours && a.profile.Flow == inspect.AppOnly &&
		a.profile.ClientProof != "certificate" && a.profile.ClientName == "" &&
		entra.IsGUID(a.client())
	switch {
	case then == "":
		return rules.Step{Note: note}
	case a.client() == entra.AzureCLI && a.audience != "" && !a.ownOnly:
		return rules.Step{
			Note: strings.TrimSpace(Sentence(reason) + " Ask with the Azure CLI for this scope " +
				"(the API must authorize that client)"),
			Command: a.byAzureCLI(shell) + " | " + then,
		}
	case bySecret && !a.profile.HasTrait("managed-identity"):
		return rules.Step{
			Note:    strings.TrimSpace(Sentence(reason) + " " + a.bySecret(reason)),
			Command: a.ask(shell) + " | " + then,
		}
	case a.profile.Flow == inspect.Delegated:
		note += " when it signs the user in"
	}
	return rules.Step{Note: note + thenPass, Command: then}
}

// thenPass ends a note whose command reads a token.
const thenPass = ". Then pass the new token to this command"

// whom says whom the client asks for what: the product that has issued its token, unless another
// tenant is wanted. Azure AD B2C has no scope for all that was granted.
func (a *asking) whom() string {
	same := a.tenant == "" || strings.EqualFold(a.tenant, a.profile.Tenant)
	switch {
	case same && a.profile.IssuedBy == inspect.ByB2C:
		return "Azure AD B2C for a scope of this API"
	case same && a.profile.IssuedBy == inspect.ByExternal:
		return "Entra External ID for scope=" + a.scope()
	}
	return "Entra ID for scope=" + a.scope()
}

// bySecret says what the command does that asks. The command has the scope and the tenant.
func (a *asking) bySecret(reason string) string {
	switch {
	case len(a.clients) > 0:
	case reason != "" && slices.Contains(a.profile.Audience, a.audience) &&
		strings.EqualFold(a.tenant, a.profile.Tenant):
		return "Ask again (secret in SECRET-FILE)"
	case !strings.EqualFold(a.tenant, a.profile.Tenant):
		return "The client must ask the expected tenant for this scope (its secret in SECRET-FILE)"
	}
	return a.who() + " must ask Entra ID for this scope (its secret in SECRET-FILE)"
}

func (a *asking) who() string {
	switch {
	case a.ownOnly:
		return "Your own client"
	case len(a.clients) == 0:
		return "The client"
	}
	return "Only client " + strings.Join(a.clients, " or ") + " is let in: it"
}

func (a *asking) client() string {
	if len(a.clients) == 0 {
		return a.profile.ClientID.Value
	}
	return a.clients[0]
}

// ask is the command that asks for a token with the client's secret (learn.microsoft.com,
// v2-oauth2-client-creds-grant-flow). The secret is read from a file, since other users of the
// machine can read a command's arguments.
func (a *asking) ask(shell Shell) string {
	return shell.Line(
		shell.curl(), "-sS", "-d", "grant_type=client_credentials",
		"-d", "client_id="+a.client(),
		formFlag(a.scope()), "scope="+a.scope(), "--data-urlencode", "client_secret@SECRET-FILE",
		a.authority()+"/oauth2/v2.0/token",
	)
}

// byAzureCLI is the command with which the Azure CLI prints a token of its own.
func (a *asking) byAzureCLI(shell Shell) string {
	words := []string{"az", "account", "get-access-token", "--scope", a.scope()}
	if a.tenant != "" {
		words = append(words, "--tenant", a.tenant)
	}
	return shell.Line(append(words, "--query", "accessToken", "-o", "tsv")...)
}

// formFlag is the flag of curl that sends a value in a form as it is: the shorter one where a form
// leaves each of its characters alone.
func formFlag(value string) string {
	if source.IsPlain(value, "-._~:/") {
		return "-d"
	}
	return "--data-urlencode"
}

// inForce are the checks that policies want to pass for sure, and whose values are known.
func inForce(policies []*rules.Policy) []*rules.Check {
	var all []*rules.Check
	for _, policy := range policies {
		if policy.When.Disabled {
			continue
		}
		for check := range rules.Wanted([]*rules.Policy{policy}) {
			if check.Skip == "" && check.Unknown == nil {
				all = append(all, check)
			}
		}
	}
	return all
}

// wantedAudience is an audience that the policies want and Entra ID writes: that of the API that
// they guard. Of several it is the one in the form that tokens of the version have. It is empty
// where none is known.
func wantedAudience(policies []*rules.Policy, version string) string {
	var all []string
	for _, check := range inForce(policies) {
		for _, want := range check.Test.Wants() {
			_, microsoft := entra.MicrosoftAPI(want.Text)
			if want.Input.IsClaim("aud") && !microsoft && entra.CanHold("aud", want.Text) {
				all = append(all, want.Text)
			}
		}
	}
	byForm := func(aud string) bool { return entra.IsGUID(aud) == (version == "2.0") }
	if i := slices.IndexFunc(all, byForm); i >= 0 {
		return all[i]
	}
	return strings.Join(all[:min(1, len(all))], "")
}

// wantedCloud is the cloud that the policies take their keys from; fallback where none says.
func wantedCloud(policies []*rules.Policy, fallback entra.Cloud) entra.Cloud {
	if id := CloudOfKeys(policies); id != "" {
		return CloudNamed(id)
	}
	return fallback
}

// keysOfCustomers is an address from which policies take the keys of Azure AD B2C or External ID,
// which are others than those of Entra ID proper in the same tenant; empty where they take none.
func keysOfCustomers(policies []*rules.Policy) string {
	for check := range rules.Wanted(rules.EnabledOrAll(policies)) {
		for _, address := range check.Test.KeyAddresses() {
			of, ok := entra.ParseKeysURL(address)
			if ok && of.Kind != entra.Workforce && !of.Discovery &&
				rules.AddressFault(address) == "" {
				return address
			}
		}
	}
	return ""
}

// CloudOfKeys is the id of the one cloud that policies take their keys from; empty where they take
// them from several, or from none that is known.
func CloudOfKeys(policies []*rules.Policy) string {
	var ids []string
	for check := range rules.Wanted(rules.EnabledOrAll(policies)) {
		for _, address := range check.Test.KeyAddresses() {
			if of, ok := entra.ParseKeysURL(address); ok && check.Skip == "" {
				ids = source.Union(ids, of.Cloud.ID)
			}
		}
	}
	if len(ids) == 1 {
		return ids[0]
	}
	return ""
}

// wantedTenant is the tenant that the policies want: by its claim, its issuer, or whose keys they
// take; empty where they take several, or none is known. Of a list of keys, a claim says which.
func wantedTenant(policies []*rules.Policy) string {
	wanted := ""
	other := func(id string) bool {
		if !entra.IsGUID(id) || id == wanted {
			return false
		}
		first := wanted == ""
		wanted = id
		return !first
	}
	checks := inForce(policies)
	for _, check := range checks {
		for _, want := range check.Test.Wants() {
			switch issuer, ok := entra.ParseIssuer(want.Text); {
			case want.Input.IsClaim("iss") && ok && other(issuer.Tenant),
				want.Input.IsClaim("tid") && other(want.Text):
				return ""
			}
		}
	}
	for _, check := range checks {
		var tenants []string
		for _, address := range check.Test.KeyAddresses() {
			tenants = source.Union(tenants, entra.TenantOfKeys(address))
		}
		several := len(tenants) > 1 && !slices.Contains(tenants, wanted)
		if several || len(tenants) == 1 && other(tenants[0]) {
			return ""
		}
	}
	return wanted
}
