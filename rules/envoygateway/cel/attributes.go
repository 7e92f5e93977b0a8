package cel

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Env is what an expression may read beside the request.
type Env struct {
	Providers []Provider // of the same policy

	// Headers are those that the proxy writes from claims and the like, whatever the caller sends.
	Headers []string

	// Normalized says that the path is compared as the proxy normalizes it.
	Normalized bool
}

// Provider is a provider of tokens. The proxy puts the claims of a token that it has accepted into
// its metadata, under the provider's name.
type Provider struct {
	Name string

	// Accepted holds if the provider has accepted the token. It is an And of nothing where nobody
	// else gets as far as the expression.
	Accepted rules.Predicate
}

// jwtFilter is the name under which the filter that verifies tokens puts claims into the metadata.
const jwtFilter = "envoy.filters.http.jwt_authn"

// claimsDepth is the length of the path to all claims of a token: metadata.filter_metadata, the
// filter, the provider.
const claimsDepth = 4

// root is the value of a variable. Envoy has maps for all of its own.
func root(name string) result {
	name = strings.TrimPrefix(name, ".")
	switch name {
	case "request", "metadata", "connection", "source", "destination", "response", "upstream",
		"xds", "filter_state", "upstream_filter_state":
		return givesMap(name)
	case "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type",
		"google":
		return notKnown("gatewhy does not work out types such as %s", name)
	}
	return fault("there is no %s", name)
}

// givesMap is a map of Envoy's.
func givesMap(path ...string) result { return gives(value{kind: attributeValue, path: path}) }

// attribute reads an attribute at the end of a path, which has two steps or more.
func (e *evaluator) attribute(path []string) result {
	name := strings.Join(path, ".")
	switch {
	case path[0] == "metadata":
		return e.metadata(path)
	case e.request == nil:
		return notKnown("it is read from the request")
	case path[0] == "request":
		return e.requestAttribute(path[1:])
	case path[0] == "source", path[0] == "destination":
		return notKnown("gatewhy does not know the addresses of the connection (%s)", name)
	case path[0] == "connection":
		return notKnown("gatewhy does not know the connection (%s)", name)
	}
	return notKnown("gatewhy does not know %s", name)
}

// requestAttribute reads an attribute of the request. The path has its name, and what follows it.
func (e *evaluator) requestAttribute(path []string) result {
	name := path[0]
	switch name {
	case "headers":
		if len(path) == 1 {
			return givesMap("request", "headers")
		}
		return e.header(path[1])
	case "method":
		return e.read(rules.RequestInput(rules.RequestMethod), name)
	case "host":
		return e.read(rules.RequestInput(rules.RequestHost), name)
	case "path", "url_path":
		in := rules.RequestInput(rules.RequestPath)
		in.Normalized = e.env != nil && e.env.Normalized
		whole := e.read(in, name)
		path, query, found := strings.Cut(whole.value.text, "?")
		switch {
		case !whole.ok():
		case name == "url_path":
			whole.value.text = path
		case !found && e.request.RawQuery != "":
			whole.value.text = path + e.request.RawQuery
		case !found && e.hasQuery():
			return notKnown("how the query is written is not known, and request.path has it")
		case !found:
			whole.value.text = path
		default:
			whole.value.text = path + "?" + query
		}
		return whole
	case "query":
		return e.query()
	case "referer":
		return e.header("referer")
	case "useragent":
		return e.header("user-agent")
	case "id":
		return e.header("x-request-id")
	case "scheme", "time", "headers_bytes", "size", "total_size":
		r := notKnown("gatewhy does not know request.%s", name)
		r.unknown.Present = true
		return r
	case "protocol", "duration":
		return notKnown("gatewhy does not know request.%s", name)
	}
	return fault("no such key: request.%s", name)
}

// hasQuery reports whether the request has a query, even an empty one: /orders?. A path that is
// given without a word about a query has none.
func (e *evaluator) hasQuery() bool { return len(e.request.Query) > 0 || e.request.RawQuery != "" }

func (e *evaluator) query() result {
	_, query, found := strings.Cut(e.request.Path+e.request.RawQuery, "?")
	switch {
	case found:
		query, _, _ = strings.Cut(query, "#")
		return gives(textOf(query))
	case e.request.QueryWhole && !e.hasQuery():
		return gives(textOf(""))
	}
	r := notKnown("how the query is written is not known")
	r.unknown.Present = true
	r.unknown.Need = rules.Need{Input: source.NeedRequest, For: "the path with its query"}
	return r
}

// read is an input as a value.
func (e *evaluator) read(in rules.Input, name string) result {
	switch reading := e.request.Read(in); {
	case reading.Unknown != nil:
		return result{unknown: reading.Unknown}
	case reading.Value == nil:
		return fault("no such key: %s", name)
	default:
		v, ok := valueOf(reading.Value)
		if !ok {
			return notKnown("gatewhy does not know how the proxy reads %s", name)
		}
		return gives(v)
	}
}

// header reads a header, by its name in any case. Some the proxy writes itself.
func (e *evaluator) header(name string) result {
	name = strings.ToLower(name)
	r := e.read(rules.Input{Source: rules.FromHTTP, Name: name}, "request.headers."+name)
	switch {
	case e.env.writes(name):
		return notKnown("the proxy writes the header %s itself", name)
	case name == "cookie" && r.fault != "" && len(e.request.Cookies) > 0:
		return notKnown("how the cookies are written is not known")
	case name == "authorization" && e.request.Token != nil && (r.fault != "" || r.unknown != nil):
		return notKnown("the header authorization may carry the token, of which the text is not " +
			"looked at")
	}
	return r
}

// writes reports whether the proxy sets a header itself, or has the request line under its name.
func (env *Env) writes(name string) bool {
	same := func(header string) bool { return strings.EqualFold(header, name) }
	if slices.ContainsFunc(env.Headers, same) {
		return true
	}
	switch name {
	case "host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port",
		"x-request-id", "via":
		return true
	}
	return strings.HasPrefix(name, ":") || strings.HasPrefix(name, "x-envoy-")
}

// metadata reads what filters have put into the metadata. Only what the filter that verifies
// tokens puts there is known.
func (e *evaluator) metadata(path []string) result {
	switch {
	case path[1] == "typed_filter_metadata":
		return notKnown("gatewhy does not know the typed metadata of filters")
	case path[1] != "filter_metadata":
		return fault("no such field: metadata.%s", path[1])
	case len(path) > 2 && path[2] != jwtFilter:
		return notKnown("gatewhy does not know the metadata of the filter %s", path[2])
	case len(path) >= claimsDepth && !e.env.has(path[3]):
		return fault("no provider of this policy is called %s", path[3])
	case len(path) <= claimsDepth:
		return givesMap(path...)
	}
	return e.claim(path[claimsDepth])
}

func (env *Env) has(provider string) bool {
	return slices.ContainsFunc(env.Providers, func(p Provider) bool { return p.Name == provider })
}

// claim is a claim as the proxy has it in its metadata: scope and scp are lists of their words.
func (e *evaluator) claim(name string) result {
	if e.request == nil {
		return notKnown("it is read from the token")
	}
	r := e.read(rules.Claim(name), name)
	if r.fault != "" {
		return fault("the token has no %s", name)
	}
	words := wordsOf(r.value)
	if !isSplit(name) || len(words) == 0 {
		return r
	}
	all := value{kind: listValue}
	for _, word := range words {
		all.items = append(all.items, textOf(word))
	}
	return gives(all)
}

// isSplit reports whether the proxy splits a claim at its spaces: Envoy Gateway names these two in
// normalize_payload_in_metadata.
func isSplit(claim string) bool { return claim == "scope" || claim == "scp" }

// wordsOf are the words of a text. One of spaces alone has none, and stays a text.
func wordsOf(v value) []string {
	if v.kind != textValue {
		return nil
	}
	return source.Without(strings.Split(v.text, " "), func(word string) bool {
		return word == ""
	})
}

// Reads lists what the expression reads of the request, each once.
func (e *Expr) Reads() []rules.Input { return reads(e.root) }

func reads(n *node) []rules.Input {
	var all []rules.Input
	for _, path := range paths(n, nil) {
		in, ok := inputOf(path)
		if ok && !slices.ContainsFunc(all, func(other rules.Input) bool { return other == in }) {
			all = append(all, in)
		}
	}
	return all
}

// paths adds the longest paths in a node.
func paths(n *node, all [][]string) [][]string {
	if path := n.path(); path != nil {
		return append(all, path)
	}
	if n.kind == present {
		if of := n.args[0].path(); of != nil {
			return append(all, append(of, n.name))
		}
	}
	if name, isText := n.constantKey(); isText {
		if of := n.args[1].path(); of != nil && isMap(of) {
			return append(all, append(of, name))
		}
	}
	for _, arg := range n.args {
		all = paths(arg, all)
	}
	return all
}

// constantKey is the literal that is looked for in something.
func (n *node) constantKey() (string, bool) {
	if n.kind != within {
		return "", false
	}
	return n.args[0].text()
}

// inputOf is the input that a path reads. The token's claims, where an expression reads them
// without the name of one, are the claim "*".
func inputOf(path []string) (in rules.Input, ok bool) {
	switch {
	case isJWT(path) && len(path) > claimsDepth:
		return rules.Claim(path[claimsDepth]), true
	case isJWT(path) && len(path) == claimsDepth:
		return rules.Claim("*"), true
	case len(path) == 3 && path[0] == "request" && path[1] == "headers":
		return rules.Input{Source: rules.FromHTTP, Name: strings.ToLower(path[2])}, true
	case len(path) != 2 || path[0] != "request":
		return in, false
	}
	switch path[1] {
	case "path", "url_path":
		return rules.RequestInput(rules.RequestPath), true
	case "method":
		return rules.RequestInput(rules.RequestMethod), true
	case "host":
		return rules.RequestInput(rules.RequestHost), true
	case "referer":
		return rules.Input{Source: rules.FromHTTP, Name: "referer"}, true
	case "useragent":
		return rules.Input{Source: rules.FromHTTP, Name: "user-agent"}, true
	}
	return in, false
}

// eachClaim visits the longest paths to claims, in the order of the text.
func (n *node) eachClaim(visit func(n *node, claim []string)) {
	if path := n.path(); isJWT(path) && len(path) > claimsDepth {
		visit(n, path[claimsDepth:])
		return
	}
	for _, arg := range n.args {
		arg.eachClaim(visit)
	}
}
