package render

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

// deciding names the check that decides, with the alternative that it stands in; empty where no
// check does.
func deciding(v *rules.Verdict, behind string) string {
	if v.Decided == nil {
		return ""
	}
	name := checkName(v.Decided.Check) + behind
	if where := alternative(v.Decided); where != "" {
		name += " (" + where + ")"
	}
	return name
}

// alternative says in words in which alternative a check stands: "alternative 2"; empty in a plain
// list.
func alternative(r *rules.Result) string {
	var words []string
	for _, step := range strings.Split(r.Group(), ".") {
		if word := stepWord(step); word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// stepWord is one step of a group in words. The place in a list is left out: the order of the
// checks shows it.
func stepWord(step string) string {
	kind, rest, _ := strings.Cut(step, "[")
	index, end, _ := strings.Cut(rest, "]")
	n, _ := strconv.Atoi(index) // of a step without an index it is not read
	switch kind + end {
	case "any":
		return fmt.Sprintf("alternative %d", n+1)
	case "not":
		return "must not hold"
	case "first":
		return fmt.Sprintf("rule %d", n+1)
	case "if":
		return "its condition"
	case "default":
		return "no rule applies"
	}
	return ""
}

// checkRows are checks as rows of a list, each alternative under its name.
func checkRows(style *Text, results []rules.Result, detail func(*rules.Result) string) []Row {
	var rows []Row
	in := ""
	for i := range results {
		r := &results[i]
		if at := alternative(r); at != in {
			in = at
			if at == "" {
				at = "in any case"
			}
			rows = append(rows, Row{style.Paint(Faint, at), ""})
		}
		label := style.Mark(mood(r)) + " " + checkName(r.Check)
		if in != "" {
			label = indent + label
		}
		rows = append(rows, Row{label, detail(r)})
	}
	return rows
}

// failures are checks that have failed, and keep the request out.
type failures []*rules.Result

// add adds a check where it is such a one.
func (f *failures) add(r *rules.Result) {
	if r.Outcome == rules.Fail && !r.Harmless {
		*f = append(*f, r)
	}
}

// before reports whether one of them comes before a check, so that this one would fail next. One
// in another alternative does not.
func (f failures) before(r *rules.Result) bool {
	return slices.ContainsFunc(f, func(earlier *rules.Result) bool {
		return earlier.Policy != r.Policy || !beside(earlier.Group(), r.Group())
	})
}

// beside reports whether two groups are of different alternatives.
func beside(a, b string) bool {
	one, other := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(one), len(other)) {
		if one[i] != other[i] {
			return strings.HasPrefix(one[i], "any[") && strings.HasPrefix(other[i], "any[")
		}
	}
	return false
}

// mood is the outcome that a check's sign shows: of one that keeps nobody out, that it does not
// matter.
func mood(r *rules.Result) string {
	if r.Harmless {
		return string(rules.Skipped)
	}
	return string(r.Outcome)
}

// harmless says of a check that it keeps nobody out, and what it has found.
func harmless(r *rules.Result) string {
	text := "is not known: " + r.Why()
	if r.Outcome == rules.Fail {
		text = fmt.Sprintf("does not hold: wanted %s, found %s", r.Expected(), orNone(r.Actual()))
	}
	return inspect.Safe(text + "; nobody is kept out by it")
}

// passes says that every check passes, as far as it has to.
func passes(v *rules.Verdict) string {
	for i := range v.Results {
		if v.Results[i].Harmless {
			return "every check passes that has to"
		}
	}
	return "every check passes"
}

// status is a status with the name that HTTP gives it; a prediction without one says so.
func status(code int) string {
	if code == 0 {
		return "status not known"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}

func checkName(c *rules.Check) string {
	name := strings.ReplaceAll(string(c.ID), "-", " ")
	if c.Claim != "" {
		name += " " + inspect.Safe(c.Claim)
	}
	return name
}

// OutcomeLine is a verdict in a few words.
func OutcomeLine(v *rules.Verdict) string {
	switch v.Outcome {
	case rules.Accepted:
		return "200 accepted"
	case rules.Rejected:
		return at(status(v.Status), deciding(v, ""))
	}
	return at("undetermined", deciding(v, ""))
}

// at says where something is decided, if anywhere.
func at(what, where string) string {
	if where == "" {
		return what
	}
	return what + " at " + where
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// verdictLine is the answer in one line.
func verdictLine(v *rules.Verdict) string {
	switch v.Outcome {
	case rules.Accepted:
		return "200, accepted"
	case rules.Rejected:
		return at(status(v.Status)+", rejected", theCheck(v))
	}
	return at("undetermined", theCheck(v))
}

func theCheck(v *rules.Verdict) string {
	if v.Decided == nil {
		return ""
	}
	return "the " + deciding(v, " check")
}
