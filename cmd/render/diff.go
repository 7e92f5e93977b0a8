package render

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

const diffContext = 3

// Diff returns the change of a file as a unified diff that git apply and patch take. It is
// empty if nothing changes. We write it ourselves: the diff of rogpeppe/go-internal matches no
// lines but those that appear once, and starts a second hunk after six unchanged lines, so our
// JSON would change.
func Diff(name, before, after string) string {
	if before == after {
		return ""
	}
	lines := diffLines(slices.Collect(strings.Lines(before)), slices.Collect(strings.Lines(after)))
	name = safe(strings.TrimPrefix(filepath.ToSlash(name), "/"))
	if strings.Contains(name, " ") {
		name += "\t" // as git writes it, or patch takes the name to end at the space
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n", name, name)
	for start := 0; start < len(lines); {
		first := start
		for first < len(lines) && lines[first].kind == ' ' {
			first++
		}
		if first == len(lines) {
			break
		}
		end := hunkEnd(lines, first)
		writeHunk(&b, lines, max(first-diffContext, start), end)
		start = end
	}
	return b.String()
}

// diffLine is a line of a diff: ' ' is in both texts, '-' in the first, '+' in the second.
type diffLine struct {
	kind byte
	text string // with its line break, where it has one
}

// diffLines lines up two texts. It sets apart what both begin and end with, so that the rest is
// short.
func diffLines(a, b []string) []diffLine {
	var head, tail []diffLine
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		head, a, b = append(head, diffLine{' ', a[0]}), a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		tail = append(tail, diffLine{' ', a[len(a)-1]})
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	all := append(head, middle(a, b)...)
	for i := len(tail) - 1; i >= 0; i-- {
		all = append(all, tail[i])
	}
	return all
}

// mostCells bounds the table of a comparison. Of longer texts, every line counts as replaced.
const mostCells = 4 << 20

// middle lines up two texts by their longest common subsequence.
func middle(a, b []string) []diffLine {
	var all []diffLine
	common := lengths(a, b)
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case common != nil && a[i] == b[j]:
			all = append(all, diffLine{' ', a[i]})
			i, j = i+1, j+1
		case common == nil || common[i+1][j] >= common[i][j+1]:
			all = append(all, diffLine{'-', a[i]})
			i++
		default:
			all = append(all, diffLine{'+', b[j]})
			j++
		}
	}
	for ; i < len(a); i++ {
		all = append(all, diffLine{'-', a[i]})
	}
	for ; j < len(b); j++ {
		all = append(all, diffLine{'+', b[j]})
	}
	return all
}

// lengths is the table of the lengths of common subsequences behind each pair of lines. It is
// nil if it would be too large.
func lengths(a, b []string) [][]int {
	if (len(a)+1)*(len(b)+1) > mostCells {
		return nil
	}
	table := make([][]int, len(a)+1)
	for i := range table {
		table[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}

// hunkEnd is the end of the hunk that begins with a change. Changes that are close together
// share a hunk.
func hunkEnd(lines []diffLine, change int) int {
	end := change
	for i := change; i < len(lines) && i-end <= 2*diffContext; i++ {
		if lines[i].kind != ' ' {
			end = i + 1
		}
	}
	return min(end+diffContext, len(lines))
}

func writeHunk(b *strings.Builder, lines []diffLine, start, end int) {
	before, after := 1, 1 // the line numbers of start
	for _, line := range lines[:start] {
		before, after = advance(line, before, after)
	}
	lastBefore, lastAfter := before, after
	for _, line := range lines[start:end] {
		lastBefore, lastAfter = advance(line, lastBefore, lastAfter)
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", hunkRange(before, lastBefore-before),
		hunkRange(after, lastAfter-after))
	for _, line := range lines[start:end] {
		b.WriteByte(line.kind)
		b.WriteString(line.text)
		if !strings.HasSuffix(line.text, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

func advance(line diffLine, before, after int) (nextBefore, nextAfter int) {
	if line.kind != '+' {
		before++
	}
	if line.kind != '-' {
		after++
	}
	return before, after
}

func hunkRange(start, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", start-1)
	case 1:
		return fmt.Sprint(start)
	}
	return fmt.Sprintf("%d,%d", start, count)
}
