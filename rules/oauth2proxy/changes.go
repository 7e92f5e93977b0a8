package oauth2proxy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// repairable lists the rules whose findings a change can remove.
func repairable() []string {
	return []string{
		"login-fallback", "issuer-not-pinned", "allowed-tenants-not-for-bearer",
		"discovery-issuer-differs", "issuer-of-other-version", "audience-of-another-claim",
		"audience-not-checked", "audience-not-of-app", "audience-of-microsoft-api",
		"audience-never-issued", "exempt-route-unanchored", "bearer-tokens-ignored",
	}
}

// changer makes changes of one instance.
type changer struct {
	*entry
	of     *rules.Configuration
	policy *rules.Policy
}

func changerOf(c *rules.Configuration, policy *rules.Policy) changer {
	return changer{policy.Entry.(*entry), c, policy}
}

// changeFor is the smallest change that may remove a finding; empty where none is known.
func changeFor(c *rules.Configuration, goal rules.Goal) rules.Change {
	f := goal.Finding
	m := changerOf(c, f.Policy)
	switch f.Rule {
	case "login-fallback":
		return m.set("no-login-fallback", "answer 403 to an invalid token",
			"bearer_token_login_fallback", "false")
	case "issuer-not-pinned", "allowed-tenants-not-for-bearer":
		if m.get("insecure_oidc_skip_issuer_verification").on() {
			return m.set("verify-issuer", "verify the issuer",
				"insecure_oidc_skip_issuer_verification", "false")
		}
	case "discovery-issuer-differs", "issuer-of-other-version":
		return m.issuer(goal)
	case "audience-of-another-claim", "audience-not-checked":
		if m.get("oidc_audience_claims").set() {
			return m.whole("audience-in-aud", "read the audience from aud alone",
				"oidc_audience_claims", "aud")
		}
	case "audience-not-of-app", "audience-of-microsoft-api", "audience-never-issued":
		return m.audience(goal.Facts.Audience)
	case "exempt-route-unanchored":
		return m.anchor(f)
	case "extra-issuers-share-audiences":
		return rules.Change{
			Title: "give each audience its issuer",
			Refused: "whether the extra audiences are meant for the extra issuers only who runs " +
				"the proxy knows",
		}
	case "bearer-tokens-ignored":
		return m.takeBearerTokens()
	}
	return rules.Change{}
}

// made is a change of one option, or why it can't be made.
func (m *changer) made(
	id, title, name, to string, how func(*entry, setting, string) (*edit, error),
) rules.Change {
	change := rules.Change{ID: id, Title: title, Policy: m.policy}
	edited, field, err := m.edited(m.of, name, to, how)
	if err != nil {
		change.Refused = rules.NotEditable(err)
		return change
	}
	change.Edited, change.Fields = edited, []rules.FieldChange{field}
	return change
}

func (m *changer) set(id, title, name, to string) rules.Change {
	return m.made(id, title, name, to, set)
}

func (m *changer) takeBearerTokens() rules.Change {
	return m.set("take-bearer-tokens", "look at bearer tokens (skip_jwt_bearer_tokens)",
		"skip_jwt_bearer_tokens", "true")
}

// whole gives a list one value in the place of all that it has.
func (m *changer) whole(id, title, name, to string) rules.Change {
	if len(m.get(name).given) > 1 {
		return rules.Change{
			ID: id, Title: title, Refused: name + " is given several times: edit it by hand",
		}
	}
	return m.set(id, title, name, to)
}

func (m *changer) add(id, title, name, to string) rules.Change {
	change := m.made(id, title, name, to, add)
	for i := range change.Fields {
		if from := change.Fields[i].From; from != "" {
			change.Fields[i].To = from + ", " + to
		}
	}
	return change
}

// audience accepts tokens for an audience.
func (m *changer) audience(audience string) rules.Change {
	if audience == "" {
		return rules.Change{
			ID: "accept-audience", Title: "accept the API's audience",
			Refused: "the audience of the API's tokens is not known",
			Needs:   []source.Need{{Input: source.NeedAudience, For: "the API's audience"}},
		}
	}
	return m.add(
		"accept-audience", "accept tokens for "+audience, "oidc_extra_audiences", audience,
	)
}

// issuer writes an issuer as the tokens have it: of the version that is wanted, or else of the one
// that it is of already.
func (m *changer) issuer(goal rules.Goal) rules.Change {
	change := rules.Change{
		ID: "issuer-as-issued", Title: "write the issuer as the tokens have it",
	}
	of := m.get("oidc_issuer_url")
	if goal.Finding.Field != of.name {
		change.Refused = "edit the issuer of " + goal.Finding.Field + " by hand"
		return change
	}
	address, _ := entra.ParseKeysURL(of.text())
	read, _ := entra.ParseIssuer(of.text())
	tenant, version := goal.Facts.Tenant, goal.Facts.Version
	for _, known := range []string{read.Tenant, address.Tenant, segment(of.text())} {
		if tenant == "" && entra.IsGUID(known) {
			tenant = known
		}
	}
	if tenant == "" {
		change.Refused = "the tenant's id is not known"
		change.Needs = []source.Need{{Input: source.NeedTenant, For: "whose tokens are accepted"}}
		return change
	}
	now := entra.V2
	if strings.HasPrefix(of.text(), "https://sts.") {
		now = entra.V1
	}
	switch {
	case goal.Finding.Rule == "issuer-of-other-version" && now == entra.V1:
		version = entra.V2
	case goal.Finding.Rule == "issuer-of-other-version":
		version = entra.V1
	case version == 0:
		version = now
	}
	keys, _ := entra.ParseKeysURL(m.get("oidc_jwks_url").text())
	named := cmp.Or(goal.Facts.Cloud, keys.Cloud.ID, address.Cloud.ID, entra.Clouds()[0].ID)
	cloud, ok := read.CloudNamed(named)
	if !ok {
		cloud, _ = entra.CloudByID(named)
	}
	return m.set(change.ID, change.Title, of.name, entra.IssuerURL(cloud, tenant, version))
}

// segment is the first part of an address's path.
func segment(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	_, path, _ := strings.Cut(rest, "/")
	first, _, _ := strings.Cut(path, "/")
	return first
}

// anchor makes an exempt route match at the beginning of a path alone.
func (m *changer) anchor(f *rules.Finding) rules.Change {
	of := m.get(f.Field)
	change := rules.Change{ID: "anchor-route", Title: "let the route match from the path's start"}
	i := slices.IndexFunc(of.values, func(v *source.Value) bool { return v.Pos == f.Pos })
	if i < 0 || len(of.given) != 1 || !of.given[0].value.Is(source.List) {
		change.Refused = "the route is a part of a text: edit it by hand"
		return change
	}
	text := of.values[i].Text
	path := routeIn(f.Field, text).path
	to := strings.TrimSuffix(text, path) + "^" + path
	made := func(*entry, setting, string) (*edit, error) {
		return replacing(of.given[0], of.values[i], to), nil
	}
	change = m.made(change.ID, change.Title, f.Field, to, made)
	for j := range change.Fields {
		change.Fields[j].From = text
	}
	return change
}

// proposals are the changes that may let a request in that is kept out. None narrows an instance:
// whom it is to keep out only its rules say.
func proposals(c *rules.Configuration, goal rules.Goal) []rules.Change {
	v := goal.Verdict
	if v.Outcome != rules.Rejected || v.Decided == nil || c.Index(v.Decided.Policy) < 0 {
		return nil
	}
	m := changerOf(c, v.Decided.Policy)
	var all []rules.Change
	propose := func(change rules.Change) {
		if change.Refused == "" {
			all = append(all, change)
		}
	}
	profile := v.Decided.Profile()
	for i := range v.Results {
		r := &v.Results[i]
		if r.Policy != v.Decided.Policy || r.Outcome != rules.Fail || len(profile.Audience) == 0 {
			continue
		}
		switch r.Check.ID {
		case rules.Audience:
			change := m.audience(profile.Audience[0])
			change.Title += ifThisAPI
			propose(change)
		case rules.Issuer:
			for _, change := range m.issuerOf(profile.Issuer, profile.Audience[0]) {
				propose(change)
			}
		case rules.CustomClaim:
			propose(m.domainOf(r))
		case rules.TokenPresent:
			if r.Check.Refuses != "" {
				propose(m.takeBearerTokens())
			}
		}
	}
	return distinct(all)
}

// domainOf lets in the addresses of a domain, beside the others; none where the token has no
// address.
func (m *changer) domainOf(r *rules.Result) rules.Change {
	const option = "email_domains"
	address, _ := r.Value().Str()
	_, domain, found := strings.Cut(address, "@")
	if r.Check.Field != option || !found || domain == "" {
		return rules.Change{Refused: "the token has no address"}
	}
	return m.add("accept-domain",
		"let in everybody with an address at "+domain+", if all of them belong here",
		option, domain)
}

// ifThisAPI is what makes a change for a token's audience right: the token alone does not show it.
const ifThisAPI = ", if that is this API"

// issuerOf accepts the tokens of an issuer beside the others, or instead of them, if it is the
// tenant's own of the other version.
func (m *changer) issuerOf(issuer, audience string) []rules.Change {
	of := m.get("oidc_issuer_url")
	now, ok := entra.ParseIssuer(of.text())
	wanted, sent := entra.ParseIssuer(issuer)
	if !ok || !sent || now.Tenant != wanted.Tenant || issuer == of.text() {
		return nil
	}
	return []rules.Change{
		m.set("set-issuer", fmt.Sprintf("accept the tenant's v%s tokens", wanted.Version),
			"oidc_issuer_url", issuer),
		m.add("add-issuer",
			fmt.Sprintf("accept the tenant's v%s tokens too, for %s", wanted.Version, audience)+
				ifThisAPI,
			"extra_jwt_issuers", issuer+"="+audience),
	}
}

// distinct keeps the first of several changes of one name.
func distinct(all []rules.Change) []rules.Change {
	var kept []rules.Change
	for _, change := range all {
		if !slices.ContainsFunc(kept, func(k rules.Change) bool { return k.ID == change.ID }) {
			kept = append(kept, change)
		}
	}
	return kept
}

// edited is the configuration after a change of one option: set gives it a value, and add another
// one of its list.
func (e *entry) edited(
	c *rules.Configuration, name, to string, change func(*entry, setting, string) (*edit, error),
) (*rules.Configuration, rules.FieldChange, error) {
	of := e.get(name)
	field := rules.FieldChange{Field: name, From: strings.Join(of.texts(), ", "), To: to}
	if of.unknown != nil {
		return nil, field, e.byHand(of.unknown.Why, "")
	}
	made, err := change(e, of, to)
	if err != nil {
		return nil, field, err
	}
	before, after, err := made.apply()
	if err != nil {
		return nil, field, err
	}
	files := slices.Clone(c.Files)
	i := slices.Index(files, before)
	if i < 0 {
		return nil, field, e.byHand("the option is in a file that is not edited here", "")
	}
	files[i] = after
	edited, err := e.common.read(files, c.Options)
	return edited, field, err
}

// byHand is the error of a change that can only be made by hand: add says how.
func (e *entry) byHand(cause, add string) error {
	return &source.Error{
		Pos: e.at.Pos, Cause: cause, Hints: source.Hints(cmp.Or(add, "change it") + " by hand"),
	}
}

// edit is a change of one value, in its file or in the string that its file is embedded in.
type edit struct {
	given
	at   *source.Value // that make changes
	make func(*source.File, *source.Value) (source.Edit, error)
}

// apply returns the file as it was, and as it is after the edit.
func (e *edit) apply() (before, after *source.File, err error) {
	if e.holder == nil {
		change, err := e.make(e.file, e.at)
		if err != nil {
			return nil, nil, err
		}
		after, err = e.file.Edited(change)
		return e.file, after, err
	}
	inner, err := source.ReadAs(e.file.Name, []byte(e.holder.Text), e.file.Format)
	if err != nil {
		return nil, nil, err
	}
	at := e.at
	for i, document := range e.file.Documents {
		if found := document.Counterpart(inner.Documents[i], e.at); found != nil {
			at = found
		}
	}
	change, err := e.make(inner, at)
	if err != nil {
		return nil, nil, err
	}
	text, err := source.Apply(inner.Text, change)
	if err != nil {
		return nil, nil, err
	}
	change, err = e.parent.Replace(e.holder, string(text))
	if err != nil {
		return nil, nil, err
	}
	after, err = e.parent.Edited(change)
	return e.parent, after, err
}

// replacing is the edit that puts something in the place of a value.
func replacing(g given, at *source.Value, with any) *edit {
	return &edit{g, at, func(f *source.File, at *source.Value) (source.Edit, error) {
		return f.Replace(at, with)
	}}
}

// inserting is the edit that adds an item behind the others of a list.
func inserting(g given, list *source.Value, item string) *edit {
	return &edit{g, list, func(f *source.File, at *source.Value) (source.Edit, error) {
		return f.InsertItem(at, len(at.Items), item)
	}}
}

// putting is the edit that gives the object of a place a member.
func putting(g given, key string, with any) *edit {
	return &edit{g, g.object, func(f *source.File, at *source.Value) (source.Edit, error) {
		return f.SetMember(at, key, with)
	}}
}

// set is the edit that gives an option a value: in the place of the one that counts, or where the
// instance's other options are.
func set(e *entry, of setting, to string) (*edit, error) {
	if !of.set() {
		return e.adding(of.option, to)
	}
	g := of.given[len(of.given)-1]
	if g.whole != nil {
		return replacing(g, g.whole, g.before+to), nil
	}
	return replacing(g, g.value, written(of.option, g, to)), nil
}

// written is a value in the form in which a place has it.
func written(o option, g given, to string) any {
	switch {
	case o.kind == list && (g.value == nil || g.value.Is(source.List)):
		return []any{to}
	case o.kind == toggle && (g.value == nil || g.value.Is(source.Bool)):
		return to == "true"
	}
	return to
}

// add is the edit that adds a value to an option that is a list.
func add(e *entry, of setting, to string) (*edit, error) {
	if !of.set() || len(of.values) == 0 {
		return set(e, of, to)
	}
	g := of.given[len(of.given)-1]
	if g.value.Is(source.List) {
		return inserting(g, g.value, to), nil
	}
	return set(e, of, g.value.Text+","+to)
}

// adding is the edit that sets an option which nothing sets yet.
func (e *entry) adding(o option, to string) (*edit, error) {
	if o.alpha != nil && e.alpha {
		return e.addingToProvider(o, to)
	}
	for _, l := range []layer{byFile, byFlag, byVariable} {
		for i := len(e.given) - 1; i >= 0; i-- {
			g := e.given[i]
			if g.layer != l || g.object == nil {
				continue
			}
			g.value = nil
			return e.addingBeside(g, o, to)
		}
	}
	return nil, e.byHand("no place is known where the option could be set", "")
}

// addingBeside adds an option where another one is: to the file, the arguments, or the variables.
func (e *entry) addingBeside(g given, o option, to string) (*edit, error) {
	variable := variablePrefix + strings.ToUpper(o.name)
	switch {
	case g.layer == byFlag && g.object.Is(source.List):
		return inserting(g, g.object, "--"+o.flag+"="+to), nil
	case g.layer == byFlag:
		return putting(g, o.flag, to), nil
	case g.layer == byVariable && g.object.Member("name") != nil:
		return nil, e.byHand("the variables are a list", "add "+variable)
	case g.layer == byVariable:
		return putting(g, variable, to), nil
	}
	return putting(g, o.name, written(o, g, to)), nil
}

// addingToProvider adds an option to the provider of the alpha configuration.
func (e *entry) addingToProvider(o option, to string) (*edit, error) {
	inside := len(o.alpha) > 1
	for _, g := range e.given {
		if g.layer != byAlpha || len(g.option.alpha) > 1 != inside ||
			inside && g.option.alpha[0] != o.alpha[0] {
			continue
		}
		g.value = nil
		return putting(g, o.alpha[len(o.alpha)-1], written(o, g, to)), nil
	}
	return nil, e.byHand("the provider has no "+o.alpha[0]+" yet", "add it")
}
