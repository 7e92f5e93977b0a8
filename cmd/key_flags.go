package cmd

import (
	"cmp"
	"context"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/keys/fetch"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// keyFlags say whose keys verify a token, and how they are fetched.
type keyFlags struct {
	tenant  string
	cloud   choice
	issuer  string
	jwks    string
	offline bool
	noCache bool
	by      string // the place in a file that says the tenant; empty where a flag does
}

func (f *keyFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.tenant, "tenant", "",
		"the tenant that the token must come from: an `ID` or a domain")
	f.cloud.registerCloud(cmd)
	flags.StringVar(&f.issuer, "issuer", "",
		"the exact issuer that the token must have, as a `URL`")
	flags.StringVar(&f.jwks, "jwks", "", "the key set to verify with: a `FILE` or a URL")
	f.registerFetching(cmd)
}

// registerFetching adds the flags that say how keys are fetched, and not whose.
func (f *keyFlags) registerFetching(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.offline, "offline", false,
		"do not use the network: read key sets only from files and from the cache")
	flags.BoolVar(&f.noCache, "no-cache", false, "do not use the cache of key sets")
	registerConnection(cmd)
}

// namesKeys reports whether the flags say whose keys they are.
func (f *keyFlags) namesKeys() bool { return f.jwks != "" || f.tenant != "" || f.issuer != "" }

// keySource returns the source that key sets are fetched from. Its Kid is the token's, so that a
// cached set without that key is fetched again.
func (e *Env) keySource(f *keyFlags, token *inspect.Token) *fetch.Source {
	s := &fetch.Source{Transport: e.transport, Now: e.Now, Offline: f.offline}
	if token != nil {
		s.Kid = token.Header.TextAt("kid")
	}
	// without a home directory there is no cache
	if dir, err := e.CacheDir(); err == nil && !f.noCache {
		s.Cache = filepath.Join(dir, "gatewhy")
	}
	return s
}

// givenKeys returns the key set that the flags name, or nil where they name none: --jwks, else the
// tenant's or the issuer's.
func (e *Env) givenKeys(
	ctx context.Context, f *keyFlags, token *inspect.Token,
) (*keys.Set, error) {
	source := e.keySource(f, token)
	switch {
	case strings.Contains(f.jwks, "://"):
		return source.URL(ctx, f.jwks)
	case f.jwks == "-":
		return nil, problem("the key set is not read from standard input here",
			"pass a file or an address: --jwks FILE|URL")
	case f.jwks != "":
		set, err := e.maker().ReadKeys(f.jwks)
		return set, e.maker().OrMistaken(err, f.jwks, "a key set")
	case f.tenant != "":
		return keysOfTenant(ctx, source, f, token)
	case f.issuer != "":
		return keysOfIssuer(ctx, source, f.issuer, token)
	}
	return nil, nil
}

// tenantID returns the id of the tenant that --tenant names, or an empty string. A domain is
// resolved by its metadata, which is what a set from the tenant was found by.
func (e *Env) tenantID(ctx context.Context, f *keyFlags, set *keys.Set) (string, error) {
	if f.tenant == "" || entra.IsGUID(f.tenant) {
		return f.tenant, nil
	}
	if set != nil && set.Metadata.Tenant() != "" {
		return set.Metadata.Tenant(), nil
	}
	resolved, err := e.keySource(f, nil).Tenant(ctx, f.cloudOrPublic(), f.tenant, entra.V2, "")
	switch {
	case err != nil && !entra.NamesTenant(f.tenant):
		return "", err
	case err != nil:
		return "", problem("--tenant "+f.tenant+": its id is not known: "+err.Error(),
			"pass the id: --tenant ID")
	}
	if id := resolved.Metadata.Tenant(); id != "" {
		return id, nil
	}
	return "", problem("--tenant "+f.tenant+": this is not one tenant",
		"pass one tenant's id or domain")
}

// setTenant puts the tenant of --tenant into what is expected of a token. Offline the id of a
// domain may not be known; all else can be answered without it.
func (e *Env) setTenant(
	ctx context.Context, f *keyFlags, set *keys.Set, expect *keys.Expect,
) (err error) {
	expect.Tenant, err = e.tenantID(ctx, f, set)
	if err != nil && f.offline && entra.NamesTenant(f.tenant) && f.cloudOrPublic().Closed == "" {
		expect.Domain, err = f.tenant, nil
	}
	return err
}

// expected is whose token the flags say that it must be. The set is that of the flags. A tenant
// such as common names whose keys to take, and is nobody's.
func (e *Env) expected(
	ctx context.Context, f *keyFlags, set *keys.Set, token *inspect.Token,
) (x report.Expected, err error) {
	shared := entra.KeysAddress{Tenant: f.tenant}.Shared()
	x.Cloud = f.cloud.value
	if token == nil || shared && f.issuer == "" {
		return x, nil
	}
	x.Issuer = f.issuer
	x.By = cmp.Or(f.by, report.Name(source.NeedTenant))
	if !shared {
		err = e.setTenant(ctx, f, set, &x.Expect)
	}
	return x, err
}

// noteUnused says of a command that compares no token with --tenant or --issuer which of them is
// not taken, for the keys come from elsewhere: --jwks, or how else that was given, comes first.
func (e *Env) noteUnused(f *keyFlags, jwks string) {
	taken := ""
	for _, flag := range [...]struct{ name, value string }{
		{jwks, f.jwks}, {"--tenant", f.tenant}, {"--issuer", f.issuer},
	} {
		switch {
		case flag.value == "":
		case taken == "":
			taken = flag.name
		default:
			e.note("%s is not used: it names whose keys to take, and %s does that already",
				flag.name, taken)
		}
	}
}

func (f *keyFlags) cloudOrPublic() entra.Cloud { return report.CloudNamed(f.cloud.value) }

// signatures returns what verifies a request's tokens: the key set of the flags, else those at the
// policies' own URLs.
func (e *Env) signatures(
	ctx context.Context, flags *keyFlags, token *inspect.Token,
) (*report.Signatures, error) {
	given, err := e.givenKeys(ctx, flags, token)
	source := e.keySource(flags, token)
	fetch := func(url string) (*keys.Set, error) { return source.PolicyURL(ctx, url) }
	return &report.Signatures{Given: given, Fetch: fetch}, err
}

// keysOfTenant fetches the keys that the tenant of --tenant signs such a token with: those of B2C
// or External ID, which differ from those of Entra ID proper, where the token names that tenant's
// own.
func keysOfTenant(
	ctx context.Context, source *fetch.Source, f *keyFlags, token *inspect.Token,
) (*keys.Set, error) {
	version := entra.V2 // the keys are the same; the issuer that the metadata names is not
	if token != nil && token.Claims.TextAt("ver") == entra.V1.String() {
		version = entra.V1
	}
	set, err := source.Tenant(ctx, f.cloudOrPublic(), f.tenant, version, "")
	if err != nil {
		return nil, err
	}
	issuer, ok := issuerOf(token)
	if !ok || issuer.Kind == entra.Workforce ||
		!strings.EqualFold(issuer.Tenant, set.Metadata.Tenant()) {
		return set, nil
	}
	return source.TokenIssuer(ctx, issuer, "")
}

// keysOfIssuer fetches the keys of --issuer. The policy of B2C, which keeps the keys, is the
// token's where the issuer names none.
func keysOfIssuer(
	ctx context.Context, source *fetch.Source, named string, token *inspect.Token,
) (*keys.Set, error) {
	issuer, _ := entra.ParseIssuer(named)
	if own, ok := issuerOf(token); ok && issuer.Kind == entra.B2C && issuer.Policy == "" {
		issuer.Policy = own.Policy
		return source.EntraIssuer(ctx, issuer)
	}
	return source.Issuer(ctx, named)
}

// issuerOf returns the issuer of Entra that a token names.
func issuerOf(token *inspect.Token) (entra.Issuer, bool) {
	if token == nil {
		return entra.Issuer{}, false
	}
	profile := inspect.Describe(token)
	return report.IssuerOf(&profile)
}
