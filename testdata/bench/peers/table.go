//go:build unix

package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// table is printed as Markdown.
type table struct {
	title string
	head  []string
	rows  [][]string
	note  string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:\n\n", t.title)
	write := func(cells []string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	write(t.head)
	rule := make([]string, len(t.head))
	for i := range rule {
		rule[i] = "---"
	}
	write(rule)
	for _, row := range t.rows {
		write(row)
	}
	if t.note != "" {
		fmt.Fprintf(&b, "\n%s\n", t.note)
	}
	return b.String()
}

// machine says what all of it was measured on.
func machine() string {
	return fmt.Sprintf("Measured on %s/%s, %d cores (%s), %s.\n", runtime.GOOS, runtime.GOARCH,
		runtime.NumCPU(), processorName(), runtime.Version())
}

// processorName is the processor's name, where /proc/cpuinfo has it.
func processorName() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "processor unknown"
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		if strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "processor unknown"
}
