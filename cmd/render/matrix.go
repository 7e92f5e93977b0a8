package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
)

type matrixing struct{ *report.Matrixing }

// sentence is the answer below a folded grid: its numbers are those that a reader counts there.
func (x matrixing) sentence() string { return x.sentenceOf(x.Lines(), "these ") }

// sentenceOf is the answer for the cells of some lines. It says that no wrong token gets in only
// if every token was modelled and run.
func (x matrixing) sentenceOf(lines []environments.Line, which string) string {
	wrong, unknown, all := x.count(lines)
	of := func(n int) string {
		if all == 1 {
			return "1 of 1 cell"
		}
		return fmt.Sprintf("%d of %s%d cells", n, which, all)
	}
	switch gaps := x.Gaps(); {
	case wrong > 0 && unknown > 0:
		return fmt.Sprintf("%s wrong, and %s not known.", isAre(of(wrong), wrong),
			isAre(fmt.Sprint(unknown), unknown))
	case wrong > 0:
		return isAre(of(wrong), wrong) + " wrong."
	case unknown > 0:
		return fmt.Sprintf("No cell is known to be wrong; %s not known.",
			isAre(of(unknown), unknown))
	case len(gaps) > 0:
		return "No wrong cell was found, but not everything was checked: " +
			strings.Join(gaps, "; ") + "."
	}
	return fmt.Sprintf("Every cell is right: each environment's own tokens are let in, and none "+
		"of the %d modelled tokens is let in where another environment's clients, an ", x.Tokens) +
		"unrelated app in the tenant or another tenant could use it. " +
		issued.LeavesOut
}

// count counts the cells of a grid of these lines.
func (x matrixing) count(lines []environments.Line) (wrong, unknown, all int) {
	return x.Count(len(lines), func(line, g int) int { return x.At(lines[line], g) })
}

// behind says what is behind the cells of the folded grid, without a full stop; empty if the grid
// is not folded.
func (x matrixing) behind() string {
	if len(x.Lines()) == len(x.Rows) {
		return ""
	}
	wrong, unknown, all := x.Wrong()
	text := fmt.Sprintf("Each cell shows the worst answer to its kinds of token: of %d kinds at "+
		"%s, ", len(x.Rows), report.Counted(len(x.Gateways), "gateway"))
	of := func(n int) string { return isAre(fmt.Sprintf("%d of %d answers", n, all), n) }
	switch {
	case wrong > 0 && unknown > 0:
		text += of(wrong) + " wrong, " + isAre(fmt.Sprint(unknown), unknown) + " not known"
	case wrong > 0:
		text += of(wrong) + " wrong"
	case unknown > 0:
		text += of(unknown) + " not known"
	default:
		text += fmt.Sprintf("all %d answers are right", all)
	}
	return text
}

// withKinds is the folded lines, with the rows of each below it.
func (x matrixing) withKinds() []environments.Line {
	var lines []environments.Line
	for _, line := range x.Lines() {
		lines = append(lines, line)
		if len(line.Rows) == 1 {
			continue
		}
		for _, r := range line.Rows {
			lines = append(lines, environments.Line{
				Label: indent + x.Rows[r].Name, Rows: []int{r},
			})
		}
	}
	return lines
}

// beyondPolicies is how to close the hole that is left if other clients can have genuine tokens
// for the right API (KB 005321722, what it leaves out, 6).
const beyondPolicies = "The tokens that still get in are ones that Entra ID issues to other " +
	"clients. These policies alone can't keep them out. Use an app role that only the " +
	"environment's own clients have, required assignment on the API's service principal, or, " +
	"where the gateway has them, contracts with client id validation."

// ownFiles is what the matrix after the change takes for granted if it can't be written.
const ownFiles = "This is with a file of its own for each environment: some share one, and do " +
	"not need the same change of it."

// ofChange is what this change does to some tokens: would do, where it was not written.
func (x matrixing) ofChange(tokens, does, do string) string {
	if len(x.Written) == 0 {
		does = "would " + do
	}
	return tokens + " that this change " + does
}

func (x matrixing) lostTitle() string {
	return x.ofChange("your own tokens", "locks out", "lock out") +
		"; others of the same environment get in"
}

// lost lists, by gateway, an environment's own tokens that get in today and that the smallest
// set of repairs keeps out.
func (x matrixing) lost() []Row {
	return x.ownKinds(x.Fixed, func(kind string, cell *environments.Cell) string {
		if cell.Outcome != rules.Accepted {
			return ""
		}
		return kind
	})
}

func (x matrixing) openedTitle() string {
	return x.ofChange("tokens", "lets in", "let in") + ", and that must not get in"
}

// opened lists, by gateway, the tokens that are rightly kept out today, and that the smallest set
// of repairs lets in: where own tokens get in again, others may that are like them.
func (x matrixing) opened() []Row {
	var rows []Row
	for g, name := range x.Gateways {
		var opened []int
		for r := range x.Rows {
			if x.Cell(r, g).OK() == rules.Yes && x.Fixed.Cell(r, g).OK() == rules.No {
				opened = append(opened, r)
			}
		}
		if len(opened) > 0 {
			rows = append(rows, Row{safe(name), safe(x.Names(opened))})
		}
	}
	return rows
}

// ownKinds lists, by gateway, the kinds of an environment's own tokens that a matrix rejects
// although others get in, in words about the cells of today; without words a kind is left out.
func (x matrixing) ownKinds(
	of *environments.Matrix, words func(kind string, today *environments.Cell) string,
) []Row {
	var rows []Row
	for g, name := range x.Gateways {
		var kinds []string
		for _, r := range of.Rejected(g) {
			kind := words(strings.TrimPrefix(x.Rows[r].Name, name+"/"), x.Cell(r, g))
			if kind != "" {
				kinds = append(kinds, kind)
			}
		}
		if len(kinds) > 0 {
			rows = append(rows, Row{safe(name), safe(strings.Join(kinds, ", "))})
		}
	}
	return rows
}

// onlyIssuance reports whether, within the tenant, nothing but genuine tokens of other clients
// still gets in wrongly.
func onlyIssuance(m *environments.Matrix) bool {
	return m.Has(environments.Issuance) && !m.Has(environments.Replay) &&
		!m.Has(environments.Forged)
}

// why says why the cells of a gateway are not known, and what to add to know them.
func (x matrixing) why(u environments.OpenCells) string {
	w := x.Witness(u.Row, u.Gateway)
	text := fmt.Sprintf("%s (%s)", x.Rows[u.Row].Name, report.Counted(u.Rows, "row"))
	if class := x.Cell(u.Row, u.Gateway).Class().String(); class != "" {
		text += " with a request such as " + class
	}
	switch {
	case w.Verdict.Decided != nil:
		text = fmt.Sprintf("%s: %s", decidedAt(text, deciding(&w.Verdict, "")), w.Verdict.Why())
	case w.Token != nil && w.Token.Doubt() != "":
		text += ": " + w.Token.Doubt()
	}
	if u.Decided == rules.Contract {
		text += "; add contracts to the environment"
	}
	return text
}

// unsure says at which gateways, and of how many tokens, a check before the one that rejects is
// not known: the status may be another.
func (x matrixing) unsure() (rows []Row) {
	for g, name := range x.Gateways {
		sure := func(r int) bool { return x.Cell(r, g).Earlier == "" }
		unsure := source.Without(indexes(len(x.Rows)), sure)
		if len(unsure) > 0 {
			w := x.Witness(unsure[0], g)
			rows = append(rows, Row{safe(name), safe(fmt.Sprintf("%s (%s): %s",
				x.Rows[unsure[0]].Name, report.Counted(len(unsure), "row"),
				OutcomeLine(&w.Verdict)))})
		}
	}
	return rows
}

func isAre(subject string, n int) string {
	if n == 1 {
		return subject + " is"
	}
	return subject + " are"
}

func cellWord(c *environments.Cell) string {
	word := "right"
	switch {
	case c.Allowed != nil:
		word = "allowed"
	case c.OK() == rules.No:
		word = "wrong"
	case c.OK() == rules.Maybe:
		word = "not known"
	case c.Expected == "":
		word = "either answer is right"
	}
	return word
}

// cellAnswer is what the gateway answers: a status, or that it is not known.
func cellAnswer(c *environments.Cell) string {
	switch {
	case c.Outcome == rules.Undetermined:
		return "not known"
	case c.Status == 0:
		return "rejected"
	}
	return fmt.Sprint(c.Status)
}

// cellMark is pass, fail, unknown or skipped, for the sign of a cell.
func cellMark(c *environments.Cell) string {
	switch {
	case c.Allowed != nil:
		return "skipped"
	case c.OK() == rules.No:
		return "fail"
	case c.OK() == rules.Maybe:
		return "unknown"
	case c.Expected == "" && c.Outcome == rules.Undetermined: // either would be right
		return "unknown"
	}
	return "pass"
}

// witness is the token of a row that shows how a gateway answers, without personal claims.
func (x matrixing) witness(row, gateway int) environments.Witness {
	w := x.Witness(row, gateway)
	profile := inspect.Describe(&inspect.Token{Shape: inspect.Signed, Claims: w.Claims})
	w.Claims = NewMask(nil, profile, true).Claims(w.Claims)
	return w
}

// witnessLines are the claims that matter to a reader, one a line, and what the caller writes
// beside the token.
func witnessLines(w *environments.Witness) []Row {
	return append(claimLines(w.Claims), writtenLines(&w.Written)...)
}

func writtenLines(w *issued.Written) []Row {
	var rows []Row
	inputs := w.Inputs()
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		rows = append(rows, Row{name, inputs[name]})
	}
	return rows
}

func claimLines(claims *source.Value) []Row {
	var rows []Row
	for _, name := range []string{"aud", "iss", "appid", "azp", "scp", "roles", "idp"} {
		if v := claims.Member(name); v != nil &&
			(name != "idp" || v.Text != claims.Member("iss").Text) {
			text := v.Text
			if items, ok := v.Strings(); ok {
				text = strings.Join(items, " ")
			}
			rows = append(rows, Row{name, text})
		}
	}
	return rows
}

func (x matrixing) firstOfRule(i int) bool {
	for j := range i {
		if x.Findings[j].Rule == x.Findings[i].Rule {
			return false
		}
	}
	return true
}

// changedFiles names the files that a repair changes.
func changedFiles(r *report.Repair) string {
	var names []string
	for _, c := range r.Changes {
		if !slices.Contains(names, c.File) {
			names = append(names, c.File)
		}
	}
	return strings.Join(names, ", ")
}
