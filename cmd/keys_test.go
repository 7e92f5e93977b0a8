package cmd

import (
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/testdata/mint"
)

// A tenant's keys are those for v1.0 and for v2.0 tokens, each once.
func TestKeysOfATenantAreThoseOfBothVersions(t *testing.T) {
	v2 := "login.microsoftonline.com/" + mint.Tenant + "/v2.0/.well-known/openid-configuration"
	network := documents{}.
		issuer(v1Metadata, v1Issuer, keySet(t, "", "one", "two")).
		issuer(v2, "https://login.microsoftonline.com/"+mint.Tenant+"/v2.0", keySet(t, `"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0",`, "two", "three"))
	code, stdout, stderr := run(network, t.TempDir(), "", "keys", "--tenant", mint.Tenant)
	if code != exitOK || !strings.Contains(stdout, "  3 keys,") || !strings.Contains(stdout, "2 keys  https://login.microsoftonline.com/{tenantid}/v2.0") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}

func TestKeysOfACloudAreThoseOfCommon(t *testing.T) {
	const base, host = "/.well-known/openid-configuration", "login.partner.microsoftonline.cn"
	network := documents{}.
		issuer(host+"/common"+base, "https://sts.chinacloudapi.cn/{tenantid}/", keySet(t, "", "one")).
		issuer(host+"/common/v2.0"+base, "https://"+host+"/{tenantid}/v2.0", keySet(t, "", "one"))
	code, stdout, stderr := run(network, t.TempDir(), "", "keys", "--cloud", "china")
	if code != exitOK || !strings.Contains(stdout, "  1 key,") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}
