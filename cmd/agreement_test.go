package cmd

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
	"github.com/gatewhy/gatewhy/rules/lint"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// The commands that speak of who gets in draw on one model. This test holds them against each
// other: for every policy of testdata with every app registration there, and for random pairs.

// pair is the policies of one API, and its app registration.
type pair struct {
	name     string
	file     *source.File
	policies []*rules.Policy
	apps     *entra.Directory
	beside   []environments.Site // other environments than UAT; the holes' DEV where it is nil
	variant  string              // of the gateway; Mule's where it is empty
	several  bool                // the file has other APIs too, of which lint says something
}

func (p *pair) options() rules.Options {
	return rules.Options{Variant: cmp.Or(p.variant, "mule")}
}

// matrix runs the model's tokens against the pair: UAT beside other environments.
func (p *pair) matrix(t *testing.T) (*environments.Estate, *environments.Matrix) {
	e := holesEstate(t, p.apps)
	e.Sites[1].Policies = p.policies
	client := asking(e.Sites[1].Clients[0], p.apps.Apps[0])
	unnamed := *client // by any policy
	unnamed.AppID.Value = "1f7e0c62-9d35-4b8a-a6f4-0c2d5e8b7a31"
	e.Sites[1].Clients = []*entra.Registration{client, &unnamed}
	if p.beside != nil {
		e.Sites = append(slices.Clone(p.beside), e.Sites[1])
	}
	return e, e.Evaluate()
}

// asking is a client that asks for all that an API gives, if it gives anything by name.
func asking(client, api *entra.Registration) *entra.Registration {
	if len(api.Scopes)+len(api.Roles) == 0 {
		return client
	}
	asks, all := *client, entra.Requirement{Resource: api.AppID}
	for _, scope := range api.Scopes {
		all.Scopes = append(all.Scopes, scope.ID)
	}
	for _, role := range api.Roles {
		all.Roles = append(all.Roles, role.ID)
	}
	asks.Requires = []entra.Requirement{all}
	return &asks
}

// pairs are every policy of testdata with every registration; or, without the tag long, each with
// some of the others.
func pairs(t *testing.T) []pair {
	var all []pair
	policies := 0
	var registered []*entra.Directory
	known := map[string]bool{}
	for _, name := range filesLike(
		t, "../testdata/environments/*/entra/*", "../testdata/rules/*/app*",
	) {
		d, err := entra.ReadRegistrations(readSource(t, name))
		if err != nil || len(d.Apps) != 1 || !d.Apps[0].AppID.Known() || len(d.Apps[0].URIs) == 0 {
			continue // no API's
		}
		if what := sameAs(d.Apps[0]); !known[what] {
			known[what] = true
			registered = append(registered, d)
		}
	}
	for _, name := range filesLike(
		t, "../testdata/environments/*/policies/*", "../testdata/rules/*/ok*",
		"../testdata/rules/*/bad*",
	) {
		policies++
		for _, p := range pairsOf(t, name) {
			every := onePolicyOf
			if p.variant == "flex" {
				every = 6 * onePolicyOf
			}
			for i, apps := range registered {
				if (policies+i)%every == 0 {
					p.apps = apps
					all = append(all, p)
					all[len(all)-1].name += " with " + apps.Apps[0].Title()
				}
			}
		}
	}
	return all
}

// pairsOf is the policies of each API in a file, as each gateway that it may be meant for reads
// them. Whose a client of DEV is that it names, lint does not know: it has a client of UAT's.
func pairsOf(t *testing.T, name string) []pair {
	text := readSource(t, name).Text
	text = bytes.ReplaceAll(text, []byte(holesDEVClient), []byte(holesClient))
	file, err := source.Read(name, text)
	if err != nil {
		t.Fatal(err)
	}
	var all []pair
	for _, variant := range []string{"mule", "flex"} {
		compiled, err := everyGateway().Read([]*source.File{file}, rules.Options{Variant: variant})
		if err != nil {
			t.Fatal(err)
		}
		apis := rules.ByAPI(compiled.Policies)
		for _, policies := range apis {
			of := policies[0].Variant
			if variant == "mule" || of == variant {
				all = append(all, pair{
					name: name + " " + of, file: file, policies: policies, variant: variant,
					several: len(apis) > 1,
				})
			}
		}
	}
	return all
}

// sameAs is what of an API's registration tells its tokens from another's.
func sameAs(app *entra.Registration) string {
	text := fmt.Sprint(
		app.AppID.Value, app.Version.Value, app.SignIn.Value, app.AssignmentRequired(),
		app.Principal != nil, app.Claims != nil,
	)
	for _, p := range slices.Concat(app.Scopes, app.Roles) {
		text += fmt.Sprint(p.Value.Value, p.AdminOnly, p.Users, p.Apps)
	}
	for _, uri := range app.URIs {
		text += uri.Value
	}
	return text
}

// randomPairs are 500 combinations of settings, good and bad, with registrations that differ in
// what decides who can have a token: always the same ones, and without the tag long the first of
// them. Every third one has a check for what Entra ID never writes.
func randomPairs(t *testing.T) []pair {
	dice := rand.New(rand.NewPCG(10, 500))
	others, never := rand.New(rand.NewPCG(11, 500)), impossibleSettings()
	draw := func(all []setting) setting { return all[dice.IntN(len(all))] }
	one := func(texts ...string) string { return texts[dice.IntN(len(texts))] }
	issuer := strings.NewReplacer(
		"https://sts.windows.net/"+holesTenant+"/",
		"https://login.microsoftonline.com/"+holesTenant+"/v2.0",
	)
	var all []pair
	for i := range 500 / oneRandomOf {
		audience, by := draw(audienceSettings()), draw(issuerSettings())
		client, permission := draw(clientSettings()), draw(permissionSettings())
		impossible := setting{name: "nothing impossible"}
		if i%3 == 0 {
			impossible = never[others.IntN(len(never))]
		}
		text := jwtPolicy(audience, by, client, permission, impossible)
		version := one("1", "2", "null")
		if version == "2" {
			text = issuer.Replace(text)
		}
		api := strings.NewReplacer(
			"VERSION", version,
			`"type": "Admin"`, `"type": "`+one("Admin", "User")+`"`,
			`["Application"]`, one(`["Application"]`, `["User"]`, `["Application", "User"]`),
			"AzureADMyOrg", one("AzureADMyOrg", "AzureADMyOrg", "AzureADMultipleOrgs"),
		).Replace(holesUAT)
		assigned := `"appRoleAssignmentRequired": ` + one("false", "false", "true")
		principal := strings.Replace(
			holesPrincipal, `"appRoleAssignmentRequired": false`, assigned, 1,
		)
		file, policies := mulePolicies(t, text)
		name := fmt.Sprintf(
			"random %d: %s, %s, %s, %s, %s, of %s, %s", i, audience.name, by.name, client.name,
			permission.name, impossible.name, api, assigned,
		)
		apps := registrations(t, api, principal)
		all = append(all, pair{name: name, file: file, policies: policies, apps: apps})
	}
	return all
}

// impossibleSettings ask for claims and values that Entra ID never writes.
func impossibleSettings() []setting {
	var all []setting
	for claim, values := range map[string][]string{
		"scope": {"UAT.Access", "#[vars.claimSet.scope contains 'UAT.Access']"},
		"role":  {"UAT.Call"}, "client_id": {holesClient}, "Appid": {holesClient},
		"appid ":   {holesClient},
		"appid":    {strings.ToUpper(holesClient), holesClient + " ", "the-client"},
		"appidacr": {"#[vars.claimSet.appidacr == 1]", "3"},
		"tid": {
			strings.ToUpper(holesTenant), "#[vars.claimSet.tid == '" + holesTenant + "/']",
		},
		"aud": {
			"UAT.Access", "orders-uat", "api://orders-uat api://orders-dev",
			strings.ToUpper(holesAPI), "['api://orders-uat']",
		},
		"iss": {
			"https://sts.windows.net/" + holesTenant, "https://sts.windows.net/common/",
			"https://login.microsoftonline.com/{tenantid}/v2.0",
		},
		"ver": {"1", "#[vars.claimSet.ver == 1]", "v1.0"},
		"scp": {"api://orders-uat/UAT.Access", "#[vars.claimSet.scp == ['UAT.Access']]"},
	} {
		for _, value := range values {
			all = append(all, setting{
				name: "never " + value + " in " + claim, claim: [2]string{claim, value},
			})
		}
	}
	slices.SortFunc(all, func(a, b setting) int { return strings.Compare(a.name, b.name) })
	return all
}

func filesLike(t *testing.T, patterns ...string) []string {
	var all []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		all = append(all, found...)
	}
	return all
}

func readSource(t *testing.T, name string) *source.File {
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, err := source.Read(name, content)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// minter signs witnesses as Entra ID would, and a forger's as they would.
type minter struct {
	tenants, forgers *mint.Key
	set              *keys.Set
	// what was signed before: many witnesses are the same
	signed map[string]*inspect.Token
	shapes map[string]int // how many tests of each were held against a witness
}

func newMinter(t *testing.T) *minter {
	m := &minter{signed: map[string]*inspect.Token{}, shapes: map[string]int{}}
	var err error
	if m.tenants, err = keyNamed("signing", "RS256"); err != nil {
		t.Fatal(err)
	}
	if m.forgers, err = keyNamed("other", "RS256"); err != nil {
		t.Fatal(err)
	}
	text, err := mint.Set(m.tenants)
	if err != nil {
		t.Fatal(err)
	}
	if m.set, err = keys.Parse("keys", text); err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *minter) sign(t *testing.T, claims *source.Value, forged bool) *inspect.Token {
	key, text := m.tenants, claims.JSON()
	if forged {
		key = m.forgers
	}
	if token := m.signed[key.ID+text]; token != nil {
		return token
	}
	compact, err := key.Sign(
		"RS256", fmt.Appendf(
			nil, `{"typ":"JWT","alg":"RS256","kid":%q}`, m.tenants.ID,
		), []byte(text),
	)
	if err != nil {
		t.Fatal(err)
	}
	m.signed[key.ID+text] = inspect.Parse(compact)
	return m.signed[key.ID+text]
}

// asTest is the same token as a policy test writes it: a shape, with each of its claims, and of
// those that are read, replaced or taken away.
func asTest(claims *source.Value, read []string) *environments.TokenSpec {
	spec := &environments.TokenSpec{
		Shape: entra.Text{Value: "entra-v1-app-only"}, Claims: &source.Value{Kind: source.Object},
	}
	spec.Claims.Members = append(spec.Claims.Members, claims.Members...)
	for _, m := range spec.Make(clock, read...).Claims.Members {
		if claims.Member(m.Key) == nil {
			spec.Claims.Members = append(
				spec.Claims.Members, source.Member{
					Key: m.Key, Value: &source.Value{Kind: source.Null},
				},
			)
		}
	}
	return spec
}

// TestTheCommandsAgreeOnWhoGetsIn runs the matrix of every pair once, and holds the others against
// it.
func TestTheCommandsAgreeOnWhoGetsIn(t *testing.T) {
	t.Parallel()
	m, minted, counts, fixes := newMinter(t), 0, map[rules.Decision]int{}, 0
	for _, p := range slices.Concat(pairs(t), randomPairs(t)) {
		e, matrix := p.matrix(t)
		minted += p.checkWitnesses(t, m, e, matrix)
		if !p.several {
			p.checkLint(t, matrix, p.lint(), counts)
			fixes += p.holdFixes(t, counts)
		}
	}
	t.Logf("%d witnesses were minted, and %d fixes made; %v; %v", minted, fixes, counts, m.shapes)
	for _, shape := range issued.Shapes()[:5] { // those of tokens that the model knows
		if m.shapes[shape] < 400/onePolicyOf {
			t.Errorf("%s was held against %d witnesses", shape, m.shapes[shape])
		}
	}
	const least = 1600 / onePolicyOf
	if minted < 10*least || counts[rules.Accepted] < least || counts[rules.Rejected] < least {
		t.Errorf("%d witnesses were minted, %v: the test proves little", minted, counts)
	}
}

// checkWitnesses mints witnesses of the matrix, with what Entra ID always writes beside what the
// model knows, and runs them as explain does, with a key set, and as test does: each gets the
// verdict that matrix gave.
func (p *pair) checkWitnesses(
	t *testing.T, m *minter, e *environments.Estate, matrix *environments.Matrix,
) (minted int) {
	count, read := map[rules.Decision]int{}, issued.ReadBy(p.policies)
	for r, row := range matrix.Rows {
		p.checkShape(t, m, e, matrix, r, read)
		want := matrix.Cell(r, 0).Outcome
		if count[want]++; want == rules.Undetermined || count[want] > mostMinted {
			continue
		}
		minted++
		request, w := p.request(t, m, e, matrix, r), matrix.Witness(r, 0)
		claims, forged := w.Token.InFull(""), row.Holder == issued.Forger
		if got := rules.Evaluate(p.policies, request); !same(&got, &w.Verdict) {
			t.Errorf(
				"%s: %s: matrix says %s %d, explain %s %d of\n%s", p.name, row.Name, want,
				w.Verdict.Status, got.Outcome, got.Status, claims.JSON(),
			)
		}
		request.Token = asTest(claims, read).Make(e.At, read...)
		request.Signatures = environments.Assumed(
			map[bool]string{true: "invalid", false: "valid"}[forged],
		)
		if got := rules.Evaluate(p.policies, request); !same(&got, &w.Verdict) {
			t.Errorf(
				"%s: %s: matrix says %s %d, test %s %d of\n%s", p.name, row.Name, want,
				w.Verdict.Status, got.Outcome, got.Status, claims.JSON(),
			)
		}
	}
	return minted
}

// checkShape holds a policy test against a witness of the matrix: of a shape that is like it, with
// what the model knows of the witness and no more, test knows neither more nor less than matrix.
func (p *pair) checkShape(
	t *testing.T, m *minter, e *environments.Estate, matrix *environments.Matrix, row int,
	read []string,
) {
	t.Helper()
	w, cell := matrix.Witness(row, 0), matrix.Cell(row, 0)
	unverified := func(r rules.Result) bool {
		return r.Check.ID == rules.Signature && r.Outcome == rules.Unsure
	}
	if w.Token.Doubt() != "" || cell.Limit != "" || slices.Contains(read, "*") ||
		slices.ContainsFunc(w.Verdict.Results, unverified) {
		return // perhaps nobody has it, and a test says of each signature whether it is valid
	}
	claims := &source.Value{Kind: source.Object}
	for _, name := range read {
		value := w.Token.Claim(name)
		switch {
		case value == nil:
			value = &source.Value{Kind: source.Null}
		case value.Is(source.Unknown):
			continue
		}
		claims.Members = append(claims.Members, source.Member{Key: name, Value: value})
	}
	spec := environments.TokenSpec{Claims: claims}
	spec.Shape.Value = shapeLike(w.Token)
	token := spec.Make(e.At, read...)
	for _, name := range read {
		is, want := token.Claims.Member(name), w.Token.Claim(name)
		if !want.Is(source.Unknown) || is.Is(source.Unknown) && is.Present == want.Present {
			continue
		}
		if slices.Contains([]string{"aud", "iss", "scp", "roles"}, name) ||
			matrix.Rows[row].Holder == issued.Forger || w.Token.CanBeAsWanted(name) {
			return // the model knows less of this holder than of an example
		}
		t.Errorf("%s: %s: a test of the shape %s says %s of %s", p.name, matrix.Rows[row].Name,
			spec.Shape.Value, is.JSON(), name)
	}
	verified := "valid"
	if matrix.Rows[row].Holder == issued.Forger {
		verified = "invalid"
	}
	class := cell.Class()
	request := &rules.Request{
		Token: token, At: e.At, Contracts: e.Sites[len(e.Sites)-1].Contracts,
		Headers: w.Written.Headers, Query: w.Written.Query, Method: class.Method,
		Path: class.Path, Signatures: environments.Assumed(verified),
	}
	m.shapes[spec.Shape.Value]++
	if got := rules.Evaluate(p.policies, request); !same(&got, &w.Verdict) {
		t.Errorf(
			"%s: %s: matrix says %s %d, test %s %d of the shape %s with\n%s", p.name,
			matrix.Rows[row].Name, w.Verdict.Outcome, w.Verdict.Status, got.Outcome, got.Status,
			spec.Shape.Value, claims.JSON(),
		)
	}
}

// shapeLike is the shape that a token of the model has.
func shapeLike(of *issued.Token) string {
	flow := "app-only"
	switch {
	case of.Claim("azp") == nil && of.Claim("appid") == nil:
		return "entra-id-token"
	case of.User():
		flow = "delegated"
	}
	return fmt.Sprintf("entra-v%d-%s", of.Version(), flow)
}

// same reports whether a minted token got the verdict of the modelled one: its status too, but
// where a check before the one that decides is open for the modelled token, which a minted one
// fails.
func same(got, modelled *rules.Verdict) bool {
	return got.Outcome == modelled.Outcome &&
		(got.Status == modelled.Status || len(modelled.Earlier()) > 0)
}

// request is a witness of the matrix, minted as a real token, in a request of its class.
func (p *pair) request(
	t *testing.T, m *minter, e *environments.Estate, matrix *environments.Matrix, row int,
) *rules.Request {
	t.Helper()
	w, class := matrix.Witness(row, 0), matrix.Cell(row, 0).Class()
	forged := matrix.Rows[row].Holder == issued.Forger
	return &rules.Request{
		Token: m.sign(t, w.Token.InFull(""), forged), At: e.At,
		Contracts: e.Sites[len(e.Sites)-1].Contracts,
		Headers:   w.Written.Headers, Query: w.Written.Query,
		Method: class.Method, Path: class.Path, Signatures: &report.Signatures{Given: m.set},
	}
}

// outerDropped is the rule for a policy that takes the place of one that looks at tokens.
const outerDropped = "outer-policy-dropped"

// saying lists the rules by which lint says that somebody gets in. A policy that asks a validation
// endpoint, and no other, names no keys, and lint does not tell other tenants from other APIs of
// the tenant there; a policy that is disabled, and a route that no policy covers, lets everybody
// in.
func saying(who string, policies []*rules.Policy) []string {
	tenant := []string{
		"policy-disabled", "route-not-covered", "any-client-accepted", "audience-not-checked",
		"scope-without-audience", "assignment-not-required", "client-id-chosen-by-caller",
		outerDropped,
	}
	has := func(id rules.ID) bool {
		return slices.ContainsFunc(policies, func(p *rules.Policy) bool {
			return slices.ContainsFunc(
				p.Checks(), func(c *rules.Check) bool { return c.ID == id },
			)
		})
	}
	introspects := has(rules.Introspection) && !has(rules.Signature)
	switch {
	case who == "forgers":
		return []string{
			"policy-disabled", "route-not-covered", "signature-not-verified", outerDropped,
		}
	case who == "other tenants" && !introspects:
		return []string{
			"policy-disabled", "route-not-covered", "issuer-not-pinned", outerDropped,
		}
	}
	return tenant
}

// saysNow reports whether lint says that somebody gets in with the policies as they are. Some
// warnings are of what is one change away, a note of an issuer that is not pinned, or of a
// signature that is not verified, is of a hole that something else closes, and what is not known
// is not said.
func saysNow(found []rules.Finding, who string, policies []*rules.Policy) bool {
	names := saying(who, policies)
	closed := []string{"issuer-not-pinned", "signature-not-verified"}
	return slices.ContainsFunc(found, func(f rules.Finding) bool {
		return slices.Contains(names, f.Rule) &&
			(f.Severity != rules.Warning || !oneChangeAway(f.Rule)) &&
			(f.Severity != rules.Note || !slices.Contains(closed, f.Rule)) &&
			!strings.Contains(f.Message, "; today nobody gets in") &&
			!strings.HasPrefix(f.Message, "it is not known whether")
	})
}

// lint is what lint finds, with the app registration.
func (p *pair) lint() []rules.Finding {
	j := report.NewJudge(everyGateway(), p.options(), nil)
	j.Apps = p.apps
	return j.Findings(p.file)
}

// checkLint holds lint against the matrix: lint says that somebody of a sort gets in exactly where
// matrix has a witness. Where matrix does not know, lint may say either.
func (p *pair) checkLint(
	t *testing.T, matrix *environments.Matrix, found []rules.Finding,
	counts map[rules.Decision]int,
) {
	c := column{p.name, matrix, 0, p.policies}
	c.holdAgainst(t, found, counts)
	if !bytes.Contains(p.file.Text, []byte("b2clogin.com")) { // whose tokens no model has
		c.holdOwn(t, found, counts)
	}
}

// column is one gateway of a matrix.
type column struct {
	name     string
	matrix   *environments.Matrix
	gateway  int
	policies []*rules.Policy
}

// holdAgainst holds what lint found in the files of an environment against the tokens of others
// that get in there.
func (c column) holdAgainst(
	t *testing.T, found []rules.Finding, counts map[rules.Decision]int,
) {
	home := c.matrix.Gateways[c.gateway]
	for who, of := range map[string]func(*environments.Row) bool{
		"the tenant": func(r *environments.Row) bool {
			return r.Holder == issued.Stranger ||
				r.Holder == issued.Member && r.Home != home && r.Home != ""
		},
		"other tenants": func(r *environments.Row) bool { return r.Holder == issued.OtherTenant },
		"forgers":       func(r *environments.Row) bool { return r.Holder == issued.Forger },
	} {
		best, witness := rules.Rejected, ""
		for r, row := range c.matrix.Rows {
			got := c.matrix.Cell(r, c.gateway).Outcome
			if of(row) && issued.Further(got, best) {
				best, witness = got, row.Name
			}
		}
		counts[best]++
		if best == rules.Undetermined {
			continue
		}
		if says := saysNow(found, who, c.policies); says != (best == rules.Accepted) {
			t.Errorf(
				"%s: %s: matrix says %s (%s), and that lint says so is %v: %v",
				c.name, who, best, witness, says, names(found),
			)
		}
	}
}

// locking lists the rules by which lint says that an environment's own tokens are kept out, and
// others beside them.
func locking() []string {
	return append(alwaysLocking(),
		"algorithm-never-signed-with", "array-equality-on-claims", "audience-of-another-claim",
		"bearer-tokens-ignored", "claim-is-no-text", "client-id-put-together",
		"discovery-issuer-differs", "email-absent-in-app-tokens",
		"expression-not-boolean", "expression-not-parseable", "issuer-and-keys-disagree",
		"key-set-not-fetchable", "keys-url-is-discovery-document",
		"list-claim-compared-with-text", "no-request-authentication", "policy-with-an-error",
		"principal-slash", "provider-not-in-policy", "provider-verifies-no-token",
		"rule-always-matches", "star-is-literal", "text-claim-compared-with-list",
		"text-key-is-no-key", "token-taken-away", "value-never-matches",
	)
}

// alwaysLocking lists those of them that find nothing else.
func alwaysLocking() []string {
	var all []string
	for _, rule := range lint.Rules() {
		if rule.Locks {
			all = append(all, rule.Name)
		}
	}
	return all
}

// holdOwn holds what lint found in the files of an environment against its own tokens: where none
// gets in, lint says what keeps them out, and where one does, lint has no error of that kind.
func (c column) holdOwn(
	t *testing.T, found []rules.Finding, counts map[rules.Decision]int, more ...string,
) {
	if !readTokens(c.policies) {
		return
	}
	best, witness, home := rules.Rejected, "", c.matrix.Gateways[c.gateway]
	for r, row := range c.matrix.Rows {
		cell := c.matrix.Cell(r, c.gateway)
		// a client or a user that a policy names may be the environment's own
		named := (row.Holder == issued.UnknownClient || row.Holder == issued.UnknownObject) &&
			row.For == home
		if (cell.Expected == rules.Accepted || named) && issued.Further(cell.Outcome, best) {
			best, witness = cell.Outcome, row.Name
		}
	}
	if class := c.matrix.Cell(0, c.gateway).Class(); best == rules.Rejected &&
		class.String() != "" {
		best = rules.Undetermined // a cell is about the worst class of requests
	}
	counts[best]++
	says := slices.DeleteFunc(slices.Clone(found), func(f rules.Finding) bool {
		if best == rules.Accepted {
			return f.Severity != rules.Error || !slices.Contains(alwaysLocking(), f.Rule)
		}
		return !slices.Contains(append(locking(), more...), f.Rule)
	})
	if (best == rules.Rejected && len(says) == 0) || (best == rules.Accepted && len(says) > 0) {
		t.Errorf(
			"%s: matrix says %s of the environment's own (%s), and of what keeps them out lint "+
				"says %v: %v", c.name, best, witness, names(says), names(found),
		)
	}
}

// readTokens reports whether a policy looks at tokens: of one that only asks for a client's
// password lint does not know that its callers have a token.
func readTokens(policies []*rules.Policy) bool {
	return slices.ContainsFunc(policies, func(p *rules.Policy) bool {
		return slices.ContainsFunc(
			p.Checks(), func(c *rules.Check) bool { return c.ID == rules.TokenPresent },
		)
	})
}

// TestAClaimThatIsAlwaysThereIsThereForEveryCommand holds the example with which the one model
// began: matrix did not know, test accepted, and lint had an opinion of its own.
func TestAClaimThatIsAlwaysThereIsThereForEveryCommand(t *testing.T) {
	t.Parallel()
	for claim, want := range map[string]rules.Decision{
		"oid": rules.Accepted, "sub": rules.Accepted, "uti": rules.Accepted,
		"client_id": rules.Rejected,
	} {
		text := jwtPolicy(setting{
			fields: map[string]any{"skipClientIdValidation": true},
			claim:  [2]string{claim, "#[vars.claimSet." + claim + " != null]"},
		})
		file, policies := mulePolicies(t, text)
		uat := registrations(t, strings.Replace(holesUAT, "VERSION", "1", 1), holesPrincipal)
		p := pair{name: claim, file: file, policies: policies, apps: uat}
		_, matrix := p.matrix(t)
		for r, row := range matrix.Rows {
			got := matrix.Cell(r, 0).Outcome
			if row.Name == "stranger/for-uat-app" && got != want {
				t.Errorf("%s: matrix says %s, want %s", claim, got, want)
			}
		}
		spec := environments.TokenSpec{Shape: entra.Text{Value: "entra-v1-app-only"}}
		request := &rules.Request{
			Token: spec.Make(clock, claim), At: clock, Signatures: environments.Assumed("valid"),
		}
		if got := rules.Evaluate(policies, request).Outcome; got != want {
			t.Errorf("%s: test says %s, want %s", claim, got, want)
		}
		j := report.NewJudge(everyGateway(), rules.Options{Variant: "mule"}, nil)
		open := slices.ContainsFunc(
			j.Findings(file),
			func(f rules.Finding) bool { return f.Rule == "any-client-accepted" },
		)
		if open != (want == rules.Accepted) {
			t.Errorf("%s: lint says that any client is accepted: %v", claim, open)
		}
	}
}
