package cmd

import (
	"bufio"
	"errors"

	"github.com/spf13/cobra"
)

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
