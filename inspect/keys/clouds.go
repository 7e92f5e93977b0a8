package keys

import (
	"context"
	"sync"

	"github.com/gatewhy/gatewhy/inspect/entra"
)

// CloudSet is the key set that a cloud publishes for all of its tenants, or why it is not to be had.
type CloudSet struct {
	Cloud entra.Cloud
	Set   *Set  // nil where it is not to be had
	Err   error // why not; nil where there is a set
}

// CloudSets fetches the common key set of every cloud that is open, for tokens of both versions, all at the same time. A cloud
// that does not answer costs the others nothing.
func (s *Source) CloudSets(ctx context.Context) []CloudSet {
	var sets []CloudSet
	for _, c := range entra.Clouds() {
		if c.Closed == "" {
			sets = append(sets, CloudSet{Cloud: c})
		}
	}
	var asked sync.WaitGroup
	for i := range sets {
		asked.Go(func() { sets[i].Set, sets[i].Err = s.common(ctx, sets[i].Cloud) })
	}
	asked.Wait()
	return sets
}

// common fetches the keys of all tenants of a cloud. For v1.0 tokens only those clouds have a document of which it is known how they
// name themselves in such a token.
func (s *Source) common(ctx context.Context, c entra.Cloud) (*Set, error) {
	var sets []*Set
	for _, version := range []entra.Version{entra.V1, entra.V2} {
		if version == entra.V1 && c.V1Issuer == "" {
			continue
		}
		set, err := s.Tenant(ctx, c, "common", version, "")
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	return Union("the common keys of "+c.Name, sets...), nil
}

// Lists reports whether the cloud's set has this key, by the same kid.
func (c CloudSet) Lists(k *Key) bool {
	if c.Set == nil {
		return false
	}
	for _, have := range c.Set.Keys {
		if have.ID == k.ID && sameKey(have, k) {
			return true
		}
	}
	return false
}
