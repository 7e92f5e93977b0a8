package report

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/keys"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Shielded returns a file's text with stars in the place of values that are secret and of tokens,
// so that a line of it can be shown. It has as many bytes as the file. Texts that are known to be
// no secrets, such as a placeholder, stay.
func Shielded(file *source.File, known ...string) []byte {
	spans := secretsIn(file, known)
	if len(spans) == 0 {
		return file.Text
	}
	text := bytes.Clone(file.Text)
	hide(text, spans)
	return text
}

func secretsIn(file *source.File, known []string) []source.Span {
	s := shield{file: file, known: known}
	return s.all()
}

// all are the spans of what is not to be shown.
func (s *shield) all() []source.Span {
	s.spans = tokensIn(s.file.Text)
	for _, document := range s.file.Documents {
		s.cover(document)
	}
	return s.spans
}

func hide(text []byte, spans []source.Span) {
	for _, span := range spans {
		for i := max(span.Start, 0); i < min(span.End, len(text)); i++ {
			if text[i] != '\n' && text[i] != '\r' {
				text[i] = '*'
			}
		}
	}
}

// tokensIn finds tokens in each line by itself: what is on the line before is another field.
func tokensIn(text []byte) []source.Span {
	var spans []source.Span
	start := 0
	for line := range strings.Lines(string(text)) {
		for _, span := range inspect.SecretSpans(line) {
			spans = append(spans, source.Span{Start: start + span.Start, End: start + span.End})
		}
		start += len(line)
	}
	return spans
}

// shield collects what of a file is not to be shown.
type shield struct {
	file  *source.File
	known []string // texts that are no secrets
	spans []source.Span

	publicKeys bool // public keys are no secrets either
}

func (s *shield) cover(v *source.Value) {
	if v.Unread {
		s.spans = append(s.spans, v.Span) // it may hold anything
	}
	for _, item := range v.Items {
		s.cover(item)
	}
	for i := range v.Members {
		m := &v.Members[i]
		if hidesToken(s.file, m.Key, m.KeySpan) {
			s.spans = append(s.spans, m.KeySpan)
		}
		switch {
		case m.Value.Is(source.String) && s.isSecret(m), isCredential(v, m):
			s.spans = append(s.spans, m.Value.Span)
		case isSecretField(m.Key) && !m.Value.Is(source.String):
			s.coverTexts(m.Value)
		default:
			s.cover(m.Value)
		}
	}
	if v.Is(source.String) && hidesToken(s.file, v.Text, v.Span) {
		s.spans = append(s.spans, v.Span)
	}
}

// coverTexts covers every text in a value: it is not what its field should have, and may hold the
// secret all the same.
func (s *shield) coverTexts(v *source.Value) {
	for inside := range v.All {
		if inside.Kind == source.String {
			s.spans = append(s.spans, inside.Span)
		}
	}
}

// isCredential reports whether a member is the private half of a key, or the value of a pair of
// name and value whose name is that of a header with credentials.
func isCredential(of *source.Value, m *source.Member) bool {
	if of.Member("kty") != nil && keys.IsPrivateMember(m.Key) {
		return true
	}
	if m.Key != "value" || !m.Value.Is(source.String) || readsSecret(m.Value.Text) {
		return false
	}
	for _, word := range []string{"key", "name", "header"} {
		switch strings.ToLower(of.TextAt(word)) {
		case "authorization", "proxy-authorization", "cookie", "api-key", "x-api-key",
			"client_secret", "client-secret", "ocp-apim-subscription-key":
			return true
		}
	}
	return false
}

// hidesToken reports whether a text has a token that does not show in the file as it is: with
// escapes in it, or over several lines.
func hidesToken(file *source.File, text string, span source.Span) bool {
	if span.Start < 0 || span.End > len(file.Text) {
		return false
	}
	shown := file.Text[span.Start:span.End]
	if len(shown) > 1 && string(shown[1:len(shown)-1]) == text {
		return false // in quotes
	}
	return inspect.TokenSpans(text) != nil && !bytes.Contains(shown, []byte(text))
}

// isSecret reports whether a member's text is a secret, and not an expression that reads one.
func (s *shield) isSecret(m *source.Member) bool {
	if slices.Contains(s.known, m.Value.Text) || s.publicKeys && isPublicKey(m.Value.Text) {
		return false
	}
	return isSecretField(m.Key) && !readsSecret(m.Value.Text) || s.holdsSecret(m.Value.Text)
}

// readsSecret reports whether a text is an expression that reads something: it selects or calls.
// It is not the secret itself, in quotes or without, and has none in it: a text in quotes is a
// name or an argument there.
func readsSecret(text string) bool {
	inner, isExpression := strings.CutPrefix(text, "#[")
	quote, before, word, reads := rune(0), rune(0), false, false
	for _, r := range inner {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
			continue
		case r == '\'' || r == '"':
			if !strings.ContainsRune(".[(,", before) {
				return false
			}
			quote = r
		case unicode.IsLetter(r):
			word = true
		case isExpression && word && strings.ContainsRune(".[(", r):
			reads = true
		}
		if !unicode.IsSpace(r) {
			before = r
		}
	}
	return reads
}

// ShownChange is a change of a field with a mark in the place of a secret. What a person is to
// fill in is not a secret.
func ShownChange(c rules.FieldChange) rules.FieldChange {
	const mark = "(secret)"
	var s shield
	hides := func(text string) bool {
		return text != "" && (isSecretField(c.Field) && !readsSecret(text) || s.holdsSecret(text))
	}
	if hides(c.From) {
		c.From = mark
	}
	if c.Fill == "" && hides(c.To) {
		c.To = mark
	}
	return c
}

// isSecretField reports whether a field holds a shared secret, a password or credentials, in the
// ways in which configurations name them: textKey, text_key, authorizationValue, clientSecret.
func isSecretField(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(name, "_", ""), "-", ""))
	parts := []string{
		"textkey", "secret", "password", "passphrase", "authorizationvalue", "privatekey",
	}
	ends := []string{
		"jwtkey", "apikey", "accesskey", "accountkey", "signaturekey", "sessiontoken", "passwd",
	}
	return slices.ContainsFunc(parts, func(part string) bool {
		return strings.Contains(name, part)
	}) || slices.ContainsFunc(ends, func(end string) bool {
		return strings.HasSuffix(name, end)
	})
}

// holdsSecret reports whether a text has a private key in PEM, or is JSON, or lines of a name and
// a value, with a secret field in it, as a configuration that is kept as text may be. Of JSON that
// can't be read the names alone count.
func (s *shield) holdsSecret(text string) bool {
	if strings.Contains(text, "PRIVATE KEY-----") {
		return true
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return s.lineWithSecret(text)
	}
	inner, err := source.ReadJSON("", []byte(text))
	if err != nil {
		return isSecretField(text)
	}
	return slices.ContainsFunc(inner.Documents, s.hasSecret)
}

// lineWithSecret reports whether one of a text's lines is a secret field, a colon and its value.
func (s *shield) lineWithSecret(text string) bool {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ": ")
		value = strings.TrimSpace(value)
		if value != "" && isSecretField(name) && !slices.Contains(s.known, value) &&
			!readsSecret(value) && !strings.ContainsAny(name, " \t") {
			return true
		}
	}
	return false
}

func (s *shield) hasSecret(v *source.Value) bool {
	return slices.ContainsFunc(v.Items, s.hasSecret) ||
		slices.ContainsFunc(v.Members, func(m source.Member) bool {
			switch {
			case isCredential(v, &m):
				return true
			case m.Value.Is(source.String):
				return s.isSecret(&m)
			case isSecretField(m.Key) && !m.Value.Is(source.Null):
				return true
			}
			return s.hasSecret(m.Value)
		})
}

// CutLine returns the line of a file in which a span begins, safe to print and without secrets:
// what is before the span, the span as far as it is on that line, and what is behind it.
func CutLine(file *source.File, span source.Span) (before, marked, after string) {
	start, end := lineAround(file, span)
	var line []byte
	if len(file.Documents) > 0 {
		line = Shielded(file)[start:end]
	} else { // the text alone was kept: only tokens are left to be found, each on one line
		line = bytes.Clone(file.Text[start:end])
		hide(line, tokensIn(line))
	}
	at, last := span.Start-start, min(max(span.End, span.Start), end)-start
	after = safeLine(bytes.TrimRight(line[last:], "\r"))
	return safeLine(line[:at]), safeLine(line[at:last]), strings.TrimRight(after, " ")
}

// lineAround is where the line begins in which a span begins, and where it ends.
func lineAround(file *source.File, span source.Span) (start, end int) {
	start, end = bytes.LastIndexByte(file.Text[:span.Start], '\n')+1, len(file.Text)
	if i := bytes.IndexByte(file.Text[span.Start:], '\n'); i >= 0 {
		end = span.Start + i
	}
	return start, end
}

// safeLine makes a part of a line safe to print. A tab becomes spaces, so that carets stand under
// what they mean.
func safeLine(part []byte) string {
	return inspect.Safe(strings.ReplaceAll(string(part), "\t", "    "))
}

// Open returns a configuration's text with marks in the place of secrets and tokens, so that it
// can be handed on; public keys stay. It is not ok if the text can't be read, for then nobody
// knows what is a secret in it.
func Open(name, text string) (open string, ok bool) {
	file, err := source.Read(name, []byte(text))
	if err != nil {
		return "", false
	}
	s := shield{file: file, publicKeys: true}
	spans := s.all()
	slices.SortStableFunc(spans, func(a, b source.Span) int { return a.Start - b.Start })
	var b strings.Builder
	done := 0
	for _, span := range spans {
		if span.Start < done || span.End > len(file.Text) {
			continue // inside of one that is hidden already
		}
		b.Write(file.Text[done:span.Start])
		b.WriteString(markLike(string(file.Text[span.Start:span.End])))
		done = span.End
	}
	b.Write(file.Text[done:])
	_, err = source.Read(name, []byte(b.String()))
	return b.String(), err == nil
}

// markLike is the mark for a secret, in the quotes that the secret has.
func markLike(secret string) string {
	quote := secret[:1]
	if len(secret) > 1 && strings.Contains(`"'`, quote) && strings.HasSuffix(secret, quote) {
		return quote + SecretMark + quote
	}
	return SecretMark
}
