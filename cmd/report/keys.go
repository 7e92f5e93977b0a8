package report

import (
	"time"

	"github.com/gatewhy/gatewhy/inspect/keys"
)

// KeyListing is a key set as keys shows it.
type KeyListing struct {
	Set      *keys.Set
	At       time.Time
	Private  []*keys.Key   // those whose private half, or secret, the set gives away
	Twins    [][]*keys.Key // the same key under several entries
	Refusals []keys.Refusal
	Clouds   []keys.CloudSet // the key sets of all clouds, where they were asked
}

// NewKeyListing looks a key set over.
func NewKeyListing(set *keys.Set, at time.Time, clouds ...keys.CloudSet) *KeyListing {
	l := &KeyListing{
		Set: set, At: at, Twins: set.Twins(), Refusals: set.Refusals(), Clouds: clouds,
	}
	for _, k := range set.Keys {
		if k.Private {
			l.Private = append(l.Private, k)
		}
	}
	return l
}
