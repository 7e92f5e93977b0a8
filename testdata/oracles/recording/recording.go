package recording

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The files of a configuration's folder, beside those that the program itself reads.
const (
	AnswersFile  = "answers.tsv"  // the recording
	RequestsFile = "requests.txt" // what is asked with every token, a line each
	CommandFile  = "command.txt"  // the command line that starts the program, in this folder
)

// Recording is what one program answered with one configuration.
type Recording struct {
	Program, Version string
	Date             string // as YYYY-MM-DD
	Answers          []Answer
}

// Answer is what was answered to one request.
type Answer struct {
	Request string // a line of the file of requests
	Token   string // its name
	Status  int    // 0 where the connection ended without an answer
	Type    string // the media type; empty for none
	Body    Body
	Words   string // the title of a page, or a short body as it is
	Reached bool   // the request came to the upstream
}

// Body is a kind of body.
type Body string

// The kinds of body.
const (
	Empty    Body = "empty"
	Upstream Body = "upstream"  // the upstream's own
	JSON     Body = "json"      // an object
	Text     Body = "text"      // a line or two
	SignIn   Body = "sign-in"   // a page on which to sign in
	Page     Body = "page"      // another page
	Redirect Body = "redirect"  // a link to where to go
	Nothing  Body = "no-answer" // the connection ended
)

// columns are the heading of a recording.
const columns = "request\ttoken\tstatus\ttype\tbody\twords\treached"

// Path is the place of a configuration's recording.
func Path(folder string) string { return filepath.Join(folder, AnswersFile) }

// Read reads a recording.
func Read(path string) (*Recording, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	title := strings.Fields(lines[0])
	if len(lines) < 2 || len(title) != 5 || lines[1] != columns {
		return nil, fmt.Errorf("%s: not a recording", path)
	}
	r := &Recording{Program: title[1], Version: title[2], Date: title[4]}
	for i, line := range lines[2:] {
		answer, err := parse(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+3, err)
		}
		r.Answers = append(r.Answers, answer)
	}
	return r, nil
}

func parse(line string) (Answer, error) {
	cells := strings.Split(line, "\t")
	if len(cells) != 7 {
		return Answer{}, fmt.Errorf("%d columns, want 7", len(cells))
	}
	status, err := strconv.Atoi(cells[2])
	if err != nil {
		return Answer{}, err
	}
	words, err := strconv.Unquote(cells[5])
	if err != nil {
		return Answer{}, err
	}
	return Answer{
		Request: cells[0], Token: cells[1], Status: status, Type: cells[3], Body: Body(cells[4]),
		Words: words, Reached: cells[6] == "yes",
	}, nil
}

// Write writes a recording.
func (r *Recording) Write(path string) error {
	var text strings.Builder
	fmt.Fprintf(&text, "# %s %s recorded %s\n%s\n", r.Program, r.Version, r.Date, columns)
	for _, a := range r.Answers {
		fmt.Fprintln(&text, a)
	}
	return os.WriteFile(path, []byte(text.String()), 0o644)
}

// String is the answer as a line of the recording.
func (a Answer) String() string {
	reached := "no"
	if a.Reached {
		reached = "yes"
	}
	return strings.Join([]string{
		a.Request, a.Token, strconv.Itoa(a.Status), a.Type, string(a.Body), strconv.Quote(a.Words),
		reached,
	}, "\t")
}

// Differences compares what is answered now with what was recorded, a line for each difference.
func (r *Recording) Differences(now *Recording) []string {
	var all []string
	if r.Program != now.Program || r.Version != now.Version {
		all = append(all, fmt.Sprintf("recorded with %s %s, this is %s %s",
			r.Program, r.Version, now.Program, now.Version))
	}
	if len(r.Answers) != len(now.Answers) {
		all = append(all, fmt.Sprintf("%d answers recorded, %d now",
			len(r.Answers), len(now.Answers)))
	}
	for i := range min(len(r.Answers), len(now.Answers)) {
		if r.Answers[i] != now.Answers[i] {
			all = append(all, fmt.Sprintf("recorded %s\n     now %s",
				r.Answers[i], now.Answers[i]))
		}
	}
	return all
}

// Request is what is asked with a token.
type Request struct {
	Line         string // as the file has it
	Method, Path string
	Headers      map[string]string
}

// Requests reads the requests of a configuration's folder: a method, a path, then headers.
func Requests(folder string) ([]Request, error) {
	text, err := os.ReadFile(filepath.Join(folder, RequestsFile))
	if err != nil {
		return nil, err
	}
	var all []Request
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		words := strings.Fields(line)
		if len(words) < 2 {
			return nil, fmt.Errorf("%s: not a request: %q", folder, line)
		}
		request := Request{line, words[0], words[1], map[string]string{}}
		for _, header := range words[2:] {
			name, value, _ := strings.Cut(header, ":")
			request.Headers[name] = value
		}
		all = append(all, request)
	}
	return all, nil
}
