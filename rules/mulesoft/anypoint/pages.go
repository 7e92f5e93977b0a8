package anypoint

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gatewhy/gatewhy/inspect/source"
)

const (
	pageSize  = 100
	mostItems = 5000 // of one list; an environment has tens of APIs, an API tens of contracts
)

// list is one list of the control plane that comes in pages.
type list struct {
	path  string
	query url.Values
	name  string // of the member that holds the items
	what  string // the items in words, for messages

	// nested says that the total may count what the items hold: the list ends with an empty page.
	nested bool
}

// all reads every page of a list, sorted by id. Where the list changes while it is read, it is
// read once more from the start.
func (c *Client) all(ctx context.Context, l list) ([]*source.Value, error) {
	items, changed, err := c.pages(ctx, l)
	if err == nil && changed != "" {
		items, changed, err = c.pages(ctx, l)
	}
	switch {
	case err != nil:
		return nil, err
	case changed != "":
		return nil, c.refusal(l.path, "the list of "+l.what+" can't be read: "+changed,
			"run the command again")
	}
	return items, nil
}

// pages reads the pages once. Changed says why what was read can't be the whole list.
func (c *Client) pages(
	ctx context.Context, l list,
) (items []*source.Value, changed string, err error) {
	seen := map[string]bool{}
	total := int64(-1)
	for {
		page, err := c.get(ctx, l.path, l.page(len(items)))
		if err != nil {
			return nil, "", err
		}
		found := page.Member(l.name)
		if !found.Is(source.List) {
			return nil, "", c.refusal(l.path, "the answer has no list "+l.name,
				"is this Anypoint's control plane?")
		}
		now, counted := page.Member("total").Int()
		switch {
		case counted && total >= 0 && now != total:
			return nil, "it changed while it was read", nil
		case counted:
			total = now
		}
		for _, item := range found.Items {
			id, ok := idOf(item)
			switch {
			case !ok:
				return nil, "", c.refusal(l.path, "an entry of "+l.name+" has no id", "")
			case seen[id]:
				return nil, "an entry appears twice", nil
			}
			seen[id] = true
		}
		items = append(items, found.Items...)
		switch {
		case len(items) > mostItems || total > mostItems:
			return nil, "", c.refusal(l.path,
				fmt.Sprintf("more than %d %s, the most that are read", mostItems, l.what),
				tooSlow)
		case len(found.Items) == 0 && !l.nested && total > int64(len(items)):
			return nil, fmt.Sprintf("%d of %d came", len(items), total), nil
		case len(found.Items) == 0, !l.nested && total >= 0 && int64(len(items)) >= total:
			return items, "", nil
		}
	}
}

func (l *list) page(offset int) url.Values {
	query := url.Values{
		"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)},
		"sort": {"id"}, "ascending": {"true"},
	}
	maps.Copy(query, l.query)
	return query
}

// idOf is the id of an entry, which is a number or a text.
func idOf(item *source.Value) (string, bool) {
	id := item.Member("id")
	if !id.Is(source.Number) && !id.Is(source.String) {
		return "", false
	}
	return id.Text, id.Text != ""
}

// isMissing reports whether the control plane does not have what was asked for.
func isMissing(err error) bool { return status(err) == http.StatusNotFound }
