package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewhy/gatewhy/inspect/source"
)

func TestErrorsAreOneCauseAndHints(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		err  error
		want []string
	}{
		{
			"a problem says its cause, then each hint",
			problem("no policy was given", "pass -p FILE", "or --env NAME"),
			[]string{
				"gatewhy: error: no policy was given", "gatewhy: hint: pass -p FILE",
				"gatewhy: hint: or --env NAME",
			},
		},
		{
			"a file that can't be read has its place",
			fmt.Errorf("wrapped: %w", &source.Error{
				Pos:   source.Position{File: "p.json", Line: 14, Column: 3},
				Cause: "not JSON", Hints: source.Hints("edited by hand?"),
			}),
			[]string{"gatewhy: error: p.json:14:3: not JSON", "gatewhy: hint: edited by hand?"},
		},
		{
			"a hint may be missing",
			&source.Error{Pos: source.Position{File: "p.json"}, Cause: "the text is empty"},
			[]string{"gatewhy: error: p.json: the text is empty"},
		},
		{
			"a text without a token has its own hints",
			&source.Error{Cause: "no token was found", Hints: source.Hints("paste it")},
			[]string{"gatewhy: error: no token was found", "gatewhy: hint: paste it"},
		},
		{
			"a hint that asks for an input names its flag",
			&source.Error{Cause: "this is a key set", Hints: []source.Hint{
				source.Ask(source.NeedKeySetFile, "pass it as %s, beside the token"),
				source.Ask(source.NeedApp, "pass another"),
			}},
			[]string{
				"gatewhy: error: this is a key set",
				"gatewhy: hint: pass it as --jwks FILE, beside the token",
				"gatewhy: hint: pass another: --app FILE",
			},
		},
		{
			"a file that is not there is named without the system call",
			&fs.PathError{Op: "open", Path: "missing", Err: fs.ErrNotExist},
			[]string{"gatewhy: error: missing: file does not exist", "gatewhy: hint: is the " +
				"name right? a relative name starts in the folder where the command runs"},
		},
		{
			"a file without a name is a variable that is not set",
			&fs.PathError{Op: "open", Err: fs.ErrNotExist},
			[]string{
				"gatewhy: error: the name of a file is empty",
				"gatewhy: hint: is the variable set?",
			},
		},
		{
			"a file that must not be read says so",
			&fs.PathError{Op: "open", Path: "secret", Err: fs.ErrPermission},
			[]string{
				"gatewhy: error: secret: permission denied",
				"gatewhy: hint: the user who runs the command must be able to read the file",
			},
		},
		{
			"several errors are named each, with their own hints",
			errors.Join(nil, &fs.PathError{Path: "a", Err: fs.ErrPermission},
				errors.Join(errors.New("b"), problem("c", "do c"))),
			[]string{
				"gatewhy: error: a: permission denied",
				"gatewhy: hint: the user who runs the command must be able to read the file",
				"gatewhy: error: c",
				"gatewhy: hint: do c",
				"gatewhy: error: b",
			},
		},
		{
			"a hint that errors share stands once, under them",
			errors.Join(&fs.PathError{Path: "a", Err: fs.ErrPermission}, problem("c", "do c"),
				&fs.PathError{Path: "b", Err: fs.ErrPermission}),
			[]string{
				"gatewhy: error: a: permission denied",
				"gatewhy: error: b: permission denied",
				"gatewhy: hint: the user who runs the command must be able to read the file",
				"gatewhy: error: c",
				"gatewhy: hint: do c",
			},
		},
		{
			"any other error is its text",
			errors.New("interrupted"),
			[]string{"gatewhy: error: interrupted"},
		},
		{
			"nothing in it acts on the terminal, and it stays one line",
			problem("no file \x1b[2J\nb", "a\u202eb"),
			[]string{`gatewhy: error: no file \u001b[2J\nb`, `gatewhy: hint: a\u202eb`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			(&Env{Stderr: &b}).printError(test.err)
			if diff := cmp.Diff(strings.Join(test.want, "\n")+"\n", b.String()); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}
