package environments

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

func TestANameIsWrittenSoThatItReadsAsItIs(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"dev.json":              "dev.json",
		"a b.json":              `"a b.json"`,
		"a\u202enosj.json":      `"a\u202enosj.json"`,
		"a\U000e0001.json":      `"a\U000e0001.json"`,
		"a\x1b[2J\u0085\n.json": `"a\u001b[2J\u0085\n.json"`,
	} {
		if got := yamlName(name); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		file, err := source.Read("x.yaml", []byte("name: "+yamlName(name)))
		if err != nil {
			t.Fatal(err)
		}
		if got := file.Documents[0].Member("name").Text; got != name {
			t.Errorf("%q is read as %q", name, got)
		}
	}
}

const (
	surveyTenant = "5c1f0a7e-3b0d-4a55-9c3e-7f0e2b6d9a11"
	ordersID     = "aaaaaaaa-0000-4000-8000-000000000001"
	stockID      = "aaaaaaaa-0000-4000-8000-000000000002"
	webID        = "aaaaaaaa-0000-4000-8000-000000000003"
)

// asking is a policy that wants one claim to have a value.
func asking(claim, value string) *rules.Compilation {
	test := rules.Predicate{
		Op: rules.OneOf, Input: rules.Claim(claim),
		Values: rules.Literals(value),
	}
	policy := &rules.Policy{Root: rules.AllOf(&rules.Check{Test: test})}
	return &rules.Compilation{Policies: []*rules.Policy{policy}}
}

func surveyedApp(t *testing.T, text string) *entra.Directory {
	t.Helper()
	file, err := source.Read("app.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	d, err := entra.ReadRegistrations(file)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func anAPI(id, name, uri string) string {
	return `{"appId": "` + id + `", "displayName": "` + name + `",
		"identifierUris": ["` + uri + `"]}`
}

func aClient(name string) string {
	return `{"appId": "` + webID + `", "displayName": "` + name + `"}`
}

// placedIn is what of the YAML says where files belong: no comment, and no empty line.
func placedIn(s *Survey) []string {
	_, body, _ := strings.Cut(s.YAML(), "environments:\n")
	var lines []string
	for line := range strings.Lines(body) {
		text, _, _ := strings.Cut(line, " # ")
		if text = strings.TrimSpace(text); text != "" && !strings.HasPrefix(text, "#") {
			lines = append(lines, text)
		}
	}
	return lines
}

func TestASurveySortsFilesByTheirNamesAndByWhatTheySay(t *testing.T) {
	t.Parallel()
	api, other := anAPI(ordersID, "orders", "api://orders"), anAPI(stockID, "stock", "api://stock")
	for _, test := range []struct {
		name       string
		policies   map[string]*rules.Compilation
		registered [][2]string // the file and its text
		others     []string
		want       []string
		unplaced   int
	}{
		{
			"a policy without a stage in its name", map[string]*rules.Compilation{
				"orders.json": {},
			}, nil, nil, []string{"main:", "policies: [orders.json]"}, 0,
		},
		{
			"the last stage of a name, with its number", map[string]*rules.Compilation{
				"dev/ordersUat2.json": {},
			}, nil, nil, []string{"uat2:", "policies: [dev/ordersUat2.json]"}, 0,
		},
		{
			"a gateway that the files do not tell", map[string]*rules.Compilation{
				"dev.json": {Guessed: true},
			}, nil, nil, []string{"dev:", "policies: [dev.json]", "gateway: mule"}, 0,
		},
		{
			"an API, a client, a token and contracts",
			map[string]*rules.Compilation{
				"dev.json": {},
			},
			[][2]string{{"dev-api.json", api}, {"dev-web.json", aClient("web")}},
			[]string{"dev.jwt", "dev-contracts.txt", "contracts.txt", "dev.png"},
			[]string{
				"dev:", "policies: [dev.json]", "contracts: dev-contracts.txt",
				"api: [dev-api.json]", "clients: [dev-web.json]", "tokens: [dev.jwt]",
			},
			0,
		},
		{
			"a stage that the application's name tells",
			map[string]*rules.Compilation{
				"policies-uat.json": {},
			},
			[][2]string{{"a.json", anAPI(ordersID, "Orders UAT", "api://orders")}},
			nil,
			[]string{"uat:", "policies: [policies-uat.json]", "api: [a.json]"},
			0,
		},
		{
			"an environment without policies, which is a comment", nil,
			[][2]string{{"dev-api.json", api}},
			nil, nil, 0,
		},
		{"a stage that nothing tells", nil, [][2]string{{"a.json", api}}, nil, nil, 1},
		{
			"applications of several stages", nil,
			[][2]string{{
				"a.json",
				"[" + anAPI(ordersID, "orders dev", "api://a") + "," + aClient("web uat") + "]",
			}},
			nil, nil, 1,
		},
		{
			"an API beside others in one file",
			map[string]*rules.Compilation{
				"policies-dev.json": {},
			},
			[][2]string{{"dev.json", "[" + api + "," + aClient("web") + "]"}},
			nil,
			[]string{"dev:", "policies: [policies-dev.json]"},
			1,
		},
		{
			"of two APIs the one that the policies want",
			map[string]*rules.Compilation{
				"dev.json": asking("aud", "api://stock"),
			},
			[][2]string{{"dev-orders.json", api}, {"dev-stock.json", other}},
			nil,
			[]string{
				"dev:", "policies: [dev.json]", "api: [dev-stock.json]",
				"clients: [dev-orders.json]",
			},
			0,
		},
		{
			"two APIs of which the policies tell none",
			map[string]*rules.Compilation{
				"dev.json": {},
			},
			[][2]string{{"dev-orders.json", api}, {"dev-stock.json", other}},
			nil,
			[]string{"dev:", "policies: [dev.json]"},
			0,
		},
		{
			"a service principal beside its application",
			map[string]*rules.Compilation{
				"policies-dev.json": {},
			},
			[][2]string{
				{"dev-api.json", api},
				{"sp.json", `{"servicePrincipalType": "Application", "appId": "` + ordersID +
					`", "id": "` + surveyTenant + `", "appRoleAssignmentRequired": true}`},
			},
			nil,
			[]string{
				"dev:", "policies: [policies-dev.json]", "api: [dev-api.json, sp.json]",
			},
			0,
		},
		{
			"a service principal with a stage, and one without",
			map[string]*rules.Compilation{
				"policies-uat.json": {},
			},
			[][2]string{
				{"uat-sp.json", `{"servicePrincipalType": "Application", "appId": "` + ordersID +
					`", "id": "` + surveyTenant + `"}`},
				{"sp.json", `{"servicePrincipalType": "Application", "appId": "` + stockID +
					`", "id": "` + surveyTenant + `"}`},
			},
			nil,
			[]string{"uat:", "policies: [policies-uat.json]", "api: [uat-sp.json]"},
			1,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := &Survey{}
			for name, compiled := range test.policies {
				s.AddPolicy(name, []string{"mule", "flex"}, compiled, true)
			}
			for _, r := range test.registered {
				s.AddRegistrations(r[0], surveyedApp(t, r[1]))
			}
			s.PlaceRegistrations()
			for _, name := range test.others {
				s.AddOther(name, func() bool { return strings.Contains(name, "contracts") })
			}
			if diff := cmp.Diff(test.want, placedIn(s)); diff != "" {
				t.Error(diff)
			}
			if s.Unplaced() != test.unplaced || s.Policies() != len(test.policies) ||
				s.Registrations() != len(test.registered) {
				t.Errorf("%d not placed, %d policies, %d registrations",
					s.Unplaced(), s.Policies(), s.Registrations())
			}
			if modelled := strings.Contains(strings.Join(test.want, "\n"), "api: ["); modelled !=
				s.Modelled() {
				t.Errorf("tokens are modelled: %v", s.Modelled())
			}
		})
	}
}

func TestASurveyTakesTheTenantFromThePolicies(t *testing.T) {
	t.Parallel()
	s := &Survey{}
	s.AddPolicy("uat.json", nil, asking("iss", "https://example.com/"), true)
	const ours = "https://sts.windows.net/" + surveyTenant + "/"
	header := asking("iss", strings.ReplaceAll(ours, "5c1f", "6c1f")) // which anybody writes
	header.Policies[0].Root.All[0].Check.Test.Input.Source = rules.FromHTTP
	s.AddPolicy("test.json", nil, header, true)
	s.AddPolicy("dev.json", nil, asking("iss", ours), true)
	if s.Tenant != surveyTenant || !strings.Contains(s.YAML(), "\ntenant: "+surveyTenant+"\n") {
		t.Errorf("the tenant is %q", s.Tenant)
	}
	if diff := cmp.Diff([]string{"uat", "test", "dev"}, s.Names()); diff != "" {
		t.Error(diff)
	}
}

// Of keys of several tenants none is this environment's tenant for sure.
func TestASurveyTakesTheTenantFromTheKeysOfOneAlone(t *testing.T) {
	t.Parallel()
	const others = "1d2f3c4b-5a69-4788-9c0d-ee1f2a3b4c5d"
	for _, of := range []struct {
		tenants []string
		want    string
	}{
		{[]string{surveyTenant}, surveyTenant},
		{[]string{surveyTenant, strings.ToUpper(surveyTenant)}, surveyTenant},
		{[]string{"common", surveyTenant}, surveyTenant},
		{[]string{others, surveyTenant}, ""},
	} {
		var urls []string
		for _, tenant := range of.tenants {
			urls = append(urls, "https://login.microsoftonline.com/"+tenant+"/discovery/v2.0/keys")
		}
		key := &rules.Key{URL: strings.Join(urls, ","), List: true}
		policy := &rules.Policy{Root: rules.AllOf(&rules.Check{
			Test: rules.Predicate{Op: rules.Verifies, Key: key},
		})}
		s := &Survey{}
		s.AddPolicy("uat.json", nil, &rules.Compilation{Policies: []*rules.Policy{policy}}, true)
		if s.Tenant != of.want {
			t.Errorf("%v: the tenant is %q, want %q", of.tenants, s.Tenant, of.want)
		}
	}
}

// What init writes is what matrix reads.
func TestTheFileOfASurveyCanBeRead(t *testing.T) {
	t.Parallel()
	s := &Survey{Tenant: surveyTenant}
	guessed := &rules.Compilation{Guessed: true}
	s.AddPolicy("a\u202eb uat.json", []string{"mule", "flex"}, guessed, true)
	s.AddRegistrations("uat.json", surveyedApp(t, anAPI(ordersID, "orders", "api://orders")))
	s.AddRegistrations("c\u202e.json", surveyedApp(t, anAPI(stockID, "stock", "api://stock")))
	s.PlaceRegistrations()
	text := s.YAML()
	if strings.ContainsRune(text, '\u202e') {
		t.Errorf("a character that does not show is written as it is:\n%s", text)
	}
	file, err := source.Read("gatewhy.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	read, err := Read(file)
	if err != nil || len(read.Environments) != 1 || read.Environments[0].Name != "uat" {
		t.Errorf("%v, %v", read, err)
	}
}

func TestRegistrationsThatAreHalfKnownAreRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ text, says string }{
		"a whole one": {anAPI(ordersID, "orders", "api://orders"), ""},
		"an answer that goes on": {
			`{"value": [` + anAPI(ordersID, "orders", "api://orders") + `],
				"@odata.nextLink": "https://graph.microsoft.com/v1.0/applications?$skip=1"}`,
			"the list continues in another answer",
		},
		"an application without an id": {
			`{"displayName": "orders", "identifierUris": ["api://orders"]}`,
			"the application id of orders is not in this file",
		},
	} {
		err := CheckRegistrations(surveyedApp(t, row.text))
		if (err == nil) != (row.says == "") ||
			err != nil && !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d := &entra.Directory{Apps: []*entra.Registration{{
		AppID: entra.Text{Value: ordersID}, URIs: []entra.Text{{Unknown: true}},
	}}}
	const says = "this App ID URI is known only after the deployment"
	if err := CheckRegistrations(d); err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("%v", err)
	}
}

func TestContractsAreAskedForWhereAPolicyAsksForOne(t *testing.T) {
	t.Parallel()
	contract := asking("azp", webID)
	contract.Policies[0].Root = rules.AllOf(&rules.Check{ID: rules.Contract})
	for name, row := range map[string]struct {
		compiled *rules.Compilation
		want     bool
	}{
		"a contract": {contract, true},
		"a claim":    {asking("azp", webID), false},
	} {
		s := &Survey{}
		s.AddPolicy("dev.yaml", []string{"gateway"}, row.compiled, true)
		if got := strings.Contains(s.YAML(), "# contracts: FILE"); got != row.want {
			t.Errorf("%s: got %v, want %v", name, got, row.want)
		}
	}
}
