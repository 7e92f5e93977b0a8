package cmd

import (
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/gatewhy/gatewhy/cmd/render"
)

// outputFlags are -o and --color, and of some commands -v and -q.
type outputFlags struct {
	format choice
	color  choice
	detail render.Detail
}

// register adds the flags. The first format is the default.
func (f *outputFlags) register(cmd *cobra.Command, formats ...string) {
	f.format = choice{value: formats[0], allowed: formats, kind: "FORMAT"}
	f.format.register(cmd, "output", "o", "output format")
	cmd.Flags().StringP("output-file", "O", "",
		"write the output to this `FILE`, as a whole or not at all")
	f.color = choice{value: "auto", allowed: []string{"auto", "always", "never"}, kind: "WHEN"}
	f.color.register(cmd, "color", "", "colour the text")
}

// registerDetail adds -v and -q. The last one counts, so that an alias with one of them can be
// overruled.
func (f *outputFlags) registerDetail(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.VarPF(&detailFlag{&f.detail, render.All}, "verbose", "v",
		"text: show everything, not only what decides").NoOptDefVal = "true"
	flags.VarPF(&detailFlag{&f.detail, render.Answer}, "quiet", "q",
		"text: print only the answer line").NoOptDefVal = "true"
}

// detailFlag is a switch that asks for one detail.
type detailFlag struct {
	detail *render.Detail
	asks   render.Detail
}

func (f *detailFlag) String() string {
	return strconv.FormatBool(f.detail != nil && *f.detail == f.asks)
}

// Type names the value in help.
func (f *detailFlag) Type() string { return "bool" }

// Set reads the value.
func (f *detailFlag) Set(text string) error {
	on, err := strconv.ParseBool(text)
	switch {
	case on:
		*f.detail = f.asks
	case *f.detail == f.asks:
		*f.detail = render.Short
	}
	return err
}

// show writes a report in the format that -o asks for.
func show[R any](env *Env, f *outputFlags, formats render.FormatsOf[R], report R) error {
	return formats.Write(env.Stdout, f.format.value, f.style(env), report)
}

// style returns how text is shown on standard output.
func (f *outputFlags) style(env *Env) render.Style {
	return render.Style{
		Width: env.Terminal.Width, Color: f.colored(env), Unicode: env.Terminal.UTF8,
		Detail: f.detail,
	}
}

// colored follows --color; left to itself, a terminal is coloured unless the environment asks for
// none (no-color.org).
func (f *outputFlags) colored(env *Env) bool {
	switch f.color.value {
	case "always":
		return true
	case "never":
		return false
	}
	dumb, _ := env.LookupEnv("TERM")
	return env.Terminal.Stdout && !env.set("NO_COLOR") && dumb != "dumb"
}

// redactFlag is --redact. Left to itself it is on in the formats that are made for sharing.
type redactFlag struct{ text string }

func (f *redactFlag) register(cmd *cobra.Command) {
	flag := cmd.Flags().VarPF(f, "redact", "",
		"mask personal claims, for sharing (markdown and html do unless --redact=false)")
	flag.NoOptDefVal = "true"
}

func (f *redactFlag) String() string { return f.text }

// Type names the value in help.
func (f *redactFlag) Type() string { return "bool" }

// Set reads the value.
func (f *redactFlag) Set(text string) error {
	on, err := strconv.ParseBool(text)
	f.text = strconv.FormatBool(on)
	return err
}

// in reports whether personal claims are masked in a format.
func (f *redactFlag) in(format string) bool {
	if f.text != "" {
		return f.text == "true"
	}
	return render.ForSharing(format)
}

// asciiWriter writes messages with our own signs in ASCII, for terminals that are not UTF-8.
type asciiWriter struct{ to io.Writer }

// Write writes a whole message.
func (w asciiWriter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(w.to, render.ASCII(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// foldingWriter writes messages as wide as the terminal that shows them.
type foldingWriter struct {
	to      io.Writer
	columns int
}

// Write writes a whole message.
func (w foldingWriter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(w.to, render.Message(string(text), w.columns)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// messages returns the writer of messages and of help.
func (e *Env) messages(to io.Writer) io.Writer {
	if e.Terminal.UTF8 {
		return to
	}
	return asciiWriter{to}
}
