package rules

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// answerMembers are the members of a validation endpoint's answer (RFC 7662, section 2.2; expires_in is that of
// several vendors).
var answerMembers = []string{
	"active", "scope", "client_id", "username", "token_type", "exp", "iat", "nbf", "sub", "aud", "iss", "jti",
	"expires_in",
}

// CheckAnswer refuses what is not a validation endpoint's answer about a token: an error that it answered, an
// envelope around the answer, an active that is not a boolean. Every error is a [*source.Error].
func CheckAnswer(v *source.Value) error {
	if !v.Is(source.Object) {
		return noAnswer(v.Pos, "it is "+v.Kind.String()+", not an object")
	}
	known := 0
	for _, m := range v.Members {
		lower := strings.ToLower(m.Key)
		switch {
		case m.Key == "active" && !m.Value.Is(source.Bool) && !m.Value.Is(source.Unknown):
			return noAnswer(m.Value.Pos, "active is "+m.Value.Kind.String()+", not a boolean")
		case m.Key == "error":
			return noAnswer(m.KeyPos, "it is an error that the endpoint answered, and says nothing of the token")
		case slices.Contains(answerMembers, m.Key):
			known++
		case slices.Contains(answerMembers, lower):
			return noAnswer(m.KeyPos, "it has "+m.Key+", and names are told apart by case: "+lower+" is meant")
		}
	}
	if known == 0 {
		return noAnswer(v.Pos, "it has none of the members that such an answer has")
	}
	return nil
}

func noAnswer(pos source.Position, cause string) error {
	return &source.Error{
		Pos:   pos,
		Cause: "not an introspection answer: " + cause,
		Hints: source.Hints(
			`expected is one JSON object, such as {"active": true, "client_id": "…", "scope": "…"}`,
			"how to get it: gatewhy collect introspection",
		),
	}
}
