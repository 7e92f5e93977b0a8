package istio

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/envoy"
	"github.com/gatewhy/gatewhy/rules/kubernetes"
)

// condition is what one attribute must be, or must not be.
type condition struct {
	attribute   string
	values, not kubernetes.List
}

// The attributes, as the key of a when has them (authz/model/model.go).
const (
	ofPrincipal  = "request.auth.principal"
	ofAudiences  = "request.auth.audiences"
	ofPresenter  = "request.auth.presenter"
	ofClaims     = "request.auth.claims"
	ofHeaders    = "request.headers"
	ofFilters    = "experimental.envoy.filters."
	ofHost       = "host"
	ofMethod     = "method"
	ofPath       = "path"
	ofSourceIP   = "source.ip"
	ofRemoteIP   = "remote.ip"
	ofDestIP     = "destination.ip"
	ofDestPort   = "destination.port"
	ofSNI        = "connection.sni"
	ofPeer       = "source.principal"
	ofNamespace  = "source.namespace"
	ofAccount    = "source.serviceAccount"
	ofTrust      = "source.trustDomain"
	peerUnknown  = "gatewhy does not know the identity of the caller's workload"
	addrUnknown  = "gatewhy does not know the address that the request comes from"
	destUnknown  = "gatewhy does not know the address or port that the request arrives at"
	otherUnknown = "gatewhy does not know what another filter of the proxy says"
)

// isKnown reports whether Istio knows an attribute that a when may name. A rule with any other is
// skipped as a whole.
func isKnown(attribute string) bool {
	switch attribute {
	case ofPrincipal, ofAudiences, ofPresenter, ofSourceIP, ofRemoteIP, ofDestIP, ofDestPort,
		ofSNI, ofPeer, ofNamespace, ofAccount, ofTrust:
		return true
	}
	return strings.HasPrefix(attribute, ofClaims) || strings.HasPrefix(attribute, ofHeaders) ||
		strings.HasPrefix(attribute, ofFilters)
}

// readsToken reports whether an attribute is read from a token that a JWT rule has accepted.
func readsToken(attribute string) bool {
	return strings.HasPrefix(attribute, "request.auth.")
}

// test is the predicate of the values of an attribute, but for those that Istio can't build. It is
// not ok where nothing is left.
func (c *compiler) test(attribute string, of kubernetes.List) (p rules.Predicate, ok bool) {
	var parts []rules.Predicate
	values := of.Texts()
	switch {
	case len(values) == 0:
	case badAttribute(attribute) != "":
		return p, false
	case attribute == ofPrincipal && c.before(principalsSplitSince):
		parts = append(parts, envoy.NotKnown("before Istio 1.21 a request principal was "+
			"compared as one text, and that is not modelled"))
	case attribute == ofPrincipal:
		for _, value := range values {
			parts = append(parts, c.ofTexts(principal(value), "iss", "sub"))
		}
	case attribute == ofAudiences:
		parts = append(parts, c.audienceTest(values))
	case attribute == ofPresenter:
		parts = append(parts, c.ofTexts(compared(rules.Claim("azp"), values, nil), "azp"))
	case attribute == ofClaims:
		parts = append(parts, rules.Never()) // the whole payload, which is no text
	case strings.HasPrefix(attribute, ofClaims):
		path, _ := inBrackets(strings.TrimPrefix(attribute, ofClaims))
		parts = append(parts, c.claimTest(path, values))
	case strings.HasPrefix(attribute, ofHeaders):
		name, _ := bracketed(strings.TrimPrefix(attribute, ofHeaders))
		parts = append(parts, c.headerTest(name, values))
	default:
		for _, value := range values {
			if badValue(attribute, value) == "" {
				parts = append(parts, requestTest(attribute, value))
			}
		}
	}
	if of.Doubt != nil {
		parts = append(parts, rules.Undecided(of.Doubt))
	}
	if len(parts) == 0 {
		return p, false
	}
	p = envoy.Either(parts)
	if readsToken(attribute) {
		p = rules.Both(c.sent, p)
	}
	return p, true
}

// unbuilt is why Istio can't build some of the values of an attribute; empty where it can.
func unbuilt(attribute string, values []string) string {
	if len(values) == 0 {
		return ""
	}
	bad := badAttribute(attribute)
	for _, value := range values {
		bad = cmp.Or(badValue(attribute, value), bad)
	}
	return bad
}

// badAttribute is why Istio can't build any value of an attribute; empty where it can.
func badAttribute(attribute string) string {
	good, form := true, ""
	switch {
	case attribute == ofClaims:
	case strings.HasPrefix(attribute, ofClaims):
		_, good = inBrackets(strings.TrimPrefix(attribute, ofClaims))
		form = "request.auth.claims[NAME]"
	case strings.HasPrefix(attribute, ofHeaders):
		_, good = bracketed(strings.TrimPrefix(attribute, ofHeaders))
		form = "request.headers[NAME]"
	case strings.HasPrefix(attribute, ofFilters):
		good, form = strings.Contains(attribute, "["), "experimental.envoy.filters.FILTER[NAME]"
	}
	if good {
		return ""
	}
	return attribute + " is not of the form " + form
}

// badValue is why Istio can't build one value of an attribute; empty where it can.
func badValue(attribute, value string) string {
	switch attribute {
	case ofSourceIP, ofRemoteIP, ofDestIP:
		if !isAddress(value) {
			return value + " is not an address or a range of addresses"
		}
	case ofDestPort:
		if n, err := strconv.ParseUint(value, 10, 32); err != nil || n > 65535 {
			return value + " is not a port"
		}
	}
	return ""
}

// ofTexts is a predicate of claims that are compared with texts alone. It finds none where a JWT
// rule splits one of them.
func (c *compiler) ofTexts(plain rules.Predicate, claims ...string) rules.Predicate {
	for _, r := range c.jwt {
		for _, claim := range r.split.Texts() {
			if slices.Contains(claims, claim) && !c.before(splitSince) {
				return envoy.Perhaps(plain, rules.Never(), &rules.Unknown{
					Why: "spaceDelimitedClaims makes a list of " + claim + ", which is compared " +
						"as a text here",
				})
			}
		}
	}
	return plain
}

// sentToOne is the predicate that the token arrives where one of the JWT rules looks for it.
func (c *compiler) sentToOne() rules.Predicate {
	if c.unread != nil {
		return rules.Undecided(c.unread)
	}
	return envoy.SentTo(c.providers)
}

// audienceTest is the predicate of the values of aud. With the split of principals Istio stopped
// looking into a list, and of the two versions from then on only some releases do so again.
func (c *compiler) audienceTest(values []string) rules.Predicate {
	aud := rules.Claim("aud")
	test := compared(aud, values, nil)
	if c.before(principalsSplitSince) || !c.before(audienceListsSince) {
		return test
	}
	why := "aud is a list, into which Istio looks from 1.23 on, and in later releases of 1.21 " +
		"and 1.22"
	return rules.Both(test, rules.Either(
		rules.Negate(rules.Predicate{Op: rules.IsList, Input: aud}), envoy.NotKnown(why),
	))
}

// headerTest is the predicate of the values of a header. HTTP/2 has the request's method, path and
// host as headers too.
func (c *compiler) headerTest(name string, values []string) rules.Predicate {
	switch name {
	case ":method":
		return compared(rules.RequestInput(rules.RequestMethod), values, nil)
	case ":authority":
		return compared(rules.RequestInput(rules.RequestHost), values, nil)
	case ":path":
		return envoy.NotKnown("the header :path is the path with its query, and gatewhy does " +
			"not know all of that")
	}
	header := rules.Input{Source: rules.FromHTTP, Name: name}
	if why := c.rewritten(name); why != "" {
		return rules.Either(
			rules.Both(rules.Negate(c.sent), compared(header, values, nil)),
			rules.Both(c.sent, rules.Negate(c.takenOut(name)), envoy.NotKnown(why)),
		)
	}
	if prefix, ok := c.arrivesIn(name); ok {
		header = withToken(header, prefix)
	}
	return compared(header, values, nil)
}

// arrivesIn is the prefix with which a token, of which nobody says how it was sent, is taken to be
// in a header. It is not ok where a JWT rule looks for it somewhere else first.
func (c *compiler) arrivesIn(name string) (prefix string, ok bool) {
	for i, p := range c.providers {
		if len(p.Locations) == 0 {
			return "", false
		}
		first := p.Locations[0]
		in := first.Input
		if in.Source != rules.FromHTTP || !strings.EqualFold(in.Name, name) ||
			i > 0 && first.Prefix != prefix {
			return "", false
		}
		prefix = first.Prefix
	}
	return prefix, len(c.providers) > 0
}

// withToken is the input that reads a header in which the token is behind a prefix, where nothing
// says that it is elsewhere.
func withToken(header rules.Input, prefix string) rules.Input {
	text := "http:" + header.Name + " (" + prefix + "TOKEN)"
	in := rules.Computed(text, func(r *rules.Request) rules.Reading {
		_, given, doubt := r.Sent(header.Name)
		if given || doubt != nil || r.Token == nil || r.ShowsToken() {
			return r.Read(header)
		}
		token := r.Read(rules.Input{Source: rules.FromToken}).Value.Text
		return rules.Reading{Value: source.NewString(prefix + token)}
	}, header)
	in.Opaque.Language = "envoy"
	return in
}

// takenOut is the predicate that the token arrives in a header, and that every JWT rule which may
// accept it takes it out: a policy finds no such header then (authenticator.cc, handleGoodJwt).
func (c *compiler) takenOut(name string) rules.Predicate {
	var in []*envoy.Provider
	for i, p := range c.providers {
		of := *p
		of.Locations = nil
		for _, l := range p.Locations {
			if l.Input.Source == rules.FromHTTP && strings.EqualFold(l.Input.Name, name) {
				of.Locations = append(of.Locations, l)
			}
		}
		forwards := c.jwt[i].at.Member("forwardOriginalToken")
		on, known := forwards.Bool()
		if len(of.Locations) == 0 || p.LocationsDoubt != nil || on ||
			forwards.IsSet() && !known || writes(c.jwt[i], strings.ToLower(name)) {
			return rules.Never()
		}
		in = append(in, &of)
	}
	return envoy.SentTo(in)
}

// rewritten says why a policy may find a header otherwise than the client has sent it: a JWT rule
// that has accepted the token takes it out, and writes claims (authenticator.cc, handleGoodJwt).
// It is empty where none touches the header.
func (c *compiler) rewritten(name string) string {
	switch takenOut, touched := c.touched[strings.ToLower(name)]; {
	case takenOut:
		return "the JWT rule takes the token out of the header " + name + " before the policy " +
			"looks at it, unless forwardOriginalToken is true"
	case touched:
		return "a JWT rule writes a claim into the header " + name + " before the policy looks " +
			"at it"
	}
	return ""
}

// touchedHeaders are the headers, in small letters, that JWT rules change, and whether the first
// of these takes the token out.
func (c *compiler) touchedHeaders() map[string]bool {
	all := map[string]bool{}
	touch := func(name string, takesOut bool) {
		if _, touched := all[name]; !touched {
			all[name] = takesOut
		}
	}
	for i, p := range c.providers {
		if on, _ := c.jwt[i].at.Member("forwardOriginalToken").Bool(); !on {
			for _, l := range p.Locations {
				if l.Input.Source == rules.FromHTTP {
					touch(strings.ToLower(l.Input.Name), true)
				}
			}
		}
		for _, h := range outputHeaders(c.jwt[i]) {
			touch(h.name, false)
		}
	}
	return all
}

// requestTest is the predicate of one value of an attribute of the request or the connection.
func requestTest(attribute, value string) rules.Predicate {
	one := []string{value}
	switch attribute {
	case ofMethod:
		return compared(rules.RequestInput(rules.RequestMethod), one, nil)
	case ofHost:
		fold := &rules.Texts{FoldCase: true}
		return compared(rules.RequestInput(rules.RequestHost), one, fold)
	case ofPath:
		return pathTest(value)
	case ofDestIP, ofDestPort, ofSNI:
		return envoy.NotKnown(destUnknown)
	case ofSourceIP, ofRemoteIP:
		return envoy.NotKnown(addrUnknown)
	case ofPeer, ofNamespace, ofAccount, ofTrust:
		return envoy.NotKnown(peerUnknown)
	}
	return envoy.NotKnown(otherUnknown)
}

// pathTest is the predicate that the path is as a value wants it.
func pathTest(value string) rules.Predicate {
	path := rules.NormalizedInput(rules.RequestPath)
	if why := badTemplate(value); why != "" {
		return envoy.NotKnown("Istio refuses the path " + value + ": " + why +
			"; an earlier version of the policy may hold")
	}
	if expression, ok := pathTemplate(value); ok {
		return rules.Predicate{
			Op: rules.Matches, Input: path,
			Texts: &rules.Texts{Patterns: envoy.Patterns(expression), Signs: signsInPath + "/"},
		}
	}
	return compared(path, []string{value}, nil)
}

func isAddress(text string) bool {
	_, noAddress := netip.ParseAddr(text)
	_, noRange := netip.ParsePrefix(text)
	return noAddress == nil || noRange == nil
}

// bracketed is the name in [NAME].
func bracketed(text string) (string, bool) {
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") || len(text) < 2 {
		return "", false
	}
	return text[1 : len(text)-1], true
}

// inBrackets are the names in [A][B], as of a claim in a claim. Where one of them has a bracket
// itself, all that is between the outer ones is one name (util.go, extractNameInNestedBrackets).
func inBrackets(text string) ([]string, bool) {
	inner, ok := bracketed(text)
	if !ok {
		return nil, false
	}
	names := strings.Split(inner, "][")
	if slices.ContainsFunc(names, func(name string) bool {
		return strings.ContainsAny(name, "[]")
	}) {
		return []string{inner}, true
	}
	return names, true
}

// claimTest is the predicate that a claim is one of the values, or lists one of them. Only texts
// compare.
func (c *compiler) claimTest(path, values []string) rules.Predicate {
	in := envoy.Nested(path)
	plain := compared(in, values, nil)
	if len(path) > 1 {
		return plain
	}
	words := func() rules.Predicate { return inWords(in, values) }
	if path[0] == "scope" || path[0] == "permission" {
		return words()
	}
	if c.unread != nil {
		return envoy.Perhaps(plain, words(), c.unread)
	}
	var parts []rules.Predicate
	differ := false
	for _, r := range c.jwt {
		test, split := c.splitBy(r, path[0], plain, words)
		differ = differ || split
		parts = append(parts, test)
	}
	if !differ {
		return plain
	}
	if len(parts) > mostTellingApart {
		return rules.Undecided(beyond(c.first).Unknown)
	}
	if len(parts) > 1 {
		for i, accepted := range c.accepted() {
			parts[i] = rules.Both(append(slices.Clip(accepted), parts[i])...)
		}
	}
	return envoy.Either(parts)
}

// mostTellingApart bounds the JWT rules where some of them split a claim: to say which of them has
// accepted a token takes as many conditions as their square.
const mostTellingApart = 200

// acceptedByEach is [compiler.acceptedBy] of each rule, which grows with their square.
func (c *compiler) acceptedByEach() [][]rules.Predicate {
	all := make([][]rules.Predicate, len(c.providers))
	for i := range all {
		all[i] = c.acceptedBy(i)
	}
	return all
}

// acceptedBy are the predicates that a token that some rule accepts is accepted by this one
// first: it has the rule's issuer, and where another rule may accept it too, the rule's audience.
// As it is then, policies see it.
func (c *compiler) acceptedBy(index int) []rules.Predicate {
	this := c.providers[index]
	var earlier []rules.Predicate
	several := false
	for i, p := range c.providers {
		if i == index || !this.MayShare(p) {
			continue
		}
		several = true
		if i < index {
			earlier = append(earlier, rules.Negate(rules.Both(p.IsFor(true)...)))
		}
	}
	return append(this.IsFor(several), earlier...)
}

// The minor versions of Istio 1 from which on something is so.
const (
	uncutSince           = 20 // what is behind a token in a header is part of it
	principalsSplitSince = 21 // a request principal is an issuer and a subject
	cookiesSince         = 21 // fromCookies counts; an API server before it drops it
	audienceListsSince   = 23 // each release compares the items of a list aud
	splitSince           = 28 // spaceDelimitedClaims counts; an API server before it drops it
)

// before reports whether the version is known, and older than this one.
func (c *compiler) before(version int) bool {
	minor, known := rules.MinorOf(c.cluster.version)
	return known && minor < version
}

// splitBy is the predicate as the payload is after a rule has accepted the token: with the claim
// split at its blanks, or as it is. Which it is depends on the version, where that is not known.
func (c *compiler) splitBy(
	r *jwtRule, claim string, plain rules.Predicate, words func() rules.Predicate,
) (p rules.Predicate, split bool) {
	named := slices.Contains(r.split.Texts(), claim)
	_, known := rules.MinorOf(c.cluster.version)
	switch {
	case !named && r.split.Doubt != nil:
		return envoy.Perhaps(plain, words(), r.split.Doubt), true
	case !named, c.before(splitSince):
		return plain, false
	case known:
		return words(), true
	}
	return envoy.Perhaps(plain, words(), &rules.Unknown{
		Why: "spaceDelimitedClaims counts from Istio 1.28 on, and an earlier version drops it " +
			"without a word",
		Need: rules.Need{Input: source.NeedGatewayVersion, For: "the version of Istio"},
	}), true
}
