package envoy

import (
	"strings"
	"testing"
)

func TestALineOfTheAccessLogSaysWhatWasAnswered(t *testing.T) {
	t.Parallel()
	for _, row := range (Gateway{Name: "any", NeedsToken: true}).Behaviours() {
		body := row.Answer.Body
		if body == "" || row.Situation == Denied {
			continue
		}
		for _, reason := range []string{body, strings.ReplaceAll(body, " ", "_")} {
			line := `"GET / HTTP/1.1" 401 - jwt_authn_access_denied{` + reason + `} - "-" 0 27`
			if got := Logged(line); got != body {
				t.Errorf("%s: it is %q, want %q", line, got, body)
			}
		}
	}
	for line, want := range map[string]string{
		`"GET / HTTP/1.1" 403 - rbac_access_denied_matched_policy[none] - "-"`:   accessDenied,
		`403 rbac_access_denied_matched_policy[ns[orders]-policy[need]-rule[0]]`: accessDenied,
		`"GET / HTTP/1.1" 403 - via_upstream - "-" 0 27`:                         "",
		`a body that only begins like one: jwt_authn_access_denied{Jwt_is`:       "",
		"RBAC: access denied": "",
	} {
		if got := Logged(line); got != want {
			t.Errorf("%s: it is %q, want %q", line, got, want)
		}
	}
}
