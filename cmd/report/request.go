package report

import (
	"fmt"
	"net/textproto"
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
// that is no readable token is none of the errors: it is the Fault of the token.
func (m *Maker) ReadToken(args []string) (*inspect.Token, error) {
	text, err := m.TokenText(args)
	if err != nil {
		return nil, err
	}
	return m.TokenIn(text)
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
		m.note("the text has %d tokens; %s", found.Others+1, found.Choice())
	}
	token := inspect.Parse(found.Text)
	token.Observations = append(found.Notes, token.Observations...)
	return token, found, nil
}

// MethodOf returns the request's method. HTTP tells methods apart by case (RFC 9110, section 9.1),
// and nobody means get.
func (m *Maker) MethodOf(flag string) string {
	upper := strings.ToUpper(flag)
	if upper == flag || len(flag) > LongestWord {
		return flag
	}
	m.note("--method %s is treated as %s: methods are case-sensitive", flag, upper)
	return upper
}

// ReadHeaders reads "name: value" pairs; @FILE stands for the lines of a file, so that a secret in
// one is not in the shell's history.
func (m *Maker) ReadHeaders(given []string) (map[string]string, error) {
	var lines []string
	for _, line := range given {
		name, isFile := strings.CutPrefix(line, "@")
		if !isFile {
			lines = append(lines, line)
			continue
		}
		text, err := m.ReadText(name)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(text) {
			if line = strings.TrimRight(line, "\r\n"); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return parseHeaders(lines)
}

func parseHeaders(lines []string) (map[string]string, error) {
	headers := make(map[string]string, len(lines))
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, Problem("a header has no colon", `write -H "name: value"`)
		}
		name = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
		if _, twice := headers[name]; twice {
			return nil, Problem("the header "+name+" is given twice",
				"gateways differ on which one counts: pass the one that the gateway sees")
		}
		headers[name] = strings.TrimSpace(value)
	}
	return headers, nil
}

// checkAuthorization holds the Authorization header that was given against the token, which is
// sent in that header too.
func checkAuthorization(headers map[string]string, token *inspect.Token) error {
	header, given := headers["Authorization"]
	switch {
	case !given:
		return nil
	case token == nil && carriesToken(header):
		return Problem("--no-token means a request without a token, but the Authorization "+
			"header of -H has one", "leave out one of the two")
	case token == nil:
		return nil
	case carriesToken(header) && !carries(header, token):
		return Problem("a token was given, but the Authorization header of -H has another "+
			"one", "leave out -H: the token is sent as Authorization: Bearer")
	}
	return nil
}

func carriesToken(header string) bool {
	scheme, rest, _ := strings.Cut(header, " ")
	return strings.EqualFold(scheme, "Bearer") && strings.TrimSpace(rest) != "" || isToken(header)
}

// carries reports whether a header has this token.
func carries(header string, token *inspect.Token) bool {
	found, err := inspect.Locate(header)
	return err == nil && inspect.Parse(found.Text).Compact() == token.Compact()
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
		Token: token, At: said.At, Method: m.MethodOf(said.Method), Path: said.Path,
		HeadersWhole: said.HeadersWhole,
	}
	if request.Headers, err = m.ReadHeaders(said.Headers); err != nil {
		return nil, err
	}
	if err = checkAuthorization(request.Headers, token); err != nil {
		return nil, err
	}
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
	return file.Documents[0], rules.CheckAnswer(file.Documents[0])
}

// OtherRequest is the same request with another token, one second after that one was issued: what
// matters is whether it could get in, not whether it has expired since.
func (m *Maker) OtherRequest(text string, request *rules.Request) (*rules.Request, error) {
	token, err := m.ReadToken([]string{text})
	if err != nil {
		return nil, err
	}
	other := &rules.Request{
		Token: token, At: request.At, Method: request.Method, Path: request.Path,
		Headers: request.Headers, HeadersWhole: request.HeadersWhole, Host: request.Host,
		Cookies: request.Cookies, Query: request.Query, QueryWhole: request.QueryWhole,
		Contracts: request.Contracts, Signatures: request.Signatures,
	}
	if at, ok := token.JustIssued(); ok {
		other.At = at
	}
	return other, nil
}

// ReadApps reads app registrations; nil where none are named.
func (m *Maker) ReadApps(names []string) (*entra.Directory, error) {
	if len(names) == 0 {
		return nil, nil
	}
	var files []*source.File
	for _, name := range names {
		file, err := m.ReadSource(name)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return entra.ReadRegistrations(files...)
}
