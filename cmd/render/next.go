package render

import (
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/rules"
)

// nextJSON is a way on in JSON.
type nextJSON struct {
	Text    string `json:"text"`
	Command string `json:"command,omitempty"`
}

func nextOf(steps []rules.Step) []nextJSON {
	return listOf(steps, func(s *rules.Step) nextJSON { return nextJSON{s.Note, s.Command} })
}

// wayOn is the last block of a screen: what to do now.
func (t *Text) wayOn(steps []rules.Step) {
	if len(steps) == 0 {
		return
	}
	t.Heading("next")
	for i, step := range steps {
		if t.Detail == Short && step.Folded {
			continue
		}
		note := step.Note
		if t.Detail == Short && i+1 < len(steps) && steps[i+1].Folded {
			note += " (-v shows the commands)"
		}
		t.Para(2, safe(sentence(note)))
		t.Command(2, step.Command)
	}
}

// wayOn is the last list of a block: what to do now.
func (m *markdown) wayOn(steps []rules.Step) {
	if len(steps) > 0 {
		m.b.WriteString("\nNext:\n\n")
	}
	for _, step := range steps {
		m.item(m.plain(sentence(step.Note)))
		m.command(step.Command)
	}
}

// command adds a command below an item, as a block: a bar in it does not end a cell.
func (m *markdown) command(command string) {
	if command == "" {
		return
	}
	fence := "```"
	for strings.Contains(command, fence) {
		fence += "`"
	}
	shown := safe(m.mask.Text(command))
	m.b.WriteString("\n  " + fence + "sh\n  " + shown + "\n  " + fence + "\n\n")
}

// InitText says which environments file was written, and what to do now.
func InitText(w io.Writer, style Style, written string, next rules.Step) error {
	t := NewText(style)
	t.Para(0, safe(written))
	t.wayOn([]rules.Step{next})
	_, err := t.WriteTo(w)
	return err
}
