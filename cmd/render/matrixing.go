package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// Matrixing is a matrix with what is said about it.
type Matrixing struct {
	*environments.Matrix
	Name    string // of the environments file
	Allow   []environments.Crossing
	File    func(name string) *source.File
	Repairs []Repair             // what was tried, by gateway; nil where nothing was looked for
	Fixed   *environments.Matrix // the matrix after the smallest set of repairs; nil where none was looked for
}

// Repair is a set of changes to one gateway's policies that was compiled and run against every token.
type Repair struct {
	Gateway int
	Titles  []string
	Changes []FileChange
	Files   []EditedFile
	Wrong   int                  // wrong cells of the gateway's column after it
	Before  int                  // and before it
	After   *environments.Matrix // the whole matrix after this repair alone
	Chosen  bool                 // it belongs to the smallest set that was found
}

// FileChange is one field of a file that a repair changes.
type FileChange struct {
	File string
	rules.FieldChange
}

// EditedFile is a file as a repair leaves it.
type EditedFile struct {
	Name string
	Text []byte
}

// Sentence is the answer: how many cells are wrong. That no token gets in that must not is said only where every token was modelled and
// run.
func (x *Matrixing) Sentence() string {
	wrong, unknown, all := x.Wrong()
	of := func(n int) string { return fmt.Sprintf("%d of %s", n, plural(all, "cell", "cells")) }
	switch gaps := x.Gaps(); {
	case wrong > 0 && unknown > 0:
		return fmt.Sprintf("%s wrong, and %s not known.", isAre(of(wrong), wrong), isAre(fmt.Sprint(unknown), unknown))
	case wrong > 0:
		return isAre(of(wrong), wrong) + " wrong."
	case unknown > 0:
		return fmt.Sprintf("No cell is known to be wrong; %s not known.", isAre(of(unknown), unknown))
	case len(gaps) > 0:
		return "No cell is wrong, as far as was looked: " + strings.Join(gaps, "; ") + "."
	}
	return "Every cell is right: each environment's own tokens are let in, and no such token as another environment's clients, a stranger of the tenant or " +
		fmt.Sprintf("another tenant could use exists among the %d modelled.", x.Tokens)
}

// noChange says why no change is proposed.
func (x *Matrixing) noChange() string {
	if wrong, _, _ := x.Wrong(); wrong == 0 {
		return "none: no cell is known to be wrong"
	}
	return "none: no change of a policy that is known here makes a column better"
}

// beyondPolicies is what closes the hole that is left where other clients can have genuine tokens for the right API (KB 005321722, what it
// leaves out, 6).
const beyondPolicies = "What is left are tokens that Entra ID issues to other clients. What tells them apart is not in these policies alone: " +
	"contracts, with the client id validated; an app role that only the environment's own clients hold; or assignment required on the API's service principal."

// lostTitle is over what lost lists.
const lostTitle = "own tokens that get in today and do not after it, though others of the same environment do"

// lost lists, by gateway, an environment's own tokens that the smallest set of repairs keeps out, and that get in today.
func (x *Matrixing) lost() []Row {
	var rows []Row
	for g, name := range x.Gateways {
		var kinds []string
		for _, r := range x.Fixed.Rejected(g) {
			if x.Cells[r][g].Outcome == rules.Accepted {
				kinds = append(kinds, strings.TrimPrefix(x.Rows[r].Name, name+"/"))
			}
		}
		if len(kinds) > 0 {
			rows = append(rows, Row{inspect.Safe(name), inspect.Safe(strings.Join(kinds, ", "))})
		}
	}
	return rows
}

// onlyIssuance reports whether genuine tokens of other clients are what is left of the holes within the tenant.
func onlyIssuance(m *environments.Matrix) bool {
	return m.Has(environments.Issuance) && !m.Has(environments.Replay)
}

// why says what keeps the cells of a gateway from being known, and what would tell.
func (x *Matrixing) why(u environments.OpenCells) string {
	w := x.Witness(u.Row, u.Gateway)
	text := fmt.Sprintf("%s (%s)", x.Rows[u.Row].Name, plural(u.Rows, "row", "rows"))
	if class := x.Cells[u.Row][u.Gateway].Class().String(); class != "" {
		text += " with a request such as " + class
	}
	switch {
	case w.Verdict.Decided != nil:
		text = fmt.Sprintf("%s: %s", at(text, deciding(&w.Verdict, "")), w.Verdict.Why())
	case w.Doubt != "":
		text += ": " + w.Doubt
	}
	if u.Decided == rules.Contract {
		text += "; add contracts to the environment"
	}
	return text
}

func isAre(subject string, n int) string {
	if n == 1 {
		return subject + " is"
	}
	return subject + " are"
}

// cellWord is a cell in words, for outputs without marks.
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
		word = "either is right"
	}
	return word
}

// answer is what the gateway answers: a status, or that it is not known.
func answer(c *environments.Cell) string {
	switch {
	case c.Outcome == rules.Undetermined:
		return "not known"
	case c.Status == 0:
		return "rejected"
	}
	return fmt.Sprint(c.Status)
}

// mark is pass, fail, unknown or skipped, for a cell's sign.
func mark(c *environments.Cell) string {
	switch {
	case c.Allowed != nil:
		return "skipped"
	case c.OK() == rules.No:
		return "fail"
	case c.OK() == rules.Maybe, c.Expected == "" && c.Outcome == rules.Undetermined: // either would be right
		return "unknown"
	}
	return "pass"
}

// witness is a finding's token, without personal claims, and what the gateway answers to it.
func (x *Matrixing) witness(f *environments.Finding) environments.Witness {
	return x.witnessAt(f.Row, f.Gateway)
}

func (x *Matrixing) witnessAt(row, gateway int) environments.Witness {
	w := x.Witness(row, gateway)
	profile := inspect.Describe(&inspect.Token{Shape: inspect.Signed, Claims: w.Claims})
	w.Claims = NewMask(nil, profile, true).Claims(w.Claims)
	return w
}

// witnessLines are the claims of a witness that matter to a reader, one a line, and what its holder writes beside it.
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
		if v := claims.Member(name); v != nil && (name != "idp" || v.Text != claims.Member("iss").Text) {
			text := v.Text
			if items, ok := v.Strings(); ok {
				text = strings.Join(items, " ")
			}
			rows = append(rows, Row{name, text})
		}
	}
	return rows
}

// firstOfRule reports whether no finding before this one is of the same rule.
func (x *Matrixing) firstOfRule(i int) bool {
	for j := range i {
		if x.Findings[j].Rule == x.Findings[i].Rule {
			return false
		}
	}
	return true
}

// files names the files that a repair changes.
func (r *Repair) files() string {
	var names []string
	for _, c := range r.Changes {
		if !slices.Contains(names, c.File) {
			names = append(names, c.File)
		}
	}
	return strings.Join(names, ", ")
}

// effect is what a repair does to the cells of its gateway.
func (r *Repair) effect() string {
	before := plural(r.Before, "wrong cell", "wrong cells")
	if r.Wrong == 0 {
		return before + " here, none after it"
	}
	return fmt.Sprintf("%s here, %d after it", before, r.Wrong)
}
