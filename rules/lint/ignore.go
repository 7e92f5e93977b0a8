package lint

import "github.com/gatewhy/gatewhy/rules"

// SetAside splits findings by the comments of their file: those that stay, and those that a
// comment with a reason sets aside, with that comment.
func SetAside(
	comments []Comment, found []rules.Finding,
) (stay, aside []rules.Finding, by []Comment) {
	for _, f := range found {
		if c, ok := comment(comments, f); ok {
			aside, by = append(aside, f), append(by, c)
			continue
		}
		stay = append(stay, f)
	}
	return stay, aside, by
}

func comment(comments []Comment, f rules.Finding) (Comment, bool) {
	for _, c := range comments {
		if c.Rule == f.Rule && c.Line == f.Pos.Line && c.Reason != "" {
			return c, true
		}
	}
	return Comment{}, false
}
