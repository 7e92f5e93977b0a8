package report

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect"
)

func TestTheClientAsksTheProductThatHasIssuedItsToken(t *testing.T) {
	t.Parallel()
	const (
		here  = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
		other = "0e2d4c6b-8a1f-4e3d-9c5b-7a6f5e4d3c2b"
	)
	for name, row := range map[string]struct {
		by             inspect.IssuedBy
		wanted, expect string
	}{
		"Azure AD B2C has no .default": {
			inspect.ByB2C, here, "must ask Azure AD B2C for a scope of this API",
		},
		"Entra External ID has it": {
			inspect.ByExternal, here, "must ask Entra External ID for scope=api://orders/.default",
		},
		"another tenant is wanted, and may be of Entra ID": {
			inspect.ByB2C, other, "must ask Entra ID for scope=api://orders/.default",
		},
		"Entra ID": {inspect.ByEntra, here, "must ask Entra ID for scope=api://orders/.default"},
	} {
		a := askingLike(inspect.Profile{
			IssuedBy: row.by, Tenant: here, Clouds: []string{"public"},
		})
		a.audience, a.tenant = "api://orders", row.wanted
		note := a.step(POSIX, "", "gatewhy explain -").Note
		if !strings.Contains(note, row.expect) {
			t.Errorf("%s: %q, want %q", name, note, row.expect)
		}
	}
}
