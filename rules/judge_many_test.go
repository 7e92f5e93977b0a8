package rules

import (
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
)

// Many items and many literals are looked up. That tells the same as to compare each with each.
func TestManyItemsAreLookedUpAsFewAreCompared(t *testing.T) {
	t.Parallel()
	kinds := []*source.Value{
		source.NewString("a"), source.NewString("A"), source.NewString("1"), source.NewBool(true),
		{Kind: source.Number, Text: "1"},
		{Kind: source.Number, Text: "1.0"},
		{Kind: source.Number, Text: "2"},
		{Kind: source.Null},
		{Kind: source.List},
		{Kind: source.Object},
		{Kind: source.Unknown},
	}
	for _, texts := range []*Texts{nil, {FoldCase: true}} {
		for i, literal := range kinds {
			for j, other := range kinds {
				for k, item := range kinds {
					p := Predicate{Texts: texts}
					p.Values = []*source.Value{literal, other}[:1+(j+k)%2]
					items := []*source.Value{item, kinds[(i+j+k)%len(kinds)]}[:1+(i+k)%2]
					few := p.oneOf(&source.Value{Kind: source.List, Items: items})
					if many := p.oneOfMany(items); many != few {
						t.Errorf("%v among %v: %v, and compared one by one %v",
							items, p.Values, many, few)
					}
				}
			}
		}
	}
}
