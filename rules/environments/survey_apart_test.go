package environments

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/rules"
)

// verifying is a policy that verifies tokens, whatever their audience is.
func verifying() *rules.Compilation {
	root := rules.AllOf(&rules.Check{ID: rules.Signature})
	return &rules.Compilation{Policies: []*rules.Policy{{Root: root}}}
}

// together is the policies of both.
func together(a, b *rules.Compilation) *rules.Compilation {
	a.Policies = append(a.Policies, b.Policies...)
	return a
}

// applied is policies with the API that they say they are applied to.
func applied(api string, compiled *rules.Compilation) *rules.Compilation {
	for _, policy := range compiled.Policies {
		policy.API = api
	}
	return compiled
}

// One environment would run the policies of all APIs in a row: nobody would get in, so no wrong
// cell would be found.
func TestEachAPIOfARepositoryIsAnEnvironmentOfItsOwn(t *testing.T) {
	t.Parallel()
	type policies struct {
		file     string
		compiled *rules.Compilation
	}
	orders := func() *rules.Compilation { return asking("aud", "api://orders") }
	stock := func() *rules.Compilation { return asking("aud", "api://stock") }
	for _, test := range []struct {
		fact       string
		policies   []policies
		registered [][2]string
		others     []string
		want       []string
	}{
		{
			"two audiences are two APIs, with the same clients",
			[]policies{{"orders/dev/p.json", orders()}, {"stock/dev/p.json", stock()}},
			[][2]string{
				{"entra/dev-1.json", anAPI(ordersID, "orders", "api://orders")},
				{"entra/dev-2.json", anAPI(stockID, "stock", "api://stock")},
				{"entra/web-dev.json", aClient("web")},
			},
			[]string{"stock/dev.jwt", "dev.jwt"},
			[]string{
				"dev-orders:", "policies: [orders/dev/p.json]", "api: [entra/dev-1.json]",
				"clients: [entra/web-dev.json, entra/dev-2.json]",
				"dev-stock:", "policies: [stock/dev/p.json]", "api: [entra/dev-2.json]",
				"clients: [entra/web-dev.json, entra/dev-1.json]", "tokens: [stock/dev.jwt]",
			},
		},
		{
			"so are files of one folder",
			[]policies{{"dev/orders-dev.json", orders()}, {"dev/stock-dev.json", stock()}},
			nil, nil,
			[]string{
				"dev-orders:", "policies: [dev/orders-dev.json]",
				"dev-stock:", "policies: [dev/stock-dev.json]",
			},
		},
		{
			"two files that verify tokens in folders of their own are two APIs",
			[]policies{{"orders/dev/p.json", verifying()}, {"stock/dev/p.json", verifying()}},
			nil, nil,
			[]string{
				"dev-orders:", "policies: [orders/dev/p.json]",
				"dev-stock:", "policies: [stock/dev/p.json]",
			},
		},
		{
			"an API without a registration of its own gets none",
			[]policies{
				{"orders/dev/p.json", verifying()},
				{"stock/dev/p.json", together(verifying(), stock())},
			},
			[][2]string{{"entra/dev.json", anAPI(stockID, "stock", "api://stock")}},
			nil,
			[]string{
				"dev-orders:", "policies: [orders/dev/p.json]",
				"dev-stock:", "policies: [stock/dev/p.json]", "api: [entra/dev.json]",
			},
		},
		{
			"what verifies nothing belongs to the API of its folder",
			[]policies{
				{"orders/dev/p.json", orders()},
				{"stock/dev/p.json", stock()},
				{"stock/dev/q.json", &rules.Compilation{}},
			},
			nil, nil,
			[]string{
				"dev-orders:", "policies: [orders/dev/p.json]",
				"dev-stock:", "policies: [stock/dev/p.json, stock/dev/q.json]",
			},
		},
		{
			"where each API has a file, one that verifies tokens is another API's",
			[]policies{
				{"dev/orders.json", orders()},
				{"dev/prices.json", verifying()},
				{"dev/prices-old.json", verifying()},
				{"dev/stock.json", stock()},
			},
			nil, nil,
			[]string{
				"dev-orders:", "policies: [dev/orders.json]",
				"dev-stock:", "policies: [dev/stock.json]",
				"dev-prices:", "policies: [dev/prices.json, dev/prices-old.json]",
			},
		},
		{
			"where an API has several files, one that verifies tokens may be of any",
			[]policies{
				{"dev/orders.json", orders()},
				{"dev/orders-v2.json", orders()},
				{"dev/prices.json", verifying()},
				{"dev/stock.json", stock()},
			},
			nil, nil,
			[]string{
				"dev-orders:", "policies: [dev/orders.json, dev/orders-v2.json]",
				"dev-stock:", "policies: [dev/stock.json]",
				"dev/prices.json: left out of policies of dev: it does not show whose they " +
					"are: orders, stock",
			},
		},
		{
			"in a folder of several its name says whose it is, or nothing does",
			[]policies{
				{"dev/dev-orders-ips.json", &rules.Compilation{}},
				{"dev/dev-orders.json", orders()},
				{"dev/dev-prices.json", &rules.Compilation{}},
				{"dev/dev-stock.json", stock()},
			},
			nil, nil,
			[]string{
				"dev-orders:", "policies: [dev/dev-orders-ips.json, dev/dev-orders.json]",
				"dev-stock:", "policies: [dev/dev-stock.json]",
				"dev/dev-prices.json: left out of policies of dev: it does not show whose they " +
					"are: orders, stock",
			},
		},
		{
			"two policies for one audience are one gateway's chain",
			[]policies{{"dev/1-jwt.json", orders()}, {"dev/2-jwt.json", orders()}},
			nil, nil,
			[]string{"dev:", "policies: [dev/1-jwt.json, dev/2-jwt.json]"},
		},
		{
			"two policies in one folder are too, where no audience differs",
			[]policies{{"dev/1-jwt.json", verifying()}, {"dev/2-oidc.json", verifying()}},
			nil, nil,
			[]string{"dev:", "policies: [dev/1-jwt.json, dev/2-oidc.json]"},
		},
		{
			"without a name that differs they have numbers",
			[]policies{{"dev/dev.json", orders()}, {"dev.json", stock()}},
			nil, nil,
			[]string{
				"dev-1:", "policies: [dev/dev.json]", "dev-2:", "policies: [dev.json]",
			},
		},
		{
			"policies that name their API are told apart by it, and not here",
			[]policies{
				{"orders/dev/p.json", applied("orders", orders())},
				{"stock/dev/p.json", applied("stock", stock())},
			},
			nil, nil,
			[]string{"dev:", "policies: [orders/dev/p.json, stock/dev/p.json]"},
		},
	} {
		t.Run(test.fact, func(t *testing.T) {
			t.Parallel()
			s := &Survey{}
			for _, p := range test.policies {
				s.AddPolicy(p.file, []string{"mule"}, p.compiled, true)
			}
			for _, r := range test.registered {
				s.AddRegistrations(r[0], surveyedApp(t, r[1]))
			}
			s.PlaceRegistrations()
			for _, name := range test.others {
				s.AddOther(name, func() bool { return false })
			}
			if diff := cmp.Diff(test.want, append(placedIn(s), s.LeftOut()...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFilesOfOneClusterStayTogether(t *testing.T) {
	t.Parallel()
	s := &Survey{}
	for _, name := range []string{"mesh/dev/all.yaml", "orders/dev/own.yaml"} {
		s.AddPolicy(name, []string{"istio"}, verifying(), false)
	}
	s.PlaceRegistrations()
	want := []string{"dev:", "policies: [mesh/dev/all.yaml, orders/dev/own.yaml]"}
	if diff := cmp.Diff(want, placedIn(s)); diff != "" {
		t.Error(diff)
	}
}

func TestAPIInstancesOfTheSameFilesAreAnEnvironmentEach(t *testing.T) {
	t.Parallel()
	s := &Survey{}
	for _, name := range []string{"mesh/dev/orders.yaml", "mesh/dev/stock.yaml"} {
		s.AddPolicy(name, []string{"istio"}, verifying(), false)
	}
	s.AddRegistrations(
		"entra/dev-orders.json", surveyedApp(t, anAPI(ordersID, "orders", "api://orders")),
	)
	s.PlaceRegistrations()
	for _, name := range []string{"tokens/dev-stock.jwt", "tokens/dev.jwt"} {
		s.AddOther(name, func() bool { return false })
	}
	s.Divide("dev", []APIInstance{
		{"shop/app=orders", asking("aud", "api://orders").Policies},
		{"shop/app=stock", asking("aud", "api://stock").Policies},
	})
	files := "policies: [mesh/dev/orders.yaml, mesh/dev/stock.yaml]"
	want := []string{
		"dev-orders:", files, "instance: \"shop/app=orders\"", "api: [entra/dev-orders.json]",
		"dev-stock:", files, "instance: \"shop/app=stock\"", "tokens: [tokens/dev-stock.jwt]",
		"tokens/dev.jwt: left out of tokens of dev: it does not show whose it is",
	}
	if diff := cmp.Diff(want, append(placedIn(s), s.LeftOut()...)); diff != "" {
		t.Error(diff)
	}
}

func TestEnvironmentsHaveNamesOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := &Survey{}
	s.AddPolicy("dev/a.yaml", []string{"istio"}, verifying(), false)
	s.AddPolicy("dev/b.json", []string{"mule"}, verifying(), true)
	for _, name := range []string{"tokens/dev-mule.jwt", "tokens/dev-cart.jwt"} {
		s.AddOther(name, func() bool { return false })
	}
	s.Divide("dev", []APIInstance{
		{Name: "mule/app=mule"}, {Name: "cart/app=cart"}, {Name: "mule-2/app=other"},
	})
	if got := strings.Join(s.Names(), " "); got != "dev-mule-2 dev-cart dev-mule-2-2 dev-mule" {
		t.Error(got)
	}
	want := []string{
		"dev-mule-2:", "policies: [dev/a.yaml]", "instance: \"mule/app=mule\"",
		"tokens: [tokens/dev-mule.jwt]",
	}
	if diff := cmp.Diff(want, placedIn(s)[:len(want)]); diff != "" {
		t.Error(diff)
	}
}

func TestAnInstanceSaysItsStageOnce(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, file, instances, want string }{
		{"both show it", "dev/flex.yaml", "orders-dev stock-dev", "dev-orders dev-stock"},
		{"the instance is called like it", "dev/flex.yaml", "dev stock", "dev dev-stock"},
		{"the file shows it", "dev/flex.yaml", "orders stock", "dev-orders dev-stock"},
		{"the instances show it", "flex.yaml", "orders-dev ordersUAT", "dev-orders uat-orders"},
		{"they show nothing else", "flex.yaml", "dev uat", "dev uat"},
		{"they show another one", "dev/flex.yaml", "orders-uat stock", "dev-orders-uat dev-stock"},
		{"some show it", "flex.yaml", "orders-dev stock", "dev-orders main-stock"},
		{"nobody does", "flex.yaml", "1 2", "main-1 main-2"},
		{
			"without it they are alike", "flex.yaml", "orders-dev dev-orders",
			"main-orders-dev main-dev-orders",
		},
	} {
		s := &Survey{}
		s.AddPolicy(tt.file, []string{"flex"}, verifying(), false)
		var instances []APIInstance
		for name := range strings.FieldsSeq(tt.instances) {
			instances = append(instances, APIInstance{Name: name})
		}
		s.Divide(s.Names()[0], instances)
		if got := strings.Join(s.Names(), " "); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestAnInstanceThatShowsItsStageHasWhatIsKnownOfThatStage(t *testing.T) {
	t.Parallel()
	s := &Survey{}
	s.AddPolicy("flex.yaml", []string{"flex"}, verifying(), false)
	s.AddRegistrations(
		"orders-dev.json", surveyedApp(t, anAPI(ordersID, "orders", "api://orders")),
	)
	s.PlaceRegistrations()
	for _, name := range []string{"orders-dev.jwt", "stock-dev.jwt", "uat.jwt"} {
		s.AddOther(name, func() bool { return false })
	}
	s.Divide("main", []APIInstance{
		{"orders-dev", asking("aud", "api://orders").Policies},
		{"stock-dev", asking("aud", "api://stock").Policies},
		{"uat", asking("aud", "api://orders-uat").Policies},
	})
	files := "policies: [flex.yaml]"
	want := []string{
		"dev-orders:", files, "instance: \"orders-dev\"", "api: [orders-dev.json]",
		"tokens: [orders-dev.jwt]",
		"dev-stock:", files, "instance: \"stock-dev\"", "tokens: [stock-dev.jwt]",
		"uat:", files, "instance: \"uat\"", "tokens: [uat.jwt]",
	}
	if diff := cmp.Diff(want, append(placedIn(s), s.LeftOut()...)); diff != "" {
		t.Error(diff)
	}
}

func TestPoliciesOfNoInstanceAreLeftOutBesideThoseOfSeveral(t *testing.T) {
	t.Parallel()
	ofAPI, ofAll := together(applied("1", verifying()), applied("2", verifying())), verifying()
	ofAll.Policies[0].Early = true
	s := &Survey{}
	s.AddPolicy("dev/policies.json", []string{"mule"}, ofAPI, true)
	s.AddPolicy("dev/automated.json", []string{"mule"}, ofAll, true)
	s.AddPolicy("dev/some.json", []string{"mule"}, verifying(), true)
	s.Divide("dev", []APIInstance{{Name: "1"}, {Name: "2"}})
	files := "policies: [dev/policies.json, dev/automated.json]"
	want := []string{
		"dev-1:", files, "instance: \"1\"", "dev-2:", files, "instance: \"2\"",
		"dev/some.json: left out of policies of dev: it does not name their API instance",
	}
	if diff := cmp.Diff(want, append(placedIn(s), s.LeftOut()...)); diff != "" {
		t.Error(diff)
	}
}

func TestAnInstanceHasTheFilesThatAreAboutIt(t *testing.T) {
	t.Parallel()
	of := func(one, other string) *rules.Compilation {
		return together(applied(one, verifying()), applied(other, verifying()))
	}
	ofAll := verifying()
	ofAll.Policies[0].Early = true
	s := &Survey{}
	s.AddPolicy("dev/a.json", []string{"mule"}, of("1", "2"), true)
	s.AddPolicy("dev/b.json", []string{"mule"}, of("3", "1"), true)
	s.AddPolicy("dev/all.json", []string{"mule"}, ofAll, true)
	s.Divide("dev", []APIInstance{{Name: "1"}, {Name: "2"}, {Name: "3"}})
	want := []string{
		"dev-1:", "policies: [dev/a.json, dev/b.json, dev/all.json]", "instance: \"1\"",
		"dev-2:", "policies: [dev/a.json, dev/all.json]", "instance: \"2\"",
		"dev-3:", "policies: [dev/b.json, dev/all.json]", "instance: \"3\"",
	}
	if diff := cmp.Diff(want, append(placedIn(s), s.LeftOut()...)); diff != "" {
		t.Error(diff)
	}
	if s.Policies() != 3 {
		t.Errorf("%d policy files", s.Policies())
	}
	s.Refuse("dev-1", PartPolicies, "it can't be read")
	if s.Policies() != 3 {
		t.Errorf("%d policy files where others have them too", s.Policies())
	}
}
