package cmd

import (
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// documents are what a network of our own answers, by the address without https://.
type documents map[string]string

func (d documents) RoundTrip(request *http.Request) (*http.Response, error) {
	body, ok := d[request.URL.Host+request.URL.RequestURI()]
	status := http.StatusOK
	if !ok {
		status = http.StatusNotFound
	}
	return &http.Response{
		StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: request,
		Header: http.Header{
			"Content-Type": {"application/json"},
		}, Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

// issuer adds the documents of an issuer: its metadata at an address, and its keys.
func (d documents) issuer(metadata, issuer, keySet string) documents {
	all := maps.Clone(d)
	if all == nil {
		all = documents{}
	}
	host, _, _ := strings.Cut(metadata, "/")
	address := host + "/keys/" + strings.NewReplacer("/", "_", "?", "_").Replace(metadata)
	all[metadata] = `{"issuer":"` + issuer + `","jwks_uri":"https://` + address + `"}`
	all[address] = keySet
	return all
}

// signed returns a v1.0 token with these claims added, signed by the key of that name.
func signed(t *testing.T, name, claims string) string {
	t.Helper()
	return signedAs(t, "v1", name, claims)
}

func signedAs(t *testing.T, shape, name, claims string) string {
	t.Helper()
	return signedWithKid(t, shape, name, "", claims)
}

// signedWithKid names the key by another kid than its own, if one is given.
func signedWithKid(t *testing.T, shape, name, kid, claims string) string {
	t.Helper()
	all, err := mint.Claims(shape, clock)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(claims), &all); err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	key, err := keyNamed(name, "RS256")
	if err != nil {
		t.Fatal(err)
	}
	header := `{"alg":"RS256","kid":"` + cmp.Or(kid, key.ID) + `"}`
	what := key.ID + header + string(payload)
	if token, ok := signedBefore.Load(what); ok {
		return token.(string)
	}
	token, err := key.Sign("RS256", []byte(header), payload)
	if err != nil {
		t.Fatal(err)
	}
	signedBefore.Store(what, token)
	return token
}

// signedBefore holds the tokens of all worlds by what their keys signed: most worlds have the same
// ones.
var signedBefore sync.Map

// keySet returns the set of the keys of these names, each with further members.
func keySet(t *testing.T, members string, names ...string) string {
	t.Helper()
	var list []*mint.Key
	for _, name := range names {
		key, err := keyNamed(name, "RS256")
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, key)
	}
	text, err := mint.Set(list...)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), `"kty"`, members+`"kty"`)
}

const (
	otherTenant = "11111111-3b0d-4a55-9c3e-7f0e2b6d9a11"
	apiID       = "6f0e1c2a-3b0d-4a55-9c3e-7f0e2b6d9ac3"
	v1Metadata  = "login.microsoftonline.com/" + mint.Tenant + "/.well-known/openid-configuration"
	v1Issuer    = "https://sts.windows.net/" + mint.Tenant + "/"
)

// Where the set that was asked lacks the key, it is looked for elsewhere, and what was found is
// said. It is never verified by that.
func TestVerifySaysWhoseKeySignedIt(t *testing.T) {
	t.Parallel()
	own := documents{}.issuer(v1Metadata, v1Issuer, keySet(t, "", "signing"))
	usgov := "login.microsoftonline.us/common/v2.0/.well-known/openid-configuration"
	tests := []struct {
		name, token string
		network     documents
		args        []string
		code        int
		says        string
	}{
		{
			"another key of the tenant than the file has", signed(t, "signing", `{}`), own,
			[]string{"--jwks", "file.json"},
			exitRejected, "not verified: it was signed with a key of its own tenant that is not " +
				"in the key set",
		},
		{
			"a key that belongs to one app alone", signed(t, "app", `{"aud":"`+apiID+`"}`),
			own.issuer(v1Metadata+"?appid="+apiID, v1Issuer, keySet(t, "", "app")),
			nil, exitRejected, "not verified: it was signed with a key that belongs to one app " +
				"alone",
		},
		{
			"a key of another cloud", signed(t, "gov", `{}`),
			own.issuer(usgov, "https://login.microsoftonline.us/{tenantid}/v2.0", keySet(t, "",
				"gov")),
			nil, exitRejected, "not verified: it was signed with a key of another cloud",
		},
		{
			"a key of another cloud that the set itself lists", signed(t, "signing", `{}`),
			documents{}.issuer(v1Metadata, v1Issuer, keySet(t,
				`"cloud_instance_name":"partner.microsoftonline.cn",`, "signing")),
			nil, exitRejected, "belongs to another cloud",
		},
		{
			"a key that signs for another tenant", signed(t, "signing", `{}`),
			documents{}.issuer(v1Metadata, v1Issuer, keySet(t,
				`"issuer":"https://login.microsoftonline.com/`+otherTenant+`/v2.0",`, "signing")),
			nil, exitRejected, "is for another issuer",
		},
		{
			"nobody's key", signed(t, "stranger", `{}`), own,
			nil, exitRejected, "not verified: the key set has no key with the token's kid",
		},
		{
			"and nothing is looked for offline", signed(t, "signing", `{}`), own,
			[]string{"--jwks", "file.json", "--offline"},
			exitRejected, "not verified: the key set has no key with the token's kid",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "file.json"), keySet(t, "", "other"))
			for i, arg := range test.args {
				if arg == "file.json" {
					test.args[i] = filepath.Join(dir, arg)
				}
			}
			code, stdout, stderr := run(
				test.network, dir, test.token, append([]string{"verify"}, test.args...)...,
			)
			if unwrapped := strings.Join(
				strings.Fields(stdout), " ",
			); code != test.code || !strings.Contains(unwrapped, test.says) {
				t.Errorf(
					"exit code %d, want %d and %q:\n%s%s", code, test.code, test.says, stdout,
					stderr,
				)
			}
			_, stdout, _ = run(test.network, dir, test.token, append([]string{
				"verify", "-o",
				"json",
			}, test.args...)...)
			validate(t, "verify", stdout)
		})
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func validate(t *testing.T, name, text string) {
	t.Helper()
	if err := asPublished(name, text); err != nil {
		t.Error(err)
	}
}

// The products beside Entra ID proper, and the other clouds, by the issuer that is named and by
// the token's own.
func TestVerifyKnowsB2CExternalIDAndTheOtherClouds(t *testing.T) {
	t.Parallel()
	const (
		b2c      = "https://contoso.b2clogin.com/" + mint.Tenant + "/v2.0/"
		b2cTFP   = "https://contoso.b2clogin.com/tfp/" + mint.Tenant + "/b2c_1_signin/v2.0/"
		external = "https://contoso.ciamlogin.com/" + mint.Tenant + "/v2.0"
		china    = "https://sts.chinacloudapi.cn/" + mint.Tenant + "/"
		path     = ".well-known/openid-configuration"
	)
	keys := keySet(t, "", "signing")
	proper := documents{}.issuer(v1Metadata, v1Issuer, keySet(t, "", "other")).
		issuer("login.microsoftonline.com/contoso.example/v2.0/"+path,
			"https://login.microsoftonline.com/"+mint.Tenant+"/v2.0", keySet(t, "", "other"))
	inPolicy := "contoso.b2clogin.com/tfp/" + mint.Tenant + "/b2c_1_signin/v2.0/" + path
	tests := []struct {
		name, claims string
		network      documents
		args         []string
		says         string
	}{
		{
			"B2C, by the token", `{"iss":"` + b2c + `","tfp":"b2c_1_signin"}`,
			documents{}.issuer(inPolicy, b2c, keys), nil,
			"verified, by keys that the token itself chose",
		},
		{
			"B2C, by its issuer with the policy", `{"iss":"` + b2cTFP + `"}`,
			documents{}.issuer(inPolicy, b2cTFP, keys),
			[]string{"--issuer", b2cTFP},
			"verified",
		},
		{
			"B2C, by its issuer, with the policy that the token names",
			`{"iss":"` + b2c + `","tfp":"b2c_1_signin"}`, documents{}.issuer(inPolicy, b2c, keys),
			[]string{"--issuer", b2c},
			"verified",
		},
		{
			"B2C, by its tenant, whose other keys sign for Entra ID proper",
			`{"iss":"` + b2c + `","tfp":"b2c_1_signin"}`, proper.issuer(inPolicy, b2c, keys),
			[]string{"--tenant", mint.Tenant},
			"verified",
		},
		{
			"External ID, by its tenant's domain", `{"iss":"` + external + `","ver":"2.0"}`,
			proper.issuer("contoso.ciamlogin.com/"+mint.Tenant+"/v2.0/"+path, external, keys),
			[]string{"--tenant", "contoso.example"},
			"verified",
		},
		{
			"US Government, whose v1.0 issuer is that of the public cloud, by its cloud", `{}`,
			documents{}.issuer("login.microsoftonline.us/"+mint.Tenant+"/"+path, v1Issuer, keys),
			[]string{"--cloud", "usgov"},
			"verified, by keys that the token itself chose",
		},
		{
			"External ID, by the token", `{"iss":"` + external + `","ver":"2.0"}`,
			documents{}.issuer("contoso.ciamlogin.com/"+mint.Tenant+"/v2.0/"+path, external, keys),
			nil, "verified, by keys that the token itself chose",
		},
		{
			"External ID, by its issuer", `{"iss":"` + external + `","ver":"2.0"}`,
			documents{}.issuer("contoso.ciamlogin.com/"+mint.Tenant+"/v2.0/"+path, external, keys),
			[]string{"--issuer", external},
			"verified",
		},
		{
			"China, by its cloud", `{"iss":"` + china + `"}`,
			documents{}.issuer(
				"login.partner.microsoftonline.cn/"+mint.Tenant+"/"+path, china, keys,
			),
			[]string{"--cloud", "china", "--tenant", mint.Tenant},
			"verified",
		},
		{
			"China, by the token", `{"iss":"` + china + `"}`,
			documents{}.issuer(
				"login.partner.microsoftonline.cn/"+mint.Tenant+"/"+path, china, keys,
			),
			nil, "verified, by keys that the token itself chose",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := run(
				test.network, t.TempDir(), signed(t, "signing", test.claims),
				append([]string{"verify"}, test.args...)...,
			)
			if code != exitOK || !strings.HasPrefix(stdout, "  "+test.says+"\n") {
				t.Errorf("exit code %d, want %q:\n%s%s", code, test.says, stdout, stderr)
			}
		})
	}
}

// Whoever runs another tenant's B2C chooses its host's name, so a token's word for its host counts
// only with the tenant's own id.
func TestVerifyTakesKeysOfB2COnlyFromTheTenantThatWasNamed(t *testing.T) {
	t.Parallel()
	const foreign = "https://evil.b2clogin.com/" + otherTenant + "/v2.0/"
	network := documents{}.issuer(v1Metadata, v1Issuer, keySet(t, "", "other")).
		issuer("evil.b2clogin.com/tfp/"+otherTenant+"/p/v2.0/.well-known/openid-configuration",
			foreign, keySet(t,
				"", "signing"))
	token := signed(t, "signing", `{"iss":"`+foreign+`","tfp":"p","tid":"`+otherTenant+`"}`)
	code, stdout, stderr := run(network, t.TempDir(), token, "verify", "--tenant", mint.Tenant)
	const says = "not verified: the token and the keys are from different Entra products"
	if code != exitRejected || !strings.Contains(stdout, says) {
		t.Errorf("exit code %d:\n%s%s", code, stdout, stderr)
	}
}

// No key can verify such a token, so none is fetched, and it does not matter who issued it.
func TestVerifyAsksForNoKeysWhereNoneCanVerify(t *testing.T) {
	t.Parallel()
	for _, issuer := range []string{v1Issuer, "https://kc.example/realms/orders"} {
		key, _ := signingKey(t)
		token, err := key.Sign("none", []byte(`{"alg":"none"}`), []byte(`{"iss":"`+issuer+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		network := &entraNetwork{}
		code, stdout, stderr := run(network, t.TempDir(), token, "verify")
		if code != exitRejected || !strings.Contains(stdout,
			"not verified: the token is not signed") || network.requests > 0 {
			t.Errorf(
				"%s: exit code %d, %d requests:\n%s%s", issuer, code, network.requests, stdout,
				stderr,
			)
		}
	}
}

func TestVerifySaysThatATokenIsNotForAnAPIOfOnesOwn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ shape, claims, id string }{
		{"v1", `{"aud":"https://graph.microsoft.com"}`, "[microsoft-api]"},
		{"id", `{}`, "[id-token]"},
	} {
		_, stdout, _ := run(documents{}, t.TempDir(), signedAs(
			t, test.shape, "signing", test.claims,
		),
			"verify", "--offline")
		if !strings.Contains(stdout, test.id) {
			t.Errorf("no %s in\n%s", test.id, stdout)
		}
	}
}

func TestTheSchemaOfVerifyHasEveryReason(t *testing.T) {
	t.Parallel()
	var schema struct {
		Properties struct {
			Signature struct {
				Properties struct{ Reason struct{ Enum []string } }
			}
		}
	}
	text, err := os.ReadFile(filepath.Join(schemaDir, "verify.json"))
	if err != nil || json.Unmarshal(text, &schema) != nil {
		t.Fatalf("the schema can't be read: %v", err)
	}
	listed := strings.Join(schema.Properties.Signature.Properties.Reason.Enum, " ") + " "
	for reason := keys.NoKeys; reason <= keys.KeyOfCloud; reason++ {
		if !strings.Contains(listed, reason.String()+" ") {
			t.Errorf("the schema lacks %v", reason)
		}
	}
}
