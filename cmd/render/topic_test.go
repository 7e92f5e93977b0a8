package render

import (
	"strings"
	"testing"
)

func TestTopicsFitNarrowTerminals(t *testing.T) {
	t.Parallel()
	const text = `A title

A paragraph that is as wide as a terminal usually is, and goes on in
a second line.

  word      what it means, which takes more than one line here
            and goes on
  a longer label than any    and its text

  gatewhy explain @token.jwt -p policies.json --observed-status 403
    key: "value"  # stays
`
	const want = `A title

A paragraph that is as wide as a
terminal usually is, and goes on in a
second line.

  word      what it means, which takes
            more than one line here and
            goes on
  a longer label than any
      and its text

  gatewhy explain @token.jwt -p policies.json --observed-status 403
    key: "value"  # stays
`
	if got := Topic(text, 40); got != want {
		t.Errorf("got %s", got)
	}
	if got := Topic(text, 80); got != text {
		t.Errorf("of 80 columns: %s", got)
	}
	if got := Topic(strings.Repeat("word ", 30), 20); strings.Count(got, "\n") < 6 {
		t.Errorf("of 20 columns: %s", got)
	}
}
