package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false,
	"write the golden files anew; read the difference before you commit it")

// row is a report of which each format has a golden file, named after the fact that it shows.
type row[R any] struct {
	fact    string
	formats []string // nil for all
	style   Style    // of the text
	report  func(t *testing.T) R
}

// golden prints every row in its formats. The first row has all formats, and hostile text in it.
func golden[R any](t *testing.T, folder string, formats FormatsOf[R], rows []row[R]) {
	t.Helper()
	for i, row := range rows {
		t.Run(row.fact, func(t *testing.T) {
			t.Parallel()
			names := row.formats
			if i == 0 || names == nil {
				names = formats.Names()
			}
			for _, format := range names {
				style := row.style
				style.Detail = All
				out := written(t, formats, format, style, row.report(t))
				sameAsGolden(t, goldenName(folder, row.fact, format), withoutStyle(out))
				checkSafe(t, folder, format, out)
				if i == 0 && !strings.Contains(out, "EVIL") {
					t.Errorf("%s: nothing hostile in it", format)
				}
				shorter(t, folder, formats, format, row, out)
			}
		})
	}
}

func written[R any](
	t *testing.T, formats FormatsOf[R], format string, style Style, report R,
) string {
	t.Helper()
	var out bytes.Buffer
	if err := formats.Write(&out, format, style, report); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// shorter holds the short form of a text, if there is one, against a golden file of its own. The
// answer alone is one line. Other formats have all in each detail.
func shorter[R any](
	t *testing.T, folder string, formats FormatsOf[R], format string, row row[R], all string,
) {
	t.Helper()
	style := row.style
	short := written(t, formats, format, style, row.report(t))
	style.Detail = Answer
	answer := written(t, formats, format, style, row.report(t))
	if format != "text" {
		if short != all || answer != all {
			t.Errorf("%s: less than all of it", format)
		}
		return
	}
	checkSafe(t, folder, format, short+answer)
	if short != all {
		sameAsGolden(t, strings.TrimSuffix(goldenName(folder, row.fact, format), "txt")+
			"short.txt", short)
	}
	if answer != all && strings.Count(answer, "\n") != 1 {
		t.Errorf("the answer is not one line: %q", answer)
	}
}

func goldenName(folder, fact, format string) string {
	extension, ok := map[string]string{
		"text": "txt", "lines": "txt", "markdown": "md", "junit": "xml",
	}[format]
	if !ok {
		extension = format
	}
	name := strings.NewReplacer(" ", "-", ",", "", "'", "").Replace(fact)
	return filepath.Join("testdata", folder, name+"."+extension)
}

// withoutStyle leaves out the style sheet of a page, which is the same for all.
func withoutStyle(page string) string {
	before, rest, found := strings.Cut(page, "<style>")
	_, after, _ := strings.Cut(rest, "</style>")
	if !found {
		return page
	}
	return before + after
}

func sameAsGolden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o750),
			os.WriteFile(name, []byte(got), 0o600))
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v (-update writes it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// checkSafe reports what must not be in an output, whatever is in its input.
func checkSafe(t *testing.T, folder, format, text string) {
	t.Helper()
	if folder == "fix" {
		text = strings.ReplaceAll(text, "\n+\t", "\n+") // without its tabs a diff would not apply
	}
	invisible := []*unicode.RangeTable{unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp}
	for _, r := range text {
		if r != '\n' && unicode.In(r, invisible...) {
			t.Errorf("%s: %U got out", format, r)
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "::error::EVIL") {
			t.Errorf("%s: a text became a command: %s", format, line)
		}
	}
	switch format {
	case "html":
		if strings.Contains(text, "<b>") {
			t.Error("html: a text became markup")
		}
	case "markdown":
		spans := regexp.MustCompile("`` .*? ``|`[^`]*`")
		if strings.Contains(spans.ReplaceAllString(text, ""), "<b>") {
			t.Error("markdown: a text became markup")
		}
	case "json", "sarif", "gitlab":
		if !json.Valid([]byte(text)) {
			t.Errorf("%s: not JSON", format)
		}
	case "junit":
		for decoder := xml.NewDecoder(strings.NewReader(text)); ; {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("junit: %v", err)
			}
		}
	}
}

func TestTheFirstFormatIsTheDefault(t *testing.T) {
	t.Parallel()
	var asked, unknown bytes.Buffer
	formats := Formats().Collect
	err := errors.Join(formats.Write(&asked, formats.Names()[0], Style{}, collections()),
		formats.Write(&unknown, "no such format", Style{}, collections()))
	if err != nil || asked.String() != unknown.String() {
		t.Errorf("%q, want %q (%v)", unknown.String(), asked.String(), err)
	}
}

func TestOnlyWhatIsMadeForSharingMasksByItself(t *testing.T) {
	t.Parallel()
	names := slices.Concat(Formats().Explain.Names(), Formats().Lint.Names())
	masked := slices.DeleteFunc(names, func(name string) bool { return !ForSharing(name) })
	if diff := cmp.Diff([]string{"markdown", "html"}, masked); diff != "" {
		t.Error(diff)
	}
}

// full refuses everything, as a disk does that has no room left.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestAReportThatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	all := Formats()
	refuse(t, "claim", all.Claim, claimOf(t, "aud"))
	refuse(t, "collect", all.Collect, collections())
	refuse(t, "decode", all.Decode, decodingOf(t, hostileClaims))
	refuse(t, "explain", all.Explain, rejectedAtTheAudience(t))
	refuse(t, "fix", all.Fix, fixedAudience(t))
	refuse(t, "gateways", all.Gateways, tinyGateways())
	refuse(t, "keys", all.Keys, keysOfClouds(t))
	refuse(t, "lint", all.Lint, lintedPolicy(t))
	refuse(t, "matrix", all.Matrix, openEstate(t))
	refuse(t, "rule", all.Rule, rulePage(t))
	refuse(t, "rules", all.Rules, catalogue())
	refuse(t, "test", all.Test, testedPolicy(t))
	refuse(t, "verify", all.Verify, altered(t))
}

func refuse[R any](t *testing.T, name string, formats FormatsOf[R], report R) {
	t.Helper()
	for _, format := range formats.Names() {
		if formats.Write(full{}, format, Style{}, report) == nil {
			t.Errorf("%s as %s: no error", name, format)
		}
	}
}
