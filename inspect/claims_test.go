package inspect

import (
	"strings"
	"testing"
)

func TestTheDictionaryHasEveryClaimOnceAndComplete(t *testing.T) {
	t.Parallel()
	for _, table := range [][]ClaimInfo{claims[:], headerMembers[:]} {
		seen := map[string]bool{}
		for _, c := range table {
			switch {
			case seen[c.Name]:
				t.Errorf("%s appears twice", c.Name)
			case c.Name == "" || c.Meaning == "" || c.SetBy == "" || c.Fitness == "":
				t.Errorf("%+v is not complete", c)
			case !strings.HasSuffix(c.Meaning, "."):
				t.Errorf("the meaning of %s is no sentence: %q", c.Name, c.Meaning)
			case c.Reference != "" && !strings.HasPrefix(c.Reference, "https://"):
				t.Errorf("the reference of %s is no address: %q", c.Name, c.Reference)
			}
			seen[c.Name] = true
		}
	}
}

// The claims of Entra ID's tokens, and those that RFC 7519 and RFC 9068 register.
func TestTheDictionaryKnowsTheClaimsOfEntraAndTheRegisteredOnes(t *testing.T) {
	t.Parallel()
	for name := range strings.FieldsSeq(`
		iss sub aud exp nbf iat jti appid azp appidacr azpacr scp roles idtyp oid tid ver uti
		aio rh acr amr unique_name upn ipaddr family_name given_name onprem_sid pwd_exp
		in_corp preferred_username idp groups hasgroups _claim_names _claim_sources wids acrs
		xms_cc acct auth_time email sid ctry login_hint tenant_region_scope xms_edov xms_pdl
		xms_pl xms_tpl ztdid app_displayname puid platf signin_state xms_tcdt xms_st xms_tdbr
		cnf xms_mirid nonce c_hash at_hash tfp name client_id scope act may_act nickname
		middle_name profile picture website email_verified gender birthdate zoneinfo locale
		phone_number phone_number_verified address updated_at entitlements events s_hash`) {
		if _, ok := Claim(name); !ok {
			t.Errorf("%s is not known", name)
		}
	}
	for name := range strings.FieldsSeq("alg kid x5t typ nonce crit jku jwk x5u x5c enc zip") {
		if _, ok := HeaderMember(name); !ok {
			t.Errorf("the header's %s is not known", name)
		}
	}
	if _, ok := Claim("AUD"); ok {
		t.Error("AUD is taken for aud")
	}
}

// learn.microsoft.com/entra/identity-platform/migrate-off-email-claim-authorization and
// access-token-claims-reference.
func TestClaimsThatAUserCanChangeMayNotDecide(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"email", "upn", "preferred_username", "unique_name", "name"} {
		if c, _ := Claim(name); c.Fitness != Unfit || !c.Personal {
			t.Errorf("%s: fitness %q, personal %v", name, c.Fitness, c.Personal)
		}
	}
	for _, name := range []string{"aud", "iss", "roles", "scp", "appid", "azp"} {
		if c, _ := Claim(name); c.Fitness != Decides || c.Personal {
			t.Errorf("%s: fitness %q, personal %v", name, c.Fitness, c.Personal)
		}
	}
}
