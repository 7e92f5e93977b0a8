package lint

import (
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// problems makes findings of what the reader found odd in the files of token policies.
func problems(s *rules.Subject, id string, words func(message string) string) []rules.Finding {
	if !slices.ContainsFunc(s.Policies, judges) {
		return nil
	}
	var all []rules.Finding
	for _, file := range s.Files {
		for _, problem := range file.Problems {
			if problem.ID != id {
				continue
			}
			f := rules.Finding{Message: words(problem.Message), Pos: problem.Pos}
			for _, document := range file.Documents {
				if v := startingAt(document, problem.Pos); v != nil {
					f.Pos, f.Span, f.Field = v.KeyPos, v.KeySpan, v.Key
				}
			}
			all = append(all, f)
		}
	}
	return all
}

// startingAt returns the member of v, or of what is in it, whose name or value is at this place, or whose value is missing
// there.
func startingAt(v *source.Value, pos source.Position) *source.Member {
	for _, item := range v.Items {
		if m := startingAt(item, pos); m != nil {
			return m
		}
	}
	for i := range v.Members {
		m := &v.Members[i]
		if m.KeyPos == pos || m.Value.Pos == pos || m.Value.Is(source.Null) && m.KeyPos.Line == pos.Line {
			return m
		}
		if inside := startingAt(m.Value, pos); inside != nil {
			return inside
		}
	}
	return nil
}
