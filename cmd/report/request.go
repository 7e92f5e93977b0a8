package report

import (
	"errors"
	"fmt"
	"maps"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// ReadToken finds and reads the token that the arguments name, as the contract has it: an
// argument, - or nothing for standard input, @FILE for a file, and in each whatever a person
// pastes. What was odd about the text around the token is among the token's observations. A text
// that is not a readable token is not an error here: the token's Fault says so.
func (m *Maker) ReadToken(args []string) (*inspect.Token, error) {
	text, err := m.TokenText(args)
	if err != nil {
		return nil, err
	}
	token, err := m.TokenIn(text)
	return token, InFileOf(args, err)
}

// InFileOf is an error of a token's text that says in which file that is, if it is in one.
func InFileOf(args []string, err error) error {
	var problem *source.Error
	if !errors.As(err, &problem) || problem.Pos.File != "" || len(args) != 1 {
		return err
	}
	name, isFile := strings.CutPrefix(args[0], "@")
	if !isFile {
		return err
	}
	placed := *problem
	placed.Pos.File = name
	return &placed
}

// TokenIn finds and reads the token in a text.
func (m *Maker) TokenIn(text string) (*inspect.Token, error) {
	token, _, err := m.tokenIn(text)
	return token, err
}

func (m *Maker) tokenIn(text string) (*inspect.Token, inspect.Found, error) {
	found, err := inspect.Locate(text)
	if err != nil {
		return nil, found, err
	}
	if found.Others > 0 {
		note := fmt.Sprintf("the text has %d tokens; %s", found.Others+1, found.Choice())
		if found.Alike {
			note += "; gatewhy scan takes all"
		}
		m.note("%s", note)
	}
	return found.Token(), found, nil
}

// MethodOf returns the request's method, and notes where it is not as the flag has it.
func (m *Maker) MethodOf(flag string) string {
	method := methodMeant(flag)
	if method != flag {
		m.note("--method %s is treated as %s: methods are case-sensitive", flag, method)
	}
	return method
}

// methodMeant is a method in upper case: HTTP tells methods apart by case (RFC 9110, section 9.1),
// and nobody means get.
func methodMeant(text string) string {
	if len(text) > LongestWord {
		return text
	}
	return strings.ToUpper(text)
}

// ReadHeaders reads "name: value" pairs; @FILE stands for the lines of a file, so that a secret in
// one is not in the shell's history.
func (m *Maker) ReadHeaders(given []string) (map[string]string, error) {
	lines, err := m.headerLines(given)
	if err != nil {
		return nil, err
	}
	headers := make(map[string]string, len(lines))
	for _, line := range lines {
		name, value, ok := strings.Cut(line.text, ":")
		if !ok {
			return nil, ProblemAt(line.pos, "a header has no colon", `write -H "name: value"`)
		}
		name = strings.TrimSpace(name)
		if fault := rules.HeaderFault(name, value); fault != "" {
			return nil, ProblemAt(line.pos, fault, `write -H "name: value", each header with `+
				`a -H of its own; HTTP/2's :path and such are not headers`)
		}
		name = textproto.CanonicalMIMEHeaderKey(name)
		if _, twice := headers[name]; twice {
			return nil, ProblemAt(line.pos, "the header "+name+" is given twice",
				"gateways differ on which one counts: pass the one that the gateway sees")
		}
		headers[name] = strings.TrimSpace(value)
	}
	return headers, nil
}

// ReadSharedHeaders reads the headers that every one of several requests has, beside the token of
// its own. A token among them would be taken for each of theirs.
func (m *Maker) ReadSharedHeaders(given []string) (map[string]string, error) {
	headers, err := m.ReadHeaders(given)
	if err == nil && carriesToken(headers["Authorization"]) {
		return nil, Problem("the Authorization header of -H has a token, and every request here "+
			"has its own", "leave out -H: each token is sent as Authorization: Bearer")
	}
	return headers, err
}

// BearerIn is the value of the Authorization header among some that are given, if it is a bearer
// token's; empty where there is none. Files of headers are left alone: what is behind a name like
// /dev/fd/63 can be read once.
func BearerIn(given []string) string {
	for _, line := range given {
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		scheme, _, _ := strings.Cut(value, " ")
		if strings.EqualFold(strings.TrimSpace(name), "authorization") &&
			strings.EqualFold(scheme, "bearer") {
			return value
		}
	}
	return ""
}

// headerLine is a header as it is given. In a file it has a place, and may be the first line
// behind an empty one.
type headerLine struct {
	text   string
	pos    source.Position
	behind bool
}

// headerLines are headers as they are given, each a line or a file of lines.
func (m *Maker) headerLines(given []string) (lines []headerLine, err error) {
	for _, line := range given {
		name, isFile := strings.CutPrefix(line, "@")
		if !isFile {
			lines = append(lines, headerLine{text: line})
			continue
		}
		text, err := m.ReadText(name)
		if err != nil {
			return nil, err
		}
		number, behind := 0, false
		for line := range strings.Lines(text) {
			number++
			line = strings.TrimRight(line, "\r\n")
			if line != "" {
				pos := source.Position{File: name, Line: number, Column: 1}
				lines = append(lines, headerLine{line, pos, behind})
			}
			behind = line == ""
		}
	}
	return lines, nil
}

// ReadAnswerHeaders reads the headers of an answer. In a file as curl -D writes it, those of the
// last answer count: a proxy's, or one that says to go on, is before it.
func (m *Maker) ReadAnswerHeaders(given []string) (all []string, err error) {
	for i := range given {
		lines, err := m.headerLines(given[i : i+1])
		if err != nil {
			return nil, err
		}
		var headers []string
		answer := false
		for _, line := range lines {
			switch {
			case strings.HasPrefix(line.text, "HTTP/"):
				headers, answer = nil, true
			case line.behind && answer:
				return nil, ProblemAt(line.pos, "an answer's body follows its headers",
					"take them apart: curl -D HEADERS -o BODY, then --observed-header @HEADERS "+
						"--observed-body @BODY")
			case strings.Contains(line.text, ":"):
				headers = append(headers, line.text)
			default:
				return nil, ProblemAt(line.pos, "an observed header has no colon",
					`write --observed-header "name: value"`)
			}
		}
		all = append(all, headers...)
	}
	return all, nil
}

// checkAuthorization holds the Authorization header that was given against the token, which is
// sent in that header too, and takes a mask off it.
func checkAuthorization(headers map[string]string, token *inspect.Token) error {
	header, given := headers["Authorization"]
	carries := func(token *inspect.Token) bool {
		found, err := inspect.Locate(header)
		return err == nil && found.Token().Compact() == token.Compact()
	}
	switch {
	case !given:
		return nil
	case token == nil && carriesToken(header):
		return Problem("--no-token means a request without a token, but the Authorization "+
			"header of -H has one", "leave out one of the two")
	case token == nil:
		return nil
	case carriesToken(header) && !carries(token):
		return Problem("a token was given, but the Authorization header of -H has another "+
			"one", "leave out -H: the token is sent as Authorization: Bearer")
	}
	headers["Authorization"] = withoutMask(header, token)
	return nil
}

func carriesToken(header string) bool {
	scheme, rest, _ := strings.Cut(header, " ")
	return strings.EqualFold(scheme, "Bearer") && strings.TrimSpace(rest) != "" ||
		len(inspect.TokenSpans(header)) > 0
}

// Said is what is said of a request, beside its token. What is empty was not said.
type Said struct {
	At            time.Time
	Method, Path  string
	Headers       []string // "name: value", or @FILE
	HeadersWhole  bool
	Contracts     string // the names of files
	Introspection string
}

// NewRequest puts together what is known of a request: what was said counts more than what was
// pasted with the token. Nothing is known of signatures yet.
func (m *Maker) NewRequest(
	said *Said, token *inspect.Token, pasted *inspect.HTTPRequest,
) (request *rules.Request, err error) {
	request = &rules.Request{
		Token: token, At: said.At, Method: m.MethodOf(said.Method),
		HeadersWhole: said.HeadersWhole,
	}
	if request.Headers, err = m.ReadHeaders(said.Headers); err != nil {
		return nil, err
	}
	if err = checkAuthorization(request.Headers, token); err != nil {
		return nil, err
	}
	AimAt(request, said.Path)
	fillIn(request, pasted)
	if said.Contracts != "" {
		if request.Contracts, err = m.ReadContracts(said.Contracts); err != nil {
			return nil, err
		}
	}
	if said.Introspection != "" {
		request.Introspection, err = m.ReadIntrospection(said.Introspection)
	}
	return request, err
}

// ReadIntrospection reads the captured answer of a validation endpoint: one JSON object.
func (m *Maker) ReadIntrospection(name string) (*source.Value, error) {
	file, err := m.ReadSource(name)
	if err != nil {
		return nil, err
	}
	if len(file.Documents) != 1 {
		n := len(file.Documents)
		cause := fmt.Sprintf("%s: %d documents; an introspection answer has one", name, n)
		return nil, Problem(cause)
	}
	err = rules.CheckAnswer(file.Documents[0])
	return file.Documents[0], m.OrMistaken(err, name, "an introspection answer")
}

// OtherRequest is the same request with another token, one second after that one was issued: what
// matters is whether it could get in, not whether it has expired since.
func (m *Maker) OtherRequest(text string, request *rules.Request) (*rules.Request, error) {
	token, err := m.ReadToken([]string{text})
	if err != nil {
		return nil, err
	}
	return &rules.Request{
		Token: token, At: whenNew(token, request.At), Method: request.Method, Path: request.Path,
		Headers: request.Headers, HeadersWhole: request.HeadersWhole, Host: request.Host,
		Repeated: request.Repeated, Blank: request.Blank,
		Cookies: request.Cookies, Query: request.Query, QueryWhole: request.QueryWhole,
		RawQuery:  request.RawQuery,
		Contracts: request.Contracts, Signatures: request.Signatures,
	}, nil
}

// whenNew is one second after a token was issued, or another time where it does not say when.
func whenNew(token *inspect.Token, otherwise time.Time) time.Time {
	if at, ok := token.JustIssued(); ok {
		return at
	}
	return otherwise
}

// ReadApps reads app registrations; nil where none are named.
func (m *Maker) ReadApps(names []string) (*entra.Directory, error) {
	if len(names) == 0 {
		return nil, nil
	}
	files, err := m.readSources(names)
	if err != nil {
		return nil, err
	}
	apps, err := entra.ReadRegistrations(files...)
	if err == nil {
		return apps, nil
	}
	for _, name := range names {
		if mistaken := m.OrMistaken(err, name, anAppRegistration); mistaken != err {
			return nil, mistaken
		}
	}
	return nil, err
}

// Pasted is what was pasted with a token.
type Pasted struct {
	Request *inspect.HTTPRequest // nil where the text describes none
	text    string
	found   inspect.Found
}

// ReadRequest is ReadToken, with the request that the text describes where that is a curl command,
// what curl has printed, or a HAR file. What is taken from it is said.
func (m *Maker) ReadRequest(args []string) (*inspect.Token, Pasted, error) {
	pasted := Pasted{}
	text, err := m.TokenText(args)
	if err != nil {
		return nil, pasted, err
	}
	token, found, err := m.tokenIn(text)
	if err != nil {
		return nil, pasted, InFileOf(args, err)
	}
	pasted.text, pasted.found = text, found
	pasted.Request = m.requestIn(text, found, token)
	return token, pasted, nil
}

func (m *Maker) requestIn(
	text string, found inspect.Found, token *inspect.Token,
) *inspect.HTTPRequest {
	request, why := inspect.LocateRequest(text, found)
	switch {
	case why != "":
		m.note("only the token is taken, and not the request: %s; "+
			"pass --method, --path and -H", why)
	case request != nil:
		plain := setToken(request, token)
		if request.Method != "" || len(request.Headers) > 0 {
			m.note("%s", taken(request, plain))
		}
	}
	return request
}

// WhenMade is when a request is judged that nobody gives a time for: now, or when it was made,
// where the text says when and its token has expired since. What was answered was answered then.
func (m *Maker) WhenMade(request *inspect.HTTPRequest, token *inspect.Token) time.Time {
	now := m.Now()
	if request == nil || token == nil || request.Made.IsZero() {
		return now
	}
	expires := inspect.Describe(token).ExpiresAt
	if !expires.Known() || expires.At.After(now) || !request.Made.Before(expires.At) {
		return now
	}
	made := request.Made.UTC().Truncate(time.Second)
	m.note("the token has expired: it is judged as of %s, when the request was made, as %s has "+
		"it; --at takes another time", made.Format(time.RFC3339), request.From)
	return made
}

// Answered is the answer to a request that was pasted; nil where the text has none, or the request
// is another one than was pasted. That it is taken is said.
func (m *Maker) Answered(p Pasted, request *rules.Request) *rules.Observation {
	answer, why := inspect.LocateAnswer(p.text, p.found)
	if answer != nil && !p.sent(request) {
		answer, why = nil, "what it answers is another request"
	}
	if why != "" {
		m.note("no answer is taken from the text: %s; pass --observed-status", why)
	}
	if answer == nil {
		return nil
	}
	observed := &rules.Observation{Status: answer.Status, Headers: answer.Headers}
	with := Counted(len(answer.Headers), "header")
	if answer.Body != "" {
		observed.Body = &answer.Body
		with += " and its body"
	}
	m.note("the answer that the prediction is compared with is from the pasted text: %d, with %s",
		answer.Status, with)
	return observed
}

// sent reports whether a request is the one that was pasted, with nothing said otherwise.
func (p *Pasted) sent(request *rules.Request) bool {
	asked := p.Request
	if asked == nil {
		return true
	}
	for name, value := range request.Headers {
		was, given := asked.Headers[name]
		if given && was != value || !given && asked.HeadersWhole {
			return false
		}
	}
	return request.Method == asked.Method && (asked.Path == "" || request.Path == asked.Path)
}

// withoutMask is a header without what stands for the signature of the token in it.
func withoutMask(header string, token *inspect.Token) string {
	before, _, carries := strings.Cut(header, token.Compact())
	if !carries || !token.Masked {
		return header
	}
	return before + token.Compact()
}

// setToken writes the token in the header as a client sends it: a line break in it is from the
// paste. It reports whether it does. Of a request that may have other headers it drops the token,
// which is known by itself. A header that carries it in another way than a client should stays,
// for the gateway to judge.
func setToken(request *inspect.HTTPRequest, token *inspect.Token) (plain bool) {
	header, given := request.Headers["Authorization"]
	header = withoutMask(header, token)
	// two spaces are the client's, and a gateway may refuse them; a line break is the paste's
	plain = strings.Join(strings.Fields(header), "") == "Bearer"+token.Compact() &&
		!strings.Contains(header, "Bearer  ")
	inQuery := slices.Contains(slices.Collect(maps.Values(request.Query)), token.Compact())
	switch {
	case plain && (request.HeadersWhole || inQuery): // inQuery: it is there twice
		request.Headers["Authorization"] = "Bearer " + token.Compact()
	case plain:
		delete(request.Headers, "Authorization")
	case !given && request.HeadersWhole: // the token is somewhere else in it
		request.Headers["Authorization"] = ""
	}
	return plain
}

// taken says what is taken from a pasted request: the names of its headers and no values, which
// may be secrets.
func taken(r *inspect.HTTPRequest, plain bool) string {
	if _, given := r.Headers["Authorization"]; given && r.Method == "" && len(r.Headers) == 1 {
		return "the Authorization header is taken as it was pasted"
	}
	text := "the request is from " + r.From
	switch {
	case r.Path != "":
		text += strings.TrimRight(": "+r.Method, " ") + " " + r.Path
	case r.Method != "":
		text += ": " + r.Method + ", with a path that is not known"
	}
	sent := maps.Clone(r.Headers)
	maps.DeleteFunc(sent, func(name, value string) bool {
		return value == "" || plain && name == "Authorization"
	})
	names := slices.Sorted(maps.Keys(sent))
	switch {
	case len(names) > 0 && r.HeadersWhole:
		text += ", with no headers but the token's and " + strings.Join(names, ", ")
	case len(names) > 0:
		text += ", with the headers " + strings.Join(names, ", ")
	}
	if len(r.Repeated) > 0 {
		text += ", and with several values of " + strings.Join(r.Repeated, ", ")
	}
	if r.Others > 0 {
		text += fmt.Sprintf("; one of %d that carry this token", r.Others+1)
	}
	return text
}

// fillIn adds what a pasted request says to a request. What the request says already counts more.
func fillIn(request *rules.Request, pasted *inspect.HTTPRequest) {
	if pasted == nil {
		return
	}
	if request.Method == "" {
		request.Method = pasted.Method
	}
	if request.Path == "" {
		request.Path = pasted.Path
	}
	if request.Query == nil {
		takeQuery(request, pasted)
	}
	for _, name := range pasted.Blank {
		if _, said := request.Headers[name]; !said {
			request.Blank = append(request.Blank, name)
		}
	}
	headers := maps.Clone(pasted.Headers)
	maps.Copy(headers, request.Headers)
	request.Headers = headers
	if headers["Host"] == "" { // it counts more than the address
		request.Host = pasted.Host
	}
	for _, name := range pasted.Repeated {
		if _, said := headers[name]; !said {
			request.Repeated = append(request.Repeated, name)
		}
	}
	request.Cookies = pasted.Cookies
	request.HeadersWhole = request.HeadersWhole || pasted.HeadersWhole
}

// AimAt is what a request asks for: a path, which may have a query. Gateways compare the path
// alone.
func AimAt(request *rules.Request, target string) {
	asked := inspect.Target(target)
	request.Path = asked.Path
	takeQuery(request, asked)
}

func takeQuery(request *rules.Request, from *inspect.HTTPRequest) {
	request.Query, request.QueryWhole = from.Query, from.QueryWhole
	request.RawQuery = from.RawQuery
}
