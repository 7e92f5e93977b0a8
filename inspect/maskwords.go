package inspect

import (
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"
)

// claimWord returns the word that a claim's labels start with, or "" where the claim is not personal.
func claimWord(p *Profile, claim string) string {
	switch claim {
	case "oid", "sub":
		if p.Flow == AppOnly {
			return ""
		}
		return "person"
	case "email", "emails", "upn", "preferred_username", "unique_name", "verified_primary_email", "verified_secondary_email", "login_hint":
		return "user"
	case "ipaddr", "fwd":
		return "address"
	case "name", "given_name", "family_name", "middle_name", "nickname":
		return "name"
	}
	info, ok := Claim(claim)
	// Extension attributes hold what the tenant's administrators put there, mostly about people.
	if ok && info.Personal || strings.HasPrefix(claim, "extension_") || strings.HasPrefix(claim, "extn.") {
		return "personal"
	}
	return ""
}

// shapeWord returns the word for a value that looks personal, whatever its claim, or "".
func shapeWord(text string) string {
	switch {
	case isMail(text):
		return "user"
	case isAddress(text):
		return "address"
	}
	return ""
}

// isMail reports whether a text looks like an e-mail address or a user principal name.
func isMail(text string) bool {
	name, host, ok := strings.Cut(text, "@")
	return ok && name != "" && strings.Contains(host, ".") && !strings.ContainsAny(text, " /:")
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

// replaceWord replaces a value where it stands as a word of its own.
func replaceWord(text, value, label string) string {
	var b strings.Builder
	for {
		at := strings.Index(text, value)
		if at < 0 {
			b.WriteString(text)
			return b.String()
		}
		end := at + len(value)
		b.WriteString(text[:at])
		if standsAlone(text, at, end) {
			b.WriteString(label)
		} else {
			b.WriteString(value)
		}
		text = text[end:]
	}
}

// standsAlone reports whether no letter or digit stands before or behind a span.
func standsAlone(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	behind, _ := utf8.DecodeRuneInString(text[end:])
	return !isWordRune(before) && !isWordRune(behind)
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
