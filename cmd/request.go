package cmd

import (
	"net/textproto"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
)

// check refuses flags of which not all can be true, before anything is read.
func (f *explainFlags) check(args []string) error {
	fromStdin := !f.noToken && (len(args) == 0 || args[0] == "-")
	if f.noToken && len(args) > 0 {
		return problem("--no-token is a request without a token, and a token was given", "leave out one of the two")
	}
	for _, other := range [...]struct {
		used bool
		what string
	}{
		{slices.Contains(f.policies.files, "-"), "the policy"},
		{f.introspection == "-", "the introspection answer"},
		{f.other == "-", "the token of --other"},
	} {
		switch {
		case other.used && fromStdin:
			return problem("standard input can't be both "+other.what+" and the token", "pass the token as @FILE")
		case other.used && other.what != "the policy" && slices.Contains(f.policies.files, "-"):
			return problem("standard input can't be both the policy and "+other.what, "pass one of them as a file")
		}
	}
	return nil
}

// methodOf returns the request's method. HTTP tells methods apart by case (RFC 9110, section 9.1), and nobody means get.
func (e *Env) methodOf(flag string) string {
	upper := strings.ToUpper(flag)
	if upper == flag || len(flag) > longestWord {
		return flag
	}
	e.note("--method %s is taken for %s: methods are told apart by case", flag, upper)
	return upper
}

// parseHeaders reads "name: value" pairs.
func parseHeaders(lines []string) (map[string]string, error) {
	headers := make(map[string]string, len(lines))
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, problem("a header has no colon", `write -H "name: value"`)
		}
		name = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
		if _, twice := headers[name]; twice {
			return nil, problem("the header "+name+" is given twice", "gateways differ on which one counts: pass the one that the gateway sees")
		}
		headers[name] = strings.TrimSpace(value)
	}
	return headers, nil
}

// checkAuthorization holds the Authorization header that was given against the token, which is sent in that header too.
func checkAuthorization(headers map[string]string, token *inspect.Token) error {
	header, given := headers["Authorization"]
	switch {
	case !given:
		return nil
	case token == nil && carriesToken(header):
		return problem("--no-token is a request without a token, and the Authorization header of -H carries one", "leave out one of the two")
	case token == nil:
		return nil
	case carriesToken(header) && !carries(header, token):
		return problem("a token was given, and the Authorization header of -H carries another one", "leave out -H: the token is sent as Authorization: Bearer")
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
