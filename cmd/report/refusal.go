package report

import (
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Refusal words why something is not as it should be, with the ready-made repairs that would help
// in its sentence, and what to pass beside it.
func Refusal(why string, needs []source.Need) (sentence string, asks []string) {
	var solutions []string
	glue := " or "
	for _, n := range needs {
		switch {
		case n.Input != source.NeedSolution:
			asks = append(asks, Ask(n))
			continue
		case n.For != "":
			glue = ", "
		}
		solutions = append(solutions, strings.TrimSpace(Flag(n)+" "+n.For))
	}
	if len(solutions) == 0 {
		return why, asks
	}
	return why + ": " + strings.Join(solutions, glue), asks
}
