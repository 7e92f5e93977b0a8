package lint

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// wordsAndPlaces are the fields on which nothing depends that the model says of policies. Of an
// opaque input what it does is known by its language and its text.
func wordsAndPlaces() []string {
	return strings.Fields(`
		Policy.Variant Policy.Asset Policy.Name Policy.Product Policy.Version
		Policy.API Policy.Order Policy.Unordered Policy.Pos Policy.Entry Policy.Claims
		Policy.Unread Policy.Strange
		Guard.Field Guard.Pos Guard.Span Guard.Evidence
		Node.Answer
		Check.Field Check.Pos Check.Span Check.Optional Check.Length Check.Answer Check.Evidence
		Check.Captured Check.Inferred Check.Remark Check.OwnIDs Check.Besides Check.Wants
		Check.Refuses Check.Remedy Check.Grant Predicate.Otherwise Lookup.Crowded
		Opaque.Eval Opaque.Size Opaque.Unknown Opaque.Compares Opaque.Parts
		Value.Present Value.Conflict Value.Unread Value.Labels Value.Pos Value.Span`)
}

// full is a policy that has something of everything, and pointers to its parts.
func full() (p *rules.Policy, parts []any) {
	value := &source.Value{Kind: source.String, Text: "value"}
	opaque := &rules.Opaque{
		Text: "payload", Language: "language", Reads: []rules.Input{rules.Claim("scp")},
	}
	key := &rules.Key{URL: "https://keys.example,https://more.example"}
	texts := &rules.Texts{Patterns: []*regexp.Regexp{regexp.MustCompile("a")}}
	lookup := &rules.Lookup{Locations: []rules.Location{{Prefix: "Bearer "}}}
	unknown, maySkip := &rules.Unknown{Why: "why"}, &rules.Unknown{Why: "why"}
	check := &rules.Check{ID: rules.CustomClaim, Test: rules.Predicate{
		Op: rules.OneOf, Values: []*source.Value{value}, Key: key, Texts: texts, Lookup: lookup,
		Input: rules.Input{Source: rules.FromExpression, Opaque: opaque},
	}, Unknown: unknown, MaySkip: maySkip}
	p = &rules.Policy{Root: rules.AllOf(check)}
	decided := &rules.First{
		Branches: []rules.Branch{{If: rules.AllOf(plain()), Then: rules.Node{Check: plain()}}},
		Default:  rules.Node{Not: &rules.Node{Any: []rules.Node{{Check: plain()}}}},
	}
	p.Root.All = append(p.Root.All, rules.Node{First: decided})
	return p, []any{
		p, &p.When, &p.Root, decided, &decided.Branches[0], &decided.Branches[0].If,
		check, &check.Test, &check.Test.Input, value, opaque, key,
		&key.Lenience, texts, lookup, &lookup.Locations[0],
		unknown, &unknown.Need, maySkip,
	}
}

func plain() *rules.Check {
	return &rules.Check{ID: rules.CustomClaim, Test: rules.Has(rules.Claim("scp"))}
}

func keyOf(p *rules.Policy) string {
	var w keyWriter
	w.policies([]*rules.Policy{p})
	if w.incomplete {
		return "unlike any other"
	}
	return string(w.key)
}

func TestPoliciesAreAlikeOnlyIfNothingElseThanWordsAndPlacesDiffers(t *testing.T) {
	t.Parallel()
	one, parts := full()
	if two, _ := full(); keyOf(one) != keyOf(two) || keyOf(one) == "unlike any other" {
		t.Fatalf("%q and %q", keyOf(one), keyOf(two))
	}
	for i, part := range parts {
		kind := reflect.TypeOf(part).Elem()
		for j := range kind.NumField() {
			other, others := full()
			alter(t, reflect.ValueOf(others[i]).Elem().Field(j))
			name := kind.Name() + "." + kind.Field(j).Name
			ofNoMatter := slices.Contains(wordsAndPlaces(), name)
			if alike := keyOf(other) == keyOf(one); alike != ofNoMatter {
				t.Errorf("with another %s: alike is %v", name, alike)
			}
		}
	}
}

func TestPoliciesAreAlikeWhateverNobodyAsksTheModel(t *testing.T) {
	t.Parallel()
	exp := rules.Claim("exp")
	at := func(id rules.ID, p rules.Predicate) string {
		return keyOf(policy(&rules.Check{ID: id, Test: p}))
	}
	until := rules.Predicate{Op: rules.After, Input: exp}
	late := rules.Predicate{Op: rules.After, Input: exp, Loose: true, Limit: 1 << 32}
	sent, loosely := rules.Predicate{Op: rules.Sent}, rules.Predicate{Op: rules.Sent, Loose: true}
	for _, c := range []struct {
		name     string
		id       rules.ID
		one, two rules.Predicate
		alike    bool
	}{
		{"the leeway of the token's time", rules.Expiry, until, late, true},
		{"another claim", rules.Expiry, until, rules.Has(rules.Claim("nbf")), false},
		{"a time that a rule allows", rules.Authorization, until, late, false},
		{"how the word Bearer is written", rules.TokenPresent, sent, loosely, true},
		{"what an expression finds", rules.TokenPresent, rules.Has(exp), sent, false},
	} {
		if alike := at(c.id, c.one) == at(c.id, c.two); alike != c.alike {
			t.Errorf("%s: alike is %v", c.name, alike)
		}
	}
	list := func(url string, list bool) string {
		key := &rules.Key{URL: url, List: list}
		return at(rules.Signature, rules.Predicate{Op: rules.Verifies, Key: key})
	}
	if list("https://keys.example", true) != list("https://keys.example", false) {
		t.Error("a list of one address is unlike that address")
	}
}

// alter makes another value of any value.
func alter(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Uint8:
		v.SetUint(v.Uint() + 1)
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Slice:
		v.Set(reflect.Append(v, filled(v.Type().Elem())))
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		} else {
			v.SetZero()
		}
	case reflect.Struct:
		alter(t, v.Field(0))
	case reflect.Func, reflect.Interface:
	default:
		t.Fatal(fmt.Sprint(v.Type(), " is not altered"))
	}
}

// filled is a value of a type that may be looked into.
func filled(of reflect.Type) reflect.Value {
	if of == reflect.TypeFor[*regexp.Regexp]() {
		return reflect.ValueOf(regexp.MustCompile("b"))
	}
	if of.Kind() == reflect.Pointer {
		return reflect.New(of.Elem())
	}
	return reflect.Zero(of)
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	t.Parallel()
	m := newCache()
	for i := range 3 * mostCached {
		m.exposed([]*rules.Policy{policy(audience(fmt.Sprint("api://", i)))}, nil)
		if len(m.known) > mostCached || len(m.recent) > mostRecent {
			t.Fatalf("%d are remembered, and %d lately", len(m.known), len(m.recent))
		}
	}
	for key, kept := range m.known {
		if kept != nil {
			t.Errorf("%q was met once, and is kept for long", key.policies)
		}
	}
	alike := func() *exposed {
		return m.exposed([]*rules.Policy{policy(audience("api://again"))}, nil)
	}
	first := alike()
	for range 2 {
		if alike().holders != first.holders {
			t.Error("what was met before is worked out again")
		}
	}
	if m.known[cacheKey{policies: string(m.buffer)}] == nil {
		t.Error("what was met again is not kept")
	}
	long := policy(audience(strings.Repeat("x", longestKey)))
	clear(m.known)
	m.exposed([]*rules.Policy{long}, nil)
	if len(m.known) != 0 {
		t.Error("a policy of any size is remembered")
	}
}

// What a run looks at counts once for policies that are alike: nothing is worked out again.
func TestConditionsThatAreLookedAtAreCounted(t *testing.T) {
	t.Parallel()
	var j Judge
	var counts []int64
	for _, want := range []string{"api://a", "api://a", "api://b"} {
		either := check(rules.Either(equals("scp", want), equals("roles", want)))
		p := policy(signed(ourKeys), audience(want), either)
		p.API = want
		j.Policies(noVendor(), []*rules.Policy{p}, nil)
		counts = append(counts, j.Looked.Load())
	}
	if first := counts[0]; first < 1 || counts[1] >= 2*first || counts[2] <= counts[1] {
		t.Errorf("%d conditions in all", counts)
	}
}
