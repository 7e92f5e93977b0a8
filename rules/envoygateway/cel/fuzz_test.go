package cel

import (
	"errors"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Whatever the text, parsing ends with an expression or with an error that has a place in the
// text. What it is turned into is never true together with its opposite, and its parts are the
// whole.
func FuzzParse(f *testing.F) {
	_, all := readRecorded(f)
	for _, r := range all {
		f.Add(r.text)
	}
	worlds := requests(f, oracle+"requests.json")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			var fault *source.Error
			if !errors.As(err, &fault) || fault.Pos.Column < 1 || fault.Pos.Column > len(text)+1 {
				t.Fatalf("%q: %#v", text, err)
			}
			return
		}
		p := e.Predicate(testEnv())
		var parts []rules.Predicate
		for _, part := range e.Parts(testEnv()) {
			parts = append(parts, part.Predicate)
		}
		for i, world := range worlds {
			is, not := outcome(p, world), outcome(rules.Negate(p), world)
			if opposite := map[byte]byte{'t': 'f', 'f': 't', '?': '?'}[is]; not != opposite {
				t.Errorf("%q, request %d: %c, and its opposite is %c", text, i, is, not)
			}
			if together := outcome(rules.Both(parts...), world); together != is {
				t.Errorf("%q, request %d: %c, and its parts are %c", text, i, is, together)
			}
		}
	})
}
