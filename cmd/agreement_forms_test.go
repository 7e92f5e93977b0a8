package cmd

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/configurations"
)

func TestAConfigurationMeansTheSameInEveryForm(t *testing.T) {
	t.Parallel()
	for seed := range uint64(randomGateways / oneFormOf) {
		newGatewayEstate(t, 1000+seed).holdForms(t)
	}
}

// holdForms writes a configuration down in each form: what it means is the same.
func (g *gatewayEstate) holdForms(t *testing.T) {
	t.Helper()
	forms := configurations.Forms(g.Configuration)
	plain := g.as(t, forms[0])
	for _, f := range forms[1:] {
		other := g.as(t, f)
		want, got := plain.meaning(t, f.Moved), other.meaning(t, f.Moved)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %s, and plain:\n%s\n%s", g.name, f.Name, unlike(got, want),
				other.file.Text)
		}
	}
}

// place is where a file has something, in a message.
var place = regexp.MustCompile(`[\w-]+\.\w+:\d+:\d+`)

// meaning is what matrix and lint say of a pair, without places. Where things were moved, another
// alternative may come first, and lint may say something else of a rule at a place.
func (p *pair) meaning(t *testing.T, moved bool) []string {
	t.Helper()
	_, matrix := p.matrix(t)
	var all []string
	for r, row := range matrix.Rows {
		c := matrix.Cell(r, 0)
		text := fmt.Sprint(row.Name, " ", c.Outcome, " ", c.Status)
		if !moved {
			text += fmt.Sprint(" ", c.Decided)
		}
		all = append(all, text)
	}
	for _, f := range p.lint() {
		text := f.Rule
		if !moved {
			text += fmt.Sprint(" ", f.Severity, " ", place.ReplaceAllString(f.Message, "PLACE"))
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// unlike is what only one of two lists has.
func unlike(a, b []string) string {
	var text strings.Builder
	for _, side := range []struct {
		sign    string
		of, not []string
	}{{"+", a, b}, {"-", b, a}} {
		for _, line := range side.of {
			if !slices.Contains(side.not, line) {
				text.WriteString(side.sign + line + "\n")
			}
		}
	}
	return text.String()
}
