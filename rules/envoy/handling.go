package envoy

import "github.com/gatewhy/gatewhy/rules"

// Handled is a row of what a control plane does: the situation, the situation in words, what it
// does, and the source where that was read; empty where its translation was seen to do it.
type Handled [4]string

// Handling is the table of some rows, each with what it is known from and since when.
func Handling(rows []Handled, seen rules.Evidence, checked string) []rules.Handling {
	var all []rules.Handling
	for _, row := range rows {
		h := rules.Handling{
			Situation: row[0], Title: row[1], Does: row[2], Evidence: seen, Checked: checked,
		}
		if source := row[3]; source != "" {
			h.Evidence = inferred(source)
		}
		all = append(all, h)
	}
	return all
}
