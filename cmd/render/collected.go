package render

import (
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// howToGet adds the command that says how to get what is asked for.
func (t *explainText) howToGet(need rules.Need) {
	if command := t.x.howToGet(need); command != "" {
		t.Para(1, "how to get it: "+command)
	}
}

// howToGet is the command that says how to get what is asked for; empty where there is none.
func (x *Explanation) howToGet(need rules.Need) string {
	if x.Collect == nil || need.None() {
		return ""
	}
	return x.Collect(need)
}

// otherUnknowns adds the commands for what else is not known.
func (t *explainText) otherUnknowns() {
	v := &t.x.Verdict
	var told string
	if v.Outcome == rules.Undetermined {
		told = t.x.howToGet(v.Question())
	}
	var commands []string
	for i := range v.Results {
		command := t.x.howToGet(v.Results[i].Need())
		if command != "" && command != told && !slices.Contains(commands, command) {
			commands = append(commands, command)
		}
	}
	if len(commands) > 0 {
		t.Blank()
		t.Para(1, "how to get what else is not known: "+strings.Join(commands, ", "))
	}
}
