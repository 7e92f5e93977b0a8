package oauth2proxy

import (
	"cmp"
	"slices"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// together sorts files into those that instances are described by: one names another, or has what
// another lacks.
func (c *common) together(files []*source.File) [][]*source.File {
	r := c.newReader(files)
	r.entries()
	ours := slices.DeleteFunc(slices.Clone(files), func(file *source.File) bool {
		return !r.ours[file]
	})
	return joined(ours, r.links)
}

// joined sorts files into those that links lead between, each in the order given, and so they are.
func joined(files []*source.File, links [][2]*source.File) [][]*source.File {
	place := make(map[*source.File]int, len(files))
	groups := make([][]*source.File, len(files))
	for i, file := range files {
		place[file], groups[i] = i, []*source.File{file}
	}
	group := make([]int, len(files))
	for i := range group {
		group[i] = i
	}
	for _, link := range links {
		a, b := group[place[link[0]]], group[place[link[1]]]
		into, from := min(a, b), max(a, b)
		if into == from {
			continue
		}
		for _, file := range groups[from] {
			group[place[file]] = into
		}
		groups[into], groups[from] = append(groups[into], groups[from]...), nil
	}
	groups = slices.DeleteFunc(groups, func(g []*source.File) bool { return len(g) == 0 })
	for _, g := range groups {
		slices.SortFunc(g, func(a, b *source.File) int { return cmp.Compare(place[a], place[b]) })
	}
	return groups
}
