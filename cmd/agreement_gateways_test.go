package cmd

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/testdata/configurations"
)

// gatewayEstate is a random configuration of UAT's gateway, in the middle of other environments.
type gatewayEstate struct {
	configurations.Configuration
	pair
}

func newGatewayEstate(t *testing.T, seed uint64) *gatewayEstate {
	t.Helper()
	r := &randomEstate{Rand: rand.New(rand.NewPCG(19, seed))}
	registered := r.registration()
	parties := configurations.Parties{
		Version: "1", Tenant: holesTenant, API: holesAPI, URI: "api://orders-uat",
		Client: holesClient, Scope: "UAT.Access", Role: "UAT.Call",
	}
	if strings.Contains(registered[0], `"requestedAccessTokenVersion": 2`) {
		parties.Version = "2"
	}
	g := &gatewayEstate{Configuration: configurations.Random(r.Rand, parties)}
	g.apps, g.beside = registrations(t, registered...), r.beside(t)
	g.pair = g.as(t, configurations.Forms(g.Configuration)[0])
	g.name = fmt.Sprint("seed ", seed)
	return g
}

// as is the configuration as it is read in a form.
func (g *gatewayEstate) as(t *testing.T, f configurations.Form) pair {
	t.Helper()
	p := pairOf(t, g.name+" "+f.Name, f.File, f.Write(t, g.Configuration), g.apps, "")
	p.beside = g.beside
	return p
}

// pairOf is a configuration of one API, and its registration.
func pairOf(
	t *testing.T, name, file, text string, apps *entra.Directory, variant string,
) pair {
	t.Helper()
	read, err := source.Read(file, []byte(text))
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
	p := pair{name: name, file: read, apps: apps, variant: variant}
	compiled, err := everyGateway().Read([]*source.File{read}, p.options())
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, text)
	}
	if all := rules.ByAPI(compiled.Policies); len(all) != 1 {
		t.Fatalf("%s: %d API instances\n%s", name, len(all), text)
	}
	p.policies = compiled.Policies
	return p
}

// beside are one or two environments beside UAT. Their APIs may have the names of UAT's.
func (r *randomEstate) beside(t *testing.T) []environments.Site {
	names := strings.NewReplacer("DEV.Access", r.one("DEV.Access", "UAT.Access"))
	all := []environments.Site{{
		Name: "dev", API: registrations(t, names.Replace(holesDEV)).Apps[0],
		Clients: registrations(t, holesDEVWeb).Apps,
	}}
	if r.IntN(3) == 0 {
		other := strings.NewReplacer(
			"d1b1c6d5-27d1-4f0c-8e0e-6a5d3c2b1a01", "7e57c6d5-27d1-4f0c-8e0e-6a5d3c2b1a02",
			"orders-dev", "orders-test", "DEV.Access", "TEST.Access",
		)
		all = append(all, environments.Site{
			Name: "test", API: registrations(t, other.Replace(holesDEV)).Apps[0],
		})
	}
	return all
}

func TestTheCommandsAgreeOnOtherGateways(t *testing.T) {
	t.Parallel()
	m, minted, counts := newMinter(t), 0, map[rules.Decision]int{}
	commands, remedies, fixes := 0, 0, 0
	for seed := range uint64(randomGateways) {
		g := newGatewayEstate(t, seed)
		e, matrix := g.matrix(t)
		minted += g.checkWitnesses(t, m, e, matrix)
		g.checkLint(t, matrix, g.lint(), counts)
		if seed%oneRepairOf == 0 {
			remedies += g.holdRemediesFor(t, m, e, matrix)
			fixes += g.holdFixes(t, counts)
		}
		if seed%oneRunOf == 0 {
			commands += g.holdCommands(t, m, e, matrix)
		}
	}
	least := randomGateways / 10
	if minted < randomGateways || counts[rules.Accepted] < least ||
		counts[rules.Rejected] < least {
		t.Errorf("%d witnesses were minted, %v: the test proves little", minted, counts)
	}
	if remedies < least/oneRepairOf || fixes < least/oneRepairOf || commands < least/oneRunOf {
		t.Errorf("%d changes of explain, %d of fix, and %d by their commands: the test proves "+
			"little", remedies, fixes, commands)
	}
}
