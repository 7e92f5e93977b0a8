package issued

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/testdata/estates"
)

// crowd is many environments with so many clients each. One of them belongs to the next
// environment too, another to all.
func crowd(environments, clients int) *World {
	w := &World{Tenant: assumedTenant, At: assumedTime()}
	app := func(home, n int) *entra.Registration {
		id := fmt.Sprintf("%08x-%04x-4000-8000-000000000000", home, n)
		return &entra.Registration{AppID: entra.Text{Value: id}}
	}
	for i := range environments {
		place := Place{Name: fmt.Sprint("env", i), API: app(i, 9000)}
		for n := range clients {
			place.Clients = append(place.Clients, app(i, n))
		}
		place.Clients = append(place.Clients, app((i+1)%environments, 0), app(9999, 0))
		w.Places = append(w.Places, place)
	}
	return w
}

// othersThan lists the environments whose clients share kinds for an API.
func othersThan(m *modeller, place *Place) []*Place {
	var all []*Place
	for i := range m.world.Places {
		if home := &m.world.Places[i]; !m.apart(home, place) {
			all = append(all, home)
		}
	}
	return all
}

// Where many environments share kinds, the clients of all but one are those that stand in their
// files, each once and in their order.
func TestEveryoneButOneEnvironmentIsTheClientsOfTheOthers(t *testing.T) {
	t.Parallel()
	m, _ := crowd(30, 4).modeller()
	for i := range m.world.Places {
		place := &m.world.Places[i]
		var want []string
		for _, home := range othersThan(m, place) {
			for _, id := range m.clientsAt(home).ids {
				if !slices.Contains(want, id) {
					want = append(want, id)
				}
			}
		}
		set := m.everyone().butOf(place)
		if got := idsOf(set); !slices.Equal(got, want) || set.count() != len(want) {
			t.Errorf("without %s: %q, want %q", place.Name, got, want)
		}

		var clients []*entra.Registration
		for _, home := range othersThan(m, place) {
			clients = append(clients, home.Clients...)
		}
		groups := m.otherClients(place, nil)
		if len(groups) != 1 {
			t.Fatalf("without %s: %d groups, want 1", place.Name, len(groups))
		}
		want = nil
		for _, client := range m.foreign(clients, place) {
			want = append(want, clientID(client))
		}
		if got := idsOf(groups[0].clients); !slices.Equal(got, want) {
			t.Errorf("who is foreign to %s: %q, want %q", place.Name, got, want)
		}
	}
}

// What each client of another environment can have is the same where many environments share kinds
// as where it is looked at by itself, whatever the files say of it.
func TestWhoIsKnownToAnAPICanHaveTheSameInALargeWorld(t *testing.T) {
	t.Parallel()
	text := func(s string) entra.Text { return entra.Text{Value: s} }
	scopes := []entra.Permission{
		{ID: text("s1"), Value: text("UAT.Access"), AdminOnly: true},
		{ID: text("s2"), Value: text("UAT.Read")},
	}
	roles := []entra.Permission{{ID: text("r1"), Value: text("UAT.Call"), Apps: true}}
	ask := func(client, api *entra.Registration) {
		client.Requires = append(client.Requires, entra.Requirement{
			Resource: api.AppID, Scopes: []entra.Text{text("s1")}, Roles: []entra.Text{text("r1")},
		})
	}
	for name, known := range map[string]func(w *World, api *entra.Registration){
		"nothing is known of anybody": func(*World, *entra.Registration) {},
		"one asks for a role": func(w *World, api *entra.Registration) {
			ask(w.Places[7].Clients[2], api)
		},
		"the first one asks for a role": func(w *World, api *entra.Registration) {
			ask(w.Places[0].Clients[0], api)
		},
		"one of the API's own environment asks too": func(w *World, api *entra.Registration) {
			ask(w.Places[3].Clients[1], api)
			ask(w.Places[9].Clients[1], api)
		},
		"one is preauthorized": func(w *World, api *entra.Registration) {
			api.PreAuthorized = []entra.PreAuthorized{
				{Client: w.Places[5].Clients[3].AppID, Scopes: []entra.Text{text("s1")}},
			}
		},
		"some are preauthorized, one of them twice": func(w *World, api *entra.Registration) {
			api.PreAuthorized = []entra.PreAuthorized{
				{Client: w.Places[5].Clients[3].AppID, Scopes: []entra.Text{text("s2")}},
				{Client: w.Places[6].Clients[1].AppID, Scopes: []entra.Text{text("s1")}},
				{Client: w.Places[5].Clients[3].AppID, Scopes: []entra.Text{text("s1")}},
			}
		},
		"one is disabled": func(w *World, _ *entra.Registration) {
			w.Places[5].Clients[3].Principal = &entra.ServicePrincipal{Disabled: true}
		},
		"the first one is disabled": func(w *World, _ *entra.Registration) {
			w.Places[0].Clients[0].Principal = &entra.ServicePrincipal{Disabled: true}
		},
		"one of two files of a client asks for a role": func(w *World, api *entra.Registration) {
			ask(w.Places[8].Clients[4], api)
		},
		"one of two files of a client says that it is disabled": func(
			w *World, api *entra.Registration,
		) {
			w.Places[7].Clients[4].Principal = &entra.ServicePrincipal{Disabled: true}
			ask(w.Places[9].Clients[5], api)
		},
		"one belongs to the API's environment by another file": func(
			w *World, api *entra.Registration,
		) {
			ask(w.Places[2].Clients[4], api)
		},
		"all ask for a role": func(w *World, api *entra.Registration) {
			for i := range w.Places {
				for _, client := range w.Places[i].Clients {
					if len(client.Requires) == 0 {
						ask(client, api)
					}
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := crowd(30, 4)
			place := &w.Places[3]
			place.API.Scopes, place.API.Roles = scopes, roles
			known(w, place.API)
			m, _ := w.modeller()
			want := map[string]bool{}
			for _, home := range othersThan(m, place) {
				for _, client := range home.Clients {
					if id := clientID(client); !m.belong[place.Name][id] {
						want[id+" "+grantForeign(place.API, client, nil).key()] = true
					}
				}
			}
			got := map[string]bool{}
			for _, g := range m.otherClients(place, nil) {
				for _, id := range idsOf(g.clients) {
					got[id+" "+g.grant.key()] = true
				}
			}
			if !maps.Equal(got, want) {
				t.Errorf("%d grants are not those of clients by themselves", differing(got, want))
			}
		})
	}
}

// differing counts what two sets do not have in common.
func differing(a, b map[string]bool) int {
	all := maps.Clone(a)
	maps.Copy(all, b)
	maps.DeleteFunc(all, func(key string, _ bool) bool { return a[key] == b[key] })
	return len(all)
}

func idsOf(set *clientSet) []string {
	var all []string
	for _, id := range set.each {
		all = append(all, id)
	}
	return all
}

// The lists of a world grow with its clients, not with those times its environments; for each
// environment they have the APIs of all others.
func TestTheRollsOfClientsGrowWithTheClients(t *testing.T) {
	t.Parallel()
	const environments, clients = 60, 10
	classes := NewClasses(crowd(environments, clients).Kinds())
	names := 0
	for _, list := range classes.lists.all {
		names += len(list)
	}
	if most := environments * (2*environments + 8*clients); names > most {
		t.Errorf("%d names are on the lists, want at most %d", names, most)
	}
}

// tokensOf are the tokens of members in some kinds, as each client has them.
func tokensOf(kinds []*Kind) map[string]bool {
	all := map[string]bool{}
	for _, kind := range kinds {
		if kind.Holder != Member && kind.Holder != OtherMember {
			continue
		}
		kind.Each(func(issued Issued) {
			t := issued.Token()
			all[fmt.Sprintf("%s %s %s %t %t %s %s", kind.For, t.client, t.doubt, t.identity,
				t.guest, t.version, t.Claims().JSON())] = true
		})
	}
	return all
}

// The clients of many environments share kinds, and the tokens in these are those that each
// environment's clients have by themselves, whatever the files of two of them say of one client.
func TestKindsThatEnvironmentsShareHaveTheSameTokens(t *testing.T) {
	t.Parallel()
	tokens := 0
	for seed := range uint64(worlds / 8) {
		w := randomWorld(t, estates.Roll(seed, 11), seed%3 == 0)
		var by [2]map[string]bool
		for i, shared := range []bool{false, true} {
			m, principals := w.modeller()
			m.shared = shared
			by[i] = tokensOf(m.everyKind(principals))
		}
		tokens += len(by[0])
		for token := range by[0] {
			if !by[1][token] {
				t.Fatalf("seed %d: shared kinds lack %s", seed, token)
			}
		}
		for token := range by[1] {
			if !by[0][token] {
				t.Fatalf("seed %d: only shared kinds have %s", seed, token)
			}
		}
	}
	if tokens < worlds*10 {
		t.Errorf("%d tokens prove little", tokens)
	}
}
