package cmd

import (
	"context"
	"fmt"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// request gathers what is known of the request.
func (e *Env) request(ctx context.Context, flags *explainFlags, token *inspect.Token) (*rules.Request, error) {
	at, err := flags.at.resolve(e, token)
	if err != nil {
		return nil, err
	}
	request := &rules.Request{Token: token, At: at, Method: e.methodOf(flags.method), Path: flags.path, HeadersWhole: flags.headersWhole}
	if request.Headers, err = parseHeaders(flags.headers); err != nil {
		return nil, err
	}
	if err := checkAuthorization(request.Headers, token); err != nil {
		return nil, err
	}
	if flags.contracts != "" {
		if request.Contracts, err = e.readContracts(flags.contracts); err != nil {
			return nil, err
		}
	}
	if flags.introspection != "" {
		if request.Introspection, err = e.readIntrospection(flags.introspection); err != nil {
			return nil, err
		}
	}
	request.Signatures, err = e.signatures(ctx, &flags.keys, token)
	return request, err
}

// otherRequest is the same request with another token, one second after that one was issued: what matters is whether it
// could get in, not whether it has expired since.
func (e *Env) otherRequest(text string, request *rules.Request) (*rules.Request, error) {
	token, err := e.readToken([]string{text})
	if err != nil {
		return nil, err
	}
	other := &rules.Request{
		Token: token, At: request.At, Method: request.Method, Path: request.Path,
		Headers: request.Headers, HeadersWhole: request.HeadersWhole,
		Contracts: request.Contracts, Signatures: request.Signatures,
	}
	if at, ok := token.JustIssued(); ok {
		other.At = at
	}
	return other, nil
}

// readIntrospection reads the captured answer of a validation endpoint: one JSON object.
func (e *Env) readIntrospection(name string) (*source.Value, error) {
	file, err := e.readSource(name)
	if err != nil {
		return nil, err
	}
	if len(file.Documents) != 1 {
		return nil, problem(fmt.Sprintf("%s: %d documents; an introspection answer is one", name, len(file.Documents)))
	}
	return file.Documents[0], rules.CheckAnswer(file.Documents[0])
}
