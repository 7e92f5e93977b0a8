package fetch_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/keys/fetch"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

const loginHost = "https://login.microsoftonline.com/"

func cloud(t *testing.T, id string) entra.Cloud {
	t.Helper()
	c, ok := entra.CloudByID(id)
	if !ok {
		t.Fatal("there is no cloud " + id)
	}
	return c
}

func TestTheKeysOfATenantAreFoundThroughItsMetadata(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, publicKey(t, 0, "one"))
	tn.apps["6f0e1c2a"] = []map[string]any{publicKey(t, 1, "of the app")}
	s := tn.source(newClock())
	ctx := context.Background()
	tests := []struct {
		name   string
		get    func() (*keys.Set, error)
		asked  []string
		tenant string
		kid    string
	}{
		{
			"v1.0",
			func() (*keys.Set, error) {
				return s.Tenant(ctx, cloud(t, "public"), tid, entra.V1, "")
			},
			[]string{
				"login.microsoftonline.com/" + tid + "/.well-known/openid-configuration",
				"login.microsoftonline.com/" + tid + "/discovery/keys",
			},
			tid, "one",
		},
		{
			"v2.0",
			func() (*keys.Set, error) {
				return s.Tenant(ctx, cloud(t, "public"), tid, entra.V2, "")
			},
			[]string{
				"login.microsoftonline.com/" + tid + "/v2.0/.well-known/openid-configuration",
				"login.microsoftonline.com/" + tid + "/discovery/v2.0/keys",
			},
			tid, "one",
		},
		{
			"a domain is resolved to the tenant's id",
			func() (*keys.Set, error) {
				return s.Tenant(ctx, cloud(t, "public"), tenantDomain, entra.V2, "")
			},
			[]string{
				"login.microsoftonline.com/contoso.onmicrosoft.com/v2.0/.well-known/" +
					"openid-configuration",
				"login.microsoftonline.com/contoso.onmicrosoft.com/discovery/v2.0/keys",
			},
			tid, "one",
		},
		{
			"common is no tenant",
			func() (*keys.Set, error) {
				return s.Tenant(ctx, cloud(t, "public"), "common", entra.V1, "")
			},
			[]string{
				"login.microsoftonline.com/common/.well-known/openid-configuration",
				"login.microsoftonline.com/common/discovery/keys",
			},
			"", "one",
		},
		{
			"an app with a signing key of its own",
			func() (*keys.Set, error) {
				return s.Tenant(ctx, cloud(t, "public"), tid, entra.V2, "6f0e1c2a")
			},
			[]string{
				"login.microsoftonline.com/" + tid +
					"/v2.0/.well-known/openid-configuration?appid=6f0e1c2a",
				"login.microsoftonline.com/" + tid + "/discovery/v2.0/keys?appid=6f0e1c2a",
			},
			tid, "of the app",
		},
		{
			"US Government",
			func() (*keys.Set, error) {
				return s.Tenant(ctx, cloud(t, "usgov"), tid, entra.V2, "")
			},
			[]string{
				"login.microsoftonline.us/" + tid + "/v2.0/.well-known/openid-configuration",
				"login.microsoftonline.us/" + tid + "/discovery/v2.0/keys",
			},
			tid, "one",
		},
		{
			"a v1.0 issuer is asked for on the login host",
			func() (*keys.Set, error) { return s.Issuer(ctx, mint.V1Issuer(tid)) },
			[]string{
				"login.microsoftonline.com/" + tid + "/.well-known/openid-configuration",
				"login.microsoftonline.com/" + tid + "/discovery/keys",
			},
			tid, "one",
		},
		{
			"the issuer that the token names",
			func() (*keys.Set, error) {
				return s.TokenIssuer(ctx, issuerOf(t, mint.V2Issuer(tid)), "")
			},
			[]string{
				"login.microsoftonline.com/" + tid + "/v2.0/.well-known/openid-configuration",
				"login.microsoftonline.com/" + tid + "/discovery/v2.0/keys",
			},
			tid, "one",
		},
		{
			"B2C by policy", func() (*keys.Set, error) {
				return s.TokenIssuer(ctx,
					issuerOf(t, "https://contoso.b2clogin.com/tfp/"+tid+"/b2c_1_signin/v2.0/"), "")
			},
			[]string{
				"contoso.b2clogin.com/tfp/" + tid +
					"/b2c_1_signin/v2.0/.well-known/openid-configuration",
				"contoso.b2clogin.com/tfp/" + tid + "/b2c_1_signin/discovery/v2.0/keys",
			},
			tid, "one",
		},
		{
			"External ID", func() (*keys.Set, error) {
				return s.TokenIssuer(ctx,
					issuerOf(t, "https://"+tid+".ciamlogin.com/"+tid+"/v2.0"), "")
			},
			[]string{
				tid + ".ciamlogin.com/" + tid + "/v2.0/.well-known/openid-configuration",
				tid + ".ciamlogin.com/" + tid + "/discovery/v2.0/keys",
			},
			tid, "one",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set, err := test.get()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.asked, tn.asked()); diff != "" {
				t.Errorf("asked for (-want +got):\n%s", diff)
			}
			if set.Metadata.Tenant() != test.tenant || len(set.Find(test.kid)) != 1 ||
				!set.Fetched.Equal(noon) || set.Cached {
				t.Errorf("tenant %q, kids %v, fetched %v, cached %v", set.Metadata.Tenant(),
					set.IDs(), set.Fetched, set.Cached)
			}
		})
	}
}

func issuerOf(t *testing.T, iss string) entra.Issuer {
	t.Helper()
	parsed, ok := entra.ParseIssuer(iss)
	if !ok {
		t.Fatal("this is no issuer of Entra: " + iss)
	}
	return parsed
}

// causeAndHint splits an error with one hint at most. The hint ends with the input that it asks
// for.
func causeAndHint(t *testing.T, err error) (cause, hint string) {
	t.Helper()
	var e *source.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want a source.Error", err)
	}
	switch {
	case len(e.Hints) > 1:
		t.Fatalf("%d hints, want one", len(e.Hints))
	case len(e.Hints) == 0:
		return e.Cause, ""
	case !e.Hints[0].Need.None():
		return e.Cause, e.Hints[0].Text + " (" + string(e.Hints[0].Need.Input) + ")"
	}
	return e.Cause, e.Hints[0].Text
}

func TestMetadataThatIsNotTheTenantsIsRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		metadata map[string]any
		cause    string
	}{
		{
			"of another tenant",
			map[string]any{"issuer": mint.V2Issuer(otherTenant)},
			`the discovery document is for the issuer "` + mint.V2Issuer(otherTenant) + `"`,
		},
		{
			"of no tenant",
			map[string]any{"issuer": "https://proxy.example.com"},
			`the discovery document is for the issuer "https://proxy.example.com"`,
		},
		{
			"with keys on another host",
			map[string]any{"jwks_uri": "https://keys.example.com/keys"},
			`the discovery document names keys on "keys.example.com", which is not an Entra host`,
		},
		{
			"with keys on a private address",
			map[string]any{"jwks_uri": "https://10.0.0.1/keys"},
			`the discovery document names keys on "10.0.0.1", which is not an Entra host`,
		},
		{
			"with keys over http",
			map[string]any{"jwks_uri": "http://login.microsoftonline.com/keys"},
			"the address is not https",
		},
		{
			"with keys in a file",
			map[string]any{"jwks_uri": "file:///etc/passwd"},
			`the discovery document names keys at "file:///etc/passwd", which is not an address`,
		},
		{
			"with keys at a path alone",
			map[string]any{"jwks_uri": "/common/discovery/keys"},
			`the discovery document names keys at "/common/discovery/keys", ` +
				"which is not an address",
		},
		{
			"without keys",
			map[string]any{"jwks_uri": ""},
			"the answer is not a discovery document: it lacks issuer or jwks_uri",
		},
		{
			"without an issuer",
			map[string]any{"issuer": nil},
			"the answer is not a discovery document: it lacks issuer or jwks_uri",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tn := newTenant(t, publicKey(t, 0, "one"))
			tn.metadata = test.metadata
			_, err := tn.source(newClock()).Tenant(context.Background(), cloud(t, "public"), tid,
				entra.V2, "")
			if cause, _ := causeAndHint(t, err); cause != test.cause {
				t.Errorf("got %q, want %q", cause, test.cause)
			}
		})
	}
}

func TestTheIssuerThatATokenNamesMustBeThatOfItsMetadata(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, publicKey(t, 0, "one"))
	tn.metadata = map[string]any{"issuer": mint.V2Issuer(tid)}
	for _, iss := range []string{
		mint.V2Issuer(otherTenant),
		"https://contoso.b2clogin.com/tfp/" + otherTenant + "/b2c_1_signin/v2.0/",
		"https://contoso.ciamlogin.com/" + otherTenant + "/v2.0",
	} {
		set, err := tn.source(newClock()).TokenIssuer(context.Background(), issuerOf(t, iss), "")
		if err == nil || set != nil {
			t.Errorf("%s: got %v, want an error", iss, set)
		}
	}
}

func TestAnIssuerThatIsNotEntrasMustNameItself(t *testing.T) {
	t.Parallel()
	tn := newTenant(t, publicKey(t, 0, "one"))
	s := tn.source(newClock())
	tn.metadata = map[string]any{
		"issuer":   "https://keys.example.com",
		"jwks_uri": "https://keys.example.com/discovery/keys",
	}
	set, err := s.Issuer(context.Background(), "https://keys.example.com")
	if err != nil || len(set.Keys) != 1 {
		t.Fatal(set, err)
	}
	tn.metadata["issuer"] = "https://keys.example.com/"
	_, err = s.Issuer(context.Background(), "https://keys.example.com")
	const want = `its discovery document is for the issuer "https://keys.example.com/"`
	if cause, _ := causeAndHint(t, err); cause != want {
		t.Error(cause)
	}
}

func TestAddressesThatAreNotAsked(t *testing.T) {
	t.Parallel()
	byUser := func(s *fetch.Source, address string) (*keys.Set, error) {
		return s.URL(context.Background(), address)
	}
	byPolicy := func(s *fetch.Source, address string) (*keys.Set, error) {
		return s.PolicyURL(context.Background(), address)
	}
	const private = "the address is private, and you did not give it yourself"
	tests := []struct {
		name, address string
		get           func(*fetch.Source, string) (*keys.Set, error)
		cause         string
	}{
		{"http", "http://keys.example.com/keys", byUser, "the address is not https"},
		{"http on a private address", "http://10.0.0.1/keys", byUser, "the address is not https"},
		{"a file", "file:///etc/passwd", byUser, "this is not an address"},
		{"data", "data:application/json,{}", byUser, "this is not an address"},
		{"ftp", "ftp://keys.example.com/keys", byUser, "the address is not https"},
		{"no host", "https:///keys", byUser, "this is not an address"},
		{"a path", "/keys", byUser, "this is not an address"},
		{
			"an issuer without a scheme", "contoso",
			func(s *fetch.Source, iss string) (*keys.Set, error) {
				return s.Issuer(context.Background(), iss)
			}, "this is not an address",
		},
		{
			"a name that is no domain", "contoso",
			func(s *fetch.Source, name string) (*keys.Set, error) {
				return s.Tenant(context.Background(), cloud(t, "public"), name, entra.V2, "")
			}, "this is not a tenant",
		},
		{
			"a user", "https://user:hunter2@keys.example.com/keys", byUser,
			"the address has a user or a password in it",
		},
		{"a policy's loopback", "https://127.0.0.1/keys", byPolicy, private},
		{"a policy's loopback by name", "https://localhost/keys", byPolicy, private},
		{"a policy's loopback over http", "http://127.0.0.1/keys", byPolicy, private},
		{"a policy's loopback in IPv6", "https://[::1]/keys", byPolicy, private},
		{"a policy's loopback, mapped", "https://[::ffff:127.0.0.1]/keys", byPolicy, private},
		{"a policy's loopback as one number", "https://2130706433/keys", byPolicy, private},
		{"a policy's loopback in hex", "https://0x7f.1/keys", byPolicy, private},
		{"a policy's loopback, shortened", "https://127.1/keys", byPolicy, private},
		{"the address of cloud metadata", "https://169.254.169.254/latest", byPolicy, private},
		{
			"the address of cloud metadata through NAT64", "https://[64:ff9b::a9fe:a9fe]/latest",
			byPolicy, private,
		},
		{
			"the address of cloud metadata through 6to4", "https://[2002:a9fe:a9fe::]/latest",
			byPolicy, private,
		},
		{"private IPv4", "https://192.168.1.1/keys", byPolicy, private},
		{"shared IPv4", "https://100.64.0.1/keys", byPolicy, private},
		{"private IPv6", "https://[fd00::1]/keys", byPolicy, private},
		{"link-local IPv6 with a zone", "https://[fe80::1%25eth0]/keys", byPolicy, private},
		{"nowhere", "https://0.0.0.0/keys", byPolicy, private},
		{"broadcast", "https://255.255.255.255/keys", byPolicy, private},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := test.get(&fetch.Source{Transport: noNetwork{t}}, test.address)
			cause, _ := causeAndHint(t, err)
			if cause != test.cause {
				t.Errorf("got %q, want %q", cause, test.cause)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the password is in %q", err)
			}
		})
	}
}

// noNetwork fails the test if a request is made.
type noNetwork struct{ t *testing.T }

func (n noNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	n.t.Errorf("a request to %s was made", r.URL)
	return nil, errors.New("no network")
}

func TestATokenCanOnlyNameHostsOfEntra(t *testing.T) {
	t.Parallel()
	s := &fetch.Source{Transport: noNetwork{t}}
	for _, iss := range []entra.Issuer{
		{},
		{
			Clouds: []string{"public"}, Host: "evil.example", Tenant: tid, Version: entra.V2,
			Kind: entra.External,
		},
		{
			Clouds: []string{"public"}, Host: "169.254.169.254", Tenant: tid, Version: entra.V2,
			Kind: entra.B2C, Policy: "p",
		},
		{
			Clouds: []string{"germany"}, Host: "login.microsoftonline.de", Tenant: tid,
			Version: entra.V2,
		},
	} {
		if _, err := s.TokenIssuer(context.Background(), iss, ""); err == nil {
			t.Errorf("%+v: want an error", iss)
		}
	}
}

func TestTheUserMayNameLoopback(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(body(`{"keys":[]}`))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	s := &fetch.Source{Sleep: newClock().sleep}
	for _, host := range []string{"localhost", "127.0.0.1"} {
		if _, err := s.URL(context.Background(), "http://"+host+":"+port+"/keys"); err != nil {
			t.Error(err)
		}
	}
}

func TestATextThatIsNoTenantIsNotAskedFor(t *testing.T) {
	t.Parallel()
	s := &fetch.Source{Transport: noNetwork{t}}
	for _, name := range []string{"", "a b", "../common", "x?y", "x/y", ".."} {
		_, err := s.Tenant(context.Background(), cloud(t, "public"), name, entra.V2, "")
		if err == nil {
			t.Errorf("%q: want an error", name)
		}
	}
	_, err := s.Tenant(context.Background(), cloud(t, "germany"), tid, entra.V2, "")
	if err == nil {
		t.Error("a cloud that was closed: want an error")
	}
}

// listings are the ids of the clouds that list a key. A question mark follows the id if we do not
// know it.
func listings(sets []keys.CloudSet, k *keys.Key) string {
	var ids []string
	for _, c := range sets {
		switch {
		case c.Set == nil:
			ids = append(ids, c.Cloud.ID+"?")
		case c.Lists(k):
			ids = append(ids, c.Cloud.ID)
		}
	}
	return strings.Join(ids, " ")
}

// serving answers for some hosts with key sets of their own, for all others of Entra with none.
func (tn *tenant) serving(sets map[string][]map[string]any) {
	tn.always = func(w http.ResponseWriter, r *http.Request) {
		switch set, ok := sets[r.Host]; {
		case !ok:
			http.NotFound(w, r)
		case strings.Contains(r.URL.Path, "/discovery/"):
			tn.write(w, map[string]any{"keys": set})
		default:
			tn.answer(w, r)
		}
	}
}

func TestEveryCloudIsAskedWhichKeysItLists(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	one, two, three := publicKey(t, 0, "one"), publicKey(t, 1, "two"), publicKey(t, 2, "three")
	tn.serving(map[string][]map[string]any{
		"login.microsoftonline.com": {one, two},
		"login.microsoftonline.us":  {two, three},
		// Another key has the same kid here.
		"login.partner.microsoftonline.cn": {publicKey(t, 1, "one")},
		"login.sovcloud-identity.fr":       {},
	})
	source := tn.source(newClock())
	source.Cache = t.TempDir()
	want := map[string]string{
		"one":   "public delos? govsg?",
		"two":   "public usgov delos? govsg?",
		"three": "usgov delos? govsg?",
	}
	check := func(sets []keys.CloudSet) {
		t.Helper()
		got := map[string]string{}
		for _, k := range setOf(t, one, two, three).Keys {
			got[k.ID] = listings(sets, k)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	check(source.CloudSets(context.Background()))

	// Offline the cache answers, and says of the others what it lacks.
	asked := len(tn.asked())
	offline := &fetch.Source{
		Transport: noNetwork{t}, Now: source.Now, Cache: source.Cache, Offline: true,
	}
	sets := offline.CloudSets(context.Background())
	check(sets)
	if last := sets[len(sets)-1]; last.Err == nil ||
		!strings.Contains(last.Err.Error(),
			"offline, and no key set of this address is in the cache") {
		t.Errorf("%s: %v", last.Cloud.ID, last.Err)
	}
	if asked == 0 || !sets[0].Set.Cached {
		t.Errorf("%d requests, then cached %v", asked, sets[0].Set.Cached)
	}
}
