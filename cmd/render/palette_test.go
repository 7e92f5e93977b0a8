package render

import (
	"math"
	"regexp"
	"testing"

	"github.com/fatih/color"
)

// ground is what a terminal shows text on, with its red and its green.
type ground struct {
	name                   string
	behind, red, green, fg uint32
}

// grounds are terminals as they come, light and dark.
func grounds() []ground {
	return []ground{
		{"xterm, white", 0xffffff, 0xcd0000, 0x00cd00, 0x000000},
		{"xterm, black", 0x000000, 0xcd0000, 0x00cd00, 0xe5e5e5},
		{"Visual Studio Code, light", 0xffffff, 0xcd3131, 0x00bc00, 0x333333},
		{"Visual Studio Code, dark", 0x1e1e1e, 0xcd3131, 0x0dbc79, 0xcccccc},
	}
}

// The contrasts that a text in bold, and a sign beside words, have at least.
const (
	boldContrast = 3.0 // WCAG 2.2, 1.4.3, for text in bold
	signContrast = 2.0 // the words beside it say the same, or it may be skipped
)

// Each mood can be read on a light and on a dark ground.
func TestEachMoodCanBeReadOnLightAndDark(t *testing.T) {
	for _, on := range grounds() {
		for mood := Plain; mood <= Faint; mood++ {
			shown, least := on.fg, boldContrast
			for _, attribute := range mood.attributes() {
				switch attribute {
				case color.FgRed:
					shown = on.red
				case color.FgGreen:
					shown, least = on.green, signContrast
				case color.Bold:
				case color.Faint: // half-way to the ground, as terminals have it
					shown, least = between(on.fg, on.behind), signContrast
				default:
					t.Errorf("mood %d has the attribute %d, which is measured nowhere",
						mood, attribute)
				}
			}
			if least == signContrast && mood != Passed && mood != Faint {
				t.Errorf("mood %d shows words in green, or faint", mood)
			}
			if got := contrast(shown, on.behind); got < least {
				t.Errorf("%s: mood %d has a contrast of %.1f, less than %.1f", on.name, mood, got,
					least)
			}
		}
	}
}

func between(a, b uint32) uint32 {
	var all uint32
	for shift := 0; shift <= 16; shift += 8 {
		all |= ((a>>shift&0xff + b>>shift&0xff) / 2) << shift
	}
	return all
}

// contrast is WCAG's ratio of the luminance of two colours.
func contrast(a, b uint32) float64 {
	one, other := luminance(a), luminance(b)
	return (max(one, other) + 0.05) / (min(one, other) + 0.05)
}

func luminance(rgb uint32) float64 {
	linear := func(shift int) float64 {
		c := float64(rgb>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0)
}

// A reference or an issuer is one long word, which was cut off at the edge of a telephone. In the
// cells of a grid only "anywhere" lets a column be narrower than its longest word.
func TestALongWordBreaksWhereverAPageHasOne(t *testing.T) {
	t.Parallel()
	for selector, want := range map[string]string{
		"body": "break-word", "dd": "anywhere", "dt": "anywhere", ".checks td": "anywhere",
	} {
		rule := regexp.MustCompile(`(?m)^(?:[^{\n]*, )?` + regexp.QuoteMeta(selector) +
			` \{[^}]*overflow-wrap: ` + want + `;`)
		if !rule.MatchString(style) {
			t.Errorf("%s does not break its words: want overflow-wrap: %s", selector, want)
		}
	}
}
