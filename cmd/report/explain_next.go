package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// explainNext puts together what to do about a verdict: first what the client must change, then
// who must be granted what, then the policy, then what is not known.
type explainNext struct {
	*Explainer
	x       *Explanation
	profile inspect.Profile
	steps   steps

	reasons []string // why the client must ask for another token
	said    string   // the reason that the verdict has said, where its check decides
	damaged bool     // the text is not what the issuer gave out: nothing else matters
	clients []string // that alone are let in, where the token's is none of them
	ownOnly bool     // the token's client is one of Microsoft's, and not let in

	// What the policies want, which is asked for each check that has failed.
	wantedAudience, wantedTenant func() string

	howTo map[source.Input]string // collects what checks ask for: of many policies each asks
}

func (r *Explainer) waysOn(x *Explanation) []rules.Step {
	w := explainNext{
		Explainer: r, x: x, profile: r.Request.Profile(), howTo: map[source.Input]string{},
	}
	w.wantedTenant = sync.OnceValue(func() string {
		return cmp.Or(wantedTenant(x.Policies), r.Expect.TenantID())
	})
	w.wantedAudience = sync.OnceValue(func() string {
		return wantedAudience(x.Policies, w.profile.Version)
	})
	if x.Observed != nil && x.Observed.Agrees != rules.Yes {
		w.differs()
		return w.steps
	}
	switch x.Verdict.Outcome {
	case rules.Accepted:
		w.accepted()
	case rules.Rejected:
		w.rejected()
	default:
		w.collect()
		w.repairs()
	}
	if w.otherSource() == "" && w.openSource() != "" {
		w.steps.add("Pass the tenant's id, or run it once online: then the token's tenant is "+
			"compared", w.Line.with(Name(source.NeedTenant), "ID").Same("explain"))
	}
	if len(w.steps) == 0 {
		w.lint()
	}
	return w.steps
}

// accepted is about a request that gets in, and perhaps should not.
func (w *explainNext) accepted() {
	w.belongsElsewhere()
	switch aud, of := w.foreignAudience(); {
	case len(w.reasons) > 0:
		w.ask()
	case aud != "":
		var flags []string
		if w.Other == nil && w.Line.Token != "" {
			flags = []string{"--other", w.Line.Token}
		}
		w.steps.add("This token is for "+aud+", which is not an audience of the API of "+of+
			": it should not get in. See what keeps it out, with a token that belongs here",
			w.again(flags...))
	default:
		w.repairs()
		if w.x.AnyTenant {
			w.steps.add("Any tenant gets in here, with a token that passes the other checks: "+
				"say which one is yours, and its issuer can be required",
				w.Line.with(Name(source.NeedTenant), "ID").Same("explain",
					w.Line.cloudOf(&w.profile)...))
		}
	}
	w.lint()
}

// rejected is about the checks that failed, and those that could fail before them.
func (w *explainNext) rejected() {
	v := &w.x.Verdict
	w.belongsElsewhere()
	if aud, of := w.foreignAudience(); aud != "" && len(w.reasons) == 0 {
		w.becauseOf(rules.Audience, "This token is for "+aud+", which is not an audience of the "+
			"API of "+of)
	}
	for i := range v.Results {
		if r := &v.Results[i]; r.KeepsOut() {
			w.failed(r)
		}
	}
	if w.damaged {
		w.steps = nil
		w.steps.add("Copy the whole token again, from where the client gets it: does anything "+
			"between the issuer and you change it?", w.again())
		return
	}
	w.otherVersion()
	if d := v.Decided; d != nil && d.Check.ID == rules.Authorization && d.Lacks().Claim == "" {
		w.finding() // no grant makes up for a rule that lets nobody in
	}
	w.steps.addAll(w.granted()...)
	switch {
	case len(w.reasons) > 0:
		w.ask()
	case len(w.clients) > 0:
		w.steps.add("Only "+strings.Join(w.clients, " or ")+" is let in: see what a token of "+
			"that client gets", w.again())
	}
	w.repairs()
	w.finding()
	d := v.Decided // nil where no check decides
	if d != nil && d.Outcome == rules.Fail && d.Check.ID == rules.Conditional &&
		len(w.steps) == 0 {
		w.steps.add("Send a request that the policy allows, or allow this one there by hand. "+
			"Then this shows the answer", w.Line.Same("explain"))
		w.lint()
	}
	for _, r := range v.Earlier() {
		w.collectFor(r)
	}
	if len(w.steps) == 0 {
		w.collect()
	}
}

// belongsElsewhere notes that a token is not for this API, whatever the policy checks.
func (w *explainNext) belongsElsewhere() {
	token := w.Request.Token
	switch {
	case token == nil:
	case w.profile.Kind == inspect.KindID:
		w.because("This is an ID token, for the app that a user signed in to: the API gets the " +
			"access token")
	case w.profile.HasTrait("microsoft-api"):
		w.becauseOf(rules.Audience, "This token is for "+
			cmp.Or(w.profile.Resource, "an API of Microsoft's")+", not for your API")
	case token.Fault != nil && token.Fault.ID == "opaque":
		w.becauseOf(rules.TokenFormat, "Only its issuer can read an opaque token")
	case token.Fault != nil && token.Fault.ID == "encrypted":
		w.because("The token is encrypted: it is for another API, or the app registration of " +
			"this one has tokenEncryptionKeyId, which must go first")
	case w.otherSource() != "":
		w.otherTenant()
	}
}

// ask is the step to another token. Of the reasons for it, the first is said.
func (w *explainNext) ask() {
	a := askingLike(w.profile)
	a.tenant = cmp.Or(w.wantedTenant(), a.tenant)
	a.cloud = w.cloud()
	a.audience = cmp.Or(w.wantedAudience(), w.ownAudience(), a.audience)
	a.clients, a.ownOnly = w.clients, w.ownOnly
	reason := w.reasons[0]
	if reason == w.said {
		reason = ""
	}
	w.steps.addAll(a.step(w.Line.Shell, reason, w.again()))
}

func (w *explainNext) again(more ...string) string {
	return w.Line.Again("explain", "-", more...)
}

// repairs are the policy's: none for a token that must stay out.
func (w *explainNext) repairs() {
	if w.Request.Token == nil || w.Request.Token.Fault != nil ||
		w.profile.Kind != inspect.KindAccess || w.profile.HasTrait("microsoft-api") {
		return
	}
	written := func(r ProvedRepair) bool { return r.Command != "" }
	if !slices.ContainsFunc(w.x.Repairs, written) && len(w.x.Repairs) > 0 &&
		w.x.Verdict.Outcome != rules.Accepted {
		note := w.x.Repairs[0].Title
		if !strings.HasPrefix(note, "replace the policy") {
			note = "change the policy: " + note
		}
		if len(w.steps) > 0 {
			note = "or " + note
		}
		step := rules.Step{Note: Capital(note) + ": tried on this token, it gets " +
			gets(&w.x.Repairs[0])}
		then := ". This shows the fields"
		if step.Command = w.Line.Same("explain", "-v"); w.Line.Verbose {
			then = ". Then this shows what the token gets"
			step.Command = w.Line.Same("explain")
		}
		if step.Command != "" {
			step.Note += then
		}
		w.steps.addAll(step)
	}
	condition := "if this token belongs here, "
	for i := range w.x.Repairs {
		repair := &w.x.Repairs[i]
		if repair.Command == "" {
			continue
		}
		note := repair.Title
		if w.x.Verdict.Outcome == rules.Accepted {
			note, condition = condition+note, "if so, "
		}
		note = Capital(note) + ": tried on this token, it gets " + gets(repair)
		if repair.Other != nil {
			note += fmt.Sprintf("; the token of --other gets %d", repair.Other.Status)
		}
		w.steps.add(note, repair.Command)
	}
}

// gets says what the token gets after a repair. One that leaves it rejected is never shown.
func gets(repair *ProvedRepair) string {
	if repair.After.Outcome == rules.Accepted {
		return "200"
	}
	var open, flags []string
	for i := range repair.After.Results {
		r := &repair.After.Results[i]
		if r.Outcome != rules.Unsure || r.Harmless {
			continue
		}
		open = source.Union(open, "the "+strings.ReplaceAll(string(r.Check.ID), "-", " "))
		if flag := Flag(r.Need()); flag != "" {
			flags = source.Union(flags, flag)
		}
	}
	names := "known: " + strings.Join(open, " and ")
	if repair.After.Decided.Check.ID == rules.NotModelled {
		names = "modelled"
	}
	takes := ", which only the gateway can tell"
	switch len(flags) {
	case 0:
	case 1:
		takes = ", which takes " + flags[0]
	default:
		takes = ", which take " + strings.Join(flags, " and ")
	}
	return "through, except for what is not " + names + takes
}

// finding is about what lint finds at the check that decides, where nothing else is known to help.
func (w *explainNext) finding() {
	f := w.x.Decisive
	if f == nil || len(w.steps) > 0 || len(w.x.Repairs) > 0 || !w.x.LintShows(f) {
		return
	}
	if file := w.x.File(f.Pos.File); w.fixes(file, f.Rule, "") {
		w.steps.add("Repair the value that decides", w.fixRuleCommand(file, f.Rule))
		return
	}
	change := "Change the value that decides by hand. This says how"
	if whole, short := w.longScope(); short != "" {
		change = "Write " + short + " in place of " + whole + " by hand. This says why"
	}
	w.steps.add(change, "gatewhy rules "+f.Rule)
}

// longScope is a scope that the check which decides wants in the form in which clients ask for it,
// and the token's scope that is its last part.
func (w *explainNext) longScope() (whole, short string) {
	for _, want := range w.x.Verdict.Decided.Check.Test.Wants() {
		last := want.Text[strings.LastIndex(want.Text, "/")+1:]
		if last != want.Text && slices.Contains(w.profile.Scopes, last) {
			return want.Text, last
		}
	}
	return "", ""
}

func (w *explainNext) lint() {
	switch {
	case w.Policies.open != "":
		w.steps.add("See which tokens get in where",
			w.Line.Shell.On("matrix", nil, "-c", w.Policies.open))
	case w.x.Lint == "":
	case w.x.Apart:
		w.steps.add("See what is found in each file: lint reads them one by one, without a token",
			w.x.Lint)
	case w.x.Verdict.Outcome != rules.Accepted:
		w.steps.add("See what is found in the policy: lint reads it without a token", w.x.Lint)
	default:
		w.steps.add("See who else gets in: lint reads the policy without a token", w.x.Lint)
	}
}

// lintCommand is the command that shows what is found in the policies; empty where none does.
func (r *Explainer) lintCommand() string {
	if r.Line.Once || r.Policies.open != "" {
		return ""
	}
	flags := r.readAlike()
	if i := r.Ignores; i != nil && i.name != "" && i.name != DefaultEnvironments {
		flags = append(flags, "-c", i.name)
	}
	return r.Line.Shell.On("lint", r.Policies.names(), flags...)
}

// notFresh says why a token that fails at its expiry is of no more use.
func notFresh(profile *inspect.Profile) string {
	if !profile.ExpiresAt.Known() {
		return "Entra ID writes exp into every token: take one as Entra ID issues it"
	}
	return "The token expired: take a fresh one"
}

// collect says how to get what is not known, the question of the verdict first.
func (w *explainNext) collect() {
	results := w.x.Verdict.Results
	if d := w.x.Verdict.Decided; d != nil {
		w.collectFor(d)
	}
	for i := range results {
		if !results[i].Harmless {
			w.collectFor(&results[i])
		}
	}
	if d := w.x.Verdict.Decided; d != nil && d.Check.ID == rules.NotBefore {
		w.early()
	}
	w.finding()
	switch {
	case len(w.steps) > 0 || w.x.Verdict.Outcome != rules.Undetermined || w.probed:
	case w.x.Token != nil && w.x.Token.Masked:
		w.steps.add("Take the token, with its signature, from where it is requested",
			w.again())
	default:
		w.askTheGateway("Only the gateway can tell")
	}
}

// askTheGateway says how to see what the gateway answers.
func (w *explainNext) askTheGateway(why string) {
	command := w.HowToCollect(rules.Need{Input: source.NeedRequest})
	if command != "" {
		why += ". This says how to see the request and its answer there"
	}
	w.steps.add(why, command)
}

func (w *explainNext) collectFor(r *rules.Result) {
	need := r.Need()
	if need.None() {
		return
	}
	if need.Input == source.NeedKeySet && w.profile.CutOrAltered() {
		w.steps.add(copyAgain, w.again())
		return
	}
	name := strings.ReplaceAll(string(r.Check.ID), "-", " ")
	takes := "The " + name + " check takes "
	if r.Check.ID == rules.NotModelled {
		takes = "Pass "
	}
	command, known := w.howTo[need.Input]
	if !known {
		command = w.HowToCollect(need)
		w.howTo[need.Input] = command
	}
	if command != "" {
		w.steps.add(takes+Ask(need)+". This says how to get it", command)
	}
}

// early is about a token that is not valid yet.
func (w *explainNext) early() {
	nbf := w.profile.NotBefore
	if w.profile.IssuedBy == inspect.ByEntra && nbf.Known() && w.Request.At.Before(nbf.At) {
		w.steps.add("Set the clocks right, the gateway's and this machine's: Entra ID usually "+
			"dates nbf 5 minutes back, so a clock by which the token is not yet valid is slow", "")
	}
}

// Likeliest begins the step that follows the likeliest explanation.
const Likeliest = "Check the most likely cause: "

// differs follows the likeliest explanation of what the real gateway answered. Where a check is
// not known, what decides it comes before anything that no file shows.
func (w *explainNext) differs() {
	if w.x.Verdict.Outcome == rules.Undetermined {
		if w.collect(); len(commands(w.steps)) > 0 {
			return
		}
	}
	if causes := w.x.Observed.Causes; len(causes) > 0 {
		likeliest := &causes[0].Cause
		step := rules.Step{Note: Likeliest + Look(likeliest)}
		if likeliest.Need.Input == source.NeedTime {
			step.Command = w.Line.Again(
				"explain", w.Line.token(), Name(source.NeedTime), w.otherTime())
		} else {
			step.Command = w.HowToCollect(likeliest.Need)
		}
		if step.Command != "" { // it follows
			step.Note = strings.Replace(step.Note, ": "+step.Command, "", 1)
		} else if look, command, ends := strings.Cut(step.Note, ": gatewhy "); ends {
			step.Note, step.Command = look, "gatewhy "+command
		}
		w.steps.addAll(step)
	}
	w.collect()
	if len(commands(w.steps)) == 0 {
		w.askTheGateway("Look at the gateway itself")
	}
}

// pastAnyLeeway is how long after its exp no gateway takes a token any more.
const pastAnyLeeway = 10 * time.Minute

// otherTime is a time at which the token was as it was not when it was judged: expired, where it
// was valid; and as it was when it was issued, where it had expired.
func (w *explainNext) otherTime() string {
	exp := w.profile.ExpiresAt
	if exp.Known() && w.Request.At.Before(exp.At) {
		return inspect.FormatTime(exp.At.Add(pastAnyLeeway))
	}
	return "issued"
}
