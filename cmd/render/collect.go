package render

import (
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// The JSON of collect.
type (
	collectJSON struct {
		SchemaVersion int              `json:"schema_version"`
		Inputs        []collectionJSON `json:"inputs"`
	}

	collectionJSON struct {
		Name  string     `json:"name"`
		Title string     `json:"title"`
		Flag  *string    `json:"flag"`
		Steps []stepJSON `json:"steps"`
	}

	stepJSON struct {
		Note    string  `json:"note"`
		Command *string `json:"command"`
	}
)

// CollectJSON writes the commands as JSON.
func CollectJSON(w io.Writer, all []rules.Collection) error {
	inputs := listOf(all, func(c *rules.Collection) collectionJSON {
		return collectionJSON{
			c.Name, c.Title, known(report.Names(c.Takes)),
			listOf(c.Steps, func(step *rules.Step) stepJSON {
				return stepJSON{step.Note, known(commandOf(step))}
			}),
		}
	})
	return JSON(w, collectJSON{SchemaVersion, inputs})
}

// commandOf is the command of a step. It is empty if a person must do the step by hand.
func commandOf(step *rules.Step) string {
	if step.Explain != nil {
		return report.Command(step.Explain)
	}
	return step.Command
}

// CollectText writes the commands in a form that a shell takes as it is: all the rest is
// comments, which alone are wrapped, where the terminal is narrower.
func CollectText(t *Text, all []rules.Collection) {
	for i, c := range all {
		if i > 0 {
			t.Blank()
		}
		title := c.Name + ": " + c.Title
		if len(c.Takes) > 0 {
			title += " (" + report.Names(c.Takes) + ")"
		}
		t.comment(Strong, title)
		for _, step := range c.Steps {
			t.comment(Faint, step.Note)
			if command := commandOf(&step); command != "" {
				t.line(safeText(strings.TrimSpace(command)))
			}
		}
	}
}

func (t *Text) comment(mood Mood, text string) {
	lines := []string{text}
	if t.Width > 0 {
		lines = wrapLine(text, t.columns()-len("# "))
	}
	for _, line := range lines {
		t.line(t.Paint(mood, "# "+line))
	}
}
