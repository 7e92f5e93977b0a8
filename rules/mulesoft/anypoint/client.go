// Package anypoint reads an organisation's policies, contracts and API instances from Anypoint's
// control plane.
//
// Endpoints, members and paging are those of the OpenAPI files of
// mulesoft-anypoint/anypoint-automation-client-generator (1cd50369, 2026-05-30) and of MuleSoft's
// own client anypoint-cli-v4 1.6.12. No specification promises a page's size, an order or a rate,
// so lists are read defensively. Nothing here writes a file, or changes anything at the control
// plane.
package anypoint

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect/network"
	"github.com/gatewhy/gatewhy/inspect/source"
)

// Hosts are the control planes by their short names.
func Hosts() map[string]string {
	return map[string]string{
		"us": "anypoint.mulesoft.com", "eu": "eu1.anypoint.mulesoft.com",
		"gov": "gov.anypoint.mulesoft.com",
	}
}

// Client asks one control plane in the name of a connected app.
type Client struct {
	Host   string // without https://, with a port where it is not 443
	ID     string // of the connected app
	Secret string

	Transport http.RoundTripper
	Sleep     func(context.Context, time.Duration) error // nil for a real pause

	token string
}

const (
	attempts     = 4                // how often a request is made that may be tried again
	longestPause = 60 * time.Second // that a server may have us wait in between
	mostBytes    = 8 << 20          // of one answer
)

func limits() network.Limits { return network.Limits{Body: mostBytes, Time: 30 * time.Second} }

// signIn gets an access token for the connected app.
func (c *Client) signIn(ctx context.Context) error {
	c.token = ""
	body, err := json.Marshal(map[string]string{
		"grant_type": "client_credentials", "client_id": c.ID, "client_secret": c.Secret,
	})
	if err != nil {
		return err
	}
	answer, err := c.ask(ctx, http.MethodPost, "/accounts/api/v2/oauth2/token", nil, body)
	if err != nil {
		return err
	}
	token, ok := answer.Member("access_token").Str()
	if !ok || token == "" {
		return c.refusal("/accounts/api/v2/oauth2/token",
			"the answer has no access_token", "is this Anypoint's control plane?")
	}
	c.token = token
	return nil
}

// get asks for a document. Where the sign-in has run out, it signs in once more.
func (c *Client) get(ctx context.Context, path string, query url.Values) (*source.Value, error) {
	answer, err := c.ask(ctx, http.MethodGet, path, query, nil)
	if code, _ := refusedWith(err); code != http.StatusUnauthorized || c.token == "" {
		return answer, err
	}
	if err := c.signIn(ctx); err != nil {
		return nil, err
	}
	return c.ask(ctx, http.MethodGet, path, query, nil)
}

// statusError is an answer that is no success.
type statusError struct {
	shown  *source.Error
	status int
	again  time.Duration
}

func (e *statusError) Error() string { return e.shown.Error() }

// Unwrap returns the error as it is shown.
func (e *statusError) Unwrap() error { return e.shown }

// refusedWith is the status of an answer that is no success, and how long the server wants to be
// left alone; both are 0 where it does not say.
func refusedWith(err error) (status int, again time.Duration) {
	var refused *statusError
	if errors.As(err, &refused) {
		return refused.status, refused.again
	}
	return 0, 0
}

// ask makes a request. It tries again where a server is busy or in trouble.
func (c *Client) ask(
	ctx context.Context, method, path string, query url.Values, body []byte,
) (*source.Value, error) {
	pause := time.Second
	for attempt := 1; ; attempt++ {
		answer, err := c.once(ctx, method, path, query, body)
		code, again := refusedWith(err)
		busy := code == http.StatusTooManyRequests || code >= http.StatusInternalServerError
		if !busy || attempt == attempts {
			return answer, err
		}
		if pause = cmp.Or(again, pause); pause > longestPause || c.sleep(ctx, pause) != nil {
			return nil, err
		}
		pause *= 2
	}
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (c *Client) once(
	ctx context.Context, method, path string, query url.Values, body []byte,
) (*source.Value, error) {
	address := &url.URL{Scheme: "https", Host: c.Host, Path: path, RawQuery: query.Encode()}
	request, err := http.NewRequestWithContext(
		ctx, method, address.String(), bytes.NewReader(body))
	if err != nil {
		return nil, c.refusal(path, "the request can't be made: "+err.Error(), "")
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "gatewhy")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	} else {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := network.Send(c.Transport, request, network.Purpose{Address: address}, limits())
	switch {
	case ctx.Err() != nil:
		return nil, c.refusal(path, "the time for all requests is over", tooSlow)
	case err != nil:
		return nil, c.refusal(path, limits().Explain(err), hintOf(err))
	case answer.Cut:
		cause := fmt.Sprintf("the answer has more than %d MiB", mostBytes>>20)
		return nil, c.refusal(path, cause, "is this Anypoint's control plane?")
	case answer.Status != http.StatusOK:
		return nil, c.refused(path, answer)
	}
	return c.read(path, answer)
}

const tooSlow = "ask for fewer environments, or for single API instances"

func hintOf(err error) string {
	if hint := network.ProxyHint(err); hint != "" {
		return hint
	}
	if network.Untrusted(err) {
		return "a company's own certificate authority must be named"
	}
	return "is the host right, and can this machine reach it?"
}

// read reads an answer, which must be one JSON document.
func (c *Client) read(path string, answer *network.Answer) (*source.Value, error) {
	file, err := source.ReadJSON(c.Host+path, answer.Body)
	if err == nil && len(file.Documents) == 1 {
		return file.Documents[0], nil
	}
	what := cmp.Or(answer.Headers.Get("Content-Type"), "no content type")
	return nil, c.refusal(path, "the answer is not JSON ("+what+"), or was cut off",
		"is this Anypoint's control plane, or a page of something in between?")
}

// refused is the error of an answer that is no success.
func (c *Client) refused(path string, answer *network.Answer) error {
	cause := fmt.Sprintf("the control plane answered %d %s", answer.Status,
		http.StatusText(answer.Status))
	if file, err := source.ReadJSON(path, answer.Body); err == nil && len(file.Documents) == 1 {
		if message, ok := file.Documents[0].Member("message").Str(); ok && len(message) < 200 {
			cause += ": " + c.withoutSecrets(message)
		}
	}
	hint := ""
	switch {
	case answer.Status == http.StatusUnauthorized && c.token == "":
		hint = "are the client id and the secret of the connected app right, and is it of this " +
			"control plane?"
	case answer.Status == http.StatusUnauthorized, answer.Status == http.StatusForbidden:
		hint = "the connected app needs the scopes View APIs Configuration and View Contracts " +
			"in this environment"
	case answer.Status == http.StatusTooManyRequests:
		hint = "the control plane is busy: try again later"
	case answer.Status >= 300 && answer.Status < 400:
		hint = "a redirect is not followed with credentials: is the host right?"
	}
	return &statusError{
		shown: c.refusal(path, cause, hint), status: answer.Status,
		again: retryAfter(answer.Headers),
	}
}

// withoutSecrets is a text of the control plane, which may repeat what it was sent.
func (c *Client) withoutSecrets(text string) string {
	for _, secret := range []string{c.Secret, c.token} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "(secret)")
		}
	}
	return text
}

// retryAfter reads the seconds of Retry-After; a date is not waited for.
func retryAfter(headers http.Header) time.Duration {
	n, err := strconv.Atoi(headers.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, 1<<20)) * time.Second
}

func (c *Client) refusal(path, cause, hint string) *source.Error {
	e := &source.Error{Pos: source.Position{File: "https://" + c.Host + path}, Cause: cause}
	if hint != "" {
		e.Hints = source.Hints(hint)
	}
	return e
}

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
		case len(found.Items) == 0 && (!l.nested || len(items) == 0) && total > int64(len(items)):
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
