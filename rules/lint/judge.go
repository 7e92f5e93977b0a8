package lint

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gatewhy/gatewhy/inspect/entra"
	"github.com/gatewhy/gatewhy/inspect/source"
	"github.com/gatewhy/gatewhy/rules"
)

// Judge runs the rules on configurations: those for all gateways, and those of the vendor whose
// configuration it is.
type Judge struct {
	Apps *entra.Directory // app registrations; nil where none were given

	// Looked counts the conditions of policies that were looked at, of one token after the other.
	// To lint them takes as long as looksOfEach for each one of each way past the policies.
	Looked atomic.Int64

	mutex      sync.Mutex
	spare      []*cache // of what was worked out, in use by nobody
	catalogues sync.Map // by vendor: the rules for its configurations
}

// looksOfEach is how many conditions are looked at of one token, while one is linted.
const looksOfEach = 6

// Rules lists the rules for a vendor's configurations.
func (j *Judge) Rules(adapter *rules.Adapter) []rules.Rule {
	if known, ok := j.catalogues.Load(adapter.Name); ok {
		return known.([]rules.Rule)
	}
	all := slices.Concat(Rules(), adapter.Rules())
	j.catalogues.Store(adapter.Name, all)
	return all
}

// Found is what the compiler and the rules find in a configuration, for the gateway that its files
// name, or the one that was guessed.
func (j *Judge) Found(
	adapter *rules.Adapter, read *rules.Configuration, compiled *rules.Compilation,
) []rules.Finding {
	found := j.Policies(adapter, compiled.Policies, read.Files)
	found = append(slices.Clone(compiled.Findings), found...)
	return append(found, notEvaluated(compiled.Policies, found)...)
}

// OfOtherVariants is what holds for another of the vendor's gateways than the guessed one only, of
// whose findings it looks at the rules and places.
func (j *Judge) OfOtherVariants(
	adapter *rules.Adapter, read *rules.Configuration, guess string, known []rules.Finding,
) []rules.Finding {
	var all []rules.Finding
	for _, variant := range adapter.Variants {
		if variant.Name == guess {
			continue
		}
		other := read.For(variant.Name)
		compiled := adapter.Compile(other)
		for _, f := range j.Found(adapter, other, &compiled) {
			if !slices.ContainsFunc(known, func(other rules.Finding) bool {
				return f.IsSame(other) && other.Severity.Rank() <= f.Severity.Rank()
			}) {
				f.Message = "on " + variant.Product + ": " + f.Message
				all = append(all, f)
			}
		}
	}
	return all
}

// Policies runs the rules on policies of one vendor, API by API.
func (j *Judge) Policies(
	adapter *rules.Adapter, policies []*rules.Policy, files []*source.File,
) []rules.Finding {
	catalogue, all := j.Rules(adapter), []rules.Finding(nil)
	files = commented(files) // no rule looks into the others
	kept := j.take()
	defer j.putBack(kept)
	seen := map[*rules.Node]bool{}
	for _, api := range rules.ByAPI(policies) {
		if made := api[0].Made(); len(api) == 1 && made != nil {
			if seen[made] {
				continue // what holds for another instance would be told twice
			}
			seen[made] = true
		}
		subject := &rules.Subject{Policies: api, Files: files, Kept: kept}
		subject.App = j.appOf(api)
		all = append(all, Run(catalogue, subject)...)
	}
	j.Looked.Add(int64(kept.looked))
	return all
}

// take takes a cache for one configuration.
func (j *Judge) take() *cache {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	last := len(j.spare) - 1
	if last < 0 {
		return newCache()
	}
	kept := j.spare[last]
	j.spare = j.spare[:last]
	kept.looked = 0
	return kept
}

// putBack lets others take a cache.
func (j *Judge) putBack(kept *cache) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.spare = append(j.spare, kept)
}

// appOf is the app registration of an API: the only one that was given, or the only one whose
// audience its policies want.
func (j *Judge) appOf(policies []*rules.Policy) *entra.Registration {
	if app := j.Apps.Only(); app != nil || j.Apps == nil {
		return app
	}
	var found *entra.Registration
	for c := range rules.Wanted(policies) {
		for _, want := range c.Test.Wants() {
			if want.Input.ClaimTold() != "aud" {
				continue
			}
			app := entra.WithAudience(j.Apps.Apps, want.Text)
			if found != nil && app != nil && app != found {
				return nil
			}
			found = cmp.Or(found, app)
		}
	}
	return found
}
