package mulesoft

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/rules"
)

// Values of a form that no page speaks of: what the gateway makes of them is not known.
func TestAnAudienceOfAnotherFormIsNotKnown(t *testing.T) {
	optional := withAudiences(`"api://x"`)
	mandatory := optional + `,"mandatoryAudClaim":true`
	open := unknown(rules.Audience)
	runJWT(t, []jwtCase{
		{"a number", optional, v1 + `,"aud":7`, open},
		{"a boolean", optional, v1 + `,"aud":true`, open},
		{"one where none is wrong", mandatory, v1 + `,"aud":true`, rejected(401, rules.Audience)},
		{"an empty list there", mandatory, v1 + `,"aud":[]`, rejected(401, rules.Audience)},
		{"another in a list there", mandatory, v1 + `,"aud":[7]`, rejected(401, rules.Audience)},
		{"an object", optional, v1 + `,"aud":{"x":"api://x"}`, open},
		{"an empty list", optional, v1 + `,"aud":[]`, open},
		{"a list of a number", optional, v1 + `,"aud":[7]`, open},
		{"a number beside one that fits", mandatory, v1 + `,"aud":[7,"api://x"]`, open},
		{"a list in a list", optional, v1 + `,"aud":[["api://x"]]`, open},
		{"a list of one", mandatory, v1 + `,"aud":["api://x"]`, accepted()},
		{"a list of others", optional, v1 + `,"aud":["api://y"]`, rejected(401, rules.Audience)},
		{"an empty text", optional, v1 + `,"aud":""`, rejected(401, rules.Audience)},
		{"none, and none is demanded", optional, v1, accepted()},
	})
}

// No page says whether the gateway evaluates an expression where a text is documented; an
// encrypted property is known to the deployment alone.
func TestAnAudienceThatIsNotWrittenOutIsNotKnown(t *testing.T) {
	const x = v1 + `,"aud":"api://x"`
	open := unknown(rules.Audience)
	for _, written := range []string{
		"#['api://x']", " #[ 'api://x' ] ", "![bm90IGtub3du]", "${aud}", "${secure::aud}",
		"api://x,${more}",
	} {
		runJWT(t, []jwtCase{{written, withAudiences(`"` + written + `"`), x, open}})
		made := compiled(t, "p.json",
			policyOf(jwtValidation, "1.4.0", withAudiences(`"`+written+`"`)), rules.Options{})
		found := slices.ContainsFunc(made.Findings, func(f rules.Finding) bool {
			return f.Field == "supportedAudiences" && f.Check == nil
		})
		if !found {
			t.Errorf("%s: nothing is found in it", written)
		}
	}
}

func TestAClientIDThatIsNoTextIsNotKnown(t *testing.T) {
	open := unknown(rules.ClientID)
	with := func(expression string) string {
		return base + `,"clientIdExpression":"` + expression + `"`
	}
	runJWT(t, []jwtCase{
		{"a list", with("#[vars.claimSet.roles]"), v1 + `,"roles":["a"]`, open},
		{"a list of the client", with("#[vars.claimSet.cid]"), v1 + `,"cid":["a"]`, open},
		{"a number", with("#[vars.claimSet.cid]"), v1 + `,"cid":7`, open},
		{"a boolean", with("#[vars.claimSet.cid]"), v1 + `,"cid":true`, open},
		{"an object", with("#[vars.claimSet.cid]"), v1 + `,"cid":{}`, open},
		{"a number of an expression", with("#[sizeOf(vars.claimSet.appid)]"), v1, open},
		{"an empty text", with("#[vars.claimSet.cid]"), v1 + `,"cid":""`, open},
		{"a space", with("#[vars.claimSet.cid]"), v1 + `,"cid":" "`, open},
		{
			"null", with("#[vars.claimSet.cid]"), v1 + `,"cid":null`,
			rejected(403, rules.ClientID),
		},
		{"absent", with("#[vars.claimSet.cid]"), v1, rejected(403, rules.ClientID)},
	})
}

func TestBlanksAroundAnExpressionLeaveItOpen(t *testing.T) {
	open := unknown(rules.CustomClaim)
	claim := func(value string) string {
		return claimList(`{"key":"env","value":"` + value + `"}`)
	}
	const is = "#[vars.claimSet.env == 'uat']"
	uat, dev := v1+`,"env":"uat"`, v1+`,"env":"dev"`
	client := base + `,"clientIdExpression":" #[vars.claimSet.appid]"`
	runJWT(t, []jwtCase{
		{"before", claim(" " + is), uat, open},
		{"behind", claim(is + " "), uat, open},
		{"the end of a line", claim(is + `\n`), uat, open},
		{"a tab", claim(`\t` + is), dev, open},
		{"both", claim(" " + is + " "), dev, open},
		{"what is no expression", claim(" uat"), uat, rejected(401, rules.CustomClaim)},
		{"a text around it", claim("x#[vars.claimSet.env]"), uat, open},
		{"the client id", client, v1, unknown(rules.ClientID)},
		{"inside", claim("#[ vars.claimSet.env == 'uat' ]"), uat, accepted()},
	})
}

// A block of YAML that begins with | ends with the end of a line, as a heredoc of Terraform does:
// the question says how to write it without.
func TestABlockThatEndsWithALineAsksForOneThatDoesNot(t *testing.T) {
	block := func(style, text string) string {
		return strings.Replace(
			flexWith("    signingMethod: rsa\n    validateCustomClaim: true\n"+
				"    mandatoryCustomClaims:\n      - key: env\n        value: BLOCK\n"),
			"BLOCK", strings.TrimRight(style+"\n          "+text, " \n")+"\n", 1,
		)
	}
	const is = "#[vars.claimSet.env == 'uat']"
	const twoLines = "#[vars.claimSet.env ==\n          'uat']"
	const line, blanks = "in YAML |- instead of |", "without the spaces"
	for name, row := range map[string]struct{ text, ask string }{
		"a literal block":               {block("|", is), line},
		"a folded block":                {block(">", is), line},
		"one that keeps every end":      {block("|+", is), line},
		"two lines":                     {block("|", twoLines), line},
		"one that is indented":          {block("|2", "  "+is), blanks},
		"a blank in quotes":             {block(`"`+is+` "`, ""), blanks},
		"a line's end in quotes":        {block(`"`+is+`\n"`, ""), line},
		"a literal block without it":    {block("|-", is), ""},
		"a folded block without it":     {block(">-", is), ""},
		"two lines without it":          {block("|-", twoLines), ""},
		"a block of a text that is one": {block("|", "uat"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			policies := compiled(t, "p.yaml", row.text, rules.Options{}).Policies
			verdict := rules.Evaluate(policies, request(v1+`,"env":"uat"`))
			switch {
			case row.ask == "" && verdict.Outcome == rules.Undetermined:
				t.Errorf("undetermined: %s", verdict.Why())
			case row.ask != "" && (verdict.Outcome != rules.Undetermined ||
				!strings.Contains(verdict.Question().For, row.ask)):
				t.Errorf("%s: %s, %+v", verdict.Outcome, verdict.Why(), verdict.Question())
			}
		})
	}
}

// Local mode has no contracts, so nobody knows what becomes of a client that can't be read.
func TestAMissingClientIDInLocalModeIsNotKnown(t *testing.T) {
	local := flexWith("    signingMethod: rsa\n    clientIdExpression: '#[vars.claimSet.cid]'\n")
	strict := strings.Replace(
		local, "skipClientIdValidation: true", "skipClientIdValidation: false", 1,
	)
	for name, row := range map[string]struct {
		text, claims string
		want         decided
	}{
		"absent":  {strict, v1, unknown(rules.ClientID)},
		"null":    {strict, v1 + `,"cid":null`, unknown(rules.ClientID)},
		"a list":  {strict, v1 + `,"cid":["a"]`, unknown(rules.ClientID)},
		"there":   {strict, v1 + `,"cid":"a"`, unknown(rules.Contract)},
		"skipped": {local, v1, accepted()},
		"absent skip": {
			strings.Replace(strict, "    skipClientIdValidation: false\n", "", 1), v1,
			unknown(rules.ClientID),
		},
	} {
		policies := compiled(t, "p.yaml", row.text, rules.Options{}).Policies
		if got := short(rules.Evaluate(policies, request(row.claims))); got != row.want {
			t.Errorf("%s: got %v, want %v", name, got, row.want)
		}
	}
}

// The same of not without a blank, which is reported not to work.
func TestNotWithoutABlankLeavesTheWholeOpen(t *testing.T) {
	runJWT(t, []jwtCase{
		{
			"in a branch that is not taken",
			claimList(`{"key":"env","value":"#[if (vars.claimSet.env == 'uat') true else ` +
				`(not(vars.claimSet.env == 'x'))]"}`),
			v1 + `,"env":"uat"`, unknown(rules.CustomClaim),
		},
		{
			"with a blank",
			claimList(`{"key":"env","value":"#[if (vars.claimSet.env == 'uat') true else ` +
				`(not (vars.claimSet.env == 'x'))]"}`),
			v1 + `,"env":"uat"`, accepted(),
		},
	})
}

// Older versions of Flex Gateway can't write null, and may refuse the whole expression.
func TestWhatOlderVersionsOfAGatewayLackLeavesTheWholeOpen(t *testing.T) {
	open := unknown(rules.CustomClaim)
	for expression, want := range map[string]decided{
		"vars.claimSet.env == 'uat'":                                          accepted(),
		"(vars.claimSet.env == 'uat') or (vars.claimSet.env == null)":         open,
		"if (vars.claimSet.env == 'uat') true else (null == 'x')":             open,
		"(vars.claimSet.env == 'uat') or isEmpty(vars.claimSet.x)":            open,
		"(vars.claimSet.env == 'dev') and (vars.claimSet.env == null)":        open,
		"(vars.claimSet.env == 'uat') or ([null, 'a'] contains 'b')":          open,
		"if (vars.claimSet.env == 'uat') true else isEmpty(vars.claimSet.ab)": open,
	} {
		config := claimList(`{"key":"env","value":"#[` + expression + `]"}`)
		text := policyOf(jwtValidation, "0.12.0", config)
		if got := short(verdictOf(t, text, request(v1+`,"env":"uat"`))); got != want {
			t.Errorf("%s: got %v, want %v", expression, got, want)
		}
	}
}
