package environments

import (
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// kind is what tells tokens of one client for one API apart, but for their audience's form.
type kind struct {
	name        string
	user, guest bool
	scopes      []string
	roles       []string
}

// kinds lists the tokens of a grant: app-only with each set of roles; delegated with each scope, with all of them and
// with none, and where users can hold roles, with those.
func (g grant) kinds() []kind {
	var all []kind
	if g.appOnly {
		for _, roles := range g.roles {
			all = append(all, kind{name: "app" + suffix(roles), roles: roles})
		}
	}
	if !g.delegated {
		return all
	}
	for _, scopes := range roleSets(g.scopes) {
		name := "user" + suffix(scopes)
		all = append(all, kind{name: name, user: true, scopes: scopes})
		if len(g.userRoles) > 0 {
			all = append(all, kind{name: name + "-with-roles", user: true, scopes: scopes, roles: g.userRoles})
		}
	}
	return all
}

func suffix(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return "-" + names[0]
	}
	return "-" + strings.Join(names, "+")
}

// group is the clients that can have the same of an API.
type group struct {
	grant   grant
	clients *clientSet
}

// groups sorts clients by what they can have.
func groups(api *entra.Registration, clients []*entra.Registration, own bool, known assignments) []*group {
	byGrant := map[string]*group{}
	var all []*group
	var usual string
	for _, client := range clients {
		plain := usual != "" && unremarkable(api, client, known)
		key := usual
		var g grant
		if !plain {
			g = grantForeign(api, client, known)
			if own {
				g = grantOwn(api, client, known)
			}
			key = g.key()
			if unremarkable(api, client, known) {
				usual = key
			}
		}
		if byGrant[key] == nil {
			byGrant[key] = &group{g, clientsOf()}
			all = append(all, byGrant[key])
		}
		set := byGrant[key].clients
		set.ids = append(set.ids, clientID(client))
	}
	return all
}

func (g grant) key() string {
	return fmt.Sprintf("%t %t %q %q %q", g.appOnly, g.delegated, g.scopes, g.roles, g.userRoles)
}

// unremarkable reports whether nothing is known of a client and an API: all such clients can have the same.
func unremarkable(api, client *entra.Registration, known assignments) bool {
	if requirement(client, api) != nil || len(known.of(client)) > 0 {
		return false
	}
	for _, p := range api.PreAuthorized {
		if p.Client.Is(client.AppID) {
			return false
		}
	}
	return true
}
