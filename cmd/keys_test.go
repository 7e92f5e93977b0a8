package cmd

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// A tenant's keys are those for v1.0 and for v2.0 tokens, each once.
func TestKeysOfATenantAreThoseOfBothVersions(t *testing.T) {
	t.Parallel()
	v2 := "login.microsoftonline.com/" + mint.Tenant + "/v2.0/.well-known/openid-configuration"
	network := documents{}.
		issuer(v1Metadata, v1Issuer, keySet(t, "", "one", "two")).
		issuer(v2, "https://login.microsoftonline.com/"+mint.Tenant+"/v2.0", keySet(t,
			`"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0",`, "two", "three"))
	code, stdout, stderr := run(network, t.TempDir(), "", "keys", "--tenant", mint.Tenant)
	if code != exitOK || !strings.Contains(stdout, "  3 keys,") || !strings.Contains(stdout,
		"2 keys  https://login.microsoftonline.com/{tenantid}/v2.0") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}

func TestKeysOfACloudAreThoseOfCommon(t *testing.T) {
	t.Parallel()
	const base, host = "/.well-known/openid-configuration", "login.partner.microsoftonline.cn"
	network := documents{}.
		issuer(host+"/common"+base, "https://sts.chinacloudapi.cn/{tenantid}/", keySet(t, "",
			"one")).
		issuer(host+"/common/v2.0"+base, "https://"+host+"/{tenantid}/v2.0", keySet(t, "", "one"))
	code, stdout, stderr := run(network, t.TempDir(), "", "keys", "--cloud", "china")
	if code != exitOK || !strings.Contains(stdout, "  1 key,") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}

// cloudDocuments are the common documents of a cloud, for tokens of both versions.
func (d documents) cloud(host, keySet string) documents {
	const base = "/.well-known/openid-configuration"
	return d.issuer(host+"/common"+base, "https://sts.windows.net/{tenantid}/", keySet).
		issuer(host+"/common/v2.0"+base, "https://"+host+"/{tenantid}/v2.0", keySet)
}

// Which clouds list a key is what their key sets say, and what is not known of a cloud is said.
func TestKeysSaysWhichCloudsListAKey(t *testing.T) {
	t.Parallel()
	network := documents{}.
		cloud("login.microsoftonline.com", keySet(t,
			`"cloud_instance_name":"microsoftonline.us",`, "one", "two")).
		cloud("login.microsoftonline.us", keySet(t,
			`"cloud_instance_name":"microsoftonline.us",`, "two")).
		cloud("login.partner.microsoftonline.cn", keySet(t, "", "three"))
	cache, file := t.TempDir(), filepath.Join(t.TempDir(), "keys.json")
	writeFile(t, file, keySet(t, `"cloud_instance_name":"microsoftonline.us",`, "two"))
	tests := []struct {
		name string
		args []string
		says []string
	}{
		{
			"every key of every cloud",
			[]string{"--clouds"},
			[]string{
				"3 keys, the common keys of public, usgov, china", " usgov public, usgov ",
				" usgov public ", " - china ", "belongs to usgov, and public lists it too",
				" bleu not known: the server " +
					"answered 404",
				" usgov 1 key ",
			},
		},
		{
			"the keys of a file",
			[]string{file, "--clouds"},
			[]string{"1 key, ", " usgov public, usgov "},
		},
		{
			"offline, from the cache",
			[]string{"--cloud", "usgov", "--clouds", "--offline"},
			[]string{
				" usgov public, usgov ", "public 2 keys, from the cache", "bleu not known: " +
					"offline, and no key set of this address is in the cache",
			},
		},
		{"and without asking, what the key says of itself", []string{file, "-v"}, []string{
			"RSA 2048 sig - - usgov cloud: what the key itself says (cloud_instance_name). " +
				"--clouds asks which clouds list it.",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := run(
				network, cache, "",
				append([]string{"keys"}, test.args...)...)
			unwrapped := strings.Join(strings.Fields(stdout), " ")
			for _, says := range test.says {
				if code != exitOK || !strings.Contains(unwrapped, says) {
					t.Errorf("exit code %d, want %q:\n%s%s", code, says, stdout, stderr)
				}
			}
		})
	}
}

func TestKeysTellsTheCloudsInJSON(t *testing.T) {
	t.Parallel()
	network := documents{}.cloud("login.microsoftonline.com", keySet(t, "", "one"))
	code, stdout, stderr := run(network, t.TempDir(), "", "keys", "--clouds", "-o", "json")
	validate(t, "keys", stdout)
	for _, says := range []string{
		`"listed_by": [` + "\n        \"public\"", `"id": "usgov"`,
		`"fault": "https://login.microsoftonline.us/`,
	} {
		if code != exitOK || !strings.Contains(stdout, says) {
			t.Errorf("exit code %d, want %q:\n%s%s", code, says, stdout, stderr)
		}
	}
}
