package cmd

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// TestLintSaysWhatTheMatrixFindsInEveryEstate lints each environment of testdata with its API's
// app registration, and holds that against the estate's matrix.
func TestLintSaysWhatTheMatrixFindsInEveryEstate(t *testing.T) {
	t.Parallel()
	counts := map[rules.Decision]int{}
	for _, config := range filesLike(t, estates+"/*/gatewhy.yaml") {
		folder := filepath.Dir(config)
		var out bytes.Buffer
		env := &Env{
			Gateways: everyGateway(), Dir: folder, Stdout: &out, Stderr: &out,
			Now: func() time.Time { return clock },
		}
		estate, err := env.maker().ReadEstate("gatewhy.yaml")
		if err != nil {
			t.Fatal(err)
		}
		offline := &keyFlags{offline: true}
		if err := env.settleTenant(context.Background(), estate, offline); err != nil {
			t.Fatal(err)
		}
		matrix := estate.Evaluate()
		for g, name := range matrix.Gateways {
			j := report.NewJudge(everyGateway(), rules.Options{Variant: "mule"}, nil)
			j.Apps = &entra.Directory{Apps: []*entra.Registration{estate.Sites[g].API}}
			names := filesLike(t, filepath.Join(folder, "policies", name+".*"))
			found := j.Findings(readSource(t, names[0]))
			c := column{folder + " " + name, matrix, g, estate.Sites[g].Policies}
			c.holdAgainst(t, found, counts)
			// which clients there are, only the estate knows
			c.holdOwn(t, found, counts, "scope-locks-out-daemons")
		}
	}
	if counts[rules.Accepted] < 10 || counts[rules.Rejected] < 10 {
		t.Errorf("%v: the test proves little", counts)
	}
}

// randomEstate is random policies of UAT and a random registration of its API, with their names.
type randomEstate struct {
	*rand.Rand
	name []string
}

func (r *randomEstate) one(texts ...string) string {
	text := texts[r.IntN(len(texts))]
	r.name = append(r.name, text)
	return text
}

func (r *randomEstate) draw(all []setting) setting {
	s := all[r.IntN(len(all))]
	r.name = append(r.name, s.name)
	return s
}

func (r *randomEstate) policies() string {
	audience := r.draw(append(audienceSettings(), []setting{
		{name: "two audiences", fields: map[string]any{
			"validateAudClaim": true, "mandatoryAudClaim": true,
			"supportedAudiences": "api://orders-uat," + holesAPI,
		}},
		{name: "an audience that may be absent", fields: map[string]any{
			"validateAudClaim": true, "mandatoryAudClaim": false,
			"supportedAudiences": "api://orders-uat",
		}},
		{name: "an audience that is switched off", fields: map[string]any{
			"validateAudClaim": false, "supportedAudiences": "api://orders-uat",
		}},
	}...))
	issuer := r.draw(append(issuerSettings(), setting{
		name: "either issuer", claim: [2]string{
			"iss", "#[(vars.claimSet.iss == '" + stockIssuer +
				"') or (vars.claimSet.iss endsWith '/v2.0')]",
		},
	}))
	client := r.draw(append(clientSettings(), []setting{
		{
			name: "a list of clients", fields: map[string]any{"skipClientIdValidation": true},
			claim: [2]string{"appid", "#[['" + holesClient + "'] contains vars.claimSet.appid]"},
		},
		{
			name:   "the client in either claim",
			fields: map[string]any{"skipClientIdValidation": true},
			claim: [2]string{"ver", "#[(vars.claimSet.appid == '" + holesClient +
				"') or (vars.claimSet.azp == '" + holesClient + "')]"},
		},
	}...))
	permission := r.draw(append(permissionSettings(), []setting{
		{name: "a role or a scope", claim: [2]string{
			"roles", "#[(vars.claimSet.roles contains 'UAT.Call') or " +
				"((vars.claimSet.scp splitBy ' ') contains 'UAT.Access')]",
		}},
		{name: "no user", claim: [2]string{"scp", "#[vars.claimSet.scp == null]"}},
		{name: "a group", claim: [2]string{"groups", "#[vars.claimSet.groups contains '" +
			holesAPI + "']"}},
		{name: "a role's ending", claim: [2]string{
			"roles", "#[vars.claimSet.roles[0] endsWith '.Call']",
		}},
		{name: "an authenticated client", claim: [2]string{"appidacr", "1"}},
		{name: "some role", claim: [2]string{"roles", "#[vars.claimSet.roles != null]"}},
	}...))
	text := jwtPolicy(audience, issuer, client, permission)
	if r.one("claims must be there", "claims must be there", "claims may be absent") ==
		"claims may be absent" {
		text = strings.Replace(text, `"mandatoryCustomClaims"`, `"nonMandatoryCustomClaims"`, 1)
	}
	switch r.one("one policy", "one policy", "two policies", "disabled", "a route", "openid") {
	case "two policies":
		text = "[" + jwtPolicy(audience, client) + "," + jwtPolicy(issuer, permission,
			setting{fields: map[string]any{"skipClientIdValidation": true}}) + "]"
	case "disabled":
		text = strings.Replace(text, `"assetId"`, `"disabled": true, "assetId"`, 1)
	case "a route":
		text = strings.Replace(text, `"assetId"`,
			`"pointcutData": [{"methodRegex": "GET", "uriTemplateRegex": ".*"}], "assetId"`, 1)
	case "openid":
		all := openIDPolicies()
		text = all[r.one("OpenID Connect, strict", "OpenID Connect, skipped",
			"OpenID Connect, a scope", "OpenID Connect, a scope of anybody")]
		if r.IntN(2) == 0 {
			text = "[" + text + "," + jwtPolicy(audience, issuer, client, permission) + "]"
			r.name = append(r.name, "and JWT Validation")
		}
	}
	return r.closed(text)
}

// keysOfAll is where the policies have their keys from.
const keysOfAll = "https://login.microsoftonline.com/" + holesTenant + "/discovery/keys"

// holdKeys holds what is said of keys that verify nothing, or of which that is not known: nobody
// knows what a gateway answers that can fetch no keys, so the matrix does not say it, but it lets
// nobody in, and to lint the address is an error. Whether another cloud's keys verify a token is
// not known of every cloud, so the matrix leaves it open; of an issuer of a cloud and another
// cloud's keys lint knows that they don't go together.
func (p *pair) holdKeys(t *testing.T, m *environments.Matrix, found []rules.Finding) (held bool) {
	says := map[string]string{
		"no address":                  "key-set-not-fetchable",
		"an address without a scheme": "key-set-not-fetchable",
		"the metadata":                "keys-url-is-discovery-document",
		"another cloud":               "",
	}
	for name, rule := range says {
		of := strings.Split(p.name, ", ")
		// without JWT Validation there is no key, and a disabled one checks nothing
		if !slices.Contains(of, name) || !strings.Contains(string(p.file.Text), "jwksUrl") ||
			slices.Contains(of, "disabled") || slices.Contains(of, "a route") {
			continue
		}
		held = true
		if far, row := furthestRow(m, func(*environments.Row) bool {
			return true
		}); far == rules.Accepted {
			t.Errorf("%s: %s gets in with keys that verify nothing", p.name, row)
		}
		if rule == "" && slices.Contains(of, "the issuer") {
			rule = "issuer-and-keys-disagree"
		}
		if rule != "" && !slices.ContainsFunc(found, func(f rules.Finding) bool {
			return f.Rule == rule && f.Severity == rules.Error
		}) {
			t.Errorf("%s: lint has no error %s: %v", p.name, rule, names(found))
		}
	}
	return held
}

// closed is policies that perhaps accept no token that Entra ID signs, whatever it claims.
func (r *randomEstate) closed(text string) string {
	const removal = `{"assetId": "header-removal", "assetVersion": "1.1.0", "order": 1, ` +
		`"configurationData": {"inboundHeaders": ["Authorization"]}}`
	switch r.one(
		"open", "open", "open", "ES256", "RS512", "a secret", "another cloud", "removed",
		"no address", "an address without a scheme", "the metadata",
	) {
	case "ES256":
		return strings.ReplaceAll(text, `"signingMethod":"rsa"`, `"signingMethod":"es"`)
	case "RS512":
		return strings.ReplaceAll(text, `"signingKeyLength":256`, `"signingKeyLength":512`)
	case "a secret":
		return strings.NewReplacer(
			`"signingMethod":"rsa"`, `"signingMethod":"hmac","textKey":"`+
				strings.Repeat("s", 32)+`"`, `"jwtKeyOrigin":"jwks"`, `"jwtKeyOrigin":"text"`,
		).Replace(text)
	case "another cloud":
		return strings.ReplaceAll(
			text, "https://login.microsoftonline.com/"+holesTenant+"/discovery",
			"https://login.partner.microsoftonline.cn/"+holesTenant+"/discovery",
		)
	case "no address":
		return strings.ReplaceAll(text, keysOfAll, "")
	case "an address without a scheme":
		return strings.ReplaceAll(text, keysOfAll, strings.TrimPrefix(keysOfAll, "https://"))
	case "the metadata":
		return strings.ReplaceAll(
			text, "/discovery/keys", "/v2.0/.well-known/openid-configuration",
		)
	case "removed":
		ordered := strings.ReplaceAll(text, `"assetVersion"`, `"order": 2, "assetVersion"`)
		return "[" + removal + "," + strings.Trim(ordered, "[]") + "]"
	}
	return text
}

// registration is the API's registration, and its service principal.
func (r *randomEstate) registration() []string {
	api := strings.NewReplacer(
		"VERSION", r.one("1", "2", "null"),
		`"type": "Admin"`, `"type": "`+r.one("Admin", "User")+`"`,
		`["Application"]`, r.one(`["Application"]`, `["User"]`, `["Application", "User"]`),
		"AzureADMyOrg", r.one("AzureADMyOrg", "AzureADMyOrg", "AzureADMultipleOrgs"),
	).Replace(holesUAT)
	if r.one("no groups", "groups") == "groups" {
		asked := `{"groupMembershipClaims": "SecurityGroup", `
		api = strings.Replace(api, "{", asked, 1)
	}
	if r.one("a principal", "a principal", "no principal") == "no principal" {
		return []string{api}
	}
	required := `"appRoleAssignmentRequired": ` + r.one("false", "true")
	return []string{api, strings.Replace(
		holesPrincipal, `"appRoleAssignmentRequired": false`, required, 1,
	)}
}

// given is what only the estate shows: DEV's client was given something at UAT.
type given struct {
	name     string
	asks     string // what of UAT's API its registration requires
	assigned bool   // UAT's role
	contract bool
}

func foreignClients() []given {
	return []given{
		{name: "asks for the role", asks: `{"id": "r", "type": "Role"}`},
		{name: "asks for the scope", asks: `{"id": "s", "type": "Scope"}`},
		{
			name: "asks for both, with a contract", contract: true,
			asks: `{"id": "r", "type": "Role"}, {"id": "s", "type": "Scope"}`,
		},
		{name: "is assigned the role", assigned: true},
		{name: "is assigned the role, with a contract", assigned: true, contract: true},
		{name: "has a contract", contract: true},
	}
}

// matrixGiving runs the pair in an estate in which DEV's client was given something at UAT.
func (p *pair) matrixGiving(t *testing.T, g given) *environments.Matrix {
	e := holesEstate(t, p.apps)
	e.Sites[1].Policies = p.policies
	const dev, ours = "d30c7f41-52b8-4f6e-8a1b-90c4e7d2a5b6", "web-of-uat"
	principal := func(app, id string) string {
		return `{"appId": "` + app + `", "id": "` + id +
			`", "servicePrincipalType": "Application"}`
	}
	web := holesDEVWeb
	if g.asks != "" {
		web = strings.Replace(web, "{", `{"requiredResourceAccess": [{"resourceAppId": "`+
			holesAPI+`", "resourceAccess": [`+g.asks+`]}], `, 1)
	}
	e.Sites[0].Clients = registrations(t, web, principal(dev, "web-of-dev")).Apps
	if g.assigned {
		e.Sites[1].Clients = registrations(t, holesWeb, principal(holesClient, ours)).Apps
		for _, id := range []string{ours, "web-of-dev"} {
			e.Assignments = append(e.Assignments, entra.Assignment{
				Principal: entra.Text{Value: id}, Type: entra.Text{Value: "ServicePrincipal"},
				Resource: entra.Text{Value: "p"}, Role: entra.Text{Value: "r"},
			})
		}
	}
	if g.contract {
		e.Sites[1].Contracts = &rules.Contracts{IDs: []string{holesClient, dev}}
	}
	return e.Evaluate()
}

// holdCrossings holds lint, with what the files of UAT show, against crossings that only the
// estate shows. Those files do not show who was given something. Lint says so where it says that
// any client gets in, or that whoever holds something does (holders-not-shown); the first it says
// only where strangers or DEV's tokens do, the second only where who has everything does.
func (p *pair) holdCrossings(
	t *testing.T, g given, found []rules.Finding, counts map[string]map[rules.Decision]int,
) {
	matrix := p.matrixGiving(t, g)
	foreign, witness := furthestRow(matrix, func(r *environments.Row) bool {
		return r.Holder == issued.Member && r.Home == "dev"
	})
	strangers, _ := furthestRow(matrix, func(r *environments.Row) bool {
		return r.Holder == issued.Stranger
	})
	if counts[g.name] == nil {
		counts[g.name] = map[rules.Decision]int{}
	}
	open := saysNow(found, "the tenant", p.policies)
	shown := slices.ContainsFunc(found, func(f rules.Finding) bool {
		return f.Rule == "holders-not-shown"
	})
	if strangers == rules.Rejected {
		counts[g.name][foreign]++
	}
	// with a contract it may also use a token that is not for UAT's API
	other := slices.ContainsFunc(found, func(f rules.Finding) bool {
		return f.Rule == "audience-not-checked" && f.Severity != rules.Note ||
			f.Rule == "audience-check-switched-off"
	})
	switch {
	case foreign == rules.Accepted && !open && !shown && !(other && g.contract):
		t.Errorf("%s: DEV's client %s: it gets in (%s), and lint says nothing of it: %v",
			p.name, g.name, witness, names(found))
	case foreign == rules.Rejected && shown && g.asks != "" && g.contract:
		t.Errorf("%s: DEV's client has everything and is kept out, and lint says that who has "+
			"it gets in: %v", p.name, names(found))
	case foreign == rules.Rejected && strangers == rules.Rejected && open:
		t.Errorf("%s: DEV's client %s: nobody gets in, and lint says so: %v",
			p.name, g.name, names(found))
	}
}

// furthestRow is how far some rows of UAT's column get, and the name of one that gets so far.
func furthestRow(
	m *environments.Matrix, of func(*environments.Row) bool,
) (best rules.Decision, name string) {
	best = rules.Rejected
	for r, row := range m.Rows {
		if got := m.Cell(r, 0).Outcome; of(row) && issued.Further(got, best) {
			best, name = got, row.Name
		}
	}
	return best, name
}

// pair is policies with a random registration.
func (r *randomEstate) pair(t *testing.T, i int, policies string) *pair {
	t.Helper()
	registered := r.registration()
	file, compiled := mulePolicies(t, policies)
	name := fmt.Sprint(i, " ", strings.Join(r.name, ", "))
	return &pair{
		name: name, file: file, policies: compiled, apps: registrations(t, registered...),
	}
}

func TestLintSaysWhatTheMatrixFindsInRandomEstates(t *testing.T) {
	t.Parallel()
	counts, crossings := map[rules.Decision]int{}, map[string]map[rules.Decision]int{}
	all, keyless := foreignClients(), 0
	for i := range 600 / oneRandomOf {
		r := &randomEstate{Rand: rand.New(rand.NewPCG(13, uint64(i)))}
		p := r.pair(t, i, r.policies())
		_, matrix := p.matrix(t)
		found := p.lint()
		p.checkLint(t, matrix, found, counts)
		p.holdCrossings(t, all[i%len(all)], found, crossings)
		if p.holdKeys(t, matrix, found) {
			keyless++
		}
	}
	if keyless < 60/oneRandomOf {
		t.Errorf("%d have keys that verify nothing: the test proves little", keyless)
	}
	if least := 200 / oneRandomOf; counts[rules.Accepted] < least ||
		counts[rules.Rejected] < least {
		t.Errorf("%v: the test proves little", counts)
	}
}

// givenPolicies are policies of UAT that mostly let in those who were given something.
func (r *randomEstate) givenPolicies() string {
	audience := audienceSettings()[1+r.IntN(2)]
	pin := issuerSettings()[1+r.IntN(2)]
	open := clientSettings()[0]
	client := r.draw(append(clientSettings(), open, open, open))
	all := append(permissionSettings(), []setting{
		permissionSettings()[2], permissionSettings()[2], permissionSettings()[1],
		{name: "a role or a scope", claim: [2]string{
			"ver", "#[(vars.claimSet.roles contains 'UAT.Call') or " +
				"((vars.claimSet.scp splitBy ' ') contains 'UAT.Access')]",
		}},
		{name: "a role's ending", claim: [2]string{
			"roles", "#[vars.claimSet.roles[0] endsWith '.Call']",
		}},
		{name: "some role", claim: [2]string{"roles", "#[vars.claimSet.roles != null]"}},
	}...)
	permission := r.draw(all)
	r.name = append(r.name, audience.name, pin.name)
	if r.one("one policy", "one policy", "two policies") == "two policies" {
		return "[" + jwtPolicy(audience, client) + "," + jwtPolicy(pin, permission,
			setting{fields: map[string]any{"skipClientIdValidation": true}}) + "]"
	}
	return jwtPolicy(audience, pin, client, permission)
}

func TestLintSaysWhatOnlyTheEstateShows(t *testing.T) {
	t.Parallel()
	crossings, all := map[string]map[rules.Decision]int{}, foreignClients()
	for i := range 720 / oneRandomOf {
		r := &randomEstate{Rand: rand.New(rand.NewPCG(14, uint64(i)))}
		p := r.pair(t, i, r.givenPolicies())
		p.holdCrossings(t, all[i%len(all)], p.lint(), crossings)
	}
	for _, given := range all {
		got, least := crossings[given.name], 6/oneRandomOf
		if got[rules.Accepted] < least || got[rules.Rejected] < least {
			t.Errorf("DEV's client %s: %v: the test proves little", given.name, got)
		}
	}
}
