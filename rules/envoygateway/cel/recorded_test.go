package cel

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// oracle is the folder of what cel-go answered.
const oracle = "../../../testdata/oracles/cel/"

// recorded is what cel-go answered about one expression: a letter for each request.
type recorded struct {
	kind, text, answers string
	line                int
}

func readRecorded(t testing.TB) (title string, all []recorded) {
	t.Helper()
	text, err := os.ReadFile(oracle + "answers.tsv")
	if err != nil {
		t.Fatal(err)
	}
	title, rest, _ := strings.Cut(string(text), "\n")
	for i, line := range strings.Split(strings.TrimSuffix(rest, "\n"), "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) != 3 {
			t.Fatalf("line %d has %d columns", i+2, len(cells))
		}
		expression, err := strconv.Unquote(cells[1])
		if err != nil {
			t.Fatalf("line %d: %v", i+2, err)
		}
		all = append(all, recorded{cells[0], expression, cells[2], i + 2})
	}
	return title, all
}

// The recording is of the version that its module pins, and says of which day it is.
func TestTheRecordingNamesItsVersion(t *testing.T) {
	t.Parallel()
	title, all := readRecorded(t)
	text, err := os.ReadFile(oracle + "go.mod")
	if err != nil {
		t.Fatal(err)
	}
	pinned := regexp.MustCompile(`github.com/google/cel-go (v\S+)`).FindSubmatch(text)
	if pinned == nil || !strings.HasPrefix(title, "# cel-go "+string(pinned[1])+" recorded 20") {
		t.Errorf("the recording is %q, and the module pins %s", title, pinned)
	}
	if len(all) < 1400 {
		t.Errorf("%d expressions are recorded", len(all))
	}
}

// What cel-go refuses, and nothing else, is refused here.
func TestAcceptsWhatTheRealParserAccepts(t *testing.T) {
	t.Parallel()
	_, all := readRecorded(t)
	for _, r := range all {
		_, err := Parse(r.text)
		if refused := r.answers == "refused"; (err != nil) != refused {
			t.Errorf("line %d: %q: %v, and it is recorded as %s", r.line, r.text, err, r.answers)
		}
	}
}

// The shares of the recorded evaluations of which nobody knows here what comes out, in parts of a
// thousand: of the expressions that are written by hand, with all that the language has, and of
// the random ones.
const (
	mostUnknownByHand = 170
	mostUnknownRandom = 40
)

// Where an expression is decided, it is true exactly where cel-go gives the boolean true. The
// opposite of the predicate is its opposite: it is never an error.
func TestDecidesAsTheRealEvaluator(t *testing.T) {
	t.Parallel()
	_, all := readRecorded(t)
	worlds := requests(t, oracle+"requests.json")
	counts := map[bool]struct{ unknown, total int }{}
	for _, r := range all {
		e, err := Parse(r.text)
		if err != nil {
			continue
		}
		p := e.Predicate(testEnv())
		if len(r.answers) != len(worlds) {
			t.Fatalf("line %d: %d answers for %d requests", r.line, len(r.answers), len(worlds))
		}
		for i, world := range worlds {
			random := r.kind == "random" || r.kind == "damaged"
			c := counts[random]
			c.total++
			got, want := outcome(p, world), byte('f')
			if r.answers[i] == 't' {
				want = 't'
			}
			switch {
			case got == '?':
				c.unknown++
			case got != want:
				t.Errorf("line %d, request %d: %q: %c, recorded %c",
					r.line, i, r.text, got, r.answers[i])
			case outcome(rules.Negate(p), world) == got:
				t.Errorf("line %d, request %d: %q: the opposite is %c too", r.line, i, r.text, got)
			}
			counts[random] = c
		}
	}
	for random, most := range map[bool]int{false: mostUnknownByHand, true: mostUnknownRandom} {
		c := counts[random]
		t.Logf("random %t: %d of %d evaluations are not decided", random, c.unknown, c.total)
		if c.unknown*1000 > most*c.total {
			t.Errorf("random %t: %d of %d evaluations are not decided, more than %d of 1000",
				random, c.unknown, c.total, most)
		}
	}
}
