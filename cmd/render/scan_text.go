package render

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/scan"
)

// mostBusy is how many clients, and how many audiences, of each cause are listed for a person. The
// short form lists the busiest alone, and of the causes the most frequent: so many where the
// tokens run against one set of policies, and one for each of the changes that two sets make.
const (
	mostBusy         = 5
	shortCauses      = 4
	shortCausesEvery = 1
)

// ScanText writes what the tokens of a stream get: totals, then each cause with its busiest
// clients and audiences; of two sets of policies, who is locked out and who is let in.
func ScanText(w io.Writer, style Style, x *report.Scanning) error {
	t := &scanText{NewText(style), x}
	if style.Detail == Answer {
		t.OneLine(t.headline())
		_, err := t.WriteTo(w)
		return err
	}
	t.Blank()
	t.Para(1, t.Paint(Strong, t.headline()))
	t.Blank()
	t.Para(1, t.input())
	if x.Compared {
		t.totals()
		t.changes("newly locked out", &x.LockedOut)
		t.changes("newly let in", &x.LetIn)
		t.changes("known only before or only after", &x.Unclear)
	} else {
		t.causes(&x.After, shortCauses)
	}
	t.wayOn(x.Next)
	t.Blank()
	_, err := t.WriteTo(w)
	return err
}

type scanText struct {
	*Text
	x *report.Scanning
}

// headline is the answer: how many tokens get what.
func (t *scanText) headline() string {
	after := &t.x.After
	all := plural64(after.Tokens(), "token", "tokens")
	if t.x.Compared {
		return fmt.Sprintf("of %s %s newly locked out, and %s newly let in", all,
			grouped(t.x.LockedOut.Tokens()), grouped(t.x.LetIn.Tokens()))
	}
	return fmt.Sprintf("%s: %s accepted, %s rejected, %s not known", all,
		grouped(after.Count(rules.Accepted)), grouped(after.Count(rules.Rejected)),
		grouped(after.Count(rules.Undetermined)))
}

// input says what was read.
func (t *scanText) input() string {
	after := &t.x.After
	text := fmt.Sprintf("%s read, %s without a token",
		plural64(after.Lines, "line", "lines"), grouped(after.Without))
	if after.Unreadable > 0 {
		text += fmt.Sprintf(", %s that can't be read", grouped(after.Unreadable))
	}
	if after.Partial {
		text += "; this is only a part of the input: it was not read to the end"
	}
	return text
}

// totals are the outcomes before and after a change.
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

func (t *scanText) changes(title string, s *scan.Summary) {
	if s.Tokens() == 0 {
		return
	}
	t.Heading(fmt.Sprintf("%s: %s", title, plural64(s.Tokens(), "token", "tokens")))
	t.causes(s, shortCausesEvery)
}

// causes lists what tokens get, each cause with its busiest clients and audiences. The short form
// has so many causes that keep tokens out, and says only how many tokens get in.
func (t *scanText) causes(s *scan.Summary, most int) {
	if t.Detail != All {
		t.Blank()
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
		t.Para(1, t.Mark(scanMark(cause.Outcome))+" "+
			fmt.Sprintf("%s: %s", causeWords(cause), plural64(g.Tokens, "token", "tokens")))
		if t.Detail != All && getsIn {
			continue
		}
		listed++
		t.Rows(3, append(
			t.values("clients", g.Clients, s.ClientsOver, t.client),
			t.values("audiences", g.Audiences, s.AudiencesOver, safe)...,
		))
	}
	if left > 0 {
		t.Para(1, fmt.Sprintf("and %s, with %s (-v shows them)",
			plural64(int64(left), "more cause", "more causes"),
			plural64(leftTokens, "token", "tokens")))
	}
}

func scanMark(outcome rules.Decision) string {
	switch outcome {
	case rules.Accepted:
		return "pass"
	case rules.Rejected:
		return "fail"
	}
	return "unknown"
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
		return "rejected" + status + " at the " + checkNamed(c.Decided, c.Claim) + " check"
	}
	if c.Decided == rules.NotModelled {
		return "not known: gatewhy can't predict what one of the policies answers"
	}
	return "not known: the " + checkNamed(c.Decided, c.Claim) + " check can't be decided"
}

// values lists the busiest values.
func (t *scanText) values(
	title string, values map[string]int64, over bool, name func(string) string,
) (rows []Row) {
	if over {
		text := fmt.Sprintf("more than %s, which are not counted one by one",
			grouped(scan.MostValues))
		return []Row{{title, text}}
	}
	all, most := scan.Busiest(values), mostBusy
	if t.Detail != All {
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
		rows[0].Text += fmt.Sprintf(", and %d more", more)
	}
	return rows
}

// client is a client's id with its name, where an app registration tells it.
func (t *scanText) client(id string) string {
	if name := appName(t.x.Apps, id); name != "" {
		return safe(name) + " (" + safe(id) + ")"
	}
	return safe(id)
}

// appName is the name of an app registration; empty where none of them has the id.
func appName(apps *entra.Directory, id string) string {
	if apps == nil {
		return ""
	}
	for _, app := range apps.Apps {
		if app.AppID.Known() && strings.EqualFold(app.AppID.Value, id) && app.Name.Known() {
			return app.Name.Value
		}
	}
	return ""
}

// plural64 counts things.
func plural64(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// grouped writes a number with commas between thousands.
func grouped(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return cmp.Or(text, "0")
}
