package cmd

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// A map that names what is not there leads astray.
func TestContributingNamesFilesThatAreThere(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	file := regexp.MustCompile("`((?:cmd|inspect|rules|testdata)/[\\w./-]+|[A-Z]+\\.md)`")
	for _, found := range file.FindAllSubmatch(text, -1) {
		name := string(found[1])
		if !strings.HasSuffix(name, ".md") && strings.ToLower(name) != name {
			continue // a part in capitals stands for any name
		}
		names++
		if _, err := os.Stat("../" + name); err != nil {
			t.Errorf("CONTRIBUTING.md names %s: %v", name, err)
		}
	}
	if names == 0 {
		t.Error("CONTRIBUTING.md names no file")
	}
}
