package cmd

import (
	"strings"

	"github.com/gatewhy/gatewhy/testdata/evaluator"
)

// doubt is a kind of input of which explain says more than the evaluator's facts do, or something
// else. The checks that it is about, and the verdicts of its pairs, are not compared.
type doubt struct {
	name string // what is said, and on what ground
	is   func(pair *evaluator.Pair, check string, claim string) bool
}

// doubts are all that is left out: decisions of the interface's contract.
func doubts() []doubt {
	return []doubt{
		{
			"a kid that is not the signer's fails, though no page says how a key is chosen",
			func(pair *evaluator.Pair, check, _ string) bool {
				return check == "signature" && pair.Token.Kid != pair.Token.Signer
			},
		},
		{
			"blanks around a supported audience do not count, nor do empty ones",
			func(pair *evaluator.Pair, check, _ string) bool {
				aud, _ := pair.Token.Claims["aud"].(string)
				return check == "audience" &&
					(strings.TrimSpace(aud) != aud || pair.Token.Claims["aud"] == "")
			},
		},
	}
}
