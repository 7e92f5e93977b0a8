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
	if ok && info.Personal || isDirectoryAttribute(strings.ToLower(claim)) {
		return "personal"
	}
	return ""
}

// isDirectoryAttribute reports whether a claim, in lower case, has the name of an attribute of a user in the directory, as claims
// mapping policies and user flows of B2C write them (learn.microsoft.com/entra/identity-platform/reference-claims-customization,
// learn.microsoft.com/azure/active-directory-b2c/user-profile-attributes). Extension attributes hold what the tenant's
// administrators put there, mostly about people.
func isDirectoryAttribute(claim string) bool {
	switch claim {
	case "displayname", "givenname", "surname", "mail", "mailnickname", "othermail", "othermails", "signinnames", "userprincipalname",
		"employeeid", "jobtitle", "department", "companyname", "mobilephone", "telephonenumber", "facsimiletelephonenumber",
		"streetaddress", "city", "postalcode", "state", "country", "samaccountname", "onpremisessamaccountname",
		"onpremisesuserprincipalname", "onpremisesdistinguishedname", "onpremisessecurityidentifier", "dateofbirth":
		return true
	}
	for _, prefix := range [...]string{"extension_", "extensionattribute", "extn."} {
		if strings.HasPrefix(claim, prefix) {
			return true
		}
	}
	return false
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

// mailsIn returns the words of a text that look like e-mail addresses.
func mailsIn(text string) []string {
	if !strings.Contains(text, "@") {
		return nil
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return !isWordRune(r) && !strings.ContainsRune(".@_%+-", r) })
	var mails []string
	for _, word := range words {
		if word = strings.Trim(word, ".-"); isMail(word) {
			mails = append(mails, word)
		}
	}
	return mails
}

func isAddress(text string) bool {
	_, err := netip.ParseAddr(text)
	return err == nil
}

// replaceWord replaces a value where it stands as a word of its own. It is sought in the second text, which has the same offsets.
func replaceWord(text, in, value, label string) string {
	var b strings.Builder
	for from := 0; ; {
		at := strings.Index(in[from:], value)
		if at < 0 {
			b.WriteString(text[from:])
			return b.String()
		}
		start, end := from+at, from+at+len(value)
		b.WriteString(text[from:start])
		if standsAlone(text, start, end) {
			b.WriteString(label)
		} else {
			b.WriteString(text[start:end])
		}
		from = end
	}
}

// isShortName reports whether a short value can be replaced in running text where it is written just so: a number stands in too
// many places, and ID, which is Indonesia's code too, in every other sentence here.
func isShortName(value string) bool {
	return len(value) > 1 && value != "ID" && strings.ContainsFunc(value, unicode.IsLetter)
}

// foldASCII returns a text in lower case as far as it is ASCII, so that its offsets stay.
func foldASCII(text string) string {
	folded := []byte(text)
	for i, c := range folded {
		if 'A' <= c && c <= 'Z' {
			folded[i] = c + 'a' - 'A'
		}
	}
	return string(folded)
}

// standsAlone reports whether no letter or digit stands before or behind a span.
func standsAlone(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	behind, _ := utf8.DecodeRuneInString(text[end:])
	return !isWordRune(before) && !isWordRune(behind)
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
