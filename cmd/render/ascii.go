package render

import "strings"

// ASCII returns a text with our own signs in the letters of every terminal: ... for an ellipsis, -> for an arrow, - for a dash.
// What comes from the input is left as it is.
func ASCII(text string) string {
	return strings.NewReplacer("…", "...", "→", "->", "–", "-").Replace(text)
}

// legible returns a text as the terminal can show it.
func (s Style) legible(text string) string {
	if s.Unicode {
		return text
	}
	return ASCII(text)
}
