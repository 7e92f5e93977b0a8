package inspect

import (
	"slices"
	"strings"
	"testing"
)

// Inputs on which other command-line tools fail, mislead or let control characters through, as far as they concern
// decoding.
func TestAwkwardInputsAreDecodedAndTheirCauseIsTold(t *testing.T) {
	good := entraToken(v1User)
	with := func(claim string) string { return entraToken(v1User + "," + claim) }
	graph := b64(`{"typ":"JWT","alg":"RS256","kid":"k1","nonce":"n"}`) + "." + b64("{"+strings.Replace(v1User, "api://orders-uat", "https://graph.microsoft.com", 1)+"}") + "." + b64(strings.Repeat("s", 256))
	tests := []struct {
		name  string
		paste string
		tells []string // ids of notes, observations and traits
	}{
		{"a line break at the end", good + "\n", nil},
		{"Bearer in front", "Bearer " + good, nil},
		{"Authorization: Bearer in front", "Authorization: Bearer " + good, nil},
		{"quotes around it", `"` + good + `"`, nil},
		{"a token endpoint's answer", `{"token_type":"Bearer","access_token":"` + good + `"}`, nil},
		{"lines of 76 characters", wrap(good, 76, "", ""), []string{"white-space"}},
		{"alg none", b64(`{"alg":"none","kid":"k"}`) + "." + b64("{"+v1User+"}") + ".", []string{"unsigned"}},
		{"a header without alg", b64(`{"typ":"JWT","kid":"k"}`) + "." + b64("{"+v1User+"}") + "." + b64("s"), []string{"alg-missing"}},
		{"roles twice", with(`"roles":["a"],"roles":["b"]`), []string{"duplicate-member"}},
		{"an escape sequence and OSC 52 in a claim", with(`"x":"\u001b[31m\u001b]52;c;aGk=\u0007"`), []string{"hidden-character"}},
		{"bidirectional, C1 and zero-width characters in a claim", with(`"x":"\u202e\u009b\u200b"`), []string{"hidden-character"}},
		{"a token for Microsoft Graph", graph, []string{"graph-nonce", "microsoft-api"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			found, err := Locate(test.paste)
			if err != nil {
				t.Fatal(err)
			}
			token := Parse(found.Text)
			if token.Fault != nil {
				t.Fatal(token.Fault.Cause)
			}
			p := Describe(token)
			told := ids(found.Notes, p.Observations, p.Traits)
			for _, id := range test.tells {
				if !slices.Contains(told, id) {
					t.Errorf("%q lack %q", told, id)
				}
			}
			if len(test.tells) == 0 && len(ids(found.Notes, p.Observations)) > 0 {
				t.Errorf("%q is told of an input with nothing odd", told)
			}
			if p.ExpiresAt.String() != "2023-11-14T23:18:20Z" {
				t.Errorf("expires at %q", p.ExpiresAt)
			}
		})
	}
}

func ids(lists ...[]Observation) []string {
	var all []string
	for _, list := range lists {
		for _, o := range list {
			if o.ID != "lifetime" && o.ID != "cloud-ambiguous" {
				all = append(all, o.ID)
			}
		}
	}
	return all
}
