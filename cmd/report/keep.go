package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewhy/gatewhy/inspect"
	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
	"github.com/gatewhy/gatewhy/rules/environments"
	"github.com/gatewhy/gatewhy/rules/issued"
)

// Kept is a policy test that keeps a real answer with nothing of the token in it: a claim has a
// value that the policies name, or one that is made up.
type Kept struct {
	Test string // YAML, as test reads it; empty where none can be made
	Why  string // why there is none
}

// keep makes the policy test of an answer that differs from the prediction. It is offered only if
// its made-up token is judged as the real one is.
func (r *Explainer) keep(x *Explanation, o *rules.Observation) Kept {
	token := r.Request.Token
	if token == nil || token.Fault != nil {
		return Kept{Why: "there is no token whose claims a test could have"}
	}
	isUsedUp := func(file *source.File) bool { return file.Name == standardInput }
	if slices.ContainsFunc(r.Policies.Files, isUsedUp) {
		return Kept{Why: "the policy came from standard input, and a test names a file"}
	}
	k := &keeper{
		Explainer: r, x: x, named: namedIn(x.Policies), read: issued.ReadBy(x.Policies),
		madeUp: map[string]string{},
	}
	test := environments.Case{
		Signature: "valid", Method: r.Request.Method, Path: r.Request.Path,
		Token: environments.TokenSpec{Shape: entra.Text{Value: k.shape()}, Claims: k.claims()},
	}
	if k.fails(rules.Signature) {
		test.Signature = "invalid"
	}
	if r.Request.Contracts != nil {
		test.Contracts = k.contracts()
	}
	// The request is what test makes of the case: it has no headers and no validation answer.
	at := r.Request.At.Truncate(time.Second)
	request := &rules.Request{
		Token: test.Token.Make(at, k.read...), At: at, Method: test.Method, Path: test.Path,
		Signatures: environments.Assumed(test.Signature),
	}
	if test.Contracts != nil {
		request.Contracts = &rules.Contracts{IDs: test.Contracts}
	}
	again := rules.Evaluate(x.Policies, request)
	if again.Outcome != x.Verdict.Outcome || decidedBy(&again) != decidedBy(&x.Verdict) {
		return Kept{Why: "with made-up values, and without headers and the validation " +
			"endpoint's answer, the request is judged differently from this one"}
	}
	return Kept{Test: k.yaml(&test, o)}
}

type keeper struct {
	*Explainer
	x      *Explanation
	named  map[string]bool   // the texts that stand in the policies
	read   []string          // the claims that they read
	madeUp map[string]string // what stands in for a text of the token
}

// namedIn are the texts that policies want claims to have: they are not the token's secret.
func namedIn(policies []*rules.Policy) map[string]bool {
	named := map[string]bool{}
	for check := range rules.EachCheck(policies) {
		for _, want := range check.Test.Wants() {
			named[want.Text] = true
		}
	}
	return named
}

func (k *keeper) shape() string {
	p := k.Request.Profile()
	version := "v2"
	if p.Version == entra.V1.String() {
		version = "v1"
	}
	switch {
	case p.Kind == inspect.KindID:
		return "entra-id-token"
	case p.Flow == inspect.AppOnly:
		return "entra-" + version + "-app-only"
	}
	return "entra-" + version + "-delegated"
}

func (k *keeper) fails(id rules.ID) bool {
	return slices.ContainsFunc(k.x.Verdict.Results, func(r rules.Result) bool {
		return r.Check.ID == id && r.Outcome == rules.Fail
	})
}

// claims are those that the policies read, without the token's own values; null where the token
// lacks one that the shape may have.
func (k *keeper) claims() *source.Value {
	object := &source.Value{Kind: source.Object}
	for _, name := range k.read {
		value := k.Request.Token.Claims.Member(name)
		switch {
		case name == "iat":
			continue
		case (name == "exp" || name == "nbf") && value.Is(source.Number):
			value = k.time(name)
		default:
			value = k.standIn(value)
		}
		if value != nil {
			object.Members = append(object.Members, source.Member{Key: name, Value: value})
		}
	}
	return object
}

// time is a claim that makes the check of it fail, if it does; else the shape's will do: nil.
func (k *keeper) time(name string) *source.Value {
	at, off := k.Request.At, -24*time.Hour
	check := rules.Expiry
	if name == "nbf" {
		off, check = -off, rules.NotBefore
	}
	if !k.fails(check) {
		return nil
	}
	seconds := strconv.FormatInt(at.Add(off).Unix(), 10)
	return &source.Value{Kind: source.Number, Text: seconds}
}

// standIn is a value of the same kind in which nothing is the token's own.
func (k *keeper) standIn(v *source.Value) *source.Value {
	if v == nil {
		return &source.Value{Kind: source.Null}
	}
	other := &source.Value{Kind: v.Kind, Text: v.Text}
	switch v.Kind {
	case source.String:
		other.Text = k.text(v.Text)
	case source.Number:
		other.Text = "1"
	case source.List:
		for _, item := range v.Items {
			other.Items = append(other.Items, k.standIn(item))
		}
	case source.Object:
		for i := range v.Members {
			other.Members = append(other.Members, source.Member{
				Key: "member" + strconv.Itoa(i+1), Value: k.standIn(v.Members[i].Value),
			})
		}
	}
	return other
}

// text stands in for a text: as it is where a policy names it, else word by word.
func (k *keeper) text(text string) string {
	if k.named[text] || text == entra.V1.String() || text == entra.V2.String() {
		return text
	}
	words := strings.Split(text, " ")
	for i, word := range words {
		switch issuer, ok := entra.ParseIssuer(word); {
		case k.named[word] || word == "":
		case ok && entra.IsGUID(issuer.Tenant) && issuer.Kind == entra.Workforce:
			words[i] = strings.ReplaceAll(word, issuer.Tenant, k.word(issuer.Tenant))
		default:
			words[i] = k.word(word)
		}
	}
	return strings.Join(words, " ")
}

// word makes up a word for one of the token's, the same one each time.
func (k *keeper) word(word string) string {
	if k.named[word] {
		return word
	}
	if made, known := k.madeUp[word]; known {
		return made
	}
	number := len(k.madeUp) + 1
	made := "made-up-" + strconv.Itoa(number)
	if entra.IsGUID(word) {
		made = fmt.Sprintf("00000000-0000-4000-8000-%012d", number)
	}
	k.madeUp[word] = made
	return made
}

// contracts are those of the token's own client, by its made-up id.
func (k *keeper) contracts() []string {
	ids := []string{}
	for _, id := range k.Request.Contracts.IDs {
		if k.named[id] {
			ids = append(ids, id)
		} else if made, known := k.madeUp[id]; known {
			ids = append(ids, made)
		}
	}
	return ids
}

// report says in comments what was predicted, for what, and what was answered: what an issue needs
// to say.
func (k *keeper) report(o *rules.Observation) string {
	v := &k.x.Verdict
	predicted := string(v.Outcome)
	if v.Status != 0 {
		predicted = strconv.Itoa(v.Status) + ", " + predicted
	}
	lines := []string{strings.TrimSuffix("gatewhy "+k.Version, " ") + " predicted: " + predicted}
	if d := v.Decided; d != nil {
		e := d.Evidence()
		lines = append(lines, "  at the "+string(d.Check.ID)+" check of "+d.Policy.Asset+" "+
			d.Policy.Version, "  "+string(e.Level)+": "+e.Reference)
	}
	for _, p := range k.x.Policies {
		lines = append(lines, "policy: "+p.Asset+behind(" ", p.Version)+", "+p.Product)
	}
	options := k.Policies.options
	options.Variant = "" // the file has it
	if flags := ReadAlike(options, nil); len(flags) > 0 {
		lines = append(lines, "run it with "+k.Line.Shell.Line(flags...))
	}
	answered := "the gateway answered: " + strconv.Itoa(o.Status)
	if o.Body != nil {
		answered += fmt.Sprintf(", with a body of %d bytes", len(*o.Body))
	}
	lines = append(lines, answered)
	for i, line := range lines {
		lines[i] = "# " + strings.TrimRight(inspect.Safe(line), " ") + "\n"
	}
	return strings.Join(lines, "")
}

// yaml writes the test as a file. Its values are JSON, which is YAML too.
func (k *keeper) yaml(test *environments.Case, o *rules.Observation) string {
	var b strings.Builder
	quoted := func(text string) string {
		return source.NewString(text).JSON()
	}
	list := func(texts []string) string {
		all := source.Each(texts, quoted)
		return "[" + strings.Join(all, ", ") + "]"
	}
	b.WriteString(k.report(o))
	fmt.Fprintf(&b, "version: 1\npolicies: %s\n", list(k.Policies.names()))
	if variant := k.Policies.options.Variant; variant != "" {
		fmt.Fprintf(&b, "gateway: %s\n", quoted(variant))
	}
	fmt.Fprintf(&b, "at: %s\ntests:\n", k.Request.At.UTC().Format(time.RFC3339))
	fmt.Fprintf(&b, "  - name: the gateway answered %d\n", o.Status)
	fmt.Fprintf(&b, "    token: {shape: %s, claims: %s}\n", test.Token.Shape.Value,
		test.Token.Claims.JSON())
	fmt.Fprintf(&b, "    signature: %s\n    method: %s\n    path: %s\n", test.Signature,
		quoted(test.Method), quoted(test.Path))
	if test.Contracts != nil {
		fmt.Fprintf(&b, "    contracts: %s\n", list(test.Contracts))
	}
	if o.LetIn() {
		fmt.Fprintf(&b, "    expect: {outcome: %s}\n", rules.Accepted)
	} else {
		fmt.Fprintf(&b, "    expect: {outcome: %s, status: %d}\n", rules.Rejected, o.Status)
	}
	return b.String()
}
