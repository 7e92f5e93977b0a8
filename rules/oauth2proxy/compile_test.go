package oauth2proxy

import (
	"encoding/base64"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/requests"
)

// The sources that these rows follow: pkg/middleware/jwt_session.go,
// pkg/providers/oidc/verifier.go, providers/oidc.go, oauthproxy.go and validator.go of
// oauth2-proxy v7.15.6, and oidc/verify.go of go-oidc v3.21.0.
func TestWhatBecomesOfAToken(t *testing.T) {
	t.Parallel()
	const (
		extra   = basic + "extra_jwt_issuers = [\"" + v1Issuer + "=api://orders\"]\n"
		strict  = basic + "bearer_token_login_fallback = false\n"
		byMail  = `email_domains = ["contoso.example", ".corp.example"]` + "\n"
		domains = "oidc_issuer_url = \"" + v2Issuer + "\"\nprovider = \"oidc\"\nclient_id = \"" +
			app + "\"\nskip_jwt_bearer_tokens = true\n" + byMail
		ofV1 = `iss="` + v1Issuer + `"`
	)
	with := func(lines string) string { return basic + lines + "\n" }
	keycloak := strings.Replace(basic, `"oidc"`, `"keycloak-oidc"`, 1)
	projects := strings.Replace(basic, `"oidc"`, `"gitlab"`, 1) + `gitlab_projects = ["a/b=40"]`
	tests := []struct {
		name, config, claims string
		want                 decided
	}{
		{"a token of the issuer for the client", basic, "", accepted()},
		{"an issuer of the other version", basic, ofV1, rejected(403, rules.Issuer)},
		{"no issuer", basic, "iss=", rejected(403, rules.Issuer)},
		{"an issuer with a slash", basic, `iss="` + v2Issuer + `/"`, rejected(403, rules.Issuer)},
		{
			"any issuer where it is not compared",
			with("insecure_oidc_skip_issuer_verification = true"), ofV1, accepted(),
		},

		{"expired by a second", basic, "exp=1778061599", rejected(403, rules.Expiry)},
		{"expired this second", basic, "exp=1778061600", accepted()},
		{"no exp", basic, "exp=", rejected(403, rules.Expiry)},
		{"exp that is null", basic, "exp=null", rejected(403, rules.Expiry)},
		{"exp in quotes", basic, `exp="1778064600"`, accepted()},
		{"exp with a fraction", basic, "exp=1778064600.5", accepted()},
		{"exp in milliseconds", basic, "exp=1778064600000", accepted()},
		{"an enormous exp", basic, "exp=1e30", rejected(403, rules.Expiry)},
		{"early by five minutes", basic, "nbf=1778061900", accepted()},
		{"early by more", basic, "nbf=1778061901", rejected(403, rules.NotBefore)},
		{"no nbf", basic, "nbf=", accepted()},
		{"nbf that is null", basic, "nbf=null", accepted()},
		{"nbf that is no number", basic, `nbf="soon"`, rejected(403, rules.NotBefore)},

		{"another audience", basic, `aud="api://orders"`, rejected(403, rules.Audience)},
		{"one of several audiences", basic, `aud=["x","` + app + `"]`, accepted()},
		{"no audience", basic, "aud=", rejected(403, rules.Audience)},
		{
			"an audience in another case", basic, `aud="` + app[:35] + `F"`,
			rejected(403, rules.Audience),
		},
		{
			"an extra audience", with(`oidc_extra_audiences = ["api://orders"]`),
			`aud="api://orders"`, accepted(),
		},
		{
			"an extra audience as a text with commas",
			with(`oidc_extra_audiences = "x,api://orders"`), `aud="api://orders"`, accepted(),
		},
		{
			"the first audience claim that is there",
			with(`oidc_audience_claims = ["azp", "aud"]`), `azp="` + app + `";aud="x"`, accepted(),
		},
		{
			"the first audience claim that is there, though the second would fit",
			with(`oidc_audience_claims = ["azp", "aud"]`), `azp="x"`,
			rejected(403, rules.Audience),
		},
		{
			"the second audience claim where the first is absent",
			with(`oidc_audience_claims = ["azp", "aud"]`), "", accepted(),
		},
		{
			"the first audience claim that is there, though it is null",
			with(`oidc_audience_claims = ["azp", "aud"]`), "azp=null",
			rejected(403, rules.Audience),
		},
		{
			"a null before a claim that would break the program off",
			with(`oidc_audience_claims = ["azp", "n"]`), "azp=null;n=1",
			rejected(403, rules.Audience),
		},

		{"an extra issuer", extra, ofV1 + `;aud="api://orders"`, accepted()},
		{
			"the program breaks off before it asks the extra issuer", extra, `aud=["x",null]`,
			rejected(0, rules.TokenFormat),
		},
		{
			"a group that the token has as a number",
			with(`allowed_groups = ["7", "true"]`), `groups=["x",7]`, accepted(),
		},
		{
			"a group that the token has as a boolean",
			with(`allowed_groups = ["7", "true"]`), "groups=true", accepted(),
		},
		{
			"a number that is not a group", with(`allowed_groups = ["7", "true"]`),
			"groups=[70]", rejected(403, rules.CustomClaim),
		},
		{
			"Keycloak's roles of another type",
			keycloak, `realm_access="x"`, rejected(403, rules.TokenFormat),
		},
		{
			"roles of the realm that are a text", keycloak, `realm_access={"roles":"admin"}`,
			rejected(403, rules.TokenFormat),
		},
		{
			"roles of a client that are a text", keycloak,
			`resource_access={"a":{"roles":"admin"}}`, rejected(0, rules.TokenFormat),
		},
		{
			"roles of a realm and of a client that are texts", keycloak,
			`realm_access={"Roles":"a"};resource_access={"a":{"roles":"a"}}`,
			rejected(403, rules.TokenFormat),
		},
		{
			"roles as Keycloak writes them", keycloak,
			`realm_access={"roles":["a"]};resource_access={"a":{"roles":["a"]},"b":{}}`,
			accepted(),
		},
		{"the provider beside an extra issuer", extra, "", accepted()},
		{
			"the provider's audience at an extra issuer", extra, ofV1,
			rejected(403, rules.Audience),
		},
		{
			"an extra issuer shares the extra audiences",
			extra + `oidc_extra_audiences = ["api://more"]` + "\n", ofV1 + `;aud="api://more"`,
			accepted(),
		},
		{
			"an extra issuer beside a provider that verifies nothing",
			"provider = \"github\"\nskip_jwt_bearer_tokens = true\nemail_domains = \"*\"\n" +
				"extra_jwt_issuers = \"" + v2Issuer + "=x=y\"\n",
			`aud="x=y"`, accepted(),
		},

		{
			"an e-mail that is not verified", basic, "email_verified=false",
			rejected(403, rules.CustomClaim),
		},
		{"an e-mail that is verified", basic, "email_verified=true", accepted()},
		{
			"an e-mail that is not verified where that is allowed",
			with("insecure_oidc_allow_unverified_email = true"), "email_verified=false",
			accepted(),
		},
		{
			"an e-mail that is not verified at an extra issuer, whatever is allowed",
			extra + "insecure_oidc_allow_unverified_email = true\n",
			ofV1 + `;aud="api://orders";email_verified=false`, rejected(403, rules.CustomClaim),
		},

		{"an e-mail of a domain", domains, `email="A@Contoso.example"`, accepted()},
		{"an e-mail below a domain", domains, `email="a@b.corp.example"`, accepted()},
		{
			"an e-mail of the domain that only those below are let in of", domains,
			`email="a@corp.example"`, rejected(403, rules.CustomClaim),
		},
		{
			"an e-mail of another domain", domains, `email="a@example.net"`,
			rejected(403, rules.CustomClaim),
		},
		{
			"an e-mail of a domain that only ends alike", domains, `email="a@xcontoso.example"`,
			rejected(403, rules.CustomClaim),
		},
		{
			"an e-mail with two at signs, which only old versions take", domains,
			`email="a@b@contoso.example"`, open(rules.CustomClaim),
		},
		{"sub in place of an e-mail", domains, "", rejected(403, rules.CustomClaim)},
		{"sub that is an address", domains, `sub="a@contoso.example"`, accepted()},
		{"neither an e-mail nor sub", domains, "sub=", accepted()},
		{"an empty e-mail and no sub", domains, `email="";sub=`, accepted()},
		{
			"another claim for the e-mail",
			domains + `oidc_email_claim = "preferred_username"` + "\n",
			`preferred_username="a@contoso.example"`, accepted(),
		},
		{
			"the deprecated name of that", domains + `user_id_claim = "upn"` + "\n",
			`upn="a@contoso.example"`, accepted(),
		},
		{
			"an empty name of it, which is none",
			domains + "oidc_email_claim = \"\"\noidc_audience_claims = []\n",
			`email="a@contoso.example"`, accepted(),
		},
		{
			"an address that a file may list",
			domains + "authenticated_emails_file = \"mails\"\n", `email="a@example.net"`,
			open(rules.CustomClaim),
		},

		{"a group", with(`allowed_groups = ["a", "b"]`), `groups=["x","b"]`, accepted()},
		{
			"another group", with(`allowed_groups = ["a", "b"]`), `groups=["x"]`,
			rejected(403, rules.CustomClaim),
		},
		{"no groups", with(`allowed_groups = "a"`), "", rejected(403, rules.CustomClaim)},
		{
			"a null among the groups at an extra issuer", extra,
			ofV1 + `;aud="api://orders";groups=[null,"b"]`, accepted(),
		},
		{
			"an object as a group", with(`allowed_groups = ["{\"a\":1}"]`), `groups=[{"a":1}]`,
			open(rules.CustomClaim),
		},
		{"an empty group lets in anybody", with(`allowed_groups = [""]`), "", accepted()},
		{
			"a trusted address, which nobody knows", with(`trusted_ips = "10.0.0.0/8"`), "aud=",
			open(rules.Conditional),
		},
		{"a good token from any address", with(`trusted_ips = "10.0.0.0/8"`), "", accepted()},
		{
			"roles as groups",
			with("allowed_groups = \"a\"\noidc_groups_claim = \"roles\""), `roles=["a"]`,
			accepted(),
		},

		{
			"groups that may be inside of another claim",
			with("allowed_groups = \"a\"\noidc_groups_claim = \"realm.roles\""),
			`groups=["a"]`, open(rules.CustomClaim),
		},
		{
			"an e-mail that may be inside of another claim",
			domains + `oidc_email_claim = "user.mail"` + "\n", `email="a@example.com"`,
			open(rules.CustomClaim),
		},
		{"a project of GitLab", projects, `groups=["project:a/b"]`, accepted()},
		{"another project of GitLab", projects, "", rejected(403, rules.CustomClaim)},

		{
			"no bearer tokens",
			`provider = "oidc"` + "\noidc_issuer_url = \"" + v2Issuer + "\"\n", "",
			rejected(403, rules.TokenPresent),
		},
		{
			"a provider that verifies nothing",
			"provider = \"google\"\nskip_jwt_bearer_tokens = true\n", "",
			rejected(403, rules.TokenPresent),
		},
		{
			"the client's id from elsewhere",
			"provider = \"oidc\"\noidc_issuer_url = \"" + v2Issuer + "\"\nclient_id = " +
				"\"${CLIENT}\"\nemail_domains = \"*\"\nskip_jwt_bearer_tokens = true\n",
			"", open(rules.Audience),
		},
		{
			"a switch from elsewhere",
			"provider = \"oidc\"\noidc_issuer_url = \"" + v2Issuer + "\"\nclient_id = \"" + app +
				"\"\nemail_domains = \"*\"\nskip_jwt_bearer_tokens = \"{{ .bearer }}\"\n",
			"", open(rules.TokenPresent),
		},

		{"an invalid token without a fallback", strict, ofV1, rejected(403, rules.Issuer)},
		{
			"an invalid token where the sign-in page is left out",
			with("skip_provider_button = true"), ofV1, rejected(302, rules.Issuer),
		},
		{
			"an invalid token where errors are in JSON", with("force_json_errors = true"), ofV1,
			rejected(401, rules.Issuer),
		},
		{
			"an invalid token at an API route", with(`api_routes = ["^/ord"]`), ofV1,
			rejected(401, rules.Issuer),
		},
		{
			"an invalid token at another route", with(`api_routes = ["^/api"]`), ofV1,
			rejected(403, rules.Issuer),
		},
		{
			"an invalid token at a route that is exempt", with(`skip_auth_routes = ["GET=^/ord"]`),
			ofV1, accepted(),
		},
		{
			"an invalid token at a route that is exempt, without a fallback",
			strict + `skip_auth_routes = ["GET=^/ord"]` + "\n", ofV1, rejected(403, rules.Issuer),
		},
		{
			"an invalid token at a route that is exempt for another method",
			with(`skip_auth_routes = ["POST=^/ord"]`), ofV1, rejected(403, rules.Issuer),
		},
		{
			"an invalid token at a route that all but others are exempt from",
			with(`skip_auth_routes = ["!=^/ord"]`), ofV1, rejected(403, rules.Issuer),
		},
		{
			"an exempt route matches a part of the path", with(`skip_auth_regex = "rder"`), ofV1,
			accepted(),
		},
	}
	for _, test := range tests {
		r := requestOf(test.claims)
		r.Path = "/orders"
		v := rules.Evaluate(policiesOf(t, "proxy.cfg", test.config), r)
		if got := short(v); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

func TestWhereTheTokenIsAndWhatItIs(t *testing.T) {
	t.Parallel()
	policies := policiesOf(t, "proxy.cfg", basic+"bearer_token_login_fallback = false\n")
	text := requestOf("").Token.Compact()
	inBasic := "Basic " + base64.StdEncoding.EncodeToString([]byte(text+":x-oauth-basic"))
	for name, test := range map[string]struct {
		header string
		want   decided
	}{
		"Bearer":                {"Bearer " + text, accepted()},
		"another case":          {"bearer " + text, rejected(403, rules.TokenPresent)},
		"two blanks":            {"Bearer  " + text, rejected(403, rules.TokenPresent)},
		"Basic":                 {inBasic, accepted()},
		"the token alone":       {text, rejected(403, rules.TokenPresent)},
		"no token, not invalid": {"", rejected(403, rules.TokenPresent)},
	} {
		r := requestOf("")
		r.Headers = map[string]string{"Authorization": test.header}
		v := rules.Evaluate(policies, r)
		if got := short(v); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
		if wants := "Forbidden\n"; test.header != "" && v.Outcome == rules.Rejected &&
			v.Body() != wants {
			t.Errorf("%s: got the body %q, want %q", name, v.Body(), wants)
		}
	}
	header := func(member string) string { return "{" + member + "," + requests.RS256[1:] }
	for name, test := range map[string]struct {
		header, payload string
		want            decided
	}{
		"another algorithm": {
			`{"alg":"RS512","kid":"k"}`, claims(""), rejected(403, rules.Algorithm),
		},
		"no algorithm":           {`{"kid":"k"}`, claims(""), rejected(403, rules.Algorithm)},
		"a list for the payload": {requests.RS256, `["a"]`, rejected(403, rules.TokenFormat)},
		"a blank before the brace": {
			"\n" + requests.RS256, claims(""), rejected(403, rules.TokenFormat),
		},
		"two audiences, the last counts": {
			requests.RS256, `{"aud":"x",` + claims("")[1:], accepted(),
		},
		// go-jose (shared.go and jwk.go) reads the whole header before it looks for a key.
		"a payload that would be plain": {
			header(`"b64":false`), claims(""), rejected(403, rules.TokenFormat),
		},
		"a key in the header": {
			header(`"jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"}`), claims(""),
			open(rules.TokenFormat),
		},
		"null for a key": {header(`"jwk":null`), claims(""), accepted()},
		"a private key": {
			header(`"jwk":{"kty":"RSA","n":"AQAB","e":"AQAB","d":"AQAB"}`), claims(""),
			rejected(403, rules.TokenFormat),
		},
		"a key of no kind": {
			header(`"jwk":{"n":"AQAB"}`), claims(""), rejected(403, rules.TokenFormat),
		},
		"a key without its exponent": {
			header(`"jwk":{"kty":"RSA","n":"AQAB"}`), claims(""),
			rejected(403, rules.TokenFormat),
		},
		"no certificates":       {header(`"x5c":[]`), claims(""), accepted()},
		"null for certificates": {header(`"x5c":null`), claims(""), accepted()},
		"a text for certificates": {
			header(`"x5c":"MAA="`), claims(""), rejected(403, rules.TokenFormat),
		},
		"what is no certificate": {
			header(`"x5c":["MAA="]`), claims(""), rejected(403, rules.TokenFormat),
		},
		"what is not base64": {
			header(`"x5c":["?"]`), claims(""), rejected(403, rules.TokenFormat),
		},
		// go-oidc (verify.go, resolveDistributedClaim) reads where other claims are.
		"a place of claims": {
			requests.RS256, claims(`_claim_sources={"s":{"endpoint":"https://a"}}`), accepted(),
		},
		"a place of claims that is no text": {
			requests.RS256, claims(`_claim_sources={"s":{"Endpoint":1}}`),
			rejected(403, rules.TokenFormat),
		},
		"a place of claims that is no object": {
			requests.RS256, claims(`_claim_sources={"s":"https://a"}`),
			rejected(403, rules.TokenFormat),
		},
		"places of claims up to a null": {
			requests.RS256, `{"_claim_sources":{"s":{}},"_claim_sources":null,` +
				`"_claim_names":{"a":"s"},` + claims("")[1:], rejected(403, rules.TokenFormat),
		},
	} {
		r := requestOf("")
		r.Token = requests.Token(test.header, test.payload)
		if got := short(rules.Evaluate(policies, r)); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

// Some requests the program answers by itself, and from others the query takes callers away: what
// comes of them is not known.
func TestSomeRequestsAreNotOfTheAPI(t *testing.T) {
	t.Parallel()
	const exempt = `skip_auth_routes = "!=^/orders"` + "\n"
	for path, want := range map[string]struct {
		config string
		want   decided
	}{
		"/orders":               {basic, rejected(403, rules.Audience)},
		"/ping":                 {basic, open(rules.Conditional)},
		"/ready?x=1":            {basic, open(rules.Conditional)},
		"/robots.txt":           {basic, open(rules.Conditional)},
		"/oauth2/sign_in":       {basic, open(rules.Conditional)},
		"/oauth2/static/x/y":    {basic, open(rules.Conditional)},
		"/oauth2/other":         {basic, rejected(403, rules.Audience)},
		"/o/userinfo":           {basic + `proxy_prefix = "/o"`, open(rules.Conditional)},
		"/health":               {basic + `ping_path = "/health"`, open(rules.Conditional)},
		"/liveness_check":       {basic, rejected(403, rules.Audience)},
		"//orders":              {basic, open(rules.Conditional)},
		"/orders/./7":           {basic, open(rules.Conditional)},
		"/orders/..":            {basic, open(rules.Conditional)},
		"/orders/...":           {basic, rejected(403, rules.Audience)},
		"/open?allowed_groups=": {basic + exempt, open(rules.Conditional)},
		"/open":                 {basic + exempt, accepted()},
	} {
		r := requestOf(`aud="x"`)
		r.Path = path
		got := short(rules.Evaluate(policiesOf(t, "proxy.cfg", want.config), r))
		if got != want.want {
			t.Errorf("%s: got %v, want %v", path, got, want.want)
		}
	}
	r := requestOf("")
	r.Path = "/orders?x=1&allowed_emails=a@b"
	if got := short(rules.Evaluate(policiesOf(t, "proxy.cfg", basic), r)); got !=
		open(rules.Conditional) {
		t.Errorf("a query that narrows who is let in: got %v", got)
	}
	r.Path, r.Query = "/orders", map[string]string{"allowed_groups": "g"}
	if got := short(rules.Evaluate(policiesOf(t, "proxy.cfg", basic), r)); got !=
		open(rules.Conditional) {
		t.Errorf("a parameter that narrows who is let in: got %v", got)
	}
}

// A group may be a number in the token: what is wanted is said once, as the option has it.
func TestTheWantedGroupsAreSaidOnce(t *testing.T) {
	t.Parallel()
	config := basic + `allowed_groups = ["7", "true"]` + "\n"
	v := rules.Evaluate(policiesOf(t, "proxy.cfg", config), requestOf(`groups=["x"]`))
	if got := v.Decided.Expected(); got != "7 or true" {
		t.Errorf("got %q", got)
	}
}

// A route tells requests apart that the program answers by itself too. Where no path is given, it
// speaks for those of the API, unless it is for no others.
func TestARouteSpeaksForRequestsOfTheAPI(t *testing.T) {
	t.Parallel()
	for routes, want := range map[string]decided{
		`"!=^/(orders|$)"`:          accepted(),
		`"GET=^/open", "POST=^/in"`: accepted(),
		`"^/ping$"`:                 open(rules.Conditional),
		`"^//"`:                     open(rules.Conditional),
	} {
		config := basic + "skip_auth_routes = [" + routes + "]\n"
		r := requestOf("")
		r.Method, r.Path = "", ""
		v := rules.Evaluate(policiesOf(t, "proxy.cfg", config), r)
		if got := short(v); got != want {
			t.Errorf("%s: got %v, want %v", routes, got, want)
		}
		if want.Outcome == rules.Undetermined &&
			(v.Question().None() || !strings.HasPrefix(v.Why(), "it depends on the request: ")) {
			t.Errorf("%s: %s; it asks %v", routes, v.Why(), v.Question())
		}
	}
}

// A request that no route exempts is shown with its path, and not with what else was asked of it.
func TestARequestThatIsNotExemptIsShownByItsPath(t *testing.T) {
	t.Parallel()
	r := requestOf("aud=")
	r.Method, r.Path = "GET", "/orders"
	v := rules.Evaluate(policiesOf(t, "a.cfg", basic+"skip_auth_routes = [\"^/ping$\"]\n"), r)
	var shown []string
	for i := range v.Results {
		if c := v.Results[i].Check; c.Field == "skip_auth_routes" {
			shown = append(shown, v.Results[i].Actual())
		}
	}
	if !slices.Equal(shown, []string{"/orders"}) {
		t.Errorf("%q", shown)
	}
}

// Who has signed in before has a cookie that only the program can read.
func TestASessionCookieMayLetARequestIn(t *testing.T) {
	t.Parallel()
	const strict = basic + "bearer_token_login_fallback = false\n"
	for name, test := range map[string]struct {
		config, cookie, claims string
		want                   decided
	}{
		"a bad token beside a session": {
			basic, "a=b; _oauth2_proxy=x", "aud=", open(rules.Conditional),
		},
		"a long session":  {basic, "_oauth2_proxy_0=x", "aud=", open(rules.Conditional)},
		"another cookie":  {basic, "a=_oauth2_proxy", "aud=", rejected(403, rules.Audience)},
		"a good token":    {basic, "_oauth2_proxy=x", "", accepted()},
		"no fallback":     {strict, "_oauth2_proxy=x", "aud=", rejected(403, rules.Audience)},
		"of another name": {basic + `cookie_name = "s"`, "s=x", "aud=", open(rules.Conditional)},
	} {
		r := requestOf(test.claims)
		r.Headers = map[string]string{"Cookie": test.cookie}
		v := rules.Evaluate(policiesOf(t, "proxy.cfg", test.config), r)
		if got := short(v); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}

func TestTheAcceptHeaderAsksForJSON(t *testing.T) {
	t.Parallel()
	policies := policiesOf(t, "proxy.cfg", basic)
	for accept, want := range map[string]int{
		"application/json":                  http.StatusUnauthorized,
		"application/json, text/plain, */*": http.StatusUnauthorized,
		"text/html,application/json":        http.StatusUnauthorized,
		"application/json;q=0.9":            http.StatusForbidden,
		"*/*":                               http.StatusForbidden,
		"":                                  http.StatusForbidden,
	} {
		r := requestOf("aud=")
		r.Headers = map[string]string{"Accept": accept}
		if v := rules.Evaluate(policies, r); v.Status != want {
			t.Errorf("%q: got %d, want %d", accept, v.Status, want)
		}
	}
}

// An estate has thousands of instances, and what is the same for all of them is made once.
func TestAnotherInstanceCostsLittleMemory(t *testing.T) {
	files := requests.Files(t, "oauth2-proxy.cfg", basic)
	adapter := Adapter()
	one := func() {
		read, err := adapter.Read(files, rules.Options{})
		if err != nil {
			t.Fatal(err)
		}
		adapter.Compile(read)
	}
	one()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const times = 20
	for range times {
		one()
	}
	runtime.ReadMemStats(&after)
	if kib := (after.TotalAlloc - before.TotalAlloc) / times >> 10; kib > 160 {
		t.Errorf("%d KiB for each", kib)
	}
}
