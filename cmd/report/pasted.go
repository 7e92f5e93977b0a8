package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// Pasted is what was pasted with a token.
type Pasted struct {
	Request *inspect.HTTPRequest // nil where the text describes none
	text    string
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
		return nil, pasted, err
	}
	pasted.text, pasted.Request = text, m.requestIn(text, found, token)
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
		dropToken(request, token)
		m.note("%s", taken(request))
	}
	return request
}

// Answered is the answer that curl has printed behind the pasted request; nil where it has none.
// That it is taken is said.
func (m *Maker) Answered(p Pasted) *rules.Observation {
	answer, why := inspect.LocateAnswer(p.text)
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

// dropToken takes the token out of the headers: it is known by itself. A header that carries it in
// another way than a client should stays, for the gateway to judge.
func dropToken(request *inspect.HTTPRequest, token *inspect.Token) {
	header, given := request.Headers["Authorization"]
	plain := strings.Join(strings.Fields(header), "") == "Bearer"+token.Compact()
	switch {
	case plain && !hasOddSpace(header):
		delete(request.Headers, "Authorization")
	case !given && request.HeadersWhole: // the token is somewhere else in it
		request.Headers["Authorization"] = ""
	}
}

// hasOddSpace reports whether more than one space follows the scheme: a gateway may refuse that. A
// line break is from the paste.
func hasOddSpace(header string) bool { return strings.Contains(header, "Bearer  ") }

// taken says what is taken from a pasted request: the names of its headers and no values, which
// may be secrets.
func taken(r *inspect.HTTPRequest) string {
	text := "the request is from " + r.From + ": " + r.Method
	if r.Path != "" {
		text += " " + r.Path
	} else {
		text += ", with a path that is not known"
	}
	sent := maps.Clone(r.Headers)
	maps.DeleteFunc(sent, func(_, value string) bool { return value == "" })
	names := slices.Sorted(maps.Keys(sent))
	switch {
	case len(names) > 0 && r.HeadersWhole:
		text += ", with no headers but the token's and " + strings.Join(names, ", ")
	case len(names) > 0:
		text += ", with the headers " + strings.Join(names, ", ")
	}
	if r.Others > 0 {
		text += fmt.Sprintf("; the first of %d that carry this token", r.Others+1)
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
	headers := maps.Clone(pasted.Headers)
	maps.Copy(headers, request.Headers)
	request.Headers, request.Host = headers, pasted.Host
	request.Cookies, request.Query = pasted.Cookies, pasted.Query
	request.HeadersWhole = request.HeadersWhole || pasted.HeadersWhole
	request.QueryWhole = pasted.QueryWhole
}
