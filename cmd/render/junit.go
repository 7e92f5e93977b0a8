package render

import (
	"encoding/xml"
	"io"
)

// The JUnit XML that CI systems read (the schema of Apache Ant's JUnit task, as Jenkins, GitLab
// and Azure Pipelines take it).
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr,omitempty"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}

	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr,omitempty"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}

	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Failure *junitMessage `xml:"failure"`
		Error   *junitMessage `xml:"error"` // it could not be run
		Skipped *junitMessage `xml:"skipped"`
	}

	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// add puts a case into the suite and counts it. What comes from files is made safe to print.
func (s *junitSuite) add(c junitCase) {
	c.Name, c.Class, c.File = safe(c.Name), safe(c.Class), safe(c.File)
	s.Tests++
	for _, outcome := range []struct {
		message *junitMessage
		count   *int
	}{{c.Failure, &s.Failures}, {c.Error, &s.Errors}, {c.Skipped, &s.Skipped}} {
		if m := outcome.message; m != nil {
			*outcome.count++
			m.Message, m.Text = safe(m.Message), safeText(m.Text)
		}
	}
	s.Cases = append(s.Cases, c)
}

// writeJUnit writes the suites with their totals.
func writeJUnit(w io.Writer, suites []junitSuite) error {
	out := junitSuites{Suites: suites}
	for i := range suites {
		suites[i].Name = safe(suites[i].Name)
		out.Tests += suites[i].Tests
		out.Failures += suites[i].Failures
		out.Errors += suites[i].Errors
		out.Skipped += suites[i].Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
