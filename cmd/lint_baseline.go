package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"

	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
)

// baseline is a file with the findings that were there when it was written: only new ones count.
type baseline struct {
	SchemaVersion int             `json:"schema_version"`
	Findings      []baselineEntry `json:"findings"`
}

type baselineEntry struct {
	Rule        string `json:"rule"`
	File        string `json:"file"`
	Fingerprint string `json:"fingerprint"`
}

func (e *Env) readBaseline(name string) (*baseline, error) {
	const hint = "gatewhy lint PATH --baseline FILE --write-baseline writes one"
	text, err := e.readFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, problem(name+": there is no such baseline", hint)
	case err != nil:
		return nil, err
	}
	var b baseline
	if err := json.Unmarshal([]byte(text), &b); err != nil || b.SchemaVersion != render.SchemaVersion {
		return nil, problem(name+": not a baseline", hint)
	}
	return &b, nil
}

// apply sets aside the findings that the baseline knows, each of its entries once.
func (b *baseline) apply(shown *report.Linting) {
	known := make(map[string]bool, len(b.Findings))
	for _, entry := range b.Findings {
		known[entry.Fingerprint] = true
	}
	prints := shown.Fingerprints()
	next := 0
	shown.Findings = slices.DeleteFunc(shown.Findings, func(f rules.Finding) bool {
		print := prints[next]
		next++
		if known[print] {
			shown.Suppressed = append(shown.Suppressed, report.Suppressed{Finding: f, Reason: "known since the baseline", By: "baseline"})
		}
		return known[print]
	})
}

// writeBaseline writes the findings of a report as a baseline.
func (e *Env) writeBaseline(name string, shown *report.Linting) error {
	b := baseline{SchemaVersion: render.SchemaVersion, Findings: []baselineEntry{}}
	for i, print := range shown.Fingerprints() {
		b.Findings = append(b.Findings, baselineEntry{shown.Findings[i].Rule, shown.Findings[i].Pos.File, print})
	}
	var text bytes.Buffer
	if err := render.JSON(&text, b); err != nil {
		return err
	}
	return e.writeFile(name, text.Bytes())
}
