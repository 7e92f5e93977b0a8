package rules

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Observation is what a real gateway answered, as far as it was noted.
type Observation struct {
	Status  int      // 0 where not known
	Body    *string  // nil where not known
	Headers []string // "name: value", those that were noted
}

// Match says what of an observed answer speaks for a row of the table of behaviours.
type Match string

// The matches, best first.
const (
	ByBody   Match = "body"
	ByHeader Match = "header"
	ByStatus Match = "status"
	ByNone   Match = "none" // nothing speaks for it or against it
)

// LetIn reports whether the request got through to the API behind the gateway.
func (o *Observation) LetIn() bool { return o.Status >= 200 && o.Status < 300 }

// fits tells whether a gateway that answers as the row has it could have given this answer, and what speaks for
// that. A body that is published for another situation speaks against a row that has one of its own; one that is not published
// anywhere does not, since bodies change with versions.
func (o *Observation) fits(b *Behaviour, published bool) (Match, bool) {
	if o.Status != 0 && b.Answer.Status != o.Status && !(o.LetIn() && b.Answer.Status == 200) {
		return ByNone, false
	}
	body := b.Answer.hasBody(o.Body)
	header := o.header(b.Headers)
	switch {
	case header == No, body == No && (published || b.Answer.NoBody):
		return ByNone, false
	case body == Yes:
		return ByBody, true
	case header == Yes:
		return ByHeader, true
	}
	return ByStatus, o.Status != 0
}

// hasBody compares an observed body with the answer's; Maybe where either is not known.
func (a *Answer) hasBody(body *string) Truth {
	switch {
	case body == nil:
		return Maybe
	case a.NoBody:
		return truth(strings.TrimSpace(*body) == "")
	case a.Body != "":
		return truth(sameBody(a.Body, *body))
	case a.Says != "":
		return truth(strings.Contains(strings.ToLower(*body), strings.ToLower(a.Says)))
	}
	return Maybe
}

// sameBody compares bodies, of JSON the content: what people paste has often been formatted anew.
func sameBody(a, b string) bool {
	return compact(a) == compact(b)
}

func compact(body string) string {
	var out bytes.Buffer
	if json.Compact(&out, []byte(body)) == nil {
		return out.String()
	}
	return strings.TrimSpace(body)
}

// header compares the observed headers with those of a row; Maybe where they have no name in common. What names
// the content's type tells no situation from another.
func (o *Observation) header(row []string) Truth {
	result := Maybe
	for _, want := range row {
		wanted, value, _ := strings.Cut(want, ":")
		for _, got := range o.Headers {
			name, observed, _ := strings.Cut(got, ":")
			if !strings.EqualFold(strings.TrimSpace(name), wanted) || strings.EqualFold(wanted, "content-type") {
				continue
			}
			if !strings.EqualFold(strings.TrimSpace(observed), strings.TrimSpace(value)) {
				return No
			}
			result = Yes
		}
	}
	return result
}
