package render

import (
	"fmt"
	"math"
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
	at, lines := diffLines(before, after)
	name = safe(strings.TrimPrefix(filepath.ToSlash(name), "/"))
	if strings.Contains(name, " ") {
		name += "\t" // as git writes it, or patch takes the name to end at the space
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n", name, name)
	for len(lines) > 0 {
		first := slices.IndexFunc(lines, func(l diffLine) bool { return l.kind != ' ' })
		if first < 0 {
			break
		}
		begin, end := max(first-diffContext, 0), hunkEnd(lines, first)
		at = at.behind(lines[:begin])
		next := at.behind(lines[begin:end])
		writeHunk(&b, lines[begin:end], at, next)
		at, lines = next, lines[end:]
	}
	return b.String()
}

// diffLine is a line of a diff: ' ' is in both texts, '-' in the first, '+' in the second.
type diffLine struct {
	kind byte
	text string // with its line break, where it has one
}

// diffLines lines up what differs in two texts, between those of the lines around it that a diff
// shows. It returns the numbers of the first of these lines, too.
func diffLines(before, after string) (at lineNumbers, lines []diffLine) {
	head := sharedStart(before, after)
	tail := sharedEnd(before[head:], after[head:])
	from := head
	for range diffContext {
		from = strings.LastIndexByte(before[:max(from-1, 0)], '\n') + 1
	}
	first := 1 + strings.Count(before[:from], "\n")
	for line := range strings.Lines(before[from:head]) {
		lines = append(lines, diffLine{' ', line})
	}
	lines = append(lines, middle(
		slices.Collect(strings.Lines(before[head:len(before)-tail])),
		slices.Collect(strings.Lines(after[head:len(after)-tail])),
	)...)
	behind := len(lines)
	for line := range strings.Lines(before[len(before)-tail:]) {
		if len(lines) == behind+diffContext {
			break
		}
		lines = append(lines, diffLine{' ', line})
	}
	return lineNumbers{first, first}, lines
}

// sharedStart is how many bytes the lines have that both texts begin with.
func sharedStart(a, b string) int {
	shared := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '\n' {
			shared = i + 1
		}
	}
	return shared
}

// sharedEnd is how many bytes the lines have that both texts end with.
func sharedEnd(a, b string) int {
	shared := 0
	for i, j := len(a), len(b); ; i, j = i-1, j-1 {
		if startsLine(a, i) && startsLine(b, j) {
			shared = len(a) - i
		}
		if i == 0 || j == 0 || a[i-1] != b[j-1] {
			return shared
		}
	}
}

func startsLine(text string, at int) bool { return at == 0 || text[at-1] == '\n' }

// The bounds of a comparison: of lines that differ, and of those that are looked at. Of texts that
// differ more, every line counts as replaced.
const (
	mostDiffering = 3000
	mostLooked    = 64 << 20
)

// middle lines up two texts by their longest common subsequence.
func middle(a, b []string) []diffLine {
	var all []diffLine
	rests := restsOf(a, b)
	i, j, differ := 0, 0, len(rests)-1 // lines, from here on
	for i < len(a) && j < len(b) {
		switch {
		case rests != nil && a[i] == b[j]:
			all = append(all, diffLine{' ', a[i]})
			i, j = i+1, j+1
		case rests == nil || rests[differ-1].has(i+1, (i+1-j)-(len(a)-len(b))):
			all = append(all, diffLine{'-', a[i]})
			i, differ = i+1, differ-1
		default:
			all = append(all, diffLine{'+', b[j]})
			j, differ = j+1, differ-1
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

// rests are the longest rests of two texts that differ in some number of lines, one for each
// distance: how many more lines of the first text are before the rest than of the second, beside
// what the first has more in all. These are from minus to plus that number, two from each other.
type rests []int32 // where the rest begins in the first text

// none is where a rest begins of a distance at which there is none.
const none = math.MaxInt32

// has reports whether the rest that begins at a line of the first text is one of them, or ends
// one.
func (r rests) has(line, distance int) bool {
	at := (distance + len(r) - 1) / 2
	return at < len(r) && int(r[at]) <= line
}

// restsOf lists the rests that differ in no line, in one line and so on, up to the whole texts:
// Myers' algorithm (An O(ND) difference algorithm, 1986) from the end. It is nil where these
// differ in too many.
func restsOf(a, b []string) []rests {
	var all []rests
	longer, looked := len(a)-len(b), 0
	for n := 0; n <= mostDiffering && looked <= mostLooked; n++ {
		now := make(rests, n+1)
		for at := range now {
			k := longer - n + 2*at
			i := len(a)
			if n > 0 {
				i = all[n-1].before(at, k)
			}
			start := i
			for i != none && i > 0 && i > k && a[i-1] == b[i-k-1] {
				i--
			}
			looked += start - i + 1
			now[at] = int32(i)
			if i == 0 && k == 0 {
				return append(all, now)
			}
		}
		all = append(all, now)
	}
	return nil
}

// before is where a rest begins with one more line that differs: of the first text, or of the
// second.
func (r rests) before(at, k int) int {
	i := none
	if at < len(r) && r[at] != none && r[at] > 0 {
		i = int(r[at]) - 1
	}
	if at > 0 && r[at-1] != none && int(r[at-1]) >= k {
		i = min(i, int(r[at-1]))
	}
	return i
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

// lineNumbers are those of a line in both texts.
type lineNumbers struct{ before, after int }

// behind are the numbers behind some lines.
func (p lineNumbers) behind(lines []diffLine) lineNumbers {
	for _, line := range lines {
		if line.kind != '+' {
			p.before++
		}
		if line.kind != '-' {
			p.after++
		}
	}
	return p
}

func writeHunk(b *strings.Builder, lines []diffLine, start, end lineNumbers) {
	fmt.Fprintf(b, "@@ -%s +%s @@\n", hunkRange(start.before, end.before-start.before),
		hunkRange(start.after, end.after-start.after))
	for _, line := range lines {
		b.WriteByte(line.kind)
		b.WriteString(line.text)
		if !strings.HasSuffix(line.text, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
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
