package render

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/scan"
)

// mostBusy is how many clients, and how many audiences, of each cause are listed for a person. The
// short form lists the busiest alone where there are more than a few, and of the causes the most
// frequent: so many where the tokens run against one set of policies, and one for each of the
// changes that two sets make.
const (
	mostBusy         = 5
	mostBrief        = 3 // of which all are listed in short; of more, the first
	shortCauses      = 4
	shortCausesEvery = 1
)

// ScanText writes what the tokens of a stream get: totals, then each cause with its busiest
// clients and audiences; of two sets of policies, who is locked out and who is let in.
func ScanText(text *Text, x *report.Scanning) {
	t := &scanText{text, x}
	if t.Detail == Answer {
		t.OneLine(t.headline())
		return
	}
	t.Blank()
	t.Para(1, t.Paint(Strong, t.headline()))
	t.Blank()
	t.Para(1, t.input())
	if x.Compared {
		t.totals()
		t.changes("newly locked out", ", by the cause now", &x.LockedOut)
		t.changes("newly let in", ", by the cause before", &x.LetIn)
		t.changes("not known before or not known after", "", &x.Unclear)
	} else {
		t.causes(&x.After, shortCauses)
	}
	t.wayOn(x.Next)
	t.Blank()
}

type scanText struct {
	*Text
	x *report.Scanning
}

func (t *scanText) headline() string {
	after := &t.x.After
	all := counted(after.Tokens(), "token")
	if t.x.Compared {
		text := fmt.Sprintf("of %s %s newly locked out, and %s newly let in", all,
			grouped(t.x.LockedOut.Tokens()), grouped(t.x.LetIn.Tokens()))
		if unclear := t.x.Unclear.Tokens(); unclear > 0 {
			text += fmt.Sprintf("; %s not known", grouped(unclear))
		}
		return text
	}
	return fmt.Sprintf("%s: %s accepted, %s rejected, %s not known", all,
		grouped(after.Count(rules.Accepted)), grouped(after.Count(rules.Rejected)),
		grouped(after.Count(rules.Undetermined)))
}

func (t *scanText) input() string {
	after := &t.x.After
	text := fmt.Sprintf("%s read, %s without a token",
		counted(after.Lines, "line"), grouped(after.Without))
	if after.Unreadable > 0 {
		text += fmt.Sprintf(", %s that can't be read", grouped(after.Unreadable))
	}
	if after.Several > 0 {
		text += fmt.Sprintf(", %s with more than one, of which one is judged",
			grouped(after.Several))
	}
	if after.Partial {
		text += "; this is only a part of the input: it was not read to the end"
	}
	return text
}

func (t *scanText) totals() {
	var rows []Row
	for _, outcome := range []rules.Decision{rules.Accepted, rules.Rejected, rules.Undetermined} {
		before, after := t.x.Before.Count(outcome), t.x.After.Count(outcome)
		text := fmt.Sprintf("%s before, %s after", grouped(before), grouped(after))
		label := string(outcome)
		if outcome == rules.Undetermined {
			label = "not known"
		}
		rows = append(rows, Row{label, text})
	}
	t.Blank()
	t.Rows(1, rows)
}

func (t *scanText) changes(title, causes string, s *scan.Summary) {
	if s.Tokens() == 0 {
		return
	}
	t.Heading(fmt.Sprintf("%s: %s%s", title, counted(s.Tokens(), "token"), causes))
	t.causes(s, shortCausesEvery)
}

// causes lists what tokens get, each cause with its busiest clients and audiences. The short form
// has so many causes that keep tokens out, and says only how many tokens get in.
func (t *scanText) causes(s *scan.Summary, most int) {
	if t.Detail != All && s.Tokens() > 0 {
		t.Blank()
	}
	marks := map[rules.Decision]string{
		rules.Accepted: "pass", rules.Rejected: "fail", rules.Undetermined: "unknown",
	}
	listed, left, leftTokens := 0, 0, int64(0)
	for _, cause := range s.Causes() {
		g := s.Groups[cause]
		getsIn := cause.Outcome == rules.Accepted && !t.x.Compared
		if t.Detail != All && !getsIn && listed == most {
			left++
			leftTokens += g.Tokens
			continue
		}
		if t.Detail == All {
			t.Blank()
		}
		t.Para(1, t.Mark(marks[cause.Outcome])+" "+
			fmt.Sprintf("%s: %s", causeWords(cause), counted(g.Tokens, "token")))
		if t.Detail != All && getsIn {
			continue
		}
		listed++
		t.Rows(3, append(
			t.values("clients", g.Clients, s.ClientsOver, func(id string) string {
				if name := t.x.AppName(id); name != "" {
					return safe(name) + " (" + safe(id) + ")"
				}
				return safe(id)
			}),
			t.values("audiences", g.Audiences, s.AudiencesOver, safe)...,
		))
	}
	if left > 0 {
		t.Para(1, fmt.Sprintf("and %s, with %s (-v shows them)",
			counted(int64(left), "more cause"), counted(leftTokens, "token")))
	}
}

// causeWords says what a token gets and which check decides.
func causeWords(c scan.Cause) string {
	status := ""
	if c.Status != 0 {
		status = " " + strconv.Itoa(c.Status)
	}
	switch {
	case c.Outcome == rules.Accepted:
		return "accepted" + status
	case c.Decided == "":
		return string(c.Outcome) + status
	case c.Outcome == rules.Rejected:
		return "rejected" + status + " at the " + checkNamed(c.Decided, c.Claim) + " check" +
			unless(c.Earlier)
	}
	if c.Decided == rules.NotModelled {
		return "not known: gatewhy can't predict what one of the policies answers"
	}
	return "not known: the " + checkNamed(c.Decided, c.Claim) + " check can't be decided"
}

func (t *scanText) values(
	title string, values map[string]int64, over bool, name func(string) string,
) (rows []Row) {
	if over {
		text := fmt.Sprintf("more than %s, which are not counted one by one",
			grouped(scan.MostValues))
		return []Row{{title, text}}
	}
	all, most := scan.Busiest(values), mostBusy
	if t.Detail != All && len(all) > mostBrief {
		most = 1
	}
	for i, v := range all[:min(len(all), most)] {
		label := ""
		if i == 0 {
			label = title
		}
		rows = append(rows, Row{label, grouped(v.Tokens) + " " + name(v.Value)})
	}
	switch more := len(all) - most; {
	case more <= 0:
	case t.Detail == All:
		rows = append(rows, Row{"", fmt.Sprintf("and %d more: -o json lists all", more)})
	default:
		rows[0].Text += fmt.Sprintf(", and %d more (-v)", more)
	}
	return rows
}

// counted is a number in groups of digits with its noun.
func counted(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return grouped(n) + " " + noun
}

// grouped writes a number with commas between thousands.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// The JSON of scan. Summaries of parts are read back and added up: see report.ReadSummary.
type (
	scanJSON struct {
		SchemaVersion int `json:"schema_version"`
		summaryJSON
		Comparison *comparisonJSON `json:"comparison,omitempty"`
		Next       []nextJSON      `json:"next,omitempty"`
	}

	summaryJSON struct {
		Lines         int64       `json:"lines"`
		Tokens        int64       `json:"tokens"`
		Without       int64       `json:"without_token"`
		Unreadable    int64       `json:"unreadable"`
		Several       int64       `json:"several_tokens,omitempty"`
		Partial       bool        `json:"partial"`
		ClientsOver   bool        `json:"clients_over"`
		AudiencesOver bool        `json:"audiences_over"`
		Verdicts      []groupJSON `json:"verdicts"`
	}

	comparisonJSON struct {
		Before    summaryJSON `json:"before"`
		LockedOut summaryJSON `json:"locked_out"`
		LetIn     summaryJSON `json:"let_in"`
		Unclear   summaryJSON `json:"unclear"`
	}

	groupJSON struct {
		scanCauseJSON
		Tokens    int64         `json:"tokens"`
		Clients   []countedJSON `json:"clients"`
		Audiences []countedJSON `json:"audiences"`
	}

	scanCauseJSON struct {
		Outcome rules.Decision `json:"outcome"`
		Status  *int           `json:"status"`
		Decided *rules.ID      `json:"decided_by"`
		Claim   string         `json:"claim,omitempty"`
		Earlier rules.ID       `json:"earlier_unknown,omitempty"`
	}

	countedJSON struct {
		Value  string `json:"value"`
		Name   string `json:"name,omitempty"`
		Tokens int64  `json:"tokens"`
	}

	scannedJSON struct {
		File string `json:"file,omitempty"`
		Line int    `json:"line"`
		scanCauseJSON
		Client   *string        `json:"client_id"`
		Audience *string        `json:"audience"`
		Before   *scanCauseJSON `json:"before,omitempty"`
	}
)

// ScanJSON writes what the tokens of a stream get as JSON.
func ScanJSON(w io.Writer, x *report.Scanning) error {
	out := scanJSON{
		SchemaVersion: SchemaVersion, summaryJSON: summaryOf(x, &x.After), Next: nextOf(x.Next),
	}
	if x.Compared {
		out.Comparison = &comparisonJSON{
			Before: summaryOf(x, &x.Before), LockedOut: summaryOf(x, &x.LockedOut),
			LetIn: summaryOf(x, &x.LetIn), Unclear: summaryOf(x, &x.Unclear),
		}
	}
	return JSON(w, out)
}

func summaryOf(x *report.Scanning, s *scan.Summary) summaryJSON {
	out := summaryJSON{
		Lines: s.Lines, Tokens: s.Tokens(), Without: s.Without, Unreadable: s.Unreadable,
		Several: s.Several, Partial: s.Partial,
		ClientsOver: s.ClientsOver, AudiencesOver: s.AudiencesOver,
		Verdicts: make([]groupJSON, 0, len(s.Groups)),
	}
	for _, cause := range s.Causes() {
		g := s.Groups[cause]
		group := groupJSON{
			scanCauseJSON: scanCauseOf(cause), Tokens: g.Tokens,
			Clients: countedOf(g.Clients), Audiences: countedOf(g.Audiences),
		}
		for i := range group.Clients {
			group.Clients[i].Name = x.AppName(group.Clients[i].Value)
		}
		out.Verdicts = append(out.Verdicts, group)
	}
	return out
}

func scanCauseOf(c scan.Cause) scanCauseJSON {
	return scanCauseJSON{c.Outcome, known(c.Status), known(c.Decided), c.Claim, c.Earlier}
}

func countedOf(values map[string]int64) []countedJSON {
	return listOf(scan.Busiest(values), func(v *scan.Counted) countedJSON {
		return countedJSON{Value: v.Value, Tokens: v.Tokens}
	})
}

// ScannedNDJSON writes one token of a stream as a line of NDJSON.
func ScannedNDJSON(w io.Writer, x *report.Scanned) error {
	out := scannedJSON{
		File: x.File, Line: x.Line, scanCauseJSON: scanCauseOf(x.After.Cause),
		Client: known(x.After.Client), Audience: known(x.After.Audience),
	}
	if x.Before.Outcome != "" {
		before := scanCauseOf(x.Before.Cause)
		out.Before = &before
	}
	encoder := json.NewEncoder(jsonWriter{w, nil})
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}
