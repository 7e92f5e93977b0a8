package cmd

import (
	"os"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/cmd/render"
)

func TestTheREADMEHasTheRulesOfTheCatalogue(t *testing.T) {
	readmeHas(t, "the table of rules",
		"<!-- rules: go test ./cmd -run README -update -->\n", "<!-- end of rules -->",
		render.RulesTable(everyGateway().Catalogue()))
}

func TestTheREADMEHasTheTopics(t *testing.T) {
	table := "| topic | |\n|---|---|\n"
	for _, topic := range topics() {
		table += "| [`" + topic.name + "`](cmd/topics/" + topic.name + ".txt) | " +
			topic.title() + " |\n"
	}
	readmeHas(t, "the list of topics",
		"<!-- topics: go test ./cmd -run README -update -->\n", "<!-- end of topics -->", table)
}

// readmeHas wants a text between two marks of the README, and writes it there with -update.
func readmeHas(t *testing.T, what, begin, end, want string) {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	has, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("the README has no place for %s", what)
	}
	want = "\n" + want + "\n"
	switch {
	case has == want:
	case *update:
		if err := os.WriteFile(
			"../README.md", []byte(before+begin+want+end+after), 0o644,
		); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s in the README is stale: go test ./cmd -run README -update", what)
	}
}
