package cmd

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gatewhy/gatewhy/cmd/gateways"
	"github.com/gatewhy/gatewhy/testdata/mint"
)

// nextWorld is a folder with policies, keys and tokens in which screens are printed.
type nextWorld struct {
	t   *testing.T
	dir string
}

// strictJWT is a policy that checks audience, issuer and a role, and looks for no contract.
const strictJWT = `{
  "assetId": "jwt-validation",
  "assetVersion": "1.4.0",
  "apiId": 18903,
  "configurationData": {
    "signingMethod": "rsa",
    "signingKeyLength": 256,
    "jwtKeyOrigin": "jwks",
    "jwksUrl": "https://login.microsoftonline.com/` + mint.Tenant + `/discovery/keys",
    "skipClientIdValidation": SKIP,
    "clientIdExpression": "#[vars.claimSet.appid]",
    "validateAudClaim": true,
    "mandatoryAudClaim": true,
    "supportedAudiences": "api://orders-uat",
    "mandatoryExpClaim": true,
    "mandatoryNbfClaim": true,
    "validateCustomClaim": true,
    "mandatoryCustomClaims": [
      {"key": "iss", "value": "https://sts.windows.net/` + mint.Tenant + `/"},
      {"key": "CLAIM", "value": "VALUE"}
    ]
  }
}
`

func strictPolicy(skip, claim, value string) string {
	return strings.NewReplacer("SKIP", skip, "CLAIM", claim, "VALUE", value).Replace(strictJWT)
}

func newNextWorld(t *testing.T) *nextWorld {
	w := &nextWorld{t, t.TempDir()}
	noRoles := strictPolicy("true", "ver", "1.0")
	for name, text := range map[string]string{
		"keys.json":     keySet(t, "", "signing"),
		"uat.json":      noRoles,
		"contract.json": strictPolicy("false", "ver", "1.0"),
		"role.json":     strictPolicy("true", "roles", "#[vars.claimSet.roles contains 'Orders.Read']"),
		"scope.json": strictPolicy("true", "scp",
			"#[(vars.claimSet.scp splitBy ' ') contains 'Orders.Write']"),
		"strict.json": `{"policies": [{"configuration": {"skipClientIdValidation": false}, "order": 1,
  "template": {"groupId": "68ef9520-24e9-4cf2-b2f5-620025690913",
  "assetId": "openidconnect-access-token-enforcement", "assetVersion": "1.3.0"}}]}`,
		"open.json": `{"assetId": "openidconnect-access-token-enforcement", "assetVersion": "1.3.0",
  "configurationData": {"scopes": "", "skipClientIdValidation": true}}`,
		"own.json":      `{"assetId": "our-own-policy", "assetVersion": "1.0.0", "configurationData": {}}`,
		"contracts.txt": mint.Client + "\n",
		"nobody.txt":    "# nobody\n",
	} {
		writeFile(t, filepath.Join(w.dir, name), text)
	}
	good := w.token("v1", `{}`, 0)
	for name, token := range map[string]string{
		"good.jwt":    good,
		"dev.jwt":     w.token("v1", `{"aud": "api://orders-dev"}`, 0),
		"expired.jwt": w.token("v1", `{}`, -72*time.Hour),
		"altered.jwt": altered(good),
		"cut.jwt":     good[:len(good)-40],
		"half.jwt":    good[:len(good)/2],
		"opaque.jwt":  "a-token-of-somebody-else-that-says-nothing",
		"graph.jwt":   w.token("v1", `{"aud": "https://graph.microsoft.com"}`, 0),
		"id.jwt":      w.token("id", `{}`, 0),
		"user.jwt":    w.token("v1-user", `{"scp": "Orders.Read"}`, 0),
		"v2.jwt":      w.token("v2", `{}`, 0),
		"tenant.jwt": w.token("v1", `{"tid": "`+otherTenant+`", "iss": "https://sts.windows.net/`+
			otherTenant+`/"}`, 0),
		"stranger.jwt": signed(t, "stranger", `{}`),
		"role.jwt":     w.token("v1", `{"roles": ["Orders.Read"]}`, 0),
	} {
		writeFile(t, filepath.Join(w.dir, name), token+"\n")
	}
	return w
}

// token is a token of a shape with further claims, issued so much before the clock.
func (w *nextWorld) token(shape, claims string, ago time.Duration) string {
	w.t.Helper()
	all, err := mint.Claims(shape, clock.Add(ago))
	if err == nil {
		err = json.Unmarshal([]byte(claims), &all)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	text, err := json.Marshal(all)
	if err != nil {
		w.t.Fatal(err)
	}
	return signedAs(w.t, "none", "signing", string(text))
}

// run runs gatewhy in the folder.
func (w *nextWorld) run(stdin string, args ...string) (code int, stdout, stderr string) {
	var out, problems bytes.Buffer
	code = Main(Env{
		Args: args, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &problems, Dir: w.dir,
		Now: func() time.Time { return clock }, Transport: documents{},
		LookupEnv: func(string) (string, bool) { return "", false },
		CacheDir:  func() (string, error) { return "", os.ErrNotExist },
		Terminal:  Terminal{UTF8: true}, Gateways: gateways.All(),
	})
	return code, out.String(), problems.String()
}

func TestShowScreens(t *testing.T) {
	w := newNextWorld(t)
	for _, args := range []string{
		"explain @dev.jwt -p uat.json --jwks keys.json",
		"explain @good.jwt -p strict.json --jwks keys.json --contracts contracts.txt",
		"explain @expired.jwt -p uat.json --jwks keys.json",
		"explain @altered.jwt -p uat.json --jwks keys.json",
		"explain @half.jwt -p uat.json --jwks keys.json",
		"explain @opaque.jwt -p uat.json --jwks keys.json",
		"explain @graph.jwt -p uat.json --jwks keys.json",
		"explain @id.jwt -p uat.json --jwks keys.json",
		"explain @good.jwt -p contract.json --jwks keys.json --contracts nobody.txt",
		"explain @good.jwt -p contract.json --jwks keys.json",
		"explain @user.jwt -p scope.json --jwks keys.json",
		"explain @good.jwt -p role.json --jwks keys.json",
		"explain @good.jwt -p own.json --jwks keys.json",
		"explain @stranger.jwt -p uat.json --jwks keys.json",
		"explain @tenant.jwt -p uat.json --jwks keys.json",
		"explain @good.jwt -p uat.json --jwks keys.json",
		"explain @good.jwt -p open.json --jwks keys.json",
		"explain @v2.jwt -p uat.json --jwks keys.json",
		"explain @good.jwt -p uat.json --jwks keys.json --observed-status 401",
		"explain --no-token -p uat.json",
		"explain @good.jwt -p uat.json --offline",
	} {
		code, out, errs := w.run("", strings.Fields(args)...)
		_, next, _ := strings.Cut(out, "\n  next\n")
		first := strings.SplitN(strings.TrimSpace(out), "\n", 2)[0]
		t.Logf("$ gatewhy %s -> %d\n  %s%s\n%s", args, code, first, errs, next)
	}
}
