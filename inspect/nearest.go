package inspect

import "strings"

// Nearest returns the candidate that is the fewest edits away from a word, the first of several, or an empty string where none is
// within so many edits. Upper and lower case count as the same.
func Nearest(word string, candidates []string, edits int) string {
	near, best := "", edits+1
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < best {
			near, best = c, d
		}
	}
	return near
}

// distance is the number of bytes to insert, delete or replace to make one word the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
