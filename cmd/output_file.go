package cmd

import (
	"bytes"
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
		var output bytes.Buffer
		e.Stdout, e.Terminal.Stdout, e.Terminal.Width = &output, false, 0
		result := run(cmd, args)
		var code exit
		failed := result != nil && !errors.As(result, &code)
		if failed && output.Len() == 0 {
			return result
		}
		err := e.write(writing{name: name, text: output.Bytes()})
		switch {
		case err == nil:
			e.note("wrote %s", name)
			return result
		case failed:
			return errors.Join(result, err)
		}
		return err
	}
}
