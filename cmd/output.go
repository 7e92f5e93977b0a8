package cmd

import (
	"bufio"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
	cmd.Flags().VarPF(&detailFlag{&f.detail, render.All}, "verbose", "v",
		"text: show everything, not only what decides").NoOptDefVal = "true"
	f.registerQuiet(cmd)
}

// registerQuiet adds -q alone, for a command that has nothing to fold.
func (f *outputFlags) registerQuiet(cmd *cobra.Command) {
	cmd.Flags().VarPF(&detailFlag{&f.detail, render.Answer}, "quiet", "q",
		"text: print only the answer line").NoOptDefVal = "true"
}

// isShort reports whether the output leaves out what does not decide.
func (f *outputFlags) isShort() bool {
	return f.format.value == "text" && f.detail != render.All
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
	none, _ := env.LookupEnv("NO_COLOR")
	return env.Terminal.Stdout && none == "" && dumb != "dumb"
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

// changedWriter writes messages as a function changes each.
type changedWriter struct {
	to     io.Writer
	change func(message string) string
}

// Write writes a whole message.
func (w changedWriter) Write(text []byte) (int, error) {
	if _, err := io.WriteString(w.to, w.change(string(text))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// messages returns the writer of messages and of help.
func (e *Env) messages(to io.Writer) io.Writer {
	if e.Terminal.UTF8 {
		return to
	}
	return changedWriter{to, render.ASCII}
}

// toFile lets a command with -O write its output into that file in place of standard output: as a
// whole when it is complete, or not at all. A command that fails without a result leaves the file
// as it was.
func (e *Env) toFile(cmd *cobra.Command) {
	flag := cmd.Flags().Lookup("output-file")
	if flag == nil {
		return
	}
	run := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := flag.Value.String()
		switch name {
		case "":
			return run(cmd, args)
		case "-":
			return problem("--output-file names a file", "leave it out to write to standard "+
				"output")
		}
		if e.reads(cmd, args, name) {
			return problem("--output-file names a file that this command reads: "+name,
				"name another file")
		}
		output := &fileOutput{env: e, name: name}
		defer output.discard()
		e.Stdout, e.Terminal.Stdout, e.Terminal.Width = output, false, 0
		result := run(cmd, args)
		var code exit
		failed := result != nil && !errors.As(result, &code)
		if failed && !output.begun() {
			return result
		}
		err := output.finish()
		switch {
		case err == nil:
			e.note("wrote %s", name)
			return result
		case failed && !errors.Is(result, err):
			return errors.Join(result, err)
		}
		return err
	}
}

// reads reports whether a file is one that an argument or a flag names to be read.
func (e *Env) reads(cmd *cobra.Command, args []string, name string) bool {
	maker := e.maker()
	target, err := os.Stat(maker.Path(name))
	if err != nil || !target.Mode().IsRegular() {
		return false
	}
	named := slices.Clone(args)
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if all, isList := f.Value.(*texts); isList {
			named = append(named, *all...)
		} else if f.Name != "output-file" {
			named = append(named, f.Value.String())
		}
	})
	return slices.ContainsFunc(named, func(text string) bool {
		one, err := os.Stat(maker.Path(strings.TrimPrefix(text, "@")))
		return text != "" && err == nil && os.SameFile(one, target)
	})
}

// fileOutput is the output of a command that goes into a file. The file is begun with the first
// text, so that a place that can't be written is known before much is done.
type fileOutput struct {
	env  *Env
	name string
	file *pendingFile
	text *bufio.Writer
	err  error // the first one
}

func (o *fileOutput) begun() bool { return o.file != nil || o.err != nil }

// Write writes a part of the output.
func (o *fileOutput) Write(text []byte) (n int, err error) {
	if o.begin(); o.err == nil {
		n, o.err = o.text.Write(text)
	}
	return n, o.err
}

func (o *fileOutput) begin() {
	if o.begun() {
		return
	}
	if o.file, o.err = o.env.begin(writing{name: o.name}); o.err == nil {
		o.text = bufio.NewWriterSize(o.file, 64<<10)
	}
}

// finish puts the file, which may be empty, into its place.
func (o *fileOutput) finish() error {
	if o.begin(); o.err == nil {
		o.err = o.text.Flush()
	}
	if o.err == nil {
		o.err = o.file.finish()
	}
	return o.err
}

func (o *fileOutput) discard() {
	if o.file != nil {
		o.file.discard()
	}
}
