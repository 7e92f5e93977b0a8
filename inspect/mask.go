package inspect

import (
	"encoding/base64"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Masker replaces personal values and tokens by labels: "user-1", "name-1". The same value gets
// the same label as long as the Masker lives, so a reader still sees which values are equal. The
// zero Masker is ready, for one goroutine.
type Masker struct {
	labels map[string]string // by value in lower case, for an address is the same in either
	counts map[string]int    // by the label's word
	values []string          // what was learned, ASCII in lower case
	short  []string          // what was learned and is too short to be found in either case
}

// minMasked is the shortest value that is replaced in running text in either case, in bytes: a
// shorter one could be a word.
const minMasked = 4

// maxMasked is how many values are replaced in running text.
const maxMasked = 1000

// Learn takes note of the personal values in a token's claims. An app-only token's oid and sub are
// no person's.
func (m *Masker) Learn(p *Profile, claims *source.Value) {
	if claims == nil {
		return
	}
	for i := range claims.Members {
		c := &claims.Members[i]
		m.learn(claimWord(p, c.Key), c.Value)
	}
}

// learn gives a label to strings at and under v: to every string of a personal claim, to strings
// of other claims that look like an address, and to the e-mail addresses within any string.
func (m *Masker) learn(word string, v *source.Value) {
	for _, item := range v.Items {
		m.learn(word, item)
	}
	for i := range v.Members {
		m.learn(word, v.Members[i].Value)
	}
	text, ok := v.Str()
	if word == "" {
		word = shapeWord(text)
	}
	if ok && text != "" && word != "" {
		m.label(word, text)
		m.remember(text)
	}
	for _, mail := range mailsIn(text) {
		m.label(shapeWord(mail), mail)
		m.remember(mail)
	}
}

// Claims returns the claims with the personal ones masked, as a new value. Numbers of personal
// claims are masked too.
func (m *Masker) Claims(p *Profile, claims *source.Value) *source.Value {
	if claims == nil {
		return nil
	}
	out := *claims
	out.Members = slices.Clone(claims.Members)
	for i := range out.Members {
		c := &out.Members[i]
		c.Value = m.value(claimWord(p, c.Key), c.Value)
	}
	return &out
}

func (m *Masker) value(word string, v *source.Value) *source.Value {
	out := v.Mapped(func(inside *source.Value) *source.Value { return m.value(word, inside) })
	switch {
	case v.Kind == source.Number && word != "":
		out.Kind, out.Text = source.String, m.label(word, v.Text)
	case v.Kind != source.String || v.Text == "":
	case word != "":
		out.Text = m.label(word, v.Text)
	case shapeWord(v.Text) != "":
		out.Text = m.label(shapeWord(v.Text), v.Text)
	default:
		out.Text = m.Text(v.Text)
	}
	return out
}

// Text returns a text with every personal value that was learned, and every token, replaced by its
// label.
func (m *Masker) Text(text string) string {
	text = MaskTokens(text)
	folded := foldASCII(text)
	for _, value := range m.values {
		label := m.labels[strings.ToLower(value)]
		for _, written := range [...]string{value, foldASCII(Safe(value))} {
			if strings.Contains(folded, written) {
				text = replaceWord(text, folded, written, label)
				folded = foldASCII(text)
			}
		}
	}
	for _, value := range m.short {
		text = replaceWord(text, text, value, m.labels[strings.ToLower(value)])
	}
	return text
}

// Observation returns an observation that can be shared. A message about a personal claim is left
// out: it may show the value shortened, and then the value is not found in it.
func (m *Masker) Observation(p *Profile, o Observation) Observation {
	name, ok := strings.CutPrefix(o.Path, "claims.")
	name, _, _ = strings.Cut(name, ".")
	o.Message = m.Text(o.Message)
	if ok && claimWord(p, name) != "" {
		o.Message = "about a personal claim, whose value is masked"
	}
	return o
}

// label returns the label of a value, which it gets on its first sight.
func (m *Masker) label(word, value string) string {
	key := strings.ToLower(value)
	if m.labels == nil {
		m.labels, m.counts = map[string]string{}, map[string]int{}
	}
	if _, known := m.labels[key]; !known {
		m.counts[word]++
		m.labels[key] = word + "-" + strconv.Itoa(m.counts[word])
	}
	return m.labels[key]
}

// remember has a value replaced in running text.
func (m *Masker) remember(value string) {
	switch {
	case len(m.values)+len(m.short) >= maxMasked:
	case len(value) >= minMasked:
		m.values = insertByLength(m.values, foldASCII(value))
	case isShortName(value):
		m.short = insertByLength(m.short, value)
	}
}

// insertByLength inserts a value after all longer ones, unless it is there already. So no value is
// replaced within a longer one.
func insertByLength(list []string, value string) []string {
	if slices.Contains(list, value) {
		return list
	}
	at, _ := slices.BinarySearchFunc(list, value,
		func(v, value string) int { return len(value) - len(v) })
	return slices.Concat(list[:at], []string{value}, list[at:])
}

// maskedToken stands for a token in text that is shared.
const maskedToken = "(token)"

// minPart is the shortest beginning of a token that is masked, in bytes. Our own sentences say
// that a token starts with eyJ.
const minPart = 8

// MaskTokens returns a text without anything that has the shape of a token or of a secret that
// comes with one: parts of tokens, refresh tokens, client secrets, whatever follows Bearer, and
// what a URL, a connection string or the scheme Basic has for a password or a key.
func MaskTokens(text string) string {
	spans := SecretSpans(text)
	if spans == nil {
		return text
	}
	var b strings.Builder
	from := 0
	for _, span := range spans {
		b.WriteString(text[from:span.Start])
		b.WriteString(maskedToken)
		from = span.End
	}
	b.WriteString(text[from:])
	return b.String()
}

// SecretSpans returns where in a text what MaskTokens masks is.
func SecretSpans(text string) []source.Span {
	spans := TokenSpans(text)
	_, after, isURL := strings.Cut(text, "://")
	if isURL && (strings.Contains(after, "@") || strings.ContainsAny(text, "?&")) {
		spans = withMatches(spans, text, urlSecret.Value(), nil)
	}
	if strings.Contains(text, "=") && strings.ContainsAny(text, ";&") {
		spans = withMatches(spans, text, connectionSecret.Value(), nil)
	}
	if strings.Contains(text, "asic ") || strings.Contains(text, "ASIC ") {
		spans = withMatches(spans, text, basicCredentials.Value(), isBasic)
	}
	return spans
}

// TokenSpans returns where in a text the tokens are, and the secrets that come with one.
func TokenSpans(text string) []source.Span {
	var spans []source.Span
	for at, from := 0, 0; at < len(text); {
		n := token68(text[at:])
		if n == 0 {
			at++
			continue
		}
		start, ok := secretIn(text[from:at], text[at:at+n])
		if !ok {
			at += n
			continue
		}
		end := at + n + restOfToken(text[at+n:])
		spans = append(spans, source.Span{Start: at + start, End: end})
		at, from = end, end
	}
	return spans
}

// urlSecret finds the password of a URL, and the value of a parameter that is named like a key.
// The code at Entra ID's page of errors is no secret, and reaches no group.
var urlSecret = source.Lazy[*regexp.Regexp]{Make: func() *regexp.Regexp {
	return regexp.MustCompile(
		`(?i)://login\.microsoftonline\.com/error\?code=[0-9]+(?:[\s"'<>)]|$)|` +
			`://[^/?#\s"'<>@:]*:([^/?#\s"'<>@]+)@|` +
			`[?&](?:code|sig|(?:[a-z]+[-_]?)*(?:key|secret|password))=([^&#\s"'<>]+)`)
}}

// connectionSecret finds the key or the password of a connection string, and the signature of a
// shared access signature that stands in no URL.
var connectionSecret = source.Lazy[*regexp.Regexp]{Make: func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(?:sharedaccesskey|accountkey)=([^;\s"'<>]+)|` +
		`;\s*(?:password|pwd)=([^;\s"'<>]+)|&sig=([^&;\s"'<>]+)`)
}}

// basicCredentials finds what follows the scheme Basic: base64 of a name, a colon and a password
// (RFC 7617, section 2), six characters or more. A shorter word is prose.
var basicCredentials = source.Lazy[*regexp.Regexp]{Make: func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)\bbasic +([a-z0-9+/_-]{6,}={0,2})`)
}}

// withMatches adds what a group of the expression matches to spans, in order, and leaves out what
// one of the spans has, and what fails the test. Without a test, all counts.
func withMatches(
	spans []source.Span, text string, secret *regexp.Regexp, test func(string) bool,
) []source.Span {
	for _, found := range secret.FindAllStringSubmatchIndex(text, -1) {
		end := slices.Max(found[2:]) // one group has matched; of the others, both offsets are -1
		if end < 0 {
			continue
		}
		one := source.Span{Start: found[slices.Index(found[2:], end)+1], End: end}
		touches := func(s source.Span) bool { return s.Start < one.End && one.Start < s.End }
		passes := test == nil || test(text[one.Start:one.End])
		if passes && !slices.ContainsFunc(spans, touches) {
			spans = append(spans, one)
		}
	}
	slices.SortFunc(spans, func(a, b source.Span) int { return a.Start - b.Start })
	return spans
}

// isBasic reports whether a text is base64 of a text with a colon.
func isBasic(text string) bool {
	text = strings.TrimRight(text, "=")
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		pair, err := encoding.DecodeString(text)
		if err == nil && utf8.Valid(pair) && strings.Contains(string(pair), ":") {
			return true
		}
	}
	return false
}

// separated finds what is between the parts of a token that was escaped, wrapped, spaced or
// shortened: an escape of a URL or of JSON, white space, characters that do not show, or an
// ellipsis.
var separated = source.Lazy[*regexp.Regexp]{Make: func() *regexp.Regexp {
	return regexp.MustCompile(
		`^(?:%(?:25)*[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}|\\[nrt]|[.…\s\p{Cc}\p{Cf}]){1,16}`)
}}

// escapedDot is the dot of a token in a URL or in JSON: whatever follows is the token's.
var escapedDot = source.Lazy[*regexp.Regexp]{Make: func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:%(?:25)*2[Ee]|\\u002[Ee])$`)
}}

// minRest is how long the rest of a token is at least, in bytes: a signature has 43 or more.
const minRest = 32

// restOfToken returns the length of the rest of a token that is apart from its beginning. After
// white space, what begins like a token is another token.
func restOfToken(text string) int {
	end := 0
	for {
		between := separated.Value().FindString(text[end:])
		run := text[end+len(between):]
		run = run[:token68(run)]
		another := strings.TrimSpace(between) == "" && strings.HasPrefix(run, jsonStart)
		belongs := escapedDot.Value().MatchString(between) || between == "…" ||
			len(run) >= minRest && isMixed(run)
		if between == "" || run == "" || another || !belongs {
			return end
		}
		end += len(between) + len(run)
	}
}

// isMixed reports whether a text has letters of both cases and digits, as base64 has.
func isMixed(text string) bool {
	return strings.ContainsFunc(text, unicode.IsUpper) &&
		strings.ContainsFunc(text, unicode.IsLower) && strings.ContainsFunc(text, unicode.IsDigit)
}

// secretIn returns where in a run of token characters a secret begins.
func secretIn(before, run string) (start int, ok bool) {
	if len(run) < minPart {
		return 0, false
	}
	if start := strings.Index(run, jsonStart); start >= 0 && len(run)-start >= minPart {
		return start, true
	}
	if len(run) < minOpaque {
		return 0, false
	}
	if start := endOfToken(run); start >= 0 {
		return start, true
	}
	if isClientSecret(run) || isRefreshToken(run) {
		return 0, true
	}
	return 0, labelBefore(before).phrase != ""
}

// endsObject is how base64url ends, of bytes that end with a brace, as a token's claims do.
var endsObject = source.Lazy[*regexp.Regexp]{Make: func() *regexp.Regexp {
	return regexp.MustCompile(`(?:fQ|[HXn3]0|[BFJNRVZdhlptx159]9)$`)
}}

// endOfToken returns where a token ends in a run of token characters, if the token began
// elsewhere: after the end of its claims, a dot and its signature. It is -1 where there is none.
func endOfToken(run string) int {
	start := 0
	for start < len(run) {
		claims, rest, dotted := strings.Cut(run[start:], ".")
		signature, _, _ := strings.Cut(rest, ".")
		switch {
		case !dotted:
			return -1
		case len(claims) >= minPart && len(signature) >= minRest && isMixed(signature) &&
			endsObject.Value().MatchString(claims):
			return start
		}
		start += len(claims) + 1
	}
	return -1
}

// claimWord returns the word that a claim's labels start with, or nothing if the claim is not
// personal.
func claimWord(p *Profile, claim string) string {
	switch claim {
	case "oid", "sub":
		if p.Flow == AppOnly {
			return ""
		}
		return "person"
	case "email", "emails", "upn", "preferred_username", "unique_name", "verified_primary_email",
		"verified_secondary_email", "login_hint":
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

// isDirectoryAttribute reports whether a claim, in lower case, has the name of an attribute of a
// user in the directory. Claims mapping policies and user flows of B2C write such claims
// (learn.microsoft.com/entra/identity-platform/reference-claims-customization,
// learn.microsoft.com/azure/active-directory-b2c/user-profile-attributes), and some tokens name a
// guest's or a synced user's account so. Extension attributes hold what the tenant's
// administrators put there, mostly about people.
func isDirectoryAttribute(claim string) bool {
	switch claim {
	case "displayname", "givenname", "surname", "mail", "mailnickname", "othermail", "othermails",
		"signinnames", "userprincipalname", "winaccountname", "altsecid", "home_oid",
		"employeeid", "jobtitle", "department", "companyname", "mobilephone", "telephonenumber",
		"facsimiletelephonenumber",
		"streetaddress", "city", "postalcode", "state", "country", "samaccountname",
		"onpremisessamaccountname",
		"onpremisesuserprincipalname", "onpremisesdistinguishedname",
		"onpremisessecurityidentifier", "dateofbirth":
		return true
	}
	return source.HasAnyPrefix(claim, "extension_", "extensionattribute", "extn.")
}

// shapeWord returns the word for a value that looks personal, whatever its claim, or "".
func shapeWord(text string) string {
	if isMail(text) {
		return "user"
	}
	if _, err := netip.ParseAddr(text); err == nil {
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
	words := strings.FieldsFunc(text,
		func(r rune) bool { return !isWordRune(r) && !strings.ContainsRune(".@_%+-", r) })
	var mails []string
	for _, word := range words {
		if word = strings.Trim(word, ".-"); isMail(word) {
			mails = append(mails, word)
		}
	}
	return mails
}

// replaceWord replaces a value where it is a word of its own. It looks for the value in the second
// text, which has the same offsets.
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

// isShortName reports whether a short value can be replaced in running text if it is written in
// the same case. A number appears in too many places. So does ID, which is Indonesia's code too.
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

// standsAlone reports whether no letter or digit touches a span.
func standsAlone(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	behind, _ := utf8.DecodeRuneInString(text[end:])
	return !isWordRune(before) && !isWordRune(behind)
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
