package cmd

import (
	"errors"
	"io"
	"testing"
)

// chunks is a terminal that delivers one chunk at a time, and nothing more after the last.
type chunks []string

func (c *chunks) Read(buffer []byte) (int, error) {
	if len(*c) == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	n := copy(buffer, (*c)[0])
	*c = (*c)[1:]
	return n, nil
}

func TestPaste(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		typed chunks
		want  string
	}{
		{"Enter ends what was typed", chunks{"a", "b", "\r"}, "ab\n"},
		{"Ctrl-D ends it too", chunks{"ab", "\x04"}, "ab"},
		{"backspace takes back a character", chunks{"ab", "\x7f", "c\r"}, "ac\n"},
		{"backspace at the start does nothing", chunks{"\x7f", "a\r"}, "a\n"},
		{
			"a line break in the middle of what arrives at once is part of it",
			chunks{"one\rtwo", "\r"},
			"one\ntwo\n",
		},
		{
			"a bracketed paste may have several lines, even where one ends a chunk",
			chunks{"\x1b[200~one\r", "two\r\n", "three\x1b[201~", "\r"},
			"one\ntwo\nthree\n",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := readPaste(&test.typed)
			if err != nil || got != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestPasteEndsWithoutATokenOnCtrlC(t *testing.T) {
	t.Parallel()
	got, err := readPaste(&chunks{"secret", "\x03"})
	if got != "" || !errors.Is(err, errInterrupted) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestPasteReportsATerminalThatFails(t *testing.T) {
	t.Parallel()
	if _, err := readPaste(&chunks{"secret"}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
}
