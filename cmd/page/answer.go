// Page is the page on which nothing leaves the browser: paste a token, drop policies, and see what
// the terminal shows.
//
// Built for the browser (GOOS=js GOARCH=wasm) it is the page's WebAssembly module, which makes the
// same reports as the commands, without a command line. Built for any other system it makes the
// page: its folder, and the folder as a zip.
//
//	go run ./cmd/page dist/page
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/cmd/demo"
	"github.com/gatewhy/gatewhy/cmd/gateways"
	"github.com/gatewhy/gatewhy/cmd/render"
	"github.com/gatewhy/gatewhy/cmd/report"
)

// question is what the page asks, as JSON. The files are what was dropped or pasted.
type question struct {
	// Command is decode, verify, explain or lint; or share, for the files without their secrets;
	// kinds, for what each file is; scenes, for the examples.
	Command string
	Windows bool // printed commands are for PowerShell
	Redact  bool // personal values are hidden on the screen too
	Files   []file
	report.Asked
}

// reply is what the page shows: a report, or why there is none.
type reply struct {
	Answer   string   `json:"answer,omitempty"` // in one line
	Mood     string   `json:"mood,omitempty"`   // good, bad or unsure
	HTML     string   `json:"html,omitempty"`
	JSON     string   `json:"json,omitempty"`
	Markdown string   `json:"markdown,omitempty"` // for a ticket
	Keys     []string `json:"keys,omitempty"`     // where a key set that would help is published
	Notes    []string `json:"notes,omitempty"`    // what the terminal says beside a report
	Errors   []string `json:"errors,omitempty"`
	Hints    []string `json:"hints,omitempty"`
	Files    []file   `json:"files,omitempty"`    // of share
	Kinds    []string `json:"kinds,omitempty"`    // of kinds, in the order of the files
	Scenes   []scene  `json:"scenes,omitempty"`   // of scenes
	Variants []string `json:"variants,omitempty"` // of scenes: the gateways to choose from
	Types    []string `json:"types,omitempty"`    // of scenes: the policy types to choose from
}

type page struct {
	gateways report.Gateways
	now      func() time.Time
}

func newPage(now func() time.Time) *page {
	return &page{report.Gateways(gateways.All()).Complete(), now}
}

// answer answers a question in JSON. What goes wrong is in the reply: a page has no other place
// for it.
func (p *page) answer(asked []byte) (answered []byte) {
	defer func() {
		if fault := recover(); fault != nil { // the page goes on, and its reader can report it
			answered = encoded(&reply{Errors: []string{
				report.Guarded(fmt.Sprint("this is a fault of gatewhy: ", fault)),
			}})
		}
	}()
	q, r := question{}, reply{}
	if err := json.Unmarshal(asked, &q); err != nil {
		r.fail(err)
		return encoded(&r)
	}
	maker := report.Maker{
		Files: files(q.Files), Now: p.now, Gateways: p.gateways,
		Say: func(kind, text string) {
			r.Notes = append(r.Notes, kind+": "+report.Guarded(text))
		},
	}
	if q.Windows {
		maker.Shell = report.PowerShell
	}
	r.fail(r.report(&maker, &q))
	return encoded(&r)
}

func encoded(r *reply) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // the page takes the reply apart, and shows none of it as it is
	if err := encoder.Encode(r); err != nil {
		return []byte(`{"errors": ["the reply could not be written"]}`)
	}
	return b.Bytes()
}

func (r *reply) fail(err error) {
	causes, hints := report.Words(err)
	r.Errors, r.Hints = append(r.Errors, causes...), append(r.Hints, hints...)
}

func (r *reply) report(maker *report.Maker, q *question) error {
	switch q.Command {
	case "decode":
		d, err := maker.Decoded(&q.Asked)
		if err != nil {
			return err
		}
		return show(r, q, shown[*report.Decoding]{
			d, &d.Redact, render.DecodeFragment, render.DecodeJSON, render.DecodeMarkdown,
		})
	case "verify":
		v, err := maker.Verified(&q.Asked)
		if err != nil {
			return err
		}
		if address := v.KeyAddress(); len(v.Hints) > 0 && address != "" {
			r.Keys = []string{address}
		}
		return show(r, q, shown[*report.Verification]{
			v, &v.Redact, render.VerifyFragment, render.VerifyJSON, render.VerifyMarkdown,
		})
	case "explain":
		x, err := maker.Explained(&q.Asked)
		if err != nil {
			return err
		}
		r.Keys = x.KeyAddresses()
		return show(r, q, shown[*report.Explanation]{
			x, &x.Redact, render.ExplainFragment, render.ExplainJSON, render.ExplainMarkdown,
		})
	case "lint":
		l, failed, err := maker.Linted(&q.Asked)
		if err != nil {
			return err
		}
		r.fail(errors.Join(failed...))
		return show(r, q, shown[*report.Linting]{
			l, new(bool), render.LintFragment, render.LintJSON, render.LintMarkdown,
		})
	case "share":
		r.Files = shared(q.Files)
		return nil
	case "kinds":
		for _, f := range q.Files {
			r.Kinds = append(r.Kinds, maker.KindOf(f.Name))
		}
		return nil
	case "scenes":
		all, err := scenes()
		r.Scenes = all
		r.Variants, r.Types = maker.Gateways.Variants(), maker.Gateways.Kinds()
		return err
	}
	return report.Problem("the page asks for a command that does not exist")
}

// shown is a report with the ways to show it.
type shown[R any] struct {
	report   R
	redact   *bool // of the report
	fragment func(R) render.Fragment
	json     func(io.Writer, R) error
	markdown func(io.Writer, R) error
}

// show fills in the report in each form. In what is made for sharing, personal values are masked.
func show[R any](r *reply, q *question, s shown[R]) error {
	*s.redact = q.Redact
	fragment := s.fragment(s.report)
	r.Answer, r.Mood, r.HTML = fragment.Answer, fragment.Mood, fragment.HTML
	var b strings.Builder
	if err := s.json(&b, s.report); err != nil {
		return err
	}
	r.JSON = b.String()
	b.Reset()
	*s.redact = true
	err := s.markdown(&b, s.report)
	r.Markdown = b.String()
	return err
}

// signedExamples are the tokens of the demonstration's scenes, signed once with a key that was
// thrown away, and the key set that verifies them. They are judged as of when they were issued.
//
//go:embed examples.json
var signedExamples []byte

type examples struct {
	Keys   json.RawMessage   `json:"keys"`
	Tokens map[string]string `json:"tokens"` // by what the scene calls them
}

// scene is an example as the page fills it in.
type scene struct {
	Title string      `json:"title"`
	Story string      `json:"story"`
	Files []sceneFile `json:"files"`
	Token string      `json:"token"`
}

type sceneFile struct {
	file
	Kind string `json:"kind"`
}

func scenes() ([]scene, error) {
	var signed examples
	if err := json.Unmarshal(signedExamples, &signed); err != nil {
		return nil, err
	}
	var all []scene
	for _, s := range demo.Scenes() {
		policy, err := demo.Policy(s.Policy)
		if err != nil {
			return nil, err
		}
		contracts := strings.Join(demo.Contracts(), "\n") + "\n"
		all = append(all, scene{s.Title, s.Story, []sceneFile{
			{file{s.Policy, string(policy)}, "a policy"},
			{file{"keys.json", string(signed.Keys)}, "a key set"},
			{file{"contracts.txt", contracts}, "a list of contracts"},
		}, signed.Tokens[s.Tokens[0].String()]})
	}
	return all, nil
}

// file is what was dropped or pasted under a name.
type file struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// files are the only files that the page's reports are made of. There are no folders.
type files []file

func (all files) Open(name string) (fs.File, error) {
	for i := range all {
		if all[i].Name == name {
			return &opened{*strings.NewReader(all[i].Text), name}, nil
		}
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// opened is a file that is read, and its own description.
type opened struct {
	strings.Reader
	name string
}

func (o *opened) Stat() (fs.FileInfo, error) { return o, nil }

func (o *opened) Close() error { return nil }

func (o *opened) Name() string { return o.name }

func (o *opened) Mode() fs.FileMode { return 0o444 }

func (o *opened) ModTime() time.Time { return time.Time{} }

func (o *opened) IsDir() bool { return false }

func (o *opened) Sys() any { return nil }

// shared are files as a link may carry them: with stars in the place of secrets and tokens. A file
// that can't be read is left out, for nobody knows what is a secret in it.
func shared(all []file) []file {
	var open []file
	for _, f := range all {
		if text, ok := report.Open(f.Name, f.Text); ok {
			open = append(open, file{report.Guarded(f.Name), text})
		}
	}
	return open
}
