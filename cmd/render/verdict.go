package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/rules"
)

func deciding(v *rules.Verdict, behind string) string {
	if v.Decided == nil {
		return ""
	}
	name := checkName(v.Decided.Check) + behind
	if where := alternative(v.Decided.Group()); where != "" {
		name += " (" + where + ")"
	}
	return name
}

// alternative says in words which alternative a check's group is: "alternative 2". It is empty in
// a plain list.
func alternative(group string) string {
	var words []string
	for _, step := range strings.Split(group, ".") {
		if word := stepWord(step); word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// stepWord is one step of a group in words. It leaves out the place in a list, since the order
// of the checks shows it.
func stepWord(step string) string {
	kind, rest, _ := strings.Cut(step, "[")
	index, end, _ := strings.Cut(rest, "]")
	n, _ := strconv.Atoi(index) // of a step without an index it is not read
	switch kind + end {
	case "any":
		return fmt.Sprintf("alternative %d", n+1)
	case "not":
		return "must not hold"
	case "first":
		return fmt.Sprintf("rule %d", n+1)
	case "if":
		return "its condition"
	case "default":
		return "no rule applies"
	}
	return ""
}

// checkRows are checks as rows of a list, each alternative under its name.
func checkRows(style *Text, results []rules.Result, detail func(*rules.Result) string) []Row {
	var rows []Row
	var groups rules.Groups
	in := ""
	for i := range results {
		r := &results[i]
		if at := alternative(groups.Of(r)); at != in {
			in = at
			if at == "" {
				at = "in any case"
			}
			rows = append(rows, Row{at, ""})
		}
		label := style.Mark(outcomeShown(r)) + " " + checkName(r.Check)
		if in != "" {
			label = indent + label
		}
		rows = append(rows, Row{label, detail(r)})
	}
	return rows
}

// outcomeShown is the outcome that the sign of a check shows. The outcome does not matter if
// the check keeps nobody out.
func outcomeShown(r *rules.Result) string {
	if r.Harmless {
		return string(rules.Skipped)
	}
	return string(r.Outcome)
}

// harmless says of a check that it keeps nobody out, and what the gateway found.
func harmless(r *rules.Result) string {
	text := "is not known: " + r.Why()
	switch {
	case r.Outcome == rules.Fail && r.Check.Wants != "": // of a request, not of a value
		text = "does not hold: wanted " + r.Expected()
	case r.Outcome == rules.Fail:
		text = "does not hold: " + compared(r)
	}
	return safe(text + "; this check rejects nobody")
}

// passes says of a request that is let in whether it passed checks, or no policy made any.
func passes(v *rules.Verdict) string {
	harmless := func(r rules.Result) bool { return r.Harmless }
	switch {
	case unchecked(v):
		return "no policy checks this request"
	case slices.ContainsFunc(v.Results, harmless):
		return "every required check passes"
	}
	return "every check passes"
}

// unchecked reports whether a request is let in, and no policy made a check.
func unchecked(v *rules.Verdict) bool {
	passed := func(r rules.Result) bool {
		return r.Outcome == rules.Pass && r.Check.ID != rules.Routed
	}
	return v.Outcome == rules.Accepted && !slices.ContainsFunc(v.Results, passed)
}

// statusOf is the status of an answer with its name, or the statuses that it may have.
func statusOf(code int, a *rules.Answer) string {
	if code != 0 || a.OneOf == nil {
		return status(code)
	}
	return a.Statuses()
}

// status is a status with its name in HTTP, or that it is not known.
func status(code int) string {
	if code == 0 {
		return "status not known"
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, statusName(code)))
}

// statusName is the name of a status in HTTP; empty where there is none.
func statusName(code int) string {
	if code >= len(statusNames) {
		return ""
	}
	return statusNames[code]
}

func checkName(c *rules.Check) string { return checkNamed(c.ID, c.Claim) }

func checkNamed(id rules.ID, claim string) string {
	name := strings.ReplaceAll(string(id), "-", " ")
	if claim != "" {
		name += " " + safe(claim)
	}
	return name
}

// OutcomeLine is a verdict in a few words.
func OutcomeLine(v *rules.Verdict) string {
	switch v.Outcome {
	case rules.Accepted:
		return "200 accepted"
	case rules.Rejected:
		return decidedAt(statusOf(v.Status, &v.Answer), deciding(v, "")) +
			unless(v.EarlierUnknown())
	}
	return decidedAt("undetermined", deciding(v, ""))
}

// unless says of a rejection that a check before the one that decides is not known, if one is.
func unless(earlier rules.ID) string {
	switch earlier {
	case "":
		return ""
	case rules.NotModelled:
		return ", unless a policy that gatewhy can't predict rejects first"
	}
	return ", unless the " + checkNamed(earlier, "") + " check rejects first"
}

// decidedAt adds where something is decided, if we know.
func decidedAt(what, where string) string {
	if where == "" {
		return what
	}
	return what + " at " + where
}

func verdictLine(v *rules.Verdict) string {
	switch v.Outcome {
	case rules.Accepted:
		return "200, accepted"
	case rules.Rejected:
		return decidedAt(statusOf(v.Status, &v.Answer)+", rejected", theCheck(v))
	}
	if v.Decided != nil && v.Decided.Check.ID == rules.NotModelled {
		return "undetermined: " + notPredicted(v)
	}
	return decidedAt("undetermined", theCheck(v))
}

func notPredicted(v *rules.Verdict) string {
	switch d := v.Decided; {
	case d == nil || d.Check.ID != rules.NotModelled || d.Policy == nil:
		return "the " + deciding(v, " check") + " can't be decided from what was given"
	case d.Policy.Unread:
		return "gatewhy could not read all policies, so it can't predict the answer"
	case d.Policy.Strange:
		return "gatewhy does not know the policy " + safe(inspect.InSentence(d.Policy.Name)) +
			", so it can't predict the answer"
	default:
		return "gatewhy can't predict what " + safe(d.Policy.Name) + " answers"
	}
}

func theCheck(v *rules.Verdict) string {
	if v.Decided == nil {
		return ""
	}
	return "the " + deciding(v, " check")
}

// evidenceText is what something is known from, with how sure that is; empty if it is not known.
func evidenceText(e rules.Evidence) string {
	if e.Reference == "" {
		return ""
	}
	return string(e.Level) + ": " + e.Reference
}

// statusNames are the reason phrases of HTTP status codes (IANA's registry). net/http has them
// too, and would be half of the page's module.
var statusNames = [...]string{
	100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints",
	200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information",
	204: "No Content", 205: "Reset Content", 206: "Partial Content", 207: "Multi-Status",
	208: "Already Reported", 226: "IM Used",
	300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other",
	304: "Not Modified", 305: "Use Proxy", 307: "Temporary Redirect", 308: "Permanent Redirect",
	400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden",
	404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
	407: "Proxy Authentication Required", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
	411: "Length Required", 412: "Precondition Failed", 413: "Request Entity Too Large",
	414: "Request URI Too Long", 415: "Unsupported Media Type",
	416: "Requested Range Not Satisfiable", 417: "Expectation Failed", 418: "I'm a teapot",
	421: "Misdirected Request", 422: "Unprocessable Entity", 423: "Locked",
	424: "Failed Dependency", 425: "Too Early", 426: "Upgrade Required",
	428: "Precondition Required", 429: "Too Many Requests",
	431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons",
	500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
	503: "Service Unavailable", 504: "Gateway Timeout", 505: "HTTP Version Not Supported",
	506: "Variant Also Negotiates", 507: "Insufficient Storage", 508: "Loop Detected",
	510: "Not Extended", 511: "Network Authentication Required",
}

// failures are checks that failed and keep the request out. The zero failures is ready.
type failures struct {
	groups rules.Groups
	of     map[*rules.Policy]*failedAt
}

// failedAt is where checks of a policy failed: at the end of a path of alternatives, or below it.
type failedAt struct {
	here     bool
	below    map[string]*failedAt // by the next step
	anywhere bool                 // some step below it is not one of several alternatives
}

// add adds a check if it failed and keeps the request out.
func (f *failures) add(r *rules.Result) {
	if !r.KeepsOut() {
		return
	}
	if f.of == nil {
		f.of = map[*rules.Policy]*failedAt{}
	}
	at := f.of[r.Policy]
	if at == nil {
		at = &failedAt{}
		f.of[r.Policy] = at
	}
	for _, step := range strings.Split(f.groups.Of(r), ".") {
		if at.below == nil {
			at.below = map[string]*failedAt{}
		}
		if at.below[step] == nil {
			at.below[step] = &failedAt{}
		}
		at.anywhere = at.anywhere || !isAlternative(step)
		at = at.below[step]
	}
	at.here = true
}

func isAlternative(step string) bool { return strings.HasPrefix(step, "any[") }

// before reports whether one of them comes before a check, so that the check would fail next. A
// failure in another alternative does not count.
func (f *failures) before(r *rules.Result) bool {
	at := f.of[r.Policy]
	if len(f.of) > 1 || len(f.of) == 1 && at == nil {
		return true
	}
	if at == nil {
		return false
	}
	for _, step := range strings.Split(f.groups.Of(r), ".") {
		next := at.below[step]
		switch others := len(at.below) > 1 || len(at.below) == 1 && next == nil; {
		case at.here:
			return true
		case others && (at.anywhere || !isAlternative(step)):
			return true
		case next == nil:
			return false
		}
		at = next
	}
	return true // itself is before it, or one below it
}
