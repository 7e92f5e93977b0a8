package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// MaxRequest is the largest entry of a HAR file that is read, with its answer, in bytes.
const MaxRequest = 32 << 20

// harStart is how many bytes tell whether a file is a HAR file.
const harStart = 512

// looksLikeHAR reports whether a file begins as a HAR file does: {"log": { and a member that a
// HAR file's log has. Lines of JSON begin with an object log too: that of the Elastic Common
// Schema, say.
func looksLikeHAR(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for _, part := range []string{"{", `"log"`, ":", "{", `"`} {
		text = bytes.TrimLeft(text, " \t\r\n")
		if !bytes.HasPrefix(text, []byte(part)) {
			return false
		}
		text = text[len(part):]
	}
	name, _, _ := bytes.Cut(text, []byte(`"`))
	switch string(name) {
	case "version", "creator", "browser", "pages", "entries", "comment":
		return true
	}
	return bytes.HasPrefix(name, []byte("_")) // a member that a program adds is called so
}

// harReader reads the requests of HAR files (HAR 1.2, log.entries), one after the other.
type harReader struct {
	from    *limited
	decoder *json.Decoder
	inside  bool
	number  int
}

func newHARReader(r io.Reader) *harReader {
	from := &limited{r: r, left: MaxRequest}
	return &harReader{from: from, decoder: json.NewDecoder(from)}
}

// limited ends with an error where one entry is too large.
type limited struct {
	r    io.Reader
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, &source.Error{
			Cause: fmt.Sprintf("an entry is larger than %d MiB", MaxRequest>>20), Limit: true,
		}
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// harEntry is what is read of an entry.
type harEntry struct{ Request inspect.HARRequest }

// next reads the next request: what its Authorization header carries.
func (h *harReader) next() (Line, error) {
	for !h.inside || !h.more() {
		if err := h.nextFile(); err != nil {
			return Line{}, err
		}
	}
	var entry harEntry
	var odd *json.UnmarshalTypeError // what is beside it is read all the same
	if err := h.decoder.Decode(&entry); err != nil && !errors.As(err, &odd) {
		return Line{}, h.notWhole(err)
	}
	h.number++
	var line Line
	for _, header := range entry.Request.Headers {
		if !strings.EqualFold(header.Name, "Authorization") {
			continue
		}
		found := tokenIn([]byte("Authorization: " + header.Value + `"`)) // which says: it is whole
		if len(line.Token) == 0 {
			line = found
		} else if len(found.Token) > 0 && !bytes.Equal(found.Token, line.Token) {
			line.Several = true
		}
	}
	line.request = &entry.Request
	if odd != nil && len(line.Token) == 0 {
		line.Fault = "the entry of the HAR file is not a request"
	}
	line.Number = h.number
	return line, nil
}

// more reports whether the list or the object that is read goes on.
func (h *harReader) more() bool {
	h.from.left = MaxRequest
	return h.decoder.More()
}

// nextFile goes on from the end of a file's entries to the entries of the next file. The error is
// io.EOF where there is none.
func (h *harReader) nextFile() error {
	if h.inside {
		if err := h.leave(); err != nil {
			return h.notWhole(err)
		}
	}
	_, err := h.token() // {
	switch {
	case h.inside && err == io.EOF:
		return err
	case err == nil:
		h.inside = true
		err = h.enter()
	}
	if err != nil {
		return h.notWhole(err)
	}
	return nil
}

// leave goes on to the end of the file: ], …}}
func (h *harReader) leave() error {
	for open := 3; open > 0; {
		token, err := h.token()
		switch {
		case err != nil:
			return err
		case token == json.Delim('[') || token == json.Delim('{'):
			open++
		case token == json.Delim(']') || token == json.Delim('}'):
			open--
		}
	}
	return nil
}

// enter goes on to the first entry: "log": {…, "entries": [
func (h *harReader) enter() error {
	for range 2 { // "log" {
		if _, err := h.token(); err != nil {
			return err
		}
	}
	for h.more() {
		name, err := h.token()
		if err != nil {
			return err
		}
		if name == "entries" {
			if opened, err := h.token(); err != nil || opened == json.Delim('[') {
				return err
			}
			return &source.Error{Cause: "log.entries is not a list"}
		}
		var other json.RawMessage
		if err := h.decoder.Decode(&other); err != nil {
			return err
		}
	}
	return &source.Error{Cause: "log.entries is missing"}
}

func (h *harReader) token() (json.Token, error) {
	h.from.left = MaxRequest
	return h.decoder.Token()
}

// notWhole is the error for a HAR file that can't be read to its end. What decompresses it has its
// own.
func (h *harReader) notWhole(err error) error {
	var cut *Cut
	if errors.As(err, &cut) {
		return err
	}
	cause := "can't be read: " + err.Error()
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		cause = "is cut off"
	}
	return &source.Error{
		Cause: fmt.Sprintf("after byte %d the HAR file %s", h.decoder.InputOffset(), cause),
		Hints: source.Hints("what was read before that is counted; save all requests in the " +
			"browser's network tools again for the rest"),
	}
}
