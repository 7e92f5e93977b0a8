package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// MaxRequest is the largest entry of a HAR file that is read, with its answer, in bytes.
const MaxRequest = 32 << 20

// harStart is how many bytes tell whether a file is a HAR file.
const harStart = 512

// looksLikeHAR reports whether a file begins as a HAR file does: {"log": {
func looksLikeHAR(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	for _, part := range []string{"{", `"log"`, ":", "{"} {
		text = bytes.TrimLeft(text, " \t\r\n")
		if !bytes.HasPrefix(text, []byte(part)) {
			return false
		}
		text = text[len(part):]
	}
	return true
}

// harReader reads the requests of a HAR file (HAR 1.2, log.entries).
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
		return 0, fmt.Errorf("an entry of the HAR file is larger than %d MiB", MaxRequest>>20)
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// harEntry is what is read of an entry.
type harEntry struct {
	Request struct {
		Headers []struct{ Name, Value string }
	}
}

// next reads the next request: what its Authorization header carries.
func (h *harReader) next() (Line, error) {
	if !h.inside {
		if err := h.enter(); err != nil {
			return Line{}, notWhole(err)
		}
		h.inside = true
	}
	if !h.decoder.More() {
		return Line{}, io.EOF
	}
	h.from.left = MaxRequest
	var entry harEntry
	if err := h.decoder.Decode(&entry); err != nil {
		return Line{}, notWhole(err)
	}
	h.number++
	var line Line
	for _, header := range entry.Request.Headers {
		if !strings.EqualFold(header.Name, "Authorization") {
			continue
		}
		found := tokenIn([]byte("Authorization: " + header.Value))
		if len(line.Token) == 0 {
			line = found
		} else if len(found.Token) > 0 && !bytes.Equal(found.Token, line.Token) {
			line.Several = true
		}
	}
	line.Number = h.number
	return line, nil
}

// enter goes on to the first entry: {"log": {…, "entries": [
func (h *harReader) enter() error {
	for range 3 { // { "log" {
		if _, err := h.decoder.Token(); err != nil {
			return err
		}
	}
	for h.decoder.More() {
		h.from.left = MaxRequest
		name, err := h.decoder.Token()
		if err != nil {
			return err
		}
		if name == "entries" {
			if opened, err := h.decoder.Token(); err != nil || opened == json.Delim('[') {
				return err
			}
			return errors.New("log.entries is not a list")
		}
		var other json.RawMessage
		if err := h.decoder.Decode(&other); err != nil {
			return err
		}
	}
	return errors.New("log.entries is missing")
}

// notWhole is the error for a HAR file that can't be read to its end.
func notWhole(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("the HAR file is cut off")
	}
	return fmt.Errorf("the HAR file can't be read: %w", err)
}
