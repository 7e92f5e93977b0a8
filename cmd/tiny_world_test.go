package cmd

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/cmd/report"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/testdata/mint"
	"github.com/gatewhy/gatewhy/testdata/tinygateway"
)

// tinyDoor is a configuration of the tiny gateway. The second issuer has no audiences.
const tinyDoor = `# The door of the orders API.
tiny: 1
api: orders
token: {header: X-Token, query: token, prefix: "Tiny "}
issuers:
  - issuer: https://sts.windows.net/` + mint.Tenant + `/
    keys: https://login.microsoftonline.com/` + mint.Tenant + `/discovery/keys
    audiences: [api://orders-uat/]   # our own
  - issuer: https://login.microsoftonline.com/` + mint.Tenant + `/v2.0
    keys: https://login.microsoftonline.com/` + mint.Tenant + `/discovery/v2.0/keys
rules:
  - {path: /admin, roles: [Orders.Admin]}
  - {path: /metrics}
`

// tinyWorld is a folder with doors and tokens, and the program as it would be with the tiny
// gateway beside its own.
type tinyWorld struct {
	t        *testing.T
	dir      string
	key      *mint.Key
	gateways report.Gateways
}

func newTinyWorld(t *testing.T) *tinyWorld {
	t.Helper()
	key, _ := signingKey(t)
	w := &tinyWorld{t: t, dir: t.TempDir(), key: key, gateways: append(everyGateway(),
		tinygateway.Adapter())}
	set, err := json.Marshal(map[string]any{"keys": []any{key.JWK()}})
	if err != nil {
		t.Fatal(err)
	}
	w.write("keys.json", string(set))
	w.write("door.yaml", tinyDoor)
	return w
}

// with is the same folder with other adapters.
func (w *tinyWorld) with(all ...rules.Adapter) *tinyWorld {
	other := *w
	other.gateways = all
	return &other
}

func (w *tinyWorld) write(name, text string) {
	w.t.Helper()
	file := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *tinyWorld) read(name string) string {
	w.t.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// token writes a token of this shape with other claims over it, and returns how the command line
// names it.
func (w *tinyWorld) token(shape string, over map[string]any) string {
	w.t.Helper()
	claims, err := mint.Claims(shape, clock)
	if err != nil {
		w.t.Fatal(err)
	}
	for name, value := range over {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		w.t.Fatal(err)
	}
	token, err := w.key.Sign("RS256", []byte(`{"typ":"JWT","alg":"RS256","kid":"`+w.key.ID+`"}`),
		payload)
	if err != nil {
		w.t.Fatal(err)
	}
	w.write("token.jwt", token)
	return "@token.jwt"
}

// run runs the program in the folder.
func (w *tinyWorld) run(args ...string) (stdout, stderr string, code int) {
	w.t.Helper()
	var out, errs bytes.Buffer
	code = Main(Env{
		Gateways: w.gateways,
		Args:     args, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Dir: w.dir,
		Now:       func() time.Time { return clock },
		LookupEnv: func(string) (string, bool) { return "", false },
		CacheDir:  func() (string, error) { return w.t.TempDir(), nil },
		Terminal:  Terminal{UTF8: true, Width: 100},
	})
	return out.String(), errs.String(), code
}

// explain explains a token at the door.
func (w *tinyWorld) explain(token string, more ...string) (stdout, stderr string, code int) {
	w.t.Helper()
	return w.run(append([]string{
		"explain", token, "-p", "door.yaml", "--jwks", "keys.json",
		"--method", "GET", "--path", "/orders",
	}, more...)...)
}

// tinyRegistration is an app with one app role.
const tinyRegistration = `{
  "appId": "APP", "displayName": "NAME", "signInAudience": "AzureADMyOrg", "identifierUris": [URI],
  "appRoles": [{
    "id": "401e0000-0000-4000-8000-000000000001", "value": "Orders.Admin", "displayName": "Admin",
    "allowedMemberTypes": ["Application"], "isEnabled": true
  }]
}`

// tinyEstate is two environments.
const tinyEstate = `version: 1
tenant: ` + mint.Tenant + `
environments:
  dev: {policies: [dev/door.yaml], gateway: tiny, api: dev/api.json, clients: [dev/web.json]}
  uat: {policies: [uat/door.yaml], api: uat/api.json, clients: [uat/web.json]}
`

// tinyDoorOf is a door of two issuers, the first of tokens that the APIs do not use, the second
// with these audiences.
func tinyDoorOf(audiences string) string {
	const tenant = "https://login.microsoftonline.com/" + mint.Tenant
	return `tiny: 1
token: {header: X-Token}
issuers:
  - issuer: ` + tenant + `/v2.0
    keys: ` + tenant + `/discovery/v2.0/keys

  # The issuer that counts.
  - issuer: https://sts.windows.net/` + mint.Tenant + `/
    keys: ` + tenant + `/discovery/keys
` + audiences + `rules:
  - {path: /admin, roles: [Orders.Admin]}
`
}

// estate writes the files of two environments at tiny gateways. DEV's door checks no audience.
func (w *tinyWorld) estate() {
	w.t.Helper()
	w.write("gatewhy.yaml", tinyEstate)
	w.write("dev/door.yaml", tinyDoorOf(""))
	w.write("uat/door.yaml", tinyDoorOf("    audiences: [api://orders-uat]\n"))
	for _, app := range []struct{ file, id, name, uri string }{
		{
			"dev/api.json", "d1b1c6d5-27d1-4f0c-8e0e-6a5d3c2b1a01", "orders-dev",
			`"api://orders-dev"`,
		},
		{"dev/web.json", "d1b1c6d5-27d1-4f0c-8e0e-6a5d3c2b1a02", "web-dev", ""},
		{
			"uat/api.json", "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a09", "orders-uat",
			`"api://orders-uat"`,
		},
		{"uat/web.json", "9b1c6d52-7d1f-4f0c-8e0e-6a5d3c2b1a02", "web-uat", ""},
	} {
		fill := strings.NewReplacer("APP", app.id, "NAME", app.name, "URI", app.uri)
		w.write(app.file, fill.Replace(tinyRegistration))
	}
}

// tinySuite is tests of the door.
const tinySuite = `version: 1
policies: [door.yaml]
gateway: tiny
at: 2026-05-06T10:00:00Z
tests:
  - name: a DEV token is rejected at UAT
    token:
      shape: entra-v1-app-only
      claims: {iss: "https://sts.windows.net/` + mint.Tenant + `/", aud: api://orders-dev}
    method: GET
    path: /orders
    expect: {outcome: rejected, status: 499, decided_by: audience}
  - name: a path for which a role is missing
    token:
      shape: entra-v1-app-only
      claims: {iss: "https://sts.windows.net/` + mint.Tenant + `/", aud: api://orders-uat}
    method: GET
    path: /admin
    expect: {outcome: rejected, status: 418, decided_by: custom-claim}
  - name: a path that nobody gets at
    token:
      shape: entra-v1-app-only
      claims: {iss: "https://sts.windows.net/` + mint.Tenant + `/", aud: api://orders-uat}
    method: GET
    path: /metrics
    expect: {outcome: rejected, status: 403, decided_by: request}
  - name: no token
    token: none
    method: GET
    path: /orders
    expect: {outcome: rejected, status: 401, decided_by: token-present}
`
