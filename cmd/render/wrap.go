package render

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// width counts the columns that a text takes: its characters, without the escape sequences of
// its colours.
func width(s string) int {
	if strings.IndexByte(s, '\x1b') < 0 {
		return utf8.RuneCountInString(s)
	}
	n := 0
	for s != "" {
		if strings.HasPrefix(s, "\x1b[") {
			_, s, _ = strings.Cut(s, "m")
			continue
		}
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
		n++
	}
	return n
}

// Paragraph breaks a sentence of a help text into lines as the others there have them.
func Paragraph(text string) string { return strings.Join(wrap(text, 118), "\n") }

// Wrapped breaks each paragraph of a help text again, into lines of a number of columns.
func Wrapped(text string, columns int) string {
	paragraphs := strings.Split(text, "\n\n")
	for i, p := range paragraphs {
		paragraphs[i] = strings.Join(wrapLine(p, columns), "\n")
	}
	return strings.Join(paragraphs, "\n\n")
}

// Topic breaks the paragraphs and the tables of a topic of the help again, where they are wider
// than a number of columns. What is indented otherwise, as examples are, stays.
func Topic(text string, columns int) string {
	// an indented label, two blanks or more, and a text that may go on below itself
	topicRow := regexp.MustCompile(`^( +\S+(?: \S+)* {2,})([^ #].*)`)
	lines := strings.Split(text, "\n")
	var all []string
	for i := 0; i < len(lines); {
		hang, rest := "", lines[i]
		if row := topicRow.FindStringSubmatch(lines[i]); row != nil {
			hang, rest = strings.Repeat(" ", width(row[1])), row[2]
		}
		begin := strings.TrimSuffix(lines[i], rest)
		isPart := func(line string) bool {
			return strings.HasPrefix(line, hang) && !strings.HasPrefix(line[len(hang):], " ") &&
				line != hang
		}
		from, wide := i, width(lines[i]) > columns
		for i++; i < len(lines) && rest != "" && !strings.HasPrefix(rest, " ") &&
			isPart(lines[i]); i++ {
			rest += " " + lines[i][len(hang):]
			wide = wide || width(lines[i]) > columns
		}
		switch room := columns - len(hang); {
		case !wide || strings.HasPrefix(rest, " "):
			all = append(all, lines[from:i]...)
		case room < columns/3: // the text stands below its label
			hang = strings.Repeat(indent, 3)
			all = append(all, strings.TrimRight(begin, " "))
			all = append(all, hang+strings.Join(wrapLine(rest, columns-len(hang)), "\n"+hang))
		default:
			all = append(all, begin+strings.Join(wrapLine(rest, room), "\n"+hang))
		}
	}
	return strings.Join(all, "\n")
}

// Message breaks each message of a text into lines of a number of columns, the second and further
// ones indented. A command at the end of a message stays whole, on a line of its own.
func Message(text string, columns int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		message, ends := strings.CutSuffix(line, "\n")
		if width(message) > columns && strings.HasPrefix(message, program+": ") {
			message = foldMessage(message, columns)
		}
		b.WriteString(message)
		if ends {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

const program = "gatewhy"

func foldMessage(message string, columns int) string {
	message, command := commandBehind(message)
	lines := wrapLine(message, columns-len(indent))
	if command != "" {
		if last := len(lines) - 1; width(lines[last])+1+width(command) <= columns-len(indent) {
			lines[last] += " " + command
		} else {
			lines = append(lines, command)
		}
	}
	return strings.Join(lines, "\n"+indent)
}

// commandBehind cuts a message before the command that it ends in: one of gatewhy, or after a
// colon one of the other programs that messages name.
func commandBehind(message string) (before, command string) {
	if at := strings.Index(message[len(program):], " "+program+" "); at >= 0 {
		at += len(program)
		return message[:at], message[at+1:]
	}
	for _, other := range [...]string{": kubectl ", ": helm "} {
		if at := strings.Index(message, other); at >= 0 {
			return message[:at+1], message[at+2:]
		}
	}
	return message, ""
}

// wrap breaks a text into lines of a number of columns. It keeps the line feeds of the text,
// and breaks a word that is longer than a line.
func wrap(text string, columns int) []string {
	var lines []string
	for paragraph := range strings.Lines(text) {
		lines = append(lines, wrapLine(strings.TrimSuffix(paragraph, "\n"), columns)...)
	}
	return lines
}

func wrapLine(text string, columns int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		for _, piece := range pieces(word, columns) {
			size := width(piece)
			switch {
			case line == "":
				line, used = piece, size
			case used+1+size <= columns:
				line, used = line+" "+piece, used+1+size
			default:
				lines = append(lines, line)
				line, used = piece, size
			}
		}
	}
	return append(lines, line)
}

// pieces cuts a word that is longer than a line, behind a separator if there is one in the last
// two thirds of the line. It leaves a word with colours as it is.
func pieces(word string, columns int) []string {
	columns = max(columns, 1)
	if width(word) <= columns || strings.Contains(word, "\x1b") {
		return []string{word}
	}
	var all []string
	runes := []rune(word)
	for len(runes) > columns {
		cut := columns
		for i := columns; i > columns/3; i-- {
			if strings.ContainsRune("/?&,", runes[i-1]) {
				cut = i
				break
			}
		}
		all = append(all, string(runes[:cut]))
		runes = runes[cut:]
	}
	return append(all, string(runes))
}

// pad fills a text with spaces up to so many columns.
func pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-width(s)))
}
