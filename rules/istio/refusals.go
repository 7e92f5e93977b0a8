package istio

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// refusal is why the API server, by the schema of the resource, or Istio's admission webhook does
// not take a policy.
type refusal struct {
	at    *source.Value
	field string
	why   string
}

// refuser collects the refusals of one policy. What only a deployment knows is not refused.
type refuser struct {
	*resource
	all []refusal
}

// refusals lists why a policy does not get into a cluster. A rule that is left out besides, such
// as one with an unknown attribute, is not repeated here.
func (r *resource) refusals() []refusal {
	f := &refuser{resource: r}
	f.metadata()
	f.selection()
	if r.Kind == requestAuthentication {
		f.jwtRules()
	} else {
		f.authorization()
	}
	return f.all
}

func (f *refuser) add(at *source.Value, field, format string, args ...any) {
	if at == nil {
		at = f.At
	}
	f.all = append(f.all, refusal{at, field, fmt.Sprintf(format, args...)})
}

func (f *refuser) metadata() {
	version := f.At.Member("apiVersion")
	if text, _ := version.Str(); text != group+"v1" && text != group+"v1beta1" {
		f.add(version, "apiVersion", "there is no %s of %s", f.Kind, text)
	}
	kubernetes.Metadata(f.At, func(at *source.Value, field, why string) {
		f.add(at, field, "%s", why)
	})
	v := f.dryRun()
	if !v.Is(source.String) || kubernetes.Marked(v) {
		return
	}
	_, err := strconv.ParseBool(v.Text)
	switch {
	case f.Kind == requestAuthentication:
		f.add(v, dryRun, "a RequestAuthentication has no dry run")
	case !slices.Contains([]string{actionAllow, actionDeny}, f.action()):
		f.add(v, dryRun, "only ALLOW and DENY have a dry run")
	case err != nil:
		f.add(v, dryRun, "%s is neither true nor false", v.Text)
	}
}

func (f *refuser) selection() {
	f.kind(f.At, "", "spec", source.Object)
	f.kind(f.Spec, "", "selector", source.Object)
	f.kind(f.Spec.Member("selector"), "selector.", "matchLabels", source.Object)
	ways := 0
	for _, name := range []string{"selector", "targetRef", "targetRefs"} {
		if v := f.Spec.Member(name); v.IsSet() {
			ways++
		}
	}
	if ways > 1 {
		f.add(f.Spec, "spec", "only one of selector, targetRef and targetRefs may be set")
	}
	if selected := f.Spec.At("selector", "matchLabels"); selected.Is(source.Object) {
		for i := range selected.Members {
			m := &selected.Members[i]
			if len(m.Value.Text) > 63 && !kubernetes.Marked(m.Value) {
				f.add(m.Value, "selector.matchLabels", "a label has no more than 63 characters")
			}
			if m.Key == "" || strings.Contains(m.Key, "*") || strings.Contains(m.Value.Text, "*") {
				f.add(m.Value, "selector.matchLabels", "a label has no wildcard, and has a name")
			}
			f.kind(selected, "selector.matchLabels.", m.Key, source.String)
		}
	}
	kinds := []string{
		"/Service", "core/Service", "networking.istio.io/ServiceEntry",
		"gateway.networking.k8s.io/Gateway", "gateway.networking.k8s.io/GatewayClass",
	}
	for _, name := range []string{"targetRef", "targetRefs"} {
		refs, _ := kubernetes.References(f.Spec.Member(name))
		if v := f.Spec.Member(name); v.Is(source.List) {
			f.items(f.Spec, "", name, source.Object)
		}
		f.nameless(name)
		for _, ref := range refs {
			if kind := ref.At.TextAt("group") + "/" + ref.Kind; !slices.Contains(kinds, kind) {
				f.add(ref.At, name, "no policy is attached to a %s", strings.TrimPrefix(kind, "/"))
			}
			if ref.Namespace != "" {
				f.add(ref.At, name, "a policy is attached to what is in its own namespace")
			}
		}
	}
}

// nameless looks for what a policy is attached to without its name.
func (f *refuser) nameless(field string) {
	refs := []*source.Value{f.Spec.Member(field)}
	if refs[0].Is(source.List) {
		refs = refs[0].Items
	}
	for _, ref := range refs {
		if ref.Is(source.Object) && !ref.Member("name").IsSet() {
			f.add(ref, field, "it has no name")
		}
	}
}

// items are those of a list. What is neither a list nor absent is refused, and so is what is not
// of the kind.
func (f *refuser) items(of *source.Value, path, name string, kind source.Kind) []*source.Value {
	v := of.Member(name)
	if !v.IsSet() || kubernetes.Marked(v) {
		return nil
	}
	if !v.Is(source.List) {
		f.add(v, path+name, "it is %s, and must be a list", kubernetes.KindOf(v))
		return nil
	}
	if most := mostItems(name); len(v.Items) > most {
		f.add(v, path+name, "it has %d items, and must have no more than %d", len(v.Items), most)
	}
	var all []*source.Value
	for _, item := range v.Items {
		switch {
		case kubernetes.Marked(item):
		case !item.Is(kind):
			f.add(item, path+name, "an item is %s, and must be %s", kubernetes.KindOf(item), kind)
		case kind == source.String && item.Text == "":
			f.add(item, path+name, "an item is empty")
		default:
			all = append(all, item)
		}
	}
	return all
}

// mostItems is how many items a list may have (crd-all.gen.yaml).
func mostItems(list string) int {
	switch list {
	case "serviceAccounts", "notServiceAccounts", "targetRefs":
		return 16
	case "spaceDelimitedClaims":
		return 64
	case "rules", "from":
		return 512
	case "jwtRules":
		return 4096
	}
	return math.MaxInt
}

// kind looks at a field that must be of a kind, where it is there.
func (f *refuser) kind(of *source.Value, path, name string, kind source.Kind) {
	v := of.Member(name)
	if v.IsSet() && !v.Is(kind) && !kubernetes.Marked(v) {
		f.add(v, path+name, "it is %s, and must be %s", kubernetes.KindOf(v), kind)
	}
}

func (f *refuser) jwtRules() {
	for n, rule := range f.items(f.Spec, "", "jwtRules", source.Object) {
		path := fmt.Sprintf("jwtRules[%d].", n)
		for _, name := range []string{
			"audiences", "fromParams", "fromCookies", "spaceDelimitedClaims",
		} {
			f.items(rule, path, name, source.String)
		}
		for _, name := range []string{
			"issuer", "jwksUri", "jwks_uri", "jwks", "outputPayloadToHeader", "timeout",
		} {
			f.kind(rule, path, name, source.String)
		}
		f.kind(rule, path, "forwardOriginalToken", source.Bool)
		f.keys(rule, path)
		for _, h := range f.items(rule, path, "fromHeaders", source.Object) {
			if name := h.Member("name"); name == nil || name.Text == "" {
				f.add(h, path+"fromHeaders", "a header has no name")
			}
			f.kind(h, path+"fromHeaders.", "name", source.String)
			f.kind(h, path+"fromHeaders.", "prefix", source.String)
		}
		for _, h := range f.items(rule, path, "outputClaimToHeaders", source.Object) {
			f.kind(h, path+"outputClaimToHeaders.", "header", source.String)
			f.kind(h, path+"outputClaimToHeaders.", "claim", source.String)
			header := h.TextAt("header")
			if !kubernetes.Marked(h.Member("header")) && !source.IsPlain(header, "-_") ||
				header == "" || h.TextAt("claim") == "" {
				f.add(h, path+"outputClaimToHeaders", "it needs a claim, and the name of a header")
			}
		}
		if v := rule.Member("timeout"); v.Is(source.String) && !kubernetes.Marked(v) {
			if d, err := time.ParseDuration(v.Text); err != nil || d < time.Millisecond {
				f.add(v, path+"timeout", "%s is not a duration", v.Text)
			}
		}
	}
}

// keys looks at where a rule has its keys from.
func (f *refuser) keys(rule *source.Value, path string) {
	issuer, inline := rule.Member("issuer"), rule.Member("jwks")
	uri := rule.Member(keysField(rule))
	empty := func(v *source.Value) bool { return !v.IsSet() || v.Text == "" }
	if issuer.Is(source.String) && issuer.Text == "" {
		f.add(issuer, path+"issuer", "the issuer is empty")
	} else if empty(issuer) && empty(uri) {
		f.add(rule, strings.TrimSuffix(path, "."), "it has neither an issuer nor a jwksUri")
	}
	if old := rule.Member("jwks_uri"); old.IsSet() && old != uri {
		f.add(old, path+"jwks_uri", "only one of jwks_uri and jwksUri may be set")
	}
	if uri.IsSet() && inline.IsSet() {
		f.add(inline, path+"jwks", "only one of jwks and jwksUri may be set")
	}
	if uri.Is(source.String) && !kubernetes.Marked(uri) {
		u, err := url.Parse(uri.Text)
		if len(uri.Text) > 2048 {
			f.add(uri, path+"jwksUri", "the address has more than 2048 characters")
		}
		if err != nil || u.Scheme != "http" && u.Scheme != "https" {
			f.add(uri, path+"jwksUri", "the address must begin with http:// or https://")
		}
	}
	if inline.Is(source.String) && inline.Text != "" && !kubernetes.Marked(inline) {
		if _, err := keys.Parse("", []byte(inline.Text)); err != nil {
			f.add(inline, path+"jwks", "it is not a key set: %v", err)
		}
	}
}

func (f *refuser) authorization() {
	action, provider := f.Spec.Member("action"), f.Spec.Member("provider")
	if !kubernetes.Marked(action) && !slices.Contains(actions(), f.action()) {
		f.add(action, "action", "there is no action %q", f.action())
		return
	}
	custom := f.action() == actionCustom
	none := kubernetes.IsEmpty(f.Spec.Member("rules"))
	switch name := provider.Member("name"); {
	case provider.IsSet() && !custom:
		f.add(provider, "provider", "only CUSTOM has a provider")
	case none && custom:
		f.add(action, "rules", "CUSTOM without rules decides nothing")
	case custom && (name == nil || name.Text == ""):
		f.add(action, "provider", "CUSTOM needs the name of a provider")
	}
	for n, rule := range f.items(f.Spec, "", "rules", source.Object) {
		path := fmt.Sprintf("rules[%d].", n)
		for _, from := range f.items(rule, path, "from", source.Object) {
			f.object(from, path, "from", "source", sourceFields())
			if of := from.Member("source"); of != nil {
				f.peers(of, path+"from.source.")
			}
		}
		for _, to := range f.items(rule, path, "to", source.Object) {
			f.object(to, path, "to", "operation", operationFields())
			f.paths(to.Member("operation"), path+"to.operation.")
		}
		for _, when := range f.items(rule, path, "when", source.Object) {
			f.when(when, path+"when")
		}
	}
}

// object looks at a source or an operation, which must be there and say something.
func (f *refuser) object(of *source.Value, path, list, name string, fields []namedField) {
	object, said := of.Member(name), false
	path += list + "." + name
	for _, field := range fields {
		for _, name := range []string{field.name, field.not} {
			f.items(object, path+".", name, source.String)
			v := object.Member(name)
			said = said || len(v.List()) > 0 || kubernetes.Marked(v)
			if len(v.List()) > 0 && f.action() == actionCustom &&
				name != "hosts" && (readsToken(field.attribute) || isPeer(field.attribute)) {
				f.add(v, path+"."+name, "CUSTOM can't look at it")
			}
		}
	}
	if !said && !kubernetes.Marked(object) {
		f.add(of, path, "it is empty")
	}
}

func isPeer(attribute string) bool {
	return slices.Contains([]string{ofPeer, ofNamespace, ofAccount, ofTrust}, attribute)
}

// peers looks at service accounts and trust domains.
func (f *refuser) peers(of *source.Value, path string) {
	set := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool {
			return len(of.Member(name).List()) > 0
		})
	}
	if set("serviceAccounts", "notServiceAccounts") &&
		set("principals", "notPrincipals", "namespaces", "notNamespaces") {
		f.add(of, path+"serviceAccounts", "it does not go with principals or namespaces")
	}
	for _, name := range []string{"serviceAccounts", "notServiceAccounts"} {
		for _, v := range kubernetes.ListIn(of, path, name).Values {
			f.account(v, path+name)
		}
	}
	for _, name := range []string{"trustDomains", "notTrustDomains"} {
		for _, v := range kubernetes.ListIn(of, path, name).Values {
			if strings.Contains(v.Text, "/") || wildcardInside(v.Text) {
				f.add(v, path+name, "%s is not a trust domain", v.Text)
			}
		}
	}
}

func (f *refuser) account(v *source.Value, field string) {
	namespace, name, found := strings.Cut(v.Text, "/")
	if strings.Contains(v.Text, "*") || strings.Contains(name, "/") || len(v.Text) > 320 ||
		found && (namespace == "" || name == "") {
		f.add(v, field, "%s is not a service account, as NAME or NAMESPACE/NAME", v.Text)
	}
}

// wildcardInside reports whether a text has a star that is not its first or its last character,
// or more than one.
func wildcardInside(text string) bool {
	return strings.Count(text, "*") > 1 || strings.Contains(strings.Trim(text, "*"), "*")
}

func (f *refuser) paths(of *source.Value, path string) {
	for _, name := range []string{"paths", "notPaths"} {
		for _, v := range kubernetes.ListIn(of, path, name).Values {
			if why := badTemplate(v.Text); why != "" && !kubernetes.Marked(v) {
				f.add(v, path+name, "%s: %s", v.Text, why)
			}
		}
	}
}

func (f *refuser) when(of *source.Value, path string) {
	key := of.TextAt("key")
	said := false
	for _, name := range []string{"values", "notValues"} {
		texts := f.items(of, path+".", name, source.String)
		v := of.Member(name)
		said = said || len(v.List()) > 0 || kubernetes.Marked(v)
		for _, text := range texts {
			switch {
			case key == ofAccount:
				f.account(text, path+"."+name)
			case key == ofTrust && wildcardInside(text.Text):
				f.add(text, path+"."+name, "%s is not a trust domain", text.Text)
			}
		}
	}
	open := strings.Index(key, "[")
	bracketed := open > 0 && open < len(key)-2 && strings.HasSuffix(key, "]")
	named := []string{ofClaims, ofHeaders, ofFilters}
	wanted := slices.ContainsFunc(named, func(of string) bool {
		return strings.HasPrefix(key, of)
	})
	switch {
	case key == "":
		f.add(of, path, "it has no key")
	case !said:
		f.add(of, path, "%s has neither values nor notValues", key)
	case wanted && !bracketed && !kubernetes.Marked(of.Member("key")):
		f.add(of.Member("key"), path+".key", "%s is not of the form a[b]", key)
	case f.action() == actionCustom && (readsToken(key) || isPeer(key)):
		f.add(of.Member("key"), path+".key", "CUSTOM can't look at %s", key)
	}
}
