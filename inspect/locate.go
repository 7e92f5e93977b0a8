package inspect

import (
	"fmt"
	"slices"
	"strings"
)

// maxPaste is the longest text that is searched, in bytes.
const maxPaste = 16 << 20

// minOpaque is the fewest characters that a text without dots needs to be taken for an opaque token.
const minOpaque = 20

// Found is a token and where it was found.
type Found struct {
	Text   string        // the token; it must not be printed
	From   string        // where it stood, in words: "the Authorization header of a curl command"
	Others int           // how many other tokens the text has
	Notes  []Observation // what was odd about the text around it
}

// Choice says which of several tokens was taken: "the one taken is from the access_token of a token endpoint's answer".
func (f Found) Choice() string {
	if f.From == "the text" {
		return "the first one that looks most like an access token was taken"
	}
	return "the one taken is from " + f.From
}

// Locate finds the token in whatever a person pastes: quotes and white space around it, hard-wrapped lines,
// "Bearer x", a header, a curl command, a token endpoint's answer, a HAR file, a URL, an assignment, a line of
// a log. Of several tokens it takes the first access token. A run of 20 or more characters of token68 (RFC
// 9110, section 11.2) without a dot, and nothing else, is an opaque token. Every error is a
// [*source.Error] without a place, and shows nothing of a text that may be a secret.
func Locate(text string) (Found, error) {
	if len(text) > maxPaste {
		cause := fmt.Sprintf("the text is larger than %d MiB", maxPaste>>20)
		return Found{}, instead(cause, "cut out the part with the token")
	}
	p := strip(text)
	for _, look := range [...]func(*paste) (Found, bool){
		(*paste).whole, (*paste).spaced, (*paste).within, (*paste).unescaped, (*paste).serialized, (*paste).encodedBodies,
		(*paste).opaque, (*paste).labelledOpaque, (*paste).broken,
	} {
		if found, ok := look(p); ok {
			found.Notes = append(p.notesFor(found, text), found.Notes...)
			return found, nil
		}
	}
	return Found{}, p.diagnose()
}

// paste is a text in which a token is sought.
type paste struct {
	text  string // without what stands around everything
	from  string // what was taken off: "the Authorization header", or "the text"
	notes []Observation

	scanned []candidate
}

func (p *paste) note(id, message string) {
	p.notes = append(p.notes, Observation{ID: id, Message: message})
}

// notesFor returns the notes that concern the token. Invisible characters elsewhere in a long text, such as a HAR
// file, do not.
func (p *paste) notesFor(found Found, text string) []Observation {
	if len(text) < 2*len(found.Text) || !strings.Contains(text, found.Text) {
		return p.notes
	}
	return slices.DeleteFunc(p.notes, func(o Observation) bool { return o.ID == "invisible-character" })
}

// whole is for a text that is one token and nothing else.
func (p *paste) whole() (Found, bool) {
	c, ok := candidateAt(p.text, p.text)
	if !ok || c.quality == broken || runLength(p.text) != len(p.text) {
		return Found{}, false
	}
	return Found{Text: c.text, From: p.from}, true
}

// spaced is for a token whose line breaks became spaces, and for one that was wrapped and stands alone.
func (p *paste) spaced() (Found, bool) {
	parts := strings.Fields(p.text)
	if len(parts) < 2 || !evenlyCut(parts) {
		return Found{}, false
	}
	joined := strings.Join(parts, "")
	c, ok := candidateAt("", joined)
	first, _ := candidateAt("", parts[0])
	if !ok || c.quality == broken || first.quality != broken && !hasWholeSignature(joined) {
		return Found{}, false
	}
	p.note("white-space", "the token was wrapped; its lines were joined; a gateway that gets it so rejects it")
	return Found{Text: c.text, From: p.from}, true
}

// evenlyCut reports whether the parts are what cutting one run of token characters at every so many gives. The
// first may be shorter, where something stood before it.
func evenlyCut(parts []string) bool {
	for i, part := range parts {
		middle := i > 0 && i < len(parts)-1
		if runLength(part) != len(part) || len(part) > len(parts[1]) && i > 0 || middle && len(part) != len(parts[1]) {
			return false
		}
	}
	return true
}

// within is for one or more tokens in the middle of other text.
func (p *paste) within() (Found, bool) {
	return p.choose(p.tokens())
}

// tokens returns what starts as a token in the text.
func (p *paste) tokens() []candidate {
	if p.scanned == nil {
		p.scanned = scan(p.text)
	}
	return p.scanned
}

// choose takes the first access token.
func (p *paste) choose(all []candidate) (Found, bool) {
	best, others, ok := pick(all)
	if !ok {
		return Found{}, false
	}
	found := Found{Text: best.text, From: p.fromOf(best), Others: others}
	if best.wrapped {
		found.Notes = append(found.Notes, Observation{ID: "white-space", Message: "the token was wrapped; its lines were joined; a gateway that gets it so rejects it"})
	}
	if others > 0 {
		found.Notes = append(found.Notes, Observation{
			ID:      "several-tokens",
			Message: fmt.Sprintf("the text has %d tokens; %s", others+1, found.Choice()),
		})
	}
	return found, true
}

func (p *paste) fromOf(c candidate) string {
	if c.label.phrase == "" {
		return p.from + container(p.text, " in ")
	}
	return c.label.phrase + container(p.text, " of ")
}
