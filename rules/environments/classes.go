package environments

import "strings"

// classes numbers the batches of a matrix by what some checks see of them: batches of the same number look the same. Gateways, and repairs of
// one, that read the same claims share the numbers.
type classes struct {
	rows    []*Row
	byReads map[string][]int
	numbers map[string]int
	clients map[string]*clientClasses
	guids   bool // every client's id is one
}

// newClasses counts through the batches of all rows.
func newClasses(rows []*Row) *classes {
	n := 0
	for _, row := range rows {
		for i := range row.batches {
			row.batches[i].index = n
			n++
		}
	}
	return &classes{rows: rows, byReads: map[string][]int{}, numbers: map[string]int{}, clients: map[string]*clientClasses{}, guids: allGUIDs(rows)}
}

// of gives the number of each batch, by its index.
func (c *classes) of(v *view) []int {
	reads := strings.Join(v.claims, "\x00")
	if all, ok := c.byReads[reads]; ok {
		return all
	}
	var all []int
	for _, row := range c.rows {
		for i := range row.batches {
			all = append(all, c.number(v.key(&row.batches[i].sample)))
		}
	}
	c.byReads[reads] = all
	return all
}

func (c *classes) number(key string) int {
	n, ok := c.numbers[key]
	if !ok {
		n = len(c.numbers)
		c.numbers[key] = n
	}
	return n
}
