package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
)

// evaluated is the matrix of sites.
func evaluated(allow []environments.Crossing, sites ...environments.Site) *environments.Matrix {
	cloud, _ := entra.CloudByID("public")
	estate := environments.Estate{
		Tenant: tenant, Cloud: cloud, At: noon(), Sites: sites, Allow: allow,
		Signatures: environments.Assumed("valid"),
	}
	return estate.Evaluate()
}

// site is an environment with tokens of its own, each for one audience.
func site(name string, policies []*rules.Policy, audiences ...string) environments.Site {
	s := environments.Site{Name: name, Policies: policies}
	for _, audience := range audiences {
		claims := strings.Replace(ownClaims, "api://orders-uat", audience, 1)
		s.Tokens = append(s.Tokens, environments.Real{Name: audience, Token: tokenWith(claims)})
	}
	return s
}

// entraKeys are the keys that Azure public signs with.
const entraKeys = "https://login.microsoftonline.com/" + tenant + "/discovery/v2.0/keys"

// checking is a policy that verifies signatures and makes one more check.
func checking(file *source.File, check *rules.Check) []*rules.Policy {
	signature := checkAt(file, rules.Signature, "tenant", 401,
		rules.Predicate{Op: rules.Verifies, Key: &rules.Key{URL: entraKeys}})
	p := *lenient(file)
	p.Root = rules.AllOf(signature, check)
	return []*rules.Policy{&p}
}

// forAudience checks the audience.
func forAudience(file *source.File, audience string) []*rules.Policy {
	return checking(file, checkAt(file, rules.Audience, "audience", 401, equals("aud", audience)))
}

// forIssuer checks the issuer alone.
func forIssuer(file *source.File) []*rules.Policy {
	return checking(file, checkAt(file, rules.Issuer, "tenant", 401, equals("iss", issuer)))
}

// withContract wants a contract, of which none is known.
func withContract(file *source.File) []*rules.Policy {
	return checking(file, checkAt(file, rules.Contract, "clientId", 403,
		rules.Predicate{Op: rules.Listed, Input: rules.Claim("appid")}))
}

// disabled is a policy that is switched off.
func disabled(file *source.File) *rules.Policy {
	p := *lenient(file)
	at := file.Documents[0].Member("header")
	p.When = rules.Guard{Disabled: true, Field: "header", Pos: at.Pos, Span: at.Span}
	return &p
}

// openEstate is three environments, with cells of every kind and the repairs that were tried.
func openEstate(t *testing.T) *report.Matrixing {
	file := orders(t)
	uat := "uat " + hostile
	allow := []environments.Crossing{{
		From: uat, To: "lab", Reason: "load tests " + hostile,
		Pos: source.Position{File: "gatewhy.yaml", Line: 9, Column: 5},
	}}
	before := evaluated(
		allow,
		site("dev", forIssuer(file), "api://orders-dev", "api://old"),
		site(uat, append(forAudience(file, "api://orders-uat"), disabled(file)),
			"api://orders-uat", "api://x "+hostileJSON),
		site("lab", withContract(file)),
	)
	after := evaluated(
		allow,
		site("dev", forAudience(file, "api://orders-dev"), "api://orders-dev", "api://old"),
		site(uat, forAudience(file, "api://orders-uat"), "api://orders-uat",
			"api://x "+hostileJSON),
		site("lab", withContract(file)),
	)
	change := report.FileChange{File: file.Name, FieldChange: rules.FieldChange{
		Field: "audience", From: `["a"]`, To: `["a","` + hostile + `"]`,
	}}
	return &report.Matrixing{
		Matrix: before, Name: "gatewhy.yaml " + hostile, Allow: allow, File: fileNamed(file),
		Fixed: after,
		Repairs: []report.Repair{
			{
				Gateway: 0, Titles: []string{"check the audience", "narrow it " + hostile},
				Changes: []report.FileChange{change}, Before: 2, After: after, Chosen: true,
				Files: []*source.File{
					{Name: file.Name, Text: []byte("{}")}, {Name: "unchanged.json"},
				},
			},
			{Gateway: 0, Titles: []string{"check the scope"}, Before: 2, Wrong: 1, After: before},
			{
				Gateway: 2, Titles: []string{"rewrite"}, Changes: make([]report.FileChange, 7),
				Before: 1, Wrong: 1, After: before, Chosen: true,
			},
		},
	}
}

// quietEstate is one environment whose own token alone gets in.
func quietEstate(t *testing.T) *report.Matrixing {
	file := orders(t)
	m := evaluated(nil, site("uat", forAudience(file, "api://orders-uat"), "api://orders-uat"))
	return &report.Matrixing{Matrix: m, Name: "gatewhy.yaml", File: fileNamed(file), Fixed: m}
}

// modelledEstate is an API that any client of the tenant can call, with what Entra ID could issue
// for it. After the repair its users are locked out.
func modelledEstate(t *testing.T) *report.Matrixing {
	file := orders(t)
	apps := registrations(t, `[
		{"appId":"`+client+`","identifierUris":["api://orders-uat"],
		 "api":{"oauth2PermissionScopes":[{"id":"2","value":"Orders.Use","isEnabled":true}]},
		 "appRoles":[{"id":"1","value":"Orders.Read","isEnabled":true,
		  "allowedMemberTypes":["Application"]}]},
		{"appId":"`+strings.Replace(client, "6f", "7f", 1)+`","identifierUris":[]}]`)
	uat := environments.Site{
		Name: "uat", Policies: forAudience(file, "api://orders-uat"), API: apps[0],
		Clients: apps[1:],
	}
	before := evaluated(nil, uat)
	roles := rules.Claim("roles")
	uat.Policies = checking(file, checkAt(file, rules.Scopes, "header", 403,
		rules.Required(roles, rules.Predicate{
			Op: rules.Contains, Input: roles, Values: rules.Literals("Orders.Read"),
		})))
	after := evaluated(nil, uat)
	return &report.Matrixing{
		Matrix: before, Name: "gatewhy.yaml", File: fileNamed(file), Fixed: after,
		Repairs: []report.Repair{
			{Titles: []string{"check the roles"}, After: after, Chosen: true},
		},
	}
}

func registrations(t *testing.T, text string) []*entra.Registration {
	t.Helper()
	directory, err := entra.ReadRegistrations(read(t, "apps.json", text))
	if err != nil {
		t.Fatal(err)
	}
	return directory.Apps
}

func TestMatrices(t *testing.T) {
	t.Parallel()
	golden(t, "matrix", Formats().Matrix, []row[*report.Matrixing]{
		{
			fact:   "each wrong cell is shown with a token that proves it",
			style:  Style{Unicode: true, Width: 100},
			report: openEstate,
		},
		{
			fact:    "where no cell is wrong nothing is proposed",
			formats: []string{"text", "markdown", "junit"},
			report:  quietEstate,
		},
		{
			fact:    "rows are folded to what a reader takes in",
			formats: []string{"text", "markdown"},
			style:   Style{Unicode: true},
			report:  modelledEstate,
		},
		{
			fact:    "an environments own tokens that stay out are listed",
			formats: []string{"text", "html"},
			style:   Style{Unicode: true},
			report: func(t *testing.T) *report.Matrixing {
				x := modelledEstate(t)
				return &report.Matrixing{Matrix: x.Fixed, Name: x.Name, File: x.File}
			},
		},
		{
			fact:    "what a caller writes beside the token is shown",
			formats: []string{"text", "markdown", "json", "html"},
			style:   Style{Unicode: true},
			report: func(t *testing.T) *report.Matrixing {
				file := orders(t)
				header := rules.Input{Source: rules.FromHTTP, Name: "x-client_id" + hostile}
				named := checkAt(file, rules.ClientID, "clientId", 403, rules.Found(header))
				m := evaluated(nil, site("dev", nil, "api://orders-dev"),
					site("uat", checking(file, named), "api://orders-uat"))
				return &report.Matrixing{Matrix: m, Name: "gatewhy.yaml", File: fileNamed(file)}
			},
		},
		{
			fact:    "a grid that is too wide comes in parts",
			formats: []string{"text"},
			style:   Style{Width: 40},
			report: func(t *testing.T) *report.Matrixing {
				x := openEstate(t)
				return &report.Matrixing{Matrix: x.Matrix, File: x.File}
			},
		},
	})
}

func TestOfManyGatewaysARepairShowsItsOwnAlone(t *testing.T) {
	t.Parallel()
	file := orders(t)
	var sites []environments.Site
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		sites = append(sites, site(name, forIssuer(file), "api://"+name))
	}
	p := &matrixPage{x: matrixing{&report.Matrixing{Matrix: evaluated(nil, sites...)}}}
	p.repair(&report.Repair{Gateway: 1, After: p.x.Matrix})
	_, grid, _ := strings.Cut(p.String(), `<th scope="col">token</th>`)
	columns, _, _ := strings.Cut(grid, "</tr>")
	want := `<th scope="col">b now</th><th scope="col">b after the change</th>`
	if columns != want {
		t.Errorf("columns: %s", columns)
	}
	lines, answers := strings.Count(grid, `<th scope="row">`), strings.Count(grid, "<td ")
	if lines == 0 || answers != 2*lines {
		t.Errorf("%d lines, %d cells: %s", lines, answers, grid)
	}
}

func TestTheSentenceOfAMatrixSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	file := orders(t)
	for _, test := range []struct {
		fact, want string
		matrix     *environments.Matrix
	}{
		{
			"what is not known is not right", "No cell is known to be wrong; 1 of 1 cell is not " +
				"known.",
			evaluated(nil, site("uat", withContract(file), "api://orders-uat")),
		},
	} {
		t.Run(test.fact, func(t *testing.T) {
			x := matrixing{&report.Matrixing{Matrix: test.matrix}}
			if got := x.sentence(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestAGridThatIsTooLargeShowsTheWrongCellsFirst(t *testing.T) {
	t.Parallel()
	file := orders(t)
	var unknown []environments.Site
	for i := range 12 {
		name := fmt.Sprintf("unknown-%02d", i)
		unknown = append(unknown, site(name, withContract(file), "api://"+name))
	}
	wrong := site("open", forAudience(file, "api://unknown-00"), "api://open")
	for _, test := range []struct {
		fact, column, sentence string
		sites                  []environments.Site
	}{
		{
			"one wrong cell counts for more than a column of cells that are not known",
			" open ", "the most wrong cells", append(slices.Clone(unknown), wrong),
		},
		{
			"without a wrong cell it is those that are not known",
			" unknown-00 ", "the most cells that are not known", unknown,
		},
	} {
		t.Run(test.fact, func(t *testing.T) {
			text := &Text{Style: Style{Width: 60}}
			MatrixText(text, &report.Matrixing{Matrix: evaluated(nil, test.sites...)})
			var screen strings.Builder
			if _, err := text.WriteTo(&screen); err != nil {
				t.Fatal(err)
			}
			words := strings.Join(strings.Fields(screen.String()), " ")
			_, heads, _ := strings.Cut(words, "gateway token")
			heads, _, _ = strings.Cut(heads, "??")
			if !strings.Contains(heads, test.column) || !strings.Contains(words, test.sentence) {
				t.Errorf("columns %q of\n%s", heads, &screen)
			}
		})
	}
}

func TestAWrittenChangeIsNoLongerOneThatWouldDoSomething(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		matrixing{&report.Matrixing{}}.openedTitle(): "tokens that this change would let in, " +
			"and that must not get in",
		matrixing{&report.Matrixing{Written: []string{"a"}}}.lostTitle(): "your own tokens that " +
			"this change locks out; others of the same environment get in",
	} {
		if title != want {
			t.Errorf("got %q, want %q", title, want)
		}
	}
}
