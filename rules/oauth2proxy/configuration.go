package oauth2proxy

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// isConfiguration reports whether an object is the program's configuration file: one of its
// members is an option that only this program has, or two are options.
func (r *reader) isConfiguration(object *source.Value) bool {
	count := 0
	for i := range object.Members {
		name := strings.ToLower(object.Members[i].Key)
		if _, ok := r.named[name]; !ok {
			continue
		}
		count++
		for _, telling := range []string{"oidc_", "skip_jwt", "email_domains", "extra_jwt"} {
			if strings.HasPrefix(name, telling) {
				return true
			}
		}
	}
	return count > 1
}

// hasOption reports whether a member of a file is an option: it may be the configuration file of
// an instance that names it.
func (c *common) hasOption(file *source.File) bool {
	return slices.ContainsFunc(objectsOf(file), func(object *source.Value) bool {
		return slices.ContainsFunc(object.Members, func(m source.Member) bool {
			_, ok := c.named[strings.ToLower(m.Key)]
			return ok
		})
	})
}

// fromFile takes the options of a configuration file. Their names count in either case (viper).
func (r *reader) fromFile(e *entry, object *source.Value, like given) {
	for i := range object.Members {
		m := &object.Members[i]
		o, ok := r.named[strings.ToLower(m.Key)]
		if !ok {
			e.unknown = append(e.unknown, unknownName{layer: byFile, name: m.Key, at: keyOf(m)})
			continue
		}
		g := like
		g.option, g.layer, g.value, g.object = o, byFile, m.Known(), object
		e.given = append(e.given, g)
	}
}

// keyOf is the name of a member as a value, to show it.
func keyOf(m *source.Member) *source.Value {
	return &source.Value{Kind: source.String, Text: m.Key, Pos: m.KeyPos, Span: m.KeySpan}
}

// isAlpha reports whether an object is an alpha configuration: it has providers as the program has
// them.
func isAlpha(object *source.Value) bool {
	providers := alphaAt(object, "providers").List()
	if len(providers) == 0 {
		return false
	}
	first := providers[0]
	return alphaAt(first, "oidcConfig") != nil ||
		alphaAt(first, "clientID") != nil && alphaAt(first, "provider") != nil
}

// fromAlpha takes the options of the first provider; the program looks at no other.
func (r *reader) fromAlpha(e *entry, object *source.Value, like given) {
	e.alpha, e.structured = true, object
	provider := alphaAt(object, "providers").Items[0]
	for _, o := range r.options {
		if o.alpha == nil {
			continue
		}
		holder := alphaAt(provider, o.alpha[:len(o.alpha)-1]...)
		m := findFold(holder, o.alpha[len(o.alpha)-1])
		if m == nil || m.Value.Is(source.Null) {
			continue
		}
		g := like
		g.option, g.layer, g.value, g.object = o, byAlpha, m.Known(), holder
		e.given = append(e.given, g)
	}
	e.unknownBelow(object, "", alphaFields())
}

// findFold finds a member, whose name counts in either case (mapstructure).
func findFold(object *source.Value, name string) *source.Member {
	if !object.Is(source.Object) {
		return nil
	}
	if m := object.Find(name); m != nil {
		return m
	}
	for i := range object.Members {
		if strings.EqualFold(object.Members[i].Key, name) {
			return &object.Members[i]
		}
	}
	return nil
}

// alphaAt is the value at the end of a path of such names, or nil.
func alphaAt(v *source.Value, path ...string) *source.Value {
	for _, name := range path {
		v = findFold(v, name).Known()
	}
	return v
}

// unknownBelow remembers the names below an object that the program does not know, without which
// it starts (pkg/apis/options/load.go, Decode).
func (e *entry) unknownBelow(v *source.Value, path string, fields map[string]string) {
	for _, item := range v.List() {
		e.unknownBelow(item, path, fields)
	}
	known, ok := fields[path]
	if !ok || !v.Is(source.Object) {
		return
	}
	for i := range v.Members {
		m := &v.Members[i]
		name, found := found(strings.Fields(known), func(name string) bool {
			return strings.EqualFold(name, m.Key)
		})
		if found {
			if strings.HasSuffix(path, "Headers.values") {
				e.inValues = append(e.inValues, m)
			}
			e.unknownBelow(m.Value, strings.TrimPrefix(path+"."+name, "."), fields)
		} else if !hasMark(m.Key) {
			e.unknown = append(e.unknown, unknownName{layer: byAlpha, name: m.Key, at: keyOf(m)})
		}
	}
}

// alphaFields are the names that an alpha configuration can have, by where they are; the items of
// a list are where the list is. Those of a header's values are of two forms: see
// [entry.otherForm].
func alphaFields() map[string]string {
	const server, secret = "bindAddress secureBindAddress tls", "value fromEnv fromFile"
	const tls = "key cert minVersion cipherSuites"
	const header = "name preserveRequestValue InsecureSkipHeaderNormalization values"
	const claim = "claim prefix basicAuthPassword"
	const values = "secretSource claimSource " + claim + " " + secret
	all := map[string]string{
		"": "upstreamConfig injectRequestHeaders injectResponseHeaders server metricsServer " +
			"providers",
		"upstreamConfig": "proxyRawPath upstreams",
		"upstreamConfig.upstreams": "id path rewriteTarget uri insecureSkipTLSVerify static " +
			"staticCode flushInterval passHostHeader proxyWebSockets timeout disableKeepAlives",
		"providers": "clientID clientSecret clientSecretFile keycloakConfig azureConfig " +
			"microsoftEntraIDConfig ADFSConfig bitbucketConfig githubConfig gitlabConfig " +
			"googleConfig oidcConfig loginGovConfig id provider name caFiles " +
			"useSystemTrustStore loginURL loginURLParameters authRequestResponseMode " +
			"redeemURL profileURL skipClaimsFromProfileURL resource validateURL scope " +
			"allowedGroups code_challenge_method additionalClaims backendLogoutURL",
		"providers.keycloakConfig":         "groups roles",
		"providers.azureConfig":            "tenant graphGroupField",
		"providers.microsoftEntraIDConfig": "allowedTenants federatedTokenAuth",
		"providers.gitlabConfig":           "group projects",
		"providers.oidcConfig": "issuerURL insecureAllowUnverifiedEmail " +
			"insecureSkipIssuerVerification insecureSkipNonce skipDiscovery jwksURL " +
			"publicKeyFiles emailClaim groupsClaim userIDClaim audienceClaims extraAudiences " +
			"enabledSigningAlgs",
	}
	for _, name := range []string{"server", "metricsServer"} {
		all[name], all[name+".tls"] = server, tls
		all[name+".tls.key"], all[name+".tls.cert"] = secret, secret
	}
	for _, name := range []string{"injectRequestHeaders", "injectResponseHeaders"} {
		all[name], all[name+".values"] = header, values
		all[name+".values.secretSource"], all[name+".values.claimSource"] = secret, claim
	}
	return all
}

// otherForm lists the names in the values of headers that the version does not know: before 7.14
// these have the fields of a source themselves, from it on they have a source
// (pkg/apis/options/header.go).
func (e *entry) otherForm() []unknownName {
	old, known := e.before(7, 14)
	var all []unknownName
	for _, m := range e.inValues {
		u := unknownName{layer: byAlpha, name: m.Key, at: keyOf(m), open: !known}
		u.instead = "from 7.14 on it stands in claimSource or secretSource"
		isSource := strings.HasSuffix(strings.ToLower(m.Key), "source")
		if isSource {
			u.instead = "before 7.14 what is in it stands without it"
		}
		if isSource == old {
			all = append(all, u)
		}
	}
	return all
}

// before reports whether the version is below a minor one.
func (e *entry) before(major, minor int) (older, known bool) {
	numbers := strings.SplitN(e.version, ".", 3)
	return rules.OlderThan(strings.Join(numbers[:min(2, len(numbers))], "."), major, minor)
}

// wrongKind says why the program does not start with a value for what it is. The alpha
// configuration is read as it is written; elsewhere a text may stand for a switch, or for a list.
func (g *given) wrongKind() string {
	v, strict := g.value, g.layer == byAlpha
	switch {
	case g.option.kind != list && v.Is(source.List):
		return "it takes one value, and no list"
	case !strict, v.Is(source.Unknown), v.Is(source.String) && (hasMark(v.Text) ||
		hasVariable(v.Text)):
		return ""
	case g.option.kind == list && !v.Is(source.List):
		return "it takes a list"
	case g.option.kind == toggle && !v.Is(source.Bool):
		return "it takes true or false, without quotes"
	case g.option.kind == text && !v.Is(source.String):
		return "it takes a text"
	}
	odd := func(item *source.Value) bool { return !item.Is(source.String) && !marked(item) }
	if slices.ContainsFunc(v.List(), odd) {
		return "it takes a list of texts"
	}
	return ""
}

// besideAlpha lists the options that the alpha configuration has, and that are set as if there was
// none: the program knows them no longer. A variable of such a name it ignores.
func (e *entry) besideAlpha() []fault {
	if !e.alpha || e.open[byAlpha] != "" {
		return nil
	}
	var all []fault
	for _, g := range e.given {
		if g.option.moved && (g.layer == byFlag || g.layer == byFile) {
			all = append(all, fault{option: g.option, value: g.value, why: "beside an alpha " +
				"configuration there is no such option"})
		}
	}
	for _, provider := range alphaAt(e.structured, "providers").List() {
		if id := alphaAt(provider, "id"); provider.Is(source.Object) &&
			(id == nil || id.Is(source.String) && id.Text == "") {
			all = append(all, fault{
				option: option{name: "providers"}, value: provider, why: "a provider needs an id",
			})
		}
	}
	return all
}

// hasVariable reports whether a text has the name of a variable, in the place of which the program
// puts its value (a8m/envsubst). Behind a dollar sign a digit, or nothing, stays as it is.
func hasVariable(text string) bool {
	return regexp.MustCompile(`\$[A-Za-z_{$]`).MatchString(text)
}
