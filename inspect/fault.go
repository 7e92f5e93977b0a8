package inspect

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// jsonStart is how base64url text starts that encodes an object whose first member follows at once: {"
const jsonStart = "eyJ"

const hintWhole = "copy the whole token, from its first to its last character; terminals, tables and log viewers cut long lines"

// fault keeps the first of the faults that are found: the parts are read from left to right, as a gateway does.
func (t *Token) fault(id, cause, hint string) {
	if t.Fault == nil {
		t.Fault = &Fault{id, source.Error{Cause: cause, Hints: source.Hints(hint)}}
	}
}

func (t *Token) observe(id, path, message string) {
	t.Observations = append(t.Observations, Observation{ID: id, Path: path, Message: message})
}

// faultUnread says why a part is no JSON, or more of it than is read.
func (t *Token) faultUnread(part string, err error) {
	var e *source.Error
	if errors.As(err, &e) && e.Limit {
		t.fault(part+"-too-large", "the "+part+" is not read: "+strings.Replace(cause(err), "the file has", "it has", 1), "no gateway gets such a token; is it one at all?")
		return
	}
	t.fault(part+"-not-json", "the "+part+" is not JSON: "+cause(err), t.truncationHint())
}

// observeLooseness notes an encoding that is not the one of RFC 7515.
func (t *Token) observeLooseness(part string, loose looseness) {
	if loose.padded {
		t.observe("base64-padding", part, "the "+part+` ends in "=", which base64url in a token does without (RFC 7515, section 2); most gateways refuse it`)
	}
	if loose.standard {
		t.observe("base64-standard-alphabet", part, "the "+part+` has "+" or "/", where base64url has "-" and "_"; gateways differ in whether they accept it`)
	}
	if loose.nonCanonical {
		t.observe("base64-non-canonical", part, "the last character of the "+part+" carries bits that mean nothing: the text was cut, altered or written by hand; most gateways accept it")
	}
}

// partsHint is the way on for a text that has the wrong parts.
func (t *Token) partsHint() string {
	if strings.Contains(t.compact, "...") {
		return "the text was shortened with dots where it was copied from; copy the whole token"
	}
	return "copy the token alone, from its first to its last character"
}

// truncationHint is the way on for a part whose JSON can't be read.
func (t *Token) truncationHint() string {
	if strings.HasPrefix(t.compact, jsonStart) {
		return "the token was cut or altered on its way; copy it again from where it was issued"
	}
	return "is this a token? One starts with " + jsonStart + ", which is how its header is encoded"
}

func badTextHint(bad *badText, text string) string {
	switch {
	case bad.char == "%":
		return "the text is URL-encoded; decode it first"
	case bad.char == "…" || strings.Contains(text, "..."):
		return "the text was shortened where it was copied from; copy the whole token"
	case bad.at == 0:
		return hintWhole
	}
	return "copy the token alone, without what stands around it"
}

// cause returns a reader's reason with its place. A part is one line as a rule, so the column is enough.
func cause(err error) string {
	var e *source.Error
	if !errors.As(err, &e) {
		return Safe(err.Error())
	}
	why := Safe(strings.TrimPrefix(e.Cause, "not JSON: "))
	switch {
	case e.Pos.Line > 1:
		return fmt.Sprintf("%s (line %d, column %d)", why, e.Pos.Line, e.Pos.Column)
	case e.Pos.Line == 1:
		return fmt.Sprintf("%s (at character %d)", why, e.Pos.Column)
	}
	return why
}

// brief returns a value as one short line that is safe to print.
func brief(v *source.Value) string {
	if v == nil {
		return "none"
	}
	return Safe(ShortenMiddle(v.JSON(), 60))
}
