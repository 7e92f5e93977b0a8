package cmd

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
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
			found := j.Findings(readSource(t, filepath.Join(folder, "policies", name+".json")))
			column{folder + " " + name, matrix, g, estate.Sites[g].Policies}.holdAgainst(
				t, found, counts,
			)
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

// closed is policies that perhaps accept no token that Entra ID signs, whatever it claims.
func (r *randomEstate) closed(text string) string {
	const removal = `{"assetId": "header-removal", "assetVersion": "1.1.0", "order": 1, ` +
		`"configurationData": {"inboundHeaders": ["Authorization"]}}`
	switch r.one(
		"open", "open", "open", "ES256", "RS512", "a secret", "another cloud", "removed",
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

func TestLintSaysWhatTheMatrixFindsInRandomEstates(t *testing.T) {
	t.Parallel()
	counts := map[rules.Decision]int{}
	for i := range 600 {
		r := &randomEstate{Rand: rand.New(rand.NewPCG(13, uint64(i)))}
		policies, registered := r.policies(), r.registration()
		file, err := source.Read("policy.json", []byte(policies))
		if err != nil {
			t.Fatal(err)
		}
		compiled, err := everyGateway().Read([]*source.File{file}, rules.Options{Variant: "mule"})
		if err != nil {
			t.Fatal(err)
		}
		p := pair{
			fmt.Sprint(i, " ", strings.Join(r.name, ", ")), file, compiled.Policies,
			registrations(t, registered...),
		}
		_, matrix := p.matrix(t)
		p.checkLint(t, matrix, counts)
	}
	if counts[rules.Accepted] < 200 || counts[rules.Rejected] < 200 {
		t.Errorf("%v: the test proves little", counts)
	}
}
