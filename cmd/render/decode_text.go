package render

import (
	"fmt"
	"io"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

const notVerified = "Nothing was verified: anyone can make up a token like this one."

// DecodeText writes a token for a person: what it is, its header and claims, what is odd, and
// what to do next. The short form shows the claims that decide.
func DecodeText(w io.Writer, style Style, r *report.Decoding) error {
	d := newDecoding(r)
	t := NewText(style).Masked(d.Mask)
	switch style.Detail {
	case Answer:
		t.OneLine(Summary(d.Profile, d.At))
	case All:
		t.decodeAll(d)
	default:
		t.decodeShort(d)
	}
	_, err := t.WriteTo(w)
	return err
}

func (t *Text) decodeAll(d decoding) {
	t.Blank()
	t.Para(1, t.Paint(Strong, Summary(d.Profile, d.At)))
	t.Para(1, notVerified)
	if rows := d.whatItIs(); len(rows) > 0 {
		t.Heading("what it is")
		t.Rows(2, rows)
	}
	t.members("header", d, d.Mask.Value(d.Token.Header))
	t.members("claims", d, d.Mask.Claims(d.Token.Claims))
	t.observations("worth knowing", d, d.Profile.Traits)
	t.observations("odd", d, odditiesAt(d.Profile, d.At))
	t.wayOn(d.Next)
	t.Blank()
}

// members lists the members of the header or the claims.
func (t *Text) members(title string, d decoding, object *source.Value) {
	if object == nil {
		return
	}
	t.Heading(title)
	listed := object.Members[:min(len(object.Members), mostMembers)]
	rows := make([]NotedRow, 0, len(listed))
	for _, m := range listed {
		label := safe(inspect.ShortenMiddle(m.Key, 2*widestLabel))
		rows = append(rows, NotedRow{
			Row{label, t.shortened(d.shown(title, m))}, d.meaning(title, m.Key),
		})
	}
	t.NotedRows(2, rows)
	switch more := len(object.Members) - len(listed); {
	case len(object.Members) == 0:
		t.Para(2, "none")
	case more > 0:
		t.Para(2, fmt.Sprintf("and %d more: -o json lists them all", more))
	}
}

// mostMembers is how many members we list for a person. Entra ID's tokens have some thirty.
const mostMembers = 1000

// shown is a member's value as it is shown, safe to print.
func (d decoding) shown(part string, m source.Member) string {
	text := d.valueText(m.Key, m.Value)
	if stands := d.valueMeaning(m.Key); stands != "" && part == "claims" {
		text += " = " + stands
	}
	return safe(text)
}

// mostLines is how many lines a value may take before its middle is left out.
const mostLines = 2

// shortened leaves out the middle of a value that would take too many lines. --claim shows all
// of it.
func (t *Text) shortened(value string) string {
	line := t.columns() - 2*len(indent) - widestLabel - 2
	if width(value) <= mostLines*line {
		return value
	}
	return inspect.ShortenMiddle(value, line)
}

// observations lists what we noticed, each with its id.
func (t *Text) observations(title string, d decoding, all []inspect.Observation) {
	if len(all) == 0 {
		return
	}
	t.Heading(title)
	for _, o := range all {
		t.Para(2, safe(d.Mask.Message(o))+" "+t.Paint(Faint, "["+safe(o.ID)+"]"))
	}
}
