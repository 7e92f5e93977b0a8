package issued

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// flow is what tells tokens of one client for one API apart, but for their audience's form.
type flow struct {
	name        string
	user, guest bool
	scopes      []string
	roles       []string
	doubt       string // why it is not known whether the client can have it; empty where it can
	anyObject   bool   // it is of whoever has an object id that no file shows
	strange     bool   // it is of a client that no file shows, and that no policy names
}

// unclaimedRoles is the doubt of roles that are assigned to an application of which no file tells
// which it is.
const unclaimedRoles = "an assignment names a service principal that no file shows, and it is " +
	"not known which client it is: pass the output of az ad sp show --id APP"

// flows lists the tokens of a grant: app-only with each set of roles; delegated with each set of
// scopes and with none, and where users can hold roles, with those.
func (g grant) flows(r *required) []flow {
	all := g.flowsOf(r)
	for i := range all {
		all[i].strange, all[i].anyObject = g.strange, g.anyObject
		all[i].doubt = cmp.Or(g.doubt, all[i].doubt)
	}
	return all
}

func (g grant) flowsOf(r *required) []flow {
	var all []flow
	for _, roles := range g.roleSets(r) {
		all = append(all, flow{name: "app" + suffix(roles), roles: roles})
	}
	for _, roles := range g.perhaps {
		all = append(all, flow{name: "app" + suffix(roles), roles: roles, doubt: unclaimedRoles})
	}
	if !g.delegated {
		return all
	}
	for _, scopes := range r.sets(g.scopes) {
		all = append(all, g.delegatedWith(scopes, r)...)
	}
	return all
}

// roleSets lists the sets of roles that an app-only token may carry; none where there is no such
// token.
func (g grant) roleSets(r *required) [][]string {
	switch {
	case !g.appOnly:
		return nil
	case g.exactly:
		return [][]string{g.roles}
	case g.needsRole:
		return r.sets(g.roles)[1:]
	}
	return r.sets(g.roles)
}

// delegatedWith lists the delegated tokens with some scopes.
func (g grant) delegatedWith(scopes []string, r *required) []flow {
	plain := flow{name: "user" + suffix(scopes), user: true, scopes: scopes}
	if len(scopes) == 0 {
		plain.doubt = g.unscoped
	}
	all := []flow{plain}
	if g.consented && len(scopes) == 0 {
		return all
	}
	for _, roles := range r.sets(g.userRoles)[1:] {
		with := plain
		with.name, with.roles = plain.name+"-with-roles", roles
		all = append(all, with)
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

	// what stands in the tokens of holders, once it was asked for: the roles of app-only tokens,
	// the scopes and roles of users', the roles of ID tokens
	app, user, identity *variable
}

// groups sorts clients by what they can have.
func groups(
	api *entra.Registration, clients []*entra.Registration, can granting, known *assignments,
) []*group {
	if len(clients) == 1 {
		only := clients[0]
		return []*group{{grant: can(api, only, known), clients: clientsOf(clientID(only))}}
	}
	byGrant := map[string]*group{}
	var all []*group
	var usual string
	for _, client := range clients {
		plain := usual != "" && unremarkable(api, client, known)
		key := usual
		var g grant
		if !plain {
			g = can(api, client, known)
			key = g.key()
			if unremarkable(api, client, known) {
				usual = key
			}
		}
		if byGrant[key] == nil {
			byGrant[key] = &group{grant: g, clients: clientsOf()}
			all = append(all, byGrant[key])
		}
		set := byGrant[key].clients
		set.ids = append(set.ids, clientID(client))
	}
	return all
}

func (g grant) key() string { return fmt.Sprintf("%#v", g) }

// unremarkable reports whether nothing is known of a client and an API: all such clients can have
// the same.
func unremarkable(api, client *entra.Registration, known *assignments) bool {
	if requirement(client, api) != nil || known != nil && client.Principal != nil {
		return false
	}
	return !slices.ContainsFunc(
		api.PreAuthorized, func(p entra.PreAuthorized) bool { return p.Client.Is(client.AppID) },
	)
}
