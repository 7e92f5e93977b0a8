package rules

import "strings"

// IsHTTPToken reports whether a text is what HTTP calls a token (RFC 9110, section 5.6.2), as the
// names of methods, headers and cookies are.
func IsHTTPToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

// MethodFault says why a text is not a method (RFC 9110, section 9.1); empty where it is one.
func MethodFault(text string) string {
	if !IsHTTPToken(text) {
		return "a method is a word, such as GET"
	}
	return ""
}

// PathFault says why a text is not the path of a request (RFC 9112, section 3.2); empty where it
// is one.
func PathFault(text string) string {
	switch {
	case text == "*":
		return ""
	case strings.Contains(text, "://"):
		return "the path begins behind the host"
	case !strings.HasPrefix(text, "/"):
		return "a path begins with /"
	case strings.ContainsAny(text, " \t\r\n"):
		return "a path has no white space: write it as %20"
	case strings.Contains(text, "#"):
		return "nothing behind a # is sent"
	}
	return ""
}
