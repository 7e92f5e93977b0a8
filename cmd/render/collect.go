package render

import (
	"io"
	"strings"

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
	out := collectJSON{SchemaVersion: SchemaVersion, Inputs: make([]collectionJSON, len(all))}
	for i, c := range all {
		out.Inputs[i] = collectionJSON{Name: c.Name, Title: c.Title, Flag: known(c.Flag), Steps: make([]stepJSON, len(c.Steps))}
		for j, step := range c.Steps {
			out.Inputs[i].Steps[j] = stepJSON{step.Note, known(step.Command)}
		}
	}
	return JSON(w, out)
}

// CollectText writes the commands in a form that a shell takes as it is: all but the commands is comments, and no line is
// wrapped.
func CollectText(w io.Writer, style Style, all []rules.Collection) error {
	t := NewText(style)
	for i, c := range all {
		if i > 0 {
			t.Blank()
		}
		title := "# " + c.Name + ": " + c.Title
		if c.Flag != "" {
			title += " (" + c.Flag + ")"
		}
		t.line(t.Paint(Strong, title))
		for _, step := range c.Steps {
			t.line(t.Paint(Faint, "# "+step.Note))
			if step.Command != "" {
				t.line(strings.TrimSpace(step.Command))
			}
		}
	}
	_, err := t.WriteTo(w)
	return err
}
