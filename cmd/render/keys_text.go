package render

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// How many keys, how many oddities, and how many reasons of gateways that refuse the set are
// listed for a person.
const (
	mostListed  = 100
	mostKeys    = 12 // in the short form
	mostOdd     = 3
	mostRefused = 1
)

// KeysText writes a key set for a person: what it gives away, the keys as a table, what is odd,
// and which gateways refuse it.
func KeysText(text *Text, r *report.KeyListing) {
	l := keyListing{r}
	t := &keysText{Text: text, keyListing: l}
	if t.Detail == Answer {
		t.OneLine(safe(cmp.Or(l.leak(), l.headline())))
		return
	}
	t.edge()
	if leak := l.leak(); leak != "" {
		t.Para(1, t.Paint(Bad, safe(leak)))
		t.Blank()
		t.Para(1, leakReason)
		t.Blank()
	}
	t.Para(1, t.Paint(Strong, safe(l.headline())))
	t.Blank()
	t.table()
	t.issuers()
	t.listOddities()
	t.refused()
	t.wayOn(l.Next)
	t.edge()
}

type keysText struct {
	*Text
	keyListing
}

// listed is how many of a list are shown: in the short form, at most short.
func (t *keysText) listed(all, short int) int {
	if t.Detail == All {
		return min(all, mostListed)
	}
	return min(all, short)
}

// more says how many of a list are not shown, and where they are.
func (t *keysText) more(level, n int) {
	switch {
	case n <= 0:
	case t.Detail == All:
		t.Para(level, fmt.Sprintf("and %d more: -o json lists more", n))
	default:
		t.Para(level, fmt.Sprintf("and %d more (-v shows them)", n))
	}
}

// cacheAge says when a set was fetched that is from the cache; empty for any other.
func cacheAge(set *keys.Set, at time.Time) string {
	if !set.Cached {
		return ""
	}
	return ", from the cache, fetched " + inspect.Relative(set.Fetched, at)
}

// table lists the keys. If the terminal is too narrow for the table, the kid is shortened.
func (t *keysText) table() {
	if len(t.Set.Keys) == 0 {
		return
	}
	rows := [][]string{{"kid", "key", "use", "alg", "certificate", "cloud", "listed by"}}
	shown := t.listed(len(t.Set.Keys), mostKeys)
	for _, k := range t.Set.Keys[:shown] {
		rows = append(rows, t.keyRow(k))
	}
	for i, row := range rows {
		rows[i] = t.withClouds(row)
	}
	widths := t.keyColumns(rows)
	for i, row := range rows {
		t.keyLine(row, widths, i == 0)
	}
	t.more(1, len(t.Set.Keys)-shown)
	t.cloudBasis()
}

func (t *keysText) keyColumns(rows [][]string) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], width(cell))
		}
	}
	others := 0
	for _, size := range widths[1:] {
		others += 2 + size
	}
	widths[0] = min(widths[0], max(leastKid, t.listColumns()-len(indent)-others))
	return widths
}

const leastKid = 12

func (t *keysText) keyLine(cells []string, widths []int, head bool) {
	line := indent + pad(t.fit(cells[0], widths[0]), widths[0])
	for i, cell := range cells[1:] {
		line += "  " + pad(cell, widths[i+1])
	}
	if head {
		line = indent + t.Paint(Faint, strings.TrimSpace(line))
	}
	t.line(line)
}

func (t *keysText) keyRow(k *keys.Key) []string {
	none := t.pick("–", "-")
	row := []string{
		k.ID, keySize(k), k.Use, k.Algorithm, t.certificate(k), cloudName(k), t.listedBy(k),
	}
	for i, cell := range row {
		row[i] = cmp.Or(safe(inspect.ShortenMiddle(cell, 60)), none)
	}
	if k.Fault != "" {
		row[1] = t.pick("✗ ", "no ") + row[1]
	}
	return row
}

// certificate is when a key's certificate begins and ends to be valid.
func (t *keysText) certificate(k *keys.Key) string {
	c, ok := k.Certificate()
	switch {
	case !ok:
		return ""
	case c.NotAfter.IsZero():
		return "can't be read"
	}
	text := c.NotBefore.Format(time.DateOnly) + t.pick(" – ", " - ") +
		c.NotAfter.Format(time.DateOnly)
	if t.At.After(c.NotAfter) {
		text += ", expired"
	}
	return text
}

// issuers says for whom the keys sign, and if that differs, which keys for whom.
func (t *keysText) issuers() {
	var issuers []string
	kids := map[string][]string{}
	for _, k := range t.Set.Keys {
		if kids[k.Issuer] == nil {
			issuers = append(issuers, k.Issuer)
		}
		kids[k.Issuer] = append(kids[k.Issuer], cmp.Or(k.ID, "one without kid"))
	}
	var rows []Row
	for _, issuer := range issuers {
		if issuer == "" {
			continue
		}
		text := inspect.ShortenMiddle(issuer, 200)
		if len(issuers) > 1 {
			text += " (" + inspect.ShortenMiddle(strings.Join(kids[issuer], ", "), 400) + ")"
		}
		rows = append(rows, Row{report.Counted(len(kids[issuer]), "key"), safe(text)})
	}
	t.titled("issuers whose tokens they sign", rows)
}

func (t *keysText) listOddities() {
	rows := t.oddities()
	if len(rows) == 0 {
		return
	}
	t.Heading("odd")
	shown := t.listed(len(rows), mostOdd)
	for _, row := range rows[:shown] {
		t.Para(2, safe(row.Label+": "+row.Text))
	}
	t.more(2, len(rows)-shown)
}

// refused says which gateways take nothing from the set.
func (t *keysText) refused() {
	groups := t.refusalGroups()
	if len(groups) == 0 {
		return
	}
	t.Heading("gateways that refuse the whole set, so that every token fails there")
	for _, g := range groups {
		name := cmp.Or(g.gateways, "gateways that fetch it")
		if g.library != "any" {
			name += ", built on " + g.library
		}
		t.Para(2, name)
		shown := t.listed(len(g.reasons), mostRefused)
		for _, reason := range g.reasons[:shown] {
			t.Para(3, safe(reason))
		}
		if t.Detail != All {
			t.more(3, len(g.reasons)-shown)
		}
	}
}

// withClouds leaves out of a row the columns about clouds that say nothing.
func (t *keysText) withClouds(row []string) []string {
	last := len(row) - 1
	if t.Clouds == nil {
		row = row[:last]
	}
	if t.namesCloud() {
		return row
	}
	return slices.Delete(row, last-1, last)
}

func (t *keysText) namesCloud() bool {
	return slices.ContainsFunc(t.Set.Keys, func(k *keys.Key) bool { return k.CloudInstance != "" })
}

// listedBy is the clouds that list a key. It says that none does only if all clouds are known.
func (t *keysText) listedBy(k *keys.Key) string {
	none := "none"
	if slices.ContainsFunc(t.Clouds, func(c keys.CloudSet) bool { return c.Set == nil }) {
		none = "not known"
	}
	return cmp.Or(strings.Join(t.listing(k), ", "), none)
}

// cloudBasis says where the columns about clouds come from.
func (t *keysText) cloudBasis() {
	if t.namesCloud() && t.Detail == All {
		t.Blank()
		text := "cloud: what the key itself says (cloud_instance_name)."
		if t.Clouds == nil {
			text += " --clouds asks which clouds list it."
		}
		t.Para(1, text)
	}
	if t.Clouds == nil {
		return
	}
	t.Heading("clouds that were asked, and their common keys")
	var rows []Row
	for _, c := range t.Clouds {
		answer := ""
		if c.Set == nil {
			answer = "not known: " + causeOf(c.Err)
		} else {
			answer = report.Counted(len(c.Set.Keys), "key") + cacheAge(c.Set, t.At)
		}
		rows = append(rows, Row{c.Cloud.ID, safe(answer)})
	}
	t.Rows(2, rows)
}

// causeOf returns why a document could not be fetched. It leaves out the address if the error
// has it apart.
func causeOf(err error) string {
	var e *source.Error
	if errors.As(err, &e) {
		return e.Cause
	}
	return err.Error()
}
