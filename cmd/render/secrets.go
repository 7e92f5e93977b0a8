package render

import (
	"bytes"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// withoutSecrets returns a file's text with stars in place of secret values, so that we can
// show a line of it. It has as many bytes as the file.
func withoutSecrets(file *source.File) []byte {
	var spans []source.Span
	for _, document := range file.Documents {
		spans = secrets(document, spans)
	}
	if len(spans) == 0 {
		return file.Text
	}
	text := bytes.Clone(file.Text)
	for _, span := range spans {
		for i := max(span.Start, 0); i < min(span.End, len(text)); i++ {
			if text[i] != '\n' && text[i] != '\r' {
				text[i] = '*'
			}
		}
	}
	return text
}

func secrets(v *source.Value, spans []source.Span) []source.Span {
	for _, item := range v.Items {
		spans = secrets(item, spans)
	}
	for i := range v.Members {
		m := &v.Members[i]
		if m.Value.Is(source.String) && isSecret(m) {
			spans = append(spans, m.Value.Span)
			continue
		}
		spans = secrets(m.Value, spans)
	}
	return spans
}

// isSecret reports whether the text of a member is secret. An expression is not: it says where
// the secret is.
func isSecret(m *source.Member) bool {
	expression := strings.HasPrefix(m.Value.Text, "#[")
	return isSecretField(m.Key) && !expression || holdsSecretField(m.Value.Text)
}

// isSecretField reports whether a field holds a shared secret, a password or credentials.
// Configurations name it in several ways: textKey, text_key, authorizationValue, clientSecret.
func isSecretField(name string) bool {
	name = strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name))
	for _, part := range []string{
		"textkey", "secret", "password", "authorizationvalue", "privatekey",
	} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// holdsSecretField reports whether a text is JSON with a secret field in it. Some
// configurations are kept as text.
func holdsSecretField(text string) bool {
	return strings.HasPrefix(strings.TrimSpace(text), "{") && isSecretField(text)
}
