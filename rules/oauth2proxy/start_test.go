package oauth2proxy

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// What keeps the program from starting is its own (pkg/validation, options.go and allowlist.go;
// providers/providers.go): nobody is let in then, and nobody is answered by it.
func TestAValueWithWhichTheProgramDoesNotStartLeavesEveryoneOpen(t *testing.T) {
	t.Parallel()
	without := func(name string) string {
		var kept []string
		for line := range strings.Lines(basic) {
			if !strings.HasPrefix(line, name+" ") {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	}
	for _, of := range []struct {
		option, value string
		starts        bool
	}{
		{"provider", `"OIDC"`, false},
		{"provider", `""`, false},
		{"provider", `"entra-id"`, true},
		{"extra_jwt_issuers", `["https://issuer.example"]`, false},
		{"extra_jwt_issuers", `["https://issuer.example=a=b"]`, true},
		{"skip_auth_regex", `["("]`, false},
		{"skip_auth_routes", `["GET=["]`, false},
		{"skip_auth_routes", `["GET=^/x$"]`, true},
		{"client_id", `["` + app + `"]`, false},
		{"skip_jwt_bearer_tokens", `[true]`, false},
		{"provider", `"${PROVIDER}"`, true},
		{"insecure_oidc_skip_nonce", `"maybe"`, false},
		{"oidc_enabled_signing_algs", `["RS255"]`, false},
		{"oidc_enabled_signing_algs", `["RS256"]`, true},
		{"api_routes", `["("]`, false},
		{"trusted_ips", `["10.0.0.1/8"]`, false},
		{"trusted_ips", `["10.0.0.0/8", "::1"]`, true},
		{"trusted_proxy_ips", `["proxy"]`, false},
		{"upstreams", `["localhost:8080"]`, false},
		{"upstreams", `["127.0.0.1:8080"]`, false},
		{"upstreams", `["http://a", "static://202"]`, false},
		{"upstreams", `["http://a", "http://b/b/", "file:///www#/c"]`, true},
		{"cookie_samesite", `"Lax"`, false},
		{"cookie_name", `"a b"`, false},
		{"session_store_type", `"memory"`, false},
		{"redirect_url", `"%zz"`, false},
		{"cookie_expire", `"5"`, false},
		{"cookie_expire", `5`, true},
		{"cookie_expire", `1.5`, true},
		{"cookie_refresh", `"200h"`, false},
		{"cookie_refresh", `"1h"`, true},
		{"logging_max_size", `"x"`, false},
		{"logging_max_size", `1.5`, true},
		{"logging_max_size", `"1.5"`, false},
		{"no_such_option", `"x"`, false},
	} {
		policies := policiesOf(t, "proxy.cfg",
			without(of.option)+of.option+" = "+of.value+"\n")
		var present *rules.Check
		for check := range policies[0].Root.Checks() {
			if check.ID == rules.TokenPresent {
				present = check
			}
		}
		refused := present.Unknown != nil && strings.Contains(present.Unknown.Why, "not start")
		if refused == of.starts || refused && present.Field != of.option {
			t.Errorf("%s = %s: unknown %v at %s", of.option, of.value, present.Unknown,
				present.Field)
		}
		subject := &rules.Subject{Policies: policies}
		found := append(optionValueRefused().Check(subject), optionNotKnown().Check(subject)...)
		if (len(found) == 0) != of.starts {
			t.Errorf("%s = %s: %d findings", of.option, of.value, len(found))
		}
		v := rules.Evaluate(policies, requestOf("aud=another"))
		if !of.starts && (v.Outcome != rules.Undetermined || v.Status != 0) {
			t.Errorf("%s = %s: another check answers %s %d", of.option, of.value, v.Outcome,
				v.Status)
		}
		v = rules.Evaluate(policies, requestOf("aud="+app))
		if !of.starts && v.Outcome == rules.Accepted {
			t.Errorf("%s = %s: accepted", of.option, of.value)
		}
	}
}

// With the real program's --config-test each of these says "invalid configuration", but for the
// issuer and the keys, of which its code says so when it makes the provider.
// The command line is read word by word: a flag that is no truth value ends it at once, but which
// provider there is is asked of the last one.
func TestOfATextThatIsSetTwiceTheLastOneIsRefused(t *testing.T) {
	t.Parallel()
	for words, starts := range map[string]bool{
		"--provider=foo --provider=oidc":              true,
		"--provider=oidc --provider=foo":              false,
		"--reverse-proxy=maybe --reverse-proxy=true":  false,
		"--cookie-expire=soon --cookie-expire=5h":     false,
		"--api-route=( --api-route=^/x$":              false,
		"--cookie-samesite=Lax --cookie-samesite=lax": true,
	} {
		policies := policiesOf(t, "run.sh", "#!/bin/sh\noauth2-proxy "+words+
			" --skip-jwt-bearer-tokens --email-domain=* --client-secret=x "+
			"--cookie-secret=0123456789abcdef --client-id="+app+
			" --oidc-issuer-url=https://issuer.example\n")
		found := optionValueRefused().Check(&rules.Subject{Policies: policies})
		if (len(found) == 0) != starts {
			t.Errorf("%s: %v", words, found)
		}
	}
}

func TestWithoutWhatItNeedsTheProgramDoesNotStart(t *testing.T) {
	t.Parallel()
	const secrets = ` --client-secret=s --cookie-secret=0123456789abcdef `
	const whole = "--provider=oidc --oidc-issuer-url=" + v2Issuer + " --client-id=" + app +
		" --email-domain=* --skip-jwt-bearer-tokens" + secrets
	for _, of := range []struct {
		name, without, with string
		starts, warned      bool
	}{
		{"all of it", "", "", true, false},
		{
			"an unknown level", "--provider=oidc",
			"--provider=gitlab --gitlab-project=a/b=40 --gitlab-project=c/d=50", false, false,
		},
		{
			"a level in a word", "--provider=oidc",
			"--provider=gitlab --gitlab-project=a/b=owner", false, false,
		},
		{"a level for another provider", "", "--gitlab-project=a/b=50", true, false},
		{"no e-mails", "--email-domain=*", "", false, false},
		{"an empty list of e-mails", "--email-domain=*", "--email-domain=", false, false},
		{
			"users in a file", "--email-domain=*",
			"--authenticated-emails-file=users.csv --email-domain=example.com", true, false,
		},
		{"no client", "--client-id=" + app, "", false, false},
		{"no issuer", "--oidc-issuer-url=" + v2Issuer, "", false, false},
		{"no keys", "", "--skip-oidc-discovery", false, false},
		{"keys", "", "--skip-oidc-discovery --oidc-jwks-url=https://k.example/keys", true, false},
		{
			"two kinds of keys", "",
			"--oidc-public-key-file=k.pem --oidc-jwks-url=https://k.example/keys", false, false,
		},
		{
			"two kinds of keys, of which one is not shown", "",
			"--oidc-public-key-file=$KEY --oidc-jwks-url=https://k.example/keys", false, false,
		},
		{"https is forced without a certificate", "", "--force-https", false, false},
		{
			"https is forced behind a proxy that has the certificate", "",
			"--force-https --reverse-proxy", false, false,
		},
		{
			"https is forced with a certificate", "",
			"--force-https --tls-cert-file=c.pem --tls-key-file=k.pem", true, false,
		},
		{
			"two sources of the header Authorization", "",
			"--basic-auth-password=s --pass-authorization-header", false, false,
		},
		{
			"one source of the header Authorization", "",
			"--basic-auth-password=s --pass-authorization-header --pass-basic-auth=false", true,
			false,
		},
		{
			"two sources of the answer's header Authorization", "",
			"--set-basic-auth --basic-auth-password=s --set-authorization-header", false, false,
		},
		{"a password that is not shown", "", "--set-basic-auth", true, true},
		{"a password", "", "--set-basic-auth --basic-auth-password=s", true, false},
		{"secrets that are not shown", secrets, " ", true, false},
		{
			"a secret that is not shown", "--cookie-secret=0123456789abcdef",
			"--cookie-secret=REDACTED", true, true,
		},
		{"a key of no hash", "", "--signature-key=key", true, true},
		{"a key of a hash", "", "--signature-key=sha256:key", true, false},
		{"a client's address in another header", "", "--real-client-ip-header=X", true, false},
		{
			"a client's address in another header, behind a proxy", "",
			"--real-client-ip-header=X --reverse-proxy", false, false,
		},
		{
			"a session without tokens", "",
			"--session-cookie-minimal --pass-access-token", false, false,
		},
		{
			"nothing with which the groups of Google can be read", "",
			"--provider=google --google-admin-email=a@b.example", false, false,
		},
		{
			"two who may read groups of Google", "",
			"--provider=google --google-group=a@b.example --google-admin-email=a@b.example " +
				"--google-service-account-json=a.json " +
				"--google-use-application-default-credentials", false, false,
		},
		{
			"two keys for login.gov", "",
			"--provider=login.gov --jwt-key=k --jwt-key-file=k.pem", false, false,
		},
		{"a session that ends before it is renewed", "", "--cookie-refresh=200h", false, false},
	} {
		text := "oauth2-proxy " + strings.Replace(whole, of.without, "", 1) + " " + of.with + "\n"
		policies := policiesOf(t, "run.sh", text)
		v := rules.Evaluate(policies, requestOf(`sub="a@example.com";email="a@example.com"`))
		if of.starts == (v.Outcome == rules.Undetermined) || v.Outcome == rules.Rejected {
			t.Errorf("%s: %v", of.name, short(v))
		}
		found := optionValueRefused().Check(&rules.Subject{Policies: policies})
		if (len(found) > 0) != (!of.starts || of.warned) {
			t.Errorf("%s: %d findings", of.name, len(found))
		}
		for _, f := range found {
			if (f.Severity == rules.Warning) != of.warned {
				t.Errorf("%s: %s: %s", of.name, f.Severity, f.Message)
			}
		}
	}
}

// What a file alone does not set, a flag or a variable may: the verdict is open where it decides,
// and stands where it decides nothing.
func TestWhatAFileLeavesOutMayBeSetElsewhere(t *testing.T) {
	t.Parallel()
	for _, of := range []struct {
		name, without, with string
		want                decided
		findings            int
	}{
		{"e-mails", "email_domains = [\"*\"]\n", "", open(rules.TokenPresent), 1},
		{"the client", "client_id = \"" + app + "\"\n", "", open(rules.TokenPresent), 1},
		{
			"the issuer", "oidc_issuer_url = \"" + v2Issuer + "\"\n", "",
			open(rules.TokenPresent), 1,
		},
		{
			"the client, where no bearer token counts", "client_id = \"" + app + "\"\n" +
				"email_domains = [\"*\"]\nskip_jwt_bearer_tokens = true\n", "",
			rejected(403, rules.TokenPresent), 0,
		},
		{
			"e-mails, and the request is exempt", "email_domains = [\"*\"]\n",
			"skip_auth_routes = [\"^/\"]\n", open(rules.TokenPresent), 1,
		},
	} {
		policies := policiesOf(t, "proxy.cfg", strings.Replace(basic, of.without, "", 1)+of.with)
		request := requestOf("")
		if got := short(rules.Evaluate(policies, request)); got != of.want {
			t.Errorf("%s: got %v, want %v", of.name, got, of.want)
		}
		found := optionValueRefused().Check(&rules.Subject{Policies: policies})
		if len(found) != of.findings {
			t.Errorf("%s: %d findings", of.name, len(found))
		}
		for _, f := range found {
			if f.Severity != rules.Warning {
				t.Errorf("%s: %s", of.name, f.Severity)
			}
		}
	}
}

// The chart lets every e-mail in where its configuration file is not given, and takes the secrets
// from a Secret (its values.yaml and templates/deployment.yaml).
func TestTheChartHasDefaultsOfItsOwn(t *testing.T) {
	t.Parallel()
	values := "config:\n  clientID: " + app + "\nextraArgs:\n  provider: oidc\n" +
		"  oidc-issuer-url: " + v2Issuer + "\n  skip-jwt-bearer-tokens: true\n"
	policies := policiesOf(t, "values.yaml", values)
	if got := short(rules.Evaluate(policies, requestOf(""))); got != accepted() {
		t.Errorf("without a configuration file: got %v", got)
	}
	if found := optionValueRefused().Check(&rules.Subject{Policies: policies}); len(found) > 0 {
		t.Errorf("without a configuration file: %s", found[0].Message)
	}
	policies = policiesOf(t, "values.yaml", values+"authenticatedEmailsFile:\n  enabled: true\n")
	request := requestOf(`email="a@example.com"`)
	if got := short(rules.Evaluate(policies, request)); got != accepted() {
		t.Errorf("with a file of e-mails: got %v", got)
	}
	policies = policiesOf(t, "values.yaml", strings.Replace(values, "tokens: true", "tokens:", 1))
	if got := short(rules.Evaluate(policies, requestOf(""))); got != accepted() {
		t.Errorf("with a switch without a value: got %v", got)
	}
	policies = policiesOf(t, "values.yaml", values+"  oidc-extra-audience: [one, two]\n")
	for audience, want := range map[string]decided{
		"one": rejected(403, rules.Audience), "[one two]": accepted(),
	} {
		if got := short(rules.Evaluate(policies, requestOf(`aud="`+audience+`"`))); got != want {
			t.Errorf("with a list that the chart writes as one text: %s gives %v", audience, got)
		}
	}
}
