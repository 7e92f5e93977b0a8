package rules

import (
	"cmp"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Request is one request as a gateway sees it, with what is known of the world around it. One
// goroutine evaluates it at a time; it may be evaluated against any number of policies.
type Request struct {
	Token   *inspect.Token // nil where the request carries none
	At      time.Time
	Method  string            // empty where not known
	Path    string            // empty where not known
	Host    string            // empty where not known, or where it is in Headers
	Headers map[string]string // by canonical name; an empty one is known not to be sent
	Query   map[string]string // parameters of the query
	Cookies map[string]string

	// Repeated are the canonical names of headers that it has with several values. Which of them
	// a gateway takes is not known.
	Repeated []string

	// Blank are the canonical names of headers that it has without a value. Whether one counts is
	// not known.
	Blank []string

	// HeadersWhole says that the request has no headers and cookies but these and the token;
	// QueryWhole says so of Query. Otherwise what is absent from them is unknown.
	HeadersWhole, QueryWhole bool

	RawQuery string // as it is written, with its ?; empty where there is none, or it is not known

	Introspection *source.Value // the validation endpoint's answer; nil to have it modelled
	Contracts     *Contracts    // nil where not known
	Signatures    Signatures

	// Brief says that only the outcome is asked for: what comes after a check that surely rejects
	// is not run.
	Brief bool

	profile  func() inspect.Profile
	bound    map[string]Reading
	places   map[string]int // of the token's claims, if there are many; -1 if there twice
	policies []*Policy      // that it is evaluated against
	altered  []alteration   // by policies that run earlier, in their order

	supposed bool // its method is not its own, but that of a class of requests

	// tokenDoubt is why the policy may see another token than this one; nil where it sees this.
	tokenDoubt *Unknown
}

// Preflight is the method with which a browser asks, without a token, whether it may send the
// request (CORS).
const Preflight = "OPTIONS"

// IsPreflight tells whether a request is a preflight (Fetch standard, section 4.8), and why that
// is not known. One whose method was not given is none: people ask about requests with a token,
// and a browser sends no token with a preflight.
func (r *Request) IsPreflight() (is Truth, why *Unknown) {
	if r.Method != Preflight || r.supposed {
		return No, nil
	}
	for _, name := range []string{"Origin", "Access-Control-Request-Method"} {
		switch reading := r.httpHeader(name); {
		case reading.Unknown != nil:
			why = cmp.Or(why, reading.Unknown)
		case reading.absent() || reading.Value.Text == "":
			return No, nil
		}
	}
	if why == nil {
		return Yes, nil
	}
	return Maybe, &Unknown{
		Why:  "whether the request is a browser's preflight (CORS) is not known: " + why.Why,
		Need: why.Need,
	}
}

// Signatures says whether a token's signature verifies with a policy's key.
type Signatures interface {
	Verify(token *inspect.Token, key *Key) SignatureResult
}

// SignatureResult is what is known of a signature. Unknown is set where it could not be checked.
type SignatureResult struct {
	keys.Result
	Unknown *Unknown
}

// Profile describes the request's token, once.
func (r *Request) Profile() inspect.Profile {
	if r.Token == nil {
		return inspect.Profile{}
	}
	if r.profile == nil {
		r.profile = sync.OnceValue(func() inspect.Profile { return inspect.Describe(r.Token) })
	}
	return r.profile()
}

// JustIssued is the same request one second after its token was issued, where the token has
// expired since; nil where it has not, or does not say when it was issued.
func (r *Request) JustIssued() *Request {
	if r.Token == nil || !r.Token.Expired(r.At) {
		return nil
	}
	at, ok := r.Token.JustIssued()
	if !ok {
		return nil
	}
	earlier := *r
	earlier.At, earlier.bound = at, nil
	return &earlier
}

// Read gives what an input is in this request.
func (r *Request) Read(in Input) Reading {
	switch in.Source {
	case FromToken:
		return r.text()
	case FromClaim:
		return r.claim(in)
	case FromHeader:
		return r.header(in)
	case FromHTTP:
		return r.httpHeader(in.Name)
	case FromQuery:
		text, known := r.Query[in.Name]
		return given(text, known, "the query parameter "+in.Name, r.QueryWhole)
	case FromIntrospection:
		return r.introspection(in)
	case FromBound:
		return r.bound[in.Name]
	case FromExpression:
		return in.Opaque.Eval(r)
	case FromCookie:
		if blank := r.blank(FromCookie, in.Name); blank != nil {
			return Reading{Unknown: blank}
		}
		text, known := r.cookie(in.Name)
		return given(text, known, "the cookie "+in.Name, r.HeadersWhole)
	case FromRequest:
		return r.line(in)
	}
	return Reading{Unknown: &Unknown{Why: "nothing reads " + in.String()}}
}

// modelledText stands for the text of a modelled token, which has none: it has the form that every
// issuer writes.
const modelledText = "eyJ9.eyJ9.c2ln"

// text is the token as it was sent.
func (r *Request) text() Reading {
	if r.Token == nil {
		return Reading{}
	}
	text := cmp.Or(r.Token.Compact(), modelledText)
	return Reading{Value: source.NewString(text)}
}

// claim reads a claim. Gateways differ on which of two members with the same name counts, so a
// claim that appears twice with different values can't be known, unless the input says it.
func (r *Request) claim(in Input) Reading {
	if r.Token == nil {
		return Reading{}
	}
	if r.Token.Claims == nil {
		return Reading{Unknown: &Unknown{Why: "the token can't be read"}}
	}
	if len(r.Token.Claims.Members) > manyMembers && !in.AnyCase {
		return r.indexed(in)
	}
	return member(r.Token.Claims, in)
}

// manyMembers is how many claims are looked through one by one.
const manyMembers = 64

// indexed reads one of many claims without looking through all of them each time.
func (r *Request) indexed(in Input) Reading {
	members := r.Token.Claims.Members
	if r.places == nil {
		r.places = make(map[string]int, len(members))
		for i := range members {
			place := i
			if _, twice := r.places[members[i].Key]; twice {
				place = -1
			}
			r.places[members[i].Key] = place
		}
	}
	i, found := r.places[in.Name]
	switch {
	case !found:
		return Reading{}
	case i < 0:
		return member(r.Token.Claims, in)
	}
	return member(&source.Value{Members: members[i : i+1]}, in)
}

func (r *Request) header(in Input) Reading {
	if r.Token == nil {
		return Reading{}
	}
	if r.Token.Header == nil {
		return Reading{Unknown: &Unknown{Why: "the token can't be read"}}
	}
	return member(r.Token.Header, in)
}

func member(object *source.Value, in Input) Reading {
	var found *source.Value
	for i := range object.Members {
		m := &object.Members[i]
		if !in.names(m) {
			continue
		}
		if found != nil && !in.LastCounts && found.JSON() != m.Value.JSON() {
			return Reading{Unknown: &Unknown{
				Why: in.Name + " appears twice, with different values, and gateways differ on " +
					"which one counts",
			}}
		}
		found = m.Value
	}
	// a modelled token's, of which the model does not say what it holds
	if found.Is(source.Unknown) {
		return Reading{Unknown: &Unknown{Why: found.Text, Present: found.Present}}
	}
	return Reading{Value: found}
}

func (r *Request) httpHeader(name string) Reading {
	if by := r.alteration(name); by != nil {
		return Reading{Unknown: by.Unknown}
	}
	if blank := r.blank(FromHTTP, name); blank != nil {
		return Reading{Unknown: blank}
	}
	text, known := r.Headers[textproto.CanonicalMIMEHeaderKey(name)]
	reading := given(text, known, "the header "+name, r.HeadersWhole)
	if reading.Unknown != nil {
		reading.Unknown.Need = Need{
			Input: source.NeedHeader,
			Name:  name,
			For:   "what the client sends in it",
		}
	}
	return reading
}

// blank is why it is not known whether a header or a cookie counts: it is sent without a value. It
// is nil where it has one, or is not sent.
func (r *Request) blank(from Source, name string) *Unknown {
	what, value, there := "cookie", "", false
	if from == FromHTTP {
		what, there = "header", slices.Contains(r.Blank, textproto.CanonicalMIMEHeaderKey(name))
	} else {
		value, there = r.sentCookie(name)
	}
	if !there || value != "" {
		return nil
	}
	return &Unknown{Why: "the " + what + " " + name + " is sent without a value, and gateways " +
		"differ on whether that counts"}
}

// cookie is a cookie, and whether it is known. A Cookie header that was given has all of them.
func (r *Request) cookie(name string) (text string, known bool) {
	text, there := r.sentCookie(name)
	_, known = r.Headers["Cookie"]
	return text, there || known
}

// sentCookie is a cookie, and whether it is sent, with a value or without one.
func (r *Request) sentCookie(name string) (text string, there bool) {
	if text, there = r.Cookies[name]; there {
		return text, true
	}
	for part := range strings.SplitSeq(r.Headers["Cookie"], ";") {
		if of, value, ok := strings.Cut(strings.TrimSpace(part), "="); ok && of == name {
			return value, true
		}
	}
	return "", false
}

// given reads one of the things that the request was given with. What was not given is absent only
// if the list is whole; else it is unknown.
func given(text string, known bool, what string, whole bool) Reading {
	switch {
	case known && text != "":
		return Reading{Value: source.NewString(text)}
	case known || whole:
		return Reading{}
	}
	return Reading{Unknown: &Unknown{Why: what + " was not given"}}
}

// line reads the request's method, path or host.
func (r *Request) line(in Input) Reading {
	var text string
	need := Need{Input: source.NeedRequest}
	switch in.Name {
	case RequestMethod:
		text = r.Method
	case RequestPath:
		text = r.Path
	case RequestHost:
		text = cmp.Or(r.Host, r.Headers["Host"])
		need = Need{
			Input: source.NeedHeader, Name: "Host",
			For: "the host that the request is sent to",
		}
	}
	switch {
	case text == "":
		return Reading{Unknown: &Unknown{
			Why:  "the request's " + in.Name + " is not known",
			Need: need,
		}}
	case in.isAmbiguous(text):
		return Reading{Unknown: &Unknown{
			Why: "the gateway compares another path than " + text + ": without dot segments, " +
				"and with double or escaped slashes as it is configured",
		}}
	case in.Normalized && in.Name == RequestHost:
		text = withoutPort(text)
	}
	return Reading{Value: source.NewString(text)}
}

// isAmbiguous reports whether a text is a path that is compared normalized, and that this may
// change.
func (i Input) isAmbiguous(text string) bool {
	isOdd := func(r rune) bool { return !source.IsAlphanumeric(r) && r != '/' && r != '-' }
	return i.Normalized && i.Name == RequestPath &&
		(strings.Contains(text, "//") || strings.ContainsFunc(text, isOdd)) && // most are plain
		ambiguousPath.Value().MatchString(text)
}

// ambiguousPath is the pattern of paths that proxies may take for others: with a dot segment, a
// double slash, a backslash, an escape of one of them or of what needs none (RFC 3986, section
// 6.2.2), or a character that has to be escaped.
var ambiguousPath = source.Lazy[*regexp.Regexp]{Make: func() *regexp.Regexp {
	return regexp.MustCompile(`/\.{1,2}(?:/|$)|//|` +
		`[\\"<>^` + "`" + `{|}\x00-\x20\x7f-\x{10ffff}]|` +
		`%(?i:2[def]|3[0-9]|4[1-9a-f]|5[0-9acf]|6[1-9a-f]|7[0-9ae])`)
}}

// normalizedPaths are those that a gateway may make of a path with dot segments or double slashes,
// itself among them; none where it has anything else that is ambiguous, for some gateways refuse
// such a path or redirect it.
func normalizedPaths(text string) []string {
	undotted, merged := withoutDotSegments(text), withoutDoubleSlashes(text)
	both := withoutDoubleSlashes(undotted)
	if ambiguousPath.Value().MatchString(both) {
		return nil
	}
	return []string{text, undotted, merged, both, withoutDotSegments(merged)}
}

func withoutDoubleSlashes(path string) string {
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return path
}

// withoutDotSegments is a path without its segments . and .. (RFC 3986, section 5.2.4).
func withoutDotSegments(path string) string {
	var kept []string
	for i, segment := range strings.Split(path, "/") {
		switch {
		case segment != "." && segment != "..":
			kept = append(kept, segment)
			continue
		case segment == ".." && len(kept) > 1:
			kept = kept[:len(kept)-1]
		}
		if i == strings.Count(path, "/") {
			kept = append(kept, "") // the last one leaves its slash
		}
	}
	return strings.Join(kept, "/")
}

// withoutPort is a host without the port behind it.
func withoutPort(host string) string {
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		return host[:i]
	}
	return host
}

// bind remembers what a check has read, for later checks.
func (r *Request) bind(name string, reading Reading) {
	if r.bound == nil {
		r.bound = make(map[string]Reading, 1)
	}
	r.bound[name] = reading
}

// Contracts are the client ids that have an approved contract on the API instance.
type Contracts struct {
	IDs     []string
	Partial bool // the list says itself that it is not all of them

	// API is the id of the API instance that the list is of; empty where it does not say.
	API string
	Pos source.Position // where it says so
}

// Of is an error where the list is of another API instance than the policies are.
func (c *Contracts) Of(policies []*Policy) error {
	if c == nil || c.API == "" {
		return nil
	}
	other := ""
	for _, p := range policies {
		if p.API == c.API {
			return nil
		}
		if strings.Trim(p.API, "0123456789") == "" { // an id, and no name or expression
			other = cmp.Or(other, p.API)
		}
	}
	if other == "" {
		return nil
	}
	return &source.Error{
		Pos: c.Pos,
		Cause: "these are the contracts of API instance " + c.API + ", and the policies are of " +
			other,
		Hints: source.Hints("pass the contracts of API instance " + other + ", or the policies " +
			"of " + c.API),
	}
}

// Has says whether this client has an approved contract. The comparison is exact, as the
// gateway's is.
func (c *Contracts) Has(id string) Truth {
	switch {
	case slices.Contains(c.IDs, id):
		return Yes
	case c.Partial:
		return Maybe
	}
	return No
}

// HeaderFault says why a name and a value are not a header (RFC 9110, section 5); empty where they
// are one.
func HeaderFault(name, value string) string {
	switch {
	case !inspect.IsHTTPToken(name):
		return "a header has no name, or one that HTTP does not allow"
	case strings.ContainsAny(value, "\r\n\x00"):
		return "the value of the header " + name + " has a line break or a NUL"
	}
	return ""
}

// MethodFault says why a text is not a method (RFC 9110, section 9.1); empty where it is one.
func MethodFault(text string) string {
	if !inspect.IsHTTPToken(text) {
		return "a method is a word, such as GET"
	}
	return ""
}

// PathFault says why a text is not the path of a request (RFC 9112, section 3.2); empty where it
// is one.
func PathFault(text string) string {
	switch {
	case text == "*":
		return ""
	case strings.Contains(text, "://"):
		return "the path begins behind the host"
	case !strings.HasPrefix(text, "/"):
		return "a path begins with /"
	case strings.ContainsAny(text, " \t\r\n"):
		return "a path has no white space: write it as %20"
	case strings.Contains(text, "#"):
		return "nothing behind a # is sent"
	}
	return ""
}
