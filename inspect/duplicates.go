package inspect

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// maxDuplicates is how many members that stand twice are told one by one.
const maxDuplicates = 20

// observeProblems notes what is odd in the JSON of a part.
func (t *Token) observeProblems(path string, file *source.File) {
	duplicate := false
	for _, problem := range file.Problems {
		switch problem.ID {
		case "duplicate-member":
			duplicate = true
		default:
			t.observe(problem.ID, path, problem.Message)
		}
	}
	if duplicate {
		t.observeDuplicates(path, file.Documents[0])
	}
}

// observeDuplicates notes each member that stands more than once, with its first and its last value.
func (t *Token) observeDuplicates(part string, v *source.Value) {
	d := duplicates{token: t, path: []string{part}}
	d.walk(v)
	if rest := d.count - maxDuplicates; rest > 0 {
		t.observe("duplicate-member", part, fmt.Sprintf("%d more members stand more than once", rest))
	}
}

type duplicates struct {
	token *Token
	path  []string // to where the walk is; joined only for what is told
	count int
}

// walk looks through the objects at and under v. The reader has bounded how deep they nest.
func (d *duplicates) walk(v *source.Value) {
	for i, item := range v.Items {
		d.down(strconv.Itoa(i), item)
	}
	times := make(map[string]int, len(v.Members))
	for _, m := range v.Members {
		times[m.Key]++
	}
	for _, m := range v.Members {
		if n := times[m.Key]; n > 1 {
			d.report(n, m, v)
			times[m.Key] = 0
		}
		d.down(m.Key, m.Value)
	}
}

func (d *duplicates) down(name string, v *source.Value) {
	if v.Kind != source.Object && v.Kind != source.List {
		return
	}
	d.path = append(d.path, name)
	d.walk(v)
	d.path = d.path[:len(d.path)-1]
}

func (d *duplicates) report(times int, first source.Member, in *source.Value) {
	d.count++
	if d.count > maxDuplicates {
		return
	}
	often := "twice"
	if times > 2 {
		often = strconv.Itoa(times) + " times"
	}
	path := strings.Join(append(d.path, first.Key), ".")
	last := in.Member(first.Key)
	d.token.observe("duplicate-member", Safe(ShortenMiddle(path, 80)), fmt.Sprintf(
		"the member %s stands %s: first %s, last %s; most gateways read the last, some the first, some refuse the token", show(first.Key), often, brief(first.Value), brief(last)))
}
