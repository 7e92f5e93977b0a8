package issued

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// crowd is many environments with so many clients each. One of them belongs to the next
// environment too, another to all.
func crowd(environments, clients int) *World {
	w := &World{Tenant: assumedTenant, At: assumedTime}
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
